"""Entering and correcting a form: validation, reasons, warnings asked once, a stale page, shown items, rows."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.web.addresses import LABORATORY, ONE, ROOT, fields_of, shown_of, text_of
from tests.web.conftest import SignIn

from trialwright.store.ledger import read_head
from trialwright.store.projections import load_subject

VITAL = f"{ONE}forms/dose_21/vital_signs/1/"
DISEASE = f"{ROOT}subjects/S01-003/forms/screening/disease_status/1/"
ATTESTATIONS = f"{ROOT}subjects/S01-003/forms/screening/attestations/1/"
TUMOUR = f"{ONE}forms/assessment_1/tumour_assessment/1/"


@pytest.fixture
def nurse(sign_in: SignIn) -> Client:
    return sign_in("study_nurse")


def send(client: Client, address: str, **changes: str):
    """Send the page's form as it stands, with some fields changed (``v__creatinine`` is ``v:creatinine``)."""
    page = client.get(address)
    data: dict = {**fields_of(page), "shown": shown_of(page), "intent": "save"}
    data |= {name.replace("__", ":"): value for name, value in changes.items()}
    return client.post(address, data)


def saved(subject: str, visit: str, form: str):
    return load_subject("nct02632201", subject).form(visit, form)


@pytest.mark.requirement("TW-R-003", "TW-R-018")
def test_correction_keeps_both_values_with_reason_and_person(nurse: Client) -> None:
    answer = send(nurse, LABORATORY, v__creatinine="1.1", reason="Read from the wrong line")
    assert answer.status_code == 302
    shown = text_of(nurse.get(LABORATORY))
    assert "0.9 mg/dL (normal 0.5 to 1.2) → 1.1 mg/dL (normal 0.5 to 1.2)" in shown
    assert "Read from the wrong line" in shown
    assert "Version 3 Study nurse, Study nurse" in shown
    assert saved("S01-001", "screening", "laboratory").document["creatinine"]["value"] == "1.1"


@pytest.mark.requirement("TW-R-018")
def test_correction_without_a_reason_is_refused_and_keeps_the_entry(nurse: Client) -> None:
    before = read_head()
    answer = send(nurse, LABORATORY, v__creatinine="1.1")
    assert answer.status_code == 422
    assert "A correction needs a reason." in text_of(answer)
    assert '<a href="#f-reason">' in answer.content.decode()
    assert fields_of(answer)["v:creatinine"] == "1.1"
    assert read_head() == before


def test_errors_stand_on_top_with_links_and_under_the_field(nurse: Client) -> None:
    answer = send(nurse, LABORATORY, v__creatinine="much", v__alt="", reason="x")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#f-creatinine">This is not a number with a decimal point.</a>' in page
    assert '<a href="#f-alt">This item is required.</a>' in page
    assert page.count("This is not a number with a decimal point.") == 2
    assert 'aria-invalid="true"' in page


def test_value_and_reason_for_none_together_are_refused(nurse: Client) -> None:
    answer = send(nurse, LABORATORY, m__creatinine="ND", reason="x")
    assert "There is a value and a reason why there is none." in text_of(answer)


@pytest.mark.requirement("TW-R-019")
def test_missing_value_with_its_reason_is_saved_and_shown(nurse: Client) -> None:
    answer = send(
        nurse,
        LABORATORY,
        v__bilirubin="",
        lo__bilirubin="",
        up__bilirubin="",
        m__bilirubin="ND",
        reason="Haemolysed",
    )
    assert answer.status_code == 302
    assert saved("S01-001", "screening", "laboratory").document["bilirubin"] == {"missing": "ND"}
    assert "– (not done)" in text_of(nurse.get(LABORATORY))


