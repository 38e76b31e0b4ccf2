"""What was said, as the texts of an entry: by whom, with its files, its links and what is noted of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO

from web.entries import attachments, media
from web.errors import Invalid
from web.imports import histories
from web.imports.histories import Past, Telling
from web.imports.mediawiki.links import tag_of
from web.imports.people import People
from web.imports.talk.markup import Turning, escaped_now
from web.imports.talk.said import HTML, MARKDOWN, PLAIN, Note, Older, Said, Shown, Source
from web.imports.talk.spool import Place, Spool
from web.kinds import KINDS, Kind
from web.policy import Viewer
from web.storage import Storage
from web.urls import file_url, permalink

_ROOM = 600
# What cannot be a tag here, and would mean something else without its signs.
_TAGS = {
    "c++": "cpp",
    "c#": "csharp",
    "f#": "fsharp",
    ".net": "dotnet",
    "asp.net": "aspnet",
    "node.js": "nodejs",
    "objective-c++": "objective-cpp",
}
_LONGER = KINDS["thread"]


class Writing:
    """`before`: the entries of what came in before, and is not among what comes now."""

    def __init__(
        self, viewer: Viewer, source: Source, spool: Spool, before: Mapping[str, int], people: People, files: Storage, attached: dict[tuple[str, str], int], dry_run: bool,
        lang: str | None,
    ) -> None:  # fmt: skip
        self._viewer, self._source, self._spool, self._people = viewer, source, spool, people
        self._files, self._attached, self._dry_run = files, attached, dry_run
        self._lang, self._before = lang, before
        self._special = source.special(people)
        self.kept: set[tuple[str, str]] = set()
        self.nameless: set[str] = set()
        self.links = 0
        self.problems: list[tuple[str, str, str]] = []

    async def telling(self, place: Place) -> Telling | None:
        """None when nothing can be made of it; then that is among the problems."""
        said = place.said
        texts = self._spool.older(said.ref)
        older = [await self._past(place, each, last=False) for each in texts[:-1]]
        last = await self._past(place, _standing(said, texts), last=True)
        kind = _fitting(KINDS[said.kind], last)
        made = []
        for each in (*older, last):
            try:
                made.append(histories.fitted(kind, self._titled(kind, said, each)))
            except Invalid as wrong:
                if each is last:
                    self.problems.clear()
                    self._lose(
                        said,
                        "not imported",
                        f"{wrong.field}: {wrong.why % wrong.values if wrong.values else wrong.why}",
                    )
                    return None
        return Telling(
            self._source.prefix + said.ref,
            place.entry,
            kind,
            place.above,
            0,
            made,
            None if said.lang == self._lang else said.lang or None,
            root=place.head,
        )

    def _titled(self, kind: Kind, said: Said, text: Past) -> Past:
        if not kind.title_max:
            return replace(text, title="")
        title = text.title or said.title or _beginning(text.body)
        short = histories.line(title, kind.title_max)
        return replace(text, title=short or said.ref)

    async def _past(self, place: Place, text: Older, *, last: bool) -> Past:
        said = place.said
        turning = Turning(self._to, self._special)
        body = self._turned(turning, text)
        parts = [said.front, body]
        if last:
            parts += [await self._shown(said, each) for each in said.shown]
            parts += [self._noted(note) for note in (*said.notes, *self._spool.notes(said.ref))]
            self.problems += [(said.ref, what, detail) for what, detail in dict.fromkeys(turning.lost)]
        author, editor = self._author(text.who)
        _, name = self._author(said.who)
        signed = f"— {escaped_now(name)}" if name else ""
        whole = "\n\n".join(filter(None, (*parts, signed))) if any(parts) else ""
        longest = KINDS[said.kind].body_max if said.kind not in _SHORT else _LONGER.body_max
        if len(whole) > longest:
            whole = await self._too_long(said, whole, signed, longest)
        summary = histories.line(text.summary, 200)
        return Past(
            text.at, author, histories.line(text.title, 1000), whole, self._tags(said, text),
            histories.line(f"{summary} ({editor})" if editor else summary, 300),
        )  # fmt: skip

    def _turned(self, turning: Turning, text: Older) -> str:
        if text.form == HTML:
            return turning.html(text.body)
        if text.form == MARKDOWN:
            return turning.markdown(text.body)
        return turning.text(text.body) if text.form == PLAIN else text.body

    def _to(self, address: str) -> str:
        ref, whole = self._source.meant(address)
        found = self._spool.entry_of(ref) if ref else None
        entry = found[0] if found else self._before.get(ref)
        if entry is None:
            return whole
        self.links += 1
        return permalink(entry)

    def _noted(self, note: Note) -> str:
        found = self._spool.entry_of(note.ref) if note.ref else None
        if found is not None:
            return f"*{note.words}* [{escaped_now(found[1] or note.ref).replace(']', chr(92) + ']')}]({permalink(found[0])})"
        if note.ref:
            return ""
        return f"*{note.words}* <{note.address}>" if note.address else f"*{note.words}*"

    def _author(self, who: tuple[str, ...]) -> tuple[int, str]:
        """Who it is by here, and whose name is to be said because that is somebody else."""
        if not who:
            return self._viewer.me, ""
        person = self._people.find(*who)
        if person is not None:
            return person, ""
        name = histories.line(who[0], 80)
        self.nameless.add(name)
        return self._viewer.me, name

    def _tags(self, said: Said, text: Older) -> str:
        made = []
        for each in text.tags:
            word = _TAGS.get(each.lower()) or tag_of(each)
            if word:
                made.append(word)
            else:
                self._lose(said, "tag", f"{each[:60]} cannot be a tag here.")
        return " ".join(dict.fromkeys(made))

    def _lose(self, said: Said, what: str, detail: str) -> None:
        self.problems.append((said.ref, what, detail))

    # Files.

    async def _shown(self, said: Said, shown: Shown) -> str:
        path = within(self._source.root, shown.path)
        words = histories.line(shown.alt, 1000)
        alt = re.sub(r"([\\\[\]*_`<])", r"\\\1", words)
        try:
            if path is None:
                raise FileNotFoundError(2, "it is not there")
            with path.open("rb") as data:
                what = media.recognised(data)
                data.seek(0)
                address = await self._address(shown.name, data, histories.line(words, 300))
        except (Invalid, OSError) as wrong:
            why = (
                (wrong.why % wrong.values if wrong.values else wrong.why)
                if isinstance(wrong, Invalid)
                else f"Cannot be read: {wrong.strerror}."
            )
            self._lose(said, "attachment", f"{shown.name[:200]}: {why}")
            return alt or escaped_now(shown.name)
        pictured = what.type.startswith(("image/", "audio/", "video/"))
        return f"{'!' if pictured else ''}[{alt or (escaped_now(shown.name) if not pictured else '')}]({address})"

    async def _address(self, name: str, data: IO[bytes], alt: str = "") -> str:
        key = (hashlib.file_digest(data, "sha256").hexdigest(), media.tidy_name(name))  # type: ignore[arg-type]
        self.kept.add(key)
        if key not in self._attached and not self._dry_run:
            data.seek(0)
            self._attached[key] = (await attachments.keep(self._viewer, self._files, name, data, alt=alt)).id
        return file_url(self._attached.get(key, 0), key[1])

    async def _too_long(self, said: Said, whole: str, signed: str, longest: int) -> str:
        name = f"{re.sub(r'[^0-9A-Za-z-]+', '-', said.ref)[-60:]}.txt"
        address = await self._address(name, BytesIO(whole.encode()))
        self._lose(said, "too long", "The whole text is in a file; its beginning stands here.")
        cut = whole[: longest - _ROOM]
        cut = cut[: cut.rfind("\n")] if "\n" in cut else cut
        ticks = re.findall(r"^ {0,3}(```+)", cut, re.MULTILINE)
        fence = f"\n{ticks[-1]}" if len(ticks) % 2 else ""
        return "\n\n".join(filter(None, (f"[{name}]({address})", f"{cut}{fence}", signed)))


_SHORT = frozenset(kind.name for kind in KINDS.values() if kind.quick and kind.body_max < _LONGER.body_max)


def _standing(said: Said, texts: list[Older]) -> Older:
    """The text that stands: of whoever wrote the last of those that are told, and of then."""
    if not texts:
        return Older(said.at, said.who, said.body, said.form, said.title, said.tags)
    last = texts[-1]
    return Older(last.at, last.who, said.body, said.form, said.title, said.tags, last.summary)


def _fitting(kind: Kind, text: Past) -> Kind:
    """What is too long to be said in ten seconds is a thread."""
    return _LONGER if kind.quick and len(text.body) > kind.body_max and _LONGER.name in kind.turns_into else kind


def _beginning(body: str) -> str:
    """What a text begins with, for one without a title."""
    words = re.sub(
        r"!?\[([^\]]*)\]\([^)]*\)|<(https?://[^>]*)>|[*_`#>\\]|^— .*$",
        lambda found: found[1] or found[2] or "",
        body,
        flags=re.MULTILINE,
    )
    first = next((line for line in words.split("\n") if line.strip()), "")
    cut = " ".join(first.split())
    return cut if len(cut) <= 80 else f"{cut[:80].rsplit(' ', 1)[0]} …"


def within(root: Path, path: str) -> Path | None:
    """A file in a folder, and in no other by any way."""
    found = root.joinpath(*[part for part in path.split("/") if part not in ("", ".")])
    if ".." in path.split("/") or "\0" in path or "\\" in path:
        return None
    here = root
    for part in found.relative_to(root).parts:
        here = here / part
        if here.is_symlink():
            return None
    return found if found.is_file() else None
