"""One subject's tumour response over time as SVG: change from baseline and from the nadir, responses, new lesions.

Made for a page: there is no style inside (classes ``sp-...`` take the page's), and nothing is told by colour alone.
The two changes differ by line and by mark; the limits carry their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.time_points import TimePoint
from trialwright.study.schedule import day_of_date

from .wording import write_decimal

LEFT, RIGHT, TOP, PLOT, BELOW = 48, 14, 52, 200, 40
LETTER_ROOM = 20
"""Letters closer than this stand on two lines in turn."""
CAP_PERCENT = 150.0
SHORT = {Response.NON_CR_NON_PD: "nCR/nPD"}
KEYS = (
    ("sp-base", "from baseline"),
    ("sp-nadir", "from nadir"),
    ("sp-limit", "−30 % from baseline, +20 % from nadir"),
    ("sp-new", "new lesion"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where days and per cent lie in the drawing."""

    width: int
    first: int
    last: int
    low: float
    high: float

    def x(self, day: float) -> float:
        """The horizontal place of a study day."""
        share = (day - self.first) / (self.last - self.first)
        return round(LEFT + share * (self.width - LEFT - RIGHT), 1)

    def y(self, percent: float) -> float:
        """The vertical place of a change; changes beyond the axis stand at its end."""
        share = (min(max(percent, self.low), self.high) - self.low) / (self.high - self.low)
        return round(TOP + (1 - share) * PLOT, 1)


def draw_subject_spider(points: Sequence[TimePoint], start_on: date, width: int = 640) -> str:
    """The SVG of the assessments after baseline; '' where there are none. ``start_on`` is day 1."""
    if not points:
        return ""
    seen = sorted(points, key=lambda point: point.on)
    days = [day_of_date(start_on, point.on) for point in seen]
    place = _place(seen, days, width)
    height = TOP + PLOT + BELOW + 20 * len(_keys(seen))
    words = escape(say_course(seen, start_on))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="spider" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img"><title>{words}</title>',
        *_axes(place),
        *_limits(place),
        *_letters(seen, days, place),
        *_series(seen, days, place),
        *_legend(seen),
    ]
    return "".join([*parts, "</svg>"])


def say_course(points: Sequence[TimePoint], start_on: date) -> str:
    """The course in a sentence: the last change, the best one, and the responses in order."""
    seen = sorted(points, key=lambda point: point.on)
    if not seen:
        return "No assessment after baseline."
    changes = [p for point in seen if (p := point.target.percent_from_baseline) is not None]
    letters = ", ".join(f"{p.overall.value} on day {day_of_date(start_on, p.on)}" for p in seen)
    new = next((day_of_date(start_on, p.on) for p in seen if p.new_lesion), None)
    parts = ["Change of the sum of target lesions"]
    if changes:
        parts.append(f": last {write_decimal(changes[-1], 1)} %, lowest {write_decimal(min(changes), 1)} %")
    told = f"{''.join(parts)}. Responses: {letters}."
    return told if new is None else f"{told} A new lesion was seen first on day {new}."


def _place(points: Sequence[TimePoint], days: Sequence[int], width: int) -> Place:
    values = [
        value
        for point in points
        for value in (point.target.percent_from_baseline, point.target.percent_from_nadir)
        if value is not None
    ]
    high = min(CAP_PERCENT, max([30.0, *values]) + 8)
    return Place(width, 1, max(days[-1], 50), min([-40.0, *values]) - 8, high)


