"""Figures of the safety part: the stopping boundary with observed paths, and laboratory values over grades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .figures import COLOURS, DASHES, make_canvas, render_svg


@dataclass(frozen=True, slots=True)
class Path:
    """The number with an event after the first, second, ... subject of a group."""

    label: str
    counts: tuple[int, ...]


def draw_stopping(
    boundary: Sequence[int | None], paths: Sequence[Path], x_label: str, y_label: str, name: str
) -> str:
    """The smallest counts that stop, as a stepped line with the region above shaded, and the observed paths."""
    figure, axes = make_canvas(3.4)
    looks = [(n, limit) for n, limit in enumerate(boundary, start=1) if limit is not None]
    top = max([limit for _, limit in looks] + [max(path.counts, default=0) for path in paths] + [1]) + 1
    if looks:
        x, y = [n for n, _ in looks], [limit for _, limit in looks]
        axes.fill_between(x, y, top, step="mid", color="#7a1f1f", alpha=0.08, linewidth=0)
        axes.step(x, y, where="mid", color="#7a1f1f", linewidth=1.4, label="Stops")
    for index, path in enumerate(paths):
        counts = (0, *path.counts)
        # Paths that run together stay apart by a little, so that neither hides the other.
        shifted = [count + 0.06 * (index - (len(paths) - 1) / 2) for count in counts]
        axes.step(
            range(len(counts)),
            shifted,
            where="post",
            color=COLOURS[index % 4],
            linestyle=DASHES[index % 4],
            linewidth=1.6,
            label=f"{path.label}: {counts[-1]} of {len(path.counts)}",
        )
        axes.plot([len(counts) - 1], [shifted[-1]], "o", color=COLOURS[index % 4], markersize=5)
    axes.set_xlim(0, max(len(boundary), 1) + 0.5)
    axes.set_ylim(-0.3, top)
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.legend(loc="upper left", frameon=False)
    return render_svg(figure, name)
