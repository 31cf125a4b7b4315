"""One transaction on the ledger, as the actions see it: states loaded once, events appended, rights of
people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from trialwright.store import ledger
from trialwright.store.accounts import Role, find_account, find_roles
from trialwright.store.projections import load_study, load_subject
from trialwright.store.sources import Entropy
from trialwright.store.versions import load_version
from trialwright.study.model.study import Study
from trialwright.trial.events import Actor, Event, Recorded
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState


class Unit:
    """What one transaction has loaded. It is thrown away with the transaction, so it is never stale."""

    def __init__(self, study_id: str) -> None:
        self.study_id = study_id
        self._people: dict[tuple[Actor, date], bool] = {}

    def conduct(self) -> StudyState | None:
        """The state of the study, or None before it was activated."""
        return load_study(self.study_id)

    def subject(self, code: str) -> SubjectState | None:
        """The state of a subject, or None for an unknown code."""
        return load_subject(self.study_id, code)

    def study(self, version: str) -> Study:
        """The study file of a version."""
        return study_of_version(self.study_id, version)

    def is_who_they_say(self, actor: Actor, on: date) -> bool:
        """Whether the account may sign in and holds this role at this site on that day."""
        key = (actor, on)
        if key not in self._people:
            self._people[key] = _holds_role(self.study_id, actor, on)
        return self._people[key]

    def append(
        self,
        events: Sequence[Event],
        *,
        actor: Actor,
        version: str,
        now: datetime,
        entropy: Entropy,
        source: str,
    ) -> tuple[Recorded, ...]:
        """Records the events and folds them into the projections."""
        recorded = ledger.append(
            events,
            actor=actor,
            study_id=self.study_id,
            study_version=version,
            now=now,
            entropy=entropy,
            source=source,
        )
        return tuple(recorded)


def _holds_role(study_id: str, actor: Actor, on: date) -> bool:
    account = find_account(actor.user)
    if account is None or not account.is_active:
        return False
    return Role(study_id, actor.site, actor.role) in find_roles(account, on, study_id)


@lru_cache(maxsize=16)
def study_of_version(study_id: str, version: str) -> Study:
    """The study file that has this content hash. Versions are immutable, so keeping them is safe."""
    return Study.model_validate(load_version(study_id, version))
