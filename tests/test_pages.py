"""Every page: whole, titled, in both languages, with its headers, and in a handful of queries whatever is on it."""

from __future__ import annotations

import re

import html5lib
import pytest

from tests.cast import QUOTE, House, fields_for, how_many, write
from web import words
from web.database import counted_statements
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.threads import threads
from web.kinds import KINDS, Kind
from web.policy import RULES, Viewer
from web.static_files import templates_root
from web.templating import environment

WORDS = ["/", "/followed/", "/spaces/", "/spaces/new/", "/people/", "/people/mons/", "/highlights/", "/who-knows/", "/who-knows/?about=title", "/questions/waiting/", "/tags/", "/changes/", "/glossary/", "/spaces/torget/glossary/", "/search/", "/settings/", "/bin/",
         "/files/", "/new/", "/accessibility/", "/snapshots/", "/upkeep/", "/upkeep/orphans/", "/upkeep/dead-ends/", "/upkeep/untouched/", "/upkeep/wanted/", "/upkeep/yours/", "/upkeep/changed/", "/upkeep/most-read/", "/upkeep/never-read/", "/upkeep/behind/", "/spaces/kontoret/upkeep/", "/suggestions/", "/suggestions/decided/", "/suggestions/mine/", "/spaces/torget/", "/spaces/torget/members/", "/spaces/torget/settings/",
         "/spaces/kontoret/pages/", "/search/?q=title", "/tags/tagkanaritorgetpage/", *(f"/{kind.path}/" for kind in KINDS.values() if kind.alone),
         *(f"/new/{kind.name}/" for kind in KINDS.values() if kind.alone)]  # fmt: skip
ABOUT_ONE = [
    "/e/{}",
    "/entries/{}/history/",
    "/entries/{}/history/blame/",
    "/entries/{}/edit/",
    "/entries/{}/reply/",
    "/entries/{}/suggestions/",
    "/entries/{}/suggest/",
    "/entries/{}/trash/",
    "/entries/{}/tag/",
    "/entries/{}/tend/",
    "/entries/{}/translate/",
    "/entries/{}/gather/",
]
# What each sort of page may ask of the database, signed in, whatever is on it.
BUDGETS = {
    "/": 8, "/questions/": 8, "/spaces/torget/": 8, "/people/mons/": 8, "/search/?q=busy": 6, "page": 8, "question": 8, "idea": 8,
    "/tags/": 8, "/people/": 8, "/who-knows/?about=busy": 8, "/questions/waiting/": 8, "/highlights/": 4, "/changes/": 8, "/new/page/": 4, "/settings/": 6, "/feed.atom": 6, "/spaces/torget/feed.atom": 7, "/people/mons/feed.atom": 7,
    "/tags/tagkanaritorgetpage/feed.atom": 7, "/questions/feed.atom": 6,
    "/snapshots/": 3, "/glossary/": 3, "/upkeep/": 3, "/upkeep/orphans/": 2,
}  # fmt: skip


def test_every_template_compiles() -> None:
    for language in words.LANGUAGES:
        for path in templates_root().rglob("*.html"):
            environment(language).get_template(str(path.relative_to(templates_root())))


@pytest.mark.parametrize("language", words.LANGUAGES)
async def test_every_page_is_whole(house: House, language: str) -> None:
    addresses = WORDS + [form.format(house.entries["torget", kind]) for kind in KINDS for form in ABOUT_ONE]
    async with house.browser("hedda", headers={"accept-language": language}) as browser:
        for address in addresses:
            answer = await browser.get(address, follow_redirects=True)
            assert answer.status_code == 200 or (
                answer.status_code == 403
                and address.endswith(("/edit/", "/tag/", "/tend/", "/suggest/", "/translate/"))
            ), f"{address}: {answer.status_code}"
            is_whole(address, answer.text, language)
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"


