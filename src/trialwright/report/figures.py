"""Figures as SVG text: made with matplotlib, the same bytes for the same numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from trialwright.stats.kaplan_meier import KaplanMeier
from trialwright.stats.landmarks import compute_numbers_at_risk

COLOURS = ("#0b5c6b", "#a0522d", "#5b3a8c", "#5c6b0b")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.5)), (0, (5, 1, 1, 1)))
WIDTH_INCHES = 7.2
LABEL_GAP_POINTS = 18
"""From the middle of the first number at risk to the end of the arm's name beside it."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One arm's survival curve with the name to print."""

    label: str
    estimate: KaplanMeier


@dataclass(frozen=True, slots=True)
class Course:
    """Means over time of one arm: positions, estimates and limits, with the number behind each."""

    label: str
    positions: tuple[float, ...]
    means: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    counts: tuple[int, ...]


def draw_survival(curves: Sequence[Curve], at_risk_months: Sequence[float], x_label: str, name: str) -> str:
    """Kaplan-Meier curves with interval bands, censor ticks and numbers at risk under the axis."""
    figure, axes = make_canvas(3.9 + 0.22 * len(curves))
    for index, curve in enumerate(curves):
        _draw_curve(axes, curve, COLOURS[index % 4], DASHES[index % 4])
    axes.set_ylim(0, 1.02)
    last = max((float(c.estimate.time[-1]) for c in curves if len(c.estimate.time)), default=1.0)
    right = max([month for month in at_risk_months if month <= last * 1.05] or [last], default=last)
    axes.set_xlim(0, max(right, last) * 1.02)
    months = [month for month in at_risk_months if month <= max(right, last)]
    axes.set_xticks(months)
    axes.set_xlabel(x_label)
    axes.set_ylabel("Proportion without event")
    axes.legend(loc="upper right", frameon=False)
    _write_at_risk(axes, curves, months)
    return render_svg(figure, name)


def _draw_curve(axes: Any, curve: Curve, colour: str, dash: Any) -> None:
    found = curve.estimate
    time = np.concatenate(([0.0], found.time))
    survival = np.concatenate(([1.0], found.survival))
    # Before the first event nothing is uncertain yet; at zero no interval can be drawn.
    none = np.isnan(found.lower) | np.isnan(found.upper)
    lower = np.concatenate(([1.0], np.where(none, found.survival, found.lower)))
    upper = np.concatenate(([1.0], np.where(none, found.survival, found.upper)))
    axes.step(time, survival, where="post", color=colour, linestyle=dash, linewidth=1.6, label=curve.label)
    axes.fill_between(time, lower, upper, step="post", color=colour, alpha=0.12, linewidth=0)
    censored = found.n_censored > 0
    axes.plot(found.time[censored], found.survival[censored], "|", color=colour, markersize=6)


def _write_at_risk(axes: Any, curves: Sequence[Curve], months: Sequence[float]) -> None:
    place = axes.get_xaxis_transform()
    axes.text(0, -0.23, "Number at risk", transform=place, fontsize=8, ha="left", color="#4d5853")
    for row, curve in enumerate(curves):
        counts = compute_numbers_at_risk(curve.estimate, list(months))
        y = -0.29 - 0.06 * row
        # In points, not in parts of the axes: the room for a number of four digits stays when axes shrink.
        axes.annotate(
            curve.label,
            (0, y),
            xycoords=axes.transAxes,
            xytext=(-LABEL_GAP_POINTS, 0),
            textcoords="offset points",
            fontsize=8,
            ha="right",
            va="baseline",
            color=COLOURS[row % 4],
            annotation_clip=False,
        )
        for month, count in zip(months, counts, strict=True):
            axes.text(month, y, str(int(count)), transform=place, fontsize=8, ha="center")


def draw_course(
    courses: Sequence[Course], ticks: Sequence[tuple[float, str]], y_label: str, name: str, zero: bool
) -> str:
    """Means with intervals over time, arms side by side; ``zero`` draws the line of no change."""
    figure, axes = make_canvas(3.6)
    shift = 0.12
    for index, course in enumerate(courses):
        x = np.array(course.positions) + (index - (len(courses) - 1) / 2) * shift
        means = np.array(course.means)
        errors = np.vstack((means - np.array(course.lower), np.array(course.upper) - means))
        axes.errorbar(
            x,
            means,
            yerr=np.nan_to_num(errors),
            color=COLOURS[index % 4],
            linestyle=DASHES[index % 4],
            marker="os^D"[index % 4],
            markersize=4,
            linewidth=1.3,
            capsize=2,
            label=course.label,
        )
    if zero:
        axes.axhline(0, color="#a8aea7", linewidth=0.8)
    axes.set_xticks([position for position, _ in ticks], [label for _, label in ticks])
    axes.set_ylabel(y_label)
    axes.legend(loc="best", frameon=False)
    return render_svg(figure, name)


def draw_bars(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], x_label: str, name: str
) -> str:
    """Horizontal bars from zero, one group a label, one bar an arm."""
    figure, axes = make_canvas(0.9 + 0.34 * max(1, len(labels)))
    height = 0.8 / max(1, len(series))
    base = np.arange(len(labels))
    for index, (label, values) in enumerate(series):
        axes.barh(base + index * height, list(values), height * 0.9, color=COLOURS[index % 4], label=label)
    axes.set_yticks(base + height * (len(series) - 1) / 2, list(labels))
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel(x_label)
    axes.legend(loc="lower right", frameon=False)
    return render_svg(figure, name)


def make_canvas(height_inches: float) -> tuple[Any, Any]:
    """A figure without the global state of pyplot, in the house's look."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.add_subplot()
    axes.tick_params(labelsize=8.5)
    return figure, axes


def make_panels(height_inches: float, titles: Sequence[str]) -> tuple[Any, list[Any]]:
    """A figure with a panel for each title, side by side, with axes of the same ends."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
        FigureCanvasSVG(figure)
        grid = figure.subplots(1, len(titles), sharex=True, sharey=True, squeeze=False)
    panels = list(grid[0])
    for axes, title in zip(panels, titles, strict=True):
        axes.tick_params(labelsize=8.5)
        axes.set_title(title, fontsize=9, loc="left", wrap=True)
    return figure, panels


def render_svg(figure: Any, name: str) -> str:
    """The figure as SVG text. ``name`` keeps the ids inside apart from those of other figures on the page."""
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r"^.*?(?=<svg)", "", buffer.getvalue().decode(), flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return _number_ids(text, name)


def _number_ids(text: str, name: str) -> str:
    """The drawing with its ids in order of appearance, after the figure's name.

    Ids are the page's, not the figure's: two figures that share a glyph must not share its id. Some of
    matplotlib's are digests of unrounded positions, whose last bit is not the same in every run.
    """
    order: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return order.setdefault(match[0], f"{name}-{len(order) + 1}")

    return re.sub(r'(?<=\bid=")[^"]+|(?<=href="#)[^"]+|(?<=url\(#)[^)]+', numbered, text)
