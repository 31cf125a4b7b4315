"""SDTM domains to survival times: OS, PFS, TTP and DoR of every randomised subject.

Randomisation: DS with DSDECOD RANDOMIZED, else RFSTDTC of DM (with a warning). Death: DTHDTC of DM, else DS
with DSDECOD DEATH. Alive: the latest date of any other domain up to the death. Responses: RS with RSTESTCD
OVRLRESP. New therapy: CM and PR whose category is one of the options.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trialwright.outcomes.dates import DayCount, PartialDate
from trialwright.outcomes.files.columns import (
    Column,
    FileShape,
    Row,
    Sheet,
    choose_evaluator,
    lacks_columns,
    open_sheet,
)
from trialwright.outcomes.progression_free import (
    STRICT_DOCUMENTED,
    Assessment,
    AssessmentSchedule,
    ProgressionHistory,
    ProgressionRules,
    check_progression_history,
    compute_progression_free,
    compute_time_to_progression,
)
from trialwright.outcomes.recist.best_response import (
    DEFAULT_RULES,
    BestResponseRules,
    ResponseHistory,
    compute_objective_response,
)
from trialwright.outcomes.recist.durations import compute_duration_of_response
from trialwright.outcomes.recist.responses import OVERALL_RESPONSES
from trialwright.outcomes.survival_times import (
    Contact,
    TimeToEvent,
    VitalHistory,
    check_vital_history,
    compute_death_date,
    compute_overall_survival,
)
from trialwright.outcomes.traceability import Derived
from trialwright.study.findings import Finding, Place, Severity

Domains = Mapping[str, Sequence[Row]]
"""Domain code (DM, DS, RS, ...) -> its rows."""

_SUBJECT = Column("subject", "Identifier of the subject.", ("USUBJID",), True)
DM = FileShape(
    "SDTM DM",
    (
        _SUBJECT,
        Column("arm", "Planned arm.", ("ARM", "ARMCD")),
        Column("reference", "Reference start date.", ("RFSTDTC",)),
        Column("death", "Date of death.", ("DTHDTC",)),
        Column("died", "Death flag.", ("DTHFL",)),
    ),
)
DS = FileShape(
    "SDTM DS",
    (
        _SUBJECT,
        Column("term", "Standardised disposition term.", ("DSDECOD",), True),
        Column("date", "Date of the event.", ("DSSTDTC", "DSDTC"), True),
    ),
)
RS = FileShape(
    "SDTM RS",
    (
        _SUBJECT,
        Column("test", "Test code.", ("RSTESTCD",), True),
        Column("response", "Response.", ("RSSTRESC", "RSORRES"), True),
        Column("date", "Date of the assessment.", ("RSDTC",), True),
        Column("evaluator", "Who assessed.", ("RSEVAL",)),
        Column("category", "Criteria; rows of iRECIST are left out.", ("RSCAT",)),
    ),
)
THERAPY = FileShape(
    "SDTM CM or PR",
    (
        _SUBJECT,
        Column("category", "Category.", ("CMCAT", "PRCAT"), True),
        Column("date", "Start.", ("CMSTDTC", "PRSTDTC"), True),
    ),
)

_NO_EVIDENCE = frozenset({"DM", "TA", "TE", "TI", "TS", "TV", "CO", "RELREC", "SUPPDM"})
_NOT_ALIVE_TERMS = frozenset({"DEATH", "LOST TO FOLLOW-UP"})


@dataclass(frozen=True, slots=True)
class SurvivalOptions:
    """How the times are derived; all belong in the analysis plan."""

    schedule: AssessmentSchedule
    rules: ProgressionRules = STRICT_DOCUMENTED
    response_rules: BestResponseRules = DEFAULT_RULES
    confirmed_response: bool = False
    cut_on: date | None = None
    day_count: DayCount = DayCount.INCLUSIVE
    evaluator: str = ""
    therapy_categories: frozenset[str] = frozenset(
        {
            "ANTI-CANCER THERAPY",
            "ANTICANCER THERAPY",
            "SUBSEQUENT ANTI-CANCER THERAPY",
            "NEW ANTI-CANCER THERAPY",
        }
    )


@dataclass(slots=True)
class _Subject:
    """One subject's dates, gathered from the domains."""

    arm: str = ""
    randomised_on: date | None = None
    reference_on: date | None = None
    died_on: PartialDate | None = None
    died: bool = False
    alive: list[date] = field(default_factory=list[date])
    assessments: list[Assessment] = field(default_factory=list[Assessment])
    therapy_on: date | None = None


