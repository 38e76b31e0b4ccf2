"""What a saved text leaves behind: search words, tags, links, mentions, and files that are now in use."""

from __future__ import annotations

import asyncio

from web import text
from web.database import execute, new_id, now, rows, value
from web.entries import queries
from web.entries.derived import entry_id, file_id, form_tags, rendered, title_key, wiki_key
from web.entries.stems import stems
from web.policy import Placed, Viewer, audience_of, file_visible_to, readable_spaces, visible_to

MOST_TAGS = 50
MOST_LINKS = 2000
MOST_MENTIONS = 50


async def keep(viewer: Viewer, id: int, space: Placed, title: str, body: str, tags: str, *, own: bool = True) -> None:
    """Brings everything that is derived from an entry's text up to date, in the transaction that saves it.

    `own`: what is new in the text is the viewer's doing, and was not brought back from an older one.
    """
    done = await rendered(body)
    await _keep_text(id, title, done.plain, tags)
    await _keep_tags(id, tags, done.tags)
    await _keep_links(viewer, id, space, done, own)
    if title:
        await _found_at_last(id, space, title_key(title))


async def _keep_text(id: int, title: str, plain: str, tags: str) -> None:
    await execute(
        "INSERT INTO entry_text (id, title, body, stems) VALUES ({}, {}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET title = excluded.title, body = excluded.body, stems = excluded.stems",
        id, title, plain, await asyncio.to_thread(stems, f"{title}\n{tags}\n{plain}"),
    )  # fmt: skip


async def _keep_tags(id: int, typed: str, in_text: tuple[str, ...]) -> None:
    titles = {text.tag_name(word): word for word in form_tags(typed)}
    wanted = dict.fromkeys(titles, False)
    for word in in_text:
        name = text.tag_name(word)
        if name and len(wanted) < MOST_TAGS:
            wanted.setdefault(name, True)
            titles.setdefault(name, word)
    await execute("DELETE FROM tagging WHERE entry = {}", id)
    for name, from_text in wanted.items():
        await execute(
            "INSERT INTO tagging (id, entry, tag, title, in_text) VALUES ({}, {}, {}, {}, {})",
            new_id(), id, await _tag(name), titles[name][:50], from_text,
        )  # fmt: skip


async def _tag(name: str) -> int:
    await execute(
        "INSERT INTO tag (id, name, about, created_at, touched) VALUES ({}, {}, '', {}, 0) ON CONFLICT (name) DO NOTHING",
        new_id(), name, now(),
    )  # fmt: skip
    return int(await value("SELECT id FROM tag WHERE name = {}", name))


async def _keep_links(viewer: Viewer, id: int, space: Placed, done: text.Text, own: bool) -> None:
    before = await rows(
        "SELECT l.written, l.target, l.person, l.attachment, CASE WHEN {} THEN 1 ELSE 0 END AS shared "
        "FROM link l LEFT JOIN entry e ON e.id = l.target WHERE l.entry = {}",
        visible_to(audience_of(space)), id,
    )  # fmt: skip
    await execute("DELETE FROM link WHERE entry = {}", id)
    settled = {each["written"]: (each["target"], bool(each["shared"])) for each in before if each["target"]}
    files = {each["written"]: each["attachment"] for each in before}
    known = {each["person"] for each in before}
    for link in dict.fromkeys(done.links[:MOST_LINKS]):
        if link.kind_of == "wiki":
            await _keep_wiki(viewer, id, space, link.written, settled)
        else:
            await _keep_address(viewer, id, link.written, files, own)
    for handle in done.mentions[:MOST_MENTIONS]:
        await _keep_mention(viewer, id, handle, known)


async def _keep_wiki(
    viewer: Viewer, id: int, space: Placed, written: str, settled: dict[str, tuple[int, bool]]
) -> None:
    """A link that had a target keeps it while the readers of the text can follow it, whatever its title is by now."""
    key = link_key(written)
    before, shared = settled.get(key, (None, False))
    await _insert(id, key, target=before if shared else await _target(viewer, space, written) or before)


def link_key(written: str) -> str:
    """How a wiki link is kept: `title` or `space/title`, folded, without the heading."""
    space, title = wiki_key(written)
    return f"{space}/{title}" if space else title


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


async def _keep_address(viewer: Viewer, id: int, written: str, files: dict[str, int | None], own: bool) -> None:
    if (file := file_id(written)) is not None:
        had, new = files.get(written[:2000]) == file, written[:2000] not in files
        await _use(viewer, id, file, written, had=had, claims=own and new)
    elif (target := entry_id(written)) is not None:
        there = await value("SELECT id FROM entry WHERE id = {}", target)
        await _insert(id, f"/e/{target}", target=there)
    elif written.startswith(("http://", "https://")):
        await _insert(id, written[:2000], url=written[:2000])


async def _use(viewer: Viewer, id: int, file: int, written: str, *, had: bool, claims: bool) -> None:
    """A file that nothing uses yet belongs to the first text that its sender puts it into; saving again what others
    wrote gives nothing away. Whoever could not read a file does not get it by naming it."""
    if claims:
        claim = "UPDATE attachment SET entry = {} WHERE id = {} AND entry IS NULL AND author = {}"
        await execute(claim, id, file, viewer.person)
    known = "SELECT f.id FROM attachment f WHERE f.id = {} AND {}"
    if had or await value(known, file, file_visible_to(viewer)):
        await _insert(id, written[:2000], attachment=file)
    else:
        await _insert(id, written[:2000], url=written[:2000])


async def _keep_mention(viewer: Viewer, id: int, handle: str, known: set[int]) -> None:
    person = await value("SELECT id FROM person WHERE handle = {} AND active", handle.lower())
    if person is None:
        return
    await _insert(id, f"@{handle.lower()}", person=person)
    if person not in known and person != viewer.person:
        await execute(
            "INSERT INTO event (id, verb, actor, entry, person, note, created_at) VALUES ({}, 'mention', {}, {}, {}, '', {})",
            new_id(), viewer.person, id, person, now(),
        )  # fmt: skip


async def _insert(
    id: int, written: str, *, target: int | None = None, person: int | None = None,
    attachment: int | None = None, url: str | None = None,
) -> None:  # fmt: skip
    await execute(
        "INSERT INTO link (id, entry, written, target, person, attachment, url) VALUES ({}, {}, {}, {}, {}, {}, {})",
        new_id(), id, written, target, person, attachment, url,
    )  # fmt: skip


async def _found_at_last(id: int, space: Placed, key: str) -> None:
    """Links that waited for this title, or this address, lead here from now on."""
    waiting = "target IS NULL AND person IS NULL AND attachment IS NULL AND url IS NULL"
    anywhere = f"UPDATE link SET target = {{}} WHERE {waiting} AND written IN ({{}}, {{}})"
    await execute(anywhere, id, f"/e/{id}", f"{space.slug}/{key}")
    here = f"UPDATE link SET target = {{}} WHERE {waiting} AND written = {{}} AND entry IN (SELECT id FROM entry WHERE space = {{}})"
    await execute(here, id, key, space.id)
