"""Survival times and safety tables from SDTM domains."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialwright.outcomes.files.sdtm_events import derive_safety_tables
from trialwright.outcomes.files.sdtm_survival import SurvivalOptions, derive_survival_rows
from trialwright.outcomes.progression_free import ITT_ALL_EVENTS, PROGRESSION_RULES, AssessmentSchedule

DOMAIN = Path(__file__).parents[2] / "data/domain"
RECIST = json.loads((DOMAIN / "recist.json").read_text())
START = date(2020, 1, 1)


def iso(day: int) -> str:
    return (START + timedelta(days=day)).isoformat()


def codes(findings: Any) -> list[str]:
    return [f.code for f in findings]


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
    assert codes(derived.findings) == ["TW-TAB-020", "TW-TAB-062"]
    assert {r["endpoint"]: r["days"] for r in derived.rows}["OS"] == 61
    assert codes(derive_survival_rows({}, SurvivalOptions(SCHEDULE)).findings) == ["TW-TAB-060"]
    undated = {"DM": [{"USUBJID": "1", "DTHFL": "Y", "RFSTDTC": iso(0)}]}
    derived = derive_survival_rows(undated, SurvivalOptions(SCHEDULE))
    assert codes(derived.findings) == ["TW-TAB-064", "TW-TAB-061"] and derived.rows == ()


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
    assert len(tables.lines) == 5 and codes(tables.findings) == ["TW-TAB-070"]


def test_no_adverse_event_at_all() -> None:
    domains = {"DM": [{"USUBJID": "1", "ARM": "A"}], "EX": [{"USUBJID": "1", "EXSTDTC": iso(0)}]}
    tables = derive_safety_tables(domains)
    assert tables.lines == () and {r["subjects"] for r in tables.overview} == {0}
