"""What readers say of passages: it stands at its place, finds it again, comes to an end, and never stands at a wrong one."""

from __future__ import annotations

import re

import pytest

from tests.cast import House
from tests.test_pages import is_whole
from web.database import value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.marking import Note, marked
from web.entries.rows import Entry
from web.errors import Invalid, NotAllowed, Several
from web.text import render
from web.urls import url_of

TWINS = "# Morning\n\nThe quay is closed. Wait inside.\n\n# Evening\n\nThe quay is closed. Go home.\n\nSee [the quay](https://example.org/) & more."
SECOND = render(TWINS).plain.rindex("The quay is closed.")


async def page(house: House, body: str = TWINS, kind: str = "page", space: str = "torget") -> Entry:
    mons = await house.viewer("mons")
    return await queries.entry(mons, await actions.post(mons, kind, house.spaces[space], Fields("Quay", body)))


async def say(house: House, who: str, entry: Entry, quote: str, **more: object) -> Entry:
    viewer = await house.viewer(who)
    fields = Fields(body="Really?", quote=quote, **more)  # type: ignore[arg-type]
    return await queries.entry(viewer, await actions.post(viewer, "annotation", None, fields, entry))


async def change(house: House, entry: Entry, body: str) -> None:
    mons = await house.viewer("mons")
    now = await queries.entry(mons, entry.id)
    await actions.edit(mons, entry.id, Fields(now.title, body, summary="changed"), now.revision)


async def place(house: House, note: Entry) -> int | None:
    return (await queries.entry(await house.viewer("mons"), note.id)).anchor


async def test_the_same_words_in_two_places_are_told_apart(house: House) -> None:
    entry, quote = await page(house), "The quay is closed."
    assert (await say(house, "ole", entry, quote, anchor=SECOND)).anchor == SECOND
    note = await say(house, "ole", entry, quote, before="Wait inside.\nEvening\n", anchor=0)
    assert note.anchor == SECOND, "what stands before says more than a number"
    with pytest.raises(Several):
        await say(house, "ole", entry, quote)
    async with house.browser("ole") as browser:
        asked = await browser.post(f"/entries/{entry.id}/annotate", data={"quote": quote, "body": "Which?"})
        assert asked.status_code == 422 and "Which of these?" in asked.text and "Which?</textarea>" in asked.text
        is_whole("which of them", asked.text, "en")
        choices = re.findall(r'type="radio" name="anchor" value="(\d+)"', asked.text)
        assert len(choices) == 2 and int(choices[1]) == SECOND and "Wait inside." in asked.text
        sent = {"quote": quote, "body": "Which?", "anchor": choices[1]}
        assert (await browser.post(f"/entries/{entry.id}/annotate", data=sent)).status_code == 303
        html = (await browser.get(url_of(entry))).text
    is_whole("with marks", html, "en")
    body = re.findall(r'id="entry-\d+-body">(.*?)</dugnad-quote>', html, re.S)[0]
    assert body.count('class="noted"') == 3 and body.index('class="noted"') > body.index("Evening"), (
        "each at its own place"
    )
    assert f'<a class="noted" id="note-{note.id}" href="#entry-{note.id}" aria-label="What Ole says of this">' in body
    assert f'href="#note-{note.id}"' in html, "and back"


async def test_of_twins_the_one_that_goes_does_not_take_the_others_place(house: House) -> None:
    entry, quote = await page(house), "The quay is closed."
    note = await say(house, "ole", entry, quote, anchor=SECOND)
    await change(house, entry, TWINS.replace("The quay is closed. Go home.", "Go home."))
    assert await place(house, note) is None, "never a wrong one"
    await change(house, entry, "# Elsewhere\n\nThe quay is closed. It is a song.")
    assert await place(house, note) is None, "the same words in another text are other words"
    await change(house, entry, "")
    await change(house, entry, TWINS)
    assert await place(house, note) == SECOND, "a page that was emptied and brought back has each at its place"


async def test_words_that_come_back_where_they_stood_have_their_place_again(house: House) -> None:
    entry = await page(house)
    note = await say(house, "ole", entry, "Wait inside.")
    mons, before = await house.viewer("mons"), entry.revision
    await change(house, entry, TWINS.replace(" Wait inside.", ""))
    assert await place(house, note) is None
    await change(house, entry, TWINS.replace(" Wait inside.", "") + "\n\nIn the café it says: Wait inside.")
    assert await place(house, note) is None, "it stands somewhere else altogether"
    await actions.revert(mons, entry.id, before)
    assert await place(house, note) == render(TWINS).plain.index("Wait inside.")


async def test_what_was_in_the_bin_meanwhile_comes_back_at_its_place(house: House) -> None:
    entry = await page(house)
    note = await say(house, "ole", entry, "Go home.")
    ole = await house.viewer("ole")
    await actions.trash(ole, note.id)
    await change(house, entry, f"New.\n\n{TWINS}")
    await actions.restore(ole, note.id)
    assert await place(house, note) == render(f"New.\n\n{TWINS}").plain.index("Go home.")


