"""What Obsidian writes that is no Markdown: remarks, names of blocks, boxes of more sorts, tags in tags."""

from __future__ import annotations

import re
from collections.abc import Callable

from web.imports.drafts import Draft
from web.source import blank

_REMARK = re.compile(r"(?<!%)%%(?!%).*?(?<!%)%%(?!%)", re.DOTALL)
_NAMED = re.compile(r"(?<=\S)[ \t]+\^[A-Za-z0-9-]+[ \t]*$|^\^[A-Za-z0-9-]+[ \t]*$", re.MULTILINE)
_BOX = re.compile(
    r"^(?P<before>[ \t>]*>[ \t]?)\[!(?P<word>[A-Za-z-]+)\](?P<fold>[+-]?)(?P<title>[^\n]*)$", re.MULTILINE
)
_DEEP_TAG = re.compile(r"(?<![\w&#/])#[^\W\d_][\w-]*(?:/[\w-]+)+")
_OURS = frozenset({"note", "tip", "important", "warning", "caution"})
_MORE = {"summary": "NOTE", "tldr": "NOTE", "todo": "NOTE", "question": "NOTE", "help": "NOTE", "faq": "NOTE", "example": "NOTE", "quote": "NOTE", "cite": "NOTE", "check": "TIP", "done": "TIP", "failure": "CAUTION", "fail": "CAUTION", "missing": "CAUTION", "bug": "CAUTION"}  # fmt: skip


def convert(draft: Draft, callout: Callable[[str], str]) -> None:
    """Makes the edits in a draft. `callout` gives which box a word means, if any."""
    _boxes(draft, callout)
    remarks = [found.span() for found in _REMARK.finditer(draft.shadow)]
    for start, end in remarks:
        draft.edit(start, end, "")
        draft.report(start, "comment", f"Left out: {draft.text[start:end]}")
    draft.shadow = blank(draft.shadow, remarks)
    for found in _NAMED.finditer(draft.shadow):
        draft.edit(*found.span(), "")
    for found in _DEEP_TAG.finditer(draft.shadow):
        draft.edit(*found.span(), found[0].replace("/", "-"))


def _boxes(draft: Draft, callout: Callable[[str], str]) -> None:
    for found in _BOX.finditer(draft.shadow):
        word = found["word"].lower()
        title = draft.said(*found.span("title")).strip()
        if word in _OURS and not title and not found["fold"]:
            continue
        box = callout(word) or _MORE.get(word, "NOTE")
        before = found["before"]
        draft.edit(
            found.start("word") - 2,
            found.end(),
            f"[!{box}]" + (f"\n{before}**{title}**\n{before.rstrip()}" if title else ""),
        )
