"""The only place that builds a path. Addresses of pages end in a slash, so that each becomes a file by name."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from web.entries.drafts import Draft
from web.entries.rows import Entry, Face, Place, Ref, Tag
from web.kinds import KINDS, Kind
from web.people.rows import Person, Space
from web.policy import Mine
from web.publishing.rows import Kept

WORDS = {
    "stream": "/",
    "followed": "/followed/",
    "new": "/new/",
    "spaces": "/spaces/",
    "people": "/people/",
    "tags": "/tags/",
    "own-tags": "/own-tags/",
    "tabs": "/tabs/",
    "suggestions": "/suggestions/",
    "titles": "/titles/",
    "glossary": "/glossary/",
    "who-knows": "/who-knows/",
    "highlights": "/highlights/",
    "changes": "/changes/",
    "search": "/search/",
    "bin": "/bin/",
    "settings": "/settings/",
    "notifications": "/notifications/",
    "sign-in": "/sign-in/",
    "sign-out": "/sign-out/",
    "forgotten": "/forgotten/",
    "files": "/files/",
    "complete": "/complete/",
    "preview": "/preview/",
    "palette": "/palette/",
    "similar": "/similar/",
    "drafts": "/drafts/",
    "live": "/live/",
    "snapshots": "/snapshots/",
    "upkeep": "/upkeep/",
    "entries": "/entries/",
    "accessibility": "/accessibility/",
    "welcome": "/welcome/",
    "help": "/help/",
    "style": "/style/",
    "favicon": "/favicon.ico",
    "manifest": "/manifest.webmanifest",
    "read": "/read/",
    "language": "/language/",
    "theme": "/theme/",
}
FEED = "feed.atom"
_KINDS = "|".join(kind.path for kind in KINDS.values() if kind.alone)
_FEED = re.compile(
    rf"(?:(?:followed|{_KINDS}|spaces/[^/]+(?:/(?:{_KINDS})|/series/[^/]+)?|people/[^/]+|tags/[^/]+)/)?{re.escape(FEED)}"
)


def url_of(thing: object, *more: object, **query: object) -> str:
    """The address of an entry, person, space, tag, kind or word; `more` goes on from there.

    An entry's own address is its kind's word, its id and a readable slug. What can be done with it, and its
    history, lie under `/entries/<id>/`: `url_of(entry, "history")`.
    """
    path = (
        _entry(thing, *more)
        if isinstance(thing, (Entry, Ref))
        else _path(thing) + "".join(f"{_safe(m)}/" for m in more)
    )
    given = {name: value for name, value in query.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(given)}" if given else path


def series_url(space: str, key: str) -> str:
    """The page of a series, by the slug of its space."""
    return f"/spaces/{space}/series/{_safe(key)}/"


def verb_url(entry: Entry | Ref | int, verb: str) -> str:
    """Where a verb is done to an entry, by POST."""
    return f"/entries/{entry if isinstance(entry, int) else entry.id}/{verb}"


def markdown_url(entry: Entry | Ref) -> str:
    """An entry's Markdown twin."""
    return f"{_entry(entry)}index.md"


def zip_url(thing: Entry | Ref | Space) -> str:
    """A page with all under it, or all pages of a space, as Markdown in one file."""
    return f"{_path(thing) if isinstance(thing, Space) else f'/entries/{thing.id}/'}markdown.zip"


def gone_url(entry: Entry | Ref) -> str:
    """Where it is told that it is in the bin."""
    return f"/{entry.is_a.path}/{entry.id}/"


def feed_url(here: str) -> str:
    """The feed of the list that begins at this address."""
    return f"{here}{FEED}"


def is_feed(path: str) -> bool:
    """Whether this is the address of a feed, however many slashes it is written with."""
    return _FEED.fullmatch("/".join(filter(None, path.split("/")))) is not None


_KEYED = re.compile(r"/feeds/([\w-]{20,100})(/.+)", re.ASCII)


def keyed_feed_url(secret: str, here: str) -> str:
    """The same, for a program that cannot say who it asks for: a key to feeds stands in the address."""
    return f"/feeds/{secret}{feed_url(here)}"


