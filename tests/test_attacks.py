"""Mistakes that somebody made happen here once, and that do not happen again."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.cast import House, write
from web.database import execute
from web.entries import actions, queries, search
from web.entries.actions import Fields
from web.errors import Invalid, NotThere
from web.people import actions as people_actions
from web.people import queries as people
from web.text import BODY_MAX


async def test_nothing_is_read_of_what_another_site_sent_and_no_form_is_taken_apart_for_long(house: House) -> None:
    async with house.browser(headers={"sec-fetch-site": "cross-site"}) as browser:
        began = time.thread_time()
        answer = await browser.post("/files/", content=b"a&" * (5 << 20))
        assert answer.status_code == 403
        spent = time.thread_time() - began
    async with house.browser("mons") as browser:
        plain = {"content-type": "application/x-www-form-urlencoded"}
        assert (await browser.post("/files/", content=b"a&" * 900_000, headers=plain)).status_code == 413
        health = time.thread_time()
        await browser.get("/health")
    assert spent < 200 * (time.thread_time() - health), (
        "a ratio: as much as many small answers, not as a minute of work"
    )


@pytest.mark.parametrize("parent", ["²", "9" * 400, str(2**63), "-1", "x"])
async def test_a_parent_that_is_no_number_is_said_to_be_none(house: House, parent: str) -> None:
    async with house.browser("mons") as browser:
        for address in ("/entries/", "/new/page/"):
            answer = await browser.post(
                address, data={"kind": "page", "space": "torget", "title": "T", "parent": parent}
            )
            assert answer.status_code in (404, 422), address
        assert (await browser.get("/new/page/", params={"parent": parent})).status_code in (404, 422)


async def test_addresses_that_the_database_would_stumble_over_lead_nowhere(house: House) -> None:
    async with house.browser("mons") as browser, house.program("mons") as program:
        for address in (
            "/people/%00/",
            "/spaces/%00/",
            "/search/?q=%00",
            "/tags/%00/",
            "/static/x/%00",
            "/static/x/" + "a" * 5000,
        ):
            assert (await browser.get(address)).status_code == 404, address
        for address in ("/api/entries?cursor=%00", "/api/entries?author=%00", "/api/search?q=%00"):
            assert (await program.get(address)).status_code == 404, address
    async with house.browser() as browser:
        del browser.headers["sec-fetch-site"]
        assert (await browser.post("/sign-in/", headers={"origin": "http://["})).status_code == 403


async def test_an_invitation_ends_with_the_rights_of_whoever_made_it(house: House) -> None:
    space = house.spaces["kontoret"]
    secret = await people_actions.invite(await house.viewer("hedda"), space)
    assert (await people_actions.invitation(secret)).space == space.id
    await people_actions.set_role(await house.viewer("hedda"), space, "mons", "host")
    await people_actions.set_role(await house.viewer("mons"), space, "hedda", None)
    with pytest.raises(NotThere):
        await people_actions.invitation(secret)
    await people_actions.set_role(await house.viewer("mons"), space, "hedda", "host")
    await people_actions.set_role(await house.viewer("hedda"), space, "mons", "member")


async def test_two_who_place_pages_at_once_make_no_circle(house: House) -> None:
    mons = await house.viewer("mons")
    for _ in range(5):
        one, other = [await write(house, "mons", "page", "torget", f"circle{n}") for n in range(2)]
        done = await asyncio.gather(
            actions.place(mons, one, other), actions.place(mons, other, one), return_exceptions=True
        )
        assert any(isinstance(each, Invalid) for each in done)
        assert {one, other} <= {branch.ref.id for branch in await queries.tree(mons, house.spaces["torget"].id)}


async def test_the_house_cannot_lock_itself_out(house: House) -> None:
    astrid = await house.viewer("astrid")
    space = await people.space(astrid, "house")
    with pytest.raises(Invalid):
        await people_actions.change_space(astrid, space, "Dugnad", "", "secret", public=False)


async def test_the_bin_is_for_those_in_the_house(house: House) -> None:
    astrid = await house.viewer("astrid")
    id = await people_actions.add_space("utstilling", "Utstilling", public=True)
    house.spaces["utstilling"] = await people.space(astrid, "utstilling")
    page = await write(house, "ole", "page", "utstilling", "shown")
    async with house.browser() as browser:
        assert (await browser.get(f"/e/{page}", follow_redirects=True)).status_code == 200
        await actions.trash(await house.viewer("ole"), page, "kanari-reason")
        answer = await browser.get(f"/pages/{page}/", follow_redirects=True)
    assert "kanari-reason" not in answer.text and id


async def test_settling_a_conflict_keeps_the_tags_and_shows_the_address_that_the_other_gave(house: House) -> None:
    mons = await house.viewer("mons")
    fields = Fields("A find", "One.", "https://example.org/1", tags="alpha")
    id = await actions.post(mons, "bookmark", house.spaces["torget"], fields)
    base = (await queries.entry(mons, id)).revision
    async with house.browser("mons") as browser:
        form = {
            "revision": str(base),
            "title": "A find",
            "body": "Two.",
            "url": "https://example.org/2",
            "tags": "alpha beta",
        }
        assert (await browser.post(f"/entries/{id}/edit", data=form)).status_code == 303
        mine = {**form, "body": "Three.", "url": "https://example.org/3", "tags": "alpha gamma"}
        clash = await browser.post(f"/entries/{id}/edit", data=mine)
    assert clash.status_code == 409
    assert 'value="alpha beta gamma"' in clash.text
    assert "https://example.org/2" in clash.text and 'value="https://example.org/3"' in clash.text


async def test_many_annotations_are_brought_along_at_once(house: House) -> None:
    mons = await house.viewer("mons")
    words = [f"word{number}" for number in range(6_000)]
    page = await actions.post(mons, "page", house.spaces["torget"], Fields("Long", " ".join(words)))
    for number in range(0, 400, 20):
        quote = " ".join(words[number : number + 8])
        await actions.post(mons, "annotation", None, Fields(body="?", quote=quote), await queries.entry(mons, page))
    before = await queries.entry(mons, page)
    changed = " ".join(f"{word}x" if number % 50 == 30 else word for number, word in enumerate(words))
    await actions.edit(mons, page, Fields("Long", f"New. {changed}"), before.revision)
    notes = await queries.replies(mons, page)
    assert len(notes) == 20 and all(note.anchor is not None for note in notes)


async def test_a_search_stems_only_what_could_be_a_hit(house: House) -> None:
    plain = " ".join(f"x{number}q" for number in range(3_000)) + " løsningene"
    assert "<mark>løsningene</mark>" in search.snippet(plain, search.read("løsning"))
    assert "<mark>årene</mark>" in search.snippet("mange årene", search.read("aarene"))


async def test_a_file_where_words_are_asked_for_is_no_word(house: House) -> None:
    async with house.browser("mons") as browser:
        for name in ("space", "title", "body", "tags", "kind", "revision", "csrf"):
            data = {"kind": "page", "space": "torget", "title": "T", "body": "B"}
            data.pop(name, None)
            answer = await browser.post("/entries/", data=data, files={name: ("x.txt", b"x")})
            assert answer.status_code in (303, 422), name


async def test_coming_back_leads_to_addresses_in_any_script(house: House) -> None:
    async with house.browser("mons") as browser:
        for typed, sent in (
            ("/tags/€/", "/tags/%E2%82%AC/"),
            ("/search/?q=bl%C3%A5b%C3%A6r", "/search/?q=bl%C3%A5b%C3%A6r"),
        ):
            answer = await browser.get("/sign-in/", params={"next": typed})
            assert answer.status_code == 303 and answer.headers["location"] == sent


@pytest.mark.parametrize(
    "nothing", ["\u2800", "\u200d", "\u3164\u115f", "\U000e0041\U000e0042", "\u0301", "\u00a0\u2003"]
)
async def test_a_title_or_name_that_cannot_be_seen_is_none(house: House, nothing: str) -> None:
    async with house.browser("mons") as browser:
        page = await browser.post("/entries/", data={"kind": "page", "space": "torget", "title": nothing, "body": "-"})
        post = await browser.post("/entries/", data={"kind": "micropost", "space": "torget", "body": nothing})
        name = await browser.post("/settings/profile", data={"name": nothing})
    assert {page.status_code, post.status_code, name.status_code} == {422}


async def test_names_and_addresses_are_not_guessed_for_long(house: House) -> None:
    async with house.browser("ole") as browser:
        answers = [await browser.post("/spaces/", data={"slug": "loftet", "name": "L"}) for _ in range(31)]
        assert [answer.status_code for answer in answers] == [422] * 30 + [429]
        profile = {"name": "Ole", "email": "mons@dugnad.test"}
        answers = [await browser.post("/settings/profile", data=profile) for _ in range(31)]
        assert [answer.status_code for answer in answers] == [422] * 30 + [429]


async def test_the_longest_text_in_the_longest_letters_is_saved_by_form(house: House) -> None:
    longest = "\u6f22" * BODY_MAX
    async with house.browser("mons") as browser:
        answer = await browser.post(
            "/entries/", data={"kind": "page", "space": "torget", "title": "Long", "body": longest}
        )
    assert answer.status_code == 303


async def test_people_are_found_by_any_of_their_names_and_a_sign_is_only_itself(house: House) -> None:
    await people_actions.add_person(people_actions.NewPerson("asa", "Åse Øvre_Eide"))
    mons = await house.viewer("mons")
    for start, found in (
        ("åse", True),
        ("ås", True),
        ("øvre", True),
        ("as", True),
        ("%", False),
        ("_", False),
        ("\\", False),
    ):
        assert ("asa" in {each.handle for each in await people.people(mons, start=start)}) is found, start


async def test_whose_time_in_a_space_is_over_knows_nobody_by_it(house: House) -> None:
    hedda = await house.viewer("hedda")
    await people_actions.add_person(people_actions.NewPerson("gerd", "Gerd", guest=True))
    await people_actions.add_member((await house.viewer("gerd")).me, house.spaces["kontoret"].id, "guest")
    assert "mons" in {each.handle for each in await people.people(await house.viewer("gerd"))}
    await people_actions.set_role(hedda, house.spaces["kontoret"], "gerd", "guest", until=1)
    assert {each.handle for each in await people.people(await house.viewer("gerd"))} == {"gerd"}


async def test_a_host_who_can_no_longer_sign_in_is_no_host(house: House) -> None:
    hedda, space = await house.viewer("hedda"), house.spaces["kontoret"]
    await people_actions.set_role(hedda, space, "mons", "host")
    await execute("UPDATE person SET active = {} WHERE handle = 'mons'", False)
    with pytest.raises(Invalid):
        await people_actions.leave(hedda, space)
    await execute("UPDATE person SET active = {} WHERE handle = 'mons'", True)
    await people_actions.set_role(hedda, space, "mons", "member")


async def test_a_merge_keeps_the_language_that_somebody_gave_a_text(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "page", house.spaces["torget"], Fields("Text", "One.\n\nTwo.\n\nThree.\n\nFour."))
    base = (await queries.entry(mons, id)).revision
    await actions.edit(mons, id, Fields("Text", "Un.\n\nTwo.\n\nThree.\n\nFour.", lang="en"), base)
    await actions.edit(mons, id, Fields("Text", "One.\n\nTwo.\n\nThree.\n\nQuatre.", lang=None), base)
    merged = await queries.entry(mons, id)
    assert merged.lang == "en" and "Un." in merged.body and "Quatre." in merged.body
    await actions.revert(mons, id, base)
    assert (await queries.entry(mons, id)).lang is None
