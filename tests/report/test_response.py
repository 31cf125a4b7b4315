"""Response, its duration and the figures, against a slow recount of random courses written as plain numbers."""

from __future__ import annotations

from collections import Counter
from math import log
from statistics import median

import pytest
from lifelines import KaplanMeierFitter
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binomtest, norm

from trialwright.report.build import build_report
from trialwright.report.dataset import derive_dataset
from trialwright.report.model import Figure, Report, Table
from trialwright.report.response import build_response
from trialwright.report.response_duration import build_duration
from trialwright.study.model import Study
from trialwright.study.model.response_plan import ResponsePlan
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP
from .random_courses import ARMS, Course, Scan, write_states
from .random_courses import random_courses as make_courses

STABLE_DAYS, CONFIRM_DAYS = 35, 28
ORDER = ("cr", "pr", "sd", "pd", "ne", "missing")


@pytest.fixture(scope="module")
def courses() -> list[Course]:
    return make_courses(100, seed=11)


@pytest.fixture(scope="module")
def trial(study: Study, courses: list[Course]) -> list[SubjectState]:
    return write_states(study, courses)


@pytest.fixture(scope="module")
def made(study: Study, trial: list[SubjectState]) -> Report:
    data = derive_dataset(study, trial, CUT)
    return Report("Response", STAMP, (build_response(data), build_duration(data)))


def time_points(course: Course) -> list[tuple[int, str]]:
    """Day and overall response of every scan, in whole numbers throughout."""
    nadir, found = course.base_mm, []
    for scan in course.scans:
        mm = scan.mm
        if mm is None:
            response = "ne"
        elif mm - nadir >= 5 and 5 * (mm - nadir) >= nadir:
            response = "pd"
        elif mm == 0:
            response = "cr"
        elif 10 * (course.base_mm - mm) >= 3 * course.base_mm:
            response = "pr"
        else:
            response = "sd"
        # A lesion that some scan proves new counts at every scan that saw it; here each sees it by itself.
        found.append((scan.day, "pd" if scan.new else response))
        nadir = nadir if mm is None else min(nadir, mm)
    return found


def counted(course: Course) -> list[tuple[int, str]]:
    kept: list[tuple[int, str]] = []
    for day, response in time_points(course):
        if course.therapy_day is not None and day >= course.therapy_day:
            break
        kept.append((day, response))
        if response == "pd":
            break
    return kept


def is_confirmed(index: int, seen: list[tuple[int, str]]) -> bool:
    day, first = seen[index]
    good = {"cr"} if first == "cr" else {"cr", "pr"}
    for place in range(index + 1, len(seen)):
        later, response = seen[place]
        if later - day < CONFIRM_DAYS or response not in good:
            continue
        between = [r for _, r in seen[index + 1 : place + 1]]
        tally = Counter(between)
        if tally["ne"] > 1 or tally["pd"]:
            return False
        if first == "cr":
            return not (tally["pr"] or tally["sd"])
        fallen_back = "cr" in between and "pr" in between[between.index("cr") :]
        return tally["sd"] <= 1 and not fallen_back
    return False


def best(course: Course, confirmed: bool) -> str:
    seen = counted(course)
    found: list[str] = []
    for index, (day, response) in enumerate(seen):
        if response in ("cr", "pr") and not (confirmed and not is_confirmed(index, seen)):
            found.append(response)
        elif response in ("cr", "pr", "sd"):
            found.append("sd" if day >= STABLE_DAYS else "ne")
        else:
            found.append(response)
    return min(found, key=ORDER.index, default="missing")


def in_arm(courses: list[Course], arm: str) -> list[Course]:
    return [course for course in courses if course.arm == arm]


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize(("way", "confirmed"), [("unconfirmed", False), ("confirmed", True)])
def test_best_responses_are_those_of_the_recount(
    made: Report, courses: list[Course], arm: str, way: str, confirmed: bool
) -> None:
    numbers = made.numbers()
    for response in ORDER:
        expected = [c.subject for c in in_arm(courses, arm) if best(c, confirmed) == response]
        number = numbers[f"response.{way}.{response}.{arm}"]
        assert sorted(number.subjects) == sorted(expected), response
        assert number.value == len(expected)


