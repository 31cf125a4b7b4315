"""From the hazard ratio of the report to one subject's lesion measurement, in four clicks at most."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from wsgiref.simple_server import make_server

import pytest
from playwright.sync_api import Page, expect
from tests.browser.test_web import REPORT_TIMEOUT_MS, STUDY, Server, Silent, sign_in

from trialwright.store.open import open_store

SUBJECTS = 6
BEGAN_DAYS_AGO = 120
GROWN_MM = 61


def build_progressing_trial() -> None:
    """Six subjects, all of whom progress, each a day after the other."""
    from tests.web.small_trial import (
        SITE,
        Clock,
        SmallTrial,
        _register,
        make_accounts,
        read_study,
        screening_documents,
        value,
    )

    from trialwright import actions
    from trialwright.trial.administration import AdoptStudy, CommitAllocationList, OpenSite
    from trialwright.trial.allocation import Allocate
    from trialwright.trial.form_marks import SignForm
    from trialwright.trial.screening import ConfirmEligibility

    study = read_study()
    begin = datetime.now(UTC).date() - timedelta(days=BEGAN_DAYS_AGO)
    clock = Clock(datetime(begin.year, begin.month, begin.day, 1, tzinfo=UTC))
    make_accounts(study, clock())
    trial = SmallTrial(study, clock, actions.Context(study.id, clock, source="rehearsal"))
    trial.do("adopt_study", "administrator", AdoptStudy(study))
    trial.do("open_site", "administrator", OpenSite(SITE))
    trial.do("commit_allocation_list", "statistician", CommitAllocationList("four-clicks"))
    screened = begin + timedelta(days=1)
    clock.go_to(screened)
    subjects = [_register(trial) for _ in range(SUBJECTS)]
    for code in subjects:
        for form, document in screening_documents(screened.isoformat()).items():
            trial.save(code, "screening", form, document)
        trial.do("sign_form", "investigator", SignForm(code, "screening", "attestations", 1))
        trial.do("confirm_eligibility", "investigator", ConfirmEligibility(code))
        trial.do("allocate", "investigator", Allocate(code, f"request-{code}"))
    for place, code in enumerate(subjects):
        on = screened + timedelta(days=40 + place)
        clock.go_to(on)
        row = {"lesion": "L1", "role": "target", "organ": "liver", "finding": "measured"}
        lesion = {name: value(text) for name, text in row.items()} | {"diameter": value(str(GROWN_MM), "mm")}
        scan = {
            "collected_on": value(on.isoformat()),
            "method": value("ct"),
            "lesions": {"rows": [lesion]},
            "response": value("PD"),
        }
        trial.save(code, "assessment_1", "tumour_assessment", scan)


@pytest.fixture(scope="session")
def progressed_store(new_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trial, built once."""
    from django.db import connections

    folder = tmp_path_factory.mktemp("progressing") / "store"
    shutil.copytree(new_store, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        patch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
        # The browser's own event loop runs in this thread; see the fixture `browser`.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        open_store(folder)
        build_progressing_trial()
        connections.close_all()
    return folder


@pytest.fixture
def progressing(progressed_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server over a copy of the trial."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    folder = tmp_path / "store"
    shutil.copytree(progressed_store, folder)
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    open_store(folder)
    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, application, server_class=Server, handler_class=Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    connections.close_all()


@pytest.mark.requirement("TW-R-046")
def test_from_the_hazard_ratio_to_a_measurement_in_four_clicks(
    browser_page: Page, page_problems: list[str], progressing: str
) -> None:
    page = browser_page
    sign_in(page, progressing, "statistician")
    page.goto(f"{progressing}/{STUDY}/report/pfs/", timeout=REPORT_TIMEOUT_MS)
    ratio = page.get_by_role("row", name="Hazard ratio").get_by_role("link")
    assert ratio.inner_text() != "NE"
    ratio.click()  # 1: the number, whom it rests on and what made it
    expect(page.get_by_role("heading", level=1)).to_contain_text("ratio")
    page.get_by_role("link", name="S01-003", exact=True).first.click()  # 2: the subject's visits
    page.get_by_role("link", name="Tumour assessment (RECIST 1.1)").last.click()  # 3: the form
    expect(page.get_by_text(f"L1, Target, Liver, Measured, {GROWN_MM} mm")).to_be_visible()
    page.locator("#history").get_by_role("link").first.click()  # 4: the entry of the ledger
    expect(page.get_by_role("heading", level=1)).to_contain_text("ledger entry")
    expect(page.get_by_text(f"{GROWN_MM} mm")).to_be_visible()
    assert page_problems == []


def test_the_entries_behind_a_number_lead_to_the_form_in_two(
    browser_page: Page, page_problems: list[str], progressing: str
) -> None:
    page = browser_page
    sign_in(page, progressing, "statistician")
    page.goto(f"{progressing}/{STUDY}/report/response/", timeout=REPORT_TIMEOUT_MS)
    progressed = page.get_by_role("row", name="Progressive disease (PD)").first
    progressed.get_by_role("link").first.click()
    page.get_by_role("link", name="Tumour assessment (RECIST 1.1)").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tumour assessment")
    assert page_problems == []


def test_a_stated_response_that_differs_is_asked_about_before_anything_is_saved(
    browser_page: Page, page_problems: list[str], progressing: str
) -> None:
    page = browser_page
    sign_in(page, progressing, "study_nurse")
    address = f"{progressing}/{STUDY}/subjects/S01-001/forms/assessment_2/tumour_assessment/1/"
    page.goto(address)
    page.locator("#i-collected_on").fill(datetime.now(UTC).date().isoformat())
    page.get_by_role("group", name="Method").get_by_label("CT").check()
    page.get_by_label("Finding, row 1").select_option("measured")
    page.get_by_label("Diameter, row 1").fill("20")
    stated = page.get_by_role("group", name="Response stated by the investigator")
    stated.get_by_label("Stable disease").check()
    response = page.locator("#response")
    expect(response).to_contain_text("PR")
    expect(response).to_contain_text("52.4 % below the baseline of 42 mm")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#warnings")).to_contain_text("The response stated differs from the one computed")
    page.get_by_role("button", name="Save anyway").click()
    expect(page.get_by_text("Tumour assessment (RECIST 1.1) saved.")).to_be_visible()
    page.goto(f"{progressing}/{STUDY}/subjects/S01-001/")
    expect(page.locator("#course svg").first).to_be_visible()
    assert page_problems == [
        "Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"
    ]
