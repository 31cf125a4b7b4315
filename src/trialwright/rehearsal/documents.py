"""What stands in a form of one subject on one day: lesions, questionnaire, contact, or plain answers.

Forms are known by what they record, items by what they mean; nothing here knows a study's own names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from trialwright.rehearsal.answers import Document, Filling, fill_form
from trialwright.rehearsal.course import DAYS_PER_MONTH
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.patient import Patient
from trialwright.rehearsal.quality import answer_items, compute_quality
from trialwright.rehearsal.stage import Stage
from trialwright.rehearsal.tumour import Lesion, assess, draw_baseline, lesion_rows
from trialwright.study.model.forms import Form, Item

LEFT_OPEN = {"missing": "ND"}


def write_document(
    stage: Stage, patient: Patient, visit: str, form: Form, on: date, given: Mapping[str, Any] | None = None
) -> Document | None:
    """The document of a form at a visit; None for a questionnaire that was not handed in."""
    settled: dict[str, Any] = dict(given or {})
    if form.records == "tumour_assessment":
        settled |= _assessment(stage, patient, visit, form, on)
    elif form.records == "questionnaire":
        answers = _questionnaire(stage, patient, visit, form, on)
        if answers is None:
            return None
        settled |= answers
    elif form.records == "survival_contact":
        settled |= by_concept(form, {"alive": "true", "known_alive_on": on.isoformat()})
    missing = stage.rehearsal.value_missing
    filling = Filling(stage.seed, patient.index, visit, on, settled, missing)
    return fill_form(stage.study, stage.rehearsal, form, filling)


def by_concept(form: Form, values: Mapping[str, str]) -> dict[str, Any]:
    """Answers by item id for the items that carry these concepts; others of them the form does not ask."""
    found: dict[str, Any] = {}
    for concept, value in values.items():
        item = form.item_meaning(concept)
        if item is not None:
            found[item.id] = {"value": value}
    return found


def _assessment(stage: Stage, patient: Patient, visit: str, form: Form, on: date) -> dict[str, Any]:
    course = stage.rehearsal.tumour
    table = form.item_meaning("lesions")
    if course is None or table is None:
        return {}
    stated = form.item_meaning("stated_response")
    if not patient.tumour.baseline:
        patient.tumour = draw_baseline(course, Draws(stage.seed, "tumour", patient.index))
        rows = lesion_rows(course, patient.tumour.baseline, False)
        unstated = {} if stated is None else {stated.id: None}
        return {table.id: {"rows": _rows(table, rows)}, **unstated}
    draws = Draws(stage.seed, "tumour", patient.index, visit)
    day = (on - patient.day_one).days
    rows, response = assess(course, patient.tumour, day, patient.has_progressed(on), draws)
    if response == "PD" and patient.progressed_on is None:
        patient.progressed_on = on
    answer = {stated.id: {"value": response}} if stated is not None and _has(stated, response) else {}
    return {table.id: {"rows": _rows(table, rows)}, **answer}


def _has(item: Item, code: str) -> bool:
    return item.kind != "code" or code in {one.value for one in item.codes}


def _rows(table: Item, lesions: list[Lesion]) -> list[dict[str, Any]]:
    return [_row(table, lesion) for lesion in lesions]


def _row(table: Item, lesion: Lesion) -> dict[str, Any]:
    texts = {
        "lesion": lesion.name,
        "lesion_class": lesion.role,
        "organ": lesion.organ,
        "lesion_status": lesion.finding,
    }
    row: dict[str, Any] = {}
    for column in table.items:
        if column.meaning in texts:
            row[column.id] = {"value": texts[column.meaning]}
        elif column.meaning == "diameter" and lesion.mm is not None:
            unit = {"unit": column.units[0]} if column.units else {}
            row[column.id] = {"value": str(lesion.mm), **unit}
    return row


def _questionnaire(stage: Stage, patient: Patient, visit: str, form: Form, on: date) -> dict[str, Any] | None:
    course = stage.rehearsal.quality
    if course is None:
        return {}
    draws = Draws(stage.seed, "quality", patient.index, form.id, visit)
    own = Draws(stage.seed, "quality", patient.index).normal()
    before = patient.day_one == date.max
    months = 0.0 if before else max((on - patient.day_one).days, 0) / DAYS_PER_MONTH
    if draws.chance(course.form_missing):
        return None
    quality = compute_quality(course, own, months, patient.has_progressed(on), draws.normal())
    answers = answer_items(form, quality, course.item_missing, draws)
    return {name: LEFT_OPEN if code is None else {"value": code} for name, code in answers.items()}
