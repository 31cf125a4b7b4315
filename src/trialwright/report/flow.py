"""The flow of subjects (CONSORT 2010, with the steps of a cell trial)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.study.model import Study

from .cell_chain import is_failure
from .dataset import Dataset, SubjectData
from .flow_diagram import Box, draw_flow
from .model import Figure, Number, Row, Section, Table

Test = Callable[[SubjectData], bool]

ENDS = (
    ("died", "Died"),
    ("withdrew", "Withdrew from follow-up"),
    ("lost", "Lost to follow-up"),
    ("ended", "Follow-up ended for another reason"),
    ("completed", "Completed follow-up"),
    ("followed", "Still in follow-up"),
)
"""Where an allocated subject stands: each in one box, so that the boxes add up to the arm (CONSORT 2010, figure 1)."""

SETS = (
    ("itt", "all allocated (ITT)", AnalysisSet.ITT),
    ("safety", "safety", AnalysisSet.SAFETY),
    ("quality", "quality of life", AnalysisSet.QOL),
)


def build_flow(data: Dataset) -> Section:
    """Screened, failed by reason, allocated, collected, infused, completed, in which set: each subject counted."""
    screening = Table(
        "flow_screening",
        "Screening",
        ("", "Subjects"),
        tuple(_screening_rows(data)),
        ("A subject who failed on several criteria counts once a criterion.",),
    )
    arms = _arm_table(data)
    figure = Figure("flow_diagram", "Flow of subjects, drawn", _draw(data, screening, arms), _say(screening))
    return Section("flow", "Flow of subjects", (), (figure, screening, arms))


def _say(screening: Table) -> str:
    counts = {number.id: number.text for number in screening.numbers()}
    return (
        f"{counts['flow.registered']} subjects were registered, {counts['flow.failed']} failed screening, "
        f"{counts['flow.allocated']} were allocated."
    )


def _draw(data: Dataset, screening: Table, arms: Table) -> str:
    lines = {row.cells[0].id: _line(row, 0) for row in screening.rows if isinstance(row.cells[0], Number)}
    failed = [line for number, line in lines.items() if number.startswith("flow.failed")]
    spine = (Box((lines["flow.registered"], lines["flow.consented"])), Box((lines["flow.allocated"],)))
    return draw_flow(
        spine, Box(tuple(failed)), [_column(data, arms, index) for index in range(len(data.study.arms))]
    )


def _column(data: Dataset, arms: Table, index: int) -> list[Box]:
    lines = [_line(row, index) for row in arms.rows]
    last = -len(SETS)
    ends = last - len(ENDS)
    groups = (lines[:3], lines[3:ends], lines[ends:last], lines[last:])
    return [Box((data.study.arms[index].label, *groups[0])), *(Box(tuple(group)) for group in groups[1:])]


def _line(row: Row, index: int) -> str:
    cell = row.cells[index]
    return f"{row.label}: {cell.text if isinstance(cell, Number) else cell}"


def _screening_rows(data: Dataset) -> Iterable[Row]:
    everyone = data.subjects
    yield _one("flow.registered", "Registered", everyone, _everybody)
    yield _one("flow.consented", "Consented", everyone, lambda s: s.state.consent is not None)
    yield _one("flow.failed", "Failed screening", everyone, lambda s: s.state.screen_failure is not None)
    reasons = Counter(
        criterion for s in everyone if s.state.screen_failure for criterion in s.state.screen_failure.criteria
    )
    for criterion, _ in sorted(reasons.items(), key=lambda found: (-found[1], found[0])):
        text = next((c.text for c in data.study.eligibility.criteria if c.id == criterion), criterion)
        yield _one(
            f"flow.failed.{criterion}", f"{criterion.upper()}: {text}", everyone, _failed_on(criterion), 1
        )
    yield _one("flow.allocated", "Allocated", everyone, lambda s: bool(s.arm))


def _everybody(_: SubjectData) -> bool:
    return True


def _failed_on(criterion: str) -> Test:
    return lambda s: s.state.screen_failure is not None and criterion in s.state.screen_failure.criteria


def _one(number: str, label: str, subjects: Sequence[SubjectData], test: Test, indent: int = 0) -> Row:
    return Row(label, (count_subjects(number, label, subjects, test),), indent)


def count_subjects(number: str, label: str, subjects: Sequence[SubjectData], test: Test) -> Number:
    """How many subjects pass a test, and which."""
    found = [s for s in subjects if test(s)]
    return Number(
        number,
        str(len(found)),
        len(found),
        f"Number of subjects: {label.lower()}.",
        "subjects",
        tuple(s.state.subject for s in found),
        tuple(sorted(_milestone(s) for s in found)),
    )


def _milestone(subject: SubjectData) -> int:
    """The ledger entry that says most about where the subject stands in the flow."""
    state = subject.state
    for part in (state.follow_up_end, state.allocation, state.screen_failure, state.consent):
        if part is not None:
            return part.seq
    return state.last_seq


def _arm_table(data: Dataset) -> Table:
    steps: list[tuple[str, str, int, Test]] = [
        ("allocated", "Allocated", 0, _everybody),
        ("collected", "Cells collected", 0, lambda s: bool(s.state.collections)),
        ("failed_batch", "At least one batch failed", 0, _batch_failed),
        ("infused", "Received at least one dose", 0, lambda s: bool(s.state.administrations)),
        ("all_doses", "Received all planned doses", 1, lambda s: _received_all(data.study, s)),
        ("not_infused", "Received no dose", 0, lambda s: not s.state.administrations),
        *((end, label, 0, _ends_as(end)) for end, label in ENDS),
        *((name, f"Analysed: {label}", 0, _belongs_to(data, members)) for name, label, members in SETS),
    ]
    rows = [
        Row(
            label,
            tuple(
                count_subjects(
                    f"flow.{step}.{arm.id}", label, [s for s in data.subjects if s.arm == arm.id], test
                )
                for arm in data.study.arms
            ),
            indent,
        )
        for step, label, indent, test in steps
        if step != "all_doses" or data.one_plan
    ]
    columns = ("", *(arm.label for arm in data.study.arms))
    return Table("flow_arms", "From allocation to analysis", columns, tuple(rows))


def _belongs_to(data: Dataset, members: AnalysisSet) -> Test:
    return lambda s: s.state.subject in data.sets[members]


def _received_all(study: Study, subject: SubjectData) -> bool:
    """Whether something was given on every day that the plan of the subject's own arm has."""
    planned = {day for product in study.products_of(subject.arm) for day in product.days}
    return bool(planned) and planned <= {dose.planned_day for dose in subject.state.administrations}


def _batch_failed(subject: SubjectData) -> bool:
    return any(is_failure(batch) for batch in subject.state.batches.values())


def find_end(subject: SubjectData) -> str:
    """The one box of the flow in which an allocated subject stands last; the boxes of an arm add up to it."""
    if subject.survival is not None and subject.survival.event:
        return "died"
    end, consent = subject.state.follow_up_end, subject.state.consent
    if end is not None:
        return {"completed": "completed", "withdrawal": "withdrew", "lost": "lost"}.get(end.reason, "ended")
    return "withdrew" if consent is not None and consent.scope in ("follow_up", "data") else "followed"


def _ends_as(end: str) -> Test:
    return lambda s: find_end(s) == end
