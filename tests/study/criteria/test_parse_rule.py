"""Text to rule: every construct, canonical names and units, and findings that say how to mend the rule."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.criteria.seed_criteria import rule_of

from trialwright.study.criteria import (
    And,
    Attested,
    Compare,
    Flag,
    Implies,
    Kind,
    Known,
    Limit,
    LimitKind,
    Member,
    Not,
    Op,
    Or,
    Range,
    Rule,
    Variable,
    builtin_catalogue,
    parse_rule,
)
from trialwright.study.findings import Finding, Severity

A, B, C = Flag("a"), Flag("b"), Flag("c")


def limit(number: str, unit: str = "", kind: LimitKind = LimitKind.ABSOLUTE) -> Limit:
    return Limit(Decimal(number), unit, kind)


AGE = Range("age", limit("18", "a"), Op.LE, limit("65", "a"), Op.LE)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("creatinine < 2.5 mg/dL", Compare("creatinine", Op.LT, limit("2.5", "mg/dL"))),
        ("SERUM_CREATININE ≥ 2.5mg/dl", Compare("creatinine", Op.GE, limit("2.5", "mg/dL"))),
        ("2.5 mg/dL > creatinine", Compare("creatinine", Op.LT, limit("2.5", "mg/dL"))),
        ("SGOT > 5 x ULN", Compare("ast", Op.GT, limit("5", "", LimitKind.ULN))),
        ("ALT <= ULN", Compare("alt", Op.LE, limit("1", "", LimitKind.ULN))),
        ("ALT <= 2.5×ULN", Compare("alt", Op.LE, limit("2.5", "", LimitKind.ULN))),
        ("albumin >= LLN", Compare("albumin", Op.GE, limit("1", "", LimitKind.LLN))),
        ("lvef > 0.9 times baseline", Compare("lvef", Op.GT, limit("0.9", "", LimitKind.BASELINE))),
        ("platelets >= 100 10*9/L", Compare("platelets", Op.GE, limit("100", "10*9/L"))),
        ("anc >= 1.5 x10^9/L", Compare("neutrophils", Op.GE, limit("1.5", "10*9/L"))),
        ("lvef >= 50 %", Compare("lvef", Op.GE, limit("50", "%"))),
        ("egfr >= 60 mL/min/{1.73_m2}", Compare("egfr", Op.GE, limit("60", "mL/min/{1.73_m2}"))),
        ("t_score >= -2.5", Compare("t_score", Op.GE, limit("-2.5"))),
        ("ECOG = 1", Compare("ecog", Op.EQ, limit("1"))),
        ("ECOG != 1", Compare("ecog", Op.NE, limit("1"))),
        ("age between 18 and 65 years", AGE),
        ("18 <= age <= 65 years", AGE),
        ("65 years >= age >= 18 years", AGE),
        ("18 < age <= 65 years", Range("age", limit("18", "a"), Op.LT, limit("65", "a"), Op.LE)),
        ("age between 6 months and 5 years", Range("age", limit("6", "mo"), Op.LE, limit("5", "a"), Op.LE)),
        ("age not between 18 and 65 years", Not(AGE)),
        (
            "LLN <= calcium <= 1.1 ULN",
            Range("calcium", limit("1", "", LimitKind.LLN), Op.LE, limit("1.1", "", LimitKind.ULN), Op.LE),
        ),
        ("ECOG in 0..2", Member("ecog", (Decimal(0), Decimal(1), Decimal(2)))),
        ("ECOG in {2, 0, 1, 1}", Member("ecog", (Decimal(0), Decimal(1), Decimal(2)))),
        ("ECOG not in 3..4", Not(Member("ecog", (Decimal(3), Decimal(4))))),
        ("histology = adenocarcinoma", Member("histology", ("adenocarcinoma",))),
        ('stage in {IV, "III B"}', Member("stage", ("III B", "IV"))),
        ("stage not in {1, x}", Not(Member("stage", ("1", "x")))),
        ("sex != Male", Not(Member("sex", ("male",)))),
        ("a", A),
        ("a = yes", A),
        ("a != TRUE", Not(A)),
        ("a = no", Not(A)),
        ("bilirubin is known", Known("bilirubin")),
        ("bilirubin is not known", Not(Known("bilirubin"))),
        ("bilirubin IS UNKNOWN", Not(Known("bilirubin"))),
        ("Attested informed_consent", Attested("informed_consent")),
        ("not a and b or c", Or((And((Not(A), B)), C))),
        ("not (a and (b or c))", Not(And((A, Or((B, C)))))),
        ("a and (b and c)", And((A, B, C))),
        ("a or (b or c)", Or((A, B, C))),
        ("if a or b then c", Implies(Or((A, B)), C)),
        ("if a then if b then c", Implies(A, Implies(B, C))),
        ("a and (IF b THEN c)", And((A, Implies(B, C)))),
        ("android\n  and innate", And((Flag("android"), Flag("innate")))),
    ],
)
def test_construct(text: str, rule: Rule) -> None:
    assert rule_of(text) == rule


def finding_of(text: str, severity: Severity = Severity.ERROR) -> Finding:
    (finding,) = parse_rule(text).findings
    assert finding.severity is severity
    assert (parse_rule(text).rule is None) == (severity is Severity.ERROR)
    return finding


@pytest.mark.parametrize(
    ("text", "code", "column", "remedy"),
    [
        ("life expectancy > 6 months", "TW-CRI-001", 6, "`life_expectancy`"),
        ("age =< 65 years", "TW-CRI-001", 6, "`<=`"),
        ("age == 65 years", "TW-CRI-001", 6, "`=`"),
        ("a && b", "TW-CRI-001", 3, "`and`"),
        ("creatinine < 2,5 mg/dL", "TW-CRI-001", 14, "`2.5`"),
        ("ALT < 3 ULN AST < 3 ULN", "TW-CRI-001", 13, "`and` or `or`"),
        ("(a and b", "TW-CRI-001", 9, "Close every parenthesis"),
        ("a and b)", "TW-CRI-001", 8, "Remove the parenthesis"),
        ("age in 18..65 years", "TW-CRI-001", 15, "between 18 and 65 years"),
        ("a adn b", "TW-CRI-001", 3, "`and`"),
        ("ALT <", "TW-CRI-001", 6, "Complete the rule"),
        ("sex = femal", "TW-CRI-008", 7, "`female`"),
        ("creatinine < 2.5", "TW-CRI-004", 14, "`umol/L` or `mg/dL`"),
        ("age in 18..65", "TW-CRI-004", 8, "`a`"),
        ("age in {18, 19}", "TW-CRI-004", 9, "`between`"),
        ("creatinine < 2.5 IU/l", "TW-CRI-003", 18, "`U/L` for an enzyme activity"),
        ("creatinine < 2.5 foo/L", "TW-CRI-003", 18, "`umol/L` or `mg/dL`"),
        ("some_result < 2.5 foo/L", "TW-CRI-003", 19, "UCUM code"),
        ("some_result < 2.5 [pptr]", "TW-CRI-003", 19, "UCUM code"),
        ("creatinine < 2.5 mmHg", "TW-CRI-005", 18, "`umol/L` or `mg/dL`"),
        ("egfr > 60 mL/min", "TW-CRI-005", 11, "`mL/min/{1.73_m2}`"),
        ("ECOG < 2 mg", "TW-CRI-007", 10, "Leave `mg` out"),
        ("ECOG", "TW-CRI-009", 1, "`ECOG in 0..2`"),
        ("sex < 3", "TW-CRI-009", 1, "`sex = value`"),
        ("age = young", "TW-CRI-009", 1, "`age < 3`"),
        ("age between 65 and 18 years", "TW-CRI-010", 1, "lower limit first"),
        ("18 < age < 216 months and 18 < age <= 18 years", "TW-CRI-010", 32, "lower limit first"),
        ("18 <= age >= 65 years", "TW-CRI-010", 7, "`low <= age <= high`"),
        ("ECOG in 2..0", "TW-CRI-010", 9, "the lower first"),
        ("ECOG in 0.5..2", "TW-CRI-010", 9, "whole numbers"),
        ("  ", "TW-CRI-012", 1, "Write a rule"),
        ("a and " * 700 + "a", "TW-CRI-013", 1, "Split"),
        ("(" * 500 + "a" + ")" * 500, "TW-CRI-013", 1, "parentheses"),
        ("not " * 900 + "a", "TW-CRI-013", 1, "parentheses"),
    ],
)
def test_finding(text: str, code: str, column: int, remedy: str) -> None:
    finding = finding_of(text)
    assert finding.code == code
    assert (finding.place.line, finding.place.column) == (1, column)
    assert remedy in finding.remedy


def test_the_place_counts_lines() -> None:
    place = finding_of("age > 18 years\n  and ALT < 3 IU/L").place
    assert (place.line, place.column) == (2, 15)
    place = finding_of("age > 18 years\n  and ALT <\n").place
    assert (place.line, place.column) == (2, 12)


def test_all_findings_are_reported_in_the_order_of_the_text() -> None:
    found = parse_rule("creatinine < 2.5 and ALT < 3 IU/L and ECOG < 2 mg").findings
    assert [finding.code for finding in found] == ["TW-CRI-004", "TW-CRI-003", "TW-CRI-007"]


def test_a_likely_misspelling_is_a_warning_in_an_open_catalogue() -> None:
    finding = finding_of("creatinin < 2.5 mg/dL", Severity.WARNING)
    assert finding.code == "TW-CRI-002"
    assert "`creatinine`" in finding.remedy


def test_an_implausible_limit_is_a_warning() -> None:
    assert finding_of("creatinine < 2.5 umol/L", Severity.WARNING).code == "TW-CRI-011"


def test_a_normal_range_where_there_is_none_is_a_warning() -> None:
    assert finding_of("age < 2 ULN", Severity.WARNING).code == "TW-CRI-014"
    assert rule_of("weight > 0.9 baseline and own_marker < 2 timesULN")


def test_a_closed_catalogue_refuses_unknown_names() -> None:
    closed = builtin_catalogue().extended([Variable("fertile", Kind.BOOLEAN)], open=False)
    (finding,) = parse_rule("if fertle then contraception_agreed", closed).findings[:1]
    assert (finding.code, finding.severity) == ("TW-CRI-002", Severity.ERROR)
    assert finding.remedy.startswith("Write `fertile`")
    assert len(parse_rule("if fertle then contraception_agreed", closed).findings) == 2
    assert parse_rule("attested anything_at_all and fertile", closed).findings == ()


def test_a_study_names_its_variables_its_own_way() -> None:
    own = builtin_catalogue().extended([Variable("ALT", label="Alanine aminotransferase")])
    found = own.find("alt")
    assert found is not None
    assert (found.name, found.unit, found.label) == ("ALT", "U/L", "Alanine aminotransferase")
    by_synonym = builtin_catalogue().extended([Variable("day_21_creatinine", synonyms=("creatinine",))])
    other = by_synonym.find("creatinine")
    assert other is not None
    assert (other.name, other.bridge is not None) == ("day_21_creatinine", True)
    assert parse_rule("sgpt < 3 ULN", own).rule == Compare("ALT", Op.LT, limit("3", "", LimitKind.ULN))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"()<>={},.",
                "and",
                "or",
                "not",
                "in",
                "is",
                "known",
                "if",
                "then",
                "between",
                "attested",
                "ALT",
                "2.5",
                "age",
                "years",
                "mg/dL",
                "ULN",
                "x",
                "..",
                "10*9/L",
                '"',
                "≥",
                "é",
                "\n",
                "µ",
                "sex",
                "yes",
                "0",
            ]
        ),
        max_size=12,
    )
)
def test_any_text_gives_a_rule_or_findings(words: list[str]) -> None:
    text = " ".join(words)
    parsed = parse_rule(text)
    assert (parsed.rule is None) == any(f.severity is Severity.ERROR for f in parsed.findings)
    for finding in parsed.findings:
        assert finding.message.endswith(".")
        assert finding.remedy.endswith(".")
        assert 1 <= finding.place.line <= text.count("\n") + 1
        assert 1 <= finding.place.column <= len(text) + 1


def test_the_reference_page_shows_rules_that_read_and_lists_every_code() -> None:
    root = Path(__file__).parents[3]
    page = (root / "docs" / "reference" / "criterion-language.md").read_text(encoding="utf-8")
    examples = [
        line.strip() for line in page.split("## Statements")[0].splitlines() if line.startswith("    ")
    ]
    assert len(examples) == 5
    assert all(parse_rule(example).findings == () for example in examples)
    sources = (root / "src" / "trialwright" / "study" / "criteria").glob("*.py")
    raised = {
        code for path in sources for code in re.findall(r"TW-CRI-\d{3}", path.read_text(encoding="utf-8"))
    }
    assert raised == set(re.findall(r"\| (TW-CRI-\d{3}) \|", page))
