"""From an eligibility text to criteria that a subject can be screened against."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.study.criteria import Attested, leaves, parse_rule, render_rule, variables_of
from trialwright.study.reader import Status, builtin_lexicon
from trialwright.study.reader.stated import StatedCriterion, state_criteria


def criteria_of(inclusion: str = "", exclusion: str = "") -> list[StatedCriterion]:
    text = f"Inclusion Criteria:\n\n{inclusion}\n\nExclusion Criteria:\n\n{exclusion}"
    return list(state_criteria(text).criteria)


def rules_of(inclusion: str = "", exclusion: str = "") -> list[str]:
    return [render_rule(one.rule) for one in criteria_of(inclusion, exclusion)]


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("* Age 18-65 years", ["age between 18 and 65 years"]),
        ("* Serum creatinine <= 1.5 x ULN or creatinine clearance >= 60 mL/min",
         ["creatinine <= 1.5 ULN or creatinine_clearance >= 60 mL/min"]),
        ("* ALT and AST <= 3 x ULN, or <= 5 x ULN if documented liver metastases",
         ["(if attested if_documented_liver_metastases then alt <= 5 ULN) and "
          "(if not attested if_documented_liver_metastases then alt <= 3 ULN)",
          "(if attested if_documented_liver_metastases then ast <= 5 ULN) and "
          "(if not attested if_documented_liver_metastases then ast <= 3 ULN)"]),
        ("* Cohort 5: documented EGFR or HER2 mutation",
         ["if attested cohort_5 then egfr_mutation = positive or her2_mutation = positive"]),
        ("* Confirmed to be without EGFR, ALK or ROS1 alterations",
         ["egfr_mutation = negative and alk_rearrangement = negative and ros1_rearrangement = negative"]),
        ("* Stage IIIB/IIIC or stage IV disease", ["stage in {IIIB, IIIC, IV, IVA, IVB, IVC}"]),
    ],
)  # fmt: skip
def test_a_sentence_becomes_rules_that_hold_its_whole_thought(words: str, rules: list[str]) -> None:
    computed = [one for one in criteria_of(words) if one.status is Status.COMPUTED]
    assert [render_rule(one.rule) for one in computed] == rules


def test_two_limits_of_one_kind_are_ambiguous_and_name_both_readings() -> None:
    (one,) = criteria_of("* Platelets >= 100 x 10^9/L or platelets >= 50 x 10^9/L")
    assert one.status is Status.AMBIGUOUS
    assert isinstance(one.rule, Attested)
    assert "platelets >= 100 10*9/L; platelets >= 50 10*9/L" in one.note


def test_exclusions_joined_by_and_are_left_to_a_person() -> None:
    (one,) = criteria_of("", "* AST > 3 x ULN and total bilirubin > 2 x ULN")
    assert one.status is Status.AMBIGUOUS
    assert "ast > 3 ULN; bilirubin > 2 ULN" in one.note


def test_one_limit_shared_by_a_list_excludes_for_each() -> None:
    assert rules_of("", "* AST and ALT > 3 x ULN") == ["ast > 3 ULN", "alt > 3 ULN"]


def test_what_says_the_opposite_of_its_list_is_denied() -> None:
    (one,) = criteria_of("", "* Inadequate marrow function: must have ANC >= 1.5 x 10^9/L")[:1]
    assert render_rule(one.rule) == "not (neutrophils >= 1.5 10*9/L)"
    assert "opposite" in one.note


def test_one_of_the_following_asks_for_one_item() -> None:
    words = "* At least one of the following:\n  * Platelets >= 100 x 10^9/L\n  * Haemoglobin >= 9 g/dL"
    (one,) = criteria_of(words)
    assert render_rule(one.rule) == "platelets >= 100 10*9/L or haemoglobin >= 9 g/dL"
    assert one.text.startswith("At least one of") and one.text.endswith("9 g/dL")


def test_two_of_the_following_cannot_be_said_and_is_attested_whole() -> None:
    words = "* Two of the following:\n  * Platelets < 100 x 10^9/L\n  * Haemoglobin < 9 g/dL\n  * Ascites"
    (one,) = criteria_of(words)
    assert one.status is Status.ATTESTED
    assert "Ascites" in one.text


def test_all_of_the_following_excludes_only_together() -> None:
    words = "* All of the following:\n  * Platelets < 100 x 10^9/L\n  * Haemoglobin < 9 g/dL"
    (one,) = criteria_of("", words)
    assert render_rule(one.rule) == "platelets < 100 10*9/L and haemoglobin < 9 g/dL"


def test_no_evidence_of_any_of_the_following_is_no_choice() -> None:
    words = "* No evidence of any of the following:\n  * Active infection\n  * Bleeding"
    found = criteria_of(words)
    assert len(found) >= 2
    assert {one.status for one in found} == {Status.ATTESTED}
    assert not [one for one in found if " or " in render_rule(one.rule)]


def test_words_that_only_introduce_are_no_criterion_but_stay_with_the_items() -> None:
    found = criteria_of("* Adequate organ function:\n  * Platelets >= 100 x 10^9/L")
    assert [one.id for one in found] == ["i2"]
    assert found[0].note == "Under: Adequate organ function:"


def test_a_statement_carries_the_words_of_its_list() -> None:
    stated = state_criteria("Exclusion Criteria:\n\n* Inability to:\n  * Swallow tablets\n  * Read")
    labels = [variable.label for variable in stated.variables]
    assert "Inability to: Swallow tablets" in labels


def test_variables_are_known_and_in_the_unit_of_the_text() -> None:
    stated = state_criteria("Inclusion Criteria:\n\n* Creatinine < 2.5 mg/dL\n* Signed consent")
    creatinine, consent = stated.variables
    assert (creatinine.name, creatinine.unit) == ("creatinine", "mg/dL")
    assert creatinine.known is not None and creatinine.known.bridge is not None
    assert (consent.known, consent.label) == (None, "Signed consent")


_WORDS = [
    *(
        "ALT",
        "AST",
        "<= 3 x ULN",
        "or",
        "and",
        "if liver metastases",
        "platelets >= 100 x 10^9/L",
        "for women",
    ),
    *(
        "except Gilbert",
        "one of the following:",
        "\n  * ",
        "\n* ",
        "stage III",
        "no",
        "ECOG 0-1",
        "10-20",
        ";",
        ".",
    ),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=25), st.lists(st.sampled_from(_WORDS), max_size=15))
def test_any_words_give_rules_that_read_back_and_texts_of_the_record(a: list[str], b: list[str]) -> None:
    text = f"Inclusion Criteria:\n* {' '.join(a)}\nExclusion Criteria:\n* {' '.join(b)}"
    stated = state_criteria(text)
    named = {variable.name.casefold() for variable in stated.variables}
    for one in stated.criteria:
        assert one.text in text
        assert parse_rule(render_rule(one.rule), builtin_lexicon().catalogue).rule == one.rule
        assert {name.casefold() for name in variables_of(one.rule)} <= named
        if one.status is not Status.COMPUTED:
            assert any(isinstance(leaf, Attested) for leaf in leaves(one.rule))
    ids = [one.id for one in stated.criteria]
    assert len(ids) == len(set(ids))
