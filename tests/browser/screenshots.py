"""The pictures in the README, taken of the demo in a real browser: `make screenshots`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS, Live, served, sign_in
from tests.test_house import ROOT

# A page with a table of contents, pages under it, and others that link to it.
PAGE = "Lading når det er kaldt"
SIZE = {"width": 1320, "height": 900}


def _address_of(live: Live, title: str) -> str:
    with live.program("kari") as program:
        found = program.get("/api/search", params={"q": f'"{title}" kind:page'}).json()["items"]
    return live.path(next(hit["entry"] for hit in found if hit["entry"]["title"] == title))


def main() -> None:
    """Overwrites docs/*.png."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), whole=True) as live,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(
            base_url=live.address, locale="nb-NO", viewport=SIZE, color_scheme="light", reduced_motion="reduce"
        )
        sign_in(page, "kari")
        for name, address in (("stream", "/"), ("page", _address_of(live, PAGE))):
            page.goto(address)
            page.evaluate("document.fonts.ready")
            page.screenshot(path=ROOT / "docs" / f"{name}.png")
            print(f"docs/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
