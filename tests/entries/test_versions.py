"""The same text in other languages: linked to each other, each to whoever may read it, and how far one is behind is said."""

from __future__ import annotations

import re

import pytest

from tests.cast import House
from web.database import value
from web.entries import actions, drafts, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import Invalid, NotAllowed, NotThere


async def written(house: House, title: str, lang: str | None = "nb", space: str = "torget", by: str = "mons") -> Entry:
    viewer = await house.viewer(by)
    id = await actions.post(viewer, "page", house.spaces[space], Fields(title, f"Text of {title}.", lang=lang))
    return await queries.entry(viewer, id)


async def changed(house: House, entry: Entry, by: str = "hedda", *, minor: bool = False) -> Entry:
    viewer = await house.viewer(by)
    now = await queries.entry(viewer, entry.id)
    fields = Fields(now.title, f"{now.body}\n\nMore.", lang=now.lang, minor=minor)
    await actions.edit(viewer, entry.id, fields, now.revision)
    return await queries.entry(viewer, entry.id)


async def test_versions_lead_to_each_other_and_say_how_far_they_are_behind(house: House) -> None:
    mons = await house.viewer("mons")
    norsk, english, nynorsk = [
        await written(house, title, lang)
        for title, lang in (("Ved kai", "nb"), ("At the quay", "en"), ("Ved kaia", "nn"))
    ]
    assert "In other languages" not in await house.read(f"/e/{norsk.id}", None)
    for each in (english, nynorsk):
        await actions.translate(mons, each.id, norsk.revision)
    page = await house.read(f"/e/{norsk.id}")
    assert f'<link rel="alternate" hreflang="en" href="/pages/{english.id}/at-the-quay/">' in page
    assert f'<link rel="alternate" hreflang="nb" href="/pages/{norsk.id}/ved-kai/">' in page
    assert "At the quay" in page and "Ved kaia" in page and "behind" not in page
    assert 'lang="nb"' in page and "Ved kaia" in await house.read(f"/e/{english.id}")
    await changed(house, norsk, minor=True)
    assert "behind" not in await house.read(f"/e/{norsk.id}"), "of a small change nobody needs to hear"
    for by in ("hedda", "mons", "ole"):
        last = await changed(house, norsk, by)
    assert "3 changes behind" in await house.read(f"/e/{norsk.id}") and "3 changes behind" in await house.read(
        f"/e/{nynorsk.id}"
    )
    page = await house.read(f"/e/{english.id}")
    assert "has been changed 3 times since this was translated" in page
    diff = re.search(rf'href="(/entries/{norsk.id}/history/{norsk.revision}/{last.revision}/)"', page)
    assert diff
    async with house.browser("ole") as browser:
        assert (await browser.get(diff[1])).status_code == 200
        answer = await browser.post(f"/entries/{english.id}/translate", data={"revision": str(last.revision)})
        assert answer.status_code == 303
    assert "has been changed" not in await house.read(f"/e/{english.id}") and "3 changes behind" in await house.read(
        f"/e/{english.id}"
    )
    assert (await queries.entry(mons, english.id)).revision == english.revision, "it is no edit"


async def test_it_is_undone_and_taken_back(house: House) -> None:
    one, other = await written(house, "En"), await written(house, "One", "en")
    async with house.browser("ole") as browser:
        address = f"/entries/{other.id}/translate"
        form = await browser.get(f"{address}/")
        assert "What it was translated from" in form.text
        wrong = await browser.post(address, data={"of": "Nothing is called so"})
        assert wrong.status_code == 422 and "Nothing is called so" in wrong.text and "no other page" in wrong.text
        for said in (str(other.id), one.title):
            answer = await browser.post(
                address, data={"of": f"/e/{said}" if said.isdigit() else said}, follow_redirects=True
            )
            assert answer.status_code == (422 if said.isdigit() else 200)
        assert await queries.translated(other.id) == (one.id, one.revision)
        assert re.search(r'name="none" value="true"', answer.text), "undo"
        await browser.post(address, data={"none": "true"})
        assert await queries.translated(other.id) is None
        await browser.post(address, data={"revision": str(one.revision)})
        assert await queries.translated(other.id) == (one.id, one.revision)
        assert (await browser.post(address, data={"revision": "77"})).status_code == 404
        assert (await browser.post(address, data={"revision": "x"})).status_code in (400, 422)


