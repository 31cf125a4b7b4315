"""Waterfall, spider and swimmer plots as SVG text: a panel for each arm, for forty subjects as for two thousand.

Nothing is told by colour alone: arms stand in panels of their own, responses differ by hatching and marks by
shape. No subject is named in a drawing. Where a panel has many subjects its lines become thin and its small
marks are left out; the caption says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

from .figures import COLOURS, make_panels, render_svg

INK, QUIET = "#1c2320", "#8a918c"
PARTIAL_PERCENT, PROGRESSION_PERCENT = -30.0, 20.0
FEW = 60
"""Up to so many subjects in a panel get every mark."""
LETTERED = 24
"""Up to so many bars in a panel get the letters of their response."""

FILLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "CR": ("#00518a", ""),
        "PR": ("#56b4e9", "////"),
        "SD": ("#c9cdc9", ""),
        "PD": ("#d55e00", "\\\\\\\\"),
    }
)
OTHER_FILL = ("#ffffff", "....")
NEW_LESION, ONGOING = "*", ">"


@dataclass(frozen=True, slots=True)
class Bar:
    """One subject's best change, in percent of baseline as it is drawn, with the best overall response."""

    percent: float
    response: str
    new_lesion: bool
    ongoing: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """One subject's changes: months from allocation, percent of baseline, and where a lesion was new."""

    months: tuple[float, ...]
    percents: tuple[float, ...]
    new_lesions: tuple[int, ...] = ()
    """Positions at which a new lesion was seen first."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One subject's time on study: its length, stretches of response and marks, in months from allocation."""

    months: float
    responses: tuple[tuple[float, float], ...]
    marks: Mapping[str, tuple[float, ...]]


def draw_waterfall(panels: Sequence[tuple[str, Sequence[Bar]]], y_label: str, name: str) -> str:
    """Bars from the greatest growth to the greatest fall, with the limits of response and progression."""
    figure, grid = make_panels(3.7, [title for title, _ in panels])
    top = max([PROGRESSION_PERCENT + 5, *(bar.percent for _, bars in panels for bar in bars)])
    for axes, (_, bars) in zip(grid, panels, strict=True):
        _draw_bars(axes, bars)
        _draw_limits(axes)
        axes.set_xticks([])
        axes.set_xlabel(_subjects(len(bars)))
        axes.spines["bottom"].set_visible(False)
    bottom = min([PARTIAL_PERCENT - 5, *(bar.percent for _, bars in panels for bar in bars)])
    grid[0].set_ylim(bottom - 10, top + 10)
    grid[0].set_ylabel(y_label)
    _write_legend(figure, [*_fill_keys(panels), *_mark_keys(panels)])
    return render_svg(figure, name)


def _draw_bars(axes: Any, bars: Sequence[Bar]) -> None:
    from matplotlib.collections import PatchCollection

    few = len(bars) <= FEW
    runs = [(bar.response, [(place, bar)]) for place, bar in enumerate(bars)] if few else _runs(bars)
    for response in dict.fromkeys(name for name, _ in runs):
        colour, hatch = FILLS.get(response, OTHER_FILL)
        patches = [_outline(run, 0.1 if few else 0.0) for name, run in runs if name == response]
        width = 0.5 if few else 0.0
        axes.add_collection(
            PatchCollection(patches, facecolor=colour, hatch=hatch, edgecolor=INK, linewidth=width)
        )
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xlim(0, max(1, len(bars)))
    if few:
        _mark_bars(axes, bars)


def _runs(bars: Sequence[Bar]) -> list[tuple[str, list[tuple[int, Bar]]]]:
    """Neighbours of one response put together, so that a thousand bars are some shapes."""
    return [
        (response, list(run))
        for response, run in groupby(enumerate(bars), key=lambda placed: placed[1].response)
    ]


def _outline(run: Sequence[tuple[int, Bar]], gap: float) -> Any:
    """The shape of bars that stand side by side, each ``gap`` from the sides of its place."""
    from matplotlib.patches import Polygon

    begin, end = run[0][0] + gap, run[-1][0] + 1 - gap
    steps = [(x, bar.percent) for place, bar in run for x in (place, place + 1)]
    inside = [(min(max(x, begin), end), percent) for x, percent in steps]
    return Polygon([(begin, 0.0), *inside, (end, 0.0)], closed=True)


