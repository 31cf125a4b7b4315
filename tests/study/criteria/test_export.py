"""Verdicts as JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from tests.study.criteria.seed_criteria import EXCLUSION, INCLUSION, rule_of, rules_of, subject_values

from trialwright.study.criteria import (
    Value,
    decide_eligibility,
    evaluate,
    evaluate_criteria,
    export_eligibility,
    export_verdict,
)


def test_a_verdict_survives_json_with_value_limit_date_and_reason() -> None:
    values = {
        "creatinine": Value(
            number=Decimal("220.0"), unit="umol/L", occurred_on=date(2026, 3, 2), source="lab 7"
        ),
        "alt": Value(number=Decimal(30), unit="U/L"),
    }
    verdict = evaluate(rule_of("creatinine < 2.5 mg/dL and alt < 3 ULN"), values)
    exported = json.loads(json.dumps(export_verdict(verdict)))
    assert exported == {
        "rule": "creatinine < 2.5 mg/dL and alt < 3 ULN",
        "truth": "UNKNOWN",
        "leaves": [
            {
                "leaf": "creatinine < 2.5 mg/dL",
                "variable": "creatinine",
                "truth": "TRUE",
                "value": {
                    "number": "220.0",
                    "unit": "umol/L",
                    "occurred_on": "2026-03-02",
                    "source": "lab 7",
                },
                "canonical": "220",
                "limits": [
                    {
                        "op": "<",
                        "number": "221.05",
                        "unit": "umol/L",
                        "canonical": "221.05",
                        "canonical_unit": "umol/L",
                    }
                ],
                "why": None,
                "reason": "",
            },
            {
                "leaf": "alt < 3 ULN",
                "variable": "alt",
                "truth": "UNKNOWN",
                "value": {"number": "30", "unit": "U/L"},
                "canonical": None,
                "limits": [],
                "why": "ULN_MISSING",
                "reason": "The upper limit of normal for this result of ALT is not on record.",
            },
        ],
    }


def test_an_eligibility_survives_json() -> None:
    values = subject_values({"her2_ihc": None, "fertile": True})
    eligibility = decide_eligibility(
        evaluate_criteria(rules_of(INCLUSION), values), evaluate_criteria(rules_of(EXCLUSION), values)
    )
    assert json.loads(json.dumps(export_eligibility(eligibility))) == {
        "decision": "INCOMPLETE",
        "inclusion": "UNKNOWN",
        "exclusion": "FALSE",
        "not_true_inclusion": ["I6_her2", "I10_contraception"],
        "not_false_exclusion": [],
        "missing": [
            {"variable": "her2_ihc", "why": ["MISSING"], "criteria": ["I6_her2"], "settles": 1.0},
            {
                "variable": "willing_to_use_contraception",
                "why": ["MISSING"],
                "criteria": ["I10_contraception"],
                "settles": 1.0,
            },
        ],
    }
