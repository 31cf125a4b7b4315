"""What happens between allocation and infusion, and the response rates that are left of it: exact, not simulated."""

from __future__ import annotations

from typing import Any

from trialwright.design.response import compute_response_power
from trialwright.design.scenario import ArmBelief, DesignScenario

MOST_SUBJECTS = 400
"""Of both arms together: every table of them is gone through."""


def compute_losses(scenario: DesignScenario) -> dict[str, dict[str, float]] | None:
    """Shares of the subjects of an arm that wait for a product, by what becomes of them; None without waiting.

    The product failed; died while waiting; progressed while waiting and so not infused; infused. They add up to one.
    """
    found: dict[str, dict[str, float]] = {}
    for name, experimental in (("control", False), ("experimental", True)):
        arm = (scenario.control, scenario.experimental)[experimental]
        if arm.product_failure > 0 or arm.vein_to_vein_months > 0:
            shares = [
                (share, _losses_of(scenario.arms_in(k)[experimental], factor))
                for k, (_, share, factor) in enumerate(scenario.strata)
            ]
            names = shares[0][1]
            found[name] = {key: sum(share * one[key] for share, one in shares) for key in names}
    return found or None


def _losses_of(arm: ArmBelief, factor: float) -> dict[str, float]:
    untreated, waited = (arm.untreated or arm.course).scaled(factor), arm.vein_to_vein_months
    made, at_risk = 1.0 - arm.product_failure, 1.0 - arm.cured
    died = made * at_risk * (1.0 - untreated.os(waited))
    progressed = made * at_risk * (untreated.os(waited) - untreated.pfs(waited))
    lost = 0.0 if arm.infused_after_progression else progressed
    return {
        "product_failed": arm.product_failure,
        "died_while_waiting": died,
        "progressed_while_waiting": lost,
        "infused": made - died - lost,
    }


def compute_response(scenario: DesignScenario) -> dict[str, Any] | None:
    """Exact power of Fisher's test on the response rates, all subjects counted; None without rates or for large trials.

    Whoever is not infused responds as the control arm does.
    """
    if scenario.response_rates is None or scenario.subjects > MOST_SUBJECTS:
        return None
    control, treated = scenario.response_rates
    losses = compute_losses(scenario) or {}
    infused = losses.get("experimental", {}).get("infused", 1.0)
    rates = control, infused * treated + (1.0 - infused) * control
    return compute_response_power(rates, scenario.arm_sizes, scenario.alpha, scenario.sides).as_json()
