"""Questions asked without one's name: nobody reads who asked, whatever that person does there; whoever runs the space can look it up, and they are told."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from export.portable.leaving import write_house
from export.snapshot import export
from tests.cast import House, fields_for
from tests.entries.test_gathering import form_in, send
from tests.test_canaries import _addresses
from web.database import execute, now, rows, value
from web.entries import actions, drafts, nameless, planning, queries
from web.entries.actions import Fields, answering
from web.entries.rows import Entry
from web.errors import Invalid, NotAllowed
from web.people import actions as people_actions
from web.people import queries as people
from web.people import skills
from web.people.actions import NewPerson
from web.policy import Viewer
from web.rights import edited_by

ASKER = "usynlig"
OTHERS = ("astrid", "ole", None)


async def allow(house: House, space: str = "torget", *, nameless: bool = True, access: str = "open") -> None:
    """Its hosts let anybody ask there without their name, or no more."""
    hedda = await house.viewer("hedda")
    there = await people.space(hedda, space)
    await people_actions.change_space(hedda, there, there.name, "", access, public=False, nameless=nameless)


@pytest_asyncio.fixture
async def asks(house: House) -> AsyncIterator[House]:
    """The house with somebody in it who has done nothing yet, where they may ask without their name."""
    if not await value("SELECT 1 FROM person WHERE handle = {}", ASKER):
        new = NewPerson(ASKER, "Vigdis Usynlig", f"{ASKER}@dugnad.test")
        id = await people_actions.add_person(new)
        house.sessions[ASKER] = await people_actions.start_session(id)
        house.tokens[ASKER] = await people_actions.new_token(await people.viewer(id))
        await execute("UPDATE house SET language = 'en'")
    await allow(house)
    yield house


async def ask(
    house: House, title: str = "How do I say no?", body: str = "To a good friend.", who: str = ASKER
) -> Entry:
    viewer = await house.viewer(who)
    id = await actions.post(viewer, "question", house.spaces["torget"], Fields(title, body, nameless=True))
    return await queries.entry(viewer, id)


async def answered(house: House, question: Entry, who: str = "ole", body: str = "Kindly.") -> int:
    return await actions.post(await house.viewer(who), "reply", None, Fields(body=body), question)


async def me(house: House) -> Viewer:
    return await house.viewer(ASKER)


# Asking.


async def test_it_is_asked_in_the_form_and_by_nobody(asks: House) -> None:
    async with asks.browser(ASKER) as browser:
        text = (await browser.get("/new/question/", params={"space": "torget"})).text
        assert "Ask without my name" in text and "can look up who asked" in text
        form = form_in(text) | {"title": "Is it me?", "body": "Or all of us?", "nameless": "true"}
        page = await send(browser, form)
    assert "Is it me?" in page.text and "You asked this without your name." in page.text
    for who in ("astrid", "hedda", "ole"):
        text = await asks.read(str(page.url), who)
        assert "A colleague" in text and "Usynlig" not in text


async def test_the_tick_is_offered_only_where_there_is_such_a_space(asks: House) -> None:
    await allow(asks, nameless=False)
    assert "Ask without my name" not in await asks.read("/new/question/", ASKER)
    await allow(asks)
    assert "Ask without my name" in await asks.read("/new/question/", ASKER)
    assert "Ask without my name" not in await asks.read("/new/page/", ASKER), "a page has its writers"


@pytest.mark.parametrize("space", ["kontoret", "house"])
async def test_elsewhere_it_is_refused_and_what_was_typed_is_there_still(asks: House, space: str) -> None:
    async with asks.browser("mons") as browser:
        form = form_in((await browser.get("/new/question/")).text)
        page = await send(
            browser, form | {"title": "Anybody?", "body": "I wonder.", "space": space, "nameless": "true"}
        )
    assert page.status_code == 422
    assert "one asks with one" in page.text and "I wonder." in page.text
    assert form_in(page.text)["nameless"] == "true", "the choice is kept"
    assert not await value("SELECT 1 FROM entry WHERE title = 'Anybody?'")


async def test_only_a_question_is_asked_so_by_whatever_door(asks: House) -> None:
    async with asks.program(ASKER) as program:
        sent = {"kind": "micropost", "space": "torget", "body": "Hello", "nameless": True}
        assert (await program.post("/api/entries", json=sent)).status_code == 422
        sent = {"kind": "question", "space": "torget", "title": "By a program?", "nameless": True}
        answer = await program.post("/api/entries", json=sent)
        assert answer.status_code == 201 and answer.json()["author"] == "a-colleague"


async def test_a_file_would_say_who_sent_it(asks: House) -> None:
    file = await asks.attach(ASKER, "face.txt", b"my face")
    body = f"Look: [it](/files/{file.id}/face.txt)"
    with pytest.raises(Invalid, match="A file says who sent it"):
        await ask(asks, "A file?", body)
    question = await ask(asks, "No file?")
    with pytest.raises(Invalid, match="A file says who sent it"):
        await actions.edit(await me(asks), question.id, Fields("No file?", body), question.revision)
    assert await value("SELECT 1 FROM attachment WHERE id = {} AND entry IS NULL", file.id)


async def test_a_draft_of_it_says_so_and_is_shared_so(asks: House) -> None:
    viewer = await me(asks)
    form = {"kind": "question", "space": "torget", "title": "Later?", "body": "Then.", "nameless": "true"}
    draft = await drafts.keep(viewer, form)
    assert draft
    assert form_in(await asks.read(f"/new/question/?draft={draft}", ASKER))["nameless"] == "true"
    id = await planning.share(viewer, draft)
    assert (await queries.entry(viewer, id)).author.handle == "a-colleague"
    draft = await drafts.keep(viewer, form | {"title": "And put to them?", "tags": "sorg", "put_to": "true"})
    assert draft
    id = await planning.share(viewer, draft)
    assert (await queries.entry(viewer, id)).author.handle == "a-colleague"


async def test_it_is_shared_at_a_time_without_a_name_too(asks: House) -> None:
    viewer = await me(asks)
    draft = await drafts.keep(viewer, {"kind": "question", "space": "torget", "title": "In time?", "nameless": "true"})
    assert draft
    await planning.plan(viewer, draft, now() + 1000, now() + 10**9)
    await execute("UPDATE draft SET share_at = 1, updated_at = 1 WHERE id = {}", draft)
    await planning.settle_due()
    (shared,) = await rows(
        "SELECT a.handle, b.handle AS by FROM entry e JOIN person a ON a.id = e.author JOIN person b ON b.id = e.hide_by WHERE e.title = 'In time?'"
    )
    assert shared == {"handle": "a-colleague", "by": "a-colleague"}


async def test_whoever_asks_may_put_it_to_those_who_know_at_once_but_is_never_asked_themselves(asks: House) -> None:
    for who in (ASKER, "ole"):
        await skills.say(await asks.viewer(who), "sorg", "ask")
    async with asks.browser(ASKER) as browser:
        form = form_in((await browser.get("/new/question/", params={"space": "torget"})).text)
        form |= {"title": "How long?", "tags": "sorg", "nameless": "true", "put_to": "true"}
        assert (await send(browser, form)).status_code == 200
    id = await value("SELECT max(id) FROM entry WHERE kind = 'question'")
    hedda = await asks.viewer("hedda")
    await actions.put_to(hedda, id)
    told = await rows("SELECT p.handle, a.handle AS by FROM event v JOIN person p ON p.id = v.person JOIN person a ON a.id = v.actor "
                      "WHERE v.entry = {} AND v.verb = 'put_to'", id)  # fmt: skip
    assert {(each["handle"], each["by"]) for each in told} == {("ole", "a-colleague")}


# What whoever asked does there.


async def test_all_they_do_there_stands_as_done_by_nobody(asks: House) -> None:
    question = await ask(asks, "What do I do there?")
    answer, other = await answered(asks, question), await answered(asks, question, "mons", "Never.")
    viewer = await me(asks)
    await actions.edit(viewer, question.id, Fields("What do I do there?", "To a friend of mine."), question.revision)
    await actions.tag(viewer, question.id, "nei")
    mine = await actions.post(viewer, "reply", None, Fields(body="Thank you."), await queries.entry(viewer, answer))
    viewer = await me(asks)
    said = await queries.entry(viewer, mine)
    await actions.edit(viewer, mine, Fields(body="Thank you both."), said.revision)
    await actions.accept(viewer, question.id, answer)
    await actions.react(viewer, answer, "helped", note="It worked for me")
    await actions.react(viewer, other, "recommend")
    await actions.outdate(viewer, other, "It is another year")
    await actions.close(viewer, question.id, "Enough was said")
    await actions.unclose(viewer, question.id)
    await actions.trash(viewer, mine)
    await actions.restore(viewer, mine)
    await actions.turn(viewer, question.id, "thread", "What do I do there?")
    await actions.turn(viewer, question.id, "question")
    stand_in = await value("SELECT stand_in FROM house")
    person = viewer.me
    for table, column in (("entry", "author"), ("entry", "trashed_by"), ("entry", "hide_by")):
        assert not await rows(f"SELECT 1 FROM {table} WHERE root = {{}} AND {column} = {{}}", question.id, person)
    for table, column in (("revision", "author"), ("event", "actor"), ("event", "person"), ("reaction", "person")):
        which = f"SELECT 1 FROM {table} x JOIN entry e ON e.id = x.entry WHERE e.root = {{}} AND x.{column} = {{}}"
        assert not await rows(which, question.id, person), f"{table}.{column}"
    assert not await rows("SELECT 1 FROM outdated WHERE person = {}", person)
    assert await value("SELECT person FROM reaction WHERE entry = {} AND name = 'helped'", answer) == stand_in
    assert await value("SELECT person FROM outdated WHERE id = {}", other) == stand_in
    assert "It worked for me" in await asks.read(f"/e/{question.id}", "ole")
    marks = await queries.my_marks(await me(asks), [answer, other], question.id)
    assert marks.given == {answer: {"helped"}, other: {"recommend"}}, "they find what they gave"
    await actions.react(await me(asks), other, "recommend", undo=True)
    assert (await queries.entry(viewer, other)).recommend == 0, "and take it back"


async def test_what_would_carry_their_name_is_refused_with_a_sentence(asks: House) -> None:
    question = await ask(asks, "What is refused?")
    answer = await answered(asks, question)
    viewer = await me(asks)
    for act in (
        actions.quote(viewer, question.id, asks.spaces["torget"], Fields(body="Mine")),
        actions.gather(viewer, [answer], Fields("A page", "Text"), space=asks.spaces["torget"]),
        actions.write_with(viewer, question.id, ASKER),
    ):
        with pytest.raises(Invalid, match="without your name"):
            await act
    with pytest.raises(NotAllowed):
        await actions.feature(viewer, question.id)
    for verb in ("vote", "recommend"):
        with pytest.raises(NotAllowed):
            await actions.react(viewer, question.id, verb)


async def test_they_answer_by_mail_without_their_name_too(asks: House) -> None:
    question = await ask(asks, "By mail?")
    id = await answering.answer(await me(asks), question.id, "From my mail program.", "digest-1")
    assert id and (await queries.entry(await me(asks), id)).author.handle == "a-colleague"
    assert id in (await me(asks)).asked


async def test_elsewhere_they_are_who_they_are(asks: House) -> None:
    await ask(asks, "And elsewhere?")
    viewer = await me(asks)
    thread = await asks.entry("torget", "thread")
    id = await actions.post(viewer, "reply", None, Fields(body="With my name"), thread)
    assert (await queries.entry(viewer, id)).author.handle == ASKER
    await actions.trash(viewer, id)


async def test_nobody_sees_that_they_are_editing(asks: House) -> None:
    question = await ask(asks, "Who edits?")
    form = {"kind": "question", "entry": str(question.id), "revision": str(question.revision), "body": "Changing"}
    draft = await drafts.keep(await me(asks), form)
    assert await queries.editing(await asks.viewer("hedda"), question.id) == ()
    await drafts.shared(await me(asks), draft)


async def test_they_may_what_whoever_asked_may_and_others_may_not(asks: House) -> None:
    question = await ask(asks, "Who may?")
    await answered(asks, question)
    for verb in ("edit", "accept", "close", "tag", "trash", "turn", "put_to", "end_poll"):
        assert (await me(asks)).may(verb, question), verb
        assert not (await asks.viewer("ole")).may(verb, question), verb
    # Somebody else who asked so, too.
    await ask(asks, "Another one?", who="ole")
    assert not (await asks.viewer("ole")).may("edit", question)
    ids = {each["id"] for each in await rows("SELECT e.id FROM entry e WHERE {}", edited_by(await me(asks)))}
    assert question.id in ids


# What they are told.


async def test_they_are_told_of_answers_and_not_of_what_they_do(asks: House) -> None:
    question = await ask(asks, "What am I told?")
    assert question.id not in {each.entry.id for each in await queries.notifications(await me(asks))}
    answer = await answered(asks, question)
    await actions.post(await me(asks), "reply", None, Fields(body="Thanks"), question)
    (told,) = [each for each in await queries.notifications(await me(asks)) if each.entry.id == question.id]
    assert told.reason.name == "wrote"
    assert {(act.verb, *(by.handle for by in act.by)) for act in told.acts} == {("reply", "ole")}
    await actions.outdate(await asks.viewer("hedda"), answer, "It is old")
    (told,) = [each for each in await queries.notifications(await me(asks)) if each.entry.id == question.id]
    assert ("outdate", "hedda") in {(act.verb, *(by.handle for by in act.by)) for act in told.acts}
    assert "because you wrote it" in await asks.read("/notifications/", ASKER)


# Who can see it.


async def test_hosts_and_administrators_can_look_it_up_which_is_noted_and_told(asks: House) -> None:
    question = await ask(asks, "Who is it?")
    for who in ("hedda", "astrid"):
        text = await asks.read(f"/e/{question.id}", who)
        assert "Look up who asked this" in text and "Usynlig" not in text
        async with asks.browser(who) as browser:
            page = await browser.post(f"/entries/{question.id}/identify")
        assert page.status_code == 200 and "Vigdis Usynlig" in page.text
        assert "Usynlig" not in await asks.read(f"/e/{question.id}", who), "it is said once, where it was asked for"
    assert "looked up who asked this" in await asks.read(f"/entries/{question.id}/history/", "ole")
    (told,) = [each for each in await queries.notifications(await me(asks)) if each.entry.id == question.id]
    assert ("identify", "astrid", "hedda") in {(each.verb, *(by.handle for by in each.by)) for each in told.acts}
    assert "looked up who asked this" in await asks.read("/notifications/", ASKER)
    async with asks.program("hedda") as program:
        answer = await program.post(f"/api/entries/{question.id}/identify")
        assert answer.json() == {"handle": ASKER, "name": "Vigdis Usynlig"}


async def test_nobody_else_can(asks: House) -> None:
    question = await ask(asks, "Who else?")
    for who in ("mons", "ole", ASKER):
        assert "Look up who" not in await asks.read(f"/e/{question.id}", who)
        async with asks.browser(who) as browser:
            assert (await browser.post(f"/entries/{question.id}/identify")).status_code == 403
    async with asks.browser("gro") as browser:
        assert (await browser.post(f"/entries/{question.id}/identify")).status_code == 404
    with pytest.raises(Invalid, match="written with a name"):
        await actions.identify(await asks.viewer("hedda"), asks.entries["torget", "question"])


# Where it goes.


async def test_the_secret_is_kept_when_it_is_split_merged_moved_and_thrown_away(asks: House) -> None:
    question, hedda = await ask(asks, "Where does it go?"), await asks.viewer("hedda")
    answer = await answered(asks, question)
    mine = await actions.post(await me(asks), "reply", None, Fields(body="I go"), question)
    await actions.split(hedda, mine, "question", "Out of it")
    again = await actions.post(await me(asks), "reply", None, Fields(body="More"), await queries.entry(hedda, mine))
    assert (await queries.entry(hedda, again)).author.handle == "a-colleague"
    await actions.merge(hedda, mine, question.id)
    # In a conversation in which they have spoken with their name, what they wrote with it is theirs still.
    thread = await actions.post(await me(asks), "thread", asks.spaces["torget"], Fields("With my name", "It is."))
    await actions.merge(hedda, question.id, thread)
    viewer = await me(asks)
    for id, author in ((thread, ASKER), (question.id, "a-colleague")):
        entry = await queries.entry(viewer, id)
        await actions.edit(viewer, id, replace(Fields.of(entry, ""), body="Changed now and quite anew"), entry.revision)
        text = await queries.revision(viewer, id, (await queries.entry(viewer, id)).revision)
        assert text.author.handle == author
    assert (await queries.entry(viewer, answer)).root == thread
    await actions.trash(viewer, thread)


async def test_in_a_closed_space_it_is_the_same_and_no_more_are_asked(asks: House) -> None:
    question = await ask(asks, "Into the office?", who="mons")
    await actions.move(await asks.viewer("mons"), question.id, asks.spaces["kontoret"])
    mons = await asks.viewer("mons")
    id = await actions.post(mons, "reply", None, Fields(body="Still me"), await queries.entry(mons, question.id))
    assert (await queries.entry(mons, id)).author.handle == "a-colleague"
    with pytest.raises(Invalid, match="Only in an open space"):
        await allow(asks, "kontoret", access="closed")


async def test_the_stand_in_is_nobody_one_can_reach(asks: House) -> None:
    question = await ask(asks, "Whose page?")
    page = await asks.read("/people/a-colleague/")
    assert "Whose page?" in page
    ole = await asks.viewer("ole")
    assert "a-colleague" not in {each.handle for each in await people.people(ole)}
    assert "a-colleague" not in await asks.read("/complete?what=mention&q=a")
    assert "a-colleague" not in await asks.read("/people/")
    with pytest.raises(Invalid):
        await actions.write_with(await asks.viewer("mons"), asks.entries["torget", "page"], "a-colleague")
    assert not (await people.viewer(question.author.id)).signed_in
    async with asks.browser("hedda") as browser:
        given = await browser.post("/spaces/torget/members", data={"handle": "a-colleague", "role": "member"})
    assert given.status_code == 422, "and belongs nowhere"
    assert (await value("SELECT count(*) FROM person WHERE handle LIKE 'a-colleague%'")) == 1, "one, for all"


@pytest.mark.parametrize(
    ("language", "called"), [("nb", ("en-kollega", "En kollega")), ("en", ("a-colleague-2", "A colleague"))]
)
async def test_it_is_called_so_in_the_language_of_the_house(
    asks: House, language: str, called: tuple[str, str]
) -> None:
    before = await nameless.stand_in()
    await execute("UPDATE house SET language = {}, stand_in = NULL", language)
    made = await nameless.stand_in()
    assert made == await nameless.stand_in()
    found = (await rows("SELECT handle, name, email, password, active FROM person WHERE id = {}", made))[0]
    assert (found["handle"], found["name"]) == called
    assert (found["email"], found["password"], bool(found["active"])) == (None, None, False)
    await execute("UPDATE house SET language = 'en', stand_in = {}", before)


async def test_when_somebody_is_erased_nobody_knows_any_more(asks: House) -> None:
    id = await people_actions.add_person(NewPerson("gone", "Gone Away", "gone@dugnad.test"))
    question = await ask(asks, "Who was it?", who="gone")
    await execute("DELETE FROM person WHERE id = {}", id)
    assert await nameless.asker(question.id) is None
    with pytest.raises(Invalid, match="nobody knows any more"):
        await actions.identify(await asks.viewer("hedda"), question.id)


# What somebody tried, to find out.


async def named_in(house: House, id: int, who: str = ASKER) -> list[str]:
    """Where the person stands in a conversation and in the ways that lead to and from it."""
    person = (await house.viewer(who)).me
    columns = [(f"{table} x JOIN entry e ON e.id = x.entry", f"x.{column}") for table, column in (
        ("revision", "author"), ("event", "actor"), ("event", "person"), ("reaction", "person"),
    )]  # fmt: skip
    columns += [("entry e", "e.author"), ("went w JOIN entry e ON e.id = w.id", "w.person")]
    return [
        column
        for tables, column in columns
        if await rows(f"SELECT 1 FROM {tables} WHERE e.root = {{}} AND {column} = {{}}", id, person)
    ]


async def test_what_they_take_out_of_their_conversation_does_not_say_who_did(asks: House) -> None:
    question = await ask(asks, "What goes on elsewhere?")
    answer = await answered(asks, question)
    await actions.react(await me(asks), answer, "recommend")
    was = await actions.split(await me(asks), answer, "question", "Elsewhere")
    assert await named_in(asks, answer) == []
    assert ASKER not in await asks.read(f"/e/{answer}", "ole")
    head = await queries.entry(await me(asks), answer)
    said = await actions.post(await me(asks), "reply", None, Fields(body="In there, too"), head)
    assert (await queries.entry(await me(asks), said)).author.handle == "a-colleague"
    await actions.trash(await me(asks), said)
    assert "You write here as “A colleague”." in await asks.read(f"/e/{answer}", ASKER)
    marks = await queries.my_marks(await me(asks), [answer], answer)
    assert marks.given == {answer: {"recommend"}}, "they find what they gave"
    await actions.merge(await me(asks), answer, question.id, {id: at for id, at in was.items() if at})
    assert (await queries.entry(await me(asks), answer)).root == question.id, "and put it back"
    assert await named_in(asks, question.id) == []


async def test_nor_does_what_was_put_there_before_and_is_taken_out_again(asks: House) -> None:
    question, hedda = await ask(asks, "What comes and goes?"), await asks.viewer("hedda")
    other = await actions.post(hedda, "question", asks.spaces["torget"], Fields("It came", "Along."))
    await actions.merge(hedda, other, question.id)
    await actions.split(await me(asks), other, "question", "It went")
    assert await named_in(asks, other) == []


async def test_what_somebody_takes_out_while_they_type_is_answered_without_their_name(asks: House) -> None:
    question = await ask(asks, "Who types?")
    answer = await answered(asks, question)
    async with asks.browser(ASKER) as browser:
        form = form_in((await browser.get(f"/entries/{answer}/reply/")).text, "//form[@class='answer']")
        await actions.split(await asks.viewer("hedda"), answer, "thread", "Away")
        assert (await browser.post(f"/entries/{answer}/reply", data=form | {"body": "It was me"})).status_code == 303
    assert (
        await value("SELECT p.handle FROM entry e JOIN person p ON p.id = e.author WHERE e.body = 'It was me'")
        == "a-colleague"
    )


async def test_under_what_they_wrote_with_their_name_they_answer_without_it_too(asks: House) -> None:
    question, hedda = await ask(asks, "Put under it?"), await asks.viewer("hedda")
    thread = await actions.post(await me(asks), "thread", asks.spaces["torget"], Fields("Mine", "With my name."))
    await actions.merge(hedda, question.id, thread)
    assert "You write here as “A colleague”." in await asks.read(f"/e/{thread}", ASKER)
    for under in (question.id, thread):
        entry = await queries.entry(await me(asks), under)
        said = await actions.post(await me(asks), "reply", None, Fields(body="Still nobody"), entry)
        assert (await queries.entry(hedda, said)).author.handle == "a-colleague"
    await actions.trash(await me(asks), thread)


async def test_they_do_not_put_what_has_their_name_together_with_what_has_not(asks: House) -> None:
    question, hedda = await ask(asks, "Together?"), await asks.viewer("hedda")
    thread = await actions.post(await me(asks), "thread", asks.spaces["torget"], Fields("Named", "By me."))
    for one, other in ((question.id, thread), (thread, question.id)):
        with pytest.raises(Invalid, match="would tell whose it is"):
            await actions.merge(await me(asks), one, other)
    more = await ask(asks, "One more?")
    await actions.merge(await me(asks), more.id, question.id)
    await actions.merge(hedda, thread, question.id)


async def test_a_new_title_does_not_bring_their_name_into_the_texts_that_say_it(asks: House) -> None:
    question = await ask(asks, "What it was called")
    text = Fields("It leads there", "See [[What it was called]].")
    page = await actions.post(await asks.viewer("ole"), "page", asks.spaces["torget"], text)
    async with asks.browser(ASKER) as browser:
        form = form_in((await browser.get(f"/entries/{question.id}/edit/")).text)
        page_after = await browser.post(
            f"/entries/{question.id}/edit", data=form | {"title": "What it is", "mend": "true"}
        )
    assert page_after.status_code == 303
    assert {each.author.handle for each in await queries.revisions(await me(asks), page)} == {"ole"}
    assert (await actions.mend(await asks.viewer("ole"), question.id, f"/e/{question.id}")).changed == 1, "others do it"


async def test_that_they_name_themselves_is_noted_as_of_anybody(asks: House) -> None:
    question = await ask(asks, "Who is named?", f"Ask @{ASKER}!")
    assert await value(
        "SELECT 1 FROM event WHERE entry = {} AND verb = 'mention' AND person = {}", question.id, (await me(asks)).me
    )
    assert question.id not in {each.entry.id for each in await queries.notifications(await me(asks))}


async def test_whoever_looks_it_up_does_so_with_their_name(asks: House) -> None:
    question, astrid = await ask(asks, "Looked up by whom?"), await asks.viewer("astrid")
    theirs = await ask(asks, "Mine too", who="hedda")
    with pytest.raises(Invalid, match="one of them"):
        await actions.identify(await asks.viewer("hedda"), theirs.id)
    await actions.merge(astrid, theirs.id, question.id)
    with pytest.raises(Invalid, match="one of them"):
        await actions.identify(await asks.viewer("hedda"), question.id)
    assert not await rows("SELECT 1 FROM event WHERE entry = {} AND verb = 'identify'", question.id)
    async with asks.browser("astrid") as browser:
        page = await browser.post(f"/entries/{question.id}/identify")
    assert "Vigdis" in page.text and page.headers["cache-control"] == "no-store"


async def test_nobody_moves_it_to_where_they_are_host_to_look_it_up(asks: House) -> None:
    question, hedda = await ask(asks, "Moved to look?"), await asks.viewer("hedda")
    torget = await people.space(hedda, "torget")
    slug = await people_actions.open_space(await asks.viewer("mons"), "monsrom", "Mons")
    await people_actions.set_role(hedda, torget, "mons", "editor")
    mons = await asks.viewer("mons")
    there = await people.space(mons, slug)
    with pytest.raises(Invalid, match="Ask a host of this space"):
        await actions.move(mons, question.id, there)
    thread = await actions.post(mons, "thread", torget, Fields("Over it", "By me."))
    await actions.merge(hedda, question.id, thread)
    with pytest.raises(Invalid, match="Ask a host of this space"):
        await actions.move(mons, thread, there)
    await people_actions.set_role(hedda, torget, "mons", None)
    await actions.move(await asks.viewer("astrid"), thread, there)
    await actions.trash(await asks.viewer("mons"), thread)


async def test_what_only_hosts_do_they_do_with_their_name_or_not_at_all(asks: House) -> None:
    question = await ask(asks, "By a host?", who="hedda")
    spam, hedda = await answered(asks, question), await asks.viewer("hedda")
    await actions.edit(hedda, question.id, Fields("By a host?", "Anew, all of it, and more."), question.revision)
    for act in (
        actions.pin(hedda, question.id), actions.redact(hedda, question.id, question.revision), actions.trash(hedda, spam),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="one of them"):
            await act
    assert await named_in(asks, question.id, "hedda") == []
    async with asks.browser("hedda") as browser:
        refused = await browser.post(f"/entries/{spam}/trash", data={"reason": "Spam"})
    assert refused.status_code == 422 and "one of them" in refused.text
    await actions.trash(await asks.viewer("astrid"), spam)
    with pytest.raises(Invalid, match="one of them"):
        await actions.restore(hedda, spam)
    await actions.turn(hedda, question.id, "idea")
    with pytest.raises(Invalid, match="one of them"):
        await actions.stage(hedda, question.id, "done")
    await actions.trash(hedda, question.id)
    await actions.restore(await asks.viewer("hedda"), question.id)


async def test_what_they_suggested_with_their_name_is_let_in_with_it(asks: House) -> None:
    mons = await asks.viewer("mons")
    page = await actions.post(mons, "article", asks.spaces["torget"], Fields("To be improved", "One.\n\nTwo."))
    stands = await queries.entry(mons, page)
    id = await actions.suggest(
        await me(asks), page, Fields(stands.title, "One.\n\nThree.", summary="It is"), stands.revision
    )
    await actions.merge(await asks.viewer("astrid"), (await ask(asks, "Under an article?")).id, page)
    saved = await actions.adopt(mons, id, actions.Taking())
    assert (await queries.revision(mons, page, saved.revision)).author.handle == ASKER


async def test_of_two_who_are_the_first_to_ask_so_at_once_both_ask(asks: House) -> None:
    before = await nameless.stand_in()
    await execute("UPDATE house SET stand_in = NULL")
    both = await asyncio.gather(ask(asks, "First?", who="mons"), ask(asks, "First!", who="ole"))
    assert len({each.author.id for each in both} - {before}) == 1
    for each in both:
        await execute("DELETE FROM entry WHERE id = {}", each.id)
    await execute("UPDATE house SET stand_in = {}", before)
    await execute("DELETE FROM person WHERE id = {}", both[0].author.id)


# Nobody's ears.


async def everything(house: House, who: str | None, entries: list[int]) -> dict[str, int]:
    """How often each address says who it was: of lists, and of all that there is of these entries. What heads the conversation, an answer and
    what was said last are called the same in each."""
    person = str(await value("SELECT id FROM person WHERE handle = {}", ASKER))
    here = {(("torget", kind)): id for kind, id in zip(("page", "question", "reply"), entries, strict=True)}
    narrow = replace(house, spaces={"torget": house.spaces["torget"]}, entries=here)
    lists = (
        "/people/",
        "/notifications/",
        "/highlights/",
        "/changes/",
        "/stream.atom",
        f"/search/?q={ASKER}",
        f"/complete?what=mention&q={ASKER}",
    )
    wanted = dict.fromkeys(["/", *lists, *_addresses(narrow)])
    heard: dict[str, int] = {}
    async with house.browser(who) as browser, house.program(who) as program:
        for address in wanted:
            answer = await (program if address.startswith("/api/") else browser).get(address, follow_redirects=True)
            assert answer.status_code < 500, address
            said = f"{answer.text} {answer.headers}".lower()
            called = address
            for kind, id in here.items():
                called = called.replace(str(id), kind[1])
            heard[called] = max(heard.get(called, 0), said.count(ASKER) + said.count(person))
    return heard


def said_in(folder: Path, id: int) -> Counter[str]:
    """How often each file says who it was."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode(errors="replace").lower()
            found[path.relative_to(folder).as_posix()] = text.count(ASKER) + text.count(str(id))
    return +found


