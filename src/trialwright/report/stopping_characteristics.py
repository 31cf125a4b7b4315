"""How the study's toxicity rule behaves at true rates: exact, from the study file alone."""

from __future__ import annotations

from trialwright.design.safety_answer import TRUE_RATES, rule_of_study
from trialwright.design.toxicity import compute_stopping_characteristics
from trialwright.study.model import Study

from .model import Number, Row, Table

NAME = "characteristics-stopping"


def make_stopping_table(study: Study) -> list[Table]:
    """A table where the study file states a rule; nothing where it does not."""
    stated = study.safety.stopping
    if stated is None:
        return []
    rule = rule_of_study(stated)
    rows = tuple(
        Row(
            f"{100 * row.true_rate:g} %",
            (
                Number(f"{NAME}.{row.true_rate:g}.stop", f"{100 * row.stop_probability:.1f} %", row.stop_probability,
                       "Probability that the rule stops, over all courses of the trial."),
                f"{row.expected_subjects:.1f}",
                f"{row.expected_events:.1f}",
            ),
        )
        for row in compute_stopping_characteristics(rule, TRUE_RATES)
    )  # fmt: skip
    limits = ", ".join(
        f"{least} of {n}" for n, least in enumerate(rule.boundary(), start=1) if least is not None
    )
    notes = (
        f"Stops when P(rate > {100 * rule.greatest_rate:g} %) exceeds {rule.cutoff:g} with the prior "
        f"Beta({rule.prior[0]:g}, {rule.prior[1]:g}): at {limits}. Exact, by the beta-binomial.",
    )
    columns = ("True rate of toxicity", "Stops", "Expected subjects", "Expected events")
    return [Table(NAME, "Behaviour of the toxicity rule", columns, rows, notes)]
