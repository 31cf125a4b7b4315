"""Screening: what the criteria say about a subject now, and the two ways out: confirmed, or screen failure.

A criterion is ``met`` when its rule is true; for the exclusion list that means it excludes. Unknown is never
eligible, and there is no waiver: an amendment of the protocol is the only other path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from trialwright.study.criteria import (
    Attested,
    Eligibility,
    Rule,
    Truth,
    Value,
    Values,
    Verdict,
    decide_eligibility,
    evaluate,
)
from trialwright.study.criteria import Decision as Outcome
from trialwright.study.findings import Finding
from trialwright.study.model.eligibility import Criterion
from trialwright.study.model.study import Study
from trialwright.trial.criterion_values import collect_values, find_ages
from trialwright.trial.dates import local_date
from trialwright.trial.enrolment import check_consent_in_force, check_past_date
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.protocol import Protocol, protocol_of
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.subject import SubjectState

WORDS = {Truth.TRUE: "met", Truth.FALSE: "not_met", Truth.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class ConfirmEligibility:
    """The investigator's signed confirmation that the subject is eligible."""

    subject: str


@dataclass(frozen=True, slots=True)
class RecordScreenFailure:
    """The subject will not enter. ``criteria`` names criteria beside those that fail by their rule."""

    subject: str
    failed_on: str = ""
    words: str = ""
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """What the criteria say: the verdict of each in the order of the file, the decision, and what it
    rests on.

    ``basis`` maps the key of each form whose value was used to the ledger sequence of its version.
    """

    verdicts: Mapping[str, Verdict]
    eligibility: Eligibility
    basis: Mapping[str, int]

    @property
    def eligible(self) -> bool:
        """Whether everything needed is known and as it must be."""
        return self.eligibility.decision is Outcome.ELIGIBLE


def screen_subject(study: Study, state: SubjectState, anchor_on: date) -> Screening:
    """Evaluates every criterion over what is captured; windows are measured back from ``anchor_on``.

    Where a partial date of birth leaves two possible ages, a criterion counts only when both give it the
    same truth.
    """
    protocol = protocol_of(study)
    values = collect_values(study, state)
    ages, source = find_ages(study, state)
    derived = [v.id for v in study.eligibility.variables if v.derived == "age"]
    possible = [{**values, **_aged(derived, age, source)} for age in ages] or [values]
    verdicts = {c.id: _judge(protocol, c, possible, values, anchor_on) for c in study.eligibility.criteria}
    sections = {c.id: c.section for c in study.eligibility.criteria}
    eligibility = decide_eligibility(
        {name: verdict for name, verdict in verdicts.items() if sections[name] == "inclusion"},
        {name: verdict for name, verdict in verdicts.items() if sections[name] == "exclusion"},
    )
    return Screening(verdicts, eligibility, _basis(state, verdicts))


def _aged(variables: list[str], age: int, source: str) -> dict[str, list[Value]]:
    return {name: [Value(number=Decimal(age), unit="a", source=source)] for name in variables}


def _judge(
    protocol: Protocol,
    criterion: Criterion,
    possible: list[dict[str, list[Value]]],
    without_age: Values,
    anchor_on: date,
) -> Verdict:
    # A criterion without a rule rests on an attestation under its own name, which nobody has signed.
    rule: Rule = protocol.rules.get(criterion.id) or Attested(criterion.id)
    judged = [
        evaluate(rule, values, anchor_on, protocol.windows, variables=protocol.catalogue)
        for values in possible
    ]
    if len({verdict.truth for verdict in judged}) == 1:
        return judged[0]
    return evaluate(rule, without_age, anchor_on, protocol.windows, variables=protocol.catalogue)


def _basis(state: SubjectState, verdicts: Mapping[str, Verdict]) -> dict[str, int]:
    used = {r.value.source for v in verdicts.values() for r in v.reasons if r.value is not None}
    return {key: state.forms[key].seq for key in sorted(used) if key in state.forms}


