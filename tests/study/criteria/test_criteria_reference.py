"""The project's eligibility reference: truth tables, the 25 seed vectors, conversions and renal function."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from tests.study.criteria.seed_criteria import EXCLUSION, INCLUSION, REFERENCE, rules_of, subject_values

from trialwright.study.criteria import (
    Truth,
    builtin_catalogue,
    conjoin,
    convert,
    decide_eligibility,
    disjoin,
    evaluate_criteria,
    imply,
    negate,
)
from trialwright.study.criteria.renal import compute_clearance_cockcroft_gault, compute_egfr_ckd_epi_2021


def _by_id(vector: dict[str, Any]) -> str:
    return vector["id"]


@pytest.mark.parametrize("row", REFERENCE["truth_tables"]["AND"])
def test_and(row: list[str]) -> None:
    assert conjoin([Truth(row[0]), Truth(row[1])]) is Truth(row[2])


@pytest.mark.parametrize("row", REFERENCE["truth_tables"]["OR"])
def test_or(row: list[str]) -> None:
    assert disjoin([Truth(row[0]), Truth(row[1])]) is Truth(row[2])


@pytest.mark.parametrize("row", REFERENCE["truth_tables"]["NOT"])
def test_not(row: list[str]) -> None:
    assert negate(Truth(row[0])) is Truth(row[1])


@pytest.mark.parametrize(("condition", "consequence"), list(product(Truth, Truth)))
def test_implication_is_not_a_or_b(condition: Truth, consequence: Truth) -> None:
    expected = Truth.UNKNOWN
    if condition is Truth.FALSE or consequence is Truth.TRUE:
        expected = Truth.TRUE
    elif condition is Truth.TRUE and consequence is Truth.FALSE:
        expected = Truth.FALSE
    assert imply(condition, consequence) is expected


def test_empty_lists_are_their_neutral_elements() -> None:
    assert conjoin([]) is Truth.TRUE
    assert disjoin([]) is Truth.FALSE


def test_a_truth_is_not_a_python_truth() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(Truth.UNKNOWN)


@pytest.mark.requirement("TW-R-024", "TW-R-025")
@pytest.mark.parametrize("vector", REFERENCE["seed_vectors"], ids=_by_id)
def test_seed_vector(vector: dict[str, Any]) -> None:
    values = subject_values(vector["changes"])
    outcome = decide_eligibility(
        evaluate_criteria(rules_of(INCLUSION), values), evaluate_criteria(rules_of(EXCLUSION), values)
    )
    assert outcome.inclusion.value == vector["inclusion"]
    assert outcome.exclusion.value == vector["exclusion"]
    assert outcome.decision.value == vector["decision"]
    assert list(outcome.not_true_inclusion) == vector["not_true_inclusion"]
    assert list(outcome.not_false_exclusion) == vector["not_false_exclusion"]


@pytest.mark.parametrize("vector", REFERENCE["conversion_vectors"])
def test_conversion_vector(vector: dict[str, Any]) -> None:
    analyte = builtin_catalogue().find(vector["analyte"])
    converted = convert(Decimal(vector["value"]), vector["unit"], vector["to"], analyte)
    assert converted is not None
    decimals = max(-Decimal(vector["expected"]).as_tuple().exponent, 0)  # type: ignore[operator]
    assert round(converted, decimals) == Decimal(vector["expected"])


def test_the_reference_factors_are_those_of_the_catalogue() -> None:
    for analyte in ("creatinine", "bilirubin"):
        found = builtin_catalogue().find(analyte)
        factor = REFERENCE["factors"][f"{analyte}_umol_per_mg_dl"]
        assert convert(Decimal(1), "mg/dL", "umol/L", found) == factor


@pytest.mark.parametrize("vector", REFERENCE["egfr_vectors"])
def test_renal_vector(vector: dict[str, Any]) -> None:
    creatinine = vector.get("scr_mg_dl")
    if creatinine is None:
        analyte = builtin_catalogue().find("creatinine")
        creatinine = convert(Decimal(vector["scr_umol_l"]), "umol/L", "mg/dL", analyte)
    if vector["method"] == "CKD-EPI-2021":
        found = compute_egfr_ckd_epi_2021(Decimal(creatinine), vector["age"], vector["sex"])
    else:
        found = compute_clearance_cockcroft_gault(
            Decimal(creatinine), vector["age"], Decimal(vector["weight_kg"]), vector["sex"]
        )
    assert found == pytest.approx(float(vector["expected"]), abs=0.0005)


@pytest.mark.parametrize(("creatinine", "age"), [("0", 40), ("-1", 40), ("1", 17)])
def test_renal_equations_refuse_what_they_do_not_hold_for(creatinine: str, age: int) -> None:
    with pytest.raises(ValueError, match=r"positive|adults"):
        compute_egfr_ckd_epi_2021(Decimal(creatinine), age, "F")
    with pytest.raises(ValueError, match=r"positive|adults"):
        compute_clearance_cockcroft_gault(Decimal(creatinine), age, Decimal(70), "F")


def test_clearance_refuses_a_weight_that_is_not_positive() -> None:
    with pytest.raises(ValueError, match="weight"):
        compute_clearance_cockcroft_gault(Decimal(1), 40, Decimal(0), "M")
