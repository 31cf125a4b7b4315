"""Saving and correcting forms: places, answers, versions, reasons."""

from __future__ import annotations

from typing import Any

import pytest
from tests.trial.bench import INVESTIGATOR, NURSE, SCREENING, STUDENT, Bench, codes

from trialwright.trial.disposition import EndFollowUp, decide_follow_up_end
from trialwright.trial.enrolment import WithdrawConsent, decide_consent_withdrawal
from trialwright.trial.events import Kind
from trialwright.trial.records import FormState

LABORATORY = SCREENING["laboratory"]


@pytest.fixture
def consented(bench: Bench) -> Bench:
    """A subject with consent."""
    return bench.register().consent()


def saved(bench: Bench, form: str = "laboratory", visit: str = "screening", repeat: int = 1) -> FormState:
    found = bench.state.form(visit, form, repeat)
    assert found is not None
    return found


def paths(decision: Any) -> list[tuple[str | int, ...]]:
    return [finding.place.path for finding in decision.refusals]


def test_a_form_is_saved_as_entered(consented: Bench) -> None:
    decision = consented.take(consented.save("screening", "laboratory", LABORATORY))
    form = saved(consented)
    assert decision.events[0].kind is Kind.FORM_SAVED
    assert (form.version, form.state, form.occurred_on) == (1, "complete", "2026-03-02")
    assert form.document["creatinine"] == {"value": "1.0", "unit": "mg/dL", "upper": "1.2"}
    assert form.study_version == consented.conduct.version


def test_blanks_around_an_entry_do_not_count(consented: Bench) -> None:
    typed = {**LABORATORY, "creatinine": {"value": " 1.0 ", "unit": "mg/dL"}}
    consented.take(consented.save("screening", "laboratory", typed))
    assert saved(consented).document["creatinine"]["value"] == "1.0"


@pytest.mark.parametrize(
    ("visit", "form", "repeat", "code"),
    [
        ("screening", "recipe", 1, "DAT-001"),
        ("screening", "tumour", 1, "DAT-002"),
        ("christmas", "laboratory", 1, "DAT-002"),
        ("screening", "laboratory", 2, "DAT-003"),
        ("log", "death", 2, "DAT-003"),
        ("dose_5", "laboratory", 1, "DAT-004"),
        ("log", "event", 2, "DAT-005"),
        ("log", "event", 0, "DAT-005"),
    ],
)
def test_places_that_a_form_does_not_have(
    consented: Bench, visit: str, form: str, repeat: int, code: str
) -> None:
    assert codes(consented.save(visit, form, {}, repeat=repeat)) == [code]


@pytest.mark.requirement("TW-R-026")
def test_no_form_before_consent(bench: Bench) -> None:
    bench.register()
    assert codes(bench.save("screening", "laboratory", LABORATORY)) == ["SUB-011"]


def test_log_forms_repeat_without_gaps(consented: Bench) -> None:
    event = {"started_on": {"value": "2026-02"}, "term": {"value": "fever"}}
    for repeat in (1, 2):
        consented.take(consented.save("log", "event", event, repeat=repeat))
    consented.take(consented.save("log", "laboratory", LABORATORY))
    assert {"log/event/1", "log/event/2", "log/laboratory/1"} <= consented.state.forms.keys()


