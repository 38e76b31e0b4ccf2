"""More mistakes that somebody made happen here once: odd forms, words carried out of rooms, guesses, and work without end."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest

from tests.cast import House, write
from web.database import value
from web.entries import actions, anchors, media, queries, search
from web.entries.actions import Fields
from web.errors import Invalid, NotThere, TooMany
from web.imports import folder
from web.people import actions as people_actions
from web.people import queries as people
from web.text import MOST_MARKS, Found, render, resolve


def part(headers: str, body: bytes) -> tuple[bytes, dict[str, str]]:
    """A form of one field, sent as no browser would."""
    given = (
        b'--B\r\nContent-Disposition: form-data; name="name"\r\n'
        + headers.encode()
        + b"\r\n\r\n"
        + body
        + b"\r\n--B--\r\n"
    )
    return given, {"content-type": "multipart/form-data; boundary=B"}


@pytest.mark.parametrize(
    "charset", ["punycode", "utf-16", "idna", "undefined", "raw_unicode_escape", "rot13", "base64", "nobody-knows"]
)
async def test_what_a_form_says_of_its_letters_is_not_believed(house: House, charset: str) -> None:
    body, headers = part(f"Content-Type: text/plain; charset={charset}", b"x" * 200_000 + b"-" + b"a" * 200_000)
    async with house.browser() as browser:
        spent = []
        for _ in range(3):  # the least of them: Python tidies up now and then
            began = time.thread_time()
            answer = await browser.post("/sign-in/", content=body, headers=headers)
            spent.append(time.thread_time() - began)
            assert answer.status_code == 422
        began = time.thread_time()
        for _ in range(20):
            await browser.get("/health")
        assert min(spent) < 20 * (time.thread_time() - began), "a ratio to small answers"


@pytest.mark.parametrize("body", [b"abc-\xe5", b"\xff\xfe", b"\xed\xa0\x80"])
async def test_a_form_that_is_no_text_is_refused_in_words(house: House, body: bytes) -> None:
    async with house.browser("mons") as browser:
        sent, headers = part("", body)
        assert (await browser.post("/entries/", content=sent, headers=headers)).status_code == 422
        plain = {"content-type": "application/x-www-form-urlencoded"}
        assert (await browser.post("/entries/", content=b"body=" + body, headers=plain)).status_code == 422
        assert (await browser.post("/entries/", content=b"body=%E5", headers=plain)).status_code == 422
        for broken in (b"", b"--B", b"--B\r\n", sent[:40]):
            assert (await browser.post("/entries/", content=broken, headers=headers)).status_code in (401, 403, 422)


async def test_a_nul_in_the_name_of_a_space_leads_nowhere(house: House) -> None:
    page = house.entries["torget", "page"]
    async with house.browser("mons") as browser, house.program("mons") as program:
        new = {"kind": "page", "space": "a\0b", "title": "T", "body": "B"}
        assert (await browser.post("/entries/", data=new)).status_code == 404
        assert (await browser.post(f"/entries/{page}/move", data={"space": "a\0b"})).status_code == 404
        assert (await program.post("/api/entries", json=new)).status_code == 404
        assert (await program.post(f"/api/entries/{page}/move", json={"space": "a\0b"})).status_code == 404


def test_finding_a_passage_again_does_not_take_long_whatever_it_is() -> None:
    def took(length: int) -> float:
        old, new = f"før {'a' * length} x etter", f"før {'ab' * (length // 2)} x etter"
        began = time.thread_time()
        anchors.reanchor(old, new, [(f"{'a' * length} x", 4)])
        return time.thread_time() - began

    took(100)
    assert took(1600) < 40 * max(took(100), 0.001)


async def test_a_conversation_of_long_texts_comes_in_pages(house: House) -> None:
    mons = await house.viewer("mons")
    id = await write(house, "mons", "thread", "torget", "longwinded")
    parent = await queries.entry(mons, id)
    for number in range(8):
        await actions.post(mons, "reply", None, Fields(body=f"number{number} " + "ord " * 16_000), parent)
    async with house.browser("ole") as browser:
        first = await browser.get(f"/e/{id}", follow_redirects=True)
        assert "number0" in first.text and "number7" not in first.text
        seen, last = first.text, ""
        while (found := re.findall(rf"/entries/{id}/replies/(\d+)/", seen)) and found[-1] != last:
            last = found[-1]
            seen += (await browser.get(f"/entries/{id}/replies/{last}/")).text
        assert all(f"number{number}" in seen for number in range(8))


def test_a_text_of_nothing_but_tags_links_only_so_many() -> None:
    html = resolve(render("#ab " * (MOST_MARKS + 500)).html, lambda what, written: Found("/tags/ab/"))
    assert html.count("<a ") == MOST_MARKS and html.count("#ab") == MOST_MARKS + 500


async def test_whoever_saves_what_a_stranger_wrote_gives_no_file_away(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    own = await house.attach("mons", "mine.txt", b"mine")
    address = f"/files/{own.id}/mine.txt"
    trap = await actions.post(ole, "page", house.spaces["torget"], Fields("Trap", f"[here]({address})"))
    first = (await queries.entry(ole, trap)).revision
    await actions.tag(mons, trap, "fine")
    entry = await queries.entry(ole, trap)
    await actions.edit(ole, trap, Fields("Trap", "Nothing here."), entry.revision, verb="edit")
    await actions.revert(mons, trap, first)
    async with house.browser("ole") as browser:
        assert (await browser.get(address)).status_code == 404
    page = await actions.post(mons, "page", house.spaces["torget"], Fields("Mine", f"[here]({address})"))
    async with house.browser("ole") as browser:
        assert (await browser.get(address)).status_code == 200 and page


async def test_what_others_wrote_into_a_text_stays_in_the_room_too(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    id = await actions.post(mons, "page", house.spaces["kontoret"], Fields("Plan", "Mine."))
    await actions.edit(
        hedda, id, Fields("Plan", "Mine. And a secret of hers."), (await queries.entry(hedda, id)).revision
    )
    with pytest.raises(Invalid):
        await actions.move(mons, id, house.spaces["torget"])
    alone = await actions.post(mons, "page", house.spaces["kontoret"], Fields("Alone", "Only mine."))
    await actions.move(mons, alone, house.spaces["torget"])


async def test_what_colleagues_wrote_for_each_other_is_not_moved_before_the_world_by_one_of_them(house: House) -> None:
    await people_actions.add_space("verden", "Verden", public=True)
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    world = await people.space(mons, "verden")
    id = await write(house, "mons", "question", "torget", "worldly")
    await actions.post(ole, "reply", None, Fields(body="For colleagues only."), await queries.entry(ole, id))
    with pytest.raises(Invalid):
        await actions.move(mons, id, world)
    await actions.move(await house.viewer("hedda"), id, world)


async def test_ranks_tell_nothing_of_what_one_cannot_read(house: House) -> None:
    ole = await house.viewer("ole")
    for word in ("fusjonsplan", "kontrollord"):
        for number in range(2):
            await actions.post(ole, "micropost", house.spaces["torget"], Fields(body=f"{word} {number}"))

    async def score(word: str) -> int:
        found = await search.search(ole, search.read(word), limit=1)
        assert found.older is not None
        return found.older.time

    before = await score("fusjonsplan")
    for number in range(3):
        hidden = Fields(body=f"fusjonsplan hidden {number}")
        await actions.post(await house.viewer("mons"), "micropost", house.spaces["loftet"], hidden)
    assert await score("fusjonsplan") == before == await score("kontrollord")


async def test_no_page_shows_a_password_that_was_typed(house: House) -> None:
    typed = {"old_password": "the-old-one-of-mine", "new_password": "the-new-one-of-mine"}
    async with house.browser() as browser:
        answer = await browser.post("/settings/password", data=typed)
        assert answer.status_code == 401 and "-one-of-mine" not in answer.text


def test_a_link_in_a_folder_does_not_open_what_is_hidden_in_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("https://user:secret@example.org")
    (tmp_path / "a.md").write_text("# A")
    (tmp_path / "b.md").symlink_to(".git/config")
    (tmp_path / "c.md").symlink_to("a.md")
    found = folder.read(tmp_path)
    assert {source.path for source in found.sources} == {"a.md", "c.md"}
    assert any(problem.file == "b.md" for problem in found.problems)


async def test_the_last_of_several_lines_says_where_a_browser_is_and_half_an_address_counts(house: House) -> None:
    async with house.browser() as browser:
        for number in range(11):
            said = [("x-forwarded-for", f"9.9.9.{number}"), ("x-forwarded-for", "192.0.2.44")]
            answer = await browser.post("/sign-in/", data={"name": "gro", "password": "wrong"}, headers=said)
        assert answer.status_code == 429
        for number in range(11):
            said = [("x-forwarded-for", f"2001:db8::{number}")]
            answer = await browser.post("/sign-in/", data={"name": "hedda", "password": "wrong"}, headers=said)
        assert answer.status_code == 429
        assert await value("SELECT count FROM attempt WHERE key = 'sign-in address 2001:db8::/64'") == 10


async def test_a_tag_is_spelled_as_those_did_whose_words_one_may_read(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    await actions.post(mons, "micropost", house.spaces["loftet"], Fields(body="#OppSigelse"))
    await actions.post(ole, "micropost", house.spaces["torget"], Fields(body="#oppsigelse"))
    assert (await queries.tag(ole, "oppsigelse")).title == "oppsigelse"
    assert (await queries.tag(mons, "oppsigelse")).title in ("OppSigelse", "oppsigelse")


async def test_handles_are_not_guessed_by_an_invitation(house: House) -> None:
    secret = await people_actions.invite(await house.viewer("astrid"), None)
    for _ in range(30):
        with pytest.raises(Invalid):
            await people_actions.come_in(secret, "ole", "Ole", "a-long-password")
    with pytest.raises(TooMany):
        await people_actions.come_in(secret, "somebody", "Somebody", "a-long-password")
    with pytest.raises(Invalid):
        await people_actions.add_person(people_actions.NewPerson("after", "After"))
    with pytest.raises(NotThere):
        await people_actions.come_in("nothing", "somebody", "Somebody", "a-long-password")


def test_an_archive_of_very_many_files_is_not_even_listed() -> None:
    entry = b"PK\1\2" + bytes(42)
    end = b"PK\5\6" + bytes(4) + (20_000).to_bytes(2, "little") * 2 + (46 * 20_000).to_bytes(4, "little") + bytes(6)
    with pytest.raises(Invalid):
        media.recognised(io.BytesIO(b"PK\3\4" + bytes(26) + entry * 20_000 + end))
