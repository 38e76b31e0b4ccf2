"""What was acknowledged is there after the power goes: the server is killed while eight clients write."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.serving import free_port, start
from web.cli import main

CLIENTS = 8
LEAST = 40


def _kill(server: subprocess.Popen[bytes]) -> None:
    """The whole group at once, as when the machine stops."""
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@pytest.fixture
def environ(address: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    given = {"DUGNAD_DATABASE": address, "DUGNAD_DATA": str(tmp_path)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        yield {**os.environ, **given}


def test_every_acknowledged_save_survives_kill_9(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["person", "add", "kari", "--name", "Kari", "--admin"]) == 0
    capsys.readouterr()
    assert main(["token", "kari"]) == 0
    token = capsys.readouterr().out.strip()
    saved: dict[int, str] = {}
    port = free_port()
    server = start(environ, port, workers=2)
    enough = threading.Event()

    def write(number: int) -> None:
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client:
            for turn in range(10_000):
                body = f"Save {turn} of client {number}"
                try:
                    answer = client.post("/api/entries", json={"kind": "micropost", "space": "house", "body": body})
                    if answer.status_code == 201:
                        saved[answer.json()["id"]] = body
                        edited = client.post(
                            f"/api/entries/{answer.json()['id']}/edit",
                            json={"revision": answer.json()["revision"], "body": f"{body}!"},
                        )
                        if edited.status_code == 200:
                            saved[answer.json()["id"]] = f"{body}!"
                except (httpx.TransportError, httpx.RemoteProtocolError):
                    return
                if len(saved) > LEAST:
                    enough.set()

    clients = [threading.Thread(target=write, args=(number,)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    assert enough.wait(60), "the clients could write"
    _kill(server)
    for client in clients:
        client.join(30)
    kept = dict(saved)
    port = free_port()
    server = start(environ, port, workers=2)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {token}"}) as client:
            for id, body in kept.items():
                found = client.get(f"/api/entries/{id}").json()
                assert found["body"].rstrip("!") == body.rstrip("!") and len(found["body"]) >= len(body)
    finally:
        _kill(server)
    assert main(["check"]) == 0, capsys.readouterr().out
    assert len(kept) >= LEAST
