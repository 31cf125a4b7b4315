"""Whatever the text: no exception, no lost bullet, nothing that the record does not say."""

from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.study.criteria import parse_rule
from trialwright.study.reader import Entry, builtin_lexicon, read_criteria

PIECES = st.sampled_from(
    [
        "Inclusion Criteria:", "Exclusion Criteria:",
        "\n* ", "\n1. ", "\n   - ", "\n\n", "Age", "ANC", "AST/ALT", "≥", "<=",
        "\\>", "18", "1.5", "100,000", "10^9/L",
        "x 109/L", "/mm3", "ULN", "x ULN", "(", ")", ";", ". ", "or", "and",
        "if liver metastases", "for women", "no", "not", "unless", "between", "to", "-", "years", "old", "ECOG", "0-2",
        "stage", "III", "IV", "NYHA", "class", "HER2", "positive", "mutation", "Child-Pugh", "B", "blood pressure",
        "140/90",
        "mmHg", "within normal limits", "+", "٣", "²", "99999999999999999999999", "0", "grade", "Karnofsky", "%",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=60).map(" ".join))


def check_entries(text: str, entries: list[Entry]) -> None:
    """Each entry stands in the text, has a rule that parses, and can be printed."""
    catalogue = builtin_lexicon().catalogue
    assert len({entry.id for entry in entries}) == len(entries)
    for entry in entries:
        assert text[entry.start : entry.start + len(entry.text)] == entry.text
        assert parse_rule(entry.rule, catalogue).rule is not None
        assert entry.section in {"inclusion", "exclusion"}
        json.dumps(entry.as_json(), allow_nan=False)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_any_text_is_read(text: str) -> None:
    check_entries(text, read_criteria(text))


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_reading_is_deterministic(text: str) -> None:
    assert read_criteria(text) == read_criteria(text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PIECES, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=8))
def test_the_entries_cover_every_word_of_every_bullet(bullets: list[str]) -> None:
    plain = [re.sub(r"(?i)(in|ex)clusion criteria:|\n|[*]|\d\. ", " ", words) for words in bullets]
    kept = [words for words in plain if words.strip()]
    text = "Inclusion Criteria:\n\n" + "\n".join(f"* {words}" for words in kept)
    entries = read_criteria(text)
    covered: set[int] = set()
    for entry in entries:
        covered.update(range(entry.start, entry.start + len(entry.text)))
    words = re.finditer(r"(?!III\b)[^\W\d_]{3,}", text)  # a numeral may be the item's marker
    lost = [w.group() for w in words if w.start() > len("Inclusion Criteria:") and w.start() not in covered]
    assert not lost


def test_long_texts_are_read_to_their_end() -> None:
    text = "Inclusion Criteria:\n" + "* ANC ≥ 1.5 x 10^9/L or\n" * 4000
    assert len(read_criteria(text)) >= 4000
    endless = "Inclusion Criteria:\n" + "(" * 30_000 + "1" * 30_000
    check_entries(endless, read_criteria(endless))


def test_a_sentence_of_a_thousand_limits_is_a_statement() -> None:
    (entry,) = read_criteria("* " + "ANC ≥ 1 or " * 1000)
    assert entry.status.value == "attested"


def test_what_lies_beyond_the_longest_text_is_one_statement() -> None:
    text = "Inclusion Criteria:\n* Age ≥ 18 years\n" + "word " * 50_000
    entries = read_criteria(text)
    assert entries[-1].text.endswith("word")
