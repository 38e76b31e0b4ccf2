"""Where a page comes to stand in the tree when it goes one step up, down, in or out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from web.entries.rows import Branch


class Spot(NamedTuple):
    """Under `parent` (None: at the top), before the page `before` (None: last)."""

    parent: int | None
    before: int | None


def spot_of(tree: Sequence[Branch], id: int) -> Spot | None:
    """Where it stands; None when it does not stand there. `tree` is in reading order."""
    at = _find(tree, id)
    return None if at is None else Spot(_parent(tree, at), _id(tree, _next(tree, at)))


def stepped(tree: Sequence[Branch], id: int, step: str) -> Spot | None:
    """Where a step leads: up, down, in or out; None when there is no way."""
    at = _find(tree, id)
    if at is None:
        return None
    before, after, above = _before(tree, at), _next(tree, at), _above(tree, at)
    match step:
        case "up" if before is not None:
            return Spot(_parent(tree, at), tree[before].ref.id)
        case "down" if after is not None:
            return Spot(_parent(tree, at), _id(tree, _next(tree, after)))
        case "in" if before is not None:
            return Spot(tree[before].ref.id, None)
        case "out" if above is not None:
            return Spot(_parent(tree, above), _id(tree, _next(tree, above)))
    return None


def _find(tree: Sequence[Branch], id: int) -> int | None:
    return next((at for at, each in enumerate(tree) if each.ref.id == id), None)


def _id(tree: Sequence[Branch], at: int | None) -> int | None:
    return None if at is None else tree[at].ref.id


def _parent(tree: Sequence[Branch], at: int) -> int | None:
    return _id(tree, _above(tree, at))


def _above(tree: Sequence[Branch], at: int) -> int | None:
    """The one that it stands under."""
    return next((place for place in range(at - 1, -1, -1) if tree[place].depth < tree[at].depth), None)


def _before(tree: Sequence[Branch], at: int) -> int | None:
    """The one before it under the same page."""
    for place in range(at - 1, -1, -1):
        if tree[place].depth <= tree[at].depth:
            return place if tree[place].depth == tree[at].depth else None
    return None


def _next(tree: Sequence[Branch], at: int) -> int | None:
    """The one after it under the same page."""
    for place in range(at + 1, len(tree)):
        if tree[place].depth <= tree[at].depth:
            return place if tree[place].depth == tree[at].depth else None
    return None
