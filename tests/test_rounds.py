"""What an open house does by itself ends when it closes."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from web.rounds import Rounds


async def test_work_that_takes_the_request_to_stop_for_itself_is_not_begun_again() -> None:
    """As a library may do that is closing a connection just then."""
    begun = asyncio.Event()
    times = 0

    async def work() -> None:
        nonlocal times
        times += 1
        begun.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    rounds = Rounds("Nothing", work)
    rounds.start()
    await begun.wait()
    resting = asyncio.create_task(rounds.rest())
    done, _ = await asyncio.wait({resting}, timeout=2)
    assert done and times == 1
