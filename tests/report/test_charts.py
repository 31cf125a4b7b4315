"""Charts as SVG: well-formed, without style or script, with points where the numbers say."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from trialwright.design.boundaries import compute_spending_boundaries
from trialwright.design.picture import PowerCurve, SurvivalBelief
from trialwright.report.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Axis,
    Line,
    Reference,
    draw_heat_map,
    draw_lines,
    make_axis,
    share_axis,
)
from trialwright.report.design_charts import (
    draw_assumed_survival,
    draw_boundaries,
    draw_grid,
    draw_power_curves,
)

SVG = "{http://www.w3.org/2000/svg}"


def parse(svg: str) -> ET.Element:
    root = ET.fromstring(svg)
    for element in root.iter():
        assert element.tag not in (f"{SVG}style", f"{SVG}script")
        assert "style" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)
    return root


def words(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_line_goes_through_its_points() -> None:
    x, y = Axis("Months", 0.0, 10.0, (0.0, 5.0, 10.0)), share_axis("Alive")
    root = parse(draw_lines([Line("A & B", (0.0, 10.0), (1.0, 0.0))], x, y, "Two points."))
    [line] = root.findall(f"{SVG}polyline")
    assert line.attrib["points"] == f"{LEFT:.1f},{TOP:.1f} {WIDTH - RIGHT:.1f},{HEIGHT - BOTTOM:.1f}"
    assert root.find(f"{SVG}title").text == "Two points."
    assert {"0 %", "100 %", "Months", "Alive"} <= set(words(root))


def test_line_is_interrupted_where_there_is_no_value() -> None:
    x, y = Axis("x", 0.0, 4.0), Axis("y", 0.0, 1.0)
    line = Line("a", (0.0, 1.0, 2.0, 3.0, 4.0), (0.1, 0.2, float("inf"), 0.3, float("nan")), marks=True)
    root = parse(draw_lines([line, Line("b", (0.0,), (0.5,))], x, y, "w"))
    assert len([p for p in root.findall(f"{SVG}polyline") if p.attrib["class"] == "line-0"]) == 2
    assert len(root.findall(f"{SVG}circle")) == 3
    assert "b" in words(root)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ((0.3, 1.0), (0.2, 0.4, 0.6, 0.8, 1.0)),
        ((0.0, 42.0), (0.0, 10.0, 20.0, 30.0, 40.0, 50.0)),
        ((5.0, 5.0), (4.0, 4.5, 5.0, 5.5, 6.0)),
    ],
)
def test_ticks_are_round(values: tuple[float, ...], ticks: tuple[float, ...]) -> None:
    assert make_axis("x", values).ticks == ticks


def test_references_outside_the_chart_are_left_out() -> None:
    line = Line("a", (0.0, 1.0), (0.0, 1.0))
    axes = Axis("x", 0.0, 1.0), share_axis("y")
    inside = draw_lines([line], *axes, "w", [Reference("here", x=0.5), Reference("wanted", y=0.8)])
    assert {"here", "wanted"} <= set(words(parse(inside)))
    assert "far" not in words(parse(draw_lines([line], *axes, "w", [Reference("far", x=3.0)])))


def test_heat_map_has_a_cell_for_each_number() -> None:
    root = parse(draw_heat_map(["40", "60"], ["0.6", "0.5"], [[0.51, 0.75], [None, 1.0]], "n", "HR", "w"))
    cells = root.findall(f"{SVG}rect")
    assert len(cells) == 3
    assert cells[-1].attrib["fill"] == "#0b5c6b"
    assert {"51 %", "75 %", "100 %", "40", "0.6"} <= set(words(root))


def test_design_charts() -> None:
    curve = PowerCurve("os", (0.4, 0.6, 1.0), (0.9, 0.5, 0.03), (0.01, 0.01, 0.0), 100)
    power = parse(draw_power_curves([curve], here=0.6))
    assert {"80 % power", "0.6"} <= set(words(power))
    assert len(power.findall(f"{SVG}polygon")) == 1
    belief = SurvivalBelief("os", (0.0, 10.0), (1.0, 0.5), (1.0, 0.7))
    assert "B, overall survival" in words(parse(draw_assumed_survival([belief], ("A", "B"), 6.0)))
    two_sided = compute_spending_boundaries((0.5, 1.0), 0.025, "pocock")
    assert {"Efficacy", "Harm"} <= set(words(parse(draw_boundaries(two_sided, False))))
    grid = draw_grid({"subjects": (40.0,), "hazard_ratio": (0.6, 0.5)}, [[0.5, 0.7]], "os")
    assert {"Subjects", "Hazard ratio", "50 %"} <= set(words(parse(grid)))
