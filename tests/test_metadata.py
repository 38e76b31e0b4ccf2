"""What files say of themselves is taken out of them, and nothing of what they show."""

from __future__ import annotations

import io
import resource
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image, ImageOps, ImageSequence

from tests import telling
from tests.telling import CANARY, SORTS, says
from web import metadata
from web.entries.media import recognised
from web.metadata import CannotStrip, is_known, is_plain, packages, without
from web.metadata.documents import _PIECE, bare_pdf

PICTURES = [name for name, (_, type) in SORTS.items() if type.startswith("image/")]
PACKED = [name for name, (data, _) in SORTS.items() if data.startswith(b"PK")]


@pytest.mark.parametrize("name", SORTS)
def test_what_a_file_says_of_itself_is_gone_and_it_is_what_it_was(name: str) -> None:
    data, type = SORTS[name]
    assert says(data) and recognised(io.BytesIO(data)).type == type
    bare = without(data, type)
    assert not says(bare) and recognised(io.BytesIO(bare)).type == type
    assert without(data, type) == bare, "the same bytes each time"
    assert without(bare, type) == bare, "and there is nothing left to take out"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_the_same_and_the_same_way_up(name: str) -> None:
    data, type = SORTS[name]
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(without(data, type))) as after:
        assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1) or type == "image/jpeg"
        assert before.info.get("icc_profile") == after.info.get("icc_profile")
        shown = [ImageOps.exif_transpose(each).convert("RGBA").tobytes() for each in ImageSequence.Iterator(after)]
        same = [ImageOps.exif_transpose(each).convert("RGBA").tobytes() for each in ImageSequence.Iterator(before)]
        assert shown == same[: len(shown)] and after.size == before.size
        held = 6 if type in ("image/jpeg", "image/png", "image/webp") else 1
        assert after.getexif().get(0x0112, 1) == held and not after.getexif().get_ifd(0x8825)


@pytest.mark.parametrize("name", PACKED)
def test_a_document_keeps_everything_that_it_consists_of(name: str) -> None:
    data, type = SORTS[name]
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(without(data, type))) as after:
        assert after.testzip() is None and after.namelist() == before.namelist()
        body = next(each for each in after.namelist() if each.endswith(("document.xml", "content.xml")))
        assert after.read(body) == before.read(body)
        assert {each.date_time[0] for each in after.infolist()} == {1980} and not after.comment


def test_a_pdf_keeps_its_pages_and_pictures() -> None:
    with pikepdf.open(io.BytesIO(without(telling.pdf(), "application/pdf"))) as document:
        assert len(document.pages) == 1 and "/Info" not in document.trailer and "/Metadata" not in document.Root
        image = pikepdf.PdfImage(document.pages[0].Resources.XObject.Im0).as_pil_image()
        with Image.open(io.BytesIO(telling.jpeg())) as shown:
            assert image.tobytes() == shown.tobytes()


def test_a_film_does_not_move_and_forgets_when_it_was_taken() -> None:
    data = telling.mp4()
    bare = without(data, "video/mp4")
    assert len(bare) == len(data) and bare.index(b"mdat") == data.index(b"mdat") and b"film" * 9 in bare
    assert b"\xe1\xe2\xe3\xe4" in data and b"\xe1\xe2\xe3\xe4" not in bare


@pytest.mark.parametrize(
    ("type", "made"),
    [
        ("application/pdf", lambda: telling.pdf(signed=True)),
        ("application/pdf", lambda: telling.pdf(locked=True)),
        ("application/pdf", lambda: b"%PDF-1.7 nothing"),
        (SORTS["letter.docx"][1], lambda: telling.package("word", more={"_xmlsignatures/sig1.xml": b"x"})),
        (SORTS["letter.docx"][1], lambda: telling.package("word", deep=4)),
        (SORTS["text.odt"][1], lambda: telling.open_document(**{"META-INF__documentsignatures.xml": b"x"})),
        (SORTS["text.odt"][1], lambda: telling.open_document(**{"META-INF__manifest.xml": b"<encryption-data/>"})),
        ("image/jpeg", lambda: telling.jpeg()[:400]),
        ("image/png", lambda: telling.png()[:200]),
        ("video/mp4", lambda: telling.mp4()[:90]),
        ("application/zip", lambda: b"PK"),
        ("audio/mpeg", lambda: b"ID3"),
    ],
)
def test_what_is_signed_locked_broken_or_unknown_is_said_to_be(type: str, made: Callable[[], bytes]) -> None:
    with pytest.raises(CannotStrip):
        without(made(), type)
    assert not is_plain(type)


