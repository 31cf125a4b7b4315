"""The same bits from a cluster of processes as from one core, also when a worker is killed in the middle."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from tests.cli.conftest import Run
from tests.design.scenarios import benchmark, illness_death

from trialwright.cli.cluster import connect
from trialwright.design import simulate
from trialwright.design.explore import explore_designs
from trialwright.design.scenario import Look, Monitoring
from trialwright.design.simulate import simulate_design

STUDY = Path(__file__).parents[2] / "studies/nct02632201"
MONITORED = benchmark(looks=(Look("a", None, 15), Look("b", None, 30)), monitoring=Monitoring())


@pytest.mark.requirement("TW-R-050")
@pytest.mark.slow
def test_a_killed_worker_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "STRETCH_AWAY", 500)
    alone = simulate_design(MONITORED, 20_000, 5).as_json()
    grid = explore_designs(illness_death(), {"hazard_ratio": [0.5, 0.7]}, "os", 2_000, 5)
    told: list[tuple[int, int]] = []
    with connect("local") as cluster:
        workers = sorted(cluster.executor._client.run(os.getpid).values())  # type: ignore[attr-defined]

        def tell(done: int, in_all: int) -> None:
            if not told:
                os.kill(workers[0], signal.SIGKILL)
            told.append((done, in_all))

        there = simulate_design(MONITORED, 20_000, 5, progress=tell, executor=cluster.executor)
        assert there.as_json() == alone
        assert told[-1] == (20_000, 20_000)
        assert len(told) == 40
        there_grid = explore_designs(
            illness_death(), {"hazard_ratio": [0.5, 0.7]}, "os", 2_000, 5, executor=cluster.executor
        )
        assert there_grid == grid


@pytest.mark.requirement("TW-R-050")
@pytest.mark.slow
def test_command_gives_the_same_bytes_on_a_cluster(run: Run) -> None:
    options = ["--scenario", "planned_effect", "--replicates", "5000", "--format", "json"]
    here = run("design", "simulate", STUDY, *options)
    there = run("design", "simulate", STUDY, *options, "--cluster", "local")
    assert there.returncode == 0, there.stderr
    assert json.loads(here.stdout) == json.loads(there.stdout)
    assert here.stdout == there.stdout


def test_address_that_is_none_is_told(run: Run) -> None:
    answer = run("design", "simulate", STUDY, "--cluster", "nowhere")
    assert answer.returncode == 2
    assert "is not the address of a scheduler" in answer.stderr
