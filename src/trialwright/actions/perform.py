"""The one way in which anything changes: load, check the right, ask the rule, append.

Each verb's file names its right and its rule and calls one of the two functions here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from trialwright.actions.context import Context, Outcome, refused, working
from trialwright.actions.unit import Unit
from trialwright.study.findings import Finding
from trialwright.study.model.people import Right
from trialwright.study.model.study import Study
from trialwright.trial.events import Actor, Decision, Event, Recorded
from trialwright.trial.refusals import refusal
from trialwright.trial.rights import may, may_see_subject
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState


@dataclass(frozen=True, slots=True)
class Scene:
    """What a rule may look at: the study in force, its conduct, the time; loaded under the ledger's lock."""

    study: Study
    conduct: StudyState
    now: datetime
    unit: Unit

    def study_at(self, version: str) -> Study:
        """The study file of an earlier version, for what was opened under it."""
        return self.unit.study(version)


def perform_on_study(
    context: Context,
    actor: Actor,
    right: Right,
    decide: Callable[[Scene], Decision],
    *,
    site: str = "",
    second: Actor | None = None,
) -> Outcome:
    """An act on the study, or (``site``) at one of its sites."""
    with working(context) as (unit, now):
        scene = _open_scene(unit, now)
        if scene is None:
            return refused([not_active()])
        problems = _check_people(scene, actor, second)
        if not may(scene.study, actor, right, site):
            problems.append(not_allowed())
        if problems:
            return refused(problems)
        return _record(context, scene, actor, decide(scene), "")


def perform_on_subject(
    context: Context,
    actor: Actor,
    rights: tuple[Right, ...],
    subject: str,
    decide: Callable[[Scene, SubjectState], Decision],
    *,
    second: Actor | None = None,
) -> Outcome:
    """An act on one subject, by somebody who holds any of ``rights`` at the subject's site.

    A code that does not exist and a subject of a site that the actor may not see are answered alike.
    """
    with working(context) as (unit, now):
        scene = _open_scene(unit, now)
        if scene is None:
            return refused([not_active()])
        problems = _check_people(scene, actor, second)
        if problems:
            return refused(problems)
        state = unit.subject(subject)
        if state is None or not may_see_subject(scene.study, actor, state.site):
            return refused([not_found()])
        if not any(may(scene.study, actor, right, state.site) for right in rights):
            return refused([not_allowed()], subject=subject)
        return _record(context, scene, actor, decide(scene, state), subject)


def _open_scene(unit: Unit, now: datetime) -> Scene | None:
    conduct = unit.conduct()
    return None if conduct is None else Scene(unit.study(conduct.version), conduct, now, unit)


def _check_people(scene: Scene, actor: Actor, second: Actor | None) -> list[Finding]:
    people = [actor] if second is None else [actor, second]
    on = scene.now.date()
    return [] if all(scene.unit.is_who_they_say(who, on) for who in people) else [not_in_role()]


def _record(context: Context, scene: Scene, actor: Actor, decision: Decision, subject: str) -> Outcome:
    recorded = _append(context, scene, actor, decision.events if decision.accepted else decision.kept)
    if not decision.accepted:
        return refused(decision.refusals, decision.warnings, subject, recorded)
    named = next((one.event.subject for one in recorded if one.event.subject), subject)
    return Outcome(recorded=recorded, warnings=decision.warnings, subject=named)


def _append(context: Context, scene: Scene, actor: Actor, events: tuple[Event, ...]) -> tuple[Recorded, ...]:
    if not events:
        return ()
    return scene.unit.append(
        events,
        actor=actor,
        version=scene.conduct.version,
        now=scene.now,
        entropy=context.entropy,
        source=context.source,
    )


def not_active() -> Finding:
    """The study was never activated."""
    return refusal("ACT-001", "The study is not active.", "Adopt its study file first.")


def not_in_role() -> Finding:
    """The account is not active, or does not hold the role it acts in."""
    remedy = "Sign in again; ask the administrator for the role, and for a dated training record."
    return refusal("ACT-401", "The account may not act in this role now.", remedy)


def not_allowed() -> Finding:
    """The role lacks the right."""
    return refusal("ACT-403", "Your role may not do this.", "Ask somebody whose role may.")


def not_found() -> Finding:
    """No such subject, or none that this person may know of."""
    return refusal("ACT-404", "There is no such subject at your site.", "Check the subject code.")
