"""Quality of life under a model: the difference between arms in change from baseline at each visit.

MMRM of change on baseline, arm, visit and arm by visit (house analysis reference, section on quality of life):
restricted likelihood, Satterthwaite degrees of freedom, unstructured covariance, and where that cannot be estimated
the next of a fixed row of simpler ones. It is an estimate under missingness at random, not a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.quality_of_life import Score
from trialwright.outcomes.traceability import merge_sources
from trialwright.stats.covariance_structures import Structure
from trialwright.stats.longitudinal_change import LongitudinalChange, compute_longitudinal_change
from trialwright.study.model.products import Arm
from trialwright.study.schedule import VisitInstance

from .dataset import Dataset
from .model import Cell, Number, Row, Table
from .wording import NOT_ESTIMABLE, finite, write_decimal, write_interval

LEAST_SUBJECTS = 2
"""A visit is in the model when at least so many subjects of each arm have a change at it."""

UNSTRUCTURED_VISITS = 10
"""With more visits the unstructured covariance, of k (k + 1) / 2 parameters, is not tried."""

STRUCTURES: tuple[tuple[Structure, str], ...] = (
    ("unstructured", "unstructured"),
    ("toeplitz", "Toeplitz"),
    ("ar1", "first-order autoregressive"),
    ("compound-symmetry", "compound symmetry"),
)
"""The covariances in the order in which they are tried, with their names in words."""


@dataclass(frozen=True, slots=True)
class QualityModel:
    """The model that stands: ``change`` is None, and ``reason`` says why, where none could be fitted.

    ``arms`` has the reference arm first; ``rows`` are the changes that went in; ``structure`` the name of the
    covariance; ``passed`` says of each covariance before it why it was passed over.
    """

    arms: tuple[Arm, ...]
    rows: tuple[Score, ...]
    visits: tuple[str, ...]
    change: LongitudinalChange | None
    structure: str = ""
    passed: tuple[str, ...] = ()
    reason: str = ""


def derive_quality_model(data: Dataset, changes: Sequence[Score]) -> QualityModel:
    """Fit the ``changes`` of one scale (one row a subject and visit); the reference arm is the plan's, else the last.

    An arm without any change is not in the model; nor is a visit with fewer than two subjects in one of its arms,
    nor the baseline where everybody's is the same.
    """
    held = data.sets[AnalysisSet.QOL]
    placed = [score for score in changes if held.get(score.subject)]
    present = {held[score.subject] for score in placed}
    arms = _order_arms(data, present)
    if len(present) < 2:
        return QualityModel(arms, (), (), None, reason="fewer than two arms have a change from baseline")
    visits = tuple(
        visit
        for visit in dict.fromkeys(score.visit for score in placed)
        if min(len(_at(placed, held, arm, visit)) for arm in arms) >= LEAST_SUBJECTS
    )
    rows = tuple({(s.subject, s.visit): s for s in placed if s.visit in visits}.values())
    if not visits:
        return QualityModel(arms, (), (), None, reason=f"no visit has {LEAST_SUBJECTS} subjects in each arm")
    passed: list[str] = []
    for structure, name in STRUCTURES:
        if structure == "unstructured" and len(visits) > UNSTRUCTURED_VISITS:
            passed.append(f"{name}: {len(visits)} visits, tried up to {UNSTRUCTURED_VISITS}")
            continue
        fitted = _fit(rows, held, arms, visits, structure, data.study.analysis.confidence_level)
        if fitted.estimable:
            return QualityModel(arms, rows, visits, fitted, name, tuple(passed))
        passed.append(f"{name}: {fitted.reason}")
    return QualityModel(arms, rows, visits, None, passed=tuple(passed), reason="; ".join(passed))


def build_quality_differences(
    data: Dataset, code: str, scale: str, changes: Sequence[Score], visits: Sequence[VisitInstance]
) -> Table:
    """One row for each of ``visits``, one column for each arm that is compared with the reference arm."""
    model = derive_quality_model(data, changes)
    reference, *others = model.arms if len(model.arms) > 1 else _order_arms(data, set())
    against = [f"{arm.label} minus {reference.label}" for arm in others]
    return Table(
        "quality_model",
        f"{scale}: difference in change from baseline under a model",
        ("Visit", *(f"{words}, estimate (interval); degrees of freedom" for words in against)),
        tuple(
            Row(visit.label, tuple(_cell(data, code, model, reference, arm, visit) for arm in others))
            for visit in visits
        ),
        _notes(model),
    )


def _order_arms(data: Dataset, present: set[str]) -> tuple[Arm, ...]:
    """The reference arm first; of all arms where ``present`` names none."""
    arms = [arm for arm in data.study.arms if not present or arm.id in present]
    wanted = data.study.analysis.reference_arm
    reference = next((arm for arm in arms if arm.id == wanted), arms[-1])
    return (reference, *(arm for arm in arms if arm is not reference))


def _at(changes: Sequence[Score], held: Mapping[str, str], arm: Arm, visit: str) -> set[str]:
    return {s.subject for s in changes if s.visit == visit and held[s.subject] == arm.id}


def _fit(
    rows: Sequence[Score],
    held: Mapping[str, str],
    arms: Sequence[Arm],
    visits: Sequence[str],
    structure: Structure,
    level: float,
) -> LongitudinalChange:
    bases = [float(score.baseline or 0.0) for score in rows]
    return compute_longitudinal_change(
        [float(score.change or 0.0) for score in rows],
        [score.subject for score in rows],
        [held[score.subject] for score in rows],
        [score.visit for score in rows],
        covariates={"baseline": bases} if len(set(bases)) > 1 else None,
        arms=[arm.id for arm in arms],
        visits=visits,
        structure=structure,
        level=level,
    )


def _cell(
    data: Dataset, code: str, model: QualityModel, reference: Arm, arm: Arm, visit: VisitInstance
) -> Cell:
    held = data.sets[AnalysisSet.QOL]
    rows = [score for score in model.rows if held[score.subject] in (arm.id, reference.id)]
    found = model.change.differences.get((arm.id, visit.id)) if model.change else None
    reason = model.reason or f"fewer than {LEAST_SUBJECTS} subjects in an arm at this visit"
    level = f"{data.study.analysis.confidence_level:.0%}"
    what = (
        f"Difference in mean change from baseline at {visit.label}, {arm.label} minus {reference.label}, with {level} "
        "interval and Satterthwaite degrees of freedom; "
    )
    if found is None or not found.estimable:
        why = reason if found is None else found.reason
        return Number(
            f"quality.model.{code}.{visit.id}.{arm.id}",
            NOT_ESTIMABLE,
            None,
            f"{what}not estimable: {why}.",
            "points",
        )
    return Number(
        f"quality.model.{code}.{visit.id}.{arm.id}",
        f"{write_interval(found.estimate, found.lower, found.upper, 1)}; {write_decimal(found.df, 1)}",
        finite(found.estimate),
        f"{what}mixed model for repeated measures with {model.structure} covariance, restricted likelihood. It rests "
        "on every change of these subjects that is in the model, at whichever visit.",
        "points",
        tuple(dict.fromkeys(score.subject for score in rows)),
        merge_sources(*(score.source_ids for score in rows)),
    )


def _notes(model: QualityModel) -> tuple[str, ...]:
    if model.change is None:
        return (f"NE: not estimable. {model.reason[:1].upper()}{model.reason[1:]}.",)
    instead = (
        f" It stands in for what could not be estimated ({'; '.join(model.passed)})." if model.passed else ""
    )
    baseline = "baseline, " if any(name == "baseline" for name in model.change.fit.names) else ""
    return (
        f"Mixed model for repeated measures: change on {baseline}arm, visit and arm by visit; {model.structure} "
        f"covariance between the visits of a subject, restricted likelihood, Satterthwaite degrees of freedom; "
        f"{model.change.fit.n_rows} changes of {model.change.fit.n_subjects} subjects.{instead}",
        f"A visit is in the model when at least {LEAST_SUBJECTS} subjects of each arm have a change at it; else NE. "
        "Missing forms are taken as missing at random, given the forms that are there; death is not missing at "
        "random, so late visits speak of survivors.",
    )
