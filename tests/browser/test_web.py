"""The pages in a real browser: sign in, a form saved and corrected, the lesions' response, keys, two widths."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from tests.browser.conftest import NARROW, WIDE
from tests.web.addresses import PASSWORD

from trialwright.store.open import open_store

STUDY = "nct02632201"
REPORT_TIMEOUT_MS = 90_000
"""The first look at a report makes all of it, on a machine that may be busy."""


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request, none of which outlives the test."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """The test's output is for the test."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def built_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small trial, built once."""
    from django.db import connections

    folder = tmp_path_factory.mktemp("browser-trial")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        patch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
        # The browser's own event loop runs in this thread; see the fixture `browser`.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        open_store(folder)
        from tests.web.small_trial import build_small_trial

        build_small_trial(folder)
        connections.close_all()
    return folder


@pytest.fixture
def site(built_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server over a copy of the small trial."""
    from django.db import connections

    folder = tmp_path / "store"
    shutil.copytree(built_store, folder)
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    open_store(folder)
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application

    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    connections.close_all()


def sign_in(page: Page, site: str, who: str) -> None:
    """Sign in by the page."""
    page.goto(f"{site}/")
    page.get_by_label("Name").fill(who)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site}/{STUDY}/")


@pytest.mark.requirement("TW-R-018")
def test_form_is_saved_corrected_with_a_reason_and_both_values_are_seen(
    browser_page: Page, page_problems: list[str], site: str
) -> None:
    page = browser_page
    sign_in(page, site, "study_nurse")
    page.get_by_role("link", name="Subjects", exact=False).first.click()
    page.get_by_role("link", name="S01-001", exact=True).click()
    page.get_by_role("link", name="T cells, cycle 2").first.click()
    page.get_by_role("link", name="Vital signs").click()
    page.locator("#i-collected_on").fill(_today_at_site())
    page.locator("#i-pulse").fill("76")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Vital signs saved.")).to_be_visible()
    page.locator("#i-pulse").fill("67")
    page.get_by_label("Reason for the correction").fill("Figures exchanged in writing")
    page.get_by_role("button", name="Save correction").click()
    history = page.locator("#history")
    expect(history.locator("del")).to_have_text("76 per minute")
    expect(history.locator("ins")).to_have_text("67 per minute")
    expect(history).to_contain_text("Figures exchanged in writing")
    expect(history).to_contain_text("Version 2")
    assert page_problems == []


def _today_at_site() -> str:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


def test_question_appears_when_its_answer_is_given(
    browser_page: Page, page_problems: list[str], site: str
) -> None:
    page = browser_page
    sign_in(page, site, "study_nurse")
    page.goto(f"{site}/{STUDY}/subjects/S01-003/forms/screening/attestations/1/")
    question = page.get_by_role("group", name="Willing to use contraception")
    expect(question).to_have_count(0)
    page.get_by_role("group", name="Able to have children").get_by_label("Yes").check()
    expect(question).to_be_visible()
    assert page_problems == []


def test_response_follows_the_lesions_while_they_are_entered(
    browser_page: Page, page_problems: list[str], site: str
) -> None:
    page = browser_page
    sign_in(page, site, "study_nurse")
    page.goto(f"{site}/{STUDY}/subjects/S01-001/forms/assessment_1/tumour_assessment/1/")
    page.locator("#i-collected_on").fill(_today_at_site())
    page.get_by_label("Finding, row 1").select_option("measured")
    page.get_by_label("Diameter, row 1").fill("28")
    response = page.locator("#response")
    expect(response).to_contain_text("PR")
    expect(response).to_contain_text("−33.3 %")
    assert page_problems == []


def test_keys_lead_to_places_and_through_the_matrix(browser_page: Page, site: str) -> None:
    page = browser_page
    sign_in(page, site, "monitor")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(f"{site}/{STUDY}/subjects/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.goto(f"{site}/{STUDY}/matrix/")
    page.get_by_label("S01-001, Screening", exact=False).focus()
    page.keyboard.press("ArrowRight")
    assert "Leukapheresis" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/{STUDY}/subjects/S01-001/visits/collection/")
    page.go_back()
    page.wait_for_url(f"{site}/{STUDY}/matrix/")


SUBJECT = "subjects/S01-001/"
PLACES = [
    *("", "subjects/", "matrix/", "cells/", "safety/", "queries/", "report/", "outcomes/"),
    *("protocol/", "protocol/schedule/", "protocol/criteria/"),
    *(SUBJECT, *(f"{SUBJECT}{tab}/" for tab in ("visits", "eligibility", "cells", "events", "trail"))),
    *(f"{SUBJECT}forms/screening/laboratory/1/", f"{SUBJECT}cells/S01-001-B02-01/"),
]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_is_wider_than_the_window_or_complains(
    new_context: Callable[[ViewportSize], BrowserContext], site: str, size: ViewportSize
) -> None:
    page = new_context(size).new_page()
    page.set_default_navigation_timeout(REPORT_TIMEOUT_MS)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, site, "statistician")
    for place in PLACES:
        page.goto(f"{site}/{STUDY}/{place}")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], place
    assert problems == []


def test_bedside_buttons_are_large_on_a_telephone(
    new_context: Callable[[ViewportSize], BrowserContext], site: str
) -> None:
    page = new_context(NARROW).new_page()
    sign_in(page, site, "study_nurse")
    page.goto(f"{site}/{STUDY}/subjects/S01-001/act/record_deviation/")
    button = page.get_by_role("button", name="Record the deviation")
    assert button.bounding_box()["height"] >= 48
    size = page.evaluate("getComputedStyle(document.querySelector('.entry')).fontSize")
    assert float(size.removesuffix("px")) >= 18


def test_pages_work_without_scripts(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, "study_nurse")
    page.goto(f"{site}/{STUDY}/subjects/S01-001/forms/assessment_1/tumour_assessment/1/")
    page.get_by_role("button", name="Add a row").click()
    expect(page.get_by_label("Lesion, row 2")).to_be_visible()
    context.close()
