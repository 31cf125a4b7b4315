"""The study as a whole: versions, sites, allocation lists, holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialwright.study.findings import Finding
from trialwright.study.model.study import Study
from trialwright.trial.allocation import list_strata
from trialwright.trial.dates import local_date
from trialwright.trial.enrolment import check_past_date
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.randomisation import GENERATOR, make_block_list
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.study_state import StudyState


@dataclass(frozen=True, slots=True)
class AdoptStudy:
    """Put a study file in force: the first activates the study, a later one amends it (then with a
    reason).

    ``simulated`` marks the study as a rehearsal when it is activated; nothing takes the mark away again.
    """

    study: Study
    reason: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class OpenSite:
    """Let a site of the study file enrol. ``opened_on`` is a local date; empty means today."""

    site: str
    opened_on: str = ""


@dataclass(frozen=True, slots=True)
class CloseSite:
    """Stop a site from enrolling; its subjects are followed on."""

    site: str
    closed_on: str = ""


@dataclass(frozen=True, slots=True)
class CommitAllocationList:
    """Make the lists of every stratum that has none from ``seed``; empty draws one from the context's
    entropy.
    """

    seed: str = ""


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Stop allocation and giving in ``scope``: ``study``, ``site:x``, ``arm:x`` or ``product:x``."""

    scope: str
    words: str


@dataclass(frozen=True, slots=True)
class LiftHold:
    """Lift a hold, saying why."""

    hold: str
    words: str


@dataclass(frozen=True, slots=True)
class SealedList:
    """One stratum's allocation list on its way into the vault; never shown, logged or exported."""

    stratum: str
    allocations: tuple[str, ...]
    seed: str
    algorithm: str
    parameters: dict[str, list[int] | list[str]]


def decide_adoption(
    conduct: StudyState | None, command: AdoptStudy, version: str, _actor: Actor, now: datetime
) -> Decision:
    """Activates the study or adopts an amendment whose content hash is ``version``.

    Refuses another study, the version in force, and an amendment without a reason.
    """
    study = command.study
    payload = {"version": version, "protocol_version": study.version, "study": study.id}
    on = now.date().isoformat()
    if conduct is None:
        marked = payload | ({"simulated": True} if command.simulated else {})
        return Decision((Event(Kind.STUDY_ACTIVATED, marked, "", on, command.reason),))
    if conduct.study != study.id:
        return refuse("ADM-001", "This file is another study's.", "Choose the file of this study.", "study")
    if conduct.version == version:
        return refuse("ADM-002", "This version is in force already.", "Nothing is to be done.", "study")
    if not command.reason.strip():
        return refuse("ADM-003", "An amendment needs its reason.", "Say what changes and why.", "reason")
    return Decision((Event(Kind.STUDY_VERSION_ADOPTED, payload, "", on, command.reason),))


def decide_site_opening(
    study: Study, conduct: StudyState, command: OpenSite, _actor: Actor, now: datetime
) -> Decision:
    """Opens a site of the study file; its number in subject codes is its place in the file."""
    today = local_date(study, command.site, now).isoformat()
    on = command.opened_on or today
    problems = check_past_date(on, today, "SUB-003", "opened_on")
    numbers = {site.id: number for number, site in enumerate(study.sites, start=1)}
    if command.site not in numbers:
        remedy = "Add the site to the study file and adopt it."
        problems.append(refusal("ADM-004", "The study file has no such site.", remedy, "site"))
    before = conduct.sites.get(command.site)
    if before is not None and before.open:
        problems.append(refusal("ADM-005", "The site is open already.", "Nothing is to be done.", "site"))
    if problems:
        return Decision(refusals=tuple(problems))
    number = before.number if before else _next_number(conduct, numbers[command.site])
    return Decision((Event(Kind.SITE_OPENED, {"site": command.site, "number": number}, "", on),))


def _next_number(conduct: StudyState, wanted: int) -> int:
    """The place in the file, or the next free number where an amendment moved another site there."""
    taken = {site.number for site in conduct.sites.values()}
    return wanted if wanted not in taken else max(taken) + 1


