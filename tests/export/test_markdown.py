"""A house as a folder of Markdown, and back: nothing is lost, nothing is said that must not be, and nobody is let in by a folder."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from export.portable import deciding, unfolding
from export.portable.arriving import read_house
from export.portable.leaving import write_house
from export.snapshot import export
from export.verify import verify
from tests.cast import PASSWORD, House, application
from tests.conftest import ENGINES
from tests.export.moving import New, asked, databases, differing, elsewhere, moved
from tests.export.test_again import AUDIENCES, STEPS, held
from tests.export.test_snapshot import names_in
from tests.test_house import ROOT
from web import demo, twins
from web.app import TABLES
from web.cli import main
from web.database import close_database, engine_type, execute, now, open_database, rows, value
from web.entries import actions, check, discarding, drafts, following, planning, queries, tabs, versions
from web.entries.actions import Fields, Taking
from web.entries.proposing import Text
from web.entries.rebuilding import derived
from web.errors import Invalid, NotAllowed, NotDone, NotThere
from web.imports.markdown import import_markdown
from web.people import actions as people_actions
from web.people import queries as people
from web.storage import Folder
from web.times import DAY

HARD = "Tittel: [x] # 'no' \"ja\" --- 😀 \u2028 {a: *b} &c %d @e `f"


@pytest_asyncio.fixture
async def new(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[New]:
    async for one in databases(request, tmp_path):
        yield one


async def lived_in(house: House, chance: random.Random, steps: int) -> None:
    """All kinds of things happen."""
    done = 0
    while done < steps:
        try:
            await chance.choice(STEPS)(house, chance)
            done += 1
        except (Invalid, NotAllowed, NotThere):
            continue  # not everything can be done at any time


async def all_sorts(house: House, tmp_path: Path) -> None:
    """What the steps do not do."""
    mons, ole, hedda = [await house.viewer(handle) for handle in ("mons", "ole", "hedda")]
    page = await house.entry("torget", "page")
    for viewer, what, id in ((ole, "space", house.spaces["torget"].id), (ole, "whom", mons.me)):
        await following.follow(viewer, what, id)
    await following.follow(mons, "tag", await value("SELECT min(id) FROM tag"))
    await actions.watch(ole, page.id, "muted")
    await execute("UPDATE tag SET about = 'What *this* is'")
    await people_actions.ask(ole, await people.space(ole, "kontoret"), "Because: I must")
    await people_actions.set_role(hedda, house.spaces["loftet"], "astrid", "editor", 1_900_000_000_000)
    await house.attach("ole", "Ubrukt æøå.txt", b"of nobody yet")
    changed = await house.attach("mons", "versions", b"as it was first", entry=page.id)
    for text, note in ((b"as it was then", "Why: so, æ"), (b"as it is", "")):
        before = await versions.bring(mons, house.files, changed.id, BytesIO(text), note)
    await versions.revert(ole, changed.id, before)
    await discarding.trash(ole, (await house.attach("ole", "thrown.txt", b"of nobody any more")).id)
    await drafts.keep(ole, {"kind": "page", "space": "torget", "title": HARD, "body": "Begun\n\n"})
    begun = await drafts.keep(mons, {"kind": "article", "space": "loftet", "title": HARD, "body": "Planned\n\n"})
    await planning.plan(mons, begun or 0, now() + DAY, now() + 2 * DAY)
    await actions.write_with(mons, house.entries["torget", "article"], "ole")
    await actions.write_with(mons, house.entries["torget", "article"], "hedda")
    await actions.write_with(hedda, house.entries["torget", "article"], "hedda", undo=True)
    await actions.series(mons, house.entries["loftet", "article"], "Drift: i praksis", 2)
    talks = [await actions.post(mons, "question", house.spaces["torget"], Fields(f"Talk {n}", "x")) for n in range(3)]
    for talk in talks:
        for _ in range(3):
            said = await actions.post(ole, "reply", None, Fields(body="Said"), await queries.entry(ole, talk))
        await actions.read(ole, said)
    await actions.react(hedda, said, "helped", note="With: æ, 4")
    await actions.outdate(mons, said, "Why: so, æ", await value("SELECT min(id) FROM entry WHERE parent = {}", talk))
    await actions.put_to(mons, talks[0])
    await actions.post(ole, "summary", None, Fields(body=f"In short: {HARD}"), await queries.entry(ole, talks[0]))
    await tabs.save(
        ole, HARD[:60], {"kind": "question", "space": "torget", "tag": "of-æ", "by": "mons", "followed": "true"}
    )
    await tabs.save(ole, "Second: it", {"unanswered": "true"}, 0)
    await people_actions.read_by_time(ole, True)
    await actions.close(mons, talks[0], "Why: so, æ")
    await actions.pin(hedda, talks[0])
    await actions.split(mons, said, "thread", "Of its own: æ")
    await actions.merge(mons, talks[1], talks[2])
    await planning.hide(mons, house.entries["torget", "article"], now() + DAY)
    for several in (True, False):
        asking = Fields(
            body=f"Which, @ole? #polled{several}", choices=f"{HARD}\nOther: this", several=several, sort="thanks"
        )
        asks = await actions.post(mons, "micropost", house.spaces["torget"], asking)
        await actions.choose(ole, asks, [await value("SELECT max(id) FROM choice WHERE entry = {}", asks)])
    await actions.end_poll(mons, asks)
    await actions.feature(mons, asks)
    await actions.quote(ole, asks, house.spaces["torget"], Fields(body="Choose!"))
    await actions.synonym(await house.viewer("astrid"), await queries.tag(ole, "polledfalse"), "polledtrue")
    await actions.describe(ole, await queries.tag(ole, "polledfalse"), "What was asked: æ")
    await drafts.keep(
        ole,
        {
            "kind": "micropost",
            "space": "torget",
            "body": "Soon",
            "choices": "A\nB: b",
            "several": "true",
            "put_to": "true",
            "until": "2035-01-01",
        },
    )
    await drafts.keep(mons, {"kind": "page", "entry": str(page.id), "revision": str(page.revision), "body": "Changing"})
    id = await actions.post(
        mons, "question", house.spaces["loftet"], Fields(HARD, "\ttab\n\n---\n\nlast\n\n", lang="nb-NO")
    )
    hard = "first\r\n---\r\n\tsecond  \r\n\n\n"  # whoever wrote it here before
    await execute("UPDATE entry SET body = {} WHERE id = {}", hard, id)
    await execute("UPDATE revision SET body = {} WHERE entry = {}", hard, id)
    made = derived(HARD, hard, "", {})
    await execute("UPDATE entry_text SET body = {}, stems = {} WHERE id = {}", made.plain, made.stems, id)
    for why in ("It was: ten", "It was: twelve"):
        told = await house.entry("kontoret", "article")
        fields = Fields(told.title, f"{told.body} {why}", summary=why, correction=True)
        await actions.edit(mons, told.id, fields, told.revision)
    for text in ("One text of it", "Another text, which is not the first"):
        await actions.edit(hedda, page.id, Fields(page.title, text, summary="Why: so", minor=True), page.revision)
        page = await house.entry("torget", "page")
    await actions.redact(hedda, page.id, (await queries.revisions(mons, page.id))[1].id, "Said: by mistake")
    for why in ("Let in: with more", "Not let in: no"):
        article = await house.entry("torget", "article")
        fields = Fields(article.title, f"{article.body}\n\n{why}", summary=why)
        suggested = await actions.suggest(ole, article.id, fields, article.revision)
        if why.startswith("Let in"):
            await actions.adopt(mons, suggested, Taking(made=Text(article.title, f"{fields.body} And more.")))
        else:
            await actions.decline(mons, suggested, "Said: no")
    english = await actions.post(mons, "page", house.spaces["loftet"], Fields("In English", "Body", lang="en"))
    await actions.translate(mons, english, page.revision)
    await drafts.keep(
        ole,
        {
            "kind": "page",
            "space": "torget",
            "title": "På norsk",
            "translates": str(article.id),
            "revision": str(article.revision),
        },
    )
    note = await actions.post(
        ole, "annotation", None, Fields(quote="And more.", sort="wrong"), await house.entry("torget", "article")
    )
    await actions.stage(mons, note, "settled")
    article = await house.entry("torget", "article")
    await actions.edit(mons, article.id, Fields(article.title, "All new."), article.revision)
    for kind in ("idea", "reply", "page"):
        await actions.trash(mons, house.entries["kontoret", kind], "Said: enough")
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.md").write_text("# From a folder\n\n[[Another page]]")
    await import_markdown(mons, tmp_path / "book", house.spaces["torget"], house.files)


async def site(house: House, out: Path) -> None:
    await export(lambda: house.app, house.settings, "person:mons", out, history=True)


# There and back.


@pytest.mark.timeout(600)
async def test_a_house_that_moved_is_the_same_house_on_either_engine(house: House, new: New, tmp_path: Path) -> None:
    await all_sorts(house, tmp_path)
    await lived_in(house, random.Random("moving"), 30)
    assert await value("SELECT count(*) FROM entry WHERE trashed_at IS NOT NULL") and await value(
        "SELECT 1 FROM link WHERE target IS NOT NULL"
    )
    out = tmp_path / "out"
    left = await write_house(out, house.files)
    assert left.entries == await value("SELECT count(*) FROM entry") and left.texts == await value(
        "SELECT count(*) FROM revision"
    )
    assert verify(out) == []
    if shown := engine_type() == ENGINES[0]:  # once is enough, and takes longest
        await site(house, tmp_path / "before")
    counted = await _counts()
    for engine in ENGINES:
        address, files = await new(engine), Folder(tmp_path / f"files-{engine}")
        await moved(house, out, address, files)
        async with elsewhere(house, address):
            assert engine_type() == engine and await check.faults(files) == []
            again = await write_house(tmp_path / engine, files)
            assert (again.entries, again.files) == (left.entries, left.files)
            assert differing(out, tmp_path / engine) == []
            for one, other in zip(counted, await _counts(), strict=True):
                assert [a for a, b in zip(one, other, strict=True) if a != b] == [
                    b for a, b in zip(one, other, strict=True) if a != b
                ]
            if shown and engine != ENGINES[0]:
                settings = replace(house.settings, database=address, data=tmp_path / "data")
                other = replace(house, app=application(settings), settings=settings)
                other.app.state.files = files
                await site(other, tmp_path / "after")
    # Of what each page was made is noted in the manifest, as the engine gives it. Every page is the same, byte for byte.
    assert not shown or differing(tmp_path / "before", tmp_path / "after") == ["manifest.json"]


async def _counts() -> list[list[dict[str, object]]]:
    """All that is rebuilt, as far as no page shows it."""
    asked = (
        "SELECT id, replies, annotations, recommend, helped, vote, watchers, revisions, title_key, slug, "
        "CASE WHEN buried THEN 1 ELSE 0 END AS buried FROM entry ORDER BY id",
        "SELECT id, members FROM space ORDER BY id",
        "SELECT id, title, body, stems FROM entry_text ORDER BY id",
        "SELECT entry, tag, title, CASE WHEN in_text THEN 1 ELSE 0 END AS in_text, active_at FROM tagging ORDER BY entry, tag",
        "SELECT entry, written, target, person, attachment, url FROM link ORDER BY entry, written, target, person",
        "SELECT id, hash, media_type, size, width, height FROM attachment ORDER BY id",
        "SELECT id, file, author, hash, media_type, size, width, height, note, created_at FROM file_version ORDER BY id",
    )
    return [await rows(statement) for statement in asked]


async def test_the_demo_moves_with_all_that_is_in_it(new: New, tmp_path: Path) -> None:
    files = Folder(tmp_path / "files")
    one, other = await new("sqlite"), await new("sqlite")
    async with elsewhere(None, one):
        await demo.fill(files, whole=False)
        await write_house(tmp_path / "out", files)
    await moved(None, tmp_path / "out", other, files)
    async with elsewhere(None, other):
        assert await check.faults(files) == []
        await write_house(tmp_path / "again", files)
    assert differing(tmp_path / "out", tmp_path / "again") == []


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_whatever_stands_in_a_title_and_a_text_is_read_as_it_was_written(title: str, body: str) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"dugnad-{os.getpid()}.md"
    front = {"title": title, "links": {title: "/e/1"}, "tags": [title]}
    path.write_bytes(twins.written(front, body).encode())
    found = unfolding.text(path.parent, path.name)
    path.unlink()
    assert (found.front, found.body) == (front, body)


async def test_it_is_written_as_it_stands_at_one_moment(house: House, tmp_path: Path) -> None:
    """Whoever writes meanwhile comes along the next time."""
    page = await house.entry("torget", "page")
    await house.attach("mons", "a.txt", b"words", entry=page.id)

    class Meddled(Folder):
        async def read(self, key: str, start: int) -> tuple[int, bytes]:
            await asked(house.settings.database, f"UPDATE entry SET title = 'Meanwhile' WHERE id = {page.id}")
            return await house.files.read(key, start)

    await write_house(tmp_path / "out", Meddled(tmp_path))
    assert await value("SELECT title FROM entry WHERE id = {}", page.id) == "Meanwhile"
    await execute("UPDATE entry SET title = {} WHERE id = {}", page.title, page.id)
    text = next((tmp_path / "out" / "spaces" / "torget" / "pages").rglob(f"*-{page.id}.md")).read_text()
    assert f"title: {page.title}\n" in text


# What is in it.


async def test_every_column_travels_is_rebuilt_or_stays(house: House) -> None:
    """Whoever adds one decides."""
    if engine_type() == "sqlite":
        found = await rows(
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' "
            "AND m.name NOT LIKE '%\\_index%' ESCAPE '\\' AND m.name NOT LIKE 'entry_words%' AND m.name NOT LIKE 'sqlite_%'"
        )
    else:
        found = await rows(
            "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = current_schema()"
        )
    named = [
        {(table, column) for table, columns in which.items() for column in columns}
        for which in (deciding.TRAVELS, deciding.REBUILT, deciding.STAYS)
    ]
    there = {(each["t"], each["c"]) for each in found}
    assert there - set().union(*named) == set()
    engines_own = {("file_text", "words"), ("entry_text", "words"), ("entry_text", "title_words"), ("person", "words")}
    assert set().union(*named) - there <= engines_own
    assert not named[0] & named[1] and not named[0] & named[2] and not named[1] & named[2]


async def test_what_lets_somebody_in_is_in_no_file(house: House, tmp_path: Path) -> None:
    await people_actions.set_password((await house.viewer("ole")).me, PASSWORD)
    await people_actions.invite(await house.viewer("astrid"), None, email="new@dugnad.test")
    await people_actions.start_session((await house.viewer("ole")).me, "a browser")
    secrets = [
        str(secret)
        for statement in (
            "SELECT password FROM person",
            "SELECT token_hash FROM session",
            "SELECT token_hash FROM token",
            "SELECT token_hash FROM invitation",
        )
        for each in await rows(statement)
        if (secret := next(iter(each.values())))
    ]
    await write_house(tmp_path / "out", house.files)
    everything = b"\n".join(held(tmp_path / "out").values()).decode("utf-8", "replace")
    assert len(secrets) > 5 and not [each for each in (*secrets, "argon2", "new@dugnad.test") if each in everything]
    assert "ole@dugnad.test" in everything, "by which whoever moved can ask for a new password"
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0, "and nobody else on the machine looks into it"


async def test_what_a_person_looks_for_is_where_they_would_look(house: House, tmp_path: Path) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    above = await actions.post(
        mons, "page", torget, Fields("Om fergene: rutiner/2026", "Se [[Another page]]", tags="Ferge")
    )
    below = await actions.post(mons, "page", torget, Fields("con", "x"), await house.entry("torget", "page"))
    await actions.place(mons, below, above)
    await write_house(tmp_path / "out", house.files)
    pages = tmp_path / "out" / "spaces" / "torget" / "pages"
    text = (pages / f"om-fergene-rutiner-2026-{above}.md").read_text("utf-8")
    assert text.startswith(
        f"---\ntitle: 'Om fergene: rutiner/2026'\nkind: page\nid: {above}\nspace: torget\nauthor: mons\n"
    )
    assert "tags:\n- Ferge\n" in text and text.endswith("---\n\nSe [[Another page]]\n")
    assert (pages / f"om-fergene-rutiner-2026-{above}" / f"con-{below}.md").is_file()
    story = [json.loads(line) for line in (pages / f"om-fergene-rutiner-2026-{above}.jsonl").read_text().splitlines()]
    assert [(each["what"], each.get("verb")) for each in story] == [("event", "post"), ("watch", None)]
    longest = max(len(str(path.relative_to(tmp_path / "out"))) for path in (tmp_path / "out").rglob("*"))
    assert longest < 240


# The folder.


async def test_again_only_what_has_changed_is_written_and_what_was_changed_by_hand_is_made_right(
    house: House, tmp_path: Path
) -> None:
    out, mons, page = tmp_path / "out", await house.viewer("mons"), await house.entry("torget", "page")
    await write_house(out, house.files)
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref: x")
    text = next((out / "spaces" / "torget" / "pages").rglob(f"*-{page.id}.md"))
    whole = held(out)
    text.write_bytes(text.read_bytes().replace(b"B", b"b"))
    again = await write_house(out, house.files)
    assert again.changed == 1 and held(out) == whole
    await actions.edit(mons, page.id, Fields("Called otherwise", page.body), page.revision)
    third = await write_house(out, house.files)
    assert not text.exists() and 2 <= third.changed < 20 and third.gone > 0 and (out / ".git" / "HEAD").exists()
    await write_house(tmp_path / "anew", house.files)
    shutil.rmtree(out / ".git")
    assert differing(out, tmp_path / "anew") == [] and names_in(tmp_path) == ["anew", "out"]


async def test_nothing_else_is_written_over(house: House, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.md").write_text("mine")
    with pytest.raises(NotDone, match="not a snapshot"):
        await write_house(tmp_path / "mine", house.files)
    await export(lambda: house.app, house.settings, "public", tmp_path / "pages")
    with pytest.raises(NotDone, match="snapshot of pages"):
        await write_house(tmp_path / "pages", house.files)
    await write_house(tmp_path / "out", house.files)
    with pytest.raises(NotDone, match="Markdown"):
        await export(lambda: house.app, house.settings, "public", tmp_path / "out")


async def test_what_was_changed_by_hand_moves_in_as_it_is_now(house: House, new: New, tmp_path: Path) -> None:
    out, page = tmp_path / "out", await house.entry("torget", "page")
    await write_house(out, house.files)
    text = next((out / "spaces" / "torget" / "pages").rglob(f"*-{page.id}.md"))
    front, _, _ = text.read_text().rpartition("---\n\n")
    text.write_text(f"{front}---\n\nBy hand, with #nykommet")
    text.rename(out / "spaces" / "a name of my own.md")
    (out / "spaces" / "torget" / "mine.md").write_text(
        (out / "spaces" / "a name of my own.md")
        .read_text()
        .replace(str(page.id), "77")
        .replace(str(page.revision), "78")
    )
    (out / "spaces" / "a name of my own.md").rename(out / "spaces" / "torget" / "a name of my own.md")
    address, files = await new("sqlite"), Folder(tmp_path / "files")
    await moved(house, out, address, files)
    async with elsewhere(house, address):
        assert await check.faults(files) == []
        mons = await people.viewer_by_handle("mons")
        found = await rows(
            "SELECT e.id FROM entry e JOIN tagging g ON g.entry = e.id JOIN tag t ON t.id = g.tag WHERE t.name = 'nykommet' ORDER BY e.id"
        )
        assert [each["id"] for each in found] == [77, page.id]
        await actions.post(
            mons, "micropost", await people.space(mons, "torget"), Fields(body="And it goes on #nykommet")
        )


# Who it is for.


@pytest.mark.timeout(600)
@pytest.mark.parametrize("audience", AUDIENCES)
async def test_for_an_audience_only_what_it_may_read_is_in_any_file(
    house: House, new: New, tmp_path: Path, audience: str
) -> None:
    await lived_in(house, random.Random(f"leaks {audience}"), 12)
    mons = await house.viewer("mons")
    await drafts.keep(
        mons, {"kind": "page", "space": "torget", "title": "x", "body": "kanariutkast, which nobody has seen"}
    )
    viewer = await people.audience(audience)
    out = tmp_path / "out"
    await write_house(out, house.files, audience, older=audience != "public")
    everything = "\n".join([*held(out), *(content.decode("utf-8", "replace") for content in held(out).values())])
    seen = set()
    for slug, space in house.spaces.items():
        for kind in ("page", "question", "idea", "reply", "annotation"):
            id = house.entries[slug, kind]
            try:
                await queries.entry(viewer, id)
                seen.add(id)
            except NotThere:
                # Somebody who could not know better may have written where it is.
                said = (
                    f"-{id}.",
                    f"id: {id}\n",
                    f"parent: {id}\n",
                    f": /e/{id}\n",
                    f'"entry":{id},',
                    f"accepted: {id}\n",
                )
                assert not [each for each in said if each in everything]
    assert "@dugnad.test" not in everything and "kanariutkast" not in everything
    assert '"watch"' not in everything and '"join_request"' not in everything
    if audience in ("everyone", "public"):
        assert "spaces/loftet" not in everything and "space: loftet" not in everything and '"loftet"' not in everything
    address, files = await new("sqlite"), Folder(tmp_path / "files")
    await moved(house, out, address, files)
    async with elsewhere(house, address):
        assert await check.faults(files) == []
        there = {each["id"] for each in await rows("SELECT id FROM entry")}
    assert seen <= there


async def test_the_second_wall_stands_here_too(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = await actions.post(
        await house.viewer("mons"),
        "page",
        house.spaces["loftet"],
        Fields("Where the office moves", "All of us will move far away in May"),
    )
    said = twins.written
    for leak in (str(secret), "Where the office moves", "mons@dugnad.test"):
        with monkeypatch.context() as patched, pytest.raises(NotDone, match="may not read"):
            patched.setattr(twins, "written", lambda front, body, leak=leak: said({**front, "leak": leak}, body))
            await write_house(tmp_path / "out", house.files, "everyone")
        assert names_in(tmp_path) == []
    await write_house(tmp_path / "out", house.files, "everyone")


# Folders of anybody.


@pytest_asyncio.fixture(scope="module")
async def good(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("good") / "out"
    page = await house.entry("torget", "page")
    await house.attach("mons", "b.txt", b"words", entry=page.id)
    await write_house(out, house.files)
    return out


async def test_a_house_is_brought_into_an_empty_one_only(house: House, good: Path, tmp_path: Path) -> None:
    before = await value("SELECT count(*) FROM entry")
    await close_database()
    try:
        with pytest.raises(NotDone, match="Somebody lives here already"):
            await read_house(good, house.settings.database, Folder(tmp_path / "files"))
    finally:
        await open_database(house.settings.database, TABLES)
    assert await value("SELECT count(*) FROM entry") == before


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from export.portable import arriving
from web.storage import Folder

left, text = int(sys.argv[4]), arriving.text

def dying(*given):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    return text(*given)

arriving.text, arriving._BATCH = dying, 5
asyncio.run(arriving.read_house(Path(sys.argv[1]), sys.argv[2], Folder(Path(sys.argv[3]))))
"""


