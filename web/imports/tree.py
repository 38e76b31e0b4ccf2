"""From files to pages in a tree: what each is called, what it stands under, and in which order."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from web import text
from web.imports import front
from web.imports.folder import ENDINGS, Folder, Source
from web.imports.front import Front
from web.imports.report import Problem
from web.source import without_code

# Whichever of these a folder has first is the folder's own page.
_INDEXES = ("_index", "index", "readme")
# What a wiki of GitHub shows around its pages; the first says in which order they come.
_MENU = "_sidebar"
_AROUND = frozenset({_MENU, "_footer", "_header"})
_LED = re.compile(r"\[\[(?P<wiki>[^\[\]\n]+)\]\]|\]\((?P<to>[^()\s]+)\)")
_HEADING = re.compile(
    r"[ ]{0,3}#(?:[ \t]+(?P<title>[^\n]*?))?(?:[ \t]+#+)?[ \t]*(?:\n|\Z)|(?P<over>[^\n]+)\n[ ]{0,3}=+[ \t]*(?:\n|\Z)"
)
_LATER = re.compile(r"^#[ \t]+(?P<title>[^\n]+)", re.MULTILINE)
_ATTRIBUTES = re.compile(r"[ \t]*\{[:#.\w][^{}\n]*\}[ \t]*$")
_HTML = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->")


@dataclass
class Page:
    """A page to be. `path` is its file's path, or for a folder without a page of its own the folder's, with a slash.

    start: where in `text` the body begins. body: what is saved, with places for addresses that are not known yet.
    written_at: in milliseconds, when the file says it. gone: it was imported before, and is no longer in the folder.
    """

    path: str
    text: str = ""
    start: int = 0
    title: str = ""
    front: Front = field(default_factory=Front)
    folder: str | None = None
    parent: Page | None = None
    children: list[Page] = field(default_factory=list)
    body: str = ""
    written_at: int | None = None
    gone: bool = False
    problems: list[Problem] = field(default_factory=list)

    def report(self, line: int, what: str, detail: str) -> None:
        self.problems.append(Problem(self.path, line, what, " ".join(detail.split())[:300]))


def grow(folder: Folder) -> list[Page]:
    """Every page, parents before what stands under them and siblings in order."""
    pages = {source.path: page_of(source, folder.root.name) for source in folder.sources}
    _follow_menu(pages)
    heads = _heads(pages)
    for path, page in pages.items():
        _hang(page, page.folder if page.folder is not None else path, heads)
    for name, head in heads.items():
        if head.path not in pages:
            _hang(head, name, heads)
    top = [page for page in (*pages.values(), *heads.values()) if page.parent is None]
    return list(_walk(list({id(page): page for page in top}.values())))


def _follow_menu(pages: dict[str, Page]) -> None:
    """Pages come in the order in which the menu of a wiki leads to them."""
    menu = next((page for path, page in pages.items() if path.lower() == f"{_MENU}.md"), None)
    if menu is None:
        return
    led = (part for found in _LED.finditer(menu.text) for part in (found["wiki"] or found["to"]).split("|"))
    places = {_as_file(name): place for place, name in reversed([*enumerate(led)])}
    for path, page in pages.items():
        place = places.get(_as_file(stem_of(path)), places.get(_as_file(page.title)))
        if page.front.order is None and place is not None:
            page.front = replace(page.front, order=place)


def _as_file(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", stem_of(unquote(name).partition("#")[0]).casefold())


def words(name: str) -> str:
    """A file's name as a title: without its ending and number, with blanks for hyphens."""
    stem = stem_of(name)
    bare = re.sub(r"^\d+[-_. ]+(?=\S)", "", stem)
    spaced = " ".join(re.sub(r"[-_]+", " ", bare).split()) or stem
    return spaced[:1].upper() + spaced[1:]


