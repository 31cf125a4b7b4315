"""A design to be simulated: the plain values that the simulation takes.

It knows nothing of study files; :func:`trialwright.design.from_study.scenario_from_study` makes one from
a study.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from trialwright.design.hazards import DiseaseCourse, constant
from trialwright.study.findings import Finding
from trialwright.study.model.scenario import EfficacyKind, FutilityKind

Endpoint = Literal["os", "pfs"]
TestKind = Literal["log_rank", "fleming_harrington", "max_combo", "rmst", "milestone"]


@dataclass(frozen=True, slots=True)
class Look:
    """An analysis at a calendar time, or at a number of events (then ``at_months`` is the latest time)."""

    id: str
    at_months: float | None = None
    at_events: int | None = None
    endpoint: Endpoint = "os"


@dataclass(frozen=True, slots=True)
class DesignTest:
    """A test made at every look."""

    endpoint: Endpoint = "os"
    kind: TestKind = "log_rank"
    rho: float = 0.0
    gamma: float = 0.0
    tau_months: float | None = None


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Group-sequential boundaries over the looks, for the endpoint of the first test.

    ``efficacy`` and ``futility`` name spending functions (Haybittle-Peto: a fixed interim value). Futility
    makes the boundaries one-sided, at alpha / sides.
    """

    efficacy: EfficacyKind = "obrien_fleming"
    efficacy_gamma: float = -4.0
    haybittle_peto_z: float = 3.0
    futility: FutilityKind = "none"
    futility_gamma: float = -4.0
    futility_power: float = 0.8
    futility_binding: bool = False
    efficacy_spent: tuple[float, ...] = ()
    """Shares of alpha spent by each look, for the efficacy ``stated``."""


@dataclass(frozen=True, slots=True)
class ArmBelief:
    """One arm: its course once treated, and what is lost before.

    ``untreated`` is the course of subjects waiting for the product (``vein_to_vein_months``) or whose
    product failed (share ``product_failure``); ``cured`` is the share who never have an event. Without
    ``infused_after_progression`` who progresses while waiting stays untreated.
    """

    course: DiseaseCourse
    untreated: DiseaseCourse | None = None
    product_failure: float = 0.0
    vein_to_vein_months: float = 0.0
    cured: float = 0.0
    infused_after_progression: bool = True

    @property
    def bars_progressed(self) -> bool:
        """Whether subjects who progress while waiting have another course after progression."""
        return (
            not self.infused_after_progression and self.vein_to_vein_months > 0 and self.untreated is not None
        )

    def mixture(self) -> tuple[tuple[float, DiseaseCourse], ...]:
        """The courses of the arm with their probabilities: treated, product failed, cured."""
        untreated = self.untreated or self.course
        treated = untreated.until(self.vein_to_vein_months, self.course)
        never = DiseaseCourse(constant(0.0), constant(0.0), constant(0.0))
        alive = 1.0 - self.cured
        parts = (
            (alive * (1.0 - self.product_failure), treated),
            (alive * self.product_failure, untreated),
            (self.cured, never),
        )
        # the course of the untreated must be at hand where progression while waiting leads to it
        return tuple(part for k, part in enumerate(parts) if part[0] > 0 or (k == 1 and self.bars_progressed))

    def alive(self, endpoint: str, months: float, factor: float = 1.0) -> float:
        """Probability of being free of the event at a time, over all parts of the mixture.

        ``factor`` multiplies all hazards, as in a stratum.
        """
        parts = [(p, course if factor == 1.0 else course.scaled(factor)) for p, course in self.mixture()]
        found = sum(p * (c.pfs(months) if endpoint == "pfs" else c.os(months)) for p, c in parts)
        if endpoint == "os" and self.bars_progressed and months > self.vein_to_vein_months:
            found += parts[0][0] * self._of_progressed_while_waiting(months, factor)
        return found

    def _of_progressed_while_waiting(self, months: float, factor: float) -> float:
        """What the treated part's survival gains when those who progress while waiting stay untreated."""
        untreated, waited = (self.untreated or self.course).scaled(factor), self.vein_to_vein_months
        treated = self.course.scaled(factor)
        early = untreated.os(waited) - untreated.pfs(waited)
        left = [
            math.exp(
                -(c.death_after_progression.cumulative(months) - c.death_after_progression.cumulative(waited))
            )
            for c in (untreated, treated)
        ]
        return early * (left[0] - left[1])


