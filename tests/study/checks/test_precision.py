"""Words and lists that are in order although they look like a fault: no rule speaks."""

from __future__ import annotations

from typing import Any

import pytest
from tests.study.checks.examples import study_with

from trialwright.study.checks.protocol_checks import check_protocol
from trialwright.study.checks.protocol_design import compute_detectable_hazard_ratio


def criteria(inclusion: str, exclusion: str = "") -> dict[str, Any]:
    text = f"Inclusion Criteria:\n\n* {inclusion}"
    return {"eligibility": {"text": f"{text}\n\nExclusion Criteria:\n\n* {exclusion}" if exclusion else text}}


def product(description: str) -> dict[str, Any]:
    return {"interventions": [{"id": "x", "type": "BIOLOGICAL", "name": "X", "description": description}]}


def given(words: str, days: list[list[int]], within: bool) -> dict[str, Any]:
    return {
        "interventions": [{"id": "x", "type": "DRUG", "name": "X"}],
        "arms": [{"id": "a", "label": "A", "interventions": ["x"], "description": words}],
        "administrations": [
            {
                "id": "x",
                "intervention": "x",
                "name": "X",
                "words": words,
                "days": days,
                "days_within_cycle": within,
            }
        ],
    }


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("TW-ELI-001", criteria("BMI 18.5 to 24.9 kg/m2", "BMI >= 25 kg/m2")),
        ("TW-ELI-001", criteria("HbA1c between 6.5 % and 10 %", "HbA1c > 10 %")),
        ("TW-ELI-001", criteria("Age >= 18 years", "Age > 75 years")),
        ("TW-ELI-002", criteria("Platelets >= 75 x 10^9/L", "Platelets > 600 x 10^9/L")),
        ("TW-ELT-003", {"registry": {"conditions": ["Asthma"]}, **criteria("Asthma", "Severe lung disease")}),
        ("TW-ELT-002", criteria("ALT less than 3 times the normal upper limit")),
        ("TW-ELT-004", criteria("Adequate renal function: creatinine clearance of 60 mL/min or more")),
        ("TW-ELT-001", criteria("Consent", "Other tests (imaging, pathology, etc.) outside the limits")),
        ("TW-ELT-001", criteria("Imaging, pathology etc. were done before, and the results are known")),
        ("TW-ELT-006", criteria("Consent", "AST/ALT > 1.5")),
        ("TW-ELI-007", criteria("Age between 6 months and 5 years")),
        ("TW-ELI-002", criteria("Age >= 3 months", "MUAC < 110 mm and age older than 6 months")),
        (
            "TW-ELI-006",
            criteria("Male participants aged 18 to 45 years\n* Female participants aged 18 to 40 years"),
        ),
        (
            "TW-ELS-001",
            {
                **product("cells"),
                **criteria("Contraception; a negative beta-human chorionic gonadotropin test"),
            },
        ),
        ("TW-PRD-001", product("1×10^6/kg once")),
        ("TW-PRD-001", product("2×10^8 CAR-positive T cells")),
        ("TW-PRD-002", product("3 x 105 mg tablets")),
        ("TW-PRD-004", product("Immunoglobulin by subcutaneous infusion")),
        ("TW-PRD-004", product("Continuous subcutaneous infusion after an injection")),
        ("TW-SCD-002", given("Days 1, 8 and 15 of each cycle, for 6 cycles", [[1, 8, 15]], within=True)),
        ("TW-SCD-004", given("Days 8 and 15 of each cycle", [[8, 15]], within=True)),
        ("TW-TXT-002", criteria("AST (SGOT) less than 3 x ULN", "AST above 5 x ULN, or SGOT above 5 x ULN")),
        (
            "TW-OUT-005",
            {
                "outcomes": [
                    {"id": "q", "level": "primary", "measure": "Quality of life measured by the WPAI"}
                ]
            },
        ),
    ],
)
def test_no_false_alarm(code: str, part: dict[str, Any]) -> None:
    assert code not in {finding.code for finding in check_protocol(study_with(part))}


@pytest.mark.parametrize(("events", "ratio"), [(65.3, 0.5), (120.3, 0.6), (246.8, 0.7)])
def test_the_detectable_hazard_ratio_is_that_of_schoenfeld(events: float, ratio: float) -> None:
    assert compute_detectable_hazard_ratio(round(events)) == pytest.approx(ratio, abs=0.002)


def test_a_written_range_that_nobody_meets_is_an_error() -> None:
    part = {
        "eligibility": {
            "variables": [{"id": "age", "label": "Age", "kind": "number", "unit": "a"}],
            "criteria": [
                {
                    "id": "i1",
                    "section": "inclusion",
                    "text": "Age",
                    "rule": "age > 70 years and age < 60 years",
                }
            ],
        }
    }
    (finding,) = [f for f in check_protocol(study_with(part)) if f.code == "TW-ELI-004"]
    assert finding.severity.value == "error"
