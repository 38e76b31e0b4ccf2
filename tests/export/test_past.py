"""A snapshot of a day that has passed is the one that was, or would have been, published then."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import pytest

from export.past import moment_of, past_house
from export.reading import Snapshot
from export.snapshot import export
from tests.cast import House, application
from tests.export import test_again as steps
from tests.export.test_again import held
from web.app import TABLES
from web.database import at, close_database, now, open_database
from web.entries import actions, queries, versions
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed, NotDone, NotThere
from web.times import DAY

# What changes nothing that is told of as it is today: names, rights, what is in the bin.
STEPS: tuple[steps.Step, ...] = (
    steps._write, steps._write, steps._edit, steps._edit, steps._rename, steps._react, steps._accept, steps._stage, steps._tag,
    steps._turn, steps._place, steps._attach, steps._tend, steps._tend, steps._embed,
)  # fmt: skip
# They say when it is of.
DATED = {"manifest.json", "snapshot.css", "lately.js"}


async def as_it_stood(house: House, out: Path, moment: int, audience: str = "everyone") -> None:
    await close_database()
    try:
        snapshot = Snapshot(audience, house.settings.url, moment=moment)
        async with past_house(house.settings, snapshot) as (then, hidden):
            app = application(then)
            await export(lambda: app, then, audience, out, moment=moment, hidden=hidden)
    finally:
        await open_database(house.settings.database, TABLES)
        house.forget()


async def published(house: House, out: Path, audience: str = "everyone") -> None:
    await export(lambda: house.app, house.settings, audience, out)


async def some_steps(house: House, chance: random.Random, many: int) -> list[str]:
    done: list[str] = []
    while len(done) < many:
        step = chance.choice(STEPS)
        try:
            await step(house, chance)
            done.append(step.__name__)
        except (Invalid, NotAllowed, NotThere):
            continue
    return done


@pytest.mark.timeout(300)
@pytest.mark.parametrize("audience", ["everyone", "public"])
async def test_each_day_is_published_later_as_it_was_published_then(
    house: House, tmp_path: Path, audience: str
) -> None:
    chance, days, done = random.Random(f"past {audience}"), [], []
    for day in range(1, 4):
        moment = now() + day * DAY
        with at(moment):
            done += [await some_steps(house, chance, 6)]
        with at(moment + 1):
            await published(house, tmp_path / f"day{day}", audience)
        days.append(moment + 1)
    for day, moment in enumerate(days, 1):
        await as_it_stood(house, tmp_path / f"later{day}", moment, audience)
        then, later = held(tmp_path / f"day{day}"), held(tmp_path / f"later{day}")
        differing = sorted(name for name in (then.keys() | later.keys()) - DATED if then.get(name) != later.get(name))
        assert not differing, f"day {day}, of {done}"


async def test_what_was_done_since_is_not_in_it(house: House, tmp_path: Path) -> None:
    mons, moment = await house.viewer("mons"), now()
    parent = await house.entry("torget", "page")
    with at(moment + DAY):
        file = await house.attach("mons", "plan.txt", b"The plan of day one")
        body = f"The quay is blue. [Plan](/files/{file.id}/plan.txt)"
        id = await actions.post(mons, "page", house.spaces["torget"], Fields("Harbour", body), parent)
        other = await actions.post(
            mons, "page", house.spaces["torget"], Fields("Next to it", "See [[Harbour]]."), parent
        )
        await actions.place(mons, other, None, before=parent.id)
        await actions.trash(mons, other, "")
    with at(moment + 2 * DAY):
        await actions.restore(mons, other)
        page = await queries.entry(mons, id)
        await actions.edit(mons, id, Fields("Quay", body.replace("blue", "red")), page.revision)
        await actions.react(await house.viewer("ole"), id, "recommend")
        await versions.bring(mons, house.files, file.id, BytesIO(b"The plan of day two"), "noted-on-day-two")
    with at(moment + 3 * DAY):
        await versions.bring(mons, house.files, file.id, BytesIO(b"The plan of day three"), "")
        await actions.react(await house.viewer("ole"), id, "recommend", undo=True)
        await actions.place(mons, id, None)
    await as_it_stood(house, tmp_path / "0", moment)
    assert not [name for name in held(tmp_path / "0") if str(id) in name or str(other) in name]
    await as_it_stood(house, tmp_path / "1", moment + DAY + 1)
    first = (tmp_path / "1" / f"pages/{id}/harbour/index.html").read_text()
    assert "The quay is blue." in first and "red" not in first and "act given" not in first
    assert not (tmp_path / "1" / f"pages/{other}").exists(), "it was in the bin"
    await as_it_stood(house, tmp_path / "2", moment + 2 * DAY + 1)
    second = (tmp_path / "2" / f"pages/{id}/quay/index.html").read_text()
    assert "The quay is red." in second and "blue" not in second and "act given" in second, (
        "who took it back since had given it"
    )
    for day, number in ((1, "one"), (2, "two")):
        assert (tmp_path / f"{day}/files/{file.id}/plan.txt").read_text() == f"The plan of day {number}"
        files = held(tmp_path / f"{day}")
        assert not [name for name, said in files.items() if b"noted-on" in said], "what it was is in no copy"
    assert f"/{parent.id}/" in second, "it stood there, and stands elsewhere today"
    assert f"/{id}/quay/index.html" in (tmp_path / "2" / f"pages/{other}/next-to-it/index.html").read_text()


async def test_who_may_read_something_is_what_they_may_today(house: House, tmp_path: Path) -> None:
    mons, moment = await house.viewer("mons"), now()
    with at(moment + DAY):
        open_then = await actions.post(
            mons, "page", house.spaces["torget"], Fields("Was open", "Everybody read this once.")
        )
        hidden_then = await actions.post(
            mons, "page", house.spaces["loftet"], Fields("Was secret", "Nobody read this once.")
        )
        gone = await actions.post(
            mons, "thread", house.spaces["torget"], Fields("Was there", "Somebody regretted this.")
        )
    with at(moment + 2 * DAY):
        await actions.move(mons, open_then, house.spaces["loftet"])
        await actions.move(mons, hidden_then, house.spaces["torget"])
        await actions.trash(mons, gone, "")
    await as_it_stood(house, tmp_path / "out", moment + DAY + 1)
    files = held(tmp_path / "out")
    said = b"\n".join(content for name, content in files.items() if name.endswith((".html", ".md", ".js", ".json")))
    assert b"Nobody read this once" in said
    for words in (str(open_then), str(gone), "Everybody read", "regretted"):
        assert words.encode() not in said, words
    assert b"spaces/loftet/" not in said
    page = files[f"pages/{hidden_then}/was-secret/index.html"].decode()
    assert house.spaces["torget"].name in page, "a place that may not be known of today is not told of"


def test_a_day_ends_at_midnight_and_has_come_already() -> None:
    assert moment_of("2026-01-31") == 1769903999999
    for wrong, why in (("yesterday", "no day"), ("2026-02-30", "no day"), ("2199-01-01", "not come yet")):
        with pytest.raises(NotDone, match=why):
            moment_of(wrong)