@dataclass(frozen=True, slots=True)
class DesignScenario:
    """A complete design: who comes when, what happens to them, when one looks and what one tests.

    ``ratio`` is experimental : control. ``accrual`` holds (months, subjects per month) in order; only
    the shape counts, because exactly ``subjects`` enter. ``strata`` holds (id, proportion, factor on all
    hazards), ``stratum_beliefs`` the (control, experimental) arms of a stratum where they differ from the others
    by more than that factor. With ``random_arrivals`` the rates of ``accrual`` are those of a Poisson process, and
    enrolment ends with the last subject. ``response_rates`` are (control, experimental). The time of a look counts
    from the opening of enrolment. ``notes`` are findings of the making.
    """

    id: str
    subjects: int
    control: ArmBelief
    experimental: ArmBelief
    accrual: tuple[tuple[float, float], ...]
    looks: tuple[Look, ...]
    title: str = ""
    ratio: tuple[int, int] = (1, 1)
    drop_out_per_month: float = 0.0
    strata: tuple[tuple[str, float, float], ...] = (("all", 1.0, 1.0),)
    assessment_interval_months: float = 0.0
    tests: tuple[DesignTest, ...] = (DesignTest("os"), DesignTest("pfs"))
    alpha: float = 0.05
    sides: Literal[1, 2] = 2
    monitoring: Monitoring | None = None
    fewest_events: int = 10
    random_arrivals: bool = False
    stratum_beliefs: tuple[tuple[ArmBelief, ArmBelief] | None, ...] = ()
    response_rates: tuple[float, float] | None = None
    notes: tuple[Finding, ...] = ()
    planned_fractions: tuple[float, ...] = ()
    """Information at each look as planned, kept when beliefs vary; without it the scenario's own expectation."""
    stream: int = field(default=0)
    """Scenarios with the same stream share random numbers, so that differences between them are precise."""

    def varied(self, **changes: Any) -> DesignScenario:
        """The same scenario with some fields changed."""
        return replace(self, **changes)

    @property
    def arm_sizes(self) -> tuple[int, int]:
        """Subjects in (control, experimental)."""
        experimental = sum(self.arm_of(i) for i in range(self.subjects))
        return self.subjects - experimental, experimental

    def arms_in(self, stratum: int) -> tuple[ArmBelief, ArmBelief]:
        """(control, experimental) in a stratum."""
        own = self.stratum_beliefs[stratum] if self.stratum_beliefs else None
        return own or (self.control, self.experimental)

    def alive(self, experimental: bool, endpoint: str, months: float) -> float:
        """Probability of being free of the event at a time in an arm, over all strata."""
        return sum(
            share * self.arms_in(k)[experimental].alive(endpoint, months, factor)
            for k, (_, share, factor) in enumerate(self.strata)
        )

    def arm_of(self, subject: int) -> int:
        """1 for the experimental arm, 0 for control: the ratio's pattern, repeated."""
        return int(subject % sum(self.ratio) < self.ratio[0])

    def tests_endpoint(self, endpoint: Endpoint) -> bool:
        """Whether any test is made on the endpoint."""
        return any(test.endpoint == endpoint for test in self.tests)

    @property
    def other_tests(self) -> tuple[DesignTest, ...]:
        """The tests that are not the plain log-rank, which is made on every tested endpoint anyway."""
        return tuple(test for test in self.tests if test.kind != "log_rank")

    @property
    def enrolment_months(self) -> float:
        """How long enrolment is open."""
        return sum(months for months, _ in self.accrual)


def exponential_scenario(
    subjects: int,
    median_control_months: float,
    median_experimental_months: float,
    accrual_months: float,
    look_months: float,
    drop_out_per_month: float = 0.0,
    **changes: Any,
) -> DesignScenario:
    """A plain survival trial: exponential OS in both arms, no progression, even accrual, one look."""
    log2 = 0.6931471805599453

    def arm(median_months: float) -> ArmBelief:
        return ArmBelief(DiseaseCourse(constant(0.0), constant(log2 / median_months), constant(0.0)))

    base = DesignScenario(
        id="exponential",
        subjects=subjects,
        control=arm(median_control_months),
        experimental=arm(median_experimental_months),
        accrual=((accrual_months, subjects / accrual_months),),
        looks=(Look("final", look_months),),
        drop_out_per_month=drop_out_per_month,
        tests=(DesignTest("os"),),
    )
    return base.varied(**changes)
