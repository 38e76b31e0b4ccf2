"""What administrators have published: made once, kept, and given to those it is for and to nobody else."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC

import pytest
import pytest_asyncio

from export.editions import carry_out
from export.manifest import MANIFEST
from tests.cast import House
from tests.publishing.pressed import kept_of, made, on_the_shelf, ordered, who_gets
from web.database import execute, insert, row, rows, value
from web.entries import actions as entries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed, NotThere
from web.publishing import actions, check, queries, runs
from web.publishing.rows import Edition
from web.storage import Folder
from web.urls import kept_url


@pytest_asyncio.fixture(scope="module")
async def nightly(house: House) -> Edition:
    """One that everybody gets, and that has been made."""
    edition = await ordered(house, name="Nightly")
    outcome = await made(house, edition)
    assert outcome.done, outcome.sentence
    return edition


@pytest_asyncio.fixture(autouse=True)
async def nothing_else(house: House, nightly: Edition) -> AsyncIterator[None]:
    """Nothing else is ordered, and Mons administers nothing."""
    yield
    await execute("DELETE FROM edition WHERE id <> {}", nightly.id)
    await execute("UPDATE person SET admin = {} WHERE handle = 'mons'", False)


@pytest_asyncio.fixture
async def mons_too(house: House) -> None:
    """Mons, who belongs to every space, administers the house as Astrid does, who belongs to none."""
    await execute("UPDATE person SET admin = {} WHERE handle = 'mons'", True)


async def test_an_edition_is_made_kept_and_downloaded(house: House, nightly: Edition) -> None:
    (kept,) = await kept_of(house, nightly)
    assert (kept.audience, kept.signed, kept.changed, kept.gone) == ("everyone", False, 0, 0)
    assert kept.added == kept.pages > 20
    async with house.browser("ole") as browser:
        page = (await browser.get("/snapshots/")).text
        assert kept_url(kept) in page and "Nightly" in page
        answer = await browser.get(kept_url(kept))
        assert len(answer.content) == kept.size == int(answer.headers["content-length"])
        assert "private" in answer.headers["cache-control"] and kept.download in answer.headers["content-disposition"]
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert {MANIFEST, "index.html"} <= set(names)
        again = await browser.get(kept_url(kept), headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        head = await browser.head(kept_url(kept))
        assert head.headers["content-length"] == str(kept.size) and head.content == b""


async def test_a_download_that_broke_off_goes_on(house: House, nightly: Edition) -> None:
    (kept,) = await kept_of(house, nightly)
    async with house.browser("ole") as browser:
        whole = await browser.get(kept_url(kept))
        size, etag = kept.size, whole.headers["etag"]
        for asked, start, end in (
            ("bytes=0-0", 0, 1),
            ("bytes=100-", 100, size),
            ("bytes=-7", size - 7, size),
            (f"bytes=5-{size + 9}", 5, size),
        ):
            part = await browser.get(kept_url(kept), headers={"range": asked, "if-range": etag})
            assert (part.status_code, part.content) == (206, whole.content[start:end])
            assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        for asked in ("bytes=1-2,4-5", "lines=1-2", "bytes=-", "bytes=x"):
            assert (await browser.get(kept_url(kept), headers={"range": asked})).content == whole.content
        other = await browser.get(kept_url(kept), headers={"range": "bytes=5-", "if-range": '"another"'})
        assert (other.status_code, len(other.content)) == (200, size)
        for asked in (f"bytes={size}-", "bytes=9-2", "bytes=-0"):
            outside = await browser.get(kept_url(kept), headers={"range": asked})
            assert outside.status_code == 416 and outside.headers["content-range"] == f"bytes */{size}"


async def test_nothing_new_is_kept_once_and_what_has_changed_is_counted(house: House) -> None:
    edition = await ordered(house, spaces=("torget",))
    await made(house, edition)
    assert (await made(house, edition)).done
    assert len(await kept_of(house, edition)) == 1
    mons = await house.viewer("mons")
    new = await entries.post(mons, "question", house.spaces["torget"], Fields("What is new here", "Nobody knows."))
    await made(house, edition)
    latest, _ = await kept_of(house, edition)
    assert latest.added >= 1 and latest.changed >= 2 and latest.gone == 0
    await entries.trash(mons, new, "")
    await made(house, edition)
    assert (await kept_of(house, edition))[0].gone >= 1, "with its short address"


async def test_only_so_many_stay_and_no_file_without_them(house: House) -> None:
    edition, before = await ordered(house, keep="2", spaces=("torget",)), set(on_the_shelf(house))
    mons = await house.viewer("mons")
    for number in range(3):
        await entries.post(mons, "micropost", house.spaces["torget"], Fields(body=f"Number {number} of them"))
        await made(house, edition)
    kept = await kept_of(house, edition)
    assert len(kept) == 2 and await value("SELECT count(*) FROM snapshot WHERE edition = {}", edition.id) == 2
    assert len(set(on_the_shelf(house)) - before) == 2 and {each.file for each in kept} <= set(on_the_shelf(house))


@pytest.mark.parametrize(
    "audience", ["space:loftet", "space:kontoret", "person:hedda", "space:nowhere", "nonsense", ""]
)
async def test_nobody_orders_what_they_may_not_read(house: House, audience: str) -> None:
    with pytest.raises(Invalid):
        await ordered(house, audience=audience)
    with pytest.raises(NotAllowed):
        await ordered(house, "mons")


async def test_an_administrator_is_told_nothing_of_what_others_ordered_for_themselves(
    house: House, mons_too: None
) -> None:
    edition = await ordered(house, "mons", audience="space:loftet", name="From under the roof")
    async with house.browser("astrid") as browser:
        assert "roof" not in (await browser.get("/snapshots/editions/")).text
        for path in ("", "now/", "drop/"):
            answer = await browser.post(f"/snapshots/editions/{edition.id}/{path}", data={"name": "x"})
            assert answer.status_code == 404
        assert (await browser.get(f"/snapshots/editions/{edition.id}/")).status_code == 404


async def test_rights_are_asked_for_when_it_is_made_and_not_only_when_it_was_ordered(
    house: House, mons_too: None
) -> None:
    edition = await ordered(house, "mons", audience="space:kontoret")
    await actions.make_now(await house.viewer("mons"), edition.id)
    await execute("UPDATE person SET admin = {} WHERE handle = 'mons'", False)
    run = await runs.take(UTC)
    assert run is not None
    assert not (await carry_out(lambda: house.app, house.settings, run)).done
    found = await row("SELECT failed FROM edition WHERE id = {}", edition.id)
    assert found == {"failed": "owner"}


async def test_what_is_thrown_away_comes_back_with_one_press(house: House, nightly: Edition) -> None:
    edition = nightly
    (kept,) = await kept_of(house, edition)
    async with house.browser("astrid") as browser:
        for path, address in (
            (f"/snapshots/{kept.id}/drop", kept_url(kept)),
            (f"/snapshots/editions/{edition.id}/drop", kept_url(kept)),
        ):
            assert (await browser.post(path)).status_code == 303
            assert await who_gets(house, address) == set()
            said = (await browser.get("/snapshots/")).text
            assert "Thrown away." in said and "Undo" in said
            assert (await browser.post(path, data={"back": "true"})).status_code == 303
            assert await who_gets(house, address) == {"astrid", "hedda", "mons", "ole"}
    async with house.browser("ole") as browser:
        assert (await browser.post(f"/snapshots/{kept.id}/drop")).status_code == 403
        assert (await browser.post(f"/snapshots/{kept.id}/drop", data={"back": "true"})).status_code == 403
    with pytest.raises(NotThere):
        await queries.edition(await house.viewer("ole"), edition.id)


async def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(house: House) -> None:
    typed = {
        "name": "Typed",
        "audience": "everyone",
        "language": "en",
        "format": "zip",
        "rhythm": "day",
        "clock": "25:00",
    }
    async with house.browser("astrid") as browser:
        assert 'value="02:00"' in (await browser.get("/snapshots/editions/new/")).text
        wrong = await browser.post("/snapshots/editions/", data=typed)
        assert wrong.status_code == 422 and "02:30" in wrong.text and "Typed" in wrong.text
        for field, value_of in (("rhythm", "yearly"), ("format", "exe"), ("weekday", "9"), ("keep", "x"), ("keep", "-1"), ("language", "xx"),
                                ("only-loftet", "true"), ("place", "/etc"), ("place", "s3://theirs"), ("name", "")):  # fmt: skip
            answer = await browser.post("/snapshots/editions/", data={**typed, "clock": "3:05", field: value_of})
            assert answer.status_code == 422, field
        saved = await browser.post("/snapshots/editions/", data={**typed, "clock": "3:05", "only-torget": "true"})
        assert saved.status_code == 303
        edition = next(
            each
            for each in await queries.editions(await house.viewer("astrid"))
            if each.rhythm == "day" and each.minute == 185
        )
        assert (edition.minute, edition.only, edition.keeps) == (185, ("torget",), False)
        page = (await browser.get(f"/snapshots/editions/{edition.id}/")).text
        assert 'value="03:05"' in page and 'name="only-torget" value="true" checked' in page
        changed = {**typed, "clock": "4:00", "name": "Weekly", "rhythm": "week", "weekday": "2"}
        assert (await browser.post(f"/snapshots/editions/{edition.id}/", data=changed)).status_code == 303
        assert "Weekly" in (await browser.get("/snapshots/editions/")).text


async def test_the_page_says_how_far_it_is_and_is_never_too_old(house: House) -> None:
    edition = await ordered(house)
    await actions.make_now(await house.viewer("astrid"), edition.id)
    async with house.browser("astrid") as browser:
        first = await browser.get("/snapshots/editions/")
        assert "in a moment" in first.text and "every 2s" in first.text
        run = await runs.take(UTC)
        assert run
        seen, etag = set(), first.headers["etag"]
        for done in (0, 10, 20):
            await runs.alive(run, done, 40)
            answer = await browser.get("/snapshots/editions/", headers={"if-none-match": etag})
            assert answer.status_code == 200 and f"{done} of 40" in answer.text
            etag = answer.headers["etag"]
            seen.add(etag)
        assert len(seen) == 3
        part = await browser.get("/snapshots/editions/", headers={"hx-request": "true", "hx-request-type": "partial"})
        assert "<html" not in part.text and "20 of 40" in part.text
        await runs.failed(run, "unsound", "index.html links to x, where there is nothing (1 in all).", UTC)
        said = (await browser.get("/snapshots/editions/")).text
        assert "Nothing was published" in said and "where there is nothing" in said and "every 2s" not in said


async def test_no_snapshot_holds_others(house: House, nightly: Edition) -> None:
    edition = await ordered(house)
    (kept,) = await kept_of(house, nightly)
    mons = await house.viewer("mons")
    await entries.post(
        mons, "micropost", house.spaces["torget"], Fields(body=f"See [it]({kept_url(kept)}) and [all](/snapshots/)")
    )
    await made(house, edition)
    async with house.browser("ole") as browser:
        answer = await browser.get(kept_url((await kept_of(house, edition))[0]))
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert not [name for name in names if name.startswith("snapshots/")]


async def test_what_does_not_fit_together_is_found(house: House, nightly: Edition) -> None:
    shelf = Folder(house.settings.data / "snapshots" / "kept")
    assert await check.faults(shelf) == []
    (kept,) = await kept_of(house, nightly)
    path = shelf.path(kept.file)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    assert await check.faults(shelf) == [f"the file of snapshot {kept.id} is not what was kept"]
    path.unlink()
    assert await check.faults(shelf) == [f"the file of snapshot {kept.id} is not there"]
    async with house.browser("ole") as browser:
        assert (await browser.get(kept_url(kept))).status_code == 404
    path.write_bytes(content)
    await execute("UPDATE edition SET format = 'exe' WHERE id = {}", nightly.id)
    held = await rows("DELETE FROM snapshot_space WHERE snapshot = {} RETURNING id, snapshot, space", kept.id)
    assert len(await check.faults(shelf)) == 2
    await execute("UPDATE edition SET format = 'zip' WHERE id = {}", nightly.id)
    for each in held:
        await insert("snapshot_space", **each)


async def test_a_house_that_is_not_open_publishes_what_is_due(
    house: House, nightly: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `dugnad snapshots` does it, without a database that is open already."""
    edition = await ordered(house, name="From cron", spaces=("torget",))
    for name, given in (
        ("DATABASE", house.settings.database),
        ("DATA", str(house.settings.data)),
        ("URL", house.settings.url),
    ):
        monkeypatch.setenv(f"DUGNAD_{name}", given)

    astrid, ole = await house.viewer("astrid"), await house.viewer("ole")
    other = await ordered(house, name="Of somebody who may not")
    for each in (edition, other):
        await actions.make_now(astrid, each.id)
    await execute("UPDATE edition SET owner = {} WHERE id = {}", ole.person, other.id)
    asked = (sys.executable, "-m", "web.cli", "snapshots", "--json")
    process = await asyncio.create_subprocess_exec(*asked, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    said = {each["edition"]: each["done"] for each in json.loads(out)["editions"]}
    assert said == {"From cron": True, "Of somebody who may not": False} and process.returncode == 1
    assert len(await kept_of(house, edition)) == 1
