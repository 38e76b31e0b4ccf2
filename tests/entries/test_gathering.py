"""From talk to text: what is said in a conversation is put into a page, which names those who said it; each side leads to the other, for those who may
read it, and says when it has changed."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest
from lxml.html import fromstring

from tests.cast import House, how_many, write
from web.database import counted_statements, rows, value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed, NotThere
from web.urls import url_of

HOW = "Hold the *green* button for ten seconds."


async def asked(house: House, word: str, space: str = "torget", by: str = "mons") -> tuple[int, int, int]:
    """A question that Mons asked, with an answer that Hedda gave, and a remark of Mons'."""
    mons, hedda = await house.viewer(by), await house.viewer("hedda")
    id = await actions.post(mons, "question", house.spaces[space], Fields(f"How to restart {word}"))
    question = await queries.entry(mons, id)
    answer = await actions.post(hedda, "reply", None, Fields(body=f"{HOW} Says {word}."), question)
    also = await actions.post(mons, "reply", None, Fields(body=f"And mind the {word} lamp."), question)
    await actions.accept(mons, id, answer)
    return id, answer, also


async def paged(
    house: House, title: str, space: str = "torget", body: str = "# First\n\nOne.\n\n# Second\n\nTwo.\n"
) -> int:
    return await actions.post(await house.viewer("mons"), "page", house.spaces[space], Fields(title, body))


async def put(house: House, by: str, ids: list[int], page: int, section: str = "") -> actions.Gathering:
    viewer = await house.viewer(by)
    entry = await queries.entry(viewer, page)
    said = await queries.entries(viewer, ids)
    text = "\n\n".join(said[id].body for id in ids)
    fields = replace(Fields.of(entry, ""), body=f"{entry.body}\n\n{text}\n")
    return await actions.gather(viewer, ids, fields, page=page, base=entry.revision, section=section)


def form_in(html: str, where: str = "//form[contains(@class, 'write')]") -> dict[str, str]:
    """What the form that is written in holds."""
    form = fromstring(html).xpath(where)[0]
    return {
        "action": form.action,
        **{name: value.removeprefix("\n") for name, value in form.fields.items() if value is not None},
    }


async def send(browser: httpx.AsyncClient, form: dict[str, str]) -> httpx.Response:
    form = dict(form)
    return await browser.post(form.pop("action"), data=form, follow_redirects=True)


async def test_an_answer_is_put_into_a_section_worked_on_and_published_without_a_script(house: House) -> None:
    id, answer, also = await asked(house, "kettle")
    page = await paged(house, "Kitchen")
    async with house.browser("ole") as browser:
        assert f"/entries/{answer}/gather/" in (await browser.get(f"/e/{id}", follow_redirects=True)).text
        first = (await browser.get(f"/entries/{id}/gather/")).text
        assert re.search(rf'name="also_{answer}" value="true" checked', first), "the accepted one is ticked"
        assert not re.search(rf'name="also_{also}" value="true" checked', first)
        chosen = {f"also_{answer}": "true", f"also_{also}": "true"}
        nowhere = (await browser.get(f"/entries/{id}/gather/", params={**chosen, "page": "", "space": ""})).text
        assert "Say which page, or in which space a new one." in nowhere and "Say which page" not in first
        wrong = await browser.get(f"/entries/{id}/gather/", params={**chosen, "page": "No such page"})
        assert "There is no page of that name" in wrong.text and "No such page" in wrong.text
        assert re.search(rf'name="also_{also}" value="true" checked', wrong.text), "what was chosen is still chosen"
        second = await browser.get(f"/entries/{id}/gather/", params={**chosen, "page": "kitchen"})
        assert "Last under “Second”" in second.text
        anew = {**chosen, "page": "", "space": "torget", "target": ""}
        begun = (await browser.get(f"/entries/{id}/gather/text/", params=anew)).text
        assert HOW in begun and 'class="similar"' not in begun, "where it comes from is not shown as like it"
        third = await browser.get(
            f"/entries/{id}/gather/text/", params={**chosen, "page": "kitchen", "target": str(page), "section": "0"}
        )
        form = form_in(third.text)
        assert form["body"].startswith(f"# First\n\nOne.\n\n{HOW}") and form["body"].rstrip().endswith("Two.")
        assert (await queries.entry(await house.viewer("ole"), page)).revisions == 1, "nothing is saved yet"
        form["body"] = form["body"].replace("And mind", "Mind")
        done = await send(browser, form)
        assert done.status_code == 200 and "It stands on the page now" in done.text
        assert "From:" in done.text and f"#entry-{answer}" in done.text and ">Hedda</a>, <a" in done.text
        there = (await browser.get(f"/e/{id}", follow_redirects=True)).text
        assert there.count("Kitchen § First") == 3, "once for all of it, and at each answer"
        assert f"/pages/{page}/kitchen/#s-first" in there
    entry = await queries.entry(await house.viewer("mons"), page)
    assert "Mind the kettle lamp" in entry.body and entry.revisions == 2


