"""Readers suggest changes; those who may edit let them in, in whole or in part, and nobody else reads them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.portable.leaving import write_house
from export.snapshot import export
from tests.cast import House, how_many, write
from tests.export.test_again import held
from tests.test_pages import is_whole
from web.database import counted_statements, execute, value
from web.entries import actions, queries
from web.entries.actions import Fields, Taking
from web.entries.proposing import Text, proposal
from web.entries.rows import Entry
from web.entries.search import read, search
from web.entries.suggested import Suggestion
from web.entries.writers import written
from web.errors import Conflict, Invalid, NotAllowed, NotThere
from web.kinds import KINDS
from web.people import actions as people_actions
from web.rights import edited_by
from web.urls import url_of

FERRY, TICKET, COFFEE = "The ferry leaves at nine.", "Buy the ticket on board.", "There is coffee in the cafeteria."
BODY = f"{FERRY}\n\n{TICKET}\n\n{COFFEE}\n"
SECRET, BINNED = "kanarihemmelig", "kanarikastet"


async def article(house: House, body: str = BODY, space: str = "torget", kind: str = "article") -> Entry:
    mons = await house.viewer("mons")
    return await queries.entry(mons, await actions.post(mons, kind, house.spaces[space], Fields("Ferries", body)))


async def suggest(house: House, who: str, entry: Entry, body: str, title: str = "", why: str = "It was wrong") -> int:
    viewer = await house.viewer(who)
    now = await queries.entry(viewer, entry.id)
    return await actions.suggest(viewer, entry.id, Fields(title or now.title, body, summary=why), now.revision)


async def seen(house: House, who: str, id: int) -> Suggestion:
    return await queries.suggestion(await house.viewer(who), id)


async def body_of(house: House, entry: Entry) -> str:
    return (await queries.entry(await house.viewer("mons"), entry.id)).body


async def test_a_reader_suggests_and_the_owner_lets_it_in_with_the_readers_name_on_it(house: House) -> None:
    entry = await article(house)
    async with house.browser("ole") as ole, house.browser("mons") as mons:
        page = (await ole.get(url_of(entry))).text
        assert f'href="/entries/{entry.id}/suggest/"' in page and f"/entries/{entry.id}/edit/" not in page
        form = (await ole.get(f"/entries/{entry.id}/suggest/?passage=The+ferry")).text
        assert (
            TICKET in form
            and '<blockquote class="quoted" dir="auto" data-chosen="f-body">The ferry</blockquote>' in form
        )
        sent = {"title": "Ferries", "body": BODY.replace("nine", "ten"), "revision": str(entry.revision)}
        missing = await ole.post(f"/entries/{entry.id}/suggest", data=sent)
        assert missing.status_code == 422 and "leaves at ten" in missing.text, "it is asked why, and nothing is lost"
        looked = await ole.post(f"/entries/{entry.id}/suggest", data={**sent, "look": "true"})
        assert "<p>The ferry leaves at ten.</p>" in looked.text, "it can be looked at without a script"
        await ole.post(f"/entries/{entry.id}/suggest", data={**sent, "summary": "New timetable"})
        assert await body_of(house, entry) == BODY, "nothing has changed yet"
        assert "1 suggestion of yours" in (await ole.get(url_of(entry))).text
        assert "1 suggestion<" in (await mons.get(url_of(entry))).text
        (waits,) = (await queries.suggestions_of(await house.viewer("mons"), entry)).items
        assert "New timetable" in (await mons.get("/suggestions/")).text
        assert "New timetable" in (await mons.get(f"/entries/{entry.id}/suggestions/")).text
        shown = (await mons.get(f"/suggestions/{waits.id}/")).text
        is_whole("a suggestion", shown, "en")
        assert 'name="change-1"' in shown and re.search(r"removed: </span>nine", shown)
        answer = await mons.post(f"/suggestions/{waits.id}/adopt", data={"revision": str(entry.revision)})
        assert answer.status_code == 303 and await body_of(house, entry) == BODY.replace("nine", "ten")
        history = (await mons.get(f"/entries/{entry.id}/history/")).text
        assert re.search(r"/people/ole/.*accepted by.*/people/mons/", history, re.S) and "New timetable" in history
        assert "Accepted" in (await ole.get("/suggestions/mine/")).text
        assert "1 suggestion" not in (await mons.get(url_of(entry))).text
        assert "New timetable" in (await mons.get("/suggestions/decided/")).text
    now = await queries.entry(await house.viewer("mons"), entry.id)
    newest = await queries.revision(await house.viewer("mons"), entry.id, now.revision)
    assert (newest.author.handle, newest.accepted_by) == ("ole", (await house.viewer("mons")).person)
    by = {p.by.author.handle for p in (await written(await house.viewer("mons"), now)).passages if p.by}
    assert by == {"mons"} or by == {"mons", "ole"}
    with pytest.raises(Invalid):
        await actions.adopt(await house.viewer("mons"), waits.id, Taking())


async def test_what_readers_suggest_is_read_by_them_and_by_those_who_may_edit(house: House) -> None:
    entry = await article(house)
    id = await suggest(house, "ole", entry, f"{BODY}\n{SECRET} [[Another page]] #{SECRET} @hedda", why=SECRET)
    assert (await seen(house, "ole", id)).author.handle == "ole" and (await seen(house, "mons", id)).body.count(SECRET)
    for who in ("hedda", "astrid", "gro", None):  # a host does not edit what is its author's
        with pytest.raises(NotThere):
            await seen(house, who, id)  # type: ignore[arg-type]
        async with house.browser(who) as browser:
            for address in (f"/suggestions/{id}/", f"/entries/{entry.id}/suggestions/", "/suggestions/", url_of(entry),
                            f"/entries/{entry.id}/history/", f"/entries/{entry.id}/index.md"):  # fmt: skip
                text = (await browser.get(address)).text
                assert SECRET not in text and "1 suggestion" not in text, (who, address)
    for verb in ("adopt", "decline", "withdraw", "reopen"):
        async with house.browser("hedda") as browser:
            assert (await browser.post(f"/suggestions/{id}/{verb}", data={"reason": "x"})).status_code == 404
    ole = await house.viewer("ole")
    for verb in (actions.adopt(ole, id, Taking()), actions.decline(ole, id, "mine")):
        with pytest.raises(NotAllowed):
            await verb
    with pytest.raises(NotAllowed):
        await actions.withdraw(await house.viewer("mons"), id)
    assert not (await search(await house.viewer("mons"), read(SECRET))).items, "no search finds it"
    assert not await value("SELECT 1 FROM tag WHERE name = {}", SECRET) and not await value(
        "SELECT 1 FROM link WHERE entry = {}", entry.id
    )
    told = await queries.happenings(await house.viewer("hedda"), entry.id)
    assert "suggest" not in {each.verb for each in told}, "that somebody suggested something is between them"


@pytest.mark.parametrize("space", ["torget", "kontoret", "loftet"])
async def test_the_list_of_what_waits_asks_the_rule_of_editing(house: House, space: str) -> None:
    """`edited_by` is the rule of "edit", as a condition."""
    for kind in KINDS:
        entry = await house.entry(space, kind)
        for who in ("astrid", "hedda", "mons", "ole", "gro"):
            viewer = await house.viewer(who)
            sql = "SELECT 1 FROM entry e WHERE e.id = {} AND {}"
            readable = (await queries.entries(viewer, [entry.id])).get(entry.id)
            if readable:
                assert bool(await value(sql, entry.id, edited_by(viewer))) is viewer.may("edit", readable), (kind, who)


async def test_a_guest_suggests_in_their_space_and_loses_it_with_the_space(house: House) -> None:
    entry = await article(house, space="kontoret", kind="page")
    id = await suggest(house, "gro", entry, BODY.replace("nine", "ten"))
    assert (await seen(house, "hedda", id)).author.handle == "gro"
    with pytest.raises(NotThere):
        await seen(house, "ole", id)
    await actions.adopt(await house.viewer("hedda"), id, Taking())
    assert "leaves at ten" in await body_of(house, entry)
    again = await suggest(house, "gro", await queries.entry(await house.viewer("gro"), entry.id), "All new.")
    hedda = await house.viewer("hedda")
    await people_actions.set_role(hedda, house.spaces["kontoret"], "gro", None)
    for each in (id, again):
        with pytest.raises(NotThere):
            await seen(house, "gro", each)
    assert not (await queries.my_suggestions(await house.viewer("gro"))).items
    # Whoever may not come in any more is still credited with what they wrote.
    await actions.adopt(hedda, again, Taking())
    now = await queries.entry(hedda, entry.id)
    assert (await queries.revision(hedda, entry.id, now.revision)).author.handle == "gro"
    await people_actions.add_member((await house.viewer("gro")).person or 0, house.spaces["kontoret"].id, "guest")


async def test_some_of_the_changes_are_taken_and_what_is_made_of_them_is_the_editors(house: House) -> None:
    entry = await article(house)
    better = BODY.replace("nine", "ten").replace("on board", "in advance").replace("coffee", "tea")
    async with house.browser("mons") as mons:
        id = await suggest(house, "ole", entry, better, "Ferries and tea")
        page = (await mons.get(f"/suggestions/{id}/")).text
        assert page.count('type="checkbox"') == 4 and 'name="with_title"' in page
        ticked = {"revision": str(entry.revision), "choosing": "true", "change-2": "true"}
        nothing = await mons.post(f"/suggestions/{id}/adopt", data={"revision": ticked["revision"], "choosing": "true"})
        assert nothing.status_code == 422 and "Tick at least one change" in nothing.text
        assert (await mons.post(f"/suggestions/{id}/adopt", data=ticked)).status_code == 303
        assert await body_of(house, entry) == BODY.replace("on board", "in advance")
        assert (await seen(house, "ole", id)).outcome == "partly"
        now = await queries.entry(await house.viewer("mons"), entry.id)
        id = await suggest(house, "ole", now, now.body.replace("nine", "ten").replace("coffee", "tea"))
        ticked = {"revision": str(now.revision), "choosing": "true", "change-1": "true"}
        form = (await mons.post(f"/suggestions/{id}/edit", data=ticked)).text
        is_whole("worked on", form, "en")
        assert "at ten" in form and "coffee" in form and 'name="change-1"' in form
        made = {**ticked, "made": "true", "title": "Ferries", "body": now.body.replace("nine", "ten sharp")}
        assert (await mons.post(f"/suggestions/{id}/adopt", data=made)).status_code == 303
    texts = await queries.revisions(await house.viewer("mons"), entry.id)
    assert [(each.author.handle, bool(each.accepted_by)) for each in texts[:2]] == [("mons", False), ("ole", True)]
    assert "at ten." in texts[1].body and "ten sharp" in texts[0].body, "each is credited with their own words"
    await actions.reopen(await house.viewer("mons"), id)
    assert "at nine." in await body_of(house, entry), "both are taken out again"
    assert (await seen(house, "ole", id)).outcome is None


async def test_what_was_changed_since_stays_and_what_cannot_be_merged_is_settled(house: House) -> None:
    entry, mons = await article(house), await house.viewer("mons")
    apart = await suggest(house, "ole", entry, BODY.replace("coffee", "tea"))
    same = await suggest(house, "ole", entry, BODY.replace("nine", "ten"), why="Ten")
    await actions.edit(mons, entry.id, Fields("Ferries", BODY.replace("nine", "eight")), entry.revision)
    await actions.adopt(mons, apart, Taking())
    body = await body_of(house, entry)
    assert "eight" in body and "tea" in body
    async with house.browser("mons") as browser:
        page = (await browser.get(f"/suggestions/{same}/")).text
        is_whole("a conflict", page, "en")
        key = re.findall(r'name="(side-\w+)" value="mine"', page)[0]
        assert "&lt;&lt;&lt;&lt;&lt;&lt;&lt; as it stands now" in page
        with pytest.raises(Invalid):
            await actions.adopt(mons, same, Taking())
        assert await body_of(house, entry) == body, "nothing is overwritten"
        now = await queries.entry(mons, entry.id)
        offer = await actions.proposed(mons, await seen(house, "mons", same), now.revision)
        sent = {
            "revision": str(now.revision),
            "made": "true",
            "settling": "true",
            "title": "Ferries",
            "body": offer.then.body,
        }
        open_still = await browser.post(f"/suggestions/{same}/adopt", data=sent)
        assert open_still.status_code == 422 and "still places with two texts" in open_still.text
        assert (await browser.post(f"/suggestions/{same}/adopt", data={**sent, key: "mine"})).status_code == 303
    assert await body_of(house, entry) == body.replace("eight", "ten")
    newest = (await queries.revisions(mons, entry.id))[0]
    assert newest.author.handle == "ole" and newest.accepted_by == mons.person


async def test_somebody_who_saves_while_it_is_decided_loses_nothing(house: House) -> None:
    entry, mons = await article(house), await house.viewer("mons")
    id = await suggest(house, "ole", entry, BODY.replace("nine", "ten"))
    await actions.edit(mons, entry.id, Fields("Ferries", BODY.replace("coffee", "cocoa")), entry.revision)
    await actions.adopt(mons, id, Taking(seen=entry.revision, chosen={1}))
    body = await body_of(house, entry)
    assert "at ten" in body and "cocoa" in body
    clash = await suggest(house, "ole", await queries.entry(mons, entry.id), body.replace("ten", "eleven"))
    saw = (await queries.entry(mons, entry.id)).revision
    await actions.edit(mons, entry.id, Fields("Ferries", body.replace("ten", "twelve"), summary="no"), saw)
    with pytest.raises(Conflict):
        await actions.adopt(mons, clash, Taking(seen=saw, chosen={1}))
    async with house.browser("mons") as browser:
        answer = await browser.post(
            f"/suggestions/{clash}/adopt", data={"revision": saw, "choosing": "true", "change-1": "true"}
        )
        assert answer.status_code == 422 and "changed the text meanwhile" in answer.text
    assert "twelve" in await body_of(house, entry) and (await seen(house, "ole", clash)).outcome is None


async def test_declining_says_why_and_everything_can_be_taken_back(house: House) -> None:
    entry, mons, ole = await article(house), await house.viewer("mons"), await house.viewer("ole")
    id = await suggest(house, "ole", entry, BODY.replace("nine", "ten"))
    async with house.browser("mons") as browser, house.browser("ole") as reader:
        assert (await browser.post(f"/suggestions/{id}/decline", data={"reason": ""})).status_code == 422
        answer = await browser.post(f"/suggestions/{id}/decline", data={"reason": "It was nine all along"})
        assert answer.status_code == 303
        assert "It was nine all along" in (await reader.get(f"/suggestions/{id}/")).text
        assert "It was nine all along" in (await reader.get("/suggestions/mine/")).text
        assert (await reader.post(f"/suggestions/{id}/reopen")).status_code == 403
        assert (await browser.post(f"/suggestions/{id}/reopen")).status_code == 303
    await actions.withdraw(ole, id)
    with pytest.raises(NotThere):
        await queries.suggestion(mons, id)
    await actions.reopen(ole, id)
    await actions.adopt(mons, id, Taking())
    await actions.edit(
        mons,
        entry.id,
        Fields("Ferries", BODY.replace("nine", "noon"), summary="x"),
        (await house_entry(house, entry)).revision,
    )
    with pytest.raises(Invalid):
        await actions.reopen(mons, id)
    with pytest.raises(Invalid):
        await suggest(house, "ole", entry, await body_of(house, entry))


async def house_entry(house: House, entry: Entry) -> Entry:
    return await queries.entry(await house.viewer("mons"), entry.id)


async def test_nobody_elses_files_are_taken_by_what_somebody_suggested(house: House) -> None:
    """Accepting puts in what its writer may use, by the writer's rights."""
    entry, mons = await article(house), await house.viewer("mons")
    private = await house.attach("mons", "private.txt", b"not shared yet")
    own = await house.attach("ole", "own.txt", b"brought along")
    id = await suggest(house, "ole", entry, f"{BODY}\n[a](/files/{private.id}) [b](/files/{own.id})")
    await actions.adopt(mons, id, Taking())
    assert await value("SELECT entry FROM attachment WHERE id = {}", private.id) is None
    assert await value("SELECT entry FROM attachment WHERE id = {}", own.id) == entry.id


