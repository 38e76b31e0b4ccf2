"""Opening spaces, and coming and going in them."""

from __future__ import annotations

from web import checks, text
from web.database import execute, for_update, in_list, in_one_transaction, insert, new_id, now, value
from web.entries.derived import title_key
from web.entries.events import record
from web.errors import Invalid, NotAllowed, Taken, there
from web.facts import HOUSE
from web.kinds import KINDS
from web.people import own_tags, queries
from web.people.actions.entering import free, no_guessing
from web.people.rows import Space
from web.policy import ACCESS, RANK, ROLES, Viewer
from web.rights import may_name_host
from web.times import day_of

_TAKEN = ("new", "older")


async def open_space(viewer: Viewer, slug: str, name: str, access: str = "open", about: str = "") -> str:
    """Whoever opens a space is its first host. Without a slug it gets one from its name; gives the slug. Raises
    NotAllowed, Invalid or TooMany."""
    viewer.must("open_space")
    async with no_guessing(f"open space {viewer.person}"):
        return await _open_space(viewer, slug.strip() or text.slug(name, 60), name, access, about)


@in_one_transaction
async def _open_space(viewer: Viewer, slug: str, name: str, access: str, about: str) -> str:
    id = await add_space(slug, name, access, about)
    await belong(viewer.me, id, "host")
    await record(viewer, "open_space", space=id)
    return checks.slug("slug", slug)


@in_one_transaction
async def add_space(slug: str, name: str, access: str = "open", about: str = "", *, public: bool = False) -> int:
    """Raises Invalid. Only what is open can be public."""
    slug = checks.slug("slug", slug)
    access = checks.one_of("access", access, ACCESS)
    if slug in _TAKEN:
        raise Taken("slug", "This is taken. Choose another.")
    await free("slug", "SELECT 1 FROM space WHERE slug = {}", slug)
    id = new_id()
    await insert(
        "space", id=id, slug=slug, name=checks.name("name", name), access=access, about=checks.text("about", about),
        public=public and access == "open", created_at=now(),
    )  # fmt: skip
    return id


@in_one_transaction
async def change_space(
    viewer: Viewer, space: Space, name: str, about: str, access: str, *, public: bool, ends: object = None, welcome: object = None,
    tags: object = "", nameless: bool = False,
) -> None:  # fmt: skip
    """`ends`: the last day on which something is written in it, as 2026-12-31; `welcome`: the title of the page to read first; `tags`: a line for each that
    is recommended in it; `nameless`: questions may be asked in it without one's name. Raises
    NotAllowed and Invalid."""
    viewer.must("host", space)
    access = checks.one_of("access", access, ACCESS)
    if public and access != "open":
        raise Invalid("public", "Only an open space can be read by everybody.")
    if nameless and access != "open":
        raise Invalid("nameless", "Only in an open space: among few, one is known by how one writes.")
    if access != "open" and not await _hosts(space.id):
        raise Invalid("access", "Make somebody host first: nobody could come in any more.")
    if public and not space.public:
        viewer.must("administer")
    ends_at = _ends_at(space, ends)
    await execute(
        "UPDATE space SET name = {}, about = {}, access = {}, public = {}, ends_at = {}, welcome = {}, tags = {}, nameless = {} WHERE id = {}",
        checks.name("name", name), checks.text("about", about), access, public, ends_at, await _welcome(space, welcome),
        own_tags.checked(tags), nameless, space.id,
    )  # fmt: skip
    await record(viewer, "change_space", space=space.id, note=access)
    if ends_at != space.ends_at:
        await record(
            viewer, "end_space" if ends_at else "reopen_space", space=space.id, note=day_of(ends_at) if ends_at else ""
        )


def _ends_at(space: Space, day: object) -> int | None:
    ends_at = checks.until("ends", day)
    if ends_at is not None and space.slug == HOUSE:
        raise Invalid("ends", "This space is everybody's, and goes on.")
    return ends_at


async def _welcome(space: Space, title: object) -> int | None:
    """What in it has that title; pages first."""
    wanted = title_key(checks.line("welcome", title, 200))
    if not wanted:
        return None
    which = (
        "SELECT e.id FROM entry e WHERE e.title_key = {} AND e.space = {} AND e.root = e.id AND e.trashed_at IS NULL AND NOT e.buried "
        "ORDER BY CASE WHEN e.kind IN {} THEN 0 ELSE 1 END, e.id LIMIT 1"
    )
    found = await value(which, wanted, space.id, in_list([kind.name for kind in KINDS.values() if kind.tree]))
    if not found:
        raise Invalid("welcome", "Nothing in this space has that title.")
    return int(found)


@in_one_transaction
async def join(viewer: Viewer, space: Space) -> None:
    viewer.must("join", space)
    await belong(viewer.me, space.id, "member")
    await record(viewer, "join", space=space.id)


