"""Progression-free survival and time to progression, under stated rules of counting and censoring.

Three named sets of rules (house RECIST reference, section 9):

- ``STRICT_DOCUMENTED``: documented progression or death; censored at the last adequate assessment when new
  therapy came first or when two or more assessments were missed just before (FDA 2018 guidance, appendix 3,
  table A; the FDA's usual primary rule).
- ``ITT_ALL_EVENTS``: every objective progression or death counts on its date (EMA/CHMP/27994/2008/Rev.1).
- ``CLINICAL_PD_COUNTS``: clinical progression and the start of new therapy count too.

An adequate assessment is one whose overall response is not ``NE``. An assessment is missed when its whole
window lies strictly between the last adequate assessment (or the start) and the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from trialwright.outcomes.dates import DayCount
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.outcomes.traceability import Derived, merge_sources
from trialwright.study.findings import Finding, Place, Severity


class NewTherapy(StrEnum):
    """What the start of a new anticancer therapy before progression does."""

    CENSOR = "censor"
    IGNORE = "ignore"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class ProgressionRules:
    """One way of counting.

    ``missed_limit``: so many missed assessments before an event censor it (``None``: never).

    ``deaths_count`` false gives time to progression: a death without progression is censored at the last
    adequate assessment. ``clinical_counts``: clinical progression without a scan is an event.
    """

    code: str
    missed_limit: int | None = None
    new_therapy: NewTherapy = NewTherapy.IGNORE
    clinical_counts: bool = False
    baseline_required: bool = True
    deaths_count: bool = True


STRICT_DOCUMENTED = ProgressionRules("STRICT_DOCUMENTED", missed_limit=2, new_therapy=NewTherapy.CENSOR)
ITT_ALL_EVENTS = ProgressionRules("ITT_ALL_EVENTS", baseline_required=False)
CLINICAL_PD_COUNTS = ProgressionRules(
    "CLINICAL_PD_COUNTS", new_therapy=NewTherapy.EVENT, clinical_counts=True
)
PROGRESSION_RULES = {rules.code: rules for rules in (STRICT_DOCUMENTED, ITT_ALL_EVENTS, CLINICAL_PD_COUNTS)}


@dataclass(frozen=True, slots=True)
class AssessmentSchedule:
    """The planned tumour assessments: days after the start (day 0) and the half-width of the window."""

    days: tuple[int, ...]
    window_days: int = 7

    @classmethod
    def every(cls, interval_days: int, until_days: int, window_days: int = 7) -> AssessmentSchedule:
        """An assessment every ``interval_days`` up to and including day ``until_days``."""
        return cls(tuple(range(interval_days, until_days + 1, interval_days)), window_days)

    def compute_missed(self, after_day: int, before_day: int) -> int:
        """How many scheduled assessments have their whole window strictly between two days."""
        width = self.window_days
        return sum(1 for day in self.days if after_day < day - width and day + width < before_day)


@dataclass(frozen=True, slots=True)
class Assessment:
    """One overall time-point response; ``on`` is the last scan of the visit, ``first_scan_on`` the first.

    Progression is dated to the earliest scan that shows it, everything else to the last scan needed.
    """

    on: date
    response: str
    first_scan_on: date | None = None
    source_ids: tuple[int, ...] = ()

    @property
    def is_progression(self) -> bool:
        """Whether the overall response is ``PD``."""
        return self.response == "PD"

    @property
    def is_adequate(self) -> bool:
        """Whether the response was evaluable."""
        return self.response not in ("NE", "ND", "MISSING", "")

    @property
    def dated_on(self) -> date:
        """The date that counts: the earliest scan for progression, else the last."""
        return self.first_scan_on or self.on if self.is_progression else self.on


@dataclass(frozen=True, slots=True)
class ProgressionHistory:
    """What is known of one subject's disease from the start of the clock on."""

    subject: str
    start_on: date
    assessments: tuple[Assessment, ...] = ()
    baseline_adequate: bool = True
    died_on: date | None = None
    death_flag: str = ""
    clinical_progression_on: date | None = None
    new_therapy_on: date | None = None
    source_ids: tuple[int, ...] = ()
    death_source_ids: tuple[int, ...] = ()
    clinical_source_ids: tuple[int, ...] = ()
    therapy_source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Happening:
    """A candidate for the event. ``rank`` breaks ties of one day: PD, death, clinical PD, new therapy."""

    on: date
    rank: int
    reason: str
    source_ids: tuple[int, ...]
    flag: str = ""


def _find_events(history: ProgressionHistory, rules: ProgressionRules) -> list[_Happening]:
    """Everything that counts as an event under the rules, earliest first."""
    found = [_Happening(a.dated_on, 0, "PD", a.source_ids) for a in history.assessments if a.is_progression]
    if history.died_on is not None:
        found.append(_Happening(history.died_on, 1, "DEATH", history.death_source_ids, history.death_flag))
    if rules.clinical_counts and history.clinical_progression_on is not None:
        on = history.clinical_progression_on
        found.append(_Happening(on, 2, "CLINICAL_PD", history.clinical_source_ids))
    if rules.new_therapy is NewTherapy.EVENT and history.new_therapy_on is not None:
        found.append(_Happening(history.new_therapy_on, 3, "NEW_THERAPY", history.therapy_source_ids))
    return sorted(found, key=lambda happening: (happening.on, happening.rank))


def _find_last_adequate(history: ProgressionHistory, by: date | None) -> Assessment | None:
    usable = [a for a in history.assessments if a.is_adequate and not a.is_progression]
    within = [a for a in usable if by is None or a.on <= by]
    return max(within, key=lambda a: a.on, default=None)


