"""Spaces: opening one, coming in and going out, and who decides."""

from __future__ import annotations

import re

import pytest

from tests.cast import House, write
from web.database import at, execute, now, rows
from web.entries import actions as entry_actions
from web.entries import queries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed
from web.people import actions
from web.people import queries as people
from web.policy import visible_to
from web.rights import edited_by
from web.times import DAY, day_of


async def role(house: House, handle: str, slug: str) -> str | None:
    return next((mine.role for mine in (await house.viewer(handle)).spaces if mine.slug == slug), None)


async def test_whoever_opens_a_space_runs_it(house: House) -> None:
    async with house.browser("ole") as browser:
        form = {"slug": "verksted", "name": "Verksted", "access": "closed", "about": "Bikes"}
        assert (await browser.post("/spaces/", data=form)).status_code == 303
        again = await browser.post("/spaces/", data={**form, "name": "Another"})
        assert again.status_code == 422 and "Another" in again.text and "Bikes" in again.text
    assert await role(house, "ole", "verksted") == "host"
    async with house.browser("gro") as browser:
        guest = await browser.post("/spaces/", data={"slug": "gjesterom", "name": "Gjesterom"})
        assert guest.status_code == 403, "guests open no spaces"


async def test_a_closed_space_is_asked_for_and_its_hosts_answer(house: House) -> None:
    async with house.browser("ole") as browser:
        page = (await browser.get("/spaces/kontoret/")).text
        assert "kanarikontoret" not in page and "/spaces/kontoret/ask" in page
        assert (await browser.post("/spaces/kontoret/join")).status_code == 403
        assert (await browser.post("/spaces/kontoret/ask", data={"why": "I keep the keys"})).status_code == 303
    space = house.spaces["kontoret"]
    assert await people.askers(await house.viewer("mons"), space) == (), "members do not see who asks"
    async with house.browser("hedda") as browser:
        assert "I keep the keys" in (await browser.get("/spaces/kontoret/members/")).text
        asker = (await people.askers(await house.viewer("hedda"), space))[0].id
        assert (await browser.post("/spaces/loftet/askers", data={"asker": asker, "admit": "true"})).status_code == 404
        assert (
            await browser.post("/spaces/kontoret/askers", data={"asker": asker, "admit": "true"})
        ).status_code == 303
    assert await role(house, "ole", "kontoret") == "member"
    async with house.browser("ole") as browser:
        assert (await browser.get("/spaces/kontoret/")).status_code == 200
        assert (await browser.post("/spaces/kontoret/leave")).status_code == 303
    assert await role(house, "ole", "kontoret") is None


async def test_an_open_space_is_joined_and_left_again(house: House) -> None:
    for slug in ("torget", "house"):
        async with house.browser("ole") as browser:
            assert (await browser.post(f"/spaces/{slug}/join")).status_code == 303
            assert await role(house, "ole", slug) == "member"
            assert (await browser.post(f"/spaces/{slug}/leave")).status_code == 303, f"{slug} has or has had no host"
        assert await role(house, "ole", slug) is None


async def test_a_space_keeps_a_host(house: House) -> None:
    hedda, space = await house.viewer("hedda"), house.spaces["loftet"]
    with pytest.raises(Invalid):
        await actions.leave(hedda, space)
    with pytest.raises(Invalid):
        await actions.set_role(hedda, space, "hedda", "member")
    await actions.set_role(hedda, space, "mons", "host")
    await actions.set_role(hedda, space, "hedda", "member")
    with pytest.raises(NotAllowed):
        await actions.set_role(await house.viewer("hedda"), space, "hedda", "host")
    await actions.set_role(await house.viewer("mons"), space, "hedda", "host")
    await actions.set_role(await house.viewer("hedda"), space, "mons", "member")


async def test_nobody_makes_themselves_more_than_they_are(house: House) -> None:
    for handle in ("mons", "gro", "ole"):
        async with house.browser(handle) as browser, house.program(handle) as program:
            form = {"handle": handle, "role": "host"}
            assert (await browser.post("/spaces/kontoret/members", data=form)).status_code in (403, 404)
            assert (await program.post("/api/spaces/kontoret/members", json=form)).status_code in (403, 404)
        assert await role(house, handle, "kontoret") != "host"
    with pytest.raises(Invalid):
        await actions.set_role(await house.viewer("hedda"), house.spaces["kontoret"], "gro", "host")


