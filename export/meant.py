"""What pages say of the terms in their texts, and the pages on which all terms stand: of what they are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from export.found import Found
from web.entries.queries import GLOSSARY_SIZE
from web.entries.terms import Term
from web.urls import url_of


def meant_in(found: Found) -> Mapping[int, list[object]]:
    """By the id of what heads a conversation: what is said there of terms. Where words stand in another order, they may not be one."""
    made: dict[int, list[object]] = defaultdict(list)
    for term in found.terms:
        if not term.says:
            continue
        for root in sorted({found.entries[id].root for id in found.saying[term.id] if id in found.entries}):
            made[root].append(_said(term))
    return made


def _said(term: Term) -> tuple[Any, ...]:
    return term.id, term.ref.kind, term.ref.slug, term.ref.title, term.revision, term.space, term.space_name


def pages_of_terms(found: Found) -> Iterator[tuple[str, object]]:
    """The address of each page of the glossary, of the house and of each space, and of what it is made."""
    spaces = sorted({(found.spaces[each.space].name, each.space) for each in found.terms})
    of_space: dict[int, list[Term]] = defaultdict(list)
    for term in found.terms:
        of_space[term.space].append(term)
    glossary = url_of("glossary")
    lists: list[tuple[str, str, Sequence[Term]]] = [(glossary, "", found.terms)]
    lists += [
        (f"/spaces/{each.slug}{glossary}", each.name, of_space[each.id])
        for each in found.spaces.values()
        if each.readable
    ]
    for address, name, terms in lists:
        for start in range(0, max(len(terms), 1), GLOSSARY_SIZE):
            after = f"after/{terms[start - 1].id}/" if start else ""
            shown = [_said(each) for each in terms[start : start + GLOSSARY_SIZE]]
            yield f"{address}{after}", (spaces, name, shown, start + GLOSSARY_SIZE < len(terms))
