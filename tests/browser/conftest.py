"""A real server with the demo house in it, and a real browser that may go nowhere else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.serving import free_port, served
from web.demo import PASSWORD

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
# Says aloud what a page would rather keep to itself.
LISTENER = (
    "addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))"
)
# What a browser says of an answer that is no page; the tests look at those themselves.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


class Live:
    """The server's address, its environment for the terminal, and keys to its API."""

    def __init__(self, address: str, environ: dict[str, str]) -> None:
        self.address = address
        self.environ = environ

    def dugnad(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "web.cli", *arguments], env=self.environ, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def program(self, handle: str) -> httpx.Client:
        key = self.dugnad("token", handle).strip()
        return httpx.Client(base_url=self.address, headers={"authorization": f"Bearer {key}"}, timeout=30)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    data, port = tmp_path_factory.mktemp("live"), free_port()
    address = f"http://127.0.0.1:{port}"
    house = Live(
        address,
        {
            **os.environ,
            "DUGNAD_DATA": str(data),
            "DUGNAD_DATABASE": f"sqlite:///{data}/house.sqlite",
            "DUGNAD_URL": address,
        },
    )
    house.dugnad("demo")
    with served(house.environ, port):
        yield house


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


Opens = Callable[..., Page]


@pytest.fixture
def opens(chromium: Browser, live: Live) -> Iterator[Opens]:
    """`opens("kari", dark=True)` gives a page where Kari is signed in. Whatever goes wrong in it fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opens(handle: str | None = None, **given: Any) -> Page:
        options = {"locale": "nb-NO", "viewport": {"width": 1320, "height": 900}, "base_url": live.address, **given}
        context = chromium.new_context(**options)
        contexts.append(context)
        context.add_init_script(LISTENER)
        page = context.new_page()
        watch(page, live.address, wrong)
        if handle:
            page.goto("/sign-in/")
            page.locator("main [name=name]").fill(handle)
            page.locator("main [name=password]").fill(PASSWORD)
            page.locator("main form .button").click()
            page.wait_for_url(f"{live.address}/")
        return page

    yield opens
    for context in contexts:
        context.close()
    assert wrong == []


def watch(page: Page, home: str, wrong: list[str]) -> None:
    """Notes every request to another place, every dialog, every error, and whatever the page's own policy stopped."""
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((home, "data:", "blob:")) else wrong.append(f"asks {request.url}")
        ),
    )
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    page.on(
        "console",
        lambda said: wrong.append(said.text) if said.type == "error" and not EXPECTED.search(said.text) else None,
    )


@pytest.fixture
def snapshot(live: Live, tmp_path: Path) -> Path:
    live.dugnad("export", str(tmp_path / "snapshot"), "--audience", "everyone")
    return tmp_path / "snapshot"