def _open(domains: Domains, code: str, shape: FileShape, findings: list[Finding]) -> Sheet | None:
    """The sheet of a domain; ``None`` where it is absent or lacks a column (a finding then says so)."""
    rows = domains.get(code)
    if not rows:
        return None
    sheet = open_sheet(code, shape, rows)
    findings.extend(sheet.findings)
    sheet.findings.clear()
    return None if lacks_columns(sheet) else sheet


def _gather_subjects(domains: Domains, findings: list[Finding]) -> dict[str, _Subject]:
    subjects: dict[str, _Subject] = {}
    dm = _open(domains, "DM", DM, findings)
    if dm is None:
        message, remedy = "The domain DM is missing or empty.", "Add it: it lists the subjects."
        findings.append(Finding("TW-TAB-060", Severity.ERROR, message, remedy, Place("DM")))
        return subjects
    for row in range(len(dm.rows)):
        reference = dm.partial_date(row, "reference")
        whole = reference if reference is not None and reference.day is not None else None
        subjects[dm.text(row, "subject")] = _Subject(
            dm.text(row, "arm"),
            reference_on=None if whole is None else whole.earliest,
            died_on=dm.partial_date(row, "death"),
            died=dm.flag(row, "died"),
        )
    ds = _open(domains, "DS", DS, findings)
    for row in range(len(ds.rows)) if ds is not None else ():
        subject = subjects.get(ds.text(row, "subject")) if ds is not None else None
        if ds is None or subject is None:
            continue
        term = ds.text(row, "term").upper()
        if term in ("RANDOMIZED", "RANDOMISED"):
            subject.randomised_on = ds.whole_date(row, "date")
        elif term == "DEATH" and subject.died_on is None:
            subject.died_on = ds.partial_date(row, "date")
    findings.extend(dm.findings)
    findings.extend(ds.findings if ds is not None else ())
    return subjects


def _gather_contacts(domains: Domains, subjects: Mapping[str, _Subject]) -> None:
    """Every start or collection date of every other domain shows the subject alive on that day."""
    shape = FileShape("any domain", (_SUBJECT, Column("term", "Term.", ("DSDECOD",))))
    for code, rows in domains.items():
        if code in _NO_EVIDENCE or not rows:
            continue
        columns = [n for n in rows[0] if n.upper() in (f"{code}DTC", f"{code}STDTC")]
        sheet = open_sheet(code, shape, rows)
        for name in columns:
            sheet.names[name] = name
        for row in range(len(rows)):
            subject = subjects.get(sheet.text(row, "subject"))
            if subject is None or sheet.text(row, "term").upper() in _NOT_ALIVE_TERMS:
                continue
            dates = [sheet.partial_date(row, name) for name in columns]
            subject.alive.extend(on.earliest for on in dates if on is not None)


def _gather_responses(
    domains: Domains, subjects: Mapping[str, _Subject], evaluator: str, out: list[Finding]
) -> None:
    sheet = _open(domains, "RS", RS, out)
    if sheet is None:
        return
    evaluator = choose_evaluator(sheet, evaluator)
    for row in range(len(sheet.rows)):
        subject = subjects.get(sheet.text(row, "subject"))
        if subject is None or sheet.text(row, "test").upper() != "OVRLRESP":
            continue
        if "IRECIST" in sheet.text(row, "category").upper():
            continue
        if evaluator and sheet.text(row, "evaluator") != evaluator:
            continue
        response, on = sheet.text(row, "response").upper(), sheet.whole_date(row, "date")
        if response not in OVERALL_RESPONSES:
            message = "This is not an overall response of RECIST 1.1."
            remedy = f"Use one of {', '.join(sorted(OVERALL_RESPONSES))}."
            sheet.report("TW-TAB-020", Severity.ERROR, row, "response", message, remedy)
        elif on is not None and any(a.on == on and a.response != response for a in subject.assessments):
            message = "The subject has two different responses on this date."
            sheet.report("TW-TAB-022", Severity.ERROR, row, "date", message, "Choose one evaluator.")
        elif on is not None:
            subject.assessments.append(Assessment(on, response))
    out.extend(sheet.findings)