async def test_what_is_in_the_bin_or_taken_away_says_nothing_here_either(house: House) -> None:
    entry, hedda, mons = (
        await article(house, f"{BODY}{BINNED}"),
        await house.viewer("hedda"),
        await house.viewer("mons"),
    )
    id = await suggest(house, "ole", entry, f"{BODY}{BINNED}, it says", why=f"about {BINNED}")
    await actions.trash(mons, entry.id)
    for who in ("ole", "mons"):
        with pytest.raises(NotThere):
            await seen(house, who, id)
    await actions.restore(mons, entry.id)
    assert (await seen(house, "ole", id)).outcome is None
    await actions.edit(mons, entry.id, Fields("Ferries", BODY, summary="gone"), entry.revision)
    await actions.redact(hedda, entry.id, entry.revision, "It was a secret")
    assert not await value(
        "SELECT 1 FROM suggestion WHERE body LIKE {} OR summary LIKE {}", f"%{BINNED}%", f"%{BINNED}%"
    )
    gone = await seen(house, "ole", id)
    assert gone.outcome == "gone" and gone.gone
    async with house.browser("ole") as browser:
        page = await browser.get(f"/suggestions/{id}/")
        assert page.status_code == 200 and "Its words are gone" in page.text and BINNED not in page.text
    with pytest.raises(Invalid):
        await actions.reopen(mons, id)
    # What came of one is taken away with it too.
    id = await suggest(house, "ole", entry, f"{BODY}{BINNED} again")
    await actions.adopt(mons, id, Taking())
    adopted = (await house_entry(house, entry)).revision
    await actions.edit(mons, entry.id, Fields("Ferries", BODY, summary="gone"), adopted)
    await actions.redact(hedda, entry.id, adopted)
    assert (await seen(house, "ole", id)).gone and not (await seen(house, "ole", id)).body


