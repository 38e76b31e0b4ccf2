"""What each of many changes did to its text, in brief: for a list of them."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from web.entries import queries
from web.entries.diff import Block, Piece, word_diff
from web.entries.rows import Change, Wording
from web.policy import Viewer

# In letters: a text up to which it is compared word by word, what is shown of one change, and of what stayed beside a changed word
# and before and after a changed line.
_COMPARED, _SHOWN, _BESIDE, _AROUND = 30_000, 4_000, 90, 160
_A_BLOCK = 20  # what showing one takes besides its letters
# Of all changes on a page together: letters in lines that are not in both texts.
_TOGETHER = 120_000
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True)
class Compared:
    """What a change did. `added` and `removed` count words. `title`, `tags` and `lead`: before and after, where they changed.

    same: the text stayed as it was.
    blocks: what to show of it; empty for a first text, one that is too long to be compared here, and one that stayed.
    whole: whether that is all of it.
    """

    added: int = 0
    removed: int = 0
    same: bool = False
    blocks: tuple[Block, ...] = ()
    whole: bool = True
    title: tuple[str, str] | None = None
    tags: tuple[str, str] | None = None
    lead: tuple[str, str] | None = None


async def compared(viewer: Viewer, changes: Sequence[Change], *, older: bool = True) -> dict[int, Compared]:
    """By the ids of the changes. Without `older`, nothing is shown that does not stand in a text of today."""
    wanted = {id for each in changes for id in (each.id, each.before, None if older else each.current) if id}
    texts = await queries.texts_of(viewer, wanted)
    return await asyncio.to_thread(_all, changes, texts, older)


def _all(changes: Sequence[Change], texts: Mapping[int, Wording], older: bool) -> dict[int, Compared]:
    found, left = {}, _TOGETHER
    for each in changes:
        if each.id not in texts:
            continue
        new, old = texts[each.id], texts.get(each.before or 0)
        if old is None:
            found[each.id] = Compared(added=len(new.body.split()))
            continue
        told = _told(old, new) if older else Compared()
        size = _differing(old.body, new.body)
        if old.body == new.body:
            found[each.id] = replace(told, same=True)
        elif max(len(old.body), len(new.body)) > _COMPARED or size > left:
            added, removed = _counted(old.body, new.body)
            found[each.id] = replace(told, added=added, removed=removed, whole=False)
        else:
            left -= size
            found[each.id] = _by_word(told, old.body, new.body, None if older else texts[each.current].body)
    return found


def _by_word(told: Compared, old: str, new: str, today: str | None) -> Compared:
    """With the words that came and went; where there is a text of `today`, only what stands in it is shown."""
    blocks = word_diff(old, new)
    added, removed = (sum(len(_WORDS.findall(text)) for text in _of(blocks, what)) for what in ("added", "removed"))
    brief, whole = _in_brief(blocks if today is None else _still(blocks, today))
    return replace(told, added=added, removed=removed, blocks=brief, whole=whole)


def _told(old: Wording, new: Wording) -> Compared:
    title = (old.title, new.title) if old.title != new.title else None
    lead = (old.lead, new.lead) if old.lead != new.lead else None
    return Compared(title=title, tags=(old.tags, new.tags) if old.tags != new.tags else None, lead=lead)


def _differing(old: str, new: str) -> int:
    """What comparing them costs: letters in the lines that only one of them has."""
    return sum(map(len, set(old.split("\n")) ^ set(new.split("\n"))))


def _counted(old: str, new: str) -> tuple[int, int]:
    """How many words came and went, wherever they stand."""
    gone, come = old.split(), new.split()
    many = Counter(come)
    stayed = sum(min(count, many[word]) for word, count in Counter(gone).items() if word in many)
    return len(come) - stayed, len(gone) - stayed


def _of(blocks: Iterable[Block], what: str) -> Iterator[str]:
    return (piece.text for block in blocks for piece in block.pieces if piece.what == what)


# Of a text that is not in a snapshot.


def _still(blocks: Iterable[Block], today: str) -> Sequence[Block]:
    """What is left of a comparison when nothing may be shown but lines of the text as it stands today: what was added and is still
    there. Nothing at all where nothing of it is."""
    stand = set(today.split("\n"))
    left: list[Block] = []
    for block in blocks:
        kept = tuple(piece for piece in block.pieces if piece.what not in ("removed", "left"))
        if block.what == "changed":
            if "".join(piece.text for piece in kept) in stand:
                left.append(replace(block, pieces=kept))
        elif kept:
            lines = [line for line in kept[0].text.split("\n") if line in stand]
            if lines:
                left.append(replace(block, pieces=(Piece(kept[0].what, "\n".join(lines)),), count=len(lines)))
        elif block.what == "skipped":
            left.append(block)
    return left if any((*_of(left, "added"), *_of(left, "came"))) else ()


# In brief.


def _in_brief(blocks: Sequence[Block]) -> tuple[tuple[Block, ...], bool]:
    """As much of it as is looked over in a list, and whether that is all: of what stayed, only what is next to a change."""
    shown: list[Block] = []
    left = _SHOWN
    for block in _hunks(blocks):
        size = _A_BLOCK + sum(len(piece.text) for piece in block.pieces)
        if size > left:
            return tuple(shown or [_cut(block, left)]), False
        shown.append(block)
        left -= size
    return tuple(shown), True


def _hunks(blocks: Sequence[Block]) -> list[Block]:
    """The changes, with one line that says something before and after each, and how many lines lie between."""
    found: list[Block] = []
    for block, before, after in zip(blocks, (None, *blocks), (*blocks[1:], None), strict=False):
        if block.what in ("added", "removed", "left", "came"):
            # An empty line beside it divides paragraphs, and says nothing here.
            found.append(
                replace(block, pieces=tuple(replace(each, text=each.text.strip("\n")) for each in block.pieces))
            )
        elif block.what == "changed":
            found.append(replace(block, pieces=tuple(_middle_left_out(piece, _BESIDE) for piece in block.pieces)))
        elif block.what == "skipped":
            found.append(block)
        else:
            found += _beside(block, _is_change(before), _is_change(after))
    joined: list[Block] = []
    for block in found:
        if block.what == "skipped" and joined and joined[-1].what == "skipped":
            joined[-1] = replace(block, count=joined[-1].count + block.count)
        else:
            joined.append(block)
    # What lies before the first and after the last says nothing of the change.
    return [each for at, each in enumerate(joined) if each.what != "skipped" or 0 < at < len(joined) - 1]


def _is_change(block: Block | None) -> bool:
    return block is not None and block.what not in ("same", "skipped")


def _beside(block: Block, follows: bool, precedes: bool) -> Iterator[Block]:
    lines = block.pieces[0].text.split("\n")
    said = [at for at, line in enumerate(lines) if line.strip()]
    if not said:
        return
    first, last = said[0], said[-1]
    if follows:
        yield _context(lines[first])
    if precedes and (last != first or not follows):
        if last - first > 1 or not follows:
            yield Block("skipped", (), last - first - 1 if follows else last)
        yield _context(lines[last])
    elif not precedes:
        yield Block("skipped", (), len(lines) - first - 1)


def _context(line: str) -> Block:
    return Block("same", (_middle_left_out(Piece("same", line), _AROUND),), 1)


def _middle_left_out(piece: Piece, around: int) -> Piece:
    text = piece.text
    if piece.what != "same" or len(text) <= 2 * around + 20:
        return piece
    return Piece(piece.what, f"{text[:around].rsplit(' ', 1)[0]} … {text[-around:].split(' ', 1)[-1]}")


def _cut(block: Block, most: int) -> Block:
    """The beginning of it."""
    pieces = []
    for piece in block.pieces:
        if most > 0:
            pieces.append(Piece(piece.what, piece.text if len(piece.text) <= most else f"{piece.text[:most]}…"))
        most -= len(piece.text)
    return replace(block, pieces=tuple(pieces))
