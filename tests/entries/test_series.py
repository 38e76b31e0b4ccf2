"""Series: what is told in several parts, of which everybody sees those that they may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.leaks import hidden_from, said_in
from export.portable.leaving import write_house
from export.snapshot import export
from tests.cast import House, how_many
from tests.export.whole import faults
from web.database import counted_statements
from web.entries import actions, drafts, planning, queries
from web.entries.actions import Fields
from web.errors import Invalid, NotThere
from web.policy import EVERYONE

NAME = "Drift i praksis"


async def told(house: House, title: str, series: str = NAME, space: str = "torget", by: str = "mons") -> int:
    fields = Fields(title, f"Words of {title}.", series=series)
    return await actions.post(await house.viewer(by), "article", house.spaces[space], fields)


async def order(house: House, key: str = "drift-i-praksis", by: str = "ole", space: str = "torget") -> list[str]:
    _, entries = await queries.parts(await house.viewer(by), house.spaces[space].id, key)
    return [each.title for each in entries]


async def test_the_parts_of_a_series_know_each_other(house: House, tmp_path: Path) -> None:
    one, two, three = [
        await told(house, title, name) for title, name in (("One", NAME), ("Two", "drift  i Praksis!"), ("Three", NAME))
    ]
    assert await order(house) == ["One", "Two", "Three"]
    page = await house.read(f"/e/{two}")
    assert "Part 2 of 3 in" in page and '<a rel="prev"' in page and '<a rel="next"' in page
    assert 'aria-current="page">Two<' in page and f"/{one}/one/" in page and f"/{three}/three/" in page
    address = "/spaces/torget/series/drift-i-praksis/"
    assert "3 parts" in await house.read(address) and address in await house.read("/spaces/torget/articles/")
    feed = await house.read(f"{address}feed.atom")
    assert feed.index(f"/e/{three}</id>") < feed.index(f"/e/{two}</id>") < feed.index(f"/e/{one}</id>")
    assert NAME in feed
    mons = await house.viewer("mons")
    await actions.series(mons, three, NAME, 1)
    assert await order(house) == ["Three", "One", "Two"]
    await actions.trash(mons, one)
    assert await order(house) == ["Three", "Two"] and "Part 2 of 2 in" in await house.read(f"/e/{two}")
    await actions.restore(mons, one)
    out = tmp_path / "copy"
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    assert faults(out) == []
    shown = (out / f"articles/{two}/two/index.html").read_text("utf-8")
    assert "Part 3 of 3 in" in shown and "../../../spaces/torget/series/drift-i-praksis/index.html" in shown
    assert (out / "spaces/torget/series/drift-i-praksis/feed.atom").is_file()
    await actions.series(mons, two, "")
    assert await order(house) == ["Three", "One"] and "Part " not in await house.read(f"/e/{two}")
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    again = tmp_path / "again"
    await export(lambda: house.app, house.settings, "everyone", again, language="en")
    for name in (
        f"articles/{two}/two/index.html",
        f"articles/{one}/one/index.html",
        "spaces/torget/articles/index.html",
        "spaces/torget/series/drift-i-praksis/index.html",
        "spaces/torget/series/drift-i-praksis/feed.atom",
    ):
        assert (out / name).read_bytes() == (again / name).read_bytes(), name
    for each in (one, two, three):
        await actions.series(mons, each, "")
    with pytest.raises(NotThere):
        await order(house)


async def test_what_somebody_may_not_read_is_no_part_for_them(house: House, tmp_path: Path) -> None:
    open_one = await told(house, "Seen")
    for space in ("kontoret", "loftet"):
        kept = await told(house, f"Kept in {space}", space=space)
        await told(house, f"Secret in {space}", "Hemmelig kanariserie", space)
        assert "Part of" in await house.read(f"/e/{kept}", "hedda")
    assert "Part of" in await house.read(f"/e/{open_one}")
    for by in ("ole", "astrid", None):
        for address in (
            "/spaces/torget/series/hemmelig-kanariserie/",
            "/spaces/kontoret/series/hemmelig-kanariserie/",
            "/spaces/loftet/series/hemmelig-kanariserie/",
            "/spaces/loftet/series/drift-i-praksis/",
            "/spaces/torget/articles/",
            "/spaces/kontoret/series/drift-i-praksis/feed.atom",
            "/",
        ):
            said = await house.read(address, by)
            assert "Hemmelig" not in said and "Kept in" not in said, (by, address)
    async with house.browser("ole") as ole, house.browser() as stranger:
        missing = await ole.get("/spaces/loftet/series/drift-i-praksis/")
        assert missing.status_code == (await ole.get("/spaces/torget/series/nothing/")).status_code == 404
        assert (await stranger.get("/spaces/torget/series/drift-i-praksis/")).status_code == 303
        assert (await ole.post(f"/entries/{open_one}/series", data={"series": "Taken"})).status_code == 403
    hidden = await hidden_from(EVERYONE, "")
    assert said_in("x.html", b"<p>Hemmelig kanariserie</p>", hidden)
    out = tmp_path / "out"
    await write_house(out, house.files, "everyone")
    assert not [path for path in out.rglob("*") if path.is_file() and b"kanariserie" in path.read_bytes()]
    assert [path for path in out.rglob("*.jsonl") if b'"series":"Drift i praksis"' in path.read_bytes()]


async def test_a_series_is_said_in_the_form_and_kept_with_the_draft(house: House) -> None:
    mons = await house.viewer("mons")
    form = {"kind": "article", "space": "torget", "title": "Begun", "body": "Words.", "series": "Fra skjema"}
    async with house.browser("mons") as browser:
        assert 'name="series"' in (await browser.get("/new/article/")).text
        assert 'name="series"' not in (await browser.get("/new/page/")).text
        other = await browser.post("/new/page/", data=form)
        assert 'type="hidden" name="series" value="Fra skjema"' in other.text, "no word is lost on the way"
        wrong = await browser.post("/entries", data={**form, "series": "!!!"})
        assert wrong.status_code == 422 and 'value="!!!"' in wrong.text
        assert (await browser.post("/entries", data={**form, "series": "x" * 61})).status_code == 422
        id = await drafts.keep(mons, form)
        assert 'value="Fra skjema"' in (await browser.get(f"/new/article/?draft={id}")).text
        made = await planning.share(mons, id or 0)
        assert await queries.part_of(mons, made) == ("Fra skjema", None)
        assert await actions.post(mons, "page", house.spaces["torget"], Fields("No part", "x", series="Fra skjema"))
        assert await order(house, "fra-skjema") == ["Begun"]
        page = (await browser.get(f"/entries/{made}/series/")).text
        assert 'value="Fra skjema"' in page
        for bad in (
            {"series": "Fra skjema", "number": "first"},
            {"series": "Fra skjema", "number": "0"},
            {"series": "…"},
        ):
            answer = await browser.post(f"/entries/{made}/series", data=bad)
            assert answer.status_code == 422 and "Part of a series" in answer.text, bad
        assert (
            await browser.post(f"/entries/{made}/series", data={"series": "Annet", "number": "3"})
        ).status_code == 303
    assert await queries.part_of(mons, made) == ("Annet", 3)
    with pytest.raises(Invalid):
        await actions.series(mons, made, "x" * 61)


async def test_a_part_is_asked_for_with_what_stands_beside_it(house: House) -> None:
    ids = [await told(house, f"Part {number}", "Ferd og føre ÆØÅ 日本") for number in range(4)]
    id = ids[2]
    house.forget()
    async with house.browser("ole") as browser:
        await browser.get(f"/articles/{ids[0]}/part-0/")  # whoever comes first learns which words mean something
        with counted_statements() as asked:
            assert (await browser.get(f"/articles/{id}/part-2/")).status_code == 200
        assert how_many(asked) <= 8
        with counted_statements() as asked:
            found = await browser.get("/spaces/torget/series/ferd-og-føre-æøå-日本/")
        assert found.status_code == 200 and len(asked) <= 8
