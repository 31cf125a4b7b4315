"""What the design can show: the operating characteristics of the study file's scenarios, with their figures.

Beliefs, computed from the study file and a seed alone; no subject of the study is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from trialwright.design.explore import explore_designs
from trialwright.design.from_study import make_design
from trialwright.design.monitoring import compute_fractions
from trialwright.design.picture import DesignPicture, PowerCurve, picture_design
from trialwright.design.scenario import DesignScenario
from trialwright.study.findings import Finding
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario

from .characteristics_tables import (
    make_assumption_table,
    make_boundary_table,
    make_characteristics_table,
    make_curve_table,
    make_grid_table,
    make_survival_table,
)
from .design_charts import (
    ENDPOINT_WORDS,
    draw_assumed_survival,
    draw_boundaries,
    draw_grid,
    draw_power_curves,
)
from .model import Figure, Section, Table
from .stopping_characteristics import make_dose_finding_table, make_stopping_table

TITLE = "What the design can show"
SEED = 1
BUDGET, MOST = 2_000_000, 25_000
GRID_REPLICATES = 5_000
GRID_RATIOS = (0.7, 0.6, 0.5, 0.4)
GRID_TIMES_SUBJECTS = (1.0, 1.5, 2.0, 2.5, 3.0)
Block = Table | Figure


@dataclass(frozen=True, slots=True)
class ShownScenario:
    """A scenario of the study file with its design and what the design shows; or findings that say why not."""

    scenario: Scenario
    picture: DesignPicture | None
    findings: tuple[Finding, ...]

    @property
    def hazard_ratio(self) -> float | None:
        """The hazard ratio that the scenario states; None where the arm is described by itself."""
        arm = next(one for one in self.scenario.arms if one.arm == self.scenario.experimental_arm)
        return arm.relative.hazard_ratio if arm.relative else None

    @property
    def delay_months(self) -> float:
        """When the effect begins."""
        arm = next(one for one in self.scenario.arms if one.arm == self.scenario.experimental_arm)
        return arm.relative.from_months if arm.relative else 0.0


def build_characteristics(study: Study) -> Section:
    """The section: a table of all scenarios, and figures of the first one that has an effect."""
    if not study.scenarios:
        return Section(
            "characteristics", TITLE, ("The study file has no scenarios, so that nothing can be said.",)
        )
    shown = [show_scenario(study, scenario) for scenario in study.scenarios]
    simulated = [one for one in shown if one.picture is not None and one.picture.result.tally is not None]
    words = [_opening(simulated)] if simulated else []
    words += [f"{f.code}: {f.message} {f.remedy}" for one in shown for f in one.findings]
    blocks: list[Block] = [make_assumption_table(simulated), make_characteristics_table(simulated)]
    if simulated:
        main = next((one for one in simulated if one.hazard_ratio not in (None, 1.0)), simulated[0])
        blocks += [_power(simulated), _survival(study, main), _grid(main)]
        blocks += [block for one in simulated for block in _boundaries(one)]
    blocks += [*make_stopping_table(study), *make_dose_finding_table(study)]
    return Section("characteristics", TITLE, tuple(words), tuple(blocks))


def show_scenario(study: Study, scenario: Scenario) -> ShownScenario:
    """A scenario with what it shows."""
    design, findings = make_design(study, scenario)
    if design is None:
        return ShownScenario(scenario, None, tuple(findings))
    shown = ShownScenario(scenario, None, ())
    picture = _picture(design, shown.delay_months)
    return ShownScenario(scenario, picture, picture.result.findings)


@lru_cache(maxsize=32)
def _picture(design: DesignScenario, delay_months: float) -> DesignPicture:
    """Kept: the same design is shown in every report, and in the protocol."""
    return picture_design(design, SEED, delay_months, BUDGET, MOST)


def _opening(shown: Sequence[ShownScenario]) -> str:
    counts = sorted({one.picture.result.replicates for one in shown if one.picture})
    trials = " or ".join(f"{count:,}" for count in counts)
    return (
        "Each scenario of the study file is a belief about accrual, disease and losses, made before the data. "
        f"{trials} trials of each were simulated with seed {SEED}; anybody gets the same figures from the study "
        "file. ± is the Monte Carlo standard error. No subject of the study is in this section."
    )


def _power(shown: Sequence[ShownScenario]) -> Figure:
    """Power over the hazard ratio; scenarios that differ in the hazard ratio alone have one curve.

    Scenarios with boundaries are left to their own figure where there are others.
    """
    shown = [one for one in shown if one.scenario.group_sequential is None] or shown
    groups: dict[tuple[float, ...], list[tuple[ShownScenario, PowerCurve]]] = {}
    for one in shown:
        for curve in one.picture.curves if one.picture else ():
            groups.setdefault((*curve.powers, float(curve.endpoint == "os")), []).append((one, curve))
    named = [
        (f"{ENDPOINT_WORDS[same[0][1].endpoint].capitalize()}: {_titles(same, len(shown))}", same[0][1])
        for same in groups.values()
    ]
    words = (
        "Power of the test in favour of the experimental arm, over the hazard ratio on progression and death. "
        "Scenarios that differ only in that ratio share a curve."
    )
    return Figure(
        "characteristics-power",
        "Power over the hazard ratio",
        draw_power_curves([curve for _, curve in named], labels=[label for label, _ in named]),
        words,
        data=make_curve_table(named),
    )


def _titles(same: Sequence[tuple[ShownScenario, PowerCurve]], in_all: int) -> str:
    """The scenarios of one curve, for its key."""
    names = [one.scenario.id.replace("_", " ") for one, _ in same]
    return "every scenario" if len(names) == in_all else ", ".join(names)


def _survival(study: Study, one: ShownScenario) -> Figure:
    assert one.picture is not None
    arms = arm_names(study, one.scenario)
    return Figure(
        "characteristics-survival",
        "Survival assumed",
        draw_assumed_survival(one.picture.survival, arms),
        f"The curves that the scenario assumes: {one.scenario.title}.",
        data=make_survival_table(one.picture.survival, arms),
    )


def arm_names(study: Study, scenario: Scenario) -> tuple[str, str]:
    """The names of control and experimental arm as the study calls them."""
    control, experimental = study.arm(scenario.control_arm), study.arm(scenario.experimental_arm)
    return control.label if control else "Control", experimental.label if experimental else "Experimental"


def _grid(one: ShownScenario) -> Figure:
    """Power by subjects and hazard ratio; enrolment takes as long, whatever the number."""
    assert one.picture is not None
    design = one.picture.result.scenario
    powers = _grid_powers(design)
    axes = {"subjects": _grid_subjects(design), "hazard_ratio": GRID_RATIOS}
    endpoint = design.tests[0].endpoint
    return Figure(
        "characteristics-grid",
        "Power by number of subjects",
        draw_grid(axes, powers, endpoint),
        f"Power for {ENDPOINT_WORDS[endpoint]} by number of subjects and hazard ratio, all else as in: "
        f"{one.scenario.title}. {GRID_REPLICATES:,} trials a cell; a standard error is at most "
        f"{100 * 0.5 / GRID_REPLICATES**0.5:.1f} points.",
        data=make_grid_table(axes, powers, GRID_REPLICATES),
    )


def _grid_subjects(design: DesignScenario) -> tuple[float, ...]:
    step = sum(design.ratio)
    return tuple(float(round(design.subjects * times / step) * step) for times in GRID_TIMES_SUBJECTS)


@lru_cache(maxsize=8)
def _grid_powers(design: DesignScenario) -> tuple[tuple[float | None, ...], ...]:
    planned = design.varied(planned_fractions=compute_fractions(design)) if design.monitoring else design
    axes = {"subjects": _grid_subjects(design), "hazard_ratio": GRID_RATIOS}
    points = explore_designs(planned, axes, design.tests[0].endpoint, GRID_REPLICATES, SEED)
    width = len(GRID_RATIOS)
    return tuple(tuple(p.power for p in points[k : k + width]) for k in range(0, len(points), width))


def _boundaries(one: ShownScenario) -> list[Block]:
    """Table and figure of the stopping boundaries of a scenario that has them."""
    picture, plan = one.picture, one.scenario.group_sequential
    if picture is None or picture.boundaries is None or plan is None:
        return []
    name = f"characteristics-boundaries-{one.scenario.id}"
    endpoint = ENDPOINT_WORDS[picture.result.scenario.tests[0].endpoint]
    words = f"Stopping boundaries for {endpoint}: {one.scenario.title}."
    svg = draw_boundaries(picture.boundaries, plan.futility != "none")
    return [Figure(name, "Boundaries", svg, words, data=make_boundary_table(name, picture))]