async def test_a_new_page_is_made_of_a_thread_and_undone_at_once(house: House) -> None:
    id, answer, _ = await asked(house, "toaster")
    async with house.browser("ole") as browser:
        text = await browser.get(
            f"/entries/{answer}/gather/text/",
            params={f"also_{answer}": "true", "space": "torget", "page": "", "target": ""},
        )
        form = form_in(text.text)
        assert form["title"] == "How to restart toaster" and form["body"].startswith(HOW) and "share_at" not in form
        kept = await send(browser, {**form, "title": ""})
        assert kept.status_code == 422 and HOW in kept.text and f'name="also" value="{answer}"' in kept.text
        done = await send(browser, form)
        page = int(re.search(r"/pages/(\d+)/", str(done.url))[1])  # type: ignore[index]
        assert "Lives now in" in await house.read(f"/e/{id}")
        again = await send(browser, form_in(done.text, "//div[@class='notice']//form"))
        assert again.status_code == 200 and "The page is as it was" in again.text
        assert (await browser.get(f"/e/{page}", follow_redirects=True)).status_code == 410
    assert "Lives now in" not in await house.read(f"/e/{id}")
    assert await rows("SELECT id FROM gathered WHERE page = {}", page) == []


async def test_undo_keeps_what_others_changed_since_and_nobody_undoes_for_another(house: House) -> None:
    id, answer, _ = await asked(house, "oven")
    page = await paged(house, "Ovens")
    done = await put(house, "ole", [answer], page)
    hedda = await house.viewer("hedda")
    entry = await queries.entry(hedda, page)
    await actions.edit(hedda, page, replace(Fields.of(entry, ""), body=f"Above all.\n\n{entry.body}"), entry.revision)
    with pytest.raises(Invalid):
        await actions.ungather(hedda, page, done.revision, done.before)
    with pytest.raises(NotThere):
        await actions.ungather(await house.viewer("gro"), page, done.revision, done.before)
    await actions.ungather(await house.viewer("ole"), page, done.revision, done.before)
    after = await queries.entry(hedda, page)
    assert after.body.startswith("Above all.") and HOW not in after.body
    assert "Lives now in" not in await house.read(f"/e/{id}")


async def test_what_changed_meanwhile_is_merged_and_what_cannot_be_is_settled_with_its_credit(house: House) -> None:
    id, answer, _ = await asked(house, "mixer")
    page = await paged(house, "Mixers", body="One line.\n")
    mons = await house.viewer("mons")
    async with house.browser("ole") as browser:
        where = {f"also_{answer}": "true", "page": "Mixers", "target": str(page)}
        form = form_in((await browser.get(f"/entries/{id}/gather/text/", params=where)).text)
        entry = await queries.entry(mons, page)
        await actions.edit(mons, page, replace(Fields.of(entry, ""), body="Another line.\n"), entry.revision)
        clash = await send(browser, {**form, "body": f"My line.\n\n{HOW}"})
        assert clash.status_code == 409 and HOW in clash.text
        settled = await send(browser, {**form_in(clash.text), "body": f"Our line.\n\n{HOW}"})
        assert settled.status_code == 200 and "It stands on the page now" in settled.text
    assert (await queries.entry(mons, page)).body.startswith("Our line.")
    assert "Lives now in" in await house.read(f"/e/{id}")


