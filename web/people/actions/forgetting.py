"""For whoever has forgotten the password: a link by mail, once, for an hour."""

from __future__ import annotations

from web import checks
from web.database import execute, in_one_transaction, new_id, now, row, value
from web.errors import there
from web.people.actions import letters
from web.people.actions.entering import set_password, tried
from web.people.passwords import fingerprint, new_secret
from web.times import HOUR

RESET_LIFE = HOUR
_TRIES = {"name": 5, "address": 30}


async def forgotten(name: object, address: str) -> None:
    """Does the same whoever is or is not called so: nobody learns from it who lives here. Raises TooMany."""
    name = checks.line("name", name, checks.LONGEST["email"]).lower().removeprefix("@")
    for what, each in (("name", name), ("address", address)):
        await tried(f"forgotten {what} {each}"[:200], _TRIES[what])
    await _send_link(name)


@in_one_transaction
async def _send_link(name: str) -> None:
    found = await row(
        "SELECT id, email, language FROM person WHERE (handle = {} OR email = {}) AND active AND email IS NOT NULL",
        name, name,
    )  # fmt: skip
    secret, at = new_secret(), now()
    await execute("DELETE FROM password_reset WHERE expires_at < {}", at)
    await execute(
        "INSERT INTO password_reset (id, token_hash, person, expires_at) VALUES ({}, {}, {}, {})",
        new_id(), fingerprint(secret), found["id"] if found else None, at + RESET_LIFE,
    )  # fmt: skip
    await letters.write("password", found["email"] if found else "", secret, found["language"] if found else None)


async def may_reset(secret: str) -> int:
    """The person who chooses a new password with that link. Raises NotThere when it is used, old, or was never made."""
    found = await value(
        "SELECT r.person FROM password_reset r JOIN person p ON p.id = r.person "
        "WHERE r.token_hash = {} AND r.expires_at > {} AND p.active",
        fingerprint(secret), now(),
    )  # fmt: skip
    return int(there(found))


async def reset(secret: str, password: object) -> None:
    """Every session, key and link like this one ends. Raises NotThere and Invalid."""
    await may_reset(secret)
    password = checks.password("password", password)
    # Of two who come with it at once, one has it.
    person = await value("DELETE FROM password_reset WHERE token_hash = {} RETURNING person", fingerprint(secret))
    await set_password(there(person), password)
