"""Charts as plain SVG text: lines with bands, and heat maps. Small and quick enough to be drawn for each answer.

There is no style inside, so that a page with a strict content policy can hold them; ink is ``currentColor`` and
follows the page. The same numbers give the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

from .figures import COLOURS

WIDTH, HEIGHT = 640, 330
LEFT, RIGHT, TOP, BOTTOM = 62, 26, 14, 46
DASHES = ("", "7 4", "2 3", "8 3 2 3")
HEAD = 'font-family="DejaVu Sans, Verdana, sans-serif" font-size="12"'


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, with a band of ``half_widths`` around it; ``marks`` puts a dot on each point."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    half_widths: tuple[float, ...] = ()
    marks: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A thin line across the chart, at a value of x or of y, with a word beside it."""

    label: str
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its name, its ends, its ticks, and whether its values are shares printed as per cent."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...] = field(default=())
    per_cent: bool = False

    def word(self, value: float) -> str:
        """A tick in words."""
        return f"{100 * value:g} %" if self.per_cent else f"{value:g}"


def share_axis(label: str) -> Axis:
    """An axis from 0 to 100 %."""
    return Axis(label, 0.0, 1.0, (0.0, 0.2, 0.4, 0.6, 0.8, 1.0), per_cent=True)


def make_axis(label: str, values: Sequence[float], zero: bool = False) -> Axis:
    """An axis around values, with about six ticks at round numbers; ``zero`` makes it begin there."""
    finite = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min([*finite, 0.0] if zero else finite), max(finite)
    if high <= low:
        low, high = (0.0, high or 1.0) if zero else (low - 1.0, low + 1.0)
    step = _round_step((high - low) / 6)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = tuple(round(k * step, 10) for k in range(first, last + 1))
    return Axis(label, ticks[0], ticks[-1], ticks)