def _mark_bars(axes: Any, bars: Sequence[Bar]) -> None:
    """Letters at the outer end of a bar, marks on the other side of zero, where there is room."""
    for place, bar in enumerate(bars):
        x, sign = place + 0.5, 1 if bar.percent >= 0 else -1
        if len(bars) <= LETTERED:
            side = "bottom" if sign > 0 else "top"
            axes.text(x, bar.percent + 1.5 * sign, bar.response, fontsize=6, ha="center", va=side, color=INK)
        y = -5.0 * sign
        for shown, shape in ((bar.new_lesion, NEW_LESION), (bar.ongoing, ONGOING)):
            if shown:
                axes.plot([x], [y], shape, color=INK, markersize=4.5, markeredgewidth=0.5)
                y -= 8.0 * sign


def _draw_limits(axes: Any) -> None:
    for percent in (PARTIAL_PERCENT, PROGRESSION_PERCENT):
        axes.axhline(percent, color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))


def _subjects(count: int) -> str:
    return "1 subject" if count == 1 else f"{count} subjects"


def _fill_keys(panels: Sequence[tuple[str, Sequence[Bar]]]) -> list[Any]:
    from matplotlib.patches import Patch

    seen = {bar.response for _, bars in panels for bar in bars}
    named = [*(r for r in FILLS if r in seen), *sorted(seen - set(FILLS))]
    return [
        Patch(facecolor=fill, edgecolor=INK, linewidth=0.5, hatch=hatch, label=response)
        for response in named
        for fill, hatch in (FILLS.get(response, OTHER_FILL),)
    ]


def _mark_keys(panels: Sequence[tuple[str, Sequence[Bar]]]) -> list[Any]:
    shown = [bar for _, bars in panels if len(bars) <= FEW for bar in bars]
    keys: list[Any] = []
    if any(bar.new_lesion for bar in shown):
        keys.append(_key(NEW_LESION, "New lesion"))
    if any(bar.ongoing for bar in shown):
        keys.append(_key(ONGOING, "Without progression so far"))
    return keys


def _key(shape: str, label: str, colour: str = INK) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", marker=shape, color=colour, markersize=5, label=label)


def _write_legend(figure: Any, keys: Sequence[Any]) -> None:
    if keys:
        figure.legend(
            handles=list(keys), loc="outside lower center", ncols=min(5, len(keys)), frameon=False, fontsize=8
        )


def draw_spider(panels: Sequence[tuple[str, Sequence[Thread]]], x_label: str, y_label: str, name: str) -> str:
    """A line for each subject from baseline on, with the limits, and a mark where a lesion was new."""
    figure, grid = make_panels(3.7, [title for title, _ in panels])
    top = max([PROGRESSION_PERCENT + 5, *(p for _, found in panels for one in found for p in one.percents)])
    last = max([1.0, *(m for _, found in panels for one in found for m in one.months)])
    for index, (axes, (_, threads)) in enumerate(zip(grid, panels, strict=True)):
        _draw_threads(axes, threads, COLOURS[index % 4])
        _draw_limits(axes)
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_xlabel(x_label)
    grid[0].set_xlim(0, last * 1.03)
    bottom = min([PARTIAL_PERCENT - 5, *(p for _, found in panels for one in found for p in one.percents)])
    grid[0].set_ylim(bottom - 5, top + 5)
    grid[0].set_ylabel(y_label)
    marked = any(one.new_lesions for _, found in panels if len(found) <= FEW for one in found)
    _write_legend(figure, [_key(NEW_LESION, "New lesion")] if marked else [])
    return render_svg(figure, name)


