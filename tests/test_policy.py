"""Who may read and do what, as a numbered table. It reads like a law."""

from __future__ import annotations

import pytest

from tests.cast import House
from web.entries import attachments, drafts, following, queries, versions
from web.errors import NotAllowed, NotThere, SignInNeeded
from web.people import actions as people_actions
from web.people import queries as people
from web.policy import EVERYONE, NOBODY, RULES, Viewer

NOBODY_IN, PUBLIC = None, ""


def named(each: object) -> str:
    """A set has no order; the name of a test has."""
    return " ".join(sorted(each)) if isinstance(each, set) else str(each)


# number, who, verb, kind, space, may. Everything was written by mons, a member; hedda is host; ole is a colleague
# outside; gro is a guest who was invited into kontoret only; astrid administers the house.
LAW = [
    (1, "mons", "edit", "page", "torget", True),
    (2, "ole", "edit", "page", "torget", True),  # a wiki page in an open space is everybody's
    (3, "ole", "edit", "article", "torget", False),  # an article is its author's
    (4, "hedda", "edit", "article", "torget", False),
    (5, "hedda", "edit", "question", "torget", True),  # who runs the space may tidy a question
    (6, "ole", "edit", "question", "torget", False),
    (7, "mons", "edit", "micropost", "torget", True),
    (8, "hedda", "edit", "micropost", "torget", False),  # nobody edits what somebody said
    (9, "hedda", "trash", "micropost", "torget", True),  # but a host may take it away
    (10, "ole", "trash", "page", "torget", False),
    (11, "astrid", "trash", "page", "torget", True),  # administrators look after what is open
    (12, "ole", "reply", "question", "torget", True),
    (13, "gro", "reply", "question", "kontoret", True),  # a guest takes part
    (14, "gro", "edit", "page", "kontoret", False),  # but does not change pages
    (15, "gro", "recommend", "page", "kontoret", True),
    (16, "mons", "recommend", "page", "torget", False),  # nobody applauds themselves
    (17, "ole", "vote", "page", "torget", False),  # pages are not voted on
    (18, "ole", "vote", "idea", "torget", True),
    (19, "mons", "accept", "question", "torget", True),
    (20, "ole", "accept", "question", "torget", False),
    (21, "mons", "accept", "thread", "torget", False),  # a thread has no answer
    (22, "hedda", "stage", "idea", "torget", True),
    (23, "mons", "stage", "idea", "torget", False),  # one does not decide one's own idea
    (24, "astrid", "stage", "idea", "torget", True),
    (25, "mons", "move", "page", "torget", True),
    (26, "mons", "move", "reply", "torget", False),  # a reply goes where its conversation goes
    (27, "mons", "turn", "micropost", "torget", True),
    (28, "mons", "turn", "bookmark", "torget", False),
    (29, "ole", "turn", "micropost", "torget", False),
    (30, "ole", "place", "page", "torget", True),
    (31, "mons", "place", "article", "torget", False),  # only pages stand in a tree
    (32, "ole", "annotate", "page", "torget", True),
    (33, "ole", "annotate", "question", "torget", False),
    (34, "ole", "watch", "page", "torget", True),
    (35, "ole", "revert", "page", "torget", True),
    (36, "ole", "tag", "article", "torget", False),
    (37, "hedda", "restore", "page", "torget", True),
    (38, "ole", "restore", "page", "torget", False),
    (39, "mons", "carry_out", "page", "kontoret", False),  # what others wrote for those in a room stays there
    (40, "hedda", "carry_out", "page", "kontoret", True),
    (41, "hedda", "redact", "page", "kontoret", True),
    (42, "astrid", "redact", "page", "torget", True),
    (43, "mons", "redact", "page", "torget", False),  # what is gone for good is not for its author to say
    (44, "ole", "verify", "page", "torget", True),  # whoever may mend a page may say that it is right
    (45, "gro", "verify", "page", "kontoret", False),
    (46, "mons", "verify", "article", "torget", False),  # an article has its date
    (47, "ole", "tend", "page", "torget", True),
    (48, "ole", "stage", "page", "torget", True),  # and that it is not
    (49, "ole", "suggest", "article", "torget", True),  # whoever reads it and takes part
    (50, "gro", "suggest", "page", "kontoret", True),  # a guest too
    (51, "ole", "suggest", "micropost", "torget", False),  # what somebody said is theirs
    (52, "mons", "suggest", "article", "torget", True),  # who may edit may still ask
    (53, "hedda", "adopt", "article", "torget", False),  # let in by those who may edit, and by nobody else
    (54, "ole", "adopt", "page", "torget", True),
    (55, "gro", "decline", "page", "kontoret", False),
    (56, "ole", "stage", "annotation", "torget", True),  # what was said of a passage is settled by any member
    (57, "gro", "stage", "annotation", "kontoret", False),  # and by whoever said it
    (58, "mons", "hide", "article", "torget", True),  # whoever may throw it away may say when
    (59, "ole", "hide", "article", "torget", False),
    (60, "hedda", "hide", "page", "kontoret", True),
    (61, "mons", "hide", "micropost", "torget", True),
    (62, "mons", "series", "article", "torget", True),  # whoever may edit it
    (63, "ole", "series", "article", "torget", False),
    (64, "ole", "series", "page", "torget", False),  # pages stand in a tree
    (65, "mons", "write_with", "article", "torget", True),  # whoever may edit it says who wrote it too
    (66, "ole", "write_with", "article", "torget", False),
    (67, "hedda", "write_with", "article", "torget", False),
    (68, "ole", "write_with", "page", "torget", True),
    (69, "ole", "choose", "micropost", "torget", True),  # whoever takes part
    (70, "gro", "choose", "thread", "kontoret", True),
    (71, "mons", "end_poll", "micropost", "torget", True),  # whoever asked, and whoever runs the space
    (72, "hedda", "end_poll", "micropost", "torget", True),
    (73, "ole", "end_poll", "micropost", "torget", False),
    (74, "ole", "quote", "micropost", "torget", True),
    (75, "mons", "feature", "micropost", "torget", True),  # one's own, on one's own page
    (76, "ole", "feature", "micropost", "torget", False),
    (58, "ole", "translate", "page", "torget", True),  # whoever may edit a text may say what it was translated from
    (59, "ole", "translate", "article", "torget", False),
    (60, "mons", "translate", "question", "torget", False),  # a conversation has no versions
    (69, "mons", "close", "thread", "torget", True),  # whoever began it, and whoever runs the space
    (70, "ole", "close", "thread", "torget", False),
    (71, "hedda", "close", "page", "kontoret", True),
    (72, "mons", "close", "reply", "torget", False),  # it is all of it, or nothing
    (73, "mons", "split", "question", "torget", True),
    (74, "ole", "split", "question", "torget", False),
    (75, "ole", "split", "page", "torget", False),  # who may mend a page does not lead what is said under it
    (76, "hedda", "merge", "question", "kontoret", True),
    (77, "ole", "merge", "question", "torget", False),
    (78, "hedda", "merge", "page", "kontoret", False),  # a page is no reply
    (79, "hedda", "pin", "micropost", "kontoret", True),
    (80, "mons", "pin", "thread", "torget", False),  # what is on top is for all, and not for its author to say
    (81, "astrid", "pin", "thread", "torget", True),
    (82, "gro", "pin", "thread", "kontoret", False),
    (83, "gro", "read", "thread", "kontoret", True),
    (84, "ole", "gather", "question", "torget", True),  # whoever reads it, into what they may edit
    (86, "ole", "summarize", "thread", "torget", True),  # whoever may answer may say it in short
    (87, "gro", "summarize", "question", "kontoret", True),
    (88, "mons", "summarize", "reply", "torget", False),  # a conversation, not a part of it
    (89, "ole", "edit", "summary", "torget", True),  # it is everybody's who takes part
    (90, "gro", "edit", "summary", "kontoret", True),
    (91, "ole", "trash", "summary", "torget", False),
    (85, "gro", "gather", "question", "kontoret", False),  # a guest edits no page
    (86, "ole", "agree", "page", "torget", True),
    (87, "ole", "agree", "reply", "torget", False),  # whoever said it says whether it fits
    (88, "mons", "outdate", "reply", "torget", True),  # of one's own answer; of others, whoever may accept one
    (89, "hedda", "outdate", "reply", "torget", False),
    (90, "mons", "put_to", "question", "torget", True),  # whoever asked, and whoever runs the space
    (91, "hedda", "put_to", "question", "kontoret", True),
    (92, "ole", "put_to", "question", "torget", False),
    (93, "mons", "put_to", "thread", "torget", False),  # a thread asks nobody
    (88, "ole", "uncredit", "page", "torget", True),
    (89, "gro", "uncredit", "page", "kontoret", False),
    (94, "hedda", "identify", "question", "torget", True),  # who asked without their name: whoever hosts the space
    (95, "astrid", "identify", "question", "torget", True),
    (96, "mons", "identify", "question", "torget", False),
    (97, "gro", "identify", "question", "kontoret", False),
]


