"""Quality of life over time: forms to visits, scores, change from baseline, compliance.

Rules: a form belongs to the visit in whose window it was filled in; of two forms in one window the one
nearest the target day counts (a tie goes to the earlier) and both are kept; compliance is forms received
over forms expected, where nobody is expected who died or left before the window opened (house QLQ-C30
reference, section 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from trialwright.outcomes.questionnaire import Answers, Instrument, compute_benefit, compute_scores
from trialwright.outcomes.traceability import merge_sources


@dataclass(frozen=True, slots=True)
class Form:
    """One completed questionnaire: who, when, the answers by item number."""

    subject: str
    on: date
    answers: Answers
    visit: str = ""
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitWindow:
    """The days on which a form counts for a visit, counted from the start of the clock (day 0)."""

    visit: str
    target_day: int
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True)
class PlacedForm:
    """A form and the visit it was put to; ``counts`` is false for the second form of one window.

    ``visit`` is empty for a form outside every window.
    """

    form: Form
    visit: str
    counts: bool
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Score:
    """One score of one form: 0..100 or missing, with change from baseline where both are there.

    ``benefit`` is the change turned so that negative always means deterioration.
    """

    subject: str
    visit: str
    on: date
    scale: str
    value: float | None
    baseline: float | None = None
    change: float | None = None
    benefit: float | None = None
    source_ids: tuple[int, ...] = ()


def derive_scores(instrument: Instrument, forms: Sequence[Form]) -> list[Score]:
    """Every score of every form, in the order of the forms and of the instrument's scales."""
    rows: list[Score] = []
    for form in forms:
        for code, exact in compute_scores(instrument, form.answers).items():
            value = None if exact is None else float(exact)
            rows.append(Score(form.subject, form.visit, form.on, code, value, source_ids=form.source_ids))
    return rows


def derive_changes(
    instrument: Instrument, scores: Sequence[Score], baseline_until: Mapping[str, date]
) -> list[Score]:
    """Add baseline, change and benefit to scores.

    The baseline of a subject and scale is its last score that is not missing on or before the subject's
    date in ``baseline_until`` (randomisation or first dose, as the analysis plan says). Scores up to that
    date keep their baseline but have no change. Rows keep their order.
    """
    bases: dict[tuple[str, str], Score] = {}
    for score in sorted(scores, key=lambda row: row.on):
        limit = baseline_until.get(score.subject)
        if limit is not None and score.on <= limit and score.value is not None:
            bases[score.subject, score.scale] = score
    rows: list[Score] = []
    for score in scores:
        base = bases.get((score.subject, score.scale))
        if base is None or base.value is None:
            rows.append(score)
            continue
        after = score.on > baseline_until[score.subject]
        change = score.value - base.value if after and score.value is not None else None
        benefit = None if change is None else compute_benefit(instrument.direction(score.scale), change)
        sources = merge_sources(score.source_ids, base.source_ids)
        rows.append(replace(score, baseline=base.value, change=change, benefit=benefit, source_ids=sources))
    return rows


def _rank(form: Form, window: VisitWindow, start_on: date) -> tuple[int, date]:
    return abs((form.on - start_on).days - window.target_day), form.on


def derive_placed_forms(
    forms: Sequence[Form], windows: Sequence[VisitWindow], starts: Mapping[str, date]
) -> list[PlacedForm]:
    """Put every form to a visit by its date; a visit named on the form itself is ignored.

    Where windows overlap, the visit with the nearest target day wins. A form of a subject without a start
    has no visit. Rows keep the order of the forms.
    """
    placed: dict[int, str] = {}
    best: dict[tuple[str, str], int] = {}
    for index, form in enumerate(forms):
        start_on = starts.get(form.subject)
        if start_on is None:
            continue
        day = (form.on - start_on).days
        fits = [w for w in windows if w.first_day <= day <= w.last_day]
        if not fits:
            continue
        window = min(fits, key=lambda w: (abs(day - w.target_day), w.target_day))
        placed[index] = window.visit
        key = (form.subject, window.visit)
        rival = best.get(key)
        if rival is None or _rank(form, window, start_on) < _rank(forms[rival], window, start_on):
            best[key] = index
    held: dict[tuple[str, str], int] = {}
    for index, visit in placed.items():
        held[forms[index].subject, visit] = held.get((forms[index].subject, visit), 0) + 1
    rows: list[PlacedForm] = []
    for index, form in enumerate(forms):
        visit = placed.get(index, "")
        key = (form.subject, visit)
        rows.append(PlacedForm(form, visit, best.get(key) == index, held.get(key, 0) > 1))
    return rows


@dataclass(frozen=True, slots=True)
class Participation:
    """One subject for compliance: arm, start of the clock, day of death or leaving if any."""

    subject: str
    arm: str
    start_on: date
    left_on: date | None = None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Compliance:
    """Forms received and expected for one arm and visit."""

    arm: str
    visit: str
    received: int
    expected: int
    source_ids: tuple[int, ...] = ()

    @property
    def rate(self) -> float | None:
        """Received over expected; ``None`` where nobody was expected."""
        return self.received / self.expected if self.expected else None


def derive_compliance(
    placed: Sequence[PlacedForm],
    windows: Sequence[VisitWindow],
    subjects: Sequence[Participation],
    as_of: date,
) -> list[Compliance]:
    """Compliance by arm and visit on ``as_of``.

    Expected: the subject was neither dead nor off study before the window opened, and the window has
    closed by ``as_of`` or the form is already there.
    """
    received = {(p.form.subject, p.visit): p.form.source_ids for p in placed if p.counts and p.visit}
    rows: list[Compliance] = []
    for arm in sorted({subject.arm for subject in subjects}):
        members = [subject for subject in subjects if subject.arm == arm]
        for window in windows:
            got = expected = 0
            sources: list[tuple[int, ...]] = []
            for subject in members:
                opens_on = subject.start_on + timedelta(days=window.first_day)
                closes_on = subject.start_on + timedelta(days=window.last_day)
                form_sources = received.get((subject.subject, window.visit))
                gone = subject.left_on is not None and subject.left_on < opens_on
                if gone or (form_sources is None and closes_on > as_of):
                    continue
                expected += 1
                got += form_sources is not None
                sources.append(subject.source_ids if form_sources is None else form_sources)
            rows.append(Compliance(arm, window.visit, got, expected, merge_sources(*sources)))
    return rows
