"""A file has versions: the newest is shown where it is used, and those before it are kept for those who read the file."""

from __future__ import annotations

import re

import pytest

from tests.cast import House
from tests.test_files import picture
from web.database import value
from web.entries import actions, attachments, discarding, queries, versions
from web.entries.actions import Fields
from web.errors import NotThere


def sent(data: bytes, name: str = "plan.txt") -> dict[str, tuple[str, bytes]]:
    return {"file": (name, data)}


async def test_a_new_version_stands_under_the_same_address_and_the_one_before_is_fetched_and_brought_back(
    house: House,
) -> None:
    file = await house.attach("mons", "plan.txt", b"the first plan", entry=house.entries["torget", "page"])
    here, address = f"/files/{file.id}/", f"/files/{file.id}/plan.txt"
    async with house.browser("ole") as browser:
        assert "Versions" not in (await browser.get(here)).text, "there is one, and nothing to choose"
        answer = await browser.post(
            f"{here}bring", files=sent(b"the second plan"), data={"note": "After <the> meeting"}
        )
        assert answer.status_code == 303 and answer.headers["location"] == here
        page = (await browser.get(here)).text
        assert "After &lt;the&gt; meeting" in page and "The new version is shown" in page and "Undo" in page
        assert (await browser.get(address)).content == b"the second plan"
        older = re.findall(rf'href="({here}versions/\d+/plan\.txt)"', page)
        assert len(older) == 1 and (await browser.get(older[0])).content == b"the first plan"
        number = older[0].split("/")[4]
        assert (await browser.post(f"{here}revert", data={"version": number})).status_code == 303
        assert (await browser.get(address)).content == b"the first plan"
        again = await versions.versions(await house.viewer("ole"), file.id)
        assert [each.author.handle for each in again] == ["ole", "ole", "mons"], "brought back is a new one"
        assert (await browser.post(f"{here}revert", data={"version": "7"})).status_code == 404
        assert (await browser.post(f"{here}revert", data={"version": "x"})).status_code == 422


async def test_what_is_no_new_version_is_said_and_what_was_typed_is_kept(house: House) -> None:
    file = await house.attach("mons", "p.png", picture(), entry=house.entries["torget", "page"])
    async with house.browser("mons") as browser:
        for data, name in ((picture(), "p.png"), (b"words", "w.txt"), (b"", "p.png"), (b"\0\0", "p.png")):
            answer = await browser.post(f"/files/{file.id}/bring", files=sent(data, name), data={"note": "kept-note"})
            assert answer.status_code == 422 and "kept-note" in answer.text
        answer = await browser.post(f"/files/{file.id}/bring", data={"note": "kept-note"})
        assert answer.status_code == 422 and "Choose a file" in answer.text
        large = await browser.post(f"/files/{file.id}/bring", files=sent(b"x" * (attachments.MOST_BYTES + 1)))
        assert large.status_code in (413, 422)
        answer = await browser.post(f"/files/{file.id}/bring", files=sent(picture((300, 200)), "other.png"))
        assert answer.status_code == 303, "what it was called elsewhere does not matter"
    now = await attachments.attachment(await house.viewer("mons"), file.id)
    assert (now.name, now.width, now.height) == ("p.png", 300, 200)


async def test_versions_are_for_those_who_read_the_file_and_brought_by_those_who_may_edit(house: House) -> None:
    file = await house.attach("mons", "secret.txt", b"kanariloftetone", entry=house.entries["loftet", "page"])
    theirs = await house.attach("mons", "told.txt", b"one", entry=house.entries["torget", "article"])
    mons = await house.viewer("mons")
    async with house.browser("mons") as browser:
        await browser.post(f"/files/{file.id}/bring", files=sent(b"kanariloftettwo"))
        await browser.post(f"/files/{theirs.id}/bring", files=sent(b"two"))
    first = (await versions.versions(mons, file.id))[-1]
    assert await house.viewer("ole"), "the outsider exists"
    async with house.browser("ole") as browser:
        for path in (f"/files/{file.id}/versions/{first.id}/secret.txt", f"/files/{file.id}/before/{first.id}/"):
            assert (await browser.get(path)).status_code == 404
        # A version is asked for under its own file, and under no other.
        assert (await browser.get(f"/files/{theirs.id}/versions/{first.id}/told.txt")).status_code == 404
        assert (await browser.post(f"/files/{theirs.id}/revert", data={"version": str(first.id)})).status_code == 404
        assert (await browser.post(f"/files/{theirs.id}/bring", files=sent(b"mine"))).status_code == 404, (
            "an article is its author's"
        )
        assert "Bring it back" not in (await browser.get(f"/files/{theirs.id}/")).text
    async with house.browser("hedda") as browser:
        answer = await browser.get(f"/files/{file.id}/versions/{first.id}/secret.txt")
        assert answer.content == b"kanariloftetone"
        assert answer.headers["content-disposition"].startswith("attachment")
    await actions.trash(mons, house.entries["loftet", "page"])
    with pytest.raises(NotThere):
        await versions.version(await house.viewer("hedda"), file.id, first.id)
    await actions.restore(mons, house.entries["loftet", "page"])


