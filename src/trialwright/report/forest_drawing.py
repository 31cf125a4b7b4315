"""The forest plot as SVG text: a line for each subgroup, squares by size, intervals on a logarithmic axis."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

from .figures import COLOURS, WIDTH_INCHES, render_svg

INK, QUIET, LINE = "#1c2320", "#4d5853", "#a8aea7"
TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
NARROW, WIDE = (0.1, 10.0), (0.02, 50.0)
ROW_INCHES = 0.2
LARGEST_POINTS = 9.0
"""The side of the square of the whole trial."""
LABEL_LETTERS, HEAD_LETTERS, ARM_LETTERS = 34, 12, 22
"""Longer labels are cut in the drawing; the table has them whole."""


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One line: a heading where ``counts`` is empty; else counts by arm, the estimate, and how many subjects.

    ``lower`` and ``upper`` may be infinite or missing; ``reason`` stands in the plot where there is no estimate.
    """

    label: str
    counts: tuple[str, ...] = ()
    estimate: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    subjects: int = 0
    text: str = ""
    reason: str = ""
    indent: int = 0


def draw_forest(
    rows: Sequence[ForestRow], heads: Sequence[str], favours: tuple[str, str], x_label: str, name: str
) -> str:
    """Labels and counts at the left, the intervals in the middle, the numbers at the right.

    ``heads`` name the columns of counts and the one of estimates; ``favours`` what lies left and right of 1.
    The first row with an estimate is the whole trial: its estimate is drawn through as a dotted line.
    """
    figure, (left, middle, right) = _panels(len(rows))
    wrapped = [textwrap.wrap(head, HEAD_LETTERS) for head in heads]
    _write_left(left, rows, wrapped[:-1])
    _write_column(right, rows, wrapped[-1])
    _draw_middle(middle, rows, favours, x_label)
    for axes in (left, middle, right):
        axes.set_ylim(len(rows) - 0.3, -1.0 - 0.75 * max(len(lines) for lines in wrapped))
    return render_svg(figure, name)


def _panels(count: int) -> tuple[Any, tuple[Any, Any, Any]]:
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({"font.size": 8}):
        figure = Figure(figsize=(WIDTH_INCHES, 1.4 + ROW_INCHES * count), layout="constrained")
        FigureCanvasSVG(figure)
        left, middle, right = figure.subplots(1, 3, width_ratios=(4.3, 2.8, 1.7))
    for axes in (left, right):
        axes.set_axis_off()
        axes.set_xlim(0, 1)
    return figure, (left, middle, right)


def _write_left(axes: Any, rows: Sequence[ForestRow], heads: Sequence[Sequence[str]]) -> None:
    places = [0.98 - 0.19 * (len(heads) - 1 - k) for k in range(len(heads))]
    for place, lines in zip(places, heads, strict=True):
        axes.text(place, -0.9, "\n".join(lines), fontsize=8, color=QUIET, ha="right", va="bottom")
    for y, row in enumerate(rows):
        weight = "normal" if row.indent else "bold"
        label = textwrap.shorten(row.label, LABEL_LETTERS, placeholder=" …")
        axes.text(0.03 * row.indent, y, label, fontsize=8, color=INK, va="center", fontweight=weight)
        for place, text in zip(places, row.counts, strict=False):
            axes.text(place, y, text, fontsize=8, color=INK, ha="right", va="center")


def _write_column(axes: Any, rows: Sequence[ForestRow], head: Sequence[str]) -> None:
    axes.text(0, -0.9, "\n".join(head), fontsize=8, color=QUIET, va="bottom")
    for y, row in enumerate(rows):
        axes.text(0, y, row.text, fontsize=8, color=INK, va="center")


def _draw_middle(axes: Any, rows: Sequence[ForestRow], favours: tuple[str, str], x_label: str) -> None:
    found = [row.estimate for row in rows if isfinite(row.estimate)]
    fits = all(NARROW[0] < value < NARROW[1] for value in found)
    low, high = NARROW if fits else WIDE
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.axvline(1, color=LINE, linewidth=0.9)
    if found:
        axes.axvline(found[0], color=COLOURS[0], linewidth=0.8, linestyle=(0, (1, 2)))
    whole = max((row.subjects for row in rows), default=1)
    for y, row in enumerate(rows):
        if isfinite(row.estimate):
            _draw_interval(axes, row, y, whole, (low, high))
        elif row.reason:
            note = f"NE: {row.reason}"
            axes.text(
                1, y, note, fontsize=6.5, color=QUIET, ha="center", va="center", backgroundcolor="white"
            )
    ticks = [tick for tick in TICKS if low <= tick <= high]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks], fontsize=7.5)
    axes.minorticks_off()
    axes.set_yticks([])
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    left, right = (textwrap.shorten(f"favours {arm}", ARM_LETTERS, placeholder=" …") for arm in favours)
    axes.text(0.45, -0.9, f"← {left}", **_above(axes), ha="right")
    axes.text(0.55, -0.9, f"{right} →", **_above(axes), ha="left")
    axes.set_xlabel(x_label, fontsize=8)


def _above(axes: Any) -> dict[str, Any]:
    """How a line above the intervals is written, at either side of 1."""
    return {"transform": axes.get_yaxis_transform(), "fontsize": 7, "color": QUIET, "va": "bottom"}


def _draw_interval(axes: Any, row: ForestRow, y: int, whole: int, ends: tuple[float, float]) -> None:
    """The interval, with an arrow where it goes on beyond the axis, and the square."""
    low, high = ends
    begin = low if not isfinite(row.lower) or row.lower < low else row.lower
    end = high if not isfinite(row.upper) or row.upper > high else row.upper
    axes.plot([begin, end], [y, y], color=INK, linewidth=1.0, solid_capstyle="butt")
    for at, beyond, shape in ((begin, begin == low, "<"), (end, end == high, ">")):
        if beyond:
            axes.plot([at], [y], shape, color=INK, markersize=4, clip_on=False)
    side = max(2.5, LARGEST_POINTS * sqrt(row.subjects / whole))
    estimate = min(max(row.estimate, low), high)
    axes.plot([estimate], [y], "s", color=COLOURS[0], markersize=side, markeredgewidth=0)
