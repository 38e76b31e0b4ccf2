"""Coming in, going out, and what people change about themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from web import checks
from web.database import execute, in_one_transaction, insert, new_id, now, row, value
from web.errors import Invalid, Taken, TooMany
from web.people.passwords import fingerprint, hashed, matches, new_secret
from web.policy import Viewer
from web.times import DAY, MINUTE

SESSION_LIFE = 30 * DAY
INVITATION_LIFE = 14 * DAY
_WINDOW = 15 * MINUTE
# Wrong tries in one window: on one name from one place, so that nobody locks out who is elsewhere; and on the whole,
# so that nobody tries for long from many places, or many names from one.
_TRIES = {"pair": 10, "name": 100, "address": 300}
_PROBES = 30
_MOST_FEED_KEYS = 50
# Words that stand where a handle could, in addresses.
_TAKEN = ("after",)


@dataclass(frozen=True)
class NewPerson:
    """Who is to be added. The password is as typed; without one the person needs an invitation link."""

    handle: str
    name: str
    email: str | None = None
    password: str | None = None
    admin: bool = False
    guest: bool = False
    language: str | None = None


@in_one_transaction
async def add_person(new: NewPerson) -> int:
    """Raises Invalid, also when the handle or address is taken."""
    handle = checks.handle("handle", new.handle)
    if handle in _TAKEN:
        raise Taken("handle", "This is taken. Choose another.")
    email = checks.email("email", new.email)
    await free("handle", "SELECT 1 FROM person WHERE handle = {}", handle)
    if email:
        await free("email", "SELECT 1 FROM person WHERE email = {}", email)
    id = new_id()
    await insert(
        "person", id=id, handle=handle, name=checks.name("name", new.name), email=email, admin=new.admin, guest=new.guest,
        password=await hashed(checks.password("password", new.password)) if new.password is not None else None,
        language=checks.language("language", new.language), created_at=now(),
    )  # fmt: skip
    return id


async def free(field: str, taken: str, value_: str) -> None:
    if await value(taken, value_):
        raise Taken(field, "This is taken. Choose another.")


async def sign_in(name: object, password: object, address: str, agent: str = "") -> str:
    """Gives the secret of a new session. `name` is a handle or an e-mail address; `address` is the browser's.

    Raises Invalid (the same for a wrong name and a wrong password) or TooMany.
    """
    name = checks.line("name", name, checks.LONGEST["email"]).lower().removeprefix("@")
    password = password if isinstance(password, str) else ""
    said = {"pair": f"{name} {address}", "name": name, "address": address}
    keys = {what: f"sign-in {what} {each}"[:200] for what, each in said.items()}
    for what, key in keys.items():
        await tried(key, _TRIES[what])
    found = await row("SELECT id, password FROM person WHERE (handle = {} OR email = {}) AND active", name, name)
    if not await matches(found["password"] if found else None, password[:1000]) or not found:
        raise Invalid("password", "The name and the password do not belong together. Check both and try again.")
    await execute("DELETE FROM attempt WHERE key = {}", keys["pair"])
    for what in ("name", "address"):
        await _forgiven(keys[what])
    return await start_session(found["id"], agent)


@in_one_transaction
async def tried(key: str, most: int) -> None:
    """Counts one try. Raises TooMany when there were `most` already in this window."""
    at = now()
    await execute("DELETE FROM attempt WHERE until < {}", at)
    found = await row(
        "INSERT INTO attempt (id, key, count, until) VALUES ({}, {}, 1, {}) "
        "ON CONFLICT (key) DO UPDATE SET count = attempt.count + 1 RETURNING count, until",
        new_id(), key, at + _WINDOW,
    )  # fmt: skip
    if found and found["count"] > most:
        raise TooMany(max(1, (found["until"] - at) // 1000))


async def _forgiven(key: str) -> None:
    await execute("UPDATE attempt SET count = count - 1 WHERE key = {} AND count > 0", key)


@asynccontextmanager
async def no_guessing(key: str) -> AsyncIterator[None]:
    """Each answer that something is taken tells that it exists, be it secret: there are so many, and no more. Raises
    TooMany."""
    await tried(key, _PROBES)
    told = False
    try:
        yield
    except Taken:
        told = True
        raise
    finally:
        if not told:
            await _forgiven(key)


@in_one_transaction
async def start_session(person: int, agent: str = "") -> str:
    """Gives the secret; only its hash is kept. Sessions nobody used for a month go."""
    secret, at = new_secret(), now()
    await execute("DELETE FROM session WHERE person = {} AND seen_at < {}", person, at - SESSION_LIFE)
    await execute(
        "INSERT INTO session (id, token_hash, person, agent, created_at, seen_at) VALUES ({}, {}, {}, {}, {}, {})",
        new_id(), fingerprint(secret), person, checks.line("agent", agent[:200], 200), at, at,
    )  # fmt: skip
    return secret


async def seen(session: int) -> None:
    await execute("UPDATE session SET seen_at = {} WHERE id = {}", now(), session)


async def token_seen(token: int) -> None:
    await execute("UPDATE token SET seen_at = {} WHERE id = {}", now(), token)


async def feed_key_seen(key: int) -> None:
    await execute("UPDATE feed_key SET seen_at = {} WHERE id = {}", now(), key)


async def sign_out(secret: str) -> None:
    await execute("DELETE FROM session WHERE token_hash = {}", fingerprint(secret))


@in_one_transaction
async def end_session(viewer: Viewer, id: int) -> None:
    """Signs another browser of the viewer's out."""
    await execute("DELETE FROM session WHERE id = {} AND person = {}", id, viewer.me)