async def test_an_import_that_was_ended_by_force_leaves_the_house_empty(
    house: House, good: Path, new: New, tmp_path: Path
) -> None:
    address, files = await new(engine_type()), tmp_path / "files"
    async with elsewhere(house, address):
        pass
    arguments = [str(good), address, str(files), "25"]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments)
    assert await process.wait() == -signal.SIGKILL
    async with elsewhere(house, address):
        assert await value("SELECT count(*) FROM entry") == 0 and not await people.anybody()
        assert await value("SELECT name FROM space") == "Dugnad"
    await read_house(good, address, Folder(files))
    async with elsewhere(house, address):
        assert await check.faults(Folder(files)) == []
        await write_house(tmp_path / "out", Folder(files))
    assert differing(good, tmp_path / "out") == []


def test_from_the_terminal(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(data: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("DUGNAD_DATA", str(tmp_path / data))
        monkeypatch.setenv("DUGNAD_DATABASE", f"sqlite:///{tmp_path / data}.sqlite")
        status = main(arguments)
        return status, *capsys.readouterr()

    status, out, _ = run("a", "import", "house", str(good), "--json")
    assert status == 0 and json.loads(out)["people"] == 5
    assert run("a", "check") == (0, "Everything fits together.\n", "")
    status, _, err = run("a", "import", "house", str(good))
    assert status == 1 and "lives here already" in err and err.count("\n") == 1
    status, _, err = run("b", "import", "house", str(tmp_path))
    assert status == 1 and "not a house" in err
    status, out, _ = run("a", "person", "password", "astrid", "--json")
    assert status == 0 and len(json.loads(out)["password"]) >= 12
    assert run("a", "person", "password", "nobody")[0] == 1
    status, out, _ = run("a", "export", str(tmp_path / "out"), "--format", "markdown")
    assert status == 0 and "entries in" in out and differing(good, tmp_path / "out") == []
    status, out, _ = run("a", "export", str(tmp_path / "public"), "--format", "markdown", "--audience", "public")
    assert status == 0 and "for public" in out
    for more, said in (("--strict", "strict"), ("--space=torget", "--audience")):
        status, _, err = run("a", "export", str(tmp_path / "out"), "--format", "markdown", more)
        assert status == 1 and said in err


def test_the_decision_names_every_column() -> None:
    told: dict[str, dict[str, set[str]]] = {}
    for line in (ROOT / "docs" / "decisions" / "0017-a-house-in-a-folder.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0].startswith("`"):
            lists = zip(("TRAVELS", "REBUILT", "STAYS"), cells[1:], strict=True)
            told[cells[0].strip("`")] = {name: set(cell.replace(",", " ").split()) for name, cell in lists}
    tables = {table for name in ("TRAVELS", "REBUILT", "STAYS") for table in getattr(deciding, name)}
    decided = {
        table: {name: set(getattr(deciding, name).get(table, ())) for name in ("TRAVELS", "REBUILT", "STAYS")}
        for table in tables
    }
    assert told == decided
