"""Templates are compiled once, and what they are compiled to is kept beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from web.compiled import Compiled


@pytest.fixture(autouse=True)
def writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def said(folder: Path, by: Path, language: str = "en", **options: bool) -> str:
    loader, kept = FileSystemLoader(folder), Compiled(folder, language, by)
    return Environment(loader=loader, bytecode_cache=kept, autoescape=True, **options).get_template("a.html").render()


def kept(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (folder / "__pycache__").glob("*")}


@pytest.fixture
def by(tmp_path: Path) -> Path:
    file = tmp_path / "by.py"
    file.write_text("one")
    (tmp_path / "a.html").write_text("\n{% if true %}\nHello\n{% endif %}")
    return file


def test_a_template_is_not_compiled_again_until_it_says_something_else(
    tmp_path: Path, by: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = said(tmp_path, by)
    with monkeypatch.context() as patched:
        patched.setattr(Environment, "compile", None)
        assert said(tmp_path, by) == first
    (tmp_path / "a.html").write_text("Good bye")
    assert said(tmp_path, by) == "Good bye" and len(kept(tmp_path)) == 1


def test_what_was_compiled_by_something_else_or_for_another_language_is_not_taken(tmp_path: Path, by: Path) -> None:
    said(tmp_path, by)
    by.write_text("two")
    assert said(tmp_path, by, trim_blocks=True) == "\nHello\n"
    said(tmp_path, by, "nb")
    assert len(kept(tmp_path)) == 2


def test_where_nothing_can_be_kept_it_is_compiled_each_time(tmp_path: Path, by: Path) -> None:
    (tmp_path / "__pycache__").write_text("in the way")
    assert "Hello" in said(tmp_path, by)
    (tmp_path / "__pycache__").unlink()
    said(tmp_path, by)
    for name, whole in kept(tmp_path).items():
        for end in (0, 10, 40, 60, len(whole) - 5):
            (tmp_path / "__pycache__" / name).write_bytes(whole[:end])
            assert "Hello" in said(tmp_path, by)
