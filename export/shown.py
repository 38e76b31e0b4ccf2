"""What pages show of other texts, what they ask, and in which languages they are: of what they are made besides themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from export.found import Found
from web.database import now
from web.entries.trails import ASKS
from web.times import day_of

# As deep as a text is shown in a text.
_DEEPEST = 3


def shown_in(found: Found, own: Mapping[int, bytes], hashed: Callable[..., bytes]) -> dict[int, bytes]:
    """By the id of what heads a conversation in which a text shows others: a validator for what it shows. `own`: one of each text, for what it
    says. Where something is asked, the answer may be anything, and another tomorrow."""
    shows = {id: [link for link in found.links.get(id, ()) if link.embeds] for id in own}
    asking = {id for id, links in shows.items() if any(link.written == ASKS for link in links)}
    everything = hashed(sorted(own.items()), day_of(now())) if asking else b""
    leads = {id: [link.target for link in links if link.target in own] for id, links in shows.items() if links}
    made: dict[int, list[object]] = defaultdict(list)
    for id in leads:
        reached, edge = {id}, {id}
        for _ in range(_DEEPEST):
            edge = {target for each in edge for target in leads.get(each, ())} - reached
            reached |= edge
        made[found.entries[id].root].append([(each, own[each]) for each in sorted(reached)])
        made[found.entries[id].root].append(everything if reached & asking else b"")
    return {root: hashed(each) for root, each in made.items()}


def translations_of(found: Found, ref: Callable[[int], object]) -> Mapping[int, list[object]]:
    """By the id of an entry: what its page says of what it was translated from, and of what was translated from it or from the same."""
    of: dict[int, list[int]] = defaultdict(list)
    for id, each in found.translations.items():
        of[each.source].append(id)
    made: dict[int, list[object]] = defaultdict(list)
    for source, ids in of.items():
        told = [(tuple(found.translations[id]), ref(id), found.entries[id].lang) for id in ids]
        for id in (source, *ids):
            made[id].append((ref(source), found.entries[source].lang, told))
    return made
