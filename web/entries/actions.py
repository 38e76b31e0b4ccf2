"""What people do to entries. Each verb is one transaction, asks the policy itself, and writes its Event."""

from __future__ import annotations

from dataclasses import dataclass, replace

from web import checks, text
from web.database import execute, for_update, in_list, in_one_transaction, new_id, now, row, rows, value
from web.entries import queries, trails
from web.entries.merge import merge
from web.entries.rows import Entry, Place
from web.entries.tables import Entry as EntryTable
from web.entries.tables import Event, Revision
from web.entries.derived import form_tags, rendered, title_key
from web.errors import Conflict, Invalid, Version
from web.kinds import BY_PATH, KINDS, Kind
from web.policy import Viewer

# Edits by the same hand within ten minutes are one line of the history.
_FOLD = 10 * 60 * 1000
LEVELS = ("all", "muted", "none")
MARKS = ("theirs", "mine")


@dataclass(frozen=True)
class Fields:
    """What somebody typed. `tags` are separated by blanks; `anchor` counts code points."""

    title: str = ""
    body: str = ""
    url: str | None = None
    quote: str | None = None
    anchor: int | None = None
    tags: str = ""
    lang: str | None = None
    summary: str = ""
    minor: bool = False

    @classmethod
    def of(cls, entry: Entry, tags: str) -> Fields:
        return cls(entry.title, entry.body, entry.url, entry.quote, entry.anchor, tags, entry.lang)


@dataclass(frozen=True)
class Saved:
    """The text that now stands, and whether it was merged with somebody else's."""

    revision: int
    merged: bool = False


def kind_named(name: object) -> Kind:
    """By its name or its word in addresses. Raises Invalid."""
    if isinstance(name, str) and (found := KINDS.get(name) or BY_PATH.get(name)):
        return found
    return KINDS[checks.one_of("kind", name, tuple(KINDS))]


# Writing.


@in_one_transaction
async def post(viewer: Viewer, kind: str, space: Place | None, fields: Fields, parent: Entry | None = None) -> int:
    """Writes a new entry and gives its id. What hangs under another takes its space from `parent`."""
    what = kind_named(kind)
    space = await _place(viewer, what, space, parent)
    fields = _checked(what, fields)
    id, revision, at = new_id(), new_id(), now()
    root = parent.root if parent and not what.alone else id
    await EntryTable.insert(
        EntryTable(
            id=id, kind=what.name, space=space.id, author=viewer.person, parent=parent.id if parent else None,
            root=root, revision=revision, title=fields.title, title_key=title_key(fields.title),
            slug=text.slug(fields.title), body=fields.body, lang=fields.lang, url=fields.url, quote=fields.quote,
            anchor=fields.anchor, stage=what.stages[0] if what.stages else None,
            position=await _last_position(space.id, parent) if what.tree else 0,
            created_at=at, updated_at=at, active_at=at,
        )
    )  # fmt: skip
    await _revise(viewer, id, revision, None, fields, at)
    await trails.keep(viewer, id, space, fields.title, fields.body, fields.tags)
    await _tell(viewer, what.name if not what.alone else "post", id, revision=revision)
    if root != id:
        await _count_children(root, parent.id)
        await execute("UPDATE entry SET active_at = {}, touched = touched + 1 WHERE id = {}", at, root)
    await _watch(viewer, root)
    return id


@in_one_transaction
async def edit(viewer: Viewer, id: int, fields: Fields, base: int | None, verb: str = "edit") -> Saved:
    """Saves a new text that was based on the revision `base`.

    What somebody else saved meanwhile is merged in. Raises Conflict when that cannot be done.
    """
    entry = await _held(viewer, id)
    viewer.must(verb, entry)
    fields = _checked(entry.is_a, replace(fields, quote=entry.quote, anchor=entry.anchor))
    current = Fields.of(entry, await queries.form_tags(id))
    merged = base != entry.revision
    if merged:
        fields = await _merged(viewer, entry, current, fields, base)
    if _same(fields, current):
        return Saved(entry.revision, merged)
    revision, at = new_id(), now()
    folds = await _folds(viewer, entry, fields, merged, at)
    await _revise(viewer, id, revision, entry.revision, fields, at, merged=merged)
    if folds:
        await execute("UPDATE revision SET folded = {} WHERE id = {}", True, entry.revision)
    await execute(
        "UPDATE entry SET revision = {}, title = {}, title_key = {}, slug = {}, body = {}, url = {}, lang = {}, "
        "updated_at = {}, revisions = revisions + {}, touched = touched + 1 WHERE id = {}",
        revision, fields.title, title_key(fields.title), text.slug(fields.title), fields.body, fields.url, fields.lang,
        at, 0 if folds else 1, id,
    )  # fmt: skip
    if not fields.minor:
        await execute("UPDATE entry SET active_at = {}, touched = touched + 1 WHERE id = {}", at, entry.root)
    await trails.keep(viewer, id, entry.space, fields.title, fields.body, fields.tags)
    await _tell(viewer, verb, id, revision=revision, note=fields.summary)
    return Saved(revision, merged)


