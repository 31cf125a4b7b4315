"""Sections and bullets: headings in many spellings, nested lists, wrapped lines, the old layout."""

from __future__ import annotations

import pytest

from trialwright.study.reader import Status, read_criteria


@pytest.mark.parametrize(
    "heading",
    [
        "Exclusion Criteria:",
        "EXCLUSION CRITERIA",
        "Key Exclusion Criteria:",
        "Exclusion:",
        "Non-inclusion criteria:",
        "Main exclusion criteria include:",
        "Criteria for exclusion:",
        "Exclusion Criteria (all patients)",
        "**Exclusion criteria**",
        "Exclusion criteria for healthy controls:",
    ],
)
def test_headings_open_the_exclusion_list(heading: str) -> None:
    entries = read_criteria(f"Inclusion Criteria:\n\n* Age ≥ 18 years\n\n{heading}\n\n* LVEF < 50%\n")
    assert [(e.id, e.section) for e in entries] == [("i1", "inclusion"), ("e1", "exclusion")]


@pytest.mark.parametrize("mark", ["* ", "- ", "1. ", "1) ", "(1) ", "a. ", "• ", "1\\. ", "  -  ", "* 1\\. "])
def test_markers_are_no_part_of_the_text(mark: str) -> None:
    (entry,) = read_criteria(f"Inclusion Criteria:\n\n{mark}Age ≥ 18 years")
    assert entry.text == "Age ≥ 18 years"


def test_a_heading_in_the_middle_of_a_line_opens_its_list() -> None:
    text = "Inclusion Criteria: Age ≥ 18 years. Exclusion Criteria: LVEF < 50%."
    assert [(e.section, e.variable) for e in read_criteria(text)] == [
        ("inclusion", "age"),
        ("exclusion", "lvef"),
    ]


def test_nested_items_and_wrapped_lines() -> None:
    text = (
        "        Inclusion Criteria:\n\n          -  Adequate organ function:\n\n"
        "               -  platelets ≥ 100,000/mm3, counted within 14 days of the\n"
        "                  first dose\n\n               -  hemoglobin ≥ 9 g/dL\n"
    )
    first, second, third = read_criteria(text)
    assert (first.kind, first.status) == ("lead_in", Status.ATTESTED)
    assert second.text.endswith("first dose")
    assert (second.variable, third.variable) == ("platelets", "haemoglobin")


def test_the_layout_of_old_oncology_records() -> None:
    text = "PATIENT CHARACTERISTICS:\n\nAge\n\n* 18 and over\n\nLife expectancy\n\n* At least 12 weeks\n"
    found = {e.variable: (e.operator, str(e.value), e.unit) for e in read_criteria(text) if e.variable}
    assert found == {"age": (">=", "18", "years"), "life_expectancy": (">=", "12", "weeks")}


def test_no_text_no_entries() -> None:
    assert read_criteria("") == []
    assert read_criteria(" \n\n ") == []


def test_a_sentence_about_exclusion_is_no_heading() -> None:
    entries = read_criteria("Inclusion Criteria:\n\n* Exclusion of pregnancy by a test.\n* Age ≥ 18 years")
    assert [entry.section for entry in entries] == ["inclusion", "inclusion"]
