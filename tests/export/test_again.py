"""Publishing again makes what has changed and nothing else, and leaves what publishing anew would leave."""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from export import placing, plan
from export.making import Maker
from export.manifest import FORMAT, MANIFEST, File, Made, Manifest, read, written
from export.placing import Workshop
from export.reading import Answer, Reader, Snapshot
from export.snapshot import export
from export.verify import verify
from tests.cast import House, fields_for
from tests.export.test_snapshot import names_in
from web.database import execute, rows, value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import Invalid, NotAllowed, NotDone, NotThere
from web.kinds import KINDS
from web.people import actions as people_actions
from web.people import queries as people
from web.policy import EVERYONE

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
        Fields(fields.title, body, fields.url, fields.quote, tags=f"felles {chance.choice('abc')}"), parent,
    )  # fmt: skip


async def _embed(house: House, chance: random.Random) -> None:
    shown = await some(house, chance, "page", "article", "question")
    page = await some(house, chance, "page")
    body = f"![[{shown.title}]]\n\n![[Another page#Heading]]\n\n```list\nkind:page tag:felles\n```\n"
    await actions.edit(await house.viewer("mons"), page.id, Fields(page.title, body), page.revision)


async def _explain(house: House, chance: random.Random) -> None:
    """Words that stand in many texts are explained, or no more."""
    mons, space = await house.viewer("mons"), house.spaces[chance.choice(list(house.spaces))]
    fields = Fields(
        chance.choice(("Bodies", "Body", "Passage that matters")), f"It means {chance.random():.6}.", tags="term"
    )
    if chance.random() < 0.6:
        await actions.post(mons, "page", space, fields)
    else:
        entry = await some(house, chance, "page")
        await actions.edit(mons, entry.id, replace(fields, tags=chance.choice(("term", ""))), entry.revision)


async def _translate(house: House, chance: random.Random) -> None:
    mons, page = await house.viewer("mons"), await some(house, chance, "page", "article")
    if chance.random() < 0.2:
        await actions.untranslate(mons, page.id)
    else:
        await actions.translate(mons, page.id, (await some(house, chance, "page", "article")).revision)


async def _ask_all(house: House, chance: random.Random) -> None:
    """Something is asked, answered, passed on, or put on top."""
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    asks = await value(
        "SELECT q.id FROM poll q JOIN entry e ON e.id = q.id WHERE e.trashed_at IS NULL ORDER BY q.id DESC LIMIT 1"
    )
    if asks is None or chance.random() < 0.3:
        fields = Fields(
            body=f"Which {chance.random():.6} @ole?", choices="One\nOther", sort=chance.choice(("thanks", None))
        )
        await actions.post(mons, "micropost", house.spaces["torget"], fields)
        return
    choice = await value("SELECT id FROM choice WHERE entry = {} ORDER BY id LIMIT 1", asks)
    match chance.randrange(4):
        case 0:
            await actions.choose(ole, asks, [choice], undo=chance.random() < 0.4)
        case 1:
            await actions.end_poll(mons, asks, undo=chance.random() < 0.5)
        case 2:
            await actions.quote(ole, asks, house.spaces[chance.choice(("torget", "torget"))], Fields(body="Look"))
        case _:
            await actions.feature(mons, asks, undo=chance.random() < 0.4)


async def _edit(house: House, chance: random.Random) -> None:
    entry = await some(house, chance)
    fields = Fields(entry.title, f"{entry.body}\n\nMore {chance.random():.6}.", entry.url, entry.quote)
    await actions.edit(await house.viewer("mons"), entry.id, fields, entry.revision)


async def _redact(house: House, chance: random.Random) -> None:
    hedda, entry = await house.viewer("hedda"), await some(house, chance)
    texts = await queries.revisions(hedda, entry.id)
    await actions.redact(hedda, entry.id, chance.choice(texts).id, f"mistake {chance.random():.6}")


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


async def _tend(house: House, chance: random.Random) -> None:
    page, hedda = await some(house, chance, "page"), await house.viewer("hedda")
    if chance.random() < 0.4:
        await actions.tend(hedda, page.id, chance.choice(("", "mons", "hedda", "gro")), chance.choice(actions.EVERY))
    else:
        await actions.verify(hedda, page.id, chance.choice(("", "Against the timetable")))


