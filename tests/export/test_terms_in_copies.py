"""What words mean stands behind them in copies too, as their readers may read it, and as it was said last."""

from __future__ import annotations

from pathlib import Path

from export.snapshot import export
from tests.cast import House
from tests.entries.test_terms import written
from tests.export.test_again import held, times
from web.entries import actions, queries
from web.entries.actions import Fields


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
    assert (
        "No word is explained" in made["glossary/index.html"] and "Give it the tag" not in made["glossary/index.html"]
    )
