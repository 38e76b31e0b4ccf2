"""Where in the folder everything stands: spaces, kinds, and the tree of pages, under the names that people gave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from export.addresses import file_of, segment
from web.kinds import KINDS
from web.text import slug

HOUSE, TAGS, EVENTS = "house.md", "tags.jsonl", "house.jsonl"
PEOPLE, SPACES, FILES, VERSIONS, DRAFTS = "people", "spaces", "files", "versions", "drafts"
SPACE, MEMBERS = "space.md", "members.jsonl"
MARKDOWN, LINES = ".md", ".jsonl"
_TITLE = 40
# Some systems open no file whose whole path has more than 260 letters: from here on, what stands under a page stands beside it.
_DEEPEST = 140


def of_person(handle: str) -> str:
    return f"{PEOPLE}/{segment(handle)}{MARKDOWN}"


def of_space(called: str, file: str = SPACE) -> str:
    return f"{SPACES}/{segment(called)}/{file}"


def of_attachment(id: int, name: str) -> str:
    """Of its bytes: as its address in the house says it. What is known of it stands beside its folder."""
    return file_of(f"/{FILES}/{id}/{quote(name, safe='')}")


def of_version(file: int, id: int, name: str = "") -> str:
    """Of what a file was, and of its bytes then, with the `name` that it has."""
    below = of_attachment(id, name).removeprefix(f"{FILES}/") if name else f"{id}{MARKDOWN}"
    return f"{VERSIONS}/{file}/{below}"


def of_draft(handle: str, id: int) -> str:
    return f"{DRAFTS}/{segment(handle)}/{id}{MARKDOWN}"


class Places:
    """Of entries, each without its ending. A name ends in the number, so that no two are the same and none depends on others."""

    def __init__(self, pages: Mapping[int, Mapping[str, Any]], spaces: Mapping[int, str]) -> None:
        """`pages`: what stands in trees. `spaces`: what each is called."""
        self._pages, self._spaces = pages, spaces
        self._found: dict[int, str] = {}

    def of(self, head: Mapping[str, Any]) -> str:
        """Of what heads a conversation: under what it stands under, or in the month it was written in."""
        start = f"{SPACES}/{segment(self._spaces[head['space']])}/{KINDS[head['kind']].path}"
        if head["id"] in self._pages:
            return self._in_tree(head["id"], start)
        return f"{start}/{_day(head)[:7]}/{_name(head)}"

    def _in_tree(self, id: int, start: str) -> str:
        above: list[int] = []
        here: int | None = id
        while here is not None and here in self._pages and here not in self._found and here not in above:
            above.append(here)
            here = self._pages[here]["parent"]
        for each in reversed(above):
            parent = self._found.get(self._pages[each]["parent"], "")
            folder = parent if len(parent) <= _DEEPEST else parent.rpartition("/")[0]
            self._found[each] = f"{folder or start}/{_name(self._pages[each])}"
        return self._found[id]


def under(head: str, entry: Mapping[str, Any]) -> str:
    """Of what was written under what stands there."""
    return f"{head}/{entry['kind']}-{entry['id']}"


def _name(entry: Mapping[str, Any]) -> str:
    return f"{slug(entry['title'] or '', _TITLE) or _day(entry)}-{entry['id']}"


def _day(entry: Mapping[str, Any]) -> str:
    return f"{datetime.fromtimestamp(entry['created_at'] / 1000, UTC):%Y-%m-%d}"
