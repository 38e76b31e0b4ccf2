"""One file per word in the menu; each ends with its `handlers`."""

from __future__ import annotations

from typing import Any

from litestar import Router

from web.routes import (
    asking,
    beginning,
    changes,
    drafts,
    editing,
    entries,
    feeds,
    files,
    gathering,
    glossary,
    highlights,
    history,
    holding,
    house,
    leaving,
    live,
    nameless,
    notifications,
    past,
    people,
    posts,
    putting,
    recall,
    search,
    settings,
    sign_in,
    snapshots,
    spaces,
    static,
    stream,
    style,
    suggestions,
    tabs,
    tags,
    talking,
    tending,
    titles,
    together,
    translating,
    trees,
    upkeep,
    verbs,
    welcome,
    world,
    writing,
)  # fmt: skip

ROUTES = [
    handler
    for room in (
        stream, tabs, highlights, feeds, entries, history, past, drafts, editing, writing, asking, beginning, suggestions, verbs, talking, holding, putting, nameless, gathering, posts, together, world, translating, spaces, people, tags, tending, titles, glossary, trees, leaving, upkeep, changes, search, files, sign_in, welcome, settings, snapshots, recall, house, style, live, notifications,
    )
    for handler in room.handlers
]  # fmt: skip
READ = [handler for handler in ROUTES if "GET" in handler.http_methods]
# Answered before anybody asks who it is for.
PLAIN = static.handlers


class OneRouter(Router):
    """Stands in one place of one application. Litestar would copy it with all that is in it, for it to stand in several, which takes
    a third of the time in which an application is made."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Router:
        return self
