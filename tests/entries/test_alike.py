"""Before one asks: what is written already is found in other words, and whoever finds it there need not ask."""

from __future__ import annotations

import re

import pytest

from tests.cast import House, how_many
from web.database import counted_statements, execute, value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.alike import alike, looked_at
from web.entries.knowing import knowers
from web.entries.rows import Entry
from web.urls import url_of


async def ask(house: House, title: str, body: str = "", kind: str = "question", space: str = "torget") -> Entry:
    mons = await house.viewer("mons")
    return await queries.entry(mons, await actions.post(mons, kind, house.spaces[space], Fields(title, body)))


async def answer(house: House, entry: Entry, body: str, *, accepted: bool = True) -> int:
    hedda = await house.viewer("hedda")
    id = await actions.post(hedda, "reply", None, Fields(body=body), entry)
    if accepted:
        await actions.accept(await house.viewer("mons"), entry.id, id)
    return id


async def titles(house: House, who: str, typed: str, kind: str = "") -> list[str]:
    return [each.entry.title for each in await alike(await house.viewer(who), typed, kind)]


@pytest.mark.parametrize(
    ("asked", "typed"),
    [
        ("Hvorfor går strømmen på kaia når det regner?", "Strømmen på kaia forsvant i regnet"),
        ("Hvem har ansvaret for at elevene bruker belte?", "Setebelte på skolebussen, hvem passer på?"),
        ("Hvor ofte må man bytte passord?", "Passordbytte, hvor tit?"),
        ("How long do we keep the old log books?", "keeping logbooks: old log book from last year"),
    ],
)
async def test_what_was_asked_in_other_words_is_found_before_anything_else(
    house: House, asked: str, typed: str
) -> None:
    await ask(
        house,
        "Hva heter det nye skipet?",
        "Skipet ligger ved kaia, skolen er med, setet er vått, og et brudd er et brudd.",
    )
    await ask(house, asked)
    assert (await titles(house, "ole", typed, "question"))[0] == asked


async def test_what_has_hardly_a_word_of_it_is_something_else(house: House) -> None:
    asked = [await ask(house, f"Hva koster en kilowattime på kai {number}?") for number in range(20)]
    typed = "Hva koster årskontingenten i idrettslaget?"
    assert len(await looked_at(await house.viewer("ole"), typed)) >= len(asked), "they have a word of it"
    assert await titles(house, "ole", typed) == []
    assert asked[0].title in await titles(house, "ole", "Hva koster strømmen på kai 0?")


async def test_an_answer_is_found_by_its_own_words_and_leads_to_its_question(house: House) -> None:
    entry = await ask(house, "What is that noise at night?")
    reply = await answer(house, entry, "It is the bilge pump of the tugboat.")
    found = (await alike(await house.viewer("ole"), "bilge pump tugboat"))[0]
    assert (found.entry.id, found.here) == (entry.id, reply)
    async with house.browser("ole") as browser:
        page = (await browser.get("/similar/", params={"title": "bilge pump tugboat"})).text
        assert f'href="{url_of(entry)}#entry-{reply}"' in page


async def test_of_two_that_say_as_much_the_one_that_is_settled_comes_first(house: House) -> None:
    settled = await ask(house, "Where is the blue ladder?")
    await answer(house, settled, "Behind the shed.")
    open_one = await ask(house, "Where is the blue ladder?")
    found = [each.entry.id for each in await alike(await house.viewer("ole"), "blue ladder")]
    assert found.index(settled.id) < found.index(open_one.id)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "?!",
        "hva er det",
        "a",
        "'",
        '"',
        "kai OR NOT *",
        "a" * 5000,
        "ord " * 500,
        "e\u0301",
        "日本語",
        "x:y AND (z",
    ],
)
async def test_nothing_that_is_typed_is_too_odd(house: House, typed: str) -> None:
    async with house.browser("ole") as browser:
        assert (await browser.get("/similar/", params={"title": typed})).status_code == 200


async def test_it_takes_few_statements_however_much_is_typed(house: House) -> None:
    ole = await house.viewer("ole")
    with counted_statements() as asked:
        await alike(ole, "skolebussavgangene ferjekaibelysningen " * 10)
    assert how_many(asked) <= 2


async def test_what_the_reader_may_not_read_is_not_there_and_weighs_nothing(house: House) -> None:
    await ask(house, "The merger with Fjordline", space="loftet")
    assert await titles(house, "hedda", "merger fjordline") == ["The merger with Fjordline"]
    assert await titles(house, "ole", "merger fjordline") == []
    before = await alike(await house.viewer("ole"), "body title page")
    for turn in range(20):
        await ask(house, f"A page title {turn}", "body body", space="loftet")
    after = await alike(await house.viewer("ole"), "body title page")
    assert [(each.entry.id, each.score) for each in before] == [(each.entry.id, each.score) for each in after]


async def test_that_a_word_is_in_what_one_may_not_read_shows_in_nothing_that_is_found(house: House) -> None:
    await ask(house, "Where is the barometer?")
    await ask(house, "Whether zanzibar is for sale", space="loftet")
    assert "Where is the barometer?" in await titles(house, "hedda", "zanzibarometer barometer")
    assert await titles(house, "ole", "zanzibarbarometer") == [], "it is cut in two only where both halves may be known"
    assert await titles(house, "hedda", "zanzibarbarometer") != []