def is_whole(address: str, text: str, language: str) -> None:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    wrong = [error for error in parser.errors if error[1] not in ("unexpected-char-after-body",)]
    assert not wrong, f"{address}: {wrong[:3]}"
    assert tree.get("lang") == language
    title = tree.findtext("head/title") or ""
    assert title.endswith("Dugnad") and len(title) > len(" · Dugnad"), address
    assert len(list(tree.iter("h1"))) == 1, address
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(ids) == len(set(ids)), f"{address}: {[each for each in ids if ids.count(each) > 1]}"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing/at/all/", 404), ("GET", "/pages/1/x/", 404), ("POST", "/pages/", 405), ("DELETE", "/", 405),
     ("GET", "/spaces/torget/settings/", 403), ("POST", "/entries/", 422), ("GET", "/pages/99999999999999999999999/", 404),
     ("GET", "/older/nonsense/", 404), ("GET", "/older/999999999999999999999-1/", 404), ("GET", "/search/?older=x", 404)],
)  # fmt: skip
@pytest.mark.parametrize("language", words.LANGUAGES)
async def test_errors_have_the_look_of_the_house(
    house: House, method: str, path: str, status: int, language: str
) -> None:
    async with house.browser("mons", headers={"accept-language": language}) as browser:
        answer = await browser.request(method, path, **({"data": {"kind": "page"}} if method == "POST" else {}))
        assert answer.status_code == status
        is_whole(path, answer.text, language)
        assert "Mons" in answer.text, "the page knows who reads it"
        if status == 405:
            assert answer.headers["allow"]


async def test_a_body_that_is_too_large_is_refused_by_name(house: House) -> None:
    async with house.browser("mons") as browser:
        answer = await browser.post("/entries/", data={"kind": "page", "body": "x" * (5 << 20)})
        assert answer.status_code == 413 and "<h1" in answer.text


