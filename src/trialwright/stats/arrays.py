"""What may come in: arrays of times, events and labels, checked once at the door.

Impossible input (lengths that differ, a negative time, a missing value) is refused with a ``ValueError``
that says what and how many, never which value. Input that is possible but tells nothing (no events, an
empty arm) is let through: the estimators answer it with ``estimable=False`` and a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
KeyArray = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels as codes: ``codes[i]`` is the place of row i's label in ``levels``."""

    codes: IntArray
    levels: tuple[Any, ...]


def parse_numbers(values: ArrayLike, what: str) -> FloatArray:
    """A one-dimensional float array without missing or infinite values; anything else is refused."""
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{what} must be numbers; a value that is no number stands among them") from None
    if numbers.ndim != 1:
        raise ValueError(f"{what} must be one column of numbers, not {numbers.ndim}-dimensional")
    if numbers.size and not np.isfinite([numbers.min(), numbers.max()]).all():  # NaN spreads through both
        missing = int(np.count_nonzero(~np.isfinite(numbers)))
        raise ValueError(
            f"{what}: {missing} of {numbers.size} values are missing or infinite; leave those subjects out"
        )
    return numbers


def parse_times(values: ArrayLike, what: str = "time") -> FloatArray:
    """Non-negative finite times, one a subject."""
    times = parse_numbers(values, what)
    lowest = float(times.min(initial=np.inf))
    if lowest < 0:
        negative = int(np.count_nonzero(times < 0))
        raise ValueError(
            f"{what}: {negative} of {times.size} values are negative; mend the dates they come from"
        )
    return times + 0.0 if lowest == 0 else times  # -0.0 becomes 0.0


def parse_events(values: ArrayLike, rows: int, what: str = "event") -> BoolArray:
    """True where the event was seen; accepts booleans or 0/1, refuses other codes (1/2 must be recoded)."""
    flags = np.asarray(values)
    if flags.dtype != np.bool_:
        flags = flags if flags.dtype.kind in "iu" else parse_numbers(values, what)
        seen = flags == 1
        if np.count_nonzero(seen) + np.count_nonzero(flags == 0) < flags.size:
            raise ValueError(f"{what} must be 0 (censored) or 1 (event); recode other codes first")
        flags = seen
    check_length(flags, rows, what)
    return cast(BoolArray, flags)


def parse_labels(
    values: ArrayLike | Sequence[Any], rows: int, what: str, levels: Sequence[Any] | None
) -> Labels:
    """Labels as codes into ``levels`` (given, or the sorted labels seen); missing labels are refused."""
    raw = np.asarray(values)
    if raw.ndim != 1:
        raise ValueError(f"{what} must be one column of labels, not {raw.ndim}-dimensional")
    check_length(raw, rows, what)
    _refuse_missing_labels(raw, what)
    seen, codes = _unique_labels(raw)
    if levels is None:
        return Labels(codes, seen)
    place = {level: index for index, level in enumerate(levels)}
    if len(place) != len(levels):
        raise ValueError(f"{what}: a level is named twice")
    unknown = sum(label not in place for label in seen)
    if unknown:
        raise ValueError(f"{what}: {unknown} of the {len(seen)} labels seen are not among the levels given")
    lookup = np.array([place[label] for label in seen], dtype=np.int64)
    return Labels(lookup[codes] if seen else codes, tuple(levels))


def check_length(values: NDArray[Any], rows: int, what: str) -> None:
    """Refuse a column whose length differs from the number of subjects."""
    if values.ndim != 1 or values.shape[0] != rows:
        raise ValueError(f"{what} has {values.shape[0]} rows but there are {rows} subjects")


def check_level(level: float) -> None:
    """Refuse a confidence level outside (0, 1)."""
    if not 0 < level < 1:
        raise ValueError("the confidence level must lie between 0 and 1, for example 0.95")


def _refuse_missing_labels(raw: NDArray[Any], what: str) -> None:
    if raw.dtype.kind == "f":
        missing = int(np.count_nonzero(np.isnan(raw)))
    elif raw.dtype.kind == "O":
        missing = sum(label is None or label != label for label in raw.tolist())
    else:
        missing = 0
    if missing:
        raise ValueError(
            f"{what}: {missing} of {raw.shape[0]} labels are missing; leave those subjects out first"
        )


def _unique_labels(raw: NDArray[Any]) -> tuple[tuple[Any, ...], IntArray]:
    if raw.dtype.kind == "O":
        listed: list[Any] = raw.tolist()
        levels = sorted(set(listed), key=lambda label: (type(label).__name__, label))
        place = {label: index for index, label in enumerate(levels)}
        return tuple(levels), np.array([place[label] for label in listed], dtype=np.int64)
    if raw.dtype.kind in "biu" and raw.size and int(raw.max()) - int(raw.min()) < 1024:
        lowest = int(raw.min())
        offsets = raw.astype(np.int64) - lowest
        counts = np.bincount(offsets)
        present = np.flatnonzero(counts)
        lookup = np.cumsum(counts > 0) - 1
        return tuple((present + lowest).astype(raw.dtype).tolist()), lookup[offsets].astype(np.int64)
    levels_array, codes = np.unique(raw, return_inverse=True)
    return tuple(levels_array.tolist()), codes.astype(np.int64)
