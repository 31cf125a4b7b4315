"""Simulate and count a stretch of replicates in pieces that stay in the processor's cache."""

from __future__ import annotations

import numpy as np

from trialwright.design.compiled import kernel
from trialwright.design.lane_engine import compute_lane_stretch
from trialwright.design.lane_subjects import Beliefs
from trialwright.design.philox import RoundKeys
from trialwright.design.plain_engine import compute_stretch
from trialwright.design.tables import Plan
from trialwright.design.tally import Rule, Tally, add_decisions, add_results

AT_ONCE = 512


@kernel
def tally_plain_stretch(
    first: int, count: int, keys: RoundKeys, plan: Plan, rule: Rule, tally: Tally
) -> None:
    """Count replicates ``first`` to ``first + count - 1`` by the plain engine."""
    results = np.full((AT_ONCE, plan.looks.shape[0], 2, 5), np.nan)
    look_months = np.zeros((AT_ONCE, plan.looks.shape[0]))
    shape = (AT_ONCE, plan.looks.shape[0], plan.others.shape[0])
    decisions, effects = np.zeros(shape, np.int8), np.zeros(shape)
    for begin in range(0, count, AT_ONCE):
        used = min(AT_ONCE, count - begin)
        compute_stretch(
            first + begin, keys, plan, results[:used], look_months[:used], decisions[:used], effects[:used]
        )
        add_results(results[:used], look_months[:used], plan.tested, rule, tally)
        add_decisions(decisions[:used], effects[:used], tally)


@kernel
def tally_lane_stretch(
    first: int, count: int, keys: RoundKeys, plan: Plan, beliefs: Beliefs, rule: Rule, tally: Tally
) -> None:
    """Count replicates ``first`` to ``first + count - 1`` by the lane engine."""
    results = np.full((AT_ONCE, plan.looks.shape[0], 2, 5), np.nan)
    look_months = np.zeros((AT_ONCE, plan.looks.shape[0]))
    for begin in range(0, count, AT_ONCE):
        used = min(AT_ONCE, count - begin)
        compute_lane_stretch(first + begin, keys, plan, beliefs, results[:used], look_months[:used])
        add_results(results[:used], look_months[:used], plan.tested, rule, tally)