async def revert(viewer: Viewer, id: int, revision: int, summary: str = "") -> Saved:
    """Makes an older text the current one, as a new revision."""
    entry = await queries.entry(viewer, id)
    old = await queries.revision(viewer, id, revision)
    fields = Fields(old.title, old.body, old.url, tags=old.tags, lang=entry.lang, summary=summary)
    return await edit(viewer, id, fields, entry.revision, verb="revert")


async def tag(viewer: Viewer, id: int, tags: str) -> Saved:
    """Gives an entry these tags (besides those in its text) and no others."""
    entry = await queries.entry(viewer, id)
    fields = replace(Fields.of(entry, checks.line("tags", tags, 500)), minor=True)
    return await edit(viewer, id, fields, entry.revision, verb="tag")


# The bin.


@in_one_transaction
async def trash(viewer: Viewer, id: int, reason: str = "") -> None:
    """Puts an entry in the bin. What others wrote under it goes out of sight with it, and comes back with it."""
    entry = await _held(viewer, id)
    viewer.must("trash", entry)
    reason = checks.line("reason", reason, 300)
    await execute(
        "UPDATE entry SET trashed_at = {}, trashed_by = {}, trash_reason = {}, touched = touched + 1 WHERE id = {}",
        now(), viewer.person, reason, id,
    )  # fmt: skip
    await _bury(entry, True)
    await _tell(viewer, "trash", id, note=reason)


@in_one_transaction
async def restore(viewer: Viewer, id: int) -> None:
    """Takes an entry out of the bin again."""
    await _lock(id)
    entry = await queries.trashed(viewer, id)
    viewer.must("restore", entry)
    await execute(
        "UPDATE entry SET trashed_at = NULL, trashed_by = NULL, trash_reason = '', touched = touched + 1 WHERE id = {}", id
    )
    await _bury(entry, False)
    await _tell(viewer, "restore", id)


async def _bury(entry: Entry, under: bool) -> None:
    if entry.is_a.alone:
        await execute("UPDATE entry SET buried = {} WHERE root = {} AND id <> {}", under, entry.id, entry.id)
        return
    await _count_children(entry.root, entry.parent)
    await execute("UPDATE entry SET accepted = NULL WHERE id = {} AND accepted = {}", entry.root, entry.id)


# Moving and becoming something else.


@in_one_transaction
async def move(viewer: Viewer, id: int, space: Place) -> None:
    """Moves a conversation to another space. Pages under it stay where they are, one level up."""
    entry = await _held(viewer, id)
    viewer.must("move", entry)
    viewer.must("post", space)
    if space.id == entry.space.id:
        return
    await _orphan(entry)
    await execute(
        "UPDATE entry SET space = {}, parent = CASE WHEN id = root THEN NULL ELSE parent END, touched = touched + 1 "
        "WHERE root = {}",
        space.id, id,
    )  # fmt: skip
    await _tell(viewer, "move", id)


@in_one_transaction
async def turn(viewer: Viewer, id: int, kind: str, title: str = "") -> None:
    """Makes an entry another kind. Its id, history, replies, reactions, watchers and addresses stay."""
    entry = await _held(viewer, id)
    viewer.must("turn", entry)
    what = KINDS[checks.one_of("kind", kind, entry.is_a.turns_into)]
    title = checks.line("title", title, what.title_max) or entry.title or _first_line(entry.body)
    tags = await queries.form_tags(id)
    fields = _checked(what, replace(Fields.of(entry, tags), title=title))
    await _orphan(entry)
    await execute(
        "UPDATE entry SET kind = {}, parent = NULL, position = {}, stage = {}, accepted = NULL, touched = touched + 1 "
        "WHERE id = {}",
        what.name, await _last_position(entry.space.id, None) if what.tree else 0,
        what.stages[0] if what.stages else None, id,
    )  # fmt: skip
    await _tell(viewer, "turn", id, note=f"{entry.kind} {what.name}")
    if fields.title != entry.title:
        await _retitle(viewer, entry, fields)