@pytest.mark.parametrize(
    ("item", "answer", "code"),
    [
        ("creatinine", {"value": "1.0"}, "DAT-032"),
        ("creatinine", {"value": "1.0", "unit": "g/L"}, "DAT-032"),
        ("creatinine", {"value": "one", "unit": "mg/dL"}, "DAT-030"),
        ("creatinine", {"value": "1,0", "unit": "mg/dL"}, "DAT-030"),
        ("creatinine", {"value": "NaN", "unit": "mg/dL"}, "DAT-030"),
        ("creatinine", {"value": "25", "unit": "mg/dL"}, "DAT-036"),
        ("creatinine", {"value": "2000", "unit": "umol/L"}, "DAT-036"),
        ("creatinine", {"value": "1", "unit": "mg/dL", "upper": "high"}, "DAT-033"),
        ("creatinine", {"value": "1", "unit": "mg/dL", "upper": "<2"}, "DAT-033"),
        ("creatinine", {"value": "1", "unit": "mg/dL", "upper": "1", "lower": "2"}, "DAT-034"),
        ("creatinine", {"value": ""}, "DAT-023"),
        ("creatinine", {"value": 1.0, "unit": "mg/dL"}, "DAT-022"),
        ("creatinine", {"value": "1", "unit": "mg/dL", "colour": "red"}, "DAT-022"),
        ("creatinine", {"missing": "LOST"}, "DAT-021"),
        ("creatinine", {"missing": "ND", "value": "1"}, "DAT-021"),
        ("creatinine", "1.0", "DAT-022"),
        ("pulse", {"value": "61.5", "unit": "/min"}, "DAT-030"),
        ("pulse", {"value": "<60", "unit": "/min"}, "DAT-030"),
        ("pulse", {"value": "60", "unit": "/min", "upper": "100"}, "DAT-024"),
        ("collected_on", {"value": "2026-03-03"}, "DAT-029"),
        ("collected_on", {"value": "2026-03"}, "DAT-028"),
        ("collected_on", {"value": "2026-02-30"}, "DAT-028"),
        ("collected_on", {"value": "yesterday"}, "DAT-028"),
        ("collected_on", {"value": "2026-03-02", "unit": "d"}, "DAT-024"),
        ("taste", {"value": "good"}, "DAT-040"),
    ],
)
def test_answers_that_are_refused(consented: Bench, item: str, answer: Any, code: str) -> None:
    decision = consented.save("screening", "laboratory", {**LABORATORY, item: answer})
    assert codes(decision) == [code]
    assert paths(decision) == [(item,)]
    assert not any("1.0" in f.message or "2000" in f.message for f in decision.refusals)


@pytest.mark.parametrize(
    "answer",
    [
        {"value": "88.4", "unit": "umol/L"},
        {"value": "<0.2", "unit": "mg/dL"},
        {"value": "< 0.2", "unit": "mg/dL", "lower": "0.5", "upper": "1.2"},
        {"value": "1e0", "unit": "mg/dL"},
        {"missing": "ND"},
    ],
)
def test_answers_that_are_taken(consented: Bench, answer: dict[str, str]) -> None:
    consented.take(consented.save("screening", "laboratory", {**LABORATORY, "creatinine": answer}))
    assert saved(consented).document["creatinine"] == answer


@pytest.mark.parametrize("value", [("1.6", "mg/dL"), ("141.5", "umol/L"), ("0.3", "mg/dL")])
def test_unexpected_values_are_kept_with_a_warning(consented: Bench, value: tuple[str, str]) -> None:
    answer = {"value": value[0], "unit": value[1]}
    decision = consented.take(consented.save("screening", "laboratory", {**LABORATORY, "creatinine": answer}))
    assert [f.code for f in decision.warnings] == ["TW-DAT-037"]
    assert saved(consented).warned == ("creatinine",)


def test_the_expected_range_is_exact_after_conversion(consented: Bench) -> None:
    # 1.5 mg/dL is 132.63 umol/L (factor 88.42): the limit itself is still expected.
    answer = {"value": "132.63", "unit": "umol/L"}
    decision = consented.save("screening", "laboratory", {**LABORATORY, "creatinine": answer})
    assert decision.accepted and not decision.warnings


@pytest.mark.parametrize(
    ("form", "item", "value", "code"),
    [
        ("demographics", "sex", "X", "DAT-025"),
        ("attestations", "judged_fit", "yes", "DAT-026"),
        ("demographics", "birth_date", "1970-13", "DAT-028"),
    ],
)
def test_words_that_are_refused(consented: Bench, form: str, item: str, value: str, code: str) -> None:
    decision = consented.save("screening", form, {**SCREENING[form], item: {"value": value}})
    assert codes(decision) == [code]


