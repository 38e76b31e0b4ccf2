"""The lists as feeds: Atom as the standard has it, for those who may read the list, with all of each text."""

from __future__ import annotations

import base64
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree

import feedparser
import html5lib
import httpx
import pytest

from tests.cast import House, canary, write
from tests.hostile import OWN, harm_in
from web import urls, words
from web.database import execute
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.queries import Filter
from web.errors import Invalid
from web.feeds import whole_links
from web.kinds import KINDS
from web.people import actions as people_actions
from web.text import BODY_MAX

FEEDS = (
    "/feed.atom", "/spaces/torget/feed.atom", "/spaces/torget/questions/feed.atom", "/people/mons/feed.atom",
    "/tags/tagkanaritorgetpage/feed.atom", *(f"/{kind.path}/feed.atom" for kind in KINDS.values() if kind.alone),
)  # fmt: skip
ATOM = "{http://www.w3.org/2005/Atom}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def parsed(answer: httpx.Response) -> Any:
    """As a feed reader reads it."""
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.content, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo and found.version == "atom10", found.get("bozo_exception")
    return found


def faults(content: bytes) -> list[str]:
    """What RFC 4287 asks of a feed and of each entry and is not there; an empty list is good."""
    top = ElementTree.fromstring(content)
    found = [] if top.tag == f"{ATOM}feed" else ["no feed"]
    ids = [each.findtext(f"{ATOM}id") for each in top.iter(f"{ATOM}entry")]
    found += ["an id stands for two"] if len(ids) != len(set(ids)) else []
    for each in (top, *top.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            found += (
                [] if len(each.findall(f"{ATOM}{name}")) == 1 and each.findtext(f"{ATOM}{name}") else [f"no {name}"]
            )
        if each is not top:
            found += [] if each.findtext(f"{ATOM}author/{ATOM}name") else ["no author"]
            found += [] if len(each.findall(f"{ATOM}content[@type='html']")) == 1 else ["no content"]
        alternate = each.findall(f"{ATOM}link[@rel='alternate']")
        found += [] if len(alternate) == 1 else ["not one page"]
    for name in ("updated", "published"):
        found += [each.text or name for each in top.iter(f"{ATOM}{name}") if not TIME.fullmatch(each.text or "")]
    return found + [link.get("href", "") for link in top.iter(f"{ATOM}link") if "://" not in link.get("href", "")]


@pytest.mark.parametrize("language", words.LANGUAGES)
async def test_every_list_is_a_feed_as_the_standard_has_it(house: House, language: str) -> None:
    async with house.browser("mons", headers={"accept-language": language}) as browser:
        for address in FEEDS:
            answer = await browser.get(address)
            feed = parsed(answer)
            assert faults(answer.content) == [], address
            assert feed.feed.language == language and feed.feed.title.endswith("Dugnad")
            links = {link.rel: link.href for link in feed.feed.links}
            assert links["self"] == house.settings.url + address
            assert links["alternate"] == feed.feed.id == house.settings.url + address.removesuffix("feed.atom")
            assert answer.headers["cache-control"] == "private, no-cache" and "Authorization" in answer.headers["vary"]


async def test_a_feed_holds_what_its_page_shows_in_the_same_order(house: House) -> None:
    async with house.browser("mons") as browser:
        for address in FEEDS:
            page = await browser.get(address.removesuffix("feed.atom"))
            shown = re.findall(r'<li class="row [^>]*id="entry-(\d+)"', page.text)
            told = [each.id.rpartition("/")[2] for each in parsed(await browser.get(address)).entries]
            assert told == shown and told, address


async def test_an_entry_stands_in_a_feed_with_all_that_is_known_of_it(house: House) -> None:
    page = await house.entry("torget", "page")
    async with house.browser("ole") as browser:
        feed = parsed(await browser.get("/spaces/torget/feed.atom"))
        shown = (await browser.get(urls.url_of(page))).text
    (entry,) = [each for each in feed.entries if each.id == f"{house.settings.url}/e/{page.id}"]
    assert (entry.title, entry.author_detail.name) == (page.title, "Mons")
    assert entry.author_detail.href == f"{house.settings.url}/people/mons/"
    assert entry.link == house.settings.url + urls.url_of(page)
    assert entry.published == words.iso(page.created_at) and entry.updated == words.iso(page.updated_at)
    assert {tag.term for tag in entry.tags} == {"tagkanaritorgetpage", "aboutkanaritorgetpage"}
    body = re.search(r'<div class="prose"[^>]*>(.*?)</div>', shown, re.DOTALL)
    text = re.sub(r'<sup><a class="noted".*?</sup>', "", body[1]) if body else ""  # what is said of it is not in a feed
    assert text and whole_links(text.strip(), entry.link) == entry.content[0].value.strip()
    assert f'href="{house.settings.url}/tags/' in entry.content[0].value


async def test_links_in_a_feed_lead_where_they_lead_on_the_page() -> None:
    address = "https://house.example/pages/7/x/"
    for written, whole in (
        ("/tags/a/", "https://house.example/tags/a/"), ("#s-one", f"{address}#s-one"), ("more", f"{address}more"),
        ("https://elsewhere.example/?a&amp;b", "https://elsewhere.example/?a&amp;b"), ("mailto:a@b.no", "mailto:a@b.no"),
        ("//elsewhere.example/", "https://elsewhere.example/"), ("http://[", "http://["),
    ):  # fmt: skip
        assert whole_links(f'<a title="href=&quot;/x/&quot;" href="{written}">', address).endswith(f'href="{whole}">')
    text = '<p>Write href="/x/", or src="/y/"</p><code>&lt;a href="/z/"&gt;</code>'
    assert whole_links(text, address) == text, "what only looks like a link is left alone"


async def test_what_has_no_title_begins_like_its_text_and_what_it_is_about_comes_first(house: House) -> None:
    async with house.browser("mons") as browser:
        quick = parsed(await browser.get("/microposts/feed.atom")).entries[0]
        assert quick.title.startswith("Body of kanari")
        kept = parsed(await browser.get("/bookmarks/feed.atom")).entries[0]
        related = [link.href for link in kept.links if link.rel == "related"]
        assert related and f'<a href="{related[0]}">' in kept.content[0].value
        about = canary("torget", "annotation")
        noted = parsed(await browser.get(f"/tags/tag{about}/feed.atom")).entries[0]
        assert noted.content[0].value.startswith("<blockquote>a passage that matters</blockquote>")
        await actions.post(
            await house.viewer("mons"), "micropost", house.spaces["torget"], Fields(body="![](/files/1/x.png)")
        )
        assert parsed(await browser.get("/microposts/feed.atom")).entries[0].title == "Micropost"


@pytest.mark.parametrize("kind", ["page", "micropost", "bookmark"])
async def test_hostile_text_stays_text_and_breaks_no_feed(house: House, kind: str) -> None:
    mons, what, written = await house.viewer("mons"), KINDS[kind], []
    for text in (
        *OWN,
        "a ]]> b <![CDATA[ c",
        "\u202eabc\u2066def",
        "&#0; &#x1f; &nbsp; &amp;lt;",
        "<?xml version='1.0'?>",
        "\ufdd0\x85",
    ):
        title = unicodedata.normalize("NFC", " ".join(text.split()))[:200] or "x"
        fields = Fields(
            title[: what.title_max], text[: what.body_max], "https://example.org/?a=1&b='", tags=f"hostile{kind}"
        )
        try:
            written.append(await actions.post(mons, kind, house.spaces["torget"], fields))
        except Invalid:
            continue
        async with house.browser("mons") as browser:
            answer = await browser.get(f"/tags/hostile{kind}/feed.atom")
        entry = parsed(answer).entries[0]
        assert entry.id.endswith(f"/{written[-1]}") and faults(answer.content) == []
        page = f"<!doctype html><html><head><title>x</title></head><body>{entry.content[0].value}</body></html>"
        assert [each for each in harm_in(page) if f"img src={house.settings.url}/" not in each] == [], text
        if what.title_max:
            assert ElementTree.fromstring(answer.content).findtext(f"{ATOM}entry/{ATOM}title") == title
    assert len(written) > 30
    for id in written:
        await actions.trash(mons, id, "")


async def test_a_sign_that_no_xml_may_hold_breaks_no_feed(house: House) -> None:
    """None is let in any more; one that came in another way is shown as what cannot be read."""
    id = await write(house, "mons", "thread", "torget", "controls")
    await execute("UPDATE entry SET title = {} WHERE id = {}", "a\x01b\x0bc\ufffed", id)
    async with house.browser("mons") as browser:
        assert parsed(await browser.get("/threads/feed.atom")).entries[0].title == "a\ufffdb\ufffdc\ufffdd"
    await actions.trash(await house.viewer("mons"), id, "")


async def test_what_one_may_not_read_is_in_no_feed_and_its_feeds_are_not_there(house: House) -> None:
    async with house.browser("ole") as browser:
        for address in FEEDS[:4]:
            assert "kanariloftet" not in (await browser.get(address)).text
        hidden = [
            "/spaces/loftet/feed.atom", "/spaces/loftet/pages/feed.atom", "/spaces/kontoret/feed.atom", "/tags/tagkanariloftetpage/feed.atom",
            "/people/nobody/feed.atom", "/spaces/torget/replies/feed.atom", "/spaces/torget/x/feed.atom",
        ]  # fmt: skip
        for address in hidden:
            assert (await browser.get(address)).status_code == 404, address
    async with house.browser("mons") as browser:
        assert "kanariloftet" in (await browser.get("/feed.atom")).text


def basic(key: str, name: str = "anybody") -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(f'{name}:{key}'.encode()).decode()}"}


