"""Sentences made from templates whose meaning is known: whatever is computed of them has the right sense.

Each frame is filled with every variable and every way to say a comparison. A frame takes the limit that the healthy
keep (`{good}`) or the one that the ill pass (`{bad}`), and all but the last group mean the same: the healthy may come
in, the ill may not. What the reader cannot read it may leave to a person, but hardly ever.
"""

from __future__ import annotations

from itertools import product

import pytest

from trialwright.study.reader import Entry, Status, read_criteria

HIGH, LOW = "high", "low"
VARIABLES = [
    ("hemoglobin", "haemoglobin", "9", " g/dL", HIGH),
    ("platelet count", "platelets", "100", " x 10^9/L", HIGH),
    ("absolute neutrophil count (ANC)", "neutrophils", "1500", "/mm3", HIGH),
    ("serum creatinine", "creatinine", "1.5", " mg/dL", LOW),
    ("total bilirubin", "bilirubin", "2", " x ULN", LOW),
    ("AST", "ast", "3", " times the upper limit of normal", LOW),
    ("QTc interval", "qtc", "470", " msec", LOW),
    ("left ventricular ejection fraction", "lvef", "50", "%", HIGH),
    ("creatinine clearance", "creatinine_clearance", "60", " mL/min", HIGH),
    ("systolic blood pressure", "systolic_bp", "160", " mmHg", LOW),
    ("body mass index", "bmi", "35", " kg/m2", LOW),
    ("HbA1c", "hba1c", "9", "%", LOW),
    ("oxygen saturation", "spo2", "90", "%", HIGH),
    ("MMSE score", "mmse", "24", "", HIGH),
    ("serum albumin", "albumin", "30", " g/L", HIGH),
    ("serum potassium", "potassium", "5.5", " mmol/L", LOW),
]
MORE = [(">=", "≥"), (">", ">"), (">=", "at least"), (">", "greater than"), (">=", "greater than or equal to"),
        (">=", "\\>="), (">", "above"), (">=", "not less than"), (">=", "no lower than")]  # fmt: skip
LESS = [("<=", "≤"), ("<", "<"), ("<=", "no more than"), ("<", "less than"), ("<=", "less than or equal to"),
        ("<=", "=<"), ("<", "below"), ("<=", "not greater than"), ("<=", "not exceeding")]  # fmt: skip

INCLUSION = [
    "{v} {good}",
    "{v} of {good}",
    "Patients must have {v} {good}",
    "Subjects with {v} {good} at screening",
    "Adequate organ function defined as {v} {good}",
    "Adequate function ({v} {good})",
    "No growth factors within 7 days, {v} {good}",
    "No prior systemic therapy and {v} {good}",
    "Not pregnant or breastfeeding; {v} {good}",
    "No evidence of organ failure ({v} {good})",
    "Patients without symptoms who have {v} {good}",
    "No {v} {bad}",
    "No history of {v} {bad}",
    "No patients with {v} {bad}",
    "Must not have {v} {bad}",
    "Absence of {v} {bad}",
    "Patients without {v} {bad}",
    "No severe organ failure ({v} {bad})",
    "No severe organ failure (i.e., {v} {bad})",
    "No severe illness such as {v} {bad}",
    "No active infection, arrhythmia, or {v} {bad}",
    "Patients with {v} {bad} are excluded",
    "Patients with {v} {bad} will be excluded",
    "Patients with heart failure or {v} {bad} are not eligible",
    "Subjects are not eligible if {v} {bad}",
    "Excluding patients with {v} {bad}",
]
EXCLUSION = [
    "{v} {bad}",
    "Patients with {v} {bad}",
    "Screening {v} {bad} on two occasions",
    "Inadequate organ function defined as {v} {bad}",
    "Impaired organ function ({v} {bad})",
    "Severe disease, or {v} {bad}",
    "Without consent or {v} {bad}",
    "Unable to swallow, {v} {bad}",
    "Any of the following: {v} {bad}",
    "Clinically significant abnormality, including {v} {bad}",
    "Must have {v} {good}",
    "{v} must be {good}",
    "Does not have {v} {good}",
    "Patients who do not have {v} {good}",
    "Failure to meet {v} {good}",
    "Patients not meeting the requirement of {v} {good}",
    "Lack of adequate function, defined as {v} {good}",
]
ILL = [
    "{v} {bad}",
    "Patients with {v} {bad} despite treatment",
    "Disease that is not well controlled ({v} {bad})",
    "Not on dialysis with {v} {bad}",
    "Inadequate response to treatment, with {v} {bad}",
]
LAID_OUT = [
    ("Inclusion Criteria:\n\nPatients must not have any of the following:\n\n* {v} {bad}\n", True),
    (
        "Inclusion Criteria:\n\n* Age 18 years or older\n\nPatients will be excluded if:\n\n* {v} {bad}\n",
        True,
    ),
    ("Inclusion Criteria: 1. {v} {good}. 2. Consent. Exclusion Criteria: 1. Pregnancy. 2. HIV.", True),
    (
        "Inclusion Criteria: 1. Consent. 2. Measurable disease. Exclusion Criteria: 1. {v} {bad}. 2. HIV.",
        True,
    ),
    (
        "The inclusion criteria are: (1) consent; (2) adults. The exclusion criteria are: (1) HIV; (2) {v} {bad}.",
        True,
    ),
    (
        "PATIENT CHARACTERISTICS:\n\nOther:\n\n* {v} {good}\n\nPRIOR CONCURRENT THERAPY:\n\n* Not specified\n",
        True,
    ),
    ("Men without heart disease:\n\n* {v} {good}\n* consent", True),
    ("Exclusion Criteria:\n\n* Subjects not meeting the following:\n   * {v} {good}\n", False),
]