async def test_what_was_suggested_in_a_room_is_not_carried_out_of_it(house: House) -> None:
    entry, mons = await article(house, space="kontoret"), await house.viewer("mons")
    id = await suggest(house, "hedda", entry, BODY.replace("nine", "ten"))
    with pytest.raises(Invalid):
        await actions.move(mons, entry.id, house.spaces["torget"])
    await actions.move(await house.viewer("hedda"), entry.id, house.spaces["loftet"])
    assert (await seen(house, "hedda", id)).space.slug == "loftet"
    await actions.turn(mons, entry.id, "page")
    assert (await seen(house, "mons", id)).entry.kind == "page"


async def test_it_is_in_no_copy_and_in_the_folder_of_the_whole_house_alone(house: House, tmp_path: Path) -> None:
    entry = await article(house)
    await suggest(house, "ole", entry, f"{BODY}{SECRET}copied", why=f"{SECRET}copied")
    declined = await suggest(house, "ole", entry, f"{BODY}{SECRET}copied twice")
    await actions.decline(await house.viewer("mons"), declined, f"{SECRET}copied")
    for audience in ("everyone", "person:mons"):
        await export(lambda: house.app, house.settings, audience, tmp_path / audience, history=True)
        await write_house(tmp_path / f"md-{audience}", house.files, audience=audience, older=True)
    await write_house(tmp_path / "whole", house.files)

    def said(folder: str) -> int:
        return sum(
            f"{SECRET}copied".encode() in each.read_bytes() for each in (tmp_path / folder).rglob("*") if each.is_file()
        )

    assert said("whole") == 1
    assert not any(said(f"{start}{audience}") for start in ("", "md-") for audience in ("everyone", "person:mons"))
    lines = b"".join(each.read_bytes() for each in (tmp_path / "md-everyone").rglob("*.jsonl"))
    assert b'"verb":"post"' in lines and b'"suggest"' not in lines


