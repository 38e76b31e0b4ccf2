"""What Markdown was read as is kept for whoever makes very many pages, and nothing is lost without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from web import text
from web.entries import derived
from web.entries.rendered import Rendered

BODY = "# A heading\n\n" + "A **long** text with a [[Link]], a #tag and an @handle. " * 30


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    derived._rendered.clear()
    monkeypatch.setattr(derived, "_before", None)
    yield tmp_path / "bodies"
    derived._rendered.clear()


def spoil(shelf: Path) -> None:
    for file in shelf.iterdir():
        file.write_bytes(b"no database at all" * 1000)


async def test_a_text_that_was_read_by_another_process_is_not_read_again(shelf: Path) -> None:
    derived.render_once(shelf, 0)
    assert await derived.rendered(BODY) == text.render(BODY)
    assert Rendered(shelf).find(BODY) == text.render(BODY), "with its links, its headings and its plain text"
    other = text.Text("<p>as it was kept</p>", "as it was kept")
    Rendered(shelf).keep(BODY, other)
    derived._rendered.clear()
    assert await derived.rendered(BODY) == other


async def test_without_what_was_kept_a_text_is_read_again(shelf: Path) -> None:
    derived.render_once(shelf, 0)
    await derived.rendered(BODY)
    spoil(shelf)
    derived._rendered.clear()
    derived.render_once(shelf, 0)
    assert await derived.rendered(BODY) == text.render(BODY)
    derived.render_once(shelf, 0)
    await derived.rendered(BODY + " ")
    assert Rendered(shelf).find(BODY + " "), "what is spoiled is begun anew the next time"


def test_what_other_versions_kept_is_forgotten_and_what_took_too_long_is_not_kept(shelf: Path) -> None:
    shelf.mkdir()
    (shelf / "0123456789abcdef.sqlite").write_bytes(b"of another renderer")
    kept = Rendered(shelf)
    assert not (shelf / "0123456789abcdef.sqlite").exists()
    kept.keep(BODY, text.Text("<pre>", BODY, degraded=True))
    assert kept.find(BODY) is None


def test_when_a_text_was_taken_away_for_good_nothing_is_left_of_it_here(shelf: Path) -> None:
    Rendered(shelf).keep(BODY, text.render(BODY))
    assert Rendered(shelf, 1).find(BODY) is None
    assert not any(b"A heading" in file.read_bytes() for file in shelf.iterdir())
