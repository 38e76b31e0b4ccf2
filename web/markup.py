"""From what was written to HTML that is safe to show, with its links left open."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

import mistune
from mistune.core import BlockState
from mistune.util import unescape
from pygments import format
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer

from web.colours import as_people_write, lexer_of
from web.drawing import Drawing, NotDrawn, TooLong, draw, draws
from web.filed import player_of, sized
from web.linked import is_outside, may_link, own_kind
from web.markdown import Token, spend, tag_name, text_of

# Pygments' rules take time in the square of what they look ahead through (20 kB of blank lines as C: 12 s), so only code as
# people write it gets colours, and only for so long. Which code runs out of time may vary; that it is shown does not.
_MOST_BLOCKS = 200
_MOST_SECONDS = 0.3
_MOST_DRAWINGS, _MOST_DRAWING_SECONDS = 50, 3.0
# A long address that is written once can be used many times.
_ADDRESS_A_STEP = 16

_OUT = "nofollow noopener noreferrer ugc"

# Code in this language is a question, and its answer is shown.
LIST = "list"
# And this is a formula, as between dollars; and this a diagram.
MATH = "math"
MERMAID = "mermaid"
_COLOURS: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


class Written(NamedTuple):
    """A link as written. `kind_of` is "wiki" for what stands in [[…]] before the bar, or "address"."""

    kind_of: str
    written: str


class Heading(NamedTuple):
    """A heading of a body. `level` is the one in HTML: 2 is the highest, as the title is 1."""

    level: int
    id: str
    text: str


_DRAWN = re.compile(r'<img data-drawn="(\d+)"')


def drawn(html: str, drawings: Sequence[Drawing]) -> str:
    """Cleaned HTML with its diagrams."""
    return _DRAWN.sub(lambda found: f"<img{attributes(src=drawings[int(found[1])].src)}", html)


def slug(title: str, longest: int = 80) -> str:
    """A title in an address: ASCII words in lower case between hyphens; empty when nothing is left."""
    norwegian = unicodedata.normalize("NFC", title).casefold().translate({0xE6: "ae", 0xF8: "o", 0xE5: "a"})
    plain = unicodedata.normalize("NFKD", norwegian).encode("ascii", "ignore").decode().lower()
    whole = "-".join(re.findall(r"[a-z0-9]+", plain))
    if len(whole) <= longest:
        return whole
    return (whole[: longest + 1].rpartition("-")[0] or whole[:longest]).strip("-")


def attributes(**given: str | None) -> str:
    """As in a tag, escaped, each with a blank before it; `data_to` is written data-to, None is left out."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{mistune.escape(value)}"' for name, value in given.items() if value is not None
    )  # fmt: skip


