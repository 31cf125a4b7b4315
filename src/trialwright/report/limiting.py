"""Who can be judged for dose-limiting toxicity, since when, and how the judgement went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.outcomes.dlt import DltDefinition, Verdict, compute_window_completed
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.safety import DoseLimiting
from trialwright.trial.subject import SubjectState

from .safety_events import SafetyCase, define_limiting, find_first_dose


@dataclass(frozen=True, slots=True)
class LimitingFacts:
    """One subject against the study's definition.

    ``evaluable_on``: when the subject began to count, by the first toxicity or the end of the window; None while
    it does not count. ``pending``: it may still come to count, the subject being alive and followed.
    """

    first_dose_on: date
    minimum_dose: bool
    toxic: bool
    window_completed: bool
    evaluable_on: date | None
    pending: bool
    source_ids: tuple[int, ...] = ()

    @property
    def evaluable(self) -> bool:
        """Whether the subject counts."""
        return self.evaluable_on is not None


def derive_limiting_facts(
    stated: DoseLimiting | None,
    state: SubjectState,
    cases: Sequence[SafetyCase],
    survival: TimeToEvent | None,
) -> LimitingFacts | None:
    """The facts of one subject; None without a definition or without a dose that opens the window.

    A subject was seen up to the last date known alive. The day of a toxicity is the onset of the first one.
    """
    definition, first_on = define_limiting(stated), find_first_dose(stated, state)
    if stated is None or definition is None or first_on is None:
        return None
    doses = [d for d in state.administrations if not stated.products or d.product in stated.products]
    toxic = [case.event for case in cases if case.is_limiting]
    seen_on = survival.end_on if survival is not None else None
    completed = compute_window_completed(first_on, definition, seen_on)
    onset = min((event.onset_on for event in toxic if event.onset_on is not None), default=None)
    enough = len(doses) >= stated.minimum_doses
    evaluable_on = _evaluable_on(definition, first_on, onset, completed) if enough else None
    return LimitingFacts(
        first_on,
        enough,
        bool(toxic),
        completed,
        evaluable_on,
        evaluable_on is None and _is_followed(state, survival),
        merge_sources(
            [dose.seq for dose in doses],
            *(event.source_ids for event in toxic),
            survival.source_ids if survival is not None else (),
        ),
    )


def _is_followed(state: SubjectState, survival: TimeToEvent | None) -> bool:
    return state.follow_up_end is None and not (survival is not None and survival.event)


def _evaluable_on(
    definition: DltDefinition, first_on: date, toxicity_on: date | None, completed: bool
) -> date | None:
    if toxicity_on is not None:
        return toxicity_on
    return first_on + timedelta(days=definition.window_days) if completed else None


def is_open(case: SafetyCase) -> bool:
    """Whether it cannot be said yet that the event is dose limiting."""
    return case.limiting is not None and case.limiting.verdict is Verdict.OPEN
