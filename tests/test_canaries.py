"""Nothing leaks: everything that an outsider, a guest or nobody can reach is fetched, and the canaries must be silent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import pytest_asyncio

from tests.cast import House
from web.database import value
from web.entries import actions, queries
from web.entries.actions import Fields

# Who, and the spaces whose content they may not see; of a secret one not even the name.
WHO = [
    ("ole", ("kontoret", "loftet")),
    ("gro", ("torget", "loftet")),
    ("astrid", ("kontoret", "loftet")),
    (None, ("torget", "kontoret", "loftet")),
]
_MOST = 900


@pytest_asyncio.fixture(scope="module")
async def woven(house: House) -> AsyncIterator[House]:
    """The house with threads between the rooms: links, mentions, tags and files that cross every border."""
    mons = await house.viewer("mons")
    await actions.post(mons, "page", house.spaces["loftet"], Fields("Behind the door", "kanariloftetdoor"))
    for space in house.spaces:
        targets = " ".join(f"[x](/e/{id})" for (where, _), id in house.entries.items() if where != space)
        body = f"{targets} [[Behind the door]] @ole #felles kanari{space}link"
        id = await actions.post(
            mons, "page", house.spaces[space], Fields(f"Title of kanari{space}link", body, tags="felles")
        )
        data = f"kanari{space}bytes".encode()
        file = await house.attach("mons", f"kanari{space}file.txt", data, entry=id)
        house.entries[space, "linked"] = id
        house.entries[space, "file"] = file.id
        await actions.verify(mons, id, f"kanari{space}verified")
        talk = house.entries[space, "thread"]
        said = await actions.post(
            mons, "reply", None, Fields(body=f"kanari{space}split"), await queries.entry(mons, talk)
        )
        await actions.split(mons, said, "question", f"kanari{space}splittitle")
        await actions.close(mons, talk, f"kanari{space}closed")
        await actions.pin(await house.viewer("hedda"), talk)
        other = await actions.post(mons, "thread", house.spaces[space], Fields(f"kanari{space}merged", "x"))
        await actions.merge(mons, other, said)
        await actions.stage(mons, id, "unfinished", f"kanari{space}staged", house.entries[space, "page"])
        article = await house.entry(space, "article")
        await actions.series(mons, article.id, f"kanari{space}serie")
        await actions.write_with(mons, article.id, "hedda")
        wrong = Fields(article.title, f"{article.body} More.", summary=f"kanari{space}corrected", correction=True)
        await actions.edit(mons, article.id, wrong, article.revision)
        asks = Fields(
            body=f"kanari{space}asks @ole @mons", sort="thanks", choices=f"kanari{space}one\nkanari{space}other"
        )
        asked = await actions.post(await house.viewer("hedda"), "micropost", house.spaces[space], asks)
        await actions.choose(mons, asked, [await value("SELECT min(id) FROM choice WHERE entry = {}", asked)])
        await actions.feature(mons, id)
        for other in house.spaces:
            await actions.quote(mons, asked, house.spaces[other], Fields(body="Read this"))
        for other in house.spaces:  # what was said in each room stands on a page in each
            there, words = await house.entry(other, "page"), await house.entry(space, "question")
            text = Fields(there.title, f"{there.body}\n\nGathered.")
            await actions.gather(await house.viewer("hedda"), [words.id], text, page=there.id, base=there.revision)
        thrown = await actions.post(mons, "page", house.spaces[space], Fields(f"kanari{space}thrown", "x"))
        await actions.trash(mons, thrown, f"kanari{space}reason")
        # Every text says this word.
        await actions.post(mons, "page", house.spaces[space], Fields("Passage", f"kanari{space}meaning", tags="term"))
    for space, other in (("torget", "loftet"), ("kontoret", "torget"), ("loftet", "kontoret")):
        source = await house.entry(other, "article")
        for id in (house.entries[space, "linked"], house.entries[space, "page"]):
            await actions.translate(mons, id, source.revision)
        await actions.edit(mons, source.id, Fields(source.title, f"{source.body} More."), source.revision)
    yield house


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if name in ("href", "src", "hx-get", "action", "formaction") and value
        ]


def _addresses(house: House) -> Iterator[str]:
    """Every GET address there is, with the ids of everything in it, and what people might try by hand."""
    for route in house.app.routes:
        if "GET" not in getattr(route, "methods", ()):
            continue
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        if path == "/live":
            continue  # it never ends, and has tests of its own
        for (space, kind), id in house.entries.items():
            for revision in ("1", str(id + 1)):
                names = {
                    "id": str(id), "slug": space, "name": f"kanari{space}file.txt", "kind": "page", "handle": "mons", "q": "kanari",
                    "older": "99999999999999-1", "month": f"{datetime.now(UTC):%Y-%m}", "cursor": "0-1", "letter": "t", "day": f"{datetime.now(UTC):%Y-%m-%d}", "after": "0", "new": revision, "old": "1", "before": str(2**52), "revision": revision, "width": "320",
                    "fingerprint": "x", "path": "nothing", "lang": "en", "secret": "nothing", "code": "nothing", "topic": "write", "audience": "space:loftet", "what": "wanted", "key": f"kanari{space}serie", "suggestion": str(house.suggestions.get(space, 1)), "version": revision, "span": f"0-{2**43}",
                }  # fmt: skip
                yield re.sub(r"\{(\w+)\}", lambda found: names[found[1]], path)
    yield from (
        "/search/?q=kanari",
        "/search/?q=title",
        "/api/search?q=kanari",
        "/search/?q=tag:felles",
        "/tags/felles/",
    )
    yield from (
        f"{path}?title={q}"
        for path in ("/similar/", "/api/similar")
        for q in ("kanari", "title of kanari", "felles body")
    )
    yield "/highlights/?since=2026-01-01"
    yield from (
        f"{path}?about={q}"
        for path in ("/who-knows/", "/api/who-knows")
        for q in ("felles", "title of kanari", *(f"tagkanari{space}question" for space in house.spaces))
    )
    yield from (
        f"/complete?what={what}&q={q}"
        for what in ("mention", "tag", "page")
        for q in ("", "m", "t", "title", "kanari", "felles")
    )
    for space in house.spaces:
        yield from (f"/search/?q=in:{space}", f"/api/entries?space={space}", f"/api/search?q=in:{space}%20kanari")
        yield from (
            f"/tags/tagkanari{space}page/",
            f"/tags/aboutkanari{space}page/",
            f"/tags/tagkanari{space}page/feed.atom",
            f"/spaces/{space}/pages/feed.atom",
            f"/new/page?space={space}&parent={house.entries[space, 'page']}",
        )
    for id in house.entries.values():
        yield from (
            f"/api/entries?parent={id}",
            f"/api/entries?root={id}",
            f"/api/entries/{id}/revisions",
            f"/api/entries/{id}/backlinks",
        )


@pytest.mark.parametrize(("who", "hidden"), WHO)
async def test_no_canary_sings(woven: House, who: str | None, hidden: tuple[str, ...]) -> None:
    wanted = list(dict.fromkeys(["/", *_addresses(woven)]))
    seen: set[str] = set()
    readable = 0
    async with woven.browser(who) as browser, woven.program(who) as program:
        while wanted and len(seen) < _MOST + len(wanted):
            address = wanted.pop(0)
            if address in seen:
                continue
            seen.add(address)
            answer = await (program if address.startswith("/api/") else browser).get(address)
            assert answer.status_code < 500, f"{address}: {answer.status_code}"
            readable += answer.status_code == 200
            _listen(address, answer, hidden)
            if len(seen) < _MOST and answer.headers.get("content-type", "").startswith("text/html"):
                links = _Links()
                links.feed(answer.text)
                paths = (urlsplit(urljoin(address, link)) for link in links.found)
                wanted += [
                    path._replace(fragment="").geturl() for path in paths if not path.netloc and path.scheme == ""
                ]
    assert readable > (5 if who is None else 30), "there was something to read at all"


def _listen(address: str, answer: httpx.Response, hidden: tuple[str, ...]) -> None:
    heard = f"{answer.text} {answer.headers.get('location', '')}".lower()
    # What somebody typed into the address is said back to them; that is no leak.
    asked = address.lower()
    assert not set(re.findall(r"kanari[a-z]+suggested", heard)) - {asked}, f"a suggestion is heard at {address}"
    for space in hidden:
        for canary in set(re.findall(rf"kanari{space}\w+", heard)):
            assert canary in asked, f"{canary} is heard at {address}"
    if "loftet" in hidden:
        assert "loftet" not in re.sub(r"kanariloftet\w*", "", heard) or "loftet" in asked, (
            f"a secret space is named at {address}"
        )


async def test_the_canaries_sing_for_those_who_may_hear_them(woven: House) -> None:
    async with woven.browser("mons") as browser:
        for space in woven.spaces:
            page = (await browser.get(f"/e/{woven.entries[space, 'linked']}", follow_redirects=True)).text
            assert f"kanari{space}link" in page
        file = await browser.get(f"/files/{woven.entries['loftet', 'file']}/kanariloftetfile.txt")
        assert file.content == b"kanariloftetbytes" and "sandbox" in file.headers["content-security-policy"]


async def test_what_is_missing_and_what_is_forbidden_answer_alike(woven: House) -> None:
    async with woven.browser("ole") as browser, woven.program("ole") as program:
        for template in ("/e/{}", "/entries/{}/history/", "/entries/{}/edit/", "/pages/{}/x/", "/files/{}/"):
            missing = await browser.get(template.format(1234567))
            hidden = await browser.get(template.format(woven.entries["loftet", "page"]))
            assert (missing.status_code, len(missing.text)) == (
                hidden.status_code,
                len(hidden.text),
            ) or missing.status_code == 404
            assert hidden.status_code == 404
        missing = await program.get("/api/entries/1234567")
        hidden = await program.get(f"/api/entries/{woven.entries['loftet', 'page']}")
        assert missing.json() == hidden.json() and hidden.status_code == 404
        assert (await program.get("/api/spaces/loftet")).json() == (await program.get("/api/spaces/nowhere")).json()


@pytest.mark.parametrize(("who", "hidden"), WHO)
async def test_no_canary_sings_to_a_few_letters(woven: House, who: str | None, hidden: tuple[str, ...]) -> None:
    async with woven.browser(who, headers={"hx-request": "true"}) as browser:
        for q in ("", "t", "title of kanari", "kanari", "m", "loft", "kont", "ole"):
            answer = await browser.get("/palette/", params={"q": q})
            assert answer.status_code == (200 if who else 204)
            _listen(str(answer.url), answer, hidden)
