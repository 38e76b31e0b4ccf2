"""The architecture's acceptance test: everything that can be done to an entry works for every kind, through the web
and through the API, on both databases."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.cast import QUOTE, House, fields_for, head, write
from web.entries import queries, search
from web.kinds import KINDS, Kind

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
_words = iter(f"kindword{number}" for number in range(100_000))


class Web:
    """A browser: forms and pages."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.clients: dict[str, httpx.AsyncClient] = {}

    def _client(self, handle: str) -> httpx.AsyncClient:
        return self.clients.setdefault(handle, self.house.browser(handle))

    async def create(self, handle: str, kind: Kind, parent: int | None, space: str, word: str) -> httpx.Response:
        fields = fields_for(kind.name, word)
        form = {
            "title": fields.title,
            "body": fields.body,
            "url": fields.url,
            "quote": fields.quote,
            "tags": fields.tags,
        }
        form = {name: value for name, value in form.items() if value} | {"kind": kind.name}
        form |= {"space": space} if kind.alone else {"parent": str(parent)}
        return await self._client(handle).post("/entries/", data=form)

    async def verb(self, handle: str, id: int, verb: str, **fields: Any) -> httpx.Response:
        form = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in fields.items()
            if value is not None
        }
        return await self._client(handle).post(f"/entries/{id}/{verb}", data=form)

    async def show(self, handle: str, id: int) -> httpx.Response:
        return await self._client(handle).get(f"/e/{id}", follow_redirects=True)

    async def found(self, handle: str, word: str) -> str:
        return (await self._client(handle).get("/search/", params={"q": word})).text

    ok = staticmethod(lambda answer: answer.status_code == 303)


class Api(Web):
    """A program: JSON."""

    def _client(self, handle: str) -> httpx.AsyncClient:
        return self.clients.setdefault(handle, self.house.program(handle))

    async def create(self, handle: str, kind: Kind, parent: int | None, space: str, word: str) -> httpx.Response:
        fields = fields_for(kind.name, word)
        sent = {"kind": kind.name, "title": fields.title, "body": fields.body, "tags": [fields.tags], "url": fields.url}
        sent |= {"quote": fields.quote} | ({"space": space} if kind.alone else {"parent": parent})
        return await self._client(handle).post("/api/entries", json=sent)

    async def verb(self, handle: str, id: int, verb: str, **fields: Any) -> httpx.Response:
        return await self._client(handle).post(f"/api/entries/{id}/{verb}", json=fields)

    async def show(self, handle: str, id: int) -> httpx.Response:
        return await self._client(handle).get(f"/api/entries/{id}")

    async def found(self, handle: str, word: str) -> str:
        return (await self._client(handle).get("/api/search", params={"q": word})).text

    ok = staticmethod(lambda answer: answer.status_code in (200, 201))


@pytest_asyncio.fixture(scope="module", params=[Web, Api], ids=["web", "api"])
async def door(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Web]:
    door = request.param(house)
    yield door
    for client in door.clients.values():
        await client.aclose()


async def new(house: House, kind: Kind, by: str = "mons", space: str = "torget") -> tuple[int, str]:
    word = next(_words)
    return await write(house, by, kind.name, space, word), word


async def entry(house: House, id: int, by: str = "mons") -> Any:
    return await queries.entry(await house.viewer(by), id)


@every_kind
async def test_it_can_be_posted_shown_and_found(house: House, door: Web, kind: Kind) -> None:
    word = next(_words)
    under = (await head(house, "mons", "torget", word)).id if kind.sums_up else house.entries["torget", "page"]
    answer = await door.create("mons", kind, under, "torget", word)
    assert door.ok(answer), answer.text
    hits = (await search.search(await house.viewer("mons"), search.read(f"{word} kind:{kind.name}"))).items
    assert [hit.entry.kind for hit in hits] == [kind.name]
    made = hits[0].entry
    assert made.author.handle == "mons" and made.space.slug == "torget" and word in made.body
    shown = await door.show("ole", made.id)
    assert shown.status_code == 200 and word in shown.text
    assert str(made.id) in await door.found("ole", word)


@every_kind
async def test_it_is_not_there_for_those_outside_its_space(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind, space="loftet")
    assert (await door.show("mons", id)).status_code == 200
    assert (await door.show("ole", id)).status_code == 404
    assert str(id) not in await door.found("ole", word)
    for verb in ("edit", "trash", "watch", "reply"):
        assert (await door.verb("ole", id, verb, **_needed(verb))).status_code == 404


def _needed(verb: str) -> dict[str, Any]:
    return {"edit": {"revision": 1}, "reply": {"body": "x"}}.get(verb, {})


