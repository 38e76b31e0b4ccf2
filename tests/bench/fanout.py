"""How soon everybody who has a page open hears of something new."""

from __future__ import annotations

import asyncio
import statistics
import time

import httpx

from tests.bench.house import House

_LISTENERS = 500
_WAIT = 8.0


async def fan_out(port: int, house: House) -> dict[str, float]:
    """The times in ms from an entry that is shared until half, 99 of 100 and all of the listeners have heard."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(_LISTENERS)]
    since = int(time.time() * 1000)
    for (_, writer), session in zip(opened, house.sessions * _LISTENERS, strict=False):
        writer.write(f"GET /live?since={since} HTTP/1.1\r\nhost: bench\r\ncookie: dugnad={session}\r\n\r\n".encode())
    await asyncio.gather(*(reader.readuntil(b'"news": 0') for reader, _ in opened))
    began = time.perf_counter()

    async def heard(reader: asyncio.StreamReader) -> float:
        await reader.readuntil(b'"news": 1')
        return (time.perf_counter() - began) * 1000

    listening = [asyncio.create_task(heard(reader)) for reader, _ in opened]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        said = {"kind": "micropost", "space": "house", "body": "Something new"}
        # The first of them does not hear of what is their own.
        answer = await client.post("/api/entries", json=said, headers={"authorization": f"Bearer {house.token}"})
        answer.raise_for_status()
    done, waiting = await asyncio.wait(listening, timeout=_WAIT)
    for each in waiting:
        each.cancel()
    for _, writer in opened:
        writer.close()
    times = sorted(each.result() for each in done if not each.exception())
    return {
        "listeners": _LISTENERS, "heard": len(times), "p50": statistics.median(times),
        "p99": times[int(len(times) * 0.99) - 1], "all": times[-1],
    }  # fmt: skip
