"""A page's HTML: which addresses it links to, and the same page with its links made relative."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser

_LINKS = frozenset({"href", "src", "poster", "xlink:href"})
# Nothing in a snapshot asks a server for anything. The templates leave these out; this is the second wall.
_LIVE = frozenset({"form", "script", "button", "template", "iframe", "object", "embed", "base"})
# These ask for something too, or hide an address where no link is looked for.
_ASKING = frozenset({"srcset", "action", "formaction", "ping", "background", "style"})
_OURS = re.compile(r"(?:\.\./|/)*(?:static/[0-9a-f]+/(?:js/(?:reading|recalled)|vendor/katex\.min)|lately)\.js")
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
        self._harmless: list[str] = []  # those of them that are open and may stay

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        harmless = not self._live and _is_harmless(tag, dict(attrs))
        if tag in _LIVE and not harmless:
            self.removed.append(tag)
            self._live += tag not in _VOID
            return
        if harmless:
            self._harmless.append(tag)
        if not self._live:
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
        stays = not self._live and self._harmless[-1:] == [tag]
        if tag in _LIVE and not stays:
            self._live = max(0, self._live - 1)
            return
        if stays:
            self._harmless.pop()
        if not self._live:
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
        if not self._live and "script" not in self._harmless:
            self.out.append(text)


def _is_harmless(tag: str, attributes: dict[str, str | None]) -> bool:
    """The scripts of ours that are for those who only read, and buttons that do nothing without them."""
    if tag == "script":
        return {"src"} <= attributes.keys() <= {"src", "defer"} and bool(_OURS.fullmatch(attributes["src"] or ""))
    return tag == "button" and attributes.get("type") == "button"


# What our own templates write: texts without a `<`, and tags with each value between quotation marks.
_TAG = re.compile(r'</?[a-z][a-z0-9-]*+(?:\s++(?:viewBox|[a-z][a-z0-9:-]*+)(?:="[^"]*+")?)*+\s*+/?>|<!doctype html>')
_LIVE_TAG = re.compile(rf'<(?:{"|".join(_LIVE - {"button"})})[\s/>]|<button(?! type="button")')
_OUR_SCRIPT = re.compile(rf'<script src="{_OURS.pattern}"(?: defer)?></script>')
_ASKS = re.compile(rf"\s(?:hx-[a-z:-]*|on[a-z]*|{'|'.join(_ASKING)})=")
# A link, or another value: so that nothing in a value is taken for a link.
_LINK_OR_VALUE = re.compile(r'(\s)(href|src|poster|xlink:href)="([^"]*)"|"[^"]*"')
_VALUE = re.compile(r'"[^"]*"')
# Texts, and tags that neither link to anything nor ask for anything: most lines of most pages.
_STILL = re.compile(
    rf"(?:[^<]++|</?(?!(?:{'|'.join(_LIVE)})\b)[a-z][a-z0-9-]*+"
    rf'(?:\s(?!href|src|poster|xlink|hx-|on|{"|".join(_ASKING)})[a-z][a-z0-9:-]*+="[^"]*+")*+>)*+'
)


def _is_usual(html: str) -> bool:
    """Whether there is nothing in the page that would have to be taken out, and it is read by a simple grammar as it is by a browser."""
    page = _OUR_SCRIPT.sub("", html)
    if _LIVE_TAG.search(page) or "<" in _TAG.sub("", page):
        return False
    # In texts such words are found now and then.
    return not _ASKS.search(page) or not any(_ASKS.search(_VALUE.sub('""', tag[0])) for tag in _TAG.finditer(page))


def _quickly(html: str, rewrite: Rewrite) -> str:
    def link(found: re.Match[str]) -> str:
        if found[2] is None:
            return found[0]
        to = rewrite(unescape(found[3]))
        return "" if to is None else f'{found[1]}{found[2]}="{escape(to)}"'

    def tag(found: re.Match[str]) -> str:
        whole = found[0]
        return _LINK_OR_VALUE.sub(link, whole) if "href=" in whole or "src=" in whole or "poster=" in whole else whole

    return _TAG.sub(tag, html)


def is_still(html: str) -> bool:
    """Whether nothing in it, a page or some lines of one, would be another in a snapshot."""
    return _STILL.fullmatch(html) is not None


def rewritten_quickly(html: str, rewrite: Rewrite) -> str | None:
    """The same for a page, or some lines of one, in a fraction of the time; None for what has to be read with care."""
    return _quickly(html, rewrite) if _is_usual(html) else None


def rewritten(html: str, rewrite: Rewrite) -> tuple[str, list[str]]:
    """The page with each link as `rewrite` gives it (None: no link), and what had to be taken out."""
    if (quickly := rewritten_quickly(html, rewrite)) is not None:
        return quickly, []
    rewriter = _Rewriter(rewrite)
    rewriter.feed(html)
    rewriter.close()
    return "".join(rewriter.out), rewriter.removed
