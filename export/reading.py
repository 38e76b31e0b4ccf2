"""Reading the house from inside: the application is asked in process, as the audience."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from litestar import Litestar

from web.identity import SNAPSHOT, VIEWER
from web.policy import Viewer


@dataclass(frozen=True)
class Snapshot:
    """What the pages know of the snapshot they become part of."""

    audience: str
    live: str


@asynccontextmanager
async def reader(app: Litestar, viewer: Viewer, snapshot: Snapshot, language: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that reads as the viewer. It reaches this application and nothing else."""

    async def as_viewer(scope: Any, receive: Any, send: Any) -> None:
        scope |= {VIEWER: viewer, SNAPSHOT: snapshot}
        await app(scope, receive, send)

    transport = httpx.ASGITransport(as_viewer, raise_app_exceptions=False)
    headers = {"accept-language": language, "accept-encoding": "identity"}
    async with httpx.AsyncClient(transport=transport, base_url="http://snapshot.invalid", headers=headers) as client:
        yield client