@every_kind
async def test_an_edit_keeps_its_history_and_an_older_text_comes_back(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind)
    before = await entry(house, id)
    fields = {"title": before.title, "url": before.url, "body": f"Something else, {word}.", "summary": "Said better"}
    assert door.ok(await door.verb("mons", id, "edit", revision=before.revision, **fields))
    after = await entry(house, id)
    assert after.body == f"Something else, {word}." and after.revisions == 2
    texts = await queries.revisions(await house.viewer("mons"), id)
    assert [each.body for each in texts] == [after.body, before.body] and texts[0].summary == "Said better"
    async with house.browser("ole") as browser:
        history = (await browser.get(f"/entries/{id}/history/")).text
        assert "Said better" in history
        compared = await browser.get(f"/entries/{id}/history/{before.revision}/{after.revision}/")
        assert "<ins" in compared.text and "<del" in compared.text
    assert door.ok(await door.verb("mons", id, "revert", revision=before.revision))
    assert (await entry(house, id)).body == before.body
    assert len(await queries.revisions(await house.viewer("mons"), id)) == 3


@every_kind
async def test_one_change_is_undone_alone_and_one_text_taken_away_for_good(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind)
    before = await entry(house, id)
    for number, body in enumerate((f"{before.body}\n\nA second.", f"First.\n\n{before.body}\n\nA second.")):
        fields = {"title": before.title, "url": before.url, "body": body, "summary": f"change {number}"}
        stands = (await entry(house, id)).revision
        assert door.ok(await door.verb("mons", id, "edit", revision=stands, **fields))
    second = (await queries.revisions(await house.viewer("mons"), id))[1].id
    assert door.ok(await door.verb("mons", id, "revert", revision=second, undo=True))
    assert (await entry(house, id)).body == f"First.\n\n{before.body}"
    assert (await door.verb("mons", id, "redact", revision=second)).status_code == 403
    assert door.ok(await door.verb("hedda", id, "redact", revision=second, reason="said by mistake"))
    async with house.browser("ole") as browser:
        assert "said by mistake" in (await browser.get(f"/entries/{id}/history/")).text
        assert word in (await browser.get(f"/entries/{id}/history/blame/")).text


@every_kind
async def test_two_who_edit_at_once_are_merged_or_shown_both(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind)
    first = await entry(house, id)
    lines = [f"Line {number} of {word}." for number in range(9)]
    same = {"title": first.title, "url": first.url}
    assert door.ok(
        await door.verb("mons", id, "edit", revision=first.revision, body="\n".join(lines), summary="a", **same)
    )
    base = (await entry(house, id)).revision
    theirs = "\n".join(["Theirs.", *lines[1:]])
    assert door.ok(await door.verb("mons", id, "edit", revision=base, body=theirs, summary="b", **same))
    mine = "\n".join([*lines[:-1], "Mine."])
    assert door.ok(await door.verb("mons", id, "edit", revision=base, body=mine, **same))
    merged = (await entry(house, id)).body
    assert merged.startswith("Theirs.") and merged.rstrip().endswith("Mine.")
    clash = await door.verb("mons", id, "edit", revision=base, body="\n".join(["My own.", *lines[1:]]), **same)
    assert clash.status_code == 409 and "My own." in clash.text and "Theirs." in clash.text
    assert (await entry(house, id)).body == merged


@every_kind
async def test_it_can_be_replied_to_tagged_mentioned_in_and_linked(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind)
    assert door.ok(await door.verb("ole", id, "reply", body=f"Hello @mons, see /e/{id} and [it](/e/{id}). #more{word}"))
    root = await entry(house, id)
    below = await queries.replies(await house.viewer("ole"), root.root)
    reply = next(each for each in below if f"more{word}" in each.body)
    assert reply.parent == id and (await entry(house, id)).replies == 1
    assert reply.id in [ref.id for ref in await queries.backlinks(await house.viewer("ole"), id)]
    assert {tag.name for tag in (await queries.tags_of([reply.id]))[reply.id]} == {f"more{word}"}
    assert {f"tag{word}", f"about{word}"} <= {tag.name for tag in (await queries.tags_of([id]))[id]}


@every_kind
async def test_its_tags_are_changed_without_its_text(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind)
    before = await entry(house, id)
    assert door.ok(await door.verb("mons", id, "tag", tags=f"other{word} second{word}"))
    assert {tag.name for tag in (await queries.tags_of([id]))[id]} == {f"other{word}", f"second{word}", f"about{word}"}
    assert (await entry(house, id)).body == before.body
    assert (await door.verb("mons", id, "tag", tags="x" * 3000)).status_code == 422


