"""A page's HTML: which addresses it links to, and the same page with its links made relative."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

_LINKS = frozenset({"href", "src", "poster", "xlink:href"})
# Nothing in a snapshot asks a server for anything. The templates leave these out; this is the second wall.
_LIVE = frozenset({"form", "script", "button", "template", "iframe", "object", "embed", "base"})
# These ask for something too, or hide an address where no link is looked for.
_ASKING = frozenset({"srcset", "action", "formaction", "ping", "background", "style"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)

Rewrite = Callable[[str], str | None]


class _Rewriter(HTMLParser):
    def __init__(self, rewrite: Rewrite) -> None:
        super().__init__(convert_charrefs=False)
        self.rewrite = rewrite
        self.out: list[str] = []
        self.removed: list[str] = []
        self._live = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LIVE:
            self.removed.append(tag)
            self._live += tag not in _VOID
        elif not self._live:
            self.out.append(f"<{tag}{''.join(self._attribute(*each) for each in attrs)}>")

    def _attribute(self, name: str, value: str | None) -> str:
        if name.startswith(("hx-", "on")) or name in _ASKING:
            self.removed.append(name)
            return ""
        if value is None:
            return f" {name}"
        if name in _LINKS:
            found = self.rewrite(value)
            return "" if found is None else f' {name}="{escape(found)}"'
        return f' {name}="{escape(value)}"'

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return  # `<br/>` is told as a beginning and an end, and `</br>` would be one more break
        if tag in _LIVE:
            self._live = max(0, self._live - 1)
        elif not self._live:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._keep(data)

    def handle_entityref(self, name: str) -> None:
        self._keep(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._keep(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._keep(f"<!{decl}>")

    def _keep(self, text: str) -> None:
        if not self._live:
            self.out.append(text)


def rewritten(html: str, rewrite: Rewrite) -> tuple[str, list[str]]:
    """The page with each link as `rewrite` gives it (None: no link), and what had to be taken out."""
    rewriter = _Rewriter(rewrite)
    rewriter.feed(html)
    rewriter.close()
    return "".join(rewriter.out), rewriter.removed


def links_in(html: str) -> list[str]:
    """Every address that the page links to, in order."""
    found: list[str] = []
    rewritten(html, lambda link: found.append(link) or link)  # type: ignore[func-returns-value]
    return found
