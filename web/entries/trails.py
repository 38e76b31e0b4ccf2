"""What a saved text leaves behind: search words, tags, links, mentions, and files that are now in use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from web import text
from web.database import execute, in_list, new_id, now, rows, value, values
from web.entries import queries
from web.entries.derived import embed_key, entry_id, file_id, link_key, named_tags, rendered, title_key, wiki_key
from web.entries.events import record
from web.entries.nameless import must_not_tell, signs
from web.entries.stems import stems
from web.policy import Placed, Viewer, audience_of, file_visible_to, readable_spaces, visible_to
from web.words import N_

MOST_TAGS = 50
MOST_LINKS = 2000
MOST_MENTIONS = 50
# The words of what is shorter are stemmed faster than a thread is reached.
_SHORT = 4000


async def keep(
    viewer: Viewer, id: int, space: Placed, title: str, body: str, tags: str, *, own: bool = True, new: bool = False
) -> None:
    """Brings everything that is derived from an entry's text up to date, in the transaction that saves it.

    `own`: what is new in the text is the viewer's doing, and was not brought back from an older one. `new`: the entry was
    not there before.
    """
    done = await rendered(body)
    await _keep_text(id, title, done.plain, tags)
    await _keep_tags(id, tags, done.tags, new)
    await _keep_links(viewer, id, space, done, own, new)
    if title:
        await found_at_last(id, space, title_key(title))


async def _keep_text(id: int, title: str, plain: str, tags: str) -> None:
    said = f"{title}\n{tags}\n{plain}"
    await execute(
        "INSERT INTO entry_text (id, title, body, stems) VALUES ({}, {}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET title = excluded.title, body = excluded.body, stems = excluded.stems",
        id, title, plain, stems(said) if len(said) < _SHORT else await asyncio.to_thread(stems, said),
    )  # fmt: skip


async def _keep_tags(id: int, typed: str, in_text: tuple[str, ...], new: bool) -> None:
    wanted, known = await _meant(named_tags(typed, in_text, MOST_TAGS))
    if not new:
        await execute("DELETE FROM tagging WHERE entry = {}", id)
    if not wanted:
        return
    if missing := sorted(wanted.keys() - known.keys()):  # in one order, so that nobody waits in a circle
        made = values((new_id(), name, now()) for name in missing)
        await execute("INSERT INTO tag (id, name, created_at) VALUES {} ON CONFLICT (name) DO NOTHING", made)
        known |= await _tag_ids(missing)
    given = values((new_id(), id, tag, *wanted[name]) for name, tag in known.items())
    await execute("INSERT INTO tagging (id, entry, tag, title, in_text) VALUES {}", given)


Named = dict[str, tuple[str, bool]]


async def _meant(named: Named) -> tuple[Named, dict[str, int]]:
    """The same by what is meant, as another word for a tag stands for that; and the ids of those that there are."""
    if not named:
        return named, {}
    found = await rows(
        "SELECT name, id, name AS said FROM tag WHERE name IN {} UNION ALL "
        "SELECT t.name, t.id, y.name FROM synonym y JOIN tag t ON t.id = y.tag WHERE y.name IN {}",
        in_list(named), in_list(named),
    )  # fmt: skip
    means = {each["said"]: each["name"] for each in found if each["said"] != each["name"]}
    if means:
        named = {means.get(name, name): spelled for name, spelled in reversed(named.items())}
    return named, {each["name"]: each["id"] for each in found if each["name"] in named}


async def _tag_ids(names: Iterable[str]) -> dict[str, int]:
    found = await rows("SELECT id, name FROM tag WHERE name IN {} ORDER BY id", in_list(names))
    return {each["name"]: each["id"] for each in found}


class Lead(NamedTuple):
    """Where something written in a text leads: one of these, or nowhere yet."""

    written: str
    target: int | None = None
    person: int | None = None
    attachment: int | None = None
    url: str | None = None
    embeds: bool = False


_SENT = N_("A file says who sent it. Take it out, or ask with your name.")
# How a question in a text is kept among its links: no title is written so.
ASKS = "[list]"


def embedding(leads: Iterable[Lead | None], done: text.Text) -> list[Lead]:
    """The leads of a text, those marked of which it shows what they say; and that it asks something, if it does."""
    shown = {embed_key(written) for written in done.embeds}
    made = [lead._replace(embeds=lead.written in shown) for lead in leads if lead]
    return [*made, Lead(ASKS, embeds=True)] if done.lists else made


async def _keep_links(viewer: Viewer, id: int, space: Placed, done: text.Text, own: bool, new: bool) -> None:
    before = [] if new else await rows(
        "SELECT l.written, l.target, l.person, l.attachment, CASE WHEN {} THEN 1 ELSE 0 END AS shared "
        "FROM link l LEFT JOIN entry e ON e.id = l.target WHERE l.entry = {}",
        visible_to(audience_of(space)), id,
    )  # fmt: skip
    if before:
        await execute("DELETE FROM link WHERE entry = {}", id)
    settled = {each["written"]: (each["target"], bool(each["shared"])) for each in before if each["target"]}
    files = {each["written"]: each["attachment"] for each in before}
    leads: list[Lead | None] = []
    for link in dict.fromkeys(done.links[:MOST_LINKS]):
        if link.kind_of == "wiki":
            leads.append(await _wiki(viewer, space, link.written, settled))
        else:
            leads.append(await _address(viewer, id, link.written, files, own))
    people = await _mentioned(done.mentions[:MOST_MENTIONS])
    leads += people
    if made := embedding(leads, done):
        found = values((new_id(), id, *lead) for lead in made)
        await execute("INSERT INTO link (id, entry, written, target, person, attachment, url, embeds) VALUES {}", found)
    told = {lead.person for lead in people} - {each["person"] for each in before}
    # Without their name it is noted that they name themselves: that it is not would say who it is.
    if viewer.person in told and await signs(viewer, id) == viewer.person:
        told.remove(viewer.person)
    await record(viewer, "mention", entry=id, people=told)


async def _wiki(viewer: Viewer, space: Placed, written: str, settled: dict[str, tuple[int, bool]]) -> Lead:
    """A link that had a target keeps it while the readers of the text can follow it, whatever its title is by now."""
    key = link_key(written)
    before, shared = settled.get(key, (None, False))
    return Lead(key, target=before if shared else await _target(viewer, space, written) or before)


async def _target(viewer: Viewer, space: Placed, written: str) -> int | None:
    """A title means what the readers of the space can read, so that it means the same to all of them; only a link that
    names its space leads to what some of them cannot."""
    whole = title_key(written.partition("#")[0])
    found = await queries.named(audience_of(space), whole, space.id)
    slug, title = wiki_key(written)
    if found is None and slug is not None:
        there = await value("SELECT id FROM space WHERE slug = {} AND {}", slug, readable_spaces(viewer))
        found = await queries.named(viewer, title, there, alone=True) if there else None
    return found.id if found else None


async def _address(viewer: Viewer, id: int, written: str, files: dict[str, int | None], own: bool) -> Lead | None:
    if (file := file_id(written)) is not None:
        had, new = files.get(written[:2000]) == file, written[:2000] not in files
        return await _use(viewer, id, file, written[:2000], had=had, claims=own and new)
    if (target := entry_id(written)) is not None:
        return Lead(f"/e/{target}", target=await value("SELECT id FROM entry WHERE id = {}", target))
    if written.startswith(("http://", "https://")):
        return Lead(written[:2000], url=written[:2000])
    return None


async def _use(viewer: Viewer, id: int, file: int, written: str, *, had: bool, claims: bool) -> Lead:
    """A file that nothing uses yet belongs to the first text that its sender puts it into; saving again what others
    wrote gives nothing away. Whoever could not read a file does not get it by naming it."""
    if claims:
        claim = "UPDATE attachment SET entry = {} WHERE id = {} AND entry IS NULL AND author = {}"
        if await value(f"{claim} RETURNING id", id, file, viewer.person):
            await must_not_tell(viewer, id, why=_SENT)
    known = "SELECT f.id FROM attachment f WHERE f.id = {} AND {}"
    if had or await value(known, file, file_visible_to(viewer)):
        return Lead(written, attachment=file)
    return Lead(written, url=written)


async def _mentioned(handles: tuple[str, ...]) -> list[Lead]:
    if not handles:
        return []
    wanted = in_list(dict.fromkeys(handle.lower() for handle in handles))
    found = await rows("SELECT id, handle FROM person WHERE handle IN {} AND active ORDER BY id", wanted)
    return [Lead(f"@{each['handle']}", person=each["id"]) for each in found]


async def found_at_last(id: int, space: Placed, key: str) -> None:
    """Links that waited for this title, or this address, lead here from now on."""
    await execute(
        "UPDATE link SET target = {} WHERE target IS NULL AND person IS NULL AND attachment IS NULL AND url IS NULL "
        "AND written IN ({}, {}, {}) "
        "AND (written <> {} OR EXISTS (SELECT 1 FROM entry e WHERE e.id = link.entry AND e.space = {}))",
        id, f"/e/{id}", f"{space.slug}/{key}", key, key, space.id,
    )  # fmt: skip
