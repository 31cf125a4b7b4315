"""What a simulation says: estimates with their Monte Carlo standard errors, ready for JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from trialwright.design.losses import compute_losses, compute_response
from trialwright.design.monitoring import compute_boundaries
from trialwright.design.scenario import DesignScenario, DesignTest
from trialwright.design.sizing import compute_schoenfeld_hazard_ratio
from trialwright.design.tally import GRID, LOG_HR_LIMIT, MONTHS_LIMIT, Counts, Tally, quantile
from trialwright.study.findings import Finding

ENDPOINTS = ("os", "pfs")


@dataclass(frozen=True, slots=True)
class DesignResult:
    """The operating characteristics of a scenario; ``tally`` is None when it could not be simulated."""

    scenario: DesignScenario
    replicates: int
    seed: int
    tally: Tally | None
    findings: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping. Shares are 0 to 1, times months, every estimate has its standard error."""
        analyses: list[dict[str, Any]] = []
        if self.tally is not None:
            analyses = [_look_as_json(self.scenario, self.tally, k) for k in range(len(self.scenario.looks))]
        return {
            "scenario": self.scenario.id,
            "title": self.scenario.title,
            "subjects": self.scenario.subjects,
            "arm_sizes": dict(zip(("control", "experimental"), self.scenario.arm_sizes, strict=True)),
            "enrolment_months": self.scenario.enrolment_months,
            "alpha": self.scenario.alpha,
            "sides": self.scenario.sides,
            "replicates": self.replicates,
            "seed": self.seed,
            "true_medians_months": true_medians(self.scenario),
            "tests": [asdict(test) for test in self.scenario.tests],
            "analyses": analyses,
            "losses": compute_losses(self.scenario),
            "response": compute_response(self.scenario),
            "monitoring": None if self.tally is None else _stops_as_json(self.scenario, self.tally),
            "findings": [finding.as_json() for finding in self.findings],
        }


def true_medians(scenario: DesignScenario) -> dict[str, dict[str, float | None]]:
    """Medians that the beliefs imply, by arm and endpoint, over all parts of an arm's mixture."""
    arms = {"control": False, "experimental": True}
    return {
        name: {endpoint: _median(scenario, arm, endpoint) for endpoint in ENDPOINTS}
        for name, arm in arms.items()
    }


def _median(scenario: DesignScenario, arm: bool, endpoint: str, limit_months: float = 1200.0) -> float | None:
    if scenario.alive(arm, endpoint, limit_months) > 0.5:
        return None
    low, high = 0.0, limit_months
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if scenario.alive(arm, endpoint, middle) > 0.5 else (low, middle)
    return (low + high) / 2


def _stops_as_json(scenario: DesignScenario, tally: Tally) -> dict[str, Any] | None:
    """Where trials end by the boundaries; None when the scenario has no monitoring."""
    boundaries = compute_boundaries(scenario)
    if boundaries is None:
        return None
    n = tally.replicates
    reasons = ("efficacy", "harm", "futility", "no_result")
    return {
        "endpoint": scenario.tests[0].endpoint,
        "boundaries": boundaries.as_json(),
        "stops": [
            {"id": look.id, **{name: share(int(tally.stopped[k, c]), n) for c, name in enumerate(reasons)}}
            for k, look in enumerate(scenario.looks)
        ],
        "power": share(int(tally.stopped[:, 0].sum()), n),
        "rejected_either_way": share(int(tally.stopped[:, :2].sum()), n),
        "duration_months": mean(tally.stop_months, n),
        "events": mean(tally.stop_events, n),
    }


def share(count: int, of: int) -> dict[str, float]:
    """A proportion with its Monte Carlo standard error."""
    p = count / of
    return {"estimate": p, "se": math.sqrt(p * (1 - p) / of)}


def mean(sums: Counts, of: int) -> dict[str, float] | None:
    """A mean with its Monte Carlo standard error, from sums on the grid; None of nothing."""
    if of == 0:
        return None
    average = int(sums[0]) / GRID / of
    variance = max(int(sums[1]) / GRID / of - average * average, 0.0)
    return {"estimate": average, "se": math.sqrt(variance / of)}