async def test_a_role_ends_with_its_last_day_and_a_host_has_none(house: House) -> None:
    async with house.browser("hedda") as browser:
        form = {"handle": "ole", "role": "member", "until": "2999-12-31"}
        assert (await browser.post("/spaces/loftet/members", data=form)).status_code == 303
        page = (await browser.get("/spaces/loftet/members/")).text
        assert "until 31 December 2999" in page and 'value="2999-12-31"' in page
        assert await role(house, "ole", "loftet") == "member"
        for wrong in ({"role": "host"}, {"until": "soon"}):
            answer = await browser.post("/spaces/loftet/members", data=form | wrong)
            assert answer.status_code == 422 and 'id="f-until-error"' in answer.text
        assert (await browser.post("/spaces/loftet/members", data=form | {"until": "2020-01-01"})).status_code == 303
    assert await role(house, "ole", "loftet") is None, "the day has passed"
    async with house.program("hedda") as program:
        given = {"handle": "ole", "role": "guest", "until": "2999-12-31"}
        assert (await program.post("/api/spaces/loftet/members", json=given)).status_code == 204
        members = (await program.get("/api/spaces/loftet/members")).json()["items"]
        assert {each["handle"]: each["until"] for each in members}["ole"] == "2999-12-31T23:59:59Z"
        assert (
            await program.post("/api/spaces/loftet/members", json={"handle": "ole", "role": None})
        ).status_code == 204


async def test_a_host_lets_somebody_in_by_the_api(house: House) -> None:
    async with house.program("hedda") as program:
        answer = await program.post("/api/spaces/loftet/members", json={"handle": "ole", "role": "editor"})
        assert answer.status_code == 204
        members = {
            each["handle"]: each["role"] for each in (await program.get("/api/spaces/loftet/members")).json()["items"]
        }
        assert members["ole"] == "editor"
        assert (
            await program.post("/api/spaces/loftet/members", json={"handle": "ole", "role": None})
        ).status_code == 204
        for wrong in ({"handle": "nobody"}, {"handle": "ole", "role": "king"}, {"handle": 5}, {}):
            assert (await program.post("/api/spaces/loftet/members", json=wrong)).status_code in (404, 422)
    assert await role(house, "ole", "loftet") is None


async def test_a_space_that_closes_is_closed_at_once_to_those_outside(house: House) -> None:
    async with house.browser("ole") as browser:
        await browser.post("/spaces/", data={"slug": "skiftende", "name": "Skiftende"})
    house.spaces["skiftende"] = await people.space(await house.viewer("ole"), "skiftende")
    id = await write(house, "ole", "article", "skiftende", "skift")
    assert (await queries.entry(await house.viewer("mons"), id)).id == id
    async with house.browser("mons") as browser:
        refused = await browser.post("/spaces/skiftende/settings", data={"name": "Mine", "access": "open"})
        assert refused.status_code == 403
    async with house.browser("ole") as browser:
        changed = await browser.post("/spaces/skiftende/settings", data={"name": "Skiftende", "access": "secret"})
        assert changed.status_code == 303
    async with house.browser("mons") as browser:
        assert (await browser.get(f"/e/{id}")).status_code == 404
        assert (await browser.get("/spaces/skiftende/")).status_code == 404


async def test_only_administrators_open_a_space_to_the_world(house: House) -> None:
    async with house.browser("ole") as browser:
        await browser.post("/spaces/", data={"slug": "vinduet", "name": "Vinduet"})
        form = {"name": "Vinduet", "access": "open", "public": "true"}
        assert (await browser.post("/spaces/vinduet/settings", data=form)).status_code == 403
    async with house.browser("astrid") as browser:
        assert (await browser.post("/spaces/vinduet/settings", data=form)).status_code == 303
    async with house.browser() as browser:
        assert (await browser.get("/spaces/vinduet/")).status_code == 200


# A space that has come to an end.


