"""Scenarios: what the planners of a study believe could happen, as input to design simulation.

A scenario says how fast subjects come, how the disease runs in each arm (an illness-death model:
progression, death without progression, death after progression), what is lost on the way (drop-out, cells
that fail, time from collection to infusion), when the data are looked at and which tests are made. It holds
beliefs, never data.
All times are months, all hazards are per month.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trialwright.study.model.base import Element, Slug

PositiveMonths = Annotated[float, Field(gt=0, le=1200)]
Months = Annotated[float, Field(ge=0, le=1200)]
PerMonth = Annotated[float, Field(ge=0, le=1000)]
Proportion = Annotated[float, Field(ge=0, le=1)]
Exponent = Annotated[float, Field(ge=-40, le=40)]
Endpoint = Literal["os", "pfs"]


class HazardFrom(Element):
    """A constant hazard from a time since randomisation until the next entry begins."""

    from_months: Months = 0.0
    per_month: PerMonth


class Landmark(Element):
    """The proportion still free of the event at a time: ``{months: 12, proportion: 0.4}``."""

    months: PositiveMonths
    proportion: Annotated[float, Field(gt=0, lt=1)]


class AccrualPeriod(Element):
    """A stretch of enrolment with one rate, following the stretch before it."""

    months: PositiveMonths
    subjects_per_month: Annotated[float, Field(ge=0)]


class SiteAccrual(Element):
    """Enrolment of one site: one rate for good, or stretches of rates, from ``opens_at_month`` on.

    A site that has enrolled ``most_subjects`` is full. The study stops when its number of subjects is reached.
    """

    site: Slug
    opens_at_month: Months = 0.0
    subjects_per_month: Annotated[float, Field(gt=0)] | None = None
    accrual: tuple[AccrualPeriod, ...] = ()
    most_subjects: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _has_one_rate(self) -> SiteAccrual:
        if (self.subjects_per_month is None) == (not self.accrual):
            raise ValueError("give a site either `subjects_per_month` or `accrual`")
        return self


class RelativeCourse(Element):
    """An arm described by hazard ratios against another arm.

    Before ``from_months`` the arm has the hazards of the reference (delayed effect) times ``early_hazard_ratio``
    (above 1 for hazards that cross), and again those of the reference from ``until_months`` on (waning effect).
    ``death_hazard_ratio`` acts on death before and after progression; left out, it equals ``hazard_ratio``.
    """

    to: Slug
    hazard_ratio: Annotated[float, Field(gt=0, le=100)]
    death_hazard_ratio: Annotated[float, Field(gt=0, le=100)] | None = None
    early_hazard_ratio: Annotated[float, Field(gt=0, le=100)] = 1.0
    from_months: Months = 0.0
    until_months: PositiveMonths | None = None

    @model_validator(mode="after")
    def _effect_has_a_length(self) -> RelativeCourse:
        if self.until_months is not None and self.until_months <= self.from_months:
            raise ValueError("`until_months` must be later than `from_months`")
        if self.early_hazard_ratio != 1.0 and self.from_months == 0.0:
            raise ValueError("`early_hazard_ratio` acts before `from_months`; give that too")
        return self


class ArmCourse(Element):
    """How the disease runs in one arm, entered in one of three ways.

    1. ``pfs_median_months`` or ``pfs_landmark`` with ``os_median_months`` or ``os_landmark`` and
       ``deaths_without_progression`` (the share of first events that are deaths): hazards are solved.
    2. ``progression``, ``death_before_progression``, ``death_after_progression``: piecewise hazards.
    3. ``relative``: hazard ratios against another arm of the scenario.

    With ``shape`` the hazards of the first way rise (above 1) or fall (below 1) as a Weibull's do, through the same
    medians or landmarks. ``cured`` is the share of subjects who never progress or die during the study: none where
    it is not given, and in a relative arm the share of the arm it is relative to.
    ``response_rate`` is the share of treated subjects who respond.
    """

    arm: Slug
    pfs_median_months: PositiveMonths | None = None
    os_median_months: PositiveMonths | None = None
    pfs_landmark: Landmark | None = None
    os_landmark: Landmark | None = None
    deaths_without_progression: Proportion = 0.1
    shape: Annotated[float, Field(ge=0.2, le=5)] = 1.0
    progression: tuple[HazardFrom, ...] = ()
    death_before_progression: tuple[HazardFrom, ...] = ()
    death_after_progression: tuple[HazardFrom, ...] = ()
    relative: RelativeCourse | None = None
    cured: Annotated[float, Field(ge=0, lt=1)] | None = None
    response_rate: Proportion | None = None

    @model_validator(mode="after")
    def _one_way_of_entry(self) -> ArmCourse:
        pfs = (self.pfs_median_months is not None) + (self.pfs_landmark is not None)
        os = (self.os_median_months is not None) + (self.os_landmark is not None)
        hazards = bool(self.progression or self.death_before_progression or self.death_after_progression)
        ways = bool(pfs or os) + hazards + (self.relative is not None)
        if ways != 1:
            raise ValueError(
                "give an arm's course in exactly one way: medians or landmarks, hazards, or `relative`"
            )
        if (pfs or os) and (pfs != 1 or os != 1):
            raise ValueError(
                "give one of `pfs_median_months`, `pfs_landmark` and one of `os_median_months`, `os_landmark`"
            )
        if self.shape != 1.0 and not pfs:
            raise ValueError("`shape` goes with medians or landmarks")
        for pieces in (self.progression, self.death_before_progression, self.death_after_progression):
            starts = [piece.from_months for piece in pieces]
            if starts and (starts[0] != 0.0 or starts != sorted(set(starts))):
                raise ValueError(
                    "hazard pieces must begin at `from_months: 0` and follow one another in time"
                )
        return self


class CellLosses(Element):
    """What an arm loses between consent and infusion.

    ``product_failure`` is the share of subjects whose product cannot be released; they keep the hazards
    of ``untreated_as``. ``vein_to_vein_months`` is the time from randomisation to the first infusion, during
    which every subject of the arm has the hazards of ``untreated_as`` and may progress or die while waiting.
    Without ``infused_after_progression`` who progresses while waiting is not infused and keeps those hazards.
    """

    arm: Slug
    untreated_as: Slug
    product_failure: Annotated[float, Field(ge=0, lt=1)] = 0.0
    vein_to_vein_months: Months = 0.0
    infused_after_progression: bool = True


class Stratum(Element):
    """A stratum of the population, with a factor on all hazards of both arms.

    ``hazard_ratio`` takes the place of that of the scenario in this stratum; ``arms`` describes both arms anew.
    """

    id: Slug
    proportion: Annotated[float, Field(gt=0, le=1)]
    hazard_factor: Annotated[float, Field(gt=0, le=100)] = 1.0
    hazard_ratio: Annotated[float, Field(gt=0, le=100)] | None = None
    arms: tuple[ArmCourse, ...] = ()

    @model_validator(mode="after")
    def _one_description(self) -> Stratum:
        if self.arms and self.hazard_ratio is not None:
            raise ValueError("give a stratum either `hazard_ratio` or `arms`")
        return self


class Analysis(Element):
    """A look at the data, at a calendar time since enrolment opened or at a number of events.

    An analysis by events that has not come by ``at_months`` (when both are given) is made then.
    """

    id: Slug
    at_months: PositiveMonths | None = None
    at_events: Annotated[int, Field(ge=1)] | None = None
    endpoint: Endpoint = "os"

    @model_validator(mode="after")
    def _has_a_time(self) -> Analysis:
        if self.at_months is None and self.at_events is None:
            raise ValueError("an analysis needs `at_months`, `at_events` or both")
        return self


class PlannedTest(Element):
    """A test made at each analysis. ``tau_months`` belongs to ``rmst`` and ``milestone``."""

    endpoint: Endpoint = "os"
    kind: Literal["log_rank", "fleming_harrington", "max_combo", "rmst", "milestone"] = "log_rank"
    rho: Annotated[float, Field(ge=0, le=10)] = 0.0
    gamma: Annotated[float, Field(ge=0, le=10)] = 0.0
    tau_months: PositiveMonths | None = None

    @model_validator(mode="after")
    def _tau_where_needed(self) -> PlannedTest:
        if (self.kind in ("rmst", "milestone")) != (self.tau_months is not None):
            raise ValueError("`tau_months` is needed for `rmst` and `milestone`, and only there")
        return self


EfficacyKind = Literal[
    "obrien_fleming",
    "pocock",
    "hwang_shih_decani",
    "kim_demets",
    "stated",
    "obrien_fleming_shape",
    "pocock_shape",
    "haybittle_peto",
    "none",
]
"""How the boundaries of efficacy are made."""
FutilityKind = Literal["obrien_fleming", "pocock", "hwang_shih_decani", "kim_demets", "none"]
"""How the boundaries of futility are made."""


class GroupSequential(Element):
    """Stopping boundaries over the analyses of the scenario, for the first test.

    ``efficacy`` is a spending function (Lan-DeMets O'Brien-Fleming or Pocock, Hwang-Shih-DeCani, the power
    family of Kim and DeMets with the exponent ``efficacy_gamma``, or ``stated``: the share of alpha spent by each
    analysis in ``efficacy_spent``), a classical shape, or Haybittle-Peto.
    """

    efficacy: EfficacyKind = "obrien_fleming"
    efficacy_gamma: Exponent = -4.0
    efficacy_spent: tuple[Proportion, ...] = ()
    haybittle_peto_z: Annotated[float, Field(gt=0, le=10)] = 3.0
    futility: FutilityKind = "none"
    futility_gamma: Exponent = -4.0
    futility_power: Annotated[float, Field(gt=0, lt=1)] = 0.8
    futility_binding: bool = False

    @model_validator(mode="after")
    def _hangs_together(self) -> GroupSequential:
        if (self.efficacy == "stated") != bool(self.efficacy_spent):
            raise ValueError("`efficacy_spent` goes with `efficacy: stated`, and only with it")
        spent = (*self.efficacy_spent, 1.0) if self.efficacy_spent else ()
        if spent and (spent[-2] != 1.0 or list(spent) != sorted(spent)):
            raise ValueError("`efficacy_spent` must rise to 1")
        for kind, gamma, name in (
            (self.efficacy, self.efficacy_gamma, "efficacy_gamma"),
            (self.futility, self.futility_gamma, "futility_gamma"),
        ):
            if kind == "kim_demets" and gamma <= 0:
                raise ValueError(f"`kim_demets` needs an exponent above 0 in `{name}`")
        return self


class Scenario(Element):
    """One belief about the trial, complete enough to be simulated.

    ``experimental_arm`` is compared with ``control_arm``; ``ratio`` is experimental : control. Without
    ``subjects`` and ``ratio`` the study's own design counts. Without ``accrual``, enrolment is even over
    ``accrual_months``.
    """

    id: Slug
    title: str
    note: str = ""
    experimental_arm: Slug
    control_arm: Slug
    subjects: Annotated[int, Field(ge=2, le=100_000)] | None = None
    ratio: tuple[Annotated[int, Field(ge=1, le=20)], Annotated[int, Field(ge=1, le=20)]] | None = None
    accrual_months: PositiveMonths | None = None
    accrual: tuple[AccrualPeriod, ...] = ()
    accrual_by_site: tuple[SiteAccrual, ...] = ()
    arrivals: Literal["even", "random"] = Field(
        default="even",
        description="random: subjects come by chance at these rates, and enrolment lasts as long as it takes.",
    )
    arms: tuple[ArmCourse, ...]
    drop_out_per_month: PerMonth = 0.0
    cell_losses: tuple[CellLosses, ...] = ()
    strata: tuple[Stratum, ...] = ()
    assessment_interval_months: PositiveMonths | None = Field(
        default=None,
        description="Progression is seen at multiples of this time; left out, it is seen at once.",
    )
    analyses: tuple[Analysis, ...]
    tests: tuple[PlannedTest, ...] = (PlannedTest(endpoint="os"), PlannedTest(endpoint="pfs"))
    alpha: Annotated[float, Field(gt=0, lt=1)] = 0.05
    sides: Literal[1, 2] = 2
    group_sequential: GroupSequential | None = None
    fewest_events: Annotated[int, Field(ge=0)] = Field(
        default=10, description="An analysis with fewer events than this is counted as having too few."
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Scenario:
        described = [course.arm for course in self.arms]
        if sorted(described) != sorted({self.experimental_arm, self.control_arm}) or len(described) != 2:
            raise ValueError("`arms` must describe `experimental_arm` and `control_arm`, each once")
        if sum((self.accrual_months is not None, bool(self.accrual), bool(self.accrual_by_site))) != 1:
            raise ValueError("give one of `accrual_months`, `accrual` and `accrual_by_site`")
        if not self.analyses:
            raise ValueError("a scenario needs at least one analysis")
        if self.strata and abs(sum(stratum.proportion for stratum in self.strata) - 1) > 1e-6:
            raise ValueError("the proportions of `strata` must add up to 1")
        named = [course.relative.to for course in self.arms if course.relative is not None]
        named += [name for loss in self.cell_losses for name in (loss.arm, loss.untreated_as)]
        unknown = sorted(set(named) - set(described))
        if unknown:
            raise ValueError(f"unknown arm in the scenario: {', '.join(unknown)}")
        if all(course.relative is not None for course in self.arms):
            raise ValueError("at least one arm needs its own hazards, medians or landmarks")
        if any(one.arms and sorted(c.arm for c in one.arms) != sorted(described) for one in self.strata):
            raise ValueError("`arms` of a stratum must describe both arms, each once")
        plan = self.group_sequential
        if plan is not None and plan.efficacy_spent and len(plan.efficacy_spent) != len(self.analyses):
            raise ValueError("`efficacy_spent` needs one share for each analysis")
        return self
