"""Texts that call something by a name it had, or had elsewhere, are told what it is called now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from web.database import in_one_transaction, value
from web.entries import queries
from web.entries.actions.fields import Fields
from web.entries.actions.writing import edit
from web.entries.derived import title_key
from web.entries.mending import Named, mended, wiki_name
from web.entries.nameless import signs
from web.entries.rows import Entry
from web.errors import Invalid
from web.people.queries import readers_of
from web.policy import Placed, Viewer, audience_of

# In one act; the others lead there all the same, and are mended by the next one.
_MOST = 200


@dataclass(frozen=True)
class Mended:
    """How many texts say so now, and how many the viewer may read but could not, or did not come to, change."""

    changed: int = 0
    left: int = 0


@in_one_transaction
async def mend(viewer: Viewer, id: int, address: str) -> Mended:
    """Gives each text that links to an entry by what it is called no more a revision that says what it is called now; `address` is
    the entry's own. What the viewer may not edit keeps its link, which leads there all the same; so does all of it where they act without their name, which would stand
    on what they changed."""
    entry = await queries.entry(viewer, id)
    key, was = title_key(entry.title), {title_key(title) for title in await queries.former_titles(viewer, id)}
    stale = await queries.miscalled_by(viewer, entry, key, address)
    plain = await signs(viewer, id) == viewer.person
    changed, found = 0, await queries.entries(viewer, stale if plain else ())
    names: dict[int, str | None] = {}
    for linking in [each for each in found.values() if viewer.may("edit", each)][:_MOST]:
        space = linking.space
        if space.id not in names:
            names[space.id] = await _name(viewer, entry, key, space) if await _is_no_secret(entry, space) else None
        if (name := names[space.id]) is not None:
            changed += await _mend(viewer, linking, Named(id, entry.title, name, address, stale[linking.id], was))
    return Mended(changed, len(stale) - changed)


async def _is_no_secret(entry: Entry, space: Placed) -> bool:
    """Whether all who read the texts of that space may read the entry: else they would be told what it is called, or where it is."""
    if space.public and not entry.space.public:
        return False
    if not await queries.entries(audience_of(space), [entry.id]):
        return False
    # Those who read the space may be guests, and read nothing else.
    others = "SELECT 1 FROM person p WHERE p.active AND {} AND NOT {} LIMIT 1"
    return entry.space.public or not await value(others, readers_of(space), readers_of(entry.space))


async def _name(viewer: Viewer, entry: Entry, key: str, space: Placed) -> str:
    """What a wiki link in a text of that space says to mean the entry; empty where none would."""
    short, long = wiki_name(entry.title), wiki_name(entry.title, entry.space.slug)
    if short and await _means(audience_of(space), key, space.id, entry):
        return short
    return long if long and await _means(viewer, key, entry.space.id, entry, alone=True) else ""


async def _means(readers: Viewer, key: str, space: int, entry: Entry, *, alone: bool = False) -> bool:
    found = await queries.named(readers, key, space, alone=alone)
    return found is not None and found.id == entry.id


async def _mend(viewer: Viewer, linking: Entry, named: Named) -> bool:
    body = await mended(linking.body, named)
    if body == linking.body:
        return False
    fields = replace(
        Fields.of(linking, await queries.form_tags(linking.id)), body=body, summary=f"→ {named.title}", minor=True
    )
    try:
        await edit(viewer, linking.id, fields, linking.revision, own=False)
    except Invalid:  # it would be too long
        return False
    return True
