"""Where the time of one page goes: its statements, and the functions that make it. Asked as the house's first administrator."""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import time

import httpx

from web.app import create_app, opened
from web.database import counted_statements, rows
from web.identity import cookie_name
from web.people import actions, queries
from web.settings import read_settings


async def profile(page: str, times: int) -> None:
    settings = read_settings()
    async with opened(settings):
        session = await actions.start_session((await queries.first_administrator()).me)
    app = create_app(settings)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url=settings.url, cookies={cookie_name(settings): session}
    )
    async with app.lifespan(), client:

        async def ask() -> httpx.Response:
            app.state.pages.clear()  # it is about making the page, and not about having it
            return await client.get(page)

        answer = await ask()
        print(f"{page}: {answer.status_code}, {len(answer.content) / 1000:.1f} kB")
        await ask()
        with counted_statements() as asked:
            await ask()
        for statement in asked:
            began = time.perf_counter()
            found = await rows("{}", statement) if "PRAGMA" not in str(statement) else []
            took = (time.perf_counter() - began) * 1000
            print(f"{took:8.2f} ms {len(found):5} rows  {' '.join(str(statement).split())[:150]}")
        profiler = cProfile.Profile(time.thread_time)  # what others do on the machine does not count
        began = time.perf_counter()
        with profiler:
            for _ in range(times):
                await ask()
        print(f"{(time.perf_counter() - began) / times * 1000:.1f} ms each, watched")
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)


def main() -> None:
    parser = argparse.ArgumentParser("make profile", description=__doc__)
    parser.add_argument("page", help="its address, /…")
    parser.add_argument("--times", type=int, default=100)
    asked = parser.parse_args()
    asyncio.run(profile(asked.page, asked.times))


if __name__ == "__main__":
    main()
