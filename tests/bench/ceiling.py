"""What this server can do at most: the same bytes from memory, by the same server and framework, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from litestar import Litestar, Response, get

_HELD = {path.name: path.read_bytes() for path in Path(os.environ["DUGNAD_BENCH_HELD"]).iterdir()}


@get("/health", sync_to_thread=False)
def bare() -> str:
    return "ok"


@get("/held/{name:str}")
async def held(name: str) -> Response[bytes]:
    return Response(_HELD[name], media_type="text/html; charset=utf-8")


app = Litestar([bare, held], logging_config=None, openapi_config=None)
