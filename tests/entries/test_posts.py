"""What goes with what is said in ten seconds: going on as an article, passing on, thanking, putting on top; and what tags are called."""

from __future__ import annotations

import re

import pytest

from tests.cast import House
from web.database import now, value
from web.entries import actions, drafts, planning, queries
from web.entries.actions import Fields
from web.errors import Invalid, NotAllowed, NotThere
from web.kinds import QUICK
from web.times import DAY


async def say(house: House, body: str, space: str = "torget", by: str = "mons", **more: str) -> int:
    return await actions.post(await house.viewer(by), "micropost", house.spaces[space], Fields(body=body, **more))  # type: ignore[arg-type]


async def test_what_is_too_long_goes_on_as_an_article_with_all_that_was_typed(house: House) -> None:
    body = "A long story. " * 50
    form = {
        "kind": "micropost",
        "space": "kontoret",
        "body": body,
        "tags": "one two",
        "lang": "nb",
        "draft": "77",
        "share_at": "2035-01-01T10:00",
        "choices": "a\nb",
    }
    async with house.browser("mons") as browser:
        refused = await browser.post("/entries/", data={**form, "share_at": ""})
        assert refused.status_code == 422 and body.strip() in refused.text
        button = re.search(r'<p class="goes-on" data-goes-on>[^<]*<button[^>]* formaction="([^"]+)"', refused.text)
        assert button and button[1] == "/new/article/"
        went = (await browser.post(button[1], data=form)).text
        assert 'name="kind" value="article"' in went and body.strip() in went
        for name in ("tags", "draft", "share_at"):
            assert re.search(rf'name="{name}"[^>]* value="{form[name]}"', went), name
        assert re.search(r'<option value="kontoret"[^>]* selected', went) and re.search(
            r'<option value="nb" selected', went
        )
        assert '<input type="hidden" name="choices" value="a\nb">' in went, "and back again nothing is lost"
        short = (await browser.get("/new/")).text
        assert re.search(r"data-goes-on hidden", short)


async def test_passing_on_is_a_post_of_ones_own_and_takes_back(house: House) -> None:
    said = await say(house, "kanarisagt: the coffee machine works again")
    async with house.browser("ole") as ole:
        assert "kanarisagt" in (await ole.get(f"/entries/{said}/quote/")).text
        long = await ole.post(f"/entries/{said}/quote", data={"space": "torget", "body": "x" * 499})
        assert long.status_code == 422 and "x" * 499 in long.text
        at = (await ole.post(f"/entries/{said}/quote", data={"space": "torget", "body": "Good news"})).headers[
            "location"
        ]
        page = (await ole.get(at)).text
        assert "Good news" in page and 'class="embed"' in page and "kanarisagt" in page
        assert "![[" not in page and (await queries.entry(await house.viewer("ole"), said)).recommend == 1
        stream = (await ole.get("/")).text
        assert re.search(r'class="card quoting".*?kanarisagt', stream, re.S) and "![[" not in stream
        undo = re.search(r'action="(/entries/\d+/trash)"', page)
        assert undo
        await ole.post(undo[1], data={})
        assert (await ole.get(at)).status_code == 410
        await ole.post(f"/entries/{said}/recommend", data={"undo": "true"})
        assert (await queries.entry(await house.viewer("ole"), said)).recommend == 0


async def test_nothing_is_shown_of_what_a_reader_may_not_read(house: House) -> None:
    secret = await say(house, "kanarihemmelig words", "loftet")
    made = await actions.quote(await house.viewer("hedda"), secret, house.spaces["torget"], Fields(body="Look at this"))
    assert "kanarihemmelig" in await house.read(f"/e/{made}", "mons") and "kanarihemmelig" in await house.read(
        "/", "mons"
    )
    for address in (f"/e/{made}", "/", f"/entries/{made}/history/"):
        seen = await house.read(address, "ole")
        assert "kanarihemmelig" not in seen and f"/{secret}/" not in seen, address
    assert "Look at this" in await house.read(f"/e/{made}", "ole")
    with pytest.raises(NotThere):
        await actions.quote(await house.viewer("ole"), secret, house.spaces["torget"], Fields(body="x"))
    with pytest.raises(NotAllowed):
        await actions.quote(
            await house.viewer("gro"), house.entries["kontoret", "page"], house.spaces["kontoret"], Fields(body="x")
        )


async def test_thanks_name_somebody_and_stand_on_their_page_for_those_who_may_read_them(house: House) -> None:
    with pytest.raises(Invalid, match="whom"):
        await say(house, "Thanks to all", sort="thanks")
    with pytest.raises(Invalid, match="whom"):
        await say(house, "Thanks to me @mons", sort="thanks")
    open_, hidden = (
        await say(house, "kanaritakk @ole for the cake", sort="thanks"),
        await say(house, "kanaristille @ole for the tip", "loftet", sort="thanks"),
    )
    page = await house.read("/people/ole/", "hedda")
    assert "Thanks to Ole" in page and "kanaritakk" in page and "kanaristille" in page
    assert '<span class="chip">Thanks</span>' in (await house.read(f"/e/{open_}", "ole")).partition('class="prose"')[0]
    for who in ("ole", "astrid"):
        page = await house.read("/people/ole/", who)
        assert "kanaritakk" in page and "kanaristille" not in page
    async with house.browser("ole") as browser:
        assert "kanaritakk" in (await browser.get("/followed/")).text, "they are told"
    assert "Thanks to Mons" not in await house.read("/people/mons/", "ole")
    await actions.turn(await house.viewer("mons"), open_, "thread", "About cake")
    assert (await queries.entry(await house.viewer("ole"), open_)).sort is None and hidden