async def copies(house: House, folder: Path, id: int) -> dict[str, int]:
    """How often each copy of the house says who it was."""
    said = {}
    for audience in ("everyone", "space:kontoret"):
        name = audience.replace(":", "-")
        await export(lambda: house.app, house.settings, audience, folder / name, history=True)
        said[audience] = said_in(folder / name, id).total()
        await write_house(folder / f"house-{name}", house.files, audience, older=True)
        said[f"house {audience}"] = said_in(folder / f"house-{name}", id).total()
    await write_house(folder / "whole", house.files)
    said["whole"] = said_in(folder / "whole", id).total()
    return said


@pytest.mark.timeout(300)
async def test_whatever_they_do_nobody_hears_their_name_more_often_than_before(asks: House, tmp_path: Path) -> None:
    mons = await asks.viewer("mons")
    other = await actions.post(mons, "question", asks.spaces["torget"], fields_for("question", "vanlig"))
    reply = await actions.post(mons, "reply", None, Fields(body="So"), await queries.entry(mons, other))
    await execute("DELETE FROM asker WHERE person = {}", (await me(asks)).me)
    also = await answered(asks, await queries.entry(mons, other), "hedda")

    before = {who: await everything(asks, who, [other, also, reply]) for who in OTHERS}
    assert sum(before["ole"].values()), "they are known of at all"
    person = (await me(asks)).me
    in_copies = await copies(asks, tmp_path / "before", person)
    async with asks.browser(ASKER) as browser, asks.program(ASKER) as program:
        form = form_in((await browser.get("/new/question/", params={"space": "torget"})).text)
        form |= {
            "title": "Hvem er jeg?",
            "body": "Says @mons.",
            "tags": "tapt",
            "choices": "Yes\nNo",
            "nameless": "true",
        }
        page = await send(browser, form)
        id = int(re.findall(r"/questions/(\d+)/", str(page.url))[0])
        question = await queries.entry(mons, id)
        answer, second = await answered(asks, question, "mons"), await answered(asks, question, "hedda", "No.")
        page = await browser.get(f"/e/{id}", follow_redirects=True)  # and they have read it
        choice = await value("SELECT min(id) FROM choice WHERE entry = {}", id)
        for verb, said in (
            ("choose", {"choice": str(choice)}), ("edit", {"title": "Hvem er jeg da?", "body": "Quite another text of it all.", "revision": str(question.revision)}),
            ("accept", {"reply": str(answer)}), ("watch", {"level": "all"}), ("close", {"why": "Enough"}), ("close", {"undo": "true"}), ("tag", {"tags": "tapt funnet"}),
        ):  # fmt: skip
            done = await browser.post(f"/entries/{id}/{verb}", data=said)
            assert done.status_code in (200, 303), (verb, done.status_code)
        for verb, said in (("helped", {"note": "That did it"}), ("recommend", {}), ("reply", {"body": "Thank you"})):
            assert (await browser.post(f"/entries/{answer}/{verb}", data=said)).status_code in (200, 303), verb
        done = await program.post(f"/api/entries/{second}/reply", json={"body": "By a program"})
        assert done.status_code == 201 and ASKER not in done.text
        mine = done.json()["id"]
        await program.post(f"/api/entries/{mine}/edit", json={"revision": done.json()["revision"], "body": "Anew"})
        await program.post(f"/api/entries/{second}/helped", json={"note": "And this"})
        await program.post(f"/api/entries/{second}/outdate", json={"why": "It is another year"})
        assert await answering.answer(await me(asks), id, "By mail", "digest-2")
        draft = {"kind": "reply", "parent": str(id), "body": "Not yet"}
        assert await drafts.keep(await me(asks), draft)
        assert await drafts.keep(await me(asks), {"kind": "question", "title": "And soon?", "nameless": "true"})
        assert await drafts.keep(
            await me(asks), {**draft, "kind": "question", "entry": str(id), "revision": str(question.revision)}
        )
    stand_in = await value("SELECT stand_in FROM house")
    assert (
        await value(
            "SELECT count(*) FROM event v JOIN entry e ON e.id = v.entry WHERE e.root = {} AND v.actor = {}",
            id,
            stand_in,
        )
        > 10
    )
    for who in OTHERS:
        after = await everything(asks, who, [id, answer, mine])
        assert len(after) > 150, "there was much to hear"
        for address, many in after.items():
            assert many <= before[who].get(address, 0), f"{who} hears it at {address}"
    assert await copies(asks, tmp_path / "after", person) == in_copies


async def test_a_house_that_moves_takes_the_stand_in_along_and_nobody_behind_it(asks: House, tmp_path: Path) -> None:
    await ask(asks, "Does it move?")
    await write_house(tmp_path / "whole", asks.files)
    said = (tmp_path / "whole" / "house.md").read_text()
    assert "stand_in: a-colleague" in said
    assert not any("asker" in path.name for path in (tmp_path / "whole").rglob("*"))