@pytest.mark.parametrize(("number", "who", "verb", "kind", "space", "may"), LAW, ids=named)
async def test_the_law(house: House, number: int, who: str, verb: str, kind: str, space: str, may: bool) -> None:
    viewer = await house.viewer(who)
    entry = await queries.entry(viewer, house.entries[space, kind])
    assert viewer.may(verb, entry) is may
    assert not NOBODY.may(verb, entry), "nobody may do anything"
    if not may:
        with pytest.raises(NotAllowed):
            viewer.must(verb, entry)


READING = [
    (1, "mons", {"torget", "kontoret", "loftet"}),
    (2, "hedda", {"torget", "kontoret", "loftet"}),
    (3, "ole", {"torget"}),
    (4, "astrid", {"torget"}),  # closed rooms are closed to administrators too
    (5, "gro", {"kontoret"}),  # a guest sees what they were invited into, and nothing else
    (6, NOBODY_IN, set()),
]


@pytest.mark.parametrize(("number", "who", "spaces"), READING, ids=named)
async def test_who_reads_what(house: House, number: int, who: str | None, spaces: set[str]) -> None:
    viewer = await house.viewer(who)
    for (space, kind), id in house.entries.items():
        if space in spaces:
            assert (await queries.entry(viewer, id)).kind == kind
        else:
            with pytest.raises(NotThere):
                await queries.entry(viewer, id)


