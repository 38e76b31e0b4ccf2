"""Into the bin and out of it, to other spaces and other kinds: nothing is lost on the way, and nothing gets out."""

from __future__ import annotations

import re

import pytest

from tests.cast import House, write
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed, NotThere


async def answered(house: House, space: str = "torget", by: str = "hedda") -> tuple[int, int]:
    """A question of mons, and the answer that he accepted."""
    mons = await house.viewer("mons")
    question = await actions.post(mons, "question", house.spaces[space], Fields("How?", "Tell me."))
    parent = await queries.entry(mons, question)
    answer = await actions.post(await house.viewer(by), "reply", None, Fields(body="So."), parent)
    await actions.accept(mons, question, answer)
    return question, answer


async def test_an_accepted_answer_is_accepted_again_when_it_comes_back(house: House) -> None:
    question, answer = await answered(house)
    hedda, mons = await house.viewer("hedda"), await house.viewer("mons")
    await actions.trash(hedda, answer)
    assert (await queries.entry(mons, question)).accepted is None
    await actions.restore(hedda, answer)
    assert (await queries.entry(mons, question)).accepted == answer
    await actions.accept(mons, question, None)
    await actions.trash(hedda, answer)
    await actions.restore(hedda, answer)
    assert (await queries.entry(mons, question)).accepted is None, "unless it was taken back"


async def test_a_question_that_was_something_else_for_a_while_still_has_its_answer(house: House) -> None:
    question, answer = await answered(house)
    mons = await house.viewer("mons")
    await actions.turn(mons, question, "thread")
    assert (await queries.entry(mons, question)).accepted is None
    await actions.turn(mons, question, "question")
    assert (await queries.entry(mons, question)).accepted == answer


async def test_a_reply_under_what_is_in_the_bin_waits_for_it(house: House) -> None:
    question, answer = await answered(house)
    hedda = await house.viewer("hedda")
    await actions.trash(hedda, answer)
    await actions.trash(hedda, question)
    async with house.browser("hedda") as browser:
        answer_page = await browser.post(f"/entries/{answer}/restore")
        assert answer_page.status_code == 422 and "Take that out first" in answer_page.text
        assert (await browser.post(f"/entries/{question}/restore")).status_code == 303
        assert (await browser.post(f"/entries/{answer}/restore")).status_code == 303
    assert (await queries.entry(hedda, question)).replies == 1


