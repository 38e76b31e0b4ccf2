"""Pages that were made before, for whatever folder, are not made again; and are what they would be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from export import crew
from export.before import Before
from export.reading import Answer, Reader
from export.snapshot import export
from tests.cast import House
from web.database import value
from web.entries import actions, queries
from web.entries.actions import Fields
from web.program import program

Publish = Callable[..., Awaitable[dict[str, bytes]]]


@pytest.fixture
def publish(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publish:
    """Publishes into a folder of that name, as those processes do that make very many; gives all that is in it."""
    maker = crew._maker

    async def published(name: str, *, by: str = "", anew: bool = False) -> dict[str, bytes]:
        taken = await value("SELECT count(*) FROM event WHERE verb = 'redact'")
        before = None if anew else Before(tmp_path / "kept", by or program(), taken)
        monkeypatch.setattr(crew, "_maker", partial(maker, before=before))
        await export(lambda: house.app, house.settings, "everyone", tmp_path / name)
        files = (path for path in (tmp_path / name).rglob("*") if path.is_file())
        return {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in files}

    return published


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """For what the application is asked."""
    addresses, get = list[str](), Reader.get

    async def noted(self: Reader, address: str) -> Answer:
        addresses.append(address)
        return await get(self, address)

    monkeypatch.setattr(Reader, "get", noted)
    return addresses


async def test_what_was_made_for_one_folder_is_not_made_again_for_another(publish: Publish, asked: list[str]) -> None:
    one = await publish("one")
    made = len(asked)
    asked.clear()
    assert await publish("two") == one and len(asked) < made / 20, (
        "only those of which nobody knows of what they are made"
    )
    asked.clear()
    assert await publish("three", by="f" * 64) != {} and len(asked) == made, "another program makes them otherwise"


async def test_what_has_changed_since_is_made_anew(house: House, publish: Publish, asked: list[str]) -> None:
    await publish("one")
    mons, page = await house.viewer("mons"), await house.entry("torget", "page")
    thread = await house.entry("torget", "thread")
    await actions.edit(mons, page.id, Fields("Called otherwise", f"See /e/{thread.id}"), page.revision)
    await actions.trash(await house.viewer("hedda"), thread.id)
    asked.clear()
    two = await publish("two")
    assert f"/pages/{page.id}/called-otherwise/" in asked
    assert two == await publish("anew", anew=True)


async def test_of_what_was_taken_away_for_good_nothing_is_left(house: House, publish: Publish, tmp_path: Path) -> None:
    mons, page = await house.viewer("mons"), await house.entry("torget", "page")
    await publish("one")
    older = set((tmp_path / "kept").iterdir())
    await actions.edit(mons, page.id, Fields(page.title, "Said better"), page.revision)
    text = (await queries.revisions(mons, page.id))[-1]
    await actions.redact(await house.viewer("hedda"), page.id, text.id, "It names somebody")
    two = await publish("two")
    assert older.isdisjoint((tmp_path / "kept").iterdir()) and two == await publish("anew", anew=True)


async def test_what_is_spoiled_is_made_anew(publish: Publish, tmp_path: Path) -> None:
    one = await publish("one")
    for file in (tmp_path / "kept").iterdir():
        file.write_bytes(b"no database at all" * 1000)
    assert await publish("two") == one
