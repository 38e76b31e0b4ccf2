"""Whatever a text looks like: links that go out come in again, and nothing else is touched."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from web.imports import targets
from web.imports.targets import Targets
from web.imports.tree import Page
from web.leaving.links import Inwards, Outwards, rewritten
from web.leaving.names import Files

ORIGIN = "https://intranett.eksempel.no"
PATHS = {1: "Her/Side.md", 2: "Ølbrygging (100 %).md", 3: "Her/Side/Under & over.md", 4: "Her/files.md"}
PLACES = [
    "/e/{1}", "/e/{2}#s-x", "/pages/{3}/slug/", "/pages/{4}/?a=b#c", "/files/{71}/a.png", "/files/{72}/a.png#p", "/files/99/x", "/e/9", "/tags/x/",
    "Side.md", "./Side.md", "../files/a.png", "../files/2/a.png", "files.md", "Side/Under%20&%20over.md", "../%C3%98lbrygging%20(100%20%25).md", "nothing.md",
    ORIGIN + "/e/{2}", ORIGIN + "/x", "https://example.org/e/{1}", "#s-x", "", "/", "//x", "a b", "a:b", "\\/e/{1}", "/e/{1}&amp;",
]  # fmt: skip
PIECES = [
    "[x](%s)", "![alt *a*](%s)", "[x](<%s>)", "[x](%s \"t\")", "[x](\n%s\n)", "[![p](%s)](%s)", "[r]: %s\n", "\n\n[r]: <%s> 't'\n\n", "> [q]: %s\n", "- [q]:\n  %s\n",
    "`[x](%s)`", "```\n[x](%s)\n```\n", "    [x](%s)\n", "\\[x](%s)", "](%s)", "[x] (%s)", "[x](%s", "<%s>", "%s", "<a href=\"%s\">", "|[x](%s)|", "[^1]: [x](%s)\n",
]  # fmt: skip
MORE = [
    "[r]",
    "[q][]",
    "[^1]",
    "`",
    "``",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "1. ",
    "    ",
    "|",
    "\n|-|\n",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    "\\",
    "!",
    "~~~\n",
    "*",
    "word",
    "<!--",
    "-->",
    "[[Side]]",
]


def bodies() -> st.SearchStrategy[str]:
    def filled(piece: str, places: list[str]) -> str:
        for place in places:
            piece = piece.replace("%s", place, 1)
        return piece

    link = st.builds(filled, st.sampled_from(PIECES), st.lists(st.sampled_from(PLACES), min_size=2, max_size=2))
    return st.lists(st.one_of(link, st.sampled_from(MORE)), max_size=14).map("".join)


def out(body: str, ids: dict[int, int]) -> tuple[str, Files]:
    files, there = Files(), {ids[71]: "one", ids[72]: "two"}
    pages = {ids[id]: path for id, path in PATHS.items()}
    way = Outwards(
        PATHS[1],
        pages,
        frozenset(pages.values()),
        lambda id: files.path_of(there[id], "a.png") if id in there else None,
        ORIGIN,
    )
    return rewritten(body, way), files


def back(body: str, files: Files, ids: dict[int, int]) -> str:
    pages = {path: Page(path) for path in PATHS.values()}
    where = Targets(pages.values(), files.wanted)
    made = rewritten(body, Inwards(PATHS[1], where.place_of_page, where.place_of_file, lambda written: None))
    number = {"one": ids[71], "two": ids[72]}
    return targets.settle(
        made,
        {path: f"/e/{ids[id]}" for id, path in PATHS.items()},
        {path: f"/files/{number[key]}/a.png" for path, key in files.wanted.items()},
    )


HERE = {id: 40_000 + id for id in (*PATHS, 71, 72)}
THERE = {id: 7_000_000_000 + id for id in HERE}


def said(body: str, ids: dict[int, int]) -> str:
    for id, number in ids.items():
        body = body.replace(f"{{{id}}}", str(number))
    return body


@settings(max_examples=400, deadline=None)
@given(bodies())
def test_links_come_back_in_any_text(written: str) -> None:
    gone, files = out(said(written, HERE), HERE)
    came = back(gone, files, THERE)
    again, more = out(came, THERE)
    assert again == gone and more.wanted == files.wanted


def test_code_and_what_is_no_link_stay_as_they_are() -> None:
    body = "`[x](/e/{1})` \\[x](/e/{1}) ](/e/{1})\n\n    [x](/e/{1})\n\n```\n[x](/e/{1}) ![x](/files/{71}/a.png)\n```\n\n[unused]: /e/{1}\n"
    gone, files = out(said(body, HERE), HERE)
    assert gone == said(body, HERE) and not files.wanted
