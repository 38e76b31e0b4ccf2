"""HTML, Markdown and plain text of others become Markdown of ours, with links that lead where the same is here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from web.imports.mediawiki.marks import (
    ESCAPE,
    OURS,
    SLANTED,
    SLANTED_END,
    STRONG,
    STRONG_END,
    STRUCK,
    code,
    escaped,
    fence,
    finished,
    guarded,
    tidy,
)
from web.imports.mediawiki.settling import addressed
from web.imports.talk.trees import Node, grown
from web.source import comments, without_code

_BLOCKS = frozenset({
    "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "header", "hr", "li", "main", "ol", "p", "pre",
    "section", "summary", "table", "ul", "h1", "h2", "h3", "h4", "h5", "h6",
})  # fmt: skip
_PAIRS = {
    **dict.fromkeys(("b", "strong"), (STRONG, STRONG_END)), **dict.fromkeys(("i", "em"), (SLANTED, SLANTED_END)),
    **dict.fromkeys(("s", "strike", "del"), (STRUCK, STRUCK)),
}  # fmt: skip
_CODE = frozenset({"code", "kbd", "tt"})
_MEDIA = frozenset({"audio", "video", "source", "iframe"})
_LANGUAGE = re.compile(r"(?:^|\s)lang(?:uage)?-([\w+#.-]+)")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BREAK, _SHOWN = "\ufdd4", "\ufdde"
# What somebody exclaims right before a link makes no picture of it.
_EXCLAIMED = re.compile(f"(?<![{_SHOWN}{ESCAPE}])!(?=\\[)")
_URL = re.compile(r"https?://[^\s<>\"\[\]]*[^\s<>\"\[\].,;:!?')]")
_SUPER = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUB = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_IN_MARKDOWN = re.compile(r"(?<![\w&#/\\])#(?=[^\W\d_])|(?<![\w@/\\])@(?=[A-Za-z0-9])")
_LED = re.compile(
    r"(?P<before>\]\(<?)(?P<to>[^\s()<>]+)|(?P<bare>https?://[^\s<>()\[\]\"]+)|(?P<defined>^ {0,3}\[[^\]\n]+\]:\s*<?)(?P<at>\S+?)(?=>?\s|>?$)",
    re.MULTILINE,
)
_HINT = re.compile(r"<!-- *language(?:-all)?: *[\w+#.-]* *-->\n*")


def _as_it_is(address: str) -> str:
    return address


def _nobody(node: Node) -> str | None:
    return None


@dataclass
class Turning:
    """`link`: where what an address means is here, or the whole address, or nothing when it leads nowhere. `special`: what becomes of a
    link that means somebody, or a tag. `lost`: told of what could not be kept, as a word and a sentence."""

    link: Callable[[str], str] = _as_it_is
    special: Callable[[Node], str | None] = _nobody
    lost: list[tuple[str, str]] = field(default_factory=list)

    def html(self, said: str) -> str:
        return _written(self._blocks(grown(OURS.sub("", tidy(said))).inside))

    def markdown(self, said: str) -> str:
        """Others' Markdown: what it says stays, but it names no one here and gives no tags."""
        said = _HINT.sub("", tidy(said)).strip("\n")
        shadow = without_code(said)
        for start, end in reversed(comments(shadow)):
            said, shadow = said[:start] + said[end:], shadow[:start] + shadow[end:]
        edits = [(found.start(), found.start(), "\\") for found in _IN_MARKDOWN.finditer(_without_urls(shadow))]
        edits += [edit for found in _LED.finditer(shadow) for edit in self._led(found)]
        for start, end, new in sorted(edits, reverse=True):
            said = said[:start] + new + said[end:]
        return said.rstrip()

    def _led(self, found: re.Match[str]) -> Iterable[tuple[int, int, str]]:
        name = "to" if found["to"] else "bare" if found["bare"] else "at"
        was = found[name]
        now = self.link(was)
        if now and now != was:
            start, end = found.span(name)
            bare = name == "bare" and now.startswith("/")
            yield start, end, f"[{escaped_now(was)}]({now})" if bare else now

    def text(self, said: str) -> str:
        """Plain text: each of its lines stays one."""
        parts = re.split(r"\n[ \t]*\n+", OURS.sub("", tidy(said)).strip())
        return _written([self._lines(part.split("\n")) for part in parts])

    def _lines(self, lines: Sequence[str]) -> list[str]:
        made = [finished(guarded(self._addressed(line.strip()))) for line in lines if line.strip()]
        return [f"{line}\\" if number < len(made) else line for number, line in enumerate(made, start=1)]

    def _addressed(self, line: str) -> str:
        parts, last = [], 0
        for found in _URL.finditer(line):
            parts += [escaped(line[last : found.start()]), self._bare(found[0])]
            last = found.end()
        return "".join([*parts, escaped(line[last:])])

    def _bare(self, address: str) -> str:
        to = self.link(address)
        return f"[{escaped(address)}]({to})" if to.startswith("/") else f"<{addressed(address, angled=True)}>"

    # Blocks.

    def _blocks(self, inside: Sequence[Node | str]) -> list[list[str]]:
        made: list[list[str]] = []
        running: list[Node | str] = []

        def end() -> None:
            if lines := self._paragraph(running):
                made.append(lines)
            running.clear()

        for each in inside:
            if isinstance(each, Node) and (each.tag in _BLOCKS or _holds_blocks(each)):
                end()
                made.extend(self._block(each))
            else:
                running.append(each)
        end()
        return made

    def _paragraph(self, inside: Sequence[Node | str]) -> list[str]:
        said = self._inline(inside)
        lines = [_BLANKS.sub(" ", line).strip() for line in said.split(_BREAK)]
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            lines.pop(0)
        made = finished(f"{ESCAPE}\n".join(guarded(line) for line in lines if line)).replace(_SHOWN, "")
        return made.split("\n") if made else []

    def _block(self, node: Node) -> list[list[str]]:
        tag = node.tag
        if tag == "hr":
            return [["---"]]
        if tag == "pre":
            return [self._code(node)]
        if tag in ("ul", "ol"):
            return self._list(node)
        if tag == "table":
            return self._table(node)
        if tag == "aside":
            return self._aside(node)
        if tag[0] == "h" and tag[1:].isdecimal():
            said = " ".join(self._paragraph(node.inside)).rstrip("\\")
            return [[f"{'#' * int(tag[1])} {said}"]] if said else []
        if tag == "blockquote":
            return _quoted(self._blocks(node.inside))
        if tag in ("dt", "summary", "figcaption"):
            return [[f"**{line}**"] for line in [" ".join(self._paragraph([node.text()]))] if line]
        return self._blocks(node.inside)

    def _code(self, node: Node) -> list[str]:
        within = node.first("code")
        named = next(
            (found[1] for each in (within, node) if each and (found := _LANGUAGE.search(each.given.get("class", "")))),
            "",
        )
        return fence(node.text(), "" if named in ("none", "auto", "plaintext", "default") else named)

    def _list(self, node: Node) -> list[list[str]]:
        lines: list[str] = []
        first = int(node.given.get("start", "1")) if node.given.get("start", "1").isdecimal() else 1
        items = [each for each in node.inside if isinstance(each, Node)]
        for number, item in enumerate(items, start=min(first, 999_999)):
            mark = f"{number}. " if node.tag == "ol" else "- "
            said = self._blocks(item.inside) if item.tag == "li" else self._block(item)
            spaced = len(said) > 1 and any(each.tag == "p" for each in item.inside if isinstance(each, Node))
            whole = _written(said, "\n\n" if spaced or _needs_room(said) else "\n").split("\n") if said else [""]
            if lines and spaced:
                lines.append("")
            lines += [
                (mark if place == 0 else " " * len(mark) if line else "") + line for place, line in enumerate(whole)
            ]
        return [lines] if lines else []

    def _table(self, node: Node) -> list[list[str]]:
        rows = [
            [self._cell(cell) for cell in row.inside if isinstance(cell, Node) and cell.tag in ("td", "th")]
            for row in _all(node, "tr")
        ]
        rows = [row for row in rows if row]
        if not rows:
            return self._blocks(node.inside)
        wide = max(map(len, rows))
        whole = [f"| {' | '.join(row + [''] * (wide - len(row)))} |" for row in rows]
        return [[whole[0], f"|{' --- |' * wide}", *whole[1:]]]

    def _cell(self, cell: Node) -> str:
        blocks = [" ".join(line.rstrip("\\") for line in lines) for lines in self._blocks(cell.inside)]
        return re.sub(r"(?<!\\)\|", r"\\|", " ".join(blocks))

    def _aside(self, node: Node) -> list[list[str]]:
        """What Discourse shows of somebody's words, and of what a link leads to."""
        if "onebox" in node.classes and (led := node.first("a")) is not None:
            heading = node.first("h3", "h4")
            words = " ".join((heading or led).text().split()) or led.given.get("href", "")
            return [self._paragraph([Node("a", led.given, [words])])]
        quote = node.first("blockquote")
        if quote is None:
            return self._blocks(node.inside)
        who = finished(escaped(node.given.get("data-username", "")[:100]))
        return _quoted([*([[f"**{who}:**"]] if who else []), *self._blocks(quote.inside)])

    # Lines.

    def _inline(self, inside: Sequence[Node | str]) -> str:
        said = "".join(
            escaped(_BLANKS.sub(" ", each)) if isinstance(each, str) else self._inline_of(each) for each in inside
        )
        return _EXCLAIMED.sub(f"{ESCAPE}!", said)

    def _inline_of(self, node: Node) -> str:
        tag = node.tag
        if tag == "br":
            return _BREAK
        if tag in _CODE:
            return code(node.text())
        if tag == "img":
            return self._image(node)
        if tag == "a":
            return self._link(node)
        if tag in _MEDIA:
            led = node.given.get("src") or (within.given.get("src", "") if (within := node.first("source")) else "")
            return self._bare(led) if led.startswith(("http://", "https://")) else ""
        if tag in ("sup", "sub"):
            return self._raised(node)
        said = self._inline(node.inside)
        if tag not in _PAIRS or not said.strip():
            return said
        begins, ends = _PAIRS[tag]
        bare = said.strip(" " + _BREAK)
        before, after = said[: len(said) - len(said.lstrip(" " + _BREAK))], said[len(said.rstrip(" " + _BREAK)) :]
        return f"{before}{begins}{bare}{ends}{after}"

    def _raised(self, node: Node) -> str:
        said = node.text().strip()
        turned = said.translate(_SUPER if node.tag == "sup" else _SUB)
        if said and not (set(said) & set(turned)):
            return turned
        within = self._inline(node.inside)
        return f"^{within}" if node.tag == "sup" and within.strip() else within

    def _image(self, node: Node) -> str:
        alt = " ".join(node.given.get("alt", "").split())
        if "emoji" in node.classes:
            return escaped(alt or node.given.get("title", ""))
        to = self.link(node.given.get("src", ""))
        if not to:
            self.lost.append(
                (
                    "image",
                    f"A picture leads nowhere: {alt[:80] or node.given.get('src', '')[:200] or 'without an address'}.",
                )
            )
            return escaped(alt)
        return f"{_SHOWN}![{_labelled(escaped(alt))}]({addressed(to)})"

    def _link(self, node: Node) -> str:
        if (special := self.special(node)) is not None:
            return special
        was = node.given.get("href", "")
        said = self._inline(node.inside)
        if not was:
            return said
        words = " ".join(node.text().split())
        to = self.link(was)
        if not to:
            self.lost.append(("link", f"{was[:200]} leads nowhere from here."))
            return said
        if words in (was, was.removeprefix("https://").removeprefix("http://")) and not to.startswith("/"):
            return f"<{addressed(to, angled=True)}>" if to.startswith(("http://", "https://")) else said
        label = said.replace(_BREAK, " ").strip()
        if not label:
            return f"<{addressed(to, angled=True)}>" if to.startswith(("http://", "https://")) else ""
        shown = label if node.first("img") else _labelled(label)
        gap = " " if said[:1] in (" ", _BREAK) else ""
        return f"{gap}[{shown}]({addressed(to)}){' ' if said[-1:] in (' ', _BREAK) else ''}"


