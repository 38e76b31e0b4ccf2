"""The house keeps its shape: who may open which door, and rules that a machine can see."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sorted(path for folder in ("web", "export") for path in (ROOT / folder).rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# From the inside out. A room may open the doors of rooms in the layers before its own, and of its own layer.
LAYERS = (
    ("web.errors", "web.times", "web.facts", "web.kinds", "web.settings", "web.thrift", "web.storage", "web.bucket", "web.text", "web.source", "web.markdown", "web.markup", "web.filed", "web.cleaning", "web.linked", "web.aside", "web.unpacking", "web.fetching", "web.page_words", "web.drawing", "web.colours", "web.words", "web.checks",
     "web.database", "web.static_files", "web.program", "web.remembered", "web.metadata", "web.contents"),
    ("web.people.tables", "web.entries.tables", "web.entries.posted", "web.entries.talk_tables", "web.entries.attention", "web.publishing.tables"),
    ("web.policy", "web.rights"),
    ("web.people", "web.entries", "web.publishing"),
    ("web.urls", "web.twins", "web.feeds", "web.identity", "web.forms", "web.http", "web.templating", "web.jinja", "web.compiled", "web.fragments", "web.crowd", "web.embeds", "web.glossing", "web.bodies", "web.edge", "web.imports", "web.leaving", "web.demo", "web.live", "web.known", "web.handbook", "web.mailing", "web.letter_text", "web.receiving", "web.collecting", "web.validators", "web.ranges", "web.readers", "web.furthest", "web.rounds"),
    ("web.routes",),
    ("web.app", "web.asgi", "web.opening"),
    ("export",),
    ("web.serving", "web.terminal", "web.incoming", "web.posting", "web.traffic", "web.cli"),
)  # fmt: skip
# Third-party rooms that one room of ours has to itself.
ALONE = {
    "mistune": ("web.markdown", "web.markup", "web.linked"),
    "nh3": ("web.cleaning",),
    "argon2": ("web.people.passwords",),
    "multipart": ("web.forms",),
    "obstore": ("web.bucket",),
    "libzim": ("export.zim",),
    "mmdr": ("web.drawing",),
    "httpcore": ("web.fetching",),
    "httpx": ("web.fetching",),
    "lxml": ("web.page_words",),
    "pypdf": ("web.contents.pdf",),
    "pikepdf": ("web.metadata.documents",),
    "mwparserfromhell": tuple(
        f"web.imports.mediawiki.{each}" for each in ("links", "pandoc", "tables", "tags", "wikitext")
    ),
}


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def layer_of(module: str) -> int:
    fitting = [
        (len(name), number)
        for number, names in enumerate(LAYERS)
        for name in names
        if f"{module}.".startswith(f"{name}.")
    ]
    assert fitting, f"{module} has no place in LAYERS"
    return max(fitting)[1]


def imports_of(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


@pytest.mark.parametrize("path", PYTHON, ids=module_of)
def test_a_room_opens_only_doors_further_in(path: Path) -> None:
    module = module_of(path)
    if module in ("web", "export"):
        return
    for name in imports_of(path):
        if name.startswith(("web.", "export.")):
            assert layer_of(name) <= layer_of(module), f"{module} opens the door of {name}"


@pytest.mark.parametrize("path", PYTHON, ids=module_of)
def test_what_one_room_has_to_itself_no_other_uses(path: Path) -> None:
    for name in imports_of(path):
        keepers = ALONE.get(name.partition(".")[0])
        assert keepers is None or module_of(path) in keepers


@pytest.mark.parametrize("path", [path for path in PYTHON if "routes" in path.parts], ids=module_of)
def test_routes_hold_no_query(path: Path) -> None:
    assert not [name for name in imports_of(path) if name.startswith("piccolo")]
    assert not re.search(r'"(SELECT|INSERT|UPDATE|DELETE) ', path.read_text("utf-8").replace('"SELECT 1"', ""))


@pytest.mark.parametrize("path", [path for path in PYTHON if "routes" not in path.parts], ids=module_of)
def test_only_routes_and_their_glue_know_requests(path: Path) -> None:
    glue = (
        "web.forms",
        "web.http",
        "web.validators",
        "web.readers",
        "web.bodies",
        "web.identity",
        "web.app",
        "web.edge",
        "web.cli",
        "export",
    )
    if not module_of(path).startswith(glue):
        assert not [name for name in imports_of(path) if name.startswith("litestar")]


@pytest.mark.parametrize("path", [*PYTHON, *TEMPLATES], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_kind_is_compared_with_a_literal(path: Path) -> None:
    assert not re.search(r"""kind *(==|!=) *["']|\.kind +in +[\(\[]""", path.read_text("utf-8"))


@pytest.mark.parametrize("path", PYTHON, ids=module_of)
def test_a_room_says_what_it_is_for_and_is_not_a_hall(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not text or ast.get_docstring(ast.parse(text)), (
        "a module opens with one sentence that says what the room is for"
    )
    assert len(text.splitlines()) <= 350
    assert path.stem not in ("utils", "helpers", "base", "manager", "service", "common", "misc")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    text = re.sub(r"\{[%#{].*?[%#}]\}", "", text, flags=re.S)
    if path.parent.name == "mails":  # a letter is shown where there are no sheets of ours
        text = text.replace("<style>", "", 1)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"https?://", text)
