"""Between wikitext and Markdown: text with signs of its own for what is markup, so that what is only text is told from it to the end."""

from __future__ import annotations

import re
import unicodedata

# They stand in no text: whatever is read is cleaned of them first.
ESCAPE = "\ufdd0"  # a backslash that is ours
BLOCK, END = "\ufdd1", "\ufdd2"  # around the number of a block
ITEM = "\ufdd3"  # before each sign of a list
BREAK = "\ufdd4"  # a new line that stays one
STRONG, STRONG_END, SLANTED, SLANTED_END = "\ufdd5", "\ufdd6", "\ufdd7", "\ufdd8"
STRUCK = "\ufdd9"
# Around and between what is said of a link whose address is not known yet; the last: it stands in a cell.
OPEN, CLOSE, BAR, CELL = "\ufdda", "\ufddb", "\ufddc", "\ufddd"
OURS = re.compile("[\ufdd0-\ufdef]")
_MARKUP = re.compile("[\ufdd0-\ufdd9\ufdde-\ufdef]")
_SIGNS = {STRONG: "**", STRONG_END: "**", SLANTED: "*", SLANTED_END: "*"}
_PAIRS = {STRONG_END: STRONG, SLANTED_END: SLANTED}
# What no text holds: as in a folder of Markdown.
_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

_MEANS = re.compile(
    r"[\\`\[]|~~|(?<!\s)\*|\*(?!\s)|(?<![^\W_])_|_(?![^\W_])|<(?=[A-Za-z/!?])|&(?=#?\w{1,32};)"
    r"|(?<![\w&#/])#(?=[^\W\d_])|(?<![\w@/])@(?=[A-Za-z0-9])"
)
_BEGINS = re.compile(r"(?:[-+>]|#{1,6})(?=\s|$)|(?:=+|-{2,}|_{3,}|\*{3,})\s*$|[>:|]|~{3,}|!(?=\[)")
_NUMBERED = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
_TICKS = re.compile(r"`+")


def tidy(text: str) -> str:
    return (
        _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )


def escaped(text: str) -> str:
    """Text that is to mean nothing."""
    return _MEANS.sub(lambda found: ESCAPE + found[0], text)


def guarded(line: str) -> str:
    """A line of a paragraph, so that it begins nothing else."""
    if _BEGINS.match(line):
        return ESCAPE + line
    if found := _NUMBERED.match(line):
        return line[: found.end()] + ESCAPE + line[found.end() :]
    return line


def code(text: str) -> str:
    """A span of code."""
    said = " ".join(bare(text).split())
    if not said:
        return ""
    ticks = "`" * (max((len(each) for each in _TICKS.findall(said)), default=0) + 1)
    ticks = ticks if ticks != "``" or "`" in said else "`"
    gap = " " if said[0] == "`" or said[-1] == "`" else ""
    return f"{ticks}{gap}{said}{gap}{ticks}"


def fence(text: str, language: str = "") -> list[str]:
    """A block of code, as lines."""
    lines = bare(text).strip("\n").expandtabs(4).split("\n")
    longest = max((len(each) for line in lines for each in _TICKS.findall(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    named = re.sub(r"[^\w+#.-]", "", language)[:30]
    # In that one, a text asks something of the house.
    return [ticks + ("" if named.lower() == "list" else named), *lines, ticks]


def bare(text: str) -> str:
    """Without our signs."""
    return OURS.sub("", text.replace(BREAK, "\n"))


def settled_later(text: str) -> str:
    """Without our signs but for those of links."""
    return _MARKUP.sub("", text.replace(BREAK, "\n"))


def finished(text: str) -> str:
    """With Markdown's signs for ours. Where Markdown would not take them for such, they are left out."""
    text = _emphasis(text)
    return text.replace(ESCAPE, "\\").replace(STRUCK, "~~")


def _emphasis(text: str) -> str:
    if STRONG not in text and SLANTED not in text:
        return OURS_OF_EMPHASIS.sub("", text)
    open_: list[int] = []
    good: set[int] = set()
    signs = [(found.start(), found[0]) for found in OURS_OF_EMPHASIS.finditer(text)]
    for place, sign in signs:
        if sign in _PAIRS:
            while open_ and text[open_[-1]] != _PAIRS[sign]:
                open_.pop()
            if open_:
                begins = open_.pop()
                if _holds(text, begins, place):
                    good |= {begins, place}
        else:
            open_.append(place)
    parts, last = [], 0
    for place, sign in signs:
        parts += [text[last:place], _SIGNS[sign] if place in good else ""]
        last = place + 1
    return "".join([*parts, text[last:]])


OURS_OF_EMPHASIS = re.compile(f"[{STRONG}{STRONG_END}{SLANTED}{SLANTED_END}]")


def _holds(text: str, begins: int, ends: int) -> bool:
    """Whether what opens is seen to open there, and what closes to close."""
    inside = OURS_OF_EMPHASIS.sub("", text[begins + 1 : ends])
    if not inside.strip() or inside[0].isspace() or inside[-1].isspace() or "\n\n" in inside:
        return False
    before = OURS_OF_EMPHASIS.sub("", text[max(0, begins - 4) : begins])[-1:]
    after = OURS_OF_EMPHASIS.sub("", text[ends + 1 : ends + 5])[:1]
    return (not _punctuation(inside[0]) or not _word(before)) and (not _punctuation(inside[-1]) or not _word(after))


def _punctuation(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "PS" or bool(OURS.match(sign))


def _word(sign: str) -> bool:
    return bool(sign) and not sign.isspace() and not _punctuation(sign)
