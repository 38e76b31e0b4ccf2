"""Two texts beside each other: what changed, in rows of what was and what is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from web.entries.diff import Block


@dataclass(frozen=True)
class Row:
    """What stood there, and what stands there now. Either may be None, for nothing; of what stayed, and of what is skipped, both are the same."""

    before: Block | None
    after: Block | None


def sides(blocks: Sequence[Block]) -> tuple[Row, ...]:
    """Each block of a comparison on its side; what was removed stands beside what was added in its place."""
    return tuple(_rows(list(blocks)))


def _rows(blocks: list[Block]) -> Iterator[Row]:
    at = 0
    while at < len(blocks):
        block = blocks[at]
        follows = blocks[at + 1] if at + 1 < len(blocks) else None
        if block.what == "removed" and follows is not None and follows.what == "added":
            yield Row(block, follows)
            at += 1
        elif block.what in ("removed", "left"):
            yield Row(block, None)
        elif block.what in ("added", "came"):
            yield Row(None, block)
        else:
            yield Row(_without(block, "added"), _without(block, "removed"))
        at += 1


def _without(block: Block, what: str) -> Block:
    return replace(block, pieces=tuple(piece for piece in block.pieces if piece.what != what))
