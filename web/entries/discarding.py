"""Files that no text uses any more: finding them, throwing them away, and taking them back."""

from __future__ import annotations

from web.database import SQL, execute, for_update, in_list, in_one_transaction, now, row, rows
from web.entries import attachments
from web.entries.rows import Attachment
from web.errors import Invalid, there
from web.policy import RANK, Viewer, file_visible_to
from web.rights import part_taken_by

AT_ONCE = 50
# A text in the bin may come back, and would like to find its files.
_USED = "EXISTS (SELECT 1 FROM link l WHERE l.attachment = f.id)"
_ONE = "SELECT f.id FROM attachment f WHERE f.id = {} AND {}"


def _theirs(viewer: Viewer) -> SQL:
    """A condition on an attachment `f`: the viewer sent it and takes part where it belongs, or is a host there; administrators look after
    what is open."""
    mine = in_list([id for id, role in viewer.roles.items() if RANK[role] >= RANK["host"]])
    return SQL(
        "f.id IN (SELECT a.id FROM attachment a LEFT JOIN entry e ON e.id = a.entry "
        "WHERE a.author = {} AND (a.entry IS NULL OR {}) UNION ALL "
        "SELECT a.id FROM space s JOIN entry e ON e.space = s.id JOIN attachment a ON a.entry = e.id "
        "WHERE s.id IN {} OR ({} AND s.access = 'open'))",
        viewer.me, part_taken_by(viewer), mine, SQL("1 = 1" if viewer.admin else "1 = 0"),
    )  # fmt: skip


def _thrown_by(viewer: Viewer) -> SQL:
    """What they may not throw away any more, they do not take back either."""
    return SQL("f.trashed_at IS NOT NULL AND f.trashed_by = {} AND {}", viewer.me, _theirs(viewer))


async def unused(viewer: Viewer, before: int | None = None) -> tuple[Attachment, ...]:
    """What the viewer may throw away, the latest sent first: AT_ONCE, and one more if there are more."""
    older = SQL("f.id < {}", before) if before else SQL("1 = 1")
    which = SQL(f"{{}} AND {{}} AND NOT {_USED} AND {{}}", _theirs(viewer), file_visible_to(viewer), older)
    return await attachments.those(viewer, which, AT_ONCE + 1)


async def thrown(viewer: Viewer) -> tuple[Attachment, ...]:
    """What the viewer threw away, and still may, some of the latest sent."""
    return await attachments.those(viewer, _thrown_by(viewer), AT_ONCE)


async def may_trash(viewer: Viewer, file: Attachment) -> bool:
    return viewer.signed_in and await row(_ONE, file.id, _theirs(viewer)) is not None


@in_one_transaction
async def trash(viewer: Viewer, id: int) -> None:
    """Nobody reads it from then on. Raises NotThere, and Invalid for what a text uses."""
    viewer.must("write")
    await rows("SELECT id FROM attachment WHERE id = {} " + for_update(), id)
    there(await row(_ONE, id, SQL("{} AND {}", _theirs(viewer), file_visible_to(viewer))))
    if await row(_ONE, id, SQL(_USED)):
        raise Invalid("file", "A text uses this file. Take it out of the text first.")
    await execute("UPDATE attachment SET trashed_at = {}, trashed_by = {} WHERE id = {}", now(), viewer.person, id)


@in_one_transaction
async def restore(viewer: Viewer, id: int) -> None:
    """By whoever threw it away, and still may. Raises NotThere."""
    viewer.must("write")
    there(await row(_ONE, id, _thrown_by(viewer)))
    await execute("UPDATE attachment SET trashed_at = NULL, trashed_by = NULL WHERE id = {}", id)
