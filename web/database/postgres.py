"""PostgreSQL for Piccolo, with a pool and nothing asked of the server before it is needed."""

from __future__ import annotations

from typing import Any

from piccolo.engine.postgres import PostgresEngine
from piccolo.querystring import QueryString

from web.database.counting import count

_LEAST, _MOST = 1, 10


class PooledPostgres(PostgresEngine):
    def __init__(self, address: str) -> None:
        super().__init__(config={"dsn": address})

    async def check_version(self) -> None:
        """Not while the engine is built: the server may be away, and says so better when it is connected to."""

    async def start_connection_pool(self, **_: Any) -> None:
        await super().start_connection_pool(min_size=_LEAST, max_size=_MOST)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[dict[str, Any]]:
        count(str(querystring.template))
        return self.transform_response_to_dicts(await super().run_querystring(querystring, in_pool))
