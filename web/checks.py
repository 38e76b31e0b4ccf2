"""What may be typed: each check gives back the tidy value, or raises Invalid with the name of the field."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlsplit

from web.errors import Invalid
from web.times import DAY

# The longest of what is typed, by field, in characters. Of titles and bodies each kind says it.
LONGEST = {
    "about": 5000, "alt": 500, "email": 254, "handle": 40, "lang": 8, "lead": 300, "name": 120, "note": 2000, "password": 1000, "quote": 2000, "choices": 2000, "choice": 80, "several": 5, "nameless": 5, "until": 10, "sort": 16, "put_to": 5,
    "reason": 300, "series": 60, "slug": 60, "summary": 300, "tags": 1000, "url": 2000, "why": 1000,
}  # fmt: skip
# Tabs and line ends are text; the other control characters, and halves of surrogate pairs, are not.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Characters that turn the direction of text, or show as nothing, have no place in a name.
INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff"
    r"\uffa0\U000e0000-\U000e0fff]"
)
_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_EMAIL = re.compile(r"[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


def text(field: str, value: object, longest: int | None = None) -> str:
    """Several lines; line ends become `\\n`. Where it is not said how long, LONGEST says it."""
    longest = longest or LONGEST[field]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(field, "This must be text.")
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if _NOT_TEXT.search(value):
        raise Invalid(field, "There are characters here that are not text. Remove them and try again.")
    if len(value) > longest:
        raise Invalid(field, "This is too long: at most %(longest)d characters.", longest=longest)
    return value


def line(field: str, value: object, longest: int | None = None) -> str:
    """One line, without blanks around it."""
    longest = longest or LONGEST[field]
    tidy = " ".join(text(field, value, longest * 4).split())
    tidy = unicodedata.normalize("NFC", tidy)
    if len(tidy) > longest:
        raise Invalid(field, "This is too long: at most %(longest)d characters.", longest=longest)
    return tidy


def needed(field: str, value: str) -> str:
    """Something that can be seen."""
    if all(unicodedata.category(sign)[0] in "CZM" or INVISIBLE.match(sign) for sign in value):
        raise Invalid(field, "This cannot be empty.")
    return value


def name(field: str, value: object) -> str:
    """What people and spaces are called."""
    return needed(field, INVISIBLE.sub("", line(field, value, LONGEST["name"])))


def handle(field: str, value: object) -> str:
    tidy = line(field, value, LONGEST["handle"]).removeprefix("@").lower()
    if not _HANDLE.fullmatch(tidy):
        raise Invalid(field, "Use the letters a to z, digits, dots and hyphens.")
    return tidy


def slug(field: str, value: object) -> str:
    tidy = line(field, value, LONGEST["slug"]).lower()
    if not _SLUG.fullmatch(tidy):
        raise Invalid(field, "Use the letters a to z, digits and hyphens.")
    return tidy


def email(field: str, value: object) -> str | None:
    """An address, in lower case, or None when nothing is typed."""
    tidy = line(field, value, LONGEST["email"]).lower()
    if tidy and not _EMAIL.fullmatch(tidy):
        raise Invalid(field, "This does not look like an e-mail address.")
    return tidy or None


def password(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise Invalid(field, "This must be text.")
    if len(value) < 10:
        raise Invalid(field, "Choose a password of at least ten characters.")
    return text(field, value, LONGEST["password"])


def language(field: str, value: object) -> str | None:
    tidy = line(field, value, LONGEST["lang"])
    if tidy and not _LANGUAGE.fullmatch(tidy):
        raise Invalid(field, "This is not a language.")
    return tidy or None


def web_address(field: str, value: object) -> str | None:
    """An http or https address, or None when nothing is typed."""
    tidy = line(field, value, LONGEST["url"])
    if not tidy:
        return None
    try:
        parts = urlsplit(tidy)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme.lower() not in ("http", "https") or re.search(r"[\s<>\"\\]", tidy):
        raise Invalid(field, "This must be a web address that begins with https:// or http://.")
    return tidy


def integer(field: str, value: object, least: int = 0, most: int = 2**53) -> int | None:
    """A whole number, or None when nothing is typed."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise Invalid(field, "This must be a whole number.")
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,17}", value):
        raise Invalid(field, "This must be a whole number.")
    number = int(value)
    if not least <= number <= most:
        raise Invalid(field, "This must be between %(least)d and %(most)d.", least=least, most=most)
    return number


def until(field: str, value: object) -> int | None:
    """The end of a day that is written as 2026-12-31 (ms, UTC), or None when nothing is typed."""
    tidy = line(field, value, 10)
    if not tidy:
        return None
    try:
        day = datetime.strptime(tidy, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Invalid(field, "Write the day as in 2026-12-31.") from None
    return int(day.timestamp()) * 1000 + DAY - 1


def moment(field: str, value: object, zone: tzinfo) -> int | None:
    """A time that is written as 2026-12-31T09:30, on the clocks of that zone (ms), or None when nothing is typed."""
    tidy = line(field, value, 19)
    if not tidy:
        return None
    try:
        typed = datetime.strptime(tidy[:16].replace(" ", "T"), "%Y-%m-%dT%H:%M")
        return int(typed.replace(tzinfo=zone).timestamp()) * 1000
    except (ValueError, OverflowError):
        raise Invalid(field, "Write the time as in 2026-12-31T09:30.") from None


def day(field: str, value: object) -> str:
    """A day that is written as 2026-12-31, or nothing."""
    tidy = line(field, value, 10)
    until(field, tidy)
    return tidy


def one_of(field: str, value: object, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise Invalid(field, "Choose one of: %(choices)s.", choices=", ".join(choices))
    return value


def flag(field: str, value: object) -> bool:
    """A tick in a box: `true`, or nothing at all."""
    if value in (True, "true", "on", "1"):
        return True
    if value in (None, False, "", "false", "0"):
        return False
    raise Invalid(field, "This must be true or false.")
