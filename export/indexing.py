"""What the page that searches looks into: made of what the audience may read, some hundred entries at a time. What has followed from them
before is kept in a folder, and need not be made again, and where little of it is new, the index that is published already is mended; what is
kept may be thrown away at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec

from export.addresses import relative
from export.kept import Kept
from export.manifest import File
from export.mending import Lost, Mending
from export.plan import Plan
from export.searching import OF_BLOCK, Block, Document, Index, block, directory, files_of, said_by
from web.entries.reading import texts
from web.kinds import BY_PATH, KINDS
from web.policy import Viewer
from web.text import excerpt
from web.words import kinds_by_word

_TITLE = 80
# Where more than one block and one in so many are others, it takes as long to mend an index as to put it together.
_MANY = 8
_NOTHING = Block(0, {}, {}, {})
_FOLDER = "search/"

# Each with what stands in it, or nothing when it stays what it was.
Files = dict[str, bytes | None]


class _Part(msgspec.Struct):
    """Of an index, a block: what it is kept as, how many documents it has, and the first one of each month."""

    kept: str
    documents: int
    months: dict[str, int]


class _Wanted(NamedTuple):
    """Some documents: how many there are before them, where each is read, and what the block of them is kept as."""

    first: int
    places: dict[int, str]
    kept: str


class Indexing:
    """`places`: the file and the fragment where each entry is read; what is nowhere is not in it."""

    def __init__(self, viewer: Viewer, plan: Plan, places: Mapping[int, str], kept: Kept) -> None:
        self._viewer, self._plan, self._places, self._kept = viewer, plan, places, kept
        self._parts: list[_Part] = []

    async def files(self, older: Mapping[str, File], read: Callable[[str], bytes]) -> AsyncIterator[Files]:
        """Some at a time. `older`: the files of the index that was published before, if there is one; `read` reads one of them."""
        ids = [id for id in self._plan.said if id in self._places]
        blocks = [self._wanted(start, ids[start : start + OF_BLOCK]) for start in range(0, len(ids), OF_BLOCK)]
        try:
            files = await self._mended(blocks, older, read)
        except Lost:
            self._parts.clear()
            index = Index()
            for wanted in blocks:
                index.add(found := await self._found_or_made(wanted))
                yield _named(found.files.items())
            for each in index.close(_called()):
                yield _named([each])
        else:
            yield files
        self._kept.forget_old()

    def remember(self, files: Mapping[str, File]) -> None:
        """Of what all of these, which were written, were put together: or they could not be mended."""
        if all(part.kept for part in self._parts):
            self._kept.write(_sum_of(files), self._parts)

    async def _mended(
        self, blocks: Sequence[_Wanted], older: Mapping[str, File], read: Callable[[str], bytes]
    ) -> Files:
        """Raises Lost."""
        before = self._kept.read(_sum_of(older), list[_Part]) or []
        stands = [place < len(before) and before[place].kept == each.kept for place, each in enumerate(blocks)]
        if len(before) > len(blocks) or stands.count(False) > 1 + len(before) // _MANY:
            raise Lost
        files: Files = dict.fromkeys(name for name in older if name.startswith(f"{_FOLDER}r/"))
        changes: dict[str, dict[int, Sequence[int]]] = defaultdict(dict)
        for place, wanted in enumerate(blocks):
            if stands[place]:
                self._parts.append(before[place])
                self._kept.use(wanted.kept)
                files |= dict.fromkeys(map(file_of, files_of(wanted.first, before[place].documents)))
                continue
            former = self._kept.read(before[place].kept, Block) if place < len(before) else _NOTHING
            found = await self._found_or_made(wanted)
            if former is None:
                raise Lost
            files |= _named(found.files.items())
            for word in former.postings.keys() | found.postings.keys():
                if former.postings.get(word) != (now := found.postings.get(word, b"")):
                    changes[word][place] = memoryview(now).cast("I")

        def said(name: str) -> Any:
            if content := read(file_of(name)):
                return said_by(content.decode())
            raise Lost

        firsts = [said(name) for number in range(len(older)) if file_of(name := f"b/{number}") in older]
        mending = Mending([word for each in firsts for word in each], said)
        files |= _named(mending.mend(changes))
        documents, months = 0, dict[str, int]()
        for part in self._parts:
            documents, months = documents + part.documents, part.months | months
        return files | _named(directory(mending.firsts, documents, months, _called()))

    def _wanted(self, first: int, ids: Sequence[int]) -> _Wanted:
        made_of = [(id, self._places[id], self._plan.said[id]) for id in ids]
        kept = blake2b(repr((first, self._plan.frame, made_of)).encode(), digest_size=16).hexdigest()
        return _Wanted(first, {id: self._places[id] for id in ids}, kept)

    async def _found_or_made(self, wanted: _Wanted) -> Block:
        kept, places = wanted.kept, wanted.places
        found = self._kept.read(kept, Block)
        if found is not None:
            self._kept.use(kept)
        else:
            read = await texts(self._viewer, list(places))
            found = block(wanted.first, [_document(each, places[each["id"]]) for each in read])
            # What went into the bin after the plan was made is another thing than the plan says.
            if len(read) == len(places):
                self._kept.write(kept, found)
            else:
                kept = ""
        self._parts.append(_Part(kept, found.documents, found.months))
        return found


def _called() -> dict[str, str]:
    """What each kind is called, to what its word is."""
    called = {kind.name: kind.name for kind in KINDS.values()} | {path: kind.name for path, kind in BY_PATH.items()}
    return kinds_by_word() | called


# The files.


def is_index(name: str) -> bool:
    """Whether a file of a snapshot is one of its index."""
    return name.startswith(_FOLDER) and name.endswith(".js")


def file_of(script: str) -> str:
    return f"{_FOLDER}{script}.js"


def _named(scripts: Iterable[tuple[str, str | None]]) -> Files:
    return {file_of(name): None if content is None else content.encode() for name, content in scripts}


def _sum_of(files: Mapping[str, File]) -> str:
    sums = sorted((name, file.sha256) for name, file in files.items())
    return blake2b(repr(sums).encode(), digest_size=16).hexdigest()


def _document(text: Mapping[str, Any], at: str) -> Document:
    file, _, fragment = at.partition("#")
    title = text["title"] or text["under"] or excerpt(text["quote"] or text["body"], _TITLE)
    named = [
        f"kind:{text['kind']}",
        f"in:{text['space']}",
        f"by:{text['author']}",
        *(f"tag:{tag}" for tag in text["tags"]),
    ]
    return Document(
        f"{relative('search/index.html', file)}#{fragment}", title, text["body"], text["kind"], text["space_name"],
        text["author_name"], datetime.fromtimestamp(text["created_at"] / 1000, UTC).date().isoformat(), tuple(named),
        KINDS[text["kind"]].sums_up,
    )  # fmt: skip
