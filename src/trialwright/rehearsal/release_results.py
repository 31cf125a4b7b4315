"""Results of release tests that meet, or miss, the limit which the study file states."""

from __future__ import annotations

import re
from decimal import Decimal

from trialwright.rehearsal.draws import Draws
from trialwright.study.model.products import Product, ReleaseTest
from trialwright.trial.cells.release import judge_result

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SHARES = (1.3, 1.22, 0.4, 1.12, 1.02, 0.9, 1.0)


def find_result(product: Product, test: ReleaseTest, dose: str, wanted: bool, draws: Draws) -> str | None:
    """A result that passes (or fails) the test; None where no candidate does.

    A test in the unit of the dose gets the dose of the label; a test without unit answers pass or fail.
    """
    if not test.unit:
        return _first(test, ["pass"] if wanted else ["fail"], wanted)
    own = [dose] if test.unit == product.dose.unit else []
    limits = [float(text) for text in _NUMBER.findall(test.limit)]
    jitter = draws.between(0.97, 1.03)
    numbers = [limit * share * jitter for share in _SHARES for limit in limits]
    between = [sum(limits) / len(limits)] if len(limits) > 1 else []
    wrong = [limit * share for share in (0.5, 3.0) for limit in limits]
    listed = [*between, *numbers] if wanted else wrong
    return _first(test, [*(own if wanted else []), *(_text(number, test.unit) for number in listed)], wanted)


def _first(test: ReleaseTest, candidates: list[str], wanted: bool) -> str | None:
    return next((text for text in candidates if judge_result(test, text, test.unit) is wanted), None)


def _text(number: float, unit: str) -> str:
    if unit == "%":
        number = min(number, 99.0)
    digits = 0 if number >= 1000 else 1 if number >= 10 else 2
    return f"{Decimal(repr(number)):.{digits}f}"