async def _retitle(viewer: Viewer, entry: Entry, fields: Fields) -> None:
    revision, at = new_id(), now()
    await _revise(viewer, entry.id, revision, entry.revision, fields, at)
    await execute(
        "UPDATE entry SET revision = {}, title = {}, title_key = {}, slug = {}, revisions = revisions + 1, "
        "updated_at = {} WHERE id = {}",
        revision, fields.title, title_key(fields.title), text.slug(fields.title), at, entry.id,
    )  # fmt: skip
    await trails.keep(viewer, entry.id, entry.space, fields.title, entry.body, fields.tags)


async def _orphan(entry: Entry) -> None:
    """Pages under one that goes away move up to where it stood."""
    trees = in_list(queries.TREES)
    await execute(
        "UPDATE entry SET parent = {} WHERE parent = {} AND kind IN {}", entry.parent, entry.id, trees
    )


@in_one_transaction
async def place(viewer: Viewer, id: int, parent: int | None, before: int | None = None) -> None:
    """Puts a page under another (or at the top), before one of its new siblings or last."""
    entry = await _held(viewer, id)
    viewer.must("place", entry)
    if parent is not None:
        await _may_stand_under(viewer, entry, await queries.entry(viewer, parent))
    siblings = [
        each["id"]
        for each in await rows(
            "SELECT id FROM entry WHERE space = {} AND kind IN {} AND {} AND id <> {} ORDER BY position, title, id",
            entry.space.id, in_list(queries.TREES), _under(parent), id,
        )
    ]  # fmt: skip
    siblings.insert(siblings.index(before) if before in siblings else len(siblings), id)
    await execute("UPDATE entry SET parent = {}, touched = touched + 1 WHERE id = {}", parent, id)
    for position, sibling in enumerate(siblings):
        await execute("UPDATE entry SET position = {} WHERE id = {} AND position <> {}", position, sibling, position)
    await _tell(viewer, "place", id)


async def _may_stand_under(viewer: Viewer, entry: Entry, parent: Entry) -> None:
    above = {parent.id} | {each.id for each in await queries.trail(viewer, parent.id)}
    if entry.id in above:
        raise Invalid("parent", "A page cannot stand under itself.")
    _same_tree(KINDS[entry.kind], entry.space, parent)


# Giving and following.


@in_one_transaction
async def react(viewer: Viewer, id: int, name: str, undo: bool = False) -> int:
    """Gives a recommend, a helped or a vote, or takes it back. Gives how many there are now."""
    entry = await _held(viewer, id)
    viewer.must(name, entry)
    if undo:
        await execute("DELETE FROM reaction WHERE entry = {} AND person = {} AND name = {}", id, viewer.person, name)
    else:
        await execute(
            "INSERT INTO reaction (id, entry, person, name, created_at) VALUES ({}, {}, {}, {}, {}) "
            "ON CONFLICT (entry, person, name) DO NOTHING",
            new_id(), id, viewer.person, name, now(),
        )  # fmt: skip
    count = int(await value("SELECT count(*) FROM reaction WHERE entry = {} AND name = {}", id, name))
    if count != entry.count(name):
        await execute(f"UPDATE entry SET {name} = {{}}, touched = touched + 1 WHERE id = {{}}", count, id)
        await _tell(viewer, name, id, note="undo" if undo else "")
    return count


@in_one_transaction
async def watch(viewer: Viewer, id: int, level: str = "all") -> None:
    """Follows a conversation: all of it, not at all (muted), or no more and no less than anything else (none)."""
    entry = await _held(viewer, id)
    viewer.must("watch", entry)
    level = checks.one_of("level", level, LEVELS)
    if level == "none":
        await execute("DELETE FROM watch WHERE person = {} AND entry = {}", viewer.person, entry.root)
        await _count_watchers(entry.root)
    else:
        await _watch(viewer, entry.root, level, replace_level=True)


