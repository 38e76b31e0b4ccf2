"""What people do to themselves, each other and spaces. Each verb is one transaction and asks the policy itself."""

from __future__ import annotations

from dataclasses import dataclass

from web import checks
from web.database import execute, in_one_transaction, new_id, now, row, value
from web.entries.tables import Event
from web.errors import Invalid, TooMany
from web.people import queries
from web.people.passwords import fingerprint, hashed, matches, new_secret
from web.people.rows import Space
from web.people.tables import Person as PersonTable
from web.people.tables import Space as SpaceTable
from web.policy import ACCESS, RANK, ROLES, Viewer, deny_unless

_MINUTE = 60 * 1000
_DAY = 24 * 60 * _MINUTE
SESSION_LIFE = 30 * _DAY
INVITATION_LIFE = 14 * _DAY
# Ten wrong passwords for one name, or fifty from one address, in a quarter of an hour.
_WINDOW = 15 * _MINUTE
# Words that stand where a space's own name would.
_TAKEN = ("new", "older")
_TRIES = {"name": 10, "address": 50}


# Coming in.


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
    email = checks.email("email", new.email)
    await _free("handle", "SELECT 1 FROM person WHERE handle = {}", handle)
    if email:
        await _free("email", "SELECT 1 FROM person WHERE email = {}", email)
    id = new_id()
    await PersonTable.insert(
        PersonTable(
            id=id, handle=handle, name=checks.name("name", new.name), email=email, admin=new.admin, guest=new.guest,
            password=await hashed(checks.password("password", new.password)) if new.password is not None else None,
            language=checks.language("language", new.language), created_at=now(),
        )
    )  # fmt: skip
    return id


async def _free(field: str, taken: str, value_: str) -> None:
    if await value(taken, value_):
        raise Invalid(field, "This is taken. Choose another.")


async def sign_in(name: object, password: object, address: str, agent: str = "") -> str:
    """Gives the secret of a new session. `name` is a handle or an e-mail address; `address` is the browser's.

    Raises Invalid (the same for a wrong name and a wrong password) or TooMany.
    """
    name = checks.line("name", name, 254).lower().removeprefix("@")
    password = password if isinstance(password, str) else ""
    keys = {"name": f"sign-in name {name}"[:200], "address": f"sign-in address {address}"[:200]}
    for what, key in keys.items():
        await _try(key, _TRIES[what])
    found = await row("SELECT id, password FROM person WHERE (handle = {} OR email = {}) AND active", name, name)
    if not await matches(found and found["password"], password[:1000]) or not found:
        raise Invalid("password", "The name and the password do not belong together. Check both and try again.")
    await execute("DELETE FROM attempt WHERE key = {}", keys["name"])
    return await start_session(found["id"], agent)


