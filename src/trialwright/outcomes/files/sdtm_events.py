"""SDTM's AE, EX and DM to the safety tables: overview, worst grades by class and term, lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from trialwright.outcomes.adverse_events import (
    AdverseEvent,
    TreatmentPeriod,
    derive_overview,
    derive_treatment_emergent,
    derive_worst_grades,
)
from trialwright.outcomes.dates import PartialDate
from trialwright.outcomes.files.columns import Column, FileShape, Row, Sheet, lacks_columns, open_sheet
from trialwright.outcomes.listings import derive_event_lines
from trialwright.study.findings import Finding, Severity

_SUBJECT = Column("subject", "Identifier of the subject.", ("USUBJID",), True)
DM = FileShape(
    "SDTM DM",
    (
        _SUBJECT,
        Column("arm", "Arm of analysis: the actual arm.", ("ACTARM", "ACTARMCD", "ARM", "ARMCD"), True),
    ),
)
EX = FileShape(
    "SDTM EX",
    (
        _SUBJECT,
        Column("start", "Start of the dose.", ("EXSTDTC",), True),
        Column("end", "End of the dose.", ("EXENDTC",)),
        Column("dose", "Amount; rows with 0 are not exposure.", ("EXDOSE",)),
    ),
)
AE = FileShape(
    "SDTM AE",
    (
        _SUBJECT,
        Column("event", "Number of the event.", ("AESEQ", "AESPID")),
        Column("verbatim", "The reporter's words.", ("AETERM",)),
        Column("term", "Preferred term.", ("AEDECOD",), True),
        Column("organ_class", "System organ class.", ("AEBODSYS", "AESOC"), True),
        Column("grade", "Toxicity grade 1 to 5.", ("AETOXGR", "AETOXGRN"), True),
        Column("start", "Start.", ("AESTDTC",), True),
        Column("end", "End.", ("AEENDTC",)),
        Column("serious", "Serious.", ("AESER",)),
        Column("related", "Causality.", ("AEREL",)),
        Column("action", "Action taken.", ("AEACN",)),
        Column("outcome", "Outcome.", ("AEOUT",)),
        Column("fatal", "Results in death.", ("AESDTH",)),
    ),
)

_RELATED = frozenset(
    {"Y", "YES", "RELATED", "POSSIBLE", "PROBABLE", "DEFINITE", "POSSIBLY RELATED", "PROBABLY RELATED"}
)


@dataclass(frozen=True, slots=True)
class SafetyTables:
    """The rows of the three tables and the findings about the input."""

    overview: tuple[dict[str, object], ...]
    worst_grades: tuple[dict[str, object], ...]
    lines: tuple[dict[str, object], ...]
    findings: tuple[Finding, ...]


def _read_grade(sheet: Sheet, row: int) -> int | None:
    text = sheet.text(row, "grade")
    if text in ("1", "2", "3", "4", "5"):
        return int(text)
    if text:
        message, remedy = "This is not a grade.", "Use 1 to 5; leave it empty where it is not yet known."
        sheet.report("TW-TAB-070", Severity.ERROR, row, "grade", message, remedy)
    return None


def _settle_onset(onset: PartialDate | None, period: TreatmentPeriod | None) -> date | None:
    """A whole onset as it is; a partial one only where it surely lies outside the treatment period.

    Otherwise it stays unknown, and an event of unknown onset counts as treatment-emergent.
    """
    if onset is None:
        return None
    if onset.earliest == onset.latest or period is None or period.first_on is None:
        return onset.earliest
    if onset.latest < period.first_on:
        return onset.latest
    ends_on = period.ends_on
    return onset.earliest if ends_on is not None and onset.earliest > ends_on else None


def _read_event(sheet: Sheet, row: int, periods: Mapping[str, TreatmentPeriod]) -> AdverseEvent:
    onset = _settle_onset(sheet.partial_date(row, "start"), periods.get(sheet.text(row, "subject")))
    ended = sheet.partial_date(row, "end")
    related = sheet.text(row, "related").upper() in _RELATED
    return AdverseEvent(
        sheet.text(row, "subject"),
        sheet.text(row, "event") or str(row + 1),
        sheet.text(row, "term"),
        sheet.text(row, "organ_class"),
        _read_grade(sheet, row),
        onset,
        # An end known only by month or year ends no earlier than its last possible day.
        ended.latest if ended is not None else None,
        sheet.text(row, "verbatim"),
        serious=sheet.flag(row, "serious"),
        related_to=frozenset({"study treatment"}) if related else frozenset(),
        led_to_stop=sheet.text(row, "action").upper() == "DRUG WITHDRAWN",
        fatal=sheet.flag(row, "fatal") or sheet.text(row, "outcome").upper() == "FATAL",
    )


def _read_periods(sheet: Sheet, window_days: int) -> dict[str, TreatmentPeriod]:
    dates: dict[str, list[date]] = {}
    for row in range(len(sheet.rows)):
        dose = sheet.number(row, "dose") if sheet.has("dose") else None
        if dose is not None and dose == 0:
            continue
        for column in ("start", "end"):
            on = sheet.partial_date(row, column)
            if on is not None:
                dates.setdefault(sheet.text(row, "subject"), []).append(on.earliest)
    return {s: TreatmentPeriod(s, min(d), max(d), window_days=window_days) for s, d in dates.items()}


def derive_safety_tables(
    domains: Mapping[str, Sequence[Row]], *, window_days: int = 30, sort_arm: str | None = None
) -> SafetyTables:
    """The tables of treatment-emergent events on the safety set (subjects with any exposure).

    Lines hold every event of the set, treatment-emergent or not.
    """
    dm = open_sheet("DM", DM, domains.get("DM", ()), None)
    ex = open_sheet("EX", EX, domains.get("EX", ()), None)
    ae = open_sheet("AE", AE, domains.get("AE", ()), None)
    if any(lacks_columns(sheet) for sheet in (dm, ex)) or (domains.get("AE") and lacks_columns(ae)):
        return SafetyTables((), (), (), (*dm.findings, *ex.findings, *ae.findings))
    periods = _read_periods(ex, window_days)
    arms = {
        dm.text(row, "subject"): dm.text(row, "arm")
        for row in range(len(dm.rows))
        if dm.text(row, "subject") in periods
    }
    events = [_read_event(ae, row, periods) for row in range(len(ae.rows))] if not lacks_columns(ae) else []
    emergent = derive_treatment_emergent(events, list(periods.values()))
    overview: list[dict[str, object]] = [
        {
            "arm": row.arm,
            "kind": row.kind,
            "subjects": row.count,
            "at_risk": row.at_risk,
            "share": row.share,
            "events": row.events,
        }
        for row in derive_overview(emergent, arms)
    ]
    worst: list[dict[str, object]] = [
        {
            "arm": row.arm,
            "organ_class": row.organ_class,
            "term": row.term,
            **{f"grade_{grade}": count for grade, count in row.by_grade.items()},
            "ungraded": row.ungraded,
            "any_grade": row.any_grade,
            "grade_3_or_higher": row.at_least(3),
            "at_risk": row.at_risk,
            "events": row.events,
        }
        for row in derive_worst_grades(emergent, arms, sort_arm=sort_arm)
    ]
    lines = [asdict(line) for line in derive_event_lines(events, arms, list(periods.values()))]
    for line in lines:
        line["related_to"] = ", ".join(line["related_to"])
        del line["source_ids"]
    findings = (*dm.findings, *ex.findings, *ae.findings)
    return SafetyTables(tuple(overview), tuple(worst), tuple(lines), findings)