@in_one_transaction
async def accept(viewer: Viewer, id: int, reply: int | None) -> None:
    """Marks one of the replies as the one that settled it, or none."""
    entry = await _held(viewer, id)
    viewer.must("accept", entry)
    if reply is not None and (await queries.entry(viewer, reply)).parent != id:
        raise Invalid("reply", "Only what was written right under it can be accepted.")
    await execute("UPDATE entry SET accepted = {}, touched = touched + 1 WHERE id = {}", reply, id)
    await _tell(viewer, "accept", reply or id, note="" if reply else "undo")


@in_one_transaction
async def stage(viewer: Viewer, id: int, stage: str, note: str = "") -> None:
    """Moves an idea on (or back)."""
    entry = await _held(viewer, id)
    viewer.must("stage", entry)
    stage = checks.one_of("stage", stage, entry.is_a.stages)
    note = checks.text("note", note, 2000)
    await execute("UPDATE entry SET stage = {}, active_at = {}, touched = touched + 1 WHERE id = {}", stage, now(), id)
    await _tell(viewer, "stage", id, note=f"{stage} {note}".strip())


# What the verbs share.


async def _held(viewer: Viewer, id: int) -> Entry:
    await _lock(id)
    return await queries.entry(viewer, id)


async def _lock(id: int) -> None:
    await rows("SELECT id FROM entry WHERE id = {} " + for_update(), id)


async def _place(viewer: Viewer, what: Kind, space: Place | None, parent: Entry | None) -> Place:
    """Where a new entry comes to stand, when the viewer may put it there."""
    if what.alone:
        if space is None:
            raise Invalid("space", "Choose where this belongs.")
        viewer.must("post", space)
        if parent is not None:
            _same_tree(what, space, parent)
        return space
    if parent is None:
        raise Invalid("parent", "Say what this is written under.")
    if parent.kind not in what.under:
        raise Invalid("parent", "This cannot be written under that.")
    viewer.must("annotate" if "quote" in what.fields else "reply", parent)
    return parent.space


def _same_tree(what: Kind, space: Place, parent: Entry) -> None:
    if not (what.tree and parent.is_a.tree):
        raise Invalid("parent", "Only pages stand under pages.")
    if parent.space.id != space.id:
        raise Invalid("parent", "That page is in another space.")


def _checked(what: Kind, fields: Fields) -> Fields:
    """The fields that this kind has, tidied. Raises Invalid."""
    given = replace(
        fields,
        title=checks.line("title", fields.title, what.title_max) if what.title_max else "",
        body=checks.text("body", fields.body, what.body_max),
        url=checks.web_address("url", fields.url) if "url" in what.fields else None,
        quote=checks.text("quote", fields.quote, 2000).strip() if "quote" in what.fields else None,
        anchor=checks.integer("anchor", fields.anchor) if "quote" in what.fields else None,
        tags=" ".join(form_tags(checks.line("tags", fields.tags, 1000))),
        lang=checks.language("lang", fields.lang),
        summary=checks.line("summary", fields.summary, 300),
    )
    if "title" in what.fields and not given.title and given.url:
        given = replace(given, title=given.url[: what.title_max])
    for field in what.required:
        checks.needed(field, getattr(given, field) or "")
    return given


def _first_line(body: str, longest: int = 80) -> str:
    first = next((line.strip("#>*- ") for line in body.splitlines() if line.strip("#>*- ")), "")
    return first if len(first) <= longest else first[:longest].rsplit(" ", 1)[0] + "…"


def _same(one: Fields, other: Fields) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in ("title", "body", "url", "tags", "lang"))


async def _merged(viewer: Viewer, entry: Entry, theirs: Fields, mine: Fields, base: int | None) -> Fields:
    if base is None:
        raise Invalid("revision", "Say which revision this text is based on.")
    old = await queries.revision(viewer, entry.id, base)
    body = merge(old.body, theirs.body, mine.body, labels=MARKS)
    title = _either(old.title, theirs.title, mine.title)
    url = _either(old.url, theirs.url, mine.url)
    if not body.clean or title is _BOTH or url is _BOTH:
        raise Conflict(
            entry.revision, Version(old.title, old.body), Version(theirs.title, theirs.body),
            Version(mine.title, mine.body), Version(mine.title, body.text),
        )  # fmt: skip
    return replace(mine, title=title, url=url, body=body.text, tags=_all_tags(old.tags, theirs.tags, mine.tags))