def test_the_recount_sees_every_kind_of_response(courses: list[Course]) -> None:
    for confirmed in (False, True):
        assert {best(course, confirmed) for course in courses} == set(ORDER)
    assert sum(best(c, False) != best(c, True) for c in courses) > 10


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize(("way", "confirmed"), [("unconfirmed", False), ("confirmed", True)])
@pytest.mark.parametrize(("code", "wanted"), [("orr", ("cr", "pr")), ("dcr", ("cr", "pr", "sd"))])
def test_rates_have_exact_intervals(
    made: Report,
    courses: list[Course],
    arm: str,
    way: str,
    confirmed: bool,
    code: str,
    wanted: tuple[str, ...],
) -> None:
    mine = in_arm(courses, arm)
    count = sum(best(course, confirmed) in wanted for course in mine)
    exact = binomtest(count, len(mine)).proportion_ci(method="exact")
    number = made.numbers()[f"response.{code}.{way}.{arm}"]
    assert number.value == pytest.approx(count / len(mine))
    share, low, high = (100 * v for v in (count / len(mine), exact.low, exact.high))
    assert number.text == f"{count} of {len(mine)}; {share:.1f} ({low:.1f} to {high:.1f})"


def score_limits(x1: int, n1: int, x2: int, n2: int) -> tuple[float, float]:
    """Miettinen and Nurminen's limits by maximising the restricted likelihood numerically."""

    def statistic(delta: float) -> float:
        def minus_likelihood(second: float) -> float:
            first = second + delta
            likelihoods = (
                k * _log(p) + (n - k) * _log(1 - p) for k, n, p in ((x1, n1, first), (x2, n2, second))
            )
            return -sum(likelihoods)

        low, high = max(0.0, -delta), min(1.0, 1.0 - delta)
        second = minimize_scalar(
            minus_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
        ).x
        first = second + delta
        variance = (first * (1 - first) / n1 + second * (1 - second) / n2) * (n1 + n2) / (n1 + n2 - 1)
        return (x1 / n1 - x2 / n2 - delta) / variance**0.5

    z, centre = norm.ppf(0.975), x1 / n1 - x2 / n2
    lower = brentq(lambda d: statistic(d) - z, -0.999, centre - 1e-9)
    upper = brentq(lambda d: statistic(d) + z, centre + 1e-9, 0.999)
    return float(lower), float(upper)


def _log(p: float) -> float:
    return log(max(p, 1e-300))


def test_the_difference_has_the_score_interval(made: Report, courses: list[Course]) -> None:
    counts = [
        (sum(best(c, False) in ("cr", "pr") for c in in_arm(courses, arm)), len(in_arm(courses, arm)))
        for arm in ARMS
    ]
    (x1, n1), (x2, n2) = counts
    number = made.numbers()["response.orr.unconfirmed.difference.pik_her2_arm"]
    assert number.value == pytest.approx(x1 / n1 - x2 / n2)
    limits = [float(part.replace("−", "-")) for part in number.text.split("(")[1].rstrip(")").split(" to ")]
    assert limits == pytest.approx([100 * limit for limit in score_limits(x1, n1, x2, n2)], abs=0.051)


