"""When an edition is due next, and which of its snapshots stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta, tzinfo

from web.times import HOUR

RHYTHMS = ("", "hour", "day", "week")
# More than a week: the same day of the next one is among them.
_AHEAD = 9


def next_time(rhythm: str, minute: int, weekday: int, after: int, zone: tzinfo) -> int | None:
    """The first moment (ms) of a rhythm that lies after another; None when it has none. A time of the day that is left out
    when clocks go forward is as long after midnight as it says; of one that comes twice it is the first."""
    local = datetime.fromtimestamp(after / 1000, zone)
    match rhythm:
        case "hour":
            moment = _ms(local.replace(minute=minute % 60, second=0, microsecond=0))
            return moment if moment > after else moment + HOUR
        case "day" | "week":
            at = time(*divmod(minute, 60))
            days = (local.date() + timedelta(days=ahead) for ahead in range(_AHEAD))
            return next(
                moment
                for day in days
                if rhythm == "day" or day.weekday() == weekday
                if (moment := _ms(datetime.combine(day, at, zone))) > after
            )
    return None


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def staying(made: Mapping[int, int], keep: int, days: int, months: int, zone: tzinfo) -> set[int]:
    """Of snapshots by id, each with when (ms) it was made: the latest `keep`; and the last one of each of the latest `days`
    days, and of the latest `months` months, in which there was one. So nothing goes only because time passes."""
    latest = sorted(made, key=lambda id: (made[id], id), reverse=True)
    moments = {id: datetime.fromtimestamp(made[id] / 1000, zone) for id in latest}
    return {
        *latest[:keep],
        *_last_of_each(latest, (moments[id].strftime("%Y-%m-%d") for id in latest), days),
        *_last_of_each(latest, (moments[id].strftime("%Y-%m") for id in latest), months),
    }


def _last_of_each(latest: Iterable[int], spans: Iterable[str], most: int) -> list[int]:
    first: dict[str, int] = {}
    for id, span in zip(latest, spans, strict=True):
        first.setdefault(span, id)
    return list(first.values())[:most]
