"""What becomes of each page of a wiki: what it is called here, of which kind it is, and what it stands under."""

from __future__ import annotations

from web import checks
from web.database import new_id, rows
from web.entries.derived import title_key
from web.imports.mediawiki.names import CATEGORY, MAIN, MESSAGES, TEMPLATE, USER, is_address
from web.imports.mediawiki.settling import ANONYMOUS
from web.imports.mediawiki.spool import Page, Spool
from web.imports.memory import entries_under
from web.kinds import KINDS, Kind

PAGE, TALK = KINDS["page"], KINDS["thread"]
_DEEPEST = 40
# What is made for a namespace of which there are pages.
HEAD = "@"
# Their texts are for the wiki's own machine.
SOURCES = frozenset({MESSAGES, TEMPLATE, 828})


def is_talk(space: int) -> bool:
    return space > 0 and space % 2 == 1


def kind_of(page: Page) -> Kind:
    return TALK if is_talk(page.name.space) else PAGE


def is_source(page: Page) -> bool:
    return page.name.space in SOURCES and not page.name.bare.lower().endswith(("/doc", "/dok", "/dokumentasjon"))


def about(page: Page, spool: Spool) -> str:
    """The page that a talk is about, by its whole title."""
    return spool.names.name(page.name.bare, page.name.space - 1).whole if is_talk(page.name.space) else ""


async def plan(spool: Spool, prefix: str, space: int, *, keep: bool) -> None:
    """Settles titles, places and ids in the spool. `prefix`: of what was imported of this wiki before."""
    _heads(spool)
    known = await entries_under(space, prefix)
    taken = await _taken(space, prefix)
    db = spool.db
    db.execute("CREATE TEMP TABLE taken (key TEXT PRIMARY KEY) WITHOUT ROWID")
    db.executemany("INSERT OR IGNORE INTO taken VALUES (?)", ((key,) for key in taken))
    db.execute("BEGIN")
    for page in spool.pages():
        title = _title(page, keep)
        parent = _parent(spool, page)
        entry = known.get(page.ref) or new_id()
        db.execute(
            "UPDATE page SET title = ?, key = ?, parent = ?, entry = ? WHERE id = ?",
            (title, title_key(title), parent, entry, page.id),
        )
    db.execute("CREATE INDEX page_key ON page (key)")
    db.execute(
        "UPDATE page SET alone = 0 WHERE only_leads = 0 AND (key IN (SELECT key FROM page WHERE only_leads = 0 GROUP BY key "
        "HAVING count(*) > 1) OR key IN (SELECT key FROM taken))"
    )
    db.execute("COMMIT")
    spool.page_of.cache_clear()


def _heads(spool: Spool) -> None:
    """A page over all of a namespace, where the wiki has none that is called so."""
    for (space,) in spool.db.execute(
        "SELECT DISTINCT space FROM page WHERE only_leads = 0 AND space > 0 AND space % 2 = 0"
    ).fetchall():
        word = spool.names.word(space) or f"Namespace {space}"
        if spool.db.execute("SELECT 1 FROM page WHERE whole = ? AND only_leads = 0", (word,)).fetchone() is None:
            spool.db.execute(
                "INSERT INTO page (ref, space, whole, bare) VALUES (?, ?, ?, ?)", (f"{HEAD}{space}", MAIN, word, word)
            )


async def _taken(space: int, prefix: str) -> set[str]:
    """Titles that something else has in the space."""
    found = await rows(
        "SELECT DISTINCT e.title_key FROM entry e WHERE e.space = {} AND e.title_key <> '' AND e.trashed_at IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM imported i WHERE i.entry = e.id AND i.path >= {} AND i.path < {})",
        space, prefix, prefix + "\U0010ffff",
    )  # fmt: skip
    return {each["title_key"] for each in found}


def _title(page: Page, keep: bool) -> str:
    whole = page.name.whole
    if page.name.space // 2 == USER // 2 and not keep and is_address(page.name.bare.partition("/")[0]):
        _, slash, rest = page.name.bare.partition("/")
        whole = f"{whole.partition(':')[0]}:{ANONYMOUS} {page.id}{slash}{rest}"
    whole = "".join(sign for sign in whole if not checks.INVISIBLE.match(sign)).strip() or f"({page.ref})"
    return whole if len(whole) <= PAGE.title_max else whole[: PAGE.title_max - 1] + "…"


def _parent(spool: Spool, page: Page) -> int | None:
    if is_talk(page.name.space) or page.ref.startswith(HEAD):
        return None
    above = page.name.whole
    if above.count("/") < _DEEPEST:
        while "/" in above:
            above = above.rpartition("/")[0]
            found = spool.db.execute(
                "SELECT id FROM page WHERE whole = ? AND only_leads = 0 AND id <> ?", (above, page.id)
            ).fetchone()
            if found:
                return int(found[0])
    if page.name.space == MAIN:
        return None
    word = spool.names.word(page.name.space) or f"Namespace {page.name.space}"
    found = spool.db.execute(
        "SELECT id FROM page WHERE whole = ? AND only_leads = 0 AND id <> ?", (word, page.id)
    ).fetchone()
    return int(found[0]) if found else None


def own_category(page: Page) -> str:
    return page.name.bare if page.name.space == CATEGORY else ""
