"""How each language writes times, dates and sizes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta, get_day_names

from web.database import now
from web.times import DAY, MINUTE
from web.words.catalogues import N_, catalogue

_A_MONTH = 31 * 24 * 60


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def ago(ms: int, language: str) -> str:
    """`for 12 min siden`; after a month the date. The same for a whole minute, whoever asks in it."""
    minutes = max((now() // MINUTE * MINUTE - ms) // MINUTE, 0)
    return date(ms, language) if minutes > _A_MONTH else _since(minutes, language)


@lru_cache(maxsize=2000)
def _since(minutes: int, language: str) -> str:
    if not minutes:
        return catalogue(language).gettext(N_("just now"))
    passed = timedelta(minutes=-minutes)
    return format_timedelta(passed, granularity="minute", add_direction=True, format="short", locale=language)


def date(ms: int, language: str) -> str:
    return _date(ms // DAY, language)


@lru_cache(maxsize=5000)
def _date(day: int, language: str) -> str:
    return format_date(_time(day * DAY), format="long" if language == "nb" else "d MMMM y", locale=language)


@lru_cache(maxsize=5000)
def month(ms: int, language: str) -> str:
    """`november 2026`"""
    return format_date(_time(ms), format="LLLL y", locale=language)


def weekdays(language: str) -> list[str]:
    """From Monday on."""
    names = get_day_names("wide", locale=language)
    return [names[day] for day in range(7)]


def date_and_time(ms: int, language: str, zone: tzinfo = UTC) -> str:
    return format_datetime(
        _time(ms).astimezone(zone),
        format="d. MMM y, HH:mm" if language == "nb" else "d MMM y, HH:mm",
        tzinfo=zone,
        locale=language,
    )


def iso(ms: int) -> str:
    return _time(ms).isoformat(timespec="seconds").replace("+00:00", "Z")


def size(count: int, language: str) -> str:
    """A number of bytes, as people say it."""
    number, unit = float(count), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000 or unit == "GB":
            break
        number /= 1000
    comma = Locale.parse(language).number_symbols["latn"]["decimal"]
    return f"{number:.0f} {unit}" if number >= 10 or unit == "B" else f"{number:.1f} {unit}".replace(".", comma)
