"""Chromium for the tests, through Playwright: one browser a run, one clean page a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# Headless in a container: no sandbox, no display, and nothing fetched behind the test's back.
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
PAGE_TIMEOUT_MS = 15_000


def runs(program: str) -> bool:
    """Whether the program answers; on Ubuntu a name on the path may only be a pointer to a snap."""
    answer = subprocess.run(
        [program, "--version"], capture_output=True, check=False, stdin=subprocess.DEVNULL
    )
    return answer.returncode == 0


def find_chromium() -> str | None:
    """The Chromium to drive: ``TRIALWRIGHT_CHROMIUM``, or the first known name that runs.

    None means Playwright's own, where it is installed.
    """
    given = os.environ.get("TRIALWRIGHT_CHROMIUM")
    if given:
        return given
    found = (shutil.which(name) for name in CHROMIUM_NAMES)
    return next((path for path in found if path and runs(path)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole run.

    Playwright's synchronous interface keeps an event loop open in this thread, and Django refuses database
    calls beside one. Here nothing runs at the same time, so Django is told that it is safe meanwhile.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        path = find_chromium()
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail(
                "No Chromium. Install the package 'chromium', or set TRIALWRIGHT_CHROMIUM to its path."
            )
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[[ViewportSize], BrowserContext]]:
    """Makes clean contexts (no cookies, own storage) of a given size; all are closed after the test."""
    opened: list[BrowserContext] = []

    def make(viewport: ViewportSize = WIDE) -> BrowserContext:
        context = browser.new_context(viewport=viewport, locale="en-GB", timezone_id="UTC")
        context.set_default_timeout(PAGE_TIMEOUT_MS)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page_problems() -> list[str]:
    """What the page complained about: script errors, refused content, failed requests."""
    return []


@pytest.fixture
def browser_page(
    new_context: Callable[[ViewportSize], BrowserContext], page_problems: list[str]
) -> Iterator[Page]:
    """A clean page of 1440 by 900. Script errors and failed requests are collected in ``page_problems``.

    Resize it with ``page.set_viewport_size(NARROW)``.
    """
    page = new_context(WIDE).new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            page_problems.append(message.text)

    def note_failure(request: Request) -> None:
        # A page that is left gives up what it was still fetching (its icon): that is no failure.
        if request.failure != "net::ERR_ABORTED":
            page_problems.append(f"failed: {request.url}")

    page.on("console", note)
    page.on("pageerror", lambda error: page_problems.append(str(error)))
    page.on("requestfailed", note_failure)
    yield page
