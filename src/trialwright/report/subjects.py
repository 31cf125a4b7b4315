"""From captured states to the records that the outcomes are computed from, one subject at a time."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from trialwright.outcomes.dates import PartialDate
from trialwright.outcomes.progression_free import Assessment, ProgressionHistory
from trialwright.outcomes.quality_of_life import Form as QualityForm
from trialwright.outcomes.questionnaire import Instrument, parse_answers
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
)
from trialwright.outcomes.recist.time_points import TimePoint, derive_time_points
from trialwright.outcomes.survival_times import Contact, VitalHistory
from trialwright.study.model import Study
from trialwright.trial.subject import SubjectState

from .answers import Sheet, sheets, whole_date

TARGET_STATES = {"measured": State.MEASURED, "too_small": State.TOO_SMALL, "absent": State.ABSENT}
NON_TARGET_STATES = {
    "present": NonTargetState.PRESENT,
    "absent": NonTargetState.ABSENT,
    "progression": NonTargetState.UNEQUIVOCAL_PROGRESSION,
}


def allocated_on(state: SubjectState) -> date | None:
    """The date of allocation, day 1; None for a subject who was never allocated."""
    return whole_date(state.allocation.allocated_on) if state.allocation else None


def derive_lesion_history(study: Study, state: SubjectState) -> LesionHistory | None:
    """The lesions of one subject; None without an allocation or without a baseline assessment."""
    start = allocated_on(state)
    assessments = [sheet for sheet in sheets(study, state, "tumour_assessment") if sheet.collected_on]
    if start is None or not assessments:
        return None
    before = [sheet for sheet in assessments if sheet.collected_on <= start]  # type: ignore[operator]
    if not before:
        return None
    baseline = before[-1]
    later = [sheet for sheet in assessments if sheet.collected_on > start]  # type: ignore[operator]
    lesions: dict[str, Lesion] = {}
    for sheet in (baseline, *later):
        for row in sheet.rows("lesions"):
            name = row.get("lesion", "")
            if name and name not in lesions:
                nodal = row.get("organ", "") == "lymph_node"
                role = Role(row.get("lesion_class") or "target")
                lesions[name] = Lesion(name, role, row.get("organ", ""), nodal, (sheet.seq,))
    visits = tuple(_lesion_visit(sheet) for sheet in later)
    return LesionHistory(state.subject, tuple(lesions.values()), _lesion_visit(baseline), visits)


def _lesion_visit(sheet: Sheet) -> Visit:
    on = sheet.collected_on or date.max
    source = (sheet.seq,)
    targets: list[Reading] = []
    others: list[NonTargetReading] = []
    new: list[NewReading] = []
    for row in sheet.rows("lesions"):
        name, role, found = row.get("lesion", ""), row.get("lesion_class", ""), row.get("lesion_status", "")
        if role == "target":
            state = TARGET_STATES.get(found, State.NOT_EVALUABLE)
            mm = _millimetres(row.get("diameter", ""))
            if state is State.MEASURED and mm is None:
                state = State.NOT_EVALUABLE
            kept = mm if state is State.MEASURED else None
            targets.append(Reading(name, state, kept, on=on, method=sheet.text("method"), source_ids=source))
        elif role == "non_target":
            seen = NON_TARGET_STATES.get(found, NonTargetState.NOT_EVALUABLE)
            others.append(NonTargetReading(name, seen, on, source))
        elif role == "new":
            nodal = row.get("organ", "") == "lymph_node"
            mm = _millimetres(row.get("diameter", ""))
            new.append(NewReading(name, NewState.UNEQUIVOCAL, nodal, mm, on, source))
    return Visit(sheet.state.visit, on, tuple(targets), tuple(others), tuple(new))


def _millimetres(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def derive_responses(study: Study, state: SubjectState) -> list[TimePoint]:
    """The time-point responses after baseline, as RECIST 1.1 gives them from the lesions."""
    history = derive_lesion_history(study, state)
    return derive_time_points(history) if history is not None else []


def derive_vital_history(study: Study, state: SubjectState) -> VitalHistory | None:
    """When the subject was known alive, and the death; None without an allocation.

    Every dated trace of the subject counts as contact: survival contacts, dated forms, doses, the beginning of
    events and therapies, the withdrawal of consent (house analysis reference, section 2).
    """
    start = allocated_on(state)
    if start is None or state.allocation is None:
        return None
    contacts = [Contact(start, (state.allocation.seq,)), *_acts(state)]
    for sheet in sheets(study, state, "survival_contact"):
        on = sheet.on("known_alive_on")
        if on is not None:
            contacts.append(Contact(on, (sheet.seq,)))
    for kind in ("tumour_assessment", "questionnaire", "vital_signs", "laboratory"):
        for sheet in sheets(study, state, kind):
            if sheet.collected_on is not None and sheet.collected_on >= start:
                contacts.append(Contact(sheet.collected_on, (sheet.seq,)))
    for kind in ("adverse_event", "concomitant_therapy"):
        for sheet in sheets(study, state, kind):
            on = sheet.on("started_on")
            if on is not None and on >= start:
                contacts.append(Contact(on, (sheet.seq,)))
    died_on, death = find_death(study, state)
    source = (state.allocation.seq,)
    return VitalHistory(state.subject, start, tuple(contacts), died_on, source, death)


def _acts(state: SubjectState) -> list[Contact]:
    """Contacts that are acts of the trial itself: doses, and the withdrawal of consent."""
    dated = [(dose.given_on, dose.seq) for dose in state.administrations]
    if state.consent is not None and state.consent.withdrawn_on:
        dated.append((state.consent.withdrawn_on, state.consent.withdrawn_seq))
    return [Contact(on, (seq,)) for text, seq in dated if (on := whole_date(text)) is not None]


def find_death(study: Study, state: SubjectState) -> tuple[PartialDate | None, tuple[int, ...]]:
    """The date of death as entered, and the ledger entry that states it."""
    for sheet in sheets(study, state, "death"):
        on = sheet.partial("died_on")
        if on is not None:
            return on, (sheet.seq,)
    return None, ()


def derive_progression_history(
    study: Study, state: SubjectState, points: list[TimePoint], died_on: date | None
) -> ProgressionHistory | None:
    """What is known of the disease after allocation; None without an allocation."""
    start = allocated_on(state)
    if start is None or state.allocation is None:
        return None
    assessments = tuple(
        Assessment(point.on, point.overall.value, point.progression_on, point.source_ids) for point in points
    )
    therapies = [
        (on, sheet.seq)
        for sheet in sheets(study, state, "concomitant_therapy")
        if (on := sheet.on("started_on")) is not None and on >= start
    ]
    first = min(therapies, default=None)
    _, death = find_death(study, state)
    return ProgressionHistory(
        state.subject,
        start,
        assessments,
        baseline_adequate=derive_lesion_history(study, state) is not None,
        died_on=died_on,
        new_therapy_on=first[0] if first else None,
        source_ids=(state.allocation.seq,),
        death_source_ids=death,
        therapy_source_ids=(first[1],) if first else (),
    )


def derive_quality_forms(study: Study, state: SubjectState, instrument: Instrument) -> list[QualityForm]:
    """The questionnaires of one subject that belong to ``instrument``, as item answers."""
    found: list[QualityForm] = []
    for sheet in sheets(study, state, "questionnaire"):
        named = sheet.form.instrument
        if named is None or instrument.code not in named.name or sheet.collected_on is None:
            continue
        raw = {item: sheet.text(f"item_{item}") or None for item in instrument.item_codes}
        answers, _ = parse_answers(instrument, raw)
        found.append(QualityForm(state.subject, sheet.collected_on, answers, sheet.state.visit, (sheet.seq,)))
    return found
