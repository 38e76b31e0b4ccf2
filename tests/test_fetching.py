"""Another site is asked for a page, and nothing of our own network ever is."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from web import fetching
from web.fetching import Address, Refused, fetched, is_open, only_open
from web.page_words import said_by

PAGE = b"<!doctype html><title>Title &amp; more</title><meta name=description content='What it is about'><body>x"
Answers = Callable[[str], bytes]


def answer(body: bytes = PAGE, status: str = "200 OK", **headers: str) -> bytes:
    given = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body)), "connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        f"HTTP/1.1 {status}\r\n{''.join(f'{name}: {value}' + chr(13) + chr(10) for name, value in given.items())}\r\n".encode()
        + body
    )


@asynccontextmanager
async def site(answers: Answers) -> AsyncIterator[tuple[int, list[str]]]:
    """A site on this machine; its port, and what it was asked."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        asked.append(head)
        writer.write(answers(head.split(" ")[1]))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


def anywhere(address: Address, port: int) -> bool:
    return True


def leads_to(*addresses: str) -> Callable[[str, int], Awaitable[list[str]]]:
    async def resolves(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolves


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "168.63.129.16", "192.0.0.8",
     "198.18.0.1", "203.0.113.7", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%1", "fc00::1", "fd12:3456::1", "fec0::1",
     "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001:0:7f00:1::",
     "2001:db8::1", "3fff::1"],
)  # fmt: skip
def test_no_address_of_ours_is_one_of_the_open_internet(address: str) -> None:
    assert not is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:400f::200e"])
def test_others_are_and_only_where_pages_are(address: str) -> None:
    assert only_open(ipaddress.ip_address(address), 443) and only_open(ipaddress.ip_address(address), 80)
    assert not any(only_open(ipaddress.ip_address(address), port) for port in (22, 25, 5432, 6379, 8080))


@pytest.mark.parametrize(
    "url",
    ["http://localhost/", "http://127.0.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
     "http://0/", "http://user:pw@127.0.0.1/", "https://me@example.org/", "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://", "nothing", "http://[", "http://\u2460\u2461\u2466.0.0.1/",
     "http://127.0.0.1:22/", "http://x" + "y" * 300 + "/"],
)  # fmt: skip
async def test_no_way_to_write_an_address_leads_home(url: str) -> None:
    with pytest.raises(Refused):
        await fetched(url)


@pytest.mark.parametrize("found", [("127.0.0.1",), ("93.184.216.34", "10.0.0.1"), ("10.0.0.1", "93.184.216.34"), ()])
async def test_a_name_that_leads_home_too_is_not_asked(found: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="open internet"):
        await fetched("http://example.org/", resolves=leads_to(*found))


async def test_a_name_is_looked_up_once_and_just_that_address_is_connected_to() -> None:
    """The second answer of a name server that changes its mind is never asked for."""
    looked: list[str] = []

    async def resolves(host: str, port: int) -> list[str]:
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["192.0.2.1"]

    async with site(lambda path: answer()) as (port, asked):
        page = await fetched(f"http://named.example:{port}/a?b=c#d", permits=anywhere, resolves=resolves)
    assert looked == ["named.example"] and page.content == PAGE and page.charset == "utf-8"
    assert asked[0].startswith("GET /a?b=c HTTP/1.1") and f"host: named.example:{port}" in asked[0].lower()
    assert "cookie" not in asked[0].lower() and "authorization" not in asked[0].lower()


async def test_each_redirect_is_checked_anew() -> None:
    async with site(lambda path: answer(b"", "302 Found", location="http://inside.example/secret")) as (port, asked):

        async def resolves(host: str, port: int) -> list[str]:
            return ["127.0.0.1"] if host == "named.example" else ["10.0.0.1"]

        def only_there(address: Address, port: int) -> bool:
            return str(address) == "127.0.0.1"

        with pytest.raises(Refused, match="open internet"):
            await fetched(f"http://named.example:{port}/", permits=only_there, resolves=resolves)
        assert len(asked) == 1


async def test_a_redirect_to_another_page_is_followed_and_no_more_than_a_few() -> None:
    def answers(path: str) -> bytes:
        return (
            answer()
            if path == "/there"
            else answer(b"", "301 Moved", location="/there" if path == "/here" else "/round")
        )

    async with site(answers) as (port, asked):
        here = await fetched(f"http://127.0.0.1:{port}/here", permits=anywhere)
        assert here.url.endswith("/there")
        with pytest.raises(Refused, match="on and on"):
            await fetched(f"http://127.0.0.1:{port}/round", permits=anywhere)
        assert len(asked) == 2 + 5
    for location in ("file:///etc/passwd", "javascript:alert(1)", "http://user:pw@127.0.0.1/", ""):
        async with site(lambda path, to=location: answer(b"", "302 Found", location=to)) as (port, _):  # type: ignore[misc]
            with pytest.raises(Refused):
                await fetched(f"http://127.0.0.1:{port}/", permits=anywhere)


async def test_only_pages_are_taken_and_no_more_than_their_beginning() -> None:
    large = b"<title>Large</title>" + b" " * (1 << 20)
    bomb = gzip.compress(b"<title>Bomb</title>" + b"\0" * (64 << 20))
    made = {
        "/pdf": answer(content_type="application/pdf"), "/none": answer(content_type=""), "/404": answer(status="404 No"),
        "/large": answer(large), "/packed": answer(gzip.compress(PAGE), content_encoding="gzip"), "/bomb": answer(bomb, content_encoding="gzip"),
        "/br": answer(content_encoding="br"), "/broken": answer(b"no", content_encoding="gzip"), "/headers": answer(x="y" * 200_000),
        "/nothing": b"", "/noise": b"\0\xff" * 100,
    }  # fmt: skip
    async with site(made.__getitem__) as (port, _):
        at = f"http://127.0.0.1:{port}"
        for wrong in ("/pdf", "/none", "/404", "/br", "/broken", "/headers", "/nothing", "/noise"):
            with pytest.raises(Refused):
                await fetched(f"{at}{wrong}", permits=anywhere)
        assert (await fetched(f"{at}/packed", permits=anywhere)).content == PAGE
        for long in ("/large", "/bomb"):
            assert len((await fetched(f"{at}{long}", permits=anywhere)).content) == 256 << 10


async def test_one_that_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        except OSError:
            writer.close()

    monkeypatch.setattr(fetching, "_SECONDS", 0.3)
    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        with pytest.raises(Refused):
            await fetched(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", permits=anywhere)


def test_what_a_page_says_of_itself_is_plain_text() -> None:
    said = said_by(PAGE, None)
    assert (said.title, said.about, said.site) == ("Title & more", "What it is about", "")
    other = "<meta property='og:title' content='<b>Æ</b> \u202eevil\n line'><meta property=og:site_name content=Avisen><title>No</title>"
    said = said_by(other.encode("latin-1", "xmlcharrefreplace"), "latin-1")
    assert said.title == "<b>Æ</b> evil line" and said.site == "Avisen"
    assert said_by(b"\xff\xfe\0" * 50, "no-such-charset").title == ""
    assert said_by(b"<title>" + b"x" * 100_000, None).title == "x" * 200
    assert said_by(b"<body><title>Later</title>", None).title == ""


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    [
        b"<b>",
        b"<a>",
        b"<div><a>",
        b"<table>",
        b"<!--",
        b"<meta ",
        b"<p><font>",
        b"&",
        b"<select><table>",
        b"<svg><title>",
    ],
)
def test_no_page_takes_long_to_read(piece: bytes) -> None:
    said_by(piece * 100_000, None)