@every_kind
async def test_reactions_are_given_once_counted_and_taken_back(house: House, door: Web, kind: Kind) -> None:
    id, _ = await new(house, kind)
    for name in kind.reactions:
        for _ in range(2):
            assert door.ok(await door.verb("ole", id, name))
        assert (await entry(house, id)).count(name) == 1
        assert (await door.verb("mons", id, name)).status_code == 403, "nobody applauds themselves"
        assert door.ok(await door.verb("ole", id, name, undo=True))
        assert (await entry(house, id)).count(name) == 0
    for name in {"recommend", "helped", "vote"} - set(kind.reactions):
        assert (await door.verb("ole", id, name)).status_code == 403


@every_kind
async def test_it_can_be_watched_and_muted(house: House, door: Web, kind: Kind) -> None:
    id, _ = await new(house, kind)
    root = (await entry(house, id)).root
    viewer = await house.viewer("ole")
    for level in ("all", "muted", "none"):
        assert door.ok(await door.verb("ole", id, "watch", level=level))
        assert ((await queries.my_marks(viewer, [root], root)).watching or "none") == level


@every_kind
async def test_what_is_thrown_away_is_out_of_sight_and_comes_back_whole(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind)
    await door.verb("ole", id, "reply", body=f"Under {word}.")
    assert door.ok(await door.verb("mons", id, "trash", reason="A mistake"))
    assert (await door.show("ole", id)).status_code in (404, 410)
    hits = (await search.search(await house.viewer("ole"), search.read(word))).items
    assert id not in [hit.entry.id for hit in hits]
    assert (await door.verb("ole", id, "reply", body="x")).status_code == 404
    assert door.ok(await door.verb("mons", id, "restore"))
    assert (await door.show("ole", id)).status_code == 200
    assert (await entry(house, id)).replies == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.alone], ids=lambda kind: kind.name)
async def test_it_moves_to_another_space_with_all_that_hangs_under_it(house: House, door: Web, kind: Kind) -> None:
    id, word = await new(house, kind)
    await door.verb("ole", id, "reply", body=f"Under {word}.")
    assert door.ok(await door.verb("mons", id, "move", space="loftet"))
    assert (await door.show("ole", id)).status_code == 404
    moved = await entry(house, id)
    assert moved.space.slug == "loftet"
    assert {each.space.slug for each in await queries.replies(await house.viewer("mons"), id)} == {"loftet"}
    assert (await door.verb("mons", id, "move", space="nowhere")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "target"), [(kind, KINDS[name]) for kind in KINDS.values() for name in kind.turns_into],
    ids=lambda each: each.name,
)  # fmt: skip
async def test_it_becomes_another_kind_and_loses_nothing(house: House, door: Web, kind: Kind, target: Kind) -> None:
    id, word = await new(house, kind)
    await door.verb("ole", id, "reply", body=f"Under {word}.")
    await door.verb("ole", id, "recommend")
    before = await entry(house, id)
    async with house.browser("ole") as browser:
        old = (await browser.get(f"/e/{id}")).headers["location"]
        assert door.ok(await door.verb("mons", id, "turn", kind=target.name, title=before.title or f"Now {word}"))
        after = await entry(house, id)
        assert after.kind == target.name and after.id == id
        assert (after.replies, after.recommend, after.watchers) == (before.replies, before.recommend, before.watchers)
        assert len(await queries.revisions(await house.viewer("mons"), id)) >= 1
        moved = await browser.get(old)
        assert moved.status_code == 301 and moved.headers["location"].startswith(f"/{target.path}/{id}/")
        assert (await browser.get(moved.headers["location"])).status_code == 200


@every_kind
async def test_its_markdown_twin_says_what_is_known_of_it(house: House, kind: Kind) -> None:
    id, _word = await new(house, kind)
    made = await entry(house, id)
    async with house.browser("ole") as browser:
        twin = await browser.get(f"/{kind.path}/{id}/index.md")
    assert twin.status_code == 200 and twin.headers["content-type"].startswith("text/markdown")
    front, _, body = twin.text.removeprefix("---\n").partition("\n---\n")
    assert f"kind: {kind.name}" in front and "author: mons" in front and body.strip() == made.body.strip()


@every_kind
async def test_it_is_told_of_in_the_feeds_of_the_lists_that_it_is_in(house: House, kind: Kind) -> None:
    id, word = await new(house, kind)
    lists = ("", "spaces/torget/", f"{kind.path}/", f"spaces/torget/{kind.path}/", "people/mons/") if kind.alone else ()
    async with house.browser("ole") as browser:
        for address in (*(f"/{each}feed.atom" for each in lists), f"/tags/tag{word}/feed.atom"):
            feed = await browser.get(address)
            assert f"/e/{id}</id>" in feed.text and f"Body of {word}" in feed.text, address


