"""A client that is faster than the server: plain HTTP/1.1 over connections that stay open."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

CONNECTIONS = 8
_LENGTH = re.compile(rb"content-length: *(\d+)", re.I)


@dataclass(frozen=True)
class Measured:
    """Answers per second, the median time of one in ms, and the size of one in bytes."""

    rate: float
    median: float
    size: int


async def measure(port: int, request: Callable[[], bytes], seconds: float) -> Measured:
    """Asks again and again, on several connections at once. Raises AssertionError when an answer is no 2xx or 304."""
    await _on_one_connection(port, request, 0.3)
    found = await asyncio.gather(*(_on_one_connection(port, request, seconds) for _ in range(CONNECTIONS)))
    times = [each for times, _ in found for each in times]
    return Measured(len(times) / seconds, statistics.median(times) * 1000, max(size for _, size in found))


async def _on_one_connection(port: int, request: Callable[[], bytes], seconds: float) -> tuple[list[float], int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times, size, end = [], 0, time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        sent = request()
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.split(b" ", 2)[1][:1] == b"2" or b" 304 " in head[:20], (sent[:200], head[:200])
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        await reader.readexactly(size)
        times.append(time.perf_counter() - began)
    writer.close()
    return times, size


def get(path: str, headers: str) -> Callable[[], bytes]:
    sent = f"GET {path} HTTP/1.1\r\nhost: bench\r\n{headers}\r\n".encode()
    return lambda: sent


def post(path: str, headers: str, body: Callable[[], bytes]) -> Callable[[], bytes]:
    def request() -> bytes:
        sent = body()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {len(sent)}\r\n"
        )
        return f"{head}{headers}\r\n".encode() + sent

    return request
