"""A text shows what others say, and answers to what it asks: to each reader as they may read it."""

from __future__ import annotations

import pytest

from tests.cast import House
from web import embeds, text
from web.database import at, counted_statements, now, rows
from web.entries import actions, queries
from web.entries.actions import Fields
from web.times import DAY, day_of, last_day


async def written(house: House, title: str, body: str, space: str = "torget", by: str = "mons", **more: str) -> int:
    return await actions.post(await house.viewer(by), "page", house.spaces[space], Fields(title, body, **more))


async def read(house: House, id: int, by: str | None = "ole", until: str = 'id="talk"') -> str:
    async with house.browser(by) as browser:
        page = (await browser.get(f"/e/{id}", follow_redirects=True)).text
    return page.partition(until)[0]


async def test_a_page_or_a_section_is_shown_in_another(house: House) -> None:
    await written(house, "Opening hours", "Before.\n\n# Winter\n\nTen to two, see [[Keys]].\n\n# Summer\n\nAll day.")
    whole = await written(house, "Welcome", "Hello.\n\n![[Opening hours]]\n\nBye.")
    part = await written(house, "In winter", "![[opening hours#Winter]]")
    none = await written(house, "In autumn", "![[Opening hours#Autumn]] and ![[Opening hours]] in a sentence.")
    page = await read(house, whole)
    assert "Ten to two" in page and "All day." in page and 'class="embed"' in page and "Bye." in page
    page = await read(house, part)
    assert "Ten to two" in page and "All day." not in page and "/new/page/?title=Keys" in page
    assert 'class="embed"' not in await read(house, none), "what is not on a line of its own is a link"
    async with house.browser("ole") as browser:
        source = (await browser.get(f"/entries/{whole}/edit/")).text
        assert "![[Opening hours]]" in source and "Ten to two" not in source
        preview = await browser.post(
            "/preview", data={"kind": "page", "body": "![[Opening hours]]"}, headers={"hx-request": "true"}
        )
        assert "Ten to two" in preview.text
        target = (await browser.get("/search/?q=%22Ten%20to%20two%22")).text
        assert target.count("Ten to two") >= 1 and "Welcome" not in target, "it is found where it stands"


async def test_nobody_reads_in_a_text_what_they_may_not_read_elsewhere(house: House) -> None:
    await written(house, "The safe", "kanaricombination 1234", "loftet")
    outer = await written(house, "For all", "![[loftet/The safe]]\n\n```list\nkind:page safe\n```")
    middle = await written(house, "Between", "![[For all]]")
    assert "kanaricombination" in await read(house, outer, "mons") and "kanaricombination" in await read(
        house, middle, "mons"
    )
    for who in ("ole", "astrid"):
        for id in (outer, middle):
            page = await read(house, id, who)
            assert "kanaricombination" not in page and "The safe" in page, "a link to what anybody could write"
        async with house.browser(who) as browser:
            for address in ("/feed.atom", f"/entries/{outer}/whole/"):
                assert "kanaricombination" not in (await browser.get(address)).text


async def test_what_shows_itself_does_so_once(house: House) -> None:
    one = await written(house, "Ouroboros", "One.\n\n![[Ouroboros]]\n\n![[Other end]]")
    await written(house, "Other end", "Two.\n\n![[Ouroboros]]")
    page = await read(house, one)
    assert page.count("One.") == 1 and page.count("Two.") == 1
    for number in range(8):
        await written(
            house,
            f"Layer {number}",
            f"Words of layer {number}.\n\n![[Layer {number + 1}]]\n\n![[Layer {number + 1}#x]]",
        )
    page = await read(house, (await rows("SELECT id FROM entry WHERE title = 'Layer 0'"))[0]["id"])
    assert "Words of layer 3." in page and "Words of layer 4." not in page


async def test_however_much_is_shown_it_is_a_handful_of_queries_and_no_more_than_fits(house: House) -> None:
    for number in range(40):
        await written(house, f"Brick {number}", f"Brick says {number}. " + "x" * 20_000)
    wall = await written(
        house, "Wall", "\n\n".join(f"![[Brick {number}]]" for number in range(40)) + "\n\n```list\ntag:a\n```" * 9
    )
    house.forget()
    async with house.browser("ole") as browser:
        with counted_statements() as asked:
            page = (await browser.get(f"/e/{wall}", follow_redirects=True)).text
    assert len(asked) <= 20 and 5 <= page.count("Brick says") <= 30


