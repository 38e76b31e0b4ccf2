"""An open house publishes what is due by itself, in a process of its own, so that whoever reads meanwhile waits for nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from dataclasses import asdict

from web.publishing import runs
from web.settings import PREFIX, Settings
from web.times import zone_named

_log = logging.getLogger("dugnad")
# In seconds: who is asked to stop has that long to do so.
_PATIENCE = 5.0


async def publish_due(settings: Settings) -> None:
    """Everything that is to be made now, one after the other. Of several processes that do so at once, one has each."""
    while await runs.is_due() and (run := await runs.take(zone_named(settings.zone))):
        await _made_aside(settings, run)


async def _made_aside(settings: Settings, run: int) -> None:
    try:
        status, said = await aside(settings, "snapshots", "--run", str(run))
    except asyncio.CancelledError:
        await runs.let_go(run)
        raise
    if status:
        _log.warning("An edition was not made (%d): %s", status, said)
    # What was ended by force has noted nothing; what has noted something has let go.
    await runs.broke_off(run)


async def aside(settings: Settings, *command: str) -> tuple[int, str]:
    """What `dugnad …` would do in this house, in a process of its own: how it ended, and what it said of what went wrong. Whoever is
    asked to stop stops it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web.cli", *command, env=_environment(settings),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        await _stopped(process)
        raise
    return process.returncode or 0, said.decode(errors="replace").strip()


async def _stopped(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE)
        except TimeoutError:
            process.kill()


def _environment(settings: Settings) -> dict[str, str]:
    """The settings of this house, wherever they came from."""
    given = {f"{PREFIX}{name.upper()}": str(value) for name, value in asdict(settings).items()}
    return {**os.environ, **given}
