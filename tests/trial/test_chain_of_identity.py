"""Donation numbers against the published vectors; chain-of-identity ids by property."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.trial.cells.chain import (
    COI_BYTES,
    compute_check_character,
    compute_check_value,
    is_coi,
    is_din,
    make_coi,
)

VECTORS = json.loads(
    (Path(__file__).parent.parent / "data/domain/cell_product.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("vector", VECTORS["din_vectors"], ids=lambda vector: vector["din"])
def test_check_characters(vector: dict) -> None:
    assert is_din(vector["din"])
    assert compute_check_value(vector["din"]) == vector["check_value"]
    assert compute_check_character(vector["din"]) == vector["check_character"]
    assert compute_check_value(vector["din"]) + 60 == vector["barcode_flag_value"]


@pytest.mark.parametrize(
    "text", ["", "A99992600000", "A9999260000011", "a999926000001", "O999926000001", "A9999X6000001"]
)
def test_what_is_no_donation_number(text: str) -> None:
    assert not is_din(text)


@given(
    st.binary(min_size=COI_BYTES, max_size=COI_BYTES),
    st.integers(0, 16),
    st.sampled_from("0123456789ABCDXYZ"),
)
def test_a_mistyped_chain_of_identity_is_seen(chance: bytes, place: int, letter: str) -> None:
    coi = make_coi(chance)
    assert is_coi(coi)
    mistyped = coi[:place] + letter + coi[place + 1 :]
    assert is_coi(mistyped) == (mistyped == coi)


def test_a_chain_of_identity_needs_its_bytes() -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        make_coi(b"few")
