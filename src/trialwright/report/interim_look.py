"""What was seen at an interim look, against the boundaries of the planned design at the observed information.

Sources: Lan & DeMets (1983), Biometrika 70:659 (spending at the information seen); Jennison & Turnbull (2000),
Group Sequential Methods, chapter 9 (repeated confidence intervals); `design.interim` (conditional power).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from trialwright.design.boundaries import Boundaries
from trialwright.design.from_study import scenario_from_study
from trialwright.design.interim import compute_conditional_power, compute_predictive_power
from trialwright.design.monitoring import compute_boundaries, compute_fractions, expected_events
from trialwright.design.scenario import DesignScenario, Look
from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.stats.cox import CoxFit, compute_cox
from trialwright.stats.log_rank import compute_log_rank
from trialwright.study.model import Study
from trialwright.study.model.report_plan import ReportPlan
from trialwright.study.model.scenario import Scenario

from .dataset import Dataset

NAN = float("nan")
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class InterimLook:
    """One look. ``z`` favours the experimental arm where it is positive, as the boundaries do.

    ``fraction`` is the information seen as a share of the information planned (events of ``planned_events``);
    ``position`` is the place of this look in ``boundaries``. ``rows`` are the times behind everything.
    """

    name: str
    scenario: Scenario
    endpoint: str
    rows: tuple[TimeToEvent, ...]
    events: int
    planned_events: float
    fraction: float
    z: float
    cox: CoxFit
    position: int
    boundaries: Boundaries | None
    ratio: tuple[int, int]

    @property
    def upper(self) -> float:
        """The boundary for efficacy at this look; not a number without one."""
        return self.boundaries.upper[self.position] if self.boundaries is not None else NAN

    @property
    def lower(self) -> float:
        """The lower boundary at this look: futility, or the mirror of the upper one."""
        return self.boundaries.lower[self.position] if self.boundaries is not None else NAN

    @property
    def is_last(self) -> bool:
        """Whether all planned information is in."""
        return self.fraction >= 1


def derive_look(data: Dataset) -> InterimLook | None:
    """The look that the report's plan is made for; None where no scenario monitors or nobody was allocated."""
    scenario = find_monitored(data.study, data.plan)
    if scenario is None:
        return None
    design, findings = scenario_from_study(data.study, scenario.id)
    if design is None or findings:
        return None
    endpoint = design.tests[0].endpoint
    control, experimental = (
        _times(data, arm, endpoint) for arm in (scenario.control_arm, scenario.experimental_arm)
    )
    if not control or not experimental:
        return None
    rows = (*control, *experimental)
    time = np.array([row.days for row in rows], dtype=float)
    event = np.array([row.event for row in rows], dtype=bool)
    group = np.array([0] * len(control) + [1] * len(experimental))
    test = compute_log_rank(time, event, group)
    level = data.study.analysis.confidence_level
    cox = compute_cox(time, event, group.astype(float), ties=data.study.analysis.ties, level=level)
    planned = _planned_events(design)
    fraction = int(event.sum()) / planned
    wanted = _look_of(design, data.plan, fraction)
    position, boundaries = _boundaries_at(design, wanted, fraction)
    return InterimLook(
        design.looks[wanted].id,
        scenario,
        endpoint,
        rows,
        int(event.sum()),
        planned,
        fraction,
        -test.z if test.estimable else NAN,
        cox,
        position,
        boundaries,
        design.ratio,
    )


def find_monitored(study: Study, plan: ReportPlan) -> Scenario | None:
    """The scenario that the plan names, else the first with a group-sequential design."""
    if plan.scenario is not None:
        return next((s for s in study.scenarios if s.id == plan.scenario), None)
    return next((s for s in study.scenarios if s.group_sequential is not None), None)


def _times(data: Dataset, arm: str, endpoint: str) -> list[TimeToEvent]:
    subjects = [s for s in data.of(AnalysisSet.ITT) if s.arm == arm]
    found = [s.survival if endpoint == "os" else s.progression for s in subjects]
    return [row for row in found if row is not None]


def _planned_events(design: DesignScenario) -> float:
    last = design.looks[-1]
    if last.at_events is not None:
        return float(last.at_events)
    return max(expected_events(design, design.tests[0].endpoint, last.at_months or 0.0), 1.0)