def stem_of(path: str) -> str:
    name = posixpath.basename(path.rstrip("/"))
    return next((name[: -len(ending)] for ending in ENDINGS if name.lower().endswith(ending)), name)


def plain(title: str) -> str:
    """A title without its markup."""
    bare = _HTML.sub("", _ATTRIBUTES.sub("", title[:1000])).strip()
    return " ".join(text.render(f"# {bare}").plain.split()) if bare else ""


def page_of(source: Source, root: str) -> Page:
    """What a file alone says of its page."""
    given, start, wrong = front.split(source.text)
    page = Page(source.path, source.text, start, front=given)
    if wrong:
        page.report(1, "front matter", wrong)
    stem = stem_of(source.path)
    if given.ours:
        page.start = start + source.text.startswith("\n", start)
        page.title = given.title or words(stem)
        return page
    heading, page.start = _first_heading(source.text, start)
    if not (given.title or heading) and stem.lower() in _INDEXES:
        stem = posixpath.basename(posixpath.dirname(source.path)) or root
    page.title = plain(given.title) or heading or words(stem)
    if given.title and heading and _bare(heading) != _bare(page.title):
        page.start = start  # it says something else than the title
    return page


def _bare(title: str) -> str:
    """The letters and figures of any script."""
    return re.sub(r"[\W_]+", "", title.casefold()) or title


def _first_heading(whole: str, start: int) -> tuple[str, int]:
    """The first heading of the first level, and where the body begins: after the heading, when nothing stands before it."""
    begins = start + len(whole[start:]) - len(whole[start:].lstrip("\n \t"))
    line = whole.rfind("\n", start, begins) + 1 if "\n" in whole[start:begins] else start
    if found := _HEADING.match(whole, line):
        title = plain(found["title"] or found["over"] or "")
        return title, found.end() if title else start
    later = _LATER.search(without_code(whole[start:]))
    return (plain(whole[start:][slice(*later.span("title"))]), start) if later else ("", start)


def _heads(pages: dict[str, Page]) -> dict[str, Page]:
    """The page of each folder that holds pages, but of the topmost only when it has one."""
    inside: dict[str, dict[str, Page]] = defaultdict(dict)
    for path, page in pages.items():
        inside[posixpath.dirname(path)].setdefault(stem_of(path).lower(), page)
    for name in [above for folder in inside for above in _above(folder)]:
        inside[name]
    heads = {}
    for name, here in sorted(inside.items()):
        named = posixpath.basename(name).lower()
        indexes = (*_INDEXES, named if name else "home")
        own = next((here[index] for index in indexes if index in here and not here[index].front.ours), None)
        beside = inside[posixpath.dirname(name)].get(named) if name else None
        if head := own or beside or (Page(f"{name}/", title=words(name)) if name else None):
            head.folder = name if head.folder is None else head.folder
            heads[name] = head
    return heads


def _above(name: str) -> Iterator[str]:
    while name := posixpath.dirname(name):
        yield name


def _hang(page: Page, path: str, heads: dict[str, Page]) -> None:
    above = posixpath.dirname(path)
    # What lies in the topmost folder stands beside its page, not under it.
    head = heads.get(above) if above else None
    if head is not None and head is not page:
        page.parent = head
        head.children.append(page)


def _walk(pages: list[Page]) -> Iterator[Page]:
    stack = sorted(pages, key=_order, reverse=True)
    while stack:
        page = stack.pop()
        yield page
        stack.extend(sorted(page.children, key=_order, reverse=True))


def _order(page: Page) -> tuple[bool, bool, float, list[tuple[int, int, str]], str]:
    """The topmost folder's page first, then by number, then by name, in which 2 comes before 10."""
    name = posixpath.basename((page.folder or page.path).rstrip("/")).lower()
    pieces = [
        (0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in re.split(r"(\d{1,15})", name) if piece
    ]
    order = page.front.order
    return page.folder != "", stem_of(name) in _AROUND, order if order is not None else float("inf"), pieces, page.path