async def _retire(house: House, chance: random.Random) -> None:
    page, other = await some(house, chance, "page"), await some(house, chance, "page")
    stage = chance.choice(page.is_a.stages)
    await actions.stage(await house.viewer("hedda"), page.id, stage, "Because of the quay", other.id)


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
    await actions.trash(
        await house.viewer("mons"), (await some(house, chance)).id, chance.choice(("", "Written twice"))
    )


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
    _belong, _space, _redact, _tend, _tend, _retire, _embed, _embed,
    _explain, _explain, _translate, _translate, _ask_all, _ask_all, _ask_all,
)  # fmt: skip


@pytest.mark.timeout(600)
@pytest.mark.parametrize("audience", AUDIENCES)
async def test_publishing_again_leaves_what_publishing_anew_would(house: House, tmp_path: Path, audience: str) -> None:
    chance = random.Random(f"2026 {audience}")
    out, kept, there = tmp_path / "out", 0, 0
    for turn in range(4):
        done = []
        while len(done) < 5:
            step = chance.choice(STEPS)
            try:
                await step(house, chance)
                done.append(step.__name__)
            except (Invalid, NotAllowed, NotThere):
                continue  # not everything can be done at any time
        before = times(out) if out.exists() else {}
        await export(lambda: house.app, house.settings, audience, out)
        nowhere = replace(house.settings, data=tmp_path / f"data{turn}")  # nothing is kept there of what was made
        await export(lambda: house.app, nowhere, audience, tmp_path / f"anew{turn}")
        again, anew = held(out), held(tmp_path / f"anew{turn}")
        differing = sorted(name for name in again.keys() | anew.keys() if again.get(name) != anew.get(name))
        assert not differing, f"after {done}"
        after = times(out)
        kept += sum(after.get(name) == time for name, time in before.items())
        there += len(before.keys() & after.keys())
        shutil.rmtree(tmp_path / f"anew{turn}")
    await execute("UPDATE space SET access = 'open' WHERE slug = 'torget'")  # as the other tests know it
    assert kept > 0.6 * there > 0, "most of it was left alone"


async def published(house: House, out: Path) -> None:
    await export(lambda: house.app, house.settings, "everyone", out)


async def test_a_changed_text_changes_what_shows_it_and_touches_nothing_else(house: House, tmp_path: Path) -> None:
    mons, out = await house.viewer("mons"), tmp_path / "out"
    parent = await house.entry("torget", "page")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Alone", "Words.", tags="lonely"), parent)
    await published(house, out)
    before = times(out)
    page = await queries.entry(mons, id)
    await actions.edit(mons, id, Fields("Alone", "Other words.", tags="lonely"), page.revision)
    await published(house, out)
    touched = {name for name, time in times(out).items() if before.get(name) != time}
    shows = (
        "feed",
        "month/",
        "pages/feed",
        "pages/index",
        "pages/month/",
        "people/mons/",
        "search/",
        "spaces/torget/",
        "tags/lonely/",
        f"pages/{id}/",
        f"entries/{id}/",
        "index",
        "manifest",
        "snapshot",
        "changes/",
        "lately",
    )
    assert {f"pages/{id}/alone/index.html", f"pages/{id}/alone/index.md", "index.html", MANIFEST} <= touched
    assert all(name.startswith(shows) for name in touched), sorted(touched)


