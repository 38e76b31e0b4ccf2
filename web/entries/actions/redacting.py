"""Taking one text out of a history for good. That there was one stays, and who took it away, when and why."""

from __future__ import annotations

from web import checks
from web.database import execute, in_list, in_one_transaction, now, rows
from web.entries import queries
from web.entries.actions.steps import held
from web.entries.derived import named_tags, rendered
from web.entries.events import record
from web.entries.nameless import RUNS, must_not_tell, signed
from web.entries.trails import MOST_TAGS
from web.errors import Invalid
from web.policy import Viewer


@in_one_transaction
async def redact(viewer: Viewer, id: int, revision: int, reason: str = "") -> None:
    """Empties one older text of an entry, and those that were folded into it: nobody reads them any more, whatever their rights.

    Of the text that stands, only what was folded into it goes. Raises Invalid where nothing is left to take away.
    """
    entry = await held(viewer, id)
    viewer.must("redact", entry)
    await must_not_tell(viewer, id, "revision", RUNS)
    reason = checks.line("reason", reason)
    old = await queries.revision(viewer, id, revision)
    if old.redacted:
        raise Invalid("revision", "That text has been taken away already.")
    going = [each for each in (*await _folded_into(id, revision), revision) if each != entry.revision]
    if not going:
        raise Invalid(
            "revision", "This is the text that stands. Save another one first; then this one can be taken away."
        )
    tags = await _tags_in(viewer, id, going)
    await execute(
        "UPDATE revision SET title = '', body = '', lead = '', url = NULL, tags = '', lang = NULL, summary = '', redacted_at = {}, redacted_by = {}, "
        "redact_reason = {} WHERE id IN {}",
        now(), signed(viewer, id), reason, in_list(going),
    )  # fmt: skip
    # What was suggested upon it, or became it, says the same.
    await execute(
        "UPDATE suggestion SET title = '', body = '', summary = '', reason = '', outcome = COALESCE(outcome, 'gone') "
        "WHERE entry = {} AND (base IN {} OR revision IN {} OR further IN {})",
        id, in_list(going), in_list(going), in_list(going),
    )  # fmt: skip
    # What was said of the change was noted there too.
    await execute("UPDATE event SET note = '' WHERE entry = {} AND revision IN {}", id, in_list(going))
    if tags:
        alone = "about = '' AND NOT EXISTS (SELECT 1 FROM tagging g WHERE g.tag = tag.id)"
        await execute(f"DELETE FROM tag WHERE name IN {{}} AND {alone}", in_list(tags))
    await record(viewer, "redact", entry=id, revision=revision, note=reason)


async def _tags_in(viewer: Viewer, entry: int, revisions: list[int]) -> set[str]:
    """The names of the tags in these texts: one that nothing else has goes with them."""
    names: set[str] = set()
    for each in revisions:
        old = await queries.revision(viewer, entry, each)
        names |= named_tags(old.tags, (await rendered(old.body)).tags, MOST_TAGS).keys()
    return names


async def _folded_into(entry: int, revision: int) -> list[int]:
    found = await rows(
        "SELECT id FROM revision WHERE entry = {} AND folded AND redacted_at IS NULL AND id < {} AND id > "
        "COALESCE((SELECT max(x.id) FROM revision x WHERE x.entry = {} AND NOT x.folded AND x.id < {}), 0)",
        entry, revision, entry, revision,
    )  # fmt: skip
    return [each["id"] for each in found]