async def test_what_one_wrote_stands_on_top_of_ones_page(house: House) -> None:
    mons = await house.viewer("mons")
    ids = [await say(house, f"kanaritopp{number} here", "loftet" if number == 0 else "torget") for number in range(6)]
    for id in ids[:5]:
        await actions.feature(mons, id)
    await actions.feature(mons, ids[0])
    with pytest.raises(Invalid):
        await actions.feature(mons, ids[5])
    top = (await house.read("/people/mons/", "ole")).split("Written by")[0]
    assert "kanaritopp1" in top and "kanaritopp0" not in top
    assert "kanaritopp0" in (await house.read("/people/mons/", "hedda")).split("Written by")[0]
    with pytest.raises(NotAllowed):
        await actions.feature(await house.viewer("ole"), ids[1])
    await actions.feature(mons, ids[1], undo=True)
    assert "kanaritopp1" not in (await house.read("/people/mons/", "ole")).split("Written by")[0]


async def test_it_can_be_said_at_a_time_and_what_was_edited_leads_to_its_history(house: House) -> None:
    mons = await house.viewer("mons")
    form = {"kind": QUICK.name, "space": "torget", "body": "kanarisenere", "title": ""}
    async with house.browser("mons") as browser:
        assert 'name="share_at"' in (await browser.get("/new/")).text
        answer = await browser.post("/entries/", data={**form, "share_at": "2035-01-01T10:00"})
        assert answer.headers["location"] == "/drafts/"
    assert "kanarisenere" not in await house.read("/", "ole")
    draft = (await drafts.of(mons))[0]
    await planning.plan(mons, draft.id, now() + DAY)
    id = await planning.share(mons, draft.id)
    assert "kanarisenere" in await house.read("/", "ole")
    entry = await queries.entry(mons, id)
    await actions.edit(mons, id, Fields(body="Something else entirely, said anew"), entry.revision)
    assert re.search(rf'<a href="/entries/{id}/history/">edited</a>', await house.read("/", "ole"))


async def test_a_tag_says_what_it_is_about_and_other_words_mean_it(house: House) -> None:
    old, both = await say(house, "Some #coffee"), await say(house, "#Coffee and #kaffe")
    new = await say(house, "Good #kaffe")
    ole, astrid = await house.viewer("ole"), await house.viewer("astrid")
    tag = await queries.tag(ole, "kaffe")
    await actions.describe(ole, tag, "All about coffee")
    assert "All about coffee" in await house.read("/tags/kaffe/", "ole")
    with pytest.raises(NotAllowed):
        await actions.describe(await house.viewer("gro"), tag, "x")
    with pytest.raises(NotAllowed):
        await actions.synonym(ole, tag, "coffee")
    await actions.synonym(astrid, tag, "#Coffee")
    later = await say(house, "More #COFFEE", tags="kaffe")
    listed = await queries.stream(ole, queries.Filter(tag="kaffe"))
    assert {old, both, new, later} <= {each.id for each in listed.items}
    assert await value("SELECT count(*) FROM tagging WHERE entry IN ({}, {})", both, later) == 2, "each once"
    async with house.browser("ole") as browser:
        answer = await browser.get("/tags/coffee/")
        assert answer.status_code == 301 and answer.headers["location"] == "/tags/kaffe/"
        page = (await browser.get("/tags/kaffe/")).text
        assert "#coffee" in page and "/tags/kaffe/synonym" not in page
        assert (await browser.post("/tags/kaffe/synonym", data={"word": "java"})).status_code == 403
    async with house.browser("astrid") as browser:
        for wrong in ("kaffe", "", "mal"):
            assert (await browser.post("/tags/kaffe/synonym", data={"word": wrong})).status_code == 422, wrong
        assert (await browser.post("/tags/kaffe/describe", data={"about": "x" * 400})).status_code == 422
        await browser.post("/tags/kaffe/synonym", data={"word": "coffee", "undo": "true"})
    await say(house, "Again #coffee")
    async with house.browser("ole") as browser:
        assert (await browser.get("/tags/coffee/")).status_code == 200


async def test_other_words_for_what_one_may_not_see_lead_nowhere(house: House) -> None:
    await say(house, "#kanariskjult", "loftet")
    hedda = await house.viewer("hedda")
    with pytest.raises(NotThere):
        await queries.tag(await house.viewer("astrid"), "kanariskjult")
    with pytest.raises(NotAllowed):
        await actions.synonym(hedda, await queries.tag(hedda, "kanariskjult"), "annet")
    async with house.browser("ole") as browser:
        assert (await browser.get("/tags/kanariskjult/")).status_code == 404
