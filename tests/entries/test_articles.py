"""An article: how long it takes to read, what is said of it, and the picture it begins with."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from export.snapshot import export
from tests.cast import House
from tests.export.whole import faults
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.leading import Picture, opening
from web.errors import Conflict
from web.people import actions as people_actions


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (900, 600), "#2f6f5e").save(made, "PNG")
    return made.getvalue()


async def told(house: House, body: str = "Once.", space: str = "torget", title: str = "The trip", **more: str) -> int:
    return await actions.post(await house.viewer("mons"), "article", house.spaces[space], Fields(title, body, **more))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("![A ferry](/files/7/ferry.png)\n\nIt left.", Picture(7, "ferry.png", "A ferry")),
        (' \n![A \\[new\\] ferry](</files/7/e%CC%8A.png> "By Mons")\r\n\r\nIt left.', Picture(7, "e\u030a.png", "A [new] ferry")),
        ("![](/files/7/ferry.png)", Picture(7, "ferry.png", "")),
        ("![A ferry](/files/7/ferry.png) left.\n\nAt once.", None),
        ("![A ferry](/files/7/ferry.png)\nleft.", None),
        ("It left.\n\n![A ferry](/files/7/ferry.png)", None),
        ("![A ferry](https://elsewhere.test/files/7/ferry.png)\n\nIt left.", None),
        ("    ![A ferry](/files/x/ferry.png)", None),
    ],
)  # fmt: skip
def test_a_text_begins_with_a_picture_that_stands_alone(body: str, found: Picture | None) -> None:
    assert opening(body) == found


async def test_how_long_it_takes_to_read_is_said_of_what_is_read_from_end_to_end(house: House) -> None:
    id = await told(house, "\n\n".join("word " * 50 for _ in range(20)).strip())
    short = await told(house, "Once.", title="Short")
    mons = await house.viewer("mons")
    page = await actions.post(mons, "page", house.spaces["torget"], Fields("A page", "word " * 1000))
    found = await queries.entries(mons, [id, short, page])
    assert [found[each].minutes for each in (id, short, page)] == [5, 1, None]
    assert "5 min to read" in await house.read(f"/e/{id}") and "5 min to read" in await house.read("/articles/")
    assert "min to read" not in (await house.read(f"/e/{page}")).partition('id="talk"')[0]


async def test_what_its_author_says_of_it_stands_wherever_it_is_shown_in_short(house: House) -> None:
    id = await told(house, "It began in the morning.", lead="Why we  stayed\nashore.")
    assert (await queries.entry(await house.viewer("ole"), id)).lead == "Why we stayed ashore."
    for address in ("/articles/", "/changes/"):
        assert "Why we stayed ashore." in await house.read(address)
        assert "It began in the morning." not in await house.read(address)
    assert "<summary>Why we stayed ashore.</summary>" in await house.read("/people/mons/feed.atom")
    assert "Why we stayed ashore." not in (await house.read(f"/e/{id}")).partition('id="talk"')[0]
    assert "\nlead: Why we stayed ashore.\n" in await house.read(f"/articles/{id}/the-trip/index.md")
    kept = await told(house, "It began at kontoret.", space="kontoret", lead="Why kanarilead stayed.")
    for address in ("/", "/articles/", "/changes/", "/feed.atom", f"/e/{kept}", "/people/mons/"):
        assert "kanarilead" not in await house.read(address) and "kanarilead" not in await house.read(address, None)
    assert "kanarilead" in await house.read("/articles/", "hedda")


async def test_what_is_said_of_it_has_a_history_like_its_text(house: House) -> None:
    mons = await house.viewer("mons")
    id = await told(house, "One.\n\nTwo.", lead="First said.")
    first = (await queries.entry(mons, id)).revision
    await actions.edit(mons, id, Fields("The trip", "One.\n\nTwo.", lead="Then said."), first)
    await actions.edit(mons, id, Fields("The trip", "One!\n\nTwo.", lead="First said."), first)
    merged = await queries.entry(mons, id)
    assert (merged.lead, merged.body) == ("Then said.", "One!\n\nTwo.")
    with pytest.raises(Conflict) as clash:
        await actions.edit(mons, id, Fields("The trip", "One.\n\nTwo.", lead="Said otherwise."), first)
    assert (clash.value.theirs.lead, clash.value.mine.lead) == ("Then said.", "Said otherwise.")
    await actions.tag(mons, id, "tour")
    assert (await queries.entry(mons, id)).lead == "Then said."
    await actions.revert(mons, id, first)
    assert (await queries.entry(mons, id)).lead == "First said."
    async with house.browser("ole") as browser:
        compared = (await browser.get(f"/entries/{id}/history/{first}/{merged.revision}")).text
        assert "First said.</del>" in compared and "Then said.</ins>" in compared
        assert "Then said.</del>" in (await browser.get("/changes/")).text
    middle = merged.revision
    await actions.redact(await house.viewer("astrid"), id, middle)
    assert (await queries.revision(mons, id, middle)).lead == ""
    async with house.browser("mons") as browser:
        form = {"title": "The trip", "body": "One.\n\nTwo.", "lead": "Typed.", "section": ""}
        revision = (await queries.entry(mons, id)).revision
        await browser.post(f"/entries/{id}/edit", data={**form, "revision": str(revision)})
        assert "\nTyped.</textarea>" in (await browser.get(f"/entries/{id}/edit")).text


async def test_the_picture_it_begins_with_stands_over_it_small_in_lists_and_in_a_copy(
    house: House, tmp_path: Path
) -> None:
    file = await house.attach("mons", "ferry.png", picture())
    body = f"![The ferry at the quay](/files/{file.id}/ferry.png)\n\nIt left."
    id = await told(house, body, lead="Of a ferry.")
    small = f'src="/files/{file.id}/small/320/ferry.png" alt="The ferry at the quay"'
    assert small in await house.read("/articles/") and small in await house.read("/")
    page = await house.read(f"/e/{id}")
    assert 'class="prose opens"' in page and "Nobody who does not see" not in page
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/files/{file.id}/small/320/ferry.png")).headers["content-type"] == "image/webp"
    assert f"/files/{file.id}/ferry.png" in await house.read("/articles/feed.atom")
    space = house.spaces["torget"]
    await people_actions.change_space(await house.viewer("astrid"), space, space.name, "", "open", public=True)
    world = await house.read(f"/e/{id}", None)
    assert f'"og:image" content="{house.settings.url}/files/{file.id}/ferry.png"' in world
    assert '"og:description" content="Of a ferry."' in world
    unsaid = await told(house, f"![ferry.png](/files/{file.id}/ferry.png)\n\nIt left.", title="Unsaid")
    assert "Nobody who does not see" in await house.read(f"/e/{unsaid}", "mons")
    assert "Nobody who does not see" not in await house.read(f"/e/{unsaid}", "ole")
    out = tmp_path / "copy"
    await export(lambda: house.app, house.settings, "everyone", out, language="en")
    assert faults(out) == []
    lists = (out / "articles/index.html").read_text("utf-8")
    assert f'src="../files/{file.id}/ferry.png" alt="The ferry at the quay"' in lists and "Of a ferry." in lists
    assert (out / f"files/{file.id}/ferry.png").is_file()


async def test_an_article_is_in_the_feeds_of_all_its_kind_its_space_its_author_and_its_tags(house: House) -> None:
    file = await house.attach("mons", "ferry.png", picture())
    body = f"![A ferry](/files/{file.id}/ferry.png)\n\nIt left."
    id, kept = [await told(house, body, space, lead="Of a ferry.", tags="tour") for space in ("torget", "kontoret")]
    feeds = ("/feed.atom", "/articles/feed.atom", "/people/mons/feed.atom", "/tags/tour/feed.atom")
    for address in (*feeds, "/spaces/torget/feed.atom", "/spaces/torget/articles/feed.atom"):
        feed = await house.read(address)
        assert f"/e/{id}</id>" in feed and "<summary>Of a ferry.</summary>" in feed, address
        assert f'src="{house.settings.url}/files/{file.id}/ferry.png"' in feed, address
        assert str(kept) not in feed, address
    for address in (*feeds, "/spaces/kontoret/feed.atom", "/spaces/kontoret/articles/feed.atom"):
        assert f"/e/{kept}</id>" in await house.read(address, "hedda"), address
