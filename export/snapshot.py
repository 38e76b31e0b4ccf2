"""The snapshot of a house: whether the one that is published is right, and if it is not, the next one."""

from __future__ import annotations

import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from export.audience import METADATA, Snapshot, way_back
from export.kept import Kept
from export.leaks import Secrets
from export.manifest import Manifest, is_portable
from export.placing import Workshop, workshop
from export.plan import Plan, asked, plan
from export.report import Report, refuse_broken, report
from export.telling import telling
from web.errors import NotDone
from web.policy import Viewer
from web.publishing.recalled import recall_of
from web.publishing.signing import SigningKey
from web.settings import Settings
from web.words import DEFAULT

if TYPE_CHECKING:
    from litestar import Litestar

Progress = Callable[[int, int], None]


async def export(
    build: Callable[[], Litestar], settings: Settings, audience: str, out: Path, *, progress: Progress = lambda done, known: None,
    language: str = DEFAULT, history: bool = False, spaces: Sequence[str] = (), strict: bool = False,
    key: SigningKey | None = None, processes: int | None = None, moment: int = 0, hidden: Secrets | None = None,
    pack: Callable[[Path], object] | None = None, metadata: str = METADATA[0],
) -> Report:  # fmt: skip
    """Publishes the house for an audience into the folder `out`; what is right there already stays as it is. The caller has the
    database open. `build` gives the application, when there is something to ask it for.

    With `history`, older texts come along; with `spaces`, nothing but what is in these; a `strict` one has no broken links; one with a `key`
    is signed. Of a house as it stood, `moment` says when (ms), and `hidden` what may not be read of it (`past_house`). `pack` makes
    something else of the folder, while nobody can publish into it. `metadata`: whether files keep what they say of themselves.
    Raises NotDone; then what was published before still stands.
    """
    recall, back = recall_of(settings, audience), way_back(settings, audience)
    snapshot = Snapshot(audience, settings.url, history, tuple(sorted(spaces)), moment, recall, back, metadata)
    viewer = await snapshot.viewer()
    if is_portable(out):
        raise NotDone(f"{out} holds a house in Markdown. Choose another folder, or empty it first.")
    began, language = time.monotonic(), viewer.language or language
    with workshop(out) as shop, _seldom_tidied():
        shop.open()
        try:
            kept = Kept(settings.data / "cache" / "plans")
            # What changes after this is noticed the next time, or has come along already.
            as_of, planned = await _planned(viewer, snapshot, language, shop, kept)
            if shop.before and _is_right(shop, shop.before, planned, as_of, key):
                published, removed = shop.before, list[str]()
                if strict:
                    refuse_broken(published)
                shop.throw_away()
            else:
                from export.run import Run  # heavy rooms, which nobody enters when there is nothing to make

                run = Run(
                    cache(build),
                    settings,
                    viewer,
                    snapshot,
                    language,
                    shop,
                    planned or await plan(viewer, snapshot, language),
                    as_of,
                    strict=strict,
                    key=key,
                    hidden=hidden,
                )
                await run.make(progress, processes or processors())
                published, removed = await run.publish()
            if pack:
                await asyncio.to_thread(pack, out)
            told = await telling(viewer, settings, published.pages) if snapshot.strips else []
            return report(audience, published, shop.before, removed, told, time.monotonic() - began)
        except Exception:
            shop.throw_away()
            raise


async def _planned(
    viewer: Viewer, snapshot: Snapshot, language: str, shop: Workshop, kept: Kept
) -> tuple[int, Plan | None]:
    """When (ms) something last happened; and no plan when it is that by which what was published before was made."""
    made_of = await asked(viewer, snapshot, language)
    as_of, sum = snapshot.moment or made_of.found.last_change(), made_of.sum()
    stamp = kept.read(sum, str) if shop.is_begun else None
    if stamp is None:
        made = made_of.plan()
        kept.write(sum, made.stamp)
        kept.forget_old()
        return as_of, made
    del made_of  # what was published before takes as much room again
    kept.use(sum)
    return as_of, None if shop.before and shop.before.plan == stamp else await plan(viewer, snapshot, language)


def _is_right(shop: Workshop, before: Manifest, planned: Plan | None, as_of: int, key: SigningKey | None) -> bool:
    """Whether what was published before is what would be published now."""
    stamp = planned.stamp if planned else before.plan
    if (before.plan, before.as_of, before.key) != (stamp, as_of, key.name if key else ""):
        return False
    return shop.is_signed == bool(key) and all(map(shop.stands, before.files))


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _seldom_tidied() -> Iterator[None]:
    """All that is held here is needed until the end: looking through it again and again for what is not took a third of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
