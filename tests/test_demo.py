"""The demo is told to the end: two years of life, by everybody in it, and everything in it fits together."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web import demo
from web.app import TABLES
from web.database import close_database, now, open_database, rows, value
from web.database.migrate import migrate
from web.demo.story import told
from web.entries import check
from web.kinds import KINDS
from web.storage import Folder

_WEEK = 7 * 24 * 60 * 60 * 1000


def test_the_story_ends_within_the_last_week_and_on_the_weekdays_it_was_written_for() -> None:
    moment = 1_800_000_000_000
    one, other = told(moment), told(moment + 3 * _WEEK)
    assert [(each.scene.who, each.scene.name) for each in one] == [(each.scene.who, each.scene.name) for each in other]
    assert all(moment - 104 * 1.2 * _WEEK < each.at < moment for each in one)
    assert sum(moment - each.at < _WEEK for each in one) > 5
    whole = [each for each in one if each.scene.when]
    assert {(each.at // 60_000) % 60 for each in whole} == {each.scene.when.minute for each in whole if each.scene.when}


def test_the_weeks_it_speaks_of_are_moved_with_it() -> None:
    moment = 1_800_000_000_000
    plans = [
        next(each.scene.body for each in told(moment + later * _WEEK) if "første utkast" in each.scene.body)
        for later in (0, 3)
    ]
    spoken = [[int(week) for week in re.findall(r"Uke (\d+)", plan)] for plan in plans]
    assert len(spoken[0]) >= 4 and spoken[1] == [(week + 2) % 52 + 1 for week in spoken[0]]


@pytest.mark.timeout(600)
async def test_two_years_of_a_small_company_fill_an_empty_house(tmp_path: Path) -> None:
    await open_database(f"sqlite:///{tmp_path}/house.sqlite", TABLES)
    try:
        await migrate()
        seen: list[int] = []
        await demo.fill(Folder(tmp_path), progress=lambda done, of: seen.append(done))
        assert seen == list(range(1, len(told(now())) + 1))
        assert await check.faults(Folder(tmp_path)) == []
        books = "SELECT count(*) FROM entry WHERE space IN (SELECT id FROM space WHERE slug IN ('handbok', 'handbook'))"
        assert await value(books) == 22, "the handbook, in both languages"
        dead = "SELECT count(*) FROM link l JOIN entry e ON e.id = l.entry JOIN space s ON s.id = e.space WHERE s.slug LIKE 'handb%'"
        assert await value(dead + " AND l.target IS NULL AND l.url IS NULL") == 0
        counted = {
            each["kind"]: each["n"] for each in await rows("SELECT kind, count(*) AS n FROM entry GROUP BY kind")
        }
        assert counted.keys() == KINDS.keys() and sum(counted.values()) > 1500
        # What is said in short is said once, of what was long.
        assert min(many for name, many in counted.items() if not KINDS[name].sums_up) > 40
        outside = "SELECT count(*) FROM entry WHERE kind = 'article' AND space IN (SELECT id FROM space WHERE public)"
        assert await value(outside) > 5, "some of it is for the world"
        assert await value("SELECT count(*) FROM went") == 2, "a conversation that parted, and two that met"
        assert await value("SELECT max(voters) FROM poll WHERE until > {} AND ended_at IS NULL", now()) > 8
        assert await value("SELECT count(*) FROM entry WHERE sort = 'thanks' AND root = id") > 0
        silent = "SELECT count(*) FROM person WHERE id NOT IN (SELECT author FROM entry)"
        assert await value(silent) == 0, "everybody says something"
        assert await value("SELECT max(created_at) FROM event") <= now()
        assert await value("SELECT count(*) FROM entry WHERE kind = 'annotation' AND anchor IS NULL") < 10
        assert await value("SELECT max(revisions) FROM entry") >= 6
    finally:
        await close_database()
