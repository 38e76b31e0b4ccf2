"""Wikitext becomes Markdown by pandoc, for whoever asks for it: what pandoc knows nothing of is seen to before."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import mwparserfromhell
from mwparserfromhell.nodes import Comment, Node, Tag, Template, Wikilink

from web.errors import NotDone
from web.imports.mediawiki import links
from web.imports.mediawiki.marks import settled_later, tidy
from web.imports.mediawiki.names import Name, Names
from web.imports.mediawiki.wikitext import MOST_PARSED, Made, Turning, whole
from web.imports.mediawiki.wikitext import turned as walked

_SECONDS = 10
_TO = "commonmark+pipe_tables+footnotes+strikeout-raw_html-smart"
# Stands in the text for what is put in afterwards; pandoc leaves it alone.
_MARK = "dugnadplace{}x"
_MARKED = re.compile(r"dugnadplace(\d+)x")
_KNOWN = frozenset(
    [
        "b",
        "i",
        "u",
        "s",
        "del",
        "strike",
        "strong",
        "em",
        "sup",
        "sub",
        "small",
        "big",
        "code",
        "tt",
        "kbd",
        "samp",
        "var",
        "pre",
        "nowiki",
        "syntaxhighlight",
        "source",
        "blockquote",
        "br",
        "hr",
        "table",
        "tr",
        "td",
        "th",
        "p",
        "div",
        "span",
        "center",
        "ref",
        "references",
        "ul",
        "ol",
        "li",
        "dl",
        "dd",
        "dt",
        "math",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "caption",
        "tbody",
        "thead",
        "ins",
        "poem",
    ]
)


def must_be_there() -> None:
    """Raises NotDone."""
    if shutil.which("pandoc") is None:
        raise NotDone("pandoc is not installed here. Leave --pandoc out: Dugnad turns wikitext by itself.")


def turned(text: str, name: Name, names: Names, *, keep: bool) -> Made:
    """Where pandoc fails, or is not done in time, Dugnad does it by itself."""
    text = tidy(text)
    if len(text) > MOST_PARSED:
        return whole(text, "wikitext", "It is too long to be turned.")
    turning = Turning(name, names, keep)
    put: list[str] = []
    try:
        code = mwparserfromhell.parse(text, skip_style_tags=True)
        _prepare(turning, code, put)
        said = _run(str(code))
    except (
        OSError,
        subprocess.SubprocessError,
        ValueError,
        RecursionError,
        mwparserfromhell.parser.ParserError,
    ) as wrong:
        made = walked(text, name, names, keep=keep)
        why = ("pandoc", f"pandoc could not turn it ({type(wrong).__name__}); Dugnad did.")
        return Made(made.body, made.tags, made.files, (*made.problems, why))
    body = _MARKED.sub(lambda found: put[int(found[1])] if int(found[1]) < len(put) else found[0], said)
    problems = tuple(turning.problems)
    return Made(settled_later(body).strip("\n"), tuple(turning.tags), tuple(turning.files), problems)


def _prepare(turning: Turning, nodes: Any, put: list[str]) -> None:
    """Takes out what belongs to this wiki: its links, files, categories, templates."""
    for node in list(nodes.nodes):
        made = _taken_out(turning, node)
        if made is None:
            if (
                isinstance(node, Tag)
                and node.contents is not None
                and str(node.tag).lower() not in ("nowiki", "pre", "source", "syntaxhighlight", "math")
            ):
                _prepare(turning, node.contents, put)
            continue
        put.append(made)
        nodes.replace(node, _MARK.format(len(put) - 1) if made else "")


def _taken_out(turning: Turning, node: Node) -> str | None:
    if isinstance(node, Wikilink):
        return links.wikilink(turning, node)
    if isinstance(node, (Template, Comment)) or (isinstance(node, Tag) and str(node.tag).strip().lower() not in _KNOWN):
        again = mwparserfromhell.parse(str(node), skip_style_tags=False).nodes
        made = "".join(turning.node(each, "x", None) for each in again)  # among words, as far as it can tell
        return turning.blocks.flat(made) if "\n" not in str(node) else "\n".join(["", *turning.blocks.lines(made), ""])
    return None


def _run(text: str) -> str:
    """By a process of its own: without a shell, a file or a connection."""
    command = ["pandoc", "--sandbox", "--from=mediawiki", f"--to={_TO}", "--wrap=none"]
    done = subprocess.run(  # noqa: S603
        command,
        input=text.encode(),
        capture_output=True,
        timeout=_SECONDS,
        check=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"},
    )
    return done.stdout.decode("utf-8", "replace")
