"""What may be kept is judged by what is in it, and not by its name."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from tests.test_files import picture
from web.entries import media
from web.errors import Invalid


def several() -> bytes:
    """Two pictures in one file, as many telephones make them."""
    made = io.BytesIO()
    frames = [Image.new("RGB", (90, 60), colour) for colour in ("red", "green")]
    frames[0].save(made, "MPO", save_all=True, append_images=frames[1:])
    return made.getvalue()


def archive(names: list[str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as files:
        for name in names:
            files.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "type"),
    [(picture(), "image/png"), (picture(kind="JPEG"), "image/jpeg"), (several(), "image/jpeg"), (picture(kind="GIF"), "image/gif"),
     (picture(kind="WEBP"), "image/webp"), (b"%PDF-1.7 ...", "application/pdf"), ("æøå,1\n".encode(), "text/plain; charset=utf-8"),
     (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), (b"<html><script>alert(1)</script>", "text/plain; charset=utf-8"),
     (archive(["a.txt"]), "application/zip"), (archive(["[Content_Types].xml", "word/document.xml"]), media._OFFICE["word/"])],
)  # fmt: skip
def test_a_file_is_what_is_in_it(data: bytes, type: str) -> None:
    assert media.recognised(io.BytesIO(data)).type == type


@pytest.mark.parametrize(
    "data", [b"", b"MZ\x90\x00\x03", b"\x7fELF\x02", b"\xff\xfe\x00", b"a\x00b", b"PK\x03\x04 broken"]
)
def test_what_nobody_can_name_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        media.recognised(io.BytesIO(data))


def test_a_picture_that_unfolds_without_end_is_refused() -> None:
    small = picture((10, 10))
    huge = small[:16] + (60_000).to_bytes(4, "big") + (60_000).to_bytes(4, "big") + small[24:]
    with pytest.raises(Invalid):
        media.recognised(io.BytesIO(huge))


@pytest.mark.parametrize(
    ("name", "tidy"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\y.png", "y.png"), ("a\u202egnp.exe", "agnp.exe"), ("", "file"), ("...", "file"),
     ("æøå.png", "æøå.png"), ("a\nb.txt", "ab.txt"), ('a"b.txt', "a-b.txt"), ("x" * 400 + ".png", "x" * 150 + ".png")],
)  # fmt: skip
def test_a_name_is_only_a_name(name: str, tidy: str) -> None:
    assert media.tidy_name(name) == tidy
