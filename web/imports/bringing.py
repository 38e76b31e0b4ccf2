"""What has come in before comes in again: what is new there is added here, and what colleagues have changed here meanwhile is merged with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace

from web.database import in_one_transaction, now, rows
from web.entries import actions
from web.entries.actions import Fields
from web.entries.tables import Imported
from web.errors import Conflict, Invalid, NotAllowed, NotThere
from web.imports import histories, memory
from web.imports.histories import Teller, Telling


@dataclass(frozen=True)
class WhatIsNew:
    """`stands`: the text that stands here; None when the entry is in the bin, or elsewhere. `later` gives the texts since, in the order of time, some
    at once, and `again` the last one anew; either gives None where nothing can be made of it, which is told already."""

    known: Imported
    stands: int | None
    later: Callable[[], AsyncIterator[Telling | None]]
    again: Callable[[], Awaitable[Telling | None]]
    dry_run: bool = False


@dataclass(frozen=True)
class Done:
    """`wrong`: why it was left as it is, and `what` that is called in the report."""

    changed: bool = False
    texts: int = 0
    what: str = ""
    wrong: str = ""


async def bring_over(teller: Teller, new: WhatIsNew) -> Done:
    if new.stands is None:
        return Done(what="not imported", wrong="Its page is in the bin, or in another space; it was left as it is.")
    try:
        return await _brought_over(teller, new, new.stands)
    except Conflict:
        return Done(what="conflict", wrong="Colleagues changed the same lines; their page was left as it is.")
    except (NotThere, NotAllowed):
        return Done(what="not imported", wrong="Its page may not be changed by this person.")
    except Invalid as wrong:
        return Done(what="not imported", wrong=str(wrong))


async def _brought_over(teller: Teller, new: WhatIsNew, stands: int) -> Done:
    known, texts = new.known, 0
    base = await memory.base_of(known)
    async for made in new.later():
        if made is None:
            return Done(texts > 0, texts)
        if new.dry_run:
            return Done(True, len(made.texts))
        if stands != base or base is None:
            await _merge(teller, known, made)
            return Done(True, texts)
        await histories.append(teller, made, known, base)
        await _put(teller, made)
        texts += len(made.texts)
        known = await memory.read_again(known)
        stands = base = await memory.base_of(known) or 0
    if texts:
        return Done(True, texts)
    return Done(await _turned_otherwise(teller, new, known, stands, base))


async def _turned_otherwise(teller: Teller, new: WhatIsNew, known: Imported, stands: int, base: int | None) -> bool:
    """The same text may become another one today: a file is there now, or a colleague has a name."""
    made = await new.again()
    if made is None or _alike(known, made):
        return False
    if new.dry_run:
        return True
    if stands != base or base is None:
        await _merge(teller, known, made)
        return True
    said = replace(made.last, at=now(), author=teller.viewer.me, summary="Imported again", minor=True)
    await histories.append(teller, replace(made, texts=[said]), known, base)
    await _put(teller, made)
    mark = f"{histories.digest(said, made.parent).split()[0]} {histories.mark(known):x}"
    await memory.remember_again(known, mark, said.at)
    return True


def _alike(known: Imported, made: Telling) -> bool:
    return histories.digest(made.last, made.parent).split()[0] == known.digest.split()[0]


async def _put(teller: Teller, made: Telling) -> None:
    """Where it stands now."""
    found = await rows("SELECT parent FROM entry WHERE id = {}", made.entry)
    if made.kind.tree and found and found[0]["parent"] != made.parent:
        await actions.place(teller.viewer, made.entry, made.parent)


@in_one_transaction
async def _merge(teller: Teller, known: Imported, made: Telling) -> None:
    """Colleagues have changed it here: what was made of it there since comes as one change."""
    last = made.last
    fields = Fields(last.title, last.body, tags=last.tags, lang=made.lang, summary=last.summary or "Imported")
    await memory.save_over(teller.viewer, known, fields, histories.digest(last, made.parent))
