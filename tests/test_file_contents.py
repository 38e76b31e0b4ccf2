"""What stands in files is found by those who read them; no file, however it was made, keeps anybody waiting."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

import pytest
import pytest_asyncio

from tests.cast import House
from web import aside
from web.contents import MOST, Unreadable, has_text, office, text_of
from web.database import execute, rows, value
from web.entries import actions, attachments, contents, versions
from web.entries.actions import Fields

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCX = f"{office.OFFICE}wordprocessingml.document"


def pdf(*lines: str, more: bytes = b"", content: bytes = b"") -> bytes:
    """One page that says these lines."""
    shown = content or b"BT /F1 12 Tf 72 700 Td 14 TL " + b" ".join(
        b"(" + line.encode("cp1252") + b") Tj T*" for line in lines
    ) + b" ET"  # fmt: skip
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(shown), more, shown),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]  # fmt: skip
    made, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return made + end % (len(objects) + 1, table, len(objects) + 1, len(made))


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return made.getvalue()


def docx(body: str, before: str = "") -> bytes:
    text = f'{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return packed({"[Content_Types].xml": "<Types/>", "word/document.xml": text})


def locked() -> bytes:
    import pikepdf

    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("Hidden words"))) as document:
        document.save(made, encryption=pikepdf.Encryption(owner="o", user="u", R=6))
    return made.getvalue()


def test_text_is_found_in_pdf_and_in_office_documents_of_both_kinds() -> None:
    for type, data, said in (
        ("application/pdf", pdf("Brannøvelse i ferge-", "leiet"), "Brannøvelse i fergeleiet"),
        (DOCX, docx("<w:p><w:r><w:t>Møte</w:t></w:r><w:r><w:t>plan</w:t></w:r></w:p><w:p><w:r><w:t>To</w:t><w:tab/><w:t>tre</w:t></w:r></w:p>"), "Møteplan\nTo tre"),
        (f"{office.OFFICE}spreadsheetml.sheet", packed({
            "xl/workbook.xml": '<workbook><sheets><sheet name="Budsjett"/></sheets></workbook>',
            "xl/sharedStrings.xml": "<sst><si><t>Leie</t></si><si><r><t>Str</t></r><r><t>øm</t></r></si></sst>",
            "xl/worksheets/sheet1.xml": "<worksheet><c><v>17</v></c><c><is><t>Direkte</t></is></c></worksheet>",
        }), "Budsjett\nLeie\nStrøm\nDirekte"),
        (f"{office.OFFICE}presentationml.presentation", packed({
            f"ppt/slides/slide{n}.xml": f'<s xmlns:a="a"><a:p><a:t>Lysark {n}</a:t></a:p></s>' for n in (10, 2)
        }), "Lysark 2\nLysark 10"),
        (f"{office.OPEN}text", packed({"content.xml": '<d xmlns:o="o" xmlns:t="t"><x>no</x><o:body><t:h>Tittel</t:h><t:p>Å<t:s/>være</t:p></o:body></d>'}), "Tittel\nÅ være"),
        ("text/plain; charset=utf-8", "\ufeffBare\r\ntekst\0".encode(), "Bare\ntekst"),
    ):  # fmt: skip
        assert has_text(type) and text_of(io.BytesIO(data), type) == said
    assert not has_text("image/png") and not has_text("application/zip")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("type", "data", "why"),
    [
        (DOCX, docx("<w:p><w:t>&b;</w:t></w:p>", BOMB), "broken"),
        (DOCX, docx("<w:p><w:t>&f;</w:t></w:p>", BOMB), "broken"),
        (DOCX, docx("<w:p>" + " " * (office._MOST_BYTES + 1) + "</w:p>"), "large"),
        (DOCX, b"PK\x03\x04 and nothing", "broken"),
        (DOCX, docx("<w:p><w:t>never closed"), "broken"),
        (f"{office.OPEN}text", packed({"META-INF/manifest.xml": "<m><encryption-data/></m>", "content.xml": "x"}), "locked"),
        (f"{office.OPEN}text", packed({"mimetype": "x"}), "broken"),
        ("application/pdf", b"%PDF-1.7 and nothing", "broken"),
        ("application/pdf", locked(), "locked"),
    ],
    ids=["entities", "outside", "bomb", "no-zip", "cut-off", "locked-odt", "no-content", "no-pdf", "locked-pdf"],
)  # fmt: skip
def test_what_cannot_be_read_says_why(type: str, data: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as raised:
        text_of(io.BytesIO(data), type)
    assert raised.value.why == why


def test_no_more_is_read_than_the_search_looks_into() -> None:
    many = docx("".join(f"<w:p><w:t>word{n}</w:t></w:p>" for n in range(60_000)))
    assert len(text_of(io.BytesIO(many), DOCX)) == MOST


async def test_a_file_that_keeps_its_reader_busy_or_fills_its_memory_is_left_and_that_is_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_PATIENCE", 1.5)
    for name, data in (
        ("bomb.pdf", pdf(more=b"/Filter /FlateDecode", content=zlib.compress(bytes(200 << 20)))),
        ("busy.pdf", pdf(content=b"BT /F1 12 Tf " + b"(x) Tj " * 1_000_000 + b" ET")),
    ):
        file = await house.attach("mons", name, data)
        await contents.read_due(house.files)
        kept = await attachments.attachment(await house.viewer("mons"), file.id)
        assert (kept.unread, kept.wrong) == (False, "large"), name
        async with house.browser("mons") as browser:
            assert "too much memory" in (await browser.get(f"/files/{file.id}/")).text


@pytest_asyncio.fixture(scope="module")
async def told(house: House) -> dict[str, int]:
    """A file with the same word, and with one of its own, in each space, each used by a page there; and one that nothing uses."""
    mons, made = await house.viewer("mons"), {}
    for space in house.spaces:
        file = await house.attach("mons", f"plan-{space}.pdf", pdf("Felles brannplan", f"kanari{space}inside her"))
        body = f"[Plan](/files/{file.id}/plan-{space}.pdf)"
        await actions.post(mons, "page", house.spaces[space], Fields(f"Plans of kanari{space}plans", body))
        made[space] = file.id
    made["own"] = (await house.attach("mons", "kladd.pdf", pdf("Felles kladd"))).id
    await contents.read_due(house.files)
    return made


async def test_who_may_read_a_file_finds_it_by_what_stands_in_it_and_nobody_else_does(
    house: House, told: dict[str, int]
) -> None:
    readers = {"mons": {*told}, "hedda": {*told} - {"own"}, "gro": {"kontoret"}, "ole": {"torget"}}
    for handle, spaces in readers.items():
        async with house.browser(handle) as browser:
            page = (await browser.get("/search/?q=felles")).text
            assert {name for name, id in told.items() if f'id="file-{id}"' in page} == spaces, handle
            for space in house.spaces:
                shown = (await browser.get(f"/search/?q=kanari{space}inside")).text
                assert (f"plan-{space}.pdf" in shown and "<mark>" in shown) is (space in spaces)
                assert (f"kanari{space}plans" in shown) is (space in spaces), "what it belongs to is named too"
    async with house.browser("hedda") as browser:
        for asked, found in (("brannplaner", True), ('"felles brannplan"', True), ("felles -brannplan", False), ("plan-torget.pdf", True), ("felles in:torget kind:page", True), ("felles in:torget kind:idea", False), ("in:torget", False)):  # fmt: skip
            page = (await browser.get("/search/", params={"q": asked})).text
            assert (f'id="file-{told["torget"]}"' in page) is found, asked


async def test_a_new_version_is_found_by_what_stands_in_it_and_not_by_what_stood_in_the_last(
    house: House, told: dict[str, int]
) -> None:
    mons = await house.viewer("mons")
    await versions.bring(mons, house.files, told["torget"], io.BytesIO(pdf("Helt nyskrevet")), "")
    async with house.browser("ole") as browser:
        found = f'id="file-{told["torget"]}"'
        assert found not in (await browser.get("/search/?q=brannplan")).text
        assert await contents.read_due(house.files) == 1 and await contents.read_due(house.files) == 0
        assert found in (await browser.get("/search/?q=nyskrevet")).text
        assert found not in (await browser.get("/search/?q=brannplan")).text


async def test_what_one_process_has_begun_another_does_not_read_until_it_is_clear_that_it_will_not_end(
    house: House, told: dict[str, int]
) -> None:
    await execute("UPDATE attachment SET unread = {} WHERE id = {}", True, told["torget"])
    taken = await contents._taken()
    assert [each["id"] for each in taken] == [told["torget"]] and await contents._taken() == []
    await execute("UPDATE attachment SET begun_at = begun_at - {} WHERE id = {}", contents._LONG + 1, told["torget"])
    assert [each["id"] for each in await contents._taken()] == [told["torget"]]
    # Somebody brings another version while it is read: what was read is of the one before.
    await execute("UPDATE attachment SET hash = {}, begun_at = NULL WHERE id = {}", "0" * 64, told["torget"])
    await contents._keep([(taken[0], contents._Text("of the last"), "of the last")])
    assert await value("SELECT count(*) FROM file_text WHERE body = 'of the last'") == 0
    await contents.read_due(house.files)
    [state] = await rows("SELECT wrong FROM file_text WHERE id = {}", told["torget"])
    assert state["wrong"] == "gone"


def test_where_a_system_sets_no_limits_files_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(which: int, limit: tuple[int, int]) -> None:
        asked.append(which)
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(aside.resource, "setrlimit", refuse)
    aside.bind(1 << 30, 20)
    assert len(asked) == 4