async def test_nobody_is_told_of_a_version_that_they_may_not_read(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    source = await written(house, "Hemmelig kilde", "nb", "loftet")
    open_one, hidden = (
        await written(house, "Open version", "en"),
        await written(house, "Lukka utgåve", "nn", "kontoret"),
    )
    for each in (open_one, hidden):
        await actions.translate(mons, each.id, source.revision)
    await changed(house, source)
    page = await house.read(f"/e/{open_one.id}")
    assert "Hemmelig" not in page and "Lukka" not in page and "behind" not in page and "has been changed" not in page
    async with house.browser("ole") as browser:
        assert "Open version" not in (await browser.get("/upkeep/behind/")).text
    async with house.browser("mons") as browser:
        assert "Open version" in (await browser.get("/upkeep/behind/")).text
        found = (await browser.get("/search/?q=version%20lang:en")).text
        assert (
            "Open version" in found
            and "Open version" not in (await browser.get("/search/?q=version%20lang:nn")).text.partition("rows")[2]
        )
    assert "In other languages" in page and str(source.id) not in page and "hreflang" not in page
    assert "Hemmelig kilde" in await house.read(f"/e/{open_one.id}", "mons") and "Lukka" in await house.read(
        f"/e/{open_one.id}", "mons"
    )
    other = await written(house, "Another", "en")
    with pytest.raises(NotThere):
        await actions.translate(ole, other.id, source.revision)
    with pytest.raises(NotThere):
        await actions.translate(ole, hidden.id, other.revision)
    article = await house.entry("torget", "article")
    with pytest.raises(NotAllowed):
        await actions.translate(ole, article.id, other.revision)
    with pytest.raises(Invalid):
        await actions.translate(mons, source.id, open_one.revision)
    with pytest.raises(Invalid):
        await actions.translate(mons, source.id, (await house.entry("torget", "question")).revision)
    told = await queries.happenings(ole, open_one.id)
    assert not {each.verb for each in told} & {"translate", "untranslate"}
    async with house.browser("ole") as browser:
        for address in (f"/entries/{source.id}/translate/", f"/entries/{source.id}/translate/en/"):
            assert (await browser.get(address)).status_code == 404


async def test_a_version_begins_with_the_text_and_is_linked_when_it_is_shared(house: House) -> None:
    source = await written(house, "Slik gjør vi")
    ole = await house.viewer("ole")
    async with house.browser("ole") as browser:
        offered = (await browser.get(f"/entries/{source.id}/translate/")).text
        assert f"/entries/{source.id}/translate/en/" in offered and f"/entries/{source.id}/translate/nb/" not in offered
        page = (await browser.get(f"/entries/{source.id}/translate/en/")).text
        assert "Text of Slik gjør vi." in page and re.search(r'<option value="en" selected', page)
        assert (await browser.get(f"/entries/{source.id}/translate/xx/")).status_code == 404
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)) | {
            "title": "How we do it", "body": "Like this.", "lang": "en", "space": "torget",
        }  # fmt: skip
        assert form["translates"] == str(source.id) and form["revision"] == str(source.revision)
        kept = await drafts.keep(ole, form)
        again = (await browser.get(f"/new/page/?draft={kept}")).text
        assert f'name="translates" value="{source.id}"' in again
        wrong = await browser.post("/entries/", data={**form, "title": ""})
        assert wrong.status_code == 422 and f'name="translates" value="{source.id}"' in wrong.text
        await changed(house, source)
        await browser.post("/entries/", data=form)
    made = await value("SELECT id FROM entry WHERE title = 'How we do it'")
    assert await queries.translated(made) == (source.id, source.revision)
    assert "1 change behind" in await house.read(f"/e/{source.id}")
