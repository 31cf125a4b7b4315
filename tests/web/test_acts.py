"""Acts on a subject through their page: refusals, signatures, the second person, the way to a dose."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.web.addresses import LABORATORY, ONE, PASSWORD, ROOT, fields_of, shown_of, text_of
from tests.web.conftest import SignIn

from trialwright.store.ledger import read_head
from trialwright.store.projections import load_subject

STUDY = "nct02632201"
SECOND = {"second_name": "second_nurse", "second_password": PASSWORD}


def act(client: Client, subject: str, verb: str, about: str = "", **given: object):
    address = f"{ROOT}subjects/{subject}/act/{verb}/{f'{about}/' if about else ''}"
    return client.post(address, given)


def test_consent_is_recorded_and_the_subject_goes_on(sign_in: SignIn) -> None:
    nurse = sign_in("study_nurse")
    answer = act(nurse, "S01-005", "record_consent", version="1.0", given_on="2026-01-02")
    assert answer.status_code == 302
    assert load_subject(STUDY, "S01-005").consent.given_on == "2026-01-02"
    assert "Recorded: record consent." in text_of(nurse.get(answer["Location"]))


def test_refusal_stands_at_its_field_and_keeps_what_was_entered(sign_in: SignIn) -> None:
    nurse = sign_in("study_nurse")
    answer = act(nurse, "S01-005", "record_consent", version="1.0", given_on="2999-01-01", language="zh")
    assert answer.status_code == 422
    assert '<a href="#f-given_on">The date lies in the future.</a>' in answer.content.decode()
    assert 'value="zh"' in answer.content.decode()
    assert load_subject(STUDY, "S01-005").consent is None


@pytest.mark.requirement("TW-R-016", "TW-R-031")
def test_allocation_needs_the_password_and_happens_once(sign_in: SignIn) -> None:
    investigator = sign_in("investigator")
    page = investigator.get(f"{ROOT}subjects/S01-002/act/allocate/")
    request = fields_of(page)["request"]
    wrong = act(investigator, "S01-002", "allocate", request=request, password="not-it-at-all")
    assert wrong.status_code == 422
    assert "The password is not right; nothing was signed." in text_of(wrong)
    assert load_subject(STUDY, "S01-002").allocation is None
    for _ in range(2):  # a second click of the same page changes nothing
        assert act(investigator, "S01-002", "allocate", request=request, password=PASSWORD).status_code == 302
    assert load_subject(STUDY, "S01-002").allocation.slot == 2
    assert "Arm" in text_of(investigator.get(f"{ROOT}subjects/S01-002/"))


def test_closed_gates_are_listed_and_the_act_says_why(sign_in: SignIn) -> None:
    investigator = sign_in("investigator")
    overview = text_of(investigator.get(f"{ROOT}subjects/S01-003/"))
    assert "✗ closed Eligibility is not confirmed." in overview
    assert "Not possible now." in text_of(investigator.get(f"{ROOT}subjects/S01-003/act/allocate/"))


@pytest.mark.requirement("TW-R-014", "TW-R-015")
def test_signature_is_bound_to_the_version_that_was_seen(sign_in: SignIn) -> None:
    investigator, about = sign_in("investigator"), "screening/laboratory/1"
    stale = act(
        investigator, "S01-001", "sign_form", about, version="1", meaning="responsibility", password=PASSWORD
    )
    assert stale.status_code == 422
    seen = fields_of(investigator.get(f"{ONE}act/sign_form/{about}/"))
    signed = act(
        investigator, "S01-001", "sign_form", about, **{**seen, "password": PASSWORD, "meaning": "review"}
    )
    assert signed.status_code == 302
    marks = text_of(investigator.get(LABORATORY))
    assert re.search(r"signed Investigator, \d+ \w+ \d{4} \d\d:\d\d CST , meaning review", marks)
    nurse = sign_in("study_nurse")
    page = nurse.get(LABORATORY)
    changed = {
        **fields_of(page),
        "shown": shown_of(page),
        "intent": "save",
        "v:alt": "33",
        "reason": "Misread",
    }
    assert nurse.post(LABORATORY, changed).status_code == 302
    assert "signature lapsed It held for version 2." in text_of(nurse.get(LABORATORY))


@pytest.mark.requirement("TW-R-022")
def test_query_is_answered_and_closed(sign_in: SignIn) -> None:
    nurse, monitor = sign_in("study_nurse"), sign_in("monitor")
    assert act(nurse, "S01-001", "close_query", "Q0001").status_code == 403
    assert act(nurse, "S01-001", "answer_query", "Q0001", text="It is mg/dL.").status_code == 302
    assert act(monitor, "S01-001", "close_query", "Q0001").status_code == 302
    assert "✓ closed" in text_of(monitor.get(f"{ONE}queries/"))


def test_monitor_opens_a_query_on_an_item(sign_in: SignIn) -> None:
    monitor = sign_in("monitor")
    answer = act(
        monitor, "S01-001", "open_query", "screening/demographics/1", item="weight", text="Is it kg?"
    )
    assert answer.status_code == 302
    assert "Demographics, Weight" in text_of(monitor.get(f"{ROOT}queries/"))


def test_batch_is_tested_and_released_by_somebody_else(sign_in: SignIn) -> None:
    from tests.web.small_trial import TEST_RESULTS, read_study

    laboratory, quality = sign_in("cell_laboratory"), sign_in("quality_release")
    state = load_subject(STUDY, "S01-001")
    batch = "S01-001-B02"
    product = read_study().product(state.batches[batch].product)
    early = act(quality, "S01-001", "release_batch", batch, kind="RELEASED", password=PASSWORD)
    assert early.status_code == 422
    assert "has no final result" in text_of(early)
    results = {**TEST_RESULTS, "dose_cells": "3000000000"}
    for test in product.release_tests:
        if test.before_release:
            given = {"test": test.id, "result": results.get(test.id, "pass")}
            assert act(laboratory, "S01-001", "record_release_test", batch, **given).status_code == 302
    released = act(quality, "S01-001", "release_batch", batch, kind="RELEASED_CONDITIONAL", password=PASSWORD)
    assert released.status_code == 302
    assert "released, conditional" in text_of(quality.get(f"{ONE}batches/{batch}/"))


@pytest.mark.requirement("TW-R-011")
def test_second_person_must_be_another_one_with_the_right(sign_in: SignIn) -> None:
    nurse, before = sign_in("study_nurse"), read_head()
    given = {"material": "mononuclear cells", "din": "G123426000002"}
    alone = act(
        nurse, "S01-001", "record_collection", **given, second_name="study_nurse", second_password=PASSWORD
    )
    unknown = act(nurse, "S01-001", "record_collection", **given, second_name="x", second_password="y")
    stranger = act(
        nurse, "S01-001", "record_collection", **given, second_name="monitor", second_password=PASSWORD
    )
    assert [answer.status_code for answer in (alone, unknown, stranger)] == [422, 422, 422]
    assert "The second person has no role for this." in text_of(stranger)
    assert read_head() == before
    assert act(nurse, "S01-001", "record_collection", **given, **SECOND).status_code == 302


def test_expired_container_is_destroyed_by_two_people(sign_in: SignIn) -> None:
    quality = sign_in("quality_release")
    assert "expired" in text_of(quality.get(f"{ONE}cells/S01-001-B01-02/"))
    given = {"note": "Past its expiry", "second_name": "second_quality", "second_password": PASSWORD}
    assert act(quality, "S01-001", "destroy_container", "S01-001-B01-02", **given).status_code == 302
    assert load_subject(STUDY, "S01-001").containers["S01-001-B01-02"].state == "DESTROYED"


def test_unknown_act_is_not_there(sign_in: SignIn) -> None:
    assert sign_in("investigator").get(f"{ONE}act/erase_everything/").status_code == 404


@pytest.mark.requirement("TW-R-017")
def test_registering_gives_a_code_and_keeps_the_name_in_the_vault(sign_in: SignIn) -> None:
    from trialwright.store.ledger import read

    nurse = sign_in("study_nurse")
    given = {"site": "ehbh", "registered_on": "2026-01-05", "name": "Chen Min", "birth_on": "1968-02-03"}
    answer = nurse.post(f"{ROOT}register/", given)
    assert answer["Location"] == f"{ROOT}subjects/S01-006/"
    assert all("Chen Min" not in str(one.payload) for one in read(STUDY))
    hidden = nurse.get(f"{ROOT}subjects/S01-006/identity/")
    assert "Chen Min" not in text_of(hidden)
    shown = nurse.post(f"{ROOT}subjects/S01-006/identity/", {"purpose": "Calling the subject"})
    assert "Chen Min" in text_of(shown)


def test_identity_without_a_purpose_is_not_shown(sign_in: SignIn) -> None:
    answer = sign_in("study_nurse").post(f"{ONE}identity/", {"purpose": " "})
    assert answer.status_code == 422
    assert "Wang Fang" not in text_of(answer)
