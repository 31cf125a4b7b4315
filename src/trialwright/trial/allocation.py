"""Allocation: the gates in their order, and the next slot of the subject's stratum.

Order of the gates: consent in force, eligibility confirmed and still true, stratification known, no hold,
not allocated yet, a list with a free slot. The rule names the slot; the arm stands in the vault and is
read by the action after the rule has said yes. Slots are taken strictly in order; none is skipped, used
twice or given back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from trialwright.study.criteria import Rule, Truth, evaluate
from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.criterion_values import collect_values
from trialwright.trial.dates import instant_text, local_date
from trialwright.trial.enrolment import check_consent_in_force
from trialwright.trial.events import Event, Kind
from trialwright.trial.protocol import protocol_of
from trialwright.trial.randomisation import WHOLE
from trialwright.trial.refusals import refusal, warning
from trialwright.trial.screening import explain_obstacles, screen_subject
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState


@dataclass(frozen=True, slots=True)
class Allocate:
    """Allocate the subject. The same ``request`` sent twice is answered twice and recorded once."""

    subject: str
    request: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the allocation list: ``number`` from 1 in ``stratum``; ``levels`` by factor."""

    stratum: str
    number: int
    levels: dict[str, str]


@dataclass(frozen=True, slots=True)
class AllocationDecision:
    """The slot to take, or why none; ``repeated`` when this request was carried out before."""

    slot: Slot | None = None
    repeated: bool = False
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


def find_levels(study: Study, state: SubjectState, on: date) -> dict[str, str]:
    """The subject's level of every stratification factor; a factor whose level is not known is left out.

    The first level counts whose rule is true and before which no rule is unknown.
    """
    protocol = protocol_of(study)
    values = collect_values(study, state)
    found: dict[str, str] = {}
    for factor, levels in protocol.strata:
        for level, rule in levels:
            truth = evaluate(rule, values, on, protocol.windows, variables=protocol.catalogue).truth
            if truth is Truth.TRUE:
                found[factor] = level
            if truth is not Truth.FALSE:
                break
    return found


def stratum_name(levels: dict[str, str]) -> str:
    """The stratum's name and the generator's stream: the levels joined by ``|``; ALL without factors."""
    return "|".join(levels.values()) if levels else WHOLE


def list_strata(study: Study) -> tuple[str, ...]:
    """The names of all strata: every combination of levels, in the order of the file."""
    names = [""]
    strata: tuple[tuple[str, tuple[tuple[str, Rule], ...]], ...] = protocol_of(study).strata
    for _, levels in strata:
        names = [f"{name}|{level}" if name else level for name in names for level, _ in levels]
    return tuple(names) if strata else (WHOLE,)


def decide_allocation(
    study: Study, conduct: StudyState, state: SubjectState, command: Allocate, now: datetime
) -> AllocationDecision:
    """The next slot for the subject, or the first gate that is closed."""
    if state.allocation is not None:
        if command.request and state.allocation.request == command.request:
            return AllocationDecision(repeated=True)
        remedy = "An allocation is final; look at the subject's page."
        return AllocationDecision(refusals=(refusal("ALC-001", "The subject is allocated already.", remedy),))
    on = local_date(study, state.site, now)
    levels = find_levels(study, state, on)
    gates = (
        lambda: _check_request(command),
        lambda: check_consent_in_force(state),
        lambda: _check_eligibility(study, conduct, state, on),
        lambda: _check_levels(study, levels),
        lambda: _check_holds(study, conduct, state),
        lambda: _check_list(conduct, stratum_name(levels)),
    )
    for gate in gates:
        closed = gate()
        if closed:
            return AllocationDecision(refusals=tuple(closed))
    stratum = stratum_name(levels)
    slot = Slot(stratum, conduct.slots_used.get(stratum, 0) + 1, levels)
    return AllocationDecision(slot=slot, warnings=tuple(_check_planned(study, conduct)))


def allocation_event(
    study: Study, state: SubjectState, command: Allocate, slot: Slot, arm: str, now: datetime
) -> Event:
    """The event of an allocation to ``arm``, which the vault revealed for ``slot``."""
    payload = {
        "arm": arm,
        "site": state.site,
        "stratum": slot.stratum,
        "slot": slot.number,
        "levels": slot.levels,
        "allocated_at": instant_text(now),
        "request": command.request,
    }
    on = local_date(study, state.site, now).isoformat()
    return Event(Kind.SUBJECT_ALLOCATED, payload, state.subject, on)


def _check_request(command: Allocate) -> list[Finding]:
    if command.request.strip():
        return []
    return [refusal("ALC-002", "The request has no id.", "Send an id that no other request has.", "request")]


def _check_eligibility(study: Study, conduct: StudyState, state: SubjectState, on: date) -> list[Finding]:
    if state.screen_failure is not None:
        return [refusal("SCR-004", "The subject failed screening.", "The subject cannot be allocated.")]
    confirmed = state.eligibility
    if confirmed is None or confirmed.decision != "eligible":
        remedy = "Ask the investigator to confirm it."
        return [refusal("ALC-003", "Eligibility is not confirmed.", remedy)]
    moved = [k for k, seq in confirmed.basis.items() if k not in state.forms or state.forms[k].seq != seq]
    if moved or confirmed.study_version != conduct.version:
        what = "A form" if moved else "The protocol"
        remedy = "Ask the investigator to confirm it again."
        return [refusal("ALC-004", f"{what} changed after eligibility was confirmed.", remedy)]
    screening = screen_subject(study, state, on)
    return [] if screening.eligible else explain_obstacles(study, screening)


def _check_levels(study: Study, levels: dict[str, str]) -> list[Finding]:
    wanting = [factor for factor, _ in protocol_of(study).strata if factor not in levels]
    return [
        refusal("ALC-005", f"The stratification factor {factor} is not known.", "Complete its form.", factor)
        for factor in wanting
    ]


def _check_holds(study: Study, conduct: StudyState, state: SubjectState) -> list[Finding]:
    scopes = [f"site:{state.site}", *(f"arm:{arm.id}" for arm in study.arms)]
    if conduct.holds_on(*scopes):
        remedy = "Wait until the hold is lifted."
        return [refusal("ALC-006", "Allocation is on hold.", remedy)]
    site = conduct.sites.get(state.site)
    if site is None or not site.open:
        return [refusal("SUB-001", "The site is not open.", "Ask the sponsor.")]
    return []


def _check_list(conduct: StudyState, stratum: str) -> list[Finding]:
    committed = conduct.lists.get(stratum)
    # One message for both: how long a list is, and how far it is used, is nobody's business at a site.
    if committed is None or conduct.slots_used.get(stratum, 0) >= committed.slots:
        remedy = "Call the person who holds the lists."
        return [refusal("ALC-007", "There is no allocation list to take the next place from.", remedy)]
    return []


def _check_planned(study: Study, conduct: StudyState) -> list[Finding]:
    planned = study.design.enrolment
    if planned is None or conduct.reached.get("allocated", 0) < planned.count:
        return []
    message = "The planned number of subjects is allocated already."
    return [warning("ALC-008", message, "Check with the sponsor whether enrolment goes on.")]
