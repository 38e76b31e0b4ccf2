"""The standing cast: who is in the house, the spaces they share, and one entry of each kind in each space."""

from __future__ import annotations

import io
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar

from web import fragments
from web.app import _state, create_app
from web.database import SQL, execute
from web.entries import actions, attachments, queries
from web.entries.actions import Fields
from web.entries.rows import Attachment, Entry
from web.identity import cookie_name
from web.kinds import KINDS
from web.known import Known
from web.people import actions as people_actions
from web.people import queries as people
from web.people.actions import NewPerson
from web.people.rows import Space
from web.policy import NOBODY, Viewer
from web.settings import Settings
from web.storage import Storage

PASSWORD = "et-langt-passord"
# Who is what. A colleague belongs to every open space anyway; the guest sees only what they were invited into.
CAST = {
    "astrid": "administrator of the house",
    "hedda": "host of the closed and the secret space",
    "mons": "member of both",
    "ole": "a colleague in neither",
    "gro": "a guest, in the closed space",
}
SPACES = {"torget": "open", "kontoret": "closed", "loftet": "secret"}
QUOTE = "a passage that matters"


@cache
def _made(url: str) -> Litestar:
    return create_app(Settings("sqlite:///:memory:", Path(), "", url))


def application(settings: Settings) -> Litestar:
    """What `create_app` gives; all of it but its state, which takes half a second, is the same for all who ask in one process."""
    app = copy(_made(settings.url))
    app.state = _state(settings)
    return app


def canary(space: str, kind: str) -> str:
    """A word that stands in exactly one entry."""
    return f"kanari{space}{kind}"


@dataclass
class House:
    """Everything a test needs to hold on to."""

    app: Litestar
    settings: Settings
    spaces: dict[str, Space] = field(default_factory=dict)
    entries: dict[tuple[str, str], int] = field(default_factory=dict)
    suggestions: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def viewer(self, handle: str | None) -> Viewer:
        return await people.viewer_by_handle(handle) if handle else NOBODY

    async def entry(self, space: str, kind: str, by: str = "mons") -> Entry:
        return await queries.entry(await self.viewer(by), self.entries[space, kind])

    @property
    def files(self) -> Storage:
        storage: Storage = self.app.state.files
        return storage

    async def attach(self, handle: str, name: str, data: bytes, *, entry: int | None = None) -> Attachment:
        """Somebody sends a file; with an `entry` it belongs there, as it does once a text there uses it."""
        viewer = await self.viewer(handle)
        file = await attachments.keep(viewer, self.files, name, io.BytesIO(data))
        if entry is None:
            return file
        await execute("UPDATE attachment SET entry = {} WHERE id = {}", entry, file.id)
        return await attachments.attachment(viewer, file.id)

    def browser(self, handle: str | None = None, **more: Any) -> httpx.AsyncClient:
        """A browser; signed in, when a handle is given."""
        cookies = {cookie_name(self.settings): self.sessions[handle]} if handle else {}
        headers = {"sec-fetch-site": "same-origin", "accept-language": "en", **more.pop("headers", {})}
        return self._client(cookies=cookies, headers=headers, **more)

    async def read(self, address: str, by: str | None = "ole") -> str:
        """What somebody gets there, wherever that leads."""
        async with self.browser(by) as browser:
            return (await browser.get(address, follow_redirects=True)).text

    def program(self, handle: str | None = None) -> httpx.AsyncClient:
        """A program that talks to the API."""
        headers = {"authorization": f"Bearer {self.tokens[handle]}"} if handle else {}
        return self._client(headers=headers)

    def forget(self) -> None:
        """What was made before: the next answer is made of the database alone."""
        self.app.state.pages.clear()
        self.app.state.known = Known()
        fragments.forget()

    def _client(self, **more: Any) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=("127.0.0.1", 1))
        return httpx.AsyncClient(transport=transport, base_url=self.settings.url, **more)


def how_many(statements: Sequence[SQL]) -> int:
    """But for the one that follows when anybody on the same server has committed something meanwhile."""
    return sum(str(each) != "SELECT (SELECT COALESCE(sum(changes), 0) FROM rights)" for each in statements)


def fields_for(kind: str, word: str) -> Fields:
    """What somebody might write, with `word` in it."""
    return Fields(
        title=f"Title of {word}" if KINDS[kind].title_max else "",
        body=f"Body of {word} with {QUOTE}.\n\nIt is #about{word} and [[Another page]].",
        url=f"https://example.org/{word}" if "url" in KINDS[kind].fields else None,
        quote=QUOTE if "quote" in KINDS[kind].fields else None,
        tags=f"tag{word}",
    )


async def write(house: House, handle: str, kind: str, space: str, word: str) -> int:
    """Somebody writes an entry of that kind; what hangs under another goes under the space's page."""
    viewer = await house.viewer(handle)
    what = KINDS[kind]
    parent = None if what.alone else await house.entry(space, "page")
    if parent and what.sums_up:  # of which there is one in a conversation
        parent = (
            await house.entry(space, "page") if word == canary(space, kind) else await head(house, handle, space, word)
        )
    return await actions.post(viewer, kind, house.spaces[space], fields_for(kind, word), parent)


async def head(house: House, handle: str, space: str, word: str) -> Entry:
    """A thread in which nobody has said anything yet."""
    viewer = await house.viewer(handle)
    id = await actions.post(viewer, "thread", house.spaces[space], Fields(f"Head of {word}", f"It heads {word}."))
    return await queries.entry(viewer, id)


async def suggest(house: House, handle: str, kind: str, space: str, word: str) -> int:
    """Somebody would change what stands there; of an article, nobody but whoever wrote it reads that."""
    entry = await house.entry(space, kind)
    fields = Fields(entry.title, f"{entry.body}\n\nAnd {word}.", summary=f"Why {word}")
    return await actions.suggest(await house.viewer(handle), entry.id, fields, entry.revision)


async def settle(app: Litestar, settings: Settings) -> House:
    """Builds the house that every test knows."""
    house = House(app, settings)
    for handle in CAST:
        new = NewPerson(
            handle, handle.title(), f"{handle}@dugnad.test", admin=handle == "astrid", guest=handle == "gro"
        )
        id = await people_actions.add_person(new)
        house.sessions[handle] = await people_actions.start_session(id)
        house.tokens[handle] = await people_actions.new_token(await people.viewer(id))
    for slug, access in SPACES.items():
        id = await people_actions.add_space(slug, slug.title(), access)
        for handle, role in (("hedda", "host"), ("mons", "member")):
            await people_actions.add_member((await house.viewer(handle)).person or 0, id, role)
        house.spaces[slug] = await people.space(await house.viewer("hedda"), slug)
    await people_actions.add_member((await house.viewer("gro")).person or 0, house.spaces["kontoret"].id, "guest")
    for slug in SPACES:
        for kind in KINDS:
            house.entries[slug, kind] = await write(house, "mons", kind, slug, canary(slug, kind))
        house.suggestions[slug] = await suggest(house, "mons", "article", slug, canary(slug, "suggested"))
    await people_actions.settle(await house.viewer("astrid"))
    return house