@pytest.mark.parametrize("born", ["1970", "1970-05", "1970-05-17"])
def test_partial_dates_where_they_may_be(consented: Bench, born: str) -> None:
    document = {**SCREENING["demographics"], "birth_date": {"value": born}}
    assert consented.save("screening", "demographics", document).accepted


@pytest.mark.requirement("TW-R-019")
def test_required_items_are_entered_or_reasoned(consented: Bench) -> None:
    document = {name: answer for name, answer in LABORATORY.items() if name != "alt"}
    assert codes(consented.save("screening", "laboratory", document)) == ["DAT-042"]
    consented.take(consented.save("screening", "laboratory", document, complete=False))
    assert saved(consented).state == "incomplete"
    whole = {**document, "alt": {"missing": "ND"}}
    consented.take(consented.save("screening", "laboratory", whole, expected_version=1))
    assert (saved(consented).state, saved(consented).version) == ("complete", 2)


def test_items_that_are_not_shown(consented: Bench) -> None:
    answers = SCREENING["attestations"]
    hidden = {**answers, "which": {"value": "influenza"}}
    assert codes(consented.save("screening", "attestations", hidden)) == ["DAT-041"]
    shown = {**answers, "infection": {"value": "true"}}
    assert codes(consented.save("screening", "attestations", shown)) == ["DAT-042"]
    assert consented.save("screening", "attestations", {**shown, "which": {"value": "influenza"}}).accepted


def rows(*listed: Any) -> dict[str, Any]:
    return {"scan_on": {"value": "2026-03-02"}, "lesions": {"rows": list(listed)}}


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        (rows({"diameter": {"value": "31", "unit": "mm"}}), "DAT-042", ("lesions", 0, "lesion")),
        (rows({"lesion": {"value": "L1"}, "size": {"value": "3"}}), "DAT-045", ("lesions", 0)),
        (rows({"lesion": "L1"}), "DAT-022", ("lesions", 0, "lesion")),
        (
            rows(
                {"lesion": {"value": "L1"}},
                {"lesion": {"value": "L2"}, "diameter": {"value": "600", "unit": "mm"}},
            ),
            "DAT-036",
            ("lesions", 1, "diameter"),
        ),
        (rows(*[{"lesion": {"value": "L1"}}] * 201), "DAT-044", ("lesions",)),
        ({"scan_on": {"value": "2026-03-02"}, "lesions": {"value": "L1"}}, "DAT-043", ("lesions",)),
        ({"scan_on": {"value": "2026-03-02"}}, "DAT-042", ("lesions",)),
    ],
)
def test_tables_that_are_refused(bench: Bench, document: dict, code: str, path: tuple) -> None:
    decision = bench.allocated().save("log", "tumour", document)
    assert codes(decision) == [code]
    assert paths(decision) == [path]


def test_a_table_is_kept_or_missing(bench: Bench) -> None:
    bench.allocated()
    document = rows({"lesion": {"value": "L1"}, "diameter": {"value": "31", "unit": "mm"}})
    bench.take(bench.save("log", "tumour", document))
    assert saved(bench, "tumour", "log").document == document
    none = {"scan_on": {"value": "2026-03-02"}, "lesions": {"missing": "ND"}}
    assert bench.save("log", "tumour", none, repeat=2).accepted


@pytest.mark.requirement("TW-R-018", "TW-R-003")
def test_a_correction_needs_its_reason_and_keeps_the_earlier_version(consented: Bench) -> None:
    consented.take(consented.save("screening", "laboratory", LABORATORY))
    changed = {**LABORATORY, "creatinine": {"value": "1.1", "unit": "mg/dL"}}
    assert codes(consented.save("screening", "laboratory", changed, expected_version=1)) == ["DAT-009"]
    decision = consented.save("screening", "laboratory", changed, expected_version=1, reason="misread")
    consented.take(decision)
    assert (decision.events[0].kind, decision.events[0].reason) == (Kind.FORM_CORRECTED, "misread")
    assert len(saved(consented).seqs) == saved(consented).version == 2
    assert [one.payload["document"]["creatinine"]["value"] for one in consented.recorded[-2:]] == [
        "1.0",
        "1.1",
    ]