async def asks_again(reader: httpx.AsyncClient, headers: dict[str, str]) -> int:
    known = (await reader.get("/spaces/loftet/feed.atom", headers=headers)).headers["etag"]
    answer = await reader.get("/spaces/loftet/feed.atom", headers={**headers, "if-none-match": known})
    return answer.status_code


async def test_a_feed_reader_shows_a_key_as_its_password(house: House) -> None:
    async with house.browser() as reader:
        for headers in (basic(house.tokens["mons"]), {"authorization": f"Bearer {house.tokens['mons']}"}):
            await reader.get("/feed.atom", headers=headers)  # that the key was used is noted once an hour
            answer = await reader.get("/spaces/loftet/feed.atom", headers=headers)
            assert parsed(answer).entries and "kanariloftet" in answer.text
            assert 304 in [await asks_again(reader, headers) for _ in range(5)], "unless the server tidies up just then"
        ole = await reader.get("/spaces/loftet/feed.atom", headers=basic(house.tokens["ole"]))
        assert ole.status_code == 404, "a key does what its owner may"


async def test_who_shows_none_or_a_wrong_one_is_asked_for_it_and_learns_nothing(house: House) -> None:
    wrong = ("", "Basic", "Basic !", "Basic /w==", "Digest x", "Bearer nonsense", basic("nonsense")["authorization"])
    async with house.browser() as reader:
        for header in wrong:
            headers = {"authorization": header} if header else {}
            for address in (
                "/feed.atom",
                "/spaces/torget/feed.atom",
                "/spaces/nowhere/feed.atom",
                "/spaces/loftet/feed.atom",
            ):
                answer = await reader.get(address, headers=headers)
                assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Basic "), address
                assert "kanari" not in answer.text and "needs a key" in answer.text


