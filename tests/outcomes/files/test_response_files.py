"""Responses and lesions from files, tidy and SDTM-shaped."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialwright.outcomes.files.lesions_file import derive_time_point_rows
from trialwright.outcomes.files.responses_file import derive_best_response_rows
from trialwright.outcomes.files.sdtm_lesions import derive_tidy_lesions
from trialwright.outcomes.recist.best_response import BestResponseRules

DOMAIN = Path(__file__).parents[2] / "data/domain"
RECIST = json.loads((DOMAIN / "recist.json").read_text())
START = date(2020, 1, 1)


def iso(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()


def codes(findings: Any) -> list[str]:
    return [f.code for f in findings]


@pytest.mark.parametrize("vector", RECIST["bor_vectors"], ids=lambda v: v["id"])
def test_best_response_of_the_worked_cases(vector: dict[str, Any]) -> None:
    params = vector["params"]
    rules = BestResponseRules(
        params["sd_min_days"],
        params["confirm_min_days"],
        params["max_ne_between"],
        params["accept_one_sd_between_pr"],
    )
    therapy = params["new_anticancer_therapy_day"]
    responses = [
        {"USUBJID": "1", "ADT": iso(a["day"]), "AVALC": a["response"]} for a in vector["assessments"]
    ]
    reference = [{"USUBJID": "1", "RANDDT": iso(0), "NACTDT": "" if therapy is None else iso(therapy)}]
    derived = derive_best_response_rows(responses, reference, rules)
    (row,) = derived.rows
    assert row["best_response"] == vector["bor_unconfirmed"]
    assert row["confirmed_best_response"] == vector["bor_confirmed"]
    assert {f.severity for f in derived.findings} <= {"warning"}


def test_one_row_a_subject_also_for_those_with_nothing() -> None:
    responses = [{"subject": "B", "date": iso(60), "response": "PR"}]
    reference = [{"subject": s, "reference_date": iso(0), "arm": "X"} for s in ("A", "B")]
    rules = BestResponseRules(missing_as_not_evaluable=False)
    rows = derive_best_response_rows(responses, reference, rules).rows
    assert [(r["subject"], r["best_response"], r["best_response_code"]) for r in rows] == [
        ("A", "MISSING", 7),
        ("B", "PR", 2),
    ]
    assert (rows[0]["objective_response"], rows[0]["clinical_benefit"]) == ("N", "N")
    assert (rows[1]["objective_response"], rows[1]["confirmed_objective_response"]) == ("Y", "N")
    assert rows[1]["clinical_benefit_date"] == START + timedelta(days=60)


def test_parameters_flags_and_first_progression_restrict_the_rows() -> None:
    def row(parameter: str, day: int, response: str, flag: str = "Y") -> dict[str, object]:
        return {"subject": "A", "PARAMCD": parameter, "date": iso(day), "response": response, "ANL01FL": flag}

    responses = [
        row("OVR", 50, "SD"),
        row("OVR", 60, "CR", "N"),
        row("OVR", 120, "CR"),
        row("PD", 90, "Y"),
        row("TRGRESP", 70, "CR"),
    ]
    reference = [{"subject": "A", "reference_date": iso(0)}]
    (result,) = derive_best_response_rows(responses, reference).rows
    assert (result["best_response"], result["assessments_used"]) == ("SD", 1)


def test_bad_responses_and_references_are_named() -> None:
    responses = [
        {"subject": "A", "date": iso(50), "response": "better"},
        {"subject": "A", "date": "", "response": "CR"},
        {"subject": "A", "date": iso(60), "response": "CR"},
        {"subject": "A", "date": iso(60), "response": "PR"},
        {"subject": "", "date": iso(60), "response": "PR"},
        {"subject": "C", "date": iso(60), "response": "PR"},
        {"subject": "A", "date": iso(-5), "response": "PR"},
    ]
    reference = [
        {"subject": "A", "reference_date": iso(0)},
        {"subject": "A", "reference_date": iso(0)},
        {"subject": "B", "reference_date": ""},
    ]
    derived = derive_best_response_rows(responses, reference)
    assert codes(derived.findings) == [
        "TW-TAB-020",
        "TW-TAB-021",
        "TW-TAB-022",
        "TW-TAB-013",
        "TW-TAB-025",
        "TW-TAB-023",
        "TW-TAB-024",
        "TW-TAB-026",
    ]
    assert [(r["subject"], r["best_response"]) for r in derived.rows] == [("A", "CR")]
    assert derive_best_response_rows(responses, [{"subject": "A"}]).rows == ()


# Lesions


@pytest.mark.parametrize("vector", RECIST["target_vectors"], ids=lambda v: v["id"])
def test_target_vectors_as_a_file(vector: dict[str, Any]) -> None:
    rows = [
        {
            "subject": "S1",
            "visit": f"V{visit}",
            "date": iso(42 * visit),
            "lesion": f"T{k}",
            "role": "TARGET",
            "organ": f"organ {k}",
            "nodal": "Y" if kind == "N" else "",
            "value": value,
        }
        for visit, sizes in enumerate(vector["measurements"])
        for k, (kind, value) in enumerate(zip(vector["lesion_types"], sizes, strict=True))
    ]
    base, *points = derive_time_point_rows(rows).rows
    assert (base["baseline"], float(str(base["sum_mm"]))) == ("Y", vector["baseline_sum_mm"])
    assert [p["overall_response"] for p in points] == [e["response"] for e in vector["expected"]]
    assert [float(str(p["sum_mm"])) for p in points] == [e["sum_mm"] for e in vector["expected"]]


def lesion(day: int, name: str, value: Any, role: str = "TARGET", **more: Any) -> dict[str, Any]:
    organ = {"organ": f"organ of {name}"}
    return {"subject": "S1", "date": iso(day), "lesion": name, "role": role, "value": value, **organ, **more}


def test_non_target_new_lesions_units_and_fragments() -> None:
    rows = [
        lesion(0, "T1", 5, unit="cm"),
        lesion(0, "N1", "PRESENT", "NON-TARGET", unit=""),
        lesion(42, "T1", "1.2", unit="cm", fragment="a"),
        lesion(42, "T1", 8, unit="mm", fragment="b"),
        lesion(42, "N1", "ABSENT", "NT", unit=""),
        lesion(84, "T1", 20, unit="mm"),
        lesion(84, "N1", "PRESENT", "NON-TARGET", unit=""),
        lesion(84, "X1", 12, "NEW", unit="mm"),
    ]
    derived = derive_time_point_rows(rows)
    assert [(r["sum_mm"], r["overall_response"]) for r in derived.rows] == [
        (50, None),
        (20, "PR"),
        (20, "PD"),
    ]
    assert derived.rows[2]["new_lesion"] == "Y" and derived.rows[2]["progression_date"] == START + timedelta(
        84
    )
    assert set(codes(derived.findings)) == {"TW-TAB-035"}


@pytest.mark.parametrize(
    ("bad", "code", "row_left"),
    [
        (lesion(42, "T1", 40, unit="inch"), "TW-TAB-030", True),
        (lesion(42, "T1", "large"), "TW-TAB-031", True),
        (lesion(42, "T1", 40, "TARGTE"), "TW-TAB-032", True),
        (lesion(42, "", 40), "TW-TAB-033", True),
        (lesion(42, "T1", "PRESENT", "NON-TARGET"), "TW-TAB-034", True),
        (lesion(42, "T1", 40) | {"organ": "elsewhere"}, "TW-TAB-036", True),
        (lesion(0, "T1", 41), "TW-REC-010", False),
        (lesion(42, "T9", 41), "TW-REC-005", True),
    ],
)
def test_bad_lesion_rows_are_named(bad: dict[str, Any], code: str, row_left: bool) -> None:
    derived = derive_time_point_rows([lesion(0, "T1", 50), bad], file="lesions.csv")
    assert code in codes(derived.findings)
    assert all(f.place.file == "lesions.csv" for f in derived.findings)
    assert bool(derived.rows) is row_left


def test_sdtm_tumour_domains() -> None:
    tu = [
        {"USUBJID": "S1", "TULNKID": "T1", "TUSTRESC": "TARGET", "TULOC": "LIVER"},
        {"USUBJID": "S1", "TULNKID": "T2", "TUSTRESC": "TARGET", "TULOC": "LYMPH NODE"},
        {"USUBJID": "S1", "TULNKID": "NT1", "TUSTRESC": "NON-TARGET", "TULOC": "BONE"},
    ]

    def tr(link: str, test: str, value: Any, day: int, **more: Any) -> dict[str, Any]:
        row = {"USUBJID": "S1", "TRLNKID": link, "TRTESTCD": test, "TRSTRESC": str(value), "TRSTAT": ""}
        return row | {"TRDTC": iso(day), "VISIT": f"D{day}", "TRLOBXFL": "Y" if day < 0 else ""} | more

    readings = [
        tr("T1", "LDIAM", 30, -7),
        tr("T2", "SAXIS", 18, -7),
        tr("NT1", "TUMSTATE", "PRESENT", -7),
        tr("T1", "TUMSTATE", "ABSENT", 42),
        tr("T2", "SAXIS", 9, 42),
        tr("T2", "TUMSTATE", "PRESENT", 42),
        tr("NT1", "TUMSTATE", "ABSENT", 42),
        tr("T1", "LDIAM", "", 84, TRSTAT="NOT DONE"),
        tr("T2", "SAXIS", 9, 84),
        tr("NT1", "TUMSTATE", "ABSENT", 84),
        tr("", "SUMDIAM", 48, -7),
    ]
    tidy = derive_tidy_lesions(tu, readings)
    assert tidy.findings == ()
    derived = derive_time_point_rows(tidy.rows)
    assert derived.findings == ()
    assert [r["overall_response"] for r in derived.rows] == [None, "CR", "NE"]
    twice = derive_tidy_lesions(tu, [*readings, tr("T1", "LDIAM", 31, -7), tr("T9", "LDIAM", 31, -7)])
    assert codes(twice.findings) == ["TW-TAB-051", "TW-TAB-050"]


def test_of_several_evaluators_the_investigator_counts_unless_another_is_asked_for() -> None:
    def row(who: str, response: str) -> dict[str, Any]:
        return {"subject": "A", "date": iso(60), "response": response, "RSEVAL": who}

    reference = [{"subject": "A", "reference_date": iso(0)}]
    both = [row("INDEPENDENT ASSESSOR", "SD"), row("INVESTIGATOR", "PR")]
    derived = derive_best_response_rows(both, reference)
    assert derived.rows[0]["best_response"] == "PR" and codes(derived.findings) == ["TW-TAB-014"]
    other = derive_best_response_rows(both, reference, evaluator="INDEPENDENT ASSESSOR")
    assert other.rows[0]["best_response"] == "SD" and other.findings == ()
    unnamed = derive_best_response_rows([row("READER 1", "PR"), row("READER 2", "SD")], reference)
    assert codes(unnamed.findings) == ["TW-TAB-015"]


def test_carried_and_immune_responses_stand_beside_the_arithmetic_ones() -> None:
    sizes = {0: 100, 42: 70, 84: 80, 126: 90, 168: 96}
    derived = derive_time_point_rows([lesion(d, "T1", mm) for d, mm in sizes.items()], with_immune=True)
    rows = derived.rows
    assert [r["target_response"] for r in rows] == [None, "PR", "SD", "PD", "PD"]
    assert [r["carried_target_response"] for r in rows] == [None, "PR", "PR", "PD", "PD"]
    assert [r["immune_response"] for r in rows] == [None, "iPR", "iSD", "iUPD", "iCPD"]
    assert {r["immune_progression_status"] for r in rows} == {"CONFIRMED"}
    assert (
        rows[0]["immune_progression_date"] == START + timedelta(126)
        and rows[0]["immune_best_response"] == "iPR"
    )