def _round_step(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(nice * power for nice in (1, 2, 2.5, 5, 10) if nice * power >= step * (1 - 1e-9))


def draw_lines(
    lines: Sequence[Line], x: Axis, y: Axis, words: str, references: Sequence[Reference] = ()
) -> str:
    """SVG of the lines over two axes; ``words`` says in a sentence what is drawn."""
    legend = 20 * len(lines) if len(lines) > 1 else 0
    height = HEIGHT + legend
    parts = [_head(WIDTH, height, words), *_axes(x, y)]
    parts += [_reference(one, x, y) for one in references]
    for index, line in enumerate(lines):
        parts += _line(line, index, x, y)
    if legend:
        parts += [_key(line.label, index, HEIGHT + 12 + 20 * index) for index, line in enumerate(lines)]
    return "\n".join([*parts, "</svg>"])


def _head(width: int, height: int, words: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {width} {height}" '
        f'width="{width}" {HEAD} role="img">\n<title>{escape(words)}</title>'
    )


def _x(value: float, axis: Axis) -> float:
    share = (value - axis.low) / (axis.high - axis.low)
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(value: float, axis: Axis) -> float:
    share = (min(max(value, axis.low), axis.high) - axis.low) / (axis.high - axis.low)
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _axes(x: Axis, y: Axis) -> list[str]:
    floor, wall = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts: list[str] = []
    for tick in y.ticks:
        at = _y(tick, y)
        parts.append(_rule(LEFT, at, wall, at, 0.15))
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{y.word(tick)}</text>')
    for tick in x.ticks:
        at = _x(tick, x)
        parts.append(_rule(at, floor, at, floor + 5, 0.6))
        parts.append(f'<text x="{at}" y="{floor + 19}" text-anchor="middle">{x.word(tick)}</text>')
    parts.append(_rule(LEFT, floor, wall, floor, 0.6))
    middle = (TOP + floor) / 2
    parts.append(
        f'<text x="{(LEFT + wall) / 2:g}" y="{HEIGHT - 6}" text-anchor="middle">{escape(x.label)}</text>'
    )
    turned = f'transform="rotate(-90 14 {middle:g})"'
    parts.append(f'<text x="14" y="{middle:g}" text-anchor="middle" {turned}>{escape(y.label)}</text>')
    return parts


def _rule(x1: float, y1: float, x2: float, y2: float, opacity: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="currentColor" '
        f'stroke-opacity="{opacity}"{dashed}/>'
    )


def _reference(one: Reference, x: Axis, y: Axis) -> str:
    if one.x is not None:
        if not x.low <= one.x <= x.high:
            return ""
        at = _x(one.x, x)
        anchor, shift = ("end", -4) if at > WIDTH * 0.75 else ("start", 4)
        place = f'x="{at + shift:g}" y="{TOP + 10}" text-anchor="{anchor}" font-size="11"'
        text = f"<text {place}>{escape(one.label)}</text>"
        return _rule(at, TOP, at, HEIGHT - BOTTOM, 0.6, "3 3") + text
    at = _y(one.y or 0.0, y)
    text = f'<text x="{WIDTH - RIGHT}" y="{at - 4:g}" text-anchor="end" font-size="11">{escape(one.label)}</text>'
    return _rule(LEFT, at, WIDTH - RIGHT, at, 0.6, "3 3") + text


def _line(line: Line, index: int, x: Axis, y: Axis) -> list[str]:
    """The line in pieces: where a value is missing or infinite it is interrupted."""
    colour, dash = _look_of(index)
    parts: list[str] = []
    if line.half_widths:
        upper = [(a, b + w) for a, b, w in zip(line.x, line.y, line.half_widths, strict=True)]
        lower = [(a, b - w) for a, b, w in zip(line.x, line.y, line.half_widths, strict=True)]
        points = " ".join(f"{_x(a, x)},{_y(b, y)}" for a, b in [*upper, *lower[::-1]])
        parts.append(f'<polygon points="{points}" fill="{colour}" fill-opacity="0.18"/>')
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    for piece in _pieces(line):
        points = " ".join(f"{_x(a, x)},{_y(b, y)}" for a, b in piece)
        stroke = f'stroke="{colour}" stroke-width="2"{dashed}'
        parts.append(f'<polyline class="line-{index}" points="{points}" fill="none" {stroke}/>')
        if line.marks:
            parts += [_dot(_x(a, x), _y(b, y), colour, index) for a, b in piece]
    return parts


def _look_of(index: int) -> tuple[str, str]:
    """Colour and dash of a line; each pair comes once in sixteen lines."""
    return COLOURS[index % len(COLOURS)], DASHES[(index + index // len(COLOURS)) % len(DASHES)]


def _dot(x: float, y: float, colour: str, index: int) -> str:
    return f'<circle class="dot-{index}" cx="{x}" cy="{y}" r="4" fill="{colour}"/>'


def _pieces(line: Line) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for a, b in zip(line.x, line.y, strict=True):
        if math.isfinite(b):
            pieces[-1].append((a, b))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _key(label: str, index: int, y: float) -> str:
    colour, dash = _look_of(index)
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line class="line-{index}" x1="{LEFT}" y1="{y}" x2="{LEFT + 34}" y2="{y}" stroke="{colour}" '
        f'stroke-width="2"{dashed}/><text x="{LEFT + 42}" y="{y + 4}">{escape(label)}</text>'
    )


def draw_heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    shares: Sequence[Sequence[float | None]],
    row_label: str,
    column_label: str,
    words: str,
) -> str:
    """A heat map of shares from 0 to 1 with the per cent in every cell; None is an empty cell.

    ``shares`` has a sequence of ``len(columns)`` for each row.
    """
    left, top, cell_height = 96, 40, 30
    cell_width = (WIDTH - left - 8) / max(len(columns), 1)
    height = top + cell_height * len(rows) + 12
    parts = [
        _head(WIDTH, height, words),
        f'<text x="{left + cell_width * len(columns) / 2:g}" y="13" text-anchor="middle">{escape(column_label)}</text>',
        f'<text x="0" y="13">{escape(row_label)}</text>',
    ]
    size = 12 if cell_width > 44 else 9
    for c, name in enumerate(columns):
        x = left + cell_width * (c + 0.5)
        parts.append(
            f'<text x="{x:.1f}" y="33" text-anchor="middle" font-size="{size}">{escape(name)}</text>'
        )
    for r, name in enumerate(rows):
        y = top + cell_height * r
        parts.append(f'<text x="{left - 8}" y="{y + 19}" text-anchor="end">{escape(name)}</text>')
        for c, share in enumerate(shares[r]):
            parts += _cell(left + cell_width * c, y, cell_width, cell_height, share, size)
    return "\n".join([*parts, "</svg>"])


def _cell(x: float, y: float, width: float, height: float, share: float | None, size: int) -> list[str]:
    """A cell between white and the first colour; its number in the ink that can be read on it."""
    if share is None:
        return []
    deep = tuple(int(COLOURS[0][k : k + 2], 16) for k in (1, 3, 5))
    fill = "#" + "".join(f"{round(255 + (c - 255) * min(max(share, 0.0), 1.0)):02x}" for c in deep)
    kind, ink = ("on-dark", "#ffffff") if share > 0.55 else ("on-light", "#1c2320")
    return [
        f'<rect x="{x:.1f}" y="{y:g}" width="{width - 1:.1f}" height="{height - 1:g}" fill="{fill}"/>',
        f'<text class="{kind}" x="{x + width / 2:.1f}" y="{y + height / 2 + 4:g}" text-anchor="middle" '
        f'font-size="{size}" fill="{ink}">{100 * share:.0f} %</text>',
    ]
