"""Who may open what: role by address, and the subject of another site is not there."""

from __future__ import annotations

import pytest
from tests.web.addresses import FOREIGN, LABORATORY, ONE, ROOT
from tests.web.conftest import SignIn

SITE_ROLES = ("investigator", "study_nurse")
STUDY_SIGHT = (
    "cell_laboratory",
    "quality_release",
    "monitor",
    "data_manager",
    "statistician",
    "safety_officer",
)
BLIND_TO_SUBJECTS = ("registry_officer", "administrator")
EVERYBODY = (*SITE_ROLES, *STUDY_SIGHT, *BLIND_TO_SUBJECTS)
SUBJECT_READERS = (*SITE_ROLES, *STUDY_SIGHT)
REPORT_READERS = ("data_manager", "statistician", "safety_officer", "registry_officer")
REGISTRY_READERS = ("data_manager", "registry_officer")

MAY_OPEN: dict[str, tuple[str, ...]] = {
    ROOT: EVERYBODY,
    f"{ROOT}protocol/": EVERYBODY,
    f"{ROOT}protocol/criteria/": EVERYBODY,
    f"{ROOT}protocol/design/": EVERYBODY,
    f"{ROOT}subjects/": SUBJECT_READERS,
    f"{ROOT}matrix/": SUBJECT_READERS,
    f"{ROOT}cells/": SUBJECT_READERS,
    f"{ROOT}safety/": SUBJECT_READERS,
    f"{ROOT}queries/": SUBJECT_READERS,
    ONE: SUBJECT_READERS,
    f"{ONE}visits/": SUBJECT_READERS,
    f"{ONE}eligibility/": SUBJECT_READERS,
    f"{ONE}trail/": SUBJECT_READERS,
    LABORATORY: SUBJECT_READERS,
    f"{ONE}cells/S01-001-B02-01/": SUBJECT_READERS,
    f"{ONE}batches/S01-001-B02/": SUBJECT_READERS,
    f"{ONE}identity/": SITE_ROLES,
    f"{ROOT}register/": SITE_ROLES,
    f"{ONE}act/record_consent/": SITE_ROLES,
    f"{ONE}act/allocate/": ("investigator",),
    f"{ONE}act/release_batch/S01-001-B02/": ("quality_release",),
    f"{ONE}act/start_batch/dc/": ("cell_laboratory",),
    f"{ONE}act/verify_at_bedside/S01-001-B02-01/": SITE_ROLES,
    f"{ONE}act/verify_form/screening/laboratory/1/": ("monitor",),
    f"{ONE}act/lock_form/screening/laboratory/1/": ("data_manager",),
    f"{ROOT}outcomes/": REPORT_READERS,
    f"{ROOT}design/": REPORT_READERS,
    f"{ROOT}report/": REPORT_READERS,
    f"{ROOT}registry/": REGISTRY_READERS,
    f"{ROOT}registry/table/": REGISTRY_READERS,
    f"{ROOT}people/": ("administrator",),
}
"""Address -> the roles for which it opens. Every other role is refused."""

FOREIGN_ADDRESSES = (
    FOREIGN,
    f"{FOREIGN}visits/",
    f"{FOREIGN}trail/",
    f"{FOREIGN}forms/screening/laboratory/1/",
    f"{FOREIGN}act/record_consent/",
    f"{FOREIGN}identity/",
    f"{FOREIGN}cells/S02-001-B01-01/",
)
UNKNOWN = f"{ROOT}subjects/S09-001/"


@pytest.mark.requirement("TW-R-011")
@pytest.mark.parametrize("role", EVERYBODY)
def test_role_opens_its_pages_and_no_other(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    answers = {address: client.get(address).status_code for address in MAY_OPEN}
    expected = {address: 200 if role in roles else 403 for address, roles in MAY_OPEN.items()}
    # A role that may not know of subjects does not learn from a refusal that one exists.
    assert {a: c for a, c in answers.items() if c != expected[a]} == {}


@pytest.mark.requirement("TW-R-012")
@pytest.mark.parametrize("role", SITE_ROLES)
def test_subject_of_another_site_is_not_there(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    for address in FOREIGN_ADDRESSES:
        assert client.get(address).status_code == 404, address
        assert client.post(address).status_code in (404, 405), address
    foreign, unknown = client.get(FOREIGN), client.get(UNKNOWN)
    assert foreign.content == unknown.content


@pytest.mark.requirement("TW-R-012")
@pytest.mark.parametrize("role", ["investigator2", "study_nurse2"])
def test_other_site_sees_its_own_and_not_the_first(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.get(FOREIGN).status_code == 200
    assert client.get(ONE).status_code == 404
    listed = client.get(f"{ROOT}subjects/").content.decode()
    assert "S02-001" in listed
    assert "S01-00" not in listed


@pytest.mark.requirement("TW-R-012")
def test_ledger_entry_of_a_foreign_subject_is_not_there(sign_in: SignIn) -> None:
    from trialwright.store.ledger import read

    foreign = next(read("nct02632201", subject="S02-001"))
    assert sign_in("study_nurse").get(f"{ROOT}ledger/{foreign.seq}/").status_code == 404
    assert sign_in("monitor").get(f"{ROOT}ledger/{foreign.seq}/").status_code == 200


def test_without_signing_in_every_page_leads_to_the_sign_in_page(sign_in: SignIn) -> None:
    client = sign_in("monitor")
    client.logout()
    for address in MAY_OPEN:
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/sign-in/"), address


def test_study_without_a_role_looks_like_one_that_does_not_exist(sign_in: SignIn) -> None:
    assert sign_in("monitor").get("/another/").status_code == 404


@pytest.mark.requirement("TW-R-011")
def test_write_by_a_role_without_the_right_changes_nothing(sign_in: SignIn) -> None:
    from trialwright.store.ledger import read_head

    before = read_head()
    monitor = sign_in("monitor")
    assert monitor.post(LABORATORY, {"expected_version": "2", "reason": "x"}).status_code == 403
    assert monitor.post(f"{ONE}act/record_consent/", {"version": "2.0"}).status_code == 403
    assert read_head() == before
