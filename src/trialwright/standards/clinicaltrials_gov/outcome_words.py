"""What the record's outcomes ask for: time frame, instrument, and whether the draft can give it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from trialwright.study.findings import Finding
from trialwright.study.model.outcomes import Outcome
from trialwright.study.model.study import Study
from trialwright.study.sought import Sought, SoughtTable

from .codes import registry_finding
from .repairs import repair_text
from .tables import DATA
from .time_frames import TimeFrame, parse_time_frame

_LONGEST = 8_000
_MEASURES: tuple[tuple[str, Sought], ...] = tuple(
    (name, Sought(pattern))
    for name, pattern in (
        ("overall_survival", r"(?i:\boverall[- ]survival\b|\ball[- ]cause mortality\b)|\bOS\b"),
        ("progression_free_survival", r"(?i:\bprogress(?:ion|ive)?[- ]free[- ]survival\b)|\bPFS\b"),
        (
            "response",
            r"(?i:\b(?:objective|overall|best overall) (?:tumou?r )?response\b)|\b[OB]RR?\b|\bDCR\b",
        ),
        ("safety", r"(?i:\badverse (?:event|reaction|effect)|\btoxicit|\bsafety\b|\btolerability\b)|\bDLT"),
        ("questionnaire_change", r"(?i:\bquality of life\b)|\bQo?L\b|\bHRQo?L\b"),
    )
)


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument of the table. ``named`` is false where the words only point to it."""

    id: str
    name: str
    derivation: str
    named: bool
    words: str


@dataclass(frozen=True, slots=True)
class OutcomeReading:
    """An outcome as read.

    ``derivation`` is the rule of the outcomes room that fits, or empty. ``derivable`` is three-valued: whether
    the study's visits reach as far as the time frame; None where the study has no visits or the words
    state no time.
    """

    outcome: Outcome
    time_frame: TimeFrame | None
    instrument: Instrument | None
    derivation: str
    derivable: bool | None
    reason: str


@cache
def _instruments() -> tuple[tuple[tuple[dict[str, Any], Sought, bool], ...], SoughtTable]:
    """Every pattern with its instrument: those that name one, then those that only point to one."""
    rows: list[dict[str, Any]] = YAML(typ="safe").load((DATA / "instruments.yaml").read_text("utf-8"))
    names = [(row, _pattern(one), True) for row in rows for one in row["names"]]
    hints = [(row, _pattern(one), False) for row in rows for one in row.get("hints", ())]
    listed = (*names, *hints)
    return listed, SoughtTable([pattern for _, pattern, _ in listed])


def _pattern(words: str) -> Sought:
    """Abbreviations are matched to the letter, words whatever their case."""
    return Sought(words, 0 if re.search(r"[A-Z]{2}", words) else re.I)


def find_instrument(words: str) -> Instrument | None:
    """The first instrument of the table that the words name, else the first they point to."""
    text = words[:_LONGEST]
    listed, table = _instruments()
    for place in table.near(text):
        row, pattern, named = listed[place]
        match = pattern.pattern.search(text)
        if match:
            return Instrument(row["id"], row["name"], row["derivation"], named, match.group(0))
    return None


def derive_outcome_readings(study: Study) -> tuple[OutcomeReading, ...]:
    """A reading of every outcome of a study."""
    last_day = max(
        (visit.repeat.until_day if visit.repeat else visit.day for visit in study.visits), default=None
    )
    return tuple(_read(outcome, last_day) for outcome in study.outcomes)


def _read(outcome: Outcome, last_day: int | None) -> OutcomeReading:
    words = " ".join(part for part in (outcome.measure, outcome.description) if part)
    frame = parse_time_frame(repair_text(outcome.time_frame[:_LONGEST]).text) if outcome.time_frame else None
    instrument = find_instrument(words)
    kind = next((name for name, pattern in _MEASURES if pattern.search(outcome.measure)), "")
    derivation = kind or (instrument.derivation if instrument else "")
    derivable, reason = _derivable(frame, last_day, derivation)
    return OutcomeReading(outcome, frame, instrument, derivation, derivable, reason)


def _derivable(frame: TimeFrame | None, last_day: int | None, derivation: str) -> tuple[bool | None, str]:
    if not derivation:
        return None, "no rule of the outcomes computes this measure"
    if last_day is None:
        return None, "the study has no visits yet"
    if frame is None or frame.longest_days is None:
        return None, "the time frame states no time"
    if frame.longest_days > last_day:
        return (
            False,
            f"the last visit is on day {last_day}, the time frame ends on day {round(frame.longest_days)}",
        )
    return True, "the visits reach the end of the time frame"


def check_outcomes(study: Study, file: str = "") -> list[Finding]:
    """Instruments that are only pointed to, and time frames that state no time."""
    found: list[Finding] = []
    for index, reading in enumerate(derive_outcome_readings(study)):
        path = ("outcomes", index)
        if reading.instrument is not None and not reading.instrument.named and reading.derivation != "safety":
            found.append(
                registry_finding(
                    "TW-REG-052",
                    f"The outcome points to {reading.instrument.name} without naming it.",
                    "Name the instrument and its version.",
                    file=file,
                    path=path,
                    evidence=reading.instrument.words,
                )
            )
        frame = reading.time_frame
        if frame is not None and not (frame.points_days or frame.every_days or frame.until or frame.baseline):
            found.append(
                registry_finding(
                    "TW-REG-053",
                    "The time frame states no time point or period.",
                    "Say when, or over which period, the outcome is measured.",
                    file=file,
                    path=(*path, "time_frame"),
                    evidence=frame.words,
                )
            )
    return found
