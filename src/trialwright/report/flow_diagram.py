"""The flow of subjects drawn: boxes and arrows from registration to analysis, after CONSORT 2010, figure 1."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 720
LINE = 15
PADDING = 9
GAP = 26
WRAP = 46
HEAVY = ' font-weight="bold"'
INK, FRAME, GROUND = "#1c2320", "#4d5853", "#ffffff"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the diagram: its lines, the first one printed heavier."""

    lines: tuple[str, ...]

    @property
    def wrapped(self) -> tuple[str, ...]:
        """The lines broken to fit the width of a box."""
        return tuple(part for line in self.lines for part in textwrap.wrap(line, WRAP) or [""])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return len(self.wrapped) * LINE + 2 * PADDING


def draw_flow(spine: Sequence[Box], aside: Box, arms: Sequence[Sequence[Box]]) -> str:
    """Boxes down the middle, one aside between the first two, then a column for each arm. SVG text."""
    parts: list[str] = []
    y = 4
    middle, box_width = WIDTH / 2, 300
    for index, box in enumerate(spine):
        x = middle - box_width / 2 if index or not aside.lines else 24
        parts.append(_box(x, y, box_width, box))
        if index == 0 and aside.lines:
            parts.append(_box(24 + box_width + 40, y, WIDTH - box_width - 88, aside))
            parts.append(_arrow(24 + box_width, y + box.height / 2, 24 + box_width + 40, y + box.height / 2))
            bottom = y + max(box.height, aside.height)
            parts.append(_bent(24 + box_width / 2, y + box.height, middle, bottom + GAP))
            y = bottom + GAP
        else:
            y += box.height + GAP
            if index < len(spine) - 1:
                parts.append(_arrow(middle, y - GAP, middle, y))
    parts += _columns(arms, y, middle)
    height = y + max((sum(box.height + GAP for box in column) for column in arms), default=0)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
        f'font-family="DejaVu Sans, Verdana, sans-serif" font-size="11">'
    )
    return "\n".join([head, *parts, "</svg>"])


def _columns(arms: Sequence[Sequence[Box]], top: float, middle: float) -> list[str]:
    parts: list[str] = []
    width = (WIDTH - 24) / max(1, len(arms)) - 24
    for index, column in enumerate(arms):
        x = 24 + index * (width + 24)
        parts.append(_bent(middle, top - GAP, x + width / 2, top))
        y = top
        for position, box in enumerate(column):
            parts.append(_box(x, y, width, box))
            if position:
                parts.append(_arrow(x + width / 2, y - GAP, x + width / 2, y))
            y += box.height + GAP
    return parts


def _box(x: float, y: float, width: float, box: Box) -> str:
    place = f'x="{x:g}" y="{y:g}" width="{width:g}" height="{box.height}"'
    frame = f'<rect {place} rx="3" fill="{GROUND}" stroke="{FRAME}"/>'
    first = len(textwrap.wrap(box.lines[0], WRAP)) if box.lines else 0
    texts = [
        f'<text x="{x + PADDING:g}" y="{y + PADDING + 11 + LINE * index:g}" fill="{INK}"'
        f"{HEAVY if index < first else ''}>{escape(line)}</text>"
        for index, line in enumerate(box.wrapped)
    ]
    return "\n".join([frame, *texts])


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:g} {y1:g} L{x2:g} {y2:g}" fill="none" stroke="{FRAME}"/>{_head(x2, y2, x1 == x2)}'


def _bent(x1: float, y1: float, x2: float, y2: float) -> str:
    turn = (max(y1, y2 - GAP / 2) + y2) / 2 if y2 - y1 > GAP else (y1 + y2) / 2
    path = f"M{x1:g} {y1:g} L{x1:g} {turn:g} L{x2:g} {turn:g} L{x2:g} {y2:g}"
    return f'<path d="{path}" fill="none" stroke="{FRAME}"/>{_head(x2, y2, down=True)}'


def _head(x: float, y: float, down: bool) -> str:
    points = (
        f"{x:g},{y:g} {x - 4:g},{y - 7:g} {x + 4:g},{y - 7:g}"
        if down
        else f"{x:g},{y:g} {x - 7:g},{y - 4:g} {x - 7:g},{y + 4:g}"
    )
    return f'<polygon points="{points}" fill="{FRAME}"/>'
