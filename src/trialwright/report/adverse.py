"""Adverse events: the overview, attribution to each product, ASTCT grades, and every term by worst grade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from trialwright.outcomes.adverse_events import AdverseEvent, compute_treatment_emergent
from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.study.model import Study
from trialwright.study.model.forms import Item

from .adverse_terms import tabulate_grades, tabulate_terms
from .answers import code_label
from .counting import Fact, count_share, count_subjects_and_events
from .dataset import Dataset
from .figures import draw_bars
from .model import Cell, Figure, Row, Section, Table
from .safety_events import RELATED, SafetyCase

SHOWN_TERMS = 12
GRADES = (1, 2, 3, 4, 5)

Test = Callable[[SafetyCase], bool]


def build_adverse(data: Dataset) -> Section:
    """Treatment-emergent adverse events in the safety set, by treatment received."""
    arms = data.sets[AnalysisSet.SAFETY]
    if not arms:
        return Section("adverse", "Adverse events", ("No subject was treated.",))
    cases = emergent_cases(data)
    events = [case.event for case in cases]
    window = data.study.analysis.treatment_emergent_days
    words = (
        f"Events that began or worsened from the first dose to {window} days after the last, or to a new "
        "anticancer therapy. A subject counts once in each row, at the worst grade; where two numbers are given, "
        "the first counts subjects and the second events.",
    )
    blocks = (
        _overview(data, cases, arms),
        *_attribution(data, cases, arms),
        *_astct(data, cases, arms),
        _figure(data, events, arms),
        tabulate_terms(data, events, arms),
        *tabulate_grades(data, events, arms),
    )
    return Section("adverse", "Adverse events", words, blocks)


def emergent_cases(data: Dataset) -> list[SafetyCase]:
    """The treatment-emergent cases of the safety set, subject by subject."""
    return [
        case
        for subject in data.of(AnalysisSet.SAFETY)
        for case in subject.cases
        if subject.period is not None and compute_treatment_emergent(case.event, subject.period)
    ]


def arm_columns(data: Dataset, arms: Mapping[str, str], first: str = "") -> tuple[str, ...]:
    """The heading of the labels, then each arm with the size of the set."""
    sizes = count_arms(data, arms)
    return (first, *(f"{arm.label} (n = {sizes[arm.id]})" for arm in data.study.arms))


def count_arms(data: Dataset, arms: Mapping[str, str]) -> dict[str, int]:
    """Subjects of a set in every arm of the study."""
    return {arm.id: sum(1 for other in arms.values() if other == arm.id) for arm in data.study.arms}


def find_agents(study: Study) -> dict[str, Item]:
    """The agents that events are attributed to, in the order of the form, each with the item that asks."""
    items = [item for form in study.forms if form.records == "adverse_event" for item in form.items]
    return {item.meaning.removeprefix(RELATED): item for item in items if item.meaning.startswith(RELATED)}


def _fact(case: SafetyCase) -> Fact:
    return Fact(case.event.subject, case.event.source_ids)


def _overview(data: Dataset, cases: Sequence[SafetyCase], arms: Mapping[str, str]) -> Table:
    rows = tuple(
        _row(data, f"adverse.{kind}", label, [case for case in cases if test(case)], arms, indent)
        for kind, label, test, indent in _kinds(data)
    )
    return Table("adverse_overview", "Subjects with adverse events", arm_columns(data, arms), rows)


def _kinds(data: Dataset) -> Iterable[tuple[str, str, Test, int]]:
    yield "any", "Any", lambda _: True, 0
    yield "grade_3_or_higher", "Grade 3 or higher", lambda c: (c.event.grade or 0) >= 3, 0
    yield "serious", "Serious", lambda c: c.event.serious, 0
    yield "related", "Related to any product", lambda c: bool(c.event.related_to), 0
    for agent, item in find_agents(data.study).items():
        yield f"related_to_{agent}", item.label, _due_to(agent), 1
    yield "related_severe", "Related, grade 3 or higher", _both(_related, _severe), 0
    yield "related_serious", "Related and serious", _both(_related, lambda c: c.event.serious), 0
    yield "led_to_stop", "Led to the end of treatment", lambda c: c.event.led_to_stop, 0
    yield "fatal", "Fatal", lambda c: c.event.fatal or c.event.grade == 5, 0
    if data.study.safety.dose_limiting is not None:
        yield "dose_limiting", "Dose limiting", lambda c: c.is_limiting, 0
    if data.study.safety.special_interest:
        yield "interest", "Of special interest", lambda c: bool(c.event.special_interest), 0
    for watched in data.study.safety.special_interest:
        yield f"interest_{watched.id}", watched.label, _watched(watched.id), 1


def _related(case: SafetyCase) -> bool:
    return bool(case.event.related_to)


def _severe(case: SafetyCase) -> bool:
    return (case.event.grade or 0) >= 3


def _both(one: Test, other: Test) -> Test:
    return lambda case: one(case) and other(case)


def _due_to(agent: str) -> Test:
    return lambda case: agent in case.event.related_to


def _watched(interest: str) -> Test:
    return lambda case: case.event.special_interest == interest


def _row(
    data: Dataset,
    name: str,
    label: str,
    cases: Sequence[SafetyCase],
    arms: Mapping[str, str],
    indent: int = 0,
) -> Row:
    """Subjects and events of one kind in every arm."""
    sizes = count_arms(data, arms)
    cells: list[Cell] = []
    for arm in data.study.arms:
        facts = [_fact(case) for case in cases if arms.get(case.event.subject) == arm.id]
        definition = (
            f"Subjects of {arm.label} with at least one adverse event, and the events: {_small(label)}."
        )
        cells.append(count_subjects_and_events(f"{name}.{arm.id}", definition, facts, sizes[arm.id]))
    return Row(label, tuple(cells), indent)


def _small(label: str) -> str:
    return f"{label[0].lower()}{label[1:]}"


def _attribution(data: Dataset, cases: Sequence[SafetyCase], arms: Mapping[str, str]) -> tuple[Table, ...]:
    """For every agent, the events by how sure the relation is."""
    rows: list[Row] = []
    blank: tuple[Cell, ...] = tuple("" for _ in data.study.arms)
    for agent, item in find_agents(data.study).items():
        rows.append(Row(item.label, blank))
        answers = [code.value for code in item.codes if code.value not in ("", "no")]
        for answer in answers:
            found = [case for case in cases if (agent, answer) in case.causality]
            label = code_label(item, answer)
            rows.append(_row(data, f"adverse.attributed.{agent}.{answer}", label, found, arms, 1))
    if not rows:
        return ()
    notes = ("As judged by the investigator, for each product apart; an event may be attributed to several.",)
    title = "Attribution to each product"
    return (Table("adverse_attribution", title, arm_columns(data, arms), tuple(rows), notes),)


def _astct(data: Dataset, cases: Sequence[SafetyCase], arms: Mapping[str, str]) -> tuple[Table, ...]:
    """Cytokine release syndrome and neurotoxicity by worst ASTCT grade."""
    rows: list[Row] = []
    for watched in data.study.safety.special_interest:
        if not watched.astct:
            continue
        mine = [case for case in cases if case.event.special_interest == watched.id]
        worst = _worst_astct(mine)
        name = f"adverse.astct.{watched.id}"
        rows.append(_row(data, f"{name}.any", watched.label, mine, arms))
        for grade in (*GRADES, None):
            label = f"Grade {grade}" if grade else "Not graded"
            found = [facts for level, facts in worst.values() if level == (grade or 0)]
            if grade or found:
                rows.append(_by_worst(data, f"{name}.{grade or 'none'}", watched.label, label, found, arms))
    if not rows:
        return ()
    notes = (
        "ASTCT consensus grades (Lee et al. 2019), as graded at the site; each subject at the worst grade.",
    )
    title = "Cytokine release and neurotoxicity by ASTCT grade"
    return (Table("adverse_astct", title, arm_columns(data, arms), tuple(rows), notes),)


def _worst_astct(cases: Sequence[SafetyCase]) -> dict[str, tuple[int, Fact]]:
    worst: dict[str, tuple[int, Fact]] = {}
    for case in cases:
        before = worst.get(case.event.subject)
        grade = case.astct_grade or 0
        if before is None or grade > before[0]:
            worst[case.event.subject] = (grade, _fact(case))
    return worst


def _by_worst(
    data: Dataset, name: str, syndrome: str, label: str, facts: Sequence[Fact], arms: Mapping[str, str]
) -> Row:
    sizes = count_arms(data, arms)
    cells = tuple(
        count_share(
            f"{name}.{arm.id}",
            f"Subjects of {arm.label} by worst ASTCT grade: {_small(syndrome)}, {_small(label)}.",
            [fact for fact in facts if arms.get(fact.subject) == arm.id],
            sizes[arm.id],
        )
        for arm in data.study.arms
    )
    return Row(label, cells, 1)


def _figure(data: Dataset, events: Sequence[AdverseEvent], arms: Mapping[str, str]) -> Figure:
    affected: dict[str, dict[str, set[str]]] = {}
    for event in events:
        by_arm = affected.setdefault(event.term, {})
        by_arm.setdefault(arms[event.subject], set()).add(event.subject)
    totals = {term: sum(len(found) for found in by_arm.values()) for term, by_arm in affected.items()}
    terms = sorted(totals, key=lambda term: (-totals[term], term))[:SHOWN_TERMS]
    sizes = count_arms(data, arms)
    series = [
        (arm.label, [100 * len(affected[t].get(arm.id, ())) / (sizes[arm.id] or 1) for t in terms])
        for arm in data.study.arms
    ]
    words = f"The most frequent are {', '.join(terms[:3])}." if terms else "No adverse event was recorded."
    svg = draw_bars(terms, series, "Subjects with the event, %", "adverse")
    return Figure("adverse_figure", f"Most frequent adverse events (up to {SHOWN_TERMS})", svg, words)
