"""A question is put to those who may know about it."""

from __future__ import annotations

from collections.abc import Sequence

from web import text
from web.database import SQL, execute, id_at, in_list, in_one_transaction, now, rows, value
from web.entries import queries
from web.entries.actions.steps import held
from web.entries.events import record
from web.entries.nameless import asked_in, signed
from web.entries.rows import Entry
from web.errors import Invalid
from web.people.queries import read_by
from web.people.skills import here, turn
from web.policy import Viewer
from web.times import DAY, MINUTE

# How many are told for one tag, and of one question in all; and how often somebody is, in how long.
MOST_TOLD, MOST_PUT_TO, _OFTEN, _LATELY = 5, 15, 3, 7 * DAY
# From how many on it is told how many were: of few, in a small space, that says who follows a tag.
_MANY = 5
# So long it can be taken back: until then nobody is told by mail.
_BACK = 10 * MINUTE
_TOLD = "SELECT {} FROM event v WHERE v.person = p.id AND v.verb = 'put_to' AND {}"


@in_one_transaction
async def put_to(viewer: Viewer, id: int, topic: str = "") -> int:
    """Tells a few of those who say that they can be asked about one of its tags, or follow it; for no topic, of all its tags. First those who were
    told least lately. Nobody who may not read it, is away, would rather not be asked, wants to hear nothing of it, or has been asked or has spoken
    in it already. Gives how many. Raises Invalid where it is settled, and for what is none of its tags."""
    entry = await held(viewer, id)
    viewer.must("put_to", entry)
    if not entry.unanswered or entry.closed_at is not None:
        raise Invalid("topic", "It has its answer, or is closed: nobody is asked any more.")
    tags = {each.name: each.id for each in (await queries.tags_of([id])).get(id, ())}
    wanted = text.tag_name(topic) if topic else ""
    if topic and wanted not in tags:
        raise Invalid("topic", "Choose one of its tags.")
    many = 0
    for name in [wanted] if wanted else sorted(tags):
        room = MOST_PUT_TO - await value(
            "SELECT count(*) FROM event WHERE entry = {} AND verb = 'put_to' AND person IS NOT NULL", id
        )
        found = await _who(viewer, entry, name, tags, min(room, MOST_TOLD)) if room > 0 else []
        await record(viewer, "put_to", entry=id, people=found, note=name)
        many += len(found)
    return many


def how_many(told: int) -> int | None:
    """Of those who were told, what whoever asked learns; None where that would say who they are, or that there are none."""
    return told if told >= _MANY else None


async def _who(viewer: Viewer, entry: Entry, name: str, tags: dict[str, int], limit: int) -> Sequence[int]:
    lately = SQL(_TOLD, SQL("count(*)"), SQL("v.id > {}", id_at(now() - _LATELY, 0)))
    tag = tags[name]
    not_again = SQL(
        "NOT EXISTS (SELECT 1 FROM event v WHERE v.person = p.id AND v.verb IN ('put_to', 'mention') AND v.entry = e.id) AND "
        "NOT EXISTS (SELECT 1 FROM entry w WHERE w.root = e.id AND w.author = p.id) AND "
        f"NOT {asked_in('p.id', 'e.id')} AND "
        "NOT EXISTS (SELECT 1 FROM watch m WHERE m.person = p.id AND m.entry = e.id AND m.entry IS NOT NULL AND m.level = 'muted') AND "
        "NOT EXISTS (SELECT 1 FROM mute m WHERE m.person = p.id AND m.reason IN ('knows', 'tag') AND m.thing = {}) AND "
        "NOT EXISTS (SELECT 1 FROM skill k WHERE k.person = p.id AND k.topic IN {} AND k.says = 'pass')",
        tag, in_list(tags),
    )  # fmt: skip
    found = await rows(
        "SELECT p.id, min(c.further) AS further, ({}) AS lately FROM (SELECT k.person, 0 AS further FROM skill k WHERE k.topic = {} AND k.says = 'ask' "
        "UNION ALL SELECT w.person, 1 FROM watch w WHERE w.tag = {} AND w.tag IS NOT NULL AND w.level = 'all') c "
        "JOIN person p ON p.id = c.person JOIN entry e ON e.id = {} WHERE p.active AND p.id <> {} AND {} AND {} AND {} AND ({}) < {} "
        f"GROUP BY p.id, e.id ORDER BY lately, further, {turn('p.id')}, p.id LIMIT {{}}",
        lately, name, tag, entry.id, viewer.me, here(), read_by(), not_again, lately, _OFTEN, limit,
    )  # fmt: skip
    return [each["id"] for each in found]


@in_one_transaction
async def unput(viewer: Viewer, id: int, topic: str = "") -> None:
    """Nobody is told any more of what the viewer put to them just now."""
    entry = await held(viewer, id)
    viewer.must("put_to", entry)
    await execute(
        "UPDATE event SET person = NULL WHERE entry = {} AND verb = 'put_to' AND actor = {} AND id > {} AND ({} = '' OR note = {})",
        id, signed(viewer, id), id_at(now() - _BACK, 0), text.tag_name(topic) if topic else "", text.tag_name(topic) if topic else "",
    )  # fmt: skip