def decide_confirm_eligibility(
    study: Study, state: SubjectState, _command: ConfirmEligibility, _actor: Actor, now: datetime
) -> Decision:
    """Confirms eligibility. Refuses without consent in force and unless the criteria say ELIGIBLE today.

    May be confirmed again before allocation, after an input changed.
    """
    problems = [*check_consent_in_force(state), *_check_still_screening(state)]
    if problems:
        return Decision(refusals=tuple(problems))
    today = local_date(study, state.site, now)
    screening = screen_subject(study, state, today)
    if not screening.eligible:
        return Decision(refusals=tuple(explain_obstacles(study, screening)))
    payload = {
        "decision": "eligible",
        "verdicts": {name: describe_verdict(verdict) for name, verdict in screening.verdicts.items()},
        "basis": dict(screening.basis),
    }
    return Decision((Event(Kind.ELIGIBILITY_CONFIRMED, payload, state.subject, today.isoformat()),))


def describe_verdict(verdict: Verdict) -> dict[str, str]:
    """A verdict for the ledger: met, not_met or unknown, and for an unknown what is wanting."""
    wanting = dict.fromkeys(f"{r.variable}: {r.why.value}" for r in verdict.unknown if r.why is not None)
    return {"verdict": WORDS[verdict.truth], "reason": "; ".join(wanting)}


def explain_obstacles(study: Study, screening: Screening) -> list[Finding]:
    """One finding for every criterion that stands in the way; ``place.path`` is the criterion's id."""
    found: list[Finding] = []
    standing = {*screening.eligibility.not_true_inclusion, *screening.eligibility.not_false_exclusion}
    for criterion in study.eligibility.criteria:
        verdict = screening.verdicts[criterion.id]
        if criterion.id not in standing:
            continue
        if verdict.truth is Truth.UNKNOWN:
            wanting = describe_verdict(verdict)["reason"] or "not attested"
            message = f"Criterion {criterion.id} is not decided ({wanting})."
            found.append(refusal("SCR-001", message, "Complete what is missing.", criterion.id))
        else:
            message = f"The {criterion.section} criterion {criterion.id} stands in the way."
            remedy = "Record a screen failure, or correct the form if the value is wrong."
            found.append(refusal("SCR-002", message, remedy, criterion.id))
    return found


def _check_still_screening(state: SubjectState) -> list[Finding]:
    if state.allocation is not None:
        remedy = "A later change is recorded as a deviation."
        return [refusal("SCR-003", "The subject is allocated already.", remedy)]
    if state.screen_failure is not None:
        return [
            refusal("SCR-004", "The subject failed screening.", "Screening again needs a new registration.")
        ]
    if state.follow_up_end is not None:
        return [refusal("SUB-006", "The subject has left the study.", "Nothing is to be done.")]
    return []


def decide_screen_failure(
    study: Study, state: SubjectState, command: RecordScreenFailure, _actor: Actor, now: datetime
) -> Decision:
    """Records why a consented subject does not enter: the criteria that fail, those named, and words.

    Refuses before consent, after allocation, and without any reason.
    """
    problems = _check_still_screening(state)
    if state.consent is None:
        problems.append(
            refusal("SUB-011", "No informed consent is on record.", "Screening begins with consent.")
        )
    today = local_date(study, state.site, now)
    on = command.failed_on or today.isoformat()
    problems += check_past_date(on, today.isoformat(), "SUB-003", "failed_on")
    unknown = [name for name in command.criteria if study.criterion(name) is None]
    if unknown:
        remedy = "Name criteria of the study file."
        problems.append(refusal("SCR-005", "A criterion is not known.", remedy, "criteria"))
    if problems:
        return Decision(refusals=tuple(problems))
    failing = [*_failing(study, screen_subject(study, state, today)), *command.criteria]
    criteria = [c.id for c in study.eligibility.criteria if c.id in failing]
    if not criteria and not command.words.strip():
        remedy = "Name the criterion that is not met, or say why in words."
        return refuse("SCR-006", "No criterion fails, and no reason is given.", remedy, "words")
    payload = {"criteria": criteria, "words": command.words.strip()}
    return Decision((Event(Kind.SCREEN_FAILED, payload, state.subject, on),))


def _failing(study: Study, screening: Screening) -> list[str]:
    against = {"inclusion": Truth.FALSE, "exclusion": Truth.TRUE}
    return [c.id for c in study.eligibility.criteria if screening.verdicts[c.id].truth is against[c.section]]
