"""What changed, in a snapshot: its pages, and what the reader's browser is told."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from export import changes
from export.changes import LATELY
from export.plan import plan
from export.reading import Reader, Snapshot
from export.snapshot import export
from tests.cast import House
from tests.export.test_again import held
from tests.test_changes import edited
from web.database import execute, now
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.queries import ALONE, EVERY, Cursor, Filter, Month
from web.people import actions as people_actions
from web.people import queries as people
from web.policy import Viewer


async def published(house: House, out: Path, audience: str = "everyone", **how: Any) -> None:
    await export(lambda: house.app, house.settings, audience, out, language="en", **how)


def told(out: Path) -> Any:
    script = (out / LATELY).read_text("ascii")
    return json.loads(script.removeprefix("window.dugnadLately = ").removesuffix(";\n"))


async def readable(viewer: Viewer) -> set[int]:
    found, older = set(), None
    while True:
        listed = await queries.written(viewer, Filter(kinds=EVERY), older)
        found |= {each.id for each in listed.items}
        if not (older := listed.older):
            return found


async def test_it_tells_what_changed_and_without_older_texts_only_what_still_stands(
    house: House, tmp_path: Path
) -> None:
    page = house.entries["torget", "page"]
    await edited(house, "mons", page, "Words that stay.\n\nWords that were regretted.", summary="Regretted soon")
    await edited(house, "hedda", page, "Words that stay.\n\nBetter words.", title="Called anew")
    for history in (False, True):
        out = tmp_path / f"{history}"
        await published(house, out, history=history)
        html = (out / "changes" / "index.html").read_text()
        assert "Better <" in html or "Better words" in html
        assert "Regretted soon" in html and "removed</span>" in html
        regretted = [name for name, content in held(out).items() if b"were regretted" in content]
        assert bool(regretted) is history, "older texts are part of it, or they are in none of its files"
        assert ("still stands" in html) is not history
        assert not (out / "changes" / "older").exists() and len(list((out / "changes" / "month").iterdir())) == 1
    await edited(house, "mons", page, "Words that stay.\n\nBest words.")
    await published(house, tmp_path / "True", history=True)
    await published(house, tmp_path / "anew", history=True)
    assert held(tmp_path / "True") == held(tmp_path / "anew")


async def test_months_are_planned_page_by_page_as_they_are_read(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("web.entries.queries.changes", "export.changes"):
        monkeypatch.setattr(sys.modules[module], "CHANGES_MONTH_SIZE", 5)
    out = tmp_path / "out"
    await published(house, out)
    everyone = await people.audience("everyone")
    ((month, many),) = await queries.months_of_changes(everyone)
    found = await queries.changes(everyone, month)
    seen = len(found.items)
    while found.older:
        assert (out / "changes" / "month" / f"{month}" / "after" / f"{found.older}" / "index.html").is_file()
        found = await queries.changes(everyone, Month.read(f"{month}", f"{Cursor(found.older.time, found.older.id)}"))
        seen += len(found.items)
    assert seen == many > 10
    after = out / "changes" / "month" / f"{month}" / "after"
    assert len(list(after.iterdir())) == (many - 1) // 5


async def pages(house: House, *, history: bool) -> dict[str, tuple[str, bytes]]:
    """Of each of its pages, the validator, and what it says."""
    house.forget()
    everyone, snapshot = await people.audience("everyone"), Snapshot("everyone", house.settings.url, history)
    planned = await plan(everyone, snapshot, "en")
    reader = Reader(lambda: house.app, everyone, snapshot, "en")
    return {
        address: (planned.validator(address), (await reader.get(address)).body)
        for address in planned.addresses
        if address.startswith("/changes/")
    }


@pytest.mark.parametrize("history", [False, True])
async def test_a_page_that_says_something_else_has_another_validator(
    house: House, monkeypatch: pytest.MonkeyPatch, history: bool
) -> None:
    """Whatever is done: to an entry, to where it stands, to whoever wrote it."""
    for module in ("web.entries.queries.changes", "export.changes"):
        monkeypatch.setattr(sys.modules[module], "CHANGES_MONTH_SIZE", 1)
        monkeypatch.setattr(sys.modules[module], "CHANGES_SIZE", 3)
    mons, hedda, astrid = [await house.viewer(each) for each in ("mons", "hedda", "astrid")]
    space = house.spaces["torget"]
    first = await actions.post(mons, "thread", space, Fields("Harbour", "The quay is blue.\n\nIt is long."))
    under = await actions.post(mons, "reply", None, Fields(body="Which?"), await queries.entry(mons, first))
    await edited(house, "hedda", first, "The quay is blue.\n\nIt is short.")
    for number in range(4):
        await actions.post(mons, "micropost", space, Fields(body=f"Number {number}"))

    async def rewrite(viewer: Viewer, title: str, body: str, summary: str = "") -> None:
        entry = await queries.entry(viewer, first)
        await actions.edit(viewer, first, Fields(title, body, summary=summary), entry.revision)

    steps = {
        "another hand": lambda: rewrite(mons, "Harbour", "The quay is blue.\n\nIt is shut."),
        "the same hand at once": lambda: rewrite(mons, "Harbour", "The quay is blue.\n\nIt is shut today."),
        "another title": lambda: rewrite(hedda, "Pier", "The quay is blue.\n\nIt is shut today.", "Called so"),
        "another kind": lambda: actions.turn(mons, first, "page"),
        "another space": lambda: actions.move(mons, first, house.spaces["kontoret"]),
        "back": lambda: actions.move(mons, first, space),
        "a space called otherwise": lambda: people_actions.change_space(
            astrid, space, "Square", "", "open", public=False
        ),
        "somebody called otherwise": lambda: execute("UPDATE person SET name = 'Mons M' WHERE handle = 'mons'"),
        "thrown away": lambda: actions.trash(mons, under, ""),
        "taken back": lambda: actions.restore(mons, under),
    }
    before = await pages(house, history=history)
    for what, step in steps.items():
        await step()
        after = await pages(house, history=history)
        both = before.keys() & after.keys()
        said = {address for address in both if before[address][1] != after[address][1]}
        assert said, what
        assert all(before[address][0] != after[address][0] for address in said), what
        assert all(validator and b"<h1>" in body for validator, body in after.values()), what
        before = after
    await execute("UPDATE person SET name = 'Mons' WHERE handle = 'mons'")
    await people_actions.change_space(astrid, space, space.name, "", "open", public=space.public)


@pytest.mark.parametrize("audience", ["everyone", "public", "person:mons", "space:kontoret"])
async def test_a_browser_is_told_of_what_its_reader_may_read_and_nothing_else(
    house: House, tmp_path: Path, audience: str
) -> None:
    out = tmp_path / "out"
    await published(house, out, audience)
    said = told(out)
    entries = {id: (said["as_of"] - ago, said["as_of"] - ago + later) for id, ago, later in said["entries"]}
    named = {"everyone": "everybody in the house", "public": "the whole world", "person:mons": "@mons"}
    assert f"as read by {named.get(audience, 'Kontoret')}<" in (out / "index.html").read_text("utf-8")
    viewer = await people.audience(audience)
    assert entries.keys() == await readable(viewer) and said["from"] == 0
    assert said["key"] == f"{house.settings.url} {audience} en"
    for id, (written, changed) in entries.items():
        entry = await queries.entry(viewer, id)
        assert abs(written - entry.created_at) < 50 and (changed > written + 50) == entry.edited, entry.title
    assert max([0, *(changed for _, changed in entries.values())]) <= said["as_of"]


async def test_a_browser_is_told_what_is_gone_where_that_is_told(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mons = await house.viewer("mons")
    title = "What the ferries will cost"
    gone = [await actions.post(mons, "page", house.spaces["torget"], Fields(title, "x")) for _ in range(3)]
    secret = await actions.post(mons, "page", house.spaces["loftet"], Fields("Upstairs", "x"))
    for id in (*gone, secret):
        await actions.trash(mons, id, "")
    for audience, shown in (("everyone", gone), ("space:loftet", [*gone, secret]), ("public", [])):
        out = tmp_path / audience.replace(":", "-")
        await published(house, out, audience)
        said = told(out)
        assert [each[1] for each in said["gone"][: len(shown)]] == shown[::-1], audience
        for path, id, written, put_away in said["gone"]:
            assert (out / path / str(id) / "index.html").is_file() and written >= put_away >= 0
        assert title not in (out / LATELY).read_text("ascii")
    monkeypatch.setattr(changes, "_MOST_GONE", 2)
    await published(house, tmp_path / "few")
    few = told(tmp_path / "few")
    assert [each[1] for each in few["gone"]] == gone[:0:-1] and few["from"] > 0, "and says that it is not all"


async def test_it_is_bounded_and_says_from_when_on_it_is_all(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [changes.Late(now() - number * 10**8, now() - number * 10**9, 9 * 10**14 + number) for number in range(1000)]
    gone = [changes.Gone(each.changed, each.written, each.entry, "annotations") for each in late]
    script = changes.script(Snapshot("everyone", "https://intra.example/"), "nb", now(), changes.Lately(late, gone))
    assert len(script) < 15_000
    monkeypatch.setattr(changes, "_MOST", 5)
    await published(house, tmp_path / "few")
    monkeypatch.undo()
    await published(house, tmp_path / "all")
    few, all = told(tmp_path / "few"), told(tmp_path / "all")
    assert few["entries"] == all["entries"][:5]
    _, ago, later = all["entries"][5]
    assert few["from"] == all["as_of"] - ago + later


def test_of_a_day_that_has_passed_a_browser_is_told_nothing() -> None:
    late = [changes.Late(1, 1, 1)]
    script = changes.script(Snapshot("everyone", "https://intra.example/", moment=5), "nb", 5, changes.Lately(late))
    assert script == b"window.dugnadLately = null;\n"


async def test_nobody_closes_the_script_with_what_they_are_called(house: House) -> None:
    snapshot = Snapshot("space:</script>", "https://x/\u2028'\"", spaces=("a",))
    script = changes.script(snapshot, "nb", 0, changes.Lately()).decode("ascii")
    assert re.fullmatch(r"window\.dugnadLately = \{[^\n\u2028]*\};\n", script)


async def test_every_page_loads_it_and_no_page_is_another_because_it_is(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await published(house, out)
    before = held(out)
    mons = await house.viewer("mons")
    await actions.post(mons, "reply", None, Fields(body="New."), await house.entry("torget", "idea"))
    await published(house, out)
    after = held(out)
    assert before[LATELY] != after[LATELY]
    assert ALONE and before["questions/index.html"] == after["questions/index.html"]
    for name, content in after.items():
        if name.endswith(".html") and b'http-equiv="refresh"' not in content:
            assert f'<script src="{"../" * name.count("/")}{LATELY}" defer></script>'.encode() in content, name