async def test_a_copy_that_is_made_again_says_who_wrote_what_was_let_in(house: House, tmp_path: Path) -> None:
    """Of whoever changed a text, its readers are told, also those who know nobody else."""
    entry, mons = await article(house), await house.viewer("mons")
    await execute("UPDATE space SET public = {} WHERE slug = 'torget'", True)
    for audience in ("public", "everyone"):
        out = tmp_path / audience
        await export(lambda: house.app, house.settings, audience, out, history=True)
        id = await suggest(
            house, "hedda", await house_entry(house, entry), f"{await body_of(house, entry)}\n{audience}.\n"
        )
        await actions.adopt(mons, id, Taking())
        await export(lambda: house.app, house.settings, audience, out, history=True)
        nowhere = replace(house.settings, data=tmp_path / f"data-{audience}")
        await export(lambda: house.app, nowhere, audience, tmp_path / f"{audience}-anew", history=True)
        again, anew = held(out), held(tmp_path / f"{audience}-anew")
        assert [name for name in again.keys() | anew.keys() if again.get(name) != anew.get(name)] == []
        history = (out / "entries" / str(entry.id) / "history" / "index.html").read_text("utf-8")
        assert "godtatt av" in history and "people/hedda/" in history
    await execute("UPDATE space SET public = {} WHERE slug = 'torget'", False)


