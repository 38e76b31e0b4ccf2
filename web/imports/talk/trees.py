"""HTML from elsewhere as a tree in which every tag is closed, and none stands too deep."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from web.cleaning import well_formed

_DEEPEST = 40
_EMPTY = frozenset({"br", "hr", "img", "source"})


@dataclass
class Node:
    tag: str = ""
    given: dict[str, str] = field(default_factory=dict)
    inside: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.given.get("class", "").split())

    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text() for each in self.inside)

    def first(self, *tags: str) -> Node | None:
        """The first within it, at any depth."""
        for each in self.inside:
            if isinstance(each, Node):
                found = each if each.tag in tags else each.first(*tags)
                if found is not None:
                    return found
        return None


class _Growing(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node()
        self._open = [self.root]
        self._too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _EMPTY:
            self._open[-1].inside.append(Node(tag, {name: value or "" for name, value in attrs}))
        elif len(self._open) > _DEEPEST:
            self._too_deep += 1
        else:
            made = Node(tag, {name: value or "" for name, value in attrs})
            self._open[-1].inside.append(made)
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        if self._too_deep:
            self._too_deep -= 1
        elif len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def grown(html: str) -> Node:
    growing = _Growing()
    growing.feed(well_formed(html))
    growing.close()
    return growing.root
