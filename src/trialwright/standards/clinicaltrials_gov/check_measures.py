"""Checks of posted outcome measures (P1-P4): what the registry's own software remarks when results are entered."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .check_case import Answer, Breach, Subject
from .shape import rows_of, text_of, whole_of

_PATH = ("resultsSection", "outcomeMeasuresModule", "outcomeMeasures")
_PERCENTAGE = re.compile(
    r"\W*(?:the )?(?:percent(?:age)?|proportion) of (?:participants|subjects|patients)\b", re.I
)
_NUMBER = re.compile(r"\W*(?:the )?number of (?:participants|subjects|patients)\b", re.I)
_PERCENT_UNIT = re.compile(r"percent|%|proportion|probability|fraction", re.I)
_PEOPLE_UNIT = re.compile(r"participant|subject|patient|people|person", re.I)
_PLACEHOLDER = re.compile(
    r"\W*(?:n/?a|none|not applicable|unit|units?|tbd|unknown|\d+(?:\.\d+)?)?\W*\Z", re.I
)
_SPREAD = frozenset(
    {"MEAN", "MEDIAN", "LEAST_SQUARES_MEAN", "GEOMETRIC_MEAN", "GEOMETRIC_LEAST_SQUARES_MEAN"}
)


def check_unit_and_title(subject: Subject) -> Answer:
    """P1: a percentage or number of participants has its unit."""

    def differs(row: dict[str, Any]) -> str:
        title, unit = text_of(row, "title") or "", text_of(row, "unitOfMeasure") or ""
        if not unit:
            return ""
        if _PERCENTAGE.match(title) and not _PERCENT_UNIT.search(unit):
            return "The title gives a percentage of participants, the unit does not."
        if _NUMBER.match(title) and (not _PEOPLE_UNIT.search(unit) or _PERCENT_UNIT.search(unit)):
            return "The title gives a number of participants, the unit does not."
        return ""

    return _each(subject, differs)


def check_unit_says_something(subject: Subject) -> Answer:
    """P2: a unit is neither a placeholder nor only digits."""

    def empty(row: dict[str, Any]) -> str:
        unit = text_of(row, "unitOfMeasure")
        return "The unit is a placeholder." if unit is not None and _PLACEHOLDER.match(unit) else ""

    return _each(subject, empty)


def check_dispersion(subject: Subject) -> Answer:
    """P3: a mean or median has a dispersion."""

    def bare(row: dict[str, Any]) -> str:
        missing = row.get("paramType") in _SPREAD and not text_of(row, "dispersionType")
        return "A mean or median is given without its dispersion." if missing else ""

    return _each(subject, bare)


def check_nobody_analysed(subject: Subject) -> Answer:
    """P4: a group in which nobody was analysed is explained."""

    def unexplained(row: dict[str, Any]) -> str:
        counts = [
            whole_of(count.get("value"))
            for denominator in rows_of(row.get("denoms"))
            for count in rows_of(denominator.get("counts"))
        ]
        silent = 0 in counts and not (text_of(row, "populationDescription") or "").strip()
        return "Nobody was analysed in a group, and nothing says why." if silent else ""

    return _each(subject, unexplained)


def _each(subject: Subject, judge: Callable[[dict[str, Any]], str]) -> Answer:
    rows = rows_of(subject.results("outcomeMeasuresModule").get("outcomeMeasures"))
    if not rows:
        return None
    told = [(index, row, judge(row)) for index, row in enumerate(rows)]
    return [
        Breach(words, (*_PATH, index), text_of(row, "title") or "") for index, row, words in told if words
    ]
