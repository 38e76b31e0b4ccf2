"""Files: what may be kept is judged by what is in it, kept once, and read by those who may read where it belongs."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile

import pytest
from PIL import Image

from tests.cast import House, attach, write
from web.entries import actions, attachments, media, queries
from web.entries.actions import Fields
from web.errors import Invalid


def picture(size: tuple[int, int] = (900, 600), kind: str = "PNG", **more: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (29, 92, 73)).save(made, kind, **more)
    return made.getvalue()


def several() -> bytes:
    """Two pictures in one file, as many telephones make them."""
    made = io.BytesIO()
    frames = [Image.new("RGB", (90, 60), colour) for colour in ("red", "green")]
    frames[0].save(made, "MPO", save_all=True, append_images=frames[1:])
    return made.getvalue()


def archive(names: list[str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        for name in names:
            files.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "type"),
    [(picture(), "image/png"), (picture(kind="JPEG"), "image/jpeg"), (several(), "image/jpeg"), (picture(kind="GIF"), "image/gif"),
     (picture(kind="WEBP"), "image/webp"), (b"%PDF-1.7 ...", "application/pdf"), ("æøå,1\n".encode(), "text/plain; charset=utf-8"),
     (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), (b"<html><script>alert(1)</script>", "text/plain; charset=utf-8"),
     (archive(["a.txt"]), "application/zip"), (archive(["[Content_Types].xml", "word/document.xml"]), media._OFFICE["word/"])],
)  # fmt: skip
def test_a_file_is_what_is_in_it(data: bytes, type: str) -> None:
    assert media.recognised(data).type == type


@pytest.mark.parametrize(
    "data", [b"", b"MZ\x90\x00\x03", b"\x7fELF\x02", b"\xff\xfe\x00", b"a\x00b", b"PK\x03\x04 broken"]
)
def test_what_nobody_can_name_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        media.recognised(data)


def test_a_picture_that_unfolds_without_end_is_refused() -> None:
    small = picture((10, 10))
    huge = small[:16] + (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big") + small[24:]
    with pytest.raises(Invalid):
        media.recognised(huge)


@pytest.mark.parametrize(
    ("name", "tidy"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\y.png", "y.png"), ("a\u202egnp.exe", "agnp.exe"), ("", "file"), ("...", "file"),
     ("æøå.png", "æøå.png"), ("a\nb.txt", "ab.txt"), ('a"b.txt', "a-b.txt"), ("x" * 400 + ".png", "x" * 150 + ".png")],
)  # fmt: skip
def test_a_name_is_only_a_name(name: str, tidy: str) -> None:
    assert media.tidy_name(name) == tidy


async def test_a_file_is_sent_by_form_and_by_script_and_used_in_a_text(house: House) -> None:
    async with house.browser("mons") as browser:
        by_form = await browser.post("/files/", files={"file": ("å.png", picture())}, data={"alt": "Green"})
        assert by_form.status_code == 201 and "![Green](/files/" in by_form.text
        sent = {"file": ("b.png", picture((640, 480)))}
        by_script = await browser.post("/files/", files=sent, headers={"accept": "application/json"})
        made = by_script.json()
        assert by_script.status_code == 201 and made["markdown"] == f"![b.png]({made['url']})"
        page = await actions.post(
            await house.viewer("mons"), "page", house.spaces["kontoret"], Fields("With a picture", made["markdown"])
        )
        shown = await browser.get(f"/e/{page}", follow_redirects=True)
        assert f'src="{made["url"]}"' in shown.text
        assert "With a picture" in (await browser.get(f"/files/{made['id']}/")).text, "where it is used"
        nothing = await browser.post("/files/", data={"alt": "Nothing"}, files={"other": ("x", b"x")})
        assert nothing.status_code == 422
    async with house.browser("hedda") as browser:
        assert (await browser.get(made["url"])).status_code == 200, "who reads the page reads its picture"
    async with house.browser("ole") as browser:
        assert (await browser.get(made["url"])).status_code == 404


async def test_a_file_that_no_text_uses_is_its_senders_alone(house: House) -> None:
    file = await attachments.keep(await house.viewer("mons"), house.settings.data, "draft.txt", b"not yet")
    for handle, status in (("mons", 200), ("hedda", 404), ("astrid", 404), (None, 303)):
        async with house.browser(handle) as browser:
            assert (await browser.get(f"/files/{file.id}/draft.txt")).status_code == status
    await actions.post(
        await house.viewer("ole"), "page", house.spaces["torget"], Fields("Thief", f"![x](/files/{file.id}/draft.txt)")
    )
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/files/{file.id}/draft.txt")).status_code == 404, (
            "naming it does not make it one's own"
        )


async def test_a_file_is_read_wherever_it_is_used_in_its_space_and_not_outside(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    file = await attachments.keep(mons, house.settings.data, "plan.txt", b"a plan")
    address = f"/files/{file.id}/plan.txt"
    link = f"See [the plan]({address})."
    first = await actions.post(mons, "page", house.spaces["kontoret"], Fields("The plan", link))
    second = await actions.post(mons, "page", house.spaces["kontoret"], Fields("The same plan", link))
    await actions.post(mons, "page", house.spaces["torget"], Fields("The plan for all", link))
    async with house.browser("ole") as ole, house.browser("hedda") as host:
        assert (await ole.get(address)).status_code == 404, "a text outside carries no file out"
        await actions.trash(mons, first)
        assert (await host.get(address)).status_code == 200, "it goes on in the other text"
        text = await queries.entry(hedda, second)
        await actions.edit(hedda, second, Fields(text.title, link + " Read it."), text.revision)
        assert (await host.get(address)).status_code == 200
        assert str(first) not in (await host.get(f"/files/{file.id}/")).text, "what is in the bin is not named"
        await actions.trash(mons, second)
        assert (await host.get(address)).status_code == 404
        await actions.restore(mons, first)
        assert (await host.get(address)).status_code == 200


async def test_many_who_ask_for_a_small_picture_at_once_get_the_same(house: House) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = picture((4000, 3000), "JPEG", exif=exif)
    page = house.entries["torget", "page"]
    file = await attach(house, page, "p.jpg", data)
    assert (file.width, file.height) == (3000, 4000), "as it is shown, not as it was held"
    made = await asyncio.gather(*(attachments.thumbnail(house.settings.data, file, 320) for _ in range(20)))
    assert len(set(made)) == 1 and made[0] is not None
    with Image.open(made[0]) as small:
        assert small.size == (320, 427)


async def test_nothing_that_was_sent_runs_here(house: House) -> None:
    for name, data in (
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("x.html", b"<script>alert(1)</script>"),
    ):
        file = await attach(house, house.entries["torget", "page"], name, data)
        async with house.browser("ole") as browser:
            answer = await browser.get(f"/files/{file.id}/{name}")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "html" not in answer.headers["content-type"]


async def test_small_pictures_say_nothing_of_where_they_were_taken(house: House) -> None:
    exif = Image.Exif()
    exif[0x010E] = "kanari-exif"
    data = picture((1600, 1200), "JPEG", exif=exif)
    assert b"kanari-exif" in data
    file = await attach(house, house.entries["torget", "page"], "p.jpg", data)
    async with house.browser("ole") as browser:
        answer = await browser.get(f"/files/{file.id}/small/640/p.jpg")
        assert answer.headers["content-type"] == "image/webp" and b"kanari-exif" not in answer.content
        assert Image.open(io.BytesIO(answer.content)).size == (640, 480)
        again = await browser.get(
            f"/files/{file.id}/small/640/p.jpg", headers={"if-none-match": answer.headers["etag"]}
        )
        assert again.status_code == 304 and not again.content
        assert (await browser.get(f"/files/{file.id}/small/641/p.jpg")).status_code == 404


async def test_the_same_bytes_are_kept_once_and_too_many_are_refused(house: House) -> None:
    mons = await house.viewer("mons")
    one, other = [await attachments.keep(mons, house.settings.data, name, b"the same") for name in ("a.txt", "b.txt")]
    assert one.id != other.id and one.hash == other.hash
    assert attachments.stored(house.settings.data, one.hash).read_bytes() == b"the same"
    async with house.browser("mons") as browser:
        large = await browser.post("/files/", files={"file": ("x.txt", b"x" * (attachments.MOST_BYTES + 1))})
        assert large.status_code in (413, 422) and "25" in large.text


async def test_a_picture_is_described_by_whoever_sent_it(house: House) -> None:
    file = await attach(house, house.entries["torget", "page"], "c.png", picture())
    async with house.browser("mons") as browser:
        assert (await browser.post(f"/files/{file.id}/describe", data={"alt": "A green field"})).status_code == 303
    async with house.browser("ole") as browser:
        assert "A green field" in (await browser.get(f"/files/{file.id}/")).text
        assert (await browser.post(f"/files/{file.id}/describe", data={"alt": "Mine"})).status_code == 404


async def test_a_file_goes_where_its_entry_goes(house: House) -> None:
    id = await write(house, "mons", "page", "torget", "withfile")
    file = await attach(house, id, "d.txt", b"words")
    async with house.browser("ole") as browser:
        address = f"/files/{file.id}/d.txt"
        assert (await browser.get(address)).status_code == 200
        await actions.move(await house.viewer("mons"), id, house.spaces["loftet"])
        assert (await browser.get(address)).status_code == 404
        await actions.move(await house.viewer("mons"), id, house.spaces["torget"])
        await actions.trash(await house.viewer("mons"), id)
        assert (await browser.get(address)).status_code == 404
        await actions.restore(await house.viewer("mons"), id)
        assert re.search(r"attachment|inline", (await browser.get(address)).headers["content-disposition"])
    assert (await attachments.attachment(await house.viewer("ole"), file.id)).entry == id
    assert (await queries.entry(await house.viewer("ole"), id)).id == id
