"""Regions, and what falls between the two lists: the gaps of the first study."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.study.criteria.seed_criteria import EXCLUSION, INCLUSION, rule_of, rules_of

from trialwright.study.criteria import (
    Comparison,
    LimitKind,
    Op,
    builtin_catalogue,
    compare_lists,
    plausible_region,
    regions,
)
from trialwright.study.criteria.intervals import EVERYTHING, NOTHING, half_line, point, points


def test_the_gaps_between_the_lists_of_the_first_study() -> None:
    found = {(c.variable, c.axis): c for c in compare_lists(rules_of(INCLUSION), rules_of(EXCLUSION))}
    assert {key: (str(c.neither), str(c.both), c.unit) for key, c in found.items()} == {
        ("life_expectancy", LimitKind.ABSOLUTE): ("{6}", "∅", "mo"),
        ("creatinine", LimitKind.ABSOLUTE): ("{4421/20}", "∅", "umol/L"),
        ("ast", LimitKind.ULN): ("[3, 5]", "∅", ""),
        ("bilirubin", LimitKind.ABSOLUTE): ("[6414/125, 100]", "∅", "umol/L"),
    }
    bilirubin = found["bilirubin", LimitKind.ABSOLUTE]
    assert bilirubin.neither.intervals[0].low == Fraction("51.312")
    assert (bilirubin.inclusion, bilirubin.exclusion) == (("I7d_bili",), ("E3c_bili",))


def compared(inclusion: str, exclusion: str) -> Comparison:
    (found,) = compare_lists({"i": rule_of(inclusion)}, {"e": rule_of(exclusion)})
    return found


def test_an_overlap_is_what_both_lists_claim() -> None:
    found = compared("creatinine < 2.5 mg/dL", "creatinine > 2 mg/dL")
    assert str(found.both) == "(4421/25, 4421/20)"
    assert found.neither.is_empty


def test_whole_numbers_have_no_gap_between_two_and_three() -> None:
    found = compared("ecog <= 2", "ecog >= 3")
    assert found.neither == found.both == NOTHING
    assert str(compared("ecog in 0..1", "ecog > 2").neither) == "(-∞, -1] ∪ {2}"


def test_alternatives_leave_the_certain_side_smaller() -> None:
    region = regions(rule_of("creatinine < 2 mg/dL or fertile"), "creatinine")[LimitKind.ABSOLUTE]
    assert region.possible == EVERYTHING
    assert region.certain == half_line(Op.LT, Fraction("176.84"))
    denied = regions(rule_of("not (creatinine < 2 mg/dL and fertile)"), "creatinine")[LimitKind.ABSOLUTE]
    assert denied.possible == EVERYTHING
    assert denied.certain == half_line(Op.GE, Fraction("176.84"))
    implied = regions(rule_of("if fertile then creatinine < 2 mg/dL"), "creatinine")[LimitKind.ABSOLUTE]
    assert (implied.possible, implied.certain) == (region.possible, region.certain)


def test_each_axis_keeps_to_itself() -> None:
    found = regions(rule_of("alt < 3 ULN or alt < 100 U/L or LLN <= alt"), "ALT")
    assert set(found) == {LimitKind.ULN, LimitKind.ABSOLUTE, LimitKind.LLN}
    assert (found[LimitKind.ULN].unit, found[LimitKind.ABSOLUTE].unit) == ("", "U/L")
    assert found[LimitKind.ULN].certain == half_line(Op.LT, Fraction(3))
    assert found[LimitKind.ULN].possible == EVERYTHING
    mixed = regions(rule_of("LLN <= alt <= 2 ULN"), "alt")
    assert mixed[LimitKind.LLN].possible == half_line(Op.GE, Fraction(1))
    assert mixed[LimitKind.LLN].certain == NOTHING


def test_variables_that_a_catalogue_does_not_know_take_the_first_unit() -> None:
    region = regions(rule_of("odd_marker > 1 g/L and odd_marker < 500 mg/dL"), "odd_marker")[
        LimitKind.ABSOLUTE
    ]
    assert region.unit == "g/L"
    assert str(region.certain) == "(1, 5)"
    unclear = regions(rule_of("odd_marker > 1 g/L and odd_marker < 5 U/L"), "odd_marker")[LimitKind.ABSOLUTE]
    assert unclear.possible == half_line(Op.GT, Fraction(1))
    assert unclear.certain == NOTHING


def test_codes_and_flags_have_no_region() -> None:
    rule = rule_of("histology = adenocarcinoma and fertile and ecog in {0, 2} and histology is known")
    assert regions(rule, "histology") == {}
    assert regions(rule, "absent") == {}
    region = regions(rule, "ecog")[LimitKind.ABSOLUTE]
    assert region.possible == points((Fraction(0), Fraction(2)))


def test_plausible_region() -> None:
    catalogue = builtin_catalogue()
    ecog, histology = catalogue.find("ecog"), catalogue.find("ferritin")
    assert ecog is not None
    assert histology is not None
    assert str(plausible_region(ecog)) == "[0, 5]"
    assert plausible_region(histology) == EVERYTHING


def test_sets_are_shown_and_scaled() -> None:
    held = half_line(Op.LE, Fraction(1)).union(point(Fraction(2)))
    assert str(held) == "(-∞, 1] ∪ {2}"
    assert [piece.is_point for piece in held.intervals] == [False, True]
    assert EVERYTHING.is_everything
    assert NOTHING.is_empty
    with pytest.raises(ValueError, match="positive"):
        held.scaled(Fraction(0))