@pytest.mark.parametrize("arm", ARMS)
def test_duration_of_response_equals_lifelines(
    made: Report, study: Study, trial: list[SubjectState], courses: list[Course], arm: str
) -> None:
    data = derive_dataset(study, trial, CUT)
    ends = {s.state.subject: s.progression for s in data.subjects}
    months, events, waited = [], [], []
    for course in in_arm(courses, arm):
        first = next((day for day, response in counted(course) if response in ("cr", "pr")), None)
        end = ends[course.subject]
        if first is None or end is None:
            continue
        months.append((max(end.end_on, course.on(first)) - course.on(first)).days / 30.4375 + 1 / 30.4375)
        events.append(end.event)
        waited.append((first + 1) / 30.4375)
    fitted = KaplanMeierFitter().fit(months, events)
    numbers = made.numbers()
    assert numbers[f"dor.n.{arm}"].value == len(months)
    assert numbers[f"dor.events.{arm}"].value == sum(events)
    assert numbers[f"dor.at_6.{arm}"].value == pytest.approx(float(fitted.predict(6)))
    assert numbers[f"dor.time_to_response.{arm}"].value == pytest.approx(median(waited))
    ended = [n for name, n in numbers.items() if name.startswith("dor.ended.") and name.endswith(arm)]
    assert sum(int(n.value or 0) for n in ended) == len(months)


def table(report: Report, name: str) -> Table:
    return next(one for one in report.tables() if one.id == name)


def test_the_waterfall_has_the_best_change_of_every_subject(made: Report, courses: list[Course]) -> None:
    rows = {row.subject: row for row in table(made, "response_waterfall_bars").rows}
    assert set(rows) == {course.subject for course in courses}
    for course in courses:
        days = {day for day, _ in counted(course)}
        sums = [scan.mm for scan in course.scans if scan.day in days and scan.mm is not None]
        shown = rows[course.subject].cells[1]
        if not sums:
            assert shown == "–"
            continue
        percent = 100 * (min(sums) - course.base_mm) / course.base_mm
        assert float(str(shown).removesuffix(" %").replace("−", "-")) == pytest.approx(percent, abs=0.0501)
        assert rows[course.subject].sources


def test_the_course_table_has_the_median_change(made: Report, courses: list[Course]) -> None:
    for arm in ARMS:
        changes = [
            100 * (scan.mm - c.base_mm) / c.base_mm
            for c in in_arm(courses, arm)
            for scan in c.scans[1:2]
            if scan.mm is not None
        ]
        number = made.numbers()[f"response.course.assessment_2.{arm}"]
        assert number.value == pytest.approx(median(changes))
        assert number.text.endswith(f"; {len(changes)}")


def test_the_swimmer_tells_who_died_and_how_long_each_was_on_study(
    made: Report, courses: list[Course]
) -> None:
    rows = {row.subject: row for row in table(made, "swimmer_lanes").rows}
    for course in courses:
        end = course.death_day if course.death_day is not None else course.contact_day
        assert rows[course.subject].cells[1] == str(end)
        assert rows[course.subject].cells[-1] == (
            "died" if course.death_day is not None else "still followed"
        )


def test_the_plan_chooses_what_stands_first_and_how_it_is_counted(
    study: Study, trial: list[SubjectState], courses: list[Course]
) -> None:
    plan = ResponsePlan(confirmed=True, stable_days=35, interval="wilson", difference="newcombe")
    analysis = study.analysis.model_copy(update={"response": plan})
    data = derive_dataset(study.model_copy(update={"analysis": analysis}), trial, CUT)
    section = build_response(data)
    first = section.blocks[0]
    assert isinstance(first, Table)
    assert first.rows[0].label == "With confirmation, as planned"
    mine = in_arm(courses, ARMS[0])
    count = sum(best(c, True) in ("cr", "pr") for c in mine)
    wilson = binomtest(count, len(mine)).proportion_ci(method="wilson")
    cell = next(
        n
        for one in section.blocks
        if isinstance(one, Table)
        for n in one.numbers()
        if n.id == "response.orr.confirmed.pik_her2_arm"
    )
    assert f"({100 * wilson.low:.1f} to {100 * wilson.high:.1f})" in cell.text
    duration = {n.id: n for b in build_duration(data).blocks if isinstance(b, Table) for n in b.numbers()}
    assert duration["dor.n.pik_her2_arm"].value == count