async def test_programs_do_the_same(house: House) -> None:
    entry = await article(house)
    async with house.program("ole") as ole, house.program("mons") as mons, house.program("hedda") as hedda:
        made = (
            await ole.post(
                f"/api/entries/{entry.id}/suggest",
                json={
                    "revision": entry.revision,
                    "body": BODY.replace("nine", "ten").replace("coffee", "tea"),
                    "summary": "Ten",
                },
            )
        ).json()
        at = f"/api/suggestions/{made['id']}"
        assert made["outcome"] is None and (await hedda.get(at)).status_code == 404
        assert (await mons.get("/api/suggestions")).json()["items"][0]["id"] == made["id"]
        assert (await hedda.get(f"/api/entries/{entry.id}/suggestions")).json()["items"] == []
        assert (await ole.post(f"{at}/adopt", json={})).status_code == 403
        assert (await ole.get(f"{at}/changes")).status_code == 403
        changes = (await mons.get(f"{at}/changes")).json()
        assert [(each["removed"], each["added"]) for each in changes["changes"]] == [
            (FERRY, FERRY.replace("nine", "ten")), (COFFEE, COFFEE.replace("coffee", "tea"))
        ]  # fmt: skip
        adopted = await mons.post(f"{at}/adopt", json={"revision": changes["revision"], "changes": [2]})
        assert adopted.json()["outcome"] == "partly" and "tea" in await body_of(house, entry)
        assert (await mons.post(f"{at}/reopen", json={})).json()["outcome"] is None
        assert await body_of(house, entry) == BODY
        assert (await mons.post(f"{at}/decline", json={"reason": "No"})).json()["reason"] == "No"
        assert (await ole.get("/api/suggestions?what=mine")).json()["items"][0]["outcome"] == "declined"


