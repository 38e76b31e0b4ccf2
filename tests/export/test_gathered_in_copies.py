"""Copies show where what was said stands on a page, and who said it, as far as whoever reads them may; so do those of then, and a house that moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from export.snapshot import export
from tests.cast import House
from tests.entries.test_gathering import asked, paged, put
from tests.export.test_again import held
from tests.export.test_past import as_it_stood
from web.database import execute, now, rows
from web.database.ids import at
from web.entries import actions, queries
from web.entries.actions import Fields
from web.times import DAY


async def test_a_copy_leads_from_each_side_to_the_other_where_its_readers_may(house: House, tmp_path: Path) -> None:
    id, answer, _ = await asked(house, "copied")
    safe, said, _ = await asked(house, "kanarisaid", "kontoret")
    page = await paged(house, "Copied page")
    hidden = await paged(house, "Kanarihidden", "loftet")
    out = tmp_path / "out"

    async def published() -> dict[str, str]:
        await export(lambda: house.app, house.settings, "everyone", out)
        return {name: content.decode() for name, content in held(out).items() if name.endswith(".html")}

    where, talk = f"pages/{page}/copied-page/index.html", f"questions/{id}/how-to-restart-copied/index.html"
    before = await published()
    assert "§" not in before[talk]
    await put(house, "mons", [answer], page, "Second")
    await put(house, "hedda", [said], page)
    await put(house, "mons", [answer], hidden)
    made = await published()
    assert "Copied page § Second" in made[talk] and f"#entry-{answer}" in made[where] and "Hedda" in made[where]
    assert "/agree" not in made[where] and "/gather" not in made[talk]
    assert not [name for name, html in made.items() if "Kanarihidden" in html or "restart kanarisaid" in html]
    hedda = await house.viewer("hedda")
    entry = await queries.entry(hedda, page)
    await actions.edit(hedda, page, replace(Fields.of(entry, ""), title="Renamed"), entry.revision)
    again = await published()
    assert "Renamed § Second" in again[talk], "what it leads to is called otherwise: it is made again"
    question = await queries.entry(hedda, id)
    await actions.edit(hedda, id, replace(Fields.of(question, ""), title="Asked anew"), question.revision)
    last = await published()
    assert "Asked anew" in last[f"pages/{page}/renamed/index.html"]
    assert await queries.entry(hedda, safe)


async def test_a_copy_of_then_calls_the_heading_as_it_was_called_then(house: House, tmp_path: Path) -> None:
    id, answer, _ = await asked(house, "thencopied")
    page = await paged(house, "Page of then")
    with at(now() + DAY):
        await put(house, "mons", [answer], page, "Second")
    hedda = await house.viewer("hedda")
    last = f"{'Quite other words. ' * 20}\n"

    async def changes(days: int, body: str) -> int:
        moment = now() + days * DAY
        with at(moment):
            entry = await queries.entry(hedda, page)
            await actions.edit(hedda, page, replace(Fields.of(entry, ""), body=body), entry.revision)
        return moment

    second = (await queries.entry(hedda, page)).body
    renamed = await changes(2, second.replace("# Second", "# Middle"))
    assert (await rows("SELECT section FROM gathered WHERE page = {}", page))[0]["section"] == "Middle"

    async def credit(moment: int, edits: int = 2) -> str:
        out = tmp_path / f"{moment}-{edits}"
        await as_it_stood(house, out, moment)
        return (out / f"questions/{id}/how-to-restart-thencopied/index.html").read_text("utf-8")

    assert "Page of then § Second" in await credit(renamed - 1, 1)
    gone = await changes(3, f"# Last\n\n{last}")

    assert "Page of then § Middle" in await credit(gone - 1)
    first = await credit(renamed - 1)
    assert "Page of then" in first and "Page of then § Middle" not in first
    await execute("UPDATE gathered SET anchor = 'last', section = 'Last' WHERE page = {}", page)
    before = await credit(gone - 1, 3)
    assert "Page of then" in before and "Page of then §" not in before, "what it was called cannot be told"
