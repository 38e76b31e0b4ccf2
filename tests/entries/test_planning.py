"""What is shared at a time: nobody else's until then, there once, by whoever might still share it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from export.snapshot import export
from tests.cast import House
from web.database import execute, now, row, rows, value
from web.entries import actions, drafts, planning, queries
from web.errors import Invalid, NotAllowed, NotThere
from web.people import actions as people_actions
from web.people import skills
from web.policy import Placed, Viewer
from web.times import DAY, HOUR, MINUTE, on_the_clock, zone_named

SOON = HOUR


async def begun(house: House, word: str, by: str = "mons", space: str = "torget", **more: str) -> int:
    form = {"kind": "article", "space": space, "title": f"Title {word}", "body": f"Body of {word}, @ole. #about{word}"}
    id = await drafts.keep(await house.viewer(by), {**form, **more})
    assert id
    return id


async def planned(house: House, word: str, by: str = "mons", **more: str) -> int:
    id = await begun(house, word, by, **more)
    await planning.plan(await house.viewer(by), id, now() + SOON)
    return id


async def time_passes(id: int) -> None:
    """The time of a draft has come, and nobody has typed in it lately."""
    await execute("UPDATE draft SET share_at = {}, updated_at = {} WHERE id = {}", now() - 1, now() - DAY, id)


async def shared(word: str) -> int | None:
    return await value("SELECT id FROM entry WHERE title = {}", f"Title {word}")


EVERYWHERE = (
    "/", "/articles/", "/followed/", "/changes/", "/titles/t/", "/people/mons/", "/spaces/torget/", "/tags/", "/search/?q=kanariplan", "/feed.atom", "/articles/feed.atom",
    "/people/mons/feed.atom", "/complete/?what=page&q=Title kanariplan", "/similar/?title=Title kanariplan", "/drafts/", "/upkeep/", "/files/",
)  # fmt: skip


async def test_until_its_time_it_is_nowhere_and_then_it_is_everywhere(house: House, tmp_path: Path) -> None:
    id = await planned(house, "kanariplan")
    linking = await actions.post(
        await house.viewer("ole"),
        "page",
        house.spaces["torget"],
        actions.Fields("Linking", "See [[Title kanariplan]]."),
    )
    await planning.settle_due()
    assert await shared("kanariplan") is None
    async with house.browser("ole") as ole, house.browser("astrid") as astrid:
        for browser in (ole, astrid):
            for address in (*EVERYWHERE, f"/drafts/{id}/", f"/new/article/?draft={id}"):
                said = (
                    (await browser.get(address)).text.replace("Title kanariplan&#39;", "").replace("q=kanariplan", "")
                )
                assert "Body of kanariplan" not in said, address
            assert (await browser.get(f"/drafts/{id}/")).status_code == 404
            assert (await browser.post(f"/drafts/{id}/share")).status_code == 404
            assert (await browser.post(f"/drafts/{id}/plan", data={"share_at": ""})).status_code == 404
    out = tmp_path / "before"
    await export(lambda: house.app, house.settings, "person:mons", out, language="en")
    assert not [path for path in out.rglob("*") if path.is_file() and b"Body of kanariplan" in path.read_bytes()]
    await time_passes(id)
    before = now()
    await planning.settle_due()
    entry = await queries.entry(await house.viewer("ole"), await shared("kanariplan") or 0)
    assert before <= entry.created_at <= now() and entry.author.handle == "mons"
    mentioned = "SELECT count(*) FROM event WHERE entry = {} AND verb = 'mention' AND person = {}"
    assert await value(mentioned, entry.id, (await house.viewer("ole")).me) == 1
    assert [each.id for each in (await queries.around(await house.viewer("ole"), entry.id)).linking] == [linking]
    async with house.browser("ole") as browser:
        for address in ("/", "/articles/", "/changes/", "/search/?q=kanariplan", "/feed.atom", "/followed/"):
            assert f"/{entry.id}" in (await browser.get(address)).text, address
    async with house.browser("mons") as browser:
        assert "kanariplan" not in (await browser.get("/drafts/")).text


async def test_a_question_is_put_to_those_who_know_once_it_is_shared(house: House) -> None:
    await skills.say(await house.viewer("ole"), "ankerkjetting", "ask")
    await skills.say(await house.viewer("hedda"), "ankerkjetting", "ask")
    asks = {"kind": "question", "tags": "ankerkjetting"}
    mons = await house.viewer("mons")

    async def told(word: str, name: str) -> bool:
        found = await queries.notifications(await house.viewer(name))
        return await shared(word) in {each.entry.id for each in found if each.reason.name == "knows"}

    id, unasked = await planned(house, "later", **asks, put_to="true"), await planned(house, "unasked", **asks)
    draft = await drafts.draft(mons, id)
    assert (
        draft.form()["put_to"] == "true"
        and "checked"
        in (await house.read(f"/new/question/?draft={id}", "mons")).partition('name="put_to"')[2].partition(">")[0]
    ), "it is chosen still"
    assert not await value("SELECT count(*) FROM event WHERE verb = 'put_to'"), "until then nobody hears of it"
    for each in (id, unasked):
        await time_passes(each)
    await planning.settle_due()
    assert await shared("later") and await shared("unasked")
    assert await told("later", "hedda") and not await told("unasked", "hedda")
    assert not await told("later", "ole"), "who is mentioned is told of that"
    at_once = await planned(house, "atonce", **asks, put_to="true")
    async with house.browser("mons") as browser:
        assert (await browser.post(f"/drafts/{at_once}/share")).status_code == 303
    assert await told("atonce", "hedda")
    page = await planned(house, "pageplan", put_to="true")
    await time_passes(page)
    await planning.settle_due()
    assert await shared("pageplan"), "of what asks nothing nobody is asked"


async def test_it_is_shared_once_however_many_look_at_the_clock(house: House) -> None:
    ids = [await planned(house, f"once{number}") for number in range(3)]
    for id in ids:
        await time_passes(id)
    await asyncio.gather(*(planning.settle_due() for _ in range(5)))
    await planning.settle_due()
    for number in range(3):
        assert await value("SELECT count(*) FROM entry WHERE title = {}", f"Title once{number}") == 1


async def test_whoever_may_no_longer_write_there_keeps_the_draft_and_is_told(house: House) -> None:
    ole = await house.viewer("ole")
    kontoret = house.spaces["kontoret"]
    await people_actions.add_member(ole.me, kontoret.id, "member")
    id, other = await planned(house, "leaving", "ole", space="kontoret"), await planned(house, "other")
    await people_actions.leave(await house.viewer("ole"), kontoret)
    await time_passes(id)
    await time_passes(other)
    await planning.settle_due(mail=True)
    await planning.settle_due(mail=True)
    assert await shared("leaving") is None and await shared("other")
    assert await rows("SELECT about, address, secret FROM letter") == [
        {"about": "missed", "address": "ole@dugnad.test", "secret": str(id)}
    ]
    assert (await drafts.draft(ole, id)).failed == "rights"
    async with house.browser("ole") as browser:
        page = (await browser.get("/drafts/")).text
        assert "It was not shared on" in page and "You may no longer write where it was to go." in page
        assert (await browser.post(f"/drafts/{id}/share")).status_code == 422
    await planning.settle_due()
    assert await shared("leaving") is None
    await drafts.drop(ole, id)


async def test_whoever_is_typing_is_not_interrupted_and_what_is_typed_afterwards_changes_what_was_shared(
    house: House,
) -> None:
    id = await planned(house, "typing")
    await execute("UPDATE draft SET share_at = {} WHERE id = {}", now() - 1, id)
    await planning.settle_due()
    assert await shared("typing") is None
    await time_passes(id)
    await planning.settle_due()
    made = await shared("typing")
    assert made
    form = {"kind": "article", "space": "torget", "title": "Title typing", "body": "Typed on.", "draft": str(id)}
    async with house.browser("mons") as browser:
        answer = await browser.post("/entries", data=form)
        assert answer.status_code == 422 and "It was shared meanwhile" in answer.text and "Typed on." in answer.text
        kept = await browser.post("/drafts", data=form, headers={"accept": "application/json"})
        assert kept.json() == {"draft": id}
        draft = await drafts.draft(await house.viewer("mons"), id)
        assert (draft.entry, draft.base) == (made, (await queries.entry(await house.viewer("mons"), made)).revision)
    assert await value("SELECT count(*) FROM entry WHERE title = 'Title typing'") == 1


async def test_it_is_planned_changed_shared_at_once_or_left_by_forms_alone(house: House) -> None:
    form = {
        "kind": "article",
        "space": "torget",
        "title": "Title by forms",
        "body": "Of an article.",
        "lead": "In short.",
    }
    zone = zone_named(house.settings.zone)
    then, end = on_the_clock(now() + DAY, zone), on_the_clock(now() + 2 * DAY, zone)
    async with house.browser("mons") as browser:
        assert "Share it at a time" in (await browser.get("/new/article/")).text
        assert "Share it at a time" in (await browser.get("/new/micropost/")).text
        for wrong in (
            {"share_at": ""},
            {"share_at": "soon"},
            {"share_at": "2020-01-01T09:00"},
            {"share_at": then, "hide_at": then},
            {"share_at": "9999-12-31T23:59"},
        ):
            answer = await browser.post("/drafts/plan", data={**form, **wrong})
            assert answer.status_code == 422 and "Of an article." in answer.text, wrong
            assert "aria-invalid" in answer.text and (wrong["share_at"] in answer.text), wrong
        empty = await browser.post("/drafts/plan", data={**form, "body": "", "share_at": then})
        assert empty.status_code == 422 and "This cannot be empty." in empty.text
        nothing = await browser.post("/drafts/plan", data={"kind": "article", "share_at": then})
        assert nothing.status_code == 422 and "This cannot be empty." in nothing.text
        for each in await drafts.of(await house.viewer("mons")):
            await drafts.drop(await house.viewer("mons"), each.id)
        assert (await browser.post("/drafts/plan", data={**form, "share_at": then, "hide_at": end})).status_code == 303
        [draft] = await drafts.of(await house.viewer("mons"))
        page = (await browser.get("/drafts/")).text
        assert "It is shared on" in page and "Not after all" in page
        assert f'value="{then}"' in (await browser.get(f"/drafts/{draft.id}/")).text
        assert f'value="{end}"' in (await browser.get(f"/new/article/?draft={draft.id}")).text
        later = on_the_clock(now() + 3 * DAY, zone)
        wrong = await browser.post(f"/drafts/{draft.id}/plan", data={"share_at": later, "hide_at": end})
        assert wrong.status_code == 422 and later in wrong.text
        await browser.post(f"/drafts/{draft.id}/plan", data={"share_at": then})
        await browser.post(f"/drafts/{draft.id}/plan", data={"share_at": ""})
        assert (await drafts.draft(await house.viewer("mons"), draft.id)).share_at is None
        await browser.post(f"/drafts/{draft.id}/plan", data={"share_at": then, "hide_at": end})
        answer = await browser.post("/entries", data={**form, "draft": str(draft.id)})
        assert answer.status_code == 303 and await drafts.of(await house.viewer("mons")) == ()
        id = await shared("by forms")
        assert await value("SELECT hide_at FROM entry WHERE id = {}", id)
        assert "It goes into the bin on" in (await browser.get(f"/e/{id}", follow_redirects=True)).text
        early = {**form, "title": "Title early", "share_at": then}
        assert (await browser.post("/entries", data=early)).headers["location"] == "/drafts/"
        assert await shared("early") is None, "Enter in the field presses another button than was meant"
        kept = await begun(house, "at once")
        assert (await browser.post(f"/drafts/{kept}/share")).status_code == 303 and await shared("at once")
    async with house.browser("ole") as browser:
        assert "It goes into the bin on" not in (await browser.get(f"/e/{id}", follow_redirects=True)).text


async def test_at_its_end_it_goes_into_the_bin_and_can_be_taken_out_again(house: House) -> None:
    mons, hedda = await house.viewer("mons"), await house.viewer("hedda")
    id = await planned(house, "ending")
    await planning.plan(mons, id, now() + SOON, now() + DAY)
    await time_passes(id)
    await planning.settle_due()
    made = await shared("ending") or 0
    reply = await actions.post(hedda, "reply", None, actions.Fields(body="Well said."), await queries.entry(mons, made))
    with pytest.raises(NotAllowed):
        await planning.hide(await house.viewer("ole"), made, now() + DAY)
    with pytest.raises(Invalid):
        await planning.hide(mons, made, now() - MINUTE)
    await execute("UPDATE entry SET hide_at = {} WHERE id = {}", now() - 1, made)
    await asyncio.gather(*(planning.settle_due() for _ in range(3)))
    for gone in (made, reply):
        with pytest.raises(NotThere):
            await queries.entry(mons, gone)
    assert await value("SELECT count(*) FROM event WHERE entry = {} AND verb = 'trash'", made) == 1
    await actions.restore(mons, made)
    await planning.settle_due()
    assert (await queries.entry(mons, reply)).body == "Well said."
    assert (await row("SELECT hide_at, hide_by FROM entry WHERE id = {}", made)) == {"hide_at": None, "hide_by": None}
    async with house.browser("mons") as browser:
        then = on_the_clock(now() + DAY, zone_named(house.settings.zone))
        assert (await browser.post(f"/entries/{made}/hide", data={"at": "never"})).status_code == 422
        assert (await browser.post(f"/entries/{made}/hide", data={"at": then})).status_code == 303
        assert f'value="{then}"' in (await browser.get(f"/entries/{made}/trash/")).text
        assert (await browser.post(f"/entries/{made}/hide")).status_code == 303
    assert await value("SELECT hide_at FROM entry WHERE id = {}", made) is None


async def test_what_ends_does_so_when_whoever_said_it_has_left(house: House) -> None:
    id = await actions.post(
        await house.viewer("hedda"), "article", house.spaces["loftet"], actions.Fields("Title left", "Words.")
    )
    await planning.hide(await house.viewer("hedda"), id, now() + DAY)
    await execute("UPDATE entry SET hide_at = {} WHERE id = {}", now() - 1, id)
    await execute("UPDATE person SET active = {} WHERE handle = 'hedda'", False)
    await planning.settle_due()
    await execute("UPDATE person SET active = {} WHERE handle = 'hedda'", True)
    assert await value("SELECT trashed_at FROM entry WHERE id = {}", id)


async def test_what_was_thrown_away_or_changes_something_is_not_shared(house: House) -> None:
    mons = await house.viewer("mons")
    id = await planned(house, "thrown")
    await drafts.drop(mons, id)
    await time_passes(id)
    await planning.settle_due()
    await drafts.drop(mons, id, back=True)
    assert await shared("thrown") is None and (await drafts.draft(mons, id)).share_at is None
    page = await house.entry("torget", "page")
    change = await drafts.keep(
        mons, {"kind": "page", "entry": str(page.id), "revision": str(page.revision), "body": "X"}
    )
    with pytest.raises(Invalid):
        await planning.plan(mons, change or 0, now() + DAY)
    with pytest.raises(Invalid):
        await planning.share(mons, change or 0)
    closed = await begun(house, "closed", "ole", space="kontoret")
    with pytest.raises(Invalid):
        await planning.plan(await house.viewer("ole"), closed, now() + DAY)


async def test_a_moment_without_a_database_puts_it_off_and_what_is_wrong_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = await planned(house, "broken"), await planned(house, "after it")
    done = planning.actions.post

    async def broken(viewer: Viewer, kind: str, space: Placed, fields: actions.Fields, *more: object) -> int:
        if fields.title == "Title broken":
            raise OSError("away")
        return await done(viewer, kind, space, fields, *more)  # type: ignore[arg-type]

    for id in (bad, good):
        await time_passes(id)
    monkeypatch.setattr(planning.actions, "post", broken)
    await planning.settle_due()
    assert await shared("after it") and (await drafts.draft(await house.viewer("mons"), bad)).failed == ""
    await execute("UPDATE draft SET share_at = {}, updated_at = 0 WHERE id = {}", now() - 2 * HOUR, bad)
    await planning.settle_due()
    assert (await drafts.draft(await house.viewer("mons"), bad)).failed == "ended"
    monkeypatch.undo()
    assert await planning.share(await house.viewer("mons"), bad)
