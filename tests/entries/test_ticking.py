"""A task is ticked where it stands, and nothing else of the text changes."""

from __future__ import annotations

import pytest

from tests.cast import House
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.tasks import ticked
from web.errors import Invalid, NotAllowed

LIST = "Before:\n\n- [ ] Fetch the key\n- [x] Open the door\n  1. [ ] Push\n\n> - [ ] Close it\n\n```\n- [ ] no task\n```\n\n- plain `- [ ] x`\n"


@pytest.mark.parametrize(
    ("number", "done", "was", "then"),
    [
        (0, True, "- [ ] Fetch", "- [x] Fetch"), (1, False, "- [x] Open", "- [ ] Open"), (2, True, "1. [ ] Push", "1. [x] Push"),
        (3, True, "> - [ ] Close", "> - [x] Close"), (0, False, "- [ ] Fetch", "- [ ] Fetch"),
    ],
)  # fmt: skip
async def test_one_task_is_ticked_and_nothing_else_changes(number: int, done: bool, was: str, then: str) -> None:
    assert await ticked(LIST, number, done, LIST) == LIST.replace(was, then)
    assert await ticked(LIST, 4, True, LIST) is None, "there are four"


async def test_a_task_is_found_again_where_it_stands_by_now() -> None:
    seen = "- [ ] One\n- [ ] Two\n"
    assert await ticked("- [ ] Zero\n- [ ] One\n- [ ] Two\n", 1, True, seen) == "- [ ] Zero\n- [ ] One\n- [x] Two\n"
    assert await ticked("- [ ] One\n- [ ] Three\n", 1, True, seen) is None
    assert await ticked("- [ ] Two\n- [x] Zero\n- [ ] Two\n", 1, True, seen) is None, "which of them?"
    assert await ticked("- [ ] Same\n- [ ] Same\n", 1, True, "- [ ] Same\n- [ ] Same\n") == "- [ ] Same\n- [x] Same\n"


async def test_ticks_of_two_people_meet_and_make_one_line_of_history_each(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    id = await actions.post(
        mons, "page", house.spaces["torget"], Fields(title="Moving", body="- [ ] One\n- [ ] Two\n- [ ] Three\n")
    )
    seen = (await queries.entry(mons, id)).revision
    async with house.browser("mons") as browser:
        page = (await browser.get(f"/e/{id}", follow_redirects=True)).text
        assert "<dugnad-ticks" in page
        answer = await browser.post(
            f"/entries/{id}/tick",
            data={"revision": str(seen), "number": "0", "done": "true"},
            headers={"accept": "application/json"},
        )
        assert answer.status_code == 200
        now = answer.json()["revision"]
        sent = {"revision": str(now), "number": "2", "done": "true"}
        assert (await browser.post(f"/entries/{id}/tick", data=sent)).status_code == 303
    await actions.tick(ole, id, seen, 1, True)
    assert (await queries.entry(mons, id)).body == "- [x] One\n- [x] Two\n- [x] Three\n"
    found = await queries.revisions(mons, id)
    assert [each.author.handle for each in found] == ["ole", "mons"], "what was ticked at once makes one line"
    assert (await actions.tick(ole, id, seen, 1, True)).revision == found[0].id, "ticked already"
    with pytest.raises(Invalid):
        await actions.tick(ole, id, seen, 7, True)


async def test_who_may_not_edit_ticks_nothing(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    id = await actions.post(mons, "article", house.spaces["torget"], Fields(title="Mine", body="- [ ] One"))
    entry = await queries.entry(ole, id)
    with pytest.raises(NotAllowed):
        await actions.tick(ole, id, entry.revision, 0, True)
    async with house.browser("ole") as browser:
        page = (await browser.get(f"/e/{id}", follow_redirects=True)).text
        assert "checkbox" in page and "<dugnad-ticks" not in page


@pytest.mark.timeout(60)
async def test_a_line_that_looks_like_many_lists_takes_no_longer_than_another() -> None:
    for odd in ("-  " * 3000 + "x", "- " + " " * 60_000, "> " * 20_000 + "- [ ]"):
        await ticked(f"{odd}\n\n- [ ] One\n", 0, True, f"{odd}\n\n- [ ] One\n")


async def test_what_only_looks_like_a_task_is_not_ticked_for_one() -> None:
    odd = "text\n10. [ ] no task\n\n- [ ] real\n\n-\n  [ ] odd\n"
    for number in range(3):
        made = await ticked(odd, number, True, odd)
        assert made is None or "10. [ ] no task" in made
