"""What somebody tried with what a file was, what a word means, what is shared at its time, and what the world sees."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import product

import pytest

from tests.cast import House
from web import markup, text
from web.database import execute, value
from web.drawing import Drawing, NotDrawn
from web.entries import actions, discarding, drafts, versions
from web.entries.actions import Fields
from web.entries.rows import Entry, Ref
from web.entries.terms import Term
from web.errors import NotThere
from web.glossing import Glossary
from web.people import actions as people_actions
from web.people.actions import NewPerson


@asynccontextmanager
async def published(house: House) -> AsyncIterator[None]:
    """The open space is read by the world meanwhile."""
    say = "UPDATE space SET public = {} WHERE id = {}"
    await execute(say, True, house.spaces["torget"].id)
    try:
        yield
    finally:
        await execute(say, False, house.spaces["torget"].id)


async def leaves(house: House, handle: str, space: str) -> None:
    person = (await house.viewer(handle)).person
    await execute("DELETE FROM membership WHERE person = {} AND space = {}", person, house.spaces[space].id)


async def joins(house: House, handle: str, space: str, role: str) -> None:
    await people_actions.add_member((await house.viewer(handle)).person or 0, house.spaces[space].id, role)


async def test_what_the_world_does_not_see_is_not_named_to_whoever_may_not_read_it_either(house: House) -> None:
    file = await house.attach("mons", "kanariloftetfil.txt", b"x", entry=house.entries["loftet", "page"])
    fields = Fields("With a file of elsewhere", f"See [this](/files/{file.id}/kanari.txt).")
    id = await actions.post(await house.viewer("mons"), "page", house.spaces["torget"], fields)
    async with published(house), house.browser("ole") as editor, house.browser("mons") as author:
        seen = await editor.get(f"/entries/{id}/world")
        assert seen.status_code == 200 and "kanariloftetfil" not in seen.text
        assert "kanariloftetfil" in (await author.get(f"/entries/{id}/world")).text


async def test_a_guest_who_has_left_changes_no_file_that_the_world_reads(house: House) -> None:
    await joins(house, "gro", "torget", "guest")
    file = await house.attach("gro", "plan.txt", b"as it is", entry=house.entries["torget", "page"])
    assert await versions.may_change(await house.viewer("gro"), file)
    await leaves(house, "gro", "torget")
    async with published(house), house.browser("gro") as browser:
        page = await browser.get(f"/files/{file.id}/")
        assert page.status_code == 200 and "/bring" not in page.text
        brought = await browser.post(f"/files/{file.id}/bring", files={"file": ("plan.txt", b"as it is not")})
        described = await browser.post(f"/files/{file.id}/describe", data={"alt": "nonsense"})
        thrown = await browser.post(f"/files/{file.id}/trash")
        assert (brought.status_code, described.status_code, thrown.status_code) == (404, 404, 404)
        assert (await browser.get(f"/files/{file.id}/plan.txt")).content == b"as it is"


async def test_what_a_host_threw_away_is_not_named_to_them_when_they_have_left(house: House) -> None:
    file = await house.attach("mons", "kanarikastet.txt", b"x", entry=house.entries["loftet", "page"])
    await discarding.trash(await house.viewer("hedda"), file.id)
    await leaves(house, "hedda", "loftet")
    try:
        async with house.browser("hedda") as browser:
            assert "kanarikastet" not in (await browser.get("/files/unused")).text
            assert (await browser.post(f"/files/{file.id}/restore")).status_code == 404
    finally:
        await joins(house, "hedda", "loftet", "host")
    await discarding.restore(await house.viewer("hedda"), file.id)


async def test_a_guest_finds_out_no_colleague_by_naming_them_as_a_writer(house: House) -> None:
    await people_actions.add_person(NewPerson("ukjent", "Ukjent Kollega", "ukjent@dugnad.test"))
    await joins(house, "gro", "torget", "guest")
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Together", "With a guest."))
    await actions.write_with(mons, id, "gro")
    try:
        async with house.browser("gro") as browser:
            answers = [
                await browser.post(f"/entries/{id}/write_with", data={"handle": handle})
                for handle in ("ukjent", "ingen")
            ]
            assert [each.status_code for each in answers] == [422, 422], "there, and not there, are the same"
            assert "Ukjent Kollega" not in (await browser.get(f"/pages/{id}/")).text
    finally:
        await leaves(house, "gro", "torget")
    await actions.write_with(mons, id, "ukjent")


async def test_a_draft_that_is_shared_several_times_at_once_is_shared_once(house: House) -> None:
    mons = await house.viewer("mons")
    form = {"kind": "page", "title": "Once and for all", "body": "Once.", "space": "torget"}
    id = await drafts.keep(mons, form)
    async with house.browser("mons") as browser:
        await asyncio.gather(*(browser.post(f"/drafts/{id}/share") for _ in range(4)))
    assert await value("SELECT count(*) FROM entry WHERE title = {}", form["title"]) == 1
    with pytest.raises(NotThere):
        await drafts.draft(await house.viewer("ole"), id or 0)


async def test_names_that_all_begin_alike_do_not_make_a_page_slow(house: House) -> None:
    names = [f"sak {''.join(each)}" for each in product("abcdefghij", repeat=4)]
    terms = [
        Term(Ref(id, "page", "sak", "Sak", id), tuple(names[id * 12 : id * 12 + 12]), "It is.", 1, "Torget", None, 1)
        for id in range(500)
    ]
    entry: Entry = await house.entry("torget", "page")
    glossary = Glossary({each.id: each for each in terms})
    begun = time.perf_counter()
    for _ in range(20):
        assert await glossary.put_in(f"<p>{'sak ' * 4_000}</p>", entry)
    assert time.perf_counter() - begun < 10, "it took minutes"
    few = Glossary({each.id: each for each in terms[:2]})
    assert 'class="term"' in await few.put_in("<p>It is a sak aaab.</p>", entry)


async def test_a_word_without_end_is_no_compound(house: House) -> None:
    word = "".join(chr(ord("a") + number * number % 26) for number in range(300))
    halves = [half for cut in range(3, 298) for half in (word[:cut], word[cut:])]
    mons = await house.viewer("mons")
    for start in range(0, len(halves), 200):
        await actions.post(mons, "page", house.spaces["torget"], Fields(f"H{start}", " ".join(halves[start:][:200])))
    async with house.browser("mons") as browser:
        assert (await browser.get("/similar", params={"title": word, "kind": "question"})).status_code == 200


def test_diagrams_that_are_hard_to_draw_are_given_up_together(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def draw(written: str) -> Drawing:
        asked.append(written)
        raise NotDrawn("it is too large", 0.9)

    monkeypatch.setattr(markup, "draw", draw)
    monkeypatch.setattr(markup, "draws", lambda: True)
    made = text.render("\n\n".join(f"```mermaid\ngraph TD\nA-->B{number}\n```" for number in range(60)))
    assert len(asked) == 4 and made.html.count("callout-warning") == 60


async def test_what_is_to_be_shared_at_a_time_is_not_thrown_away_meanwhile(house: House) -> None:
    mons = await house.viewer("mons")
    id = await drafts.keep(mons, {"kind": "page", "title": "Again", "body": "Not thrown away.", "space": "torget"})
    await drafts.drop(mons, id or 0)
    async with house.browser("mons") as browser:
        answer = await browser.post(f"/drafts/{id}/plan", data={"share_at": "2030-01-01T10:00"})
        assert answer.status_code == 303 and answer.headers["location"] == "/drafts/"
    assert id in [each.id for each in await drafts.of(mons) if each.share_at], "it says that it is shared then"


async def test_what_an_undo_brings_along_fits_into_a_cookie(house: House) -> None:
    async with house.browser("ole") as browser:
        answer = await browser.post(
            f"/entries/{house.entries['torget', 'question']}/meet", data={"title": "x" * 60_000, "kind": "question"}
        )
        assert answer.status_code == 303 and len(answer.headers["set-cookie"]) < 2_000


async def test_taking_back_what_a_text_was_translated_from_names_nothing_unreadable(house: House) -> None:
    mons = await house.viewer("mons")
    source = await house.entry("loftet", "page")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("In English", "All of it.", lang="en"))
    await actions.translate(mons, id, source.revision)
    async with house.browser("ole") as browser:
        assert (await browser.post(f"/entries/{id}/translate", data={"none": "true"})).status_code == 303
        shown = (await browser.get(f"/pages/{id}/in-english/")).text
        assert "Saved." in shown and str(source.revision) not in shown


async def test_a_writer_who_has_left_names_no_others(house: House) -> None:
    await joins(house, "gro", "torget", "guest")
    id = house.entries["torget", "article"]
    await actions.write_with(await house.viewer("mons"), id, "gro")
    await leaves(house, "gro", "torget")
    async with published(house), house.browser("gro") as browser:
        assert (await browser.post(f"/entries/{id}/write_with", data={"handle": "mons"})).status_code in (403, 422)
        assert (await browser.post(f"/entries/{id}/write_with", data={"handle": "hedda"})).status_code == 403
        itself = await browser.post(f"/entries/{id}/write_with", data={"handle": "gro", "undo": "true"})
        assert itself.status_code == 303, "but they take themselves off"
    assert not (await house.entry("torget", "article")).writers


async def test_what_is_typed_while_a_draft_is_shared_does_not_share_it_again(house: House) -> None:
    for number in range(5):
        form = {"kind": "page", "title": f"Typed meanwhile {number}", "body": "All of it.", "space": "torget"}
        id = await drafts.keep(await house.viewer("mons"), form)
        typed = {"data": {**form, "draft": str(id)}, "headers": {"accept": "application/json"}}
        async with house.browser("mons") as browser:
            typing = [browser.post("/drafts", **typed) for _ in range(3)]
            await asyncio.gather(browser.post(f"/drafts/{id}/share"), *typing)
            await browser.post(f"/drafts/{id}/share")
        assert await value("SELECT count(*) FROM entry WHERE title = {}", form["title"]) == 1