async def test_a_page_says_so_in_one_more_question_and_is_never_too_old(house: House) -> None:
    entry = await article(house, kind="page")
    async with house.browser("ole") as browser:
        await browser.get("/")  # who asks is known then
        with counted_statements() as asked:
            before = await browser.get(url_of(entry))
        assert how_many(asked) <= 8
        tag = before.headers["etag"]
        await suggest(house, "ole", entry, BODY.replace("nine", "ten"))
        after = await browser.get(url_of(entry), headers={"if-none-match": tag})
        assert after.status_code == 200 and "1 suggestion of yours" in after.text


async def test_nobody_waits_in_the_door_for_ever(house: House) -> None:
    entry = await article(house)
    for n in range(20):
        await suggest(house, "ole", entry, f"{BODY}{n}")
    with pytest.raises(Invalid):
        await suggest(house, "ole", entry, f"{BODY}20")
    await execute("DELETE FROM suggestion WHERE entry = {}", entry.id)


LINES = st.lists(
    st.sampled_from(["a", "b", "c", "", "A sentence that is long enough to be told as moved."]), max_size=8
)


@given(LINES, LINES, st.booleans())
def test_all_changes_together_are_the_text_and_none_of_them_is_what_stands(
    one: list[str], other: list[str], end: bool
) -> None:
    now, then = "\n".join(one), "\n".join(other) + ("\n" if end else "")
    offer = proposal(Text("T", now), Text("T", now), Text("U", then))
    assert offer.taken(offer.numbers, title=True) == Text("U", then)
    if offer.numbers:
        assert offer.taken((), title=False) == Text("T", now)
    halves = [offer.taken([n], title=False).body for n in offer.numbers]
    assert all(set(half.split("\n")) <= {*one, *other, ""} for half in halves)


async def test_hostile_words_are_words(house: House) -> None:
    entry = await article(house)
    evil = '"><script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(1)>'
    id = await suggest(house, "ole", entry, f"{BODY}{evil}", evil[:100], why=evil)
    async with house.browser("mons") as browser:
        for address in (f"/suggestions/{id}/", "/suggestions/", f"/entries/{entry.id}/suggestions/"):
            page = (await browser.get(address)).text
            assert "<script>alert" not in page and "<img src=x" not in page and "&lt;script&gt;" in page, address
    assert await write(house, "mons", "page", "torget", "afterwards")
