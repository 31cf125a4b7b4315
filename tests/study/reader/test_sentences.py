"""One sentence, and what is to be read out of it; none is read the wrong way round."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from trialwright.study.criteria import parse_rule
from trialwright.study.reader import Status, builtin_lexicon, read_criteria

HERE = Path(__file__).parent
SENTENCES: list[tuple[str, str, list[list[Any]]]] = [
    (section, words, labels)
    for file in ("sentences.yaml", "sentences_forms.yaml")
    for section, listed in YAML(typ="safe").load(HERE / file).items()
    for words, *labels in listed
]


def found_in(section: str, words: str) -> list[list[Any]]:
    """What the reader computes, as the file writes it."""
    rows: list[list[Any]] = []
    for entry in read_criteria(f"{section.capitalize()} Criteria:\n\n* {words}\n"):
        if entry.status is not Status.ATTESTED:
            plain = entry.as_json()
            values = [plain["value"]] + ([plain["value2"]] if plain["value2"] is not None else [])
            rows.append([entry.variable, entry.operator, *values, entry.unit, entry.sense.value])
    return rows


@pytest.mark.parametrize(("section", "words", "labels"), SENTENCES)
def test_a_sentence_is_read_as_a_clinician_reads_it(
    section: str, words: str, labels: list[list[Any]]
) -> None:
    assert found_in(section, words) == labels


def test_the_sentences_are_many() -> None:
    assert len(SENTENCES) >= 700


@pytest.mark.parametrize(("section", "words", "labels"), SENTENCES)
def test_every_rule_parses(section: str, words: str, labels: list[list[Any]]) -> None:
    catalogue = builtin_lexicon().catalogue
    for entry in read_criteria(f"{section.capitalize()} Criteria:\n\n* {words}\n"):
        parsed = parse_rule(entry.rule, catalogue)
        assert parsed.rule is not None, (entry.rule, parsed.findings)


def test_a_rule_that_cannot_be_said_is_ambiguous_and_attested() -> None:
    (entry,) = read_criteria("Exclusion Criteria:\n\n* Platelets less than 50,000")
    assert entry.status is Status.AMBIGUOUS
    assert entry.rule.startswith("attested ")
    assert (entry.variable, entry.operator, str(entry.value)) == ("platelets", "<", "50000")


def test_conditions_and_alternatives() -> None:
    main, mets = read_criteria("* ALT ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)")
    assert (main.condition, mets.condition) == ("", "if liver metastases")
    assert main.alt_group == mets.alt_group != ""
    assert mets.rule == "if attested if_liver_metastases then alt <= 5 ULN"
    men, women = read_criteria("Exclusion Criteria:\n* QTc > 450 ms for men or > 470 ms for women")
    assert (men.rule, women.rule) == ("sex = male and qtc > 450 ms", "sex = female and qtc > 470 ms")
    creatinine, clearance = read_criteria("* Creatinine ≤ 1.5 mg/dL or creatinine clearance ≥ 60 mL/min")
    assert creatinine.alt_group == clearance.alt_group != ""
    assert (str(creatinine.canonical_value), creatinine.canonical_unit) == ("132.63", "umol/L")


def test_an_exemption_lifts_the_limit() -> None:
    (entry,) = read_criteria("Exclusion Criteria:\n* Total bilirubin > 2 x ULN (except Gilbert's syndrome)")
    assert entry.condition == "except Gilbert's syndrome"
    assert entry.rule == "not attested gilbert_s_syndrome and bilirubin > 2 ULN"


@pytest.mark.parametrize(
    ("words", "status"),
    [("≥ 4+3", "ambiguous"), ("≤ 3+4", "ambiguous"), ("≥ 3+4", "computed"), ("≤ 4+3", "computed")],
)
def test_a_sum_that_says_less_than_its_parts_is_ambiguous(words: str, status: str) -> None:
    (entry,) = read_criteria(f"* Gleason score {words}")
    assert (entry.variable, str(entry.value), entry.status.value) == ("gleason", "7", status)


def test_capitals_tell_no_units_and_no_names() -> None:
    text = (
        "INCLUSION CRITERIA:\n- PLATELETS ≥ 90,000/MM3\n- CREATININE ≤ 1.4 MG/DL\n- FERRITIN > 25 NG/ML\n"
        "- BILIRUBIN ≤ 20 UMOL/L\n- ALT ≤ 70 U/L\n- THE DAY'S URINE MUST SHOW PROTEIN < 2 G/24H\n"
        "- NO CO-EXISTING DISEASE LASTING > 20 WEEKS\n"
    )
    found = [(e.variable, e.unit) for e in read_criteria(text) if e.variable]
    assert found[:5] == [
        ("platelets", "/mm3"),
        ("creatinine", "mg/dL"),
        ("ferritin", "ng/mL"),
        ("bilirubin", "umol/L"),
        ("alt", "U/L"),
    ]
    assert {name for name, _ in found[5:]} <= {"urine_protein_24h"}