def _draw_threads(axes: Any, threads: Sequence[Thread], colour: str) -> None:
    from matplotlib.collections import LineCollection

    few = len(threads) <= FEW
    paths = [list(zip(one.months, one.percents, strict=True)) for one in threads]
    axes.add_collection(
        LineCollection(
            paths,
            colors=colour,
            linewidths=1.0 if few else 0.4,
            alpha=0.75 if few else 0.35,
            capstyle="round",
        )
    )
    if not few:
        return
    months = [m for one in threads for m in one.months[1:]]
    percents = [p for one in threads for p in one.percents[1:]]
    axes.plot(months, percents, "o", color=colour, markersize=2.2, alpha=0.75)
    new = [(one.months[k], one.percents[k]) for one in threads for k in one.new_lesions]
    if new:
        x, y = zip(*new, strict=True)
        axes.plot(x, y, NEW_LESION, color=INK, markersize=6, markeredgewidth=0.4)


SHAPES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"progression": ("D", "#d55e00"), "death": ("X", INK), "ongoing": (">", "#0b5c6b")}
)
DOSE_SHAPES = ("|", "o", "^")
MARK_LABELS: Mapping[str, str] = MappingProxyType(
    {"progression": "Progression", "death": "Death", "ongoing": "Still followed"}
)


def draw_swimmer(
    panels: Sequence[tuple[str, Sequence[Lane]]], doses: Sequence[str], x_label: str, name: str
) -> str:
    """A lane for each subject, the longest at the top: time on study, response, doses, and how it ended.

    ``doses`` names the kinds of marks that are doses, at most three; they are left out of crowded panels.
    """
    most = max((len(lanes) for _, lanes in panels), default=0)
    crowded = most > FEW
    figure, grid = make_panels(min(7.5, max(2.6, 1.2 + 0.17 * most)), [title for title, _ in panels])
    room = 7.5 * 72 / max(1, most) if crowded else 8.0
    shapes = dict(SHAPES)
    if not crowded:
        shapes = {name: (shape, "#4d5853") for name, shape in zip(doses, DOSE_SHAPES, strict=False)} | shapes
    for axes, (_, lanes) in zip(grid, panels, strict=True):
        _draw_lanes(axes, lanes, shapes, min(5.0, max(0.9, room * 0.7)), crowded)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(x_label)
    last = max([1.0, *(lane.months for _, lanes in panels for lane in lanes)])
    grid[0].set_xlim(0, last * 1.05)
    grid[0].set_ylim(most + 0.2, -0.8)
    _write_legend(figure, _swimmer_keys(panels, shapes))
    return render_svg(figure, name)


def _draw_lanes(
    axes: Any,
    lanes: Sequence[Lane],
    shapes: Mapping[str, tuple[str, str]],
    size_points: float,
    crowded: bool,
) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    height = 1.0 if crowded else 0.7
    whole = [Rectangle((0, place - height / 2), lane.months, height) for place, lane in enumerate(lanes)]
    axes.add_collection(PatchCollection(whole, facecolor="#dfe3df", linewidth=0))
    response = [
        Rectangle((begin, place - 0.3 * height), max(end - begin, 0.05), 0.6 * height)
        for place, lane in enumerate(lanes)
        for begin, end in lane.responses
    ]
    axes.add_collection(
        PatchCollection(response, facecolor="#56b4e9", edgecolor="#00518a", linewidth=0 if crowded else 0.3)
    )
    for kind, (shape, colour) in shapes.items():
        found = [(month, place) for place, lane in enumerate(lanes) for month in lane.marks.get(kind, ())]
        if found:
            x, y = zip(*found, strict=True)
            size = size_points * (0.6 if shape == "o" else 1.0)
            axes.plot(x, y, shape, color=colour, markersize=size, markeredgewidth=0.4, linestyle="none")


def _swimmer_keys(
    panels: Sequence[tuple[str, Sequence[Lane]]], shapes: Mapping[str, tuple[str, str]]
) -> list[Any]:
    from matplotlib.patches import Patch

    lanes = [lane for _, found in panels for lane in found]
    keys: list[Any] = [Patch(facecolor="#dfe3df", label="On study")]
    if any(lane.responses for lane in lanes):
        keys.append(Patch(facecolor="#56b4e9", edgecolor="#00518a", linewidth=0.3, label="Response"))
    for kind, (shape, colour) in shapes.items():
        if any(lane.marks.get(kind) for lane in lanes):
            keys.append(_key(shape, MARK_LABELS.get(kind, kind), colour))
    return keys