@every_kind
async def test_what_is_wrong_is_said_and_what_was_typed_is_still_there(house: House, kind: Kind) -> None:
    async with house.browser("mons") as browser:
        form = {
            "kind": kind.name,
            "space": "torget",
            "parent": str(house.entries["torget", "page"]),
            "tags": "kept-tag",
        }
        if kind.alone:
            del form["parent"]
        answer = await browser.post("/entries/", data=form)
        assert answer.status_code == 422 and "kept-tag" in answer.text
        assert re.search(r'aria-invalid="true"|role="alert"', answer.text)


async def test_annotations_follow_their_passage_and_wait_when_it_is_gone(house: House, door: Web) -> None:
    page, _ = await new(house, KINDS["page"])
    before = await entry(house, page)
    assert door.ok(await door.verb("ole", page, "annotate", quote=QUOTE, body="Why?"))
    note = (await queries.replies(await house.viewer("ole"), page))[-1]
    assert note.quote == QUOTE and note.anchor is not None
    longer = f"A new beginning.\n\n{before.body}"
    await door.verb("mons", page, "edit", revision=before.revision, title=before.title, body=longer, summary="more")
    assert (await entry(house, note.id)).anchor > note.anchor
    now = await entry(house, page)
    await door.verb("mons", page, "edit", revision=now.revision, title=now.title, body="All gone.", summary="less")
    gone = await entry(house, note.id)
    assert gone.anchor is None and gone.quote == QUOTE
    assert (await door.verb("ole", page, "annotate", quote="not in there", body="?")).status_code == 422


async def test_a_question_has_one_accepted_answer(house: House, door: Web) -> None:
    question, _ = await new(house, KINDS["question"])
    await door.verb("ole", question, "reply", body="Like this.")
    answer = (await queries.replies(await house.viewer("ole"), question))[-1].id
    assert (await door.verb("ole", question, "accept", reply=answer)).status_code == 403
    assert door.ok(await door.verb("mons", question, "accept", reply=answer))
    assert (await entry(house, question)).accepted == answer
    assert (await door.verb("mons", question, "accept", reply=house.entries["torget", "reply"])).status_code == 422
    assert door.ok(await door.verb("mons", question, "accept"))
    assert (await entry(house, question)).accepted is None


async def test_an_idea_goes_through_its_stages(house: House, door: Web) -> None:
    idea, _ = await new(house, KINDS["idea"])
    assert (await door.verb("mons", idea, "stage", stage="planned")).status_code == 403
    for stage in KINDS["idea"].stages:
        assert door.ok(await door.verb("hedda", idea, "stage", stage=stage, note="Because"))
        assert (await entry(house, idea)).stage == stage
    assert (await door.verb("hedda", idea, "stage", stage="nonsense")).status_code == 422


async def test_pages_stand_in_a_tree_and_move_in_it(house: House, door: Web) -> None:
    (top, _), (one, _), (two, _) = [await new(house, KINDS["page"]) for _ in range(3)]
    for id in (one, two):
        assert door.ok(await door.verb("mons", id, "place", parent=top))
    viewer = await house.viewer("ole")
    assert [ref.id for ref in await queries.children(viewer, top)] == [one, two]
    assert door.ok(await door.verb("mons", two, "place", parent=top, before=one))
    assert [ref.id for ref in await queries.children(viewer, top)] == [two, one]
    assert door.ok(await door.verb("mons", one, "place", parent=two))
    assert [ref.id for ref in await queries.trail(viewer, one)] == [top, two]
    assert (await door.verb("mons", top, "place", parent=one)).status_code == 422, "not under itself"
    assert (await door.verb("mons", one, "place", parent=house.entries["loftet", "page"])).status_code == 422
    assert door.ok(await door.verb("mons", top, "trash"))
    await asyncio.sleep(0)
    assert one in [branch.ref.id for branch in await queries.tree(viewer, house.spaces["torget"].id)]


async def test_edits_close_together_make_one_line_of_the_history(house: House, door: Web) -> None:
    page, word = await new(house, KINDS["page"])
    for number in range(3):
        now = await entry(house, page)
        await door.verb("mons", page, "edit", revision=now.revision, title=now.title, body=f"{now.body} {number}")
    assert len(await queries.revisions(await house.viewer("mons"), page)) == 1
    now = await entry(house, page)
    await door.verb("hedda", page, "edit", revision=now.revision, title=now.title, body=f"{word} by another")
    assert len(await queries.revisions(await house.viewer("mons"), page)) == 2
    now = await entry(house, page)
    await door.verb("hedda", page, "edit", revision=now.revision, title=now.title, body="All of it written anew.")
    assert len(await queries.revisions(await house.viewer("mons"), page)) == 3, "what was there can still be found"