async def test_what_was_typed_survives_a_sign_out_meanwhile(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post(
            "/entries/", data={"kind": "page", "space": "torget", "title": "T", "body": "Words I would hate to lose"}
        )
        assert answer.status_code == 401 and "Words I would hate to lose" in answer.text


async def test_head_is_get_without_the_body(house: House) -> None:
    async with house.browser("mons") as browser:
        answer = await browser.head("/")
        assert (
            answer.status_code == 200
            and answer.content == b""
            and answer.headers["content-type"].startswith("text/html")
        )


async def test_a_page_takes_a_handful_of_queries_whatever_is_on_it(house: House) -> None:
    mons = await house.viewer("mons")
    page = await write(house, "mons", "page", "torget", "busy")
    question = await write(house, "mons", "question", "torget", "busyquestion")
    idea = await write(house, "mons", "idea", "torget", "busyidea")
    ids = {"page": page, "question": question, "idea": idea}
    addresses = [f"/e/{ids[each]}" if each in ids else each for each in BUDGETS]

    async def counts() -> list[int]:
        made = []
        house.forget()
        async with house.browser("ole") as browser:
            for address in addresses:
                with counted_statements() as statements:
                    answer = await browser.get(address)
                    if answer.is_redirect:
                        statements.clear()
                        await browser.get(answer.headers["location"])
                made.append(how_many(statements))
        return made

    before = await counts()
    for number in range(12):
        await write(house, "mons", "question", "torget", f"busy{number}")
        parent = await queries.entry(mons, page if number % 2 else question)
        reply = await actions.post(
            mons, "reply", None, Fields(body=f"A reply to busy {number}, @ole, [it](/e/{page}) #busy"), parent
        )
        await actions.post(mons, "reply", None, fields_for("reply", "busybelow"), await queries.entry(mons, reply))
    after = await counts()
    assert after == before
    over = {each: made for (each, most), made in zip(BUDGETS.items(), after, strict=True) if made > most}
    assert not over


async def test_a_worker_brings_no_libraries_that_nothing_here_is_made_of(house: House) -> None:
    assert not [each for each in house.app.plugins if "pydantic" in type(each).__module__]


async def test_a_list_for_programs_takes_fewer(house: House) -> None:
    async with house.program("ole") as program:
        await program.get("/api/house")  # that the key was used is noted once an hour
        for address in ("/api/entries", "/api/search?q=body"):
            with counted_statements() as statements:
                assert (await program.get(address)).status_code == 200
            assert how_many(statements) <= 5, address


async def test_lists_page_by_key_and_show_each_entry_once(house: House) -> None:
    mons = await house.viewer("mons")
    for number in range(queries.PAGE_SIZE * 2):
        await actions.post(mons, "micropost", house.spaces["torget"], Fields(body=f"Number {number}"))
    seen: list[int] = []
    older = None
    while True:
        listed = await queries.stream(await house.viewer("ole"), queries.Filter(), older)
        seen += [entry.id for entry in listed.items]
        older = listed.older
        if older is None:
            break
    assert len(seen) == len(set(seen)) > queries.PAGE_SIZE * 2
    async with house.browser("ole") as browser:
        first = await browser.get("/")
        assert "/older/" in first.text


async def test_a_first_page_says_where_one_is_and_offers_no_way_to_itself(house: House) -> None:
    async with house.browser("mons") as browser:
        for path in ("/", "/questions/", "/tags/", "/spaces/torget/", "/bin/"):
            html = (await browser.get(path)).text
            assert re.search(rf'href="{path}"[^>]* aria-current="page"', html), path
            assert "To the newest" not in html and "Til det nyeste" not in html


@pytest.mark.parametrize("language", words.LANGUAGES)
async def test_what_is_too_long_is_said_with_its_limit(house: House, language: str) -> None:
    async with house.browser("mons", headers={"accept-language": language}) as browser:
        for kind in KINDS.values():
            form = {"kind": kind.name, "space": "torget", "parent": str(house.entries["torget", "page"])}
            form |= {"title": "T", "body": "x" * (kind.body_max + 1), "url": "https://example.org/", "quote": "x"}
            if kind.alone:
                del form["parent"]
            answer = await browser.post("/entries/", data=form)
            assert answer.status_code == 422 and str(kind.body_max) in answer.text, kind.name
        tags = await browser.post(
            "/entries/", data={"kind": "page", "space": "torget", "title": "x" * 201, "tags": "y" * 2000}
        )
        assert tags.status_code == 422 and "200" in tags.text


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
async def test_one_word_says_what_one_does_who_writes(house: House, kind: Kind) -> None:
    noted = (await queries.happenings(await house.viewer("mons"), house.entries["torget", kind.name]))[-1]
    assert noted.verb == kind.verb
    assert kind.verb in RULES and kind.verb in words.VERBS


async def test_what_an_annotation_is_about_is_shown_and_not_asked_for_when_it_is_changed(house: House) -> None:
    id = house.entries["torget", "annotation"]
    async with house.browser("mons") as browser:
        form = (await browser.get(f"/entries/{id}/edit/")).text
    assert re.search(rf"<blockquote[^>]*>{QUOTE}</blockquote>", form)
    assert 'name="quote"' not in form


@pytest.mark.parametrize(
    ("form", "said"),
    [("move", ("Kontoret (Closed)", "Loftet (Secret)")), ("turn", ("Article", "Question")), ("place", ("Nothing: at the top", "Nothing: last"))],
)  # fmt: skip
async def test_the_forms_of_verbs_offer_what_can_be_chosen(house: House, form: str, said: tuple[str, ...]) -> None:
    id = house.entries["torget", "page"]
    async with house.browser("mons") as browser:
        page = (await browser.get(f"/entries/{id}/{form}/")).text
        assert all(re.search(rf"<option[^>]*>{re.escape(each)}</option>", page) for each in said)
        if form == "place":
            wrong = await browser.post(f"/entries/{id}/place", data={"parent": str(id)})
            assert wrong.status_code == 422 and "cannot stand under itself" in wrong.text


async def test_a_thread_is_two_levels_deep_and_says_who_answers_whom(house: House) -> None:
    mons, ole = await house.viewer("mons"), await house.viewer("ole")
    question = await write(house, "mons", "question", "torget", "threaded")

    async def say(viewer: Viewer, parent: int) -> int:
        return await actions.post(viewer, "reply", None, Fields(body="x"), await queries.entry(viewer, parent))

    first = await say(ole, question)
    second, other = await say(mons, first), await say(mons, question)
    third = await say(ole, second)
    one, two = threads((await queries.conversation(ole, question))[1])
    assert one.first.id == first and two.first.id == other and not two.under and not one.quoted
    assert [(each.id, to) for each, to in one.under] == [(second, None), (third, "Mons")]
