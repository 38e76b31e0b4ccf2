"""Pictures have the size and the words that somebody gives them, and sound and film are played where they stand."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from export.snapshot import export
from tests.cast import House
from tests.test_files import picture
from web.entries import actions, leading, versions
from web.entries.actions import Fields
from web.text import Found, render, resolve

FILM = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 20


def shown(md: str, size: tuple[int, int] | None = None) -> str:
    return resolve(render(md).html, lambda what, written: Found(written, size=size) if what == "file" else None).strip()


def test_a_picture_is_as_wide_as_is_said_behind_a_bar_and_keeps_its_shape() -> None:
    assert (
        shown("![The quay|300](/files/7/a.png)")
        == '<p><img src="/files/7/a.png" width="300" alt="The quay" loading="lazy"></p>'
    )
    assert 'width="300" height="200" alt="The quay"' in shown("![The quay|300x900](/files/7/a.png)", (900, 600))
    assert 'width="900" height="600" alt="The quay"' in shown("![The quay](/files/7/a.png)", (900, 600))
    assert 'alt="" loading' in shown("![|300](/files/7/a.png)") and 'alt="a|b"' in shown("![a|b|020](/files/7/a.png)")
    for other in ("0", "12345", "-3", "3em", '300"onload=x'):
        assert "width=" not in shown(f"![a|{other}](/files/7/a.png)").replace("&quot;", ""), other
    assert 'width="90"' in shown("| a |\n|---|\n| ![x\\|90](/files/7/a.png) |"), "in a table the bar is escaped"
    assert leading.opening("![The quay|300](/files/7/a.png)\n").alt == "The quay"  # type: ignore[union-attr]


def test_a_picture_that_stands_alone_has_its_title_below_it_and_that_is_read_as_text() -> None:
    md = '![The quay|300](/files/7/a.png "Seen from the *sea* & <b>")'
    assert shown(md) == (
        '<figure><img src="/files/7/a.png" width="300" alt="The quay" loading="lazy">'
        "<figcaption>Seen from the *sea* &amp; &lt;b&gt;</figcaption></figure>"
    )
    assert render(f"Before\n\n{md}\n\nAfter").plain == "Before\nSeen from the *sea* & <b>\nAfter"
    beside = shown('Here: ![a](/files/7/a.png "T")')
    assert "<figure" not in beside and 'title="T"' in beside
    assert "<figure" not in shown('![a](https://example.org/a.png "T")'), "nothing of others is shown"
    assert "<li>" in shown('- ![a](/files/7/a.png "T")')


@pytest.mark.parametrize(("name", "player"), [("film.MP4", "video"), ("tale.mp3", "audio"), ("a%20b.webm", "video")])
def test_sound_and_film_are_played_and_there_is_a_link_for_whatever_does_not_play_them(name: str, player: str) -> None:
    html = shown(f'![What "it" shows](/files/7/{name})')
    assert html.startswith(
        f'<p><{player} src="/files/7/{name}" controls="" preload="metadata" aria-label="What &quot;it&quot; shows">'
    )
    assert f'<a href="/files/7/{name}">What "it" shows</a></{player}>' in html or "<a href" in html
    assert f"<figure><{player}" in shown(f'![x](/files/7/{name} "Told by Kari")')
    assert f"<{player}" not in shown(f"[![x](/files/7/{name})](/files/7/{name})"), "within a link there is no button"
    assert f"<{player}" not in shown(f"[x](/files/7/{name})"), "a link stays one"
    assert f"<{player}" not in shown(f"![x](https://example.org/{name})")


async def test_a_page_says_how_large_its_pictures_are_and_a_new_version_changes_that_in_copies_too(
    house: House, tmp_path: Path
) -> None:
    mons = await house.viewer("mons")
    file = await house.attach("mons", "p.png", picture((900, 600)))
    film = await house.attach("mons", "film.mp4", FILM)
    body = f'![Green|450](/files/{file.id}/p.png "The green one")\n\n![How it is done](/files/{film.id}/film.mp4)'
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("With all of it", body))
    async with house.browser("ole") as browser:
        page = (await browser.get(f"/pages/{id}/with-all-of-it/")).text
        assert 'width="450" height="300"' in page and "<figcaption>The green one</figcaption>" in page
        assert "<video " in page and "media-src 'self'" in (await browser.get("/")).headers["content-security-policy"]
    out = tmp_path / "out"
    await export(lambda: house.app, house.settings, "everyone", out)
    copy = (out / f"pages/{id}/with-all-of-it/index.html").read_text()
    assert 'width="450" height="300"' in copy and f'src="../../../files/{film.id}/film.mp4"' in copy
    assert (out / f"files/{film.id}/film.mp4").read_bytes() == FILM and (out / f"files/{file.id}/p.png").is_file()
    await versions.bring(mons, house.files, file.id, BytesIO(picture((900, 1200))), "")
    await export(lambda: house.app, house.settings, "everyone", out)
    assert 'width="450" height="600"' in (out / f"pages/{id}/with-all-of-it/index.html").read_text()
    await actions.trash(mons, id)


@pytest.mark.usefixtures("storage")
async def test_a_part_of_a_file_is_sent_to_whoever_asks_for_it_and_may_read_it(house: House) -> None:
    file = await house.attach("mons", "film.mp4", FILM, entry=house.entries["kontoret", "page"])
    address = f"/files/{file.id}/film.mp4"
    async with house.browser("hedda") as browser:
        whole = await browser.get(address)
        assert whole.headers["accept-ranges"] == "bytes" and whole.content == FILM
        for asked, start, end in (
            ("bytes=0-", 0, len(FILM)),
            ("bytes=10-19", 10, 20),
            ("bytes=-5", len(FILM) - 5, len(FILM)),
        ):
            part = await browser.get(address, headers={"range": asked})
            assert part.status_code == 206 and part.content == FILM[start:end]
            assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
            assert part.headers["content-length"] == str(end - start)
        assert (await browser.get(address, headers={"range": "bytes=999999-"})).status_code == 416
        changed = await browser.get(address, headers={"range": "bytes=0-9", "if-range": '"other"'})
        assert changed.status_code == 200 and changed.content == FILM, "of another version no part is mixed in"
    async with house.browser("ole") as browser:
        assert (await browser.get(address, headers={"range": "bytes=0-9"})).status_code == 404


async def test_texts_are_listed_that_show_a_picture_of_which_nobody_said_what_it_shows(house: House) -> None:
    mons = await house.viewer("mons")
    made = {}
    for title, space, alt in (
        ("Still named", "torget", "my-pic.png"), ("Named and sized", "torget", "my-pic.png|300"), ("Described", "torget", "A quay"),
        ("Decorates", "torget", ""), ("Still kanariloftetnamed", "loftet", "my-pic.png"),
    ):  # fmt: skip
        file = await house.attach("mons", "my-pic.png", picture())
        body = f"Text\n\n![{alt}](/files/{file.id}/my-pic.png)"
        made[title] = await actions.post(mons, "page", house.spaces[space], Fields(title, body))
    for handle, found in (
        ("mons", {"Still named", "Named and sized", "Still kanariloftetnamed"}),
        ("ole", {"Still named", "Named and sized"}),
    ):
        async with house.browser(handle) as browser:
            page = (await browser.get("/upkeep/pictures/")).text
            assert {title for title, id in made.items() if f'id="entry-{id}"' in page} == found
            of_space = (await browser.get("/spaces/torget/upkeep/pictures/")).text
            assert f'id="entry-{made["Still named"]}"' in of_space and "kanariloftet" not in of_space
