"""Whatever two people do to a page, one after the other or at once: every text of it is kept, and comparing, merging, blame, moving and bringing
back tell the same story of it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.cast import House
from tests.entries.test_diff import ending, texts
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.blame import blame
from web.entries.diff import applied, word_diff
from web.entries.merge import merge
from web.entries.rows import Entry
from web.entries.sections import sections
from web.errors import Conflict, Invalid

DOES = ("edit", "edit", "behind", "behind", "revert", "undo", "section", "move", "trash", "place")
step = some.tuples(some.sampled_from(DOES), some.integers(0, 50), some.tuples(texts, ending).map("".join))


class Story:
    """A page, and every text that it has had, by the ids of its revisions in their order."""

    def __init__(self, house: House, id: int) -> None:
        self.house, self.id = house, id
        self.texts: dict[int, str] = {}

    async def now(self) -> Entry:
        entry = await queries.entry(await self.house.viewer("mons"), self.id)
        self.texts.setdefault(entry.revision, entry.body)
        return entry

    def older(self, chance: int) -> int:
        return list(self.texts)[chance % len(self.texts)]

    async def does(self, what: str, chance: int, body: str) -> None:
        by, entry = await self.house.viewer(("mons", "hedda")[chance % 2]), await self.now()
        fields = Fields(entry.title, body)
        match what:
            case "edit":
                await actions.edit(by, self.id, fields, entry.revision)
                assert (await self.now()).body == body
            case "behind":
                await self.behind(self.older(chance), fields)
            case "revert":
                old = self.older(chance)
                await actions.revert(by, self.id, old)
                assert (await self.now()).body == self.texts[old]
            case "undo":
                await actions.undo(by, self.id, self.older(chance))
            case "section":
                parts = await sections(entry.body)
                part = parts[chance % len(parts)] if parts else None
                if part:
                    await actions.edit(by, self.id, Fields(entry.title, part.put(entry.body, body)), entry.revision)
            case "move":
                space = self.house.spaces[("torget", "kontoret")[chance % 2]]
                if space.id != entry.space.id:
                    await actions.move(by, self.id, space)
                    assert (await self.now()).space.id == space.id
                assert (await self.now()).revision == entry.revision, "who moves a page writes nothing"
            case "trash":
                await actions.trash(by, self.id, "Again")
                await actions.restore(by, self.id)
                assert (await self.now()).body == entry.body
            case "place":
                await actions.place(by, self.id, None)
        await self.now()

    async def behind(self, base: int, fields: Fields) -> None:
        """Somebody saves what they began to write at an older text."""
        theirs = await self.now()
        merged = merge(self.texts[base], theirs.body, fields.body)
        try:
            await actions.edit(await self.house.viewer("hedda"), self.id, fields, base)
        except Conflict as conflict:
            assert not merged.clean or base == theirs.revision
            lines = {*conflict.merged.body.split("\n")}
            kept = {*theirs.body.split("\n")} & {*fields.body.split("\n")}
            assert kept <= lines and (await self.now()).body == theirs.body
            for side in (theirs.body, fields.body):
                new = {*side.split("\n")} - {*self.texts[base].split("\n")}
                assert new <= lines, "no line that anybody wrote is gone"
        else:
            assert (await self.now()).body == (fields.body if base == theirs.revision else merged.text)

    async def told(self) -> None:
        mons = await self.house.viewer("mons")
        for id, body in self.texts.items():
            assert (await queries.revision(mons, self.id, id)).body == body, "every text comes back as it was"
        all = list(self.texts.values())
        for old, new in pairwise(all):
            assert applied(old, word_diff(old, new), new.endswith("\n")) == new
        chain = await queries.chain(mons, self.id)
        written = [self.texts[id] for id in chain.ids]
        assert written[-1] == (await self.now()).body
        lines = [line.text for line in blame(written)]
        assert lines == (written[-1].removesuffix("\n").split("\n") if written[-1] else [])
        page = await self.house_page()
        assert page == 200

    async def house_page(self) -> int:
        async with self.house.browser("mons") as browser:
            return (await browser.get(f"/entries/{self.id}/history/")).status_code


@given(some.lists(step, min_size=3, max_size=9))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_whatever_two_people_do_to_a_page_its_story_holds_together(
    house: House, steps: list[tuple[str, int, str]]
) -> None:
    id = await actions.post(
        await house.viewer("mons"), "page", house.spaces["torget"], Fields("Told", "# Head\n\nFirst.\n")
    )
    story = Story(house, id)
    await story.now()
    for what, chance, body in steps:
        try:
            await story.does(what, chance, body)
        except (Invalid, Conflict):
            continue  # not everything can be done at any time
    await story.told()
