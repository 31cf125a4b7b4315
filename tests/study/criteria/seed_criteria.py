"""The criteria of the first study in the criterion language, and its vectors' fields as values."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from trialwright.study.criteria import Rule, Value, parse_rule

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "data" / "domain" / "eligibility.json").read_text(encoding="utf-8"),
    parse_float=Decimal,
)

INCLUSION = {
    "I1_age": "18 <= age <= 65 years",
    "I2_life": "life_expectancy > 6 months",
    "I3_ecog": "ECOG in 0..2",
    "I4_site": "gastric_or_gej_with_liver_metastasis",
    "I5_histology": "histology = adenocarcinoma",
    "I6_her2": "HER2_IHC >= 2",
    "I7a_creat": "creatinine < 2.5 mg/dL",
    "I7b_alt": "ALT < 3 ULN",
    "I7c_ast": "AST < 3 ULN",
    "I7d_bili": "bilirubin < 3 mg/dL",
    "I8_blood": "attested blood_count_suits_sampling",
    "I9_consent": "attested informed_consent",
    "I10_contraception": "if fertile then willing_to_use_contraception",
}
EXCLUSION = {
    "E1_survival": "life_expectancy < 6 months",
    "E2_other_disease": "attested other_serious_disease",
    "E3a_creat": "creatinine > 2.5 mg/dL",
    "E3b_ast": "AST > 5 ULN",
    "E3c_bili": "bilirubin > 100 umol/L",
    "E4_no_consent": "not attested informed_consent",
}


def rule_of(text: str) -> Rule:
    """The rule of a text that must be without findings."""
    parsed = parse_rule(text)
    assert parsed.rule is not None, parsed.findings
    assert parsed.findings == ()
    return parsed.rule


def rules_of(texts: dict[str, str]) -> dict[str, Rule]:
    return {name: rule_of(text) for name, text in texts.items()}


def _number(held: Any, unit: str = "", uln: Any = None) -> Value:
    limit = None if uln is None else Decimal(uln)
    return Value() if held is None else Value(number=Decimal(held), unit=unit, uln=limit)


def _flag(held: bool | None, signed: bool = False) -> Value:
    return Value(flag=held, signed=signed)


def subject_values(changes: dict[str, Any]) -> dict[str, Value]:
    """The base subject of the reference with some fields changed, as values of the criterion language."""
    subject = {**REFERENCE["base_subject"], **changes}
    return {
        "age": _number(subject["age"], "a"),
        "life_expectancy": _number(subject["life_expectancy_months"], "mo"),
        "ecog": _number(subject["ecog"]),
        "gastric_or_gej_with_liver_metastasis": _flag(subject["gastric_or_gej_with_liver_met"]),
        "histology": Value(code="Adenocarcinoma" if subject["adenocarcinoma"] else "other"),
        "her2_ihc": _number(subject["her2_ihc"]),
        "creatinine": _number(*subject["creatinine"]),
        "alt": _number(subject["alt"], "U/L", subject["alt_uln"]),
        "ast": _number(subject["ast"], "U/L", subject["ast_uln"]),
        "bilirubin": _number(*subject["bilirubin"]),
        "blood_count_suits_sampling": _flag(subject["blood_ok"], signed=True),
        "informed_consent": _flag(subject["consent"], signed=True),
        "fertile": _flag(subject["fertile"]),
        "willing_to_use_contraception": _flag(subject["contraception"]),
        "other_serious_disease": _flag(subject["serious_other"], signed=True),
    }
