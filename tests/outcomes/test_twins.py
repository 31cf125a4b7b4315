"""Slow twins: the same endpoints, found by walking through the days or by trying every pair, sharing no
code.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.progression_free import (
    PROGRESSION_RULES,
    Assessment,
    AssessmentSchedule,
    ProgressionHistory,
    compute_progression_free,
)
from trialwright.outcomes.questionnaire import Direction
from trialwright.outcomes.recist.best_response import (
    BestResponseRules,
    ResponseHistory,
    compute_best_response,
)
from trialwright.outcomes.time_to_deterioration import (
    DatedScore,
    Deterioration,
    DeteriorationRule,
    ScoreHistory,
    compute_time_to_deterioration,
)

START = date(2021, 1, 1)
DAYS = (42, 84, 126, 168, 210, 252)


def on(day: int | None) -> date | None:
    return None if day is None else START + timedelta(days=day)


def walk(case: dict[str, Any], rules: str) -> tuple[int, bool, str]:
    """Progression-free survival day by day: (day, event, reason)."""
    scans, death = dict(case["scans"]), case["death"]
    strict, clinical = rules == "STRICT_DOCUMENTED", rules == "CLINICAL_PD_COUNTS"
    if not case["baseline"] and rules != "ITT_ALL_EVENTS":
        return 0, False, "NO_BASELINE"
    last = 0
    for day in range(500):
        response = scans.get(day)
        event = ""
        if response == "PD":
            event = "PD"
        elif death == day:
            event = "DEATH"
        elif clinical and case["clinical"] == day:
            event = "CLINICAL_PD"
        elif clinical and case["therapy"] == day:
            event = "NEW_THERAPY"
        if response in ("CR", "PR", "SD"):
            last = day
        if event:
            missed = [d for d in DAYS if last < d - 7 and d + 7 < day]
            if strict and len(missed) >= 2:
                return last, False, "TWO_OR_MORE_MISSED"
            return day, True, event
        if strict and case["therapy"] == day:
            return last, False, "NEW_THERAPY"
    return last, False, "LAST_ADEQUATE_ASSESSMENT" if last else "RANDOMISATION"


day_numbers = st.integers(1, 320)
courses = st.fixed_dictionaries(
    {
        "scans": st.lists(
            st.tuples(day_numbers, st.sampled_from(["CR", "PR", "SD", "SD", "NE", "PD"])),
            max_size=6,
            unique_by=lambda pair: pair[0],
        ),
        "death": st.none() | day_numbers,
        "therapy": st.none() | day_numbers,
        "clinical": st.none() | day_numbers,
        "baseline": st.sampled_from([True, True, True, False]),
    }
)


@pytest.mark.parametrize("rules", PROGRESSION_RULES)
@settings(max_examples=100, deadline=None)
@given(case=courses)
def test_progression_free_survival_day_by_day(case: dict[str, Any], rules: str) -> None:
    history = ProgressionHistory(
        "S1",
        START,
        tuple(Assessment(START + timedelta(days=d), r) for d, r in case["scans"]),
        case["baseline"],
        died_on=on(case["death"]),
        clinical_progression_on=on(case["clinical"]),
        new_therapy_on=on(case["therapy"]),
    )
    found = compute_progression_free(history, PROGRESSION_RULES[rules], AssessmentSchedule(DAYS, 7))
    assert ((found.end_on - START).days, found.event, found.reason) == walk(case, rules)


def try_pairs(scans: list[tuple[int, str]], gap: int, opens: int, ne: int, sd: int, confirmed: bool) -> str:
    """Best overall response by trying every assessment against every later one."""
    scans = sorted(scans)
    until = next((k for k, (_, r) in enumerate(scans) if r == "PD"), len(scans) - 1)
    scans = scans[: until + 1]
    reached: set[str] = set()
    for first, (day, response) in enumerate(scans):
        late = day >= opens
        if response in ("PD", "NE"):
            reached.add(response)
        elif response in ("SD", "NON-CR/NON-PD"):
            reached.add(response if late else "NE")
        elif not confirmed:
            reached.add(response)
        else:
            reached.add("SD" if late else "NE")
            for second in range(first + 1, len(scans)):
                between = [r for _, r in scans[first + 1 : second]]
                end_day, end = scans[second]
                if end_day < day + gap or between.count("NE") > ne:
                    continue
                if response == "CR" and end == "CR" and set(between) <= {"CR", "NE"}:
                    reached.add("CR")
                whole = [*between, end]
                falls_back = any("CR" in whole[:k] and r == "PR" for k, r in enumerate(whole))
                fine = set(between) <= {"CR", "PR", "SD", "NE"} and between.count("SD") <= sd
                if response == "PR" and end in ("CR", "PR") and fine and not falls_back:
                    reached.add("PR")
    order = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]
    return min(reached, key=order.index, default="NE")


scans_of = st.lists(
    st.tuples(
        st.integers(0, 220), st.sampled_from(["CR", "CR", "PR", "PR", "SD", "NE", "PD", "NON-CR/NON-PD"])
    ),
    max_size=7,
    unique_by=lambda pair: pair[0],
)


@pytest.mark.parametrize("confirmed", [False, True])
@settings(max_examples=100, deadline=None)
@given(
    scans=scans_of,
    gap=st.integers(0, 60),
    opens=st.integers(0, 60),
    ne=st.integers(0, 2),
    sd=st.integers(0, 1),
)
def test_best_response_by_trying_every_pair(
    scans: list[tuple[int, str]], gap: int, opens: int, ne: int, sd: int, confirmed: bool
) -> None:
    assessments = tuple(Assessment(START + timedelta(days=d), r) for d, r in scans)
    rules = BestResponseRules(opens, gap, ne, bool(sd))
    found = compute_best_response(ResponseHistory("S1", START, assessments), rules, confirmed=confirmed)
    assert found.response == try_pairs(scans, gap, opens, ne, sd, confirmed)


def scan_forms(
    scores: dict[int, float], death: int | None, points: float, variant: Deterioration
) -> tuple[int, bool]:
    """Time to deterioration on a scale where higher is better, by looking at each form and all that follow
    it.
    """
    known = {d: s for d, s in scores.items() if death is None or d <= death or d <= 1}
    before = [d for d in known if d <= 1]
    after = sorted(d for d in known if d > 1)
    if not before or not after:
        return 1, False
    base = known[max(before)]
    for day in after:
        later = [d for d in after if d >= day]
        lasting = later if variant is Deterioration.DEFINITIVE else [day]
        if all(base - known[d] > points - 1e-9 for d in lasting):
            return day, True
    if death is not None and variant is Deterioration.FIRST_OR_DEATH:
        return death, True
    return after[-1], False


@pytest.mark.parametrize("variant", list(Deterioration))
@settings(max_examples=100, deadline=None)
@given(
    scores=st.dictionaries(st.integers(-5, 200), st.integers(0, 12).map(lambda k: k * 25 / 3), max_size=8),
    death=st.none() | st.integers(2, 250),
    points=st.sampled_from([5.0, 10.0, 25.0]),
)
def test_deterioration_form_by_form(
    scores: dict[int, float], death: int | None, points: float, variant: Deterioration
) -> None:
    dated = tuple(DatedScore(START + timedelta(days=d - 1), s) for d, s in scores.items())
    history = ScoreHistory("S1", START, dated, on(None if death is None else death - 1))
    found = compute_time_to_deterioration(
        history, Direction.HIGHER_BETTER, DeteriorationRule(points, variant)
    )
    assert (found.days, found.event) == scan_forms(scores, death, points, variant)
