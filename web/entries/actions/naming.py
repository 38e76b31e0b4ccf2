"""What a tag is about, and which other words mean it."""

from __future__ import annotations

from web import checks, text
from web.database import execute, for_update, in_list, in_one_transaction, insert, new_id, now, rows, value
from web.entries import queries
from web.entries.events import record
from web.entries.rows import Tag
from web.errors import Invalid
from web.kinds import TEMPLATE_TAGS, TERM_TAGS
from web.policy import EVERYONE, Viewer

_MOST = 50


@in_one_transaction
async def describe(viewer: Viewer, tag: Tag, about: str) -> None:
    """In a sentence or two, for those who see the tag: that is whoever uses the word. Raises Invalid for one that is used behind closed doors
    alone, so that nobody outside finds out by guessing what is done there."""
    viewer.must("describe", tag)
    about = checks.line("lead", about)
    if about and not await queries.is_used(EVERYONE, tag.id):
        raise Invalid(
            "lead", "Only what not everybody may read has this tag yet, and what stands here is for everybody."
        )
    if about != tag.about:
        await execute("UPDATE tag SET about = {} WHERE id = {}", about, tag.id)
        await record(viewer, "describe", note=tag.name)


@in_one_transaction
async def synonym(viewer: Viewer, tag: Tag, word: str, *, undo: bool = False) -> str:
    """Another word for a tag, or not any more. Whoever writes that word means the tag from now on, and what has it already, is under the tag; that
    stays so. Gives the word as it is kept."""
    viewer.must("administer")
    name = text.tag_name(checks.line("word", word, 50).lstrip("#"))
    if undo:
        await execute("DELETE FROM synonym WHERE name = {} AND tag = {}", name, tag.id)
        return name
    if not name or name == tag.name:
        raise Invalid("word", "Write another word than the tag itself.")
    if name in (*TEMPLATE_TAGS, *TERM_TAGS) or tag.name in (*TEMPLATE_TAGS, *TERM_TAGS):
        raise Invalid("word", "That tag does something of its own, and nothing else can mean it.")
    found = await rows(
        "SELECT id, name FROM tag WHERE name IN {} ORDER BY id " + for_update(), in_list((name, tag.name))
    )
    if await value("SELECT 1 FROM synonym WHERE name = {}", tag.name):
        raise Invalid("word", "This tag is another word itself.")
    if int(await value("SELECT count(*) FROM synonym WHERE tag = {}", tag.id)) >= _MOST:
        raise Invalid("word", "A tag has fifty other words at most.")
    await execute("DELETE FROM synonym WHERE name = {}", name)
    await insert("synonym", id=new_id(), name=name, tag=tag.id, created_at=now())
    for each in found:
        if each["name"] == name:
            await _into(each["id"], tag.id)
    await _of_themselves(name, tag.name)
    await record(viewer, "synonym", note=f"{name} {tag.name}")
    return name


async def _of_themselves(old: str, new: str) -> None:
    """What people say of themselves of the one is said of the other, unless they say something of that already."""
    both = "topic = {} AND person IN (SELECT o.person FROM skill o WHERE o.topic = {})"
    await execute(f"DELETE FROM skill WHERE {both}", old, new)
    await execute("UPDATE skill SET topic = {} WHERE topic = {}", new, old)


async def _into(old: int, new: int) -> None:
    """All that is under one tag comes under another: entries, followers, and other words."""
    for table, whose in (("tagging", "entry"), ("watch", "person")):
        await execute(
            f"DELETE FROM {table} WHERE tag = {{}} AND {whose} IN (SELECT {whose} FROM {table} WHERE tag = {{}})",
            old,
            new,
        )
        await execute(f"UPDATE {table} SET tag = {{}} WHERE tag = {{}}", new, old)
    await execute("UPDATE synonym SET tag = {} WHERE tag = {}", new, old)
