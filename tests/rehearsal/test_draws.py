"""Keyed random numbers: reproducible, independent of one another, of the right distribution."""

from __future__ import annotations

from statistics import fmean, pstdev

import pytest

from trialwright.rehearsal.draws import Draws, weighted_at

MANY = 4000


def test_a_stream_is_its_key() -> None:
    first = [Draws(7, "visit", 3, "a").uniform() for _ in range(3)]
    assert len(set(first)) == 1
    assert Draws(7, "visit", 3, "b").uniform() != first[0]
    assert Draws(8, "visit", 3, "a").uniform() != first[0]


def test_published_first_number_never_changes() -> None:
    # SHA-256(SHA-256("1|pace") || uint64 0), first 8 bytes, worked with another program.
    assert Draws(1, "pace").word() == int("0x" + FIRST_WORD, 16)


FIRST_WORD = "88f88d8da6fdac0d"


def test_distributions() -> None:
    draws = Draws(11, "moments")
    uniform = [draws.uniform() for _ in range(MANY)]
    normal = [draws.normal() for _ in range(MANY)]
    exponential = [draws.exponential() for _ in range(MANY)]
    # Four Monte Carlo errors of a mean.
    assert abs(fmean(uniform) - 0.5) < 4 * (1 / 12) ** 0.5 / MANY**0.5
    assert abs(fmean(normal)) < 4 / MANY**0.5
    assert abs(pstdev(normal) - 1) < 4 / (2 * MANY) ** 0.5
    assert abs(fmean(exponential) - 1) < 4 / MANY**0.5


def test_whole_numbers_reach_both_ends() -> None:
    draws = Draws(3, "whole")
    assert {draws.whole(2, 4) for _ in range(200)} == {2, 3, 4}
    assert draws.whole(5, 5) == 5


def test_weights_laid_end_to_end() -> None:
    weights = {"a": 1.0, "b": 0.0, "c": 3.0}
    assert [weighted_at(share, weights) for share in (0.0, 0.24, 0.26, 0.9999999)] == ["a", "a", "c", "c"]
    with pytest.raises(ValueError, match="more than 0"):
        weighted_at(0.5, {"a": 0.0})