def test_nothing_after_the_cut_counts(study: Study) -> None:
    course = Course(1, ARMS[0], 50, (Scan(42, 48), Scan(84, 20)))
    states = write_states(study, [course])
    before = derive_dataset(study, states, course.on(60))
    after = derive_dataset(study, states, course.on(90))
    assert [len(d.subjects[0].responses) for d in (before, after)] == [1, 2]
    numbers = [
        {n.id: n.value for b in build_response(d).blocks if isinstance(b, Table) for n in b.numbers()}
        for d in (before, after)
    ]
    assert [found["response.unconfirmed.pr.pik_her2_arm"] for found in numbers] == [0, 1]


def test_who_has_no_target_lesion_is_not_response_evaluable(study: Study) -> None:
    course = Course(1, ARMS[0], 50, (Scan(42, 48),))
    [state] = write_states(study, [course])
    forms = {
        key: form.model_copy(update={"document": without_targets(form.document)})
        for key, form in state.forms.items()
    }
    data = derive_dataset(study, [state.model_copy(update={"forms": forms})], CUT)
    cell = next(
        c
        for b in build_response(data).blocks
        if isinstance(b, Table) and b.id == "response_rates"
        for row in b.rows[-1:]
        for c in row.cells
    )
    assert cell == "–"


def without_targets(document: dict[str, object]) -> dict[str, object]:
    if "lesions" not in document:
        return document
    row = {"lesion": "A", "role": "non_target", "organ": "bone", "finding": "present"}
    return {**document, "lesions": {"rows": [{name: {"value": value} for name, value in row.items()}]}}


def test_arms_put_together_are_not_compared(study: Study, trial: list[SubjectState]) -> None:
    pooled = build_report(study, trial, STAMP, CUT, by_arm=False)
    names = set(pooled.numbers())
    assert any(name.startswith("response.orr.") for name in names)
    assert not any("difference" in name or name.startswith("subgroups") for name in names)
    assert "PIK-HER2" not in " ".join(table(pooled, "swimmer_lanes").rows[0].cells)  # type: ignore[arg-type]


def test_each_arm_is_compared_with_the_reference(study: Study, trial: list[SubjectState]) -> None:
    third = study.arms[0].model_copy(update={"id": "third_arm", "label": "Third"})
    several = study.model_copy(update={"arms": (*study.arms, third)})
    moved = [
        state.model_copy(update={"allocation": state.allocation.model_copy(update={"arm": "third_arm"})})
        if state.allocation is not None and number % 3 == 0
        else state
        for number, state in enumerate(trial)
    ]
    section = build_response(derive_dataset(several, moved, CUT))
    rates = next(b for b in section.blocks if isinstance(b, Table) and b.id == "response_rates")
    assert rates.columns[-2:] == ("PIK-HER2 cells minus DC-PMAT", "Third minus DC-PMAT")
    numbers = {number.id: number.value for number in rates.numbers()}
    shares = {arm: numbers[f"response.orr.unconfirmed.{arm}"] or 0 for arm in ("third_arm", "dc_pmat_arm")}
    difference = numbers["response.orr.unconfirmed.difference.third_arm"]
    assert difference == pytest.approx(shares["third_arm"] - shares["dc_pmat_arm"])
    assert section.words[0].count(" and ") == 1


def test_nobody_allocated_and_nobody_responding_are_said_in_words(study: Study) -> None:
    empty = derive_dataset(study, [], CUT)
    assert build_response(empty).words == ("No subject was allocated: there is no response to count.",)
    stable = derive_dataset(study, write_states(study, [Course(1, ARMS[0], 50, (Scan(42, 48),))]), CUT)
    section = build_duration(stable)
    assert section.words == (
        "Nobody had an objective response without confirmation: there is no duration to estimate.",
    )
    assert [block.id for block in section.blocks] == ["swimmer"]


def test_drawings_name_no_subject_and_say_what_they_show(made: Report, courses: list[Course]) -> None:
    figures = {
        block.id: block for section in made.sections for block in section.blocks if isinstance(block, Figure)
    }
    for name in ("response_waterfall", "response_spider", "dor_curve", "swimmer"):
        assert not any(course.subject in figures[name].svg for course in courses)
        assert figures[name].words.endswith(".")
        assert figures[name].data is not None
