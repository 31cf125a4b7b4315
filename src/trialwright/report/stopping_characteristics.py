"""How the study's toxicity rule and its dose finding behave at true rates, from the study file alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from trialwright.design.safety_answer import TRUE_RATES, judge_dose_finding, rule_of_study
from trialwright.design.toxicity import compute_stopping_characteristics
from trialwright.study.model import Study
from trialwright.study.model.dose_finding import DoseFinding
from trialwright.study.prose import render_power

from .model import Number, Row, Table

NAME = "characteristics-stopping"
DOSES = "characteristics-doses"
METHODS = {"three_plus_three": "3+3", "boin": "BOIN", "crm": "CRM"}
REPLICATES, SEED = 2_000, 1


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


def make_dose_finding_table(study: Study) -> list[Table]:
    """What each method selects at each belief about the dose levels; nothing where the file has no levels."""
    plan = study.dose_finding
    if plan is None or not plan.beliefs:
        return []
    document = _judged(plan.model_dump_json())
    rows: list[Row] = []
    for belief in document["beliefs"]:
        rates = ", ".join(f"{100 * rate:g} %" for rate in belief["rates"])
        rows.append(Row(f"{belief['title']} ({rates})", ()))
        for method, title in METHODS.items():
            if method in belief:
                rows.append(Row(title, _selected(belief[method]), indent=1))
    columns = (
        "Belief and method",
        *(f"{render_power(Decimal(str(level.cells)))} cells" for level in plan.levels),
        "None",
        "Subjects",
        "Events",
    )
    notes = (
        f"Share of trials that select each level, {plan.cohort} subjects a cohort, target {100 * plan.target:g} %. "
        f"3+3 is exact; the others are {REPLICATES:,} simulated trials of at most {plan.cohort * plan.cohorts} "
        "subjects, with Monte Carlo standard errors.",
    )
    return [Table(DOSES, "Finding the dose", columns, tuple(rows), notes)]


@lru_cache(maxsize=8)
def _judged(plan: str) -> dict[str, Any]:
    """Kept: the plan, as JSON, is judged for every report, and for the protocol."""
    return judge_dose_finding(DoseFinding.model_validate_json(plan), REPLICATES, SEED)


def _selected(found: Mapping[str, Any]) -> tuple[str, ...]:
    errors: Sequence[float | None] = found.get("selected_se") or [None] * len(found["selected"])
    shares = [
        f"{100 * share:.1f} %" + ("" if error is None else f" ± {100 * error:.1f}")
        for share, error in zip(found["selected"], errors, strict=True)
    ]
    exact = "expected_subjects" in found
    subjects = found["expected_subjects"] if exact else sum(found["mean_subjects"])
    events = found["expected_events"] if exact else sum(found["mean_events"])
    return (*shares, f"{100 * found['none_selected']:.1f} %", f"{subjects:.1f}", f"{events:.1f}")
