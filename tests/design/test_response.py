"""Exact power of response rates against table-by-table tests of SciPy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, fisher_exact

from trialwright.design.response import compute_response_power


@pytest.mark.parametrize("sides", [1, 2])
def test_fisher_power_table_by_table(sides: int) -> None:
    rates, (n0, n1) = (0.2, 0.55), (11, 14)
    power = either = 0.0
    for x0 in range(n0 + 1):
        for x1 in range(n1 + 1):
            chance = binom.pmf(x0, n0, rates[0]) * binom.pmf(x1, n1, rates[1])
            way = "two-sided" if sides == 2 else "greater"
            p = fisher_exact([[x1, n1 - x1], [x0, n0 - x0]], alternative=way).pvalue
            if p <= 0.05:
                either += chance
                power += chance * (x1 / n1 > x0 / n0)
    found = compute_response_power(rates, (n0, n1), 0.05, sides)
    assert found.power == pytest.approx(power, abs=1e-10)
    assert found.rejected_either_way == pytest.approx(either, abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(rate=st.floats(0.0, 1.0), n0=st.integers(1, 30), n1=st.integers(1, 30))
def test_fisher_keeps_its_level(rate: float, n0: int, n1: int) -> None:
    assert compute_response_power((rate, rate), (n0, n1)).rejected_either_way <= 0.05


def test_score_test_by_hand() -> None:
    """2 + 2 subjects, one-sided 0.1: only 0/2 against 2/2 has z = sqrt(3), p 0.042; chance 0.5^2 * 0.5^2."""
    found = compute_response_power((0.5, 0.5), (2, 2), 0.1, 1, "score")
    assert found.power == pytest.approx(0.5**4)
    assert 1 / math.sqrt(0.25 * 1.0 * 4 / 3) == pytest.approx(math.sqrt(3))


def test_twenty_an_arm() -> None:
    """The power that 20 subjects an arm have for response rates of 10 % and 40 %."""
    found = compute_response_power((0.1, 0.4), (20, 20))
    score = compute_response_power((0.1, 0.4), (20, 20), test="score")
    assert 0.4 < found.power < score.power < 0.7
    assert compute_response_power((0.0, 1.0), (20, 20)).power == pytest.approx(1.0)