def escaped_now(words: str) -> str:
    """Text that means nothing, as it stands in Markdown."""
    return finished(escaped(OURS.sub("", words)))


def _labelled(label: str) -> str:
    return re.sub(f"(?<!{ESCAPE})\\]", f"{ESCAPE}]", label)


def _without_urls(shadow: str) -> str:
    return re.sub(r"https?://\S+|\]\([^)\n]*\)", lambda found: " " * len(found[0]), shadow)


def _holds_blocks(node: Node) -> bool:
    return node.tag not in ("a", "code", "kbd", "tt") and node.first(*_BLOCKS) is not None


def _all(node: Node, tag: str) -> list[Node]:
    """Those within it, but not within each other."""
    found: list[Node] = []
    for each in node.inside:
        if isinstance(each, Node):
            found += [each] if each.tag == tag else _all(each, tag)
    return found


def _needs_room(blocks: Sequence[list[str]]) -> bool:
    """Whether what stands there needs an empty line before it."""
    return any(lines[0].startswith(("```", "|", ">", "#")) for lines in blocks[1:])


def _quoted(blocks: Sequence[list[str]]) -> list[list[str]]:
    said = _written(blocks)
    return [[f"> {line}".rstrip() for line in said.split("\n")]] if said else []


def _written(blocks: Iterable[Sequence[str]], between: str = "\n\n") -> str:
    return between.join("\n".join(lines) for lines in blocks).strip("\n")
