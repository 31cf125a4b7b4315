"""The drawings of response: the same bytes each time, light for two thousand subjects, whole where there is nobody."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from lxml import etree

from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.target import TargetResult
from trialwright.outcomes.recist.time_points import TimePoint
from trialwright.report.response_drawings import (
    FEW,
    Bar,
    Lane,
    Thread,
    draw_spider,
    draw_swimmer,
    draw_waterfall,
)
from trialwright.report.subject_spider import draw_subject_spider, say_course

START = date(2025, 3, 1)


def bars(count: int) -> list[Bar]:
    rng = random.Random(3)
    changes = sorted((rng.uniform(-100, 60) for _ in range(count)), reverse=True)
    names = [("PR" if c <= -30 else "PD" if c > 20 else rng.choice(["SD", "NE"])) for c in changes]
    return [
        Bar(c, name, k % 5 == 0, k % 7 == 0) for k, (c, name) in enumerate(zip(changes, names, strict=True))
    ]


def threads(count: int) -> list[Thread]:
    rng = random.Random(4)
    return [
        Thread((0.0, 1.4, 2.8), (0.0, rng.uniform(-50, 30), rng.uniform(-80, 60)), (2,)) for _ in range(count)
    ]


def lanes(count: int) -> list[Lane]:
    marks = {"DC given": (0.6, 1.3), "progression": (4.0,), "death": (6.0,)}
    return [Lane(6.0 + k / count, ((1.4, 4.0),), marks) for k in range(count)]


DRAWINGS = {
    "waterfall": lambda n: draw_waterfall([("A", bars(n)), ("B", bars(n))], "Change, %", "waterfall"),
    "spider": lambda n: draw_spider([("A", threads(n)), ("B", threads(n))], "Months", "Change, %", "spider"),
    "swimmer": lambda n: draw_swimmer([("A", lanes(n)), ("B", lanes(n))], ("DC given",), "Months", "swimmer"),
}


@pytest.mark.parametrize("kind", DRAWINGS)
@pytest.mark.parametrize("count", [0, 1, 20, 500])
def test_drawings_are_whole_repeatable_and_light(kind: str, count: int) -> None:
    drawn = DRAWINGS[kind](count)
    assert drawn == DRAWINGS[kind](count)
    root = etree.fromstring(drawn)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(drawn) < 1_500_000


def test_crowded_panels_have_no_marks_of_doses() -> None:
    """A lane more than the limit, and the marks of doses and their line of the legend are gone."""
    few, many = (draw_swimmer([("x", lanes(n))], ("DC given",), "m", "s") for n in (FEW, FEW + 1))
    assert few.count("<use") - many.count("<use") >= 2 * FEW - 3


def point(day: int, mm: int | None, overall: Response, new: bool = False, nadir: int = 50) -> TimePoint:
    share = None if mm is None else Fraction(mm, 50) - 1
    from_nadir = None if mm is None else Fraction(mm, nadir) - 1
    target = TargetResult(
        Response.NE if mm is None else Response.SD,
        None if mm is None else Decimal(mm),
        mm is not None,
        Decimal(50),
        Decimal(nadir),
        share_from_baseline=share,
        share_from_nadir=from_nadir,
        why="As measured.",
    )
    on = START + timedelta(days=day - 1)
    return TimePoint("S01-001", f"v{day}", on, target, Response.NA, new, overall)


COURSE = [
    point(43, 40, Response.SD),
    point(85, 30, Response.PR, nadir=40),
    point(90, None, Response.NE, nadir=30),
    point(127, 45, Response.PD, new=True, nadir=30),
]


@pytest.mark.parametrize("width", [330, 640])
def test_the_spider_of_a_subject_has_every_assessment_and_no_style_inside(width: int) -> None:
    drawn = draw_subject_spider(COURSE, START, width)
    root = etree.fromstring(drawn)
    name = "{http://www.w3.org/2000/svg}"
    assert drawn == draw_subject_spider(list(reversed(COURSE)), START, width)
    assert root.get("role") == "img"
    assert root.get("width") == str(width)
    assert root.findtext(f"{name}title") == say_course(COURSE, START)
    letters = [t.text for t in root.iter(f"{name}text") if t.get("class") == "sp-letters"]
    assert letters == ["SD", "PR", "NE", "PD"]
    dots = [c for c in root.iter(f"{name}circle") if c.get("class") == "sp-base"]
    squares = [c for c in root.iter(f"{name}rect") if c.get("class") == "sp-nadir"]
    assert (len(dots), len(squares)) == (3 + 1, 3 + 1)  # the legend has one of each
    assert len([p for p in root.iter(f"{name}polygon") if p.get("class") == "sp-new"]) == 2
    assert "style" not in drawn
    assert "<script" not in drawn


def test_the_scale_of_the_spider_is_true() -> None:
    root = etree.fromstring(draw_subject_spider(COURSE, START))
    name = "{http://www.w3.org/2000/svg}"
    zero = next(line for line in root.iter(f"{name}line") if line.get("class") == "sp-zero")
    limit = next(line for line in root.iter(f"{name}line") if line.get("class") == "sp-limit")
    dots = [float(c.get("cy")) for c in root.iter(f"{name}circle")]
    per_percent = (float(limit.get("y1")) - float(zero.get("y1"))) / 30
    changes = [(y - float(zero.get("y1"))) / per_percent for y in dots[:3]]
    assert changes == pytest.approx([20, 40, 10], abs=0.2)


def test_words_of_the_course() -> None:
    assert draw_subject_spider([], START) == ""
    assert say_course([], START) == "No assessment after baseline."
    words = say_course(COURSE, START)
    assert "last −10.0 %, lowest −40.0 %" in words
    assert "SD on day 43, PR on day 85, NE on day 90, PD on day 127" in words
    assert "A new lesion was seen first on day 127." in words


def test_why_names_what_weighs_besides_the_targets() -> None:
    assert COURSE[0].why == "As measured."
    assert COURSE[3].why == "There is a new lesion."