def test_warning_is_asked_once_and_then_saved(nurse: Client) -> None:
    before = read_head()
    asked = send(nurse, LABORATORY, v__creatinine="2.4", reason="Repeated sample")
    assert asked.status_code == 422
    assert "Please look again; nothing was saved yet." in text_of(asked)
    assert "Save correction anyway" in text_of(asked)
    assert read_head() == before
    confirmed = {**fields_of(asked), "shown": shown_of(asked), "intent": "save"}
    assert nurse.post(LABORATORY, confirmed).status_code == 302
    assert saved("S01-001", "screening", "laboratory").warned == ("creatinine",)


def test_confirmation_covers_only_the_warnings_that_were_shown(nurse: Client) -> None:
    asked = send(nurse, LABORATORY, v__creatinine="2.4", reason="Repeated sample")
    data = {**fields_of(asked), "shown": shown_of(asked), "intent": "save", "v:alt": "400"}
    again = nurse.post(LABORATORY, data)
    assert again.status_code == 422
    assert saved("S01-001", "screening", "laboratory").version == 2


def test_stale_page_loses_nothing_and_shows_both(nurse: Client, sign_in: SignIn) -> None:
    page = nurse.get(LABORATORY)
    mine = {**fields_of(page), "shown": shown_of(page), "intent": "save", "v:alt": "33", "reason": "Mine"}
    assert send(sign_in("investigator"), LABORATORY, v__alt="35", reason="Theirs").status_code == 302
    answer = nurse.post(LABORATORY, mine)
    assert answer.status_code == 409
    shown = text_of(answer)
    assert (
        "Saved meanwhile Yours Alanine aminotransferase 35 U/L (normal up to 40) 33 U/L (normal up to 40)"
        in shown
    )
    assert fields_of(answer)["v:alt"] == "33"
    # Sent again it builds on what the other person saved, knowingly.
    again = {**fields_of(answer), "shown": shown_of(answer), "intent": "save"}
    assert nurse.post(LABORATORY, again).status_code == 302
    assert saved("S01-001", "screening", "laboratory").version == 4


def test_incomplete_form_is_continued_without_a_reason(nurse: Client) -> None:
    assert saved("S01-001", "dose_21", "vital_signs").state == "incomplete"
    assert send(nurse, VITAL, v__systolic="121").status_code == 302
    form = saved("S01-001", "dose_21", "vital_signs")
    assert (form.state, form.version) == ("complete", 2)


def test_answer_that_opens_a_question_brings_the_page_again(nurse: Client) -> None:
    page = nurse.get(ATTESTATIONS)
    assert "other_serious_disease_text" not in shown_of(page)
    given = {"v:collected_on": fields_of(nurse.get(DISEASE))["v:collected_on"], "v:informed_consent": "true"}
    given |= {"v:life_expectancy": "12", "v:blood_count_suits_collection": "true", "v:fertile": "false"}
    given |= {"v:other_serious_disease": "true", "intent": "save", "expected_version": "0"}
    asked = nurse.post(ATTESTATIONS, {**given, "shown": shown_of(page)})
    assert "Your answers opened further questions." in text_of(asked)
    assert "other_serious_disease_text" in shown_of(asked)
    full = {**given, "v:other_serious_disease_text": "Heart failure", "shown": shown_of(asked)}
    assert nurse.post(ATTESTATIONS, full).status_code == 302


def test_answer_to_a_question_that_is_not_asked_any_more_goes_away(nurse: Client) -> None:
    answer = send(nurse, DISEASE, v__liver_metastasis="false", reason="Second reading of the scan")
    assert answer.status_code == 302
    assert "liver_metastases" not in saved("S01-003", "screening", "disease_status").document


