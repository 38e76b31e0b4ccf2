"""When something is called otherwise, the texts that link to it say so, each with a revision of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cast import House
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.mending import Named, mended, wiki_name
from web.urls import url_of

CALLED = Named(
    42, "The new quay", "The new quay", "/pages/42/the-new-quay/", {"old quay", "harbour/old quay"}, {"old quay"}
)


@pytest.mark.parametrize(
    ("written", "then"),
    [
        ("See [[Old quay]].", "See [[The new quay]]."),
        ("See [[ old  QUAY ]], and [[Old quay#Rules|the rules]].", "See [[The new quay]], and [[The new quay#Rules|the rules]]."),
        ("In [[harbour/Old quay]]", "In [[The new quay]]"),
        ("| [[Old quay\\|q]] | x |\n| --- | --- |", "| [[The new quay\\|q]] | x |\n| --- | --- |"),
        ("[Old quay](/pages/42/old-quay/#rules)", "[The new quay](/pages/42/the-new-quay/#rules)"),
        ("[our quay](/pages/42/old-quay/ \"Old\")", "[our quay](/pages/42/the-new-quay/ \"Old\")"),
        ("[Old quay](/e/42)", "[The new quay](/e/42)"),
        ("Two: [[Old quay]] [[Old quay]]", "Two: [[The new quay]] [[The new quay]]"),
    ],
)  # fmt: skip
async def test_links_say_what_it_is_called_now(written: str, then: str) -> None:
    assert await mended(written, CALLED) == then


@pytest.mark.parametrize(
    "written",
    [
        "`[[Old quay]]`", "```\n[[Old quay]]\n```", "    [[Old quay]]", "The old quay", "[[Old quay two]]", "[x](/pages/43/old-quay/)",
        "![Old quay](/files/42/q.png)", "\\[[Old quay]]", "[[The new quay]]", "[x](https://example.org/pages/42/old-quay/)", "<a href='/pages/42/old-quay/'>x</a>",
    ],
)  # fmt: skip
async def test_everything_else_stays_as_it_is(written: str) -> None:
    assert await mended(written, CALLED) == written


async def test_what_no_wiki_link_can_say_is_linked_by_its_address() -> None:
    assert wiki_name("A | B") == "" and wiki_name("x" * 201) == "" and wiki_name("Quay", "harbour") == "harbour/Quay"
    odd = replace(CALLED, title="A [b]", to="")
    assert (
        await mended("See [[Old quay]] or [[Old quay#Rules|it]].", odd)
        == "See [A \\[b\\]](/e/42) or [it](/e/42#s-rules)."
    )


async def test_a_new_title_is_written_in_the_texts_that_link_there(house: House) -> None:
    mons, ole, torget = await house.viewer("mons"), await house.viewer("ole"), house.spaces["torget"]
    quay = await actions.post(mons, "page", torget, Fields(title="Old quay", body="Boats."))
    page = await actions.post(ole, "page", torget, Fields(title="Ferries", body="From [[Old quay]]."))
    post = await actions.post(ole, "micropost", torget, Fields(body="Who is at [[Old quay]]?"))
    inside = await actions.post(
        mons, "page", house.spaces["loftet"], Fields(title="Secret", body="At [[torget/Old quay]].")
    )
    address = url_of(await queries.entry(mons, quay))
    async with house.browser("mons") as browser:
        form = (await browser.get(f"/entries/{quay}/edit/")).text
        assert 'name="mend" value="true" checked' in form and "the texts that link here: 3" in form
        entry = await queries.entry(mons, quay)
        sent = {"title": "The new quay", "body": "Boats.", "revision": str(entry.revision), "mend": "true"}
        answer = await browser.post(f"/entries/{quay}/edit", data=sent)
        assert answer.status_code == 303
        said = (await browser.get(answer.headers["location"])).text
        assert "by its new name: 2" in said and "By an older one: 1" in said
    assert (await queries.entry(mons, page)).body == "From [[The new quay]]."
    assert (await queries.entry(mons, inside)).body == "At [[The new quay]]."
    assert (await queries.entry(mons, post)).body == "Who is at [[Old quay]]?", "that is for its author to change"
    latest, _ = await queries.revisions(mons, page)
    assert latest.minor and latest.author.handle == "mons" and latest.summary == "→ The new quay"
    for linking in (page, post):
        links = await queries.links(ole, [linking])
        assert [each.id for each in links.entries.values()] == [quay], "and all of them lead there"
    async with house.browser("ole") as browser:
        assert (await browser.get(address)).status_code == 301

    # Whoever may not read it learns nothing of what it is called, or where.
    entry = await queries.entry(mons, quay)
    await actions.move(mons, quay, house.spaces["loftet"])
    await actions.edit(mons, quay, Fields(title="Kanaritreasure", body="Gold."), entry.revision)
    assert (await actions.mend(mons, quay, url_of(await queries.entry(mons, quay)))).changed == 1
    assert (await queries.entry(mons, inside)).body == "At [[Kanaritreasure]]."
    assert (await queries.entry(mons, page)).body == "From [[The new quay]]."
    await actions.move(mons, quay, house.spaces["torget"])
    again = await actions.mend(ole, quay, url_of(await queries.entry(ole, quay)))
    assert (again.changed, again.left) == (2, 0), "of the post, he is the author"
    assert (await actions.mend(ole, quay, url_of(await queries.entry(ole, quay)))).changed == 0


async def test_a_title_that_somebody_else_has_is_not_taken_for_it(house: House) -> None:
    mons, torget, loftet = await house.viewer("mons"), house.spaces["torget"], house.spaces["loftet"]
    one = await actions.post(mons, "page", torget, Fields(title="Drift", body="Ours."))
    await actions.post(mons, "page", loftet, Fields(title="Rota", body="Theirs."))
    link = await actions.post(mons, "page", loftet, Fields(title="About", body="[[torget/Drift]] and [[Drift]]."))
    entry = await queries.entry(mons, one)
    await actions.edit(mons, one, Fields(title="Rota", body="Ours."), entry.revision)
    await actions.mend(mons, one, url_of(await queries.entry(mons, one)))
    assert (await queries.entry(mons, link)).body == "[[torget/Rota]] and [[torget/Rota]]."
    links = await queries.links(mons, [link])
    assert {each.id for each in links.entries.values()} == {one}


async def test_a_text_that_would_be_too_long_keeps_its_link_and_the_title_is_saved(house: House) -> None:
    ole, torget = await house.viewer("ole"), house.spaces["torget"]
    short = await actions.post(ole, "page", torget, Fields(title="Kort", body="Here."))
    full = await actions.post(ole, "micropost", torget, Fields(body="[[Kort]] " + "x" * 491))
    async with house.browser("ole") as browser:
        sent = {
            "title": "A much longer name",
            "body": "Here.",
            "revision": str((await queries.entry(ole, short)).revision),
            "mend": "true",
        }
        assert (await browser.post(f"/entries/{short}/edit", data=sent)).status_code == 303
        assert "By an older one: 1" in (await browser.get("/")).text
    assert (await queries.entry(ole, full)).body.startswith("[[Kort]]")
    assert (await queries.entry(ole, short)).title == "A much longer name"


async def test_nobody_loses_a_file_to_a_text_of_somebody_else(house: House) -> None:
    mons, ole, torget = await house.viewer("mons"), await house.viewer("ole"), house.spaces["torget"]
    file = await house.attach("mons", "mine.txt", b"Mine.")
    text = await actions.post(ole, "page", torget, Fields(title="Trap", body=f"[x](/files/{file.id}/mine.txt)"))
    await actions.copy(mons, text, torget, "Trap two")
    await actions.copy(mons, text, house.spaces["kontoret"], "Trap three")
    async with house.browser("ole") as browser:
        assert (await browser.get(f"/files/{file.id}/mine.txt")).status_code == 404


async def test_a_guest_is_not_told_what_a_page_in_the_house_is_called(house: House) -> None:
    mons = await house.viewer("mons")
    page = await actions.post(mons, "page", house.spaces["torget"], Fields(title="Plain", body="Here."))
    text = await actions.post(mons, "page", house.spaces["kontoret"], Fields(title="For Gro", body="[[torget/Plain]]"))
    entry = await queries.entry(mons, page)
    await actions.edit(mons, page, Fields(title="Kanarinew", body="Here."), entry.revision)
    assert (await actions.mend(mons, page, url_of(await queries.entry(mons, page)))).changed == 0
    assert (await queries.entry(mons, text)).body == "[[torget/Plain]]"
