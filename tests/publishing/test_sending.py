"""A bucket that others read from is readable at any moment, whatever breaks in the middle."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from export.manifest import FORMAT, MANIFEST, SIGNED, File, Manifest, decoded, written
from export.sending import media_type, send
from web.bucket import Bucket
from web.bucket import bucket as bucket_at
from web.errors import NotDone, Unavailable

BEGUN = "sending.json"


class Wire:
    """Between the house and a bucket; it breaks when so many more things have been put there or taken away."""

    def __init__(self, to: str) -> None:
        self.to, self.holds = to, 10**9
        self.asked: list[str] = []
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None: ...

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if self.command in ("PUT", "POST", "DELETE"):
                    wire.holds -= 1
                    if wire.holds < 0:
                        self.connection.shutdown(socket.SHUT_RDWR)
                        self.close_connection = True
                        return
                    wire.asked += [f"{self.command} {name}" for name in _named(self.path, body)]
                given = {
                    name: each for name, each in self.headers.items() if name.lower() not in ("host", "connection")
                }
                answer = httpx.request(self.command, f"{wire.to}{self.path}", content=body, headers=given)
                self.send_response(answer.status_code)
                for name, each in answer.headers.items():
                    if name.lower() not in ("connection", "transfer-encoding", "content-length"):
                        self.send_header(name, each)
                self.send_header("content-length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_PUT = do_POST = do_DELETE = _pass_on

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def _named(path: str, body: bytes) -> list[str]:
    """What is put, or (of several at once) taken away."""
    if path.endswith("?delete"):
        return [name.decode() for name in re.findall(rb"<Key>site/([^<]*)</Key>", body)]
    return [path.partition("/site/")[2]]


@pytest.fixture
def wire(s3: str) -> Iterator[Wire]:
    made = Wire(s3)
    threading.Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


class Place:
    """A bucket, as the house reaches it over the wire, and as its readers do past it."""

    def __init__(self, url: str, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        self.readers = bucket_at(f"{url}/site")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{wire.server.server_port}")
        self.house: Bucket = bucket_at(f"{url}/site")

    def get(self, name: str) -> bytes | None:
        return asyncio.run(self.readers.get_named(name))

    def all(self) -> dict[str, bytes]:
        async def read() -> dict[str, bytes]:
            names = [each["path"] async for some in self.readers.store.list() for each in some]
            return {name: await self.readers.get_named(name) or b"" for name in names}

        return asyncio.run(read())

    def told(self) -> set[str]:
        """What the manifest there names."""
        found = decoded(self.get(MANIFEST) or b"")
        return set(found.files) if found else set()


@pytest.fixture
def place(bucket: str, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Place:
    return Place(bucket, wire, monkeypatch)


def site(folder: Path, files: dict[str, str], signed: str = "") -> Path:
    """A snapshot in a folder."""
    for path in [each for each in folder.rglob("*") if each.is_file()]:
        path.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    told = {name: File(hashlib.sha256(text.encode()).hexdigest(), len(text)) for name, text in sorted(files.items())}
    (folder / MANIFEST).write_bytes(written(Manifest(FORMAT, "everyone", 1, "", "", "", signed, told, {}, [])))
    if signed:
        (folder / SIGNED).write_text(signed)
    return folder


FIRST = {"index.html": "1", "a/index.html": "a1", "b/index.html": "b1", "static/1/x.css": "x{}", "e/1/index.html": "e"}
# Two are others, two are new, and two are gone.
SECOND = {"index.html": "2", "a/index.html": "a2", "c/index.html": "c", "static/2/x.css": "y{}", "e/1/index.html": "e"}


def brought(folder: Path, place: Place) -> int:
    return asyncio.run(send(folder, place.house))


def held(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_new_comes_first_the_manifest_last_and_then_things_go(tmp_path: Path, place: Place, wire: Wire) -> None:
    assert brought(site(tmp_path, FIRST), place) == 5 and place.all() == held(tmp_path)
    assert wire.asked[0] == f"PUT {BEGUN}" and wire.asked[6] == f"PUT {MANIFEST}"
    wire.asked = []
    assert brought(site(tmp_path, SECOND), place) == 4 and place.all() == held(tmp_path)
    sent = [
        f"PUT {BEGUN}",
        "PUT c/index.html",
        "PUT static/2/x.css",
        "PUT a/index.html",
        "PUT index.html",
        f"PUT {MANIFEST}",
    ]
    assert [wire.asked[0], *sorted(wire.asked[1:3]), *sorted(wire.asked[3:5]), wire.asked[5]] == sent
    gone = {each.partition(" ")[2] for each in wire.asked[6:]}
    assert gone == {"b/index.html", "static/1/x.css", SIGNED, BEGUN} and wire.asked[-1].endswith(BEGUN)
    wire.asked = []
    assert brought(tmp_path, place) == 0 and wire.asked == [], "nothing is sent when nothing has changed"


@pytest.mark.parametrize("holds", [2, 4, 6, 8])
def test_the_former_one_can_be_read_wherever_it_breaks(tmp_path: Path, place: Place, wire: Wire, holds: int) -> None:
    brought(site(tmp_path, FIRST), place)
    site(tmp_path, SECOND)
    wire.holds = holds
    with pytest.raises(Unavailable):
        brought(tmp_path, place)
    assert place.told() <= set(place.all()), "no reader is told of what is not there"
    assert place.told() == set(FIRST if holds < 6 else SECOND)
    wire.holds = 10**9
    brought(tmp_path, place)
    assert place.all() == held(tmp_path)


def test_what_was_half_sent_and_taken_back_is_taken_back_there_too(tmp_path: Path, place: Place, wire: Wire) -> None:
    """The manifest there never told of it."""
    brought(site(tmp_path, FIRST), place)
    wire.holds = 4
    with pytest.raises(Unavailable):
        brought(site(tmp_path, SECOND), place)
    assert b"c" in place.all().values()
    wire.holds = 10**9
    brought(site(tmp_path, FIRST), place)
    assert place.all() == held(tmp_path)


def test_a_first_time_that_broke_off_is_gone_on_with(tmp_path: Path, place: Place, wire: Wire) -> None:
    wire.holds = 3
    with pytest.raises(Unavailable):
        brought(site(tmp_path, FIRST), place)
    assert place.get(MANIFEST) is None
    wire.holds = 10**9
    brought(tmp_path, place)
    assert place.all() == held(tmp_path)


def test_a_signature_comes_and_goes_with_its_manifest(tmp_path: Path, place: Place) -> None:
    brought(site(tmp_path, FIRST, "KEY"), place)
    assert place.get(SIGNED) == b"KEY"
    brought(site(tmp_path, FIRST), place)
    assert place.all() == held(tmp_path) and place.get(SIGNED) is None


def test_one_of_another_version_is_replaced_and_something_else_is_not(tmp_path: Path, place: Place) -> None:
    site(tmp_path, FIRST)
    for name, content in {"old.html": b"old", MANIFEST: b'{"dugnad": 1, "files": {"old.html": {}}}'}.items():
        asyncio.run(place.house.put_named(name, content, "text/html"))
    brought(tmp_path, place)
    assert place.all() == held(tmp_path)
    for wrong in (b"{}", b"years of work"):
        asyncio.run(place.house.put_named(MANIFEST, wrong, "text/plain"))
        with pytest.raises(NotDone, match="not a snapshot"):
            brought(tmp_path, place)
        assert place.get(MANIFEST) == wrong


@pytest.mark.parametrize(
    ("name", "said"),
    [("a/index.html", "text/html; charset=utf-8"), ("x.css", "text/css; charset=utf-8"), ("s.js", "text/javascript; charset=utf-8"),
     ("index.md", "text/markdown; charset=utf-8"), ("manifest.json", "application/json; charset=utf-8"), ("f.woff2", "font/woff2"), ("p.webp", "image/webp"),
     ("a.pdf", "application/pdf"), ("LESMEG", "application/octet-stream")],
)  # fmt: skip
def test_browsers_are_told_what_each_is(name: str, said: str) -> None:
    assert media_type(name) == said
