"""Tags of wikitext, in angles or as signs: what each becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import mwparserfromhell
from mwparserfromhell.nodes import Node, Tag

from web.imports.mediawiki import settling, tables
from web.imports.mediawiki.blocks import hung, quoted
from web.imports.mediawiki.marks import (
    BREAK,
    ITEM,
    SLANTED,
    SLANTED_END,
    STRONG,
    STRONG_END,
    STRUCK,
    code,
    escaped,
    fence,
)

if TYPE_CHECKING:
    from web.imports.mediawiki.wikitext import Turning

_Made = Callable[["Turning", Tag, str, "Node | None"], str]
_ALIASES = {
    "bash": "bash",
    "sh": "sh",
    "js": "javascript",
    "py": "python",
    "html5": "html",
    "text": "",
    "wikitext": "wikitext",
}


def tag(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    name = str(node.tag).strip().lower()
    if node.wiki_markup and node.self_closing and set(str(node.wiki_markup)) <= set("*#:;") and node.wiki_markup:
        return ITEM + str(node.wiki_markup)[:1]
    made = _TAGS.get(name)
    if made is None:
        return _unknown(turning, node, name)
    return made(turning, node, before, after)


def given(node: Tag, name: str) -> str:
    """What an attribute says; empty when it is not there."""
    try:
        return str(node.get(name).value).strip().strip("\"'") if node.has(name) else ""
    except (ValueError, AttributeError):
        return ""


def _inside(turning: Turning, node: Tag) -> str:
    return turning.inline(node.contents) if node.contents is not None else ""


def _unknown(turning: Turning, node: Tag, name: str) -> str:
    turning.report("tag", f"<{name}> is shown as it was written; what stands in it is kept.")
    ends = f"</{name}>" if not node.self_closing else ""
    opens = str(node)[: str(node).find(">") + 1] if ">" in str(node) else f"<{name}>"
    return code(opens) + _inside(turning, node) + (code(ends) if ends else "")


def _between(begin: str, end: str) -> _Made:
    def made(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
        said = _inside(turning, node)
        bare_said = said.strip(" ")
        if not bare_said.strip() or "\n" in bare_said or begin in said or (begin == STRUCK and STRUCK in said):
            return said
        lead, trail = said[: len(said) - len(said.lstrip(" "))], said[len(said.rstrip(" ")) :]
        return f"{lead}{begin}{bare_said}{end}{trail}"

    return made


def _through(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return _inside(turning, node)


def _apart(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    line = before.rpartition("\n")[2]
    if ITEM in line or (line.strip() and "\n" not in str(node.contents or "").strip()):
        return _inside(turning, node)
    return f"\n\n{_inside(turning, node)}\n\n"


def _rule(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return turning.blocks.keep(["---"])


def _break(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return BREAK


def _nowiki(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return escaped(turning.bare(node.contents)) if node.contents is not None else ""


def _block(turning: Turning, lines: list[str], before: str) -> str:
    """In an item of a list it stands in the item."""
    return turning.blocks.here(lines) if ITEM in before.rpartition("\n")[2] else turning.blocks.keep(lines)


def _pre(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return _block(turning, fence(turning.bare(node.contents) if node.contents is not None else ""), before)


def _highlighted(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    said = str(node.contents or "")
    if node.has("inline") or given(node, "enclose") == "none":
        return code(said)
    language = re.split(r"[\s\"']", given(node, "lang").lower())[0]
    return _block(turning, fence(said, _ALIASES.get(language, language)), before)


def _coded(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    said = turning.bare(node.contents) if node.contents is not None else ""
    return _block(turning, fence(said), before) if said.strip("\n").count("\n") else code(said)


def _formula(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    said = str(node.contents or "").strip()
    turning.report("formula", f"Kept as TeX: {said}")
    if given(node, "display") == "block" or "\n" in said:
        return _block(turning, fence(said, "tex"), before)
    return code(said)


def _note(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    name = given(node, "name")
    group = given(node, "group")
    key = f"{group}/{name}" if name else ""
    said = turning.flat(node.contents).strip() if node.contents is not None and not node.self_closing else None
    return turning.note(key, said)


def gather(turning: Turning, nodes: Any) -> str:
    """Footnotes that are said where they would be listed."""
    for each in nodes.filter_tags(matches=lambda found: str(found.tag).strip().lower() == "ref"):
        _note(turning, each, "", None)
    return ""


def _notes(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return gather(turning, node.contents) if node.contents is not None else ""


def _heading(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    said = turning.flat(node.contents).strip() if node.contents is not None else ""
    return turning.blocks.keep([f"{'#' * int(str(node.tag).strip()[1])} {said}"]) if said else ""


def _quote(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return _block(turning, quoted(turning.lines(node.contents)) if node.contents is not None else [], before)


def _poem(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    said = _inside(turning, node).strip("\n")
    return "\n\n" + "\n".join(line.strip() + BREAK if line.strip() else "" for line in said.split("\n")) + "\n\n"


def _list(mark: str) -> _Made:
    def made(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
        lines: list[str] = []
        number = 0
        for each in node.contents.nodes if node.contents is not None else ():
            if isinstance(each, Tag) and str(each.tag).strip().lower() in ("li", "dt", "dd"):
                number += 1
                said = turning.lines(each.contents) if each.contents is not None else []
                lines += hung(f"{number}. " if mark == "1" else "- ", said)
            elif str(each).strip():
                lines += [f"  {line}" for line in turning.lines([each])] if lines else turning.lines([each])
        return _block(turning, lines, before)

    return made


def _item(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    """One without a list around it."""
    return turning.blocks.keep(hung("- ", turning.lines(node.contents))) if node.contents is not None else ""


def _gallery(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    out = []
    for line in str(node.contents or "").splitlines():
        if (said := line.strip()) and not said.startswith("<!--"):
            file, _, caption = said.partition("|")
            name = turning.names.name(file, 6)
            turning.files[name.bare] = None
            said = settling.words_of(turning.flat(mwparserfromhell.parse(caption)).strip())
            out.append(settling.place("picture", name.bare, name.whole, settling.labelled(said), ""))
    return "".join(turning.blocks.keep([line]) for line in out)


def _table(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    return tables.table(turning, node)


def _loose_cell(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    """A row or a cell without a table."""
    return f"\n{_inside(turning, node)}\n"


def _kept(turning: Turning, node: Tag, before: str, after: Node | None) -> str:
    turning.report("tag", f"<{str(node.tag).strip().lower()}> stands in the text as it was written.")
    return turning.source(str(node), before, after)


_TAGS: dict[str, _Made] = {
    **dict.fromkeys(("b", "strong"), _between(STRONG, STRONG_END)),
    **dict.fromkeys(("i", "em", "cite", "dfn"), _between(SLANTED, SLANTED_END)),
    **dict.fromkeys(("s", "del", "strike"), _between(STRUCK, STRUCK)),
    **dict.fromkeys(
        ("u", "ins", "big", "small", "span", "font", "sub", "sup", "abbr", "bdi", "bdo", "q", "mark", "ruby", "rb", "rt", "rp", "time", "data",
         "noinclude", "onlyinclude", "translate", "tvar", "wbr"), _through,
    ),
    **dict.fromkeys(("div", "center", "p", "section", "table-wrapper", "caption"), _apart),
    "hr": _rule, "br": _break, "nowiki": _nowiki, "pre": _pre,
    **dict.fromkeys(("syntaxhighlight", "source"), _highlighted),
    **dict.fromkeys(("code", "tt", "kbd", "samp", "var"), _coded),
    **dict.fromkeys(("math", "chem", "ce"), _formula),
    "ref": _note, "references": _notes, "blockquote": _quote, "poem": _poem, "gallery": _gallery,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    "ul": _list("-"), "ol": _list("1"), "dl": _list("-"), **dict.fromkeys(("li", "dt", "dd"), _item),
    "table": _table, **dict.fromkeys(("tr", "td", "th", "thead", "tbody", "tfoot"), _loose_cell),
    **dict.fromkeys(
        ("timeline", "score", "imagemap", "graph", "hiero", "templatedata", "mapframe", "maplink", "indicator", "inputbox", "dynamicpagelist",
         "categorytree", "charinsert", "includeonly", "tabber", "youtube", "embedvideo", "html", "widget", "ask", "templatestyles", "section"), _kept,
    ),
}  # fmt: skip
