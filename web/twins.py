"""An entry as a Markdown file: what is known of it in front, then the text as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from web import urls, words
from web.entries.rows import Entry, Tag

# In C, where there is a compiled one: a sixth of the time. The two break long lines differently, so neither does.
_WIDE = 1 << 30
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def markdown(entry: Entry, tags: Iterable[Tag], origin: str, short: str = "") -> str:
    """The twin's text. Addresses in front are whole ones, from `origin`; `short`: what its conversation has come to."""
    return written(_front(entry, tags, origin, short), entry.body)


def written(front: Mapping[str, Any], body: str, *, clear: bool = False) -> str:
    """A file: what is known in front, in its order, then the text as it is, with a line end after it. `clear`: with all letters and signs
    as they are, which takes longer."""
    dumper = yaml.SafeDumper if clear else _Dumper
    known = yaml.dump(front, Dumper=dumper, allow_unicode=True, sort_keys=False, width=_WIDE)
    return f"---\n{known}---\n\n{body}\n"


def _front(entry: Entry, tags: Iterable[Tag], origin: str, short: str) -> dict[str, Any]:
    known = {
        "title": entry.title,
        "kind": entry.kind,
        "lead": entry.lead,
        "space": entry.space.slug,
        "author": entry.author.handle,
        "writers": [each.handle for each in entry.writers],
        "created": words.iso(entry.created_at),
        "updated": words.iso(entry.updated_at),
        "revision": entry.revision,
        "tags": [tag.title for tag in tags],
        "url": entry.url,
        "quote": entry.quote,
        "stage": entry.stage,
        "lang": entry.lang,
        "summary": short,
        "address": origin.rstrip("/") + urls.url_of(entry),
        "permalink": origin.rstrip("/") + urls.permalink(entry),
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}