@in_one_transaction
async def _try(key: str, most: int) -> None:
    """Counts one try. Raises TooMany when there were `most` already in this window."""
    at = now()
    found = await row(
        "INSERT INTO attempt (id, key, count, until) VALUES ({}, {}, 1, {}) ON CONFLICT (key) DO UPDATE SET "
        "count = CASE WHEN attempt.until < {} THEN 1 ELSE attempt.count + 1 END, "
        "until = CASE WHEN attempt.until < {} THEN excluded.until ELSE attempt.until END RETURNING count, until",
        new_id(), key, at + _WINDOW, at, at,
    )  # fmt: skip
    if found["count"] > most:
        raise TooMany(max(1, (found["until"] - at) // 1000))


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


async def sign_out(secret: str) -> None:
    await execute("DELETE FROM session WHERE token_hash = {}", fingerprint(secret))


@in_one_transaction
async def end_session(viewer: Viewer, id: int) -> None:
    """Signs another browser of the viewer's out."""
    await execute("DELETE FROM session WHERE id = {} AND person = {}", id, viewer.person)


@in_one_transaction
async def new_token(viewer: Viewer, name: str = "") -> str:
    """Gives a key to the API; only its hash is kept."""
    secret = new_secret()
    await execute(
        "INSERT INTO token (id, token_hash, person, name, created_at) VALUES ({}, {}, {}, {}, {})",
        new_id(), fingerprint(secret), viewer.person, checks.line("name", name, 120), now(),
    )  # fmt: skip
    return secret


@in_one_transaction
async def end_token(viewer: Viewer, id: int) -> None:
    await execute("DELETE FROM token WHERE id = {} AND person = {}", id, viewer.person)


# Invitations.


@dataclass(frozen=True)
class Invited:
    """What an invitation link offers."""

    id: int
    space: int | None
    space_name: str | None
    role: str
    guest: bool
    by: str


@in_one_transaction
async def invite(viewer: Viewer, space: Space | None, role: str = "member", *, guest: bool = False) -> str:
    """Gives the secret of a link that lets one person in, once, within a fortnight.

    Into the house an administrator invites, and hosts invite guests into their space.
    """
    if space is None or not guest:
        viewer.must("administer")
    if space is not None:
        viewer.must("host", space)
        checks.one_of("role", role, ROLES)
    if guest and space is None:
        raise Invalid("space", "A guest needs a space to be invited into.")
    secret, at = new_secret(), now()
    await execute(
        "INSERT INTO invitation (id, token_hash, space, role, guest, invited_by, created_at, expires_at) "
        "VALUES ({}, {}, {}, {}, {}, {}, {}, {})",
        new_id(), fingerprint(secret), space.id if space else None, "guest" if guest else role, guest, viewer.person,
        at, at + INVITATION_LIFE,
    )  # fmt: skip
    return secret


async def invitation(secret: str) -> Invited:
    """Raises NotThere when it was never made, is used, or has expired."""
    found = await row(
        "SELECT i.id, i.space, s.name AS space_name, i.role, i.guest, p.name AS \"by\" FROM invitation i "
        "JOIN person p ON p.id = i.invited_by LEFT JOIN space s ON s.id = i.space "
        "WHERE i.token_hash = {} AND i.used_at IS NULL AND i.expires_at > {} AND p.active",
        fingerprint(secret), now(),
    )  # fmt: skip
    deny_unless(found)
    return Invited(**{**found, "guest": bool(found["guest"])})


@in_one_transaction
async def come_in(secret: str, handle: str, name: str, password: str, language: str | None = None) -> int:
    """Uses an invitation and gives the new person's id. Raises NotThere or Invalid."""
    found = await invitation(secret)
    used = await row(
        "UPDATE invitation SET used_at = {} WHERE id = {} AND used_at IS NULL RETURNING id", now(), found.id
    )
    deny_unless(used)
    new = NewPerson(handle, name, password=checks.password("password", password), guest=found.guest, language=language)
    id = await add_person(new)
    if found.space is not None:
        await _belong(id, found.space, found.role)
    return id


# Oneself.


@in_one_transaction
async def change_profile(viewer: Viewer, name: str, about: str, email: str) -> None:
    tidy = checks.email("email", email)
    if tidy:
        await _free("email", f"SELECT 1 FROM person WHERE email = {{}} AND id <> {int(viewer.person)}", tidy)
    await execute(
        "UPDATE person SET name = {}, about = {}, email = {}, touched = touched + 1 WHERE id = {}",
        checks.name("name", name), checks.text("about", about, 5000), tidy, viewer.person,
    )  # fmt: skip


async def change_language(viewer: Viewer, language: str) -> None:
    await execute(
        "UPDATE person SET language = {} WHERE id = {}", checks.language("language", language), viewer.person
    )


async def change_password(viewer: Viewer, old: object, new: object, keep: int | None = None) -> None:
    """Signs out every other browser (all but the session `keep`) and ends every API key."""
    await _try(f"password {viewer.person}", _TRIES["name"])
    kept = await value("SELECT password FROM person WHERE id = {}", viewer.person)
    if not await matches(kept, old[:1000] if isinstance(old, str) else ""):
        raise Invalid("old", "This is not your password.")
    await set_password(viewer.person, checks.password("new", new), keep)


async def set_password(person: int, password: str, keep: int | None = None) -> None:
    """Sessions (but `keep`) and keys end with the password they were made under."""
    kept = await hashed(password)

    @in_one_transaction
    async def change() -> None:
        await execute("UPDATE person SET password = {} WHERE id = {}", kept, person)
        await execute("DELETE FROM session WHERE person = {} AND id <> {}", person, keep or 0)
        await execute("DELETE FROM token WHERE person = {}", person)

    await change()


# Spaces.


@in_one_transaction
async def open_space(viewer: Viewer, slug: str, name: str, access: str = "open", about: str = "") -> int:
    """Whoever opens a space is its first host."""
    viewer.must("open_space")
    id = await add_space(slug, name, access, about)
    await _belong(viewer.person, id, "host")
    await _tell(viewer, "open_space", id)
    return id


@in_one_transaction
async def add_space(slug: str, name: str, access: str = "open", about: str = "", *, public: bool = False) -> int:
    """Raises Invalid. Only what is open can be public."""
    slug = checks.slug("slug", slug)
    access = checks.one_of("access", access, ACCESS)
    if slug in _TAKEN:
        raise Invalid("slug", "This is taken. Choose another.")
    await _free("slug", "SELECT 1 FROM space WHERE slug = {}", slug)
    id = new_id()
    await SpaceTable.insert(
        SpaceTable(
            id=id, slug=slug, name=checks.name("name", name), access=access, about=checks.text("about", about, 5000),
            public=public and access == "open", created_at=now(),
        )
    )  # fmt: skip
    return id


@in_one_transaction
async def change_space(viewer: Viewer, space: Space, name: str, about: str, access: str, *, public: bool) -> None:
    viewer.must("host", space)
    access = checks.one_of("access", access, ACCESS)
    if public and access != "open":
        raise Invalid("public", "Only an open space can be read by everybody.")
    if public != space.public:
        viewer.must("administer")
    await execute(
        "UPDATE space SET name = {}, about = {}, access = {}, public = {}, touched = touched + 1 WHERE id = {}",
        checks.name("name", name), checks.text("about", about, 5000), access, public, space.id,
    )  # fmt: skip
    await _tell(viewer, "change_space", space.id, note=access)


@in_one_transaction
async def join(viewer: Viewer, space: Space) -> None:
    viewer.must("join", space)
    await _belong(viewer.person, space.id, "member")
    await _tell(viewer, "join", space.id)


@in_one_transaction
async def ask(viewer: Viewer, space: Space, why: str = "") -> None:
    """Asks the hosts of a closed space to be let in."""
    viewer.must("ask", space)
    await execute(
        "INSERT INTO join_request (id, person, space, why, created_at) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (person, space) DO UPDATE SET why = excluded.why",
        new_id(), viewer.person, space.id, checks.text("why", why, 1000), now(),
    )  # fmt: skip
    await _tell(viewer, "ask", space.id)


@in_one_transaction
async def answer_asker(viewer: Viewer, space: Space, asker: int, *, admit: bool) -> None:
    """Lets somebody in who asked, or does not. Raises NotThere when nobody asked."""
    viewer.must("host", space)
    found = await value(
        "DELETE FROM join_request WHERE id = {} AND space = {} RETURNING person", asker, space.id
    )
    deny_unless(found)
    if admit:
        await _belong(found, space.id, "member")
    await _tell(viewer, "admit" if admit else "refuse", space.id, person=found)


@in_one_transaction
async def set_role(viewer: Viewer, space: Space, handle: str, role: str | None, until: int | None = None) -> None:
    """Makes somebody a host, editor, member or guest (until a time, ms), or, with no role, shows them out."""
    viewer.must("host", space)
    person = await queries.person(viewer, checks.handle("handle", handle))
    if role is None:
        await _part(person.id, space.id)
    else:
        role = checks.one_of("role", role, ROLES)
        if person.guest and RANK[role] > RANK["member"]:
            raise Invalid("role", "A guest of the house cannot run a space.")
        await _belong(person.id, space.id, role, until)
        await execute("DELETE FROM join_request WHERE person = {} AND space = {}", person.id, space.id)
    await _some_host(space.id)
    await _tell(viewer, "set_role", space.id, person=person.id, note=role or "")


@in_one_transaction
async def leave(viewer: Viewer, space: Space) -> None:
    viewer.must("leave", space)
    await _part(viewer.person, space.id)
    await _some_host(space.id)
    await _tell(viewer, "leave", space.id)


@in_one_transaction
async def add_member(person: int, space: int, role: str = "member") -> None:
    """From the terminal: makes somebody belong to a space."""
    await _belong(person, space, checks.one_of("role", role, ROLES))


async def _belong(person: int, space: int, role: str, until: int | None = None) -> None:
    await execute(
        "INSERT INTO membership (id, person, space, role, until, created_at) VALUES ({}, {}, {}, {}, {}, {}) "
        "ON CONFLICT (person, space) DO UPDATE SET role = excluded.role, until = excluded.until",
        new_id(), person, space, role, until, now(),
    )  # fmt: skip
    await _count_members(space)


async def _part(person: int, space: int) -> None:
    await execute("DELETE FROM membership WHERE person = {} AND space = {}", person, space)
    await _count_members(space)


async def _count_members(space: int) -> None:
    await execute(
        "UPDATE space SET members = (SELECT count(*) FROM membership WHERE space = {}), touched = touched + 1 "
        "WHERE id = {}",
        space, space,
    )  # fmt: skip


async def _some_host(space: int) -> None:
    """A space that had a host keeps one."""
    people = await value("SELECT members FROM space WHERE id = {}", space)
    if people and not await value("SELECT 1 FROM membership WHERE space = {} AND role = 'host' LIMIT 1", space):
        raise Invalid("role", "Make somebody else host first: a space cannot be without one.")


async def _tell(viewer: Viewer, verb: str, space: int, *, person: int | None = None, note: str = "") -> None:
    await Event.insert(
        Event(id=new_id(), verb=verb, actor=viewer.person, space=space, person=person, note=note, created_at=now())
    )
