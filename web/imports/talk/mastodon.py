"""An archive of Mastodon: what its owner has said to everybody. What was said to some, or to followers, is not even laid aside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from web.errors import NotDone
from web.imports.people import People
from web.imports.report import Progress
from web.imports.talk.markup import escaped_now
from web.imports.talk.said import HTML, Note, Said, Shown
from web.imports.talk.spool import Spool
from web.imports.talk.stackexchange import moment, site
from web.imports.talk.trees import Node
from web.kinds import KINDS, QUICK
from web.text import tag_name

_MOST_BYTES = 512 << 20
_REPLY = KINDS["reply"].name
_PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_NOTES = ("Note", "Question", "Article", "Page")
_FILE = re.compile(r"(?:^|/)(media_attachments/[^?#]+)")
OUTBOX, ACTOR = "outbox.json", "actor.json"


def needed(path: str) -> bool:
    """Of an archive: not what they liked, bookmarked, or follow."""
    return path.rpartition("/")[2] in (OUTBOX, ACTOR) or "media_attachments/" in path


class Mastodon:
    """`handle`: of whoever imports it; what they said themselves is not signed with their name."""

    def __init__(self, root: Path, handle: str = "") -> None:
        self.root = _where(root)
        actor = _json(self.root / ACTOR) if (self.root / ACTOR).is_file() else {}
        actor = actor if isinstance(actor, dict) else {}
        self._actor = _said(actor.get("id"))
        self._items = _json(self.root / OUTBOX)
        if not isinstance(self._items, dict) or not isinstance(self._items.get("orderedItems"), list):
            raise NotDone(
                f"{self.root / OUTBOX} is no outbox of Mastodon: it has no orderedItems. Nothing was imported."
            )
        self._actor = self._actor or next(
            (_said(each.get("actor")) for each in self._items["orderedItems"] if isinstance(each, dict)), ""
        )
        self.prefix = f"mastodon:{site(self._actor.removeprefix('https://'))}:"
        led = urlsplit(self._actor)
        self._handle, host = _said(actor.get("preferredUsername")), led.netloc
        self._unlisted = 0
        self._who = (
            ()
            if handle and handle == self._handle
            else tuple(
                filter(
                    None,
                    (
                        _said(actor.get("name")),
                        self._handle,
                        f"@{self._handle}@{host}" if self._handle else "",
                        self._actor,
                    ),
                )
            )
        )

    def read(self, spool: Spool, progress: Progress) -> None:
        items = self._items["orderedItems"]
        for number, item in enumerate(items, start=1):
            if isinstance(item, dict):
                try:
                    self._item(spool, item)
                except (ValueError, TypeError, OverflowError):
                    spool.lose("", "not imported", f"Number {number} of the outbox does not say when it was written.")
            if number % 1000 == 0 or number == len(items):
                progress(number, len(items))
        self._items = {}
        if self._unlisted:
            spool.remark(
                "",
                "unlisted",
                f"{self._unlisted} notes were in no public list there, but everybody could read them; they came in.",
            )

    def _item(self, spool: Spool, item: dict[str, Any]) -> None:
        note = item.get("object")
        if item.get("type") == "Announce":
            self._boost(spool, item, note)
            return
        if item.get("type") not in ("Create", "Update") or not isinstance(note, dict) or note.get("type") not in _NOTES:
            spool.leave("acts that say nothing")
            return
        if why := _kept_back(item, note):
            spool.leave(why)
            return
        if not _said(note.get("id")):
            raise ValueError
        self._unlisted += _PUBLIC.isdisjoint(_list(note.get("to")))
        above = _said(note.get("inReplyTo"))
        ours = bool(above) and above.startswith(f"{self._actor}/")
        votes = (note.get("likes") or {}).get("totalItems", 0) if isinstance(note.get("likes"), dict) else 0
        tags = [each for each in note.get("tag") or [] if isinstance(each, dict) and each.get("type") == "Hashtag"]
        html = _said(note.get("content"))
        spool.add(Said(
            note["id"], _REPLY if ours else QUICK.name, "notes", moment(_said(note.get("published") or item.get("published"))), html + _poll(note), HTML,
            above if ours else "", alone=QUICK.name, who=self._who, tags=tuple(name for each in tags if tag_name(name := _said(each.get("name")).lstrip("#")) and not _named(html, name)),
            votes=votes if isinstance(votes, int) else 0, given="recommend", front=_warning(note), lang=_language(note),
            notes=(Note("In reply to", address=above),) if above.startswith(("http://", "https://")) and not ours else (),
            shown=tuple(self._shown(note)), also=tuple(filter(None, (_said(note.get("url")),))),
        ))  # fmt: skip

    def _boost(self, spool: Spool, item: dict[str, Any], what: Any) -> None:
        """The words are somebody else's: it is only told of, and only when everybody may know."""
        spool.leave("boosts")
        if not _PUBLIC.isdisjoint({*_list(item.get("to")), *_list(item.get("cc"))}) and isinstance(what, str):
            spool.remark("", "boost", f"Boosted {what[:250]}")

    def _shown(self, note: dict[str, Any]) -> Iterable[Shown]:
        """Addresses of files may begin with what the archive does not have."""
        for each in note.get("attachment") or []:
            if isinstance(each, dict) and (found := _FILE.search(_said(each.get("url")))):
                yield Shown(found[1], found[1].rpartition("/")[2], _said(each.get("name")))

    # Links.

    def meant(self, address: str) -> tuple[str, str]:
        return address, address if address.startswith(("http://", "https://", "mailto:")) else ""

    def special(self, people: People) -> Callable[[Node], str | None]:
        def become(node: Node) -> str | None:
            words = node.text().strip()
            if "hashtag" in node.classes and tag_name(words.lstrip("#")):
                return f"#{words.lstrip('#')}"
            if "mention" in node.classes and words.startswith("@"):
                host = urlsplit(node.given.get("href", "")).netloc
                handle = (
                    people.handle(f"{words}@{host}")
                    or people.handle(words)
                    or people.handle(node.given.get("href", ""))
                )
                return (
                    f"@{handle}"
                    if handle
                    else f"[{escaped_now(words)}]({node.given.get('href', '')})"
                    if host
                    else escaped_now(words)
                )
            return None

        return become


