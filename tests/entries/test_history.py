"""The history of an entry as people use it: any two texts compared, who wrote what, one change undone, one text taken away for good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from export.portable.leaving import write_house
from export.snapshot import export
from tests.cast import House, how_many
from web.database import counted_statements, execute, new_id, value, values
from web.entries import actions, drafts, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.entries.writers import written
from web.errors import Invalid, NotAllowed
from web.policy import NOBODY

PARTS = [f"Paragraph {n} says that the ferry leaves at {n} sharp, whatever the weather." for n in range(1, 6)]
SECRET = "kanarihemmelig"


async def written_in_turn(house: House, *bodies: str, space: str = "torget", title: str = "Ferries") -> Entry:
    """A page that mons, ole and hedda wrote one after the other, each with a summary."""
    turn = ["mons", "hedda", "mons", "hedda", "mons"]
    id = await actions.post(await house.viewer("mons"), "page", house.spaces[space], Fields(title, bodies[0]))
    for who, body in zip(turn[1:], bodies[1:], strict=False):
        viewer = await house.viewer(who)
        entry = await queries.entry(viewer, id)
        await actions.edit(viewer, id, Fields(title, body, summary=f"{who} did it"), entry.revision)
    return await queries.entry(await house.viewer("mons"), id)


def text(*parts: str) -> str:
    return "\n\n".join(parts)


async def revisions(house: House, id: int) -> list[int]:
    return [each.id for each in await queries.revisions(await house.viewer("mons"), id)][::-1]


async def test_any_two_texts_are_compared_whichever_is_chosen_first(house: House) -> None:
    moved = [PARTS[1], PARTS[2], PARTS[0]]
    entry = await written_in_turn(house, text(*PARTS[:3]), text(*moved), text(*moved, PARTS[3]))
    first, second, third = await revisions(house, entry.id)
    about = f"/entries/{entry.id}/history/"
    async with house.browser("ole") as browser:
        page = (await browser.get(about)).text
        assert page.count('name="old"') == page.count('name="new"') == 3 and f'action="{about}compare/"' in page
        assert f"+{len(PARTS[3]) + 2}<" in page and "±0<" in page and "With the one before" in page
        for old, new in ((first, third), (third, first)):
            answer = await browser.get(f"{about}compare/", params={"old": old, "new": new})
            assert answer.headers["location"] == f"{about}{first}/{third}/"
        assert (await browser.get(f"{about}compare/?old={first}&new={first}")).headers["location"] == f"{about}{first}/"
        assert (await browser.get(f"{about}compare/?old=x")).status_code == 422
        for way in ("", "side/"):
            html = (await browser.get(f"{about}{first}/{third}/{way}")).text
            assert html.count(PARTS[0]) == 2 and 'id="left-1"' in html and 'href="#came-1"' in html
            assert "<del" not in html and f"added: </span>{PARTS[3]}</ins>" in html
        assert "Undo this change" not in html, "these two are not neighbours"
        between = (await browser.get(f"{about}{second}/side/")).text
        assert f'href="/entries/{entry.id}/history/{first}/side/"' in between, "how it is shown stays"
        assert f'href="/entries/{entry.id}/history/{third}/side/"' in between


async def test_a_long_history_is_told_page_by_page_in_a_handful_of_queries(house: House) -> None:
    entry = await written_in_turn(house, text(*PARTS))
    mons, at = await house.viewer("mons"), entry.created_at
    more = [(new_id(), entry.id, mons.me, "T", text(*PARTS[: n % 5 + 1]), at + n) for n in range(5_000)]
    for start in range(0, 5_000, 1_000):
        await execute(
            "INSERT INTO revision (id, entry, author, title, body, created_at) VALUES {}",
            values(more[start : start + 1_000]),
        )
    await execute(
        "UPDATE entry SET revision = {}, body = {}, revisions = 5001 WHERE id = {}", more[-1][0], more[-1][4], entry.id
    )
    async with house.browser("mons") as browser:
        seen: list[str] = []
        address = f"/entries/{entry.id}/history/"
        for _ in range(3):
            with counted_statements() as asked:
                page = (await browser.get(address)).text
            assert how_many(asked) <= 8 and len(page) < 200_000
            seen += re.findall(r'id="text-(\d+)"', page)
            address = re.findall(r'href="([^"]+/history/older/\d+/)"', page)[0]
        assert len(seen) == len(set(seen)) == 150 and seen == sorted(seen, reverse=True)
        with counted_statements() as asked:
            page = (await browser.get(f"/entries/{entry.id}/history/blame/")).text
        assert how_many(asked) <= 8 and "or earlier" in page, (
            "what is older than the last five hundred is not looked at"
        )
        assert (await browser.get(f"/entries/{entry.id}/history/older/1/")).status_code == 404
    await execute(
        "UPDATE entry SET revision = {}, body = {}, revisions = 1 WHERE id = {}", entry.revision, entry.body, entry.id
    )
    await execute("DELETE FROM revision WHERE entry = {} AND id <> {}", entry.id, entry.revision)


async def test_it_is_told_who_wrote_what_and_who_changed_words_in_it(house: House) -> None:
    later = [PARTS[1], PARTS[0].replace("whatever the weather", "in fair weather"), PARTS[2]]
    entry = await written_in_turn(house, text(*PARTS[:2]), text(PARTS[1], PARTS[0], PARTS[2]), text(*later))
    first, second, third = await revisions(house, entry.id)
    found = await written(await house.viewer("ole"), entry)
    told = [
        (passage.by and passage.by.id, [step.id for step in passage.since], sum(map(len, passage.lines)))
        for passage in found.passages
    ]
    assert [(by, since) for by, since, _ in told] == [(first, [third]), (second, [])]
    assert not found.more and found.oldest is None
    async with house.browser("ole") as browser:
        html = (await browser.get(f"/entries/{entry.id}/history/blame/")).text
        assert "<u>in fair </u>" in html and f"/history/{second}/" in html and "/people/hedda/" in html
        with counted_statements() as asked:
            await browser.get(f"/entries/{entry.id}/history/blame/?again")
        assert not [each for each in asked if "r.body FROM revision" in str(each)], "it is known who wrote what"
    async with house.browser() as stranger:
        assert (await stranger.get(f"/entries/{entry.id}/history/blame/")).status_code in (303, 401, 404)


async def test_one_change_is_undone_and_what_came_later_is_kept(house: House) -> None:
    changed = [PARTS[0].replace("weather", "wind"), *PARTS[1:]]
    entry = await written_in_turn(house, text(*PARTS), text(*changed), text(*changed, "And more."))
    _, second, third = await revisions(house, entry.id)
    async with house.browser("ole") as browser:
        page = (await browser.get(f"/entries/{entry.id}/history/{second}/")).text
        assert "Undo this change" in page and 'name="undo" value="true"' in page
        answer = await browser.post(f"/entries/{entry.id}/revert", data={"revision": second, "undo": "true"})
        assert answer.status_code == 303
        now = await queries.entry(await house.viewer("ole"), entry.id)
        newest = await queries.revision(await house.viewer("ole"), entry.id, now.revision)
        assert now.body == text(*PARTS, "And more.") and newest.merged
        assert newest.summary.startswith("Undid the change by Hedda, ")
        again = await browser.post(f"/entries/{entry.id}/revert", data={"revision": second, "undo": "true"})
        assert again.status_code == 303
        assert (await queries.entry(await house.viewer("ole"), entry.id)).revision == now.revision
        undone = await browser.post(f"/entries/{entry.id}/revert", data={"revision": now.revision, "undo": "true"})
        assert undone.status_code == 303
        assert (await queries.entry(await house.viewer("ole"), entry.id)).body == text(*changed, "And more.")
        first = await browser.post(
            f"/entries/{entry.id}/revert", data={"revision": (await revisions(house, entry.id))[0], "undo": "true"}
        )
        assert first.status_code == 422, "before the first text there is none"
    with pytest.raises(NotAllowed):
        article = house.entries["torget", "article"]
        await actions.undo(await house.viewer("ole"), article, (await revisions(house, article))[0])
    assert third


async def test_where_later_changes_touch_the_same_words_somebody_settles_it_and_no_text_is_lost(house: House) -> None:
    entry = await written_in_turn(house, "We meet at ten.", "We meet at noon.", "We meet at five, at noon it rains.")
    _, second, _ = await revisions(house, entry.id)
    async with house.browser("hedda") as browser, house.program("hedda") as program:
        answer = await browser.post(f"/entries/{entry.id}/revert", data={"revision": second, "undo": "true"})
        assert answer.status_code == 409 and "Later changes touch the same lines" in answer.text
        assert "We meet at ten." in answer.text and "We meet at five, at noon it rains." in answer.text
        assert "without that change" in answer.text and 'name="summary"' in answer.text
        told = await program.post(f"/api/entries/{entry.id}/revert", json={"revision": second, "undo": True})
        assert told.status_code == 409 and told.json()["mine"]["body"] == "We meet at ten."
    assert (await queries.entry(await house.viewer("mons"), entry.id)).body == "We meet at five, at noon it rains."


# Taken away for good.


async def taken(house: House, space: str = "torget") -> tuple[Entry, int]:
    """A page with a text in its past that hedda took away, and one that was folded into it."""
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces[space], Fields("Ferries", text(*PARTS)))
    for words in ("folded ", ""):
        entry = await queries.entry(mons, id)
        body = text(*PARTS, f"The {words}number is {SECRET}.")
        await actions.edit(
            mons, id, Fields(f"Ferries {SECRET}", body, tags=SECRET, summary=SECRET * (not words)), entry.revision
        )
    bad = (await queries.entry(mons, id)).revision
    with pytest.raises(Invalid):
        await execute("UPDATE revision SET folded = {} WHERE entry = {}", False, id)
        await actions.redact(await house.viewer("hedda"), id, bad, "the text that stands")
    await execute("UPDATE revision SET folded = {} WHERE entry = {} AND base IS NOT NULL AND id <> {}", True, id, bad)
    await actions.edit(
        mons, id, Fields("Ferries", text(*PARTS, "Ask for the number."), tags="plain", summary="Took it out"), bad
    )
    await actions.redact(await house.viewer("hedda"), id, bad, "A private number")
    return await queries.entry(mons, id), bad


async def test_a_text_that_was_taken_away_is_in_no_page_no_answer_and_no_file(house: House, tmp_path: Path) -> None:
    entry, bad = await taken(house)
    assert not await value("SELECT count(*) FROM revision WHERE body LIKE {}", f"%{SECRET}%")
    about = f"/entries/{entry.id}/history/"
    first, _, last = await revisions(house, entry.id)
    pages = [about, f"{about}{bad}/", f"{about}{last}/", f"{about}{first}/{bad}/", f"{about}{bad}/{last}/side/", f"{about}blame/", "/changes/", "/feed.atom",
             f"/e/{entry.id}", f"/entries/{entry.id}/redact/{bad}/", f"/search/?q={SECRET}", f"/pages/{entry.id}/{SECRET}/"]  # fmt: skip
    for handle in ("mons", "hedda", "astrid", "ole"):
        async with house.browser(handle) as browser, house.program(handle) as program:
            for page in pages:
                answer = await browser.get(page, follow_redirects=True)
                said = answer.text.replace(f"/search/?q={SECRET}", "").replace(f'value="{SECRET}"', "")
                assert SECRET not in said or page.startswith("/search"), page
            told = (await program.get(f"/api/entries/{entry.id}/revisions")).text
            told += (await program.get(f"/api/entries/{entry.id}/revisions/{bad}")).text
            assert SECRET not in told and "A private number" in told
            assert not (await program.get("/api/search", params={"q": SECRET})).json()["items"]
    async with house.browser("ole") as browser:
        history = (await browser.get(about)).text
        assert "Taken away for good by" in history and "/people/hedda/" in history and "A private number" in history
        assert "There is nothing to compare." in (await browser.get(f"{about}{first}/{bad}/")).text
        assert "Ask for the number." in (await browser.get(f"{about}{last}/")).text, "the one before it is the first"
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "out", history=True)
    await write_house(tmp_path / "house", house.files)
    for folder in ("out", "house"):
        files = [path for path in (tmp_path / folder).rglob("*") if path.is_file()]
        assert any(b"A private number" in path.read_bytes() for path in files), "that there was a text is told"
        assert not [path for path in files if SECRET.encode() in path.read_bytes() or SECRET in path.name]


async def test_nobody_brings_it_back_undoes_it_or_takes_it_away_twice(house: House) -> None:
    entry, bad = await taken(house)
    hedda = await house.viewer("hedda")
    for verb in (actions.revert, actions.undo, actions.redact):
        with pytest.raises(Invalid):
            await verb(hedda, entry.id, bad)
    assert (await queries.entry(hedda, entry.id)).body.endswith("Ask for the number.")


async def test_only_who_runs_the_place_takes_a_text_away(house: House) -> None:
    entry = await written_in_turn(house, text(*PARTS), "Quite another text.")
    first, _ = await revisions(house, entry.id)
    assert first and await house.viewer("ole"), "the outsider exists"
    for handle in ("mons", "ole"):
        async with house.browser(handle) as browser:
            assert (await browser.post(f"/entries/{entry.id}/redact", data={"revision": first})).status_code == 403
            assert (await browser.get(f"/entries/{entry.id}/redact/{first}/")).status_code == 403
            assert "for good" not in (await browser.get(f"/entries/{entry.id}/history/{first}/")).text
    async with house.browser("astrid") as browser:
        assert "for good" in (await browser.get(f"/entries/{entry.id}/history/{first}/")).text
        form = {"revision": first, "reason": "old"}
        assert (await browser.post(f"/entries/{entry.id}/redact", data=form)).status_code == 303
    assert (await queries.revision(await house.viewer("mons"), entry.id, first)).body == ""


async def test_what_was_begun_on_it_is_still_saved_or_settled(house: House) -> None:
    entry, bad = await taken(house)
    mons = await house.viewer("mons")
    begun = {"kind": "page", "entry": str(entry.id), "revision": str(bad), "title": "Ferries", "body": "My own text."}
    kept = await drafts.keep(mons, begun)
    async with house.browser("mons") as browser:
        assert "My own text." in (await browser.get(f"/entries/{entry.id}/edit/?draft={kept}")).text
        answer = await browser.post(f"/entries/{entry.id}/edit", data={**begun, "draft": str(kept)})
        assert answer.status_code == 409 and "My own text." in answer.text and "Ask for the number." in answer.text
        assert SECRET not in answer.text
    await drafts.drop(mons, kept)


async def test_on_a_day_that_has_passed_the_nearest_text_that_is_kept_stands(house: House) -> None:
    entry = await written_in_turn(house, text(*PARTS), f"{SECRET} stands here.", "The last text of it.")
    first, second, third = await revisions(house, entry.id)
    day = 24 * 3600 * 1000
    for number, id in ((3, first), (2, second)):
        at = entry.created_at - number * day
        await execute("UPDATE revision SET created_at = {} WHERE id = {}", at, id)
        await execute("UPDATE entry SET created_at = {} WHERE id = {} AND created_at > {}", at, entry.id, at)
    hedda = await house.viewer("hedda")
    then = entry.created_at - 2 * day + 1
    await actions.redact(hedda, entry.id, second, "gone")
    ((stood, _, gone),) = await queries.conversation_at(hedda, then, entry.id)
    assert (stood.body, stood.revision, gone) == (text(*PARTS), first, True)
    ((stood, _, gone),) = await queries.conversation_at(hedda, then - day, entry.id)
    assert (stood.body, gone) == (text(*PARTS), False)
    await actions.redact(hedda, entry.id, first, "gone too")
    ((stood, _, gone),) = await queries.conversation_at(hedda, then, entry.id)
    assert (stood.body, stood.revision, gone) == ("The last text of it.", third, True)
    assert stood.updated_at <= then
    assert await queries.conversation_at(NOBODY, then, entry.id) == []
