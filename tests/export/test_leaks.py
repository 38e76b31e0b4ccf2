"""The second wall: a snapshot that says what its readers may not read is never published, and no other is held back."""

from __future__ import annotations

from pathlib import Path

import pytest

from export.leaks import Secrets, hidden_from, said_in
from export.making import Maker
from export.manifest import Made
from export.snapshot import export
from tests.cast import House
from web.entries import actions, drafts
from web.entries.actions import Fields
from web.errors import NotDone
from web.people import actions as people_actions
from web.people import queries as people
from web.policy import EVERYONE

TITLE, TEXT = "Where the office moves", "Nobody outside this room knows that all of us will move"


async def secret_page(house: House) -> int:
    return await actions.post(
        await house.viewer("mons"),
        "page",
        house.spaces["loftet"],
        Fields(TITLE, f"A **bold** plan.\n\n{TEXT}, in May."),
    )


def test_a_large_file_is_looked_through_to_its_end() -> None:
    line = f"<p>{'All of this may be read. ' * 40}</p>\n"
    for place in (0, 1500, 2999):
        page = [line] * 3000
        page[place] = f"<p>{TEXT}</p>\n"
        assert said_in("index.html", "".join(page).encode(), Secrets({TEXT: "entry 7"})), place
    assert not said_in("index.html", (line * 3000).encode(), Secrets({TEXT: "entry 7"}))


async def test_what_must_not_be_said_is_looked_for_in_every_file(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mons = await house.viewer("mons")
    id = await secret_page(house)
    file = await house.attach("mons", "All the salaries.txt", b"much", entry=id)
    attic = await people_actions.open_space(
        await house.viewer("mons"), "attic-of-mons", "What Mons keeps upstairs", "secret"
    )
    assert attic
    draft = "Some words that only their writer has seen"
    await drafts.keep(mons, {"kind": "page", "space": "torget", "body": draft})
    page = await house.entry("torget", "page")
    suggestion = "A suggested sentence that nobody has let in"
    change = Fields(
        page.title, f"{page.body}\n\n{suggestion}, so far.", summary="Only those who edit it read this reason"
    )
    await actions.suggest(await house.viewer("ole"), page.id, change, page.revision)
    rewrite, out = Maker._by_line, tmp_path / "out"
    secrets = (
        TITLE,
        TEXT,
        str(id),
        str(file.id),
        "All the salaries.txt",
        "What Mons keeps upstairs",
        "spaces/attic-of-mons/",
        draft,
        suggestion,
        "Only those who edit it read this reason",
        "mons@dugnad.test",
    )
    for said in secrets:

        def leaking(self: Maker, made: Made, html: str, said: str = said) -> str:
            return str(rewrite(self, made, html)) + (f"<p>{said}</p>" if made.address == "/tags/" else "")

        with (
            monkeypatch.context() as patched,
            pytest.raises(NotDone, match=r"tags/index\.html .*may not read") as wrong,
        ):
            patched.setattr(Maker, "_by_line", leaking)
            await export(lambda: house.app, house.settings, "everyone", out)
        assert said.isdigit() or said not in str(wrong.value), "and it is not said again"
    assert not out.exists()
    await export(lambda: house.app, house.settings, "everyone", out)


async def test_what_is_said_openly_too_holds_nothing_back(house: House, tmp_path: Path) -> None:
    await secret_page(house)
    gro = await people.person(await house.viewer("astrid"), "gro")
    await actions.post(
        await house.viewer("mons"), "page", house.spaces["torget"],
        Fields(f"{TITLE}?", f"Is it so? “{TEXT}”, and ask gro@dugnad.test, or {gro.name}."),
    )  # fmt: skip
    await people_actions.open_space(
        await house.viewer("mons"), "vendor", "Called like a folder of every snapshot", "secret"
    )
    hidden = await hidden_from(EVERYONE)
    assert hidden.of and not {TITLE, TEXT, "gro@dugnad.test"} & hidden.of.keys()
    await export(lambda: house.app, house.settings, "everyone", tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [("a.html", b"<p>Kari &amp; Ola</p>", True), ("b.md", b"Kari & Ola", True), ("c.png", b"\x89PNG Kari & Ola", False),
     ("d.html", b"<p>Kari</p>", False)],
)  # fmt: skip
def test_files_are_looked_through_as_they_are_written(name: str, content: bytes, says: bool) -> None:
    hidden = Secrets({"Kari & Ola": "entry 1", "Kari &amp; Ola": "entry 1"})
    found = said_in(name, content, hidden)
    assert [each.split()[0] for each in found] == [name] * says and said_in(name, content, Secrets({})) == []
