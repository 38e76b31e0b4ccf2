"""Who knows about something: by what they did and what they say of themselves, never by what the reader may not read; and what waits for an answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.cast import House, how_many
from tests.entries.test_alike import answer, names
from web.database import at, counted_statements, engine_type, execute, mark, now, rows
from web.database.migrations import m0039_credit
from web.entries import actions, queries, surviving
from web.entries.actions import Fields
from web.entries.alike import looked_at
from web.entries.knowing import Knower, knowers, knowers_about
from web.entries.rows import Entry
from web.entries.surviving import count_changed
from web.entries.waiting import waiting
from web.errors import Invalid, NotThere
from web.people import skills
from web.times import DAY, MINUTE, day_of
from web.urls import url_of


async def tagged(house: House, title: str, tag: str, space: str = "torget") -> Entry:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "question", house.spaces[space], Fields(title, "", tags=tag))
    return await queries.entry(mons, id)


async def about(house: House, who: str, what: str) -> dict[str, Knower]:
    return {each.person.handle: each for each in await knowers_about(await house.viewer(who), what)}


async def say(house: House, who: str, topic: str, says: str = "ask", instead: str = "") -> int:
    return await skills.say(await house.viewer(who), topic, says, instead)


async def test_whoever_answered_under_a_tag_knows_about_it_and_says_by_what(house: House) -> None:
    entry = await tagged(house, "Which oil does the winch take?", "vinsj")
    reply = await answer(house, entry, "The thick one.")
    found = await about(house, "ole", "vinsj")
    assert list(found) == ["hedda"]
    assert [(each.what, each.here) for each in found["hedda"].because] == [("accepted", reply)]
    async with house.browser("ole") as browser:
        page = (await browser.get("/who-knows/", params={"about": "vinsj"})).text
        assert f'href="{url_of(entry)}#entry-{reply}"' in page
        assert 'href="/who-knows/?about=vinsj"' in (await browser.get("/tags/vinsj/")).text
        assert "Who knows?" in (await browser.get("/who-knows/")).text
        assert "Nothing here says who knows" in (await browser.get("/who-knows/", params={"about": "ukjentting"})).text
    async with house.program("ole") as program:
        items = (await program.get("/api/who-knows", params={"about": "vinsj"})).json()["items"]
        assert items[0]["handle"] == "hedda" and items[0]["because"][0]["entry"] == entry.id


async def test_what_one_may_not_read_speaks_for_nobody_there_either(house: House) -> None:
    entry = await tagged(house, "Who buys the galleon?", "galleon", "loftet")
    await answer(house, entry, "We do.")
    assert list(await about(house, "mons", "galleon")) == ["hedda"]
    for outsider in ("ole", "astrid", "gro"):
        assert await about(house, outsider, "galleon") == {}
        assert await about(house, outsider, "who buys the galleon") == {}


async def test_what_people_say_of_themselves_counts_until_they_take_it_back(house: House) -> None:
    id = await say(house, "astrid", "#Seglduk")
    await say(house, "mons", "seglduk", "learning")
    found = await about(house, "ole", "seglduk")
    assert [(handle, each.because[0].what) for handle, each in found.items()] == [("astrid", "says")]
    assert await names(house, "ole", "where is the seglduk kept") == ["astrid"], (
        "who asks with that word is told as well"
    )
    async with house.browser("ole") as browser:
        assert "Ask me about" in (await browser.get("/people/astrid/")).text
        assert "I am learning" in (await browser.get("/people/mons/")).text
    async with house.browser("astrid") as browser:
        back = await browser.post(f"/settings/topics/{id}/end", follow_redirects=True)
        assert "You no longer say that." in back.text and 'value="seglduk"' in back.text, "it can be said again at once"
    assert await about(house, "ole", "seglduk") == {}


async def test_whoever_would_rather_not_be_asked_is_not_and_may_name_another(house: House) -> None:
    entry = await tagged(house, "How is the keel scraped?", "kjøl")
    await answer(house, entry, "With patience.")
    await say(house, "hedda", "kjøl", "pass", "@astrid")
    found = await about(house, "ole", "kjøl")
    assert list(found) == ["astrid"]
    said = found["astrid"].because[0]
    assert (said.what, said.by.handle if said.by else "") == ("instead", "hedda")
    assert "says Hedda" in await house.read("/who-knows/?about=kj%C3%B8l")
    assert "hedda" not in await names(house, "ole", "how is the keel scraped")
    await say(house, "hedda", "kjøl", "ask")
    assert "hedda" in await about(house, "ole", "kjøl"), "what is said last holds"


async def test_nobody_who_is_away_is_named_until_they_are_back(house: House) -> None:
    entry = await tagged(house, "Who tunes the accordion?", "trekkspill")
    await answer(house, entry, "I do.")
    hedda = await house.viewer("hedda")
    until = await skills.be_away(hedda, day_of(now() + 3 * DAY))
    try:
        assert await about(house, "ole", "trekkspill") == {}
        assert "Away until" in await house.read("/people/hedda/")
        assert "Away until" in await house.read("/people/")
        with at((until or 0) + 1):
            assert list(await about(house, "ole", "trekkspill")) == ["hedda"]
            assert "Away until" not in await house.read("/people/hedda/")
    finally:
        await skills.be_away(hedda, "")
    assert list(await about(house, "ole", "trekkspill")) == ["hedda"]


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("/settings/topics", {"topic": "", "says": "ask"}, "topic"),
        ("/settings/topics", {"topic": "../x", "says": "ask"}, "topic"),
        ("/settings/topics", {"topic": "x" * 300, "says": "ask"}, "topic"),
        ("/settings/topics", {"topic": "rope", "says": "boast"}, "says"),
        ("/settings/topics", {"topic": "rope", "says": "pass", "instead": "nobody-at-all"}, "instead"),
        ("/settings/topics", {"topic": "rope", "says": "pass", "instead": "ole"}, "instead"),
        ("/settings/away", {"away": "soon"}, "away"),
        ("/settings/away", {"away": "2020-01-01"}, "away"),
        ("/settings/away", {"away": "9999-12-31"}, "away"),
    ],
)
async def test_what_cannot_be_is_said_beside_the_field_and_what_was_typed_is_still_there(
    house: House, path: str, sent: dict[str, str], field: str
) -> None:
    async with house.browser("ole") as browser:
        answer = await browser.post(path, data=sent)
        assert answer.status_code == 422
        assert f'id="f-{field}-error"' in answer.text or field == "says"
        assert not sent.get("instead") or f'value="{sent["instead"]}"' in answer.text
    assert await rows("SELECT 1 FROM skill WHERE person = {}", (await house.viewer("ole")).me) == []


async def test_nobody_takes_back_what_another_said(house: House) -> None:
    id = await say(house, "mons", "tauverk")
    with pytest.raises(NotThere):
        await skills.unsay(await house.viewer("ole"), id)
    assert list(await about(house, "ole", "tauverk")) == ["mons"]


async def test_a_guest_names_and_is_shown_only_those_they_know(house: House) -> None:
    with pytest.raises(Invalid):
        await say(house, "gro", "buer", "pass", "astrid")
    await say(house, "astrid", "buer")
    assert await about(house, "gro", "buer") == {}
    assert list(await about(house, "ole", "buer")) == ["astrid"]


async def test_whoever_was_asked_often_lately_comes_later(house: House) -> None:
    for handle in ("hedda", "mons"):
        await say(house, handle, "krabber")
    mentioned = list(await about(house, "ole", "krabber"))
    assert mentioned == ["hedda", "mons"], "as much speaks for both"
    astrid = await house.viewer("astrid")
    for turn in range(3):
        await actions.post(astrid, "question", house.spaces["torget"], Fields(f"Crabs {turn}", "@hedda?"))
    assert list(await about(house, "ole", "krabber")) == ["mons", "hedda"]
    with at(now() + 20 * DAY):
        assert list(await about(house, "ole", "krabber")) == ["hedda", "mons"]


async def test_it_takes_few_statements_however_many_know(house: House) -> None:
    ole = await house.viewer("ole")
    for turn in range(12):
        await answer(house, await tagged(house, f"Rivet {turn}", "nagler"), "Yes.")
    with counted_statements() as asked:
        assert await knowers_about(ole, "nagler")
    assert how_many(asked) <= 7


# What is left in pages.


async def worked_on(house: House, who: str, page: int, body: str) -> None:
    viewer = await house.viewer(who)
    entry = await queries.entry(viewer, page)
    fields = replace(Fields.of(entry, await queries.form_tags(page)), body=body, summary="So")
    await actions.edit(viewer, page, fields, entry.revision)


async def uncounted() -> int:
    """How many pages are counted that were not, when all are looked through."""
    before = await rows("SELECT id FROM surviving")
    assert await count_changed() is None
    return len({each["id"] for each in await rows("SELECT id FROM surviving")} - {each["id"] for each in before})


async def counted(page: int) -> dict[str, int]:
    assert await count_changed() is None
    found = await rows(
        "SELECT p.handle, s.words FROM surviving s JOIN person p ON p.id = s.person WHERE s.entry = {}", page
    )
    return {each["handle"]: each["words"] for each in found}


async def test_what_is_left_of_somebodys_words_counts_by_how_much_it_is(house: House) -> None:
    mons = await house.viewer("mons")
    page = await actions.post(mons, "page", house.spaces["torget"], Fields("Sluices", "One line.", tags="sluse"))
    much = "\n".join(f"Step {turn} of the sluice is done by hand, slowly." for turn in range(30))
    await worked_on(house, "hedda", page, f"One line.\n\n{much}\n")
    await worked_on(house, "astrid", page, f"One line.\n\n{much}\n\nMind the wet steps.\n")
    before = await about(house, "ole", "sluse")
    assert {each.because[0].words for each in before.values()} == {0}, "not counted yet"
    left = await counted(page)
    assert left == {"mons": 2, "hedda": 300, "astrid": 4}
    found = await about(house, "ole", "sluse")
    assert list(found) == ["hedda", "astrid", "mons"] or list(found) == ["hedda", "mons", "astrid"]
    assert (found["hedda"].because[0].what, found["hedda"].because[0].words) == ("changed", 300)
    html = await house.read("/who-knows/?about=sluse", "ole")
    assert f"/entries/{page}/history/blame/" in html and "300 words that stand" in html
    assert "slowly" in await house.read(f"/entries/{page}/history/blame/", "ole")
    await worked_on(house, "astrid", page, "Nothing of that any more.\n")
    assert await counted(page) == {"astrid": 5}
    assert list(await about(house, "ole", "sluse")) == ["astrid"], "nothing of the others is left"


async def test_what_was_brought_back_is_whose_it_was_and_what_is_old_counts_less(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    page = await actions.post(
        mons,
        "page",
        house.spaces["torget"],
        Fields("Weirs", "Open it at noon, when the water is high enough.", tags="stem"),
    )
    first = (await queries.entry(mons, page)).revision
    await execute("UPDATE revision SET created_at = {} WHERE id = {}", now() - 900 * DAY, first)
    await worked_on(house, "ole", page, "Gone.")
    await actions.revert(hedda, page, first)
    assert await counted(page) == {"mons": 10}
    with at(now() - 10 * DAY):
        other = await actions.post(
            hedda,
            "page",
            house.spaces["torget"],
            Fields("Newer", "Shut it at noon, when the water is low again now.", tags="stem"),
        )
    assert await counted(other) == {"hedda": 11}
    found = await about(house, "ole", "stem")
    assert list(found) == ["hedda", "mons"] and found["hedda"].score > 1.5 * found["mons"].score


async def test_only_what_was_changed_is_counted_anew_and_by_several_at_once(house: House) -> None:
    mons = await house.viewer("mons")
    page = await actions.post(mons, "page", house.spaces["torget"], Fields("Locks", "Two words.", tags="slusekammer"))
    await counted(page)
    assert await uncounted() == 0
    await worked_on(house, "hedda", page, "Two words. And three more.")
    await asyncio.gather(count_changed(), count_changed())
    assert await counted(page) == {"mons": 2, "hedda": 3}
    hidden = await actions.post(
        mons, "page", house.spaces["loftet"], Fields("Up there", "Not for Ole.", tags="slusekammer")
    )
    assert await counted(hidden) == {"mons": 3}
    seen = [each.entry.id for each in (await about(house, "ole", "slusekammer"))["mons"].because if each.entry]
    assert seen == [page]
    empty = await actions.post(mons, "page", house.spaces["torget"], Fields("Empty", ""))
    assert await counted(empty) == {"mons": 0} and await uncounted() == 0


async def test_what_moved_in_is_counted_a_batch_at_a_time_each_in_one_commit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    pages = {await actions.post(mons, "page", torget, Fields(f"Moved in {number}", "So.")) for number in range(5)}
    monkeypatch.setattr(surviving, "_AT_ONCE", 2)

    async def there() -> set[int]:
        return {each["entry"] for each in await rows("SELECT entry FROM surviving")}

    counting, sizes = surviving.Counting(), [len(await there())]
    while not pages <= await there():
        before = await mark()
        await counting.count_due()
        assert await mark() != before
        sizes.append(len(await there()))
        assert 0 < sizes[-1] - sizes[-2] <= 2
    before = await mark()
    await counting.count_due()
    await counting.count_due()
    assert await mark() == before, "nobody's page is made anew for nothing"
    other = await actions.post(mons, "page", torget, Fields("Written since", "So."))
    with at(now() + MINUTE):
        await counting.count_due()
    assert other in await there()


# Other words for the same.


async def test_another_word_for_a_tag_is_the_same_topic(house: House) -> None:
    astrid, hedda = await house.viewer("astrid"), await house.viewer("hedda")
    entry = await tagged(house, "Who drives the tractor?", "traktor")
    await answer(house, entry, "I do.")
    await say(house, "mons", "zetor", "pass")
    await say(house, "ole", "zetor")
    await say(house, "ole", "traktor", "learning")
    tag = await queries.tag(astrid, "traktor")
    await actions.synonym(astrid, tag, "zetor")
    said = await rows(
        "SELECT p.handle, k.topic, k.says FROM skill k JOIN person p ON p.id = k.person WHERE k.topic IN ('zetor', 'traktor')"
    )
    assert sorted((each["handle"], each["topic"], each["says"]) for each in said) == [
        ("mons", "traktor", "pass"), ("ole", "traktor", "learning"),
    ]  # fmt: skip
    assert list(await about(house, "ole", "zetor")) == list(await about(house, "ole", "traktor")) == ["hedda"]
    await say(house, "astrid", "Zetor")
    assert {"traktor"} == {each.topic for each in await skills.skills(astrid)} & {"traktor", "zetor"}
    assert set(await about(house, "ole", "zetor")) == {"hedda", "astrid"}
    waits = await actions.post(
        await house.viewer("ole"), "question", house.spaces["torget"], Fields("A zetor?", tags="zetor")
    )
    assert [each.topic for each in await waiting(astrid, 40) if each.entry.id == waits] == ["traktor"]
    assert waits not in [each.entry.id for each in await waiting(await house.viewer("mons"), 40)], (
        "who passes is not asked"
    )
    assert "astrid" in [each.person.handle for each in await knowers(hedda, await looked_at(hedda, "zetor"), "zetor?")]


async def test_what_was_said_by_another_word_before_is_of_the_tag_after_the_migration(house: House) -> None:
    astrid = await house.viewer("astrid")
    await tagged(house, "Which crane?", "kran")
    for word in ("kranbil", "mobilkran"):
        await actions.synonym(astrid, await queries.tag(astrid, "kran"), word)
    for who, topic, says in (
        ("mons", "kranbil", "ask"), ("mons", "mobilkran", "pass"), ("ole", "kran", "learning"), ("ole", "kranbil", "ask"), ("hedda", "vinkel", "ask"),
    ):  # fmt: skip
        id = await say(house, who, "something")
        await execute("UPDATE skill SET topic = {}, says = {} WHERE id = {}", topic, says, id)
    for statement in m0039_credit.forwards(engine_type())[-3:]:
        await execute(statement.replace("{", "{{"))
    said = await rows(
        "SELECT p.handle, k.topic, k.says FROM skill k JOIN person p ON p.id = k.person WHERE k.topic LIKE '%kran%' OR k.topic = 'vinkel'"
    )
    assert sorted((each["handle"], each["topic"], each["says"]) for each in said) == [
        ("hedda", "vinkel", "ask"), ("mons", "kran", "pass"), ("ole", "kran", "learning"),
    ]  # fmt: skip


# What waits for an answer.


async def mine(house: House, who: str, topic: str) -> list[str]:
    return [each.entry.title for each in await waiting(await house.viewer(who), 40) if each.topic == topic]


async def test_a_question_is_put_to_those_who_say_they_know_and_to_those_who_had_such_answers(house: House) -> None:
    await answer(house, await tagged(house, "An old one", "fyrlykt"), "Yes.")
    await tagged(house, "Who lights the lantern?", "fyrlykt")
    await say(house, "astrid", "fyrlykt")
    assert await mine(house, "astrid", "fyrlykt") == ["Who lights the lantern?"]
    assert await mine(house, "hedda", "fyrlykt") == ["Who lights the lantern?"], "she had the answer to the old one"
    assert await mine(house, "ole", "fyrlykt") == [] and await mine(house, "mons", "fyrlykt") == [], "nor whoever asks"
    page = await house.read("/questions/waiting/", "astrid")
    assert "You may know this" in page and "Not for me" in page
    other = await house.read("/questions/waiting/", "ole")
    assert "You may know this" not in other and "Who lights the lantern?" in other
    assert "you may know: #fyrlykt" in await house.read("/", "astrid")


async def test_what_one_muted_or_would_rather_not_be_asked_is_not_put_to_one(house: House) -> None:
    entry = await tagged(house, "Who mends the net?", "garn")
    await say(house, "astrid", "garn")
    async with house.browser("astrid") as browser:
        await browser.post(f"/entries/{entry.id}/watch", data={"level": "muted"})
        assert await mine(house, "astrid", "garn") == []
        await browser.post(f"/entries/{entry.id}/watch", data={"level": "none"})
    assert await mine(house, "astrid", "garn") == ["Who mends the net?"]
    await say(house, "astrid", "garn", "pass")
    titles = [each.entry.title for each in await waiting(await house.viewer("astrid"), 40)]
    assert "Who mends the net?" not in titles


async def test_one_question_is_put_to_five_at_most_and_not_always_to_the_same(house: House) -> None:
    people = [
        await rows(
            "INSERT INTO person (id, handle, name, admin, guest, active, created_at, about) VALUES ({}, {}, {}, false, false, true, 0, '')",
            90_000 + turn, f"crew{turn}", f"Crew {turn}",
        )
        or 90_000 + turn
        for turn in range(12)
    ]  # fmt: skip
    try:
        for person in people:
            await execute(
                "INSERT INTO skill (id, person, topic, says, created_at) VALUES ({}, {}, 'mannskap', 'ask', 0)",
                person, person,
            )  # fmt: skip
        asked = [await tagged(house, f"Crew question {turn}", "mannskap") for turn in range(8)]
        put: dict[str, set[str]] = {each.title: set() for each in asked}
        for turn in range(12):
            for title in await mine(house, f"crew{turn}", "mannskap"):
                put[title].add(f"crew{turn}")
        assert {len(each) for each in put.values()} == {5}
        assert len({frozenset(each) for each in put.values()}) > 1
    finally:
        await execute("DELETE FROM skill WHERE person >= 90000 AND person < 90100")
        await execute("DELETE FROM person WHERE id >= 90000 AND id < 90100")


async def test_what_waits_in_a_secret_room_waits_for_those_in_it(house: House) -> None:
    await tagged(house, "Whisper about the dowry?", "medgift", "loftet")
    for handle in ("hedda", "astrid"):
        await say(house, handle, "medgift")
    assert await mine(house, "hedda", "medgift") == ["Whisper about the dowry?"]
    assert await mine(house, "astrid", "medgift") == []
    assert "dowry" not in await house.read("/questions/waiting/", "astrid")
    async with house.browser() as stranger:
        assert (await stranger.get("/questions/waiting/")).status_code == 303