@in_one_transaction
async def new_token(viewer: Viewer, name: str = "") -> str:
    """Gives a key to the API; only its hash is kept."""
    secret = new_secret()
    await execute(
        "INSERT INTO token (id, token_hash, person, name, created_at) VALUES ({}, {}, {}, {}, {})",
        new_id(), fingerprint(secret), viewer.me, checks.line("name", name), now(),
    )  # fmt: skip
    return secret


@in_one_transaction
async def end_token(viewer: Viewer, id: int) -> None:
    await execute("DELETE FROM token WHERE id = {} AND person = {}", id, viewer.me)


@in_one_transaction
async def new_feed_key(viewer: Viewer, name: str = "") -> str:
    """Gives what stands in the addresses of feeds and opens nothing else; only its hash is kept."""
    secret = new_secret()
    many = await value("SELECT count(*) FROM feed_key WHERE person = {}", viewer.me)
    if many >= _MOST_FEED_KEYS:
        raise Invalid("feed_name", "You have as many of these as one person may. End one first.")
    await execute(
        "INSERT INTO feed_key (id, token_hash, person, name, created_at) VALUES ({}, {}, {}, {}, {})",
        new_id(), fingerprint(secret), viewer.me, checks.line("feed_name", name, checks.LONGEST["name"]), now(),
    )  # fmt: skip
    return secret


@in_one_transaction
async def end_feed_key(viewer: Viewer, id: int) -> None:
    await execute("DELETE FROM feed_key WHERE id = {} AND person = {}", id, viewer.me)


async def change_profile(viewer: Viewer, name: str, about: str, email: str) -> None:
    async with no_guessing(f"profile {viewer.me}"):
        await _change_profile(viewer, name, about, email)


@in_one_transaction
async def _change_profile(viewer: Viewer, name: str, about: str, email: str) -> None:
    tidy = checks.email("email", email)
    if tidy:
        await free("email", f"SELECT 1 FROM person WHERE email = {{}} AND id <> {viewer.me}", tidy)
    await execute(
        "UPDATE correspondence SET failing_at = NULL WHERE id = {} AND EXISTS (SELECT 1 FROM person WHERE id = {} AND email <> {})",
        viewer.me, viewer.me, tidy or "",
    )  # fmt: skip
    await execute(
        "UPDATE person SET name = {}, about = {}, email = {} WHERE id = {}",
        checks.name("name", name), checks.text("about", about), tidy, viewer.person,
    )  # fmt: skip
    # A link that was sent to the address before is not for whoever reads there now.
    await execute("DELETE FROM password_reset WHERE person = {}", viewer.person)


async def change_language(viewer: Viewer, language: str) -> None:
    await execute("UPDATE person SET language = {} WHERE id = {}", checks.language("language", language), viewer.me)


async def read_by_time(viewer: Viewer, by_time: bool) -> None:
    """Conversations in the order in which they were written, or each answer under what it answers."""
    await execute("UPDATE person SET by_time = {} WHERE id = {}", by_time, viewer.me)


async def change_password(viewer: Viewer, old: object, new: object, keep: int | None = None) -> None:
    """Signs out every other browser (all but the session `keep`) and ends every API key."""
    await tried(f"password {viewer.me}", _TRIES["pair"])
    kept = await value("SELECT password FROM person WHERE id = {}", viewer.me)
    if not await matches(kept, old[:1000] if isinstance(old, str) else ""):
        raise Invalid("old_password", "This is not your password.")
    await set_password(viewer.me, checks.password("new_password", new), keep)


async def set_password(person: int, password: str, keep: int | None = None) -> None:
    """Sessions (but `keep`), keys and links to choose another end with the password they were made under."""
    kept = await hashed(password)

    @in_one_transaction
    async def change() -> None:
        await execute("UPDATE person SET password = {} WHERE id = {}", kept, person)
        await execute("DELETE FROM session WHERE person = {} AND id <> {}", person, keep or 0)
        await execute("DELETE FROM token WHERE person = {}", person)
        await execute("DELETE FROM feed_key WHERE person = {}", person)
        await execute("DELETE FROM password_reset WHERE person = {}", person)

    await change()