def _axes(place: Place) -> list[str]:
    floor = TOP + PLOT
    parts = [f'<line class="sp-axis" x1="{LEFT}" y1="{floor}" x2="{place.width - RIGHT}" y2="{floor}"/>']
    step = 20 if place.high - place.low <= 160 else 50
    first = int(-(-place.low // step)) * step
    for percent in range(first, int(place.high) + 1, step):
        y = place.y(percent)
        kind = "sp-zero" if percent == 0 else "sp-grid"
        parts.append(f'<line class="{kind}" x1="{LEFT}" y1="{y}" x2="{place.width - RIGHT}" y2="{y}"/>')
        label = write_decimal(percent, 0)
        parts.append(f'<text class="sp-number" x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{label} %</text>')
    for day in _ticks(place):
        x = place.x(day)
        parts.append(f'<line class="sp-axis" x1="{x}" y1="{floor}" x2="{x}" y2="{floor + 4}"/>')
        parts.append(
            f'<text class="sp-number" x="{x}" y="{floor + 17}" text-anchor="middle">day {day}</text>'
        )
    return parts


def _ticks(place: Place) -> list[int]:
    """Day 1 and then weeks in whole steps, with room for each number."""
    most = max(2, (place.width - LEFT - RIGHT) // 68)
    step = next(s for s in (14, 28, 42, 84, 168, 252, 336, 672, 1344, 10_000) if place.last / s <= most)
    return [1, *range(1 + step, place.last + 1, step)]


def _limits(place: Place) -> list[str]:
    """The two limits of RECIST 1.1, each against its own reference."""
    return [
        f'<line class="sp-limit" x1="{LEFT}" y1="{place.y(percent)}" x2="{place.width - RIGHT}" '
        f'y2="{place.y(percent)}"/>'
        for percent in (-30, 20)
    ]


def _series(points: Sequence[TimePoint], days: Sequence[int], place: Place) -> list[str]:
    """Both changes from baseline on, broken where a sum is not complete; then the marks."""
    base = [(day, point.target.percent_from_baseline) for day, point in zip(days, points, strict=True)]
    nadir = [(day, point.target.percent_from_nadir) for day, point in zip(days, points, strict=True)]
    parts = _polylines("sp-nadir", [(1, 0.0), *nadir], place) + _polylines(
        "sp-base", [(1, 0.0), *base], place
    )
    for day, percent in base:
        if percent is not None:
            parts.append(f'<circle class="sp-base" cx="{place.x(day)}" cy="{place.y(percent)}" r="4"/>')
    for day, percent in nadir:
        if percent is not None:
            x, y = place.x(day), place.y(percent)
            parts.append(f'<rect class="sp-nadir" x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>')
    first = next((k for k, point in enumerate(points) if point.new_lesion), None)
    if first is not None:
        parts.append(_star(place.x(days[first]), place.y(base[first][1] or 0.0) - 13))
    return parts


def _polylines(kind: str, values: Sequence[tuple[int, float | None]], place: Place) -> list[str]:
    pieces: list[list[str]] = [[]]
    for day, percent in values:
        if percent is not None:
            pieces[-1].append(f"{place.x(day)},{place.y(percent)}")
        elif pieces[-1]:
            pieces.append([])
    return [f'<polyline class="{kind}" points="{" ".join(piece)}"/>' for piece in pieces if len(piece) > 1]


def _star(x: float, y: float) -> str:
    corners = ((0, -6), (1.7, -1.9), (6, -1.9), (2.6, 0.9), (3.7, 5), (0, 2.5), (-3.7, 5), (-2.6, 0.9))
    shape = [*corners, (-6, -1.9), (-1.7, -1.9)]
    points = " ".join(f"{x + a:.1f},{y + b:.1f}" for a, b in shape)
    return f'<polygon class="sp-new" points="{points}"/>'


def _letters(points: Sequence[TimePoint], days: Sequence[int], place: Place) -> list[str]:
    """The overall response above each assessment, on two lines in turn where they stand close."""
    parts = [f'<text class="sp-words" x="0" y="14">{_heading(points)}</text>']
    before, row = float("-inf"), 0
    for day, point in zip(days, points, strict=True):
        x = place.x(day)
        row = 1 - row if x - before < LETTER_ROOM else 0
        before = x
        letters = SHORT.get(point.overall, point.overall.value)
        y = TOP - 8 - 13 * row
        parts.append(f'<line class="sp-grid" x1="{x}" y1="{TOP - 4}" x2="{x}" y2="{TOP + PLOT}"/>')
        parts.append(
            f'<text class="sp-letters" x="{x}" y="{y}" text-anchor="middle">{escape(letters)}</text>'
        )
    return parts


def _heading(points: Sequence[TimePoint]) -> str:
    base = next((point.target.baseline_mm for point in points if point.target.baseline_mm is not None), None)
    return "Change of the target sum" + (f"; baseline {base} mm" if base is not None else "")


def _keys(points: Sequence[TimePoint]) -> list[tuple[str, str]]:
    new = any(point.new_lesion for point in points)
    return [key for key in KEYS if key[0] != "sp-new" or new]


def _legend(points: Sequence[TimePoint]) -> list[str]:
    parts: list[str] = []
    for row, (kind, label) in enumerate(_keys(points)):
        y = TOP + PLOT + BELOW + 20 * row
        if kind == "sp-new":
            parts.append(_star(LEFT + 14, y - 4))
        else:
            parts.append(f'<line class="{kind}" x1="{LEFT}" y1="{y - 4}" x2="{LEFT + 28}" y2="{y - 4}"/>')
            if kind == "sp-base":
                parts.append(f'<circle class="{kind}" cx="{LEFT + 14}" cy="{y - 4}" r="4"/>')
            elif kind == "sp-nadir":
                parts.append(f'<rect class="{kind}" x="{LEFT + 9}" y="{y - 9}" width="10" height="10"/>')
        parts.append(f'<text class="sp-words" x="{LEFT + 36}" y="{y}">{label}</text>')
    return parts
