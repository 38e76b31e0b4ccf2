"""What the API gives of a poll."""

from __future__ import annotations

import msgspec

from web import words
from web.entries.carried import Poll as PollRow


class Choice(msgspec.Struct, frozen=True):
    """`votes` is null as long as the results are not told."""

    id: int
    words: str
    votes: int | None
    mine: bool


class Poll(msgspec.Struct, frozen=True):
    """While it is `open`, until `until`, the results are told to those who have chosen; to nobody who chose what."""

    several: bool
    open: bool
    until: str
    voters: int | None
    choices: list[Choice]


def poll(each: PollRow) -> Poll:
    choices = [Choice(one.id, one.words, one.votes if each.told else None, one.mine) for one in each.choices]
    return Poll(each.several, each.open, words.iso(each.until), each.voters if each.told else None, choices)
