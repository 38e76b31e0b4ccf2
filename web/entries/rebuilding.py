"""What follows from texts and from what was done to them, for all entries at once: as the verbs would have left it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from web import text
from web.entries.derived import entry_id, file_id, named_tags, title_key
from web.entries.stems import stems
from web.entries.trails import MOST_LINKS, MOST_MENTIONS, MOST_TAGS, Lead, embedding, link_key
from web.kinds import KINDS, REACTIONS


class Derived(NamedTuple):
    """tags: by name, as spelled there, and whether only in the text."""

    title_key: str
    slug: str
    plain: str
    stems: str
    tags: dict[str, tuple[str, bool]]
    leads: tuple[Lead, ...]


def derived(title: str, body: str, typed: str, known: Mapping[str, Lead]) -> Derived:
    """`typed`: the tags given in the form. `known`: by what is written in the text, where that leads; what is not in there leads
    nowhere in the house."""
    return derived_of(text.render(body), title, typed, known)


def derived_of(done: text.Text, title: str, typed: str, known: Mapping[str, Lead]) -> Derived:
    """The same of a text that is rendered already."""
    return Derived(
        title_key(title), text.slug(title), done.plain, stems(f"{title}\n{typed}\n{done.plain}"),
        named_tags(typed, done.tags, MOST_TAGS), tuple(embedding(_leads(done, known), done)),
    )  # fmt: skip


def _leads(done: text.Text, known: Mapping[str, Lead]) -> Iterator[Lead]:
    for link in dict.fromkeys(done.links[:MOST_LINKS]):
        written = link.written[:2000]
        if link.kind_of == "wiki":
            key = link_key(link.written)
            yield known.get(key, Lead(key))
        elif file_id(link.written) is not None:
            yield known.get(written, Lead(written, url=written))
        elif (target := entry_id(link.written)) is not None:
            yield known.get(f"/e/{target}", Lead(f"/e/{target}"))
        elif written.startswith(("http://", "https://")):
            yield Lead(written, url=written)
    people = {f"@{handle.lower()}" for handle in done.mentions[:MOST_MENTIONS]}
    mentioned = [lead for written, lead in known.items() if written.lower() in people and lead.person]
    yield from sorted(mentioned, key=lambda lead: lead.person or 0)


def _kinds(counted: str) -> str:
    return ", ".join(f"'{kind.name}'" for kind in KINDS.values() if kind.counted == counted)


def _counted(column: str, many: str, table: str = "entry") -> str:
    """`many` gives `id` and `n`."""
    return f"UPDATE {table} SET {column} = c.n FROM ({many}) AS c WHERE c.id = {table}.id"


def _below(column: str, kinds: str) -> tuple[str, ...]:
    """Under the root all that is in the conversation, under the others what was written right under them."""
    which = f"FROM entry WHERE id <> root AND kind IN ({kinds}) AND trashed_at IS NULL"
    return (
        _counted(column, f"SELECT root AS id, count(*) AS n {which} GROUP BY root"),
        _counted(column, f"SELECT parent AS id, count(*) AS n {which} AND parent <> root GROUP BY parent"),
    )


# What was written under each. Nothing has been counted before.
COUNTING_BELOW = tuple(each for column in ("replies", "annotations") for each in _below(column, _kinds(column)))
# Of a house in which nothing has been counted.
COUNTING = (
    *(
        _counted(
            name,
            f"SELECT g.entry AS id, sum(g.n) AS n FROM (SELECT entry, 1 AS n FROM reaction WHERE name = '{name}' UNION ALL "
            f"SELECT entry, many AS n FROM tally WHERE name = '{name}') AS g GROUP BY g.entry",
        )
        for name in REACTIONS
    ),
    *COUNTING_BELOW,
    _counted(
        "watchers",
        "SELECT entry AS id, count(*) AS n FROM watch WHERE entry IS NOT NULL AND level = 'all' GROUP BY entry",
    ),
    _counted(
        "revisions",
        "SELECT entry AS id, count(*) AS n FROM revision WHERE NOT folded GROUP BY entry HAVING count(*) > 1",
    ),
    "UPDATE entry SET buried = TRUE WHERE id <> root AND root IN (SELECT id FROM entry WHERE trashed_at IS NOT NULL)",
    _counted("members", "SELECT space AS id, count(*) AS n FROM membership GROUP BY space", "space"),
)
