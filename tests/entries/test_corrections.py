"""Corrections: what was wrong in a text is told under it, in feeds, and in copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.snapshot import export
from tests.cast import House
from tests.export.whole import faults
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import Invalid


async def told(house: House, title: str, space: str = "torget") -> int:
    return await actions.post(await house.viewer("mons"), "article", house.spaces[space], Fields(title, "Ten ships."))


async def corrected(house: House, id: int, body: str, why: str, **more: bool) -> int:
    mons = await house.viewer("mons")
    entry = await queries.entry(mons, id)
    saved = await actions.edit(mons, id, Fields(entry.title, body, summary=why, **more), entry.revision)
    return saved.revision


async def test_what_was_corrected_is_told_under_the_text_the_latest_first(house: House, tmp_path: Path) -> None:
    id = await told(house, "Of ships")
    first = await corrected(house, id, "Eleven ships.", "It said ten ships.", correction=True)
    await corrected(house, id, "Eleven ships!", "A sign more.", minor=True)
    last = await corrected(house, id, "Twelve ships!", "It said <eleven> ships.", correction=True, minor=True)
    page = await house.read(f"/e/{id}")
    assert page.index("It said &lt;eleven&gt; ships.") < page.index("It said ten ships.")
    foot = page.partition('class="corrections"')[2].partition("</ul>")[0]
    assert "A sign more." not in foot and foot.count("Corrected <time") == 2
    assert f"/entries/{id}/history/{last}/" in page and "Eleven" in await house.read(f"/entries/{id}/history/{first}/")
    assert (await house.read(f"/entries/{id}/history/")).count(">Correction<") == 2
    feed = await house.read("/articles/feed.atom")
    assert "It said ten ships." in feed and "Corrected " in feed
    entry = await queries.entry(await house.viewer("ole"), id)
    assert entry.active_at == entry.updated_at, "it is no small change"
    out, again = tmp_path / "copy", tmp_path / "again"
    name = f"articles/{id}/of-ships/index.html"
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    assert faults(out) == [] and "It said ten ships." in (out / name).read_text("utf-8")
    await corrected(house, id, "Thirteen ships!", "It said twelve ships.", correction=True)
    await actions.redact(await house.viewer("astrid"), id, first)
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    await export(lambda: house.app, house.settings, "everyone", again, language="en")
    assert (out / name).read_bytes() == (again / name).read_bytes()
    assert (out / "articles/feed.atom").read_bytes() == (again / "articles/feed.atom").read_bytes()
    said = (out / name).read_text("utf-8")
    assert "It said ten ships." not in said and "It said twelve ships." in said


async def test_a_correction_says_what_was_wrong(house: House) -> None:
    id = await told(house, "Of boats")
    async with house.browser("mons") as browser:
        assert 'name="correction"' in (await browser.get(f"/entries/{id}/edit/")).text
        page = house.entries["torget", "page"]
        assert 'name="correction"' not in (await browser.get(f"/entries/{page}/edit/")).text
        revision = (await queries.entry(await house.viewer("mons"), id)).revision
        form = {"title": "Of boats", "body": "Two boats.", "revision": str(revision), "correction": "true"}
        answer = await browser.post(f"/entries/{id}/edit", data=form)
        assert answer.status_code == 422 and "Say what was wrong" in answer.text and "Two boats." in answer.text
        assert 'name="correction" value="true" checked' in answer.text
        assert (await browser.post(f"/entries/{id}/edit", data={**form, "summary": "Not one."})).status_code == 303
    assert "Not one." in await house.read(f"/e/{id}")
    mons, there = await house.viewer("mons"), await house.entry("torget", "page")
    with pytest.raises(Invalid):
        await actions.edit(mons, there.id, Fields(there.title, "x", summary="y", correction=True), there.revision)


async def test_nobody_hears_of_what_they_may_not_read(house: House) -> None:
    id = await told(house, "Kept", "kontoret")
    await corrected(house, id, "Eleven ships.", "It said kanaricorrection.", correction=True)
    assert "kanaricorrection" in await house.read(f"/e/{id}", "hedda")
    for by in ("ole", "astrid", None):
        for address in (f"/e/{id}", "/articles/", "/articles/feed.atom", "/changes/", "/people/mons/feed.atom", "/"):
            assert "kanaricorrection" not in await house.read(address, by), (by, address)
