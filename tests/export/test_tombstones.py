"""A link to something that was taken away says what, when, by whom and why, and nothing more of it."""

from __future__ import annotations

from pathlib import Path

import html5lib
import pytest

from export.snapshot import export
from tests.cast import House, write
from tests.export.whole import faults
from web import words
from web.entries import actions, queries
from web.entries.actions import Fields
from web.kinds import KINDS
from web.people import actions as people_actions

TITLE, TEXT = "Where the harbour moves next", "Nobody wants to read that all of it will move"


def said(folder: Path) -> str:
    """All that is in the files, and what they are called."""
    return "\n".join(
        f"{path.relative_to(folder)}\n{path.read_bytes().decode('utf-8', 'replace')}"
        for path in folder.rglob("*")
        if path.is_file()
    )


async def taken_away(house: House, reason: str = "Not ours to tell", title: str = TITLE) -> tuple[int, int]:
    """A page that was taken away, and one that links to it in every way there is."""
    mons = await house.viewer("mons")
    gone = await actions.post(mons, "page", house.spaces["torget"], Fields(title, f"{TEXT}, in May."))
    written = (
        f"[one](/e/{gone}) [two](/pages/{gone}/) [[{title.lower()}|three]] [four]({house.settings.url}/pages/{gone}/)"
    )
    linking = await actions.post(mons, "page", house.spaces["torget"], Fields("Linking", written))
    await actions.trash(mons, gone, reason)
    return gone, linking


async def test_links_to_what_is_in_the_bin_lead_to_what_may_be_told_of_it(house: House, tmp_path: Path) -> None:
    gone, linking = await taken_away(house)
    out = tmp_path / "out"
    report = await export(lambda: house.app, house.settings, "everyone", out, language="en", strict=True)
    assert report.broken == [] and faults(out) == []
    stone = (out / "pages" / str(gone) / "index.html").read_text("utf-8")
    when = words.date_and_time((await queries.trashed(await house.viewer("mons"), gone)).trashed_at or 0, "en")
    for word in (
        "This is in the bin",
        "Page",
        "Mons</a> put it there",
        when,
        "Not ours to tell",
        f"{house.settings.url}/pages/{gone}/",
    ):
        assert word in stone, word
    html = (out / "pages" / str(linking) / "linking" / "index.html").read_text("utf-8")
    assert html.count(f'href="../../../pages/{gone}/index.html"') == 4
    parser = html5lib.HTMLParser()
    parser.parse(stone)
    assert parser.errors == []


async def test_what_it_said_and_what_it_was_called_is_in_no_file(house: House, tmp_path: Path) -> None:
    title = "What the ferries will cost"
    gone, linking = await taken_away(house, title=title)
    file = await house.attach("mons", "The new harbour.txt", b"drawn", entry=linking)
    await actions.trash(await house.viewer("mons"), linking, "It names the other")
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    everything = said(out)
    for word in (title, TEXT, title.lower(), "what-the-ferries", str(file.id), "harbour.txt"):
        assert word not in everything, word
    assert [path.name for path in (out / "pages" / str(gone)).rglob("*")] == ["index.html"]


async def test_every_kind_has_one_and_it_goes_when_the_entry_comes_back(house: House, tmp_path: Path) -> None:
    mons, out = await house.viewer("mons"), tmp_path / "out"
    ids = {kind: await write(house, "mons", kind.name, "torget", f"stone{kind.name}") for kind in KINDS.values()}
    stones = [out / kind.path / str(id) / "index.html" for kind, id in ids.items()]
    for id in ids.values():
        await actions.trash(mons, id, "")
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    assert all("This is in the bin" in stone.read_text("utf-8") for stone in stones)
    assert "Body of stone" not in said(out)
    for id in ids.values():
        await actions.restore(mons, id)
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    assert not [each for each in stones if each.exists() and "This is in the bin" in each.read_text("utf-8")]
    everything = said(out)
    assert all(f"Body of stone{kind.name}" in everything for kind in ids)


