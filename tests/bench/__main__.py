"""Measures a real server and prints, for each database and size, how each page compares with the smallest answer and with the
same bytes from memory in the same run."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.bench.fanout import fan_out
from tests.bench.house import House, databases, fill
from tests.bench.load import Answered, Asked, load
from tests.bench.pages import growing, not_changed, readings, writings
from tests.bench.server import Server, ceiling, dugnad
from web.app import create_app
from web.database import counted_statements
from web.settings import read_settings

_ROUNDS, _TIMES = 3, 21
_COLUMNS = ("a second", "p50 ms", "p99 ms", "statements", "cpu ms", "kB", "of ceiling")


def main() -> None:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--entries", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each thing is measured, thrice")
    parser.add_argument("--out", type=Path, default=Path("var/bench"), help="where the figures are kept")
    asked = parser.parse_args()
    found: dict[str, Any] = {"at": int(time.time()), "seconds": asked.seconds, "runs": []}
    with databases(asked.engine) as places:
        for entries in asked.entries:
            for engine, place in places.items():
                address, house = asyncio.run(fill(place, entries))
                run = {"engine": engine, "entries": entries, **_measured(address, house, asked.seconds)}
                print(_table(run), flush=True)
                found["runs"].append(run)
    print(_growth(found["runs"]))
    asked.out.mkdir(parents=True, exist_ok=True)
    kept = asked.out / time.strftime("%Y-%m-%d-%H%M%S.json")
    kept.write_text(json.dumps(found, indent=1))
    print(f"Kept in {kept}: make bench-compare A={kept} B=…")


def _measured(address: str, house: House, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "DUGNAD_DATABASE": address, "DUGNAD_DATA": str(Path(folder, "data"))}
        held = Path(folder, "held")
        held.mkdir()
        with dugnad(environ) as server:
            reads, writes = readings(house), writings(house)
            counted, anew = asyncio.run(_inside(environ, reads, growing(house)))
            for number, reading in enumerate(reads.values()):
                answer = httpx.get(f"http://127.0.0.1:{server.port}{reading.path}", headers=reading.headers[0])
                (held / str(number)).write_bytes(answer.raise_for_status().content)
            with ceiling(held) as top:
                bare = load(top.port, Asked("/health"), seconds)
                found = {
                    name: _compared(server, reading, top, Asked(f"/held/{number}"), seconds)
                    | {"statements": counted[name]}
                    for number, (name, reading) in enumerate(reads.items())
                }
                found["304"] = _compared(server, reads["stream"], top, Asked("/health"), seconds, kept=True)
                found |= {
                    name: _compared(server, writing, top, Asked("/health"), seconds) for name, writing in writes.items()
                }
            warm = server.megabytes()
            told = asyncio.run(fan_out(server.port, house))
            return {
                "bare": bare.rate, "pages": found, "anew": anew, "fan-out": told, "megabytes": warm, "megabytes listened to": server.megabytes(),
                "started": server.started,
            }  # fmt: skip


def _compared(
    server: Server, asked: Asked, top: Server, its_ceiling: Asked, seconds: float, *, kept: bool = False
) -> dict[str, float]:
    """In turns, so that whatever else the machine does slows both."""
    load(server.port, asked, 1)  # warm
    rounds: list[tuple[Answered, Answered, float]] = []
    for _ in range(_ROUNDS):
        answered, used = _kept(server, asked, seconds) if kept else _loaded(server, asked, seconds)
        rounds.append((answered, load(top.port, its_ceiling, seconds), used / answered.asked * 1000))
    answered, _, cpu = sorted(rounds, key=lambda each: each[0].rate)[_ROUNDS // 2]
    ratio = statistics.median(each.rate / most.rate for each, most, _ in rounds)
    return {
        "rate": answered.rate, "p50": answered.p50, "p99": answered.p99, "kB": answered.bytes / 1000, "cpu": cpu,
        "ratio": ratio, "statements": 0,
    }  # fmt: skip


def _loaded(server: Server, asked: Asked, seconds: float) -> tuple[Answered, float]:
    """With the seconds of the processor that it took."""
    used = server.seconds()
    return load(server.port, asked, seconds), server.seconds() - used


def _kept(server: Server, asked: Asked, seconds: float) -> tuple[Answered, float]:
    """The same, by one whose browser has it. How far people have read is kept now and then, after which it is another page: then once more."""
    for _ in range(_ROUNDS):
        if _in_one_minute(seconds):
            with suppress(AssertionError):
                return _loaded(server, not_changed(server.port, asked), seconds)
    raise AssertionError("it changes all the time")


def _in_one_minute(seconds: float) -> bool:
    """Waits until no minute ends meanwhile: what is told by the minute would change."""
    if (left := 60 - time.time() % 60) < seconds + 2:
        time.sleep(left)
    return True


async def _inside(
    environ: dict[str, str], reads: dict[str, Asked], grows: dict[str, Asked]
) -> tuple[dict[str, int], dict[str, float]]:
    """In this process: how many statements each page takes, and how many ms (the middle of several) those that may not grow
    with the house take to be made anew."""
    app = create_app(read_settings(environ))
    transport = httpx.ASGITransport(app=app)
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://bench") as client:

        async def ask(asked: Asked, number: int = 0) -> float:
            app.state.pages.clear()
            body = asked.bodies[0].replace("{n}", f"{time.time_ns()}") if asked.bodies else None
            began = time.perf_counter()
            answer = await client.request(asked.method, asked.path, headers=asked.headers[0], content=body)
            assert answer.status_code == asked.status, (asked.path, answer.text[:200])
            return (time.perf_counter() - began) * 1000

        counts = {}
        for name, reading in reads.items():
            await client.get(reading.path, headers=reading.headers[0])
            app.state.pages.clear()
            with counted_statements() as counted:
                await client.get(reading.path, headers=reading.headers[0])
            counts[name] = len(counted)
        took = defaultdict[str, list[float]](list)
        for _ in range(_TIMES):  # in turns: what is asked for first is not the only one that meets a cold house
            for name, asked in grows.items():
                took[name].append(await ask(asked))
        return counts, {name: statistics.median(times) for name, times in took.items()}


def _growth(runs: list[dict[str, Any]]) -> str:
    """What takes how long in the smallest house and in the largest."""
    by = {(run["engine"], run["entries"]): run["anew"] for run in runs}
    small, large = min(entries for _, entries in by), max(entries for _, entries in by)
    lines = ["\nms to make it anew, in one process", f"{'':<34}" + f"{small:>12,}{large:>12,}{'times':>12}"]
    for engine in dict.fromkeys(engine for engine, _ in by):
        for name, before in by[engine, small].items():
            after = by[engine, large][name]
            lines.append(f"{engine + ', ' + name:<34}{before:>12.1f}{after:>12.1f}{after / before:>12.1f}")
    return "\n".join(lines)


def _table(run: dict[str, Any]) -> str:
    told = run["fan-out"]
    lines = [
        f"\n{run['engine']}, {run['entries']:,} entries, one worker; bare answers a second: {run['bare']:,.0f}",
        f"{'':<20}" + "".join(f"{name:>12}" for name in _COLUMNS),
    ]
    for name, each in run["pages"].items():
        lines.append(
            f"{name:<20}{each['rate']:>12,.0f}{each['p50']:>12.1f}{each['p99']:>12.1f}{each['statements'] or '':>12}"
            f"{each['cpu']:>12.2f}{each['kB']:>12.1f}{each['ratio']:>12.3f}"
        )
    lines.append(
        f"{told['heard']} of {told['listeners']} listeners heard, half of them in {told['p50']:.0f} ms, 99 of 100 in "
        f"{told['p99']:.0f}; the worker held {run['megabytes']:.0f} MB, and {run['megabytes listened to']:.0f} with them; "
        f"first answer after {run['started']:.1f} s"
    )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
