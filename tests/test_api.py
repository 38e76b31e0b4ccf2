"""The API as programs rely on it: shapes, statuses, cursors, conflicts, and a description of itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import House
from tests.test_files import picture

ENTRY = {"id", "kind", "space", "title", "body", "url", "author", "parent", "created_at", "updated_at", "revision"}


async def post(house: House, by: str = "mons", **sent: Any) -> dict[str, Any]:
    async with house.program(by) as program:
        answer = await program.post("/api/entries", json={"kind": "page", "space": "torget", "title": "A page", **sent})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/entries/{made['id']}"
    return made


async def test_an_entry_has_what_scripts_rely_on(house: House) -> None:
    made = await post(house, body="Text", tags=["One", "two"])
    assert made.keys() >= ENTRY and made["author"] == "mons" and made["space"] == "torget" and made["parent"] is None
    assert made["created_at"].endswith("Z") and isinstance(made["id"], int) and made["tags"] == ["One", "two"]
    reply = await post(house, kind="reply", title="", body="Hello", parent=made["id"], space=None)
    assert (reply["parent"], reply["root"], reply["space"]) == (made["id"], made["id"], "torget")
    bookmark = await post(house, kind="bookmark", title="", url="https://example.org/x")
    assert bookmark["url"] == bookmark["title"] == "https://example.org/x"


async def test_lists_go_on_until_there_is_no_next(house: House) -> None:
    ids = [(await post(house, kind="micropost", title="", body=f"Number {n} #listed"))["id"] for n in range(7)]
    for narrowed in ("kind=micropost", "tag=listed", "kind=microposts&space=torget&author=mons&tag=Listed"):
        seen: list[int] = []
        cursor = ""
        async with house.program("ole") as program:
            while True:
                page = (await program.get(f"/api/entries?{narrowed}&limit=3&cursor={cursor}")).json()
                assert len(page["items"]) <= 3
                seen += [each["id"] for each in page["items"]]
                if (cursor := page["next"]) is None:
                    break
        assert len(seen) == len(set(seen)) and set(ids) <= set(seen), narrowed
        assert [each for each in seen if each in ids] == ids[::-1], "the latest first"


async def test_search_pages_too(house: House) -> None:
    ids = {(await post(house, title=f"Sjokolademelk {n}"))["id"] for n in range(5)}
    seen: list[int] = []
    cursor = ""
    async with house.program("ole") as program:
        while cursor is not None:
            page = (
                await program.get("/api/search", params={"q": "sjokolademelk", "limit": 2, "cursor": cursor})
            ).json()
            seen += [each["entry"]["id"] for each in page["items"]]
            assert all(
                "<mark>" in each["snippet"] or "Sjokolademelk" in each["entry"]["title"] for each in page["items"]
            )
            cursor = page["next"]
    assert len(seen) == 5 and set(seen) == ids


async def test_an_edit_that_cannot_be_merged_gives_all_the_texts(house: House) -> None:
    made = await post(house, body="One.\n\nTwo.")
    async with house.program("ole") as ole, house.program("mons") as mons:
        address = f"/api/entries/{made['id']}/edit"
        theirs = await ole.post(address, json={"revision": made["revision"], "body": "One.\n\nTwo, said Ole."})
        assert theirs.status_code == 200 and theirs.json()["title"] == "A page", "what is left out stays"
        clash = await mons.post(address, json={"revision": made["revision"], "body": "One.\n\nTwo, said Mons."})
        assert clash.status_code == 409 and clash.headers["content-type"] == "application/problem+json"
        said = clash.json()
        assert said["base"]["body"] == "One.\n\nTwo." and said["revision"] == theirs.json()["revision"]
        assert (
            "Ole" in said["theirs"]["body"] and "Mons" in said["mine"]["body"] and "<<<<<<<" in said["merged"]["body"]
        )
        settled = await mons.post(address, json={"revision": said["revision"], "body": "One.\n\nTwo, said both."})
        assert settled.status_code == 200
        unsaid = await mons.post(address, json={"body": "No revision"})
        assert unsaid.status_code == 422 and "revision" in unsaid.text
        revisions = (await mons.get(f"/api/entries/{made['id']}/revisions")).json()["items"]
        assert [each["author"] for each in revisions] == ["mons", "ole", "mons"]
        strange = await mons.post(address, json={"revision": (await post(house))["revision"], "body": "x"})
        assert strange.status_code == 404, "the revision of another entry is none of this one's"


async def test_a_file_is_sent_and_found_by_programs(house: House) -> None:
    async with house.program("mons") as program:
        sent = await program.post("/api/attachments", files={"file": ("p.png", picture())}, data={"alt": "Green"})
        assert sent.status_code == 201
        made = sent.json()
        assert (made["width"], made["height"], made["media_type"]) == (900, 600, "image/png")
        assert (await program.get(f"/api/attachments/{made['id']}")).json() == made
        other = {"file": ("other.png", picture((30, 20)))}
        brought = await program.post(f"/api/attachments/{made['id']}/bring", files=other, data={"note": "Smaller"})
        assert brought.status_code in (200, 201) and brought.json()["url"] == made["url"]
        assert (brought.json()["width"], brought.json()["name"]) == (30, "p.png")
        again = await program.post(f"/api/attachments/{made['id']}/bring", files=other)
        assert again.status_code == 422 and again.json()["field"] == "file"
        assert (await program.post(f"/api/attachments/{made['id']}/bring", json={})).status_code in (400, 415, 422)
    async with house.program("ole") as program:
        assert (await program.get(f"/api/attachments/{made['id']}")).status_code == 404


async def test_whoever_has_no_key_is_told_what_to_send(house: House) -> None:
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic bW9uczp4"}):
        async with house.program() as program:
            answer = await program.get("/api/me", headers=headers)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["status"] == 401 and "Authorization" in answer.json()["detail"]


async def test_who_one_is(house: House) -> None:
    async with house.program("gro") as program:
        assert (await program.get("/api/me")).json() == {
            "handle": "gro", "name": "Gro", "admin": False, "guest": True, "spaces": {"kontoret": "guest"},
        }  # fmt: skip


async def test_the_api_describes_itself_and_not_the_pages(house: House) -> None:
    async with house.program() as program:
        described = (await program.get("/api/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    assert all(path.startswith("/api/") for path in described["paths"])
    verbs = {path.rpartition("/")[2] for path in described["paths"]}
    assert verbs >= {
        "edit",
        "reply",
        "trash",
        "restore",
        "move",
        "turn",
        "recommend",
        "helped",
        "vote",
        "watch",
        "tag",
        "accept",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/entries?limit=0", 422), ("GET", "/api/entries?limit=1000000", 422), ("GET", "/api/entries?limit=x", 422),
     ("GET", "/api/entries?cursor=x", 404), ("GET", "/api/entries?kind=nonsense", 422), ("GET", "/api/entries?space=nowhere", 404),
     ("GET", "/api/nothing", 404), ("DELETE", "/api/entries", 405), ("GET", "/api/entries/x", 404), ("GET", "/api/entries/0", 404),
     ("GET", "/api/search?q=" + "x" * 3000, 200), ("GET", "/api/search", 200), ("GET", "/api/tags/x%2Fy", 404)],
)  # fmt: skip
async def test_every_refusal_is_a_problem_in_words(house: House, method: str, path: str, status: int) -> None:
    async with house.program("mons") as program:
        answer = await program.request(method, path)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json" and answer.json()["detail"]


async def test_a_program_says_what_was_translated_when_it_ends_and_that_it_was_looked_for(house: House) -> None:
    async with house.program("mons") as program, house.program("ole") as other:

        async def made(kind: str, title: str) -> dict[str, Any]:
            given = {"kind": kind, "space": "torget", "title": title, "body": "x", "lang": "en"}
            said: dict[str, Any] = (await program.post("/api/entries", json=given)).json()
            return said

        source, text = await made("page", "The quay"), await made("page", "Kaia")
        at = f"/api/entries/{text['id']}"
        told = (await program.post(f"{at}/translate", json={"revision": source["revision"]})).json()
        assert told["source"] == {"id": source["id"], "title": "The quay", "lang": "en", "behind": 0}
        back = (await program.get(f"/api/entries/{source['id']}/translations")).json()
        assert [each["id"] for each in back["translations"]] == [text["id"]]
        assert (await program.post(f"{at}/translate", json={})).json() == {"source": None, "translations": []}
        ends = (await program.post(f"{at}/hide", json={"at": "2031-12-31T09:30"})).json()
        assert ends["at"].startswith("2031-12-31T09:30") and (await program.post(f"{at}/hide", json={})).json() == {
            "at": ""
        }
        assert (await program.post(f"{at}/hide", json={"at": "soon"})).status_code == 422
        asked = await made("question", "Who has the key?")
        met = (await other.post(f"/api/entries/{asked['id']}/meet")).json()
        assert met == {"given": asked["id"], "follows": True}
