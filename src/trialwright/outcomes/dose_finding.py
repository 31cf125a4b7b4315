"""Dose finding: the 3+3 rule and the Bayesian optimal interval design (BOIN).

Sources: Storer, Biometrics 1989;45:925-937 (3+3); Liu and Yuan, J R Stat Soc C 2015;64:507-523 (BOIN); house
safety reference, section 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor

from trialwright.stats.beta_binomial import compute_least_events
from trialwright.stats.boin import compute_boin_limits

_TOLERANCE = 1e-9
"""Boundaries such as 0.3 * 10 must not be missed by a binary fraction."""


class Move(StrEnum):
    """What to do next with the dose."""

    ESCALATE = "escalate"
    STAY = "stay"
    DE_ESCALATE = "de-escalate"
    ELIMINATE = "de-escalate and eliminate this dose"


def compute_three_plus_three(toxicities: int, treated: int) -> Move:
    """The 3+3 rule at 3 or 6 subjects: 0/3 up, 1/3 three more, 1/6 up, otherwise down."""
    if treated not in (3, 6) or not 0 <= toxicities <= treated:
        raise ValueError("the 3+3 rule decides at 3 or 6 subjects")
    if toxicities == 0 or (toxicities == 1 and treated == 6):
        return Move.ESCALATE
    return Move.STAY if toxicities == 1 else Move.DE_ESCALATE


def compute_escalation_probability(true_rate: float) -> float:
    """The probability that 3+3 goes beyond a dose of that true toxicity rate."""
    none = (1 - true_rate) ** 3
    return none + 3 * true_rate * (1 - true_rate) ** 2 * none


@dataclass(frozen=True, slots=True)
class BoinDesign:
    """A BOIN design: target rate, and the rates that would be too low and too high (0.6 and 1.4 times it).

    A dose is eliminated when the posterior probability, under a uniform prior, that its rate exceeds the
    target is above ``eliminate_cutoff``, from ``eliminate_from`` subjects on.
    """

    target: float
    low_factor: float = 0.6
    high_factor: float = 1.4
    eliminate_cutoff: float = 0.95
    eliminate_from: int = 3

    @property
    def limits(self) -> tuple[float, float]:
        """(escalate at an observed rate up to this, de-escalate from this): lambda_e and lambda_d."""
        return compute_boin_limits(self.target, self.low_factor, self.high_factor)


@dataclass(frozen=True, slots=True)
class BoinRow:
    """The decisions at one number of subjects, as numbers of toxicities (``eliminate_min`` ``None``:
    never).
    """

    treated: int
    escalate_max: int
    de_escalate_min: int
    eliminate_min: int | None


def compute_boin_row(design: BoinDesign, treated: int) -> BoinRow:
    """The decision table of a design at one number of subjects."""
    up, down = design.limits
    eliminate = (
        compute_least_events((1.0, 1.0), treated, design.target, design.eliminate_cutoff)
        if treated >= design.eliminate_from
        else None
    )
    return BoinRow(treated, floor(up * treated + _TOLERANCE), ceil(down * treated - _TOLERANCE), eliminate)


def compute_boin_move(design: BoinDesign, toxicities: int, treated: int) -> Move:
    """What a BOIN design says at the current counts of one dose."""
    row = compute_boin_row(design, treated)
    if row.eliminate_min is not None and toxicities >= row.eliminate_min:
        return Move.ELIMINATE
    if toxicities >= row.de_escalate_min:
        return Move.DE_ESCALATE
    return Move.ESCALATE if toxicities <= row.escalate_max else Move.STAY