def apply_cut(history: ProgressionHistory, cut_on: date) -> ProgressionHistory:
    """The history as it stood at the data cut: everything dated after it is dropped."""

    def kept(on: date | None) -> date | None:
        return on if on is not None and on <= cut_on else None

    return replace(
        history,
        assessments=tuple(a for a in history.assessments if a.dated_on <= cut_on),
        died_on=kept(history.died_on),
        clinical_progression_on=kept(history.clinical_progression_on),
        new_therapy_on=kept(history.new_therapy_on),
    )


def compute_progression_free(
    history: ProgressionHistory,
    rules: ProgressionRules,
    schedule: AssessmentSchedule,
    *,
    cut_on: date | None = None,
    day_count: DayCount = DayCount.INCLUSIVE,
    endpoint: str = "PFS",
) -> TimeToEvent:
    """Progression-free survival of one subject under ``rules``; a censoring names its rule."""
    known = history if cut_on is None else apply_cut(history, cut_on)

    def ended(on: date, event: bool, reason: str, flag: str, sources: tuple[int, ...]) -> TimeToEvent:
        merged = merge_sources(known.source_ids, sources)
        return TimeToEvent(
            known.subject, endpoint, known.start_on, on, event, reason, day_count, flag, merged
        )

    def censored(reason: str, by: date | None, cause: tuple[int, ...] = ()) -> TimeToEvent:
        last = _find_last_adequate(known, by)
        if last is None:
            return ended(known.start_on, False, reason or "RANDOMISATION", "", cause)
        sources = merge_sources(last.source_ids, cause)
        return ended(last.on, False, reason or "LAST_ADEQUATE_ASSESSMENT", "", sources)

    if rules.baseline_required and not known.baseline_adequate:
        return ended(known.start_on, False, "NO_BASELINE", "", ())
    events = _find_events(known, rules)
    first = events[0] if events else None
    therapy_on = known.new_therapy_on if rules.new_therapy is NewTherapy.CENSOR else None
    if therapy_on is not None and (first is None or therapy_on < first.on):
        return censored("NEW_THERAPY", therapy_on, known.therapy_source_ids)
    if first is None:
        return censored("", None)
    if first.reason == "DEATH" and not rules.deaths_count:
        return censored("DEATH_WITHOUT_PD", first.on, first.source_ids)
    last = _find_last_adequate(known, first.on)
    since = 0 if last is None else (last.on - known.start_on).days
    missed = schedule.compute_missed(since, (first.on - known.start_on).days)
    if rules.missed_limit is not None and missed >= rules.missed_limit:
        return censored(
            "TWO_OR_MORE_MISSED" if rules.missed_limit == 2 else "MISSED_ASSESSMENTS",
            first.on,
            first.source_ids,
        )
    return ended(first.on, True, first.reason, first.flag, first.source_ids)


def compute_time_to_progression(
    history: ProgressionHistory,
    rules: ProgressionRules,
    schedule: AssessmentSchedule,
    *,
    cut_on: date | None = None,
    day_count: DayCount = DayCount.INCLUSIVE,
) -> TimeToEvent:
    """Time to progression: as progression-free survival, but a death without progression is censored."""
    only_progression = replace(rules, deaths_count=False)
    return compute_progression_free(
        history, only_progression, schedule, cut_on=cut_on, day_count=day_count, endpoint="TTP"
    )


def check_progression_history(history: ProgressionHistory) -> list[Finding]:
    """Dates that cannot be, as findings (errors: the subject gets no row)."""
    place = Place(path=("subjects", history.subject))
    dated = {
        "a tumour assessment": [a.dated_on for a in history.assessments],
        "the death": [history.died_on],
        "the clinical progression": [history.clinical_progression_on],
        "the new therapy": [history.new_therapy_on],
    }
    found = [
        Finding(
            "TW-END-011",
            Severity.ERROR,
            f"The date of {what} lies before the start of the clock.",
            "Correct that date or the date of randomisation.",
            place,
        )
        for what, days in dated.items()
        if any(on is not None and on < history.start_on for on in days)
    ]
    died_on = history.died_on
    if died_on is not None and any(a.dated_on > died_on for a in history.assessments):
        found.append(
            Finding(
                "TW-END-012",
                Severity.ERROR,
                "A tumour assessment is dated after the death.",
                "Correct the date of the scan or the date of death.",
                place,
            )
        )
    return found


def derive_progression_free(
    histories: Sequence[ProgressionHistory],
    rules: ProgressionRules,
    schedule: AssessmentSchedule,
    *,
    cut_on: date | None = None,
    day_count: DayCount = DayCount.INCLUSIVE,
) -> Derived[TimeToEvent]:
    """Progression-free survival of every subject whose dates make sense; findings for the others."""
    rows: list[TimeToEvent] = []
    findings: list[Finding] = []
    for history in histories:
        wrong = check_progression_history(history)
        findings.extend(wrong)
        if not wrong:
            rows.append(
                compute_progression_free(history, rules, schedule, cut_on=cut_on, day_count=day_count)
            )
    return Derived(tuple(rows), tuple(findings))


def compute_next_due(schedule: AssessmentSchedule, start_on: date, today_on: date) -> date | None:
    """The first scheduled assessment whose window has not closed on ``today_on``; ``None`` after the last."""
    for day in schedule.days:
        if start_on + timedelta(days=day + schedule.window_days) >= today_on:
            return start_on + timedelta(days=day)
    return None
