"""The servers that are measured, each a process of its own on the same processor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.bench.load import SERVED_ON
from tests.serving import free_port

_TICKS = os.sysconf("SC_CLK_TCK")
_CEILING = (
    "from granian import Granian; from granian.constants import Interfaces, Loops; import sys; "
    "Granian('tests.bench.ceiling:app', address='127.0.0.1', port=int(sys.argv[1]), interface=Interfaces.ASGI, "
    "loop=Loops.uvloop, log_enabled=False).serve()"
)


@dataclass(frozen=True)
class Server:
    """`started`: seconds until the first answer."""

    port: int
    pid: int
    started: float

    def _workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def seconds(self) -> float:
        """Of processor time that its workers have used."""
        stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self._workers()]
        return sum(int(each[11]) + int(each[12]) for each in stats) / _TICKS

    def megabytes(self) -> float:
        """Of memory that the largest of its workers holds for itself (not what it shares with the database's file)."""
        held = [
            int(line.split()[1]) / 1024
            for pid in self._workers()
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if line.startswith("RssAnon:")
        ]
        return max(held)


@contextmanager
def dugnad(environ: Mapping[str, str]) -> Iterator[Server]:
    with _started(lambda port: ["-m", "web.cli", "run", "--port", str(port)], environ) as server:
        yield server


@contextmanager
def ceiling(held: Path) -> Iterator[Server]:
    """Answers `/held/NAME` with the file of that name, and `/health`."""
    environ = {**os.environ, "DUGNAD_BENCH_HELD": str(held)}
    with _started(lambda port: ["-c", _CEILING, str(port)], environ) as server:
        yield server


@contextmanager
def _started(command: object, environ: Mapping[str, str]) -> Iterator[Server]:
    port, began = free_port(), time.perf_counter()
    arguments: list[str] = command(port)  # type: ignore[operator]
    process = subprocess.Popen(
        [sys.executable, *arguments], env=environ, stdout=subprocess.DEVNULL,
        preexec_fn=lambda: os.sched_setaffinity(0, SERVED_ON),
    )  # fmt: skip
    try:
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/health").raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None and time.perf_counter() - began < 30, "the server did not start"
                time.sleep(0.02)
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(20)
