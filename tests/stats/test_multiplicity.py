"""Multiple testing: the procedures as their papers word them, against the adjusted p-values."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.stats.multiplicity import compute_multiple_tests, compute_serial_gatekeeping

P_VALUES = st.lists(st.floats(0, 1).map(lambda p: round(p, 3)), min_size=1, max_size=6)


def slow_holm(p: list[float], alpha: float) -> set[int]:
    """Smallest first against alpha/m, alpha/(m-1), ...; stop at the first that stays."""
    rejected: set[int] = set()
    for step, place in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        if p[place] > alpha / (len(p) - step):
            break
        rejected.add(place)
    return rejected


def slow_hochberg(p: list[float], alpha: float) -> set[int]:
    """Largest first against alpha, alpha/2, ...; the first that falls takes all smaller ones with it."""
    descending = sorted(range(len(p)), key=lambda i: -p[i])
    for step, place in enumerate(descending):
        if p[place] <= alpha / (step + 1):
            return set(descending[step:])
    return set()


def slow_closed_bonferroni(p: list[float], alpha: float) -> set[int]:
    """The closure principle: rejected when every intersection that holds the hypothesis is."""
    everyone = range(len(p))
    return {
        i
        for i in everyone
        if all(
            min(p[j] for j in group) <= alpha / len(group)
            for size in range(1, len(p) + 1)
            for group in itertools.combinations(everyone, size)
            if i in group
        )
    }


@settings(max_examples=80, deadline=None)
@given(P_VALUES, st.sampled_from([0.025, 0.05, 0.1]))
def test_procedures_reject_as_worded(p: list[float], alpha: float) -> None:
    for procedure, slow in (
        ("holm", slow_holm),
        ("hochberg", slow_hochberg),
        ("holm", slow_closed_bonferroni),
    ):
        result = compute_multiple_tests(p, procedure=procedure, alpha=alpha)
        margin = np.abs(result.adjusted - alpha) > 1e-9  # a tie with alpha may fall either way in floats
        expected = np.array([i in slow(p, alpha) for i in range(len(p))])
        assert (result.rejected == expected)[margin].all()


def test_fixed_sequence_stops_at_the_first_that_stays() -> None:
    result = compute_multiple_tests([0.01, 0.2, 0.001], procedure="fixed-sequence")
    assert result.rejected.tolist() == [True, False, False]
    assert result.adjusted.tolist() == [0.01, 0.2, 0.2]


def test_gatekeeping_opens_the_next_family_only_when_all_fall() -> None:
    open_gate = compute_serial_gatekeeping([[0.01, 0.02], [0.03], [0.5]])
    assert open_gate.rejected.tolist() == [True, True, True, False]
    shut = compute_serial_gatekeeping([[0.01, 0.06], [0.001]])
    assert shut.rejected.tolist() == [True, False, False]
    assert shut.adjusted.tolist() == pytest.approx([0.02, 0.06, 0.06])


def test_a_test_that_could_not_be_done_counts_as_one() -> None:
    result = compute_multiple_tests([0.01, math.nan], procedure="holm")
    assert result.adjusted.tolist() == [0.02, 1.0]
    assert result.rejected.tolist() == [True, False]
    assert "1 test(s) could not be done" in result.reason


def test_no_hypotheses_and_bad_input() -> None:
    assert compute_multiple_tests([]).reason == "no hypotheses"
    assert compute_serial_gatekeeping([]).reason == "no hypotheses"
    with pytest.raises(ValueError, match="between 0 and 1"):
        compute_multiple_tests([0.1, 1.2])
    with pytest.raises(ValueError, match="alpha"):
        compute_multiple_tests([0.1], alpha=0)
    with pytest.raises(ValueError, match="procedure"):
        compute_multiple_tests([0.1], procedure="hommel")
