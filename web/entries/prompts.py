"""What a template asks for: the words that stand in it between two braces, `{{Who was there}}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from web.entries.actions import Fields
from web.kinds import TEMPLATE_TAGS
from web.source import without_code

MOST_PROMPTS = 30
# Blanks are taken away afterwards: between two runs of them, ten thousand would be tried in each way that they can be shared out.
_PROMPT = re.compile(r"\{\{(?=[ \t]*+[^{}\s])([^{}\n]{1,200})\}\}")


def prompts(title: str, body: str) -> tuple[str, ...]:
    """Each once, in order, at most MOST_PROMPTS; in code, braces are braces."""
    found = [*_PROMPT.finditer(title), *_PROMPT.finditer(without_code(body))]
    return tuple(dict.fromkeys(each[1].strip() for each in found))[:MOST_PROMPTS]


def answered(fields: Fields, answers: Mapping[str, str]) -> Fields:
    """The same with what was answered in the place of each prompt; one that was not answered stays. A title without a prompt is the template's
    own, and no tag makes what comes of it a template."""
    title = _answered(fields.title, fields.title, answers) if _PROMPT.search(fields.title) else ""
    tags = " ".join(tag for tag in fields.tags.split() if tag.casefold() not in TEMPLATE_TAGS)
    return replace(fields, title=title, body=_answered(fields.body, without_code(fields.body), answers), tags=tags)


def _answered(text: str, shadow: str, answers: Mapping[str, str]) -> str:
    made, last = [], 0
    for found in _PROMPT.finditer(shadow):
        made += [text[last : found.start()], answers.get(found[1].strip(), "").strip() or found[0]]
        last = found.end()
    return "".join([*made, text[last:]])
