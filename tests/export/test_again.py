"""Publishing again makes what has changed and nothing else, and leaves what publishing anew would leave."""

from __future__ import annotations

import random
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from export.snapshot import export
from tests.cast import House, fields_for
from web.database import rows, value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import Invalid, NotAllowed, NotThere
from web.kinds import KINDS
from web.people import actions as people_actions
from web.people import queries as people

Step = Callable[[House, random.Random], Awaitable[object]]
AUDIENCES = ("everyone", "public", "person:mons", "space:kontoret")


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def times(folder: Path) -> dict[str, int]:
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()
    }


async def some(house: House, chance: random.Random, *kinds: str) -> Entry:
    """One that Mons can read, not in the bin."""
    mons = await house.viewer("mons")
    found = await rows("SELECT id FROM entry WHERE trashed_at IS NULL AND NOT buried ORDER BY id")
    entries = list((await queries.entries(mons, [each["id"] for each in found])).values())
    return chance.choice([each for each in entries if not kinds or each.kind in kinds])


async def _write(house: House, chance: random.Random) -> None:
    kind = KINDS[chance.choice(list(KINDS))]
    parent = None if kind.alone else await some(house, chance, *kind.under)
    space = house.spaces[chance.choice(list(house.spaces))]
    fields = fields_for(kind.name, f"{chance.random():.6}")
    linked = await some(house, chance)
    body = f"{fields.body} [[{linked.title or 'Nothing yet'}]] @ole /e/{linked.id} [x](/e/{linked.id}) #felles"
    await actions.post(
        await house.viewer("mons"), kind.name, space,
        Fields(fields.title, body, fields.url, fields.quote, f"felles {chance.choice('abc')}"), parent,
    )  # fmt: skip


async def _edit(house: House, chance: random.Random) -> None:
    entry = await some(house, chance)
    fields = Fields(entry.title, f"{entry.body}\n\nMore {chance.random():.6}.", entry.url, entry.quote)
    await actions.edit(await house.viewer("mons"), entry.id, fields, entry.revision)


async def _rename(house: House, chance: random.Random) -> None:
    entry = await some(house, chance, "page", "question")
    fields = Fields(chance.choice(("Another page", f"Called {chance.random():.6}")), entry.body)
    await actions.edit(await house.viewer("mons"), entry.id, fields, entry.revision)


async def _react(house: House, chance: random.Random) -> None:
    entry = await some(house, chance)
    await actions.react(await house.viewer(chance.choice(("hedda", "ole"))), entry.id, entry.is_a.reactions[0])


async def _accept(house: House, chance: random.Random) -> None:
    question = await some(house, chance, "question")
    reply = await value(
        "SELECT id FROM entry WHERE root = {} AND id <> root AND NOT buried AND trashed_at IS NULL", question.id
    )
    await actions.accept(await house.viewer("mons"), question.id, reply)


async def _stage(house: House, chance: random.Random) -> None:
    idea = await some(house, chance, "idea")
    await actions.stage(await house.viewer("hedda"), idea.id, chance.choice(idea.is_a.stages), "Because of the ferries")


async def _tag(house: House, chance: random.Random) -> None:
    await actions.tag(
        await house.viewer("mons"), (await some(house, chance)).id, chance.choice(("felles", "Felles ny", ""))
    )


async def _turn(house: House, chance: random.Random) -> None:
    entry = await some(house, chance, "page", "article", "question", "thread", "micropost", "idea")
    await actions.turn(await house.viewer("mons"), entry.id, chance.choice(entry.is_a.turns_into), "Turned")


async def _move(house: House, chance: random.Random) -> None:
    entry = await some(house, chance, *(kind.name for kind in KINDS.values() if kind.alone))
    await actions.move(await house.viewer("mons"), entry.id, house.spaces[chance.choice(list(house.spaces))])


async def _place(house: House, chance: random.Random) -> None:
    page, under = await some(house, chance, "page"), await some(house, chance, "page")
    await actions.place(await house.viewer("mons"), page.id, chance.choice((under.id, None)))


async def _trash(house: House, chance: random.Random) -> None:
    await actions.trash(await house.viewer("mons"), (await some(house, chance)).id, "")


async def _restore(house: House, chance: random.Random) -> None:
    found = await rows("SELECT id FROM entry WHERE trashed_at IS NOT NULL ORDER BY id")
    if found:
        await actions.restore(await house.viewer("mons"), chance.choice(found)["id"])


async def _attach(house: House, chance: random.Random) -> None:
    page = await some(house, chance, "page")
    file = await house.attach("mons", f"File {chance.random():.4}.txt", b"words")
    fields = Fields(page.title, f"{page.body}\n\n[f](/files/{file.id}/{file.name.replace(' ', '%20')})")
    await actions.edit(await house.viewer("mons"), page.id, fields, page.revision)


async def _profile(house: House, chance: random.Random) -> None:
    about = chance.choice(("", "Knows the ferries", "See [[Another page]]", "Asks @mons"))
    await people_actions.change_profile(
        await house.viewer("ole"), f"Ole {chance.choice('ABC')}", about, "ole@dugnad.test"
    )


async def _belong(house: House, chance: random.Random) -> None:
    hedda, role = await house.viewer("hedda"), chance.choice((None, "member", "editor"))
    await people_actions.set_role(hedda, house.spaces["kontoret"], "ole", role)


async def _space(house: House, chance: random.Random) -> None:
    astrid = await house.viewer("astrid")
    space = await people.space(astrid, "torget")
    await people_actions.change_space(
        astrid, space, f"Torget {chance.choice('ABC')}", "", chance.choice(("open", "open", "closed")), public=chance.random() < 0.5
    )  # fmt: skip


STEPS: tuple[Step, ...] = (
    _write, _write, _write, _edit, _edit, _rename, _react, _accept, _stage, _tag, _turn, _move, _place, _trash, _restore, _attach, _profile,
    _belong, _space,
)  # fmt: skip


@pytest.mark.timeout(600)
@pytest.mark.parametrize("audience", AUDIENCES)
async def test_publishing_again_leaves_what_publishing_anew_would(house: House, tmp_path: Path, audience: str) -> None:
    chance = random.Random(f"2026 {audience}")
    out, kept = tmp_path / "out", 0
    for turn in range(5):
        done = []
        while len(done) < 4:
            step = chance.choice(STEPS)
            try:
                await step(house, chance)
                done.append(step.__name__)
            except (Invalid, NotAllowed, NotThere):
                continue  # not everything can be done at any time
        before = times(out) if out.exists() else {}
        await export(house.app, house.settings, audience, out)
        await export(house.app, house.settings, audience, tmp_path / f"anew{turn}")
        again, anew = held(out), held(tmp_path / f"anew{turn}")
        differing = sorted(name for name in again.keys() | anew.keys() if again.get(name) != anew.get(name))
        assert not differing, f"after {done}"
        kept += sum(times(out).get(name) == time for name, time in before.items())
        shutil.rmtree(tmp_path / f"anew{turn}")
    assert kept > 100, "most of it was left alone"
