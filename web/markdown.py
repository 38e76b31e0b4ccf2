"""What can be written in a body: CommonMark with tables, tasks, notes, callouts, [[links]], @people and #tags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, MutableMapping
from contextlib import suppress
from typing import Any

import mistune
from mistune.block_parser import BlockParser
from mistune.core import BlockState, InlineState
from mistune.inline_parser import InlineParser
from mistune.plugins.footnotes import footnotes
from mistune.plugins.formatting import strikethrough
from mistune.plugins.task_lists import task_lists
from mistune.plugins.url import url
from mistune.util import unescape

Token = dict[str, Any]
Env = MutableMapping[str, Any]

_MARKS = r"\u0300-\u036f"
_WIKI = r"\[\[(?P<wiki_to>[^\[\]|\n]{1,200})(?:\|(?P<wiki_label>[^\[\]\n]{1,200}))?\]\]"
_EMBED = r"^ {0,3}!\[\[(?P<embed_to>[^\[\]|\n]{1,200})(?:\|[^\[\]\n]{0,200})?\]\][ \t]*(?:\n|$)"
_FORMULA = r"^ {0,3}\$\$(?P<formula_tex>(?:[^$\n]|\n(?![ \t]*\n)){1,4000})\$\$[ \t]*(?:\n|$)"
_INLINE_FORMULA = (
    r"(?<![\w$\\])\$(?P<inline_tex>(?![\s$])(?![\d.,]+(?:\s[^$\\^_={}]*)?\$)[^$\n]{1,500}(?<![\s\\]))\$(?![\w$])"
)
_MENTION = r"(?<![\w@/])@(?P<mention_who>[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,38}[A-Za-z0-9_])?)(?![\w@])"
_TAG = rf"(?<![\w&#/])#(?P<tag_word>[^\W\d_](?:[\w{_MARKS}-]{{0,60}}[\w{_MARKS}])?)(?![\w{_MARKS}])"
_TAG_NAME = re.compile(r"[^\W\d_][\w-]{0,49}")
_CALLOUT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)", re.IGNORECASE)
_ROW = r"^ {0,3}\S[^\n]*\|[^\n]*(?:\n|$)"
_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"(?P<left>:?)-+(?P<right>:?)")
_ALIGNS = {(False, False): None, (True, False): "left", (False, True): "right", (True, True): "center"}
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)

# A step takes a few microseconds; the specification of CommonMark, 200 kB, takes 26,000.
MOST_STEPS = 300_000
# The marks of emphasis in one paragraph are compared with each other in the worst case, so many at a step.
_COMPARISONS_A_STEP = 32
_COPIED_A_STEP = 8_000
_EMPHASIS = re.compile(r"(?<!\s)[*_]+|[*_]+(?=\S)")


class TooMuch(Exception):
    """The text takes longer to read than any honest one."""


def spend(env: Env, steps: int) -> None:
    """Counts work done on one text. Raises TooMuch."""
    env["steps"] = env.get("steps", 0) + steps
    if env["steps"] > MOST_STEPS:
        raise TooMuch


def parsed(body: str) -> tuple[list[Token], BlockState]:
    """A body as mistune's tokens, and the state that renderers want. Raises TooMuch."""
    tokens, state = _DUGNAD.parse(body)
    assert isinstance(tokens, list)
    return tokens, state


def steps_for(body: str) -> int:
    """How much work a body is, in steps; more than MOST_STEPS when it was given up."""
    state = _DUGNAD.block.state_cls()
    with suppress(TooMuch):
        _DUGNAD.parse(body, state)
    return int(state.env.get("steps", 0))


def tag_name(word: str) -> str:
    """The name that all spellings of a tag share: folded, at most 50 characters; empty when it is no tag."""
    composed = unicodedata.normalize("NFC", word.strip().removeprefix("#"))
    folded = unicodedata.normalize("NFC", composed.casefold())
    return folded if _TAG_NAME.fullmatch(folded) else ""


