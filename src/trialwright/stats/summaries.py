"""One call, one table of results: what each ``trialwright stats`` verb says, as JSON-ready mappings.

Columns in, mappings out; every part carries ``estimable``, ``reason`` and the ``convention`` it was made
under. Which file the columns come from, and what a missing field means, is the caller's business.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from trialwright.stats.arrays import FloatArray, Labels, parse_labels, parse_times
from trialwright.stats.competing_risks import IncidenceVariance, compute_cumulative_incidence
from trialwright.stats.covariance_structures import Structure
from trialwright.stats.cox import compute_cox
from trialwright.stats.gray import compute_gray_test
from trialwright.stats.json_ready import render_json
from trialwright.stats.kaplan_meier import (
    IntervalType,
    compute_kaplan_meier,
    compute_reverse_kaplan_meier,
)
from trialwright.stats.landmarks import compute_landmarks, compute_numbers_at_risk
from trialwright.stats.log_rank import compute_log_rank
from trialwright.stats.longitudinal_change import compute_longitudinal_change
from trialwright.stats.max_combo import compute_max_combo
from trialwright.stats.proportion_difference import METHODS, compute_proportion_difference
from trialwright.stats.proportional_hazards import compute_proportional_hazards_test
from trialwright.stats.proportions import compute_proportion
from trialwright.stats.risk_sets import Ties
from trialwright.stats.rmst import compute_restricted_mean, compute_restricted_mean_difference
from trialwright.stats.survival_quantiles import FlatRule, compute_median
from trialwright.stats.two_by_two import compute_fisher_exact, compute_odds_ratio


def summarise_survival(
    time: ArrayLike,
    event: ArrayLike,
    arm: ArrayLike | Sequence[Any] | None = None,
    *,
    strata: ArrayLike | Sequence[Any] | None = None,
    arms: Sequence[Any] | None = None,
    landmarks: Sequence[float] = (),
    tau: float | None = None,
    interval: IntervalType = "log-log",
    flat_rule: FlatRule = "midpoint",
    ties: Ties = "efron",
    level: float = 0.95,
) -> dict[str, Any]:
    """Verb ``survival``: curve, median, follow-up and landmarks by arm; with two arms or more the comparison.

    ``time``, ``event``, ``arm``, ``strata``: columns of n rows (see ``compute_kaplan_meier``,
    ``compute_log_rank``). ``arms`` orders the arms; the first is the reference of hazard ratio and RMST.
    ``landmarks`` and ``tau`` in the unit of ``time``.
    """
    times, events = parse_times(time), np.asarray(event)
    labels = _arm_labels(arm, times.shape[0], arms)
    by_arm = [
        _summarise_arm(name, times[rows], events[rows], landmarks, tau, interval, flat_rule, level)
        for name, rows in _rows_by_arm(labels)
    ]
    summary: dict[str, Any] = {
        "n": times.size,
        "n_events": sum(part["n_events"] for part in by_arm),
        "arms": by_arm,
    }
    if len(labels.levels) > 1:
        summary["log_rank"] = render_json(
            compute_log_rank(times, events, _names(labels), levels=labels.levels)
        )
        if strata is not None:
            summary["log_rank_stratified"] = render_json(
                compute_log_rank(times, events, _names(labels), levels=labels.levels, strata=strata)
            )
        summary["cox"] = summarise_cox(
            times,
            events,
            _dummies(labels),
            names=_contrast_names(labels),
            strata=strata,
            ties=ties,
            level=level,
        )
    if len(labels.levels) == 2:
        summary["rmst_difference"] = render_json(
            compute_restricted_mean_difference(
                times, events, _names(labels), tau, levels=labels.levels, level=level
            )
        )
        summary["max_combo"] = render_json(
            compute_max_combo(times, events, _names(labels), levels=labels.levels, strata=strata)
        )
    return summary


def summarise_cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    strata: ArrayLike | Sequence[Any] | None = None,
    ties: Ties = "efron",
    robust: bool = False,
    level: float = 0.95,
) -> dict[str, Any]:
    """Verb ``cox``: the model (see ``compute_cox``) and the test of proportional hazards on it."""
    fit = compute_cox(
        time, event, covariates, names=names, strata=strata, ties=ties, robust=robust, level=level
    )
    check = compute_proportional_hazards_test(time, event, covariates, names=names, strata=strata, ties=ties)
    tests = {
        term: render_json(test)
        for term, test in (*zip(check.terms, check.tests, strict=True), ("GLOBAL", check.global_test))
    }
    return {
        **render_json(fit),
        "proportional_hazards": {
            "tests": tests,
            "estimable": check.estimable,
            "reason": check.reason,
            "convention": check.convention,
        },
    }


def summarise_competing_risks(
    time: ArrayLike,
    cause: ArrayLike,
    arm: ArrayLike | Sequence[Any] | None = None,
    *,
    of_cause: int = 1,
    strata: ArrayLike | Sequence[Any] | None = None,
    arms: Sequence[Any] | None = None,
    variance: IncidenceVariance = "aalen",
    level: float = 0.95,
) -> dict[str, Any]:
    """Verb ``competing-risks``: cumulative incidence of one cause by arm, Gray's test between arms."""
    times, causes = parse_times(time), np.asarray(cause)
    labels = _arm_labels(arm, times.shape[0], arms)
    by_arm = [
        {
            "arm": render_json(name),
            **render_json(
                compute_cumulative_incidence(
                    times[rows], causes[rows], of_cause=of_cause, variance=variance, level=level
                )
            ),
        }
        for name, rows in _rows_by_arm(labels)
    ]
    summary: dict[str, Any] = {"n": times.size, "cause": of_cause, "arms": by_arm}
    if len(labels.levels) > 1:
        summary["gray"] = render_json(
            compute_gray_test(
                times, causes, _names(labels), of_cause=of_cause, strata=strata, levels=labels.levels
            )
        )
    return summary


