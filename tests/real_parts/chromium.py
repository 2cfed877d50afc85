"""The Chromium that the machine has, driven by Playwright."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect, sync_playwright

from real_parts.eventually import PATIENCE

# A browser that talks to the page under test and to nobody else.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Playwright's own, in milliseconds: what a page is to show, and what is done on it.
SHOWN_WITHIN, DONE_WITHIN = 5_000 * PATIENCE, 30_000 * PATIENCE
expect.set_options(timeout=SHOWN_WITHIN)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium with a profile of its own."""
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def faultless_page(browser: Browser) -> Iterator[Page]:
    """Open a page in a fresh context; its scripts must have raised nothing by the end."""
    faults: list[str] = []
    with browser.new_context() as context:
        context.set_default_timeout(DONE_WITHIN)
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        yield page
    assert not faults, f"scripts of the page raised: {faults}"
