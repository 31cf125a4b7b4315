"""What the safety page watches: the clocks of expedited reports, and how far each rule is from stopping."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from trialwright.outcomes.ctcae import read_dictionary
from trialwright.outcomes.expedited import ClockState
from trialwright.outcomes.survival_times import compute_overall_survival
from trialwright.outcomes.toxicity_stopping import compute_boundary, compute_posterior
from trialwright.report.charts import Axis, Line, draw_lines
from trialwright.report.dataset import Dataset, SubjectData
from trialwright.report.expedited_reports import URGENCY_WORDS, ReportClock, derive_clocks
from trialwright.report.limiting import derive_limiting_facts
from trialwright.report.pooling import pool_states, pool_study
from trialwright.report.safety_events import SafetyCase, derive_safety_cases
from trialwright.report.subjects import derive_vital_history
from trialwright.report.toxicity import ToxicityGroup, find_crossing, find_groups, find_stopping, make_rule
from trialwright.study.model import Study
from trialwright.trial.subject import SubjectState

OPEN = (ClockState.OVERDUE, ClockState.DUE)
TICKS = 8


def derive_watched(study: Study, states: Sequence[SubjectState], today_on: date, *, by_arm: bool) -> Dataset:
    """What the watch rests on: cases, survival and windows of the allocated subjects; no analysis set."""
    trial = study if by_arm else pool_study(study)
    shown = states if by_arm else pool_states(study, states)
    dictionary = read_dictionary(study.safety.ctcae_version)
    subjects: list[SubjectData] = []
    for state in shown:
        vital = derive_vital_history(trial, state)
        if vital is not None:
            survival = compute_overall_survival(vital, cut_on=today_on)
            cases = tuple(derive_safety_cases(trial, state, dictionary, today_on))
            limiting = derive_limiting_facts(trial.safety.dose_limiting, state, cases, survival)
            subjects.append(SubjectData(state, survival, cases=cases, limiting=limiting))
    return Dataset(trial, tuple(subjects), {}, today_on)


def list_clocks(data: Dataset) -> list[dict[str, Any]]:
    """A line a reportable event and recipient; what is overdue first, then what is due, then what was sent."""
    cases = [case for subject in data.subjects for case in subject.cases]
    lines = [_clock(clock, data.cut_on) for clock in derive_clocks(data.study, cases, data.cut_on)]
    return sorted(lines, key=lambda line: line["rank"])


def _clock(clock: ReportClock, today_on: date) -> dict[str, Any]:
    case, due = clock.case, clock.deadlines
    reports = [_report("First report", due.first_due_on, case.first_sent_on, clock.first, today_on)]
    if clock.complete is not None:
        reports.append(
            _report("Complete report", due.complete_due_on, case.complete_sent_on, clock.complete, today_on)
        )
    standing = [OPEN.index(state) if state in OPEN else len(OPEN) for state in clock.states]
    return {
        **_event(case),
        "urgency": URGENCY_WORDS[case.urgency],
        "recipient": clock.recipient,
        "day_zero_on": due.day_zero_on,
        "reports": reports,
        "rank": (min(standing), due.first_due_on),
    }


def _event(case: SafetyCase) -> dict[str, Any]:
    event = case.event
    return {"subject": event.subject, "repeat": event.event, "term": event.term, "grade": event.grade}


def _report(
    label: str, due_on: date, sent_on: date | None, state: ClockState, today_on: date
) -> dict[str, Any]:
    return {
        "label": label,
        "due_on": due_on,
        "sent_on": sent_on,
        "state": state.value,
        "late": state in (ClockState.OVERDUE, ClockState.SENT_LATE),
        "open": state in OPEN,
        "days": abs((due_on - today_on).days),
    }


def list_unjudged(data: Dataset) -> list[dict[str, Any]]:
    """Serious suspected reactions whose expectedness nobody has judged: their clock may be running."""
    return [
        {**_event(case), "aware_on": case.aware_on}
        for subject in data.subjects
        for case in subject.cases
        if case.reportable is None
    ]


def describe_stopping(data: Dataset) -> dict[str, Any] | None:
    """The rule, where each group stands, and a chart; None where the study has no definition to count by."""
    if data.study.safety.dose_limiting is None:
        return None
    groups, stated = find_groups(data), find_stopping(data)
    described: dict[str, Any] = {
        "rule": stated,
        "window_days": data.study.safety.dose_limiting.window_days,
        "groups": [_group(group) for group in groups],
        "chart": "",
    }
    if stated is None:
        return described
    rule = make_rule(stated)
    boundary = compute_boundary(rule, stated.max_subjects)
    for shown, group in zip(described["groups"], groups, strict=True):
        crossed = find_crossing(rule, group.path()[: stated.max_subjects])
        count = len(group.evaluable)
        limits = [(n, limit) for n, limit in enumerate(boundary, start=1) if n >= count and limit is not None]
        shown |= {
            "posterior": compute_posterior(rule, len(group.toxic), count),
            "crossed": crossed,
            "next": limits[0] if limits else None,
        }
    described["chart"] = _draw(boundary, groups)
    return described


def _group(group: ToxicityGroup) -> dict[str, Any]:
    return {
        "label": group.label,
        "dosed": len(group.subjects),
        "pending": sum(s.limiting is not None and s.limiting.pending for s in group.subjects),
        "evaluable": len(group.evaluable),
        "toxic": len(group.toxic),
        "who": [subject.state.subject for subject in group.toxic],
    }


def _draw(boundary: Sequence[int | None], groups: Sequence[ToxicityGroup]) -> str:
    """The boundary and each group's path over the number of evaluable subjects."""
    looks = [(float(n), float(limit)) for n, limit in enumerate(boundary, start=1) if limit is not None]
    lines = [Line("Stops", tuple(n for n, _ in looks), tuple(limit for _, limit in looks), marks=True)]
    for group in groups:
        path = (0, *group.path()[: len(boundary)])
        lines.append(Line(group.label, tuple(float(n) for n in range(len(path))), tuple(map(float, path))))
    most = max([limit for _, limit in looks] + [line.y[-1] for line in lines if line.y] + [1.0])
    words = "; ".join(f"{g.label}: {len(g.toxic)} of {len(g.evaluable)} evaluable subjects" for g in groups)
    x = Axis("Evaluable subjects", 0.0, float(len(boundary)), _whole_ticks(len(boundary)))
    y = Axis("With a dose-limiting toxicity", 0.0, most + 1, _whole_ticks(int(most) + 1))
    return draw_lines(lines, x, y, f"Boundary of the stopping rule and observed path. {words}.")


def _whole_ticks(last: int) -> tuple[float, ...]:
    step = max(1, -(-last // TICKS))
    return tuple(float(n) for n in range(0, last + 1, step))
