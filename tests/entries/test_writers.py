"""Several who wrote a text: they are named, may edit it, and have it among their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.snapshot import export
from tests.cast import House, how_many
from tests.export.whole import faults
from web.database import counted_statements, rows
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed
from web.people import actions as people_actions
from web.rights import edited_by


async def told(house: House, title: str, space: str = "torget", *others: str) -> int:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "article", house.spaces[space], Fields(title, f"Words of {title}."))
    for each in others:
        await actions.write_with(mons, id, each)
    return id


async def test_whoever_is_named_stands_over_it_in_lists_in_feeds_and_has_it_among_their_own(
    house: House, tmp_path: Path
) -> None:
    id = await told(house, "Told together", "torget", "hedda", "ole")
    entry = await queries.entry(await house.viewer("astrid"), id)
    assert [each.handle for each in entry.by] == ["mons", "hedda", "ole"]
    named = '<a class="face" href="/people/mons/">Mons</a>, <a class="face" href="/people/hedda/">Hedda</a> and <a class="face" href="/people/ole/">Ole</a>'
    for address in (f"/e/{id}", "/", "/articles/", "/people/ole/", "/people/mons/", "/search/?q=together"):
        assert named in await house.read(address, "astrid"), address
    for address in ("/articles/feed.atom", "/people/ole/feed.atom"):
        feed = await house.read(address, "astrid")
        assert all(f"<name>{name}</name>" in feed for name in ("Mons", "Hedda", "Ole")) and f"/e/{id}</id>" in feed
    assert "writers:\n- hedda\n- ole\n" in await house.read(f"/articles/{id}/told-together/index.md", "astrid")
    assert "Told together" not in await house.read("/people/astrid/", "astrid")
    assert "Told together" in await house.read("/followed/", "ole"), "that is how they are told"
    out, again = tmp_path / "copy", tmp_path / "again"
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    assert faults(out) == []
    assert "Told together" in (out / "people/ole/index.html").read_text("utf-8")
    await actions.write_with(await house.viewer("mons"), id, "ole", undo=True)
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    await export(lambda: house.app, house.settings, "everyone", again, language="en")
    for name in (
        "people/ole/index.html",
        "people/ole/feed.atom",
        "people/hedda/index.html",
        "articles/index.html",
        f"articles/{id}/told-together/index.html",
    ):
        assert (out / name).read_bytes() == (again / name).read_bytes(), name
    assert "Told together" not in (out / "people/ole/index.html").read_text("utf-8")


async def test_whoever_is_named_edits_it_and_does_not_throw_it_away(house: House) -> None:
    id = await told(house, "Edited together")
    ole, mons = await house.viewer("ole"), await house.viewer("mons")
    entry = await queries.entry(ole, id)
    assert not ole.may("edit", entry) and ole.may("recommend", entry)
    await actions.write_with(mons, id, "@Ole")
    entry = await queries.entry(ole, id)
    for verb in ("edit", "revert", "tag", "adopt", "series", "write_with"):
        assert ole.may(verb, entry), verb
    for verb in ("trash", "move", "turn", "hide", "recommend", "helped"):
        assert not ole.may(verb, entry), verb
    found = await rows("SELECT e.id FROM entry e WHERE e.id = {} AND {}", id, edited_by(ole))
    assert [each["id"] for each in found] == [id]
    await actions.edit(ole, id, Fields("Edited together", "By both."), entry.revision)
    await actions.write_with(ole, id, "ole", undo=True)
    entry = await queries.entry(ole, id)
    assert not ole.may("edit", entry) and not ole.may("write_with", entry)
    with pytest.raises(NotAllowed):
        await actions.write_with(ole, id, "hedda")


async def test_only_those_who_may_read_it_are_named_and_nobody_twice(house: House) -> None:
    id = await told(house, "In a closed room", "kontoret", "hedda")
    async with house.browser("mons") as browser:
        for handle in ("ole", "nobody-here", "mons", "hedda", "", "!!"):
            answer = await browser.post(f"/entries/{id}/write_with", data={"handle": handle})
            assert answer.status_code == 422 and "Who else?" in answer.text, handle
        assert (await browser.post(f"/entries/{id}/write_with", data={"handle": "gro"})).status_code == 303
        assert "Take off" in (await browser.get(f"/entries/{id}/write_with/")).text
    gro, mons = await house.viewer("gro"), await house.viewer("mons")
    assert gro.may("edit", await queries.entry(gro, id))
    async with house.browser("ole") as browser:
        assert (await browser.post(f"/entries/{id}/write_with", data={"handle": "ole"})).status_code == 404
        for address in ("/people/hedda/", "/people/gro/", "/people/hedda/feed.atom", "/"):
            assert "In a closed room" not in (await browser.get(address)).text
    async with house.browser("gro") as browser:
        assert "Take yourself off" in (await browser.get(f"/entries/{id}/write_with/")).text
        assert (
            await browser.post(f"/entries/{id}/write_with", data={"handle": "gro", "undo": "true"})
        ).status_code == 303
    assert [each.handle for each in (await queries.entry(mons, id)).writers] == ["hedda"]
    with pytest.raises(Invalid):
        await actions.write_with(mons, id, "ole")


async def test_whoever_has_left_the_room_is_named_still_and_edits_no_more(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    await people_actions.add_member(ole.me, house.spaces["loftet"].id, "member")
    id = await told(house, "Gone ashore", "loftet", "ole")
    await people_actions.leave(await house.viewer("ole"), house.spaces["loftet"])
    assert [each.handle for each in (await queries.entry(mons, id)).writers] == ["ole"]
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/e/{id}", follow_redirects=True)).status_code == 404
        assert "Gone ashore" not in (await browser.get("/people/ole/")).text
        assert (await browser.post(f"/entries/{id}/edit", data={"body": "x"})).status_code == 404


async def test_the_world_knows_whom_it_reads(house: House) -> None:
    space = house.spaces["torget"]
    id = await told(house, "To the world", "torget", "ole")
    await people_actions.change_space(await house.viewer("astrid"), space, space.name, "", "open", public=True)
    assert "Ole</a>" in await house.read(f"/e/{id}", None)
    assert "To the world" in await house.read("/people/ole/", None)
    await people_actions.change_space(await house.viewer("astrid"), space, space.name, "", "open", public=False)


async def test_a_program_names_writers_and_series_too(house: House) -> None:
    id = await told(house, "By a program")
    async with house.program("mons") as program, house.program("ole") as other:
        added = await program.post(f"/api/entries/{id}/write_with", json={"handle": "hedda"})
        assert added.json() == {"series": "", "number": None, "writers": ["mons", "hedda"]}
        put = await program.post(f"/api/entries/{id}/series", json={"series": "Av maskiner", "number": 2})
        assert put.json()["series"] == "Av maskiner" and put.json()["number"] == 2
        assert (await other.get(f"/api/entries/{id}/together")).json() == put.json()
        assert (await other.post(f"/api/entries/{id}/series", json={"series": "x"})).status_code == 403
        assert (await other.post(f"/api/entries/{id}/write_with", json={"handle": "ole"})).status_code == 403
        assert (await program.post(f"/api/entries/{id}/write_with", json={"handle": "nobody"})).status_code == 422
        gone = await program.post(f"/api/entries/{id}/write_with", json={"handle": "hedda", "undo": True})
        assert gone.json()["writers"] == ["mons"]


async def test_how_many_wrote_it_costs_no_question(house: House) -> None:
    alone, together = await told(house, "By one"), await told(house, "By three", "torget", "hedda", "ole")
    counts = []
    for id in (alone, together):
        house.forget()
        async with house.browser("astrid") as browser:
            entry = await queries.entry(await house.viewer("astrid"), id)
            with counted_statements() as asked:
                assert (await browser.get(f"/articles/{id}/{entry.slug}/")).status_code == 200
            counts.append(how_many(asked))
    assert counts[0] == counts[1]