async def _ended(house: House, slug: str, day: str) -> None:
    space = await people.space(await house.viewer("hedda"), slug)
    await actions.change_space(
        await house.viewer("hedda"), space, space.name, space.about, space.access, public=space.public, ends=day
    )


async def test_in_a_space_that_has_ended_everything_is_read_and_nothing_written(house: House) -> None:
    id = await write(house, "mons", "question", "kontoret", "lastwords")
    await _ended(house, "kontoret", day_of(now() + 2 * DAY))
    async with house.browser("mons") as browser, house.program("mons") as program:
        assert "Ends on" in (await browser.get("/spaces/kontoret/")).text
        assert (await browser.post(f"/entries/{id}/reply", data={"body": "Still here."})).status_code == 303
        with at(now() + 3 * DAY):
            house.forget()
            page = await browser.get(f"/e/{id}", follow_redirects=True)
            assert page.status_code == 200 and "lastwords" in page.text
            assert f'action="/entries/{id}/reply"' not in page.text and f"/entries/{id}/edit/" not in page.text
            room = (await browser.get("/spaces/kontoret/")).text
            assert "Nothing more is written here." in room and "Write here" not in room
            assert (await browser.post(f"/entries/{id}/reply", data={"body": "Too late"})).status_code == 403
            assert (await browser.post(f"/entries/{id}/edit", data={"title": "x", "body": "y"})).status_code == 403
            assert (await browser.post(f"/entries/{id}/recommend")).status_code == 403
            made = {"kind": "question", "space": "kontoret", "title": "One more", "body": ""}
            assert (await program.post("/api/entries", json=made)).status_code == 403
            assert "lastwords" in (await browser.get("/search/?q=lastwords")).text
            names = re.findall(r'<h2><a href="/spaces/(\w+)/">', (await browser.get("/spaces/")).text)
            assert names[-1] == "kontoret" and len(names) > 1, "what goes on comes first"
    house.forget()


async def test_what_the_rules_say_of_a_space_that_has_ended_the_database_says_too(house: House) -> None:
    await _ended(house, "kontoret", day_of(now() + DAY))
    with at(now() + 3 * DAY):
        for handle in ("hedda", "mons", "astrid", "ole"):
            viewer = await house.viewer(handle)
            found = await rows(
                "SELECT e.id, e.space FROM entry e WHERE {} AND {}", edited_by(viewer), visible_to(viewer)
            )
            assert house.spaces["kontoret"].id not in {each["space"] for each in found}
            assert viewer.ended == {house.spaces["kontoret"].id}
            assert not viewer.may("post", house.spaces["kontoret"])
            assert viewer.may("host", house.spaces["kontoret"]) is (handle == "hedda")
        hedda = await house.viewer("hedda")
        await _ended(house, "kontoret", "")
        assert (await house.viewer("hedda")).may("post", house.spaces["kontoret"]) and hedda.ended


async def test_nobody_but_a_host_ends_a_space_and_the_one_that_is_everybodys_goes_on(house: House) -> None:
    mons, astrid = await house.viewer("mons"), await house.viewer("astrid")
    kontoret = await people.space(mons, "kontoret")
    with pytest.raises(NotAllowed):
        await actions.change_space(mons, kontoret, "Kontoret", "", "closed", public=False, ends="2030-01-01")
    everybodys = await people.space(astrid, people.HOUSE)
    with pytest.raises(Invalid) as wrong:
        await actions.change_space(
            astrid, everybodys, everybodys.name, "", everybodys.access, public=everybodys.public, ends="2030-01-01"
        )
    assert wrong.value.field == "ends"


