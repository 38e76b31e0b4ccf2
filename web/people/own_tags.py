"""The tags that the hosts of a space recommend there, and what each is for."""

from __future__ import annotations

import msgspec

from web import checks, text
from web.database import value
from web.errors import Invalid
from web.policy import Viewer, readable_spaces

MOST_OWN_TAGS, _LONGEST_ABOUT, _LONGEST = 30, 120, 6000


class OwnTag(msgspec.Struct, frozen=True):
    """`title`: as the hosts spell it."""

    name: str
    title: str
    about: str = ""


def read(said: str) -> tuple[OwnTag, ...]:
    """A line for each: the tag, and then what it is for."""
    found: dict[str, OwnTag] = {}
    for line in said.splitlines():
        word, _, about = line.strip().partition(" ")
        title = word.lstrip("#").rstrip(":,")
        if name := text.tag_name(title):
            found.setdefault(name, OwnTag(name, title, about.strip(" –—-:")))
    return tuple(found.values())


def checked(said: object) -> str:
    """The same, tidied. Raises Invalid."""
    lines = [line.strip() for line in checks.text("own_tags", said, _LONGEST).splitlines() if line.strip()]
    found = read("\n".join(lines))
    if len(found) != len(lines):
        raise Invalid("own_tags", "Begin each line with a tag of its own: a word of letters, digits and hyphens.")
    if len(found) > MOST_OWN_TAGS:
        raise Invalid("own_tags", "These are too many to choose from: keep thirty at most.")
    if any(len(each.about) > _LONGEST_ABOUT for each in found):
        raise Invalid("own_tags", "Say in at most %(longest)d characters what each is for.", longest=_LONGEST_ABOUT)
    return "\n".join(f"{each.title} {each.about}".strip() for each in found)


async def own_tags(viewer: Viewer, slug: str) -> tuple[OwnTag, ...]:
    """Of a space that the viewer may read; of any other there are none."""
    if "\0" in slug:
        return ()
    return read(await value("SELECT tags FROM space WHERE slug = {} AND {}", slug, readable_spaces(viewer)) or "")


async def own_tags_at(viewer: Viewer, entry: int) -> tuple[OwnTag, ...]:
    """Of the space that an entry is in."""
    if not 0 < entry < 2**53:
        return ()
    said = "SELECT tags FROM space WHERE id = (SELECT e.space FROM entry e WHERE e.id = {}) AND {}"
    return read(await value(said, entry, readable_spaces(viewer)) or "")
