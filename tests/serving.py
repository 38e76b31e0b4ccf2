"""The real server as a process of its own, on a free port of this machine."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def start(environ: Mapping[str, str], port: int, workers: int = 1) -> subprocess.Popen[bytes]:
    """Starts the server, in a process group of its own, and waits until it answers. Whoever starts it ends it."""
    command = [sys.executable, "-m", "web.cli", "run", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, start_new_session=True)
    for _ in range(300):
        try:
            httpx.get(f"http://127.0.0.1:{port}/health").raise_for_status()
            return server
        except httpx.HTTPError:
            time.sleep(0.1)
    server.kill()
    raise AssertionError("the server did not start")


@contextmanager
def served(environ: Mapping[str, str], port: int, workers: int = 1) -> Iterator[None]:
    """The server answers inside the block, and ends with it."""
    server = start(environ, port, workers)
    try:
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
