"""The conventions of a report: every choice that changes a number, with what this study chose."""

from __future__ import annotations

from trialwright.study.model import Study


def render_conventions(study: Study) -> tuple[str, ...]:
    """The choices that change numbers, stated once for the whole report."""
    analysis = study.analysis
    return (
        f"Kaplan-Meier intervals at {analysis.confidence_level:.0%}, type {analysis.survival_interval}; a median "
        "where the curve is exactly one half is the midpoint of the flat stretch.",
        f"Cox model with {analysis.ties} ties; Wald intervals; the log-rank test is two-sided.",
        f"Progression-free survival by the rule {analysis.progression_rule}; responses are computed from the "
        "lesions by RECIST 1.1, not taken as stated.",
        f"Best overall response {'with' if analysis.response.confirmed else 'without'} confirmation leads; stable disease "
        f"from day {analysis.response.stable_days} after allocation; {analysis.response.interval.title()} intervals of "
        f"proportions, {analysis.response.difference.title()} intervals of their difference.",
        "Duration of response follows the same rule as progression-free survival and is not compared between arms. "
        "Subgroups have Cox models of their own; ratios of hazard ratios stand in the place of tests of interaction.",
        f"Days are counted inclusively from allocation; a month is {1 / analysis.months_per_day:.4f} days.",
        f"Adverse events are treatment-emergent to {analysis.treatment_emergent_days} days after the last dose, "
        f"terms and grades of CTCAE {study.safety.ctcae_version}.",
    )