def _gather_therapy(
    domains: Domains, subjects: Mapping[str, _Subject], options: SurvivalOptions, out: list[Finding]
) -> None:
    for code in ("CM", "PR"):
        rows = domains.get(code)
        if not rows or not any(n.upper() == f"{code}CAT" for n in rows[0]):
            continue
        sheet = _open(domains, code, THERAPY, out)
        for row in range(len(rows)) if sheet is not None else ():
            subject = subjects.get(sheet.text(row, "subject")) if sheet is not None else None
            if sheet is None or subject is None:
                continue
            if sheet.text(row, "category").upper() not in options.therapy_categories:
                continue
            on = sheet.partial_date(row, "date")
            began = None if on is None else on.earliest
            start = subject.randomised_on or subject.reference_on
            if began is not None and start is not None and began >= start:
                subject.therapy_on = min(began, subject.therapy_on or began)
        out.extend(sheet.findings if sheet is not None else ())


def _derive_subject(
    name: str, subject: _Subject, options: SurvivalOptions, out: list[Finding]
) -> list[TimeToEvent]:
    """All times of one subject; findings and no rows where its dates are impossible."""
    start = subject.randomised_on or subject.reference_on
    if start is None:
        return []
    place = Place("DM", path=("subjects", name))
    if subject.died and subject.died_on is None:
        message, remedy = "The subject is flagged as dead without a date of death.", "Give the date."
        out.append(Finding("TW-TAB-061", Severity.ERROR, message, remedy, place))
        return []
    alive = sorted(subject.alive)
    if subject.died_on is not None and alive and alive[-1] > subject.died_on.latest:
        message = "A record is dated after the death; it was not taken as a sign of life."
        out.append(Finding("TW-TAB-062", Severity.WARNING, message, "Check the dates.", place))
        last_on = subject.died_on.latest
        alive = [on for on in alive if on <= last_on]
    vital = VitalHistory(name, start, tuple(Contact(on) for on in alive), subject.died_on)
    death = compute_death_date(vital)
    seen = tuple(a for a in subject.assessments if a.on >= start and (death is None or a.on <= death.on))
    if len(seen) < len([a for a in subject.assessments if death is not None and a.on >= start]):
        message = "A tumour assessment is dated after the death and was left out."
        out.append(Finding("TW-TAB-063", Severity.WARNING, message, "Check the dates.", place))
    course = ProgressionHistory(
        name,
        start,
        seen,
        died_on=None if death is None else death.on,
        death_flag="" if death is None else death.flag,
        new_therapy_on=subject.therapy_on,
    )
    wrong = [*check_vital_history(vital, cut_on=options.cut_on), *check_progression_history(course)]
    if wrong:
        out.extend(wrong)
        return []
    response = compute_objective_response(
        ResponseHistory(name, start, seen, subject.therapy_on),
        options.response_rules,
        confirmed=options.confirmed_response,
    )
    cut, count, plan = options.cut_on, options.day_count, options.schedule
    duration = compute_duration_of_response(
        course, response, options.rules, plan, cut_on=cut, day_count=count
    )
    return [
        compute_overall_survival(vital, cut_on=cut, day_count=count),
        compute_progression_free(course, options.rules, plan, cut_on=cut, day_count=count),
        compute_time_to_progression(course, options.rules, plan, cut_on=cut, day_count=count),
        *([] if duration is None else [duration]),
    ]


def derive_survival_rows(domains: Domains, options: SurvivalOptions) -> Derived[dict[str, object]]:
    """A row for every randomised subject and endpoint (DOR for responders only).

    Columns: subject, arm, endpoint, start_date, end_date, event, censor_code (0 event, 1 censored), reason,
    days, months, date_flag.
    """
    findings: list[Finding] = []
    subjects = _gather_subjects(domains, findings)
    _gather_contacts(domains, subjects)
    _gather_responses(domains, subjects, options.evaluator, findings)
    _gather_therapy(domains, subjects, options, findings)
    by_disposition = any(s.randomised_on is not None for s in subjects.values())
    if subjects and not by_disposition:
        message = "DS names nobody as randomised; the reference start date (RFSTDTC) was taken as the start."
        remedy = "Add the randomisation to DS (DSDECOD RANDOMIZED)."
        findings.append(Finding("TW-TAB-064", Severity.WARNING, message, remedy, Place("DS")))
    rows: list[dict[str, object]] = []
    for name, subject in subjects.items():
        if by_disposition and subject.randomised_on is None:
            continue
        for time in _derive_subject(name, subject, options, findings):
            rows.append(
                {
                    "subject": name,
                    "arm": subject.arm,
                    "endpoint": time.endpoint,
                    "start_date": time.start_on,
                    "end_date": time.end_on,
                    "event": "Y" if time.event else "N",
                    "censor_code": time.censor_code,
                    "reason": time.reason,
                    "days": time.days,
                    "months": time.months,
                    "date_flag": time.date_flag,
                }
            )
    return Derived(tuple(rows), tuple(findings))
