"""Copies say how answers helped and that they hold no more, as far as whoever reads them may know it; so do those made again, and those of then."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from export.snapshot import export
from tests.cast import House
from tests.entries.test_holding import asked
from tests.export.test_again import held
from tests.export.test_past import DATED, as_it_stood
from web.database import at, now, rows
from web.entries import actions, queries
from web.entries.actions import Fields
from web.times import DAY


async def published(house: House, out: Path, audience: str = "everyone") -> dict[str, str]:
    await export(lambda: house.app, house.settings, audience, out)
    return {name: content.decode() for name, content in held(out).items() if name.endswith(".html")}


async def test_a_copy_tells_it_to_whom_may_know_and_has_nothing_to_press(house: House, tmp_path: Path) -> None:
    id, first, second = await asked(house, "copied")
    hidden, said, other = await asked(house, "kanarihidden", "loftet")
    mons, ole = [await house.viewer(who) for who in ("mons", "ole")]
    page, out = f"questions/{id}/how-to-mend-the-copied/index.html", tmp_path / "out"
    before = await published(house, out)
    assert "Besvart" in before[page]
    await actions.react(ole, first, "helped", note="with version four")
    await actions.react(mons, said, "helped", note="kanariwith")
    await actions.outdate(mons, first, "The key is gone", second)
    await actions.outdate(mons, said, "kanariwhy", other)
    made = await published(house, out)
    assert (
        "with version four" in made[page]
        and "The key is gone" in made[page]
        and "Les heller det Ole svarte" in made[page]
    )
    assert "Besvart" not in made[page] and made[page].index(f'id="entry-{second}"') < made[page].index(
        f'id="entry-{first}"'
    )
    assert not [each for each in ('outdate"', 'helped"', 'put_to"', "helped/", "outdate/") if f"/{each}" in made[page]]
    assert not [name for name, html in made.items() if "kanariwith" in html or "kanariwhy" in html]
    inside = await published(house, tmp_path / "inside", "space:loftet")
    assert "kanariwith" in inside[f"questions/{hidden}/how-to-mend-the-kanarihidden/index.html"]
    await actions.react(ole, first, "helped", note="with version five")
    again = await published(house, out)
    assert "with version five" in again[page] and "with version four" not in again[page]
    await actions.uphold(mons, first)
    assert "The key is gone" not in (last := await published(house, out))[page] and "Besvart" in last[page]


async def _step(house: House, chance: random.Random, question: int) -> None:
    """An answer is given, is the answer, helps, holds no more, or does after all."""
    mons, ole, hedda = [await house.viewer(who) for who in ("mons", "ole", "hedda")]
    found = [each["id"] for each in await rows("SELECT id FROM entry WHERE parent = {} ORDER BY id", question)]
    answer = chance.choice(found)
    old = {each["id"] for each in await rows("SELECT id FROM outdated")}
    match chance.randrange(6):
        case 0:
            text = Fields(body=f"Try {chance.random():.6}")
            await actions.post(ole, "reply", None, text, await queries.entry(ole, question))
        case 1 if answer not in old:
            await actions.accept(mons, question, answer)
        case 2:
            await actions.uphold(mons, answer)
        case 3 | 4:
            await actions.outdate(mons, answer, f"Gone {chance.random():.6}")
        case _ if (
            await queries.my_note(hedda, answer, "helped") is None
            and (await queries.entry(mons, answer)).author.id == ole.me
        ):
            await actions.react(hedda, answer, "helped", note=f"with {chance.random():.6}")


@pytest.mark.timeout(300)
async def test_made_again_it_is_as_made_anew_and_each_day_is_as_it_was_then(house: House, tmp_path: Path) -> None:
    chance, days = random.Random("held"), []
    with at(now()):
        id, _, _ = await asked(house, "random")
    for day in range(1, 4):
        moment = now() + day * DAY
        with at(moment):
            for _ in range(7):
                await _step(house, chance, id)
        with at(moment + 1):
            await published(house, tmp_path / "kept")
            await published(house, tmp_path / f"day{day}")
            assert held(tmp_path / "kept") == held(tmp_path / f"day{day}"), f"day {day}"
        days.append(moment + 1)
    for day, moment in enumerate(days, 1):
        await as_it_stood(house, tmp_path / f"later{day}", moment)
        then, later = held(tmp_path / f"day{day}"), held(tmp_path / f"later{day}")
        differing = sorted(name for name in (then.keys() | later.keys()) - DATED if then.get(name) != later.get(name))
        assert not differing, f"day {day}"
