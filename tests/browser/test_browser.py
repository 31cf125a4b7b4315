"""The browser fixture itself: a page loads from this machine, and its complaints are seen."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

PAGE = b"<!doctype html><html lang='en'><title>Frame</title><main><h1>Subjects</h1></main></html>"
BROKEN = b"<!doctype html><html lang='en'><title>Broken</title><script>missingFunction()</script></html>"


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers two pages, one of them with a script error."""

    def do_GET(self) -> None:
        body = BROKEN if self.path == "/broken" else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent: the test's output is for the test."""


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_page_is_shown_at_the_given_width(browser_page: Page, site: str) -> None:
    browser_page.goto(f"{site}/")
    assert browser_page.get_by_role("heading", name="Subjects").is_visible()
    assert browser_page.evaluate("window.innerWidth") == 1440


def test_script_error_is_collected(browser_page: Page, page_problems: list[str], site: str) -> None:
    browser_page.goto(f"{site}/broken")
    assert any("missingFunction" in problem for problem in page_problems)