async def test_when_nothing_has_changed_nothing_is_read_and_no_file_is_touched(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    await published(house, out)
    before, asked = times(out), []
    get = Reader.get

    async def counted(self: Reader, address: str) -> Answer:
        asked.append(address)
        return await get(self, address)

    monkeypatch.setattr(Reader, "get", counted)
    await published(house, out)
    assert times(out) == before
    known = [address for address in asked if address in (await planned(house)).addresses]
    assert not known, "only about links that lead to nothing one has to ask each time"


async def test_when_nothing_has_changed_no_plan_is_made_and_when_anything_has_one_is(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, made, make = tmp_path / "out", [], plan.Asked.plan

    def counted(self: plan.Asked) -> plan.Plan:
        made.append(self)
        return make(self)

    monkeypatch.setattr(plan.Asked, "plan", counted)
    await published(house, out)
    made.clear()
    await published(house, out)
    assert not made
    before = held(out)
    (out / "index.html").unlink()
    await published(house, out)
    assert made and held(out) == before, "what is missing is made by a plan all the same"
    made.clear()
    page = await house.entry("torget", "page")
    await actions.react(await house.viewer("ole"), page.id, page.is_a.reactions[0])
    await published(house, out)
    assert made and held(out) != before
    made.clear()
    await published(house, tmp_path / "beside")
    assert made, "what is published nowhere yet needs one too"


async def planned(house: House) -> plan.Plan:
    return await plan.plan(EVERYONE, Snapshot("everyone", house.settings.url), "nb")


async def test_what_was_taken_away_or_cut_is_made_again(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await published(house, out)
    whole = held(out)
    (out / "tags" / "index.html").unlink()
    (out / "people" / "index.html").write_bytes(b"half")
    await published(house, out)
    assert held(out) == whole and verify(out) == []


async def test_two_runs_at_once_do_not_get_into_each_others_way(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with placing.workshop(out), pytest.raises(NotDone, match="just now"):
        await published(house, out)
    await published(house, out)
    assert names_in(tmp_path) == ["out"], "and nothing is left beside it"


# Ended by force.

KILLED = """
import asyncio, os, signal, sys
from functools import partial
from pathlib import Path
from export import making, snapshot
from web.app import create_app, opened
from web.settings import Settings

left = int(sys.argv[4])

def dying(work):
    def does(*given, **named):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return work(*given, **named)
    return does

owner, name = {"make": (making.Maker, "make"), "move": (Path, "replace")}[sys.argv[3]]
setattr(owner, name, dying(getattr(owner, name)))

async def main():
    settings = Settings(sys.argv[5], Path(sys.argv[1]), "of no importance", sys.argv[6])
    async with opened(settings):
        await snapshot.export(partial(create_app, settings), settings, "everyone", Path(sys.argv[2]), processes=1)

asyncio.run(main())
"""


async def killed(house: House, out: Path, at: str, left: int) -> None:
    """A run that is ended by the system, without a chance to tidy up, after so many pages were made or moved."""
    settings = house.settings
    arguments = [str(settings.data), str(out), at, str(left), settings.database, settings.url]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments)
    assert await process.wait() == -signal.SIGKILL


async def test_a_run_that_was_ended_by_force_is_gone_on_with(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    await killed(house, out, "make", 90)
    assert not out.exists(), "nobody is given half of one"
    made, make = [], Maker.make

    async def counted(self: Maker, address: str, validator: str) -> Made | None:
        made.append(address)
        return await make(self, address, validator)

    monkeypatch.setattr(Maker, "make", counted)
    await published(house, out)
    await published(house, tmp_path / "anew")
    assert held(out) == held(tmp_path / "anew") and verify(out) == []
    assert sum(made.count(each) == 1 for each in set(made)) >= 80, "what had been made was not made again"


async def test_a_run_that_was_ended_while_moving_into_place_is_brought_to_its_end_by_the_next(
    house: House, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    await published(house, out)
    mons, page = await house.viewer("mons"), await house.entry("torget", "page")
    await actions.edit(mons, page.id, Fields("Renamed", f"{page.body} Again."), page.revision)
    await killed(house, out, "move", 5)
    assert verify(out) != []
    await published(house, out)
    await published(house, tmp_path / "anew")
    assert held(out) == held(tmp_path / "anew") and verify(out) == []
    assert names_in(tmp_path) == ["anew", "out"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte; only who may mount one has it."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("needs the right to mount a disk")
    yield place
    subprocess.run(["umount", place], check=True)


async def test_when_the_disk_is_full_what_was_published_before_stands(house: House, small_disk: Path) -> None:
    out = small_disk / "out"
    with pytest.raises(OSError, match="No space left"):
        await published(house, out)
    assert names_in(small_disk) == [], "and the room that was taken is given back"


async def test_when_the_disk_fails_what_was_published_before_stands(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    await published(house, out)
    before = held(out)
    await actions.post(await house.viewer("mons"), "page", house.spaces["torget"], Fields("Alone", "Words."))

    def full(self: Path, content: bytes) -> int:
        raise OSError("no space left")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="no space left"):
        patched.setattr(Path, "write_bytes", full)
        await published(house, out)
    assert held(out) == before and names_in(tmp_path) == ["out"]


def test_what_stands_in_the_way_of_a_new_file_is_of_the_older_snapshot(tmp_path: Path) -> None:
    """A folder where now a file is, and a file where now a folder is."""
    (tmp_path / "out" / "a" / "b").mkdir(parents=True)
    (tmp_path / "out" / "a" / "b" / "c").write_text("old")
    (tmp_path / "out" / "d").write_text("old")
    files = {"a/b": File("0", 3), "d/e": File("0", 3)}
    (tmp_path / "out" / MANIFEST).write_bytes(
        written(Manifest(FORMAT, "everyone", 0, "", "", "", "", {"a/b/c": File("1", 3), "d": File("1", 3)}, {}, []))
    )
    shop = Workshop(tmp_path / "out")
    shop.open()
    for name in files:
        (shop.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shop.folder / name).write_text("new")
    manifest = Manifest(FORMAT, "everyone", 0, "", "", "", "", files, {}, [])
    shop.publish(manifest, [written(manifest)])
    assert held(tmp_path / "out").keys() == {"a/b", "d/e", MANIFEST} and read(tmp_path / "out") is not None


# What a manifest that came from somebody else could do.


@pytest.mark.parametrize(
    "name", ["{outside}", "../outside.txt", "a/../../outside.txt", "a\\..\\b", "C:b", ".hidden", ""]
)
async def test_no_manifest_takes_away_or_writes_what_is_not_of_its_snapshot(
    house: House, tmp_path: Path, name: str
) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside.txt"
    outside.write_text("mine")
    await published(house, out)
    manifest = read(out)
    assert manifest is not None
    manifest.files[name.format(outside=outside)] = File("0", 4)
    (out / MANIFEST).write_bytes(written(manifest))
    assert read(out) is None
    await published(house, out)
    assert outside.read_text() == "mine" and verify(out) == []


async def test_nothing_of_a_snapshot_of_another_version_stays(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await published(house, out)
    whole = held(out)
    (out / "pages" / "9").mkdir()
    (out / "pages" / "9" / "index.html").write_text("of old")
    (out / MANIFEST).write_text('{"dugnad": 1, "files": {"pages/9/index.html": "00"}}')
    await published(house, out)
    assert held(out) == whole and not (out / "pages" / "9").exists()


async def test_no_folder_tells_what_was_to_be_in_it(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await killed(house, out, "make", 100)
    mons = await house.viewer("mons")
    thrown = [house.entries["torget", kind] for kind in ("article", "question")]
    for id in thrown:
        await actions.trash(mons, id, "")
    await published(house, out)
    for id in thrown:
        await actions.restore(mons, id)
    empty = [path for path in out.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert empty == [] and verify(out) == []


@pytest.mark.parametrize("name", ["search/directory.js", "search/w/0.js", "search/t/0.js", "snapshot.css", "lately.js"])
async def test_whatever_is_lost_is_made_again(house: House, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    await published(house, out)
    (out / name).unlink()
    await published(house, out)
    assert verify(out) == []


async def test_nobody_is_led_elsewhere_by_what_lies_beside_the_place(house: House, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / ".out.lock").symlink_to(victim)
    with pytest.raises(NotDone, match="cannot be made"):
        await published(house, tmp_path / "out")
    (tmp_path / ".other.partial").symlink_to(tmp_path)
    with pytest.raises(NotDone, match="somebody else"):
        await published(house, tmp_path / "other")
    assert victim.read_text() == "mine"


async def test_who_left_or_is_called_otherwise_is_so_on_every_page(house: House, tmp_path: Path) -> None:
    """Where a name stands besides what somebody wrote: in the history of a text, among the members, in how a tag is spelled."""
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    question = await house.entry("torget", "question")
    await actions.edit(hedda, question.id, Fields(question.title, "By Hedda", tags="Kai"), question.revision)
    question = await queries.entry(mons, question.id)
    await actions.edit(mons, question.id, Fields(question.title, "By Mons", tags="Kai"), question.revision)
    await actions.tag(mons, house.entries["torget", "idea"], "KAI")
    out = tmp_path / "out"
    await published(house, out)
    await execute("UPDATE person SET name = 'Called otherwise' WHERE handle = 'hedda'")
    await execute("UPDATE person SET active = {} WHERE handle = 'ole'", False)
    await actions.post(mons, "reply", house.spaces["torget"], Fields(body="On the quay"), question)
    await published(house, out)
    await published(house, tmp_path / "anew")
    await execute("UPDATE person SET name = 'Hedda' WHERE handle = 'hedda'")
    await execute("UPDATE person SET active = {} WHERE handle = 'ole'", True)
    assert held(out) == held(tmp_path / "anew")
