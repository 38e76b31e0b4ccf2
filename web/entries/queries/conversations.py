"""What was said under an entry, and what happened to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from web.database import SQL, in_list, row, rows
from web.entries import rows as shapes
from web.entries.events import told
from web.entries.nameless import given_by
from web.entries.queries.gathering import credited
from web.entries.queries.lists import SELECT, entry
from web.entries.queries.suggestions import Suggested, suggested_upon
from web.entries.queries.talks import talk_of, talked
from web.entries.rows import Entry, Happening
from web.entries.talks import Talk
from web.errors import there
from web.kinds import SUMMARY
from web.policy import Viewer, people_known_to, visible_to

CONVERSATION_SIZE = 100


async def replies(viewer: Viewer, root: int, after: int = 0, limit: int = CONVERSATION_SIZE) -> tuple[Entry, ...]:
    """What was written under `root`, oldest first, from the one after the id `after`; one more than `limit`
    when there is more."""
    found = await rows(
        SELECT + "e.root = {} AND e.id <> e.root AND e.id > {} AND {} ORDER BY e.id LIMIT {}",
        root, after, visible_to(viewer), limit + 1,
    )  # fmt: skip
    return tuple(shapes.entry(each) for each in found)


async def summary(viewer: Viewer, root: int) -> Entry | None:
    """What a conversation has come to, in short."""
    # The kind stands in the text, as in the index.
    found = await row(
        SELECT + f"e.parent = {{}} AND e.kind = '{SUMMARY.name}' AND {{}} LIMIT 1", root, visible_to(viewer)
    )
    return shapes.entry(found) if found else None


async def conversation(viewer: Viewer, root: int, limit: int = CONVERSATION_SIZE) -> tuple[Entry, tuple[Entry, ...]]:
    """What heads a conversation, and the first of it as `replies` gives it, with what says it in short wherever that stands. Raises NotThere,
    also for what heads none."""
    found = await rows(
        SELECT + "e.id IN (SELECT n.id FROM (SELECT x.id FROM entry x WHERE x.root = {} AND (x.kind <> {} OR x.parent <> {}) AND {} ORDER BY x.id LIMIT {}) AS n "
        f"UNION ALL SELECT s.id FROM entry s WHERE s.parent = {{}} AND s.kind = '{SUMMARY.name}') AND {{}} ORDER BY e.id",
        root, SUMMARY.name, root, visible_to(viewer, "x"), limit + 2, root, visible_to(viewer),
    )  # fmt: skip
    # Nothing in a conversation is older than what heads it, so that stands first; but for what was put into it.
    entries = tuple(shapes.entry(each) for each in found)
    if entries and entries[0].id != root and entries[0].root == root:
        return await entry(viewer, root), tuple(each for each in entries if each.id != root)
    there(entries[0] if entries and entries[0].id == root else None)
    return entries[0], entries[1:]


async def my_reactions(viewer: Viewer, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """What the viewer has given to each."""
    return dict((await my_marks(viewer, ids, 0)).given)


def _given(found: list[dict]) -> dict[int, frozenset[str]]:
    given: dict[int, set[str]] = defaultdict(set)
    for each in found:
        given[each["entry"]].add(each["name"])
    return {id: frozenset(names) for id, names in given.items()}


@dataclass(frozen=True)
class Marks:
    """What the viewer has given to some entries, the level at which they watch one of them, what is suggested upon that, and what is known of its conversation."""

    given: Mapping[int, frozenset[str]] = field(default_factory=dict)
    watching: str | None = None
    suggested: Suggested = field(default_factory=Suggested)
    talk: Talk = field(default_factory=Talk)


async def my_marks(
    viewer: Viewer,
    ids: Sequence[int],
    watched: int,
    suggested: Entry | None = None,
    head: Entry | None = None,
    short: Entry | None = None,
) -> Marks:
    """With what waits upon the entry `suggested`, and what is known of the conversation that `head` heads (and `short` says in short), where that is asked for."""
    if not ids or (not viewer.signed_in and head is None):
        return Marks()
    found = await rows(
        "SELECT 'given' AS what, r.entry, r.name FROM reaction r WHERE {} AND r.entry IN {} UNION ALL "
        "SELECT 'watching', NULL, level FROM watch WHERE person = {} AND entry = {} {} {}",
        given_by(viewer), in_list(ids), viewer.person or 0, watched,
        SQL("UNION ALL {}", suggested_upon(viewer, suggested)) if suggested else SQL(""),
        SQL("UNION ALL {}", talked(viewer, head, ids, short)) if head else SQL(""),
    )  # fmt: skip
    level = next((each["name"] for each in found if each["what"] == "watching"), None)
    many = {each["what"]: int(each["entry"] or 0) for each in found if each["what"] in ("waiting", "mine")}
    given = _given([each for each in found if each["what"] == "given"])
    return Marks(given, level, Suggested(**many), talk_of(found))


async def happenings(viewer: Viewer, id: int, limit: int = 50, verb: str = "") -> tuple[Happening, ...]:
    """What happened to an entry (or only what one verb did), the latest first."""
    which = SQL("v.verb = {}", verb) if verb else SQL("1 = 1")
    found = await rows(
        "SELECT v.id, v.verb, v.note, v.revision, v.created_at, v.actor, p.handle AS actor_handle, p.name AS actor_name "
        "FROM event v JOIN entry e ON e.id = v.entry JOIN person p ON p.id = v.actor "
        "WHERE v.entry = {} AND {} AND ({} OR {}) AND {} AND {} "
        # That somebody was mentioned says that there is somebody.
        "AND (v.person IS NULL OR v.person IN (SELECT p.id FROM person p WHERE {})) ORDER BY v.id DESC LIMIT {}",
        id, which, told(), credited(viewer), visible_to(viewer), people_known_to(viewer), people_known_to(viewer), limit,
    )  # fmt: skip
    once = {(v["verb"], v["actor"], v["note"], v["created_at"]): v for v in found}  # what is done to several is one act
    return tuple(
        Happening(v["id"], v["verb"], shapes.face(v, "actor"), v["note"], v["revision"], v["created_at"])
        for v in once.values()
    )
