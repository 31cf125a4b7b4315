"""Laboratory shifts: against grades worked out from the table of the house reference, subject by subject."""

from __future__ import annotations

from collections import Counter

import pytest

from trialwright.outcomes.ctcae_labs import list_terms
from trialwright.outcomes.lab_terms import LAB_TERMS, Direction, find_lab_terms
from trialwright.report.dataset import derive_dataset
from trialwright.report.lab_results import find_lab_items, find_results, in_one_unit
from trialwright.report.laboratory import build_laboratory
from trialwright.report.listings import build_listings
from trialwright.report.model import Figure, Number, Table
from trialwright.study.criteria.variables import builtin_catalogue
from trialwright.study.model import Study
from trialwright.study.model.forms import Form, Item

from .conftest import Hand
from .safety_trial import ARMS, CUT, Life, draw_lives, write_state, write_states

ULN = 40
TERM = "alanine_aminotransferase_increased"


def grade_alt(value: float, baseline: float) -> int:
    """House safety reference, section 1, row ALT: multiples of the limit, or of an abnormal baseline."""
    if baseline <= ULN:
        limits = (ULN, 3 * ULN, 5 * ULN, 20 * ULN)
        return sum(value > limit for limit in limits)
    if value < 1.5 * baseline:
        return 0
    return 1 + sum(value > limit * baseline for limit in (3, 5, 20))


def grades_of(life: Life) -> tuple[int | None, int | None]:
    """At baseline (days up to the first dose, day 19) and the worst to 30 days after the last dose (day 21)."""
    before = [value for day, value in life.alt if day <= 18]
    after = [value for day, value in life.alt if 18 < day <= 20 + 30]
    baseline = before[-1]
    return grade_alt(baseline, baseline), max((grade_alt(value, baseline) for value in after), default=None)


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return draw_lives(11, 60)


@pytest.fixture(scope="module")
def numbers(study: Study, lives: list[Life]) -> dict[str, Number]:
    section = build_laboratory(derive_dataset(study, write_states(study, lives), CUT))
    tables = [block.data if isinstance(block, Figure) else block for block in section.blocks]
    return {n.id: n for table in tables if table is not None for n in table.numbers()}


@pytest.mark.parametrize("arm", ARMS)
def test_shifts_are_those_of_every_subject(numbers: dict[str, Number], lives: list[Life], arm: str) -> None:
    expected = Counter(grades_of(life) for life in lives if life.arm == arm)
    assert len(expected) >= 4
    for (base, worst), count in expected.items():
        code = "unknown" if worst is None else worst
        assert numbers[f"laboratory.shift.{TERM}.{base}_{code}.{arm}"].value == count
    counted = [
        n.value
        for name, n in numbers.items()
        if name.startswith(f"laboratory.shift.{TERM}.") and name.endswith(arm)
    ]
    assert sum(value or 0 for value in counted) == sum(life.arm == arm for life in lives)


