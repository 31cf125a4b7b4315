"""The tables of :mod:`trialwright.report.characteristics`: each estimate with its Monte Carlo standard error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trialwright.design.detectable import DetectableEffect
from trialwright.design.picture import DesignPicture, PowerCurve, SurvivalBelief

from .design_charts import AXIS_WORDS, ENDPOINT_WORDS
from .model import Cell, Number, Row, Table

if TYPE_CHECKING:
    from .characteristics import ShownScenario

NAME = "characteristics"
NONE = "–"


def make_characteristics_table(shown: Sequence[ShownScenario]) -> Table:
    """A row for each scenario and endpoint: power, rejections either way, events, time, hazard ratios."""
    columns = (
        "Scenario and endpoint",
        "Power",
        "Rejected either way",
        "Events",
        "Months to the end",
        "Hazard ratio, median",
        "Detectable at 80 %",
    )
    rows = [row for one in shown for row in _scenario_rows(one)]
    notes = (
        "Power counts rejections in favour of the experimental arm, at any analysis where there are boundaries. "
        "One hazard ratio on progression and on death makes a smaller one for overall survival, because both "
        "act on it; the detectable ratio is one on progression and death, with all losses of the scenario.",
    )
    return Table(
        f"{NAME}-scenarios", "Operating characteristics of the scenarios", columns, tuple(rows), notes
    )


def _scenario_rows(one: ShownScenario) -> list[Row]:
    assert one.picture is not None
    rows = [Row(one.scenario.title, ())]
    for found in one.picture.detectable:
        rows.append(Row(ENDPOINT_WORDS[found.endpoint].capitalize(), _cells(one, found), indent=1))
    return rows


def _cells(one: ShownScenario, found: DetectableEffect) -> tuple[Cell, ...]:
    assert one.picture is not None
    document, name = one.picture.document, f"{NAME}.{one.scenario.id}.{found.endpoint}"
    stops, last = document["monitoring"], document["analyses"][-1]
    shown: dict[str, Any] = last["endpoints"][found.endpoint]
    of: dict[str, Any] = stops if stops is not None and stops["endpoint"] == found.endpoint else shown
    ratio = shown["hazard_ratio"]
    return (
        share_cell(f"{name}.power", of["power"], "Share of simulated trials that reject in favour."),
        share_cell(f"{name}.rejected", of["rejected_either_way"], "Share of simulated trials that reject."),
        mean_cell(f"{name}.events", of["events"], "Events at the end of a simulated trial, mean."),
        mean_cell(f"{name}.months", (stops or last)["duration_months"], "Months from the opening of enrolment."),
        _ratio_cell(f"{name}.hazard_ratio", ratio["median"], ratio["median_se"], "Median of the Cox hazard ratios."),
        _ratio_cell(
            f"{name}.detectable", found.hazard_ratio, found.se, "Hazard ratio at which power is 80 %, by bisection."
        ),
    )  # fmt: skip


def share_cell(name: str, found: Mapping[str, float], definition: str) -> Number:
    """A share in per cent with its standard error."""
    text = f"{100 * found['estimate']:.1f} % ± {100 * found['se']:.1f}"
    return Number(name, text, found["estimate"], f"{definition} Standard error {found['se']:.5f}.")


def mean_cell(name: str, found: Mapping[str, float] | None, definition: str) -> Cell:
    """A mean with its standard error; a dash where there is none."""
    if found is None:
        return NONE
    error = f" ± {found['se']:.2f}" if found["se"] > 0 else ""
    return Number(name, f"{found['estimate']:.1f}{error}", found["estimate"], definition)


def _ratio_cell(name: str, value: float | None, error: float | None, definition: str) -> Cell:
    if value is None:
        return NONE
    return Number(name, f"{value:.2f}" + (f" ± {error:.3f}" if error else ""), value, definition)


def make_assumption_table(shown: Sequence[ShownScenario]) -> Table:
    """What each scenario believes."""
    columns = (
        "Scenario",
        "Subjects",
        "Enrolment, months",
        "Median PFS, months",
        "Median OS, months",
        "Drop-out a month",
        "Products failing",
        "Final analysis",
        "Alpha",
    )
    rows = [Row(one.scenario.title, _assumptions(one.picture)) for one in shown if one.picture is not None]
    notes = tuple(
        f"{one.scenario.title}: assumed. {one.scenario.reason}" for one in shown if one.scenario.assumed
    )
    return Table(f"{NAME}-assumptions", "What the scenarios assume", columns, tuple(rows), notes)


def _assumptions(picture: DesignPicture) -> tuple[str, ...]:
    design, medians = picture.result.scenario, picture.document["true_medians_months"]
    control, experimental = design.arm_sizes
    look = design.looks[-1]
    end = f"month {look.at_months:g}" if look.at_events is None else f"{look.at_events} events"

    def pair(endpoint: str) -> str:
        values = [medians[arm][endpoint] for arm in ("control", "experimental")]
        return " and ".join(NONE if value is None else f"{value:.1f}" for value in values)

    return (
        f"{control} and {experimental}",
        f"{design.enrolment_months:g}",
        pair("pfs"),
        pair("os"),
        f"{100 * design.drop_out_per_month:g} %",
        f"{100 * design.experimental.product_failure:g} %",
        end,
        f"{100 * design.alpha:g} %, {'two' if design.sides == 2 else 'one'}-sided",
    )


def make_curve_table(named: Sequence[tuple[str, PowerCurve]]) -> Table:
    """The power curves: a row a hazard ratio."""
    ratios = named[0][1].hazard_ratios if named else ()
    rows = tuple(
        Row(
            f"{ratio:.2f}",
            tuple(f"{100 * curve.powers[k]:.1f} % ± {100 * curve.errors[k]:.1f}" for _, curve in named),
        )
        for k, ratio in enumerate(ratios)
    )
    return Table(
        f"{NAME}-power-data", "Power over the hazard ratio", ("Hazard ratio", *(n for n, _ in named)), rows
    )


def make_survival_table(beliefs: Sequence[SurvivalBelief], arms: tuple[str, str], every: int = 5) -> Table:
    """The assumed curves at every fifth of their points."""
    heads = [f"{arm}, {belief.endpoint.upper()}" for belief in beliefs for arm in arms]
    months = beliefs[0].months if beliefs else ()
    rows = tuple(
        Row(
            f"{months[k]:.1f}",
            tuple(f"{100 * curve[k]:.1f} %" for b in beliefs for curve in (b.control, b.experimental)),
        )
        for k in range(0, len(months), every)
    )
    return Table(f"{NAME}-survival-data", "Survival assumed", ("Months", *heads), rows)


def make_grid_table(
    axes: Mapping[str, Sequence[float]], powers: Sequence[Sequence[float | None]], replicates: int
) -> Table:
    """The grid as a table, each power with its standard error."""
    (down, rows), (across, columns) = axes.items()

    def cell(power: float | None) -> str:
        if power is None:
            return NONE
        return f"{100 * power:.1f} % ± {100 * (power * (1 - power) / replicates) ** 0.5:.1f}"

    return Table(
        f"{NAME}-grid-data",
        "Power by number of subjects",
        (AXIS_WORDS[down], *(f"{AXIS_WORDS[across]} {value:g}" for value in columns)),
        tuple(Row(f"{value:g}", tuple(cell(p) for p in powers[r])) for r, value in enumerate(rows)),
    )


def make_boundary_table(name: str, picture: DesignPicture) -> Table:
    """Boundaries, nominal p and where simulated trials end, a row a look."""
    assert picture.boundaries is not None
    given, stops = picture.boundaries.as_json(), picture.document["monitoring"]["stops"]
    columns = (
        "Analysis",
        "Information",
        "Efficacy Z",
        "One-sided p",
        "Lower Z",
        "Alpha spent",
        "Stops for efficacy",
        "Stops for futility",
        "Stops for harm",
    )
    rows = [
        Row(
            stop["id"].replace("_", " "),
            (
                f"{given['information_fractions'][k]:.1%}".replace("%", " %"),
                _z(given["efficacy_z"][k]),
                f"{given['nominal_one_sided_p'][k]:.5f}",
                _z(given["lower_z"][k]),
                f"{given['cumulative_alpha_spent'][k]:.5f}",
                *(
                    share_cell(
                        f"{name}.{stop['id']}.{why}", stop[why], f"Share of trials that stop for {why}."
                    )
                    for why in ("efficacy", "futility", "harm")
                ),
            ),
        )
        for k, stop in enumerate(stops)
    ]
    return Table(f"{name}-data", "Boundaries", columns, tuple(rows))


def _z(value: float | None) -> str:
    return NONE if value is None else f"{value:.4f}"