async def test_whoever_comes_in_is_led_to_what_to_read_first_if_they_may(house: House) -> None:
    async with house.browser("hedda") as browser:
        form = {"name": "Kontoret", "access": "closed", "about": "", "welcome": "Title of kanarikontoretpage"}
        assert (await browser.post("/spaces/kontoret/settings", data=form)).status_code == 303
        page = (await browser.get("/spaces/kontoret/")).text
        assert "New here?" in page and page.index("New here?") < page.index('class="rows"')
        assert 'value="Title of kanarikontoretpage"' in (await browser.get("/spaces/kontoret/settings/")).text
        wrong = await browser.post("/spaces/kontoret/settings", data={**form, "welcome": "Title of kanariloftetpage"})
        assert wrong.status_code == 422 and "Nothing in this space has that title." in wrong.text
        page_id = house.entries["kontoret", "page"]
        await browser.post(f"/entries/{page_id}/trash", data={"reason": "x"})
        assert "New here?" not in (await browser.get("/spaces/kontoret/")).text
        await browser.post(f"/entries/{page_id}/restore")
        await browser.post("/spaces/kontoret/settings", data={**form, "welcome": ""})
        assert "New here?" not in (await browser.get("/spaces/kontoret/")).text


# Hosts who come and go.


async def spaced(house: House, slug: str, access: str, *belong: tuple[str, str]) -> people.Space:
    await actions.open_space(await house.viewer("ole"), slug, f"Kanari {slug}", access)
    ole = await house.viewer("ole")
    space = await people.space(ole, slug)
    for handle, role_ in belong:
        await actions.set_role(ole, space, handle, role_)
    return space


async def deactivated(house: House, handle: str, *, active: bool = False) -> None:
    await execute("UPDATE person SET active = {} WHERE handle = {}", active, handle)


async def test_the_last_host_who_leaves_is_asked_who_comes_after(house: House) -> None:
    space = await spaced(house, "naust", "closed", ("mons", "member"), ("gro", "guest"))
    async with house.browser("ole") as browser:
        asked = await browser.post("/spaces/naust/leave")
        assert asked.status_code == 422 and "Who is host after you?" in asked.text
        assert "Mons" in asked.text and 'value="gro"' not in asked.text, "a guest of the house runs nothing"
        wrong = await browser.post("/spaces/naust/leave", data={"host": "hedda"})
        assert wrong.status_code == 422 and "Nobody in this space is called that" in wrong.text
        assert await role(house, "ole", "naust") == "host", "nothing was done by halves"
        assert (await browser.post("/spaces/naust/leave", data={"host": "mons"})).status_code == 303
    assert await role(house, "mons", "naust") == "host" and await role(house, "ole", "naust") is None
    with pytest.raises(Invalid):
        await actions.leave(await house.viewer("mons"), space)
    alone = await spaced(house, "alene", "open")
    async with house.browser("ole") as browser:
        assert "You are the only one here" in (await browser.post("/spaces/alene/leave")).text
    assert alone.slug == "alene"


async def test_a_host_hands_over_and_what_waits_goes_with_it(house: House) -> None:
    space = await spaced(house, "brygga", "closed", ("mons", "member"))
    await actions.ask(await house.viewer("hedda"), space, "I have a boat")
    assert await people.askers(await house.viewer("mons"), space) == ()
    async with house.browser("ole") as browser:
        assert "Hand this space over" in (await browser.get("/spaces/brygga/members/")).text
        wrong = await browser.post("/spaces/brygga/host", data={"host": "gro"})
        assert wrong.status_code == 422 and "Nobody in this space is called that" in wrong.text
        assert (await browser.post("/spaces/brygga/host", data={"host": "mons"})).status_code == 303
    assert (await role(house, "ole", "brygga"), await role(house, "mons", "brygga")) == ("member", "host")
    assert [each.why for each in await people.askers(await house.viewer("mons"), space)] == ["I have a boat"]
    async with house.browser("mons") as browser:
        assert 'class="count"' in (await browser.get("/notifications/count")).text
        ahead = (await browser.get("/notifications/", headers={"sec-purpose": "prefetch"})).text
        told = (await browser.get("/notifications/")).text
        for page in (ahead, told):
            row = page.partition(f'id="told-{space.id}"')[2].partition("</li>")[0]
            assert "Ole made you host" in row and "because you let people in there now" in row and "New" in row
        again = (await browser.get("/notifications/")).text.partition(f'id="told-{space.id}"')[2].partition("</li>")[0]
        assert "Ole made you host" in again and "New" not in again, "they know"
        await house.app.state.furthest.keep(at_once=True)
        assert not await queries.handed(await house.viewer("mons"), unread=True)
    for handle in ("ole", "hedda", "astrid"):
        assert space.id not in [each.space.id for each in await queries.handed(await house.viewer(handle))]
        assert f"told-{space.id}" not in await house.read("/notifications/", handle)
    with pytest.raises(NotAllowed):
        await actions.hand_over(await house.viewer("ole"), space, "mons")
    with pytest.raises(NotAllowed):
        await actions.hand_over(await house.viewer("astrid"), house.spaces["torget"], "astrid")
    await actions.hand_over(await house.viewer("mons"), space, "ole")
    left = [each.space.id for each in await queries.handed(await house.viewer("mons"))]
    assert space.id not in left, "who is host no more is not told that they are"


