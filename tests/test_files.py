"""Files are kept once, in a folder or a bucket, and read by those who may read where they belong."""

from __future__ import annotations

import asyncio
import io
import re

import pytest
from PIL import Image

from tests.cast import House, write
from web.entries import actions, attachments, queries
from web.entries.actions import Fields

pytestmark = pytest.mark.usefixtures("storage")


def picture(size: tuple[int, int] = (900, 600), kind: str = "PNG", **more: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, (29, 92, 73)).save(made, kind, **more)
    return made.getvalue()


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
    file = await house.attach("mons", "draft.txt", b"not yet")
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
    file = await house.attach("mons", "plan.txt", b"a plan")
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
    file = await house.attach("mons", "p.jpg", data, entry=page)
    assert (file.width, file.height) == (3000, 4000), "as it is shown, not as it was held"
    cache = house.app.state.thumbnails
    made = await asyncio.gather(*(attachments.thumbnail(house.files, cache, file, 320) for _ in range(20)))
    assert len(set(made)) == 1 and made[0] is not None
    with Image.open(cache.path(made[0])) as small:
        assert small.size == (320, 427)


async def test_nothing_that_was_sent_runs_here(house: House) -> None:
    for name, data in (
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("x.html", b"<script>alert(1)</script>"),
    ):
        file = await house.attach("mons", name, data, entry=house.entries["torget", "page"])
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
    file = await house.attach("mons", "p.jpg", data, entry=house.entries["torget", "page"])
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
    one, other = [await house.attach("mons", name, b"the same") for name in ("a.txt", "b.txt")]
    assert one.id != other.id and one.hash == other.hash
    assert await house.files.read(one.hash, 0) == (8, b"the same")
    async with house.browser("mons") as browser:
        large = await browser.post("/files/", files={"file": ("x.txt", b"x" * (attachments.MOST_BYTES + 1))})
        assert large.status_code in (413, 422) and "25" in large.text


async def test_a_picture_is_described_by_whoever_may_edit_what_it_belongs_to(house: House) -> None:
    file = await house.attach("mons", "c.png", picture(), entry=house.entries["torget", "article"])
    async with house.browser("mons") as browser:
        assert (await browser.post(f"/files/{file.id}/describe", data={"alt": "A green field"})).status_code == 303
    async with house.browser("ole") as browser:
        assert "A green field" in (await browser.get(f"/files/{file.id}/")).text
        assert (await browser.post(f"/files/{file.id}/describe", data={"alt": "Mine"})).status_code == 404


async def test_a_file_goes_where_its_entry_goes(house: House) -> None:
    id = await write(house, "mons", "page", "torget", "withfile")
    file = await house.attach("mons", "d.txt", b"words", entry=id)
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
