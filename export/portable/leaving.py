"""The house as a folder: written aside, looked through, and moved into place."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from export.audience import Snapshot
from export.leaks import Secrets, hidden_from, said_in
from export.manifest import FORMAT as MANIFEST_FORMAT
from export.manifest import MANIFEST, PORTABLE, Manifest, is_portable, is_snapshot, names_in
from export.manifest import written as manifest_written
from export.placing import Workshop, workshop
from export.portable import places
from export.portable.conversations import Conversations, Progress
from export.portable.desk import Desk, columns, each_of
from export.portable.filing import Filing
from export.portable.forms import written
from export.portable.reach import EVERYTHING, Reach, reach_of
from export.portable.records import (
    ATTACHMENT,
    DRAFT,
    EVENT,
    FILE_VERSION,
    FOLLOWED_SEARCH,
    FORMAT,
    HOUSE,
    JOIN_REQUEST,
    MEMBERSHIP,
    PERSON,
    SKILL,
    SPACE,
    SYNONYM,
    TAB,
    TAG,
    WATCH,
)  # fmt: skip
from web import twins
from web.database import SQL, now, one_view, row, rows
from web.entries.nameless import asked_in
from web.errors import NotDone, NotThere
from web.publishing.signing import SigningKey
from web.storage import Storage

_ABOUT = """\
This folder is a house: what people wrote in it, in Markdown, with what is known of each text in front of it.

- `spaces/` has a folder for each space, with its pages as they stand under each other, and everything else by the month it was
  written in. What was written under a text lies in the folder of the same name; what happened to it, and its older texts, stand in
  the file of that name that ends in `.jsonl`.
- `people/`, `files/` and `tags.jsonl` are what their names say. In `drafts/` is what somebody has begun and not shared.
- `dugnad import house FOLDER` makes a house of it again, where there is none yet. Files may be changed before that, and moved; the
  numbers in them are what links go by.
