"""The second wall: the only HTML that a body may become, whatever whoever wrote it down has let through."""

from __future__ import annotations

import nh3
from pygments.token import STANDARD_TYPES

SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_TAGS = {
    "a", "aside", "audio", "blockquote", "br", "code", "del", "details", "div", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "img", "input",
    "label", "li", "ol", "p", "pre", "section", "span", "strong", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
    "video",
}  # fmt: skip
_LINK = {"data-link", "data-to", "data-own", "title"}
_ATTRIBUTES = {
    "a": {*_LINK, "href", "rel", "id"}, "img": {*_LINK, "src", "alt", "loading", "width", "height", "data-drawn"},
    **{name: {*_LINK, "src", "controls", "preload", "width", "aria-label"} for name in ("audio", "video")},
    "input": {"type", "checked", "disabled"},
    "ol": {"start"}, "li": {"id"}, "th": {"scope"}, "pre": {"tabindex", "data-lang"}, "p": {"data-word"},
    "figure": {"tabindex"}, "summary": {"data-word"},
    "div": {"tabindex", "role", "aria-label", "data-embed", "data-list"}, **{f"h{n}": {"id"} for n in range(2, 7)},
}  # fmt: skip
_ALIGNED = {"left", "center", "right"}
_CLASSES = {
    "span": {name for name in STANDARD_TYPES.values() if name}, "pre": {"code", "plain", "math"}, "code": {"math"}, "th": _ALIGNED, "td": _ALIGNED,
    "div": {"table"}, "figure": {"diagram"}, "section": {"footnotes"}, "sup": {"footnote"}, "a": {"footnote-back", "bare"}, "li": {"task"},
    "p": {"callout-title"},
    "aside": {"callout", *(f"callout-{word}" for word in ("note", "tip", "important", "warning", "caution"))},
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=_TAGS, attributes=_ATTRIBUTES, allowed_classes=_CLASSES, url_schemes=set(SCHEMES), link_rel=None, strip_comments=True,
)  # fmt: skip
# What a text from elsewhere may be made of, before it is turned into Markdown.
_FOREIGN = nh3.Cleaner(
    tags=_TAGS | {"article", "b", "center", "dd", "dl", "dt", "font", "h1", "header", "i", "iframe", "ins", "kbd", "main", "mark", "s", "small", "source", "strike", "sub", "time", "tt", "tfoot", "u"},
    attributes={
        "a": {"href", "class", "title"}, "img": {"src", "alt", "title", "class"}, "ol": {"start"},
        **{name: {"src"} for name in ("audio", "video", "source", "iframe")},
        **{name: {"class"} for name in ("pre", "code", "span", "div", "blockquote", "p")},
        "aside": {"class", "data-username", "data-post", "data-topic"},
    },
    url_schemes=set(SCHEMES), link_rel=None, strip_comments=True,
)  # fmt: skip


def clean(html: str) -> str:
    return _CLEANER.clean(html)


def well_formed(html: str) -> str:
    """HTML from elsewhere, never shown as such: every tag is closed, and none is left that means nothing in a text."""
    return _FOREIGN.clean(html)