async def test_each_side_is_told_of_only_to_those_who_may_read_it(house: House) -> None:
    id, answer, _ = await asked(house, "kanarisafe", "kontoret")
    open_page = await paged(house, "Safes for all")
    secret = await paged(house, "Kanarisecret", "loftet")
    await put(house, "hedda", [answer], open_page)
    await put(house, "hedda", [answer], secret)
    page = await house.read(f"/e/{open_page}", "ole")
    assert "Safes for all" in page and "From:" not in page and "kanarisafe" not in re.sub(r"Says.*", "", page)
    assert "From:" in await house.read(f"/e/{open_page}", "mons")
    talk = await house.read(f"/e/{id}", "gro")
    assert "kanarisafe" in talk and "Lives now in" not in talk, "a guest of the closed space reads neither page"
    talk = await house.read(f"/e/{id}", "mons")
    assert "Kanarisecret" in talk and "Safes for all" in talk
    await actions.trash(await house.viewer("mons"), secret)
    assert "Kanarisecret" not in await house.read(f"/e/{id}", "mons")


async def test_what_others_said_in_a_closed_room_is_carried_out_by_those_who_run_it_alone(house: House) -> None:
    _, answer, also = await asked(house, "vault", "kontoret")
    page = await paged(house, "Vaults")
    with pytest.raises(Invalid):
        await put(house, "mons", [answer], page)
    await put(house, "mons", [also], page)
    await put(house, "hedda", [answer], page)
    with pytest.raises(NotThere):
        await actions.gather(await house.viewer("ole"), [answer], Fields("V", "x"), space=house.spaces["torget"])
    async with house.browser("mons") as browser:
        where = {f"also_{also}": "true", "page": "Vaults"}
        seen = (await browser.get(f"/entries/{also}/gather/", params=where)).text
        assert "Can read the page, and not the conversation" in seen and "Ole" in seen
    with pytest.raises(NotAllowed):
        await put(house, "gro", [answer], house.entries["kontoret", "page"])


async def test_when_either_side_changes_the_other_asks_once_whether_it_still_fits(house: House) -> None:
    id, answer, _ = await asked(house, "pump")
    page = await paged(house, "Pumps")
    await put(house, "ole", [answer], page)
    hedda, mons = await house.viewer("hedda"), await house.viewer("mons")
    assert page not in [each.id for each in await queries.outgrown(mons)]
    said = await queries.entry(hedda, answer)
    minor = replace(Fields.of(said, ""), body=f"{said.body} ", minor=True)
    await actions.edit(hedda, answer, minor, said.revision)
    assert "has been changed since" not in await house.read(f"/e/{page}", "mons"), "small changes are not told"
    await actions.edit(
        hedda, answer, Fields(body="Never mind: pull the plug."), (await queries.entry(hedda, answer)).revision
    )
    assert page in [each.id for each in await queries.outgrown(mons)]
    assert "Pumps" in await house.read("/upkeep/changed/", "mons") and "Pumps" not in await house.read(
        "/upkeep/changed/", "ole"
    )
    html = await house.read(f"/e/{page}", "mons")
    assert "What was said there has been changed since" in html
    compared = re.search(rf"/entries/{answer}/history/\d+/\d+/", html)
    assert compared and "pull the plug" in await house.read(compared[0], "mons")
    async with house.browser("mons") as browser:
        fine = await send(browser, form_in(html, "//form[@class='fits']"))
        assert fine.status_code == 200 and "has been changed since" not in fine.text
    assert page not in [each.id for each in await queries.outgrown(mons)]
    entry = await queries.entry(mons, page)
    await actions.edit(mons, page, replace(Fields.of(entry, ""), body="All is new.\n"), entry.revision)
    assert "The page has been changed since" in await house.read(f"/e/{id}", "hedda")
    assert "The page has been changed since" not in await house.read(f"/e/{id}", "gro")
    assert answer in [each.id for each in await queries.outgrown(hedda)]
    row = await value("SELECT id FROM gathered WHERE source = {}", answer)
    with pytest.raises(NotAllowed):
        await actions.agree(await house.viewer("ole"), answer, [row])
    await actions.agree(hedda, answer, [row])
    assert "The page has been changed since" not in await house.read(f"/e/{id}", "hedda")


