"""Thin adapters from rows to polars tables: one column a field, and the properties named for each kind of
row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

import polars as pl

from trialwright.outcomes.adverse_events import GRADES, GradeCounts, OverviewRow
from trialwright.outcomes.exposure import Exposure
from trialwright.outcomes.quality_of_life import Compliance, Score
from trialwright.outcomes.survival_times import TimeToEvent

_SOURCES = pl.List(pl.Int64)


def _plain(value: object) -> object:
    """A value that polars can hold: an enumeration as its text, a tuple as a list."""
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, (tuple, frozenset)) else value


def _derive_table(
    kind: type[Any], rows: Sequence[Any], schema: Mapping[str, Any], leave: Sequence[str] = ()
) -> pl.DataFrame:
    """A table of dataclass rows: the fields not left out, then the properties that the schema names
    besides.
    """
    own = [f.name for f in fields(kind) if f.name not in leave]
    names = [*own, *(name for name in schema if name not in own)]
    columns = {name: [_plain(getattr(row, name)) for row in rows] for name in names}
    return pl.DataFrame(columns, schema_overrides={**schema, "source_ids": _SOURCES}, strict=False)


def derive_survival_table(rows: Sequence[TimeToEvent]) -> pl.DataFrame:
    """subject, endpoint, start_on, end_on, event, reason, day_count, date_flag, source_ids, days, months,
    censor_code.
    """
    schema = {
        "subject": pl.String,
        "endpoint": pl.String,
        "start_on": pl.Date,
        "end_on": pl.Date,
        "event": pl.Boolean,
        "reason": pl.String,
        "day_count": pl.String,
        "date_flag": pl.String,
        "days": pl.Int64,
        "months": pl.Float64,
        "censor_code": pl.Int64,
    }
    return _derive_table(TimeToEvent, rows, schema)


def derive_score_table(rows: Sequence[Score]) -> pl.DataFrame:
    """subject, visit, on, scale, value, baseline, change, benefit, source_ids."""
    schema = {
        "subject": pl.String,
        "visit": pl.String,
        "on": pl.Date,
        "scale": pl.String,
        **dict.fromkeys(("value", "baseline", "change", "benefit"), pl.Float64),
    }
    return _derive_table(Score, rows, schema)


def derive_compliance_table(rows: Sequence[Compliance]) -> pl.DataFrame:
    """arm, visit, received, expected, source_ids, rate."""
    schema = {
        "arm": pl.String,
        "visit": pl.String,
        "received": pl.Int64,
        "expected": pl.Int64,
        "rate": pl.Float64,
    }
    return _derive_table(Compliance, rows, schema)


def derive_exposure_table(rows: Sequence[Exposure]) -> pl.DataFrame:
    """Every field of an exposure, then intensity and duration_days; amounts as floats."""
    counts = ("doses_planned", "doses_given", "doses_in_range", "delay_days")
    schema = {
        **dict.fromkeys(("subject", "product", "unit"), pl.String),
        **dict.fromkeys(counts, pl.Int64),
        "planned": pl.Float64,
        "received": pl.Float64,
        "first_on": pl.Date,
        "last_on": pl.Date,
        "intensity": pl.Float64,
        "duration_days": pl.Int64,
    }
    return _derive_table(Exposure, rows, schema)


def derive_grade_table(rows: Sequence[GradeCounts]) -> pl.DataFrame:
    """arm, organ_class, term, ungraded, subjects, at_risk, events, source_ids, any_grade, share, grade_1 ...
    grade_5.
    """
    schema = {
        "arm": pl.String,
        "organ_class": pl.String,
        "term": pl.String,
        "ungraded": pl.Int64,
        "subjects": pl.List(pl.String),
        "at_risk": pl.Int64,
        "events": pl.Int64,
        "any_grade": pl.Int64,
        "share": pl.Float64,
    }
    table = _derive_table(GradeCounts, rows, schema, leave=("by_grade",))
    by_grade = [pl.Series(f"grade_{g}", [row.by_grade[g] for row in rows], dtype=pl.Int64) for g in GRADES]
    return table.with_columns(by_grade)


def derive_overview_table(rows: Sequence[OverviewRow]) -> pl.DataFrame:
    """arm, kind, subjects, at_risk, events, source_ids, count, share."""
    schema = {
        "arm": pl.String,
        "kind": pl.String,
        "subjects": pl.List(pl.String),
        "at_risk": pl.Int64,
        "events": pl.Int64,
        "count": pl.Int64,
        "share": pl.Float64,
    }
    return _derive_table(OverviewRow, rows, schema)
