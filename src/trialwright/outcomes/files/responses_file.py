"""Time-point responses to best overall response, objective response and clinical benefit, a row a subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trialwright.outcomes.files.columns import (
    Column,
    FileShape,
    Row,
    Sheet,
    choose_evaluator,
    lacks_columns,
    open_sheet,
)
from trialwright.outcomes.progression_free import Assessment
from trialwright.outcomes.recist.best_response import (
    DEFAULT_RULES,
    BestResponseRules,
    ResponseHistory,
    compute_best_response,
    compute_clinical_benefit,
    compute_objective_response,
    find_usable,
)
from trialwright.outcomes.recist.responses import OVERALL_RESPONSES, RESPONSE_CODES
from trialwright.outcomes.traceability import Derived
from trialwright.study.findings import Severity

_SUBJECT = Column("subject", "Identifier of the subject.", ("USUBJID", "SUBJID", "subject_id"), True)

RESPONSES = FileShape(
    "Time-point responses",
    (
        _SUBJECT,
        Column("date", "Date of the assessment.", ("ADT", "RSDTC", "ADTC"), True),
        Column(
            "response",
            "Overall response: CR, PR, SD, NON-CR/NON-PD, PD, NE, ND or NED.",
            ("AVALC", "RSSTRESC", "RSORRES", "overall_response"),
            True,
        ),
        Column(
            "parameter",
            "Where the file holds several parameters: rows OVR, OVRLRESP or OVERALL are used; a row PD with "
            "response Y gives the date of first progression, after which nothing counts.",
            ("PARAMCD", "RSTESTCD"),
        ),
        Column("analysed", "Where given, only rows with Y are used.", ("ANL01FL",)),
        Column("evaluator", "Who read the scans; see the option.", ("RSEVAL",)),
        Column("source_id", "Number of the ledger event, carried into the result."),
    ),
)

REFERENCE = FileShape(
    "Reference dates",
    (
        _SUBJECT,
        Column(
            "reference_date",
            "Randomisation or first dose: the windows count from here.",
            ("RANDDT", "TRTSDT", "TRTSDTC", "RFSTDTC", "randomised_on", "randomisation_date"),
            True,
        ),
        Column("arm", "Arm, carried into the result.", ("ARM", "TRT01P", "ARMCD")),
        Column(
            "new_therapy_date",
            "Start of new anticancer therapy: assessments from that day on do not count.",
            ("NACTDT", "NEWTHERDT"),
        ),
    ),
)

_USED_PARAMETERS = frozenset({"OVR", "OVRLRESP", "OVERALL"})


def _read_assessments(sheet: Sheet, evaluator: str) -> tuple[dict[str, list[Assessment]], dict[str, date]]:
    """The assessments of every subject, and the dates of first progression where the file gives them."""
    found: dict[str, list[Assessment]] = {}
    progressed: dict[str, date] = {}
    evaluator = choose_evaluator(sheet, evaluator)
    for row in range(len(sheet.rows)):
        subject = sheet.text(row, "subject")
        parameter = sheet.text(row, "parameter").upper()
        if not subject:
            message, remedy = "The row has no subject.", "Give the subject or remove the row."
            sheet.report("TW-TAB-013", Severity.ERROR, row, "subject", message, remedy)
            continue
        if sheet.has("analysed") and not sheet.flag(row, "analysed"):
            continue
        if evaluator and sheet.has("evaluator") and sheet.text(row, "evaluator") != evaluator:
            continue
        if parameter == "PD" and sheet.flag(row, "response"):
            on = sheet.whole_date(row, "date")
            if on is not None:
                progressed[subject] = min(on, progressed.get(subject, on))
            continue
        if sheet.has("parameter") and parameter not in _USED_PARAMETERS:
            continue
        assessment = _read_assessment(sheet, row)
        if assessment is None:
            continue
        mine = found.setdefault(subject, [])
        if any(a.on == assessment.on for a in mine):
            message = "The subject has two responses on this date."
            remedy = "Keep one (choose an evaluator where there are several)."
            sheet.report("TW-TAB-022", Severity.ERROR, row, "date", message, remedy)
            continue
        mine.append(assessment)
    return found, progressed


def _read_assessment(sheet: Sheet, row: int) -> Assessment | None:
    response = sheet.text(row, "response").upper()
    on = sheet.whole_date(row, "date")
    if response not in OVERALL_RESPONSES:
        message = "This is not an overall response of RECIST 1.1."
        remedy = f"Use one of {', '.join(sorted(OVERALL_RESPONSES))}."
        sheet.report("TW-TAB-020", Severity.ERROR, row, "response", message, remedy)
        return None
    if on is None:
        if sheet.value(row, "date") is None:
            message, remedy = "The response has no date.", "Give the date of the assessment."
            sheet.report("TW-TAB-021", Severity.ERROR, row, "date", message, remedy)
        return None
    return Assessment(on, response, source_ids=sheet.source_ids(row))


def _result(history: ResponseHistory, rules: BestResponseRules, arm: str) -> dict[str, object]:
    """One output row."""
    plain = compute_best_response(history, rules)
    sure = compute_best_response(history, rules, confirmed=True)
    row: dict[str, object] = {"subject": history.subject, "arm": arm, "reference_date": history.reference_on}
    for name, best in (("best_response", plain), ("confirmed_best_response", sure)):
        row[name] = best.response.value
        row[f"{name}_date"] = best.on
        row[f"{name}_code"] = RESPONSE_CODES.get(best.response)
    row["confirmed_on"] = sure.confirmed_on
    for confirmed, prefix in ((False, ""), (True, "confirmed_")):
        response = compute_objective_response(history, rules, confirmed=confirmed)
        benefit = compute_clinical_benefit(history, rules, confirmed=confirmed)
        for name, answer in (("objective_response", response), ("clinical_benefit", benefit)):
            row[f"{prefix}{name}"] = "Y" if answer.value else "N"
            row[f"{prefix}{name}_date"] = answer.on
    row["assessments_used"] = len(find_usable(history, rules))
    row["review"] = " ".join(plain.review)
    row["source_ids"] = " ".join(str(n) for n in sure.source_ids or plain.source_ids)
    return row


def derive_best_response_rows(
    responses: Sequence[Row],
    reference: Sequence[Row],
    rules: BestResponseRules = DEFAULT_RULES,
    *,
    evaluator: str = "",
    responses_file: str = "RESPONSES",
    reference_file: str = "REFERENCE",
) -> Derived[dict[str, object]]:
    """One row for every subject of ``reference``, in its order, also for those without any response.

    Assessments before the reference date do not count (a warning names them). Subjects with responses but
    without a reference date get no row and a finding.
    """
    sheet = open_sheet(responses_file, RESPONSES, responses)
    base = open_sheet(reference_file, REFERENCE, reference)
    if (responses and lacks_columns(sheet)) or lacks_columns(base):
        return Derived((), (*sheet.findings, *base.findings))
    found, progressed = _read_assessments(sheet, evaluator) if responses else ({}, {})
    rows: list[dict[str, object]] = []
    seen: set[str] = set()
    for index in range(len(reference)):
        subject = base.text(index, "subject")
        on = base.whole_date(index, "reference_date")
        if subject in seen:
            message, remedy = "The subject stands here twice.", "Keep one row a subject."
            base.report("TW-TAB-023", Severity.ERROR, index, "subject", message, remedy)
            continue
        seen.add(subject)
        if on is None:
            if base.value(index, "reference_date") is None:
                message, remedy = "The subject has no reference date.", "Give it; the windows count from it."
                base.report("TW-TAB-024", Severity.ERROR, index, "reference_date", message, remedy)
            continue
        mine = found.get(subject, [])
        last = progressed.get(subject)
        kept = tuple(a for a in mine if last is None or a.on <= last)
        if any(a.on < on for a in kept) and not rules.count_before_reference:
            message = "Responses dated before the reference date were left out."
            base.report("TW-TAB-025", Severity.WARNING, index, "reference_date", message, "Check the dates.")
        history = ResponseHistory(subject, on, kept, base.whole_date(index, "new_therapy_date"))
        rows.append(_result(history, rules, base.text(index, "arm")))
    strangers = len(set(found) - seen)
    if strangers:
        message = f"{strangers} subject(s) of the responses have no row among the reference dates."
        base.report("TW-TAB-026", Severity.WARNING, -1, "subject", message, "Add them if they belong here.")
    return Derived(tuple(rows), (*sheet.findings, *base.findings))
