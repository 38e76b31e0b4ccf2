"""Hostile input through every text field: refused in words or kept as text, never run, never a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cast import House
from tests.hostile import OWN, collected, harm_in
from web.kinds import KINDS
from web.people import queries as people


async def _shows_no_harm(browser: Any, address: str) -> None:
    answer = await browser.get(address, follow_redirects=True)
    assert answer.status_code == 200, address
    assert harm_in(answer.text) == [], address


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
async def test_entries_hold_hostile_text_and_do_no_harm(house: House, kind: Any) -> None:
    async with house.browser("mons") as browser, house.program("mons") as program:
        for text in OWN:
            form = {"kind": kind.name, "title": text[: kind.title_max], "body": text[: kind.body_max], "tags": text[:50],
                    "url": f"https://example.org/{text[:50]}", "quote": "a passage that matters"}  # fmt: skip
            form |= {"space": "torget"} if kind.alone else {"parent": str(house.entries["torget", "page"])}
            answer = await browser.post("/entries/", data=form)
            assert answer.status_code in (303, 422), f"{text[:60]!r}: {answer.status_code}"
            assert answer.status_code == 303 or harm_in(answer.text) == [], text
            sent = {
                name: value
                for name, value in form.items()
                if name in ("kind", "space", "title", "body", "url", "quote")
            }
            sent |= {} if kind.alone else {"parent": house.entries["torget", "page"]}
            answer = await program.post("/api/entries", json=sent)
            assert answer.status_code in (201, 422), answer.text
            if answer.status_code == 201 and kind.alone:
                for page in ("/e/{}", "/entries/{}/edit/", "/entries/{}/history/"):
                    await _shows_no_harm(browser, page.format(answer.json()["id"]))
        for address in (
            f"/{kind.path}/" if kind.alone else "/",
            "/",
            "/people/mons/",
            "/tags/",
            f"/e/{house.entries['torget', 'page']}",
        ):
            await _shows_no_harm(browser, address)


async def test_people_and_spaces_hold_hostile_text_and_do_no_harm(house: House) -> None:
    async with house.browser("ole") as browser:
        for number, text in enumerate(OWN):
            profile = await browser.post(
                "/settings/profile", data={"name": text[:120], "about": text, "email": text[:200]}
            )
            assert profile.status_code in (303, 422)
            profile = await browser.post("/settings/profile", data={"name": text[:120], "about": text, "email": ""})
            assert profile.status_code in (303, 422)
            slug = f"hostile{number}"
            opened = await browser.post(
                "/spaces/", data={"slug": slug, "name": text[:120], "about": text, "access": "open"}
            )
            assert opened.status_code in (303, 422)
            if opened.status_code == 303:
                await _shows_no_harm(browser, f"/spaces/{slug}/")
            for address in ("/settings/", "/people/ole/", "/people/", "/spaces/", "/"):
                await _shows_no_harm(browser, address)
        await browser.post("/settings/profile", data={"name": "Ole", "about": ""})


async def test_addresses_hold_hostile_text_and_do_no_harm(house: House) -> None:
    async with house.browser("mons") as browser:
        for text in OWN:
            for address, name in (
                ("/search/", "q"),
                ("/search/", "older"),
                ("/new/page/", "title"),
                ("/sign-in/", "next"),
                ("/complete/", "q"),
                ("/new/", "space"),
            ):
                answer = await browser.get(address, params={name: text, "what": "page"})
                assert answer.status_code < 500 and harm_in(answer.text) == [], f"{address} {text[:40]!r}"
                assert not answer.headers.get("location", "/").startswith(("//", "http", "javascript"))


async def test_the_collections_do_no_harm(house: House, shared: Path) -> None:
    texts = list(dict.fromkeys(text for text in collected(shared) if isinstance(text, str)))
    assert len(texts) > 500
    async with house.browser("mons") as browser, house.program("mons") as program:
        for start in range(0, len(texts), 20):
            some = texts[start : start + 20]
            sent = {"kind": "page", "space": "torget", "title": f"Collected {start}", "body": "\n\n".join(some)}
            answer = await program.post("/api/entries", json=sent)
            if answer.status_code == 201:
                await _shows_no_harm(browser, f"/e/{answer.json()['id']}")
            for text in some:
                answer = await program.post(
                    "/api/entries", json={**sent, "title": text[:200] or "x", "body": text, "tags": text}
                )
                assert answer.status_code in (201, 422), f"{text!r}: {answer.text}"
        await _shows_no_harm(browser, "/pages/")
        await _shows_no_harm(browser, "/tags/")


@pytest.mark.parametrize(
    "sent",
    [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"kind": 5}', b'{"kind": "page", "space": ["torget"], "title": "x"}',
     b'{"kind": "page", "space": "torget", "title": {"a": 1}}', b'{"kind": "page", "space": "torget", "title": "x", "author": "astrid"}',
     b'{"kind": "page", "space": "torget", "title": "x", "id": 1}', b'{"kind": "page", "space": "torget", "title": "x", "created_at": 0}',
     b'{"kind": "page", "space": "torget", "title": "a\\u0000b"}', b'{"kind": "page", "space": "torget", "title": "\\ud800"}',
     b'{"kind": "reply", "parent": 99999999999999999999, "body": "x"}', b'{"kind": "reply", "parent": -1, "body": "x"}',
     b'{"kind": "reply", "parent": 1.5, "body": "x"}', b'{"kind": "nonsense", "space": "torget"}', b'{"kind": "bookmark", "space": "torget", "url": "javascript:alert(1)"}',
     b'{"a":' * 5000 + b"1" + b"}" * 5000],
)  # fmt: skip
async def test_json_that_makes_no_sense_is_a_problem_in_words(house: House, sent: bytes) -> None:
    before = len(await people.people(await house.viewer("mons")))
    async with house.program("mons") as program:
        answer = await program.post("/api/entries", content=sent, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 404, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code and problem["detail"]
    assert len(await people.people(await house.viewer("mons"))) == before


@pytest.mark.parametrize(
    "verb",
    [
        "edit",
        "reply",
        "annotate",
        "revert",
        "tag",
        "trash",
        "move",
        "turn",
        "place",
        "accept",
        "stage",
        "recommend",
        "watch",
    ],
)
async def test_verbs_with_nonsense_are_problems_in_words(house: House, verb: str) -> None:
    id = house.entries["torget", "idea"]
    nonsense: list[Any] = [None, [], "x", 5, {"nonsense": 1}, {"revision": "x"}, {"revision": 2**70}, {"body": 5}, {"space": None}, {"kind": []},
                           {"parent": "x"}, {"reply": {}}, {"stage": 1}, {"undo": "yes"}, {"level": "loud"}, {"tags": [1]}, {"reason": "x" * 9999}]  # fmt: skip
    async with house.program("mons") as program, house.browser("mons") as browser:
        for sent in nonsense:
            answer = await program.post(f"/api/entries/{id}/{verb}", json=sent)
            assert answer.status_code < 500, f"{verb} {sent}: {answer.text}"
            if isinstance(sent, dict):
                form = {name: str(value) for name, value in sent.items()}
                assert (await browser.post(f"/entries/{id}/{verb}", data=form)).status_code < 500
        assert (
            await browser.post(
                f"/entries/{id}/{verb}",
                content=b"\xff\x00=%zz&&&",
                headers={"content-type": "application/x-www-form-urlencoded"},
            )
        ).status_code < 500
        assert (
            await browser.post(
                f"/entries/{id}/{verb}", content=b"--x\r\n", headers={"content-type": "multipart/form-data; boundary=x"}
            )
        ).status_code < 500
    await house.entry("torget", "page")
