"""A real server with a house in it, and a real browser that may go nowhere else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import serving
from web.demo import PASSWORD
from web.kinds import KINDS

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
# Says aloud what a page would rather keep to itself: what its policy stopped, and a script that was not ours.
LISTENER = """
addEventListener("securitypolicyviolation", (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
Object.defineProperty(window, "__ran", { set: (what) => console.error(`ran ${what}`) });
"""
# What a browser says of an answer that is no page; the tests look at those themselves.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
WAIT = 15_000
# What makes a page scroll sideways; nothing when it does not.
WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("main *")]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML.slice(0, 200))"""


class Live:
    """The server's address, its environment for the terminal, and ways in for programs and browsers."""

    def __init__(self, address: str, environ: dict[str, str]) -> None:
        self.address = address
        self.environ = environ
        self.keys: dict[str, str] = {}
        self.sessions: dict[str, Any] = {}
        self.firsts: dict[str, int] = {}
        self.recall: dict[str, str] = {}

    def dugnad(self, *arguments: str, **environ: str) -> str:
        command = [sys.executable, "-m", "web.cli", *arguments]
        done = subprocess.run(command, env={**self.environ, **environ}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def program(self, handle: str) -> httpx.Client:
        """A program that talks to the API."""
        key = self.keys.get(handle) or self.keys.setdefault(handle, self.dugnad("token", handle).strip())
        return httpx.Client(base_url=self.address, headers={"authorization": f"Bearer {key}"}, timeout=30)

    @contextmanager
    def forms(self, handle: str, agent: str = "forms") -> Iterator[httpx.Client]:
        """Somebody who is signed in and posts forms without looking at them."""
        headers = {"sec-fetch-site": "same-origin", "user-agent": agent}
        with httpx.Client(base_url=self.address, headers=headers, timeout=30) as client:
            assert client.post("/sign-in", data={"name": handle, "password": PASSWORD}).status_code == 303
            yield client

    def first(self, kind: str) -> dict[str, Any]:
        """The demo's latest entry of a kind that everybody may read, as the API gives it now: whatever tests have written
        since."""
        with self.program("emma") as program:
            found: dict[str, Any] = program.get(f"/api/entries/{self.firsts[kind]}").json()
        return found

    def know_the_demo(self) -> None:
        with self.program("emma") as program:
            for kind in KINDS:
                items = program.get("/api/entries", params={"kind": kind}).json()["items"]
                self.firsts |= {kind: each["id"] for each in items[:1]}

    def path(self, entry: dict[str, Any]) -> str:
        return str(entry["address"]).removeprefix(self.address)


@contextmanager
def served(folder: Path, *, whole: bool = False) -> Iterator[Live]:
    """A demo house in that folder, all of it or one day of it, open while one is in here."""
    with _house(folder, "demo", *([] if whole else ["--short"])) as house:
        house.know_the_demo()
        yield house


@contextmanager
def empty_house(folder: Path) -> Iterator[Live]:
    """A house that nobody lives in yet."""
    with _house(folder, "migrate") as house:
        yield house


@contextmanager
def _house(folder: Path, *made_by: str) -> Iterator[Live]:
    port = serving.free_port()
    address = f"http://127.0.0.1:{port}"
    given = {"DUGNAD_DATA": str(folder), "DUGNAD_DATABASE": f"sqlite:///{folder}/house.sqlite", "DUGNAD_URL": address}
    given |= {"DUGNAD_MAIL": "smtp://127.0.0.1:9"}  # nobody takes it there; what offers mail is to be seen
    ours = {name: value for name, value in os.environ.items() if not name.startswith("DUGNAD_")}
    house = Live(address, {**ours, **given})
    house.dugnad(*made_by)
    house.dugnad("key", f"{folder}/house")
    # Snapshots that are to ask for it are told so by the tests that look at that.
    house.recall = {"DUGNAD_SIGN": f"{folder}/house.key", "DUGNAD_RECALL": address}
    with serving.served({**house.environ, **house.recall}, port):
        yield house


@pytest.fixture(scope="package")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with served(tmp_path_factory.mktemp("live")) as house:
        yield house


@pytest.fixture(scope="package")
def snapshot(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What everybody in the house may read, as files in a folder; with a page about quays in both languages."""
    with live.program("tore") as program:
        said = {
            "kind": "page",
            "space": "house",
            "title": "Fergekaiene ved Kråkholmen",
            "body": "Møtene om kaiene. The ferries wait there.",
        }
        program.post("/api/entries", json=said).raise_for_status()
    folder = tmp_path_factory.mktemp("snapshot") / "for everyone"
    live.dugnad("export", str(folder), "--audience", "everyone")
    return folder


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Of this package only: while it runs, its event loop is the thread's, and no asynchronous test could have one."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium on the PATH")
    expect.set_options(timeout=WAIT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


Opens = Callable[..., Page]


@pytest.fixture
def opens(chromium: Browser, live: Live) -> Iterator[Opens]:
    """`opens("kari", color_scheme="dark")` gives an empty page where Kari is signed in. What goes wrong in it fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def opens(handle: str | None = None, home: str = live.address, asks: str = "", **given: Any) -> Page:
        if handle and handle not in live.sessions:
            live.sessions[handle] = _signed_in(opens(), handle)
        options = {"locale": "nb-NO", "viewport": {"width": 1320, "height": 900}, "reduced_motion": "reduce", **given}
        context = chromium.new_context(
            storage_state=live.sessions[handle] if handle else None, **{"base_url": live.address, **options}
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        watch(context, home, wrong, asks)
        return context.new_page()

    yield opens
    for context in contexts:
        context.close()
    assert wrong == []


def _signed_in(page: Page, handle: str) -> Any:
    sign_in(page, handle)
    return page.context.storage_state()


def sign_in(page: Page, handle: str) -> None:
    """With the form, as people do."""
    page.goto("/sign-in/")
    page.locator("main [name=name]").fill(handle)
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main form .button").click()
    page.wait_for_url(re.compile("/$"))
    page.locator("header .me").wait_for()


def watch(context: BrowserContext, home: str, wrong: list[str], asks: str = "") -> None:
    """Notes every request to another place (but for those that begin as it `asks`), every dialog and error, and whatever a page's own policy stopped."""
    context.add_init_script(LISTENER)
    ours = (f"{home.rstrip('/')}/", "data:", f"blob:{home}", *filter(None, [asks]))
    context.on("request", lambda asked: None if asked.url.startswith(ours) else wrong.append(f"asks {asked.url}"))
    context.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    context.on("weberror", lambda error: wrong.append(f"error {error.error}"))
    context.on("console", lambda said: _hear(said.type, said.text, wrong))


def _hear(type: str, text: str, wrong: list[str]) -> None:
    if type == "error" and not EXPECTED.search(text):
        wrong.append(f"console {text}")
