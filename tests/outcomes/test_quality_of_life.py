"""QLQ-C30 scoring, change, windows and compliance."""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.qlq_c30 import QLQ_C30, compute_qlq_c30
from trialwright.outcomes.qlq_sto22 import QLQ_STO22
from trialwright.outcomes.quality_of_life import (
    Form,
    Participation,
    VisitWindow,
    derive_changes,
    derive_compliance,
    derive_placed_forms,
    derive_scores,
)
from trialwright.outcomes.questionnaire import (
    Direction,
    compute_scores,
    compute_straight_lining,
    parse_answers,
)

pytestmark = pytest.mark.requirement("TW-R-040")

REFERENCE = json.loads((Path(__file__).parents[1] / "data/domain/qlq_c30.json").read_text())
START = date(2021, 3, 1)
BEST = {item: 1 if item < 29 else 7 for item in range(1, 31)}


def numbered(items: dict[str, Any]) -> dict[int, Any]:
    return {int(name[1:]): code for name, code in items.items()}


@pytest.mark.parametrize("vector", REFERENCE["vectors"], ids=lambda v: v["id"])
def test_worked_forms(vector: dict[str, Any]) -> None:
    answers, findings = parse_answers(QLQ_C30, numbered(vector["items"]))
    assert findings == []
    scores = compute_qlq_c30(answers)
    assert set(scores) == set(vector["expected"])
    for code, expected in vector["expected"].items():
        assert scores[code] == (None if expected is None else pytest.approx(expected, abs=1e-6)), code


@pytest.mark.parametrize("published", REFERENCE["scales"], ids=lambda s: s["code"])
def test_the_scales_are_those_of_the_reference(published: dict[str, Any]) -> None:
    scale = QLQ_C30.scale(published["code"])
    assert list(scale.items) == published["items"]
    assert scale.item_range == published["item_range"]
    assert scale.direction == published["direction"]
    assert scale.min_items == published["min_items"]
    assert scale.reversed == published["formula"].startswith("(1-")


@pytest.mark.parametrize("wrong", REFERENCE["invalid_examples"], ids=str)
def test_codes_that_do_not_exist_are_refused_and_never_clamped(wrong: dict[str, Any]) -> None:
    answers, findings = parse_answers(QLQ_C30, numbered(wrong))
    (item,) = numbered(wrong)
    assert [f.code for f in findings] == ["TW-QOL-001"]
    assert answers[item] is None
    assert f"item {item} " in findings[0].message


def test_an_item_of_another_questionnaire_is_refused() -> None:
    answers, findings = parse_answers(QLQ_C30, {31: 2})
    assert [f.code for f in findings] == ["TW-QOL-002"] and 31 not in answers


def test_digits_in_text_and_whole_floats_are_read() -> None:
    answers, findings = parse_answers(QLQ_C30, {1: " 3 ", 2: 4.0, 3: "", 4: None, 5: True})
    assert [answers[i] for i in (1, 2, 3, 4)] == [3, 4, None, None]
    assert [f.code for f in findings] == ["TW-QOL-001"]  # a truth value is no answer


def test_module_sto22_is_scored_by_the_same_rules() -> None:
    assert sorted(i for s in QLQ_STO22.scales for i in s.items) == list(range(31, 53))
    scores = compute_scores(QLQ_STO22, {**dict.fromkeys(range(31, 53), 2), 31: None, 32: None, 52: None})
    assert scores["DYSPHAGIA"] is None
    assert scores["PAIN"] == Fraction(100, 3)
    assert scores["HAIR_LOSS"] == Fraction(100, 3)
    assert "confirmed" in QLQ_STO22.note


def test_straight_lining_is_seen() -> None:
    assert compute_straight_lining(QLQ_C30, dict.fromkeys(range(1, 31), 1))
    assert not compute_straight_lining(QLQ_C30, BEST)
    assert not compute_straight_lining(QLQ_C30, dict.fromkeys(range(1, 31)))


codes = st.fixed_dictionaries({i: st.none() | st.integers(1, 7 if i > 28 else 4) for i in range(1, 31)})


@settings(max_examples=60, deadline=None)
@given(codes)
def test_scores_against_a_slow_twin(answers: dict[int, int | None]) -> None:
    """The twin: plain floats over the published table, item by item, with no shared code."""
    scores = compute_qlq_c30(answers)
    twin: dict[str, float | None] = {}
    for scale in REFERENCE["scales"]:
        given_codes = [answers[i] for i in scale["items"] if answers[i] is not None]
        if len(given_codes) < scale["min_items"]:
            twin[scale["code"]] = None
            continue
        share = (sum(given_codes) / len(given_codes) - 1) / scale["item_range"]
        twin[scale["code"]] = (1 - share) * 100 if scale["formula"].startswith("(1-") else share * 100
    good = [twin[c] for c in ("PF", "RF", "EF", "CF", "SF")]
    bad = [twin[c] for c in ("FA", "NV", "PA", "DY", "SL", "AP", "CO", "DI")]
    whole = None not in good and None not in bad
    twin["SUMMARY"] = (sum(good) + sum(100 - b for b in bad)) / 13 if whole else None
    for code, expected in twin.items():
        assert scores[code] == (None if expected is None else pytest.approx(expected, abs=1e-9))