def test_a_stale_edit_is_refused_whole(consented: Bench) -> None:
    consented.take(consented.save("screening", "laboratory", LABORATORY))
    for version in (0, 2):
        changed = {**LABORATORY, "pulse": {"value": "60", "unit": "/min"}}
        stale = consented.save("screening", "laboratory", changed, expected_version=version, reason="r")
        assert codes(stale) == ["DAT-409"] and not stale.events


def test_saving_the_same_again_is_refused(consented: Bench) -> None:
    consented.take(consented.save("screening", "laboratory", LABORATORY))
    same = consented.save("screening", "laboratory", LABORATORY, expected_version=1, reason="r")
    assert codes(same) == ["DAT-008"]


def test_an_incomplete_form_goes_on_without_a_reason_but_not_backwards(consented: Bench) -> None:
    begun = {"collected_on": {"value": "2026-03-02"}, "creatinine": {"value": "1.0", "unit": "mg/dL"}}
    consented.take(consented.save("screening", "laboratory", begun, complete=False))
    more = {**begun, "alt": {"value": "30", "unit": "U/L"}}
    decision = consented.take(
        consented.save("screening", "laboratory", more, complete=False, expected_version=1, reason="unasked")
    )
    assert (decision.events[0].kind, decision.events[0].reason) == (Kind.FORM_SAVED, "")
    back = {**more, "creatinine": {"value": "1.2", "unit": "mg/dL"}}
    again = consented.save("screening", "laboratory", back, complete=False, expected_version=2)
    assert codes(again) == ["DAT-009"]


def test_who_may_not_correct_may_still_enter(consented: Bench) -> None:
    consented.take(consented.save("screening", "laboratory", LABORATORY, STUDENT), STUDENT)
    changed = {**LABORATORY, "creatinine": {"value": "1.1", "unit": "mg/dL"}}
    again = consented.save("screening", "laboratory", changed, STUDENT, expected_version=1, reason="r")
    assert codes(again) == ["ACT-403"]


def test_a_date_outside_the_window_is_warned_of(bench: Bench) -> None:
    bench.allocated().wait(days=9)
    document = {**LABORATORY, "collected_on": {"value": "2026-03-08"}}
    assert [f.code for f in bench.save("dose_5", "laboratory", document).warnings] == ["TW-DAT-012"]
    on_time = {**LABORATORY, "collected_on": {"value": "2026-03-06"}}
    assert not bench.save("dose_5", "laboratory", on_time).warnings


def test_after_death_only_what_can_still_be_known(bench: Bench) -> None:
    bench.allocated().wait(days=60)
    end = EndFollowUp(bench.state.subject, "death", "2026-04-20")
    bench.take(decide_follow_up_end(bench.study, bench.state, end, NURSE, bench.now))
    late = {**LABORATORY, "collected_on": {"value": "2026-04-21"}}
    assert codes(bench.save("log", "laboratory", late)) == ["DAT-010"]
    assert bench.save("log", "death", {"died_on": {"value": "2026-04-20"}}).accepted
    earlier = {**LABORATORY, "collected_on": {"value": "2026-04-20"}}
    assert bench.save("log", "laboratory", earlier).accepted


@pytest.mark.parametrize(("scope", "code"), [("follow_up", "DAT-011"), ("data", "DAT-006")])
def test_after_withdrawal_no_new_data(bench: Bench, scope: str, code: str) -> None:
    bench.allocated().wait(days=3)
    withdrawal = WithdrawConsent(bench.state.subject, scope)  # type: ignore[arg-type]
    bench.take(decide_consent_withdrawal(bench.study, bench.state, withdrawal, INVESTIGATOR, bench.now))
    bench.wait(days=2)
    late = {**LABORATORY, "collected_on": {"value": "2026-03-07"}}
    assert codes(bench.save("log", "laboratory", late)) == [code]