AUDIENCES = [
    (1, "public", set()),
    (2, "everyone", {"torget"}),
    (3, "space:loftet", {"torget", "loftet"}),
    (4, "person:gro", {"kontoret"}),
    (5, "person:mons", {"torget", "kontoret", "loftet"}),
]


@pytest.mark.parametrize(("number", "named", "spaces"), AUDIENCES, ids=named)
async def test_what_a_snapshot_is_made_of(house: House, number: int, named: str, spaces: set[str]) -> None:
    viewer = await people.audience(named)
    found = await queries.entries(viewer, house.entries.values())
    assert {entry.space.slug for entry in found.values()} == spaces


LISTING = [
    ("mons", {"torget", "kontoret", "loftet", "house"}),
    ("ole", {"torget", "kontoret", "house"}),  # a closed space is known of, a secret one is not
    ("gro", {"kontoret"}),
    (None, set()),
]


@pytest.mark.parametrize(("who", "slugs"), LISTING)
async def test_which_spaces_are_known_of(house: House, who: str | None, slugs: set[str]) -> None:
    viewer = await house.viewer(who)
    assert {space.slug for space in await people.spaces(viewer)} == slugs


async def test_a_guest_knows_only_those_of_the_same_spaces(house: House) -> None:
    known = {person.handle for person in await people.people(await house.viewer("gro"))}
    assert known == {"gro", "mons", "hedda"}
    assert {person.handle for person in await people.people(await house.viewer("ole"))} >= {"astrid", "gro", "mons"}


async def test_whoever_is_not_signed_in_is_asked_to(house: House) -> None:
    entry = await queries.entry(await house.viewer("ole"), house.entries["torget", "page"])
    for viewer in (NOBODY, EVERYONE, Viewer()):
        with pytest.raises(SignInNeeded):
            viewer.must("edit", entry)


# What is done without an entry or a space to ask about: each verb asks by itself, by whatever door one comes to it.
BY_THEMSELVES = {
    "change the profile": lambda viewer, _: people_actions.change_profile(viewer, "X", "", ""),
    "change the language": lambda viewer, _: people_actions.change_language(viewer, "nb"),
    "change the password": lambda viewer, _: people_actions.change_password(viewer, "x", "et-annet-passord"),
    "end a session": lambda viewer, _: people_actions.end_session(viewer, 1),
    "make a key": lambda viewer, _: people_actions.new_token(viewer, "x"),
    "end a key": lambda viewer, _: people_actions.end_token(viewer, 1),
    "open a space": lambda viewer, _: people_actions.open_space(viewer, "x", "X"),
    "invite": lambda viewer, _: people_actions.invite_all(viewer, ""),
    "settle the house": lambda viewer, _: people_actions.settle(viewer),
    "keep a draft": lambda viewer, _: drafts.keep(viewer, {"kind": "page"}),
    "drop a draft": lambda viewer, _: drafts.drop(viewer, 1),
    "follow": lambda viewer, house: following.follow(viewer, "space", house.spaces["torget"].id),
    "keep a file": lambda viewer, house: attachments.keep(viewer, house.settings.data, "x.txt", b"x"),
    "describe a file": lambda viewer, _: versions.describe(viewer, 1, "x"),
}


@pytest.mark.parametrize("what", BY_THEMSELVES)
async def test_a_verb_asks_itself_whoever_calls_it(house: House, what: str) -> None:
    for stranger in (NOBODY, EVERYONE):
        with pytest.raises(SignInNeeded):
            await BY_THEMSELVES[what](stranger, house)


async def test_only_an_administrator_asks_people_in(house: House) -> None:
    with pytest.raises(NotAllowed):
        await people_actions.invite_all(await house.viewer("hedda"), "")


def test_every_verb_of_the_law_is_a_rule_and_every_rule_has_its_place() -> None:
    of_spaces = {"post", "join", "ask", "leave", "host", "write", "share", "open_space", "describe", "administer"}
    tested = {verb for _, _, verb, *_ in LAW}
    assert set(RULES) - of_spaces - {"helped"} == tested - {"helped"}
