"""When an edition is due, also where clocks go forward and back; and which snapshots stay."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from web.publishing.rhythm import next_time, staying

OSLO = ZoneInfo("Europe/Oslo")


def ms(said: str) -> int:
    """Of a moment in UTC."""
    return int(datetime.fromisoformat(said).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("rhythm", "clock", "weekday", "after", "due"),
    [
        # In winter Oslo is an hour ahead of UTC, in summer two.
        ("day", (2, 30), 0, "2026-01-15T00:00", "2026-01-15T01:30"),
        ("day", (2, 30), 0, "2026-01-15T01:30", "2026-01-16T01:30"),
        ("day", (2, 30), 0, "2026-07-15T00:00", "2026-07-15T00:30"),
        # Clocks go from 02:00 to 03:00 on 29 March: there is no 02:30, and it is as long after midnight as it says.
        ("day", (2, 30), 0, "2026-03-28T12:00", "2026-03-29T01:30"),
        ("day", (2, 30), 0, "2026-03-29T01:30", "2026-03-30T00:30"),
        # And from 03:00 to 02:00 on 25 October: 02:30 comes twice, and counts once.
        ("day", (2, 30), 0, "2026-10-24T12:00", "2026-10-25T00:30"),
        ("day", (2, 30), 0, "2026-10-25T00:30", "2026-10-26T01:30"),
        ("day", (23, 59), 0, "2026-12-31T23:00", "2027-01-01T22:59"),
        # Of the hour only the minutes count; through the change of clocks it is an hour from one to the next.
        ("hour", (2, 15), 0, "2026-01-15T10:00", "2026-01-15T10:15"),
        ("hour", (2, 15), 0, "2026-01-15T10:15", "2026-01-15T11:15"),
        ("hour", (0, 0), 0, "2026-10-25T00:59:59", "2026-10-25T01:00"),
        ("hour", (0, 0), 0, "2026-10-25T01:00", "2026-10-25T02:00"),
        ("hour", (0, 0), 0, "2026-03-29T00:30", "2026-03-29T01:00"),
        # 2026-01-15 is a Thursday.
        ("week", (8, 0), 3, "2026-01-15T06:00", "2026-01-15T07:00"),
        ("week", (8, 0), 3, "2026-01-15T07:00", "2026-01-22T07:00"),
        ("week", (8, 0), 0, "2026-01-15T06:00", "2026-01-19T07:00"),
        ("week", (2, 30), 6, "2026-03-28T12:00", "2026-03-29T01:30"),
    ],
)
def test_the_next_time_is_the_first_one_after(
    rhythm: str, clock: tuple[int, int], weekday: int, after: str, due: str
) -> None:
    assert next_time(rhythm, clock[0] * 60 + clock[1], weekday, ms(after), OSLO) == ms(due)


def test_without_a_rhythm_there_is_none() -> None:
    assert next_time("", 0, 0, ms("2026-01-15T00:00"), UTC) is None


def test_a_year_of_nights_has_as_many_as_there_are_days() -> None:
    at, due = ms("2026-01-01T00:00"), []
    for _ in range(365):
        at = next_time("day", 150, 0, at, OSLO) or 0
        due.append(datetime.fromtimestamp(at / 1000, OSLO).date())
    assert len(set(due)) == 365 and due == sorted(due)


def test_the_latest_stay_and_the_last_of_each_day_and_month() -> None:
    """Every six hours for a year, and then none for a long time: nothing goes only because time passes."""
    begin, hour = ms("2025-01-01T00:00"), 3_600_000
    made = {number: begin + number * 6 * hour for number in range(4 * 365)}
    stay = staying(made, 3, 7, 12, UTC)
    moments = sorted((datetime.fromtimestamp(made[each] / 1000, UTC) for each in stay), reverse=True)
    said = [f"{each:%m-%d %H}" for each in moments]
    assert said[:3] == ["12-31 18", "12-31 12", "12-31 06"]
    assert said[3:9] == [f"12-{day} 18" for day in range(30, 24, -1)]
    assert said[9:] == ["11-30 18", "10-31 18", "09-30 18", "08-31 18", "07-31 18", "06-30 18", "05-31 18", "04-30 18", "03-31 18",
                        "02-28 18", "01-31 18"]  # fmt: skip
    assert staying(made, 0, 0, 0, UTC) == set() and staying({}, 3, 7, 12, UTC) == set()
    assert staying(made, 2, 0, 0, UTC) == {4 * 365 - 1, 4 * 365 - 2}


def test_a_day_is_one_where_the_house_is() -> None:
    made = {1: ms("2026-07-14T21:30"), 2: ms("2026-07-14T22:30"), 3: ms("2026-07-15T21:00")}
    assert staying(made, 0, 2, 0, OSLO) == {1, 3} and staying(made, 0, 2, 0, UTC) == {2, 3}
