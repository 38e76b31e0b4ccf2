"""Copies say that a conversation is closed and what is on top, and lead from what was split off and put together, as a page does."""

from __future__ import annotations

from pathlib import Path

from export.snapshot import export
from tests.cast import House, write
from tests.export.test_again import held
from web.entries import actions, queries
from web.entries.actions import Fields


async def test_a_copy_shows_what_is_closed_on_top_split_off_and_put_together(house: House, tmp_path: Path) -> None:
    mons, astrid, ole = [await house.viewer(who) for who in ("mons", "astrid", "ole")]
    head = await write(house, "mons", "thread", "torget", "copied")
    said = await actions.post(ole, "reply", None, Fields(body="Another matter"), await queries.entry(mons, head))
    away = await actions.post(mons, "reply", None, Fields(body="A third"), await queries.entry(mons, head))
    other = await actions.post(mons, "thread", house.spaces["torget"], Fields("Put in", "x"))
    out = tmp_path / "out"

    async def published() -> dict[str, str]:
        await export(lambda: house.app, house.settings, "everyone", out)
        return {name: content.decode() for name, content in held(out).items() if name.endswith(".html")}

    before = await published()
    page = f"threads/{head}/title-of-copied/index.html"
    assert "kanariwhy" not in before[page] and f"threads/{other}/put-in/index.html" in before
    await actions.split(mons, said, "question", "Its own")
    await actions.split(mons, away, "thread", "Kanarihidden")
    await actions.move(mons, away, house.spaces["loftet"])
    await actions.merge(astrid, other, said)
    await actions.close(mons, head, "kanariwhy")
    await actions.pin(astrid, head)
    await actions.watch(ole, head, "muted")
    await actions.read(ole, head)
    made = await published()
    shows, split = made[page], made[f"questions/{said}/its-own/index.html"]
    assert "kanariwhy" in shows and "<textarea" not in shows and "/close" not in shows
    assert f"questions/{said}/its-own/index.html" in shows and page.removeprefix("threads/") in split
    assert f'id="entry-{other}"' in split and "Put in" in split
    assert f"questions/{said}/its-own/" in made[f"threads/{other}/put-in/index.html"], "the old address leads there"
    assert not [name for name, html in made.items() if "Kanarihidden" in html]
    assert "Festet" in made["spaces/torget/index.html"] and "Dempet" not in shows and "Nytt siden" not in shows
    await actions.close(astrid, said, "kanariagain")
    await actions.unclose(mons, head)
    again = await published()
    assert "kanariwhy" not in again[page] and "kanariagain" in again[f"questions/{said}/its-own/index.html"]
