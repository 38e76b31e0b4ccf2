"""What somebody has begun to write and not shared yet: kept as it is typed, seen by nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from web import checks
from web.checks import LONGEST
from web.database import execute, for_update, in_one_transaction, new_id, now, row, rows, value
from web.entries.actions import kind_named
from web.errors import Invalid, there
from web.kinds import KINDS, Kind
from web.policy import Viewer, visible_to
from web.text import BODY_MAX
from web.times import DAY

MOST = 200
_KEPT = 30 * DAY
_BEGINNING = 300
_WORDS = {"title": 1000, "body": BODY_MAX, "quote": 10_000} | {
    name: LONGEST[name] for name in ("lead", "url", "tags", "summary", "series", "choices")
}
_TEXTS = (
    _WORDS
    | {"space": LONGEST["slug"], "also": 2000, "under": 200}
    | {name: LONGEST[name] for name in ("several", "until", "sort", "nameless", "put_to")}
)


class Draft(msgspec.Struct, frozen=True):
    """As it was typed; nothing in it has been checked for more than its length."""

    id: int
    kind: str
    entry: int | None
    base: int | None
    space: str
    parent: int | None
    title: str
    body: str
    lead: str
    url: str
    quote: str
    tags: str
    lang: str | None
    summary: str
    translates: int | None
    updated_at: int
    share_at: int | None
    hide_at: int | None
    failed: str
    series: str
    choices: str
    several: str
    until: str
    sort: str
    also: str
    under: str
    nameless: str
    put_to: str

    @property
    def is_a(self) -> Kind:
        return KINDS[self.kind]

    @property
    def gathered(self) -> tuple[int, ...]:
        """What was said in a conversation and is put into a page with it, by the ids."""
        return tuple(int(each) for each in self.also.split() if each.isdecimal() and len(each) < 17)

    def form(self) -> dict[str, str]:
        """The form it was typed into."""
        words = {name: getattr(self, name) for name in _TEXTS} | {"lang": self.lang or "", "draft": str(self.id)}
        numbers = {
            "parent": self.parent,
            "revision": self.base,
            "translates": self.translates,
            "gathers": next(iter(self.gathered), None),
        }
        return words | {name: str(number) for name, number in numbers.items() if number is not None}


_NAMES = ", ".join(Draft.__struct_fields__)


@in_one_transaction
async def keep(viewer: Viewer, form: Mapping[str, str], id: int | None = None) -> int | None:
    """Keeps what a form holds: in the draft `id` if the viewer has it, else in a new one. Gives its id. Where every word has
    been taken out of a form, its draft is thrown away as it was; None when there is none. Raises Invalid."""
    viewer.must("write")
    given = await _given(viewer, form)
    held = f"SELECT entry, base FROM draft WHERE id = {{}} AND person = {{}} {for_update()}"
    mine = await row(held, id, viewer.person) if id else None
    if mine and mine["entry"] is not None and given["entry"] is None:
        given |= mine  # it was shared meanwhile: what is typed now would change that
    if not any(given[name].strip() for name in _WORDS):
        if mine:
            await execute("UPDATE draft SET dropped_at = {} WHERE id = {}", now(), id)
        return id if mine else None
    if mine:
        places = ", ".join(f"{name} = {{}}" for name in given)
        await execute(f"UPDATE draft SET {places} WHERE id = {{}}", *given.values(), id)
        return id
    if int(await value("SELECT count(*) FROM draft WHERE person = {} AND dropped_at IS NULL", viewer.person)) >= MOST:
        raise Invalid("draft", "You have very many drafts. Share or throw away some of them first.")
    new = new_id()
    given |= {"id": new, "person": viewer.person, "created_at": now()}
    places = ", ".join("{}" for _ in given)
    await execute(f"INSERT INTO draft ({', '.join(given)}) VALUES ({places})", *given.values())
    return new


async def _given(viewer: Viewer, form: Mapping[str, str]) -> dict[str, Any]:
    """What is kept of a form, by column."""
    texts = {name: checks.text(name, form.get(name, ""), longest) for name, longest in _TEXTS.items()}
    return {
        **texts, "kind": kind_named(form.get("kind", "")).name, "lang": checks.language("lang", form.get("lang", "")),
        "base": checks.integer("revision", form.get("revision", "")), "entry": await _about(viewer, form, "entry"),
        "parent": await _about(viewer, form, "parent"), "translates": await _about(viewer, form, "translates"), "updated_at": now(), "dropped_at": None,
    }  # fmt: skip


async def _about(viewer: Viewer, form: Mapping[str, str], field: str) -> int | None:
    """The entry that a field names, if there is one that the viewer may read."""
    id = checks.integer(field, form.get(field, ""))
    found = "SELECT e.id FROM entry e WHERE e.id = {} AND {}"
    return None if id is None else await value(found, id, visible_to(viewer))


async def of(viewer: Viewer) -> tuple[Draft, ...]:
    """The viewer's own, the latest first, each with the beginning of its body."""
    names = _NAMES.replace("body", f"substr(body, 1, {_BEGINNING}) AS body")
    mine = f"SELECT {names} FROM draft WHERE person = {{}} AND dropped_at IS NULL ORDER BY updated_at DESC, id DESC"
    return tuple(_draft(each) for each in await rows(mine, viewer.person or 0))


async def draft(viewer: Viewer, id: int) -> Draft:
    """Raises NotThere, also when it is somebody else's."""
    mine = f"SELECT {_NAMES} FROM draft WHERE id = {{}} AND person = {{}}"
    found = there(await row(mine, there(id if 0 < id < 2**53 else None), viewer.person or 0))
    return _draft(found)


async def drop(viewer: Viewer, id: int, *, back: bool = False) -> None:
    """Throws one away, or takes it back for as long as `_KEPT`; it is not shared at any time then. Raises NotThere."""
    viewer.must("write")
    await draft(viewer, id)
    dropped = "UPDATE draft SET dropped_at = {}, share_at = NULL, hide_at = NULL, failed = '' WHERE id = {}"
    await execute(dropped, None if back else now(), id)
    await execute("DELETE FROM draft WHERE person = {} AND dropped_at < {}", viewer.person, now() - _KEPT)


async def shared(viewer: Viewer, id: int | None) -> None:
    """What was begun has become an entry."""
    await execute("DELETE FROM draft WHERE id = {} AND person = {}", id or 0, viewer.person or 0)


def _draft(found: dict[str, Any]) -> Draft:
    return Draft(**found)
