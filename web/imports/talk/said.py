"""What somebody said elsewhere, of whichever program: as much of it as there is a place for here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, urlsplit

import msgspec

from web.imports.people import People
from web.imports.report import Progress
from web.imports.talk.trees import Node

if TYPE_CHECKING:
    from web.imports.talk.spool import Spool

HTML, MARKDOWN, PLAIN, READY = "html", "markdown", "plain", "ready"


class Older(msgspec.Struct, frozen=True, array_like=True):
    """A text that it had; the last of them is the one that stands. `form`: what `body` is, a word above."""

    at: int
    who: tuple[str, ...]
    body: str
    form: str
    title: str = ""
    tags: tuple[str, ...] = ()
    summary: str = ""


class Note(msgspec.Struct, frozen=True, array_like=True):
    """A line under a text about what it was there, and what it leads to: something else that was said, or an address."""

    words: str
    ref: str = ""
    address: str = ""


class Shown(msgspec.Struct, frozen=True, array_like=True):
    """A file that comes with it, by its path in what is imported."""

    path: str
    name: str
    alt: str = ""


class Said(msgspec.Struct, frozen=True, array_like=True):
    """One thing that was said, at (ms).

    ref: what it is called there. sort: the word for it in the report, in the plural. above: what it was said to; empty for what begins a conversation.
    alone: the kind that it becomes when that did not come in; empty for what is nothing by itself. who: the names its author goes by, the one that
    is shown first; none for whoever imports. votes: how many people who are not named have `given` it that reaction. accepts: the answer that settled it.
    front: Markdown to stand before its body.
    """

    ref: str
    kind: str
    sort: str
    at: int
    body: str
    form: str = HTML
    above: str = ""
    alone: str = ""
    who: tuple[str, ...] = ()
    title: str = ""
    tags: tuple[str, ...] = ()
    votes: int = 0
    given: str = "vote"
    accepts: str = ""
    notes: tuple[Note, ...] = ()
    shown: tuple[Shown, ...] = ()
    front: str = ""
    lang: str = ""
    also: tuple[str, ...] = ()


class Source(Protocol):
    """What is imported. `prefix`: what tells it from every other, before the path of what came of it."""

    prefix: str
    root: Path

    def read(self, spool: Spool, progress: Progress) -> None:
        """Lays all of it aside that may come in, and says how much may not. Raises NotDone."""

    def meant(self, address: str) -> tuple[str, str]:
        """What an address means: the ref of something that was said, if it is of that sort; and the whole address, empty where it has none."""

    def special(self, people: People) -> Callable[[Node], str | None]:
        """What becomes of links that mean somebody, or a tag."""


def on_site(address: str, host: str) -> tuple[SplitResult | None, str]:
    """Where an address in a text leads on the site of that `host`, or None where it leads elsewhere; and the whole of it, as far as it is one."""
    try:
        led = urlsplit(address)
    except ValueError:
        return None, ""
    if led.scheme not in ("", "http", "https"):
        return None, address
    there = led.netloc.lower().removeprefix("www.")
    whole = address
    if not led.scheme:
        before = "https:" if there else f"https://{host}" if host and address.startswith("/") else ""
        whole = f"{before}{address}" if before else ""
    return (led if not there or there == host else None), whole
