"""Wikitext becomes Markdown: a walk over what mwparserfromhell finds in it. What has no place in Markdown stays readable, and is reported."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import mwparserfromhell
from mwparserfromhell.nodes import (
    Argument,
    Comment,
    ExternalLink,
    Heading,
    HTMLEntity,
    Node,
    Tag,
    Template,
    Text,
    Wikilink,
)  # fmt: skip

from web.imports.mediawiki import links, tags
from web.imports.mediawiki.blocks import Blocks, Lines
from web.imports.mediawiki.marks import ESCAPE, ITEM, OPEN, OURS, code, escaped, fence, finished, settled_later, tidy
from web.imports.mediawiki.names import Name, Names

# What is longer takes the parser too long; it stays as it is.
MOST_PARSED = 400_000
_DEEPEST = 60
_TRAIL = re.compile(r"[a-zà-öø-ÿā-ž]+")
_SWITCH = re.compile(r"__([A-ZÆØÅÄÖ]{3,25})__")
# Boxes that most wikis have, under these names.
_BOXES = {
    "merk": "NOTE", "note": "NOTE", "info": "NOTE", "obs": "IMPORTANT", "viktig": "IMPORTANT", "important": "IMPORTANT", "tips": "TIP",
    "tip": "TIP", "hint": "TIP", "advarsel": "WARNING", "warning": "WARNING", "fare": "CAUTION", "caution": "CAUTION",
}  # fmt: skip
_NOTES = frozenset({"reflist", "refs", "references", "referanser", "fotnoter", "noter"})
_MAGIC = frozenset({"defaultsort", "displaytitle", "defaultsortkey", "sorter", "standardsortering"})


@dataclass(frozen=True)
class Made:
    """What became of a text. `files` are those that it shows; `problems` are sorts and what there was of each."""

    body: str
    tags: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


@dataclass
class Turning:
    """One text while it is turned. `keep`: addresses of machines may name people. `deep`: how many things stand around what is looked at."""

    name: Name
    names: Names
    keep: bool = False
    blocks: Blocks = field(default_factory=Blocks)
    tags: dict[str, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    problems: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)
    deep: int = 0

    def report(self, what: str, detail: str) -> None:
        self.problems[what, " ".join(OURS.sub("", detail).split())[:200]] += 1

    # The walk.

    def inline(self, nodes: Any) -> str:
        """Nodes as a text with our signs."""
        self.deep += 1
        try:
            if self.deep > _DEEPEST:
                return escaped(str(nodes))
            out = ""
            given = list(getattr(nodes, "nodes", nodes))
            trail = ""
            for node, after in zip(given, [*given[1:], None], strict=False):
                if isinstance(node, Wikilink):
                    found = _TRAIL.match(after.value) if isinstance(after, Text) else None
                    trail = found[0] if found else ""
                    made = links.wikilink(self, node, trail)
                elif isinstance(node, Text):
                    made, trail = self._text(node.value.removeprefix(trail)), ""
                else:
                    made = self.node(node, out, after)
                if out.endswith("!") and made.startswith(("[", OPEN)):
                    out = out[:-1] + ESCAPE + "!"
                out += made
            return out
        finally:
            self.deep -= 1

    def lines(self, nodes: Any, *, code: bool = True) -> Lines:
        return self.blocks.lines(self.inline(nodes), code=code)

    def flat(self, nodes: Any) -> str:
        return self.blocks.flat(self.inline(nodes))

    def bare(self, nodes: Any) -> str:
        """What is read, without markup."""
        parts = []
        for node in getattr(nodes, "nodes", nodes):
            if isinstance(node, Text):
                parts.append(node.value)
            elif isinstance(node, HTMLEntity):
                parts.append(node.normalize() or str(node))
            elif isinstance(node, Tag):
                parts.append("\n" if str(node.tag) == "br" else self.bare(node.contents) if node.contents else "")
            elif isinstance(node, Wikilink):
                parts.append(str(node.text if node.text is not None else node.title))
            elif not isinstance(node, Comment):
                parts.append(str(node))
        return "".join(parts)

    def node(self, node: Node, before: str, after: Node | None) -> str:
        if isinstance(node, ExternalLink):
            return links.external(self, node)
        if isinstance(node, Tag):
            return tags.tag(self, node, before, after)
        if isinstance(node, Template):
            return self._template(node, before, after)
        if isinstance(node, Heading):
            said = self.flat(node.title).strip()
            return self.blocks.keep([f"{'#' * min(node.level, 6)} {said}"]) if said else "\n\n"
        if isinstance(node, HTMLEntity):
            return self._entity(node)
        if isinstance(node, Comment):
            if str(node.contents).strip():
                self.report("comment", f"Left out: {node.contents}")
            return ""
        if isinstance(node, Argument):
            self.report("parameter", str(node))
        return code(str(node))

    def _text(self, said: str) -> str:
        def switched(found: re.Match[str]) -> str:
            self.report("magic word", f"Left out: {found[0]}")
            return ""

        return escaped(_SWITCH.sub(switched, said))

    def _entity(self, node: HTMLEntity) -> str:
        try:
            sign = node.normalize()
        except (ValueError, OverflowError):
            sign = None
        if sign is None or OURS.search(sign) or not sign.isprintable():
            return " " if sign and sign.isspace() else escaped(str(node))
        return {"\xa0": "\xa0", "\n": " "}.get(sign, ESCAPE + sign if sign in "\\`*_[]<>#@|~!&" else sign)

    # {{Templates}}.

    def _template(self, node: Template, before: str, after: Node | None) -> str:
        name = " ".join(str(node.name).replace("_", " ").split())
        key = name.casefold()
        word = key.partition(":")[0]
        if key == "!":
            return ESCAPE + "|"
        if key in ("=", "pagename", "fullpagename"):
            return "=" if key == "=" else escaped(self.name.bare if key == "pagename" else self.name.whole)
        if word in _MAGIC:
            self.report("magic word", f"Left out: {node}")
            return ""
        if key in _NOTES:
            return tags.gather(self, node.get("refs").value) if node.has("refs") else ""
        space = self.names.space_of(key.partition(":")[0])
        short = key.partition(":")[2].strip() if space == 10 else key
        if (box := _BOXES.get(short)) and _only_said(node):
            self.report("template", f"{{{{{name}}}}} became a box.")
            said = self.lines(node.params[-1].value if node.params else [])
            return self.blocks.keep([f"> [!{box}]", *(f"> {line}" if line else ">" for line in said)])
        self.report("template", f"{{{{{name}}}}} stands in the text as it was written.")
        return self.source(str(node), before, after)

    def source(self, said: str, before: str, after: Node | None) -> str:
        """What cannot be turned, as it was written: among words a span of code, on lines of its own a block."""
        alone = (not before.strip(" \t") or before.rstrip(" \t").endswith("\n")) and (
            after is None or (isinstance(after, Text) and after.value.lstrip(" \t").startswith("\n"))
        )
        if "\n" in said.strip() or (alone and ITEM not in before.rpartition("\n")[2]):
            return (
                self.blocks.here(fence(said, "wikitext"))
                if ITEM in before.rpartition("\n")[2]
                else self.blocks.keep(fence(said, "wikitext"))
            )
        return code(said)

    def note(self, name: str, said: str | None) -> str:
        """A footnote, or one that is there already."""
        if name and name in self.named:
            number = self.named[name]
        else:
            self.notes.append("")
            number = len(self.notes)
            if name:
                self.named[name] = number
        if said and not self.notes[number - 1]:
            self.notes[number - 1] = said
        return f"[^{number}]"

    def done(self, text: str) -> Made:
        lines = self.blocks.lines(text)
        notes = [f"[^{number}]: {said or '?'}" for number, said in enumerate(self.notes, start=1)]
        if any(not said for said in self.notes):
            self.report("note", "A footnote is named that is nowhere said.")
        body = finished("\n".join([*lines, *([""] if lines and notes else []), *notes]))
        problems = tuple(
            (what, f"{detail} ({count} times)" if count > 1 else detail)
            for (what, detail), count in self.problems.items()
        )
        return Made(settled_later(body).strip("\n"), tuple(self.tags), tuple(self.files), problems)


def turned(text: str, name: Name, names: Names, *, keep: bool = False) -> Made:
    """Markdown of a wiki's text, with places for addresses (`settling`); whatever is in it, it is all there. `keep`: addresses of machines
    may name people."""
    text = tidy(text)
    if len(text) > MOST_PARSED:
        return whole(text, "wikitext", "It is too long to be turned.")
    turning = Turning(name, names, keep)
    try:
        return turning.done(turning.inline(mwparserfromhell.parse(text, skip_style_tags=False)))
    except (
        RecursionError,
        mwparserfromhell.parser.ParserError,
        ValueError,
        KeyError,
        IndexError,
        AttributeError,
    ) as wrong:
        return whole(text, "wikitext", f"It could not be turned ({type(wrong).__name__}).")


def whole(text: str, language: str, why: str) -> Made:
    """A text that stays as it is, in a block of code."""
    said = tidy(text)
    body = "\n".join(fence(said, language)) if said.strip() else ""
    return Made(body, problems=(("source", f"{why} It is kept as it was written."),))


def _only_said(node: Template) -> bool:
    """Whether a template is given one text and nothing else."""
    return len(node.params) == 1 and str(node.params[0].name).strip() in ("1", "text", "tekst", "innhold")
