"""A whole form filled in: each item by the study's own distribution, or by what the item itself allows.

Numbers and codes of one subject hang together: part of each draw belongs to the subject and part to the visit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from trialwright.rehearsal.draws import Draws, standard_normal_at, weighted_at
from trialwright.study.model.forms import Form, Item
from trialwright.study.model.rehearsal import Answer, Rehearsal
from trialwright.study.model.study import Study
from trialwright.trial.documents import find_hidden
from trialwright.trial.protocol import protocol_of

OWN_SHARE = 0.8
"""How much of a number's variation belongs to the subject (the rest, at right angles, to the visit)."""
SAME_CODE = 0.85
"""How often a code asked again is the subject's usual one."""
DAYS_A_YEAR = 365.25
PLAIN_TEXT = "Simulated entry"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filling:
    """Who fills which form when: ``place`` names the visit (and repeat) the numbers are keyed by.

    ``given`` are answers that are settled already, by item id; None settles that there is no answer.
    """

    seed: int
    subject: int
    place: str
    on: date
    given: Mapping[str, Any] = field(default_factory=dict[str, Any])
    missing: float = 0.0


def fill_form(study: Study, rehearsal: Rehearsal, form: Form, filling: Filling) -> Document:
    """The document of a form. Items whose condition does not hold are not answered."""
    protocol = protocol_of(study)
    document: Document = {}
    for item in form.items:
        if item.show_if and item.id in find_hidden(protocol, form, document):
            continue
        settled = item.id in filling.given
        answer = filling.given[item.id] if settled else answer_item(rehearsal, form, item, filling)
        if answer is not None:
            document[item.id] = answer
    return document


def answer_item(rehearsal: Rehearsal, form: Form, item: Item, filling: Filling) -> dict[str, Any] | None:
    """One answer; None for an optional text or date that nobody writes."""
    own = Draws(filling.seed, "answer", filling.subject, form.id, item.id)
    now = Draws(filling.seed, "answer", filling.subject, form.id, item.id, filling.place)
    spec = find_answer(rehearsal, form.id, item.id)
    if now.chance(filling.missing) and item.kind in ("number", "integer", "code"):
        return {"missing": "ND"}
    match item.kind:
        case "date":
            asked = item.required or spec is not None or item is _first_date(form)
            return {"value": _date(spec, filling.on, own)} if asked else None
        case "number" | "integer":
            return _number(item, spec, own, now)
        case "code":
            return {"value": _code(item, spec, own, now)}
        case "boolean":
            probability = spec.probability if spec and spec.probability is not None else 0.0
            return {"value": "true" if own.chance(probability) else "false"}
        case "rows":
            return {"rows": []}
        case _:
            text = spec.text if spec and spec.text else PLAIN_TEXT if item.required else ""
            return {"value": text} if text else None


def _first_date(form: Form) -> Item | None:
    return next((item for item in form.items if item.kind == "date"), None)


def find_answer(rehearsal: Rehearsal, form: str, item: str) -> Answer | None:
    """The distribution that the study states for an item, or None."""
    return next((spec for spec in rehearsal.answers if spec.form == form and spec.item == item), None)


def _date(spec: Answer | None, on: date, own: Draws) -> str:
    """The form's date; with a mean, the date that many years before it."""
    if spec is None or spec.mean is None:
        return on.isoformat()
    years = max(spec.mean + spec.spread * own.normal(), 0.0)
    return (on - timedelta(days=round(years * DAYS_A_YEAR))).isoformat()


def _code(item: Item, spec: Answer | None, own: Draws, now: Draws) -> str:
    weights = spec.weights if spec and spec.weights else {code.value: 1.0 for code in item.codes}
    usual, other = own.uniform(), now.uniform()
    return weighted_at(usual if now.chance(SAME_CODE) else other, weights)


def _number(item: Item, spec: Answer | None, own: Draws, now: Draws) -> dict[str, Any]:
    spec = spec if spec is not None and spec.mean is not None else expected_answer(item)
    at_visit = math.sqrt(1.0 - OWN_SHARE**2) * now.normal()
    normal = OWN_SHARE * standard_normal_at(own.uniform()) + at_visit
    mean = spec.mean or 0.0
    value = mean * math.exp(spec.spread * normal) if spec.log_normal else mean + spec.spread * normal
    digits = 0 if item.kind == "integer" else spec.digits
    unit = spec.unit or (item.units[0] if item.units else "")
    if item.range is not None and unit == (item.units[0] if item.units else ""):
        value = clip(value, item.range.hard_minimum, item.range.hard_maximum)
    answer = {"value": f"{value:.{digits}f}"}
    if unit:
        answer["unit"] = unit
    if item.limits_of_normal:
        limits = {"lower": spec.lower_limit, "upper": spec.upper_limit}
        answer |= {name: f"{limit:g}" for name, limit in limits.items() if limit is not None}
    return answer


def expected_answer(item: Item) -> Answer:
    """A distribution for an item that the study says nothing about: the middle of what is expected."""
    limits = item.range
    low = limits.expected_minimum if limits and limits.expected_minimum is not None else None
    high = limits.expected_maximum if limits and limits.expected_maximum is not None else None
    if limits is not None:
        low = limits.hard_minimum if low is None else low
        high = limits.hard_maximum if high is None else high
    bottom = float(low) if low is not None else 0.0
    top = float(high) if high is not None else max(2 * bottom, 10.0)
    digits = 0 if top - bottom >= 20 else 1 if top - bottom >= 2 else 2
    return Answer(form="any", item="any", mean=(bottom + top) / 2, spread=(top - bottom) / 8, digits=digits)


def clip(value: float, low: Decimal | None, high: Decimal | None) -> float:
    """The value within hard limits."""
    value = value if low is None else max(value, float(low))
    return value if high is None else min(value, float(high))


def find_slip(form: Form, document: Document, draws: Draws) -> tuple[str, dict[str, Any]] | None:
    """A slip of the hand that validation must catch: a number with a lost decimal point, or None here.

    Answers the item and the wrong answer, which lies outside the item's widest range.
    """
    slips: list[tuple[str, dict[str, Any]]] = []
    for item in form.items:
        answer = document.get(item.id, {})
        top = item.range.hard_maximum if item.range else None
        if item.kind not in ("number", "integer") or top is None or "value" not in answer:
            continue
        wrong = Decimal(answer["value"]) * 100
        if answer.get("unit", "") == (item.units[0] if item.units else "") and wrong > top:
            slips.append((item.id, {**answer, "value": f"{wrong:f}".split(".")[0]}))
    return draws.pick(slips) if slips else None


def find_misreading(form: Form, document: Document, draws: Draws) -> tuple[str, dict[str, Any]] | None:
    """A plausible wrong number that nobody notices at first: the last two digits changed places, or None.

    Items that decide on eligibility are left alone.
    """
    found: list[tuple[str, dict[str, Any]]] = []
    for item in form.items:
        answer = document.get(item.id, {})
        if item.kind not in ("number", "integer") or item.variable or "value" not in answer:
            continue
        text = answer["value"]
        tail = text[-2:]
        wrong = text[:-2] + tail[::-1]
        if len(tail) == 2 and tail.isdigit() and wrong != text and not wrong.startswith("0"):
            limits = item.range
            kept = limits is None or clip(float(wrong), limits.hard_minimum, limits.hard_maximum)
            if limits is None or kept == float(wrong):
                found.append((item.id, {**answer, "value": wrong}))
    return draws.pick(found) if found else None
