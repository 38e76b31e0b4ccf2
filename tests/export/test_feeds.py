"""The feeds of a snapshot: as those of the house, for its audience, and from wherever the folder lies."""

from __future__ import annotations

import re
from pathlib import Path

import feedparser
import pytest

from export.addresses import file_of, is_page
from export.leaks import Secrets, said_in
from export.snapshot import export
from tests.cast import House, canary
from web.entries import actions
from web.entries.actions import Fields
from web.people import actions as people_actions


def feeds_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("feed.atom"))


async def test_a_snapshot_has_the_feeds_that_its_pages_name_and_no_others(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    named: set[str] = set()
    for page in out.rglob("*.html"):
        for link in re.findall(
            r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page.read_text("utf-8")
        ):
            named.add((page.parent / link).resolve().relative_to(out).as_posix())
    assert sorted(named) == feeds_in(out)
    assert {"feed.atom", "questions/feed.atom", "spaces/torget/feed.atom", "people/mons/feed.atom"} <= named
    assert not any(name.startswith(("tags/", "spaces/torget/questions/", "spaces/kontoret/")) for name in named)


async def test_its_feeds_tell_of_the_same_entries_as_those_of_the_house(house: House, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "person:ole", out, language="en")
    async with house.browser("ole") as browser:
        for name in feeds_in(out):
            content = (out / name).read_bytes()
            copy, live = (feedparser.parse(each) for each in (content, (await browser.get(f"/{name}")).content))
            assert not copy.bozo and copy.entries == live.entries, name
            assert (copy.feed.id, copy.feed.title, copy.feed.link) == (live.feed.id, live.feed.title, live.feed.link)
            assert not [link for link in copy.feed.links if link.rel == "self"], "it may lie anywhere"
            told = re.findall(r'(?:href|scheme)="([^"]*)"|<(?:id|uri)>([^<]*)<', content.decode())
            assert all("".join(link).startswith(("http://dugnad.test/", "https://example.org/")) for link in told), name


@pytest.mark.parametrize(
    ("audience", "hidden"), [("public", ("torget", "kontoret", "loftet")), ("everyone", ("kontoret", "loftet")), ("person:gro", ("torget", "loftet"))]
)  # fmt: skip
async def test_nothing_that_the_audience_may_not_read_is_in_them(
    house: House, tmp_path: Path, audience: str, hidden: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, audience, out)
    said = "\n".join((out / name).read_text("utf-8") for name in feeds_in(out))
    assert said and not any(f"kanari{space}" in said for space in hidden)
    assert all(canary(space, "page") in said for space in {"torget", "kontoret"} - set(hidden))


def test_a_leak_is_found_in_a_feed_too_where_pages_stand_as_texts() -> None:
    secrets = Secrets({"Mad & bad &amp; dangerous": "entry 1", "Mad &amp; bad &amp;amp; dangerous": "entry 1"})
    for said in (
        "Mad & bad &amp; dangerous",
        "Mad &amp; bad &amp;amp; dangerous",
        "Mad &amp;amp; bad &amp;amp;amp; dangerous",
    ):
        assert said_in("people/mons/feed.atom", f"<content>{said}</content>".encode(), secrets)
    assert said_in("feed.atom", b"<content>Mad</content>", secrets) == []


async def test_a_link_that_somebody_wrote_to_a_feed_leads_there_or_nowhere(house: House, tmp_path: Path) -> None:
    mons = await house.viewer("mons")
    body = "[a](/feed.atom) [b](/tags/felles/feed.atom) [c](/spaces/loftet/feed.atom) #felles"
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Feeds", body))
    out = tmp_path / "out"
    report = await export(lambda: house.app, house.settings, "everyone", out)
    html = (out / "pages" / str(id) / "feeds" / "index.html").read_text("utf-8")
    assert 'href="../../../feed.atom">a<' in html and ">b<" in html and "tags/felles/feed" not in html
    assert {each.link for each in report.broken} == {"/tags/felles/feed.atom", "/spaces/loftet/feed.atom"}
    await actions.trash(mons, id, "")


async def test_somebody_may_be_called_like_a_feed(house: House, tmp_path: Path) -> None:
    """Their page is a page, and their feed is a feed."""
    assert is_page("/people/feed.atom/") and is_page("/tags/x/") and not is_page("/people/feed.atom/feed.atom")
    new = people_actions.NewPerson("feed.atom", "Feed Atom", "feed@dugnad.test")
    await people_actions.add_person(new)
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    page = out / file_of("/people/feed.atom/")
    assert "<h1>Feed Atom</h1>" in page.read_text("utf-8") and (page.parent / "feed.atom").is_file()