async def test_many_versions_are_on_several_pages(house: House) -> None:
    file = await house.attach("mons", "many.txt", b"0", entry=house.entries["torget", "page"])
    async with house.browser("mons") as browser:
        for number in range(versions.AT_ONCE + 3):
            await browser.post(
                f"/files/{file.id}/bring", files=sent(f"n{number}".encode()), data={"note": f"note-{number}."}
            )
        first = (await browser.get(f"/files/{file.id}/")).text
        more = re.search(rf'href="(/files/{file.id}/before/\d+/)"', first)
        assert more and "note-22." in first and "note-1." not in first
        second = (await browser.get(more[1])).text
        assert "note-1." in second and "note-22." not in second and "Shown now" not in second


async def test_the_texts_that_use_a_file_are_named_page_by_page_to_those_who_read_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "_USES", 3)
    mons = await house.viewer("mons")
    file = await house.attach("mons", "used.txt", b"much used")
    link = f"[it](/files/{file.id}/used.txt)"
    for number in range(7):
        await actions.post(mons, "page", house.spaces["torget"], Fields(f"User number {number}.", link))
    await actions.post(mons, "page", house.spaces["loftet"], Fields("User kanariloftetuser", link))
    async with house.browser("ole") as browser:
        beside = (await browser.get("/pages/")).text
        user = re.search(r'href="(/pages/\d+/user-number-3/)"', beside)
        assert user and f'href="/files/{file.id}/">used.txt</a>' in (await browser.get(user[1])).text
        seen, address = "", f"/files/{file.id}/"
        for _ in range(3):
            page = (await browser.get(address)).text
            seen += page
            more = re.search(rf'href="(/files/{file.id}/used/[\d-]+/)"', page)
            address = more[1] if more else ""
        assert not address and [seen.count(f">User number {number}.<") for number in range(7)] == [1] * 7
        assert "kanariloftetuser" not in seen
        assert (await browser.get(f"/files/{file.id}/used/x/")).status_code == 404


async def test_what_no_text_uses_is_thrown_away_and_taken_back_by_those_who_may(house: House) -> None:
    mons = await house.viewer("mons")
    own = await house.attach("mons", "own-unused.txt", b"own")
    used = await house.attach("mons", "used-still.txt", b"used")
    left = await house.attach("mons", "left-over.txt", b"left")
    page = await actions.post(
        mons, "page", house.spaces["kontoret"],
        Fields("Uses two", f"[a](/files/{used.id}/used-still.txt) [b](/files/{left.id}/left-over.txt)"),
    )  # fmt: skip
    entry = await queries.entry(mons, page)
    await actions.edit(mons, page, Fields("Uses two", f"[a](/files/{used.id}/used-still.txt)"), entry.revision)
    listed = {}
    for handle in ("mons", "hedda", "ole", "astrid", "gro"):
        async with house.browser(handle) as browser:
            text = (await browser.get("/files/unused/")).text
            listed[handle] = {name for name in ("own-unused", "used-still", "left-over") if f"{name}.txt" in text}
    assert listed == {
        "mons": {"own-unused", "left-over"}, "hedda": {"left-over"}, "ole": set(), "astrid": set(), "gro": set(),
    }  # fmt: skip
    async with house.browser("gro") as browser:
        assert (await browser.post(f"/files/{left.id}/trash")).status_code == 404, "who reads it does not throw it away"
    async with house.browser("mons") as browser:
        refused = await browser.post(f"/files/{used.id}/trash")
        assert refused.status_code == 422 and "uses this file" in refused.text
    async with house.browser("hedda") as browser:
        assert (await browser.post(f"/files/{own.id}/trash")).status_code == 404
        assert (await browser.post(f"/files/{left.id}/trash")).headers["location"] == "/files/unused/"
        page_after = (await browser.get("/files/unused/")).text
        assert "Undo" in page_after and "Take it out again" in page_after
        assert (await browser.get(f"/files/{left.id}/left-over.txt")).status_code == 404
    async with house.browser("mons") as browser:
        assert (await browser.get(f"/files/{left.id}/")).status_code == 404
        assert (await browser.post(f"/files/{left.id}/restore")).status_code == 404, "a host threw it away"
    async with house.browser("hedda") as browser:
        assert (await browser.post(f"/files/{left.id}/restore")).status_code == 303
        assert (await browser.get(f"/files/{left.id}/left-over.txt")).content == b"left"
        assert await value("SELECT count(*) FROM attachment WHERE trashed_at IS NOT NULL") == 0
    assert len(await discarding.unused(mons)) >= 2


async def test_a_version_that_two_bring_at_once_leaves_none_out(house: House) -> None:
    import asyncio

    file = await house.attach("mons", "both.txt", b"0", entry=house.entries["torget", "page"])
    async with house.browser("mons") as one, house.browser("ole") as other:
        answers = await asyncio.gather(
            one.post(f"/files/{file.id}/bring", files=sent(b"of mons")),
            other.post(f"/files/{file.id}/bring", files=sent(b"of ole")),
        )
        assert [each.status_code for each in answers] == [303, 303]
    had = await versions.versions(await house.viewer("mons"), file.id)
    assert len(had) == 3 and {each.author.handle for each in had} == {"mons", "ole"}
