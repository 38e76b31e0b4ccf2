"""What stands in front of a text: fields in YAML between `---`, or in TOML between `+++`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

import yaml

from web.checks import language
from web.errors import Invalid
from web.text import tag_name

_FRONT = re.compile(
    r"\s*?(?P<mark>---|\+\+\+)[ \t]*\n(?P<fields>.*?)(?<=\n)(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
_MOST = 64 * 1024
# What stands in front of pages that went out of a house of Dugnad: nothing of another program's is looked for in them.
MARK, OURS = "dugnad", "page"
_ORDER = ("order", "weight", "nav_order", "sidebar_position", "position")
_TAGS = ("tags", "tag", "categories", "category", "keywords")
_AUTHORS = ("author", "authors", "autor")
_ALIASES = ("permalink", "redirect_from", "aliases", "alias", "url")
_WRITTEN = ("date", "created", "published")
_DATES = (*_WRITTEN, "last_modified_at", "lastmod", "date-modified", "updated")
_KNOWN = {"title", "lang", "language", "draft", MARK, *_ORDER, *_TAGS, *_AUTHORS, *_ALIASES, *_DATES}


@dataclass(frozen=True)
class Front:
    """What a page says of itself. `tags` are separated by blanks; `left` are the fields that have no place here.

    `ours`: it is Dugnad's own Markdown. `date` is the first that is given, as it is written; `written` is only that of the writing, not of a change.
    """

    title: str = ""
    tags: str = ""
    lang: str | None = None
    date: str = ""
    written: str = ""
    authors: tuple[str, ...] = ()
    order: float | None = None
    aliases: tuple[str, ...] = ()
    draft: bool = False
    ours: bool = False
    left: tuple[str, ...] = ()


def split(text: str) -> tuple[Front, int, str]:
    """The fields, where the body starts, and what is wrong with the fields. What cannot be read stays in the body."""
    found = _FRONT.match(text[:_MOST])
    if found is None:
        return Front(), 0, ""
    try:
        given = _read(found["mark"], found["fields"])
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as wrong:
        return Front(), 0, f"Cannot be read and was left in the text: {_first_line(wrong)}"
    if given in (None, ""):
        return Front(), found.end(), ""
    if not isinstance(given, dict):
        # Two rules with a text between them.
        return Front(), 0, ""
    return _front(given), found.end(), ""


def _read(mark: str, fields: str) -> Any:
    """Of YAML only texts, lists and mappings are made, so that no value can be a date or number that does not exist."""
    return tomllib.loads(fields) if mark == "+++" else yaml.load(fields, yaml.BaseLoader)  # noqa: S506


def _first_line(wrong: Exception) -> str:
    problem = getattr(wrong, "problem", None) or str(wrong)
    return " ".join(str(problem).split())[:200]


def _front(given: dict[Any, Any]) -> Front:
    fields = {str(name).lower(): value for name, value in given.items() if isinstance(name, str)}
    tags = [tag for name in _TAGS for word in _words(fields.get(name), ",") if (tag := _tag(word))]
    return Front(
        title=" ".join(_scalar(fields.get("title")).split()),
        tags=" ".join(dict.fromkeys(tags)),
        lang=_language(_scalar(fields.get("lang") or fields.get("language"))),
        date=_first(fields, _DATES),
        written=_first(fields, _WRITTEN),
        authors=tuple(dict.fromkeys(who[:80] for name in _AUTHORS for who in _words(fields.get(name), ","))),
        order=next((number for name in _ORDER if (number := _number(_scalar(fields.get(name)))) is not None), None),
        aliases=tuple(alias for name in _ALIASES for alias in _words(fields.get(name), "\n")),
        draft=_scalar(fields.get("draft")).lower() in ("true", "yes", "on"),
        ours=_scalar(fields.get(MARK)) == OURS,
        left=tuple(_named(name, value) for name, value in fields.items() if name not in _KNOWN),
    )


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((when for name in names if (when := _scalar(fields.get(name)))), "")[:40]


def _named(name: str, value: object) -> str:
    said = " ".join(_scalar(value).split())
    return f"{name} ({said[:80]})" if said else name


def _scalar(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()[:1000]


def _words(value: object, separator: str) -> list[str]:
    """Of a list, or of one text with separators; of a person only the name."""
    each = value if isinstance(value, list) else [value] if isinstance(value, dict) else _scalar(value).split(separator)
    named = [one.get("name") if isinstance(one, dict) else one for one in each[:200]]
    return [word for one in named if (word := _scalar(one))]


def _tag(word: str) -> str:
    tag = re.sub(r"[\s,;/]+", "-", word.strip("# "))[:50]
    return tag if tag_name(tag) else ""


def _number(written: str) -> float | None:
    try:
        number = float(written)
    except ValueError:
        return None
    return number if number == number else None


def _language(written: str) -> str | None:
    try:
        return language("lang", written.replace("_", "-"))
    except Invalid:
        return None
