"""The same for whoever reads: what one may do and another may not is on the same pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Live, Opens
from tests.browser.test_looks import addresses, judge, speaks

pytestmark = pytest.mark.browser
SNAPSHOTS = ("/snapshots/", "/snapshots/editions/", "/snapshots/editions/new/")


def seen_by(page: Page, live: Live) -> Iterator[str]:
    """Every sort of page that somebody may open; what they may not is seen once."""
    refused = False
    for address in (*addresses(live), "/welcome/space/", "/welcome/people/", "/help/nothing/", *SNAPSHOTS):
        answer = page.goto(address)
        if answer and answer.status >= 400:
            if refused:
                continue
            refused = True
        yield address


# Whoever writes here (test_looks.py) reads every page in both languages, by day and by night. What another may do is said
# in the same words and colours: it is looked at in one of them, in turn.
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("handle", "language", "by_day"),
    [("kari", "nb", False), ("ingrid", "en", True), ("gjest", "nb", False), (None, "en", True)],
    ids=["administrator", "member", "guest", "stranger"],
)
def test_axe_finds_nothing_whoever_reads(
    opens: Opens, live: Live, handle: str | None, language: str, by_day: bool
) -> None:
    page = opens(handle, locale=language)
    if handle:
        speaks(page, language)
    for address in seen_by(page, live):
        assert page.locator("html").get_attribute("lang") == language, address
        judge(page, address, by_day=by_day)
    if handle:
        speaks(page, "nb")  # as others in this house expect
