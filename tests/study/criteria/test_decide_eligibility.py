"""The decision over many criteria, and what is missing to make it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from tests.study.criteria.seed_criteria import EXCLUSION, INCLUSION, rule_of, rules_of, subject_values

from trialwright.study.criteria import (
    Decision,
    Eligibility,
    Flag,
    Truth,
    Value,
    Verdict,
    Why,
    decide_eligibility,
    evaluate_criteria,
    rank_missing,
)


def _verdict(truth: Truth) -> Verdict:
    return Verdict(Flag("x"), truth, ())


@pytest.mark.requirement("TW-R-024")
@pytest.mark.parametrize(("included", "excluded"), list(product(Truth, Truth)))
def test_decision_table(included: Truth, excluded: Truth) -> None:
    expected = Decision.INCOMPLETE
    if included is Truth.FALSE or excluded is Truth.TRUE:
        expected = Decision.NOT_ELIGIBLE
    elif included is Truth.TRUE and excluded is Truth.FALSE:
        expected = Decision.ELIGIBLE
    outcome = decide_eligibility({"i": _verdict(included)}, {"e": _verdict(excluded)})
    assert outcome.decision is expected


def _seed(changes: dict[str, object]) -> Eligibility:
    values = subject_values(changes)
    return decide_eligibility(
        evaluate_criteria(rules_of(INCLUSION), values), evaluate_criteria(rules_of(EXCLUSION), values)
    )


def test_what_is_missing_comes_in_the_order_of_what_it_settles() -> None:
    outcome = _seed({"alt_uln": None, "life_expectancy_months": None, "fertile": None})
    assert outcome.decision is Decision.INCOMPLETE
    assert [(m.variable, m.why, m.criteria, m.settles) for m in outcome.missing] == [
        ("life_expectancy", (Why.MISSING,), ("I2_life", "E1_survival"), Fraction(2)),
        ("alt", (Why.ULN_MISSING,), ("I7b_alt",), Fraction(1)),
        ("fertile", (Why.MISSING,), ("I10_contraception",), Fraction(1, 2)),
        ("willing_to_use_contraception", (Why.MISSING,), ("I10_contraception",), Fraction(1, 2)),
    ]


def test_nothing_is_missing_once_the_decision_is_made() -> None:
    assert _seed({"alt_uln": None, "ecog": 3}).missing == ()
    assert _seed({}).missing == ()


def test_an_empty_record_is_incomplete_and_lists_every_variable_once() -> None:
    rules = rules_of({**INCLUSION, **EXCLUSION})
    outcome = decide_eligibility(
        evaluate_criteria(rules_of(INCLUSION), {}), evaluate_criteria(rules_of(EXCLUSION), {})
    )
    assert outcome.decision is Decision.INCOMPLETE
    asked = [missing.variable for missing in outcome.missing]
    assert len(asked) == len(set(asked)) == 15
    assert set(outcome.not_true_inclusion) | set(outcome.not_false_exclusion) == set(rules)


def test_one_of_two_alternatives_settles_half() -> None:
    verdicts = evaluate_criteria({"c": rule_of("a or b"), "d": rule_of("a and a")}, {"b": Value()})
    assert [(m.variable, m.settles) for m in rank_missing(verdicts)] == [
        ("a", Fraction(3, 2)),
        ("b", Fraction(1, 2)),
    ]
