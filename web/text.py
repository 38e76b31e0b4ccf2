"""Markdown → safe HTML, plain text, links, mentions and tags."""

from __future__ import annotations

import hashlib
import html as entities
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from web.cleaning import clean
from web.kinds import KINDS
from web.markdown import TooMuch, parsed, tag_name
from web.markup import Heading, Writer, Written, attributes, drawn, slug

__all__ = [
    "BODY_MAX",
    "Found",
    "Heading",
    "Text",
    "Written",
    "excerpt",
    "filled",
    "one_line",
    "render",
    "resolve",
    "slug",
    "tag_name",
]

_log = logging.getLogger("dugnad")
BODY_MAX = max(kind.body_max for kind in KINDS.values())
MOST_MARKS = 2_000

_NO_CHARACTERS = re.compile("[\0\ud800-\udfff]")
_MEANS = re.compile(r"[\\`*_\[\]<>~=#@&!|^]")
_UNENDED = re.compile(r"(?<![.!?:;,…\n])\n+")
_PIECE = re.compile(r'<(/?)([a-z0-9]+)(?:[^>"]++|"[^"]*+")*+>|[^<]+')
# The words over a part of a text are not the writer's, and are in each reader's language.
_OVER = re.compile(r'<(p|summary)(?: class="callout-title")? data-word="[^>]*>[^<]*</\1>')
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_BREAKS = frozenset({
    "aside", "blockquote", "br", "div", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})

# In cleaned HTML a quotation mark inside a value and a `<` in text are always entities, so nothing written looks like this.
_MARK = re.compile(
    r'<(?P<tag>img|audio|video) data-link="file" data-to="(?P<src>[^"]*)"(?: width="(?P<width>\d+)")?'
    r'|<a data-link="(?P<what>wiki|mention|tag|entry|file)" data-to="(?P<to>[^"]*)"(?P<own> data-own="1")?'
    r'(?P<more>(?: title="[^"]*")?)>(?P<label>(?:[^<]|<(?!/?a[ >]))*+)</a>'
)
_CLASSES = {"wiki", "mention", "tag"}
_HEADING = re.compile(r'(<h[2-6] id="|<a href="#)s-')


@dataclass(frozen=True)
class Text:
    """A rendered body.

    html: safe, with its links unsettled; `resolve` settles them for a viewer.
    plain: what a reader sees, without markup; each block on its own line. Annotations are anchored in it.
    links, mentions, tags: each once, in order. Mentions are in lower case, tags as typed.
    embeds: what is shown in it of other texts, as written; lists: what is asked in it.
    degraded: shown as it was typed, because it is too long or takes too long to read.
    """

    html: str
    plain: str
    links: tuple[Written, ...] = ()
    mentions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    headings: tuple[Heading, ...] = ()
    embeds: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    degraded: bool = False


@dataclass(frozen=True)
class Found:
    """Where a link leads. `label` is shown unless the writer chose one; `looks`: "wanted" for a page that is not written yet,
    "gone" for what is in the bin; `size`: how wide and how high a picture is, in pixels."""

    href: str
    label: str | None = None
    looks: str = ""
    size: tuple[int, int] | None = None


def render(md: str) -> Text:
    """A body, from any text at all: what cannot be rendered is shown as typed. Threads may call it at once."""
    md = _NO_CHARACTERS.sub("\ufffd", md)
    if len(md) > BODY_MAX:
        return _as_typed(md)
    try:
        return _rendered(md)
    except TooMuch:
        return _as_typed(md)
    except Exception:
        # A mistake in a library must not keep anybody from the text.
        _log.exception("A text of %d characters could not be rendered", len(md))
        return _as_typed(md)


def _rendered(md: str) -> Text:
    tokens, state = parsed(md)
    top = min((token["attrs"]["level"] for token in tokens if token["type"] == "heading"), default=1)
    writer = Writer(hashlib.blake2s(md.encode(), digest_size=3).hexdigest(), top)
    html = clean(writer.render_tokens(tokens, state))
    return Text(
        drawn(html, writer.drawings),
        plain(_OVER.sub("", html)),
        tuple(writer.links),
        tuple(writer.mentions),
        tuple(writer.tags),
        tuple(writer.headings),
        tuple(writer.embeds),
        tuple(writer.lists),
    )


def _as_typed(md: str) -> Text:
    return Text(f'<pre class="plain">{entities.escape(md)}</pre>', md, degraded=True)


