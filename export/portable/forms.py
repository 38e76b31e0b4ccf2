"""How values are written in the folder, and read again: dates as dates, people and spaces by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from export.portable.records import MOST, NEEDED, Record
from web import checks
from web.entries import media
from web.entries.actions import EVERY
from web.entries.derived import form_tags, series_key
from web.errors import Invalid
from web.kinds import KINDS, REACTIONS
from web.people.skills import SAYS
from web.policy import ACCESS, ROLES
from web.text import tag_name
from web.words import OUTCOMES

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_NUMBER = re.compile(r"-?[0-9]{1,16}", re.A)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.A)
_WORD = re.compile(r"[a-z_]{1,24}", re.A)


class Wrong(Exception):
    """Says why something in the folder cannot be what it stands for, and at which key."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}: {why}")
        self.key, self.why = key, why


@dataclass
class Names:
    """How people, spaces and tags are called, by their ids, and the other way round."""

    called: dict[str, dict[int, str]] = field(default_factory=lambda: {"person": {}, "space": {}, "tag": {}})
    ids: dict[str, dict[str, int]] = field(default_factory=lambda: {"person": {}, "space": {}, "tag": {}})

    def add(self, what: str, id: int, name: str) -> None:
        self.called[what][id] = name
        self.ids[what][name] = id


# Writing.


def written(record: Record, row: Mapping[str, Any], names: Names, *, whole: bool) -> dict[str, Any] | None:
    """What is said of a row, in the order of its fields, and nothing that goes without saying. None when somebody or something in it
    is not known."""
    said = {}
    for each in record.fields:
        value = _write(each.form, row[each.column], names)
        if value is None and each.default is NEEDED:
            return None
        if value != each.default and value is not None and (whole or not each.whole):
            said[each.key] = value
    return said


def _write(form: str, value: Any, names: Names) -> Any:
    if value is None:
        return None
    if form in names.called:
        return names.called[form].get(value)
    if form == "time":
        return iso(value)
    if form == "flag":
        return bool(value)
    # Not always is what stands there what one would type; then it is one text.
    if form == "tags" and " ".join(form_tags(value)) == value:
        return list(form_tags(value)) or None
    return value


def iso(ms: int) -> str:
    return (_EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# Reading.


def read(record: Record, said: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The row, by its columns. Raises Wrong."""
    if unknown := said.keys() - {each.key for each in record.fields}:
        raise Wrong(min(map(str, unknown)), "this is not known here.")
    return {
        each.column: read_one(each.key, each.form, each.default, each.longest, said, names) for each in record.fields
    }


def read_one(key: str, form: str, default: Any, longest: int, said: Mapping[str, Any], names: Names) -> Any:
    if key not in said:
        if default is NEEDED:
            raise Wrong(key, "this is missing.")
        return default
    try:
        value: Any = _READ[form](said[key]) if form in _READ else _named(form, said[key], names)
    except (ValueError, OverflowError, Invalid) as wrong:
        raise Wrong(key, wrong.why % wrong.values if isinstance(wrong, Invalid) else str(wrong)) from None
    if longest and len(value) > longest:
        raise Wrong(key, f"this is longer than {longest} characters.")
    return value


def _named(what: str, value: Any, names: Names) -> int:
    called = _text(value)
    if called not in names.ids[what]:
        raise ValueError(f"there is no {what} called {called[:60]!r} in this folder.")
    return names.ids[what][called]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("this must be a text.")
    if "\0" in value:
        raise ValueError("there is a character in it that is none.")
    return value


def _line(value: Any) -> str:
    if _CONTROL.search(_text(value)):
        raise ValueError("this must be one line.")
    return str(value)


def _file_name(value: Any) -> str:
    if media.tidy_name(_line(value)) != value:
        raise ValueError("this is not the name of a file.")
    return str(value)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and _NUMBER.fullmatch(value))):
        raise ValueError("this must be a whole number.")
    number = int(value)
    if not -(2**31) < number < 2**31:
        raise ValueError("this number is too large.")
    return number


def _id(value: Any) -> int:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < MOST:
        raise ValueError("this must be the number of something.")
    return value


def _time(value: Any) -> int:
    try:
        when = datetime.fromisoformat(_text(value))
    except ValueError:
        raise ValueError("this must be a time, as in 2026-11-28T21:00:00.000Z.") from None
    if when.tzinfo is None:
        raise ValueError("this time says no zone: end it with Z.")
    return (when - _EPOCH) // _MS


def _every(value: Any) -> int:
    if _number(value) not in EVERY:
        raise ValueError(f"this must be one of {', '.join(map(str, EVERY))}.")
    return int(value)


def _month(value: Any) -> str:
    if not _MONTH.fullmatch(_text(value)):
        raise ValueError("this must be a month, as in 2026-11.")
    return str(value)


def _flag(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise ValueError("this must be true or false.")


def _tags(value: Any) -> str:
    return " ".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _word(value: Any) -> str:
    if not _WORD.fullmatch(_text(value)):
        raise ValueError("this must be a word in small letters.")
    return str(value)


def _tag_name(value: Any) -> str:
    if tag_name(_text(value)) != value:
        raise ValueError("this is not the name of a tag.")
    return str(value)


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices or not isinstance(value, str):
            raise ValueError(f"this must be one of {', '.join(choices)}.")
        return value

    return read


def _as_checked(check: Callable[[str, object], str | None]) -> Callable[[Any], str]:
    """What may be typed, and as it would be kept."""

    def read(value: Any) -> str:
        if check("", value) != value:
            raise ValueError("this is not as it would have been kept.")
        return str(value)

    return read


def _series(value: Any) -> str:
    if not series_key(_line(value)):
        raise ValueError("this is not the name of a series.")
    return str(value)


_READ: dict[str, Callable[[Any], Any]] = {
    "id": _id, "entry": _id, "event": _id, "choice": _id, "every": _every, "month": _month, "day": _as_checked(checks.day), "number": _number, "time": _time, "flag": _flag, "text": _text, "line": _line, "file_name": _file_name, "body": _text, "tags": _tags,
    "word": _word, "series": _series, "tag_name": _tag_name, "kind": _one_of(*KINDS), "access": _one_of(*ACCESS), "role": _one_of(*ROLES),
    "level": _one_of("all", "muted"), "says": _one_of(*SAYS), "outcome": _one_of(*OUTCOMES), "reaction": _one_of(*REACTIONS), "handle": _as_checked(checks.handle),
    "slug": _as_checked(checks.slug), "email": _as_checked(checks.email), "language": _as_checked(checks.language),
    "address": _as_checked(checks.web_address),
}  # fmt: skip
