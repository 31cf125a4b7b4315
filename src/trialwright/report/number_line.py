"""Inclusion against exclusion on a number line: what is included, excluded, in both or in neither, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from trialwright.study.checks.eligibility_regions import compute_comparisons, gap_between
from trialwright.study.checks.protocol import Protocol
from trialwright.study.checks.region_words import label_of, render_limit, render_region
from trialwright.study.criteria import Comparison, Interval, IntervalSet, LimitKind
from trialwright.study.findings import Finding
from trialwright.study.model import Study
from trialwright.study.units import typeset_unit

_WIDTH, _LEFT, _RIGHT = 640, 96, 616
_TOP, _ROW, _BAR = 22, 26, 10
_AXES = {LimitKind.ULN: "× ULN", LimitKind.LLN: "× LLN", LimitKind.BASELINE: "× baseline"}


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One drawing: the variable in words, the comparison it shows, whether it has a gap, and the SVG."""

    label: str
    comparison: Comparison
    has_gap: bool
    svg: str


def pick_line(finding: Finding, lines: Sequence[NumberLine], study: Study) -> NumberLine | None:
    """The drawing that shows what a finding on regions speaks of; None for every other finding."""
    if not finding.code.startswith("TW-ELI-"):
        return None
    path = finding.place.path
    criterion = None
    if len(path) >= 3 and path[:2] == ("eligibility", "criteria") and isinstance(path[2], int):
        criterion = study.eligibility.criteria[path[2]].id
    of_criterion = [
        line for line in lines if criterion in (*line.comparison.inclusion, *line.comparison.exclusion)
    ]
    named = [line for line in lines if finding.message.startswith(line.label)]
    return next((line for line in (*of_criterion, *named)), None)


def draw_number_lines(study: Study) -> tuple[NumberLine, ...]:
    """A drawing for every variable that both lists of the study limit."""
    protocol = Protocol(study)
    lines: list[NumberLine] = []
    for comparison in compute_comparisons(protocol):
        label = label_of(protocol.variable(comparison.variable))
        svg = draw_number_line(comparison, label)
        lines.append(NumberLine(label, comparison, not gap_between(comparison).is_empty, svg))
    return tuple(lines)


def draw_number_line(comparison: Comparison, label: str = "") -> str:
    """The SVG text of one comparison, 640 wide.

    A row for each of included, excluded, in both and in neither (the last two only where there is any), with
    filled ends for closed intervals and hollow ends for open ones, over an axis with every limit. Nothing is
    told by colour alone; classes ``nl-included``, ``nl-excluded``, ``nl-both``, ``nl-neither`` take a style
    sheet, and there is no style inside.
    """
    named = label or comparison.variable
    rows = _rows(comparison)
    low, high, ticks = _scale([region for _, _, region in rows])
    height = _TOP + _ROW * len(rows) + 34
    unit = _AXES.get(comparison.axis) or typeset_unit(comparison.unit)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="number-line" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img">',
        f"<title>{escape(_words(comparison, named))}</title>",
        f'<text class="nl-title" x="0" y="14">{escape(f"{named} ({unit})" if unit else named)}</text>',
    ]
    for number, (name, kind, region) in enumerate(rows):
        y = _TOP + _ROW * number + _ROW // 2
        parts.append(f'<text class="nl-label" x="0" y="{y + 4}">{name}</text>')
        parts += [_piece(piece, kind, y, (low, high)) for piece in region.intervals]
    parts += _axis(ticks, _TOP + _ROW * len(rows) + 6, (low, high))
    return "".join([*parts, "</svg>"])


def _rows(comparison: Comparison) -> list[tuple[str, str, IntervalSet]]:
    rows = [
        ("Included", "included", comparison.included),
        ("Excluded", "excluded", comparison.excluded),
        ("In both", "both", comparison.both),
        ("In neither", "neither", gap_between(comparison)),
    ]
    return [row for row in rows if not row[2].is_empty]


def _scale(regions: list[IntervalSet]) -> tuple[Fraction, Fraction, list[Fraction]]:
    """Both ends of the axis and the limits to mark."""
    ends = {end for region in regions for piece in region.intervals for end in (piece.low, piece.high)}
    ticks = sorted(end for end in ends if end is not None)
    if not ticks:
        return Fraction(0), Fraction(1), []
    span = ticks[-1] - ticks[0]
    margin = span * Fraction(2, 5) if span else max(abs(ticks[0]) / 2, Fraction(1))
    return ticks[0] - margin, ticks[-1] + margin, ticks


def _at(number: Fraction, ends: tuple[Fraction, Fraction]) -> float:
    share = (number - ends[0]) / (ends[1] - ends[0])
    return round(_LEFT + float(share) * (_RIGHT - _LEFT), 1)


def _piece(piece: Interval, kind: str, y: int, ends: tuple[Fraction, Fraction]) -> str:
    start = _LEFT if piece.low is None else _at(piece.low, ends)
    end = _RIGHT if piece.high is None else _at(piece.high, ends)
    drawn = [
        f'<rect class="nl-{kind}" x="{start}" y="{y - _BAR // 2}" width="{round(end - start, 1)}" height="{_BAR}"/>'
        if end > start
        else ""
    ]
    for at, closed in ((piece.low, piece.low_closed), (piece.high, piece.high_closed)):
        if at is not None:
            shape = "nl-closed" if closed else "nl-open"
            drawn.append(f'<circle class="nl-{kind} {shape}" cx="{_at(at, ends)}" cy="{y}" r="5"/>')
    return "".join(dict.fromkeys(drawn))


def _axis(ticks: list[Fraction], y: int, ends: tuple[Fraction, Fraction]) -> list[str]:
    parts = [f'<line class="nl-axis" x1="{_LEFT}" y1="{y}" x2="{_RIGHT}" y2="{y}"/>']
    for tick in ticks:
        x = _at(tick, ends)
        parts.append(f'<line class="nl-tick" x1="{x}" y1="{y}" x2="{x}" y2="{y + 5}"/>')
        parts.append(
            f'<text class="nl-number" x="{x}" y="{y + 19}" text-anchor="middle">{render_limit(tick)}</text>'
        )
    return parts


def _words(comparison: Comparison, label: str) -> str:
    told = [
        f"{name.lower()} {render_region(region, comparison.axis, comparison.unit)}"
        for name, _, region in _rows(comparison)
    ]
    return f"{label}: {'; '.join(told)}"