def fillings(healthy: bool) -> list[tuple[tuple[str, str, str, str, str], str, str]]:
    """Each variable with each comparison of the wanted side: the variable, the operator, the words."""
    found: list[tuple[tuple[str, str, str, str, str], str, str]] = []
    for variable in VARIABLES:
        words = MORE if (variable[4] == HIGH) is healthy else LESS
        found.extend((variable, operator, f"{word} {variable[2]}{variable[3]}") for operator, word in words)
    return found


def sentences(frame: str) -> list[tuple[str, tuple[str, str, str, str, str], str, bool]]:
    """The frame filled in every way: text, variable, operator, whether the limit keeps the healthy."""
    healthy = "{good}" in frame
    return [
        (
            frame.replace("{v}", variable[0]).replace("{good}", words).replace("{bad}", words),
            variable,
            operator,
            healthy,
        )
        for variable, operator, words in fillings(healthy)
    ]


def computed(text: str) -> list[Entry]:
    return [entry for entry in read_criteria(text) if entry.status is not Status.ATTESTED]


def keeps_the_healthy(entry: Entry, direction: str) -> bool:
    """Whether the entry lets the healthy in and keeps the ill out, worked out from operator and sense alone."""
    more = entry.operator in {">", ">="}
    return (more == (direction == HIGH)) == (entry.sense.value == "eligible_if")


def check(text: str, variable: tuple[str, str, str, str, str], operator: str, ill: bool = False) -> bool:
    """That nothing wrong is read; whether the limit was read at all."""
    entries = [entry for entry in computed(text) if entry.variable != "age"]
    for entry in entries:
        assert entry.variable == variable[1], text
        assert str(entry.value) == variable[2], text
        assert keeps_the_healthy(entry, variable[4]) is not ill, (text, entry.operator, entry.sense)
    return len(entries) == 1


def share_read(frame: str, head: str, ill: bool = False) -> float:
    made = sentences(frame)
    return sum(check(f"{head}* {text}\n", variable, op, ill) for text, variable, op, _ in made) / len(made)


@pytest.mark.parametrize("frame", INCLUSION)
def test_an_inclusion_lets_the_healthy_in(frame: str) -> None:
    assert share_read(frame, "Inclusion Criteria:\n\n") >= 0.8


@pytest.mark.parametrize("frame", EXCLUSION)
def test_an_exclusion_keeps_the_ill_out(frame: str) -> None:
    assert share_read(frame, "Exclusion Criteria:\n\n") >= 0.8


@pytest.mark.parametrize("frame", ILL)
def test_a_trial_of_the_ill_asks_for_them(frame: str) -> None:
    assert share_read(frame, "Inclusion Criteria:\n\n", ill=True) >= 0.8


@pytest.mark.parametrize(("layout", "_known"), LAID_OUT)
def test_the_layout_decides_the_section(layout: str, _known: bool) -> None:
    made = sentences(layout)
    assert sum(check(text, variable, op) for text, variable, op, _ in made) / len(made) >= 0.8


@pytest.mark.parametrize("number", ["2", "3"])
def test_a_denied_comparison_is_the_opposite(number: str) -> None:
    for (_, words), denial in product([*MORE[:2], *LESS[:2]], ["not", "cannot be", "should not be"]):
        (entry,) = computed(f"Inclusion Criteria:\n\n* AST {denial} {words} {number} x ULN\n")
        more = entry.operator in {">", ">="}
        asked = more == (entry.sense.value == "eligible_if")
        assert asked is not (words in {"≥", ">"}), (denial, words)
