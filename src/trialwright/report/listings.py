"""Line listings: one line a record, with the subject and the ledger entries it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.lab_shifts import LabWindow
from trialwright.outcomes.lab_terms import LabTerm
from trialwright.outcomes.listings import EventLine, derive_event_lines
from trialwright.study.schedule import day_of_date
from trialwright.study.units import typeset_unit

from .adverse import find_agents
from .answers import code_label, sheets, whole_date
from .dataset import Dataset, SubjectData
from .deviations import name_category
from .lab_results import (
    Graded,
    LabItem,
    find_lab_items,
    find_results,
    find_windows,
    grade_results,
    in_one_unit,
)
from .model import Row, Section, Table
from .safety_events import SafetyCase
from .sets import SETS
from .subjects import allocated_on
from .wording import write_power

TITLE = "Listings"
SEVERE = 3


def build_listings(data: Dataset) -> Section:
    """Allocations, doses, adverse events, serious ones, dose-limiting ones, deaths, laboratory, deviations."""
    words = (
        "One line a record, in the order of subjects and dates. Study day 1 is the day of allocation; for adverse "
        "events it is the day of the first dose. Long listings are cut in documents and whole in the files.",
    )
    tables = (
        _allocations(data),
        _exclusions(data),
        _doses(data),
        _events(data, "listing_events", "Adverse events", lambda _: True),
        _events(data, "listing_serious", "Serious adverse events", lambda case: case.event.serious),
        _limiting(data),
        _deaths(data),
        _laboratory(data),
        _deviations(data),
    )
    return Section("listings", TITLE, words, tables)


def _allocated(data: Dataset) -> list[SubjectData]:
    return [subject for subject in data.subjects if subject.arm]


def _listing(table: str, title: str, columns: Sequence[str], rows: Iterable[Row], *notes: str) -> Table:
    made = tuple(rows)
    said = notes if made else (*notes, "There is none.")
    return Table(table, title, ("Subject", *columns), made, said, listing=True)


def _line(subject: SubjectData, cells: Sequence[str], sources: Iterable[int]) -> Row:
    name = subject.state.subject
    return Row(name, tuple(cells), subject=name, sources=tuple(sorted(set(sources))))


def _arm_label(data: Dataset, arm: str) -> str:
    found = next((one for one in data.study.arms if one.id == arm), None)
    return found.label if found is not None else arm


def _day(subject: SubjectData, on: date | None) -> str:
    """The study day, counted from allocation; '' without a date."""
    start = allocated_on(subject.state)
    return "" if on is None or start is None else str(day_of_date(start, on))


def _allocations(data: Dataset) -> Table:
    rows: list[Row] = []
    for subject in _allocated(data):
        allocation = subject.state.allocation
        if allocation is not None:
            levels = ", ".join(f"{name}: {level}" for name, level in sorted(allocation.levels.items()))
            cells = (
                _arm_label(data, allocation.arm),
                allocation.allocated_on,
                levels or "–",
                str(allocation.slot),
                subject.state.site,
            )
            rows.append(_line(subject, cells, (allocation.seq,)))
    columns = ("Arm", "Allocated on", "Strata", "Place in the list", "Site")
    return _listing("listing_allocations", "Allocation", columns, rows)


def _exclusions(data: Dataset) -> Table:
    """Allocated subjects that a set leaves out, with the reason."""
    known = {subject.state.subject: subject for subject in _allocated(data)}
    labels = dict(SETS)
    rows = [
        _line(known[m.subject], (labels[m.analysis_set], m.reason), m.source_ids)
        for m in sorted(data.memberships, key=lambda m: (m.subject, m.analysis_set.value))
        if not m.member and m.subject in known
    ]
    return _listing("listing_exclusions", "Left out of an analysis set", ("Set", "Reason"), rows)


def _doses(data: Dataset) -> Table:
    names = {product.id: product.name for product in data.study.products}
    rows = [
        _line(
            subject,
            (
                names.get(dose.product, dose.product),
                str(dose.cycle),
                str(dose.planned_day),
                _day(subject, whole_date(dose.given_on)),
                dose.given_on,
                f"{write_power(float(Decimal(dose.dose or '0')))} {_unit(dose.dose_unit)}".strip(),
                f"{dose.volume} {_unit(dose.volume_unit)}".strip(),
                dose.container,
                dose.words if dose.partial else "",
            ),
            (dose.seq,),
        )
        for subject in _allocated(data)
        for dose in sorted(subject.state.administrations, key=lambda d: (d.given_on, d.seq))
    ]
    columns = (
        "Product",
        "Cycle",
        "Planned day",
        "Day",
        "Given on",
        "Dose",
        "Volume",
        "Container",
        "Stopped early",
    )
    return _listing("listing_doses", "Exposure", columns, rows)


def _unit(code: str) -> str:
    """A unit for a reader; of an annotation the word alone."""
    return typeset_unit(code).strip("{}")


def _lines(data: Dataset) -> dict[tuple[int, ...], EventLine]:
    """The derived lines of all events, by the ledger entries they came from."""
    allocated = _allocated(data)
    arms = {subject.state.subject: subject.arm for subject in allocated}
    events = [event for subject in allocated for event in subject.events]
    periods = [subject.period for subject in allocated if subject.period is not None]
    return {line.source_ids: line for line in derive_event_lines(events, arms, periods)}


def _events(data: Dataset, table: str, title: str, test: Callable[[SafetyCase], bool]) -> Table:
    lines, agents = _lines(data), find_agents(data.study)
    outcomes = {i.id: i for f in data.study.forms if f.records == "adverse_event" for i in f.items}
    asked = next((item for item in outcomes.values() if item.meaning == "outcome"), None)
    rows: list[Row] = []
    for subject in _allocated(data):
        cases = [case for case in subject.cases if test(case)]
        for case in sorted(cases, key=lambda c: (c.event.onset_on or date.min, c.event.source_ids)):
            line = lines[case.event.source_ids]
            relation = [
                f"{agents[agent].label}: {code_label(agents[agent], answer).lower()}"
                for agent, answer in case.causality
                if agent in agents
            ]
            cells = (
                case.event.term,
                case.event.verbatim,
                _or_dash(case.event.grade),
                line.onset_on.isoformat() if line.onset_on else "unknown",
                _or_dash(line.onset_day),
                "ongoing" if line.ongoing else _or_dash(line.duration_days),
                "yes" if line.treatment_emergent else "no",
                "yes" if line.serious else "no",
                "; ".join(relation) or "none",
                case.action.replace("_", " ") or "–",
                code_label(asked, case.outcome) if asked is not None and case.outcome else "–",
            )
            rows.append(_line(subject, cells, case.event.source_ids))
    columns = (
        "Term",
        "Reported as",
        "Grade",
        "Onset",
        "Day",
        "Days",
        "Emergent",
        "Serious",
        "Related",
        "Treatment",
        "Outcome",
    )
    return _listing(table, title, columns, rows)


def _or_dash(number: int | None) -> str:
    return "–" if number is None else str(number)


def _limiting(data: Dataset) -> Table:
    stated = data.study.safety.dose_limiting
    labels = {criterion.id: criterion.label for criterion in stated.criteria} if stated is not None else {}
    rows = [
        _line(
            subject,
            (
                case.event.term,
                _or_dash(case.event.grade),
                case.event.onset_on.isoformat() if case.event.onset_on else "unknown",
                subject.limiting.first_dose_on.isoformat() if subject.limiting is not None else "–",
                labels.get(case.limiting.criterion, "") if case.limiting is not None else "",
            ),
            case.event.source_ids,
        )
        for subject in _allocated(data)
        for case in subject.cases
        if case.is_limiting
    ]
    columns = ("Term", "Grade", "Onset", "First dose that counts", "Criterion")
    return _listing("listing_limiting", "Dose-limiting toxicities", columns, rows)


def _deaths(data: Dataset) -> Table:
    rows: list[Row] = []
    for subject in _allocated(data):
        for sheet in sheets(data.study, subject.state, "death"):
            item = sheet.form.item_meaning("cause")
            cause = code_label(item, sheet.text("cause")) if item is not None else sheet.text("cause")
            on, last = sheet.on("died_on"), _last_dose(subject)
            since = "–" if on is None or last is None else str((on - last).days)
            cells = (sheet.text("died_on") or "unknown", _day(subject, on), since, cause or "–")
            rows.append(_line(subject, cells, (sheet.seq,)))
    columns = ("Died on", "Day", "Days after the last dose", "Cause")
    return _listing("listing_deaths", "Deaths", columns, rows)


def _last_dose(subject: SubjectData) -> date | None:
    dates = [on for d in subject.state.administrations if (on := whole_date(d.given_on)) is not None]
    return max(dates, default=None)


def _laboratory(data: Dataset) -> Table:
    """Results of grade 3 or higher at any time, of treated subjects."""
    version = data.study.safety.ctcae_version
    windows = find_windows(data, data.sets[AnalysisSet.SAFETY])
    labs = find_lab_items(data.study)
    rows: list[tuple[str, str, Row]] = []
    for subject in data.of(AnalysisSet.SAFETY):
        window = windows.get(subject.state.subject)
        if window is None:
            continue
        captured = find_results(data.study, subject, labs)
        for lab, mine in zip(labs, captured, strict=True):
            for term in lab.terms:
                results = in_one_unit(lab, term, mine, version)
                for graded in grade_results(term, results, window, version):
                    grade, found = graded.grade.grade, graded.measured
                    if grade is not None and grade >= SEVERE:
                        line = _severe(subject, lab, term, graded, window)
                        rows.append((subject.state.subject, found.on.isoformat(), line))
    columns = ("Date", "Day", "Test", "Result", "Limits of normal", "Grade", "When")
    ordered = [row for _, _, row in sorted(rows, key=lambda found: found[:2])]
    title = "Laboratory results of grade 3 or higher"
    return _listing("listing_laboratory", title, columns, ordered)


def _severe(subject: SubjectData, lab: LabItem, term: LabTerm, graded: Graded, window: LabWindow) -> Row:
    found = graded.measured
    cells = (
        found.on.isoformat(),
        _day(subject, found.on),
        lab.item.label,
        f"{found.value} {_unit(found.unit)}",
        f"{found.lower or '–'} to {found.upper or '–'}",
        f"{term.term}, grade {graded.grade.grade}",
        "before the first dose" if found.on <= window.first_on else "after",
    )
    return _line(subject, cells, (found.seq,))


def _deviations(data: Dataset) -> Table:
    rows = [
        _line(
            subject,
            (
                d.occurred_on,
                _day(subject, whole_date(d.occurred_on)),
                name_category(d.category),
                d.severity,
                d.text,
                d.about or "–",
            ),
            (d.seq,),
        )
        for subject in _allocated(data)
        for d in sorted(subject.state.deviations, key=lambda d: (d.occurred_on, d.seq))
    ]
    columns = ("Date", "Day", "Kind", "Gravity", "What happened", "About")
    return _listing("listing_deviations", "Protocol deviations", columns, rows)