@pytest.mark.parametrize(
    ("audience", "told"), [("everyone", True), ("person:ole", True), ("person:gro", False), ("public", False)]
)
async def test_nothing_is_told_to_those_who_could_not_have_read_it(
    house: House, tmp_path: Path, audience: str, told: bool
) -> None:
    astrid, mons = await house.viewer("astrid"), await house.viewer("mons")
    gone, linking = await taken_away(house, "A reason")
    secret = await actions.post(mons, "page", house.spaces["loftet"], Fields("In the loft", "x"))
    await actions.edit(
        mons,
        linking,
        Fields("Linking", f"[one](/e/{gone}) [s](/e/{secret})"),
        (await queries.entry(mons, linking)).revision,
    )
    await actions.trash(mons, secret, "A secret reason")
    out, public = tmp_path / "out", audience == "public"
    await people_actions.change_space(astrid, house.spaces["torget"], "Torget", "", "open", public=public)
    await export(lambda: house.app, house.settings, audience, out)
    assert (out / "pages" / str(gone) / "index.html").exists() == told
    everything = said(out)
    assert ("A reason" in everything) == told and "A secret reason" not in everything
    assert not (out / "pages" / str(secret)).exists()
    await people_actions.change_space(astrid, house.spaces["torget"], "Torget", "", "open", public=False)


async def test_who_took_it_away_is_not_named_to_those_who_do_not_know_them(house: House, tmp_path: Path) -> None:
    """An administrator looks after what is open, and belongs to none of the spaces of a guest."""
    mons, astrid, hedda = await house.viewer("mons"), await house.viewer("astrid"), await house.viewer("hedda")
    await people_actions.change_space(hedda, house.spaces["kontoret"], "Kontoret", "", "open", public=False)
    gone = await actions.post(mons, "page", house.spaces["kontoret"], Fields("For guests", "x"))
    await actions.trash(astrid, gone, "")
    await people_actions.change_space(hedda, house.spaces["kontoret"], "Kontoret", "", "closed", public=False)
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "person:gro", out, language="en")
    stone = (out / "pages" / str(gone) / "index.html").read_text("utf-8")
    assert "It was put there" in stone and "astrid" not in stone.lower()


async def test_in_the_house_such_a_link_leads_there_too(house: House) -> None:
    gone, linking = await taken_away(house)
    async with house.browser("ole") as browser:
        page = (await browser.get(f"/e/{linking}", follow_redirects=True)).text
        assert page.count(f'<a class="gone" href="/pages/{gone}/">') == 3, "and one that spells out where the house is"
        for address in (f"/e/{gone}", f"/pages/{gone}/where-the-harbour-moves-next/", f"/threads/{gone}/"):
            answer = await browser.get(address)
            assert answer.status_code == 303 and answer.headers["location"] == f"/pages/{gone}/"
        told = await browser.get(f"/pages/{gone}/")
        assert told.status_code == 410 and "Not ours to tell" in told.text and TITLE in told.text
        feed = await browser.get("/spaces/torget/feed.atom")
        assert f'class="gone" href="{house.settings.url}/pages/{gone}/"'.replace('"', "&quot;") in feed.text.replace(
            '"', "&quot;"
        )
    async with house.browser("gro") as browser:
        assert (await browser.get(f"/pages/{gone}/")).status_code == 404


async def test_a_link_begins_to_lead_there_when_its_readers_may_know(house: House, tmp_path: Path) -> None:
    mons, hedda, out = await house.viewer("mons"), await house.viewer("hedda"), tmp_path / "out"
    gone = await actions.post(mons, "page", house.spaces["kontoret"], Fields("Inside", "x"))
    linking = await actions.post(mons, "page", house.spaces["torget"], Fields("From outside", f"[in there](/e/{gone})"))
    await actions.trash(mons, gone, "")
    page = out / "pages" / str(linking) / "from-outside" / "index.html"
    for access, leads in (("closed", False), ("open", True), ("closed", False)):
        await people_actions.change_space(hedda, house.spaces["kontoret"], "Kontoret", "", access, public=False)
        await export(lambda: house.app, house.settings, "everyone", out)
        assert (f"../../../pages/{gone}/index.html" in page.read_text("utf-8")) is leads