def _where(root: Path) -> Path:
    """Where the outbox is: right there, or in the only folder that there is."""
    if (root / OUTBOX).is_file():
        return root
    inner = (
        [path for path in root.iterdir() if path.is_dir() and not path.is_symlink() and (path / OUTBOX).is_file()]
        if root.is_dir()
        else []
    )
    if len(inner) != 1:
        raise NotDone(f"{root} is no archive of Mastodon: there is no {OUTBOX} in it. Nothing was imported.")
    return inner[0]


def _kept_back(item: dict[str, Any], note: dict[str, Any]) -> str:
    """To whom it was said: by both the act and the note."""
    every = [{*_list(each.get("to")), *_list(each.get("cc"))} for each in (note, item)]
    if all(not _PUBLIC.isdisjoint(some) for some in every):
        return ""
    followers = any(each.endswith("/followers") for some in every for each in some)
    return "notes to followers only" if followers else "direct notes"


def _warning(note: dict[str, Any]) -> str:
    said = " ".join(_said(note.get("summary")).split())
    return f"**{escaped_now(said)}**" if said else ""


def _poll(note: dict[str, Any]) -> str:
    choices = [each for key in ("oneOf", "anyOf") for each in _list_of(note.get(key)) if isinstance(each, dict)]
    lines = [f"<li>{_text(_said(each.get('name')))}{_many(each)}</li>" for each in choices]
    return f"<ul>{''.join(lines)}</ul>" if lines else ""


def _many(choice: dict[str, Any]) -> str:
    replies = choice.get("replies")
    many = replies.get("totalItems") if isinstance(replies, dict) else None
    return f" ({many})" if isinstance(many, int) else ""


def _text(said: str) -> str:
    return said.replace("&", "&amp;").replace("<", "&lt;")


def _named(html: str, tag: str) -> bool:
    """Whether the text itself names it."""
    return f"#{tag}".casefold() in re.sub(r"<[^>]*>", "", html).casefold()


def _language(note: dict[str, Any]) -> str:
    given = note.get("contentMap")
    code = next(iter(given), "") if isinstance(given, dict) and len(given) == 1 else ""
    return code if re.fullmatch(r"[a-z]{2}", code) else ""


def _said(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    return [each for each in _list_of(value) if isinstance(each, str)]


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _merged(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Mastodon writes some names twice; lists of the same name are one."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        made[name] = made[name] + value if isinstance(made.get(name), list) and isinstance(value, list) else value
    return made


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise NotDone(
                f"{path} is longer than {_MOST_BYTES >> 20} MB, which is more than is read at once. Nothing was imported."
            )
        return json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_merged)
    except (ValueError, RecursionError) as wrong:
        raise NotDone(f"{path} is no readable JSON: {wrong}. Nothing was imported.") from None
    except OSError as wrong:
        raise NotDone(f"{path} cannot be read: {wrong.strerror}. Nothing was imported.") from wrong
