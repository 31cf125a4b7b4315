"""Verdicts: every source of the unknown, strictness at the limit, windows, and the reason of each leaf."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest
from tests.study.criteria.seed_criteria import rule_of

from trialwright.study.criteria import (
    LeafReason,
    Op,
    Truth,
    Value,
    Values,
    Why,
    Window,
    evaluate,
)

RANDOMISED_ON = date(2026, 3, 16)


def number(value: str, unit: str = "", **more: object) -> Value:
    return replace(Value(number=Decimal(value), unit=unit), **more)  # type: ignore[arg-type]


def reason_of(text: str, values: Values, **circumstances: object) -> LeafReason:
    """The only reason of a rule with one leaf."""
    verdict = evaluate(rule_of(text), values, **circumstances)  # type: ignore[arg-type]
    (reason,) = verdict.reasons
    return reason


@pytest.mark.requirement("TW-R-025")
@pytest.mark.parametrize(
    ("text", "value", "truth"),
    [
        ("creatinine < 2.5 mg/dL", number("2.5", "mg/dL"), Truth.FALSE),
        ("creatinine <= 2.5 mg/dL", number("2.5", "mg/dL"), Truth.TRUE),
        ("creatinine > 2.5 mg/dL", number("221.05", "umol/L"), Truth.FALSE),
        ("creatinine >= 2.5 mg/dL", number("221.05", "µmol/l"), Truth.TRUE),
        ("creatinine > 2.5 mg/dL", number("221.0500000000000000000000000000000000001", "umol/L"), Truth.TRUE),
        ("creatinine = 2.5 mg/dL", number("221.05", "umol/L"), Truth.TRUE),
        ("creatinine != 2.5 mg/dL", number("221.05", "umol/L"), Truth.FALSE),
        ("platelets >= 100 10*9/L", number("100000", "/mm3"), Truth.TRUE),
        ("platelets >= 100 10*9/L", number("99999", "/uL"), Truth.FALSE),
        ("age between 18 and 65 years", number("216", "months"), Truth.TRUE),
        ("age between 18 and 65 years", number("215.9", "months"), Truth.FALSE),
        ("18 < age < 65 years", number("18", "a"), Truth.FALSE),
        ("alt < 3 ULN", number("120", "U/L", uln=Decimal(40)), Truth.FALSE),
        ("alt < 3 ULN", number("119.99", "U/L", uln=Decimal(40)), Truth.TRUE),
        (
            "LLN <= calcium <= ULN",
            number("2.2", "mmol/L", uln=Decimal("2.6"), lln=Decimal("2.2")),
            Truth.TRUE,
        ),
        ("creatinine <= 1.5 baseline", number("1.5", "mg/dL", baseline=Decimal(1)), Truth.TRUE),
        ("ecog in 0..2", number("3"), Truth.FALSE),
        ("ecog in 0..2", number("2.0"), Truth.TRUE),
        ("ecog <= 2", number("2", "{score}"), Truth.TRUE),
        ("histology in {adenocarcinoma, x}", Value(code="AdenoCarcinoma"), Truth.TRUE),
        ("histology = x", Value(code="adenocarcinoma"), Truth.FALSE),
        ("stage in {1, x}", Value(code="1"), Truth.TRUE),
        ("fertile", Value(flag=True), Truth.TRUE),
        ("not fertile", Value(flag=True), Truth.FALSE),
        ("attested fertile", Value(flag=False, signed=True), Truth.FALSE),
        ("fertile is known", Value(flag=False), Truth.TRUE),
        ("fertile is unknown", Value(flag=False), Truth.FALSE),
    ],
)
def test_decided(text: str, value: Value, truth: Truth) -> None:
    rule = rule_of(text)
    verdict = evaluate(rule, {reason.variable: value for reason in evaluate(rule, {}).reasons})
    assert verdict.truth is truth
    assert all(reason.why is None for reason in verdict.reasons)


@pytest.mark.requirement("TW-R-024", "TW-R-027")
@pytest.mark.parametrize(
    ("text", "value", "why"),
    [
        ("creatinine < 2.5 mg/dL", Value(), Why.MISSING),
        ("creatinine < 2.5 mg/dL", number("1"), Why.UNIT_MISSING),
        ("creatinine < 2.5 mg/dL", number("1", "IU/l"), Why.UNIT_NOT_CONVERTIBLE),
        ("creatinine < 2.5 mg/dL", number("1", "mmol"), Why.UNIT_NOT_CONVERTIBLE),
        ("creatinine < 2.5 mg/dL", Value(code="normal"), Why.NOT_A_NUMBER),
        ("ecog <= 2", number("1", "mg/dL"), Why.UNIT_NOT_CONVERTIBLE),
        ("ecog in 0..2", number("1", "%"), Why.UNIT_NOT_CONVERTIBLE),
        ("ecog in 0..2", Value(code="1"), Why.NOT_A_NUMBER),
        ("histology = adenocarcinoma", number("1"), Why.MISSING),
        ("alt < 3 ULN", number("30", "U/L"), Why.ULN_MISSING),
        ("alt > LLN", number("30", "U/L"), Why.LLN_MISSING),
        ("alt < 2 baseline", number("30", "U/L"), Why.BASELINE_MISSING),
        ("creatinine < 3 mg/dL", number("3.2", "mg/dL", censored=Op.LT), Why.CENSORED),
        ("ecog in 0..2", number("2", censored=Op.LT), Why.CENSORED),
        ("creatinine < 3 mg/dL", number("1", "mg/dL", query_open=True), Why.QUERY_OPEN),
        ("fertile", Value(code="perhaps"), Why.MISSING),
        ("attested fertile", Value(flag=True), Why.NOT_SIGNED),
        ("attested fertile", Value(), Why.MISSING),
    ],
)
def test_unknown(text: str, value: Value, why: Why) -> None:
    name = text.removeprefix("attested ").split()[0]
    reason = reason_of(text, {name: value})
    assert (reason.truth, reason.why) == (Truth.UNKNOWN, why)


@pytest.mark.parametrize(
    ("text", "censored", "limit", "truth"),
    [
        ("creatinine < 2.5 mg/dL", Op.LT, "2.0", Truth.TRUE),
        ("creatinine < 2.5 mg/dL", Op.LT, "2.5", Truth.TRUE),
        ("creatinine < 2.5 mg/dL", Op.LE, "2.5", Truth.UNKNOWN),
        ("creatinine < 2.5 mg/dL", Op.GE, "2.5", Truth.FALSE),
        ("creatinine <= 2.5 mg/dL", Op.GE, "2.5", Truth.UNKNOWN),
        ("creatinine > 2.5 mg/dL", Op.GT, "2.5", Truth.TRUE),
        ("creatinine > 2.5 mg/dL", Op.LT, "2.5", Truth.FALSE),
        ("1 < creatinine < 2.5 mg/dL", Op.GT, "2", Truth.UNKNOWN),
        ("1 < creatinine < 2.5 mg/dL", Op.GT, "2.5", Truth.FALSE),
    ],
)
def test_a_censored_result_is_decided_where_it_can_be(
    text: str, censored: Op, limit: str, truth: Truth
) -> None:
    assert reason_of(text, {"creatinine": number(limit, "mg/dL", censored=censored)}).truth is truth


def test_an_open_query_may_be_overlooked_by_policy() -> None:
    values = {"creatinine": number("1", "mg/dL", query_open=True)}
    reason = reason_of("creatinine < 3 mg/dL", values, open_query_is_unknown=False)
    assert reason.truth is Truth.TRUE


@pytest.mark.parametrize(
    ("sampled_on", "truth", "why"),
    [
        (date(2026, 3, 2), Truth.TRUE, None),
        (date(2026, 3, 1), Truth.UNKNOWN, Why.WINDOW),
        (date(2026, 3, 16), Truth.TRUE, None),
        (date(2026, 3, 17), Truth.UNKNOWN, Why.WINDOW),
        (None, Truth.UNKNOWN, Why.DATE_MISSING),
    ],
)
def test_window_of_14_days_before_randomisation(
    sampled_on: date | None, truth: Truth, why: Why | None
) -> None:
    values = {"Creatinine": number("1", "mg/dL", occurred_on=sampled_on)}
    windows = {"CREATININE": Window(before_days=14)}
    reason = reason_of("creatinine < 3 mg/dL", values, anchor_on=RANDOMISED_ON, windows=windows)
    assert (reason.truth, reason.why) == (truth, why)


def test_a_window_needs_an_anchor() -> None:
    values = {"creatinine": number("1", "mg/dL", occurred_on=RANDOMISED_ON)}
    reason = reason_of("creatinine < 3 mg/dL", values, windows={"creatinine": Window(14)})
    assert reason.why is Why.ANCHOR_MISSING


def test_a_window_may_reach_past_the_anchor() -> None:
    values = {"creatinine": number("1", "mg/dL", occurred_on=date(2026, 3, 17))}
    circumstances = {"anchor_on": RANDOMISED_ON, "windows": {"creatinine": Window(14, 1)}}
    assert reason_of("creatinine < 3 mg/dL", values, **circumstances).truth is Truth.TRUE


def test_the_latest_valid_result_counts_and_a_worse_repeat_supersedes() -> None:
    values = {
        "creatinine": [
            number("4", "mg/dL", occurred_on=date(2026, 3, 14), occurred_at_time=time(9), source="repeat"),
            number("1", "mg/dL", occurred_on=date(2026, 3, 14), occurred_at_time=time(8), source="first"),
            number("1", "mg/dL", occurred_on=date(2026, 3, 10), source="older"),
            number("1", "mg/dL", occurred_on=date(2026, 3, 20), source="after the anchor"),
            Value(occurred_on=date(2026, 3, 15), source="haemolysed"),
        ]
    }
    reason = reason_of("creatinine < 3 mg/dL", values, anchor_on=RANDOMISED_ON)
    assert reason.truth is Truth.FALSE
    assert reason.value is not None
    assert reason.value.source == "repeat"


def test_a_queried_repeat_does_not_give_way_to_an_older_result() -> None:
    values = {
        "creatinine": [
            number("1", "mg/dL", occurred_on=date(2026, 3, 10)),
            number("4", "mg/dL", occurred_on=date(2026, 3, 14), query_open=True),
        ]
    }
    assert reason_of("creatinine < 3 mg/dL", values, anchor_on=RANDOMISED_ON).why is Why.QUERY_OPEN


def test_the_last_listed_of_two_at_one_time_and_the_undated_without_window() -> None:
    twice = {
        "fertile": [Value(flag=True, occurred_on=RANDOMISED_ON), Value(flag=False, occurred_on=RANDOMISED_ON)]
    }
    assert reason_of("fertile", twice).truth is Truth.FALSE
    undated = {"fertile": [Value(flag=False), Value(flag=True)]}
    assert reason_of("fertile", undated, anchor_on=RANDOMISED_ON).truth is Truth.TRUE


def test_known_asks_for_a_usable_result_only() -> None:
    old = {"creatinine": number("1", "mg/dL", occurred_on=date(2026, 1, 1))}
    circumstances = {"anchor_on": RANDOMISED_ON, "windows": {"creatinine": Window(14)}}
    assert reason_of("creatinine is known", old).truth is Truth.TRUE
    assert reason_of("creatinine is known", old, **circumstances).truth is Truth.FALSE
    assert reason_of("creatinine is known", {}).truth is Truth.FALSE


def test_the_reason_shows_the_limit_in_the_unit_of_the_result() -> None:
    reason = reason_of("creatinine < 2.5 mg/dL", {"creatinine": number("220", "umol/L", source="lab 7")})
    (shown,) = reason.limits
    assert (shown.op, shown.number, shown.unit) == (Op.LT, Decimal("221.05"), "umol/L")
    assert (shown.canonical, shown.canonical_unit) == (Decimal("221.05"), "umol/L")
    assert reason.canonical == Decimal(220)
    assert reason.value is not None
    assert reason.value.source == "lab 7"
    relative = reason_of("alt < 3 ULN", {"alt": number("30", "U/L", uln=Decimal(40))})
    assert relative.limits[0].number == Decimal(120)


def test_every_leaf_has_its_reason_even_when_the_rule_is_settled() -> None:
    verdict = evaluate(rule_of("ecog in 0..2 and alt < 3 ULN and fertile"), {"ecog": number("3")})
    assert verdict.truth is Truth.FALSE
    assert [reason.truth for reason in verdict.reasons] == [Truth.FALSE, Truth.UNKNOWN, Truth.UNKNOWN]
    assert [reason.variable for reason in verdict.unknown] == ["alt", "fertile"]


@pytest.mark.parametrize(
    "held",
    [
        {"number": Decimal(1), "flag": True},
        {"number": Decimal("NaN")},
        {"number": Decimal("1E+999999999")},
        {"number": Decimal("1E-999999999")},
        {"number": Decimal(1), "uln": Decimal("Infinity")},
        {"number": Decimal(1), "censored": Op.EQ},
    ],
)
def test_a_value_that_cannot_be_is_refused(held: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"value|number|result"):
        Value(**held)  # type: ignore[arg-type]