_BOTH = object()


def _either(base: str | None, theirs: str | None, mine: str | None) -> str | None | object:
    """The side that changed; `_BOTH` when both did, differently."""
    if theirs in (base, mine):
        return mine
    return theirs if mine == base else _BOTH


def _all_tags(base: str, theirs: str, mine: str) -> str:
    old, one, other = base.split(), theirs.split(), mine.split()
    gone = {word for word in old if word not in one or word not in other}
    return " ".join(word for word in dict.fromkeys(one + other) if word not in gone)


async def _folds(viewer: Viewer, entry: Entry, fields: Fields, merged: bool, at: int) -> bool:
    """Whether this save and the one before make one line of the history: same hand, close in time,
    nothing said about it, and nobody has done anything in between."""
    if merged or fields.summary:
        return False
    last = await row("SELECT author, created_at, merged, summary FROM revision WHERE id = {}", entry.revision)
    if last["author"] != viewer.person or at - last["created_at"] > _FOLD or last["merged"] or last["summary"]:
        return False
    others = "SELECT 1 FROM event WHERE entry = {} AND created_at >= {} AND actor <> {} LIMIT 1"
    return entry.active_at <= last["created_at"] and not await value(others, entry.id, last["created_at"], viewer.person)


async def _revise(
    viewer: Viewer, entry: int, id: int, base: int | None, fields: Fields, at: int, *, merged: bool = False
) -> None:
    await Revision.insert(
        Revision(
            id=id, entry=entry, author=viewer.person, base=base, title=fields.title, body=fields.body, url=fields.url,
            tags=fields.tags, summary=fields.summary, minor=fields.minor, merged=merged, created_at=at,
        )
    )  # fmt: skip


async def _tell(viewer: Viewer, verb: str, entry: int, *, revision: int | None = None, note: str = "") -> None:
    space = await value("SELECT space FROM entry WHERE id = {}", entry)
    await Event.insert(
        Event(
            id=new_id(), verb=verb, actor=viewer.person, entry=entry, space=space, revision=revision, note=note,
            created_at=now(),
        )
    )  # fmt: skip


async def _watch(viewer: Viewer, entry: int, level: str = "all", *, replace_level: bool = False) -> None:
    await execute(
        "INSERT INTO watch (id, person, entry, level, created_at) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (person, entry) WHERE entry IS NOT NULL DO "
        + ("UPDATE SET level = excluded.level" if replace_level else "NOTHING"),
        new_id(), viewer.person, entry, level, now(),
    )  # fmt: skip
    await _count_watchers(entry)


async def _count_watchers(entry: int) -> None:
    await execute(
        "UPDATE entry SET watchers = (SELECT count(*) FROM watch WHERE entry = {} AND level = 'all') WHERE id = {}",
        entry, entry,
    )  # fmt: skip


async def _count_children(*ids: int | None) -> None:
    """Counts anew what hangs under the root and under the entry that was written under."""
    quoting = in_list([kind.name for kind in KINDS.values() if "quote" in kind.fields])
    answering = in_list([kind.name for kind in KINDS.values() if kind.under and "quote" not in kind.fields])
    for id in sorted({id for id in ids if id is not None}):
        await execute(
            "UPDATE entry SET touched = touched + 1, "
            "replies = (SELECT count(*) FROM entry c WHERE (c.root = {} OR c.parent = {}) AND c.id <> {} "
            "AND c.kind IN {} AND c.trashed_at IS NULL), "
            "annotations = (SELECT count(*) FROM entry c WHERE (c.root = {} OR c.parent = {}) AND c.id <> {} "
            "AND c.kind IN {} AND c.trashed_at IS NULL) WHERE id = {}",
            id, id, id, answering, id, id, id, quoting, id,
        )  # fmt: skip


def _under(parent: int | None) -> object:
    return queries.SQL("parent = {}", parent) if parent is not None else queries.SQL("parent IS NULL")


async def _last_position(space: int, parent: Entry | None) -> int:
    found = await value(
        "SELECT max(position) FROM entry WHERE space = {} AND kind IN {} AND {}",
        space, in_list(queries.TREES), _under(parent.id if parent else None),
    )  # fmt: skip
    return 0 if found is None else int(found) + 1
