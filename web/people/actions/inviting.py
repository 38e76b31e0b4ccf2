"""Links that let somebody in, once."""

from __future__ import annotations

from dataclasses import dataclass

from web import checks
from web.database import execute, in_one_transaction, new_id, now, row, value
from web.errors import Invalid, there
from web.people import queries
from web.people.actions import letters
from web.people.actions.entering import INVITATION_LIFE, NewPerson, add_person, no_guessing, tried
from web.people.actions.spaces import belong
from web.people.passwords import fingerprint, new_secret
from web.people.rows import Space
from web.policy import Viewer

# How many one asks in by one form.
_AT_ONCE = 50
# Letters that one person has the house send, in one window: hosts write to whomever they like.
_LETTERS = 100


@dataclass(frozen=True)
class Invited:
    """What an invitation link offers."""

    id: int
    space: int | None
    space_name: str | None
    role: str
    guest: bool
    by: str
    email: str | None = None


@in_one_transaction
async def invite(viewer: Viewer, space: Space | None, *, email: str | None = None) -> str:
    """Gives the secret of a link that lets one person in, once, within a fortnight. With an `email`, it is sent there, and
    the address becomes theirs.

    Into the house an administrator invites colleagues; hosts invite guests into their space.
    """
    guest = space is not None
    viewer.must("host" if guest else "administer", space)
    if email := checks.email("email", email):
        await tried(f"invite {viewer.person}", _LETTERS)
    secret, at = new_secret(), now()
    await execute(
        "INSERT INTO invitation (id, token_hash, email, space, role, guest, invited_by, created_at, expires_at) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {})",
        new_id(), fingerprint(secret), email, space.id if space else None, "guest" if guest else "member", guest, viewer.person,
        at, at + INVITATION_LIFE,
    )  # fmt: skip
    if email:
        await letters.write("invitation", email, secret, viewer.language, viewer.person, space.id if space else None)
    return secret


@in_one_transaction
async def invite_all(viewer: Viewer, lines: str, *, by_mail: bool = False) -> list[tuple[str, str]]:
    """A link into the house for each line: whom it is for, and its secret; `by_mail` to those lines that are addresses.
    Raises NotAllowed and Invalid."""
    viewer.must("administer")
    whom = [
        line
        for each in checks.text("people", lines, 10_000).split("\n")
        if (line := checks.line("people", each, checks.LONGEST["email"]))
    ]
    checks.needed("people", "".join(whom))
    if len(whom) > _AT_ONCE:
        raise Invalid("people", "This is too many at once: at most %(most)d.", most=_AT_ONCE)
    return [(each, await invite(viewer, None, email=each if by_mail and "@" in each else None)) for each in whom]


async def invitation(secret: str) -> Invited:
    """Raises NotThere when it was never made, is used, or has expired."""
    found = await row(
        "SELECT i.id, i.space, s.name AS space_name, i.role, i.guest, i.invited_by, i.email, p.name AS \"by\" FROM invitation i "
        "JOIN person p ON p.id = i.invited_by LEFT JOIN space s ON s.id = i.space "
        "WHERE i.token_hash = {} AND i.used_at IS NULL AND i.expires_at > {} AND p.active",
        fingerprint(secret), now(),
    )  # fmt: skip
    found = there(found)
    await _still_may(await queries.viewer(found.pop("invited_by")), found["space"], found["guest"])
    return Invited(**{**found, "guest": bool(found["guest"])})


async def _still_may(maker: Viewer, space: int | None, guest: bool) -> None:
    """A link opens no door that whoever made it could no longer open. Raises NotThere."""
    known = {each.id: each for each in await queries.spaces(maker)}
    hosts = space is None or (space in known and maker.may("host", known[space]))
    there(True if hosts and (guest or maker.may("administer")) else None)


async def come_in(secret: str, handle: str, name: str, password: str, language: str | None = None) -> int:
    """Uses an invitation and gives the new person's id. Raises NotThere, Invalid or TooMany."""
    await invitation(secret)  # of what is no invitation nothing is kept
    async with no_guessing(f"invitation {fingerprint(secret)}"):
        return await _come_in(secret, handle, name, password, language)


@in_one_transaction
async def _come_in(secret: str, handle: str, name: str, password: str, language: str | None) -> int:
    found = await invitation(secret)
    used = await row(
        "UPDATE invitation SET used_at = {} WHERE id = {} AND used_at IS NULL RETURNING id", now(), found.id
    )
    there(used)
    # Somebody who was invited twice has that address already.
    known = await value("SELECT 1 FROM person WHERE email = {}", found.email)
    email = None if known else found.email
    new = NewPerson(handle, name, email, checks.password("password", password), guest=found.guest, language=language)
    id = await add_person(new)
    if found.space is not None:
        await belong(id, found.space, found.role)
    return id