def summarise_response(
    responded: ArrayLike,
    arm: ArrayLike | Sequence[Any],
    *,
    arms: Sequence[Any] | None = None,
    level: float = 0.95,
) -> dict[str, Any]:
    """Verb ``response``: share of responders by arm (``responded`` 0/1, not evaluable = 0) and differences.

    Each later arm against the first: differences by every method, odds ratios, Fisher's p.
    """
    flags = np.asarray(responded, dtype=np.float64)
    if not bool(np.all((flags == 0) | (flags == 1))):
        raise ValueError("responded must be 0 or 1; a subject not evaluable counts as 0")
    labels = parse_labels(arm, flags.shape[0], "arm", arms)
    counts = [(int(flags[rows].sum()), int(rows.size)) for _, rows in _rows_by_arm(labels)]
    by_arm = [
        {
            "arm": render_json(name),
            "clopper_pearson": render_json(compute_proportion(*count, level=level)),
            "wilson": render_json(compute_proportion(*count, method="wilson", level=level)),
        }
        for name, count in zip(labels.levels, counts, strict=True)
    ]
    comparisons = [
        {
            "first": render_json(name),
            "second": render_json(labels.levels[0]),
            "difference": {
                method: render_json(
                    compute_proportion_difference(*count, *counts[0], method=method, level=level)
                )
                for method in METHODS
            },
            "odds_ratio": render_json(compute_odds_ratio(*count, *counts[0], level=level)),
            "odds_ratio_exact": render_json(
                compute_odds_ratio(*count, *counts[0], method="conditional", level=level)
            ),
            "fisher_p_value": render_json(compute_fisher_exact(*count, *counts[0])),
        }
        for name, count in list(zip(labels.levels, counts, strict=True))[1:]
    ]
    return {"arms": by_arm, "comparisons": comparisons}


def summarise_longitudinal(
    response: ArrayLike,
    subject: ArrayLike | Sequence[Any],
    arm: ArrayLike | Sequence[Any],
    visit: ArrayLike | Sequence[Any],
    *,
    covariates: Mapping[str, ArrayLike] | None = None,
    arms: Sequence[Any] | None = None,
    visits: Sequence[Any] | None = None,
    structure: Structure = "unstructured",
    level: float = 0.95,
) -> dict[str, Any]:
    """Verb ``mmrm``: adjusted means by arm and visit, differences, fixed effects, visit covariance."""
    change = compute_longitudinal_change(
        response,
        subject,
        arm,
        visit,
        covariates=covariates,
        arms=arms,
        visits=visits,
        structure=structure,
        level=level,
    )
    summary: dict[str, Any] = render_json(change)
    for part in ("spread_slope", "parameter_covariance"):
        del summary["fit"][part]
    return summary


def _summarise_arm(
    name: Any,
    times: FloatArray,
    events: np.ndarray[Any, Any],
    landmarks: Sequence[float],
    tau: float | None,
    interval: IntervalType,
    flat_rule: FlatRule,
    level: float,
) -> dict[str, Any]:
    curve = compute_kaplan_meier(times, events, interval=interval, level=level)
    follow_up = compute_reverse_kaplan_meier(times, events, interval=interval, level=level)
    return {
        "arm": render_json(name),
        "n": curve.n,
        "n_events": curve.n_events,
        "median": render_json(compute_median(curve, flat_rule=flat_rule)),
        "follow_up_median": render_json(compute_median(follow_up, flat_rule=flat_rule)),
        "landmarks": render_json(compute_landmarks(curve, list(landmarks))),
        "numbers_at_risk": render_json(compute_numbers_at_risk(curve, list(landmarks))),
        "rmst": render_json(compute_restricted_mean(times, events, tau, level=level)),
        "curve": render_json(curve),
    }


def _arm_labels(arm: ArrayLike | Sequence[Any] | None, rows: int, arms: Sequence[Any] | None) -> Labels:
    if arm is None:
        return Labels(np.zeros(rows, dtype=np.int64), ("all",))
    return parse_labels(arm, rows, "arm", arms)


def _rows_by_arm(labels: Labels) -> list[tuple[Any, np.ndarray[Any, np.dtype[np.int64]]]]:
    return [
        (name, np.flatnonzero(labels.codes == place).astype(np.int64))
        for place, name in enumerate(labels.levels)
    ]


def _names(labels: Labels) -> list[Any]:
    return [labels.levels[code] for code in labels.codes.tolist()]


def _dummies(labels: Labels) -> FloatArray:
    return (labels.codes[:, None] == np.arange(1, len(labels.levels))[None, :]).astype(np.float64)


def _contrast_names(labels: Labels) -> list[str]:
    return [f"{name} vs {labels.levels[0]}" for name in labels.levels[1:]]