async def test_who_asks_the_same_is_led_to_the_page_first(house: House) -> None:
    id, answer, _ = await asked(house, "dehumidifier")
    page = await paged(house, "Damp")
    done = await put(house, "ole", [answer], page, section="Second")
    assert done.page == page
    found = await house.read("/similar/?kind=question&title=how+to+restart+dehumidifier", "ole")
    assert found.index("Damp § Second") < found.index(f"/questions/{id}/")
    async with house.browser("ole") as browser:
        led = await browser.post(f"/entries/{id}/meet", data={"title": "restart dehumidifier", "kind": "question"})
        assert led.headers["location"] == f"/pages/{page}/damp/#s-second"
    async with house.program("ole") as program:
        item = (await program.get("/api/similar", params={"title": "restart dehumidifier"})).json()["items"][0]
        assert item["lives_in"] == {
            "page": page,
            "section": "Second",
            "url": f"http://dugnad.test/pages/{page}/damp/#s-second",
        }
    await actions.move(await house.viewer("mons"), page, house.spaces["loftet"])
    assert "Damp" not in await house.read("/similar/?kind=question&title=how+to+restart+dehumidifier", "ole")


async def test_links_follow_a_page_that_is_renamed_and_a_reply_that_is_split_off(house: House) -> None:
    id, answer, _ = await asked(house, "fan")
    page = await paged(house, "Fans")
    await put(house, "ole", [answer], page)
    mons = await house.viewer("mons")
    entry = await queries.entry(mons, page)
    await actions.edit(mons, page, replace(Fields.of(entry, ""), title="Blowers"), entry.revision)
    assert f"/pages/{page}/blowers/" in await house.read(f"/e/{id}")
    await actions.split(mons, answer, "thread", "Its own talk")
    html = await house.read(f"/e/{page}")
    assert f"/threads/{answer}/its-own-talk/" in html and "Its own talk" in html
    assert "Blowers" in await house.read(f"/e/{answer}")
    await actions.trash(await house.viewer("astrid"), answer)
    assert "Its own talk" not in await house.read(f"/e/{page}")


async def test_a_program_puts_an_answer_into_a_page(house: House) -> None:
    id, answer, _ = await asked(house, "drill")
    page = await paged(house, "Drills")
    async with house.program("ole") as program:
        made = await program.post(f"/api/entries/{id}/gather", json={"replies": [answer], "page": page, "section": 1})
        assert made.status_code == 200, made.text
        assert made.json()["section"] == "Second" and made.json()["page"] == page
        none = await program.post(f"/api/entries/{id}/gather", json={"replies": [], "page": page})
        assert none.status_code == 422
    assert (await queries.entry(await house.viewer("mons"), page)).body.endswith(f"Two.\n\n{HOW} Says drill.\n")


async def test_it_costs_no_page_a_query(house: House) -> None:
    id, answer, also = await asked(house, "lathe")
    page = await paged(house, "Lathes")

    async def asks(address: str) -> int:
        async with house.browser("mons") as browser:
            await browser.get(address)
            house.app.state.pages.clear()
            with counted_statements() as counted:
                assert (await browser.get(address)).status_code == 200
        return how_many(counted)

    viewer = await house.viewer("mons")
    addresses = [url_of(await queries.entry(viewer, each)) for each in (id, page)]
    before = [await asks(each) for each in addresses]
    await put(house, "mons", [id, answer, also], page)
    assert [await asks(each) for each in addresses] == before, before
    assert all(each <= 8 for each in before)


async def test_two_at_once_put_the_same_answer_into_the_same_page_once(house: House) -> None:
    import asyncio

    _, answer, _ = await asked(house, "anvil")
    page = await paged(house, "Anvils")
    await asyncio.gather(put(house, "mons", [answer], page), put(house, "ole", [answer], page))
    assert await value("SELECT count(*) FROM gathered WHERE page = {}", page) == 1
    assert await write(house, "mons", "page", "torget", "after")