@pytest.mark.parametrize("name", SORTS)
def test_no_broken_file_does_anything_but_be_broken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data, type = SORTS[name]
    monkeypatch.setitem(
        metadata._BY_TYPE, "application/pdf", bare_pdf
    )  # a process for each of them takes half a minute
    assert is_known(type)
    for at in range(0, len(data), max(1, len(data) // 60)):
        for broken in (data[:at], data[:at] + b"\xff\x00\xff" + data[at + 3 :], data[:at] + bytes(9) + data[at:]):
            try:
                without(broken, type)
            except CannotStrip:
                continue


def test_a_small_pdf_that_would_be_gigabytes_takes_no_more_than_it_is_given() -> None:
    bomb = swollen_pdf(600)
    assert len(bomb) < 1 << 20 and recognised(io.BytesIO(bomb)).type == "application/pdf"
    assert without(swollen_pdf(1), "application/pdf"), "a small one of the same shape is none"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with pytest.raises(CannotStrip):
        without(bomb, "application/pdf")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 4 * _PIECE // 1024)


def swollen_pdf(megabytes: int) -> bytes:
    """With an object stream in which there is one string, of so many equal letters."""
    packed = zlib.compress(b"5 0 (" + b"a" * (megabytes << 20) + b")", 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/Said 5 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    ]  # fmt: skip
    made, places = b"%PDF-1.5\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    rows = [bytes(6), *(b"\1" + place.to_bytes(4) + b"\0" for place in places), b"\2" + (4).to_bytes(4) + b"\0"]
    rows.append(b"\1" + len(made).to_bytes(4) + b"\0")
    table = b"<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length 42>>stream\n%b\nendstream" % b"".join(rows)
    return made + b"6 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, len(made))


def test_texts_say_nothing_of_themselves() -> None:
    assert is_plain("text/plain; charset=utf-8") and not is_plain("image/svg+xml") and not is_plain("image/png")
    assert CANARY


def box(name: bytes, inside: bytes) -> bytes:
    return (len(inside) + 8).to_bytes(4, "big") + name + inside


def track(sort: bytes) -> bytes:
    told = bytes(8) + sort + bytes(12) + f"{CANARY}\0".encode()
    return box(b"trak", box(b"mdia", box(b"hdlr", told)))


def test_a_film_keeps_what_is_seen_and_heard_and_one_that_says_where_it_was_is_named() -> None:
    begins = box(b"ftyp", b"isom\0\0\0\0isom")
    film = begins + box(b"moov", track(b"vide") + track(b"soun"))
    made = without(film, "video/mp4")
    assert CANARY.encode() in film and CANARY.encode() not in made and len(made) == len(film) and b"vide" in made
    with pytest.raises(CannotStrip):
        without(begins + box(b"moov", track(b"vide") + track(b"meta")), "video/mp4")


def test_what_is_packed_in_what_is_packed_has_one_bound_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def packed(**members: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
            for name, data in members.items():
                package.writestr(name.replace("_", "."), data)
        return made.getvalue()

    type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    inner = packed(a_docx=packed(meta_xml=bytes(40_000)), b_docx=packed(meta_xml=bytes(40_000)))
    assert without(packed(c_docx=inner), type)
    monkeypatch.setattr(packages, "_MOST_BYTES", 60_000)
    with pytest.raises(CannotStrip):
        without(packed(c_docx=inner), type)
