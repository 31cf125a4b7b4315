"""Renal function from serum creatinine, for adults.

Creatinine must be traceable to isotope-dilution mass spectrometry. Both take creatinine in mg/dL; convert
umol/L exactly (88.42) before. Powers need floating numbers, so the results are floats: they inform a value,
and a rule compares that value like any other.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

Sex = Literal["F", "M"]


def compute_egfr_ckd_epi_2021(creatinine_mg_dl: Decimal, age_years: int, sex: Sex) -> float:
    """Estimated GFR in mL/min per 1.73 m2 by the race-free CKD-EPI creatinine equation of 2021.

    142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age x 1.012 if female, with k 0.7 (F) or 0.9 (M) and
    a -0.241 (F) or -0.302 (M). Refuses a creatinine that is not positive and an age under 18.
    Source: Inker et al., N Engl J Med 2021;385:1737-1749; National Kidney Foundation.
    """
    _check_adult(creatinine_mg_dl, age_years)
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "F" else (0.9, -0.302, 1.0)
    ratio = float(creatinine_mg_dl) / kappa
    return 142 * min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.200 * 0.9938**age_years * factor


def compute_clearance_cockcroft_gault(
    creatinine_mg_dl: Decimal, age_years: int, weight_kg: Decimal, sex: Sex
) -> float:
    """Creatinine clearance in mL/min: (140 - age) x kg / (72 x Scr), times 0.85 if female.

    Which weight (actual, ideal, adjusted) is the protocol's choice. Refuses a creatinine or weight that is
    not positive and an age under 18. Source: Cockcroft and Gault, Nephron 1976;16:31-41.
    """
    _check_adult(creatinine_mg_dl, age_years)
    if weight_kg <= 0:
        raise ValueError("weight must be positive")
    clearance = Decimal(140 - age_years) * weight_kg / (72 * creatinine_mg_dl)
    return float(clearance * (Decimal("0.85") if sex == "F" else 1))


def _check_adult(creatinine_mg_dl: Decimal, age_years: int) -> None:
    if creatinine_mg_dl <= 0:
        raise ValueError("creatinine must be positive")
    if age_years < 18:
        raise ValueError("the equation holds for adults only")
