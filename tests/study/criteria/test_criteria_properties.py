"""What holds for every rule: text and rule are one, regions agree with verdicts, knowing more never flips."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.criteria.rule_strategies import (
    ORDERS,
    QUARTERS,
    any_rules,
    creatinine_limits,
    number_leaves,
    relative_limits,
    rules,
)

from trialwright.study.criteria import (
    LimitKind,
    Rule,
    Truth,
    Value,
    evaluate,
    parse_rule,
    regions,
    render_prose,
    render_rule,
)
from trialwright.study.criteria.intervals import (
    EVERYTHING,
    IntervalSet,
    half_line,
    point,
)

FEW = settings(max_examples=100, deadline=None)
PLACES = st.integers(-1, 7).flatmap(lambda n: st.sampled_from([Fraction(n), Fraction(2 * n + 1, 2)]))
HALF_LINES = st.builds(half_line, st.sampled_from(ORDERS), st.integers(0, 6).map(Fraction))
SETS = st.recursive(
    st.one_of(HALF_LINES, st.integers(0, 6).map(lambda n: point(Fraction(n)))),
    lambda part: st.one_of(
        st.builds(IntervalSet.union, part, part),
        st.builds(IntervalSet.intersection, part, part),
        st.builds(IntervalSet.complement, part),
    ),
    max_leaves=6,
)


@FEW
@given(any_rules())
def test_a_rendered_rule_reads_back_as_the_same_rule(rule: Rule) -> None:
    parsed = parse_rule(render_rule(rule))
    assert parsed.rule == rule
    assert render_rule(parsed.rule) == render_rule(rule)


@FEW
@given(any_rules())
def test_every_rule_has_a_sentence(rule: Rule) -> None:
    sentence = render_prose(rule)
    assert sentence.endswith(".")
    assert sentence[0] == sentence[0].upper()


@FEW
@given(
    rules(number_leaves("creatinine", creatinine_limits())), QUARTERS, st.sampled_from(["mg/dL", "umol/L"])
)
def test_a_region_holds_what_the_verdict_accepts(rule: Rule, number: Decimal, unit: str) -> None:
    factor = Decimal("88.42") if unit == "umol/L" else Decimal(1)
    region = regions(rule, "creatinine")[LimitKind.ABSOLUTE]
    assert region.possible == region.certain
    verdict = evaluate(rule, {"creatinine": Value(number=number * factor, unit=unit)})
    inside = Fraction(number) * Fraction("88.42") in region.certain
    assert verdict.truth is (Truth.TRUE if inside else Truth.FALSE)


@FEW
@given(rules(number_leaves("alt", relative_limits())), QUARTERS, st.sampled_from([Decimal(1), Decimal(40)]))
def test_a_region_in_multiples_of_uln_agrees_too(rule: Rule, multiple: Decimal, uln: Decimal) -> None:
    region = regions(rule, "alt")[LimitKind.ULN]
    verdict = evaluate(rule, {"alt": Value(number=multiple * uln, unit="U/L", uln=uln)})
    assert (verdict.truth is Truth.TRUE) == (Fraction(multiple) in region.certain)


@FEW
@given(any_rules(), QUARTERS, st.booleans(), st.sampled_from(["a", "not", "4"]), st.integers(0, 5), QUARTERS)
def test_certain_is_true_and_true_is_possible(
    rule: Rule, number: Decimal, flag: bool, code: str, ecog: int, alt: Decimal
) -> None:
    values = {
        "creatinine": Value(number=number, unit="mg/dL"),
        "alt": Value(number=alt * 40, unit="U/L", uln=Decimal(40)),
        "ecog": Value(number=Decimal(ecog)),
        "stage": Value(code=code),
        "fertile": Value(flag=flag),
        "informed_consent": Value(flag=flag, signed=True),
    }
    truth = evaluate(rule, values).truth
    assert truth is not Truth.UNKNOWN
    for variable, place in (("creatinine", number * Decimal("88.42")), ("ecog", Decimal(ecog))):
        for region in regions(rule, variable).values():
            assert Fraction(place) not in region.certain or truth is Truth.TRUE
            assert truth is not Truth.TRUE or Fraction(place) in region.possible


@FEW
@given(any_rules(), QUARTERS, st.booleans())
def test_knowing_more_never_flips_a_verdict(rule: Rule, number: Decimal, flag: bool) -> None:
    """Kleene logic is monotone; `is known` alone is not, so its variable is always on record."""
    before = evaluate(rule, {"creatinine": Value(number=number, unit="mg/dL")}).truth
    more = {
        "creatinine": Value(number=number, unit="mg/dL"),
        "alt": Value(number=Decimal(40), unit="U/L", uln=Decimal(40)),
        "fertile": Value(flag=flag),
        "ecog": Value(number=Decimal(1)),
    }
    after = evaluate(rule, more).truth
    assert before is Truth.UNKNOWN or after is before


@FEW
@given(SETS, SETS, PLACES)
def test_the_algebra_of_sets_is_that_of_membership(
    one: IntervalSet, two: IntervalSet, place: Fraction
) -> None:
    assert (place in one.union(two)) == (place in one or place in two)
    assert (place in one.intersection(two)) == (place in one and place in two)
    assert (place in one.complement()) == (place not in one)
    assert (place in one.minus(two)) == (place in one and place not in two)
    assert one.is_within(one.union(two))
    assert one.complement().complement() == one
    assert one.union(one.complement()) == EVERYTHING
    assert (place * 3 + 1 in one.scaled(Fraction(3), Fraction(1))) == (place in one)


@FEW
@given(SETS, st.integers(-1, 7))
def test_whole_numbers_see_the_same_members(held: IntervalSet, number: int) -> None:
    whole = held.on_whole_numbers()
    assert (Fraction(number) in whole) == (Fraction(number) in held)
    assert whole.on_whole_numbers() == whole


@FEW
@given(SETS, PLACES)
def test_the_pieces_are_the_set(held: IntervalSet, place: Fraction) -> None:
    def within(low: Fraction | None, low_closed: bool, high: Fraction | None, high_closed: bool) -> bool:
        above = low is None or place > low or (low_closed and place == low)
        return above and (high is None or place < high or (high_closed and place == high))

    pieces = [within(p.low, p.low_closed, p.high, p.high_closed) for p in held.intervals]
    assert any(pieces) == (place in held)
    assert sum(pieces) <= 1