async def test_a_space_whose_host_is_gone_is_told_to_administrators_who_name_one(house: House) -> None:
    space = await spaced(house, "kaia", "closed", ("hedda", "host"), ("mons", "member"))
    await actions.leave(await house.viewer("ole"), space)
    with at(now() - 800 * DAY):
        page = await entry_actions.post(await house.viewer("hedda"), "page", space, Fields("Who keeps this?", "x"))
    listed = "Without a host"
    assert listed not in await house.read("/spaces/", "astrid")
    await deactivated(house, "hedda")
    try:
        assert "Kanari kaia" in (await house.read("/spaces/", "astrid")).split(listed)[1]
        assert listed not in await house.read("/spaces/", "mons")
        assert page not in [each.id for each in await queries.due(await house.viewer("mons"), mine=True)]
        with pytest.raises(NotAllowed):
            await actions.name_host(await house.viewer("ole"), space, "ole")
        async with house.browser("astrid") as browser:
            wrong = await browser.post("/spaces/kaia/host", data={"host": "ole", "from": "list"})
            assert wrong.status_code == 422 and "Nobody in this space is called that" in wrong.text
            assert (await browser.post("/spaces/kaia/host", data={"host": "mons", "from": "list"})).status_code == 303
        assert await role(house, "mons", "kaia") == "host" and await role(house, "astrid", "kaia") is None
        assert page in [each.id for each in await queries.due(await house.viewer("mons"), mine=True)], (
            "it is the host's now"
        )
        with pytest.raises(Invalid):
            await actions.name_host(await house.viewer("astrid"), space, "mons")
        assert "Kanari kaia" not in (await house.read("/spaces/", "astrid")).partition("</section>")[0]
    finally:
        await deactivated(house, "hedda", active=True)


async def test_of_a_secret_space_nobody_outside_is_told_and_its_members_take_it_on(house: House) -> None:
    space = await spaced(house, "kjeller", "secret", ("hedda", "host"), ("mons", "member"), ("gro", "guest"))
    await actions.leave(await house.viewer("ole"), space)
    await deactivated(house, "hedda")
    try:
        assert "jeller" not in await house.read("/spaces/", "astrid")
        async with house.browser("astrid") as browser:
            assert (await browser.post("/spaces/kjeller/host", data={"host": "mons"})).status_code == 404
        assert "I take it on" not in await house.read("/spaces/kjeller/members/", "gro")
        with pytest.raises(NotAllowed):
            await actions.name_host(await house.viewer("gro"), space, "gro")
        with pytest.raises(NotAllowed):
            await actions.name_host(await house.viewer("mons"), space, "gro")
        assert "Nobody is host here" in await house.read("/spaces/kjeller/members/", "mons")
        async with house.browser("mons") as browser:
            assert (await browser.post("/spaces/kjeller/host", data={"host": "mons"})).status_code == 303
        assert await role(house, "mons", "kjeller") == "host"
        assert "Nobody is host here" not in await house.read("/spaces/kjeller/members/", "mons")
    finally:
        await deactivated(house, "hedda", active=True)


# What a space has of its own.

OWN = "#Tidevann When the quay is under water\nKanaritau what holds\nfortøyning"


async def posted(house: House, by: str, kind: str, space: str, title: str, tags: str) -> int:
    viewer = await house.viewer(by)
    return await entry_actions.post(viewer, kind, await people.space(viewer, space), Fields(title, "x", tags=tags))