- Under git, say `* -text` in `.gitattributes`, so that it changes no line ends.
"""


class Left(msgspec.Struct, frozen=True):
    """What came of it. `changed`: the files that are new or different, and `gone` those that were taken away."""

    audience: str
    entries: int
    texts: int
    people: int
    spaces: int
    attachments: int
    files: int
    bytes: int
    changed: int
    gone: int
    seconds: float

    def counts(self) -> dict[str, object]:
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]

    def sentence(self) -> str:
        whom = f" for {self.audience}" if self.audience else ""
        return (
            f"Wrote {self.entries} entries in {self.texts} texts, {self.people} people, {self.spaces} spaces and "
            f"{self.attachments} attachments{whom} ({self.files} files, {self.bytes / 1e6:.1f} MB) in {self.seconds:.1f} s: "
            f"{self.changed} files are new or changed, {self.gone} are gone."
        )


async def write_house(
    out: Path, files: Storage, audience: str = "", *, spaces: Sequence[str] = (), older: bool = False,
    key: SigningKey | None = None, progress: Progress = lambda done, known: None,
) -> Left:  # fmt: skip
    """Writes the whole house into the folder `out`; for an audience, what that may read, with older texts if `older`, and of
    some spaces only, if any are named. The caller has the database open. Raises NotDone and Unavailable; then what was there
    before still stands."""
    began = time.monotonic()
    _refuse_pages(out)
    with workshop(out) as shop:
        before = names_in(shop.out)
        with shop.anew():
            async with one_view():
                reach, hidden = await _reach(audience, spaces, older)
                filing = Filing(shop, hidden)
                desk = Desk(filing, reach)
                as_of = await _write_all(desk, files, audience, progress)
            _publish(shop, filing, hidden, audience, as_of, key)
    counted, size = desk.counted, sum(file.size for file in filing.files.values())
    return Left(
        audience, counted["entry"], counted["revision"], counted["person"], counted["space"], counted["attachment"],
        len(filing.files), size, filing.changed, len(before - filing.files.keys()), round(time.monotonic() - began, 3),
    )  # fmt: skip


def _refuse_pages(out: Path) -> None:
    if out.exists() and is_snapshot(out) and not is_portable(out):
        raise NotDone(f"{out} holds a snapshot of pages. Choose another folder, or empty it first.")


async def _reach(audience: str, spaces: Sequence[str], older: bool) -> tuple[Reach, Secrets]:
    """And what must not be said."""
    if not audience:
        return EVERYTHING, Secrets({})
    viewer = await Snapshot(audience, "", older, tuple(sorted(spaces))).viewer()
    return reach_of(viewer, older=older), await hidden_from(viewer)


def _publish(
    shop: Workshop, filing: Filing, hidden: Secrets, audience: str, as_of: int, key: SigningKey | None
) -> None:
    # What is there may have been changed by hand. All of it was compared, and not only with what had been published.
    shop.before = None
    signer, names = key.name if key else "", dict(sorted(filing.files.items()))
    manifest = Manifest(MANIFEST_FORMAT, audience, as_of, "", PORTABLE, "", signer, names, {}, [])
    content = manifest_written(manifest)
    if wrong := said_in(MANIFEST, content, hidden):
        raise NotDone(f"The folder is not sound, and nothing was written: {wrong[0]}.")
    signed = key.sign(content, f"as_of:{as_of} audience:{audience}") if key else b""
    # What is closed in the house stays so on the machine.
    shop.publish(manifest, [content], signed, 0o755 if audience else 0o700)


async def _write_all(desk: Desk, files: Storage, audience: str, progress: Progress) -> int:
    """Gives when (ms) something last happened in it."""
    async for each in each_of(
        SQL(f"SELECT {columns(PERSON, 'p')} FROM person p WHERE {{}}", desk.reach.people), "p.id"
    ):
        desk.names.add("person", each["id"], each["handle"])
        desk.put(places.of_person(each["handle"]), PERSON, each)
    said = await row("SELECT language, settled, stand_in FROM house") or {}
    house = written(HOUSE, said, desk.names, whole=desk.reach.whole)
    front = {"dugnad": FORMAT, **({"audience": audience} if audience else {}), **(house or {})}
    desk.filing.put(places.HOUSE, twins.written(front, _ABOUT))
    await _write_spaces(desk)
    await _write_tags(desk)
    await _write_attachments(desk, files)
    if desk.reach.whole:
        await _write_drafts(desk)
        await _write_rest(desk)
    conversations = Conversations(desk)
    await conversations.write(progress)
    return conversations.as_of


async def _write_spaces(desk: Desk) -> None:
    async for each in each_of(SQL(f"SELECT {columns(SPACE, 's')} FROM space s WHERE {{}}", desk.reach.spaces), "s.id"):
        desk.names.add("space", each["id"], each["slug"])
        desk.put(places.of_space(each["slug"]), SPACE, each)
        if lines := await _belonging(desk, each["id"]):
            with desk.filing.open(places.of_space(each["slug"], places.MEMBERS)) as file:
                file.write(lines)


async def _belonging(desk: Desk, space: int) -> bytes:
    """Who does, and who would like to."""
    here = SQL("1 = 1") if desk.reach.whole else SQL("p.active AND (m.until IS NULL OR m.until > {})", now())
    found = await rows(
        "SELECT m.* FROM membership m JOIN space s ON s.id = m.space JOIN person p ON p.id = m.person "
        "WHERE m.space = {} AND {} AND {} AND {} ORDER BY m.id",
        space, desk.reach.members, desk.reach.people, here,
    )  # fmt: skip
    asking = await rows("SELECT * FROM join_request WHERE space = {} ORDER BY id", space) if desk.reach.whole else []
    return b"".join(
        [*(desk.line(MEMBERSHIP, each) for each in found), *(desk.line(JOIN_REQUEST, each) for each in asking)]
    )


async def _write_tags(desk: Desk) -> None:
    used = SQL(
        "EXISTS (SELECT 1 FROM tagging g JOIN entry e ON e.id = g.entry WHERE g.tag = t.id AND {})", desk.reach.entries
    )
    which = SQL("1 = 1") if desk.reach.whole else used
    with desk.filing.open(places.TAGS) as file:
        async for each in each_of(SQL("SELECT t.* FROM tag t WHERE {}", which), "t.id"):
            desk.names.add("tag", each["id"], each["name"])
            file.write(desk.line(TAG, each))
        if desk.reach.whole:
            async for each in each_of(SQL("SELECT y.* FROM synonym y WHERE 1 = 1"), "y.id"):
                file.write(desk.line(SYNONYM, each))


async def _write_attachments(desk: Desk, files: Storage) -> None:
    found = SQL(
        "SELECT f.id, f.author, f.hash, f.name, f.alt, f.created_at, f.trashed_at, f.trashed_by, "
        "CASE WHEN EXISTS (SELECT 1 FROM entry e WHERE e.id = f.entry AND {}) THEN f.entry END AS entry "
        "FROM attachment f WHERE {}",
        desk.reach.entries, desk.reach.files,
    )  # fmt: skip
    async for each in each_of(found, "f.id"):
        desk.attachments.add(each["id"])
        desk.put(f"{places.FILES}/{each['id']}{places.MARKDOWN}", ATTACHMENT, each)
        try:
            await desk.filing.copy(places.of_attachment(each["id"], each["name"]), files, each["hash"])
        except NotThere:
            raise _missing(each["id"]) from None
    if desk.reach.whole:
        await _write_versions(desk, files)


async def _write_versions(desk: Desk, files: Storage) -> None:
    """The last of each is the file as it is."""
    found = SQL(
        "SELECT v.*, f.name, (SELECT max(id) FROM file_version WHERE file = v.file) AS last FROM file_version v "
        "JOIN attachment f ON f.id = v.file WHERE 1 = 1"
    )
    async for each in each_of(found, "v.id"):
        desk.put(places.of_version(each["file"], each["id"]), FILE_VERSION, each)
        if each["id"] == each["last"]:
            continue
        try:
            await desk.filing.copy(places.of_version(each["file"], each["id"], each["name"]), files, each["hash"])
        except NotThere:
            raise _missing(each["file"]) from None


def _missing(id: int) -> NotDone:
    return NotDone(f"The file {id} is not where files are kept; `dugnad check` says more.")


async def _write_drafts(desk: Desk) -> None:
    """But for those that would say who asked without their name, or is about to."""
    plain = SQL(
        "d.nameless = '' AND "
        f"NOT EXISTS (SELECT 1 FROM entry e WHERE e.id IN (d.entry, d.parent) AND {asked_in('d.person', 'e.root')})"
    )
    async for each in each_of(SQL("SELECT d.* FROM draft d WHERE {}", plain), "d.id"):
        desk.put(places.of_draft(desk.names.called["person"][each["person"]], each["id"]), DRAFT, each)


async def _write_rest(desk: Desk) -> None:
    """What is about no entry."""
    with desk.filing.open(places.EVENTS) as file:
        async for each in each_of(SQL("SELECT v.* FROM event v WHERE v.entry IS NULL"), "v.id"):
            file.write(desk.line(EVENT, each))
        async for each in each_of(SQL("SELECT w.* FROM watch w WHERE w.entry IS NULL"), "w.id"):
            file.write(desk.line(WATCH, each))
        async for each in each_of(SQL("SELECT k.* FROM skill k WHERE 1 = 1"), "k.id"):
            file.write(desk.line(SKILL, each))
        async for each in each_of(SQL("SELECT k.* FROM tab k WHERE 1 = 1"), "k.id"):
            file.write(desk.line(TAB, each))
        async for each in each_of(SQL("SELECT q.* FROM followed_search q WHERE 1 = 1"), "q.id"):
            file.write(desk.line(FOLLOWED_SEARCH, each))
