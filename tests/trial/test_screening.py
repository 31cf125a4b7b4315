"""Eligibility from captured forms: the published vectors, ages, attestations, windows, screen failures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.trial.bench import BEGIN, INVESTIGATOR, MONITOR, SCREENING, Bench, codes

from trialwright.study.load import load_study
from trialwright.study.model.study import Study
from trialwright.trial.dates import local_date
from trialwright.trial.queries import OpenQuery, decide_query_opening
from trialwright.trial.records import Consent, FormState, Signature
from trialwright.trial.screening import RecordScreenFailure, decide_screen_failure, screen_subject
from trialwright.trial.subject import Status, SubjectState

ROOT = Path(__file__).parent.parent.parent
DOMAIN = json.loads((ROOT / "tests/data/domain/eligibility.json").read_text(encoding="utf-8"))
CRITERIA = {
    "I1": "i1", "I2": "i2", "I3": "i3", "I4": "i4", "I5": "i5", "I6": "i6", "I7a": "i7a", "I7b": "i7b",
    "I7c": "i7b", "I7d": "i7c", "I8": "i8", "I9": "i9", "I10": "i10", "E1": "e1", "E2": "e2", "E3a": "e3a",
    "E3b": "e3b", "E3c": "e3c", "E4": "e4",
}  # fmt: skip


@pytest.fixture(scope="module")
def first_study() -> Study:
    """The study whose criteria the vectors are about."""
    study = load_study(ROOT / "studies/nct02632201").study
    assert study is not None
    return study


@pytest.mark.requirement("TW-R-024", "TW-R-025")
def test_forms_to_verdicts_by_the_published_vectors(first_study: Study) -> None:
    for vector in DOMAIN["seed_vectors"]:
        subject = {**DOMAIN["base_subject"], **vector["changes"]}
        screening = screen_subject(first_study, _captured(subject), BEGIN.date())
        found = screening.eligibility
        assert found.decision.value == vector["decision"], vector["id"]
        assert (found.inclusion.value, found.exclusion.value) == (vector["inclusion"], vector["exclusion"])
        assert set(found.not_true_inclusion) == _ours(vector["not_true_inclusion"]), vector["id"]
        assert set(found.not_false_exclusion) == _ours(vector["not_false_exclusion"]), vector["id"]


def _ours(names: list[str]) -> set[str]:
    return {CRITERIA[name.split("_")[0]] for name in names}


def _captured(subject: dict[str, Any]) -> SubjectState:
    """A subject with these facts on signed forms, as the study asks them."""
    consent = Consent(version="1", given_on="2026-03-02") if subject["consent"] is not None else None
    forms = {
        "demographics": {"birth_date": {"value": f"{2026 - subject['age']}-01-15"}},
        "performance_status": {"ecog": _answer(subject["ecog"])},
        "disease_status": {
            "primary_site": {"value": "stomach" if subject["gastric_or_gej_with_liver_met"] else "other"},
            "liver_metastasis": _answer(subject["gastric_or_gej_with_liver_met"]),
            "histology": {"value": "adenocarcinoma" if subject["adenocarcinoma"] else "other"},
            "her2_ihc": _answer(subject["her2_ihc"]),
        },
        "laboratory": {
            "creatinine": _measured(subject["creatinine"]),
            "bilirubin": _measured(subject["bilirubin"]),
            "alt": _limited(subject["alt"], subject["alt_uln"]),
            "ast": _limited(subject["ast"], subject["ast_uln"]),
        },
        "attestations": {
            "informed_consent": _answer(subject["consent"]),
            "life_expectancy": {**_answer(subject["life_expectancy_months"]), "unit": "mo"},
            "blood_count_suits_collection": _answer(subject["blood_ok"]),
            "fertile": _answer(subject["fertile"]),
            "contraception": _answer(subject["contraception"]),
            "other_serious_disease": _answer(subject["serious_other"]),
        },
    }
    saved = {f"screening/{name}/1": _form(name, document) for name, document in forms.items()}
    return SubjectState(
        study="x", subject="S01-001", site="ehbh", registered_on="2026-03-02", consent=consent, forms=saved
    )


def _form(name: str, document: dict[str, Any]) -> FormState:
    signed = Signature(by="i", role="investigator", at="", meaning="responsibility", version=1, seq=2)
    dated = {"collected_on": {"value": "2026-03-02"}, **document}
    return FormState(
        visit="screening", form=name, repeat=1, version=1, state="signed", document=dated, seq=1, seqs=(1,),
        occurred_on="2026-03-02", study_version="", signed=signed,
    )  # fmt: skip


def _answer(value: Any) -> dict[str, str]:
    return {"missing": "UNK"} if value is None else {"value": str(value).lower()}


def _measured(value: Any) -> dict[str, str]:
    return {"missing": "ND"} if value is None else {"value": str(value[0]), "unit": value[1]}


def _limited(value: Any, upper: Any) -> dict[str, str]:
    answer = {"value": str(value), "unit": "U/L"}
    return answer if upper is None else {**answer, "upper": str(upper)}


@pytest.fixture
def screened(bench: Bench) -> Bench:
    """Forms saved, the attestations signed."""
    return bench.register().consent().screen().sign()


def decision_of(bench: Bench) -> str:
    return screen_subject(
        bench.study, bench.state, local_date(bench.study, "east", bench.now)
    ).eligibility.decision


def correct(bench: Bench, form: str, **answers: dict[str, str]) -> None:
    """Corrects a form, and signs the attestations again."""
    saved = bench.state.form("screening", form)
    assert saved is not None
    document = {**saved.document, **answers}
    bench.take(bench.save("screening", form, document, expected_version=saved.version, reason="misread"))


def test_confirmed_with_verdicts_and_basis(screened: Bench) -> None:
    screened.take(screened.confirm(), INVESTIGATOR)
    record = screened.state.eligibility
    assert record is not None and screened.state.status is Status.ELIGIBLE
    assert {verdict.verdict for name, verdict in record.verdicts.items() if name != "e_infection"} == {"met"}
    assert record.verdicts["e_infection"].verdict == "not_met"
    assert record.basis == {key: form.seq for key, form in screened.state.forms.items()}


@pytest.mark.requirement("TW-R-027")
def test_an_unsigned_attestation_decides_nothing(bench: Bench) -> None:
    bench.register().consent().screen()
    decision = bench.confirm()
    assert codes(decision) == ["SCR-001"]
    assert decision.refusals[0].place.path == ("i_fit",)
    assert "NOT_SIGNED" in decision.refusals[0].message


def test_obstacles_are_named_and_unknowns_explained(screened: Bench) -> None:
    correct(screened, "disease", her2={"value": "1"})
    correct(screened, "laboratory", alt={"value": "30", "unit": "U/L"})
    found = [(f.code, f.place.path) for f in screened.confirm().refusals]
    assert found == [("TW-SCR-002", ("i_her2",)), ("TW-SCR-001", ("i_alt",))]


def test_results_go_out_of_date(screened: Bench) -> None:
    screened.wait(days=14)
    assert screened.confirm().accepted
    screened.wait(days=1)
    assert {f.place.path for f in screened.confirm().refusals} == {("i_creatinine",), ("i_alt",)}


def test_a_query_makes_its_value_unknown(screened: Bench) -> None:
    command = OpenQuery(screened.state.subject, "screening", "laboratory", "Which unit?", "creatinine")
    decision = decide_query_opening(screened.study, screened.state, command, MONITOR, screened.now)
    screened.take(decision, MONITOR)
    assert [f.place.path for f in screened.confirm().refusals] == [("i_creatinine",)]


@pytest.mark.parametrize(
    ("born", "decision"),
    [
        ("1960-03-03", "ELIGIBLE"),
        ("1960-03-02", "NOT_ELIGIBLE"),
        ("2008-03-02", "ELIGIBLE"),
        ("2008-03-03", "NOT_ELIGIBLE"),
        ("1961", "ELIGIBLE"),
        ("1960", "INCOMPLETE"),
        ("1960-04", "ELIGIBLE"),
        ("1960-03", "INCOMPLETE"),
        ("1959", "NOT_ELIGIBLE"),
        ("1960-02", "NOT_ELIGIBLE"),
    ],
)
def test_age_at_consent(bench: Bench, born: str, decision: str) -> None:
    bench.register().consent().screen(demographics={"birth_date": {"value": born}}).sign()
    assert decision_of(bench) == decision


def test_the_latest_result_counts(screened: Bench) -> None:
    screened.wait(days=2)
    worse = {**SCREENING["laboratory"], "collected_on": {"value": "2026-03-04"}}
    worse["creatinine"] = {"value": "2.6", "unit": "mg/dL"}
    screened.take(screened.save("log", "laboratory", worse))
    assert decision_of(screened) == "NOT_ELIGIBLE"


def fail(bench: Bench, words: str = "", criteria: tuple[str, ...] = (), on: str = "") -> Any:
    command = RecordScreenFailure(bench.state.subject, on, words, criteria)
    return decide_screen_failure(bench.study, bench.state, command, INVESTIGATOR, bench.now)


def test_screen_failure_names_what_fails(screened: Bench) -> None:
    assert codes(fail(screened)) == ["SCR-006"]
    assert codes(fail(screened, criteria=("i_none",))) == ["SCR-005"]
    assert codes(fail(screened, "x", on="2026-03-03")) == ["SUB-003"]
    correct(screened, "disease", her2={"value": "1"})
    screened.take(fail(screened, criteria=("e_infection",)), INVESTIGATOR)
    failure = screened.state.screen_failure
    assert failure is not None and failure.criteria == ("i_her2", "e_infection")
    assert screened.state.status is Status.SCREEN_FAILED
    assert codes(fail(screened, "again")) == ["SCR-004"]
    assert codes(screened.confirm()) == ["SCR-004"]


def test_screening_ends_with_allocation(bench: Bench) -> None:
    bench.allocated()
    assert codes(fail(bench, "late")) == ["SCR-003"]
    assert codes(bench.confirm()) == ["SCR-003"]


@pytest.mark.requirement("TW-R-026")
def test_screening_begins_with_consent(bench: Bench) -> None:
    bench.register()
    assert codes(fail(bench, "never came")) == ["SUB-011"]
    assert codes(bench.confirm()) == ["SUB-011"]
