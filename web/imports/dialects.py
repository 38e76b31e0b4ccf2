"""What other programs know that is no Markdown here: turned into what there is, or left readable and reported."""

from __future__ import annotations

import html
import re
from itertools import groupby

from web.imports import tables, vaults
from web.imports.drafts import Draft
from web.imports.rewriting import Rewriter
from web.imports.tree import words
from web.source import blank

_CALLOUTS = {
    "note": "NOTE", "info": "NOTE", "abstract": "NOTE", "tip": "TIP", "hint": "TIP", "success": "TIP", "important": "IMPORTANT",
    "warning": "WARNING", "attention": "WARNING", "caution": "CAUTION", "danger": "CAUTION", "error": "CAUTION",
}  # fmt: skip
_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>:{3,})[ \t]*(?P<said>[^\n]*)$", re.MULTILINE)
_CALLOUT = re.compile(r"\{?\s*(?:[^{}]*\.callout-)?(?P<word>[a-z]+)\b(?P<more>.*)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"""title\s*=\s*(?:"([^"]*)"|'([^']*)')|\[([^\]]*)\]""")
_ATTRIBUTES = re.compile(r"(?<=[)\]])\{[:#.\w][^{}\n]*\}")
_CLASS = re.compile(r"\.([\w-]+)")
_FIG_ALT = re.compile(r"""(?:fig-)?alt\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CODE_INFO = re.compile(r"^([ \t>]*(?:`{3,}|~{3,}))[ \t]*\{[.=]?([\w+#-]+)[^{}\n]*\}[ \t]*$", re.MULTILINE)
_TEMPLATE = re.compile(r"\{%.{0,500}?%\}|\{\{.{0,500}?\}\}", re.DOTALL)
_MODULE = re.compile(
    r"^(?:import\s.+\sfrom\s|import\s+['\"]|export\s+(?:const|default|function|let)\b).*$", re.MULTILINE
)
_CROSS = re.compile(r"(?<![\w@])@(?:fig|tbl|sec|eq|lst|thm)-[\w-]+")
_NOTE = re.compile(r"(?<![\[\]\\])\^\[[^\[\]\n]")
_ADMONITION = re.compile(r"^[ \t]*(?:!!!|\?\?\?\+?)[ \t]+\w.*$", re.MULTILINE)

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9.:-]*)(?P<attributes>(?:\s(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)?)/?>"
)
_VALUE = re.compile(r"""([a-zA-Z][\w:-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|\{?["']?([^\s"'>{}]+)["']?\}?)""")
_LABEL = r"(?:[^<>\n\[\]]|\n(?![ \t]*\n))*"
_LINK = re.compile(rf"<a(?P<attributes>\s[^<>]*)>(?P<label>{_LABEL}(?:<img\s[^<>]*>{_LABEL})?)</a>", re.IGNORECASE)
_FRAME = re.compile(
    r"<(?:iframe|video|audio|embed)(?P<attributes>\s[^<>]*)>(?:\s*</(?:iframe|video|audio)>)?", re.IGNORECASE
)
_IMAGE = re.compile(r"<img(?P<attributes>\s[^<>]*?)/?>", re.IGNORECASE)
_PAIRED = re.compile(
    r"<(?P<name>b|strong|i|em)>(?P<inside>[^\s<>*_](?:[^<>*_\n]*[^\s<>*_])?)</(?P=name)>", re.IGNORECASE
)
_HEADING = re.compile(r"<h(?P<level>[1-6])(?:\s[^<>]*)?>(?P<words>[^<>]+)</h(?P=level)>", re.IGNORECASE)
_BREAK = re.compile(r"(?<![ \t])[ \t]*<br\s*/?>[ \t]*(?P<end>\n?)", re.IGNORECASE)
# A table or a list in HTML is one block until a blank line: in it, Markdown would be shown as it is typed.
_BLOCK = re.compile(r"^[ ]{0,3}</?(?:table|thead|tbody|tr|td|th|ul|ol|li|dl|pre|script|style|form|svg)\b.*?(?=\n[ \t]*\n|\Z)",
                    re.IGNORECASE | re.MULTILINE | re.DOTALL)  # fmt: skip
# They only arrange; what stands in them is text.
_LAYOUT = frozenset(
    {"div", "p", "center", "span", "section", "figure", "details", "font", "picture", "article", "main", "small"}
)
_LAYOUT_BLOCK = re.compile(
    rf"^[ ]{{0,3}}</?(?:{'|'.join(sorted(_LAYOUT))})\b.*?(?=\n[ \t]*\n|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_INDENTED = re.compile(r"\n(?P<indent>[ \t]+)(?=\S)")


def convert(draft: Draft, links: Rewriter) -> None:
    """Makes the edits in a draft, all but those of Markdown's own links."""
    _comments(draft, links)
    vaults.convert(draft, _callout_word)
    _colons(draft)
    _attributes(draft)
    _html(draft, links)
    _reported(draft)


def _comments(draft: Draft, links: Rewriter) -> None:
    for start, end in draft.hidden:
        if start >= draft.page.start:
            draft.edit(start, end, "")
            draft.report(start, "comment", f"Left out: {draft.text[start:end]}")
            links.unseen(start, end)


# ::: {.callout-note}


def _colons(draft: Draft) -> None:
    open_: list[tuple[re.Match[str], str]] = []
    for fence in _FENCE.finditer(draft.shadow):
        if said := fence["said"].rstrip(" \t:"):
            open_.append((fence, _callout_word(said)))
        elif open_:
            opened, word = open_.pop()
            _block(draft, opened, fence, word)
    for opened, _ in open_:
        draft.report(opened.start(), "block", f"{opened[0].strip()} is never closed.")


def _callout_word(said: str) -> str:
    found = _CALLOUT.match(said)
    known = found is not None and (".callout-" in said or not said.startswith("{"))
    return _CALLOUTS.get(found["word"].lower(), "") if found and known else ""


def _block(draft: Draft, opened: re.Match[str], closed: re.Match[str], word: str) -> None:
    draft.edit(*closed.span(), "")
    if not word:
        draft.edit(*opened.span(), "")
        draft.report(opened.start(), "block", f"{opened[0].strip()} only arranges and was left out.")
        return
    title = _block_title(draft.said(*opened.span("said")).rstrip(" \t:"))
    draft.edit(
        *opened.span(),
        f"{opened['indent']}> [!{word}]" + (f"\n{opened['indent']}> **{title}**\n{opened['indent']}>" if title else ""),
    )
    _quote(draft, opened.end() + 1, closed.start(), len(opened["indent"]))


def _block_title(said: str) -> str:
    if found := _TITLE.search(said):
        return next(filter(None, found.groups()), "").strip()
    return "" if said.startswith("{") else said.partition(" ")[2].strip()


def _quote(draft: Draft, start: int, end: int, indent: int) -> None:
    """Sets a mark of quotation before each line."""
    place = start
    for line in draft.text[start:end].splitlines(keepends=True):
        at = place + min(indent, len(line) - len(line.lstrip(" \t")))
        draft.edit(at, at, "> " if line.strip() else ">")
        place += len(line)


# {.classes} and {#ids}


def _attributes(draft: Draft) -> None:
    headings = [heading for heading in draft.headings() if heading["attributes"]]
    left = [heading.span("attributes") for heading in headings]
    for heading in headings:
        draft.edit(*heading.span("attributes"), "" if heading["words"] else _class_name(heading["attributes"]))
    for found in _ATTRIBUTES.finditer(draft.shadow):
        left.append(found.span())
        alt = _FIG_ALT.search(found[0])
        empty = draft.shadow.rfind("![](", 0, found.start())
        if alt and empty >= 0 and ")" not in draft.shadow[empty : found.start() - 1]:
            draft.edit(empty + 2, empty + 2, next(filter(None, alt.groups()), ""))
        draft.edit(*found.span(), "")
    if left:
        first = min(left)
        times = f" and {len(left) - 1} more" if len(left) > 1 else ""
        draft.report(first[0], "attributes", f"Left out: {draft.text[slice(*first)].strip()}{times}.")
    for info in _CODE_INFO.finditer(draft.text, draft.page.start):
        draft.edit(*info.span(), info[1] + info[2])


def _class_name(attributes: str) -> str:
    """What a heading without words is called."""
    found = _CLASS.search(attributes)
    return words(found[1]) if found else ""


# <HTML>


def _html(draft: Draft, links: Rewriter) -> None:
    tables.convert(draft, _TAG)
    _dedent(draft)
    blocks = [found.span() for found in _BLOCK.finditer(draft.shadow)]
    tags = list(_TAG.finditer(draft.shadow))
    for start, end in blocks:
        _addresses_in(draft, links, start, end)
    whole = draft.shadow
    draft.hide(*blocks)
    for pattern, made in (
        (_HEADING, _heading),
        (_PAIRED, _paired),
        (_LINK, _link),
        (_FRAME, _frame),
        (_IMAGE, _image),
        (_PAIRED, _paired),  # around those, too
        (_BREAK, _break),
    ):
        turned = []
        for found in pattern.finditer(draft.shadow):
            for start, end, new in made(draft, links, found):
                draft.edit(start, end, new)
                turned.append((start, end))
        draft.hide(*turned)
        whole = blank(whole, turned)
    left = [tag for tag in tags if whole[tag.start()] == "<"]
    for tag in left:
        _left(draft, tag)
    _report_tags(draft, left)


def _dedent(draft: Draft) -> None:
    """In HTML, lines are indented for looks; without its tags they would become code."""
    for block in _LAYOUT_BLOCK.finditer(draft.shadow):
        own = len(block[0]) - len(block[0].lstrip(" "))
        for line in _INDENTED.finditer(draft.shadow, *block.span()):
            start = line.start("indent") + own
            if start < line.end("indent"):
                draft.edit(start, line.end("indent"), "")


def _values(attributes: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in _VALUE.finditer(attributes)
    }


def _addresses_in(draft: Draft, links: Rewriter, start: int, end: int) -> None:
    for tag in _TAG.finditer(draft.shadow, start, end):
        if tag["name"].lower() in ("script", "link"):
            continue
        for found in _VALUE.finditer(draft.shadow, *tag.span("attributes")):
            group = next((number for number in (2, 3, 4) if found[number]), 0)
            if group and found[1].lower() in ("href", "src"):
                new = links.address(found.start(group), found[group], tag["name"].lower() == "img")
                if new:
                    draft.edit(*found.span(group), new)


# Each gives its edits. What stands in between stays in the text, for the others to see to.
_Edits = list[tuple[int, int, str]]


def _around(found: re.Match[str], inside: str, before: str, after: str) -> _Edits:
    return [(found.start(), found.start(inside), before), (found.end(inside), found.end(), after)]


def _link(draft: Draft, links: Rewriter, found: re.Match[str]) -> _Edits:
    address = _values(draft.said(*found.span("attributes"))).get("href", "")
    if not address:
        return _around(found, "label", "", "")
    label = "" if draft.said(*found.span("label")).strip() else address
    return _around(found, "label", f"[{label}", f"]({_to(links, found, address)})")


def _to(links: Rewriter, found: re.Match[str], address: str, picture: bool = False) -> str:
    return links.address(found.start(), address, picture) or _safe(address)


def _frame(draft: Draft, links: Rewriter, found: re.Match[str]) -> _Edits:
    values = _values(draft.said(*found.span("attributes")))
    if not (address := values.get("src", "")):
        return []
    draft.report(found.start(), "frame", f"{address} became a link.")
    return [(*found.span(), f"[{values.get('title', '') or address}]({_to(links, found, address)})")]


def _image(draft: Draft, links: Rewriter, found: re.Match[str]) -> _Edits:
    values = _values(draft.said(*found.span("attributes")))
    if not (address := values.get("src", "")):
        return []
    alt = re.sub(r"[\[\]\n]", " ", values.get("alt", ""))
    return [(*found.span(), f"![{alt}]({_to(links, found, address, True)})")]


def _safe(address: str) -> str:
    tidy = re.sub(r"[<>\n]", "", address)
    return f"<{tidy}>" if re.search(r"[\s()<>]", address) else address


def _heading(draft: Draft, links: Rewriter, found: re.Match[str]) -> _Edits:
    made = f"\n{'#' * int(found['level'])} {' '.join(draft.said(*found.span('words')).split())}\n"
    return [(*found.span(), made)]


def _paired(draft: Draft, links: Rewriter, found: re.Match[str]) -> _Edits:
    mark = "**" if found["name"].lower() in ("b", "strong") else "*"
    return _around(found, "inside", mark, mark)


def _break(draft: Draft, links: Rewriter, found: re.Match[str]) -> _Edits:
    before = draft.shadow[draft.shadow.rfind("\n", 0, found.start()) + 1 : found.start()]
    after = draft.shadow[found.end() : (draft.shadow + "\n").find("\n", found.end())]
    if "|" in before or "|" in after or before.lstrip().startswith("#"):
        return []
    if not (before.strip() and after.strip()) or found["end"]:
        return [(*found.span(), found["end"])]
    indent = before[: len(before) - len(before.lstrip(" \t>"))]
    return [(*found.span(), f"\\\n{indent}")]


def _left(draft: Draft, tag: re.Match[str]) -> None:
    name = tag["name"].lower()
    if draft.shadow[tag.start()] != "<":
        return
    if name in _LAYOUT:
        draft.edit(*tag.span(), "")
    elif name == "summary":
        draft.edit(*tag.span(), "**\n\n" if tag["close"] else "**")


def _report_tags(draft: Draft, tags: list[re.Match[str]]) -> None:
    """One for each run of lines with tags."""
    lines = [(draft.line(tag.start()), tag) for tag in tags]
    runs = groupby(enumerate(sorted({line for line, _ in lines})), key=lambda pair: pair[1] - pair[0])
    for _, run in runs:
        here = {line for _, line in run}
        names = list(dict.fromkeys(tag["name"] for line, tag in lines if line in here))
        jsx = [name for name in names if name[:1].isupper()]
        shown = [name for name in names if name.lower() not in _LAYOUT and name.lower() != "summary"]
        what = "JSX" if jsx else "raw HTML"
        detail = ", ".join(f"<{name}>" for name in (shown or names)[:12])
        draft.page.report(
            min(here), what, f"{detail} {'shown as text' if shown else 'left out; what stands in it is kept'}."
        )


# What is left as it is.


def _reported(draft: Draft) -> None:
    ending = draft.page.path.lower().rpartition(".")[2]
    calls = [found for found in _TEMPLATE.finditer(draft.shadow) if not _in_link(draft.shadow, found.start())]
    for found in calls:
        draft.report(found.start(), "template", draft.said(*found.span()))
    patterns = [(_ADMONITION, "block")]
    patterns += (
        [(_CROSS, "cross-reference"), (_NOTE, "note")]
        if ending == "qmd"
        else [(_MODULE, "JSX")]
        if ending == "mdx"
        else []
    )
    for pattern, what in patterns:
        for found in pattern.finditer(draft.shadow):
            draft.report(found.start(), what, draft.said(*found.span()).strip())


def _in_link(shadow: str, place: int) -> bool:
    """Whether it is a link's address, and so is seen to there."""
    return shadow[max(0, place - 40) : place].rstrip(" \t").endswith("](")