def text_of(tokens: Iterable[Token]) -> str:
    """The words in inline tokens."""
    return "".join(_words(token) for token in tokens)


def _words(token: Token) -> str:
    if "children" in token:
        return text_of(token["children"])
    if token["type"] == "text":
        return unescape(token["raw"])
    return " " if token["type"] in ("softbreak", "linebreak") else str(token.get("raw", ""))


class _Blocks(BlockState):
    """Counts the lines that are looked at, which is where the time of tables, lists and quotes goes."""

    def get_line(self, start_pos: int) -> str:
        spend(self.env, 1)
        return super().get_line(start_pos)

    def add_paragraph(self, text: str) -> None:
        before = self.last_token()
        grown = len(before["text"]) if before and before["type"] == "paragraph" else 0
        spend(self.env, 1 + grown // _COPIED_A_STEP)
        super().add_paragraph(text)

    def append_paragraph(self) -> int | None:
        before = self.last_token()
        if before and before["type"] == "paragraph":
            spend(self.env, 1 + len(before["text"]) // _COPIED_A_STEP)
        return super().append_paragraph()


class _BlockParser(BlockParser):
    state_cls = _Blocks

    def parse_method(self, m: re.Match[str], state: BlockState) -> int | None:
        spend(state.env, 4)
        return super().parse_method(m, state)


class _InlineParser(InlineParser):
    def parse(self, state: InlineState) -> list[Token]:
        marks = len(_EMPHASIS.findall(state.src))
        spend(state.env, 4 + marks * marks // _COMPARISONS_A_STEP)
        return super().parse(state)

    def parse_method(self, m: re.Match[str], state: InlineState) -> int | None:
        spend(state.env, 4)
        return super().parse_method(m, state)

    def parse_inline_html(self, m: re.Match[str], state: InlineState) -> int | None:
        """HTML is shown as written, but for `<br>`, which a cell of a table has no other word for. An `<a>` in it does
        not keep what follows from being a link."""
        if line_break := _BREAK.match(state.src, m.start()):
            state.append_token({"type": "linebreak"})
            return line_break.end()
        before = state.in_link
        end = super().parse_inline_html(m, state)
        state.in_link = before
        return end


def _parse_wiki(inline: InlineParser, m: re.Match[str], state: InlineState) -> int | None:
    written = m["wiki_to"].strip()
    if not written:
        return None
    label = (m["wiki_label"] or "").strip()
    state.append_token({"type": "wiki", "raw": label or written, "attrs": {"written": written, "own": bool(label)}})
    return m.end()


def _parse_mention(inline: InlineParser, m: re.Match[str], state: InlineState) -> int:
    state.append_token({"type": "mention", "raw": m.group(0)})
    return m.end()


def _parse_tag(inline: InlineParser, m: re.Match[str], state: InlineState) -> int | None:
    if not tag_name(m["tag_word"]):
        return None
    state.append_token({"type": "tag", "raw": m.group(0)})
    return m.end()


def _parse_embed(block: BlockParser, m: re.Match[str], state: BlockState) -> int | None:
    written = m["embed_to"].strip()
    if not written or written.startswith("#"):
        return None
    state.append_token({"type": "embed", "attrs": {"written": written}})
    return m.end()


def _embeds(md: mistune.Markdown) -> None:
    """A line of its own that says `![[Title]]` is the text of that page, or of its section after a `#`."""
    md.block.register("embed", _EMBED, _parse_embed, before="table")


def _parse_formula(block: BlockParser, m: re.Match[str], state: BlockState) -> int:
    state.append_token({"type": "formula", "raw": m["formula_tex"].strip("\n")})
    return m.end()


def _parse_inline_formula(inline: InlineParser, m: re.Match[str], state: InlineState) -> int:
    state.append_token({"type": "inline_formula", "raw": m["inline_tex"]})
    return m.end()


def _formulas(md: mistune.Markdown) -> None:
    """TeX between dollars. Where blanks stand inside of them, or letters and figures beside them, they are money."""
    md.block.register("formula", _FORMULA, _parse_formula, before="paragraph")
    md.inline.register("inline_formula", _INLINE_FORMULA, _parse_inline_formula, before="link", start_chars="$")


def _names(md: mistune.Markdown) -> None:
    md.inline.register("wiki", _WIKI, _parse_wiki, before="link", start_chars="[")
    md.inline.register("mention", _MENTION, _parse_mention, start_chars="@")
    md.inline.register("tag", _TAG, _parse_tag, start_chars="#")


# The grammar of tables is GitHub's (GFM 4.10), which people write all over the world.


def _tables(md: mistune.Markdown) -> None:
    md.block.register("table", _ROW, _parse_table, before="paragraph")
    md.block.insert_rule(md.block.block_quote_rules, "table", before="paragraph")
    md.block.insert_rule(md.block.list_rules, "table", before="paragraph")


def _parse_table(block: BlockParser, m: re.Match[str], state: BlockState) -> int | None:
    heads, under = _cells(m.group(0)), state.get_line(m.end())
    dashes = [_DASHES.fullmatch(cell) for cell in _cells(under)]
    if len(heads) != len(dashes) or not all(dashes):
        return None
    aligns = [_ALIGNS[bool(found["left"]), bool(found["right"])] for found in dashes if found]
    rows, at = [], m.end() + len(under)
    while at < state.cursor_max and "|" in (line := state.get_line(at)):
        spend(state.env, len(aligns))
        rows.append({"type": "table_row", "children": _row(_cells(line), aligns, head=False)})
        at += len(line)
    head = {"type": "table_head", "children": _row(heads, aligns, head=True)}
    state.append_token({"type": "table", "children": [head, {"type": "table_body", "children": rows}]})
    return at


def _cells(line: str) -> list[str]:
    """A bar at either end divides nothing, and neither does one written `\\|`."""
    text = line.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(text)]


def _row(cells: list[str], aligns: list[str | None], *, head: bool) -> list[Token]:
    """As many cells as the table has columns. What is too much is kept in the last one instead of going lost."""
    last = len(aligns) - 1
    cells = [*cells[:last], " | ".join(cells[last:])] + [""] * (len(aligns) - len(cells))
    return [
        {"type": "table_cell", "text": text, "attrs": {"align": align, "head": head}}
        for text, align in zip(cells, aligns, strict=False)
    ]


def _callouts(md: mistune.Markdown) -> None:
    md.before_render_hooks.append(lambda md, state: _mark_callouts(state.tokens))


def _mark_callouts(tokens: list[Token]) -> None:
    for token in tokens:
        if token["type"] == "block_quote":
            _mark_callout(token)
        _mark_callouts(token.get("children", []))


def _mark_callout(quote: Token) -> None:
    first = quote["children"][0] if quote["children"] else {}
    found = _CALLOUT.match(first.get("text", ""))
    if first.get("type") != "paragraph" or not found:
        return
    quote.update(type="callout", attrs={"word": found[1].lower()})
    first["text"] = first["text"][found.end() :]
    if not first["text"].strip():
        quote["children"] = quote["children"][1:]


def reader(renderer: mistune.BaseRenderer | None, *plugins: Any) -> mistune.Markdown:
    """mistune as Dugnad uses it: its steps counted. Without plugins it reads plain CommonMark."""
    return mistune.Markdown(renderer=renderer, block=_BlockParser(), inline=_InlineParser(), plugins=plugins)


_DUGNAD = reader(
    None, _tables, strikethrough, task_lists, footnotes, url, _embeds, _names, _formulas, _callouts
)  # fmt: skip
# Rules are compiled when first used; one text here, and threads only ever read them.
_DUGNAD.parse("> [!NOTE]\n> - [ ] `a` *b* [c](/d)\n")