async def owned(house: House, slug: str, tags: str = OWN) -> None:
    async with house.browser("hedda") as browser:
        form = {"name": slug.title(), "access": house.spaces[slug].access, "about": "", "own_tags": tags}
        assert (await browser.post(f"/spaces/{slug}/settings", data=form)).status_code == 303


async def test_hosts_recommend_tags_which_are_offered_first_in_their_space(house: House) -> None:
    await posted(house, "mons", "thread", "torget", "The tide", "tidemåler")
    await owned(house, "kontoret")
    page = await house.read("/spaces/kontoret/", "mons")
    assert "Tags here" in page and "When the quay is under water" in page and "#fortøyning" in page
    form = await house.read("/new/page/?space=kontoret", "mons")
    assert 'data-tag="Tidevann"' in form and "(When the quay is under water)" in form
    assert "data-tag" not in await house.read("/new/page/?space=torget", "mons")
    entry = house.entries["kontoret", "page"]
    assert 'data-tag="Kanaritau"' in await house.read(f"/entries/{entry}/edit/", "mons")
    found = await house.read("/complete?what=tag&q=tide&space=kontoret", "mons")
    assert found.index('data-insert="#Tidevann"') < found.index('data-insert="#tidemåler"')
    assert 'data-insert="#Tidevann"' in await house.read(f"/complete?what=tag&q=tide&entry={entry}", "mons")
    assert "Tidevann" not in await house.read("/complete?what=tag&q=tide&space=torget", "mons")
    assert 'data-tag="Tidevann"' in await house.read("/own-tags/?space=kontoret", "mons")
    settings = await house.read("/spaces/kontoret/settings/", "hedda")
    assert "Tidevann When the quay is under water\nKanaritau what holds\nfortøyning" in settings
    async with house.browser("hedda") as browser:
        form_ = {"name": "Kontoret", "access": "closed", "about": "", "own_tags": "one\n!!! two"}
        wrong = await browser.post("/spaces/kontoret/settings", data=form_)
        assert wrong.status_code == 422 and "Begin each line with a tag" in wrong.text and "!!! two" in wrong.text
        many = await browser.post(
            "/spaces/kontoret/settings", data={**form_, "own_tags": "\n".join(f"t{n}" for n in range(31))}
        )
        assert many.status_code == 422 and "thirty at most" in many.text
    async with house.browser("mons") as browser:
        assert (
            await browser.post("/spaces/kontoret/settings", data={"name": "x", "access": "open"})
        ).status_code == 403
    await owned(house, "kontoret", "")
    assert "Tags here" not in await house.read("/spaces/kontoret/", "mons")


async def test_the_tags_of_a_closed_room_are_told_to_nobody_outside(house: House) -> None:
    await owned(house, "loftet")
    entry = house.entries["loftet", "page"]
    try:
        for address in (
            "/spaces/", "/own-tags/?space=loftet", "/complete?what=tag&q=kanari&space=loftet", f"/complete?what=tag&q=kanari&entry={entry}",
            "/new/page/?space=loftet", "/tags/", "/search/?q=kanaritau",
        ):  # fmt: skip
            assert "#Kanaritau" not in await house.read(address, "ole"), address
        assert "#Kanaritau" in await house.read("/own-tags/?space=loftet", "mons")
    finally:
        await owned(house, "loftet", "")


async def test_templates_of_a_space_are_offered_first_there_and_not_in_others(house: House) -> None:
    await posted(house, "hedda", "page", "house", "For all of us", "template")
    await posted(house, "hedda", "page", "kontoret", "For the office", "mal")
    await posted(house, "hedda", "page", "torget", "For the square", "template")

    async def offered(space: str) -> list[str]:
        refs = await queries.templates(await house.viewer("mons"), "page", space)
        return [each.title for each in refs if "For the" in each.title or "For all" in each.title]

    assert await offered("kontoret") == ["For the office", "For all of us"]
    assert await offered("torget") == ["For the square", "For all of us"]
    assert len(await offered("")) == 3
    assert "For the office" in await house.read("/new/page/?space=kontoret", "mons")
    assert "For the office" not in await house.read("/new/page/?space=torget", "mons")
    refs = await queries.templates(await house.viewer("ole"), "page", "kontoret")
    assert not [each for each in refs if "office" in each.title]