class Writer(mistune.HTMLRenderer):
    """Writes one body, and remembers what it saw: make a new one for each. `prefix` sets its footnotes apart
    from those of other bodies on the page; `top` is the level of its highest headings, which come right under the title."""

    def __init__(self, prefix: str, top: int = 1) -> None:
        super().__init__(escape=False)
        self._deeper = 2 - top
        self.links: dict[Written, None] = {}
        self.mentions: dict[str, None] = {}
        self.tags: dict[str, None] = {}
        self.headings: list[Heading] = []
        self.embeds: dict[str, None] = {}
        self.lists: list[str] = []
        self.drawings: list[Drawing] = []
        self._given_up = False
        self._drawn_for = 0.0
        self._prefix = prefix
        self._within_link = False
        self._ids: dict[str, int] = {}
        self._noted: set[int] = set()
        self._blocks = 0
        self._seconds = 0.0

    def render_token(self, token: Token, state: BlockState) -> str:
        own = _WHOLE.get(token["type"])
        return own(self, token, state) if own else super().render_token(token, state)

    # Links.

    def _link(self, token: Token, state: BlockState) -> str:
        if self._within_link:
            return self.render_tokens(token["children"], state)
        self._within_link = True
        label = self.render_tokens(token["children"], state)
        self._within_link = False
        address, title = token["attrs"]["url"], token["attrs"].get("title")
        spend(state.env, (len(address) + len(title or "")) // _ADDRESS_A_STEP)
        return self._anchor(address, label, title)

    def _anchor(self, address: str, label: str, title: str | None = None) -> str:
        if not may_link(address):
            return label
        self._see(address)
        title = unescape(title) if title else None
        if address.startswith("#"):
            return f"<a{attributes(href=_fragment(address), title=title)}>{label}</a>"
        if own := own_kind(address):
            return f"<a{attributes(data_link=own, data_to=address, title=title)}>{label}</a>"
        outside = is_outside(address)
        # On paper, it says already where it leads.
        bare = outside and label == mistune.escape(address)
        shown = attributes(href=address, rel=_OUT if outside else None, title=title, class_="bare" if bare else None)
        return f"<a{shown}>{label}</a>"

    def _see(self, address: str) -> None:
        if (address.startswith("/") and not address.startswith("//")) or address.lower().startswith(
            ("http://", "https://")
        ):
            self.links.setdefault(Written("address", address))

    def _image(self, token: Token, state: BlockState) -> str:
        """Only pictures of our own are shown: reading a page sends no request to anywhere else."""
        address, title = token["attrs"]["url"], token["attrs"].get("title")
        spend(state.env, (len(address) + len(title or "")) // _ADDRESS_A_STEP)
        alt, width = sized(text_of(token["children"]))
        if own_kind(address) != "file":
            label = mistune.escape(alt or address)
            return label if self._within_link else self._anchor(address, label, title)
        self._see(address)
        title = unescape(title) if title else None
        link = attributes(data_link="file", data_to=address, width=width)
        if player := player_of(address):
            return self._played(player, link, address, alt, title)
        return f"<img{link}{attributes(alt=alt, title=title, loading='lazy')}>"

    def _played(self, player: str, link: str, address: str, alt: str, title: str | None) -> str:
        """Within, for whatever does not play it, a link to it."""
        label = mistune.escape(alt or unquote(address.rpartition("/")[2]))
        if self._within_link:
            return label
        told = attributes(controls="", preload="metadata", aria_label=alt or None, title=title)
        return f"<{player}{link}{told}><a{attributes(data_link='file', data_to=address)}>{label}</a></{player}>"

    def _paragraph(self, token: Token, state: BlockState) -> str:
        """A picture that stands alone and has a title has that below it."""
        children = token["children"]
        alone = children[0]["attrs"] if [each["type"] for each in children] == ["image"] else {}
        if not alone.get("title") or own_kind(alone["url"]) != "file":
            return self.paragraph(self.render_tokens(children, state))
        shown = self._image({**children[0], "attrs": {**alone, "title": None}}, state)
        return f"<figure>{shown}<figcaption>{mistune.escape(unescape(alone['title']))}</figcaption></figure>\n"

    def wiki(self, label: str, written: str, own: bool) -> str:
        if self._within_link:
            return mistune.escape(label)
        if written.startswith("#"):
            return f"<a{attributes(href=_fragment(written))}>{mistune.escape(label if own else written[1:])}</a>"
        self.links.setdefault(Written("wiki", written))
        marked = attributes(data_link="wiki", data_to=written, data_own="1" if own else None)
        return f"<a{marked}>{mistune.escape(label)}</a>"

    def embed(self, written: str) -> str:
        """A link to it stands where what it says is put, for whoever may not read that."""
        self.embeds.setdefault(written)
        if own_kind(written) == "entry":
            self._see(written)
            return f"<div{attributes(data_embed=written)}><p><a{attributes(data_link='entry', data_to=written)}></a></p></div>\n"
        return f"<div{attributes(data_embed=written)}><p>{self.wiki(written, written, own=False)}</p></div>\n"

    def formula(self, tex: str) -> str:
        return f'<pre class="math" tabindex="0"><code>{mistune.escape(tex)}</code></pre>\n'

    def inline_formula(self, tex: str) -> str:
        return f'<code class="math">{mistune.escape(tex)}</code>'

    def mention(self, shown: str) -> str:
        if self._within_link:
            return mistune.escape(shown)
        self.mentions.setdefault(shown[1:].lower())
        return f"<a{attributes(data_link='mention', data_to=shown[1:])}>{mistune.escape(shown)}</a>"

    def tag(self, shown: str) -> str:
        if self._within_link or not tag_name(shown):
            return mistune.escape(shown)
        self.tags.setdefault(shown[1:])
        return f"<a{attributes(data_link='tag', data_to=shown[1:])}>{mistune.escape(shown)}</a>"

    # Blocks.

    def _heading(self, token: Token, state: BlockState) -> str:
        level = min(max(token["attrs"]["level"] + self._deeper, 2), 6)
        text = " ".join(text_of(token["children"]).split())
        id = self._new_id(slug(text) or "section")
        self.headings.append(Heading(level, id, text))
        return f"<h{level}{attributes(id=id)}>{self.render_tokens(token['children'], state)}</h{level}>\n"

    def _new_id(self, wanted: str) -> str:
        id, count = f"s-{wanted}", self._ids.get(f"s-{wanted}", 0)
        while id in self._ids:
            count += 1
            id = f"s-{wanted}-{count + 1}"
        self._ids[id] = 0
        if count:
            self._ids[f"s-{wanted}"] = count
        return id

    def _table(self, token: Token, state: BlockState) -> str:
        named = ", ".join(
            filter(None, (text_of(cell["children"]).strip() for cell in token["children"][0]["children"]))
        )
        inside = self.render_tokens(token["children"], state)
        around = attributes(class_="table", tabindex="0", role="region", aria_label=named or None)
        return f"<div{around}><table>\n{inside}</table></div>\n"

    def table_head(self, text: str) -> str:
        return f"<thead>\n<tr>\n{text}</tr>\n</thead>\n"

    def table_body(self, text: str) -> str:
        return f"<tbody>\n{text}</tbody>\n" if text else ""

    def table_row(self, text: str) -> str:
        return f"<tr>\n{text}</tr>\n"

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        name = "th" if head else "td"
        return f"<{name}{attributes(scope='col' if head else None, class_=align)}>{text}</{name}>\n"

    def _task(self, token: Token, state: BlockState) -> str:
        """The label holds the first line; what else there is in the item stands after it."""
        box = f'<input type="checkbox" disabled{" checked" if token["attrs"]["checked"] else ""}>'
        first, *rest = token["children"]
        words = self.render_tokens(first["children"], state)
        return f'<li class="task"><label>{box} {words}</label>{self.render_tokens(rest, state)}</li>\n'

    def callout(self, text: str, word: str) -> str:
        return self._box(word, word, word.capitalize(), text)

    @staticmethod
    def _box(look: str, word: str, title: str, inside: str) -> str:
        over = f'<p class="callout-title" data-word="{word}">{title}</p>'
        return f'<aside class="callout callout-{look}">\n{over}\n{inside}</aside>\n'

    def strikethrough(self, text: str) -> str:
        return f"<del>{text}</del>"

    def inline_html(self, html: str) -> str:
        return mistune.escape(html)

    def block_html(self, html: str) -> str:
        return f"<p>{mistune.escape(html.strip())}</p>\n"

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (unescape(info or "").split() or [""])[0].lower()
        shown = self._coloured(code, lexer_of(language)) or mistune.escape(code)
        if language == MATH:
            return self.formula(code.strip("\n"))
        if language == MERMAID and draws():
            return self._diagram(code)
        if language == LIST:
            self.lists.append(code)
            return f"<div{attributes(data_list=' '.join(code.split()))}><pre{attributes(class_='code', tabindex='0')}><code>{shown}</code></pre></div>\n"
        return f"<pre{attributes(class_='code', tabindex='0', data_lang=language[:40] or None)}><code>{shown}</code></pre>\n"

    def _diagram(self, code: str) -> str:
        written = f"<pre{attributes(class_='code', tabindex='0', data_lang=MERMAID)}><code>{mistune.escape(code)}</code></pre>"
        try:
            if self._given_up or len(self.drawings) >= _MOST_DRAWINGS:
                raise NotDrawn("there are too many, or one that takes too long")
            made = draw(code)
        except NotDrawn as wrong:
            self._drawn_for += wrong.took
            self._given_up = self._given_up or isinstance(wrong, TooLong) or self._drawn_for > _MOST_DRAWING_SECONDS
            why = f"<p>{mistune.escape(str(wrong))}</p>\n{written}\n"
            return self._box("warning", "undrawn", "This diagram cannot be drawn", why)
        self._drawn_for += made.took
        self._given_up = self._drawn_for > _MOST_DRAWING_SECONDS
        self.drawings.append(made)
        shown = attributes(
            data_drawn=str(len(self.drawings) - 1), alt=made.words, width=str(made.width), height=str(made.height)
        )
        as_text = (
            f"<details><summary{attributes(data_word='diagram')}>The diagram as text</summary>\n{written}</details>"
        )
        return f"<figure{attributes(class_='diagram', tabindex='0')}><img{shown}>\n{as_text}</figure>\n"

    def _coloured(self, code: str, lexer: Lexer | None) -> str | None:
        self._blocks += 1
        if lexer is None or self._blocks > _MOST_BLOCKS or self._seconds > _MOST_SECONDS or not as_people_write(code):
            return None
        tokens, start = [], time.thread_time()
        for token in lexer.get_tokens(code):
            tokens.append(token)
            if self._seconds + time.thread_time() - start > _MOST_SECONDS:
                break
        self._seconds += time.thread_time() - start
        return None if self._seconds > _MOST_SECONDS else format(tokens, _COLOURS)

    # Footnotes.

    def footnote_ref(self, key: str, index: int) -> str:
        if self._within_link:
            return f"[{index}]"
        id = None if index in self._noted else f"fnref-{self._prefix}-{index}"
        self._noted.add(index)
        return f'<sup class="footnote"><a{attributes(id=id, href=f"#fn-{self._prefix}-{index}")}>{index}</a></sup>'

    def footnotes(self, text: str) -> str:
        return f'<section class="footnotes">\n<ol>\n{text}</ol>\n</section>\n'

    def footnote_item(self, text: str, key: str, index: int) -> str:
        back = f"<a{attributes(class_='footnote-back', href=f'#fnref-{self._prefix}-{index}')}>↩</a>"
        text = text.rstrip()
        inside = f"{text[:-4]} {back}</p>" if text.endswith("</p>") else f"{text}\n{back}"
        return f"<li{attributes(id=f'fn-{self._prefix}-{index}')}>{inside}</li>\n"


_WHOLE: dict[str, Any] = {
    "link": Writer._link, "image": Writer._image, "paragraph": Writer._paragraph, "heading": Writer._heading, "table": Writer._table, "task_list_item": Writer._task,
}  # fmt: skip


def _fragment(written: str) -> str:
    """To a heading in the same text, whether its id or its words were written."""
    name = unquote(written[1:])
    return f"#{name}" if name.startswith("s-") else f"#s-{slug(name) or 'section'}"