def _look_as_json(scenario: DesignScenario, tally: Tally, k: int) -> dict[str, Any]:
    n, look = tally.replicates, scenario.looks[k]
    at_events = look.at_events is not None
    quantiles = [
        quantile(tally.month_bins[k], 0.0, MONTHS_LIMIT, q) if at_events else look.at_months
        for q in (0.05, 0.5, 0.95)
    ]
    return {
        "id": look.id,
        "at_months": look.at_months,
        "at_events": look.at_events,
        "duration_months": mean(tally.months[k], n),
        "duration_quantiles_months": dict(zip(("p05", "p50", "p95"), quantiles, strict=True)),
        "events_not_reached": share(int(tally.missed[k]), n),
        "other_tests": [_other_as_json(test, tally, k, o) for o, test in enumerate(scenario.other_tests)],
        "both_endpoints_in_favour": share(int(tally.both[k]), n),
        "endpoints": {
            name: _endpoint_as_json(scenario, tally, k, e)
            for e, name in enumerate(ENDPOINTS)
            if any(test.endpoint == name for test in scenario.tests)
        },
    }


def _other_as_json(test: DesignTest, tally: Tally, k: int, o: int) -> dict[str, Any]:
    """A test that is not the log-rank; its effect is a difference, or z (negative in favour)."""
    n = tally.replicates
    return {
        **asdict(test),
        "power": share(int(tally.other_rejected[k, o, 1]), n),
        "rejected_either_way": share(int(tally.other_rejected[k, o, 0]), n),
        "effect": mean(tally.other_effects[k, o], n),
    }


def _endpoint_as_json(scenario: DesignScenario, tally: Tally, k: int, e: int) -> dict[str, Any]:
    n = tally.replicates
    events = mean(tally.events[k, e], n)
    estimable = int(tally.estimable[k, e])
    bins = tally.log_hr_bins[k, e]
    low, middle, high = (_hazard_ratio(bins, q) for q in (0.05, 0.5, 0.95))
    return {
        "power": share(int(tally.rejected[k, e, 1]), n),
        "rejected_either_way": share(int(tally.rejected[k, e, 0]), n),
        "events": events,
        "hazard_ratio": {"median": middle, "median_se": _median_se(bins), "p05": low, "p95": high},
        "log_hazard_ratio": mean(tally.log_hr[k, e], estimable),
        "hazard_ratio_not_estimable": share(n - estimable, n),
        "detectable_hazard_ratio": _detectable(scenario, events),
        "too_few_events": {"fewer_than": scenario.fewest_events, **share(int(tally.few[k, e]), n)},
        "no_information": share(int(tally.none[k, e]), n),
    }


def _detectable(
    scenario: DesignScenario, events: dict[str, float] | None, power: float = 0.8
) -> dict[str, Any]:
    """What the mean number of events detects, by Schoenfeld's formula (proportional hazards, no losses)."""
    share_experimental = scenario.arm_sizes[1] / scenario.subjects
    count = events["estimate"] if events else 0.0
    ratio = None
    if count > 0:
        ratio = compute_schoenfeld_hazard_ratio(
            count, power, scenario.alpha, scenario.sides, share_experimental
        )
    return {"power": power, "estimate": ratio, "method": "Schoenfeld 1981, at the mean number of events"}


def _median_se(bins: Counts) -> float | None:
    """Monte Carlo standard error of the median: half the distance of the quantiles one binomial error away."""
    error = 0.5 / math.sqrt(max(int(bins.sum()), 1))
    low, high = _hazard_ratio(bins, max(0.5 - error, 0.0)), _hazard_ratio(bins, min(0.5 + error, 1.0))
    return None if low is None or high is None else (high - low) / 2


def _hazard_ratio(bins: Counts, at: float) -> float | None:
    log_hr = quantile(bins, -LOG_HR_LIMIT, LOG_HR_LIMIT, at)
    return None if log_hr is None else math.exp(log_hr)
