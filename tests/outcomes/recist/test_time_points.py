"""Time points, dates, new lesions, splitting and merging, checks, durations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.progression_free import (
    ITT_ALL_EVENTS,
    Assessment,
    AssessmentSchedule,
    ProgressionHistory,
    compute_progression_free,
)
from trialwright.outcomes.recist.best_response import (
    BestResponseRules,
    ResponseHistory,
    compute_best_response,
    compute_clinical_benefit,
    compute_objective_response,
)
from trialwright.outcomes.recist.checks import (
    LesionRules,
    check_course,
    check_entered_response,
    check_lesions,
)
from trialwright.outcomes.recist.durations import (
    compute_duration_of_control,
    compute_duration_of_response,
    compute_time_to_response,
)
from trialwright.outcomes.recist.lesions import (
    Lesion,
    LesionHistory,
    NewReading,
    NewState,
    NonTargetReading,
    NonTargetState,
    Reading,
    Role,
    State,
    Visit,
    parse_reading,
)
from trialwright.outcomes.recist.overall import compute_non_target_response
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.target import compute_target_result
from trialwright.outcomes.recist.time_points import derive_time_points

pytestmark = pytest.mark.requirement("TW-R-041")

START = date(2023, 1, 2)
T1 = Lesion("T1", Role.TARGET, "liver")
T2 = Lesion("T2", Role.TARGET, "lung")
N1 = Lesion("N1", Role.NON_TARGET, "bone")
SCHEDULE = AssessmentSchedule.every(42, 420)


def day(number: int) -> date:
    return START + timedelta(days=number)


def mm(lesion: str, size: Any, on: date | None = None, **more: Any) -> Reading:
    return Reading(lesion, State.MEASURED, Decimal(str(size)), on=on, **more)


def visit(number: int, *targets: Reading, **more: Any) -> Visit:
    return Visit(f"D{number}", day(number), targets, source_ids=(number,), **more)


def history(*visits: Visit, lesions: tuple[Lesion, ...] = (T1,), **more: Any) -> LesionHistory:
    baseline = Visit("BL", day(-7), tuple(mm(x.lesion, 50) for x in lesions if x.role is Role.TARGET))
    return LesionHistory("S1", lesions, baseline, visits, **more)


def test_time_points_come_by_date_with_sum_and_sources() -> None:
    points = derive_time_points(history(visit(84, mm("T1", 60)), visit(42, mm("T1", 30)), source_ids=(1,)))
    assert [(p.visit, p.overall.value) for p in points] == [("D42", "PR"), ("D84", "PD")]
    assert points[1].target.share_from_nadir == Fraction(1)
    assert points[1].source_ids == (1, 84)
    assert "40.0 % below" in points[0].target.why
    assert points[0].as_assessment() == Assessment(day(42), "PR", None, points[0].source_ids)


def test_the_nadir_carries_its_sources() -> None:
    lesions = history(
        visit(42, mm("T1", 30, source_ids=(142,))),
        visit(84, mm("T1", 35, source_ids=(184,))),
        visit(126, mm("T1", 36, source_ids=(226,))),
    )
    points = derive_time_points(replace(lesions, baseline=visit(-7, mm("T1", 50, source_ids=(100,)))))
    assert points[2].overall is Response.PD
    assert points[2].source_ids == (100, 126, 142, 226)


def test_progression_is_dated_to_the_first_scan_that_shows_it() -> None:
    late = visit(45, mm("T1", 90, day(42)), mm("T2", 50, day(45)))
    (point,) = derive_time_points(history(late, lesions=(T1, T2)))
    assert (point.progression_on, point.on) == (day(45), day(45))
    early = visit(45, mm("T1", 150, day(42)), mm("T2", 50, day(45)))
    (point,) = derive_time_points(history(early, lesions=(T1, T2)))
    assert (point.progression_on, point.on) == (day(42), day(45))


def test_an_equivocal_new_lesion_that_proves_true_dates_progression_back() -> None:
    unsure = NewReading("X1", NewState.EQUIVOCAL, on=day(42))
    sure = NewReading("X1", NewState.UNEQUIVOCAL, on=day(84))
    first, second = visit(42, mm("T1", 50), new=(unsure,)), visit(84, mm("T1", 50), new=(sure,))
    (alone,) = derive_time_points(history(first))
    assert (alone.overall, alone.review) == (Response.SD, ("EQUIVOCAL_NEW_LESION",))
    assert [f.code for f in check_course([alone])] == ["TW-REC-031"]
    points = derive_time_points(history(first, second))
    assert [p.overall.value for p in points] == ["PD", "PD"]
    assert points[0].progression_on == day(42) and points[0].review == ()


def test_a_small_new_node_is_no_new_lesion() -> None:
    node = NewReading("X1", NewState.UNEQUIVOCAL, nodal=True, mm=Decimal("9.9"))
    (point,) = derive_time_points(history(visit(42, mm("T1", 50), new=(node,))))
    assert not point.new_lesion
    (point,) = derive_time_points(history(visit(42, mm("T1", 50), new=(replace(node, mm=Decimal(10)),))))
    assert point.overall is Response.PD


@pytest.mark.parametrize(
    ("state", "markers", "expected"),
    [
        (NonTargetState.ABSENT, None, Response.CR),
        (NonTargetState.ABSENT, True, Response.CR),
        (NonTargetState.ABSENT, False, Response.NON_CR_NON_PD),
        (NonTargetState.PRESENT, None, Response.NON_CR_NON_PD),
        (NonTargetState.UNEQUIVOCAL_PROGRESSION, None, Response.PD),
        (NonTargetState.NOT_EVALUABLE, None, Response.NE),
    ],
)
def test_non_target(state: NonTargetState, markers: bool | None, expected: Response) -> None:
    assert compute_non_target_response([N1], [NonTargetReading("N1", state)], markers) is expected


def test_non_target_without_reading_or_lesion() -> None:
    assert compute_non_target_response([N1], []) is Response.NE
    assert compute_non_target_response([], []) is Response.NA
    worse = NonTargetReading("N1", NonTargetState.UNEQUIVOCAL_PROGRESSION)
    n2 = Lesion("N2", Role.NON_TARGET, "skin")
    assert compute_non_target_response([N1, n2], [worse]) is Response.PD


def test_a_split_lesion_is_the_sum_of_its_pieces_and_a_merged_one_counts_once() -> None:
    split = Reading("T1", State.MEASURED, fragments_mm=(Decimal(12), Decimal("8.5")))
    assert split.value_mm == Decimal("20.5")
    merged = visit(42, mm("T1", 70), Reading("T2", State.MERGED, merged_into="T1"))
    case = history(merged, lesions=(T1, T2))
    (point,) = derive_time_points(case)
    assert (point.target.sum_mm, point.overall) == (70, Response.PR)
    assert check_lesions(case) == []
    orphan = history(visit(42, mm("T1", 70), Reading("T2", State.MERGED)), lesions=(T1, T2))
    assert [f.code for f in check_lesions(orphan)] == ["TW-REC-012"]


def test_without_a_whole_baseline_nothing_is_evaluable_and_without_targets_not_applicable() -> None:
    result = compute_target_result([T1], [mm("T1", 80)], None, None)
    assert result.response is Response.NE and "baseline" in result.why
    assert compute_target_result([], [], None, None).response is Response.NA
    nothing = compute_target_result([T1], [], Decimal(50), Decimal(50))
    assert (nothing.response, nothing.sum_mm) == (Response.NE, None)


def test_parsing_of_readings() -> None:
    assert parse_reading("T1", " 12.5 ") == mm("T1", "12.5")
    assert parse_reading("T1", "tstm").state is State.TOO_SMALL
    for wrong in ("", "-1", "NaN", "12 mm", "big", "1000.1", "1e27"):
        assert parse_reading("T1", wrong) is None


CLEAN = history(visit(42, mm("T1", 40)))


def changed(**more: Any) -> LesionHistory:
    return replace(CLEAN, **more)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (history(lesions=tuple(Lesion(f"T{k}", Role.TARGET, f"o{k}") for k in range(6))), "TW-REC-001"),
        (history(lesions=tuple(Lesion(f"T{k}", Role.TARGET, "Liver") for k in range(3))), "TW-REC-002"),
        (
            history(lesions=tuple(Lesion(f"T{k}", Role.TARGET, f"o{k}", nodal=True) for k in range(3))),
            "TW-REC-002",
        ),
        (history(lesions=(replace(T1, organ=" "),)), "TW-REC-003"),
        (history(lesions=(T1, replace(N1, lesion="T1"))), "TW-REC-004"),
        (changed(baseline=Visit("BL", day(-7))), "TW-REC-005"),
        (changed(baseline=Visit("BL", day(-7), (mm("T1", "9.9"),))), "TW-REC-006"),
        (changed(baseline=Visit("BL", day(-40), (mm("T1", 50),))), "TW-REC-007"),
        (changed(visits=(visit(-8, mm("T1", 40)),)), "TW-REC-008"),
        (changed(visits=(visit(42, mm("T1", 40)), visit(42, mm("T1", 41)))), "TW-REC-009"),
        (changed(visits=(visit(42, mm("T1", 40), mm("T1", 41)),)), "TW-REC-010"),
        (changed(visits=(visit(42, mm("T9", 40)),)), "TW-REC-011"),
        (changed(visits=(visit(42, mm("T1", "40.25")),)), "TW-REC-013"),
        (
            history(visit(42, mm("T1", 40), mm("T2", 40)), lesions=(T1, replace(T2, organ="Liver"))),
            "TW-REC-015",
        ),
        (
            changed(
                baseline=Visit("BL", day(-7), (mm("T1", 50, method="CT"),)),
                visits=(visit(42, mm("T1", 40, method="MRI")),),
            ),
            "TW-REC-014",
        ),
    ],
)
def test_each_check_finds_its_fault(case: LesionHistory, code: str) -> None:
    found = check_lesions(case, start_on=START)
    assert {f.code for f in found} == {code}
    assert all(f.remedy and "50" not in f.message for f in found)


def test_a_clean_history_has_no_finding_and_thick_slices_raise_the_limit() -> None:
    assert check_lesions(CLEAN, start_on=START) == []
    small = changed(baseline=Visit("BL", day(-7), (mm("T1", 15),)))
    assert check_lesions(small) == []
    assert [f.code for f in check_lesions(small, LesionRules.for_slices(Decimal(8)))] == ["TW-REC-006"]


def test_the_entered_response_is_compared_with_the_computed_one() -> None:
    (point,) = derive_time_points(history(visit(42, mm("T1", 30))))
    assert check_entered_response(point, "PR") == []
    assert [f.code for f in check_entered_response(point, "SD")] == ["TW-REC-021"]
    assert [f.code for f in check_entered_response(point, "better")] == ["TW-REC-020"]


def responses(*days: tuple[int, str]) -> tuple[Assessment, ...]:
    return tuple(Assessment(day(n), r, source_ids=(n,)) for n, r in days)


def test_duration_of_response_control_and_time_to_response() -> None:
    seen = responses((42, "SD"), (84, "PR"), (126, "PR"), (168, "PD"))
    course, best = ProgressionHistory("S1", START, seen), ResponseHistory("S1", START, seen)
    response = compute_objective_response(best, confirmed=True)
    assert (response.value, response.on, response.source_ids) == (True, day(84), (84, 126))
    duration = compute_duration_of_response(course, response, ITT_ALL_EVENTS, SCHEDULE)
    assert (duration.endpoint, duration.days, duration.event) == ("DOR", 85, True)
    assert duration.source_ids == (84, 126, 168)
    assert compute_time_to_response(course, response).days == 85
    benefit = compute_clinical_benefit(best)
    assert benefit.on == day(42)
    assert compute_duration_of_control(course, benefit, ITT_ALL_EVENTS, SCHEDULE).days == 169
    cut = compute_duration_of_response(course, response, ITT_ALL_EVENTS, SCHEDULE, cut_on=day(130))
    assert (cut.days, cut.event) == (43, False)
    assert compute_duration_of_response(course, response, ITT_ALL_EVENTS, SCHEDULE, cut_on=day(80)) is None


def test_assessments_before_the_reference_date_count_only_where_the_plan_says_so() -> None:
    case = ResponseHistory("S1", START, responses((-20, "PR"), (-10, "SD"), (50, "PD")))
    assert compute_best_response(case).response is Response.PD
    counted = compute_best_response(case, BestResponseRules(count_before_reference=True))
    assert (counted.response, counted.on) == (Response.PR, day(-20))


def test_no_evidence_of_disease_needs_the_window_like_stable_disease() -> None:
    early = ResponseHistory("S1", START, responses((41, "NED")))
    late = ResponseHistory("S1", START, responses((42, "NED"), (84, "PD")))
    assert compute_best_response(early).response is Response.NE
    assert compute_best_response(late).response is Response.NED
    assert compute_clinical_benefit(late).value and not compute_clinical_benefit(early).value


def test_who_did_not_respond_has_no_duration() -> None:
    seen = responses((42, "PD"))
    course, best = ProgressionHistory("S1", START, seen), ResponseHistory("S1", START, seen)
    response, benefit = compute_objective_response(best), compute_clinical_benefit(best)
    assert not response.value and not benefit.value
    assert compute_duration_of_response(course, response, ITT_ALL_EVENTS, SCHEDULE) is None
    assert compute_time_to_response(course, response) is None
    assert compute_duration_of_control(course, benefit, ITT_ALL_EVENTS, SCHEDULE) is None


codes = st.lists(
    st.tuples(st.integers(1, 300), st.sampled_from(["CR", "PR", "SD", "NE", "PD", "NON-CR/NON-PD"])),
    max_size=7,
    unique_by=lambda pair: pair[0],
)


@settings(max_examples=100, deadline=None)
@given(codes, st.randoms(), st.integers(0, 60), st.booleans())
def test_best_response_properties(days: Any, random: Any, gap: int, accept: bool) -> None:
    rules = BestResponseRules(confirmation_days=gap, accept_stable_between=accept)
    case = ResponseHistory("S1", START, responses(*days))
    mixed = ResponseHistory("S1", START, responses(*random.sample(days, len(days))))
    order = list(Response)
    plain, sure = compute_best_response(case, rules), compute_best_response(case, rules, confirmed=True)
    assert compute_best_response(mixed, rules) == plain
    assert compute_best_response(mixed, rules, confirmed=True) == sure
    assert order.index(plain.response) <= order.index(sure.response)
    responding = compute_objective_response(case, rules, confirmed=True)
    assert responding.value == (sure.response in (Response.CR, Response.PR))
    assert not responding.value or compute_clinical_benefit(case, rules, confirmed=True).value
    stricter = compute_best_response(case, replace(rules, confirmation_days=gap + 10), confirmed=True)
    if sure.response in (Response.SD, Response.PD, Response.NE):
        assert order.index(stricter.response) >= order.index(sure.response)


sizes = st.lists(st.integers(0, 120), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(st.integers(10, 100), sizes)
def test_target_response_against_a_slow_twin(base: int, course: list[int]) -> None:
    """The twin works in whole numbers: a rise of 20 % is 5 * rise >= nadir, a fall of 30 % 10 * fall >= 3 *
    base.
    """
    start = Visit("BL", day(-7), (mm("T1", base),))
    visits = tuple(visit(42 * k, mm("T1", size)) for k, size in enumerate(course, 1))
    points = derive_time_points(LesionHistory("S1", (T1,), start, visits))
    nadir = base
    for point, size in zip(points, course, strict=True):
        rise = size - nadir
        if rise >= 5 and 5 * rise >= nadir:
            expected = "PD"
        elif size == 0:
            expected = "CR"
        else:
            expected = "PR" if 10 * (base - size) >= 3 * base else "SD"
        assert point.target.response == expected
        nadir = min(nadir, size)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(10, 90), st.integers(0, 90)), min_size=2, max_size=5), st.randoms())
def test_the_order_of_lesions_does_not_matter(pairs: Any, random: Any) -> None:
    lesions = [Lesion(f"T{k}", Role.TARGET, f"o{k}") for k in range(len(pairs))]

    def run(order: list[int]) -> Any:
        baseline = Visit("BL", day(-7), tuple(mm(f"T{k}", pairs[k][0]) for k in order))
        seen = visit(42, *(mm(f"T{k}", pairs[k][1]) for k in order))
        case = LesionHistory("S1", tuple(lesions[k] for k in order), baseline, (seen,))
        return derive_time_points(case)

    order = list(range(len(pairs)))
    assert run(order) == run(random.sample(order, len(order)))


def test_time_points_feed_survival_without_progression() -> None:
    points = derive_time_points(history(visit(42, mm("T1", 30)), visit(84, mm("T1", 60))))
    course = ProgressionHistory("S1", START, tuple(p.as_assessment() for p in points))
    result = compute_progression_free(course, ITT_ALL_EVENTS, SCHEDULE)
    assert (result.days, result.event) == (85, True)