async def test_what_the_world_may_read_it_reads_in_feeds_but_nobody_with_a_key_that_is_none(house: House) -> None:
    astrid = await house.viewer("astrid")
    await people_actions.change_space(astrid, house.spaces["torget"], "Torget", "", "open", public=True)
    async with house.browser() as reader:
        answer = await reader.get("/feed.atom")
        assert "kanaritorget" in answer.text and "kanarikontoret" not in answer.text and parsed(answer)
        assert (await reader.get("/feed.atom", headers=basic("ended"))).status_code == 401, "also when it was kept"
        page = await reader.get("/spaces/torget/")
        assert 'type="application/atom+xml"' in page.text
    await people_actions.change_space(astrid, house.spaces["torget"], "Torget", "", "open", public=False)


async def test_a_key_opens_feeds_and_no_other_page(house: House) -> None:
    headers = basic(house.tokens["mons"])
    async with house.browser() as reader:
        for address in (
            "/",
            "/spaces/loftet/",
            "/people/",
            "/files/1/feed.atom",
            "/pages/1/feed.atom",
            "/settings/feed.atom",
        ):
            assert (await reader.get(address, headers=headers)).status_code in (200, 303), address
            assert "Mons" not in (await reader.get(address, headers=headers)).text
        assert (await reader.post("/feed.atom", headers=headers)).status_code in (401, 403, 405)
        api = await reader.get("/api/me", headers=headers)
        assert api.status_code == 401


@pytest.mark.parametrize("language", words.LANGUAGES)
async def test_a_list_says_where_its_feed_is(house: House, language: str) -> None:
    async with house.browser("mons", headers={"accept-language": language}) as browser:
        for feed in FEEDS:
            page = html5lib.parse((await browser.get(feed.removesuffix("feed.atom"))).text, namespaceHTMLElements=False)
            told = [
                each.get("href")
                for each in page.find("head").iter("link")
                if each.get("type") == "application/atom+xml"
            ]
            assert told == [feed]
            (link,) = [each for each in page.iter("a") if each.get("href") == feed]
            assert "".join(link.itertext()).strip() == words.catalogue(language).gettext("For a feed reader")
        for address in ("/bin/", "/people/", "/tags/", "/spaces/", "/search/?q=body"):
            assert "atom+xml" not in (await browser.get(address)).text, address


async def test_an_empty_list_is_an_empty_feed(house: House) -> None:
    async with house.browser("hedda") as browser:
        answer = await browser.get("/people/hedda/feed.atom")
        assert parsed(answer).entries == [] and faults(answer.content) == []


async def test_very_long_texts_make_a_feed_shorter(house: House) -> None:
    mons = await house.viewer("mons")
    long = ("words " * 50_000)[: BODY_MAX - 1000]
    ids = [
        await actions.post(mons, "page", house.spaces["loftet"], Fields(f"Long {number}", long)) for number in range(6)
    ]
    async with house.browser("mons") as browser:
        feed = parsed(await browser.get("/spaces/loftet/feed.atom"))
    assert [each.id.rpartition("/")[2] for each in feed.entries] == [str(id) for id in reversed(ids[2:])]
    assert len((await queries.stream(mons, Filter(space=house.spaces["loftet"].id))).items) > 6
    for id in ids:
        await actions.trash(mons, id, "")
