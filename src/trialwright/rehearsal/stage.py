"""The stage: the simulated clock, the people, and the one way in which the rehearsal acts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from trialwright.actions import Context, Outcome, batch
from trialwright.design.scenario import DesignScenario
from trialwright.rehearsal.agenda import Agenda
from trialwright.rehearsal.cast import Cast
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.hours import at_site
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.summary import Progress, RehearsalStopped, Tally
from trialwright.store.projections import load_subject
from trialwright.store.sources import instant_text, seeded_entropy
from trialwright.study.findings import Finding
from trialwright.study.model.rehearsal import Rehearsal
from trialwright.study.model.study import Study
from trialwright.trial.dates import local_date
from trialwright.trial.events import Actor
from trialwright.trial.subject import SubjectState

FEWEST_SECONDS, MOST_SECONDS = 15, 75
"""How long one act takes at the keyboard."""


class Stage:
    """Where the rehearsal plays: study, clock, people, agenda and counts."""

    def __init__(
        self,
        study: Study,
        rehearsal: Rehearsal,
        scenario: DesignScenario,
        seed: int,
        subjects: int,
        begin: datetime,
        progress: Progress | None = None,
    ) -> None:
        self.study = study
        self.rehearsal = rehearsal
        self.scenario = scenario
        self.seed = seed
        self.subjects = subjects
        self.now = begin
        self.patients: list[Patient] = []
        self.identities: list[str] = []
        """The chain-of-identity code of every collection so far."""
        self._progress = progress
        self.cast = Cast(study)
        self.agenda = Agenda()
        self.tally = Tally()
        self._pace = Draws(seed, "pace")
        entropy = seeded_entropy(str(seed), "rehearsal")
        self._context = Context(study.id, lambda: self.now, entropy, source="rehearsal")

    @property
    def experimental_arm(self) -> str:
        """The arm whose hazards are the experimental ones of the scenario."""
        planned = next(s for s in self.study.scenarios if s.id == self.rehearsal.scenario)
        return planned.experimental_arm

    @property
    def is_over(self) -> bool:
        """Whether as many as planned were allocated, and all of them have left."""
        return self.tally.left >= self.subjects

    def tell(self, words: str) -> None:
        """Says how far the rehearsal is: every subject counts once when allocated and once when leaving."""
        if self._progress is not None:
            self._progress(self.tally.allocated + self.tally.left, 2 * self.subjects, words)

    def advance_to(self, at: datetime) -> None:
        """Moves the clock on; it never goes back."""
        self.now = max(self.now, at)

    def do(self, action: Callable[..., Outcome], actor: Actor, command: Any, *expected: str) -> Outcome:
        """Acts as ``actor``. A refusal by one of the codes ``expected`` is counted; another one stops."""
        self.now += timedelta(seconds=self._pace.whole(FEWEST_SECONDS, MOST_SECONDS))
        outcome = action(self._context, actor, command)
        self.tally.note(outcome.recorded)
        if outcome.accepted:
            return outcome
        codes = {finding.code for finding in outcome.refusals}
        if not codes <= set(expected):
            raise RehearsalStopped(tuple(self._located(f, actor, command) for f in outcome.refusals))
        self.tally.refused.update(sorted(codes))
        return outcome

    def _located(self, finding: Finding, actor: Actor, command: Any) -> Finding:
        what = type(command).__name__
        where = f"{what} by {actor.role} on {instant_text(self.now)}"
        subject = getattr(command, "subject", "")
        message = f"{finding.message} ({where}{f', subject {subject}' if subject else ''})"
        return Finding(finding.code, finding.severity, message, finding.remedy, finding.place)

    @contextmanager
    def sitting(self) -> Iterator[None]:
        """Several acts in one transaction: what one person records in one go."""
        outer = self._context
        with batch(outer) as self._context:
            try:
                yield
            finally:
                self._context = outer

    def state(self, subject: str) -> SubjectState:
        """The subject's state as recorded so far."""
        found = load_subject(self.study.id, subject)
        if found is None:
            raise LookupError(f"the rehearsal asks for a subject {subject} that is not registered")
        return found

    def at(self, site: str, on: date, hour: float) -> datetime:
        """The instant of a local hour at a site, not before now."""
        return max(at_site(self.study, site, on, hour), self.now)

    def today(self, site: str) -> date:
        """The local date at a site."""
        return local_date(self.study, site, self.now)
