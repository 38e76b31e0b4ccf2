"""How often a question that was asked before is found by whoever asks it in other words: in the demo house, in both databases."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.bench.house import databases
from web.app import TABLES
from web.database import close_database, open_database
from web.database.migrate import migrate
from web.demo import fill
from web.entries.alike import alike
from web.people import queries as people
from web.policy import Viewer
from web.settings import Settings
from web.storage import storage_of

FEW = 5


@dataclass(frozen=True)
class Reached:
    """`found`: where each was found, from 1 on, or None; `ms`: how long it took, sorted."""

    found: dict[str, int | None]
    ms: list[float]

    @property
    def recall(self) -> float:
        return sum(place is not None and place <= FEW for place in self.found.values()) / len(self.found)

    @property
    def rank(self) -> float:
        """The mean of the reciprocals of the places."""
        return sum(1 / place for place in self.found.values() if place) / len(self.found)


def reworded() -> dict[str, dict[str, str]]:
    """By language, what is typed and the title of the question that was meant."""
    found: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return found


async def reached(viewer: Viewer, asked: dict[str, str]) -> Reached:
    found: dict[str, int | None] = {}
    took = []
    for typed, meant in asked.items():
        began = time.perf_counter()
        titles = [each.entry.title for each in await alike(viewer, typed, "question", limit=20)]
        took.append((time.perf_counter() - began) * 1000)
        found[typed] = titles.index(meant) + 1 if meant in titles else None
    return Reached(found, sorted(took))


async def measure(place: str, told: bool) -> None:
    if place.startswith("postgresql"):
        connection = await asyncpg.connect(place.format("postgres"))
        await connection.execute("CREATE DATABASE asking")
        await connection.close()
    await open_database(place.format("asking"), TABLES)
    await migrate()
    with tempfile.TemporaryDirectory(prefix="dgbench") as folder:
        await fill(storage_of(Settings(place, Path(folder), "s", "http://dugnad.test")))
    viewer = await people.viewer_by_handle("emma")
    for language, asked in reworded().items():
        made = await reached(viewer, asked)
        print(
            f"  {language}: {len(asked)} questions, recall at {FEW} {made.recall:.2f}, reciprocal rank {made.rank:.2f}, "
            f"p50 {made.ms[len(made.ms) // 2]:.1f} ms, p99 {made.ms[-1]:.1f} ms"
        )
        for typed, at in made.found.items():
            if told and (at is None or at > FEW):
                print(f"    {at or '-'}: {typed}  ({asked[typed]})")
    await close_database()


def main() -> None:
    parser = argparse.ArgumentParser("make bench-asking", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--missed", action="store_true", help="say which were not found")
    asked = parser.parse_args()
    with databases(asked.engine) as places:
        for engine, place in places.items():
            print(engine)
            asyncio.run(measure(place, asked.missed))


if __name__ == "__main__":
    main()
