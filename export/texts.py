"""Pages of a space as a folder of Markdown: written aside, and moved into place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from export.leaks import Secrets
from export.manifest import FORMAT, Manifest, is_snapshot, names_in, pieces_of, read
from export.placing import Workshop, workshop
from export.portable.filing import Filing
from web.database import one_view
from web.entries import queries
from web.entries.rows import Branch
from web.errors import NotDone, NotThere
from web.leaving.names import FILES
from web.leaving.pages import Member, members
from web.people.rows import Space
from web.policy import Viewer
from web.storage import Storage

# In place of an index: that it is no snapshot, and no house, but pages that can be imported.
_PAGES = "pages"
_ANY_NUMBER = 2**31


class Taken(msgspec.Struct, frozen=True):
    """What came of it. `changed`: the files that are new or different, and `gone` those that were taken away."""

    pages: int
    attachments: int
    changed: int
    gone: int

    def sentence(self) -> str:
        return (
            f"Wrote {self.pages} pages and {self.attachments} attachments: "
            f"{self.changed} files are new or changed, {self.gone} are gone."
        )


async def write_pages(
    viewer: Viewer, out: Path, origin: str, storage: Storage, space: Space, under: int | None,
    progress: Callable[[int, int], None],
) -> Taken:  # fmt: skip
    """Writes what the viewer may read of a space into the folder `out`; or the page `under`, and those under it. The caller has the
    database open. Raises NotDone and Unavailable; then what was there before still stands."""
    if is_snapshot(out) and not _is_ours(out):
        raise NotDone(f"{out} holds something else that Dugnad made. Choose another folder, or empty it first.")
    with workshop(out) as shop:
        before = names_in(shop.out)
        with shop.anew():
            async with one_view():
                branches = await _standing(viewer, space, under)
                # Each file is what the viewer reads; there is nothing to look for in it.
                filing = Filing(shop, Secrets({}))
                await _write(filing, viewer, origin, storage, branches, progress)
            _publish(shop, filing, space)
    attached = sum(name.startswith(f"{FILES}/") for name in filing.files)
    return Taken(len(filing.files) - attached, attached, filing.changed, len(before - filing.files.keys()))


def _is_ours(out: Path) -> bool:
    manifest = read(out)
    return manifest is not None and manifest.index == _PAGES


async def _standing(viewer: Viewer, space: Space, under: int | None) -> tuple[Branch, ...]:
    branches = await queries.standing(viewer, space.id, under, most=_ANY_NUMBER)
    if not branches:
        which = f"no page {under}" if under else "no page"
        raise NotDone(f"There is {which} in {space.slug} that {viewer.handle} can read.")
    return branches


async def _write(
    filing: Filing, viewer: Viewer, origin: str, storage: Storage, branches: tuple[Branch, ...],
    progress: Callable[[int, int], None],
) -> None:  # fmt: skip
    done = 0
    async for member in members(viewer, origin, branches):
        if member.key:
            await _copy(filing, member, storage)
            continue
        filing.put(member.path, member.text)
        done += 1
        progress(done, len(branches))


async def _copy(filing: Filing, member: Member, storage: Storage) -> None:
    try:
        await filing.copy(member.path, storage, member.key)
    except NotThere:
        raise NotDone(f"What {member.path} holds is not where files are kept; `dugnad check` says more.") from None


def _publish(shop: Workshop, filing: Filing, space: Space) -> None:
    # What is there may have been changed by hand. All of it was compared, and not only with what had been written.
    shop.before = None
    manifest = Manifest(FORMAT, "", 0, "", _PAGES, "", "", dict(sorted(filing.files.items())), {}, [])
    # What is closed in the house stays so on the machine.
    shop.publish(manifest, pieces_of(manifest), mode=0o755 if space.access == "open" else 0o700)
