"""The same pages once more, in another place: whoever may read a text may write it anew where they may write."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from web import checks
from web.database import execute, in_list, in_one_transaction, insert, new_id, now, rows
from web.entries import queries
from web.entries.actions.fields import Fields
from web.entries.actions.writing import post
from web.entries.derived import title_key
from web.entries.mending import Named, mended, wiki_name
from web.entries.rows import Entry
from web.errors import Invalid
from web.policy import Placed, Viewer, file_visible_to, visible_to
from web.source import without_code

MOST_COPIED = 200
_FILE = re.compile(r"(?<![\w/])/files/(\d{1,16})(?=[/)\s\"'#?>\]]|$)")


class _Copying(NamedTuple):
    """ids: of the copies, by those of what is copied. names: what a wiki link says to mean a copy, empty where none would."""

    ids: Mapping[int, int]
    titles: Mapping[int, str]
    names: Mapping[int, str]


@in_one_transaction
async def copy(viewer: Viewer, id: int, space: Placed, title: str = "", *, below: bool = False) -> int:
    """Writes a page once more, under that title, with all pages `below` it if they are to come along; gives its id. It stands beside the one that
    it was copied from, or at the top of another space. Links among what is copied lead to the copies. Raises Invalid."""
    entry = await queries.entry(viewer, id)
    title = checks.line("title", title, entry.is_a.title_max) or entry.title
    pages = [replace(entry, title=title), *(await queries.below(viewer, id) if below else ())]
    if len(pages) > MOST_COPIED:
        raise Invalid("below", "These are too many pages to copy at once: at most %(most)d.", most=MOST_COPIED)
    beside = entry.space.id == space.id
    made = await _copying(viewer, pages, space, beside=beside)
    for each in pages:
        above = made.ids.get(each.parent or 0) or (each.parent if beside else None)
        parent = (await queries.entries(viewer, [above])).get(above) if above else None
        body, files = await _body(viewer, each, made, beside=beside)
        fields = Fields.of(replace(each, body=body), await queries.form_tags(each.id))
        await post(viewer, each.kind, space, fields, parent, id=made.ids[each.id], own=False)
        await execute("UPDATE attachment SET entry = {} WHERE id IN {}", made.ids[each.id], in_list(files))
    for old, new in made.ids.items():
        # What was written before the page that it leads to.
        await execute(
            "UPDATE link SET target = {} WHERE target = {} AND entry IN {}", new, old, in_list(made.ids.values())
        )
    return made.ids[id]


async def _copying(viewer: Viewer, pages: Sequence[Entry], space: Placed, *, beside: bool) -> _Copying:
    keys = Counter(title_key(each.title) for each in pages)
    taken = await rows(
        "SELECT e.title_key FROM entry e WHERE e.space = {} AND e.title_key IN {} AND {}",
        space.id, in_list(keys), visible_to(viewer),
    )  # fmt: skip
    others = {each["title_key"] for each in taken}
    means = {each.id: keys[key := title_key(each.title)] == 1 and key not in others for each in pages}
    return _Copying(
        {each.id: new_id() for each in pages}, {each.id: each.title for each in pages},
        {each.id: wiki_name(each.title) if means[each.id] and not beside else "" for each in pages},
    )  # fmt: skip


async def _body(viewer: Viewer, entry: Entry, made: _Copying, *, beside: bool) -> tuple[str, Collection[int]]:
    """And the files that were made for it."""
    found = await rows("SELECT written, target, attachment FROM link WHERE entry = {}", entry.id)
    keys: dict[int, set[str]] = defaultdict(set)
    for each in found:
        if each["target"] in made.ids:
            keys[each["target"]].add(each["written"])
    body = entry.body
    for target, written in keys.items():
        to = f"/e/{made.ids[target]}"
        body = await mended(
            body, Named(target, made.titles[target], made.names[target], to, written, instead=made.ids[target])
        )
    if beside:
        return body, ()
    return await _with_files(viewer, body, [each["attachment"] for each in found if each["attachment"]])


async def _with_files(viewer: Viewer, body: str, ids: Sequence[int]) -> tuple[str, Collection[int]]:
    """In another space others read it, so the files come along."""
    names = "f.id, f.hash, f.name, f.media_type, f.size, f.width, f.height, f.alt"
    files = await rows(
        f"SELECT {names} FROM attachment f WHERE f.id IN {{}} AND {{}}", in_list(ids), file_visible_to(viewer)
    )
    copies = {each["id"]: new_id() for each in files}
    for each in files:
        await insert("attachment", **{**each, "id": copies[each["id"]]}, author=viewer.person, created_at=now())
    parts, last = [], 0
    for found in _FILE.finditer(without_code(body)):
        if new := copies.get(int(found[1])):
            parts += [body[last : found.start()], f"/files/{new}"]
            last = found.end()
    return "".join([*parts, body[last:]]), copies.values()
