"""A wiki moves in: its pages with all that they have been, its talks, its files; again, and only what is new is written."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cast import House
from tests.imports.dumps import Text, dump, page
from tests.imports.test_import_plan import PNG
from web.database import rows, value
from web.entries import actions, attachments, check, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import NotAllowed, NotDone, NotThere
from web.imports import histories
from web.imports.mediawiki.importing import Asked, import_mediawiki
from web.imports.people import read_people
from web.imports.report import Report

JANUARY = 1_420_106_400_000  # the first of it in 2015, at ten
DAY = 86_400_000


def written(path: Path, said: str | bytes) -> None:
    path.write_bytes(said if isinstance(said, bytes) else said.encode())


async def run(
    house: House, path: Path, said: str | bytes, space: str = "torget", by: str = "mons", **asked: Any
) -> Report:
    written(path, said)
    return await import_mediawiki(await house.viewer(by), path, house.spaces[space], house.files, Asked(**asked))


async def named(house: House, title: str, space: str = "torget") -> Entry:
    found = await value(
        "SELECT id FROM entry WHERE title = {} AND space = {} ORDER BY id DESC LIMIT 1", title, house.spaces[space].id
    )
    return await queries.entry(await house.viewer("hedda"), found)


def sorts(report: Report) -> dict[str, int]:
    return report.sorts()


async def test_no_clock_that_was_wrong_puts_a_text_over_all_that_comes_after(house: House, tmp_path: Path) -> None:
    texts = (Text("Før.", 3), Text("Fra i morgen.", at="2098-01-01T00:00:00Z"))
    await run(house, tmp_path / "d.xml", dump(page(1, "Klokka", *texts), wiki="klokkewiki"))
    entry, ole = await named(house, "Klokka"), await house.viewer("ole")
    assert entry.body == "Fra i morgen." and entry.active_at < JANUARY + 3 * DAY
    await actions.edit(ole, entry.id, Fields("Klokka", "I dag."), entry.revision)
    found = await queries.revisions(ole, entry.id)
    assert [each.body for each in found] == ["I dag.", "Fra i morgen.", "Før."]


async def test_a_page_comes_with_every_text_in_the_order_of_time(house: House, tmp_path: Path) -> None:
    texts = [
        Text("Båten går '''åtte'''.", 20, "Per Vik", "klokka", minor=True), Text("Båten går.", 3, comment="ny side"),
        Text("Båten går sju.", 9, "2001:db8::7", "Fjernet endring av [[Spesial:Bidrag/192.0.2.1|192.0.2.1]] og 2001:db8::9 kl. 10:00:00", ip=True),
    ]  # fmt: skip
    (tmp_path / "people").write_text("# hvem er hvem\nPer_Vik = @Ole\n")
    people = await read_people(tmp_path / "people")
    report = await run(house, tmp_path / "d.xml", dump(page(1, "Rute tolv", *texts)), people=people)
    assert (report.made, report.texts, report.not_imported) == (1, 3, 0)
    entry = await named(house, "Rute tolv")
    found = await queries.revisions(await house.viewer("mons"), entry.id)
    assert [each.body for each in found] == ["Båten går **åtte**.", "Båten går sju.", "Båten går."]
    assert [each.author.handle for each in found] == ["ole", "mons", "mons"], (
        "who has no name here is named in the summary"
    )
    assert [each.summary for each in found] == [
        "klokka",
        "Fjernet endring av anonymous og anonymous kl. 10:00:00 (anonymous)",
        "ny side (Ine Berg)",
    ]
    assert [each.minor for each in found] == [True, False, False]
    assert [each.created_at for each in found] == [JANUARY + day * DAY for day in (19, 8, 2)]
    assert (entry.created_at, entry.updated_at, entry.author.handle) == (JANUARY + 2 * DAY, JANUARY + 19 * DAY, "mons")
    assert not [
        each
        for each in await rows("SELECT summary, body FROM revision")
        if "192.0.2" in str(each) or "db8" in str(each)
    ]
    assert not await check.faults(house.files)


async def test_titles_that_only_lead_on_lead_to_the_page_and_it_was_called_so(house: House, tmp_path: Path) -> None:
    pages = (
        page(1, "Havnekontoret", Text("Et.", 1), Text("Et.", 5, comment="flyttet", at="2015-01-05T10:00:01Z"), Text("To.", 8)),
        page(2, "Havnefogden", Text("#OMDIRIGERING [[Havnekontoret]]", 5), redirect="Havnekontoret"),
        page(3, "Fogden", Text("#redirect [[Havnefogden]]", 6)),
        page(4, "Kaia", "Spør [[fogden]]s folk på [[Fogden|kontoret]]."),
        page(5, "Ring a", Text("#REDIRECT [[Ring b]]")), page(6, "Ring b", Text("#REDIRECT [[Ring a]]")),
    )  # fmt: skip
    viewer = await house.viewer("mons")
    waiting = await actions.post(viewer, "thread", house.spaces["torget"], Fields("Venter", "Se [[Havnefogden]]."))
    report = await run(house, tmp_path / "d.xml", dump(*pages, wiki="ledere"))
    office, quay = await named(house, "Havnekontoret"), await named(house, "Kaia")
    assert quay.body == "Spør [[Havnekontoret|fogdens]] folk på [[Havnekontoret|kontoret]]."
    assert {each.id for each in await queries.backlinks(viewer, office.id)} == {quay.id, waiting}
    assert await queries.former_titles(viewer, office.id) == {"Havnefogden"}
    assert report.made == 4, "what leads in a ring is a page that says so"
    assert sorts(report)["redirect"] == 1


async def test_talks_are_threads_and_namespaces_stand_under_their_names(house: House, tmp_path: Path) -> None:
    pages = (
        page(1, "Sjøkart", "Se [[Mal:Boks]], [[Bruker:Ine Berg]] og [[Kategori:Kart og kompass]]."),
        page(2, "Diskusjon:Sjøkart", "== Målestokk ==\nFeil? [[Bruker:Ine Berg|Ine]]\n: Nei.\n:: Jo.", space=1),
        page(3, "Mal:Boks", "<div>{{{1}}}</div>", space=10), page(4, "Kategori:Kart og kompass", "Alle kart.", space=14),
        page(5, "Sjøkart/Ytre led", "Ytterst."), page(6, "Brukerdiskusjon:192.0.2.7", "Hei.", space=3),
    )  # fmt: skip
    report = await run(house, tmp_path / "d.xml", dump(*pages, wiki="rom"))
    chart, talk, template = (
        await named(house, "Sjøkart"),
        await named(house, "Diskusjon:Sjøkart"),
        await named(house, "Mal:Boks"),
    )
    assert talk.kind == "thread" and talk.parent is None
    assert talk.body == "[[Sjøkart]]\n\n## Målestokk\n\nFeil? Ine\n\n> Nei.\n>\n> > Jo."
    assert talk.id in {each.id for each in await queries.backlinks(await house.viewer("ole"), chart.id)}
    assert template.body == "```wikitext\n<div>{{{1}}}</div>\n```"
    assert template.parent == (await named(house, "Mal")).id
    assert (await named(house, "Sjøkart/Ytre led")).parent == chart.id
    assert await queries.form_tags(chart.id) == "Kart-og-kompass"
    assert await queries.form_tags((await named(house, "Kategori:Kart og kompass")).id) == "Kart-og-kompass"
    assert await value("SELECT count(*) FROM entry WHERE title LIKE {}", "%192.0.2.7%") == 0
    assert sorts(report)["source"] == 1


@pytest.mark.parametrize(("layout", "space"), [("images/a/ab", "loftet"), ("flat", "kontoret")])
async def test_files_belong_to_the_page_that_shows_them(house: House, tmp_path: Path, layout: str, space: str) -> None:
    folder = tmp_path / "files" / layout
    (folder / "thumb").mkdir(parents=True)
    (folder / "Kart_øst.png").write_bytes(PNG)
    (folder / "Ubrukt.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "Hemmelig.png").symlink_to(tmp_path / "secret.png")
    said = "[[Fil:kart øst.png|miniatyr|300px|Kart over ''øst'']] [[Fil:Hemmelig.png]] [[Fil:Borte.png|borte]]"
    title = f"Bilder {layout[:4]}"
    report = await run(
        house, tmp_path / "d.xml", dump(page(1, title, said), wiki=layout[:4]), space, files=tmp_path / "files"
    )
    entry = await named(house, title, space)
    shown, _, rest = entry.body.partition("\n\n")
    assert shown.startswith("![Kart over *øst*](/files/") and "Borte.png" in rest and "Hemmelig.png" in rest
    file = int(shown.partition("/files/")[2].partition("/")[0])
    assert (await attachments.attachment(await house.viewer("mons"), file)).entry == entry.id
    with pytest.raises(NotThere):
        await attachments.attachment(await house.viewer("ole"), file)
    assert sorts(report)["image"] == 2
    assert [each.detail for each in report.problems if each.what == "file"] == [
        "1 files are shown by no page and were left out: Ubrukt.png"
    ]


async def test_run_again_only_what_is_new_is_written_and_what_changed_here_is_merged(
    house: House, tmp_path: Path
) -> None:
    first = [page(1, "Tau", Text("En.\n\nTo.\n\nTre.", 1)), page(2, "Knute", Text("Halvstikk.", 1))]
    report = await run(house, tmp_path / "d.xml", dump(*first, wiki="igjen"))
    again = await run(house, tmp_path / "d.xml", dump(*first, wiki="igjen"))
    assert (again.made, again.updated, again.unchanged, again.texts) == (0, 0, 2, 0)
    assert again.entries == report.entries
    rope, knot = await named(house, "Tau"), await named(house, "Knute")
    hedda = await house.viewer("hedda")
    await actions.edit(hedda, rope.id, Fields("Tau", "En, sier Hedda.\n\nTo.\n\nTre."), rope.revision)
    later = [
        page(1, "Tau", Text("En.\n\nTo.\n\nTre.", 1), Text("En.\n\nTo.\n\nTre, sier wikien.", 4)),
        page(2, "Knute", Text("Halvstikk.", 1), Text("Dobbelt halvstikk.", 2), Text("Pålestikk.", 3)), page(3, "Ny", "Ny."),
    ]  # fmt: skip
    dry = await run(house, tmp_path / "d.xml", dump(*later, wiki="igjen"), dry_run=True)
    third = await run(house, tmp_path / "d.xml", dump(*later, wiki="igjen"))
    assert (third.made, third.updated, third.unchanged) == (dry.made, dry.updated, dry.unchanged) == (1, 2, 0)
    assert (await queries.entry(hedda, rope.id)).body == "En, sier Hedda.\n\nTo.\n\nTre, sier wikien."
    found = await queries.revisions(hedda, knot.id)
    assert [(each.body, each.created_at) for each in found] == [
        ("Pålestikk.", JANUARY + 2 * DAY), ("Dobbelt halvstikk.", JANUARY + DAY), ("Halvstikk.", JANUARY),
    ]  # fmt: skip
    await actions.edit(hedda, knot.id, Fields("Knute", "Råbåndsknop, sier Hedda."), found[0].id)
    clash = [page(2, "Knute", Text("Halvstikk.", 1), Text("Åttetall.", 9)), page(1, "Tau", Text("En.", 1))]
    await actions.trash(hedda, rope.id)
    fourth = await run(house, tmp_path / "d.xml", dump(*clash, wiki="igjen"))
    assert (fourth.not_imported, sorts(fourth)["conflict"]) == (2, 1)
    assert (await queries.entry(hedda, knot.id)).body == "Råbåndsknop, sier Hedda."
    assert not await check.faults(house.files)


async def test_killed_half_way_it_goes_on(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [
        page(number, f"Side {number:03}", *(Text(f"Tekst {day}. [[Side {number + 1:03}]]", day) for day in range(1, 8)))
        for number in range(1, 100)
    ]
    make, calls = histories.make, []

    async def killed(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        await make(*args)

    monkeypatch.setattr(histories, "make", killed)
    monkeypatch.setattr("web.imports.mediawiki.going_on._TEXTS", 3)  # so that no page is written at once
    with pytest.raises(RuntimeError, match="killed"):
        await run(house, tmp_path / "d.xml", dump(*pages, wiki="avbrutt"))
    there = await value("SELECT count(*) FROM imported WHERE path LIKE {}", "mediawiki:avbrutt%")
    assert 0 < there < 99
    monkeypatch.setattr(histories, "make", make)
    await run(house, tmp_path / "d.xml", dump(*pages, wiki="avbrutt"))
    ids = "SELECT entry FROM imported WHERE path LIKE 'mediawiki:avbrutt%'"
    assert await value(f"SELECT count(*) FROM revision WHERE entry IN ({ids})") == 7 * 99
    assert await value(f"SELECT count(*) FROM link WHERE target IS NULL AND entry IN ({ids})") == 1, (
        "the last leads nowhere yet"
    )
    assert await value(f"SELECT count(*) FROM entry WHERE revisions <> 7 AND id IN ({ids})") == 0
    assert (await run(house, tmp_path / "d.xml", dump(*pages, wiki="avbrutt"))).unchanged == 99


async def test_what_is_not_there_or_not_known_is_kept_and_reported(house: House, tmp_path: Path) -> None:
    slot = "<content><role>ekstra</role><model>json</model><text>{}</text></content>"
    pages = (
        page(1, "Slettet", Text("Før.", 1), Text("", 2, raw='<text deleted="deleted"/>'), Text("Etter.", 3, raw='<contributor deleted="deleted"/>')),
        page(2, "Helt slettet", Text("", raw='<text deleted="deleted"/>')), page(3, "Mangler", Text("", raw="<text bytes='4' />" + slot)),
        page(4, "Skript", Text("body { color: red }", model="css")), page(5, "Tvilling"), page(6, "tvilling", "[[TVILLING]] [[Tvilling]]"),
        page(7, "TVILLING", "To."), page(8, "x" * 250, "Lang tittel."), page(9, "Lang", "ord " * 90_000),
        page(10, "Når", Text("Ingen vet.", at="i går")),
    )  # fmt: skip
    report = await run(house, tmp_path / "d.xml", dump(*pages, wiki="hull"))
    viewer = await house.viewer("mons")
    gone = await queries.revisions(viewer, (await named(house, "Slettet")).id)
    assert [(each.body, bool(each.redacted)) for each in gone] == [("Etter.", False), ("", True), ("Før.", False)]
    assert gone[0].summary == "(somebody)"
    assert (await named(house, "Helt slettet")).body == ""
    assert (await named(house, "Mangler")).body == "```ekstra\n{}\n```"
    assert (await named(house, "Skript")).body == "```css\nbody { color: red }\n```"
    assert (await named(house, "X" + "x" * 198 + "…")).body == "Lang tittel."
    twin, other = await named(house, "Tvilling"), await named(house, "TVILLING")
    assert twin.body == f"[TVILLING](/e/{other.id}) [Tvilling](/e/{twin.id})", (
        "titles that mean the same are told apart by address"
    )
    long = await named(house, "Lang")
    assert long.body.startswith("[Lang-901.txt](/files/") and len(long.body) > 200_000
    assert {"slot", "text", "too long", "time", "source"} <= sorts(report).keys()
    assert not await check.faults(house.files)


PACK: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "bz2": bz2.compress}


@pytest.mark.parametrize("ending", PACK)
async def test_a_packed_dump_is_read_and_a_broken_one_is_not(house: House, tmp_path: Path, ending: str) -> None:
    whole = PACK[ending](dump(page(1, f"Pakket {ending}", "Innhold."), wiki=ending).encode())
    assert (await run(house, tmp_path / "d", whole)).made == 1
    with pytest.raises(NotDone):
        await run(house, tmp_path / "d", whole[: len(whole) // 2])


HOSTILE = {
    "entities": '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><mediawiki><page><title>&b;</title></page></mediawiki>',
    "a file": '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/hostname">]><mediawiki>&x;</mediawiki>',
    "an undeclared entity": "<mediawiki>&x;</mediawiki>",
    "something else": "<html><body>Hei</body></html>",
    "nothing": "",
    "half of it": dump(page(1, "Halv", "Tekst"))[:-40],
    "depth": "<mediawiki>" + "<a>" * 5000,
    "one endless tag": '<mediawiki a="' + "x" * 6_000_000,
}


@pytest.mark.parametrize("what", HOSTILE)
async def test_a_hostile_dump_is_refused_in_a_sentence_and_nothing_is_written(
    house: House, tmp_path: Path, what: str
) -> None:
    before = await value("SELECT count(*) FROM entry")
    with pytest.raises(NotDone, match="Nothing was imported"):
        await run(house, tmp_path / "d.xml", HOSTILE[what])
    assert await value("SELECT count(*) FROM entry") == before


async def test_what_unpacks_without_end_is_refused(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.imports.mediawiki.dump._FREE", 1 << 20)
    bomb = gzip.compress(b"<mediawiki><page><title>x</title><revision><text>" + b" " * (16 << 20))
    with pytest.raises(NotDone, match="unpacks to more than"):
        await run(house, tmp_path / "d.gz", bomb)


async def test_a_text_that_takes_for_ever_stays_as_it_was(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.imports.mediawiki.workshop._LONGEST", 0.5)
    slow = '<div a="<div a="' * 3000
    report = await run(
        house, tmp_path / "d.xml", dump(page(1, "Treg", slow), page(2, "Rask", "'''Ja'''."), wiki="treg")
    )
    assert (report.made, sorts(report)["source"]) == (2, 1)
    assert slow in (await named(house, "Treg")).body
    assert (await named(house, "Rask")).body == "**Ja**."


async def test_nothing_in_a_text_calls_anybody_or_reaches_where_the_writer_may_not(
    house: House, tmp_path: Path
) -> None:
    events = await value("SELECT count(*) FROM event WHERE verb = 'mention'")
    secret = house.entries["loftet", "page"]
    said = f"@astrid #merke [[{(await queries.entry(await house.viewer('hedda'), secret)).title}]] [x](javascript:alert(1)) <script>1</script>"
    await run(house, tmp_path / "d.xml", dump(page(1, "Utrop", said), wiki="utrop"))
    entry = await named(house, "Utrop")
    assert await value("SELECT count(*) FROM event WHERE verb = 'mention'") == events
    assert (
        await value(
            "SELECT count(*) FROM link WHERE entry = {} AND (person IS NOT NULL OR target IS NOT NULL)", entry.id
        )
        == 0
    )
    with pytest.raises(NotAllowed):
        await run(house, tmp_path / "d.xml", dump(page(1, "Nei", "x")), "kontoret", "ole")
    assert (await house.viewer("ole")).signed_in