@in_one_transaction
async def ask(viewer: Viewer, space: Space, why: str = "") -> None:
    """Asks the hosts of a closed space to be let in."""
    viewer.must("ask", space)
    await execute(
        "INSERT INTO join_request (id, person, space, why, created_at) VALUES ({}, {}, {}, {}, {}) "
        "ON CONFLICT (person, space) DO UPDATE SET why = excluded.why",
        new_id(), viewer.person, space.id, checks.text("why", why), now(),
    )  # fmt: skip
    await record(viewer, "ask", space=space.id)


@in_one_transaction
async def answer_asker(viewer: Viewer, space: Space, asker: int, *, admit: bool) -> None:
    """Lets somebody in who asked, or does not. Raises NotThere when nobody asked."""
    viewer.must("host", space)
    found = await value("DELETE FROM join_request WHERE id = {} AND space = {} RETURNING person", asker, space.id)
    found = there(found)
    if admit:
        await belong(found, space.id, "member")
    await record(viewer, "admit" if admit else "refuse", space=space.id, people=[found])


@in_one_transaction
async def set_role(viewer: Viewer, space: Space, handle: str, role: str | None, until: int | None = None) -> None:
    """Makes somebody a host, editor, member or guest (until a time, ms), or, with no role, shows them out. A host stays until
    a host says otherwise."""
    viewer.must("host", space)
    person = await queries.person(viewer, checks.handle("handle", handle))
    before = await _hosts(space.id)
    if role is None:
        await _part(person.id, space.id)
    else:
        there(person if person.active else None)
        role = checks.one_of("role", role, ROLES)
        if person.guest and RANK[role] > RANK["member"]:
            raise Invalid("role", "A guest of the house cannot run a space.")
        if until is not None and role == "host":
            raise Invalid("until", "A host stays until a host says otherwise. Leave the day empty.")
        await belong(person.id, space.id, role, until)
        await execute("DELETE FROM join_request WHERE person = {} AND space = {}", person.id, space.id)
    await _some_host(space.id, before)
    await record(viewer, "set_role", space=space.id, people=[person.id], note=role or "")


@in_one_transaction
async def leave(viewer: Viewer, space: Space, then: str = "") -> None:
    """The last host says who is host `then` (a handle). Raises Invalid."""
    viewer.must("leave", space)
    before = await _hosts(space.id)
    if then:
        await hand_over(viewer, space, then)
    await _part(viewer.me, space.id)
    if before and not await _hosts(space.id):
        raise Invalid("host", "Say who is host after you: a space cannot be without one.")
    await record(viewer, "leave", space=space.id)


@in_one_transaction
async def hand_over(viewer: Viewer, space: Space, handle: str) -> None:
    """Makes another one who is in the space a host in the viewer's place, who stays a member. Raises NotAllowed and Invalid."""
    if viewer.roles.get(space.id) != "host":
        raise NotAllowed("host")
    new = await _fit_to_host(viewer, space, handle)
    await belong(new, space.id, "host")
    await belong(viewer.me, space.id, "member")
    await record(viewer, "set_role", space=space.id, people=[new], note="host")
    await record(viewer, "set_role", space=space.id, people=[viewer.me], note="member")


@in_one_transaction
async def name_host(viewer: Viewer, space: Space, handle: str) -> None:
    """Gives a space that has no host one: an administrator does, or somebody in it who takes that on. Raises NotAllowed and Invalid."""
    if not may_name_host(viewer, space, handle):
        raise NotAllowed("host")
    if await _hosts(space.id):
        raise Invalid("host", "Somebody is host there by now.")
    new = await _fit_to_host(viewer, space, handle)
    await belong(new, space.id, "host")
    await record(viewer, "set_role", space=space.id, people=[new], note="host")


async def _fit_to_host(viewer: Viewer, space: Space, handle: str) -> int:
    """Somebody in it; what is open is everybody's in the house."""
    found = await value(
        "SELECT p.id FROM person p WHERE p.handle = {} AND p.active AND NOT p.guest AND {}",
        checks.handle("host", handle.removeprefix("@")), queries.readers_of(space),
    )  # fmt: skip
    if not found:
        raise Invalid("host", "Nobody in this space is called that who could be its host.")
    return int(found)


@in_one_transaction
async def add_member(person: int, space: int, role: str = "member") -> None:
    """From the terminal: makes somebody belong to a space."""
    await belong(person, space, checks.one_of("role", role, ROLES))


async def belong(person: int, space: int, role: str, until: int | None = None) -> None:
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
        "UPDATE space SET members = (SELECT count(*) FROM membership WHERE space = {}) "
        "WHERE id = {}",
        space, space,
    )  # fmt: skip


async def _hosts(space: int) -> int:
    """How many there are; nobody comes or goes until the transaction ends."""
    await value("SELECT id FROM space WHERE id = {} " + for_update(), space)
    hosts = (
        "SELECT count(*) FROM membership m JOIN person p ON p.id = m.person "
        "WHERE m.space = {} AND m.role = 'host' AND p.active AND (m.until IS NULL OR m.until > {})"
    )
    return int(await value(hosts, space, now()))


async def _some_host(space: int, before: int) -> None:
    """A space that had a host keeps one."""
    if before and not await _hosts(space):
        raise Invalid("role", "Make somebody else host first: a space cannot be without one.")
