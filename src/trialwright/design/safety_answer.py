"""`design safety STUDY`: the study file's toxicity rule and its dose finding, judged before the first subject."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from trialwright.design.dose_finding import PowerModel, simulate_boin, simulate_crm
from trialwright.design.toxicity import (
    ToxicityRule,
    compute_stopping_characteristics,
    compute_three_plus_three,
)
from trialwright.stats.boin import compute_boin_table
from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model import Study
from trialwright.study.model.dose_finding import DoseFinding
from trialwright.study.model.safety import ToxicityStopping

TRUE_RATES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


def answer_study_safety(
    study: Study, true_rates: Sequence[float] = TRUE_RATES, replicates: int = 10_000, seed: int = 1
) -> dict[str, Any]:
    """The behaviour of the stopping rule (exact) and of each method of dose finding at each belief."""
    findings: list[Finding] = []
    answer: dict[str, Any] = {}
    if study.safety.stopping is not None:
        rule = rule_of_study(study.safety.stopping)
        answer["rule"] = asdict(rule)
        answer["boundary"] = rule.boundary()
        answer["characteristics"] = [
            asdict(row) for row in compute_stopping_characteristics(rule, true_rates)
        ]
    if study.dose_finding is not None:
        answer["dose_finding"] = judge_dose_finding(study.dose_finding, replicates, seed)
    if not answer:
        findings.append(
            Finding(
                "TW-DES-050",
                Severity.ERROR,
                "The study file has neither a stopping rule for toxicity nor dose levels.",
                "Write `safety.stopping` or `dose_finding`, or give the rule by options without a study.",
                Place(path=("safety",)),
            )
        )
    return {**answer, "findings": [finding.as_json() for finding in findings]}


def rule_of_study(stated: ToxicityStopping) -> ToxicityRule:
    """The rule of a study file as this room computes with it."""
    return ToxicityRule(
        (stated.prior_events, stated.prior_free),
        stated.max_rate,
        stated.cutoff,
        stated.max_subjects,
        stated.first_look,
        stated.look_every,
    )


def judge_dose_finding(plan: DoseFinding, replicates: int, seed: int) -> dict[str, Any]:
    """Each method at each belief: how often each level is selected, subjects and events; 3+3 is exact.

    All methods meet the same random numbers. The decision table of BOIN is given up to the planned subjects.
    """
    model = power_model_of(plan)
    document: dict[str, Any] = {
        "levels": [{"id": level.id, "cells": level.cells} for level in plan.levels],
        "target": plan.target,
        "cohort": plan.cohort,
        "most_subjects": plan.cohort * plan.cohorts,
        "replicates": replicates,
        "seed": seed,
        "beliefs": [],
    }
    if "boin" in plan.methods:
        table = compute_boin_table(plan.target, plan.cohort * plan.cohorts)
        document["boin_table"] = [asdict(row) for row in table[plan.cohort - 1 :: plan.cohort]]
    if model is not None:
        document["crm_skeleton"] = list(model.skeleton)
    for belief in plan.beliefs:
        found: dict[str, Any] = {"id": belief.id, "title": belief.title, "rates": list(belief.rates)}
        given = belief.rates, plan.target, plan.cohort, plan.cohorts, replicates, seed
        if "three_plus_three" in plan.methods:
            found["three_plus_three"] = compute_three_plus_three(belief.rates).as_json()
        if "boin" in plan.methods:
            found["boin"] = simulate_boin(*given).as_json()
        if model is not None:
            found["crm"] = simulate_crm(
                belief.rates, model, plan.cohort, plan.cohorts, replicates, seed
            ).as_json()
        document["beliefs"].append(found)
    return document


def power_model_of(plan: DoseFinding) -> PowerModel | None:
    """The model of the continual reassessment method; None where the plan does not use it."""
    prior = plan.crm
    if prior is None:
        return None
    skeleton = prior.skeleton
    if not skeleton:
        ids = [level.id for level in plan.levels]
        skeleton = compute_skeleton(
            plan.target, prior.half_width, ids.index(prior.prior_level or ids[0]), len(ids)
        )
    return PowerModel(tuple(skeleton), plan.target, prior.prior_sd)


def compute_skeleton(target: float, half_width: float, prior_level: int, levels: int) -> tuple[float, ...]:
    """A skeleton of the power model by indifference intervals; ``prior_level`` counts from 0.

    Between neighbours k and k + 1 there is a value of the model's parameter at which level k has the toxicity
    target - half_width and level k + 1 the toxicity target + half_width. Source: Lee & Cheung (2009), Clinical
    Trials 6:227.
    """
    low, high = math.log(target - half_width), math.log(target + half_width)
    rates = {prior_level: target}
    for k in range(prior_level, levels - 1):
        rates[k + 1] = math.exp(math.log(rates[k]) * high / low)
    for k in range(prior_level, 0, -1):
        rates[k - 1] = math.exp(math.log(rates[k]) * low / high)
    return tuple(rates[k] for k in range(levels))
