"""A snapshot's files say of themselves nothing that its readers have no business with, unless somebody wants it so."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from export.snapshot import export
from tests.cast import House
from tests.export.test_again import held
from tests.telling import SORTS, jpeg, pdf, says
from web import urls, words
from web.entries import actions
from web.entries.actions import Fields
from web.entries.rows import Attachment


async def sent(house: House, files: dict[str, bytes]) -> tuple[int, dict[str, Attachment]]:
    """A page with each of them on it."""
    mons = await house.viewer("mons")
    kept = {name: await house.attach("mons", name, data) for name, data in files.items()}
    links = " ".join(f"[x]({urls.file_url(file.id, file.name)}) [about](/files/{file.id}/)" for file in kept.values())
    return await actions.post(mons, "page", house.spaces["torget"], Fields("Files", links)), kept


@pytest.mark.parametrize("metadata", ["strip", "keep"])
async def test_no_published_byte_tells_who_made_a_file_or_where(house: House, tmp_path: Path, metadata: str) -> None:
    page, kept = await sent(house, {name: data for name, (data, _) in SORTS.items()})
    out = tmp_path / "out"
    report = await export(lambda: house.app, house.settings, "everyone", out, language="en", metadata=metadata)
    assert report.telling == []
    for name, file in kept.items():
        published = out / "files" / str(file.id) / name
        about = (published.parent / "index.html").read_text("utf-8")
        assert says(published.read_bytes()) is (metadata == "keep"), name
        assert words.size(published.stat().st_size, "en") in about, "the size is that of the published file"
    assert sorted(name for name, content in held(out).items() if says(content)) == (
        [] if metadata == "strip" else sorted(f"files/{file.id}/{name}" for name, file in kept.items())
    )
    with Image.open(io.BytesIO((out / "files" / str(kept["photo.jpg"].id) / "photo.jpg").read_bytes())) as photo:
        assert photo.getexif()[0x0112] == 6, "and it stays the right way up"
    async with house.browser("mons") as browser:
        live = await browser.get(urls.file_url(kept["photo.jpg"].id, "photo.jpg"))
        assert live.content == SORTS["photo.jpg"][0], "in the house a file is what was sent"
    await actions.trash(await house.viewer("mons"), page, "")


async def test_what_it_cannot_be_taken_out_of_is_published_and_named(house: House, tmp_path: Path) -> None:
    files = {"signed.pdf": pdf(signed=True), "all.zip": _zip(), "words.txt": b"x", "photo.jpg": jpeg()}
    page, kept = await sent(house, files)
    out = tmp_path / "out"
    named = [f"/files/{kept[name].id}/{name}" for name in ("signed.pdf", "all.zip")]
    for _ in range(2):
        report = await export(lambda: house.app, house.settings, "everyone", out, strict=True)
        assert sorted(report.telling) == sorted(named), "each time, also when nothing has changed"
        assert all(f"  {each}" in report.sentence() for each in named)
    assert (out / named[0][1:]).read_bytes() == files["signed.pdf"]
    report = await export(lambda: house.app, house.settings, "everyone", out, metadata="keep")
    assert report.telling == [] and (out / f"files/{kept['photo.jpg'].id}/photo.jpg").read_bytes() == jpeg()
    await actions.trash(await house.viewer("mons"), page, "")


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("a.txt", "a")
    return made.getvalue()
