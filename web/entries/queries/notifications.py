"""What somebody is told of: one of each conversation in which others have done something, with the reasons why it is told.

Nothing is kept of that but how far they have read: it is read from the acts themselves, and so by the rights of the moment.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec

from web.database import SQL, in_list, now, row, rows
from web.database.ids import id_at
from web.entries import rows as shapes
from web.entries.nameless import by_others, done_to
from web.entries.queries.gathering import other_sides
from web.entries.queries.lists import entries
from web.entries.rows import Entry, Face
from web.entries.talks import Reading
from web.policy import Viewer, people_known_to, readable_spaces, visible_to
from web.rights import wrote
from web.times import DAY

# The words in which what is done to somebody is noted; what goes on in a conversation; and what is said in one.
_TO_ME = ("mention", "write_with", "tend", "adopt", "outdate", "uphold", "identify", "put_to")
_SAID = ("post", "reply", "annotate")
_GOES_ON = (*_SAID, "summarize", "edit", "revert", "stage")
# Why what is done to somebody is told, where that is not just that it was.
_DONE = {"mention": ("mentioned",), "put_to": ("knows", "asked")}
_BACK = 31 * DAY
NOTIFICATIONS_SIZE = 30
_CONCERNED, _ACTS = 100, 2000
# As many as there can be, of eight ways to concern somebody.
MOST_NOTIFICATIONS = 8 * _CONCERNED
# The nearest first: why something is told, when there are several reasons.
REASONS = ("mentioned", "knows", "asked", "gathered", "wrote", "watch", "whom", "tag", "search", "space")
_REWRITTEN = ("edit", "revert")


class Reason(msgspec.Struct, frozen=True):
    """Why: a word of REASONS, the id of the entry, person, tag, search or space that it is about, and what those are called. `since` (ms): what
    was done before somebody chose to be told is no news. `only`: the one entry of the conversation that it is a reason for, or the one text (a revision), or 0."""

    name: str
    thing: int
    called: str = ""
    at: str = ""  # the handle, the slug, the tag
    since: int = 0
    only: int = 0


class Act(msgspec.Struct, frozen=True):
    """What one did, or several in the same way: the latest first."""

    verb: str
    by: tuple[Face, ...]


class Notification(msgspec.Struct, frozen=True):
    """What is new in a conversation for somebody. `acts`: what was done, what matters most first. `first`: the entry to begin at,
    the oldest that is new; `latest`: the newest text. `read`: whether they have read it all."""

    entry: Entry
    acts: tuple[Act, ...]
    reasons: tuple[Reason, ...]
    first: int
    latest: int
    said: str
    at: int
    read: bool

    @property
    def reason(self) -> Reason:
        return self.reasons[0]


async def notifications(
    viewer: Viewer, *, after: int = 0, until: int | None = None, unread: bool = False, limit: int = NOTIFICATIONS_SIZE,
    reading: Mapping[int, Reading] | None = None,
) -> tuple[Notification, ...]:  # fmt: skip
    """Of what was done since `after` and until `until` (ms), the latest first; one more than `limit` when there is more. `unread`: only what
    the viewer has not read, and of that only what is new. `reading`: how far they have read besides what is kept of that."""
    told = await _told(viewer, after, until or now(), unread, reading or {})
    latest = sorted(told, key=lambda root: -told[root][0]["id"])[: limit + 1]
    heads = await entries(viewer, latest)
    return tuple(_notification(heads[root], told[root]) for root in latest if root in heads)


async def unread(viewer: Viewer, most: int = 99, reading: Mapping[int, Reading] | None = None) -> int:
    """How many conversations have something new for the viewer, so many at most."""
    return min(len(await _told(viewer, 0, now(), True, reading or {})), most)


async def _told(
    viewer: Viewer, after: int, until: int, unread: bool, reading: Mapping[int, Reading]
) -> dict[int, list[dict]]:
    """What was done in each conversation, with the reason why it is told, the latest first."""
    after = max(after, now() - _BACK)
    if not (concerned := await _concerned(viewer, after)):
        return {}
    told: dict[int, list[dict]] = defaultdict(list)
    for act in await _acts(viewer, concerned, after, until, reading):
        if (reason := _reason(concerned[act["root"]], act)) and not (unread and act["read"]):
            told[act["root"]].append({**act, "reason": reason})
    return told


def _notification(entry: Entry, acts: Sequence[dict]) -> Notification:
    """`acts`: the latest first."""
    by: dict[str, dict[int, Face]] = defaultdict(dict)
    for act in acts:
        verb = {"annotate": "reply", "revert": "edit"}.get(act["verb"], act["verb"])
        by[verb].setdefault(act["author"], shapes.face(act))
    if "mention" in by:  # whoever is named in what somebody says is told that once
        for verb in ("reply", "post"):
            others = {id: face for id, face in by.get(verb, {}).items() if id not in by["mention"]}
            by.pop(verb, None)
            if others:
                by[verb] = others
    order = (*_TO_ME, "post", "reply", "summarize", "edit", "stage")
    said = [act for act in acts if act["verb"] in _SAID] or acts
    reasons = {(each["reason"].name, each["reason"].thing): each["reason"] for each in acts}
    fresh = [act for act in acts if not act["read"]]
    return Notification(
        entry,
        tuple(Act(verb, tuple(by[verb].values())) for verb in order if by.get(verb)),
        tuple(sorted(reasons.values(), key=lambda each: REASONS.index(each.name))),
        (fresh or said)[-1]["entry"], said[0]["entry"], said[0]["excerpt"] or "", acts[0]["created_at"], not fresh,
    )  # fmt: skip


def _reason(reasons: Collection[Reason], act: dict) -> Reason | None:
    """The nearest of the reasons for which this one act is told."""
    for reason in reasons:
        if act["created_at"] < reason.since or reason.only not in (0, act["entry"], act["revision"]):
            fits = False
        elif reason.name in ("mentioned", "knows", "asked"):
            fits = act["person"] is not None and reason.name in _DONE.get(act["verb"], ("asked",))
        elif act["person"] is not None:
            fits = False
        elif reason.name == "gathered":
            fits = act["verb"] in _REWRITTEN
        elif reason.name == "search":
            fits = act["verb"] in (_SAID if reason.only == act["entry"] else _REWRITTEN)
        elif reason.name == "whom":
            fits = act["author"] == reason.thing and act["verb"] in _SAID
        else:
            fits = act["verb"] in (_GOES_ON if reason.name in ("wrote", "watch") else _SAID)
        if fits:
            return reason
    return None


async def _concerned(viewer: Viewer, after: int) -> dict[int, list[Reason]]:
    """The conversations that concern somebody and in which something was done since then, and why; none for a reason that is muted. Of a
    conversation that is muted nothing is told but that one is mentioned in it since."""
    me, seen, since = viewer.me, visible_to(viewer), id_at(after, 0)
    active = SQL("e.active_at > {} AND {} ORDER BY e.active_at DESC LIMIT {}", after, seen, _CONCERNED)
    to_me = SQL(
        "SELECT e.root AS root, CASE v.verb WHEN 'mention' THEN 'mentioned' ELSE CASE WHEN t.id IS NULL THEN 'asked' ELSE 'knows' END END AS reason, "
        "COALESCE(t.id, e.root) AS thing, COALESCE(t.name, '') AS called, COALESCE(t.name, '') AS at, "
        "COALESCE(k.created_at + 1, 0) AS since, 0 AS only FROM event v JOIN entry e ON e.id = v.entry LEFT JOIN tag t ON v.verb = 'put_to' AND t.name = v.note "
        "LEFT JOIN watch k ON k.person = {} AND k.entry = e.root AND k.entry IS NOT NULL AND k.level = 'muted' WHERE {} AND v.id > {} AND v.verb IN {} AND {} AND {} "
        "ORDER BY v.id DESC LIMIT {}",
        me, done_to(viewer), since, in_list(_TO_ME), by_others(viewer), seen, _CONCERNED,
    )  # fmt: skip
    watched = SQL(
        "SELECT e.id, CASE WHEN {} THEN 'wrote' ELSE 'watch' END, e.id, '', '', w.created_at, 0 "
        "FROM watch w JOIN entry e ON e.id = w.entry WHERE w.person = {} AND w.level = 'all' AND {}",
        wrote(viewer), me, active,
    )  # fmt: skip
    spaces = SQL(
        "SELECT e.id, 'space', s.id, s.name, s.slug, w.created_at, 0 FROM watch w JOIN space s ON s.id = w.space JOIN entry e ON e.space = s.id "
        "WHERE w.person = {} AND w.level = 'all' AND e.root = e.id AND {}",
        me, active,
    )  # fmt: skip
    tags = SQL(
        "SELECT e.root, 'tag', t.id, t.name, t.name, w.created_at, 0 FROM watch w JOIN tag t ON t.id = w.tag JOIN tagging g ON g.tag = t.id AND g.active_at > {} "
        "JOIN entry e ON e.id = g.entry WHERE w.person = {} AND w.level = 'all' AND {}",
        after, me, active,
    )  # fmt: skip
    people = SQL(
        "SELECT e.root, 'whom', p.id, p.name, p.handle, w.created_at, 0 FROM watch w JOIN person p ON p.id = w.whom JOIN event v ON v.actor = p.id AND v.id > {} "
        "JOIN entry e ON e.id = v.entry WHERE w.person = {} AND w.level = 'all' AND v.verb IN {} AND {} AND {} ORDER BY v.id DESC LIMIT {}",
        since, me, in_list(_SAID), seen, people_known_to(viewer), _CONCERNED,
    )  # fmt: skip
    searches = SQL(
        "SELECT e.root, 'search', q.id, q.words, q.words, 0, COALESCE(h.revision, h.entry) FROM followed_search q JOIN search_hit h ON h.search = q.id "
        "JOIN entry e ON e.id = h.entry WHERE q.person = {} AND COALESCE(h.revision, h.entry) > {} AND {} ORDER BY COALESCE(h.revision, h.entry) DESC LIMIT {}",
        me, since, seen, _CONCERNED,
    )  # fmt: skip
    parts = [
        SQL("SELECT * FROM ({}) {}", each, SQL(f"part{n}"))
        for n, each in enumerate(
            (to_me, watched, spaces, tags, people, searches, *other_sides(viewer, after, _CONCERNED))
        )
    ]
    found = await rows(
        "SELECT DISTINCT c.root, c.reason, c.thing, c.called, c.at, c.since, c.only FROM (" + " UNION ALL ".join("{}" for _ in parts) + ") c WHERE "
        "NOT EXISTS (SELECT 1 FROM mute m WHERE m.person = {} AND m.reason = c.reason AND m.thing = c.thing) AND "
        "(c.reason = 'mentioned' OR NOT EXISTS (SELECT 1 FROM watch w WHERE w.person = {} AND w.entry = c.root AND w.entry IS NOT NULL AND w.level = 'muted'))",
        *parts, me, me,
    )  # fmt: skip
    concerned: dict[int, list[Reason]] = defaultdict(list)
    for each in sorted(found, key=lambda each: (REASONS.index(each["reason"]), each["thing"])):
        concerned[each["root"]].append(
            Reason(each["reason"], each["thing"], each["called"], each["at"], each["since"], each["only"])
        )
    return concerned


async def _acts(
    viewer: Viewer, roots: Collection[int], after: int, until: int, reading: Mapping[int, Reading]
) -> list[dict]:
    """What others did in these conversations, the latest first, and whether the viewer has read it."""
    found = await rows(
        "SELECT v.id, v.verb, v.entry, v.person, v.revision, v.created_at, e.root, t.excerpt, p.id AS author, p.handle AS author_handle, p.name AS author_name, "
        "COALESCE(k.read_at, 0) AS read_at "
        "FROM entry e JOIN event v ON v.entry = e.id AND v.id > {} JOIN person p ON p.id = v.actor "
        "LEFT JOIN (SELECT id, substr(body, 1, 600) AS excerpt FROM entry_text) t ON t.id = e.id "
        "LEFT JOIN revision r ON r.id = v.revision LEFT JOIN furthest k ON k.entry = e.root AND k.person = {} "
        "WHERE e.root IN {} AND v.created_at > {} AND v.created_at <= {} AND {} AND ({} OR v.verb IN {}) "
        "AND v.verb IN {} AND (v.person IS NULL OR {}) AND NOT COALESCE(r.minor, {}) AND {} AND {} "
        "ORDER BY v.id DESC LIMIT {}",
        id_at(after, 0), viewer.me, in_list(roots), after, until, by_others(viewer), done_to(viewer), in_list(_GOES_ON),
        in_list((*_TO_ME, *_GOES_ON)), done_to(viewer), False, visible_to(viewer), people_known_to(viewer), _ACTS,
    )  # fmt: skip
    opened = {root: each.at for root, each in reading.items()}
    return [act | {"read": act["created_at"] <= max(act["read_at"], opened.get(act["root"], 0))} for act in found]


# What somebody has said of being told.


class Correspondence(msgspec.Struct, frozen=True):
    """See its table."""

    rhythm: str = "soon"
    most: int = 20
    quiet_from: str = ""
    quiet_until: str = ""
    told_at: int = 0
    written_at: int = 0
    failing_at: int | None = None


async def correspondence(viewer: Viewer) -> Correspondence:
    found = await row(
        "SELECT rhythm, most, quiet_from, quiet_until, told_at, written_at, failing_at FROM correspondence WHERE id = {}",
        viewer.me,
    )
    return Correspondence(**found) if found else Correspondence()


class Muted(msgspec.Struct, frozen=True):
    """A reason that somebody has muted, or none for a whole conversation; what it is about, as they may know it now."""

    reason: Reason | None
    entry: Entry | None = None


async def muted(viewer: Viewer) -> tuple[Muted, ...]:
    """The latest first."""
    found = await rows(
        "SELECT m.reason, m.thing, COALESCE(s.name, t.name, p.name, q.words, '') AS called, COALESCE(s.slug, t.name, p.handle, q.words, '') AS at FROM ("
        "SELECT id, reason, thing FROM mute WHERE person = {} UNION ALL "
        "SELECT id, 'all', entry FROM watch WHERE person = {} AND entry IS NOT NULL AND level = 'muted') m "
        "LEFT JOIN space s ON m.reason = 'space' AND s.id = m.thing LEFT JOIN tag t ON m.reason IN ('tag', 'knows') AND t.id = m.thing "
        "LEFT JOIN person p ON m.reason = 'whom' AND p.id = m.thing LEFT JOIN followed_search q ON m.reason = 'search' AND q.id = m.thing "
        "WHERE (s.id IS NULL OR EXISTS (SELECT 1 FROM space WHERE id = s.id AND {})) "
        "AND (p.id IS NULL OR {}) ORDER BY m.id DESC LIMIT 200",
        viewer.me, viewer.me, readable_spaces(viewer), people_known_to(viewer),
    )  # fmt: skip
    heads = await entries(viewer, [each["thing"] for each in found if not each["called"]])
    return tuple(
        Muted(
            Reason(each["reason"], each["thing"], each["called"], each["at"]) if each["reason"] in REASONS else None,
            heads.get(each["thing"]),
        )
        for each in found
        if each["called"] or each["thing"] in heads
    )
