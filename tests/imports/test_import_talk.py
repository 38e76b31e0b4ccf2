"""Talk moves in: questions, topics, notes and messages, with who said what, and never what was not for everybody."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.cast import House
from tests.imports.test_import_plan import PNG
from web.database import rows, value
from web.entries import actions, attachments, check, queries
from web.entries.actions import Fields
from web.entries.rows import Entry
from web.errors import NotAllowed, NotDone, NotThere
from web.imports import histories
from web.imports.people import read_people
from web.imports.report import Report
from web.imports.talk.importing import Asked, import_talk
from web.imports.talk.sources import opened_source

JANUARY = 1_420_106_400_000  # the first of it in 2015, at ten
DAY = 86_400_000
NEW = "\n"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ME = "https://sosial.example/users/mons"


async def run(
    house: House, name: str, path: Path, space: str = "torget", by: str = "mons", address: str = "", **asked: Any
) -> Report:
    viewer = await house.viewer(by)
    with opened_source(name, path, address, viewer.handle) as source:
        return await import_talk(viewer, source, house.spaces[space], house.files, Asked(**asked))


async def came(house: House, prefix: str, ref: str, by: str = "mons") -> Entry:
    found = await value("SELECT entry FROM imported WHERE path LIKE {} ORDER BY id DESC LIMIT 1", f"{prefix}:%:{ref}")
    return await queries.entry(await house.viewer(by), found)


async def mine(house: House, ref: str) -> Entry:
    found = await value("SELECT entry FROM imported WHERE path = {}", ref)
    return await queries.entry(await house.viewer("mons"), found)


def at(day: int, hour: int = 10) -> str:
    return f"2015-01-{day:02}T{hour:02}:00:00.000"


# Stack Exchange.


def rows_in(folder: Path, name: str, *given: dict[str, Any]) -> None:
    said = "".join(
        "<row "
        + " ".join(f'{key}="{escape(str(value)).replace(NEW, "&#xA;")}"' for key, value in each.items())
        + " />\n"
        for each in given
    )
    (folder / f"{name}.xml").write_text(f'\ufeff<?xml version="1.0" encoding="utf-8"?>\n<{name.lower()}>\n{said}</{name.lower()}>', "utf-8")  # fmt: skip


def post(id: int, sort: int, day: int, body: str, **more: Any) -> dict[str, Any]:
    return {"Id": id, "PostTypeId": sort, "CreationDate": at(day), "Score": 0, "Body": body, "OwnerUserId": 4, **more}


def harbour(folder: Path) -> Path:
    """A site about boats that never was."""
    folder.mkdir(parents=True, exist_ok=True)
    rows_in(
        folder, "Users", {"Id": 4, "DisplayName": "Ine & Per"}, {"Id": 5, "DisplayName": "Per Vik"},
    )  # fmt: skip
    rows_in(folder, "Tags", {"Id": 1, "TagName": "c++", "ExcerptPostId": 8, "WikiPostId": 9})
    rows_in(
        folder, "Posts",
        post(1, 1, 1, '<p>Which <em>knot</em>, and <a href="/questions/3/rope">which rope</a>?</p>\n<pre class="lang-py prettyprint-override"><code>tie(1)\n&lt;b&gt;\n</code></pre>'
             '<p><img src="https://bilder.example/k.png" alt="a knot"></p>', Title="Knots & “ropes” <i>", Tags="<c++><knop-og-stikk>", AcceptedAnswerId=2, Score=7, ClosedDate=at(20)),
        post(2, 2, 3, '<p>See <a href="https://boats.example/a/4/7">this</a>, @Ole and #1 #tau.</p><ul><li>one</li><li>two<ol start="3"><li>deep</li></ol></li></ul>', ParentId=1, Score=5, OwnerUserId=5),
        post(3, 1, 2, "<p>Hemp?</p><script>alert(1)</script>", Title="Rope", Tags="|tau|", Score=-2),
        post(4, 2, 4, "<p>Never on a lee shore.</p>", ParentId=3, Score=-1),
        post(5, 2, 4, "<p>Whose question is gone.</p>", ParentId=99),
        post(8, 4, 5, "In short."), post(9, 5, 5, "<p>All of it.</p>"), post(10, 5, 5, ""),
    )  # fmt: skip
    rows_in(
        folder, "Comments",
        {"Id": 1, "PostId": 2, "Score": 2, "Text": "Nice, @Ole. See [it](/questions/3/rope) in `#code`", "CreationDate": at(5), "UserId": 4},
        {"Id": 2, "PostId": 1, "Score": 0, "Text": "Which boat?", "CreationDate": at(2), "UserDisplayName": "somebody else"},
    )  # fmt: skip
    rows_in(folder, "PostLinks", {"Id": 1, "PostId": 1, "RelatedPostId": 3, "LinkTypeId": 3, "CreationDate": at(6)})
    rows_in(folder, "Votes", {"Id": 1, "PostId": 2, "VoteTypeId": 1, "CreationDate": at(9)}, {"Id": 2, "PostId": 2, "VoteTypeId": 2, "CreationDate": at(4)})  # fmt: skip
    return folder


async def test_questions_come_with_answers_comments_counts_and_what_settled_them(house: House, tmp_path: Path) -> None:
    dump = harbour(tmp_path / "boats.example")
    (tmp_path / "people").write_text("Per Vik = ole\n")
    asked = {"people": await read_people(tmp_path / "people")}
    dry = await run(house, "stackexchange", dump, dry_run=True, **asked)
    assert not await value("SELECT count(*) FROM imported WHERE path LIKE {}", "stackexchange:%")
    report = await run(house, "stackexchange", dump, **asked)
    assert report.came == dry.came == {"questions": 2, "answers": 2, "comments": 2, "tag wikis": 1, "tag excerpts": 1}
    assert (report.made, report.not_imported, report.files) == (8, 1, 9)
    assert report.left_out == {"empty texts of tags": 1, "votes one by one (their sums came)": 1}
    knots, rope = await came(house, "stackexchange", "1"), await came(house, "stackexchange", "3")
    answer, comment = await came(house, "stackexchange", "2"), await came(house, "stackexchange", "c1")
    assert knots.title == "Knots & “ropes” <i>" and knots.created_at == JANUARY
    assert knots.body == (
        f"Which *knot*, and [which rope](/e/{rope.id})?\n\n```py\ntie(1)\n<b>\n```\n\n![a knot](https://bilder.example/k.png)\n\n"
        f"*Closed 2015-01-20.*\n\n*Asked before:* [Rope](/e/{rope.id})\n\n— Ine & Per"
    )
    assert "alert" not in rope.body and rope.body == "Hemp?\n\n— Ine & Per"
    assert answer.body == (
        f"See [this](/e/{(await came(house, 'stackexchange', '4')).id}), \\@Ole and #1 \\#tau.\n\n- one\n- two\n  3. deep"
    ), "who is known here is not named in the text"
    assert answer.author.handle == "ole" and knots.author.handle == "mons"
    assert (knots.accepted, knots.vote, answer.vote, rope.vote, comment.vote) == (answer.id, 7, 5, 0, 2)
    assert (knots.replies, answer.replies, knots.active_at) == (3, 1, JANUARY + 4 * DAY)
    assert (comment.kind, comment.parent, comment.root) == ("reply", answer.id, knots.id)
    assert comment.body == f"Nice, \\@Ole. See [it](/e/{rope.id}) in `#code`\n\n— Ine & Per"
    assert await queries.form_tags(knots.id) == "cpp knop-og-stikk"
    assert (
        await value("SELECT created_at FROM event WHERE verb = 'accept' AND entry = {}", answer.id) == JANUARY + 8 * DAY
    )
    assert not await value("SELECT count(*) FROM reaction WHERE entry IN ({}, {})", knots.id, answer.id), (
        "no vote is made up"
    )
    assert report.sorts() == {"score": 2, "not imported": 1, "people": 1}
    assert not await check.faults(house.files)


async def test_counts_that_came_and_votes_of_today_are_one_number(house: House, tmp_path: Path) -> None:
    await run(house, "stackexchange", harbour(tmp_path / "counts.example"), space="kontoret")
    answer = await came(house, "stackexchange", "2")
    hedda = await house.viewer("hedda")
    assert await actions.react(hedda, answer.id, "vote") == 6
    again = await run(house, "stackexchange", harbour(tmp_path / "counts.example"), space="kontoret")
    assert (await queries.entry(hedda, answer.id)).vote == 6 and again.unchanged == 8
    assert await actions.react(hedda, answer.id, "vote", undo=True) == 5
    assert not await check.faults(house.files)
    with pytest.raises(NotThere):
        await queries.entry(await house.viewer("ole"), answer.id)


async def test_each_text_that_a_post_has_had_comes_with_its_author(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "edited.example"
    folder.mkdir()
    rows_in(folder, "Users", {"Id": 4, "DisplayName": "Ine"}, {"Id": 5, "DisplayName": "Per"})
    rows_in(folder, "Posts", post(1, 1, 1, "<p>Third <b>#one</b>.</p>", Title="Last title", Tags="<tau>"))
    part = {"PostId": 1, "UserId": 4}
    rows_in(
        folder, "PostHistory",
        {"Id": 1, "PostHistoryTypeId": 2, "RevisionGUID": "a", "CreationDate": at(1), "Text": "First #one.\n\n    #code", **part},
        {"Id": 2, "PostHistoryTypeId": 1, "RevisionGUID": "a", "CreationDate": at(1), "Text": "First title", **part},
        {"Id": 3, "PostHistoryTypeId": 3, "RevisionGUID": "a", "CreationDate": at(1), "Text": "<tau>", **part},
        {"Id": 4, "PostHistoryTypeId": 5, "RevisionGUID": "b", "CreationDate": at(2), "Text": "Second.", "Comment": "shorter", "PostId": 1, "UserId": 5},
        {"Id": 5, "PostHistoryTypeId": 4, "RevisionGUID": "c", "CreationDate": at(3), "Text": "Last title", **part},
        {"Id": 6, "PostHistoryTypeId": 5, "RevisionGUID": "c", "CreationDate": at(3), "Text": "Third **#one**.", **part},
        {"Id": 7, "PostHistoryTypeId": 24, "RevisionGUID": "c", "CreationDate": at(3), **part},
    )  # fmt: skip
    report = await run(house, "stackexchange", folder)
    entry = await came(house, "stackexchange", "1")
    found = await queries.revisions(await house.viewer("ole"), entry.id)
    assert [(each.title, each.body, each.summary, each.created_at) for each in found] == [
        ("Last title", "Third **\\#one**.\n\n— Ine", "(Ine)", JANUARY + 2 * DAY),
        ("First title", "Second.\n\n— Ine", "shorter (Per)", JANUARY + DAY),
        ("First title", "First \\#one.\n\n    #code\n\n— Ine", "(Ine)", JANUARY),
    ]
    assert report.texts == 3
    assert (await run(house, "stackexchange", folder)).unchanged == 1


async def test_run_again_only_what_is_new_is_written_and_what_changed_here_stays(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "again.example"
    folder.mkdir()
    posts = [post(1, 1, 1, "<p>En.</p><p>To.</p>", Title="Igjen"), post(2, 2, 2, "<p>Svar.</p>", ParentId=1)]
    rows_in(folder, "Posts", *posts)
    first = await run(house, "stackexchange", folder)
    question, answer, hedda = (
        await came(house, "stackexchange", "1"),
        await came(house, "stackexchange", "2"),
        await house.viewer("hedda"),
    )
    second = await run(house, "stackexchange", folder)
    assert (second.made, second.updated, second.unchanged, second.entries) == (0, 0, 2, first.entries)
    await actions.edit(
        await house.viewer("mons"), question.id, Fields("Igjen", "En, sier Hedda.\n\nTo.\n\n— user4"), question.revision
    )
    posts[0] |= {"Body": "<p>En.</p><p>To, sier de.</p>", "AcceptedAnswerId": 2}
    rows_in(folder, "Posts", *posts, post(3, 2, 3, "<p>Nytt svar.</p>", ParentId=1, Score=3))
    third = await run(house, "stackexchange", folder)
    assert (third.made, third.updated, third.unchanged) == (1, 1, 1)
    now = await queries.entry(hedda, question.id)
    assert (now.body, now.replies, now.accepted) == ("En, sier Hedda.\n\nTo, sier de.\n\n— user4", 2, answer.id)
    await actions.accept(await house.viewer("mons"), question.id, None)
    await actions.trash(await house.viewer("mons"), answer.id)
    rows_in(folder, "Comments", {"Id": 7, "PostId": 2, "Text": "Til det som er borte.", "CreationDate": at(5)})
    rows_in(folder, "Posts", *posts, post(3, 2, 3, "<p>Nytt svar.</p>", ParentId=1, Score=3))
    fourth = await run(house, "stackexchange", folder)
    assert (fourth.made, fourth.not_imported) == (0, 2), "nothing is put under what is in the bin"
    assert (await queries.entry(hedda, question.id)).accepted is None, "what colleagues decided stays"
    assert not await check.faults(house.files)


async def test_killed_half_way_it_goes_on(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "killed.example"
    folder.mkdir()
    posts = [
        post(id, 1, 1, f'<p>Se <a href="/q/{id + 1}">neste</a>.</p>', Title=f"Spørsmål {id}") for id in range(1, 121)
    ]
    posts += [post(1000 + id, 2, 2, "<p>Svar.</p>", ParentId=id, Score=2) for id in range(1, 121)]
    rows_in(folder, "Posts", *posts)
    make, calls = histories.make, []

    async def dies(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        await make(*given)

    monkeypatch.setattr(histories, "make", dies)
    with pytest.raises(KeyboardInterrupt):
        await run(house, "stackexchange", folder)
    monkeypatch.setattr(histories, "make", make)
    there = await value("SELECT count(*) FROM imported WHERE path LIKE {}", "stackexchange:killed.example:%")
    assert 0 < there < 240 and not await check.faults(house.files)
    report = await run(house, "stackexchange", folder)
    assert (report.made, report.unchanged) == (240 - there, there)
    found = await rows(
        "SELECT e.replies, e.body, (SELECT count(*) FROM link k WHERE k.entry = e.id AND k.target IS NOT NULL) AS led FROM entry e "
        "JOIN imported i ON i.entry = e.id WHERE i.path LIKE {} AND e.kind = 'question'", "stackexchange:killed.example:%",
    )  # fmt: skip
    assert len(found) == 120 and {each["replies"] for each in found} == {1}
    assert sum(each["led"] for each in found) == 119, "also to what was written after it"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('<!DOCTYPE posts [<!ENTITY a "b">]><posts><row Id="1" Title="&a;"/></posts>', "never resolved"),
        ("<posts><row Id='1' PostTypeId='1' CreationDate='2015-01-01T10:00:00'/>", "no readable dump"),
        ("<comments></comments>", "does not begin with <posts>"),
        ("<posts><row Id='1' PostTypeId='1'/></posts>", "does not say its CreationDate"),
        ("<posts><row Id='1' PostTypeId='1' CreationDate='i går'/></posts>", "a time that is none"),
        ("ikke xml", "no readable dump"),
    ],
)
async def test_a_dump_that_is_wrong_or_means_harm_changes_nothing(
    house: House, tmp_path: Path, said: str, why: str
) -> None:
    before = await value("SELECT count(*) FROM entry")
    (tmp_path / "Posts.xml").write_text(said)
    with pytest.raises(NotDone, match=why):
        await run(house, "stackexchange", tmp_path)
    assert await value("SELECT count(*) FROM entry") == before


async def test_who_may_not_write_there_brings_nothing_in(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        await run(house, "stackexchange", harbour(tmp_path / "d.example"), space="kontoret", by="ole")


# Discourse.


def topic(id: int, title: str, *posts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": id, "title": title, "archetype": "regular", "category_id": 5, "tags": ["tau", {"name": "knop"}], "visible": True,
            "post_stream": {"posts": list(posts), "stream": [each["id"] for each in posts]}, **more}  # fmt: skip


def said(id: int, number: int, html: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "post_number": number, "post_type": 1, "cooked": html, "created_at": f"2015-01-{number:02}T10:00:00Z", "name": "Ine Berg",
            "username": "ine", **more}  # fmt: skip


async def test_topics_come_without_what_was_hidden_whispered_or_deleted(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "forum.example"
    folder.mkdir()
    hidden = ("LØNDOM-1", "LØNDOM-2", "LØNDOM-3", "LØNDOM-4")
    one = topic(
        1, "Fortøyning?",
        said(11, 1, '<p>Hvordan?</p><aside class="onebox"><header>x</header><article><h3><a href="https://a.example/b">En side</a></h3><p>mer</p></article></aside>', actions_summary=[{"id": 2, "count": 4}]),
        said(12, 2, f"<p>{hidden[0]}</p>", post_type=4), said(13, 3, f"<p>{hidden[1]}</p>", hidden=True),
        said(14, 4, f"<p>{hidden[2]}</p>", deleted_at="2015-02-01T10:00:00Z"), said(15, 5, "", post_type=3),
        said(16, 6, '<p>Som <a class="mention" href="/u/ole">@ole</a> sa i <a href="/t/slug/2/2">den tråden</a>.</p><aside class="quote" data-username="per"><div class="title">per:</div>'
             '<blockquote><p>Sitat</p></blockquote></aside>', reply_to_post_number=4, accepted_answer=True),
        said(17, 7, "<p>Takk.</p>", reply_to_post_number=6),
        closed=True,
    )  # fmt: skip
    two = topic(2, "Vær", said(21, 1, "<p>Vind.</p>"), said(22, 2, "<p>Mye.</p>", cooked=None, raw='[quote="per, post:1, topic:2"]\nVind\n[/quote]\nMye #vind'))  # fmt: skip
    two["post_stream"]["stream"] += [23, 24]
    private = topic(3, "Privat", said(31, 1, f"<p>{hidden[3]}</p>"), archetype="private_message")
    for number, each in enumerate((one, two, private, topic(4, "Skjult", said(41, 1, f"<p>{hidden[3]}</p>"), visible=False)), start=1):  # fmt: skip
        (folder / f"{number}.json").write_text(json.dumps(each))
    (folder / "site.json").write_text(json.dumps({"categories": [{"id": 5, "name": "Båt og bru"}]}))
    report = await run(house, "discourse", folder)
    assert report.came == {"answers": 2, "questions": 1, "topics": 1, "replies": 1}
    assert report.left_out == {
        "whispers": 1, "hidden posts": 1, "deleted posts": 1, "small actions": 1, "private messages": 1, "posts of private messages": 1,
        "unlisted topics": 1, "posts of unlisted topics": 1,
    }  # fmt: skip
    assert [each.detail for each in report.problems if each.what == "missing"] == [
        "2.json holds 2 of 4 posts of “Vær”."
    ]
    everything = str(await rows("SELECT title, body, summary FROM revision")) + str(report)
    assert not [each for each in hidden if each in everything]
    moored, answer, thanks = await came(house, "discourse", "t1"), await came(house, "discourse", "t1/6"), await came(house, "discourse", "t1/7")  # fmt: skip
    second = await came(house, "discourse", "t2/2")
    assert (moored.kind, moored.accepted, moored.recommend, moored.replies) == ("question", answer.id, 4, 2)
    assert moored.body == "Hvordan?\n\n[En side](https://a.example/b)\n\n*Closed there.*\n\n— Ine Berg"
    assert answer.parent == moored.id, "what it was said to did not come in"
    assert answer.body == f"Som \\@ole sa i [den tråden](/e/{second.id}).\n\n> **per:**\n>\n> Sitat\n\n— Ine Berg"
    assert thanks.parent == answer.id and second.body == "> **per:**\n>\n> Vind\n\nMye \\#vind\n\n— Ine Berg"
    assert set((await queries.form_tags(moored.id)).split()) == {"tau", "knop", "Båt-og-bru"}
    assert (await run(house, "discourse", folder / "1.json")).unchanged == 3, "also when only one of them is given"
    assert not await check.faults(house.files)


async def test_halves_of_signs_and_signs_of_ours_are_no_danger(house: House, tmp_path: Path) -> None:
    odd = topic(9, "Halv \ud83d", said(91, 1, "<p>a\ud800b\ufdd0c\x00d</p>", name="Ine\udfff\u202e"))
    (tmp_path / "9.json").write_text(json.dumps(odd))
    assert (await run(house, "discourse", tmp_path, address="https://halv.example")).made == 1
    entry = await came(house, "discourse", "t9")
    assert (entry.title, entry.body.split("\n")[0]) == ("Halv ?", "a?bcd")


@pytest.mark.parametrize("text", ["{", "[]", '{"post_stream": {"posts": [{"id": 1}]}, "id": 1}', "[" * 100_000])
async def test_what_is_no_topic_is_a_clear_error(house: House, tmp_path: Path, text: str) -> None:
    (tmp_path / "1.json").write_text(text)
    with pytest.raises(NotDone):
        await run(house, "discourse", tmp_path)


# Mastodon.


def note(id: int, html: str, to: list[str], cc: list[str] = [], **more: Any) -> dict[str, Any]:
    object = {"id": f"{ME}/statuses/{id}", "type": "Note", "published": f"2022-11-{id:02}T10:00:00Z", "content": html, "to": to, "cc": cc, "tag": [],
              "attachment": [], "inReplyTo": None, **more}  # fmt: skip
    return {"type": "Create", "actor": ME, "to": to, "cc": cc, "published": object["published"], "object": object}


def archive(folder: Path) -> Path:
    picture = {"url": "/sosial/media_attachments/files/1/a.png", "name": "En [katt]"}
    items = [
        note(1, '<p>Hei <a href="https://sosial.example/tags/tau" class="mention hashtag" rel="tag">#<span>tau</span></a> #1</p>', [PUBLIC], [f"{ME}/followers"],
             summary="Mat", attachment=[picture], tag=[{"type": "Hashtag", "name": "#tau"}], likes={"totalItems": 3}),
        note(2, "<p>Svar.</p>", [f"{ME}/followers"], [PUBLIC], inReplyTo=f"{ME}/statuses/1"),
        note(3, "<p>KUN-FØLGERE</p>", [f"{ME}/followers"], attachment=[{"url": "/media_attachments/files/1/b.png"}]),
        note(4, "<p>HEMMELIG</p>", ["https://annen.example/users/per"], summary="HEMMELIG", inReplyTo=f"{ME}/statuses/1"),
        note(5, "<p>Åpent svar på noe lukket.</p>", [PUBLIC], inReplyTo=f"{ME}/statuses/3"),
        note(6, "<p>Hva?</p>", [PUBLIC], inReplyTo="https://annen.example/users/per/statuses/42", type="Question",
             oneOf=[{"type": "Note", "name": "Ja <b>", "replies": {"totalItems": 4}}, {"type": "Note", "name": "Nei"}]),
        note(7, "<p>" + "Langt ord " * 80 + "</p>", [PUBLIC]),
        note(8, '<p><a href="https://a.example/langt/og/lengre"><span class="invisible">https://</span><span class="ellipsis">a.example/langt</span><span class="invisible">/og/lengre</span></a></p>', [PUBLIC]),
        {"type": "Announce", "actor": ME, "to": [PUBLIC], "cc": [], "object": "https://annen.example/users/per/statuses/1"},
        {"type": "Announce", "actor": ME, "to": [f"{ME}/followers"], "cc": [], "object": "https://annen.example/users/per/statuses/HEMMELIG"},
    ]  # fmt: skip
    (folder / "media_attachments/files/1").mkdir(parents=True)
    (folder / "media_attachments/files/1/a.png").write_bytes(PNG)
    (folder / "media_attachments/files/1/b.png").write_bytes(PNG + b"HEMMELIG")
    (folder / "actor.json").write_text(json.dumps({"id": ME, "preferredUsername": "mons", "name": "Mons :katt:"}))
    (folder / "likes.json").write_text('["HEMMELIG"]')
    whole = json.dumps({"type": "OrderedCollection", "orderedItems": items})
    (folder / "outbox.json").write_text(whole.replace('"orderedItems": [', '"orderedItems": [], "orderedItems": [', 1))
    return folder


def _packed(folder: Path, out: Path) -> Path:
    if out.suffix == ".zip":
        with zipfile.ZipFile(out, "w") as made:
            for path in sorted(folder.rglob("*")):
                made.write(path, path.relative_to(folder))
            made.writestr("../media_attachments/ut.png", PNG)
        return out
    with tarfile.open(out, "w:gz") as packed:
        packed.add(folder, "archive-2022")
        linked = tarfile.TarInfo("archive-2022/media_attachments/files/1/lenke.png")
        linked.type, linked.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(linked)
        away = tarfile.TarInfo("../media_attachments/ut.png")
        away.size = len(PNG)
        packed.addfile(away, io.BytesIO(PNG))
    return out


PACKED: list[tuple[str, str, Callable[[Path, Path], Path]]] = [
    ("torget", "", lambda folder, out: folder), ("kontoret", "a.tar.gz", _packed), ("loftet", "a.zip", _packed),
]  # fmt: skip


@pytest.mark.parametrize(("space", "name", "packed"), PACKED, ids=["folder", "tar", "zip"])
async def test_of_an_archive_only_what_everybody_could_read_comes_in(
    house: House, tmp_path: Path, space: str, name: str, packed: Callable[[Path, Path], Path]
) -> None:
    path = packed(archive(tmp_path / "archive"), tmp_path / name)
    report = await run(house, "mastodon", path, space)
    assert report.came == {"notes": 6} and report.left_out == {
        "notes to followers only": 1,
        "direct notes": 1,
        "boosts": 2,
    }
    one, two, five, six, seven, eight = [
        await came(house, "mastodon", f"{ME}/statuses/{id}") for id in (1, 2, 5, 6, 7, 8)
    ]
    file = int(one.body.partition("/files/")[2].partition("/")[0])
    assert one.body == f"**Mat**\n\nHei #tau #1\n\n![En \\[katt\\]](/files/{file}/a.png)"
    kept = await attachments.attachment(await house.viewer("mons"), file)
    assert (kept.entry, kept.alt) == (one.id, "En [katt]") and await queries.form_tags(one.id) == ""
    assert (one.kind, one.recommend, two.parent, two.kind) == ("micropost", 3, one.id, "reply")
    assert five.body == "Åpent svar på noe lukket." and five.parent is None
    assert six.body == "Hva?\n\n- Ja \\<b> (4)\n- Nei\n\n*In reply to* <https://annen.example/users/per/statuses/42>"
    assert seven.kind == "thread" and seven.title.startswith("Langt ord") and seven.title.endswith("…")
    assert eight.body == "<https://a.example/langt/og/lengre>"
    everything = "".join([str(await rows(f"SELECT * FROM {table}")) for table in ("revision", "entry", "link", "imported", "event")])  # fmt: skip
    assert not [word for word in ("HEMMELIG", "KUN-FØLGERE") if word in everything + str(report)]
    assert await value("SELECT count(*) FROM attachment WHERE name IN ('b.png', 'ut.png', 'lenke.png')") == 0
    assert (await run(house, "mastodon", path, space)).unchanged == 6
    assert not await check.faults(house.files)


@pytest.mark.parametrize(
    ("name", "data"), [("a.zip", b"PK\3\4 og resten mangler"), ("a.tar.gz", b"\x1f\x8b\x08 halv"), ("a.tar", b"")]
)
async def test_an_archive_that_is_cut_is_a_clear_error(house: House, tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NotDone):
        await run(house, "mastodon", tmp_path / name)


# Yammer.

_COLUMNS = "id,replied_to_id,thread_id,group_id,group_name,in_private_group,in_private_conversation,sender_id,sender_name,body,attachments,created_at,deleted_at,title"  # fmt: skip


def messages(folder: Path, *lines: str, columns: str = _COLUMNS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Messages.csv").write_bytes("\r\n".join(("\ufeff" + columns, *lines, "")).encode())
    (folder / "Groups.csv").write_text("\ufeffid,name,private\n1,Alle sammen,false\n2,Styret,true\n", "utf-8")
    (folder / "Users.csv").write_text(
        "\ufeffid,name,email\n7,Ine Berg,ine@example.no\n8,Per Vik,per@example.no\n", "utf-8"
    )
    (folder / "Files.csv").write_text(
        "\ufefffile_id,name,path\n77,../skjema.png,Files/77.png\n78,passwd,../../etc/passwd\n", "utf-8"
    )
    (folder / "Files").mkdir(exist_ok=True)
    (folder / "Files/77.png").write_bytes(PNG)
    return folder


async def test_of_yammer_only_what_was_open_comes_in(house: House, tmp_path: Path) -> None:
    folder = messages(
        tmp_path / "export",
        '100,,100,1,Alle sammen,false,false,7,Ine Berg,"Dugnad, og ""rake"".\r\n#ta med [[user:8]]\\n\\nAndre avsnitt",uploadedfile:77,2019-01-01T10:00:00Z,,Kunngjøring',
        "101,100,100,1,Alle sammen,false,false,8,Per Vik,Jeg kommer.,uploadedfile:78,2019-01-02T10:00:00Z,,",
        "102,101,100,1,Alle sammen,false,false,7,Ine Berg,SLETTET,,2019-01-03T10:00:00Z,2019-02-01T10:00:00Z,",
        '103,102,100,1,Alle sammen,false,false,8,Per Vik,Fint.,"opengraphobject:[1 : https://a.example/x : title=""En side"" : description=""y""]",2019-01-04T10:00:00Z,,',
        "104,,104,2,Styret,false,false,7,Ine Berg,LØNDOM-1,uploadedfile:77,2019-01-05T10:00:00Z,,",
        "105,,105,3,Annet,true,false,7,Ine Berg,LØNDOM-2,,2019-01-05T10:00:00Z,,", "106,,106,,,false,true,7,Ine Berg,LØNDOM-3,,2019-01-05T10:00:00Z,,",
        "107,,107,,,,,7,Ine Berg,LØNDOM-4,,2019-01-05T10:00:00Z,,", "108,,108,1,Alle sammen,false,false,7,Ine Berg,Kort.,,2019-01-06T10:00:00Z,,",
    )  # fmt: skip
    (tmp_path / "people").write_text("per@example.no = ole\n")
    report = await run(house, "yammer", folder, people=await read_people(tmp_path / "people"))
    assert report.came == {"messages": 2, "replies": 2}
    assert report.left_out == {
        "messages of private groups": 2,
        "messages of private conversations": 2,
        "deleted messages": 1,
    }
    first, second, third, short = [await mine(house, f"yammer:{id}") for id in (100, 101, 103, 108)]
    file = int(first.body.partition("/files/")[2].partition("/")[0])
    assert (first.kind, first.title, short.kind) == ("thread", "Kunngjøring", "micropost")
    assert (
        first.body
        == f'Dugnad, og "rake".\\\n\\#ta med \\@Per Vik\n\nAndre avsnitt\n\n![](/files/{file}/skjema.png)\n\n— Ine Berg'
    )
    assert (second.author.handle, second.body) == ("ole", "Jeg kommer.\n\npasswd"), "what is outside is not there"
    assert (third.parent, third.body) == (second.id, "Fint.\n\n*En side* <https://a.example/x>")
    assert set(await queries.form_tags(first.id)) >= set("Alle-sammen")
    everything = str(await rows("SELECT title, body FROM revision")) + str(report)
    assert "LØNDOM" not in everything and "SLETTET" not in everything and "ine@example.no" not in everything
    assert not await check.faults(house.files)


@pytest.mark.parametrize(
    ("columns", "line", "why"),
    [
        ("id,body", "1,Hei", "cannot be told what is private"),
        (_COLUMNS, "1,2", "as many columns"),
        (_COLUMNS, "1,,1,1,A,false,false,7,Ine,Hei,,i går,,", "is no time"),
        (_COLUMNS, '1,,1,1,A,false,false,7,Ine,"Hei', "no readable table"),
    ],
)
async def test_a_table_that_is_wrong_is_a_clear_error(
    house: House, tmp_path: Path, columns: str, line: str, why: str
) -> None:
    with pytest.raises(NotDone, match=why):
        await run(house, "yammer", messages(tmp_path / "e", line, columns=columns))
