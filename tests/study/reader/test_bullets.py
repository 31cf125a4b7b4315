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


RUNNING = [
    (
        "Inclusion: BMI of 20 or more, ALT up to 60 U/L. Exclusion: LVEF < 45%, potassium > 5.5 mmol/L.",
        ["+bmi", "+alt", "-lvef", "-potassium"],
    ),
    (
        "INCLUSION CRITERIA: 1. Age 20-60 2. HbA1c 7-9% EXCLUSION CRITERIA: 1. LVEF < 40% 2. BMI > 45",
        ["+age", "+hba1c", "-lvef", "-bmi"],
    ),
    (
        "Inclusion Criteria * BMI 20 to 35 kg/m2 * Age 20 or over Exclusion Criteria * QTc > 480 ms * BMI > 50",
        ["+bmi", "+age", "-qtc", "-bmi"],
    ),
    (
        "Exclusion Criteria 1. ferritin < 15 ng/mL 2. sodium < 130 mmol/L Inclusion Criteria 1. Age > 50",
        ["-ferritin", "-sodium", "+age"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), RUNNING)
def test_a_heading_in_running_text_holds_to_the_next(text: str, expected: list[str]) -> None:
    found = [f"{'+' if e.sense.value == 'eligible_if' else '-'}{e.variable}" for e in read_criteria(text)]
    assert found == expected


def test_a_word_in_one_bullet_does_not_turn_the_next() -> None:
    text = "Inclusion Criteria:\n* Gout. Exclusion: HbA1c > 12%.\n* BMI > 25\nExclusion Criteria:\n* Age > 80"
    found = {e.variable: e.sense.value for e in read_criteria(text) if e.variable}
    assert found == {"hba1c": "excluded_if", "bmi": "eligible_if", "age": "excluded_if"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You can join if:\n* BMI > 20\nYou can't join if...\n* your age is over 70", ["+bmi", "-age"]),
        ("Who can take part: women with BMI > 22. Who cannot take part: QTc > 480 ms.", ["+bmi", "-qtc"]),
        ("Reasons you may not qualify:\n* HbA1c > 10%", ["-hba1c"]),
        ("You cannot join if your BMI is over 40\nAge 18 or over", ["-bmi", "+age"]),
        ("Critères d’inclusion :\n* BMI > 20\nCritères de non inclusion :\n* LVEF < 45%", ["+bmi", "-lvef"]),
        ("CRITERIOS DE INCLUSIÓN\n* BMI > 20\nCRITERIOS DE EXCLUSIÓN\n* LVEF < 45%", ["+bmi", "-lvef"]),
        ("Einschlusskriterien:\n* BMI > 20\nAusschlusskriterien:\n* LVEF < 45%", ["+bmi", "-lvef"]),
        ("Criteri di inclusione\n* BMI > 20\nCriteri di esclusione\n* LVEF < 45%", ["+bmi", "-lvef"]),
        ("Critérios de inclusão:\n* BMI > 20\nCritérios de exclusão:\n* LVEF < 45%", ["+bmi", "-lvef"]),
        ("* Gout, excluding:\n  - QTc > 490 ms\n* BMI > 25", ["-qtc", "+bmi"]),
        (
            "* None of the following: QTc > 490 ms; LVEF < 40%; BMI > 50\n* ALT < 60 U/L",
            ["-qtc", "-lvef", "-bmi", "+alt"],
        ),
        ("Exclusion Criteria:\n* Platelets ≥ 90 x 10^9/L is not met", ["+platelets"]),
    ],
)
def test_the_layout_says_who_may_come_in(text: str, expected: list[str]) -> None:
    computed = [entry for entry in read_criteria(text) if entry.variable]
    assert [f"{'+' if e.sense.value == 'eligible_if' else '-'}{e.variable}" for e in computed] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Withdrawal criteria:\n* QTc > 500 ms\n* LVEF < 35%",
        "Exclusion Criteria:\n* Discontinuation criteria:\n  - QTc > 500 ms",
        "Exclusion Criteria:\n* Cancer in the last years, except:\n  - Gleason ≤ 6 and PSA < 8 ng/mL",
    ],
)
def test_reasons_to_leave_and_exceptions_are_attested(text: str) -> None:
    assert all(entry.status is Status.ATTESTED for entry in read_criteria(text))


def test_a_section_after_reasons_to_leave_counts_again() -> None:
    entries = read_criteria("Stopping rules:\n* QTc > 500 ms\nInclusion Criteria:\n* BMI > 20")
    assert [entry.variable for entry in entries] == ["", "bmi"]


def test_a_denied_list_in_running_text_is_attested() -> None:
    text = "Inclusion Criteria: * Age 20 or over * None of the following: * BMI > 41 * LVEF < 38% "
    text += "Exclusion Criteria: * QTc > 480 ms"
    assert [(e.section, e.variable) for e in read_criteria(text)] == [
        ("inclusion", "age"),
        ("inclusion", ""),
        ("exclusion", "qtc"),
    ]
