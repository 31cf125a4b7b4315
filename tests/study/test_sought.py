"""Patterns that are only run where a piece of theirs stands: never a match less than the pattern alone finds."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.standards.clinicaltrials_gov import outcome_words
from trialwright.study.checks import eligibility_text, outcomes, products, protocol_design, words
from trialwright.study.sought import Sought, fold_case, pieces_of

MODULES = (eligibility_text, outcomes, outcome_words, products, protocol_design)
PATTERNS = [
    *(value for module in MODULES for value in vars(module).values() if isinstance(value, Sought)),
    *(confusion.pattern for confusion in (*words.spelling(), *words.outcome_names())),
    *(name.pattern for group in words.synonyms() for name in group),
]


@pytest.mark.parametrize(
    ("pattern", "pieces"),
    [
        (r"\bcontracepti|\bbirth control\b", {"birth control", "contracepti"}),
        (r"\bHER-?2\b\s*(?:x|\d)", {"her2", "her-2"}),
        (r"\bRE[CS]IST\b", {"recist", "resist"}),
        (r"\bdiseases?\b", {"disease"}),
        (r"(?:serious|severe)[^.]{0,40}illness", {"illness"}),
        (r"x{0,3}yy", {"yy"}),
        (r"(?:a|bb)?", set[str]()),
        (r"\d{1,3}", set[str]()),
        (r"β-hcg", {"-hcg"}),
    ],
)
def test_pieces_are_read_out_of_the_pattern(pattern: str, pieces: set[str]) -> None:
    found = pieces_of(pattern, re.IGNORECASE)
    assert {piece.text for piece in found} == pieces
    assert all(piece.folded for piece in found)


def test_case_counts_where_the_pattern_says_so() -> None:
    found = pieces_of(r"(?i:\boverall survival\b)|\bOS\b")
    assert {(piece.text, piece.folded) for piece in found} == {("overall survival", True), ("OS", False)}


def test_every_sign_that_stands_for_a_letter_is_folded_to_it() -> None:
    letters = re.compile("[a-z]", re.IGNORECASE)
    for sign in map(chr, range(sys.maxunicode + 1)):
        if letters.fullmatch(sign):
            assert re.fullmatch(fold_case(sign), sign, re.IGNORECASE), hex(ord(sign))


SAMPLES = [sample for pattern in PATTERNS for sample in re.findall(r"[A-Za-z]{3,}", pattern.pattern.pattern)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(SAMPLES), st.sampled_from([" ", "-", ". ", "2", "ſ", "İ", "\u212a", "/"]))
    ),
    st.sampled_from([str, str.upper, str.lower, str.title]),
)
def test_no_match_is_lost(parts: list[str], cased: type[str]) -> None:
    text = cased("".join(parts))
    for pattern in PATTERNS:
        alone = pattern.pattern.search(text)
        found = pattern.search(text)
        assert (alone and alone.span()) == (found and found.span())
        assert [one.span() for one in pattern.finditer(text)] == [
            one.span() for one in pattern.pattern.finditer(text)
        ]


def test_long_texts_are_looked_through_too() -> None:
    sought = Sought("needle", re.IGNORECASE)
    text = "hay " * 50_000
    assert sought.search(text) is None
    assert sought.search(f"{text}NEEDLE") is not None
