"""The plain engine against plain Python and against lifelines, replicate by replicate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter
from lifelines.statistics import logrank_test
from tests.design import twins
from tests.design.scenarios import benchmark, everything, illness_death

from trialwright.design.plain_engine import EVENTS, LOG_HR, SCORE, VARIANCE
from trialwright.design.scenario import DesignScenario
from trialwright.design.simulate import compute_results

SEED = 20261122


def observations(
    scenario: DesignScenario, replicate: int, column: int, look: float
) -> tuple[list, list, list, list]:
    """(months, event, arm, stratum) of the enrolled subjects, from the twin."""
    rows = [twins.subject_row(scenario, i, replicate, SEED) for i in range(scenario.subjects)]
    seen = [(twins.cut(scenario, row, column, np.float32(look)), i, row[5]) for i, row in enumerate(rows)]
    kept = [(cut, i, stratum) for cut, i, stratum in seen if cut is not None]
    return (
        [float(cut[0]) for cut, _, _ in kept],
        [cut[1] for cut, _, _ in kept],
        [scenario.arm_of(i) for _, i, _ in kept],
        [stratum for _, _, stratum in kept],
    )


@pytest.mark.parametrize("make", [benchmark, illness_death, everything])
def test_log_rank_equals_the_definition(make) -> None:
    scenario = make()
    results, looks = compute_results(scenario, SEED, 0, 25, plain=True)
    for r in range(25):
        for k in range(len(scenario.looks)):
            for e, column in enumerate((1, 3)):
                if not scenario.tests_endpoint(("os", "pfs")[e]):
                    continue
                months, event, arm, stratum = observations(scenario, r, column, abs(looks[r, k]))
                score = variance = 0.0
                for s in set(stratum):
                    keep = [i for i, x in enumerate(stratum) if x == s]
                    part = twins.log_rank(
                        [months[i] for i in keep], [event[i] for i in keep], [arm[i] for i in keep]
                    )
                    score, variance = score + part[0], variance + part[1]
                assert results[r, k, e, EVENTS] == sum(event)
                np.testing.assert_allclose(results[r, k, e, [SCORE, VARIANCE]], [score, variance], atol=1e-6)


@pytest.mark.parametrize("make", [benchmark, illness_death])
def test_agrees_with_lifelines(make) -> None:
    """Z to 1e-10, hazard ratio to 1e-6, on the very data of the replicate."""
    scenario = make()
    results, looks = compute_results(scenario, SEED, 0, 10)
    for r in range(10):
        months, event, arm, _ = (np.array(x) for x in observations(scenario, r, 1, looks[r, 0]))
        reference = logrank_test(months[arm == 1], months[arm == 0], event[arm == 1], event[arm == 0])
        z = results[r, 0, 0, SCORE] / np.sqrt(results[r, 0, 0, VARIANCE])
        assert z**2 == pytest.approx(reference.test_statistic, abs=1e-9)
        frame = pd.DataFrame({"months": months, "event": event, "arm": arm})
        cox = CoxPHFitter().fit(frame, "months", "event", fit_options={"precision": 1e-12})
        assert np.exp(results[r, 0, 0, LOG_HR]) == pytest.approx(float(np.exp(cox.params_["arm"])), rel=1e-6)


def test_pfs_never_exceeds_os() -> None:
    scenario = everything()
    for r in range(50):
        for i in range(scenario.subjects):
            row = twins.subject_row(scenario, i, r, SEED)
            assert row[3] <= row[1]
            assert not (row[2] and row[3] == row[1] and not row[4])
