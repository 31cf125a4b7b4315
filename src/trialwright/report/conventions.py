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
        f"Days are counted inclusively from allocation; a month is {1 / analysis.months_per_day:.4f} days.",
        f"Adverse events are treatment-emergent to {analysis.treatment_emergent_days} days after the last dose, "
        f"terms and grades of CTCAE {study.safety.ctcae_version}.",
    )
