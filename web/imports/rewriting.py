"""Links and pictures: from paths in a folder to addresses here."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from web.imports.drafts import Draft
from web.imports.targets import Target, Targets, address_of, outside
from web.imports.tree import Page

_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|ico|tiff?)$", re.IGNORECASE)
_DESTINATION = r"(?:<(?P<angled>[^<>\n]*)>|(?P<bare>(?:[^\s()<>\\]|\\.|\((?:[^\s()\\]|\\.)*\))+))"
_INLINE = re.compile(rf"(?<!\\)\]\([ \t]*\n?[ \t]*(?P<whole>{_DESTINATION})(?=\s*(?:\)|\s[\"'(]))")
_DEFINED = re.compile(
    rf"^[ ]{{0,3}}\[(?!\^)(?P<key>[^\[\]\n]+)\]:[ \t]*\n?[ \t]*(?P<whole>{_DESTINATION})", re.MULTILINE
)
# Not links in CommonMark, but written for programs that take them for links: blanks, or a call of a template.
_LOOSE = re.compile(r"(?<!\\)\]\((?P<whole>[^()<>\n]*[ \t][^()<>\n]*)\)")
_CALL = re.compile(r"""\{[{%][^"'{}]*(["'])(?P<path>[^"'{}]*)\1[^"'{}]*[%}]\}(?P<rest>[^\s{}]*)""")
_REFERENCE = re.compile(r"(?<![\\\]])\[(?P<label>[^\[\]\n]+)\]\[(?P<key>[^\[\]\n]*)\]")
_WIKI = re.compile(r"(?P<embed>!?)\[\[(?P<to>[^\[\]|\n]{0,200}?)(?:\\?\|(?P<label>[^\[\]\n]{0,200}))?\]\]")
# How large a picture is, and where: as Obsidian and Foam write it.
_WIDTH = re.compile(r"\|[1-9]\d{0,3}(?=(?:x\d+|px)?$)")
_SIZE = re.compile(r"\|?(?:\d+(?:x\d+|%|px)?|left|right|center)(?:\|(?:\d+(?:x\d+|%|px)?|left|right|center))*$")
_NOT_IN_WIKI = re.compile(r"[\[\]|#\n]")


@dataclass
class Rewriter:
    """Rewrites one page. `draft_of` gives any page's draft, `alone` says whether no other page has its title."""

    draft: Draft
    targets: Targets
    draft_of: Callable[[Page], Draft]
    alone: Callable[[Page], bool]
    found: int = 0

    def all(self) -> None:
        defined = self._definitions()
        for link in _INLINE.finditer(self.draft.shadow):
            self._destination(link)
        for link in _LOOSE.finditer(self.draft.shadow):
            self._loose(link)
        for link in _REFERENCE.finditer(self.draft.shadow):
            if _folded(link["key"] or link["label"]) not in defined and not link["label"].startswith("^"):
                said = self.draft.said(*link.span("key" if link["key"] else "label"))
                self.draft.report(link.start(), "reference", f"[{said}] is not defined.")
        for link in _WIKI.finditer(self.draft.shadow):
            self._wiki(link)

    def address(self, place: int, written: str, picture: bool) -> str | None:
        """The address for a link, or None where it stays as written; what leads nowhere is reported."""
        if not written or outside(written):
            return None
        target = self.targets.find(self.draft.page, written)
        if target is None:
            self._nowhere(place, written, picture)
            return None
        self.found += 1
        self._gone(place, target.page, written)
        anchor = self._anchor(place, target, written)
        if target.page is self.draft.page and written.startswith("#"):
            return f"#{anchor}" if anchor else address_of(target.page, "", "")
        return address_of(target.page, target.file, anchor)

    def unseen(self, start: int, end: int) -> None:
        """Of links in a comment only those are reported that lead nowhere."""
        for link in _INLINE.finditer(self.draft.text, start, end):
            written = link["angled"] if link["angled"] is not None else link["bare"]
            if written and not outside(written) and self.targets.find(self.draft.page, written) is None:
                self._nowhere(link.start("whole"), written, False)

    def _gone(self, place: int, page: Page | None, written: str) -> None:
        if page and page.gone:
            self.draft.report(place, "link", f"{written} is no longer in the folder; it leads to the page made of it.")

    def _nowhere(self, place: int, written: str, picture: bool) -> None:
        pictured = picture or _PICTURE.search(written.partition("?")[0])
        what = "image" if pictured else "template" if "{" in written else "link"
        self.draft.report(place, what, f"{written} is not in the folder.")

    def _anchor(self, place: int, target: Target, written: str) -> str:
        if not target.anchor:
            return ""
        if target.page is None:
            return quote(target.anchor, safe="=&,:~/%")
        ours = self.draft_of(target.page).anchors().find(target.anchor)
        if ours is None:
            self.draft.report(place, "heading", f"{written}: there is no such heading.")
            return quote(target.anchor, safe="-._~!$&'*+,;=:@/%")
        return ours

    def _definitions(self) -> set[str]:
        keys = set()
        for definition in _DEFINED.finditer(self.draft.shadow):
            keys.add(_folded(definition["key"]))
            if definition["whole"] != "#":
                self._destination(definition)
        return keys

    def _destination(self, link: re.Match[str]) -> None:
        written = link["angled"] if link["angled"] is not None else link["bare"]
        if call := _CALL.fullmatch(written):
            self._called(link, call)
        elif new := self.address(link.start("whole"), written, self._is_picture(link.start())):
            self.draft.edit(*link.span("whole"), new)

    def _loose(self, link: re.Match[str]) -> None:
        written = link["whole"].strip()
        if call := _CALL.fullmatch(written):
            self._called(link, call)
        elif _INLINE.match(self.draft.shadow, link.start()):
            return
        elif "{" in written:
            self.draft.report(link.start(), "template", written)
        elif not outside(written) and (
            new := self.address(link.start("whole"), written, self._is_picture(link.start()))
        ):
            self.draft.edit(*link.span("whole"), new)

    def _called(self, link: re.Match[str], call: re.Match[str]) -> None:
        """A template that is given a path probably links to it."""
        path = call["path"] + call["rest"]
        target = None if outside(path) else self.targets.find(self.draft.page, path)
        if target is None:
            self.draft.report(link.start("whole"), "template", f"{call[0]} leads nowhere in the folder.")
        elif new := self.address(link.start("whole"), path, False):
            self.draft.edit(*link.span("whole"), new)

    def _is_picture(self, close: int) -> bool:
        """Whether the bracket that closes at a place was opened by `![`."""
        depth = 0
        for place in range(close, max(close - 2000, -1), -1):
            depth += (self.draft.shadow[place] == "]") - (self.draft.shadow[place] == "[")
            if depth == 0:
                return place > 0 and self.draft.shadow[place - 1] == "!"
        return False

    # [[Wiki links]].

    def _wiki(self, link: re.Match[str]) -> None:
        to, _, heading = link["to"].strip().partition("#")
        label = self.draft.said(*link.span("label")).strip() if link["label"] else ""
        if not to.strip():
            if heading.startswith("^"):
                self.draft.report(link.start(), "wiki link", f"{link[0]}: links to blocks are not known here.")
            return
        file = (
            self.targets.file_named(self.draft.page, to.strip()) if link["embed"] or posixpath.splitext(to)[1] else None
        )
        if file is not None:
            self.found += 1
            alt = "" if _SIZE.fullmatch(label) else _SIZE.sub("", f"|{label}").strip("|")
            size = _WIDTH.search(f"|{label}") if link["embed"] else None
            words = f"{alt or posixpath.basename(file)}{size[0] if size else ''}"
            self.draft.edit(*link.span(), f"{link['embed']}[{words}]({address_of(None, file, '')})")
            return
        pages = self.targets.named(self.draft.page, to.strip())
        if not pages and label and not link["embed"]:
            # On GitHub, the words come first.
            turned, _, anchor = label.replace("\\", "").partition("#")
            if pages := self.targets.named(self.draft.page, turned.strip()):
                heading, label = anchor, self.draft.said(*link.span("to")).strip()
        if not pages:
            self.draft.report(link.start(), "wiki link", f"{link[0]} is not in the folder.")
            return
        if len(pages) > 1:
            self.draft.report(
                link.start(), "ambiguous", f"{link[0]} could be {', '.join(page.path for page in pages[:5])}."
            )
        self.found += 1
        self._gone(link.start(), pages[0], link[0])
        made = self._wiki_to(link, pages[0], heading.strip(), label)
        if link["embed"] and self._alone(link) and made.startswith("[["):
            made = f"!{made}"
        elif link["embed"]:
            self.draft.report(link.start(), "embed", f"{link[0]} became a link.")
        self.draft.edit(*link.span(), made)

    def _alone(self, link: re.Match[str]) -> bool:
        """Whether nothing else is on its line; then what it leads to can be shown there."""
        shadow = self.draft.shadow
        line = shadow[shadow.rfind("\n", 0, link.start()) + 1 : (shadow + "\n").find("\n", link.end())]
        return line.strip() == link[0] and len(line) - len(line.lstrip(" ")) < 4

    def _over(self, link: re.Match[str], page: Page, block: str) -> str:
        """The heading under which a block stands."""
        draft = self.draft_of(page)
        found = re.search(rf"\s{re.escape(block)}[ \t]*$", draft.shadow, re.MULTILINE)
        above = [each for each in draft.headings() if found and each.start() < found.start()]
        words = above[-1].span("words" if above[-1]["words"] is not None else "over") if above else (0, 0)
        heading = " ".join(draft.said(*words).split())
        to = f"the heading above it, {heading}" if heading else "its page"
        self.draft.report(link.start(), "block", f"{link[0]} leads to {to}: blocks have no address here.")
        return heading

    def _wiki_to(self, link: re.Match[str], page: Page, heading: str, label: str) -> str:
        """By title where that means this page and no other, by address elsewhere."""
        if heading.startswith("^"):
            heading = self._over(link, page, heading)
        anchor = self.draft_of(page).anchors().find(heading) if heading else ""
        if anchor is None:
            self.draft.report(link.start(), "heading", f"{link[0]}: there is no such heading.")
        if _NOT_IN_WIKI.search(page.title + heading) or len(page.title) + len(heading) > 198 or not self.alone(page):
            shown = re.sub(r"([\[\]])", r"\\\1", label or page.title)
            return f"[{shown}]({address_of(page, '', anchor or '')})"
        bar = "\\|" if "\\|" in link[0] else "|"
        return f"[[{page.title}{'#' + heading if heading else ''}{bar + label if label else ''}]]"


def _folded(key: str) -> str:
    return " ".join(key.casefold().split())