@pytest.mark.parametrize("arm", ARMS)
def test_worst_grades_and_values(numbers: dict[str, Number], lives: list[Life], arm: str) -> None:
    mine = {life.subject: (*grades_of(life), life) for life in lives if life.arm == arm}
    severe = [subject for subject, (_, worst, _) in mine.items() if (worst or 0) >= 3]
    assert list(numbers[f"laboratory.severe.{TERM}.{arm}"].subjects) == severe
    worse = [subject for subject, (base, worst, _) in mine.items() if (worst or 0) > (base or 0)]
    assert list(numbers[f"laboratory.worse.{TERM}.{arm}"].subjects) == worse
    highest = sorted(max(v for day, v in life.alt if 18 < day <= 50) for _, _, life in mine.values())
    middle = (highest[(len(highest) - 1) // 2] + highest[len(highest) // 2]) / 2
    assert numbers[f"laboratory.extreme_0.{TERM}.{arm}"].value == pytest.approx(middle)


def test_the_listing_holds_every_severe_result_and_no_other(study: Study, lives: list[Life]) -> None:
    section = build_listings(derive_dataset(study, write_states(study, lives), CUT))
    table = next(b for b in section.blocks if b.id == "listing_laboratory")
    assert isinstance(table, Table)
    expected = Counter(
        life.subject
        for life in lives
        for day, value in life.alt
        if day + (life.day_one - CUT).days <= 0
        and grade_alt(value, value if day <= 18 else life.alt[0][1]) >= 3
    )
    assert Counter(row.subject for row in table.rows) == expected
    assert all(row.sources for row in table.rows)


@pytest.mark.parametrize("version", ["5.0", "6.0"])
def test_every_term_that_a_number_grades_has_its_analyte(version: str) -> None:
    named = {term.term for analyte in LAB_TERMS for term in find_lab_terms(analyte, version)}
    assert named == set(list_terms(version))
    known = builtin_catalogue()
    assert all((found := known.find(name)) is not None and found.name == name for name in LAB_TERMS)


def test_two_directions_are_two_terms_with_the_ladder_that_goes_their_way() -> None:
    for terms in LAB_TERMS.values():
        for term in terms:
            for version in ("5.0", "6.0"):
                rule = list_terms(version).get(term.term)
                rising = {ladder.rising for ladder in rule.ladders} if rule is not None else set()
                assert rising <= {term.direction is Direction.HIGH}, term
    assert [term.direction for term in LAB_TERMS["potassium"]] == [Direction.HIGH, Direction.LOW]


def test_units_are_brought_together_and_what_does_not_convert_is_left_out(study: Study) -> None:
    life = draw_lives(1, 1)[0]
    hand = Hand(study)
    state = write_state(hand, life)
    cells = (
        {"value": "0.8", "unit": "mg/dL"},
        {"value": "17.104", "unit": "umol/L"},
        {"value": "1", "unit": "kg"},
    )
    for place, cell in enumerate(cells):
        made = hand.form(f"lab{place}", "laboratory", life.day_one, bilirubin=cell)
        state = state.model_copy(update={"forms": {**state.forms, made.key: made}})
    data = derive_dataset(study, [state], CUT)
    lab = next(lab for lab in find_lab_items(study) if lab.item.id == "bilirubin")
    (captured,) = find_results(study, data.subjects[0], [lab])
    results = in_one_unit(lab, lab.terms[0], captured, "5.0")
    assert [(float(r.value), r.unit) for r in results] == [(0.8, "mg/dL"), (1.0, "mg/dL")]


def test_high_and_low_potassium_are_graded_apart(study: Study) -> None:
    item = Item(id="potassium", label="Potassium", kind="number", units=("mmol/L",), limits_of_normal=True)
    forms = tuple(
        Form.model_validate(form.model_dump() | {"items": [*form.model_dump()["items"], item.model_dump()]})
        if form.id == "laboratory"
        else form
        for form in study.forms
    )
    wider = study.model_copy(update={"forms": forms})
    life = draw_lives(2, 1)[0]
    hand = Hand(wider)
    state = write_state(hand, life)
    for day, value in ((-2, "4"), (25, "6.5"), (30, "2.4")):
        cell = {"value": value, "unit": "mmol/L", "lower": "3.5", "upper": "5"}
        made = hand.form(
            f"k{day}", "laboratory", life.day_one.fromordinal(life.day_one.toordinal() + day), potassium=cell
        )
        state = state.model_copy(update={"forms": {**state.forms, made.key: made}})
    section = build_laboratory(derive_dataset(wider, [state], CUT))
    tables = [block.data if isinstance(block, Figure) else block for block in section.blocks]
    found = {n.id for table in tables if table is not None for n in table.numbers() if n.value}
    assert f"laboratory.shift.hyperkalemia.0_3.{life.arm}" in found
    assert (
        f"laboratory.shift.hypokalemia.0_4.{life.arm}" in found
        or f"laboratory.shift.hypokalemia.0_3.{life.arm}" in found
    )
