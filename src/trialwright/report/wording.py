"""How numbers are written in the report: one way for each kind of number."""

from __future__ import annotations

import math

NOT_ESTIMABLE = "NE"
MINUS = "−"


def write_decimal(value: float | None, digits: int) -> str:
    """A decimal with a true minus sign; ``NE`` where there is no value."""
    if value is None or not math.isfinite(value):
        return NOT_ESTIMABLE
    text = f"{value:.{digits}f}"
    return text.replace("-", MINUS) if float(text) != 0 else text.lstrip("-")


SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def write_power(value: float) -> str:
    """A large number as a power of ten: ``6.0 × 10⁷``; a small one as it is."""
    if abs(value) < 10_000:
        return f"{value:g}"
    digits, exponent = f"{value:.2e}".split("e")
    short = digits.removesuffix("0")
    return f"{short} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def write_interval(estimate: float, lower: float, upper: float, digits: int) -> str:
    """``10.3 (5.8 to 15.3)``; an end that is not reached is ``NE``, and so is the whole without an estimate."""
    if not math.isfinite(estimate):
        return NOT_ESTIMABLE
    ends = f"{write_decimal(lower, digits)} to {write_decimal(upper, digits)}"
    return f"{write_decimal(estimate, digits)} ({ends})"


def write_share(count: int, of: int) -> str:
    """``7 (35.0 %)``; a bare 0 where there is nobody; a dash where the denominator is empty."""
    if of == 0:
        return "–"
    return f"{count} ({100 * count / of:.1f} %)" if count else "0"


def write_p(value: float | None) -> str:
    """A p-value to three decimals, two significant digits below 0.01, never ``0.000``."""
    if value is None or not math.isfinite(value):
        return NOT_ESTIMABLE
    if value < 0.0001:
        return "< 0.0001"
    return f"{value:.3f}" if value >= 0.01 else f"{value:.4f}"


def finite(value: float | None) -> float | None:
    """The value, or None where it is missing or infinite: JSON knows neither."""
    return value if value is not None and math.isfinite(value) else None
