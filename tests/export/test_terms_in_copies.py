"""What words mean stands behind them in copies too, as their readers may read it, and as it was said last."""

from __future__ import annotations

from pathlib import Path

from export.snapshot import export
from tests.cast import House
from tests.entries.test_terms import written
from tests.export.test_again import held, times
from tests.export.test_past import as_it_stood
from web.database import at, now
from web.entries import actions, queries
from web.entries.actions import Fields
from web.times import DAY


async def test_a_term_is_explained_to_those_who_may_read_it_and_made_anew_where_it_is(
    house: House, tmp_path: Path
) -> None:
    mons = await house.viewer("mons")
    page = await written(house, "Noe", "Meld avvikene og den lumske kladden.")
    other = await written(house, "Annet", "Her er ingenting.")
    term = await written(house, "Avvik", "Et avvik er det som ikke er som det skal.", tags="begrep")
    await written(house, "Kladd", "Kladden er noe som ingen andre enn vi vet om.", "loftet", "begrep")
    out = tmp_path / "out"

    async def published() -> dict[str, str]:
        await export(lambda: house.app, house.settings, "everyone", out)
        return {name: content.decode() for name, content in held(out).items() if name.endswith(".html")}

    made = await published()
    shows = made[f"pages/{page}/noe/index.html"]
    assert 'class="term"' in shows and "Et avvik er det som ikke er som det skal." in shows
    assert f'href="../../../pages/{term}/avvik/index.html">Avvik</a></span>' in shows
    assert not [name for name, html in made.items() if "ingen andre enn vi" in html]
    glossary = made["glossary/index.html"]
    assert "Et avvik er det" in glossary and "Kladd" not in glossary and "spaces/torget/glossary/index.html" in made
    assert 'href="../glossary/index.html"' in made["titles/index.html"]
    before = times(out)
    entry = await queries.entry(mons, term)
    await actions.edit(mons, term, Fields("Avvik", "Noe annet.", tags="begrep"), entry.revision)
    made = await published()
    touched = {name for name, time in times(out).items() if before.get(name) != time}
    assert "Noe annet." in made[f"pages/{page}/noe/index.html"] and "Noe annet." in made["glossary/index.html"]
    assert f"pages/{other}/annet/index.html" not in touched
    await actions.trash(mons, term, "")
    made = await published()
    assert 'class="term"' not in made[f"pages/{page}/noe/index.html"]
    assert "Ingen ord er forklart" in made["glossary/index.html"] and "stikkordet" not in made["glossary/index.html"]


async def test_in_a_copy_of_then_words_mean_what_they_meant(house: House, tmp_path: Path) -> None:
    mons, moment = await house.viewer("mons"), now()
    with at(moment + DAY):
        page = await written(house, "Hver dag", "Husk loggen.")
        term = await written(house, "Logg", "Det som står i boka.", tags="begrep")
        entry = await queries.entry(mons, term)
    with at(moment + 3 * DAY):
        await actions.edit(mons, term, Fields("Logg", "Det som står på skjermen.", tags="begrep"), entry.revision)
        await written(house, "Dag", "Fra morgen til kveld.", tags="begrep")
    await as_it_stood(house, tmp_path / "then", moment + 2 * DAY)
    then = (tmp_path / "then" / f"pages/{page}/hver-dag/index.html").read_text()
    assert "Det som står i boka." in then and "skjermen" not in then and "kveld" not in then
    assert "boka" in (tmp_path / "then/glossary/index.html").read_text()


async def test_in_a_copy_of_then_a_version_is_as_far_behind_as_it_was(house: House, tmp_path: Path) -> None:
    mons, moment = await house.viewer("mons"), now()
    with at(moment + DAY):
        source = await queries.entry(mons, await written(house, "Fjøra", "Vann borte."))
        version = await written(house, "Low tide", "Water gone.")
        await actions.translate(mons, version, source.revision)
    with at(moment + 3 * DAY):
        await actions.edit(mons, source.id, Fields("Fjøra", "Vannet er borte."), source.revision)
    with at(moment + 5 * DAY):
        await actions.untranslate(mons, version)
    said = []
    for day in (0.5, 2, 4, 6):
        await as_it_stood(house, tmp_path / str(day), moment + int(day * DAY))
        page = tmp_path / str(day) / f"pages/{version}/low-tide/index.html"
        html = page.read_text() if page.is_file() else ""
        said.append((f"/{source.id}/fjora/" in html, "er endret 1 gang" in html))
    assert said == [(False, False), (True, False), (True, True), (False, False)]
