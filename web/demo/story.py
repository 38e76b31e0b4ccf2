"""What has happened in the demo house, scene by scene, from the files in `story/`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

_FOLDER = Path(__file__).parent / "story"
_OSLO = ZoneInfo("Europe/Oslo")
_BEGIN = "00-begin.toml"
_STEP = timedelta(minutes=10)
_WEEK = re.compile(r"\b[Uu]ke (?:9|[1-5]\d)\b(?:–\d+)?(?: (?:med|og) uke \d+)?")
_NUMBER = re.compile(r"\d+")


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that somebody does.

    With a `kind` it is something new (or, in another language, what `translates` names), and `name` is what later scenes call it by; without one it is done to what is
    called so: a new `title` or `body`, each [old, new] of `swap` in it, `add` at its end, a `stage`, `turn` into
    another kind, `move` to another space, `outdated` and `trash`, with the reason; `instead` is the answer to read; `split` makes a reply a conversation of that kind, `merge` puts one
    into what is called so. Of the `choices` of a poll each in `choose` takes one (`per: 2`); `sort` is as in the form. Those in `recommend`, `helped`, `vote` and
    `watch` respond to it in the hours after, in `helped` perhaps with what (`per: på telefon`); those `together` are named as its writers too. `when` is the time on the clock in Oslo.
    """

    who: str
    when: datetime | None = None
    kind: str = ""
    name: str = ""
    space: str = "house"
    under: str = ""
    title: str = ""
    body: str = ""
    url: str = ""
    quote: str = ""
    tags: str = ""
    lang: str = ""
    lead: str = ""
    series: str = ""
    together: list[str] = []
    swap: list[tuple[str, str]] = []
    add: str = ""
    summary: str = ""
    correction: bool = False
    translates: str = ""
    sort: str = ""
    choices: list[str] = []
    choose: list[str] = []
    stage: str = ""
    note: str = ""
    accepts: str = ""
    turn: str = ""
    move: str = ""
    split: str = ""
    merge: str = ""
    trash: str = ""
    outdated: str = ""
    instead: str = ""
    recommend: list[str] = []
    helped: list[str] = []
    vote: list[str] = []
    watch: list[str] = []


@dataclass(frozen=True)
class Told:
    """A scene, and when it took place (milliseconds since 1970)."""

    at: int
    scene: Scene


def told(now: int, *, whole: bool = True) -> list[Told]:
    """Everything that has happened, in order, as if the last of it were just over; not `whole` leaves out all but the
    beginning, in which there is one of each kind.

    Years of it are moved by whole weeks, so that what was done on a Monday was done on a Monday.
    """
    begin = _read(_FOLDER / _BEGIN)
    moment = datetime.fromtimestamp(now / 1000, _OSLO)
    recent = [
        Told(_ms(moment - _STEP * left), scene) for left, scene in zip(range(len(begin), 0, -1), begin, strict=True)
    ]
    if not whole:
        return recent
    before = [scene for file in sorted(_FOLDER.glob("*.toml")) if file.name != _BEGIN for scene in _read(file)]
    before.sort(key=_when)
    until = moment - _STEP * (len(begin) + 1)
    weeks = (until.replace(tzinfo=None) - _when(before[-1])) // timedelta(weeks=1)
    shift = timedelta(weeks=weeks)
    moved = [Told(_ms((_when(scene) + shift).replace(tzinfo=_OSLO)), _in_week(scene, weeks)) for scene in before]
    return moved + recent


def _in_week(scene: Scene, later: int) -> Scene:
    """The same, with the weeks of the calendar that it speaks of so many weeks later. The first eight are those of
    whoever is new at work, and stay."""

    def moved(text: str) -> str:
        return _WEEK.sub(lambda found: _NUMBER.sub(lambda n: str((int(n[0]) + later - 1) % 52 + 1), found[0]), text)

    given = {name: moved(getattr(scene, name)) for name in ("title", "body", "add", "note", "summary", "quote")}
    return msgspec.structs.replace(scene, **given, swap=[(moved(old), moved(new)) for old, new in scene.swap])


def _read(file: Path) -> list[Scene]:
    return msgspec.toml.decode(file.read_bytes(), type=dict[str, list[Scene]])["scene"]


def _when(scene: Scene) -> datetime:
    if scene.when is None:
        raise ValueError(f"the scene of {scene.who}, {scene.title or scene.body[:40] or scene.name!r}, has no `when`")
    return scene.when


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
