"""A transaction of SQLite's one writer: who holds the connection, and how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from piccolo.engine.sqlite import SQLiteTransaction, TransactionType

if TYPE_CHECKING:
    from web.database.sqlite import PooledSQLite

# So many rows are written into the log faster than a thread is reached.
_FEW = 500


class Lease:
    """The writing connection, for as long as one transaction holds it."""

    def __init__(self, engine: PooledSQLite) -> None:
        self.engine = engine
        self.open = True
        self._before = engine.written()

    @property
    def rows(self) -> int:
        """How many were written so far."""
        return self.engine.written() - self._before

    async def execute(self, sql: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]:
        if not self.open:
            raise RuntimeError("this transaction has ended")
        return await self.engine.write(sql, args)

    async def close(self) -> None:
        self.release()

    def release(self, *, ended: bool = False) -> None:
        """Never awaits, so that a cancelled task lets go as well. The one writing thread works in order: what is left of a
        transaction that has not `ended` is rolled back before the next holder begins."""
        if self.open:
            self.open = False
            if not ended:
                self.engine.roll_back_later()
            self.engine.writing.release()


class Transaction(SQLiteTransaction):
    async def __aenter__(self) -> Transaction:
        if self._parent is not None:
            return self._parent  # type: ignore[return-value]
        self.connection = await self.get_connection()
        try:
            await self.begin()
        except BaseException:
            self.connection.release()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def begin(self) -> None:
        if self.transaction_type is TransactionType.deferred or not self.connection.engine.began_here():
            await super().begin()

    async def commit(self) -> None:
        if self.connection.rows > _FEW or not self.connection.engine.committed_here():
            await super().commit()
        self._committed = True
        if self.transaction_type is not TransactionType.deferred:
            self.connection.engine.log.grew(self.connection.rows)

    async def __aexit__(self, kind: object, wrong: object, trace: object) -> bool:
        if self._parent is not None:
            return wrong is None
        try:
            if wrong is not None:
                if not self._rolled_back:
                    await self.rollback()
            elif not self._committed and not self._rolled_back:
                await self.commit()
        finally:
            self.engine.current_transaction.reset(self.context)
            self.connection.release(ended=self._committed or self._rolled_back)
        if self._committed and self.transaction_type is not TransactionType.deferred:
            await self.connection.engine.log.on_disk()
        return wrong is None
