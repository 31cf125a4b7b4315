"""Questionnaire items to scores: a row a form (items in columns), or a row an item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from trialwright.outcomes.files.columns import Column, FileShape, Row, lacks_columns, open_sheet
from trialwright.outcomes.qlq_c30 import QLQ_C30
from trialwright.outcomes.quality_of_life import Form, derive_changes, derive_scores
from trialwright.outcomes.questionnaire import Instrument, parse_answers
from trialwright.outcomes.traceability import Derived
from trialwright.study.findings import Finding, Place, Severity

_COMMON = (
    Column("subject", "Identifier of the subject.", ("USUBJID", "SUBJID", "subject_id"), True),
    Column("visit", "Name of the visit.", ("VISIT", "AVISIT")),
    Column("date", "Date on which the form was filled in.", ("QSDTC", "ADT")),
)

WIDE = FileShape("Questionnaire, a row a form (items in columns q1, q2, ...)", _COMMON)
LONG = FileShape(
    "Questionnaire, a row an item",
    (
        *_COMMON,
        Column("item", "Number of the item, or a code that ends in it.", ("QSTESTCD", "PARAMCD"), True),
        Column(
            "value", "The code marked; empty for a missing answer.", ("QSSTRESN", "QSSTRESC", "QSORRES"), True
        ),
        Column("category", "Where given, only rows that name the questionnaire are used.", ("QSCAT",)),
    ),
)

_ITEM_COLUMN = re.compile(r"^(?:q|item|c30_?q?|sto22_?q?)_?0*(\d{1,2})$", re.IGNORECASE)
_ITEM_END = re.compile(r"(\d{1,2})$")

_FormKey = tuple[str, str, date | None]


def find_item_columns(names: Sequence[str]) -> dict[str, int]:
    """The columns that hold items (``q1``, ``Q01``, ``item_1``, ``c30_q1``) and their item numbers."""
    return {name: int(match.group(1)) for name in names if (match := _ITEM_COLUMN.match(name.strip()))}


def _read_wide(rows: Sequence[Row], file: str) -> tuple[dict[_FormKey, dict[int, object]], list[Finding]]:
    sheet = open_sheet(file, WIDE, rows)
    names = find_item_columns(list(rows[0]) if rows else [])
    if rows and not names:
        message = "No column holds an item."
        remedy = "Name the items q1, q2, ...; or give a row an item with the columns item and value."
        sheet.findings.append(Finding("TW-TAB-040", Severity.ERROR, message, remedy, Place(file)))
    if lacks_columns(sheet) or not names:
        return {}, sheet.findings
    forms: dict[_FormKey, dict[int, object]] = {}
    for index, row in enumerate(rows):
        key = (sheet.text(index, "subject"), sheet.text(index, "visit"), sheet.whole_date(index, "date"))
        if key in forms:
            message, remedy = "The form stands here twice.", "Keep one row a subject, visit and date."
            sheet.report("TW-TAB-041", Severity.ERROR, index, "subject", message, remedy)
            continue
        forms[key] = {item: row.get(name) for name, item in names.items()}
    return forms, sheet.findings


def _read_long(
    rows: Sequence[Row], file: str, instrument: Instrument
) -> tuple[dict[_FormKey, dict[int, object]], list[Finding]]:
    sheet = open_sheet(file, LONG, rows)
    forms: dict[_FormKey, dict[int, object]] = {}
    if lacks_columns(sheet):
        return forms, sheet.findings
    for index in range(len(rows)):
        category = sheet.text(index, "category")
        if category and instrument.code not in category.upper():
            continue
        match = _ITEM_END.search(sheet.text(index, "item"))
        if match is None:
            message, remedy = "This names no item.", "Give the number of the item, or a code that ends in it."
            sheet.report("TW-TAB-042", Severity.ERROR, index, "item", message, remedy)
            continue
        key = (sheet.text(index, "subject"), sheet.text(index, "visit"), sheet.whole_date(index, "date"))
        answers = forms.setdefault(key, {})
        item = int(match.group(1))
        if item in answers:
            message, remedy = "The item stands here twice for this form.", "Keep one answer."
            sheet.report("TW-TAB-043", Severity.ERROR, index, "item", message, remedy)
            continue
        answers[item] = sheet.value(index, "value")
    return forms, sheet.findings


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def derive_score_rows(
    rows: Sequence[Row], instrument: Instrument = QLQ_C30, *, file: str = "ITEMS", with_change: bool = False
) -> Derived[dict[str, object]]:
    """A row a form with every score (unrounded, empty where missing), in the order of the file.

    An answer that is not a code of the item is a finding, and the item counts as missing. ``with_change``
    adds, for every score, the change from the subject's earliest form (dates are then needed).
    """
    long = bool(rows) and not find_item_columns(list(rows[0]))
    raw, findings = _read_long(rows, file, instrument) if long else _read_wide(rows, file)
    forms: list[Form] = []
    out: list[dict[str, object]] = []
    for number, ((subject, visit, on), values) in enumerate(raw.items()):
        place = Place(file, path=("form", number + 1))
        cleaned = {item: None if _is_missing(value) else value for item, value in values.items()}
        answers, wrong = parse_answers(instrument, cleaned, place)
        findings.extend(wrong)
        forms.append(Form(subject, on or date.min, answers, visit))
        out.append({"subject": subject, "visit": visit, "date": on})
    firsts: dict[str, date] = {}
    for form in forms:
        firsts[form.subject] = min(form.on, firsts.get(form.subject, form.on))
    scores = derive_changes(instrument, derive_scores(instrument, forms), firsts)
    width = len(instrument.score_codes)
    for position, row in enumerate(out):
        mine = scores[position * width : (position + 1) * width]
        row |= {score.scale: score.value for score in mine}
        if with_change:
            row |= {f"{score.scale}_change": score.change for score in mine}
    return Derived(tuple(out), tuple(findings))