def plain(html: str) -> str:
    """The text in HTML of our own: blanks as a browser shows them, blocks and rows on lines of their own."""
    lines: list[tuple[bool, list[str]]] = [(False, [])]
    pre = False
    for piece in _PIECE.finditer(html):
        name = piece[2]
        if name == "pre":
            pre = not piece[1]
        if name in _BREAKS:
            lines.append((pre, []))
        elif name in _CELLS:
            lines[-1][1].append(" ")
        elif name is None:
            lines[-1][1].append(entities.unescape(piece[0]))
    return "\n".join(filter(None, (_line(pre, "".join(parts)) for pre, parts in lines)))


def _line(pre: bool, text: str) -> str:
    return text.rstrip() if pre else _BLANKS.sub(" ", text).strip(" ")


def resolve(html: str, settle: Callable[[str, str], Found | None], prefix: str = "") -> str:
    """Settles the links in rendered HTML. `settle(what, written)` is asked about each: `what` is "wiki", "mention",
    "tag", "entry" or "file". Where it answers None there is no link, but a file keeps its address.
    Those after the first MOST_MARKS are no links. A `prefix` sets the headings of this body apart from those of others
    on the same page."""
    number = count()
    html = _MARK.sub(lambda mark: _settled(mark, settle if next(number) < MOST_MARKS else _nowhere), html)
    return _HEADING.sub(rf"\g<1>s-{prefix}-", html) if prefix else html


def _nowhere(what: str, written: str) -> Found | None:
    return None


def _settled(mark: re.Match[str], settle: Callable[[str, str], Found | None]) -> str:
    what, to = ("file", mark["src"]) if mark["what"] is None else (mark["what"], mark["to"])
    written = entities.unescape(to)
    found = settle(what, written)
    if mark["what"] is None:
        size = _size(found.size if found else None, mark["width"])
        return f"<{mark['tag']}{attributes(src=found.href if found else written)}{size}"
    label = resolve(mark["label"], settle) if "<img" in mark["label"] else mark["label"]
    if what == "file":
        return f"<a{attributes(href=found.href if found else written)}{mark['more']}>{label}</a>"
    if found is None:
        return label if what == "entry" else f"<span{attributes(class_=what)}>{label}</span>"
    if found.label is not None and ((what in ("wiki", "mention") and not mark["own"]) or not label):
        label = entities.escape(found.label)
    if not label:
        return ""
    looks = found.looks or (what if what in _CLASSES else None)
    return f"<a{attributes(class_=looks, href=found.href)}{mark['more']}>{label}</a>"


def _size(is_: tuple[int, int] | None, wanted: str | None) -> str:
    """So that nothing moves when the picture comes: as wide as is wanted, as high as follows from that."""
    if is_ is None or not all(is_):
        return attributes(width=wanted)
    width = int(wanted) if wanted else is_[0]
    return attributes(width=str(width), height=str(max(1, round(width * is_[1] / is_[0]))))


_EMBED = re.compile(r'<div data-embed="([^"]*)">((?:(?!</?div[ >]).)*)</div>\n?', re.DOTALL)
_LIST = re.compile(r'<div data-list="([^"]*)">((?:(?!</?div[ >]).)*)</div>\n?', re.DOTALL)


def filled(html: str, embed: Callable[[str], str | None], answer: Callable[[str], str | None]) -> str:
    """The same with what `embed` gives for each text that is to be shown in it, and `answer` for each question; where they give None it
    stays a link, and a question."""
    html = _EMBED.sub(lambda found: _or(embed(entities.unescape(found[1])), found[2]), html)
    return _LIST.sub(lambda found: _or(answer(entities.unescape(found[1])), found[2]), html)


def _or(made: str | None, written: str) -> str:
    return written if made is None else made


def literally(line: str) -> str:
    """Markdown that says just this, and means nothing else by it."""
    return _MEANS.sub(r"\\\g<0>", line)


def one_line(plain: str) -> str:
    """The blocks of a plain text after each other, with a dot between them where no sentence ends."""
    return _UNENDED.sub(" · ", plain).replace("\n", " ")


def excerpt(plain: str, longest: int = 200) -> str:
    """The beginning of a plain text on one line, cut between words."""
    line = " ".join(one_line(plain[: longest * 4].strip()).split())
    if len(line) <= longest and len(plain) <= longest * 4:
        return line
    cut = line[:longest]
    whole = cut.rpartition(" ")[0] if len(line) > longest and line[longest] != " " else cut
    return (whole or cut).rstrip(" ,;:.·–-") + "…"