def _look_of(design: DesignScenario, plan: ReportPlan, fraction: float) -> int:
    """The named look, else the first that planned at least the information seen, else the last."""
    names = [look.id for look in design.looks]
    if plan.look in names:
        return names.index(plan.look)
    planned = compute_fractions(design)
    return next((k for k, share in enumerate(planned) if share >= fraction - 1e-9), len(planned) - 1)


def _boundaries_at(design: DesignScenario, wanted: int, fraction: float) -> tuple[int, Boundaries | None]:
    """The boundaries with this look at the information seen; the looks around it as they were planned."""
    planned = compute_fractions(design)
    before = [share for share in planned[:wanted] if share < fraction - 1e-6]
    after = [share for share in planned[wanted + 1 :] if share > fraction + 1e-6]
    here = min(fraction, 1.0)
    if here <= 0:
        return 0, None
    shares = [*before, here, *(after or ([1.0] if here < 1 - 1e-6 else []))]
    looks = tuple(Look(f"look_{k}", at_events=round(1e6 * share)) for k, share in enumerate(shares))
    return len(before), compute_boundaries(replace(design, looks=looks))


@dataclass(frozen=True, slots=True)
class Outlook:
    """Probabilities of crossing the last boundary: by the trend seen, by the plan's effect, over both unknowns."""

    by_trend: float
    by_plan: float
    predictive: float


def compute_outlook(look: InterimLook) -> Outlook:
    """What the look promises for the end; not a number where the look is the last or nothing can be said."""
    if look.boundaries is None or look.is_last or not math.isfinite(look.z) or look.fraction <= 0:
        return Outlook(NAN, NAN, NAN)
    final = look.boundaries.upper[-1]
    drift = compute_planned_drift(look)
    return Outlook(
        compute_conditional_power(look.z, look.fraction, final),
        compute_conditional_power(look.z, look.fraction, final, drift) if drift is not None else NAN,
        compute_predictive_power(look.z, look.fraction, final),
    )


def compute_planned_drift(look: InterimLook) -> float | None:
    """The mean of Z at the end under the planned hazard ratio (Schoenfeld); None where the plan names none."""
    arms = {arm.arm: arm for arm in look.scenario.arms}
    relative = arms[look.scenario.experimental_arm].relative
    if relative is None:
        return None
    experimental, control = look.ratio
    share = experimental / (experimental + control)
    return -math.log(relative.hazard_ratio) * math.sqrt(look.planned_events * share * (1 - share))


def compute_repeated_interval(look: InterimLook) -> tuple[float, float]:
    """The repeated confidence interval of the hazard ratio: as many standard errors as the boundary is high.

    Covers the truth at all looks together with the design's level, whatever the rule did.
    """
    if not look.cox.estimable or not math.isfinite(look.upper):
        return NAN, NAN
    half = look.upper * float(look.cox.std_error[0])
    middle = float(look.cox.coefficient[0])
    return math.exp(middle - half), math.exp(middle + half)


def say_rule(look: InterimLook) -> str:
    """What the rule of the design says at this look, in a sentence."""
    if look.boundaries is None:
        return "The design has no boundary for this look: no rule says to stop."
    if not math.isfinite(look.z):
        return "The test cannot be computed: the rule says nothing."
    if look.z >= look.upper:
        return "The boundary for efficacy is crossed: the rule says that the trial may stop for efficacy."
    group_sequential = look.scenario.group_sequential
    futile = group_sequential is not None and group_sequential.futility != "none"
    if look.z <= look.lower:
        if futile:
            binding = (
                "binding"
                if group_sequential is not None and group_sequential.futility_binding
                else "advisory"
            )
            return f"The boundary for futility, which is {binding}, is crossed: the rule says that the trial may stop."
        return "The lower boundary is crossed: the experimental arm does worse, and the rule says to stop."
    return (
        "No boundary is crossed: the rule says to go on." if not look.is_last else "No boundary is crossed."
    )


def nominal_p(z: float) -> float:
    """One-sided p of a value of Z."""
    return 1 - _NORMAL.cdf(z) if math.isfinite(z) else NAN
