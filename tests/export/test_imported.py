"""A handbook that was imported, published: links between its pages, its pictures, and what was broken before."""

from __future__ import annotations

import re
from pathlib import Path

from export.snapshot import export
from tests.cast import House
from tests.export.whole import faults
from tests.imports.test_import_plan import PNG, folder
from web.imports.markdown import import_markdown


async def test_an_imported_handbook_is_published_whole(house: House, tmp_path: Path) -> None:
    many = {f"book/p{n}.md": f"[next](p{n + 1}.md) ![](p.png)" for n in range(60)}
    files = many | {"book/p60.md": "# Last æøå\n\n[first](p0.md#no) [gone](gone.md) [top](../book)", "book/p.png": PNG}
    hedda = await house.viewer("hedda")
    report = await import_markdown(hedda, folder(tmp_path / "in", files), house.spaces["torget"], house.files)
    out = tmp_path / "out"
    made = await export(lambda: house.app, house.settings, "everyone", out)
    assert faults(out) == [] and made.removed == []
    assert [(each.page.split("/")[1], each.link) for each in made.broken] == [
        (str(report.entries["book/p60.md"]), "gone.md")
    ]
    places = {path: next((out / "pages" / str(id)).rglob("index.html")) for path, id in report.entries.items()}
    links = re.findall(r'(?:href|src)="([^"]*)"', places["book/p7.md"].read_text("utf-8"))
    reached = {(places["book/p7.md"].parent / link).resolve() for link in links if link.startswith("..")}
    assert places["book/p8.md"].resolve() in reached and any(path.name == "p.png" for path in reached)
