"""Lines of wikitext whose inside is turned already, put together as paragraphs, lists and blocks of Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from web.imports.mediawiki.marks import BLOCK, BREAK, END, ITEM, OPEN, STRONG, STRONG_END, bare, fence, guarded

Lines = list[str]
_BLOCK = re.compile(f"{BLOCK}(\\d+){END}")
_PREFIX = re.compile(f"(?:{ITEM}.[ \\t]*)+")
_DEEPEST = 12
_LINKING = re.compile(rf"\]\(|\[\[|{OPEN}")


class Blocks:
    """Blocks that stand in a text by their number."""

    def __init__(self) -> None:
        self._made: list[Lines] = []

    def keep(self, lines: Lines) -> str:
        """What stands for it in the text."""
        self._made.append(lines)
        return f"\n{BLOCK}{len(self._made) - 1}{END}\n" if lines else "\n\n"

    def here(self, lines: Lines) -> str:
        """The same in the middle of a line, of a list for instance."""
        return self.keep(lines).replace("\n", "")

    def flat(self, text: str, joined: str = " ") -> str:
        """A text on one line, with what stands in its blocks."""
        text = _BLOCK.sub(
            lambda found: joined.join(
                line for line in self._made[int(found[1])] if line.strip() and not line.startswith(("```", "|---"))
            ),
            text,
        )
        lines = (re.sub(f"{ITEM}.[ \\t]*", "", line).strip() for line in text.replace(BREAK, "\n").split("\n"))
        return joined.join(filter(None, lines))

    def lines(self, text: str, *, code: bool = True) -> Lines:
        """A text as blocks with blank lines between them. `code`: lines that begin with a blank are one."""
        out: list[Lines] = []
        for what, group in groupby(self._sorted(text, code), key=lambda each: each[0]):
            if made := _MAKE[what](self, [said for _, said in group]):
                out += made
        return _joined(out)

    def _sorted(self, text: str, code: bool) -> list[tuple[str, str]]:
        """Each line, and what it is one of."""
        found: list[tuple[str, str]] = []
        for line in text.split("\n"):
            if line.startswith(ITEM):
                found += (("item", each) for each in _split(line))
            elif _BLOCK.search(line):
                for number, piece in enumerate(_BLOCK.split(line)):
                    if number % 2:
                        found.append(("block", piece))
                    elif piece.strip():
                        found += [("text", piece.strip())]
            elif not line.strip(" \t\xa0" + BREAK):
                found.append(("none", ""))
            elif code and line[0] == " ":
                found.append(("code", line[1:]))
            else:
                found.append(("text", line.strip()))
        return found

    # Each makes blocks of the lines of one sort that follow each other.

    def _nothing(self, lines: Sequence[str]) -> list[Lines]:
        return []

    def _paragraph(self, lines: Sequence[str]) -> list[Lines]:
        said = "\n".join(lines)
        pieces = [piece.strip() for piece in re.split(f"[ \\t]*{BREAK}[ \\t]*\n?", said)]
        while pieces and not pieces[-1]:
            pieces.pop()
        # Two of them set paragraphs apart.
        groups = [[*group] for some, group in groupby(pieces, key=bool) if some]
        return [[guarded(line) for line in "\\\n".join(group).split("\n")] for group in groups]

    def _code(self, lines: Sequence[str]) -> list[Lines]:
        if any(_LINKING.search(line) for line in lines):
            return self._paragraph([line + BREAK for line in lines])
        return [fence("\n".join(bare(line) for line in lines))]

    def _whole(self, lines: Sequence[str]) -> list[Lines]:
        return [self._made[int(number)] for number in lines]

    def _list(self, lines: Sequence[str]) -> list[Lines]:
        items: list[tuple[str, Lines]] = []
        for line in lines:
            found = _PREFIX.match(line)
            if found is None:
                continue
            signs = re.sub(f"[{ITEM} \\t]", "", found[0])[:_DEEPEST]
            items.append((signs, self._said(line[found.end() :])))
        return _lists(items)

    def _said(self, text: str) -> Lines:
        """What stands in an item: words, and blocks under them."""
        pieces = _BLOCK.split(text)
        out: list[Lines] = []
        for number, piece in enumerate(pieces):
            out += self._whole([piece]) if number % 2 else self._paragraph([piece.strip()]) if piece.strip() else []
        return _joined(out)


_MAKE: dict[str, Callable[[Blocks, Sequence[str]], list[Lines]]] = {
    "none": Blocks._nothing, "text": Blocks._paragraph, "code": Blocks._code, "block": Blocks._whole, "item": Blocks._list,
}  # fmt: skip


def _joined(blocks: Sequence[Lines]) -> Lines:
    out: Lines = []
    for block in blocks:
        if block:
            out += ["", *block] if out else block
    return out


def _split(line: str) -> list[str]:
    """`; term : meaning` on one line are two."""
    found = _PREFIX.match(line)
    first = found[0] if found else ""
    rest = line[len(first) :]
    if ITEM not in rest:
        return [line]
    term, _, meaning = rest.partition(ITEM)
    signs = first.rstrip(" \t")
    return [first + term, *_split(signs[:-1] + meaning[:1] + meaning[1:])]


def _lists(items: Sequence[tuple[str, Lines]], *, within: bool = False) -> list[Lines]:
    """Items with the signs before them, as lists in lists. `within` an item, what is only set in goes on with it."""
    out: list[Lines] = []
    for sign, group in groupby(items, key=lambda each: "*#".find(each[0][0])):
        here = [*group]
        if sign < 0 and within and all(signs[0] == ":" for signs, _ in here):
            out.append(_under(here))
        elif sign < 0:
            out += _meanings(here)
        else:
            out.append(_bullets(here, "- " if sign == 0 else "1. "))
    return out


def _bullets(items: Sequence[tuple[str, Lines]], mark: str) -> Lines:
    out: Lines = []
    number = 1
    for own, below in _entries(items):
        begins = mark if mark == "- " else f"{number}. "
        lists = _lists(below, within=True) if below else []
        tight = lists and lists[0][0].startswith(("- ", "1. ", "> "))
        said = [*own, *([] if tight or not own or not lists else [""]), *_joined(lists)]
        out += hung(begins, said)
        number += 1
    return out


def _entries(items: Sequence[tuple[str, Lines]]) -> list[tuple[Lines, list[tuple[str, Lines]]]]:
    """Each item with those that stand under it."""
    entries: list[tuple[Lines, list[tuple[str, Lines]]]] = []
    for signs, said in items:
        if len(signs) == 1:
            entries.append((said, []))
        else:
            if not entries:
                entries.append(([], []))
            entries[-1][1].append((signs[1:], said))
    return entries


def hung(mark: str, said: Lines) -> Lines:
    """Lines under a mark."""
    blank = " " * len(mark)
    return [(mark if number == 0 else blank if line else "") + line for number, line in enumerate(said)] or [
        mark.rstrip()
    ]


def quoted(lines: Lines) -> Lines:
    return [f"> {line}" if line else ">" for line in lines]


def _meanings(items: Sequence[tuple[str, Lines]]) -> list[Lines]:
    """Terms become items in bold, with their meanings under them; what is only set in is a quotation, as deep as it is set in."""
    out: list[Lines] = []
    terms: Lines = []
    for is_term, group in groupby(items, key=lambda each: each[0] == ";"):
        here = [*group]
        if is_term:
            for _, said in here:
                terms += hung("- ", [STRONG + " ".join(said) + STRONG_END])
        elif terms:
            meaning = _under(here) or [""]
            terms[-1] += "\\" if meaning[0] and not meaning[0].startswith(("- ", "> ", "`")) else ""
            terms += [f"  {line}" if line else "" for line in meaning]
        else:
            out.append(quoted(_under(here)))
    return [*out, terms] if terms else out


def _under(items: Sequence[tuple[str, Lines]]) -> Lines:
    out: list[Lines] = []
    for alone, group in groupby(items, key=lambda each: len(each[0]) == 1):
        here = [*group]
        out += [said for _, said in here] if alone else _lists([(signs[1:], said) for signs, said in here])
    return _joined(out)
