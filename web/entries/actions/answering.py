"""Answers that come by mail: to which conversation, from whom, once each, and by the same rights as on the page."""

from __future__ import annotations

from collections.abc import Iterable

from web.database import execute, in_one_transaction, new_id, now, row, value
from web.entries import queries
from web.entries.actions.fields import Fields
from web.entries.actions.writing import post
from web.kinds import KINDS
from web.people.actions import letters
from web.policy import Viewer
from web.times import DAY

ANSWERED_WITHIN = 60 * DAY
_REPLY = next(kind.name for kind in KINDS.values() if kind.verb == "reply")


@in_one_transaction
async def reply_address(viewer: Viewer, entry: int) -> int:
    """The number of the address at which the viewer answers in a conversation by mail; from now on it is good for so long again."""
    found = await row(
        "INSERT INTO reply_address (id, person, entry, expires_at) VALUES ({}, {}, {}, {}) "
        "ON CONFLICT (person, entry) DO UPDATE SET expires_at = excluded.expires_at RETURNING id",
        new_id(), viewer.me, entry, now() + ANSWERED_WITHIN,
    )  # fmt: skip
    return int(found["id"]) if found else 0


@in_one_transaction
async def end_reply_addresses(viewer: Viewer) -> None:
    """What was sent so far is answered by mail no more; each new letter has a new address."""
    viewer.must("write")
    await execute("DELETE FROM reply_address WHERE person = {}", viewer.me)


async def answered_at(number: int) -> tuple[int, int] | None:
    """Who answers there (a person), and in which conversation; None for an address that is none, or not any more."""
    found = await row("SELECT person, entry FROM reply_address WHERE id = {} AND expires_at > {}", number, now())
    return (found["person"], found["entry"]) if found else None


async def was_received(digest: str) -> bool:
    return bool(await value("SELECT 1 FROM received WHERE digest = {}", digest))


@in_one_transaction
async def answer(viewer: Viewer, entry: int, body: str, digest: str) -> int | None:
    """Writes it, once for each `digest`: gives its id, or None where it is there already. Raises what `post` raises."""
    if not await _first(digest):
        return None
    return await post(viewer, _REPLY, None, Fields(body=body), await queries.entry(viewer, entry))


async def _first(digest: str) -> bool:
    at = now()
    await execute("DELETE FROM received WHERE created_at < {}", at - 2 * ANSWERED_WITHIN)
    return bool(
        await row(
            "INSERT INTO received (id, digest, created_at) VALUES ({}, {}, {}) ON CONFLICT (digest) DO NOTHING RETURNING id",
            new_id(), digest, at,
        )
    )  # fmt: skip


@in_one_transaction
async def refuse(number: int, why: str, digest: str) -> bool:
    """Says in a letter to whoever has that address why nothing came of an answer: once, whatever comes there. It never goes to who sent it:
    anybody can write another's name there. Gives whether it does."""
    if not await _first(digest):
        return False
    found = await row(
        "UPDATE reply_address SET refused_at = {} WHERE id = {} AND refused_at IS NULL RETURNING person", now(), number
    )
    person = found and await row("SELECT email, language FROM person WHERE id = {} AND active", found["person"])
    if not person or not person["email"]:
        return False
    await letters.write("refused", person["email"], why, person["language"])
    return True


@in_one_transaction
async def failing(addresses: Iterable[str]) -> int:
    """Letters to these came back: nothing more of what is new is sent there until somebody says otherwise. Gives how many people had them."""
    many = 0
    for address in addresses:
        person = await value("SELECT id FROM person WHERE email = {}", address)
        if person is not None:
            many += 1
            await _failing(person)
    return many


async def _failing(person: int) -> None:
    await execute(
        "INSERT INTO correspondence (id, told_at, failing_at) VALUES ({}, {}, {}) "
        "ON CONFLICT (id) DO UPDATE SET failing_at = excluded.failing_at, due_at = NULL",
        person, now(), now(),
    )  # fmt: skip
