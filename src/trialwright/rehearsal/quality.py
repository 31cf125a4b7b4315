"""Questionnaire answers from a latent quality of life between 0 (worst) and 1 (best)."""

from __future__ import annotations

import re

from trialwright.outcomes.qlq_c30 import QLQ_C30
from trialwright.outcomes.qlq_sto22 import QLQ_STO22
from trialwright.outcomes.questionnaire import Direction, Instrument
from trialwright.rehearsal.draws import Draws
from trialwright.study.model.forms import Form, Item
from trialwright.study.model.rehearsal import QualityCourse

INSTRUMENTS: tuple[Instrument, ...] = (QLQ_C30, QLQ_STO22)
ITEM_NOISE = 0.16
"""Standard deviation of one item around the latent quality: items of a person differ by about a category."""
VISIT_NOISE = 0.05
_NUMBER = re.compile(r"item_(\d+)")


def compute_quality(
    course: QualityCourse, own: float, months: float, progressed: bool, visit: float
) -> float:
    """The latent quality at a visit; ``own`` and ``visit`` are standard normal, of person and of visit."""
    level = course.level + course.spread * own + VISIT_NOISE * visit - course.decline_per_month * months
    return min(max(level - (course.loss_at_progression if progressed else 0.0), 0.0), 1.0)


def find_instrument(form: Form) -> Instrument | None:
    """The scoring tables of the form's questionnaire, or None where the house has none."""
    named = form.instrument
    if named is None:
        return None
    return next((known for known in INSTRUMENTS if known.code in named.name), None)


def is_high_code_better(instrument: Instrument | None, number: int) -> bool:
    """Whether the highest code of an item is the best answer."""
    scales = instrument.scales if instrument else ()
    for scale in scales:
        if number in scale.items:
            return (scale.direction is Direction.HIGHER_BETTER) != scale.reversed
    return False


def answer_items(form: Form, quality: float, missing: float, draws: Draws) -> dict[str, str | None]:
    """The code of every numbered item by item id; None for one that the person leaves open."""
    instrument = find_instrument(form)
    answers: dict[str, str | None] = {}
    for item in form.items:
        match = _NUMBER.fullmatch(item.meaning)
        if match is None or item.kind != "code" or not item.codes:
            continue
        left_open, noise = draws.chance(missing), draws.normal()
        better_high = is_high_code_better(instrument, int(match[1]))
        answers[item.id] = None if left_open else _code(item, quality + ITEM_NOISE * noise, better_high)
    return answers


def _code(item: Item, quality: float, better_high: bool) -> str:
    share = min(max(quality if better_high else 1.0 - quality, 0.0), 1.0)
    return item.codes[round(share * (len(item.codes) - 1))].value
