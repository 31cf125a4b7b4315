"""The interim look: what was seen, the boundaries at the information seen, and what the rule says."""

from __future__ import annotations

import math

from trialwright.design.boundaries import Boundaries
from trialwright.outcomes.traceability import merge_sources

from .charts import Line, Reference, draw_lines, make_axis
from .dataset import Dataset
from .interim_look import (
    InterimLook,
    compute_outlook,
    compute_repeated_interval,
    derive_look,
    nominal_p,
    say_rule,
)
from .model import Cell, Figure, Number, Row, Section, Table
from .wording import finite, write_decimal, write_interval, write_p

TITLE = "Interim look"
ENDPOINTS = {"os": "overall survival", "pfs": "progression-free survival"}
NOTES = (
    "The naive interval is that of a trial with one analysis; looking more than once, it covers the truth too "
    "seldom. The repeated interval is as wide as the boundary is high, and holds at every look.",
    "Conditional power is the probability of crossing the last boundary; the boundary is recomputed at the "
    "information seen by the spending function of the design. The board decides; the rule advises.",
)


def build_interim(data: Dataset) -> Section:
    """The look that the plan names, of the first endpoint of its scenario, in all allocated subjects."""
    look = derive_look(data)
    if look is None:
        words = (
            "No scenario of the study has a group-sequential design, or an arm of it is empty: there is no "
            "boundary to look at."
        )
        return Section("interim", TITLE, (words,))
    table = Table(
        "interim_table", f"Look “{look.name}”: {ENDPOINTS[look.endpoint]}", ("", "Seen"), _rows(look), NOTES
    )
    blocks = (table,) if look.boundaries is None else (_figure(look, look.boundaries), table)
    return Section("interim", TITLE, (_say(look),), blocks)


def _say(look: InterimLook) -> str:
    share = write_decimal(100 * look.fraction, 0)
    return (
        f"{look.events} of {write_decimal(look.planned_events, 0)} planned events were seen ({share} % of the "
        f"information), by the design of “{look.scenario.title}”. {say_rule(look)}"
    )


def _rows(look: InterimLook) -> tuple[Row, ...]:
    outlook = compute_outlook(look)
    repeated = compute_repeated_interval(look)
    cox = look.cox
    ratio, low, high = (
        float(v[0]) if cox.estimable else math.nan for v in (cox.hazard_ratio, cox.lower, cox.upper)
    )
    level = f"{cox.level:.0%}"
    why = f" Not estimable: {cox.reason.rstrip('.')}." if not cox.estimable else ""
    return (
        _row(look, "events", "Events", float(look.events), 0, "Events of the monitored endpoint."),
        _row(
            look, "fraction", "Information seen", look.fraction, 3, "Events seen as a share of those planned."
        ),
        _row(look, "z", "Z, positive where the experimental arm does better", look.z, 3, "Log-rank Z, sign turned."),
        _row(look, "upper", "Boundary for efficacy", look.upper, 3, "Critical value of Z at the information seen."),
        _row(look, "lower", "Lower boundary", look.lower, 3, "Futility, or the mirror of the boundary for efficacy."),
        Row("One-sided p", (_p(look, "p", nominal_p(look.z), "One-sided p of Z, not adjusted for looks."),)),
        Row(
            "One-sided p at the boundary",
            (_p(look, "p_boundary", nominal_p(look.upper), "One-sided p that would cross the boundary for efficacy."),),
        ),
        _row(look, "spent", "Alpha spent, one-sided", _spent(look), 5, "One-sided alpha spent up to this look."),
        Row(
            f"Hazard ratio, naive {level} interval",
            (_ratio(look, "hazard_ratio", ratio, low, high, f"Cox model, naive {level} Wald interval.{why}"),),
        ),
        Row(
            "Hazard ratio, repeated interval",
            (_ratio(look, "repeated", ratio, *repeated, f"Cox model, repeated confidence interval.{why}"),),
        ),
        _row(
            look, "power_trend", "Conditional power, trend seen", outlook.by_trend, 3,
            "Probability of crossing the last boundary if the effect seen so far is true.",
        ),
        _row(
            look, "power_plan", "Conditional power, planned effect", outlook.by_plan, 3,
            "Probability of crossing the last boundary if the planned hazard ratio is true from now on.",
        ),
        _row(
            look, "power_predictive", "Predictive power", outlook.predictive, 3,
            "Conditional power averaged over the effect, flat prior.",
        ),
    )  # fmt: skip


def _spent(look: InterimLook) -> float:
    return look.boundaries.spent[look.position] if look.boundaries is not None else math.nan


def _row(look: InterimLook, name: str, label: str, value: float, digits: int, definition: str) -> Row:
    return Row(label, (_number(look, name, write_decimal(value, digits), value, definition),))


def _p(look: InterimLook, name: str, value: float, definition: str) -> Cell:
    return _number(look, name, write_p(value), value, definition)


def _ratio(look: InterimLook, name: str, ratio: float, low: float, high: float, definition: str) -> Cell:
    return _number(look, name, write_interval(ratio, low, high, 2), ratio, definition)


def _number(look: InterimLook, name: str, text: str, value: float, definition: str) -> Number:
    subjects = tuple(row.subject for row in look.rows)
    sources = merge_sources(*(row.source_ids for row in look.rows))
    return Number(f"interim.{name}", text, finite(value), definition, "", subjects, sources)


def _figure(look: InterimLook, found: Boundaries) -> Figure:
    lines = [Line("Boundary for efficacy", found.fractions, _drawn(found.upper), marks=True)]
    if any(math.isfinite(z) for z in found.lower):
        lines.append(Line("Lower boundary", found.fractions, _drawn(found.lower), marks=True))
    if math.isfinite(look.z):
        lines.append(Line("Z seen", (min(look.fraction, 1.0),), (look.z,), marks=True))
    values = [z for line in lines for z in line.y]
    words = f"Z seen {write_decimal(look.z, 2)}, boundary {write_decimal(look.upper, 2)}. {say_rule(look)}"
    svg = draw_lines(
        lines,
        make_axis("Information, share of the last look", (0.0, 1.0)),
        make_axis("Z", (*values, 0.0)),
        "Boundaries of the design and the value seen",
        (Reference("", y=0.0),),
    )
    return Figure(
        "interim_boundaries", "Boundaries and the value seen", svg, words, (), _boundary_table(look, found)
    )


def _drawn(values: tuple[float, ...]) -> tuple[float, ...]:
    """Boundaries beyond what can be reached are drawn at the edge."""
    return tuple(max(-6.0, min(6.0, z)) for z in values)


def _boundary_table(look: InterimLook, found: Boundaries) -> Table:
    rows = tuple(
        Row(
            f"{write_decimal(100 * share, 0)} % of the information{', this look' if k == look.position else ''}",
            (
                write_decimal(found.upper[k], 3),
                write_decimal(found.lower[k], 3),
                write_decimal(found.spent[k], 5),
            ),
        )
        for k, share in enumerate(found.fractions)
    )
    columns = ("", "Efficacy, Z", "Lower, Z", "Alpha spent, one-sided")
    return Table("interim_looks", "Boundaries by look", columns, rows)