def test_refresh_shows_the_question_and_saves_nothing(nurse: Client) -> None:
    before = read_head()
    page = nurse.get(ATTESTATIONS)
    data = {"v:fertile": "true", "intent": "refresh", "expected_version": "0", "shown": shown_of(page)}
    answer = nurse.post(ATTESTATIONS, data, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "contraception" in shown_of(answer)
    assert read_head() == before


def test_last_assessment_gives_the_lesions_to_be_read_again(nurse: Client) -> None:
    fields = fields_of(nurse.get(TUMOUR))
    assert fields["v:lesions.0.lesion"] == "L1"
    assert fields["v:lesions.0.organ"] == "liver"
    assert fields["v:lesions.0.diameter"] == ""


def test_rows_are_added_and_removed_by_buttons(nurse: Client) -> None:
    page = nurse.get(TUMOUR)
    data = {**fields_of(page), "shown": shown_of(page)}
    added = nurse.post(TUMOUR, {**data, "row": "add:lesions"})
    assert fields_of(added)["n:lesions"] == "2"
    data = {**fields_of(added), "shown": shown_of(added), "v:lesions.1.lesion": "L2"}
    removed = nurse.post(TUMOUR, {**data, "row": "remove:lesions:0"})
    assert fields_of(removed)["v:lesions.0.lesion"] == "L2"
    assert fields_of(removed)["n:lesions"] == "1"


def lesion_page(client: Client, diameter: str, **more: str) -> dict:
    page = client.get(TUMOUR)
    data: dict = {**fields_of(page), "shown": shown_of(page), "v:collected_on": _today(), "v:method": "ct"}
    return data | {"v:lesions.0.finding": "measured", "v:lesions.0.diameter": diameter, **more}


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).date().isoformat()


def test_response_is_computed_while_the_lesions_are_entered(nurse: Client) -> None:
    before = read_head()
    data = lesion_page(nurse, "28")
    answer = nurse.post(f"{TUMOUR}response/", data)
    shown = text_of(answer)
    # 28 of 42 mm is a fall of a third: partial response by RECIST 1.1.
    assert "Overall PR Sum 28 mm From baseline −33.3 %" in shown
    assert read_head() == before


def test_stated_response_that_differs_is_asked_about(nurse: Client) -> None:
    data = lesion_page(nurse, "28", **{"v:response": "SD", "intent": "save", "expected_version": "0"})
    asked = nurse.post(TUMOUR, data)
    assert asked.status_code == 422
    assert "The response stated differs from the one computed from the lesions (PR)." in text_of(asked)
    confirmed = {**fields_of(asked), "shown": shown_of(asked), "intent": "save"}
    assert nurse.post(TUMOUR, confirmed).status_code == 302


@pytest.mark.requirement("TW-R-026")
def test_form_before_consent_or_allocation_says_why_it_is_closed(nurse: Client) -> None:
    unconsented = text_of(nurse.get(f"{ROOT}subjects/S01-005/forms/screening/laboratory/1/"))
    assert "No informed consent is on record. Record it first." in unconsented
    early = text_of(nurse.get(f"{ROOT}subjects/S01-002/forms/dose_19/vital_signs/1/"))
    assert "This visit comes after allocation." in early


def test_form_that_does_not_stand_at_the_visit_is_not_there(nurse: Client) -> None:
    assert nurse.get(f"{ONE}forms/dose_19/tumour_assessment/1/").status_code == 404
    assert nurse.get(f"{ONE}forms/nowhere/laboratory/1/").status_code == 404
    assert nurse.get(f"{ONE}forms/log/nothing/1/").status_code == 404


def test_reader_sees_answers_and_no_inputs(sign_in: SignIn) -> None:
    page = sign_in("monitor").get(LABORATORY)
    assert 'name="v:creatinine"' not in page.content.decode()
    assert "Serum creatinine 0.9 mg/dL (normal 0.5 to 1.2)" in text_of(page)


def test_value_is_escaped(nurse: Client) -> None:
    address = f"{ONE}forms/log/anticancer_therapy/1/"
    answer = send(nurse, address, v__name="<script>alert(1)</script>", v__started_on="2026-01")
    assert answer.status_code == 302
    assert "<script>alert" not in nurse.get(address).content.decode()
