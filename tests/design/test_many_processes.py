"""The same answer from one thread, many threads, many processes, and after work was done twice."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest
from tests.design.scenarios import benchmark, everything

from trialwright.design import simulate
from trialwright.design.scenario import Look, Monitoring
from trialwright.design.simulate import simulate_design

MONITORED = benchmark(looks=(Look("a", None, 15), Look("b", None, 30)), monitoring=Monitoring())


@pytest.mark.requirement("TW-R-050")
def test_processes_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spawned processes, as on another machine: nothing is inherited, all goes through pickling."""
    monkeypatch.setattr(simulate, "STRETCH_AWAY", 4000)
    alone = simulate_design(MONITORED, 15_000, 5).as_json()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert simulate_design(MONITORED, 15_000, 5, executor=processes).as_json() == alone


class Unreliable(Executor):
    """Does every second task twice, as a cluster does after a lost worker, and answers in any order."""

    def __init__(self) -> None:
        self.calls = 0
        self.chance = random.Random(3)
        self.held: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.calls += 1
        if self.calls % 2:
            fn(*args, **kwargs)
        future: Future[Any] = Future()
        self.held.append((future, lambda: fn(*args, **kwargs)))
        self.chance.shuffle(self.held)
        while len(self.held) > 1 or (self.calls % 3 == 0 and self.held):
            done, work = self.held.pop()
            done.set_result(work())
        if self.calls >= 4:
            for done, work in self.held:
                done.set_result(work())
            self.held.clear()
        return future


def test_repeated_and_disordered_work_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "STRETCH_AWAY", 500)
    scenario, executor = everything(), Unreliable()
    there = simulate_design(scenario, 2000, 7, executor=executor).as_json()
    assert executor.calls == 4
    assert there == simulate_design(scenario, 2000, 7).as_json()


@pytest.mark.requirement("TW-R-050")
@pytest.mark.parametrize("length", [1, 7, 16, 1000])
def test_the_size_of_the_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch, length: int) -> None:
    whole = simulate_design(benchmark(12), 100, 5).as_json()
    monkeypatch.setattr(simulate, "STRETCH", length)
    assert simulate_design(benchmark(12), 100, 5).as_json() == whole


def test_a_failing_task_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("broken machine")

    monkeypatch.setattr(simulate, "simulate_stretch", fails)
    with pytest.raises(RuntimeError, match="broken machine"):
        simulate_design(benchmark(12), 100, 5, cores=2)
