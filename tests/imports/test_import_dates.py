"""When a text was written, as its file says it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from web.imports.dates import moment, months_first


def day(written: str, month_first: bool | None = None) -> str | None:
    at = moment(written, month_first)
    return None if at is None else datetime.fromtimestamp(at / 1000, UTC).isoformat()[:16]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-02-29", "2024-02-29T00:00"), ("2024-2-9", "2024-02-09T00:00"), ("2024/02/09", "2024-02-09T00:00"),
        ("2024-02-29T12:30:00+02:00", "2024-02-29T10:30"), ("2024-02-29 12:30", "2024-02-29T12:30"),
        ("2024-02-29 12:30:00 CET", "2024-02-29T00:00"), ("29.2.2024", "2024-02-29T00:00"), ("02/02/2024", "2024-02-02T00:00"),
        ("2024-02-30", None), ("04/07/2024", None), ("9999-01-01", None), ("0001-01-01", None), ("today", None), ("", None),
    ],
)  # fmt: skip
def test_a_day_is_read_when_it_is_sure_and_past(written: str, read: str | None) -> None:
    assert day(written) == read


def test_dates_with_strokes_are_read_as_the_others_in_the_folder() -> None:
    assert months_first(["04/07/2024", "01/19/2024", "2024-01-01"]) is True
    assert months_first(["04/07/2024", "19/01/2024"]) is False
    assert months_first(["01/19/2024", "19/01/2024"]) is None and months_first(["04/07/2024"]) is None
    assert (day("04/07/2024", True), day("04/07/2024", False)) == ("2024-04-07T00:00", "2024-07-04T00:00")


def test_nothing_was_written_later_than_now() -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    at = moment(tomorrow, None)
    assert at is not None and at <= time.time() * 1000
