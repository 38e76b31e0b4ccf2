"""What a page says of where it comes from: told to the other side when one changes, kept with a draft, taken off and put back, under headings as they
are called now; and what was thanks is thanks again."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.cast import House
from tests.entries.test_gathering import HOW, asked, form_in, paged, put, send
from tests.letterbox import Posted, parts, quiet
from tests.test_notifications import told
from tests.test_telling import later, post, to
from web.database import value
from web.entries import actions, drafts, planning, queries
from web.entries.actions import Fields
from web.entries.headings import renamed
from web.entries.sections import sections
from web.entries.telling import SETTLES
from web.errors import NotAllowed, NotThere


async def change(house: House, by: str, id: int, body: str, *, minor: bool = False) -> None:
    viewer = await house.viewer(by)
    entry = await queries.entry(viewer, id)
    fields = replace(Fields.of(entry, await queries.form_tags(id)), body=body, minor=minor)
    await actions.edit(viewer, id, fields, entry.revision)


# Told to the other side.


async def test_whoever_answers_for_the_page_is_told_once_that_what_was_said_has_changed(house: House) -> None:
    id, answer, _ = await asked(house, "derrick")
    page = await actions.post(await house.viewer("astrid"), "page", house.spaces["torget"], Fields("Derricks", "One."))
    await put(house, "ole", [answer], page)
    assert id not in await told(house, "astrid")
    await change(house, "hedda", answer, f"{HOW} ", minor=True)
    assert id not in await told(house, "astrid"), "small changes are no news"
    await change(house, "hedda", answer, "Pull the plug.")
    await change(house, "hedda", answer, "Pull the red plug.")
    one = (await told(house, "astrid"))[id]
    assert [act.verb for act in one.acts] == ["edit"] and [face.handle for face in one.acts[0].by] == ["hedda"]
    assert (one.reason.name, one.reason.thing, one.reason.called) == ("gathered", answer, "Derricks")
    html = await house.read("/notifications/", "astrid")
    assert "because it goes with “Derricks”, which is yours" in html
    assert "gathered" not in [each.reason.name for each in (await told(house, "ole")).values()], "whoever put it there"
    astrid = await house.viewer("astrid")
    row = await value("SELECT id FROM gathered WHERE source = {}", answer)
    await actions.agree(astrid, page, [row])
    assert id not in await told(house, "astrid"), "somebody has seen it"
    await change(house, "hedda", answer, "Pull them all.")
    assert [act.verb for act in (await told(house, "astrid"))[id].acts] == ["edit"]


async def test_it_is_muted_for_just_that_reason(house: House) -> None:
    id, answer, _ = await asked(house, "gantry")
    page = await actions.post(await house.viewer("astrid"), "page", house.spaces["torget"], Fields("Gantries", "One."))
    await put(house, "ole", [answer], page)
    await change(house, "hedda", answer, "Another.")
    async with house.browser("astrid") as browser:
        page_of_news = (await browser.get("/notifications/")).text
        assert f'name="thing" value="{answer}"' in page_of_news
        await browser.post("/notifications/mute", data={"reason": "gathered", "thing": str(answer)})
        after = (await browser.get("/notifications/")).text
        assert "because it goes with something of yours" in after, "among what is muted"
    assert id not in await told(house, "astrid")
    await actions.mute(await house.viewer("astrid"), "gathered", answer, undo=True)
    assert id in await told(house, "astrid")


async def test_whoever_said_it_is_told_that_the_page_has_changed_and_whoever_tends_a_page_comes_first(
    house: House,
) -> None:
    _, answer, _ = await asked(house, "hoist")
    page = await paged(house, "Hoists")
    await put(house, "ole", [answer], page)
    await actions.tend(await house.viewer("mons"), page, "astrid", 12)
    await change(house, "mons", page, "All of it is new.")
    one = (await told(house, "hedda"))[page]
    assert one.reason.name == "gathered" and one.reason.called == "How to restart hoist"
    await change(house, "hedda", answer, "So is this.")
    talk = (await queries.entry(await house.viewer("mons"), answer)).root
    assert (await told(house, "astrid"))[talk].reason.name == "gathered"
    assert "gathered" not in [each.name for each in (await told(house, "mons"))[talk].reasons]


async def test_nobody_is_told_of_a_side_that_they_may_not_read(house: House) -> None:
    id, _, _ = await asked(house, "davit")
    secret = await paged(house, "Kanaridavit", "loftet")
    ole = await house.viewer("ole")
    said = await actions.post(ole, "reply", None, Fields(body="Grease it."), await queries.entry(ole, id))
    await put(house, "mons", [said], secret)
    await change(house, "mons", secret, "Changed again.")
    assert secret not in await told(house, "ole")
    assert "anaridavit" not in await house.read("/notifications/", "ole")
    await change(house, "ole", said, "Grease it twice.")
    assert (await told(house, "mons"))[id].reasons[0].called == "Kanaridavit", "the other way it is told"
    with pytest.raises(NotThere):
        await queries.entry(ole, secret)


async def test_it_is_told_by_mail_too(posted: Posted) -> None:
    house, _ = posted
    _, answer, _ = await asked(house, "bollard")
    page = await actions.post(await house.viewer("astrid"), "page", house.spaces["torget"], Fields("Bollards", "One."))
    await put(house, "ole", [answer], page)
    await quiet()
    await change(house, "hedda", answer, "Moor twice.")
    with later(SETTLES + 1000):
        (mail,) = to(await post(posted), "astrid")
        plain, html = parts(mail)
        assert all("it goes with “Bollards”, which is yours" in words for words in (plain, html))


# Kept with a draft.


async def test_a_draft_that_is_kept_for_later_keeps_what_it_is_made_of(house: House) -> None:
    id, answer, also = await asked(house, "winch")
    page = await paged(house, "Winches")
    async with house.browser("ole") as browser:
        where = {
            f"also_{answer}": "true",
            f"also_{also}": "true",
            "page": "Winches",
            "target": str(page),
            "section": "1",
        }
        form = form_in((await browser.get(f"/entries/{id}/gather/text/", params=where)).text)
        kept = await browser.post("/drafts", data={**form, "kind": "page"}, headers={"accept": "application/json"})
        draft = kept.json()["draft"]
        again = form_in((await browser.get(f"/entries/{page}/edit/?draft={draft}")).text)
        assert again["also"] == f"{answer} {also}" and again["under"] == "Second" and "gather" in again["action"]
        done = await send(browser, again)
        assert "It stands on the page now" in done.text
    assert await value("SELECT count(*) FROM gathered WHERE page = {} AND section = 'Second'", page) == 2
    assert draft not in [each.id for each in await drafts.of(await house.viewer("ole"))]


async def test_a_new_page_that_is_put_aside_is_credited_when_it_is_shared(house: House) -> None:
    id, answer, _ = await asked(house, "pulley")
    ole = await house.viewer("ole")
    async with house.browser("ole") as browser:
        where = {f"also_{answer}": "true", "space": "torget", "page": "", "target": ""}
        text = (await browser.get(f"/entries/{id}/gather/text/", params=where)).text
        assert "Finish later" in text
        form = form_in(text)
        form.pop("action")
        await browser.post("/drafts", data={**form, "title": "Pulleys"})
    [draft] = [each for each in await drafts.of(ole) if each.title == "Pulleys"]
    page = await planning.share(ole, draft.id)
    assert "From:" in await house.read(f"/e/{page}") and "Pulleys" in await house.read(f"/e/{id}")


# Taken off.


async def test_a_credit_that_no_longer_holds_is_taken_off_put_back_and_told_in_the_history(house: House) -> None:
    _, answer, also = await asked(house, "cleat")
    page = await paged(house, "Cleats")
    await put(house, "ole", [answer, also], page)
    row = await value("SELECT id FROM gathered WHERE source = {}", answer)
    async with house.browser("ole") as browser:
        there = (await browser.get(f"/e/{page}", follow_redirects=True)).text
        assert f'name="row" value="{row}"' in there
        done = await browser.post(f"/entries/{page}/uncredit", data={"row": str(row)}, follow_redirects=True)
        assert "not named there any more" in done.text and f"#entry-{answer}" not in done.text
        assert f"#entry-{also}" in done.text, "the other one stands"
        history = (await browser.get(f"/entries/{page}/history/")).text
        assert "took off from where something in this comes" in history
        back = await send(browser, form_in(done.text, "//div[@class='notice']//form"))
        assert f"#entry-{answer}" in back.text
    assert "said again from where" in await house.read(f"/entries/{page}/history/")
    with pytest.raises(NotAllowed):
        await actions.uncredit(await house.viewer("gro"), house.entries["kontoret", "page"], row)
    with pytest.raises(NotThere):
        await actions.uncredit(await house.viewer("ole"), page, 7)
    await actions.uncredit(await house.viewer("ole"), page, row)
    await put(house, "ole", [answer], page)
    assert await value("SELECT count(*) FROM gathered WHERE page = {} AND dropped_at IS NULL", page) == 2, "once more"


async def test_what_was_taken_off_says_nothing_to_those_who_may_not_read_where_it_came_from(house: House) -> None:
    _, answer, _ = await asked(house, "kanarilock", "kontoret")
    page = await paged(house, "Locks")
    await put(house, "hedda", [answer], page)
    row = await value("SELECT id FROM gathered WHERE source = {}", answer)
    with pytest.raises(NotThere):
        await actions.uncredit(await house.viewer("ole"), page, row)
    await actions.uncredit(await house.viewer("hedda"), page, row)
    assert "took off from where" in await house.read(f"/entries/{page}/history/", "mons")
    assert "took off from where" not in await house.read(f"/entries/{page}/history/", "ole")
    assert "Locks" in await house.read(f"/entries/{page}/history/", "ole")


# Headings.


async def test_a_heading_that_was_renamed_is_followed(house: House) -> None:
    id, answer, _ = await asked(house, "mast")
    page = await paged(house, "Masts")
    await put(house, "ole", [answer], page, section="First")
    assert f"/pages/{page}/masts/#s-first" in await house.read(f"/e/{id}")
    body = (await queries.entry(await house.viewer("mons"), page)).body
    await change(house, "mons", page, body.replace("# First", "# To begin with"), minor=True)
    html = await house.read(f"/e/{id}")
    assert f"/pages/{page}/masts/#s-to-begin-with" in html and "Masts § To begin with" in html
    body = (await queries.entry(await house.viewer("mons"), page)).body
    new = "# Above all\n\nNew.\n\n" + body.replace("# To begin with", "# Before you start")
    await change(house, "mons", page, new)
    assert "#s-before-you-start" in await house.read(f"/e/{id}"), "by what stands under it"


async def test_headings_are_followed_by_place_and_by_words_and_not_by_chance() -> None:
    async def called(old: str, new: str) -> dict[str, str]:
        return {id: each.title for id, each in (await renamed(old, new)).items()}

    old = "# A\n\nOne.\n\n# B\n\nTwo.\n\n# C\n\nThree.\n"
    assert await called(old, old) == {}
    assert await called(old, old.replace("# B", "# Bee")) == {"s-b": "Bee"}
    assert await called(old, "# A\n\nOne.\n\n# C\n\nThree.\n") == {}, "taken away, not renamed"
    assert await called(old, "# A\n\nOne.\n\n# X\n\nNew.\n\n# Y\n\nTwo.\n\n# C\n\nThree.\n") == {"s-b": "Y"}
    assert await called(old, "# A\n\nOne.\n\n# X\n\nNew.\n\n# Y\n\nNewer.\n\n# C\n\nThree.\n") == {}
    assert await called(old, "# B\n\nTwo.\n\n# A\n\nOne.\n\n# C\n\nThree.\n") == {}, "moved: it is there"
    assert len(await sections(old)) == 3


# Led there.


async def test_who_waits_for_an_answer_is_shown_the_section_first(house: House) -> None:
    id, answer, _ = await asked(house, "oxyfuel torch")
    page = await paged(house, "Welding")
    await put(house, "ole", [answer], page, section="Second")
    ole = await house.viewer("ole")
    mine = await actions.post(ole, "question", house.spaces["torget"], Fields("How can I restart the oxyfuel torch?"))
    html = await house.read(f"/e/{mine}", "ole")
    assert f'hx-get="/entries/{mine}/similar/"' in html and f'href="/entries/{mine}/similar/"' in html
    other = await house.read(f"/e/{mine}", "mons")
    assert f'hx-get="/entries/{mine}/similar/"' not in other and f'href="/entries/{mine}/similar/"' in other
    found = await house.read(f"/entries/{mine}/similar/", "ole")
    assert found.index("Welding § Second") < found.index(f"/questions/{id}/")
    assert f"/questions/{mine}/" not in re.sub(r"(?s)<nav.*?</nav>", "", found), "not itself"
    await actions.move(await house.viewer("mons"), page, house.spaces["loftet"])
    assert "Welding" not in await house.read(f"/entries/{mine}/similar/", "ole")
    said = await actions.post(
        await house.viewer("hedda"), "reply", None, Fields(body="So."), await queries.entry(ole, mine)
    )
    await actions.accept(ole, mine, said)
    assert "similar/" not in await house.read(f"/e/{mine}", "ole"), "it has its answer"


# Thanks.


async def test_thanks_that_were_turned_into_something_else_thank_again_when_they_are_turned_back(house: House) -> None:
    mons = await house.viewer("mons")
    id = await actions.post(mons, "micropost", house.spaces["torget"], Fields(body="@ole held the rope", sort="thanks"))
    for kind in ("thread", "idea", "micropost"):
        await actions.turn(mons, id, kind)
    assert (await queries.entry(mons, id)).sort == "thanks"
    assert "held the rope" in await house.read("/people/ole/", "hedda")
    history = await house.read(f"/entries/{id}/history/", "hedda")
    assert "turned this into another kind" in history and "thanks" not in history
    await actions.turn(mons, id, "thread")
    assert (await queries.entry(mons, id)).sort is None
    await change(house, "mons", id, "Nobody held the rope")
    await actions.turn(mons, id, "micropost")
    assert (await queries.entry(mons, id)).sort is None, "nobody is thanked by it any more"
