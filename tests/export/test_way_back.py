"""Whoever reads a snapshot finds a way back from each entry: to a form of the house, or to a letter that is begun."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from export.snapshot import export
from tests.cast import PASSWORD, House
from tests.export.whole import faults
from web import urls
from web.database import execute
from web.entries import actions
from web.entries.actions import Fields
from web.kinds import ALONE, KINDS
from web.people.passwords import hashed
from web.settings import DEFAULT_URL, Settings, WrongSetting, read_settings

WAYS = ("ask", "improve", "outdated")
TO = "hjelp@dugnad.test"
NOWHERE = re.compile(r'<p class="back">')


async def published(house: House, out: Path, audience: str = "everyone", **set: str) -> Path:
    settings: Settings = replace(house.settings, **set)  # type: ignore[arg-type]
    await export(lambda: house.app, settings, audience, out, language="en")
    assert faults(out) == []
    return out


def ways(page: Path) -> list[str]:
    """Where the line under the entry leads."""
    found = re.search(r'<p class="back">(.*?)</p>', page.read_text("utf-8"), re.S)
    return [unescape(each) for each in re.findall(r'href="([^"]*)"', found[1])] if found else []


async def test_each_entry_has_one_to_the_forms_of_the_house(house: House, tmp_path: Path) -> None:
    out = await published(house, tmp_path / "out", mail_to=TO)
    for kind in ALONE:
        entry = await house.entry("torget", kind)
        at = f"{house.settings.url}/entries/{entry.id}"
        page = out / urls.url_of(entry).strip("/") / "index.html"
        assert ways(page) == [f"{at}/{way}/" for way in WAYS], kind
    assert not NOWHERE.search((out / "index.html").read_text("utf-8"))
    async with house.browser("mons") as browser:
        assert not NOWHERE.search((await browser.get(urls.url_of(entry))).text), "the house has buttons of its own"


@pytest.mark.parametrize(("audience", "url"), [("everyone", DEFAULT_URL), ("public", "http://dugnad.test")])
async def test_those_who_cannot_come_to_the_house_have_one_to_a_letter(
    house: House, tmp_path: Path, audience: str, url: str
) -> None:
    mons = await house.viewer("mons")
    await execute("UPDATE space SET public = {} WHERE slug = {}", audience == "public", "torget")
    await execute("UPDATE person SET email = {} WHERE handle = {}", TO, "ole")
    titled = 'Hvem har & nøkkelen? "Ola" <i>'
    id = await actions.post(mons, "page", house.spaces["torget"], Fields(titled, "Ingen vet."))
    out = await published(house, tmp_path / "out", audience, url=url, mail_to=TO)
    (page,) = (out / "pages" / str(id)).rglob("index.html")
    assert len(ways(page)) == 3
    for link, words in zip(ways(page), ("Ask about this", "Improve this", "Outdated?"), strict=True):
        parts = urlsplit(link)
        said = parse_qs(parts.query)
        assert (parts.scheme, parts.path) == ("mailto", TO)
        assert said == {"subject": [f"{words}: {titled}"], "body": [f"{url}/e/{id}"]}
    untitled = out / "microposts" / str(house.entries["torget", "micropost"]) / "index.html"
    assert ways(untitled)[0].startswith(f"mailto:{TO}?subject=Ask%20about%20this%3A%20Body%20of"), (
        "also without a title"
    )
    await actions.trash(mons, id, "")
    await execute("UPDATE person SET email = 'ole@dugnad.test' WHERE handle = 'ole'")
    await execute("UPDATE space SET public = {} WHERE slug = {}", False, "torget")


async def test_where_there_is_neither_nothing_is_promised(house: House, tmp_path: Path) -> None:
    out = await published(house, tmp_path / "out", url=DEFAULT_URL)
    assert not [page for page in out.rglob("*.html") if NOWHERE.search(page.read_text("utf-8"))]


async def test_asking_begins_with_a_link_to_the_entry_in_its_space(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["kontoret"], Fields("A [b] *c* #d", "x"))
    async with house.browser("mons") as browser:
        page = (await browser.get(f"/entries/{id}/ask/")).text
        typed = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[1])  # type: ignore[index]
        assert typed.strip() == rf"About [A \[b\] \*c\* \#d](/e/{id}):"
        assert (
            re.search(r'<option value="kontoret"[^>]* selected', page)
            and f'data-keep="new-question-about-{id}"' in page
        )
        sent = {"kind": "question", "space": "kontoret", "title": "How so?", "body": typed, "tags": ""}
        asked = await browser.post("/entries", data=sent, follow_redirects=True)
        assert f'<a href="{urls.url_of(KINDS["page"])}{id}/a-b-c-d/">A [b] *c* #d</a>' in asked.text
        for kind in KINDS:
            other = await house.entry("torget", kind)
            assert f"(/e/{other.id}):" in (await browser.get(f"/entries/{other.id}/ask/")).text, kind


async def test_who_may_edit_improves_and_who_may_not_suggests_it(house: House) -> None:
    article = house.entries["torget", "article"]
    for who, leads in (("mons", "edit"), ("ole", "suggest")):
        async with house.browser(who) as browser:
            answer = await browser.get(f"/entries/{article}/improve/")
            assert answer.headers["location"] == f"/entries/{article}/{leads}/"
            assert (await browser.get(answer.headers["location"])).status_code == 200
            page = (await browser.get(f"/entries/{article}/outdated/")).text
            assert f'action="/entries/{article}/reply"' in page and "Is this still right? </textarea>" in page


@pytest.mark.parametrize("way", WAYS)
async def test_whoever_is_not_signed_in_comes_to_the_form_by_the_door(house: House, way: str) -> None:
    id = house.entries["torget", "page"]
    await execute("UPDATE person SET password = {} WHERE handle = {}", await hashed(PASSWORD), "ole")
    async with house.browser() as browser:
        refused = await browser.get(f"/entries/{id}/{way}/")
        door = await browser.get(refused.headers["location"])
        assert door.status_code == 200 and urlsplit(refused.headers["location"]).path == "/sign-in/"
        next = unescape(re.search(r'name="next" value="([^"]*)"', door.text)[1])  # type: ignore[index]
        known = {"name": "ole", "password": PASSWORD, "next": next}
        inside = await browser.post("/sign-in", data=known, follow_redirects=True)
        assert inside.status_code == 200 and "<textarea" in inside.text
    async with house.browser("gro") as browser:
        assert (await browser.get(f"/entries/{id}/{way}/")).status_code == 404


def test_only_an_address_is_one_to_write_to(tmp_path: Path) -> None:
    for wrong in ("nobody", "a@b?bcc=c@d", "a@b,c@d"):
        with pytest.raises(WrongSetting, match="one e-mail address"):
            read_settings({"DUGNAD_DATA": str(tmp_path), "DUGNAD_MAIL_TO": wrong}, tmp_path / "none.toml")
    assert read_settings({"DUGNAD_DATA": str(tmp_path), "DUGNAD_MAIL_TO": TO}, tmp_path / "none.toml").mail_to == TO
