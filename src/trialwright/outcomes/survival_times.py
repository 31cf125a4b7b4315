"""Overall survival and follow-up: from deaths and contacts to an event or a censoring with its reason.

Source: the house analysis reference, section 2. Overall survival runs from randomisation to death of any
cause;
who is not known to have died is censored at the last date known alive, at most the data cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from trialwright.outcomes.dates import (
    DEFAULT_IMPUTATION,
    DayCount,
    ImputationRule,
    ImputedDate,
    PartialDate,
    compute_days,
    compute_imputed_date,
    compute_months,
)
from trialwright.outcomes.traceability import Derived, merge_sources
from trialwright.study.findings import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class TimeToEvent:
    """One subject's time to one endpoint.

    ``event`` false means censored; ``reason`` says why either way (``DEATH``, ``LAST_KNOWN_ALIVE``, ...).
    ``days`` follows ``day_count``. ``date_flag`` is ``D`` or ``M`` when the end date was imputed.
    """

    subject: str
    endpoint: str
    start_on: date
    end_on: date
    event: bool
    reason: str
    day_count: DayCount = DayCount.INCLUSIVE
    date_flag: str = ""
    source_ids: tuple[int, ...] = ()

    @property
    def days(self) -> int:
        """Days from start to event or censoring."""
        return compute_days(self.start_on, self.end_on, self.day_count)

    @property
    def months(self) -> float:
        """The same in months of 30.4375 days."""
        return compute_months(self.days)

    @property
    def censor_code(self) -> int:
        """CDISC's CNSR: 0 for an event, 1 for a censoring."""
        return 0 if self.event else 1


@dataclass(frozen=True, slots=True)
class Contact:
    """Evidence that a subject was alive on a date: a visit, a sample, a scan, a telephone call."""

    on: date
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class VitalHistory:
    """What is known of one subject's life: the start of the clock, contacts, and the death if any."""

    subject: str
    start_on: date
    contacts: tuple[Contact, ...] = ()
    died_on: PartialDate | None = None
    source_ids: tuple[int, ...] = ()
    death_source_ids: tuple[int, ...] = ()


def _last_contact(history: VitalHistory) -> Contact | None:
    known = [contact for contact in history.contacts if contact.on >= history.start_on]
    return max(known, key=lambda contact: contact.on, default=None)


def compute_death_date(
    history: VitalHistory, rule: ImputationRule = DEFAULT_IMPUTATION
) -> ImputedDate | None:
    """The date of death, imputed where partial and never before the last contact; ``None`` when not dead."""
    if history.died_on is None:
        return None
    contact = _last_contact(history)
    return compute_imputed_date(history.died_on, rule, contact.on if contact else history.start_on)


def compute_overall_survival(
    history: VitalHistory,
    *,
    cut_on: date | None = None,
    rule: ImputationRule = DEFAULT_IMPUTATION,
    day_count: DayCount = DayCount.INCLUSIVE,
) -> TimeToEvent:
    """Overall survival of one subject.

    A death after the cut, or a contact after it, shows that the subject was alive at the cut: censored at the
    cut. A subject without any contact is censored at the start.
    """

    def ended(on: date, event: bool, reason: str, flag: str, sources: Iterable[int]) -> TimeToEvent:
        merged = merge_sources(history.source_ids, sources)
        return TimeToEvent(
            history.subject, "OS", history.start_on, on, event, reason, day_count, flag, merged
        )

    death = compute_death_date(history, rule)
    contact = _last_contact(history)
    if death is not None and (cut_on is None or death.on <= cut_on):
        return ended(death.on, True, "DEATH", death.flag, history.death_source_ids)
    if death is not None and cut_on is not None:
        return ended(cut_on, False, "DATA_CUT", "", history.death_source_ids)
    if contact is None:
        return ended(history.start_on, False, "NO_CONTACT_AFTER_START", "", ())
    if cut_on is not None and contact.on > cut_on:
        return ended(cut_on, False, "DATA_CUT", "", contact.source_ids)
    return ended(contact.on, False, "LAST_KNOWN_ALIVE", "", contact.source_ids)


def compute_follow_up(survival: TimeToEvent) -> TimeToEvent:
    """Time of follow-up by reverse Kaplan-Meier: censoring for survival is the event, death the censoring."""
    return replace(survival, endpoint="FOLLOW_UP", event=not survival.event)


def check_vital_history(history: VitalHistory, *, cut_on: date | None = None) -> list[Finding]:
    """What is impossible or contradictory in one subject's record of life, as findings."""
    place = Place(path=("subjects", history.subject))
    found: list[Finding] = []
    if history.died_on is not None and history.died_on.latest < history.start_on:
        found.append(
            Finding(
                "TW-END-001",
                Severity.ERROR,
                "The date of death lies before the start of the clock.",
                "Correct the date of death or the date of randomisation.",
                place,
            )
        )
    death = compute_death_date(history)
    if death is not None and death.contradicts and not found:
        found.append(
            Finding(
                "TW-END-002",
                Severity.ERROR,
                "A contact shows the subject alive after the recorded date of death.",
                "Correct the date of death or the date of the contact.",
                place,
            )
        )
    if cut_on is not None and history.start_on > cut_on:
        found.append(
            Finding(
                "TW-END-003",
                Severity.ERROR,
                "The clock starts after the data cut.",
                "Leave the subject out of this cut, or choose a later cut.",
                place,
            )
        )
    return found


def derive_overall_survival(
    histories: Sequence[VitalHistory],
    *,
    cut_on: date | None = None,
    rule: ImputationRule = DEFAULT_IMPUTATION,
    day_count: DayCount = DayCount.INCLUSIVE,
) -> Derived[TimeToEvent]:
    """Overall survival of every subject whose record of life makes sense; findings for the others.

    A subject with an error has no row: a wrong time is worse than a missing one. Rows keep the order given.
    """
    rows: list[TimeToEvent] = []
    findings: list[Finding] = []
    for history in histories:
        wrong = check_vital_history(history, cut_on=cut_on)
        findings.extend(wrong)
        if not wrong:
            rows.append(compute_overall_survival(history, cut_on=cut_on, rule=rule, day_count=day_count))
    return Derived(tuple(rows), tuple(findings))