async def test_what_is_gone_is_listed_until_it_is_settled(house: House) -> None:
    entry, mons = await page(house), await house.viewer("mons")
    note = await say(house, "ole", entry, "Go home.", sort="wrong")
    doubt = await say(house, "gro", await page(house, space="kontoret"), "Go home.", sort="unclear")
    async with house.browser("mons") as browser, house.browser("ole") as ole, house.browser("gro") as gro:
        assert "Go home." in (await browser.get("/upkeep/doubts/")).text
        assert "Go home." not in (await browser.get("/upkeep/lost/")).text
        await change(house, entry, "Nothing of it is left.")
        html = (await browser.get(url_of(entry))).text
        assert "Their passage is gone" in html and "Wrong?" in html and f"note-{note.id}" not in html
        for address in ("/upkeep/lost/", "/spaces/torget/upkeep/lost/"):
            listed = (await ole.get(address)).text
            assert "Go home." in listed and "Quay" in listed
        assert "Go home." not in (await browser.get("/spaces/kontoret/upkeep/lost/")).text
        assert f"/annotations/{note.id}/" not in (await gro.get("/upkeep/lost/")).text
        assert f"/annotations/{doubt.id}/" not in (await ole.get("/upkeep/doubts/")).text, "not for those outside"
        answer = await browser.post(f"/entries/{note.id}/stage", data={"stage": "settled"})
        assert answer.headers["location"] == f"{url_of(entry)}#entry-{note.id}"
        html = (await browser.get(url_of(entry))).text
        assert "1 settled" in html and "Their passage is gone" not in html
        assert "Go home." not in (await browser.get("/upkeep/lost/")).text
        await browser.post(f"/entries/{note.id}/stage", data={"stage": "open"})
        assert "Go home." in (await browser.get("/upkeep/lost/")).text
    told = [(each.verb, each.note) for each in await queries.happenings(mons, note.id)]
    assert told[:2] == [("stage", "open"), ("stage", "settled")]


async def test_whoever_belongs_to_the_space_or_said_it_settles_it(house: House) -> None:
    entry = await page(house, space="kontoret")
    theirs, own = await say(house, "mons", entry, "Go home."), await say(house, "gro", entry, "Wait inside.")
    gro = await house.viewer("gro")
    with pytest.raises(NotAllowed):
        await actions.stage(gro, theirs.id, "settled")
    await actions.stage(gro, own.id, "settled")
    await actions.stage(await house.viewer("mons"), own.id, "open")
    assert (await queries.entry(gro, own.id)).stage == "open"
    async with house.browser("gro") as browser:
        html = (await browser.get(url_of(entry))).text
    assert html.count("This is settled") == 1


async def test_what_somebody_says_has_a_sort_that_stays(house: House) -> None:
    entry, ole = await page(house), await house.viewer("ole")
    note = await say(house, "ole", entry, "Go home.", sort="thanks")
    await actions.edit(ole, note.id, Fields(body="Thank you!"), note.revision)
    assert (await queries.entry(ole, note.id)).sort == "thanks"
    with pytest.raises(Invalid):
        await say(house, "ole", entry, "Go home.", sort="rubbish")
    assert await value("SELECT sort FROM entry WHERE id = {}", entry.id) is None
    async with house.program("ole") as program:
        made = await program.post(f"/api/entries/{entry.id}/annotate", json={"quote": "Go home.", "sort": "unclear"})
        assert made.json()["sort"] == "unclear" and made.json()["stage"] == "open"
        twice = await program.post(f"/api/entries/{entry.id}/annotate", json={"quote": "The quay is closed."})
        assert twice.status_code == 422


async def test_a_question_brings_the_passage_along_and_improving_leads_where_one_may(house: House) -> None:
    entry = await page(house, kind="article")
    async with house.browser("ole") as ole, house.browser("mons") as mons:
        form = (await ole.get(f"/entries/{entry.id}/ask/?passage=Go+*home*.")).text
        assert r"&gt; Go \*home\*." in form and f"/e/{entry.id}" in form
        assert (await ole.get(f"/entries/{entry.id}/improve/")).headers["location"] == f"/entries/{entry.id}/suggest/"
        assert (await mons.get(f"/entries/{entry.id}/improve/")).headers["location"] == f"/entries/{entry.id}/edit/"
        question = house.entries["torget", "question"]
        assert (await ole.get(f"/entries/{question}/improve/")).headers["location"] == f"/entries/{question}/reply/"


MARKED = [
    ("plain", "One two three.", "two", "One two<sup>"),
    ("in a link", "See [one two](https://example.org/) three.", "one", "two</a><sup>"),
    ("over markup", "One *two* three & four.", "two three & f", "&amp; f<sup>"),
    ("entities", "a < b & c > d", "b & c", "&amp; c<sup>"),
    ("in code", "`one two` three", "two", "two<sup>"),
    ("over blocks", "One.\n\n- two\n- three", "One.\ntwo", "<li>two<sup>"),
    ("after a callout", "> [!NOTE]\n> Note this.\n\nNote", "Note", "Note<sup>"),
    ("at the end", "One two", "two", "two<sup>"),
]


@pytest.mark.parametrize(("case", "body", "quote", "shown"), MARKED, ids=[each[0] for each in MARKED])
def test_a_mark_stands_right_behind_its_passage(case: str, body: str, quote: str, shown: str) -> None:
    done = render(body)
    at = done.plain.rindex(quote)
    html, numbers = marked(done.html, done.plain, [Note(7, quote, at, 'says "x"')])
    assert numbers == {7: 1} and shown in html and 'aria-label="says &quot;x&quot;"' in html
    assert re.sub(r"<sup><a class=\"noted\".*?</sup>", "", html) == done.html, "and nothing else has changed"


def test_marks_are_numbered_as_they_stand_and_what_is_not_there_has_none() -> None:
    done = render(TWINS)
    notes = [
        Note(1, "The quay is closed.", SECOND, ""),
        Note(2, "Wait inside.", done.plain.index("Wait"), ""),
        Note(3, "Nowhere", 0, ""),
    ]
    html, numbers = marked(done.html, done.plain, notes)
    assert numbers == {2: 1, 1: 2} and html.index('id="note-2"') < html.index('id="note-1"')
