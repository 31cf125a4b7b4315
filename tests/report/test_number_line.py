"""The number line: every region has its row, its ends are open or closed, nothing carries a style."""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from trialwright.report.number_line import draw_number_line, draw_number_lines
from trialwright.study.criteria import compare_lists, parse_rule
from trialwright.study.criteria.ast import Rule
from trialwright.study.load import load_study

STUDIES = Path(__file__).parents[2] / "studies"
SVG = "{http://www.w3.org/2000/svg}"


def rule(text: str) -> Rule:
    parsed = parse_rule(text).rule
    assert parsed is not None
    return parsed


def drawn(inclusion: str, exclusion: str) -> etree._Element:
    (comparison,) = compare_lists({"i": rule(inclusion)}, {"e": rule(exclusion)})
    return etree.fromstring(draw_number_line(comparison, "Bilirubin <total>").encode())


def classes(image: etree._Element) -> list[str]:
    return [element.get("class", "") for element in image.iter()]


def test_a_gap_has_a_row_with_closed_ends() -> None:
    image = drawn("bilirubin < 3 mg/dL", "bilirubin > 100 umol/L")
    assert "nl-neither" in classes(image)
    assert classes(image).count("nl-neither nl-closed") == 2
    assert "nl-included nl-open" in classes(image)
    numbers = [text.text for text in image.iter(f"{SVG}text") if text.get("class") == "nl-number"]
    assert numbers == ["51.31", "100"]


def test_a_gap_of_one_point_is_a_dot() -> None:
    image = drawn("creatinine < 2.5 mg/dL", "creatinine > 2.5 mg/dL")
    assert "nl-neither" not in classes(image)
    assert classes(image).count("nl-neither nl-closed") == 1


def test_lists_that_meet_have_neither_gap_nor_overlap() -> None:
    image = drawn("creatinine <= 2.5 mg/dL", "creatinine > 2.5 mg/dL")
    assert not {"nl-neither", "nl-both"} & {name for group in classes(image) for name in group.split()}


def test_an_overlap_has_its_row() -> None:
    assert "nl-both" in classes(drawn("creatinine <= 3 mg/dL", "creatinine > 2.5 mg/dL"))


def test_words_are_escaped_and_told_without_colour_or_style() -> None:
    image = drawn("bilirubin < 3 mg/dL", "bilirubin > 100 umol/L")
    title = image.find(f"{SVG}title")
    assert title is not None
    assert title.text == (
        "Bilirubin <total>: included below 51.31 µmol/L; excluded above 100 µmol/L; in neither 51.31 to 100 µmol/L"
    )
    assert all(element.get("style") is None for element in image.iter())
    assert image.find(f"{SVG}style") is None


def test_the_study_has_a_line_for_every_variable_of_both_lists() -> None:
    study = load_study(STUDIES / "nct02632201").study
    assert study is not None
    lines = draw_number_lines(study)
    assert {line.comparison.variable for line in lines} == {
        "life_expectancy",
        "creatinine",
        "AST",
        "bilirubin",
    }
    assert all(line.has_gap for line in lines)
