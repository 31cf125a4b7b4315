"""From the forms of adverse events to the events that are counted, judged and reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from trialwright.outcomes.adverse_events import AdverseEvent
from trialwright.outcomes.ctcae import CtcaeDictionary
from trialwright.outcomes.dlt import DltAssessment, DltCriterion, DltDefinition, Verdict, compute_dlt
from trialwright.outcomes.expectedness import ReferenceLine, compute_expected
from trialwright.outcomes.expedited import Urgency, compute_reportable
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model import Study
from trialwright.study.model.safety import DoseLimiting, Safety
from trialwright.trial.subject import SubjectState

from .answers import Sheet, is_true, sheets, whole_date

RELATED = "related."
FATAL_GRADE, GRAVE_GRADE = 5, 4
EXPECTED_ANSWERS: Mapping[str, bool] = MappingProxyType(
    {"yes": True, "true": True, "no": False, "false": False}
)


@dataclass(frozen=True, slots=True)
class SafetyCase:
    """An adverse event with what else its form says: ASTCT grade, gravity, day 0 and the reports sent.

    ``aware_on`` is day 0; where the form does not say it, the date of the entry. ``reportable`` is None while
    expectedness is not judged. ``limiting`` is the verdict of the study's definition of a dose-limiting
    toxicity, None where the study has none. ``causality`` holds, for every agent not ruled out, the answer given.
    """

    event: AdverseEvent
    urgency: Urgency
    aware_on: date | None
    first_sent_on: date | None
    complete_sent_on: date | None
    astct_grade: int | None
    limiting: DltAssessment | None
    outcome: str
    action: str
    causality: tuple[tuple[str, str], ...] = ()

    @property
    def reportable(self) -> bool | None:
        """Whether it is a suspected unexpected serious reaction."""
        return compute_reportable(self.event)

    @property
    def is_limiting(self) -> bool:
        """Whether it is dose limiting."""
        return self.limiting is not None and self.limiting.verdict is Verdict.YES


def derive_safety_cases(
    study: Study, state: SubjectState, dictionary: CtcaeDictionary, as_of: date
) -> list[SafetyCase]:
    """The adverse events of one subject as they stand on ``as_of``; an end after it is not known yet."""
    definition = define_limiting(study.safety.dose_limiting)
    first_on = find_first_dose(study.safety.dose_limiting, state)
    found: list[SafetyCase] = []
    for sheet in sheets(study, state, "adverse_event"):
        event = _event(study, state, sheet, dictionary, as_of)
        verdict = compute_dlt(event, first_on, definition, as_of) if definition is not None else None
        limiting = verdict is not None and verdict.verdict is Verdict.YES
        found.append(_case(replace(event, dose_limiting=limiting), sheet, verdict, as_of))
    return found


def derive_adverse_events(
    study: Study, state: SubjectState, dictionary: CtcaeDictionary, as_of: date
) -> list[AdverseEvent]:
    """The adverse events of one subject, with the organ class of the dictionary's term."""
    return [case.event for case in derive_safety_cases(study, state, dictionary, as_of)]


def define_limiting(stated: DoseLimiting | None) -> DltDefinition | None:
    """The study's definition of a dose-limiting toxicity as the outcomes compute with it."""
    if stated is None:
        return None
    criteria = tuple(
        DltCriterion(
            criterion.id,
            criterion.min_grade,
            criterion.lasting_over_days,
            classes=frozenset(criterion.organ_classes),
            terms=frozenset(criterion.terms),
            not_terms=frozenset(criterion.not_terms),
            not_classes=frozenset(criterion.not_organ_classes),
        )
        for criterion in stated.criteria
    )
    return DltDefinition(stated.window_days, criteria, frozenset(stated.agents))


def find_first_dose(stated: DoseLimiting | None, state: SubjectState) -> date | None:
    """The date that opens the window of dose-limiting toxicity; None where nothing that counts was given."""
    if stated is None:
        return None
    dates = [
        on
        for dose in state.administrations
        if (not stated.products or dose.product in stated.products)
        and (on := whole_date(dose.given_on)) is not None
    ]
    return min(dates, default=None)


def _event(
    study: Study, state: SubjectState, sheet: Sheet, dictionary: CtcaeDictionary, as_of: date
) -> AdverseEvent:
    named = dictionary.find(sheet.text("term"))
    term = named.term if named else sheet.text("term")
    grade = _grade(sheet, "grade")
    related = frozenset(agent for agent, _ in _causality(sheet))
    ended_on = sheet.on("ended_on")
    return AdverseEvent(
        subject=state.subject,
        event=str(sheet.state.repeat),
        term=term,
        organ_class=named.organ_class if named else "Not in the dictionary",
        grade=grade,
        onset_on=sheet.on("started_on"),
        ended_on=ended_on if ended_on is None or ended_on <= as_of else None,
        verbatim=sheet.text("verbatim"),
        dictionary=f"CTCAE {study.safety.ctcae_version}",
        serious=is_true(sheet.text("serious")),
        related_to=related,
        expected=_expected(study.safety, sheet, term, grade, related),
        led_to_stop=sheet.text("action") == "stopped",
        fatal=sheet.text("outcome") == "fatal" or sheet.text("seriousness") == "death",
        special_interest=_interest(study.safety, term),
        source_ids=merge_sources((sheet.seq,)),
    )


def _grade(sheet: Sheet, concept: str) -> int | None:
    text = sheet.text(concept)
    return int(text) if text.isdigit() else None


def _causality(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """The agents that are not ruled out as the cause, each with the answer given."""
    return tuple(
        (item.meaning.removeprefix(RELATED), answer)
        for item in sheet.form.items
        if item.meaning.startswith(RELATED) and (answer := sheet.text(item.meaning)) not in ("", "no")
    )


def _expected(
    safety: Safety, sheet: Sheet, term: str, grade: int | None, agents: frozenset[str]
) -> bool | None:
    """As judged on the form, else by the study's reference safety information."""
    stated = EXPECTED_ANSWERS.get(sheet.text("expected"))
    if stated is not None:
        return stated
    reference = [ReferenceLine(line.agent, line.term, line.greatest_grade) for line in safety.expected]
    return compute_expected(term, grade, agents, reference)


def _interest(safety: Safety, term: str) -> str:
    return next((watched.id for watched in safety.special_interest if term in watched.terms), "")


def _case(event: AdverseEvent, sheet: Sheet, limiting: DltAssessment | None, as_of: date) -> SafetyCase:
    def known(concept: str) -> date | None:
        on = sheet.on(concept)
        return on if on is not None and on <= as_of else None

    return SafetyCase(
        event=event,
        urgency=_urgency(event, sheet),
        aware_on=sheet.on("aware_on") or whole_date(sheet.state.occurred_on),
        first_sent_on=known("reported_on"),
        complete_sent_on=known("report_completed_on"),
        astct_grade=_grade(sheet, "astct_grade"),
        limiting=limiting,
        outcome=sheet.text("outcome"),
        action=sheet.text("action"),
        causality=_causality(sheet),
    )


def _urgency(event: AdverseEvent, sheet: Sheet) -> Urgency:
    """Fatal and life-threatening by what makes the event serious, or by its grade where that is not said."""
    because = sheet.text("seriousness")
    if event.fatal or because == "death" or event.grade == FATAL_GRADE:
        return Urgency.FATAL
    if because == "life_threatening" or (not because and event.grade == GRAVE_GRADE):
        return Urgency.LIFE_THREATENING
    return Urgency.OTHER