def keyed_feed(path: str) -> tuple[str, str] | None:
    """The key and the address of the feed, if that is one with a key."""
    found = _KEYED.fullmatch(path)
    return (found[1], found[2]) if found and is_feed(found[2]) else None


def permalink(entry: Entry | Ref | int) -> str:
    return f"/e/{entry if isinstance(entry, int) else entry.id}"


def draft_url(draft: Draft) -> str:
    """The form that a draft was typed into."""
    if draft.entry is not None:
        return url_of("entries", draft.entry, "edit", draft=draft.id)
    if draft.is_a.alone:
        return url_of("new", draft.kind, draft=draft.id)
    if draft.parent is not None:
        return url_of("entries", draft.parent, draft.is_a.verb, draft=draft.id)
    return url_of("drafts", draft.id)


def file_url(id: int, name: str) -> str:
    return f"/files/{id}/{quote(name, safe='')}"


def place_url(head: Entry | Ref, id: int) -> str:
    """Where a text stands on the page of what heads its conversation."""
    return url_of(head) + (f"#entry-{id}" if id != head.id else "")


def also_asking(path: str, query: str) -> str:
    """The same path with that query string, which comes from an address, before its fragment."""
    before, mark, fragment = path.partition("#")
    asked = quote(query, safe="/?:@!$&'()*+,;=%~[]")
    return f"{before}?{asked}{mark}{fragment}" if asked else path


def section_url(ref: Entry | Ref, anchor: str) -> str:
    """A section of a text, by the fragment of its heading."""
    return url_of(ref) + (f"#{_safe(anchor)}" if anchor else "")


def file_verb_url(id: int, verb: str) -> str:
    """Where something is done to a file, by POST."""
    return f"/files/{id}/{verb}"


def version_url(id: int, version: int, name: str) -> str:
    """A file as it was."""
    return f"/files/{id}/versions/{version}/{quote(name, safe='')}"


def small_url(id: int, name: str, width: int = 320) -> str:
    """A picture, no wider than that."""
    return f"/files/{id}/small/{width}/{quote(name, safe='')}"


def mail_url(to: str, words: str, title: str, body: str) -> str:
    """A letter that is begun already."""
    return f"mailto:{quote(to, safe='@')}?subject={_safe(f'{words}: {title}')}&body={_safe(body)}"


def _entry(entry: Entry | Ref, *more: object) -> str:
    if more:
        return f"/entries/{entry.id}/" + "".join(f"{_safe(m)}/" for m in more)
    return f"/{entry.is_a.path}/{entry.id}/" + (f"{entry.slug}/" if entry.slug else "")


def _path(thing: object) -> str:
    match thing:
        case str():
            return WORDS[thing]
        case Kind():
            return f"/{thing.path}/"
        case Person() | Face():
            return f"/people/{thing.handle}/"
        case Space() | Place() | Mine():
            return f"/spaces/{thing.slug}/"
        case Tag():
            return f"/tags/{_safe(thing.name)}/"
    raise TypeError(f"there is no address for {type(thing).__name__}")


def kept_url(kept: Kept) -> str:
    """Where a snapshot is downloaded."""
    return f"/snapshots/{kept.id}/{quote(kept.download, safe='')}"


def invitation_url(secret: str) -> str:
    """The link that lets somebody in, once."""
    return f"/invitation/{secret}/"


def reset_url(secret: str) -> str:
    """The link to choose a new password by, once."""
    return f"/reset/{secret}/"


def unsubscribe_url(secret: str) -> str:
    """Where somebody asks for no more letters, without signing in."""
    return f"/unsubscribe/{secret}/"


def kind_url(name: str) -> str:
    """The list of a kind."""
    return _path(KINDS[name])


def tag_url(name: str) -> str:
    return f"/tags/{_safe(name)}/"


def _safe(segment: object) -> str:
    return quote(str(segment), safe="")


def safe_next(target: object) -> str:
    """A path of this site that `target` names, or the front page: never another site's address."""
    if not isinstance(target, str) or not target.startswith("/") or target.startswith(("//", "/\\")):
        return WORDS["stream"]
    if any(ord(sign) < 33 or sign == "\\" for sign in target):
        return WORDS["stream"]
    return quote(target, safe="/?#[]@!$&'()*+,;=:%~")
