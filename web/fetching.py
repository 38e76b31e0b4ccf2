"""Asking another site for a page: of nobody but who is meant, and for no more than a few words.

What somebody links to may lead into our own network, by its name, by a second answer of the name server, or by a redirect. So a name is looked
up once, each address that comes of it must be one of the open internet, and the connection is made to just that address. Each redirect is
checked like the first address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

_PORTS = (80, 443)
_REDIRECTS, _MOST_BYTES = 4, 256 << 10
_CONNECT_SECONDS, _SECONDS = 4.0, 10.0
_WEB_PAGES = ("text/html", "application/xhtml+xml")
_PACKED = {"": None, "identity": None, "gzip": 31, "x-gzip": 31}
_AGENT = "Dugnad (link preview)"
# In which an address of another kind is wrapped: what is in there counts.
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")
_NOT_OPEN = tuple(
    ipaddress.ip_network(each)
    for each in (
        "100.64.0.0/10",
        "192.0.0.0/24",
        "168.63.129.16/32",  # what a cloud tells of itself
        "192.88.99.0/24",
        "198.18.0.0/15",
        "fec0::/10",
        "2001::/23",
        "3fff::/20",
        "5f00::/16",
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Permits = Callable[[Address, int], bool]
Resolves = Callable[[str, int], Awaitable[Iterable[str]]]


class Refused(Exception):
    """It is not asked for, or what came is nothing that is of use; says why."""


@dataclass(frozen=True)
class Page:
    """What came, at most the beginning of it; `url` is where it was in the end, `charset` what was said of it."""

    url: str
    content: bytes
    charset: str | None


def is_open(address: Address) -> bool:
    """Whether it is one of the open internet: not of this machine, of a network of our own, or of what leads there."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None or address in _COMPATIBLE or any(address in net for net in _NAT64):
            return False
        inside = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
        if any(inside):
            return False
    if any(address.version == net.version and address in net for net in _NOT_OPEN):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_link_local
        or address.is_private
    )


def only_open(address: Address, port: int) -> bool:
    return port in _PORTS and is_open(address)


async def looked_up(host: str, port: int) -> list[str]:
    """As often as it is called; each that comes of it is one that may be connected to."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to the address that was checked, whatever the name leads to by now."""

    def __init__(self, address: str) -> None:
        self._address, self._backend = address, httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.AsyncNetworkStream:
        return await self._backend.connect_tcp(self._address, port, timeout, None, socket_options)

    async def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:  # noqa: ASYNC109
        raise Refused("no socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def fetched(url: str, *, permits: Permits = only_open, resolves: Resolves = looked_up) -> Page:
    """The page at an address. Raises Refused. What is permitted, and how names are looked up, tests say otherwise, and nobody else."""
    try:
        async with asyncio.timeout(_SECONDS):
            for _ in range(_REDIRECTS + 1):
                answer = await _asked(url, permits, resolves)
                if isinstance(answer, Page):
                    return answer
                url = answer
            raise Refused("it leads on and on")
    except (
        httpx.InvalidURL,
        httpcore.NetworkError,
        httpcore.TimeoutException,
        httpcore.ProtocolError,
        TimeoutError,
        OSError,
        ValueError,
        zlib.error,
    ) as wrong:
        raise Refused(type(wrong).__name__) from wrong


async def _asked(url: str, permits: Permits, resolves: Resolves) -> Page | str:
    """What is there, or where that leads on to."""
    parts = httpx.URL(url)
    if parts.scheme not in ("http", "https") or parts.userinfo or not parts.host:
        raise Refused("it is no address of the web")
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    address = await _checked(parts.raw_host.decode("ascii"), port, permits, resolves)
    host = parts.netloc
    headers = [
        (b"host", host),
        (b"user-agent", _AGENT.encode()),
        (b"accept", b"text/html"),
        (b"accept-encoding", b"gzip"),
    ]
    target = httpcore.URL(scheme=parts.raw_scheme, host=parts.raw_host, port=port, target=parts.raw_path)
    timeouts = {
        "connect": _CONNECT_SECONDS,
        "read": _CONNECT_SECONDS,
        "write": _CONNECT_SECONDS,
        "pool": _CONNECT_SECONDS,
    }
    request = httpcore.Request("GET", target, headers=headers, extensions={"timeout": timeouts})
    async with httpcore.AsyncConnectionPool(
        network_backend=_Pinned(address), http1=True, http2=False, retries=0
    ) as pool:
        answer = await pool.handle_async_request(request)
        try:
            said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            if answer.status in (301, 302, 303, 307, 308):
                return urljoin(url, said.get("location", ""))
            return Page(url, await _content(answer, said), _charset(said.get("content-type", "")))
        finally:
            await answer.aclose()


async def _checked(host: str, port: int, permits: Permits, resolves: Resolves) -> str:
    """The one address to connect to. One that is not permitted spoils the others."""
    found = [ipaddress.ip_address(each) for each in await resolves(host, port)]
    if not found or not all(permits(each, port) for each in found):
        raise Refused("it is not on the open internet")
    return str(found[0])


async def _content(answer: httpcore.Response, said: dict[str, str]) -> bytes:
    if answer.status != 200:
        raise Refused(f"it says {answer.status}")
    if said.get("content-type", "").partition(";")[0].strip().lower() not in _WEB_PAGES:
        raise Refused("it is no page")
    packed = said.get("content-encoding", "").strip().lower()
    if packed not in _PACKED:
        raise Refused("it is packed in another way")
    window = _PACKED[packed]
    unpacking = zlib.decompressobj(window) if window else None
    content = b""
    stream: Any = answer.aiter_stream()
    async with aclosing(stream):
        async for piece in _pieces(stream):
            content += unpacking.decompress(piece, _MOST_BYTES - len(content)) if unpacking else piece
            if len(content) >= _MOST_BYTES or (unpacking and unpacking.unconsumed_tail):
                break
    return content[:_MOST_BYTES]


async def _pieces(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Also of what is packed no more than so much is taken."""
    taken = 0
    async for piece in stream:
        yield piece
        taken += len(piece)
        if taken >= _MOST_BYTES:
            return


def _charset(content_type: str) -> str | None:
    for each in content_type.split(";")[1:]:
        name, _, value = each.strip().partition("=")
        if name.lower() == "charset":
            return value.strip("\"' ")[:40] or None
    return None


def site_of(url: str) -> str:
    """The host of an address, as people know it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