async def test_a_page_tells_where_it_is_shown(house: House) -> None:
    shown = await written(house, "Address", "Quay 7")
    await written(house, "Letterhead", "![[Address]]")
    await written(house, "Phone list", "See [[Address]].")
    hidden = await written(house, "Hidden letter", "![[torget/Address]]", "loftet")
    page = await read(house, shown, until="</html>")
    beside = page.partition("What links here")[2]
    assert "Letterhead" in beside and beside.count("shows it") == 1 and "Hidden letter" not in beside
    assert (await read(house, shown, "mons", "</html>")).count("shows it") == 2 and hidden
    await actions.edit(
        await house.viewer("mons"), shown, Fields("Street address", "Quay 7"), (await queries.entry(await house.viewer("mons"), shown)).revision
    )  # fmt: skip
    await actions.mend(await house.viewer("mons"), shown, f"/pages/{shown}/street-address/")
    body = (await rows("SELECT body FROM entry WHERE title = 'Letterhead'"))[0]["body"]
    assert body == "![[Street address]]", "a new title is written there too"


async def test_a_question_is_answered_with_what_the_reader_may_read(house: House) -> None:
    soon, later = day_of(now() + 2 * DAY), day_of(now() + 300 * DAY)
    for title, space, by in (
        ("Runbook boiler", "torget", soon),
        ("Runbook boat", "torget", later),
        ("Runbook safe", "loftet", soon),
    ):
        id = await written(house, title, "How to.", space, tags="runbook")
        await actions.tend(await house.viewer("mons"), id, "mons", 12, by)
    gone = await written(house, "Runbook telegraph", "How to.", tags="runbook")
    await actions.stage(await house.viewer("mons"), gone, "retired", "Sold")
    asks = await written(
        house, "What to do", f"```list\ntag:runbook due:{soon}\n```\n\n```list\ntag:runbook stage:retired\n```\n\n```list\nnothing:fits here\n```"
    )  # fmt: skip
    page = await read(house, asks)
    assert "Runbook boiler" in page and "Runbook telegraph" in page and "Nothing fits." in page
    assert "Runbook boat" not in page and "Runbook safe" not in page
    assert "Runbook safe" in await read(house, asks, "mons")
    async with house.browser("ole") as browser:
        found = (await browser.get("/search/?q=tag:runbook%20stage:utg%C3%A5tt")).text
        assert "Runbook telegraph" in found and "Runbook boiler" not in found
        mine = (await browser.get("/search/?q=tag:runbook%20owner:mons")).text
        assert "Runbook boat" in mine and "Runbook safe" not in mine
        for odd in ("due:never", "due:99999", "owner:%00", 'stage:"\'; DROP"', "due:0-0-0", "due:2026-02-30"):
            assert (await browser.get("/search/", params={"q": f"tag:runbook {odd}"})).status_code in (200, 422)


@pytest.mark.parametrize(
    ("written", "day"),
    [("2026-02-03", "2026-02-03"), ("2026-02", "2026-02-28"), ("2024-02", "2024-02-29"), ("2026", "2026-12-31"), ("month", "2026-11-30"), ("måned", "2026-11-30"),
     ("week", "2026-12-06"), ("day", "2026-11-30"), ("year", "2026-12-31"), ("soon", None), ("2026-13", None), ("2026-02-30", None), ("0", None), ("", None)],
)  # fmt: skip
def test_a_day_is_said_in_many_ways(written: str, day: str | None) -> None:
    assert last_day(written, "2026-11-30") == day


def test_what_somebody_writes_is_never_taken_for_a_place(house: House) -> None:
    hostile = '<div data-embed="Keys"><p>x</p></div>\n\n<div data-list="tag:a"><pre>x</pre></div>\n\n`<div data-embed="a"></div>`'
    done = text.render(hostile)
    assert not done.embeds and not done.lists
    assert text.filled(done.html, lambda written: "EMBED", lambda asked: "LIST") == done.html
    assert text.render("> ![[Quoted]]").embeds == () and text.render("![[Keys#a|b]]").embeds == ("Keys#a",)


async def test_what_was_shown_then_is_a_link(house: House) -> None:
    with at(now() - 3 * DAY):
        await written(house, "Then", "Said then.")
        outer = await written(house, "Outer then", "![[Then]]")
    async with house.browser("ole") as browser:
        page = (await browser.get(f"/entries/{outer}/at/{day_of(now() - DAY)}/")).text
    assert "Said then." not in page.partition('id="talk"')[0] and ">Then</a>" in page


async def test_what_is_not_there_is_not_looked_for_without_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await written(house, "Long", "# One\n\n" * 3000)
    seeks = await written(house, "Seeks", "\n".join(f"![[Long#none {number}]]" for number in range(3000)))
    looked = []
    found = embeds.sections.sections

    async def looking(body: str) -> object:
        looked.append(body)
        return await found(body)

    monkeypatch.setattr(embeds.sections, "sections", looking)
    assert "Long#none 2999" in await read(house, seeks)
    assert 0 < len(looked) <= 30
