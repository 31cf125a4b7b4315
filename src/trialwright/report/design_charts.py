"""The charts of a design: power over hazard ratios, the survival assumed, boundaries, where trials stop, a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trialwright.design.boundaries import Boundaries
from trialwright.design.explore import AXES
from trialwright.design.picture import PowerCurve, SurvivalBelief

from .charts import Axis, Line, Reference, draw_heat_map, draw_lines, make_axis, share_axis

ENDPOINT_WORDS = {"os": "overall survival", "pfs": "progression-free survival"}
AXIS_WORDS = {
    "subjects": "Subjects",
    "hazard_ratio": "Hazard ratio",
    "delay_months": "Delay, months",
    "experimental_share": "Share experimental",
    "accrual_months": "Enrolment, months",
    "look_months": "Analysis at month",
    "look_events": "Analysis at events",
    "product_failure": "Products failing",
    "vein_to_vein_months": "Waiting, months",
    "drop_out_per_month": "Drop-out a month",
    "alpha": "Type I error",
}
assert AXIS_WORDS.keys() == AXES.keys()


def draw_power_curves(
    curves: Sequence[PowerCurve],
    wanted: float = 0.8,
    here: float | None = None,
    labels: Sequence[str] = (),
) -> str:
    """Power over the hazard ratio, a band of two Monte Carlo standard errors around each curve.

    ``here`` marks the hazard ratio of the scenario. Without ``labels`` a curve is named by its endpoint.
    """
    names = labels or [ENDPOINT_WORDS[curve.endpoint].capitalize() for curve in curves]
    lines = [
        Line(
            name,
            curve.hazard_ratios,
            curve.powers,
            tuple(2 * error for error in curve.errors),
        )
        for name, curve in zip(names, curves, strict=True)
    ]
    ratios = [ratio for curve in curves for ratio in curve.hazard_ratios]
    references = [Reference(f"{100 * wanted:g} % power", y=wanted)]
    if here is not None:
        references.append(Reference(f"{here:g}", x=here))
    words = f"Power over hazard ratios from {min(ratios):g} to {max(ratios):g}."
    return draw_lines(lines, make_axis("Hazard ratio", ratios), share_axis("Power"), words, references)


def draw_assumed_survival(
    beliefs: Sequence[SurvivalBelief], arms: tuple[str, str], milestone_months: float | None = None
) -> str:
    """The survival that a scenario assumes; ``arms`` are the names of control and experimental arm."""
    lines = [
        Line(f"{name}, {ENDPOINT_WORDS[belief.endpoint]}", belief.months, values)
        for belief in beliefs
        for name, values in zip(arms, (belief.control, belief.experimental), strict=True)
    ]
    months = make_axis("Months since allocation", [m for belief in beliefs for m in belief.months], zero=True)
    references = []
    if milestone_months is not None:
        references.append(Reference(f"month {milestone_months:g}", x=milestone_months))
    return draw_lines(
        lines,
        months,
        share_axis("Without event"),
        "The survival curves that the scenario assumes.",
        references,
    )


def draw_boundaries(boundaries: Boundaries, futility: bool) -> str:
    """Boundaries of Z over the information; larger Z favours the experimental arm."""
    shares = tuple(boundaries.fractions)
    lines = [Line("Efficacy", shares, boundaries.upper, marks=True)]
    if futility:
        lines.append(Line("Futility", shares, boundaries.lower, marks=True))
    elif math.isfinite(boundaries.lower[-1]):
        lines.append(Line("Harm", shares, boundaries.lower, marks=True))
    finite = [z for line in lines for z in line.y if math.isfinite(z) and abs(z) < 9]
    information = Axis("Information", 0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), per_cent=True)
    words = "Stopping boundaries of the standardised statistic over the share of the planned information."
    return draw_lines(lines, information, make_axis("Z", [*finite, 0.0]), words)


def draw_grid(
    axes: dict[str, tuple[float, ...]], powers: Sequence[Sequence[float | None]], endpoint: str
) -> str:
    """Power over two settings as a heat map; the first axis runs down, the second across."""
    (down, rows), (across, columns) = axes.items()
    words = f"Power for {ENDPOINT_WORDS[endpoint]} by {AXES[down]} and {AXES[across]}."
    return draw_heat_map(
        [f"{value:g}" for value in rows],
        [f"{value:g}" for value in columns],
        powers,
        AXIS_WORDS[down],
        AXIS_WORDS[across],
        words,
    )


def draw_power_over(
    name: str,
    values: Sequence[float],
    powers: Sequence[float | None],
    errors: Sequence[float | None],
    endpoint: str,
) -> str:
    """Power over one setting of a design, with a band of two Monte Carlo standard errors."""
    found = [(v, p, e or 0.0) for v, p, e in zip(values, powers, errors, strict=True) if p is not None]
    line = Line(
        ENDPOINT_WORDS[endpoint].capitalize(),
        tuple(v for v, _, _ in found),
        tuple(p for _, p, _ in found),
        tuple(2 * e for _, _, e in found),
        marks=True,
    )
    words = f"Power for {ENDPOINT_WORDS[endpoint]} by {AXES[name]}."
    axis = make_axis(AXIS_WORDS[name], [v for v, _, _ in found])
    return draw_lines([line], axis, share_axis("Power"), words, [Reference("80 % power", y=0.8)])
