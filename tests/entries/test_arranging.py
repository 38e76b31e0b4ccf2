"""The tree of pages is put in order by steps, by buttons and by dragging; and each can be undone."""

from __future__ import annotations

import re

import pytest

from tests.cast import House
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.arranging import Spot, spot_of, stepped
from web.entries.rows import Branch, Ref
from web.routes import trees


def tree(*drawn: str) -> list[Branch]:
    """`"1", ".2"` is a page with another one under it."""
    return [Branch(Ref(int(each.strip(".")), "page", "", "", 0), each.count(".")) for each in drawn]


TREE = tree("1", ".2", "..3", ".4", "5")


@pytest.mark.parametrize(
    ("id", "step", "spot"),
    [
        (1, "up", None), (1, "down", Spot(None, None)), (1, "in", None), (1, "out", None),
        (2, "up", None), (2, "down", Spot(1, None)), (2, "in", None), (2, "out", Spot(None, 5)),
        (3, "out", Spot(1, 4)), (3, "up", None), (3, "down", None), (4, "up", Spot(1, 2)), (4, "in", Spot(2, None)),
        (4, "out", Spot(None, 5)), (5, "up", Spot(None, 1)), (5, "in", Spot(1, None)), (5, "down", None), (9, "up", None),
    ],
)  # fmt: skip
def test_a_step_leads_where_one_would_think(id: int, step: str, spot: Spot | None) -> None:
    assert stepped(TREE, id, step) == spot


def test_where_something_stands_is_known() -> None:
    assert [spot_of(TREE, id) for id in (1, 2, 3, 4, 5, 9)] == [
        Spot(None, 5), Spot(1, 4), Spot(2, None), Spot(1, None), Spot(None, None), None,
    ]  # fmt: skip


async def test_pages_are_put_in_order_and_back(house: House) -> None:
    mons, made = await house.viewer("mons"), {}
    for title in ("Root", "First", "Second", "Third"):
        parent = await queries.entry(mons, made["Root"]) if made else None
        made[title] = await actions.post(mons, "page", house.spaces["torget"], Fields(title=f"Tree {title}"), parent)

    async def drawn() -> list[str]:
        found = await queries.tree(mons, house.spaces["torget"].id)
        return [
            "." * each.depth + each.ref.title.removeprefix("Tree ") for each in found if each.ref.id in made.values()
        ]

    async with house.browser("mons") as browser:

        async def sends(title: str, **given: str) -> str:
            answer = await browser.post("/spaces/torget/tree", data={"entry": str(made[title]), **given})
            if answer.status_code == 303:
                answer = await browser.get(answer.headers["location"])
            return answer.text

        assert await drawn() == ["Root", ".First", ".Second", ".Third"]
        page = await sends("Third", step="up")
        assert await drawn() == ["Root", ".First", ".Third", ".Second"]
        assert re.search(rf'value="{made["Third"]}" checked', page) and "Undo" in page
        await sends("Third", step="in")
        assert await drawn() == ["Root", ".First", "..Third", ".Second"]
        await sends("Third", step="out")
        await sends("Third", step="down")
        assert await drawn() == ["Root", ".First", ".Second", ".Third"]
        assert "cannot go further" in await sends("Third", step="down")
        await sends("Third", parent=str(made["Root"]), before=str(made["First"]))
        assert await drawn() == ["Root", ".Third", ".First", ".Second"]
        assert "cannot stand under itself" in await sends("Root", parent=str(made["First"]), before="")
        assert "Choose a page first" in (await browser.post("/spaces/torget/tree", data={"step": "up"})).text
    async with house.browser("gro") as browser:
        assert (await browser.get("/spaces/torget/tree/")).status_code == 404
        assert (
            await browser.post("/spaces/torget/tree", data={"entry": str(made["Root"]), "step": "up"})
        ).status_code == 404


async def test_a_branch_is_read_on_one_page_in_order(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    mons = await house.viewer("mons")
    top = await actions.post(mons, "page", house.spaces["torget"], Fields(title="Book", body="## Rules\n\nOnce."))
    made = [top]
    for title, above in (("One", 0), ("Two", 0), ("One b", 1), ("One a", 1)):
        parent = await queries.entry(mons, made[above])
        made.append(
            await actions.post(
                mons, "page", house.spaces["torget"], Fields(title=title, body=f"## Rules\n\nOf {title}."), parent
            )
        )
    await actions.place(mons, made[4], made[1], made[3])
    async with house.browser("ole") as browser:
        page = (await browser.get(f"/entries/{top}/whole/")).text
        assert re.findall(r"Of (\w+(?: \w)?)\.", page) == ["One", "One a", "One b", "Two"]
        ids = re.findall(r'id="([^"]+)"', page)
        assert len(ids) == len(set(ids)), "each heading has an address of its own"
        monkeypatch.setattr(trees, "_LONGEST", 10)
        house.forget()
        first = (await browser.get(f"/entries/{top}/whole/")).text
        assert "Once." in first and "Of One." not in first and f"/entries/{top}/whole/after/{top}/" in first
        assert "Of One." in (await browser.get(f"/entries/{top}/whole/after/{top}/")).text
        assert (await browser.get(f"/entries/{top}/whole/after/{made[2]}/")).status_code == 200
    async with house.browser("gro") as browser:
        assert (await browser.get(f"/entries/{top}/whole/")).status_code == 404