def decide_site_closing(
    study: Study, conduct: StudyState, command: CloseSite, _actor: Actor, now: datetime
) -> Decision:
    """Closes an open site."""
    before = conduct.sites.get(command.site)
    if before is None or not before.open:
        return refuse("ADM-006", "The site is not open.", "Nothing is to be done.", "site")
    today = local_date(study, command.site, now).isoformat()
    on = command.closed_on or today
    problems = check_past_date(on, today, "SUB-003", "closed_on")
    if problems:
        return Decision(refusals=tuple(problems))
    return Decision((Event(Kind.SITE_CLOSED, {"site": command.site}, "", on),))


def make_sealed_list(study: Study, stratum: str, seed: str) -> SealedList:
    """The list of one stratum by the study's method, long enough for ``list_length_factor`` times the
    planned number.
    """
    design = study.design
    if design.randomisation is None or design.enrolment is None:
        raise ValueError("the study file states no randomisation, or no planned number")
    arms, ratio = [arm.id for arm in study.arms], [arm.ratio for arm in study.arms]
    sizes = design.randomisation.block_sizes
    slots = max(design.enrolment.count, 1) * design.randomisation.list_length_factor
    allocations = make_block_list(seed, stratum, arms, ratio, sizes, slots)
    parameters = {"arms": arms, "ratio": ratio, "block_sizes": list(sizes), "slots": [slots]}
    method = f"{design.randomisation.method} {GENERATOR}"
    return SealedList(stratum, allocations, seed, method, parameters)


def check_list_can_be_made(study: Study, conduct: StudyState) -> list[Finding]:
    """Findings where the study file has no randomisation, or every stratum has its list."""
    if study.design.randomisation is None or study.design.enrolment is None:
        remedy = "State both in the study file's design."
        return [refusal("ADM-007", "The study states no randomisation or no planned number.", remedy)]
    if not missing_strata(study, conduct):
        return [refusal("ADM-008", "Every stratum has its list.", "Nothing is to be done.")]
    return []


def missing_strata(study: Study, conduct: StudyState) -> tuple[str, ...]:
    """The strata without a committed list."""
    return tuple(stratum for stratum in list_strata(study) if stratum not in conduct.lists)


def commitment_event(stratum: str, commitment: str, slots: int) -> Event:
    """What the ledger learns of a list: the hash that commits to it and its length, never an arm."""
    payload = {"stratum": stratum, "commitment": commitment, "slots": slots}
    return Event(Kind.ALLOCATION_COMMITTED, payload)


def decide_hold(
    study: Study, conduct: StudyState, command: PlaceHold, _actor: Actor, now: datetime
) -> Decision:
    """Places a hold. Refuses an unknown scope and an empty reason."""
    known = {
        "study",
        *(f"site:{site.id}" for site in study.sites),
        *(f"arm:{arm.id}" for arm in study.arms),
        *(f"product:{product.id}" for product in study.products),
    }
    if command.scope not in known:
        remedy = "Write study, site:x, arm:x or product:x."
        return refuse("ADM-009", "The scope of the hold is not known.", remedy, "scope")
    if not command.words.strip():
        return refuse("ADM-010", "A hold needs its reason.", "Say why.", "words")
    payload = {"hold": f"H{conduct.last_seq + 1}", "scope": command.scope, "words": command.words}
    event = Event(Kind.HOLD_PLACED, payload, "", now.date().isoformat(), command.words)
    return Decision((event,))


def decide_lifting(
    _study: Study, conduct: StudyState, command: LiftHold, _actor: Actor, now: datetime
) -> Decision:
    """Lifts a hold that is in force. Refuses an empty reason."""
    if command.hold not in conduct.holds:
        return refuse("ADM-011", "There is no such hold.", "Reload the list of holds.", "hold")
    if not command.words.strip():
        return refuse("ADM-010", "Lifting a hold needs its reason.", "Say why.", "words")
    payload = {"hold": command.hold}
    event = Event(Kind.HOLD_LIFTED, payload, "", now.date().isoformat(), command.words)
    return Decision((event,))
