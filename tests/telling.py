"""Files of each sort that say of themselves who made them and where, and where to look for it."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

CANARY = "kanarimetadata"
SAID = CANARY.encode()
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf>{CANARY}</rdf></x:xmpmeta>'.encode()
_OFFICE = "application/vnd.openxmlformats-officedocument."


def _picture(mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (40, 24))
    for x in range(40):
        for y in range(24):
            image.putpixel((x, y), (x * 6, y * 10, (x * y) % 256))
    return image.convert(mode)


def _exif(orientation: int = 6) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = orientation, CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 54.0, 30.0), 0x1D: CANARY})
    return exif


def _saved(format: str, mode: str = "RGB", **more: Any) -> bytes:
    made = io.BytesIO()
    _picture(mode).save(made, format, **more)
    return made.getvalue()


def jpeg(*, progressive: bool = False) -> bytes:
    """With Exif, XMP, a comment, what a newspaper says of it (IPTC), and another one behind it."""
    data = _saved("JPEG", exif=_exif(), xmp=XMP, comment=SAID, progressive=progressive, icc_profile=b"colours" * 20)
    said = b"Photoshop 3.0\x008BIM" + SAID
    press = b"\xff\xed" + (len(said) + 2).to_bytes(2, "big") + said
    return data[:2] + press + data[2:] + data


def png() -> bytes:
    about = PngInfo()
    about.add_text("Author", CANARY)
    about.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return _saved("PNG", exif=_exif(), pnginfo=about) + SAID


def webp() -> bytes:
    return _saved("WEBP", exif=_exif(), xmp=XMP, lossless=True)


def gif() -> bytes:
    made = io.BytesIO()
    first = _picture("P")
    first.save(made, "GIF", save_all=True, append_images=[first.rotate(180)], comment=SAID, duration=100, loop=0)
    return made.getvalue()


def avif() -> bytes:
    return _saved("AVIF", exif=_exif(1), xmp=XMP)


def _box(name: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return (len(content) + 8).to_bytes(4, "big") + name + content


def mp4() -> bytes:
    when = _box(b"mvhd", bytes(4), b"\xe1\xe2\xe3\xe4" * 2, bytes(88))
    about = _box(b"udta", _box(b"\xa9xyz", SAID), _box(b"meta", bytes(4), SAID))
    track = _box(b"trak", _box(b"tkhd", bytes(84)), _box(b"udta", SAID))
    return b"".join(
        (
            _box(b"ftyp", b"isom" + bytes(4)),
            _box(b"moov", when, track, about),
            _box(b"uuid", XMP),
            _box(b"mdat", b"film" * 9),
        )
    )


def pdf(*, signed: bool = False, locked: bool = False) -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page(page_size=(200, 200)).obj
        page.LastModified = pikepdf.String(CANARY)
        page.PieceInfo = pikepdf.Dictionary({"/Maker": pikepdf.Dictionary({"/Private": pikepdf.String(CANARY)})})
        shown = {"/Type": "/XObject", "/Subtype": "/Image", "/Width": 40, "/Height": 24, "/ColorSpace": "/DeviceRGB", "/BitsPerComponent": 8, "/Filter": "/DCTDecode"}  # fmt: skip
        names = {name: pikepdf.Name(each) if isinstance(each, str) else each for name, each in shown.items()}
        image = pikepdf.Stream(document, jpeg(), names)
        page.Resources = pikepdf.Dictionary({"/XObject": pikepdf.Dictionary({"/Im0": image})})
        page.Contents = document.make_stream(b"q 40 0 0 24 10 10 cm /Im0 Do Q")
        document.docinfo["/Author"] = CANARY
        with document.open_metadata(set_pikepdf_as_editor=False) as about:
            about["dc:creator"] = [CANARY]
        if signed:
            document.Root.AcroForm = document.make_indirect(pikepdf.Dictionary({"/SigFlags": 3}))
        lock = pikepdf.Encryption(owner="owner", user="") if locked else False
        document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, encryption=lock)
    return made.getvalue()


def package(folder: str, *, deep: int = 0, more: dict[str, bytes] | None = None) -> bytes:
    """As the office programs of Microsoft pack one: `word`, `xl`, `ppt`."""
    inside = {
        "[Content_Types].xml": b"<Types/>",
        "docProps/core.xml": f"<cp><dc:creator>{CANARY}</dc:creator></cp>".encode(),
        "docProps/app.xml": f"<Properties><Company>{CANARY}</Company></Properties>".encode(),
        "docProps/custom.xml": f"<Properties>{CANARY}</Properties>".encode(),
        f"{folder}/document.xml": b"<words>What it says</words>" * 50,
        f"{folder}/media/image1.jpeg": jpeg(),
        **(more or {}),
    }
    if deep:
        inside[f"{folder}/embeddings/sheet.xlsx"] = package("xl", deep=deep - 1)
    return _packed(inside)


def open_document(kind: str = "text", **more: bytes) -> bytes:
    inside = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
        "content.xml": b"<words>What it says</words>" * 50,
        "meta.xml": f"<meta:initial-creator>{CANARY}</meta:initial-creator>".encode(),
        "Object 1/meta.xml": SAID,
        "Pictures/1.png": png(),
        "META-INF/manifest.xml": b"<manifest/>",
        **{name.replace("__", "/"): data for name, data in more.items()},
    }
    return _packed(inside)


def _packed(inside: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in inside.items():
            entry = zipfile.ZipInfo(name, (2026, 3, 4, 5, 6, 8))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.comment = SAID
            target.writestr(entry, data)
        target.comment = SAID
    return made.getvalue()


# What a colleague may send, by name, and what it is then.
SORTS = {
    "photo.jpg": (jpeg(), "image/jpeg"),
    "slow.jpeg": (jpeg(progressive=True), "image/jpeg"),
    "drawing.png": (png(), "image/png"),
    "picture.webp": (webp(), "image/webp"),
    "moving.gif": (gif(), "image/gif"),
    "small.avif": (avif(), "image/avif"),
    "film.mp4": (mp4(), "video/mp4"),
    "paper.pdf": (pdf(), "application/pdf"),
    "letter.docx": (package("word", deep=1), f"{_OFFICE}wordprocessingml.document"),
    "sheet.xlsx": (package("xl"), f"{_OFFICE}spreadsheetml.sheet"),
    "talk.pptx": (package("ppt"), f"{_OFFICE}presentationml.presentation"),
    "text.odt": (open_document(), "application/vnd.oasis.opendocument.text"),
}


def says(data: bytes) -> bool:
    """Whether the canary is anywhere in a file: also in what is packed in it, whatever that is."""
    if SAID in data or CANARY.encode("utf-16-be") in data:
        return True
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return any(says(package.read(name)) for name in package.namelist())
    return data.startswith(b"%PDF") and _says_pdf(data)


def _says_pdf(data: bytes) -> bool:
    with pikepdf.open(io.BytesIO(data)) as document:
        for each in document.objects:
            if isinstance(each, pikepdf.Stream):
                raw = each.read_raw_bytes()
                if SAID in raw or (not re.search("DCT", str(each.get("/Filter"))) and SAID in each.read_bytes()):
                    return True
            elif SAID in each.unparse(resolved=True):
                return True
        return SAID in document.trailer.unparse()
