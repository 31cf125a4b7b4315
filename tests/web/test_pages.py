"""What the pages say: home by role, lists, matrix, eligibility, safety, trail, report, registry."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from http import HTTPStatus

import pytest
from tests.web.addresses import LABORATORY, ONE, ROOT, text_of
from tests.web.conftest import SignIn
from tests.web.small_trial import read_study

from trialwright.report import build, pooling
from trialwright.report.model import Report
from trialwright.study.model.report_plan import Variant
from trialwright.web import report_room
from trialwright.web.pages import report as report_pages
from trialwright.web.viewer import Viewer


def test_home_says_what_is_due_and_wrong_for_the_role(sign_in: SignIn) -> None:
    nurse = text_of(sign_in("study_nurse").get(ROOT))
    assert "T cells, cycle 2: 2 forms to enter" in nurse
    assert "Answer Q0001 on Laboratory" in nurse
    quality = text_of(sign_in("quality_release").get(ROOT))
    assert "Batch S01-001-B02 waits for tests and release" in quality
    assert "Container S01-001-B01-02 has expired: destroy it" not in nurse.split("To be put right")[0]
    assert "forms to verify" in text_of(sign_in("monitor").get(ROOT))
    assert "duties overdue" in text_of(sign_in("registry_officer").get(ROOT))
    assert "Eastern Hepatobiliary Surgery Hospital ✓ open" in text_of(sign_in("administrator").get(ROOT))


def test_enrolment_is_drawn_and_said_in_words(sign_in: SignIn) -> None:
    page = sign_in("monitor").get(ROOT)
    assert "1 of 40 planned subjects allocated" in text_of(page)
    assert '<polyline class="actual" points="' in page.content.decode()


def test_subjects_are_searched_and_filtered(sign_in: SignIn) -> None:
    client = sign_in("monitor")
    assert client.get(f"{ROOT}subjects/?q=s01-001")["Location"] == ONE
    eligible = text_of(client.get(f"{ROOT}subjects/?status=eligible"))
    assert "S01-002" in eligible
    assert "S01-003" not in eligible
    assert "No subject fits the search." in text_of(client.get(f"{ROOT}subjects/?q=S77"))


def test_matrix_has_a_cell_a_visit_that_says_the_same_in_words(sign_in: SignIn) -> None:
    page = sign_in("monitor").get(f"{ROOT}matrix/").content.decode()
    assert re.search(r'title="S01-001, Screening: done; planned [\d-]+; 1 open query"', page)
    assert re.search(r'title="S01-001, DC, cycle 1 \(2nd\): missed; planned [\d-]+"', page)
    assert 'title="S01-003, Screening: partly entered, due"' in page


def test_a_visit_that_took_place_says_which_forms_it_lacks(sign_in: SignIn) -> None:
    """Of the visit of the first T cells one form was begun, and the other is empty; its window is over."""
    lacking = "1 form missing, 1 form incomplete"
    nurse = sign_in("study_nurse")
    assert f"T cells, cycle 1: {lacking}" in text_of(nurse.get(ROOT))
    overview = text_of(nurse.get(ONE))
    assert overview.count(f"T cells, cycle 1 ◔ {lacking}") == 2  # to be done now, and in the calendar
    assert f"T cells, cycle 1 ◔ {lacking}" in text_of(nurse.get(f"{ONE}visits/"))
    page = sign_in("monitor").get(f"{ROOT}matrix/").content.decode()
    assert f'title="S01-001, T cells, cycle 1: {lacking}; planned' in page


@pytest.mark.requirement("TW-R-024")
def test_eligibility_shows_value_limit_and_what_is_missing(sign_in: SignIn) -> None:
    client = sign_in("investigator")
    shown = text_of(client.get(f"{ROOT}subjects/S01-003/eligibility/"))
    # Exactly 2.5 mg/dL: not below the inclusion's limit, and not above the exclusion's.
    assert "Serum creatinine: 2.5 mg/dL limit < 2.5 mg/dL" in shown
    assert "Not eligible" in shown
    eligible = text_of(client.get(f"{ROOT}subjects/S01-002/eligibility/"))
    assert "Eligible ✓ eligible" in eligible
    empty = text_of(client.get(f"{ROOT}subjects/S01-005/eligibility/"))
    assert "What is missing to decide" in empty
    assert "is not on record" in empty


def test_timeline_tells_visits_and_doses(sign_in: SignIn) -> None:
    shown = text_of(sign_in("study_nurse").get(ONE))
    assert re.search(r"DC, cycle 1 ● done day 19, planned .* given .* \(day 19\), S01-001-B01-01", shown)
    assert "✗ missed" in shown


@pytest.mark.requirement("TW-R-003")
def test_trail_says_who_when_and_why(sign_in: SignIn) -> None:
    client = sign_in("monitor")
    shown = text_of(client.get(f"{ONE}trail/"))
    assert "Form corrected Screening: Laboratory, version 2" in shown
    assert "Transcribed from the wrong column" in shown
    entry = re.search(r'href="(/nct02632201/ledger/\d+/)"', client.get(LABORATORY).content.decode())
    assert "Place in the chain" in text_of(client.get(entry.group(1)))


def test_arms_and_telling_products_are_hidden_from_who_may_not_see_them(sign_in: SignIn) -> None:
    blind, open_ = sign_in("data_manager"), sign_in("statistician")
    pages = [ONE, f"{ONE}cells/", f"{ONE}trail/", f"{ONE}batches/S01-001-B02/", f"{ONE}cells/S01-001-B02-01/"]
    pages += [f"{ROOT}subjects/", f"{ROOT}cells/", f"{ROOT}safety/", f"{ROOT}outcomes/", f"{ROOT}queries/"]
    label = re.search(r"Arm (PIK-HER2 cells|DC-PMAT)", text_of(open_.get(ONE))).group(1)
    product = "PMAT" if label == "DC-PMAT" else "PIK-HER2"
    study_name = "PIK-HER2 cells in HER2-positive gastric cancer with liver metastasis"
    for address in pages:
        shown = text_of(blind.get(address)).replace(study_name, "")
        assert label not in shown, address
        assert product not in shown, address
    assert "blinded" in text_of(blind.get(ONE))


def test_report_is_pooled_for_a_blinded_role_and_by_arm_for_others(sign_in: SignIn) -> None:
    blind, open_ = sign_in("data_manager"), sign_in("statistician")
    pooled = text_of(blind.get(f"{ROOT}report/"))
    assert "All arms together" in pooled
    assert "DC-PMAT Allocated" not in pooled
    assert "All subjects" in pooled
    numbers = json.loads(blind.get(f"{ROOT}report/file/json/").content)["numbers"]
    assert not any("dc_pmat_arm" in name or "pik_her2_arm" in name for name in numbers)
    assert "By arm." in text_of(open_.get(f"{ROOT}report/"))


def test_pooled_report_has_no_row_of_all_doses_where_the_arms_days_differ(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = "Received all planned doses"
    pooled = f"{ROOT}report/file/html/"
    assert row in sign_in("data_manager").get(pooled).content.decode()
    report_room._report.cache_clear()
    monkeypatch.setattr(build, "has_one_plan", lambda study: False)
    assert row not in sign_in("data_manager").get(pooled).content.decode()
    assert row in sign_in("statistician").get(pooled).content.decode()


def test_arms_have_one_plan_when_dosed_on_the_same_days() -> None:
    study = read_study()
    assert pooling.has_one_plan(study)
    fewer = tuple(
        product.model_copy(update={"cycles": product.cycles[:1]}) if product.id == "pmat_t" else product
        for product in study.products
    )
    assert not pooling.has_one_plan(study.model_copy(update={"products": fewer}))


def test_number_leads_to_subjects_and_ledger_entries(sign_in: SignIn) -> None:
    client = sign_in("statistician")
    page = client.get(f"{ROOT}report/").content.decode()
    links = re.findall(r'href="(/nct02632201/report/number/[^"]+)"', page)
    assert f"{ROOT}report/number/flow.registered/" in links
    shown = client.get(f"{ROOT}report/number/flow.registered/")
    assert f'href="{ONE}visits/"' in shown.content.decode()
    assert re.search(r'href="/nct02632201/ledger/\d+/"', shown.content.decode())
    # A role without subjects sees the number, not whom it counts.
    registry = text_of(sign_in("registry_officer").get(f"{ROOT}report/number/flow.registered/"))
    assert "S01-001" not in registry
    assert "Your role sees numbers, not subjects." in registry


def test_each_report_of_the_plan_is_a_page_with_its_own_links(sign_in: SignIn) -> None:
    client = sign_in("statistician")
    page = client.get(f"{ROOT}report/?variant=dsmb-open").content.decode()
    assert "open part" in page
    assert "All arms together." in page
    assert 'aria-current="page">Report to the monitoring board, open part' in page
    numbers = re.findall(r'href="(/nct02632201/report/number/[^"]+)"', page)
    assert numbers
    assert all(link.endswith("?variant=dsmb-open") for link in numbers)
    assert client.get(numbers[0]).status_code == HTTPStatus.OK
    assert client.get(f"{ROOT}report/?variant=none_such").status_code == HTTPStatus.NOT_FOUND
    assert "By arm." in text_of(client.get(f"{ROOT}report/?variant=dsmb-closed"))


def test_the_closed_part_is_not_there_for_a_blinded_role(sign_in: SignIn) -> None:
    blind = sign_in("data_manager")
    for address in ("", "file/json/", "file/zip/", "number/flow.registered/"):
        found = blind.get(f"{ROOT}report/{address}?variant=dsmb-closed")
        assert found.status_code == HTTPStatus.NOT_FOUND, address
    assert "closed part" not in blind.get(f"{ROOT}report/").content.decode()


def test_every_file_of_an_interim_report_is_pooled_for_a_blinded_role(sign_in: SignIn) -> None:
    archive = sign_in("data_manager").get(f"{ROOT}report/file/zip/?variant=interim").content
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        for name in files.namelist():
            if not name.endswith((".png", ".pdf")):
                text = files.read(name).decode()
                assert "dc_pmat_arm" not in text, name
                assert "DC-PMAT" not in text, name
        assert not [name for name in files.namelist() if "interim_table" in name]


def test_numbers_name_no_subject_to_a_role_without_subjects(sign_in: SignIn) -> None:
    downloaded = {
        form: sign_in("registry_officer").get(f"{ROOT}report/file/{form}/").content
        for form in ("json", "html")
    }
    assert b"S01-001" not in downloaded["json"]
    assert b"S01-001" not in downloaded["html"]
    assert b"S01-001" in sign_in("statistician").get(f"{ROOT}report/file/json/").content


@pytest.mark.parametrize(
    ("form", "start"), [("html", b"<!doctype html>"), ("pdf", b"%PDF"), ("json", b"{"), ("zip", b"PK")]
)
def test_report_is_downloaded(sign_in: SignIn, form: str, start: bytes) -> None:
    answer = sign_in("statistician").get(f"{ROOT}report/file/{form}/")
    assert answer.content.startswith(start)
    assert answer["Content-Disposition"].startswith("attachment;")


def test_figure_is_an_image_of_its_own(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in("statistician")
    page = client.get(f"{ROOT}report/").content.decode()
    address = re.search(r'<img src="([^"]+\.svg)" alt="[^"]+"', page).group(1)
    answer = client.get(address)
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert b"<svg" in answer.content
    assert b"Simulated data" not in answer.content
    report_of = report_pages.report_of

    def simulated_report(viewer: Viewer, variant: Variant) -> Report:
        made = report_of(viewer, variant)
        return replace(made, stamp=replace(made.stamp, simulated=True))

    monkeypatch.setattr(report_pages, "report_of", simulated_report)
    assert b"Simulated data</text>" in client.get(address).content


def test_safety_counts_a_subject_once_at_the_worst_grade(sign_in: SignIn) -> None:
    shown = text_of(sign_in("safety_officer").get(f"{ROOT}safety/"))
    assert "2 adverse events in 1 subject" in shown
    assert "Any event 1 1 2" in shown
    assert "Cytokine release syndrome Fever, admitted" in shown


def test_registry_judges_the_status_at_a_date(sign_in: SignIn) -> None:
    client = sign_in("registry_officer")
    now = text_of(client.get(f"{ROOT}registry/?on=2026-11-22"))
    assert "Display status Unknown" in now
    early = text_of(client.get(f"{ROOT}registry/?on=2016-06-01"))
    assert "Display status Recruiting" in early
    assert "is not a date; today is shown" in text_of(client.get(f"{ROOT}registry/?on=yesterday"))
    record = json.loads(client.get(f"{ROOT}registry/record.json").content)
    assert record["protocolSection"]["identificationModule"]["nctId"] == "NCT02632201"
    assert client.get(f"{ROOT}registry/nonsense/").status_code == 404


def test_findings_stand_with_their_regions_drawn(sign_in: SignIn) -> None:
    response = sign_in("monitor").get(f"{ROOT}protocol/findings/")
    page = response.content.decode()
    shown = text_of(response)
    assert page.count('class="number-line"') == 4
    assert "Total bilirubin 3 to 5.847 mg/dL (51.31 to 100 µmol/L) is neither included nor excluded" in shown
    assert "Criterion I7C" in shown
    assert f'{ROOT}protocol/criteria/#i7c"' in page


def test_criteria_name_what_was_found_at_them(sign_in: SignIn) -> None:
    shown = text_of(sign_in("monitor").get(f"{ROOT}protocol/criteria/"))
    assert "bilirubin is less than 3mg/dL ! TW-ELI-001" in " ".join(shown.split())


def test_the_registry_page_shows_every_finding_on_the_record(sign_in: SignIn) -> None:
    shown = text_of(sign_in("registry_officer").get(f"{ROOT}registry/?on=2026-11-22"))
    assert "TW-RCD-009" in shown and "element(s) that the registry requires are missing" in shown


def test_protocol_tells_each_rule_in_a_sentence(sign_in: SignIn) -> None:
    shown = text_of(sign_in("monitor").get(f"{ROOT}protocol/criteria/"))
    assert "creatinine < 2.5 mg/dL" in shown
    assert "less than 2.5 mg/dL." in shown


def test_accounts_are_listed_with_their_log(sign_in: SignIn) -> None:
    shown = text_of(sign_in("administrator").get(f"{ROOT}people/"))
    assert "second_quality" in shown
    assert "grant role" in shown
