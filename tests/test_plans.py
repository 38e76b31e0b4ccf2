"""What people wait for is found by an index, on both databases: no page reads through a table that grows."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from io import BytesIO

import pytest

from tests.cast import House
from web.database import SQL, counted_statements, engine_type, execute, in_one_transaction, rows
from web.entries import actions, versions
from web.entries.actions import Fields
from web.kinds import KINDS
from web.policy import EVERYONE, NOBODY
from web.publishing import recall
from web.urls import url_of

# What grows with use; the others are as large as the house has people and spaces.
GROWS = (
    "entry",
    "entry_text",
    "revision",
    "event",
    "stood",
    "tending",
    "translation",
    "reading",
    "reaction",
    "tally",
    "tagging",
    "link",
    "watch",
    "attachment",
    "file_version",
    "file_text",
    "session",
    "draft",
    "snapshot_space",
    "suggestion",
    "part",
    "talk",
    "went",
    "gathered",
    "outdated",
    "furthest",
    "writer",
    "poll",
    "choice",
    "ballot",
    "preview",
    "featured",
    "synonym",
    "surviving",
    "tab",
    "caught_up",
    "followed_search",
    "search_hit",
    "asker",
)
PAGES = (
    "/", "/followed/", "/questions/", "/spaces/torget/", "/spaces/torget/markdown.zip", "/spaces/torget/questions/", "/people/mons/", "/tags/tagkanaritorgetpage/", "/tabs/?by=mons", "/tabs/?kind=question&space=torget&unanswered=true", "/tabs/?kind=question&tag=tagkanaritorgetquestion&by=mons&followed=true",
    "/search/?q=body", "/search/?q=kanaritorgetpage", "/similar/?kind=question&title=body+kanaritorgetpage+anleggsmaskiner", "/who-knows/?about=tagkanaritorgetpage", "/who-knows/?about=body+kanaritorgetpage", "/questions/waiting/", "/highlights/", "/files/", "/files/unused/", "file", "/drafts/", "/changes/", "/changes/month", "/month", "/pages/month", "/titles/", "/titles/t/", "/glossary/", "/spaces/torget/glossary/", "/snapshots/", "/upkeep/", "/upkeep/orphans/", "/upkeep/dead-ends/", "/upkeep/untouched/", "/upkeep/wanted/", "/upkeep/yours/", "/upkeep/changed/", "/upkeep/most-read/", "/upkeep/never-read/", "/upkeep/pictures/", "/search/?q=lang:en%20body", "/spaces/torget/upkeep/", "/suggestions/", "/suggestions/mine/", "/suggestions/decided/", "/notifications/", "/notifications/count", "suggestions", "page", "question", "idea", "history", "older", "compared", "blame", "at",
    "/feed.atom", "/spaces/torget/feed.atom", "/spaces/torget/questions/feed.atom", "/people/mons/feed.atom", "/tags/tagkanaritorgetpage/feed.atom",
)  # fmt: skip


async def statements(house: House, page: str) -> list[SQL]:
    address = f"{page}/{datetime.now(UTC):%Y-%m}/" if page.endswith("/month") else page
    if page == "file":
        file = await house.attach("mons", "f.txt", page.encode(), entry=house.entries["torget", "page"])
        await versions.bring(await house.viewer("mons"), house.files, file.id, BytesIO(b"another"), "")
        address = url_of("files", file.id)
    elif not page.startswith("/"):
        entry = await house.entry("torget", page if page in KINDS else "page")
        more = {
            "history": ("history",), "older": ("history", "older", 2**52), "blame": ("history", "blame"),
            "suggestions": ("suggestions",), "compared": ("history", entry.revision), "at": ("at", f"{datetime.now(UTC):%Y-%m-%d}"),
        }  # fmt: skip
        address = url_of(entry, *more.get(page, ()))
    house.forget()
    async with house.browser("mons") as browser:
        with counted_statements() as asked:
            assert (await browser.get(address)).status_code == 200
    return asked


def aliases(sql: str) -> dict[str, str]:
    """What each table is called in a statement: `entry e` → {"e": "entry"}."""
    words = sql.replace(",", " ").replace("(", " ").replace(")", " ").split()
    named = {table: table for table in GROWS}
    for table, alias in itertools.pairwise(words):
        if table in GROWS and alias.isalpha() and alias.upper() != alias:
            named[alias] = table
    return named


async def read_through(statement: SQL) -> list[str]:
    """The tables that grow and that this would read from end to end, in no order."""
    if str(statement).startswith("EXPLAIN"):
        return []  # reads nothing
    if engine_type() == "sqlite":
        plan = [each["detail"] for each in await rows("EXPLAIN QUERY PLAN {}", statement)]
        named = aliases(str(statement))
        scans = [
            line.split()[1]
            for line in plan
            if line.startswith("SCAN ") and "USING" not in line and "VIRTUAL" not in line
        ]
        return [named[each] for each in scans if each in named]

    plan = await planned_without("seqscan", statement)
    # Whoever asks something of each row that a join gives has read through them too, be it by an index.
    asked_of_each = [line for line in plan if "Join Filter" in line and "SubPlan" in line]
    return asked_of_each + [table for line in plan for table in GROWS if f"Seq Scan on {table} " in f"{line} "]


@in_one_transaction
async def planned_without(what: str, statement: SQL) -> list[str]:
    """With so few rows PostgreSQL would read through them all, and sort them; whether it must is the question."""
    await execute(f"SET LOCAL enable_{what} = off")
    return [each["QUERY PLAN"] for each in await rows("EXPLAIN {}", statement)]


@pytest.mark.parametrize("page", PAGES)
async def test_no_page_reads_through_what_grows(house: House, page: str) -> None:
    asked = await statements(house, page)
    assert asked
    found = {str(each)[:300]: tables for each in asked if (tables := await read_through(each))}
    assert not found


@pytest.mark.parametrize(
    "page",
    [
        "/",
        "/questions/",
        "/spaces/torget/",
        "/people/mons/",
        "/tags/tagkanaritorgetpage/",
        "/feed.atom",
        "/changes/",
        "/changes/month",
    ],
)
async def test_no_list_is_sorted_before_its_first_page_is_shown(house: House, page: str) -> None:
    lists = [each for each in await statements(house, page) if " AS excerpt" in str(each) and "LIMIT" in str(each)]
    assert lists
    for each in lists:
        if engine_type() == "sqlite":
            plan = [line["detail"] for line in await rows("EXPLAIN QUERY PLAN {}", each)]
            assert not [line for line in plan if "ORDER BY" in line], str(each)
        else:
            plan = await planned_without("sort", each)
            assert not [line for line in plan if "Sort " in line], str(each)


async def test_what_was_taken_out_of_sight_is_found_by_what_was_done_to_it(house: House) -> None:
    for readers in (EVERYONE, NOBODY, await house.viewer("mons")):
        with counted_statements() as asked:
            await recall.withdrawn_from(readers)
            await recall.redacted_for(readers)
        assert len(asked) == 2 and [await read_through(each) for each in asked] == [[], []]


async def test_a_read_that_has_no_index_is_noticed(house: House) -> None:
    assert house.entries
    assert await read_through(SQL("SELECT e.id FROM entry e WHERE e.replies = {}", 5)) == ["entry"]
    assert await read_through(SQL("SELECT v.id FROM event v WHERE v.note = {}", "x")) == ["event"]
    assert await read_through(SQL("SELECT e.id FROM entry e WHERE e.id = {}", 5)) == []


@pytest.mark.parametrize(
    "page", ["/", "/questions/", "/notifications/", "/questions/waiting/", "/upkeep/yours/", "question", "history"]
)
async def test_neither_do_the_pages_of_whoever_asked_without_their_name(house: House, page: str) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    if not mons.asked:
        await execute("UPDATE space SET nameless = {} WHERE id = {}", True, torget.id)
        await actions.post(mons, "question", torget, Fields("Asked by whom?", nameless=True))
    assert (await house.viewer("mons")).asked
    assert not {
        str(each)[:300]: tables for each in await statements(house, page) if (tables := await read_through(each))
    }