@settings(max_examples=60, deadline=None)
@given(codes, st.randoms())
def test_permuting_the_items_of_a_scale_leaves_its_score(answers: dict[int, Any], random: Any) -> None:
    shuffled = dict(answers)
    for scale in QLQ_C30.scales:
        values = [answers[i] for i in scale.items]
        random.shuffle(values)
        shuffled.update(zip(scale.items, values, strict=True))
    assert compute_qlq_c30(shuffled) == compute_qlq_c30(answers)


@settings(max_examples=60, deadline=None)
@given(codes)
def test_scores_lie_between_0_and_100_on_the_grid_of_the_scale(answers: dict[int, int | None]) -> None:
    for code, score in compute_qlq_c30(answers).items():
        if score is not None:
            assert 0 <= score <= 100
            whole = code != "SUMMARY" and all(answers[i] is not None for i in QLQ_C30.scale(code).items)
            assert not whole or (score / QLQ_C30.scale(code).step).denominator == 1


def form(day: int, subject: str = "S1", **changed: int) -> Form:
    answers = {**BEST, **{int(k[1:]): v for k, v in changed.items()}}
    return Form(subject, START + timedelta(days=day), answers, source_ids=(day + 100,))


def test_change_is_against_the_last_score_before_the_start_and_benefit_points_upward() -> None:
    scores = derive_scores(QLQ_C30, [form(-10, q9=4, q19=4), form(0), form(21, q9=4, q19=4, q29=4, q30=4)])
    rows = {(r.on, r.scale): r for r in derive_changes(QLQ_C30, scores, {"S1": START})}
    last = START + timedelta(days=21)
    assert (rows[last, "PA"].baseline, rows[last, "PA"].change, rows[last, "PA"].benefit) == (0, 100, -100)
    assert (rows[last, "QL"].change, rows[last, "QL"].benefit) == (-50, -50)
    assert rows[last, "QL"].source_ids == (100, 121)
    assert rows[START, "QL"].change is None and rows[START, "QL"].baseline == 100


def test_without_a_baseline_there_is_no_change() -> None:
    rows = derive_changes(QLQ_C30, derive_scores(QLQ_C30, [form(21)]), {"S1": START})
    assert all(r.change is None and r.baseline is None for r in rows)


def test_of_two_forms_in_one_window_the_nearest_counts_and_a_tie_goes_to_the_earlier() -> None:
    windows = [VisitWindow("W3", 21, 14, 28), VisitWindow("W6", 42, 35, 49)]
    placed = derive_placed_forms([form(25), form(22), form(41), form(43), form(90)], windows, {"S1": START})
    assert [(p.visit, p.counts, p.duplicate) for p in placed] == [
        ("W3", False, True),
        ("W3", True, True),
        ("W6", True, True),
        ("W6", False, True),
        ("", False, False),
    ]


def test_a_form_of_a_subject_without_a_start_has_no_visit() -> None:
    (placed,) = derive_placed_forms([form(21, "S9")], [VisitWindow("W3", 21, 14, 28)], {})
    assert (placed.visit, placed.counts) == ("", False)


def test_compliance_expects_nothing_from_the_dead_and_nothing_too_early() -> None:
    windows = [VisitWindow("W3", 21, 14, 28), VisitWindow("W6", 42, 35, 49)]
    people = [
        Participation("S1", "A", START, source_ids=(1,)),
        Participation("S2", "A", START, left_on=START + timedelta(days=30), source_ids=(2,)),
        Participation("S3", "B", START, source_ids=(3,)),
    ]
    starts = {p.subject: START for p in people}
    placed = derive_placed_forms([form(21), form(20, "S2")], windows, starts)
    rows = derive_compliance(placed, windows, people, START + timedelta(days=28))
    got = {(r.arm, r.visit): (r.received, r.expected, r.rate) for r in rows}
    assert got == {
        ("A", "W3"): (2, 2, 1.0),
        ("A", "W6"): (0, 0, None),
        ("B", "W3"): (0, 1, 0.0),
        ("B", "W6"): (0, 0, None),
    }
    later = derive_compliance(placed, windows, people, START + timedelta(days=60))
    assert {(r.arm, r.visit): r.expected for r in later}["A", "W6"] == 1  # S2 left before day 35


def test_direction_of_every_score() -> None:
    worse = {"FA", "NV", "PA", "DY", "SL", "AP", "CO", "DI", "FI"}
    assert {c for c in QLQ_C30.score_codes if QLQ_C30.direction(c) is Direction.HIGHER_WORSE} == worse
