"""What commands have in common: how they say what they did, show how far they are, and find whom they are told of."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from typing import Any

from tqdm import tqdm

from web.errors import NotDone, NotThere
from web.people import queries
from web.people.rows import Space
from web.policy import Viewer


def say(asked: argparse.Namespace, sentence: str, **facts: Any) -> None:
    """To a person as a sentence, to a machine as JSON."""
    print(json.dumps(facts, ensure_ascii=False) if asked.json else sentence)


def bar(asked: argparse.Namespace, what: str = "pages") -> Any:
    """Told the size of the terminal: of one that does not know it, tqdm thinks that it has no room."""
    size = shutil.get_terminal_size()
    hidden = asked.json or not sys.stderr.isatty()
    return tqdm(unit=f" {what}", disable=hidden, ncols=size.columns, nrows=size.lines)


def progress_of(bar: Any) -> Any:
    def progress(done: int, of: int) -> None:
        bar.total = of
        bar.update(done - bar.n)

    return progress


async def person(handle: str) -> Viewer:
    try:
        return await queries.viewer_by_handle(handle)
    except NotThere:
        raise NotDone(f"There is nobody called {handle} here.") from None


async def person_or_administrator(handle: str | None) -> Viewer:
    """The first of those, where nobody is named."""
    if handle:
        return await person(handle)
    try:
        return await queries.first_administrator()
    except NotThere:
        raise NotDone("This house has no administrator: say who it is that does this.") from None


async def space_for(viewer: Viewer, slug: str) -> Space:
    try:
        return await queries.readable_space(viewer, slug)
    except NotThere:
        raise NotDone(f"There is no space called {slug} that {viewer.handle} can read.") from None
