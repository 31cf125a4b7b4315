"""The hash chain against the published vector, its tampered example included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trialwright.store.chain import (
    ZERO_HASH,
    canonical_json,
    content_hash,
    find_first_mismatch,
    next_hash,
    salted_digest,
)

VECTOR = json.loads((Path(__file__).parents[1] / "data/domain/data_integrity.json").read_text())[
    "audit_chain"
]
ENTRIES: list[dict[str, Any]] = [link["entry"] for link in VECTOR["entries"]]


def chain(entries: list[dict[str, Any]]) -> list[str]:
    hashes = [ZERO_HASH]
    for entry in entries:
        hashes.append(next_hash(hashes[-1], entry))
    return hashes[1:]


def test_chain_of_the_vector() -> None:
    assert chain(ENTRIES) == [link["hash"] for link in VECTOR["entries"]]
    assert [ZERO_HASH, *chain(ENTRIES)[:-1]] == [link["prev_hash"] for link in VECTOR["entries"]]


def test_chain_of_the_tampered_vector() -> None:
    tampered = [ENTRIES[0], {**ENTRIES[1], "new": "1.1"}, ENTRIES[2]]
    example = VECTOR["tampered_example"]
    assert chain(tampered) == example["hashes"]
    links = zip(
        tampered,
        [link["prev_hash"] for link in VECTOR["entries"]],
        [link["hash"] for link in VECTOR["entries"]],
        strict=True,
    )
    assert find_first_mismatch(links) == example["first_mismatch_seq"]


def test_untouched_chain_has_no_mismatch() -> None:
    links = [(link["entry"], link["prev_hash"], link["hash"]) for link in VECTOR["entries"]]
    assert find_first_mismatch(links) is None
    assert find_first_mismatch(links[1:]) == 1


def test_canonical_json_has_one_text_a_document() -> None:
    assert canonical_json({"b": 1, "a": {"d": [1, 2], "c": "é €"}}) == '{"a":{"c":"é €","d":[1,2]},"b":1}'
    assert content_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {1, 2}])
def test_canonical_json_refuses_what_json_cannot_hold(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        canonical_json({"value": value})


def test_salt_hides_which_of_two_arms() -> None:
    bodies = [canonical_json({"arm": arm}) for arm in ("a", "b")]
    assert salted_digest(b"1" * 16, bodies[0]) != salted_digest(b"2" * 16, bodies[0])
    unsalted = {content_hash(body) for body in bodies}
    assert salted_digest(b"1" * 16, bodies[0]) not in unsalted
