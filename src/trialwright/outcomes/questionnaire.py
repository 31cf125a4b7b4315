"""Questionnaires as data: items, scales and their linear scores, in exact fractions.

An instrument is a table of scales; nothing here knows one questionnaire. A scale is the mean of its
answered items, taken linearly to 0..100, and is missing when fewer than half of its items were answered
(the half rule of the EORTC scoring manual, Fayers 2001). No item wording, translation or response label
is held anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from trialwright.study.findings import Finding, Place, Severity

Answers = Mapping[int, int | None]
"""Item number -> the code marked, or ``None`` where the item was left out."""


class Direction(StrEnum):
    """What a high score means."""

    HIGHER_BETTER = "higher_better"
    HIGHER_WORSE = "higher_worse"


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale: its items, the item range R (highest less lowest code) and its direction.

    ``reversed`` scales are scored (1 - (RS - 1) / R) * 100, the others ((RS - 1) / R) * 100, where RS is
    the mean of the answered items.
    """

    code: str
    name: str
    items: tuple[int, ...]
    item_range: int
    direction: Direction
    reversed: bool = False

    @property
    def min_items(self) -> int:
        """Answered items needed: at least half."""
        return (len(self.items) + 1) // 2

    @property
    def step(self) -> Fraction:
        """The smallest difference between two scores of complete forms."""
        return Fraction(100, self.item_range * len(self.items))


@dataclass(frozen=True, slots=True)
class Summary:
    """A mean over scales, worse-high scales turned round (100 - score); missing unless every one is there."""

    code: str
    name: str
    scales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A questionnaire: codes allowed for each item, scales, and a summary score if it has one.

    ``note`` says what of it still needs confirming at its source; empty when nothing does.
    """

    code: str
    version: str
    item_codes: Mapping[int, tuple[int, int]]
    scales: tuple[Scale, ...]
    summary: Summary | None = None
    note: str = ""

    def scale(self, code: str) -> Scale:
        """The scale of that code; a ``KeyError`` for one that the instrument does not have."""
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(code)

    def direction(self, code: str) -> Direction:
        """What a high score of a scale, or of the summary, means."""
        if self.summary is not None and code == self.summary.code:
            return Direction.HIGHER_BETTER
        return self.scale(code).direction

    @property
    def score_codes(self) -> tuple[str, ...]:
        """Every score in order: the scales, then the summary."""
        codes = tuple(scale.code for scale in self.scales)
        return codes if self.summary is None else (*codes, self.summary.code)


def _parse_code(value: object) -> int | None:
    """A whole number out of a form's value; ``None`` for a decimal, a word or a truth value."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def parse_answers(
    instrument: Instrument, raw: Mapping[int, object], place: Place | None = None
) -> tuple[dict[int, int | None], list[Finding]]:
    """Check a form's values against the codes allowed.

    ``None`` and empty text are missing answers. What is neither missing nor an allowed code is refused with a
    finding and treated as missing: it is never clamped. Items that the instrument lacks are refused too.
    """
    stand = place or Place()
    findings: list[Finding] = []
    answers: dict[int, int | None] = dict.fromkeys(instrument.item_codes)
    for item, value in raw.items():
        allowed = instrument.item_codes.get(item)
        missing = value is None or (isinstance(value, str) and not value.strip())
        if allowed is None:
            message = f"{instrument.code} version {instrument.version} has no item {item}."
            remedy = "Check the version of the questionnaire and the number of the item."
            findings.append(Finding("TW-QOL-002", Severity.ERROR, message, remedy, stand))
        elif not missing:
            code = _parse_code(value)
            if code is not None and allowed[0] <= code <= allowed[1]:
                answers[item] = code
                continue
            message = f"The answer to item {item} is not one of the codes {allowed[0]} to {allowed[1]}."
            remedy = "Correct the answer against the form; two marks on one item are a missing answer."
            findings.append(Finding("TW-QOL-001", Severity.ERROR, message, remedy, stand))
    return answers, findings


def compute_scale(scale: Scale, answers: Answers) -> Fraction | None:
    """The exact score (0..100) of one scale, or ``None`` when fewer than half of its items were answered."""
    given = [code for item in scale.items if (code := answers.get(item)) is not None]
    if 2 * len(given) < len(scale.items):
        return None
    share = (Fraction(sum(given), len(given)) - 1) / scale.item_range
    return 100 * (1 - share) if scale.reversed else 100 * share


def compute_scores(instrument: Instrument, answers: Answers) -> dict[str, Fraction | None]:
    """Every scale and the summary, exact and unrounded; ``None`` where the half rule or a part forbids it."""
    scores = {scale.code: compute_scale(scale, answers) for scale in instrument.scales}
    if instrument.summary is not None:
        parts: list[Fraction] = []
        for code in instrument.summary.scales:
            score = scores[code]
            if score is not None:
                worse = instrument.direction(code) is Direction.HIGHER_WORSE
                parts.append(100 - score if worse else score)
        whole = len(parts) == len(instrument.summary.scales)
        scores[instrument.summary.code] = sum(parts, Fraction(0)) / len(parts) if whole else None
    return scores


def compute_benefit(direction: Direction, change: float) -> float:
    """A change turned so that a negative number is always a deterioration."""
    return -change if direction is Direction.HIGHER_WORSE else change


def compute_straight_lining(instrument: Instrument, answers: Answers) -> bool:
    """Whether every item was answered with one and the same code: a form to look at, never to alter."""
    given = {answers.get(item) for item in instrument.item_codes}
    return len(given) == 1 and None not in given
