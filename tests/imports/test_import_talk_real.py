"""Whole exports through the real command: every text is there, word for word, nothing that was private is, and each page can be read and found."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cast import House
from tests.imports.test_import_talk import run
from web.database import rows, value
from web.entries import check
from web.urls import url_of

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def words(said: str) -> list[str]:
    return re.findall(r"[^\W_]+", said)


def of_html(html: str) -> list[str]:
    """What one reads of it, told by other means than those that turned it."""
    shown = re.sub(r"<img[^>]*>", " ", html)
    return words(
        unescape(re.sub(r"<(?!/?(?:em|strong|i|b|a|code|span|sub|sup|strike)\b)[^>]*>", " ", shown).replace("\n", " "))
    )


def same(html: str, plain: str) -> bool:
    """Letters and digits in their order; a picture's words, raised numbers and who wrote it apart."""
    wished = "".join(
        words(
            re.sub(
                r"<[^>]*>",
                "",
                "".join(of_html(re.sub(r"</?(?:em|strong|i|b|a|code|span|sub|sup|strike)\b[^>]*>", "", html))),
            )
        )
    )
    had = "".join(words(plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ⁿ", "01234567890123456789n"))))
    return had.startswith(wished)


async def plain_by_ref(prefix: str) -> dict[str, str]:
    found = await rows(
        "SELECT i.path, t.body FROM imported i JOIN entry_text t ON t.id = i.entry WHERE i.path LIKE {}", f"{prefix}%"
    )
    return {each["path"].removeprefix(prefix): each["body"] for each in found}


async def each_page_answers(house: House, prefix: str) -> None:
    heads = await rows(
        "SELECT DISTINCT h.id, h.kind, h.slug FROM imported i JOIN entry e ON e.id = i.entry JOIN entry h ON h.id = e.root WHERE i.path LIKE {}",
        f"{prefix}%",
    )
    assert heads
    async with house.browser("mons") as browser:
        for each in heads:
            answer = await browser.get(f"/e/{each['id']}", follow_redirects=True)
            assert answer.status_code == 200, f"/e/{each['id']}"


async def is_found(house: House, word: str) -> bool:
    async with house.browser("mons") as browser:
        answer = await browser.get(url_of("search"), params={"q": word})
    return answer.status_code == 200 and "<mark>" in answer.text


@pytest.mark.timeout(300)
async def test_a_site_of_stack_exchange_comes_whole(house: House, shared: Path) -> None:
    posts = list(ElementTree.parse(shared / "qa-coffee-se" / "Posts.xml").getroot())
    prefix = "stackexchange:coffee.stackexchange.com:"
    address = "https://coffee.stackexchange.com"
    report = await run(house, "stackexchange", shared / "qa-coffee-se", address=address)
    assert report.came == {"answers": 327, "questions": 225, "tag excerpts": 17, "tag wikis": 13}
    assert (report.made, report.not_imported, report.left_out) == (582, 0, {"empty texts of tags": 10})
    had = await plain_by_ref(prefix)
    told = {each.get("Id", ""): each for each in posts if (each.get("Body") or "").strip()}
    assert had.keys() == told.keys()
    pictures = {ref for ref, each in told.items() if "<img" in each.get("Body", "")}
    assert not [ref for ref, each in told.items() if ref not in pictures and not same(each.get("Body", ""), had[ref])]
    found = await rows(
        "SELECT i.path, e.title, e.vote, e.recommend, e.created_at, e.kind, e.replies, e.parent, a.path AS accepted, p.path AS above FROM imported i "
        "JOIN entry e ON e.id = i.entry LEFT JOIN imported a ON a.entry = e.accepted LEFT JOIN imported p ON p.entry = e.parent WHERE i.path LIKE {}",
        f"{prefix}%",
    )
    for each in found:
        said = told[each["path"].removeprefix(prefix)]
        if said.get("PostTypeId") in ("1", "2"):
            assert each["vote"] == max(int(said.get("Score", "0")), 0)
            assert (each["above"] or "").removeprefix(prefix) == said.get("ParentId", "")
            assert (each["accepted"] or "").removeprefix(prefix) == said.get("AcceptedAnswerId", "")
            assert each["title"] == said.get("Title", "")
            assert each["replies"] == int(said.get("AnswerCount") or 0)
    ways = "SELECT count(*) FROM link k JOIN imported i ON i.entry = k.entry WHERE i.path LIKE {} AND k.written LIKE '/e/%' AND k.target IS NOT NULL"
    assert await value(ways, f"{prefix}%") > 60, "links between posts lead here"
    assert not await value("SELECT count(*) FROM entry WHERE body LIKE '%<p>%'")
    await each_page_answers(house, prefix)
    assert await is_found(house, "portafilter") and await is_found(house, "chlorogenic")
    assert not await is_found(house, "klorofyllkvern")
    assert (await run(house, "stackexchange", shared / "qa-coffee-se", address=address)).unchanged == 582
    assert not await check.faults(house.files)


@pytest.mark.timeout(300)
async def test_topics_of_discourse_come_whole(house: House, shared: Path) -> None:
    folder = shared / "qa-discourse-derived" / "t"
    topics = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    report = await run(house, "discourse", folder)
    posts: dict[str, dict[str, Any]] = {
        f"t{topic['id']}" + (f"/{post['post_number']}" if post["post_number"] > 1 else ""): post
        for topic in topics for post in topic["post_stream"]["posts"]
    }  # fmt: skip
    assert report.made == len(posts) == 308 and report.left_out == {} and report.not_imported == 0
    had = await plain_by_ref("discourse:t:")
    assert had.keys() == posts.keys()
    assert not [
        ref for ref, each in posts.items() if "<img" not in each["cooked"] and not same(each["cooked"], had[ref])
    ]
    asked = "SELECT count(*) FROM entry e JOIN imported i ON i.entry = e.accepted WHERE i.path LIKE 'discourse:t:%'"
    assert await value(asked) == sum(each["accepted_answer"] for each in posts.values())
    likes = "SELECT sum(e.recommend) FROM entry e JOIN imported i ON i.entry = e.id WHERE i.path LIKE 'discourse:t:%'"
    assert await value(likes) == sum(max(act["count"], 0) for each in posts.values() for act in each["actions_summary"])
    await each_page_answers(house, "discourse:t:")
    assert not await check.faults(house.files)


async def test_of_an_archive_of_mastodon_comes_what_is_expected(house: House, shared: Path) -> None:
    root = shared / "micro-mastodon-synthetic"
    expected, outbox = (
        json.loads((root / "expected.json").read_text()),
        json.loads((root / "archive/outbox.json").read_text()),
    )
    report = await run(house, "mastodon", root / "archive")
    secret = {*expected["direct"], *expected["followers_only"]}
    notes = {each["object"]["id"]: each["object"] for each in outbox["orderedItems"] if each["type"] == "Create"}
    assert len(notes) == expected["create"] and expected["total"] == expected["create"] + expected["announce"]
    assert report.left_out == {
        "direct notes": len(expected["direct"]), "notes to followers only": len(expected["followers_only"]), "boosts": expected["announce"],
    }  # fmt: skip
    open_ones = {id: note for id, note in notes.items() if id not in secret}
    assert (
        report.made == len(open_ones) and sum(each.what == "boost" for each in report.problems) == expected["announce"]
    )
    prefix = "mastodon:sosial.example.no-users-kari:"
    had = await plain_by_ref(prefix)
    assert had.keys() == open_ones.keys()
    for id, note in open_ones.items():
        said, warned = had[id], note["summary"] or ""
        assert not warned or said.startswith(warned), "the warning stands first"
        assert same(note["content"], said.removeprefix(warned))
        assert all(choice["name"] in said for choice in note.get("oneOf") or [])
    pictures = sum(len(note["attachment"]) for note in open_ones.values())
    assert await value("SELECT count(*) FROM attachment f JOIN imported i ON i.entry = f.entry WHERE i.path LIKE {}", f"{prefix}%") == report.attachments  # fmt: skip
    assert (
        sum(len(note["attachment"]) for note in notes.values()) == expected["media"] and report.attachments <= pictures
    )
    assert sum(bool(note.get("oneOf") or note.get("anyOf")) for note in notes.values()) == expected["polls"]
    alts = {each["alt"] for each in await rows("SELECT f.alt FROM attachment f JOIN imported i ON i.entry = f.entry WHERE i.path LIKE {}", f"{prefix}%")}  # fmt: skip
    assert alts <= {each["name"] or "" for note in open_ones.values() for each in note["attachment"]} and any(alts)
    for id, note in open_ones.items():
        above = await value("SELECT p.path FROM imported i JOIN entry e ON e.id = i.entry LEFT JOIN imported p ON p.entry = e.parent WHERE i.path = {}", prefix + id)  # fmt: skip
        assert above == (prefix + note["inReplyTo"] if note["inReplyTo"] in open_ones else None)
        if note["tag"] and note["tag"][0]["type"] == "Hashtag":
            tagged = "SELECT count(*) FROM tagging g JOIN tag t ON t.id = g.tag JOIN imported i ON i.entry = g.entry WHERE i.path = {} AND t.name = {}"
            assert await value(tagged, prefix + id, note["tag"][0]["name"].lstrip("#").lower()) == 1
    for table in ("entry", "revision", "entry_text", "imported", "event", "link", "attachment", "file_text"):
        everything = str(await rows(f"SELECT * FROM {table}"))
        assert "HEMMELIG-DM" not in everything and "KUN-FØLGERE-" not in everything
        assert not [id for id in secret if id in everything] or table == "link", "not even where they were"
    assert "HEMMELIG" not in str(report) and not [id for id in secret if id in str(report)]
    await each_page_answers(house, prefix)
    async with house.browser("mons") as browser:
        for address in (
            "/",
            "/microposts/",
            "/feed.atom",
            "/search/?q=HEMMELIG",
            "/search/?q=FØLGERE",
            "/tags/dugnad/",
        ):
            page = (await browser.get(address)).text
            assert "HEMMELIG-DM" not in page and "KUN-FØLGERE-" not in page
    assert (await run(house, "mastodon", root / "archive")).unchanged == len(open_ones)
    assert not await check.faults(house.files)


async def test_of_an_export_of_yammer_comes_what_was_open(house: House, shared: Path) -> None:
    root = shared / "micro-yammer-synthetic"
    with (root / "Messages.csv").open(encoding="utf-8-sig", newline="") as file:
        messages = list(csv.DictReader(file))
    with (root / "Groups.csv").open(encoding="utf-8-sig", newline="") as file:
        private = {each["id"] for each in csv.DictReader(file) if each["private"] == "true"}
    closed = [each for each in messages if "true" in (each["in_private_group"], each["in_private_conversation"]) or each["group_id"] in private]  # fmt: skip
    deleted = [each for each in messages if each["deleted_at"] and each not in closed]
    there = {each["id"]: each for each in messages if each not in closed and each not in deleted}
    report = await run(house, "yammer", root)
    assert report.made == len(there) and sum(report.left_out.values()) == len(closed) + len(deleted)
    had = await plain_by_ref("yammer:")
    assert had.keys() == there.keys()
    for id, message in there.items():
        said = re.sub(r"\[\[user:(\d+)\]\]", r"@Bruker \1", message["body"].replace("\\n", "\n"))
        assert "".join(words(had[id])).startswith("".join(words(said)))
    for id, message in there.items():
        above = await value("SELECT p.path FROM imported i JOIN entry e ON e.id = i.entry LEFT JOIN imported p ON p.entry = e.parent WHERE i.path = {}", f"yammer:{id}")  # fmt: skip
        assert message["replied_to_id"] not in there or above == f"yammer:{message['replied_to_id']}"
    await each_page_answers(house, "yammer:")
    assert (await run(house, "yammer", root)).unchanged == len(there)
    assert not await check.faults(house.files)
