"""A real Chromium for the page tests: started once a file, one clean page a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, NARROW = (1280, 900), (320, 640)
#: A window of 1280 × 800 at 400 % zoom.
ZOOMED = (320, 200)

#: Milliseconds until what a page should show counts as never coming: the machine may be busy with other work.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where it is missing."""
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium (Debian package chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield started
        started.close()


@contextmanager
def opened(browser: Browser, server: str, size: tuple[int, int]) -> Iterator[Page]:
    """A page without a past; fails where a script of the page broke or the policy of the site stopped something."""
    context = browser.new_context(
        base_url=server, viewport={"width": size[0], "height": size[1]}, locale="vi-VN"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda said: broken.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert not broken


def ask(page: Page, question: str) -> None:
    page.get_by_label("Câu hỏi của bạn").fill(question)
    page.keyboard.press("Enter")


def document_url(page: Page, number: str) -> str:
    items = page.request.get("/v1/documents").json()["items"]
    return str(next(item["url"] for item in items if item["number"] == number))


def serious_findings(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds on the page that keeps somebody out: rule and elements."""
    found = Axe().run(page).response["violations"]
    return [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
