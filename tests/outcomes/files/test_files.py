"""File-based derivations: tidy and SDTM-shaped rows, and what is said of bad ones."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialwright.outcomes.files.columns import open_sheet, render_columns
from trialwright.outcomes.files.lesions_file import LESIONS, derive_time_point_rows
from trialwright.outcomes.files.questionnaire_file import derive_score_rows, find_item_columns
from trialwright.outcomes.files.responses_file import RESPONSES, derive_best_response_rows
from trialwright.outcomes.files.sdtm_events import derive_safety_tables
from trialwright.outcomes.files.sdtm_lesions import derive_tidy_lesions
from trialwright.outcomes.files.sdtm_survival import SurvivalOptions, derive_survival_rows
from trialwright.outcomes.progression_free import ITT_ALL_EVENTS, PROGRESSION_RULES, AssessmentSchedule
from trialwright.outcomes.recist.best_response import BestResponseRules

DOMAIN = Path(__file__).parents[2] / "data/domain"
RECIST = json.loads((DOMAIN / "recist.json").read_text())
QLQ = json.loads((DOMAIN / "qlq_c30.json").read_text())
START = date(2020, 1, 1)


def iso(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()


def codes(findings: Any) -> list[str]:
    return [f.code for f in findings]


# Columns


def test_columns_are_found_by_any_of_their_names_without_regard_to_case() -> None:
    sheet = open_sheet("f", RESPONSES, [{"usubjid": "1", "Adt": "2020-01-01", "AVALC": "CR"}])
    assert (sheet.names["subject"], sheet.names["date"], sheet.names["response"]) == (
        "usubjid",
        "Adt",
        "AVALC",
    )
    assert sheet.findings == []


def test_a_missing_column_is_named_with_its_meaning_and_the_nearest_one() -> None:
    sheet = open_sheet("f.csv", RESPONSES, [{"subject": "1", "date": "2020-01-01", "respnse": "CR"}])
    (finding,) = sheet.findings
    assert finding.code == "TW-FIL-001" and "response" in finding.message and "respnse" in finding.remedy
    assert str(finding.place) == "f.csv"


def test_an_empty_file_is_said() -> None:
    assert codes(open_sheet("f", RESPONSES, [], ["subject", "date", "response"]).findings) == ["TW-FIL-002"]


def test_typed_and_text_values_read_alike_and_bad_ones_are_named_without_their_value() -> None:
    rows = [
        {"subject": 1.0, "date": date(2020, 1, 2), "response": "CR"},
        {"subject": "1", "date": datetime(2020, 1, 2, 9, 0), "response": "CR"},  # noqa: DTZ001
        {"subject": "1", "date": "2020-01-02T09:00", "response": float("nan")},
        {"subject": "1", "date": "secret", "response": ""},
        {"subject": "1", "date": "2020-01", "response": "CR"},
    ]
    sheet = open_sheet("f", RESPONSES, rows)
    assert [sheet.whole_date(row, "date") for row in range(5)] == [date(2020, 1, 2)] * 3 + [None, None]
    assert sheet.text(0, "subject") == "1" and sheet.text(2, "response") == ""
    assert codes(sheet.findings) == ["TW-FIL-010", "TW-FIL-011"]
    assert all("secret" not in f.message for f in sheet.findings)
    assert sheet.findings[0].place.path == ("row", 4, "date")


def test_columns_can_be_shown_as_a_table() -> None:
    table = render_columns(LESIONS).splitlines()
    assert len(table) == 2 + len(LESIONS.columns) and "`TRLNKID`" in render_columns(LESIONS)


# Best response


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
    assert [(r["subject"], r["best_response"], r["best_response_rank"]) for r in rows] == [
        ("A", "MISSING", 8),
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
        "TW-FIL-020",
        "TW-FIL-021",
        "TW-FIL-022",
        "TW-FIL-013",
        "TW-FIL-025",
        "TW-FIL-023",
        "TW-FIL-024",
        "TW-FIL-026",
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
    assert set(codes(derived.findings)) == {"TW-FIL-035"}


@pytest.mark.parametrize(
    ("bad", "code", "row_left"),
    [
        (lesion(42, "T1", 40, unit="inch"), "TW-FIL-030", True),
        (lesion(42, "T1", "large"), "TW-FIL-031", True),
        (lesion(42, "T1", 40, "TARGTE"), "TW-FIL-032", True),
        (lesion(42, "", 40), "TW-FIL-033", True),
        (lesion(42, "T1", "PRESENT", "NON-TARGET"), "TW-FIL-034", True),
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
    assert codes(twice.findings) == ["TW-FIL-051", "TW-FIL-050"]


# Questionnaires


@pytest.mark.parametrize("form", ["wide", "long"])
def test_questionnaire_forms_of_the_worked_cases(form: str) -> None:
    rows: list[dict[str, Any]] = []
    for vector in QLQ["vectors"]:
        head = {"USUBJID": vector["id"], "VISIT": "BASELINE", "QSDTC": iso(0)}
        items = {int(name[1:]): value for name, value in vector["items"].items()}
        if form == "wide":
            rows.append(head | {f"Q{item:02d}": value for item, value in items.items()})
        else:
            rows.extend(
                head | {"QSTESTCD": f"EOR01{item:02d}", "QSSTRESN": value, "QSCAT": "EORTC QLQ-C30 V3.0"}
                for item, value in items.items()
            )
    derived = derive_score_rows(rows)
    assert derived.findings == () and len(derived.rows) == 16
    for row, vector in zip(derived.rows, QLQ["vectors"], strict=True):
        for scale, expected in vector["expected"].items():
            assert row[scale] == (None if expected is None else pytest.approx(expected, abs=1e-6))


def test_change_from_the_first_form() -> None:
    items = {f"q{k}": 1 if k < 29 else 7 for k in range(1, 31)}
    rows = [
        {"subject": "A", "visit": "W3", "date": iso(21)} | items | {"q29": 4, "q30": 4},
        {"subject": "A", "visit": "BL", "date": iso(0)} | items,
    ]
    later, first = derive_score_rows(rows, with_change=True).rows
    assert (later["QL"], later["QL_change"], first["QL_change"]) == (50.0, -50.0, None)


def test_bad_questionnaire_rows_are_named() -> None:
    items = {f"q{k}": 1 for k in range(1, 31)}
    wrong = [{"subject": "A", "date": iso(0)} | items | {"q3": 9}, {"subject": "A", "date": iso(0)} | items]
    assert codes(derive_score_rows(wrong).findings) == ["TW-FIL-041", "TW-QOL-001"]
    assert codes(derive_score_rows([{"subject": "A", "x": 1}]).findings) == ["TW-FIL-001", "TW-FIL-001"]
    long = [{"subject": "A", "item": i, "value": 1} for i in ("1", "1", "x", "44")]
    assert codes(derive_score_rows(long).findings) == ["TW-FIL-043", "TW-FIL-042", "TW-QOL-002"]
    assert find_item_columns(["q1", "Q30", "item_2", "QSDTC", "c30_q3"]) == {
        "q1": 1,
        "Q30": 30,
        "item_2": 2,
        "c30_q3": 3,
    }


# Survival from SDTM


def domains_of(case: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    death, therapy = case.get("death_day"), case.get("new_therapy_day")
    dead = {} if death is None else {"DTHDTC": iso(death), "DTHFL": "Y"}
    return {
        "DM": [{"USUBJID": "1", "ARM": "A", "RFSTDTC": iso(3), "DTHDTC": "", "DTHFL": ""} | dead],
        "DS": [{"USUBJID": "1", "DSDECOD": "RANDOMIZED", "DSSTDTC": iso(0)}],
        "RS": [
            {"USUBJID": "1", "RSTESTCD": "OVRLRESP", "RSSTRESC": a["response"], "RSDTC": iso(a["day"])}
            for a in case["assessments"]
        ],
        "CM": []
        if therapy is None
        else [{"USUBJID": "1", "CMCAT": "Anti-cancer therapy", "CMSTDTC": iso(therapy)}],
    }


SCHEDULE = AssessmentSchedule(tuple(RECIST["pfs_schedule"]["days"]), RECIST["pfs_schedule"]["window"])
SDTM_CASES = [
    v
    for v in RECIST["pfs_vectors"]
    if "clinical_progression_day" not in v["input"] and v["input"].get("baseline_ok", True)
]


@pytest.mark.parametrize("rules", ["STRICT_DOCUMENTED", "ITT_ALL_EVENTS"])
@pytest.mark.parametrize("vector", SDTM_CASES, ids=lambda v: v["id"])
def test_survival_without_progression_from_sdtm(vector: dict[str, Any], rules: str) -> None:
    options = SurvivalOptions(SCHEDULE, PROGRESSION_RULES[rules])
    derived = derive_survival_rows(domains_of(vector["input"]), options)
    pfs = {str(r["endpoint"]): r for r in derived.rows}["PFS"]
    expected = vector["expected"][rules]
    assert (pfs["days"], pfs["censor_code"], pfs["reason"]) == (
        expected["aval_days"],
        expected["cnsr"],
        expected["reason"],
    )


def test_overall_survival_and_duration_of_response_from_sdtm() -> None:
    case = {"assessments": [{"day": 42, "response": "PR"}, {"day": 84, "response": "PD"}]}
    domains = domains_of(case) | {"LB": [{"USUBJID": "1", "LBDTC": iso(200)}]}
    rows = {r["endpoint"]: r for r in derive_survival_rows(domains, SurvivalOptions(SCHEDULE)).rows}
    assert (rows["OS"]["days"], rows["OS"]["event"], rows["OS"]["reason"]) == (201, "N", "LAST_KNOWN_ALIVE")
    assert (rows["DOR"]["days"], rows["DOR"]["event"]) == (43, "Y")
    cut = SurvivalOptions(SCHEDULE, ITT_ALL_EVENTS, cut_on=START + timedelta(days=50))
    early = {r["endpoint"]: r for r in derive_survival_rows(domains, cut).rows}
    assert (early["OS"]["reason"], early["OS"]["days"]) == ("DATA_CUT", 51)
    assert (early["PFS"]["event"], early["PFS"]["days"]) == ("N", 43)


def test_contradictory_and_incomplete_domains_are_named() -> None:
    case = {"assessments": [{"day": 42, "response": "SD"}, {"day": 84, "response": "??"}], "death_day": 60}
    domains = domains_of(case) | {"VS": [{"USUBJID": "1", "VSDTC": iso(90)}]}
    derived = derive_survival_rows(domains, SurvivalOptions(SCHEDULE))
    assert codes(derived.findings) == ["TW-FIL-020", "TW-FIL-062"]
    assert {r["endpoint"]: r["days"] for r in derived.rows}["OS"] == 61
    assert codes(derive_survival_rows({}, SurvivalOptions(SCHEDULE)).findings) == ["TW-FIL-060"]
    undated = {"DM": [{"USUBJID": "1", "DTHFL": "Y", "RFSTDTC": iso(0)}]}
    derived = derive_survival_rows(undated, SurvivalOptions(SCHEDULE))
    assert codes(derived.findings) == ["TW-FIL-064", "TW-FIL-061"] and derived.rows == ()


def test_only_the_randomised_are_counted() -> None:
    domains = domains_of({"assessments": []})
    domains["DM"].append({"USUBJID": "2", "ARM": "Screen failure", "RFSTDTC": ""})
    derived = derive_survival_rows(domains, SurvivalOptions(SCHEDULE))
    assert {r["subject"] for r in derived.rows} == {"1"} and derived.findings == ()


# Safety from SDTM


def test_safety_tables_from_sdtm() -> None:
    def ae(subject: str, term: str, grade: Any, start: str, **more: Any) -> dict[str, Any]:
        row = {"USUBJID": subject, "AEDECOD": term, "AEBODSYS": "GI", "AETOXGR": grade, "AESTDTC": start}
        return row | {"AEENDTC": "", "AESER": "N", "AEREL": "", "AEOUT": ""} | more

    domains = {
        "DM": [{"USUBJID": s, "ACTARM": "A"} for s in ("1", "2", "3")],
        "EX": [
            {"USUBJID": "1", "EXSTDTC": iso(0), "EXENDTC": iso(10), "EXDOSE": 1},
            {"USUBJID": "2", "EXSTDTC": iso(0), "EXENDTC": iso(0), "EXDOSE": 1},
            {"USUBJID": "3", "EXSTDTC": iso(0), "EXENDTC": iso(0), "EXDOSE": 0},
        ],
        "AE": [
            ae("1", "Nausea", "1", iso(1)),
            ae("1", "Nausea", 3, iso(2), AESER="Y", AEREL="Possible"),
            ae("1", "Fatigue", "2", iso(-3)),
            ae("1", "Rash", "2", "2019"),
            ae("2", "Fatigue", "x", "2020"),
            ae("3", "Nausea", "4", iso(1)),
        ],
    }
    tables = derive_safety_tables(domains)
    worst = {(r["organ_class"], r["term"]): r for r in tables.worst_grades}
    assert worst["GI", "Nausea"]["grade_3"] == 1 and worst["GI", "Nausea"]["grade_1"] == 0
    assert worst["", ""]["at_risk"] == 2  # the third subject was never exposed
    assert worst["GI", "Fatigue"]["ungraded"] == 1 and ("GI", "Rash") not in worst
    overview = {r["kind"]: r["subjects"] for r in tables.overview}
    assert (overview["any"], overview["serious"], overview["related"]) == (2, 1, 1)
    assert len(tables.lines) == 5 and codes(tables.findings) == ["TW-FIL-070"]


def test_no_adverse_event_at_all() -> None:
    domains = {"DM": [{"USUBJID": "1", "ARM": "A"}], "EX": [{"USUBJID": "1", "EXSTDTC": iso(0)}]}
    tables = derive_safety_tables(domains)
    assert tables.lines == () and {r["subjects"] for r in tables.overview} == {0}