async def test_an_author_brings_back_what_they_threw_away_themselves_and_no_more(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    id = await write(house, "mons", "micropost", "torget", "thrown")
    await actions.trash(mons, id)
    await actions.restore(mons, id)
    await actions.trash(hedda, id, "Not here")
    with pytest.raises(NotAllowed):
        await actions.restore(mons, id)
    async with house.browser("mons") as browser:
        assert f"/entries/{id}/restore" not in (await browser.get("/bin/")).text
    await actions.restore(hedda, id)
    assert await queries.entry(mons, id)


async def test_everybody_finds_in_the_bin_what_they_may_take_out_of_it(house: House) -> None:
    mons = await house.viewer("mons")
    thrown = {space: await write(house, "mons", "micropost", space, f"binned{space}") for space in house.spaces}
    for id in thrown.values():
        await actions.trash(mons, id)
    for who, spaces in (
        ("astrid", {"torget"}),
        ("hedda", set(thrown)),
        ("mons", set(thrown)),
        ("ole", set()),
        ("gro", set()),
    ):
        viewer = await house.viewer(who)
        listed = {each.id: each for each in (await queries.bin_of(viewer)).items}
        assert {space for space, id in thrown.items() if id in listed} == spaces, who
        assert all(viewer.may("restore", listed[thrown[space]]) for space in spaces), who
    async with house.browser("astrid") as browser:
        page = (await browser.get("/bin/")).text
        assert f"/entries/{thrown['torget']}/restore" in page and f"/entries/{thrown['loftet']}/restore" not in page
    for id in thrown.values():
        await actions.restore(mons, id)


async def test_what_others_wrote_in_a_closed_room_is_not_carried_out_by_a_member(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    question, _ = await answered(house, "kontoret")
    async with house.browser("mons") as browser:
        refused = await browser.post(f"/entries/{question}/move", data={"space": "torget"})
        assert refused.status_code == 422 and "Ask an editor or a host" in refused.text
    await actions.move(hedda, question, house.spaces["loftet"])
    with pytest.raises(Invalid):
        await actions.move(mons, question, house.spaces["torget"])
    await actions.move(hedda, question, house.spaces["torget"])
    assert (await queries.entry(await house.viewer("ole"), question)).replies == 1


async def test_moving_into_a_room_can_be_undone_until_somebody_speaks_there(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    question, _ = await answered(house)
    await actions.move(mons, question, house.spaces["kontoret"])
    await actions.move(mons, question, house.spaces["torget"])
    await actions.move(mons, question, house.spaces["kontoret"])
    parent = await queries.entry(hedda, question)
    await actions.post(hedda, "reply", None, Fields(body="Between us."), parent)
    with pytest.raises(Invalid):
        await actions.move(mons, question, house.spaces["torget"])


async def branch(house: House, by: str = "mons", space: str = "torget") -> list[int]:
    """A page, one under it, and one under that."""
    viewer, made = await house.viewer(by), []
    for title in ("Trunk", "Branch", "Twig"):
        parent = await queries.entry(viewer, made[-1]) if made else None
        made.append(await actions.post(viewer, "page", house.spaces[space], Fields(title=title, body="Wood."), parent))
    return made


async def test_a_page_moves_with_the_pages_under_it_and_back_again(house: House) -> None:
    mons, hedda, ole = [await house.viewer(who) for who in ("mons", "hedda", "ole")]
    trunk, bough, twig = await branch(house)
    binned = await actions.post(
        mons, "page", house.spaces["torget"], Fields(title="Leaf"), await queries.entry(mons, bough)
    )
    await actions.trash(mons, binned)
    linking = await actions.post(ole, "page", house.spaces["torget"], Fields(title="Saw", body="[[torget/Twig]]"))
    async with house.browser("mons") as browser:
        empty = (await browser.get(f"/entries/{trunk}/move/")).text
        assert "With the pages under it: 2" in empty and 'method="post" action="/entries/' not in empty
        page = (await browser.get(f"/entries/{trunk}/move/?space=kontoret&below=true")).text
        assert "Pages that move: 3" in page and "Cannot read it any more: 2" in page and "Ole" in page
        assert "link here: 1. Where only members of" in page
        alone = (await browser.get(f"/entries/{trunk}/move/?space=kontoret")).text
        assert "The pages under it stay" in alone and "link here: 0" in alone
        sent = {"space": "kontoret", "below": "true", "mend": "true"}
        assert (await browser.post(f"/entries/{trunk}/move", data=sent)).status_code == 303
        assert "Moved: 3 pages." in (await browser.get("/")).text
    for id in (trunk, bough, twig):
        assert (await queries.entry(mons, id)).space.slug == "kontoret"
        with pytest.raises(NotThere):
            await queries.entry(ole, id)
    assert [each.id for each in await queries.trail(mons, twig)] == [trunk, bough]
    assert (await queries.trashed(mons, binned)).space.slug == "torget", (
        "what is in the bin stays where it was thrown away"
    )
    assert (await queries.entry(ole, linking)).body == "[[torget/Twig]]", "who reads that is not told"
    await actions.move(mons, trunk, house.spaces["torget"], below=True)
    assert [each.id for each in await queries.trail(ole, twig)] == [trunk, bough]
    assert [each.verb for each in await queries.happenings(hedda, twig)][:2] == ["move", "move"]


async def test_pages_of_others_hold_a_branch_back_and_nothing_of_it_moves(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    trunk, bough, _ = await branch(house)
    await actions.post(ole, "page", house.spaces["torget"], Fields(title="Nest"), await queries.entry(ole, bough))
    async with house.browser("mons") as browser:
        assert "you may not move: 1" in (await browser.get(f"/entries/{trunk}/move/?space=kontoret&below=true")).text
        refused = await browser.post(f"/entries/{trunk}/move", data={"space": "kontoret", "below": "true"})
        assert refused.status_code == 422 and "not yours to move" in refused.text
    assert (await queries.entry(mons, trunk)).space.slug == "torget"
    with pytest.raises(NotAllowed):
        await actions.move(ole, trunk, house.spaces["torget"], below=True)


async def test_pages_are_copied_and_lead_to_each_other_as_those_did(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    file = await house.attach("mons", "plan.txt", b"A plan.")
    top = await actions.post(
        mons,
        "page",
        house.spaces["kontoret"],
        Fields(title="Yard", body=f"[[Crane]], [it](/e/0), [plan](/files/{file.id}/plan.txt) `/files/{file.id}/`"),
    )
    parent = await queries.entry(mons, top)
    crane = await actions.post(
        mons,
        "page",
        house.spaces["kontoret"],
        Fields(title="Crane", body=f"In the [[Yard|yard]], at [there](/e/{top}). #lift", tags="steel"),
        parent,
    )
    other = await actions.post(mons, "page", house.spaces["kontoret"], Fields(title="Gate", body="[[Yard]]"))
    async with house.browser("mons") as browser:
        form = (await browser.get(f"/entries/{top}/copy/")).text
        assert "Copy of Yard" in form and "With the pages under it: 1" in form
        sent = {"title": "Yard two", "space": "torget", "below": "true"}
        answer = await browser.post(f"/entries/{top}/copy", data=sent)
        assert answer.status_code == 303
    made = {each.ref.title: each.ref.id for each in await queries.tree(ole, house.spaces["torget"].id)}
    copy, under = await queries.entry(ole, made["Yard two"]), await queries.entry(ole, made["Crane"])
    assert (
        under.parent == copy.id
        and under.author.handle == "mons"
        and under.body == f"In the [[Yard two|yard]], at [there](/e/{copy.id}). #lift"
    )
    assert await queries.form_tags(under.id) == "steel"
    assert {each.id for each in (await queries.links(ole, [copy.id, under.id])).entries.values()} == {copy.id, under.id}
    assert f"/files/{file.id}/plan.txt" not in copy.body and f"`/files/{file.id}/`" in copy.body
    async with house.browser("ole") as browser:
        address = re.search(r"/files/\d+/plan.txt", copy.body)
        assert address and (await browser.get(address[0])).content == b"A plan.", (
            "whoever reads the copy reads its files"
        )
        assert (await browser.get(f"/files/{file.id}/plan.txt")).status_code == 404

    again = await actions.copy(mons, top, house.spaces["kontoret"], "Yard again", below=True)
    beside = await queries.entry(mons, again)
    (child,) = await queries.children(mons, again)
    assert beside.body.startswith(f"[Crane](/e/{child.id}), "), "two are called so there"
    assert {each.id for each in (await queries.links(mons, [other])).entries.values()} == {top}, (
        "and what led to the first one does so"
    )
    assert (await queries.entry(mons, crane)).parent == top
    with pytest.raises(NotAllowed):
        await actions.copy(ole, copy.id, house.spaces["kontoret"], "Mine")


async def test_what_is_in_the_bin_stays_where_it_was_with_what_stands_under_it(house: House) -> None:
    mons, torget = await house.viewer("mons"), house.spaces["torget"]
    trunk, bough, twig = await branch(house)
    await actions.trash(mons, bough)
    assert await actions.move(mons, trunk, house.spaces["kontoret"], below=True) == (trunk,)
    await actions.restore(mons, bough)
    for id in (bough, twig):
        assert (await queries.entry(mons, id)).space.slug == "torget"
    assert [each.id for each in await queries.trail(mons, twig)] == [bough]
    await actions.trash(mons, bough)
    copy = await actions.copy(mons, twig, torget, "Twig two", below=True)
    assert (await queries.entry(mons, copy)).parent is None, "what it stood under is in the bin"
