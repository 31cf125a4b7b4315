"""Canonical text and prose of rules."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.study.criteria.seed_criteria import EXCLUSION, INCLUSION, rule_of

from trialwright.study.criteria import (
    And,
    Flag,
    Kind,
    LeafReason,
    Member,
    Or,
    Truth,
    Variable,
    Why,
    builtin_catalogue,
    render_prose,
    render_reason,
    render_rule,
)


@pytest.mark.parametrize("text", [*INCLUSION.values(), *EXCLUSION.values()])
def test_the_seed_criteria_survive_a_round_trip(text: str) -> None:
    assert rule_of(render_rule(rule_of(text))) == rule_of(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("18 <= AGE <= 65 years", "age between 18 and 65 years"),
        ("65 years >= age > 18 years", "18 < age <= 65 years"),
        ("age not between 18 and 65 years", "age not between 18 and 65 years"),
        ("age between 6 mo and 1 yr", "age between 6 months and 1 year"),
        ("SGOT<3xULN", "ast < 3 ULN"),
        ("ALT <= 1 ULN", "alt <= ULN"),
        ("ecog in {2,1,0}", "ecog in 0..2"),
        ("ecog in {2,0}", "ecog in {0, 2}"),
        ("not ecog in {2, 0}", "ecog not in {0, 2}"),
        ('stage in {"III B", IV}', 'stage in {"III B", IV}'),
        ("not stage = IV", "stage != IV"),
        ('stage = "known"', 'stage = "known"'),
        ("not creatinine<2 mg/dl", "not (creatinine < 2 mg/dL)"),
        ("not not fertile", "not not fertile"),
        ("not bilirubin is known", "bilirubin is unknown"),
        ("(a or b) and (c and d)", "(a or b) and c and d"),
        ("(a and b) or c", "a and b or c"),
        ("(if a then b) or c", "(if a then b) or c"),
        ("if (if a then b) then (if c then d)", "if (if a then b) then if c then d"),
        ("not (a or b)", "not (a or b)"),
        ("platelets >= 1e", None),
    ],
)
def test_canonical_text(text: str, canonical: str | None) -> None:
    if canonical is None:
        with pytest.raises(AssertionError):
            rule_of(text)
        return
    assert render_rule(rule_of(text)) == canonical


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("18 <= age <= 65 years", "Age is between 18 and 65 years, both included."),
        ("18 < age <= 65 years", "Age is more than 18 years and at most 65 years."),
        (
            "LLN <= calcium <= ULN",
            "Serum calcium is between the lower limit of normal and the upper limit of normal, "
            "both included.",
        ),
        (
            "ALT < 3 ULN and AST < 3 ULN",
            "ALT is less than 3 times the upper limit of normal, "
            "and AST is less than 3 times the upper limit of normal.",
        ),
        ("creatinine <= 1.5 baseline", "Serum creatinine is at most 1.5 times the baseline value."),
        ("bilirubin > 100 umol/L", "Total bilirubin is more than 100 µmol/L."),
        ("life_expectancy >= 1 month", "Life expectancy is at least 1 month."),
        ("ecog in 0..2", "ECOG performance status is 0, 1 or 2."),
        ("ecog not in 3..4", "ECOG performance status is none of 3 and 4."),
        ("sex = female", "Sex is female."),
        ("sex != female", "Sex is not female."),
        ("ecog != 2", "ECOG performance status is anything but 2."),
        ("not (creatinine < 2 mg/dL)", "Serum creatinine is at least 2 mg/dL."),
        ("age not between 1 and 2 years", "Age is not between 1 and 2 years, both included."),
        ("if fertile then uses_contraception", "If fertile applies, then uses contraception applies."),
        ("not fertile", "Fertile does not apply."),
        ("not not fertile", "Fertile applies."),
        ("attested informed_consent", "A named person attests: informed consent."),
        ("not attested informed_consent", "A named person attests that this is not so: informed consent."),
        (
            "bilirubin is known or bilirubin is unknown",
            "Total bilirubin is known, or total bilirubin is not known.",
        ),
        ("a and (b or c)", "A applies, and either (b applies, or c applies)."),
        ("a or b and c", "A applies, or both (b applies, and c applies)."),
        ("a and (if b then c)", "A applies, and (if b applies, then c applies)."),
        ("not (a or b)", "It is not the case that (a applies, or b applies)."),
    ],
)
def test_prose(text: str, sentence: str) -> None:
    assert render_prose(rule_of(text)) == sentence


def test_prose_takes_the_labels_of_the_study() -> None:
    own = builtin_catalogue().extended([Variable("fertile", Kind.BOOLEAN, "Able to have children")])
    assert render_prose(rule_of("fertile"), own) == "Able to have children applies."


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_is_a_sentence_that_names_the_variable(why: Why) -> None:
    sentence = render_reason(LeafReason(Flag("alt"), Truth.UNKNOWN, why=why))
    assert "ALT" in sentence
    assert sentence.endswith(".")
    assert "{" not in sentence


def test_what_was_decided_needs_no_reason() -> None:
    assert render_reason(LeafReason(Flag("alt"), Truth.TRUE)) == ""


def test_rules_that_have_no_text_cannot_be_built() -> None:
    a, b = Flag("a"), Flag("b")
    with pytest.raises(ValueError, match="none of them an And"):
        And((a, And((a, b))))
    with pytest.raises(ValueError, match="none of them an Or"):
        Or((a,))
    with pytest.raises(ValueError, match="in order"):
        Member("x", ("b", "a"))
    with pytest.raises(ValueError, match="numbers or codes"):
        Member("x", ("b", Decimal(1)))  # type: ignore[arg-type]