async def test_whoever_finds_the_answer_says_so_and_shares_nothing(house: House) -> None:
    entry = await ask(house, "Which paint do we use on the deck?")
    reply = await answer(house, entry, "The grey one.")
    before = await value("SELECT count(*) FROM entry")
    async with house.browser("ole") as browser:
        kept = await browser.post(
            "/drafts/", data={"kind": "question", "title": "Paint for the deck"}, headers={"accept": "application/json"}
        )
        draft = str(await value("SELECT max(id) FROM draft"))
        assert kept.status_code < 400
        sent = {"title": "Paint for the deck", "kind": "question", "draft": draft}
        led = await browser.post(f"/entries/{entry.id}/meet", data=sent)
        assert led.headers["location"] == f"{url_of(entry)}#entry-{reply}"
        assert (await queries.entry(await house.viewer("mons"), reply)).helped == 1
        page = (await browser.get(url_of(entry))).text
        assert "What you began to write is not shared." in page
        assert "Paint for the deck" not in (await browser.get("/drafts/")).text, "there was nothing in it but a title"
        undo = dict(
            re.findall(r'name="(\w+)" value="([^"]*)"', page.partition('class="notice"')[2].partition("</form>")[0])
        )
        back = await browser.post(f"/entries/{entry.id}/meet", data={**undo, "undo": "true"})
        assert (await queries.entry(await house.viewer("mons"), reply)).helped == 0
        assert "Paint for the deck" in (await browser.get(back.headers["location"])).text
    assert await value("SELECT count(*) FROM entry") == before


async def test_whoever_asks_the_same_hears_of_the_answer(house: House) -> None:
    entry = await ask(house, "Who has the key to the loft?")
    async with house.browser("ole") as browser:
        sent = {"title": "Key to the loft", "kind": "question"}
        led = await browser.post(f"/entries/{entry.id}/meet", data=sent)
        page = (await browser.get(led.headers["location"])).text
    assert "hear of it when somebody answers" in page
    now = await queries.entry(await house.viewer("mons"), entry.id)
    assert (now.vote, now.watchers) == (1, entry.watchers + 1)


async def test_meeting_it_twice_counts_once_and_an_undo_takes_back_only_what_it_gave(house: House) -> None:
    entry, ole = await ask(house, "Who waters the plants?"), await house.viewer("ole")
    await actions.watch(ole, entry.id)
    first, second = await actions.meet(ole, entry.id), await actions.meet(ole, entry.id)
    assert (first.given, first.follows) == (entry.id, False) and (second.given, second.follows) == (None, False)
    await actions.unmeet(ole, entry.id, second)
    assert (await queries.entry(ole, entry.id)).vote == 1
    await actions.unmeet(ole, entry.id, first)
    assert (await queries.entry(ole, entry.id)).vote == 0
    assert (await queries.my_marks(ole, [entry.id], entry.id)).watching == "all"


async def test_programs_are_told_the_same(house: House) -> None:
    entry = await ask(house, "How do we stop the ramp from squeaking?")
    reply = await answer(house, entry, "Tallow.")
    async with house.program("ole") as program:
        found = (await program.get("/api/similar", params={"title": "squeaking ramp", "kind": "question"})).json()[
            "items"
        ]
        assert (found[0]["entry"]["id"], found[0]["accepted"]) == (entry.id, reply)
        assert [each["entry"]["title"] for each in found] == await titles(house, "ole", "squeaking ramp", "question")
        assert (await program.get("/api/similar", params={"title": "x", "kind": "nothing"})).status_code == 422


async def names(house: House, who: str, typed: str) -> list[str]:
    viewer = await house.viewer(who)
    return [each.person.handle for each in await knowers(viewer, await looked_at(viewer, typed, "question"), typed)]


async def test_whoever_had_the_answer_comes_before_whoever_said_something_and_nobody_who_asked(house: House) -> None:
    first = await ask(house, "Why does the sonar click?")
    astrid = await house.viewer("astrid")
    await actions.post(astrid, "reply", None, Fields(body="I have no idea."), first)
    await answer(house, first, "The cable is loose.")
    assert await names(house, "ole", "clicking sonar") == ["hedda", "astrid"]
    assert await names(house, "hedda", "clicking sonar") == ["astrid"], "not whoever asks now"
    async with house.browser("ole") as browser:
        page = (await browser.get("/similar/", params={"title": "clicking sonar", "kind": "question"})).text
        assert "Who may know: Hedda, Astrid" in page and "Had the answer to" in page
        assert (
            "Who may know"
            not in (await browser.get("/similar/", params={"title": "clicking sonar", "kind": "page"})).text
        )


async def test_whoever_keeps_a_page_right_may_know_what_it_is_about(house: House) -> None:
    page = await ask(house, "The windlass", "Grease it.", kind="page")
    hedda = await house.viewer("hedda")
    await actions.edit(hedda, page.id, Fields("The windlass", "Grease it twice."), page.revision)
    await actions.verify(await house.viewer("mons"), page.id)
    assert await names(house, "ole", "grease for the windlass") == ["mons", "hedda"]


async def test_what_one_may_not_read_speaks_for_nobody(house: House) -> None:
    secret = await ask(house, "Which hawser for the regatta?", space="loftet")
    await answer(house, secret, "The hawser with the red thread.")
    assert await names(house, "mons", "hawser regatta") == ["hedda"]
    assert await names(house, "ole", "hawser regatta") == []


async def test_nobody_who_has_left_is_asked(house: House) -> None:
    entry = await ask(house, "Where is the spare rudder?")
    await answer(house, entry, "In the barn.")
    await execute("UPDATE person SET active = false WHERE handle = 'hedda'")
    try:
        assert await names(house, "ole", "spare rudder") == []
    finally:
        await execute("UPDATE person SET active = true WHERE handle = 'hedda'")
