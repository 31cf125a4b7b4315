"""Whatever people try, in any order, the invariants of the chain of identity hold (cell product
reference, 9).
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.trial.bench import (
    INVESTIGATOR,
    LABORATORY,
    NURSE,
    OTHER_LABORATORY,
    OTHER_NURSE,
    QUALITY,
    WEST_NURSE,
    Bench,
)

from trialwright.trial.cells.chain import make_coi
from trialwright.trial.cells.states import GIVEN, RELEASED, transition_table
from trialwright.trial.events import Decision
from trialwright.trial.subject import SubjectState

ANYBODY = st.sampled_from(
    [NURSE, OTHER_NURSE, INVESTIGATOR, LABORATORY, OTHER_LABORATORY, QUALITY, WEST_NURSE]
)
STATES = st.sampled_from(transition_table().states)
SPANS = st.sampled_from([1, 20, 60, 12 * 60, 26 * 60])


class Cells(RuleBasedStateMachine):
    """One subject, batches of both products, and people who try every step at every time."""

    @initialize()
    def begin(self) -> None:
        """An allocated subject on the first dose day, with two released vaccines and one of T cells."""
        self.bench = Bench().allocated().wait(hours=2).collect().wait(days=4)
        for product in (("vaccine", 5, "1e7", "1"), ("vaccine", 5, "1e7", "1"), ("killer", 6, "2e9", "300")):
            self.make(product, True)

    def tried(self, decision: Decision, actor: object) -> None:
        """Folds a decision unless it was refused."""
        if decision.accepted:
            self.bench.fold(decision.events, actor)  # type: ignore[arg-type]

    def pick(self, data: st.DataObject) -> str:
        """A container."""
        return data.draw(st.sampled_from(sorted(self.bench.state.containers)))

    @precondition(lambda self: len(self.bench.state.batches) < 5)
    @rule(
        product=st.sampled_from([("vaccine", 5, "1e7", "1"), ("killer", 6, "2e9", "300")]),
        passed=st.booleans(),
    )
    def another(self, product: tuple[str, int, str, str], passed: bool) -> None:
        """One more batch."""
        self.make(product, passed)

    def make(self, product: tuple[str, int, str, str], passed: bool) -> None:
        """A batch is made, tested and perhaps released."""
        name, day, dose, volume = product
        batch = self.bench.start_batch(name, (day,))
        self.bench.fill(batch, dose, volume)
        if passed:
            self.bench.pass_tests(batch)
            self.tried(self.bench.release(batch), QUALITY)

    @rule(minutes=SPANS)
    def wait(self, minutes: int) -> None:
        """Time passes, sometimes beyond the shelf life."""
        self.bench.wait(minutes=minutes)

    @precondition(lambda self: self.bench.state.containers)
    @rule(data=st.data(), to=STATES, who=ANYBODY, second=ANYBODY, right_scan=st.booleans())
    def move(self, data: st.DataObject, to: str, who: object, second: object, right_scan: bool) -> None:
        """Somebody tries some step."""
        scan = self.bench.state.coi if right_scan else make_coi(bytes(10))
        container = self.pick(data)
        more = {"scanned_coi": scan, "note": "tried", "second": second}
        self.tried(self.bench.move(container, to, who, **more), who)  # type: ignore[arg-type]

    @precondition(lambda self: self.bench.state.batches)
    @rule(data=st.data(), result=st.sampled_from(["pass", "fail"]))
    def test(self, data: st.DataObject, result: str) -> None:
        """A sterility result comes in."""
        self.bench.test(data.draw(st.sampled_from(sorted(self.bench.state.batches))), "sterility", result)

    @precondition(lambda self: self.bench.state.batches)
    @rule(data=st.data(), kind=st.sampled_from(RELEASED), who=ANYBODY)
    def release(self, data: st.DataObject, kind: str, who: object) -> None:
        """Somebody tries a release."""
        batch = data.draw(st.sampled_from(sorted(self.bench.state.batches)))
        self.tried(self.bench.release(batch, kind, who, physician="x", words="y"), who)  # type: ignore[arg-type]

    @precondition(lambda self: self.bench.state.containers)
    @rule(data=st.data(), second=ANYBODY)
    def bedside(self, data: st.DataObject, second: object) -> None:
        """Somebody brings a container to the bedside as far as it goes."""
        container = self.pick(data)
        bench = self.bench
        for to in ("SHIPPED_TO_SITE", "RECEIVED_AT_SITE", "PREPARED"):
            self.tried(bench.move(container, to, LABORATORY), LABORATORY)
        self.tried(bench.verify(container, second), NURSE)  # type: ignore[arg-type]

    @precondition(lambda self: self.bench.state.containers)
    @rule(data=st.data(), finished=st.booleans())
    def give(self, data: st.DataObject, finished: bool) -> None:
        """Somebody who does everything right gives a container, and perhaps forgets to record its end."""
        container = self.pick(data)
        bench = self.bench
        for to in ("SHIPPED_TO_SITE", "RECEIVED_AT_SITE", "PREPARED"):
            self.tried(bench.move(container, to, LABORATORY), LABORATORY)
        self.tried(bench.verify(container, OTHER_NURSE), NURSE)
        self.tried(bench.start(container, NURSE, waived="tried"), NURSE)
        if finished:
            self.tried(bench.finish(container, bench.state.containers[container].volume), NURSE)

    @precondition(lambda self: self.bench.state.containers)
    @rule(data=st.data(), who=ANYBODY, scanned=st.booleans())
    def start(self, data: st.DataObject, who: object, scanned: bool) -> None:
        """Somebody tries to start."""
        container = self.pick(data)
        scans = {} if scanned else {"scanned_container": "another"}
        self.tried(self.bench.start(container, who, waived="tried", **scans), who)  # type: ignore[arg-type]

    @precondition(lambda self: self.bench.state.containers)
    @rule(data=st.data(), share=st.sampled_from([("1", False), ("300", False), ("120", True)]))
    def finish(self, data: st.DataObject, share: tuple[str, bool]) -> None:
        """Somebody records an administration."""
        volume, partial = share
        self.tried(self.bench.finish(self.pick(data), volume, partial=partial, words="tried"), NURSE)

    @invariant()
    def identity_release_and_expiry_hold(self) -> None:
        """I1 to I9 for every container that was connected to the subject."""
        state: SubjectState | None = getattr(self, "bench", None) and self.bench.state
        if state is None:
            return
        for container in state.containers.values():
            seconds = [step.at for step in container.custody]
            assert seconds == sorted(seconds), "custody runs backwards"
            assert container.coi == state.coi == state.batches[container.batch].coi
            assert all(
                state.collections[c].coi == state.coi for c in state.batches[container.batch].collections
            )
            if not container.started_at:
                continue
            assert container.release is not None
            assert container.release.by not in state.batches[container.batch].operators
            assert len(set(container.verified_by)) == 2
            assert container.started_at < container.expires_at
            assert container.product in ("vaccine", "killer")
            started = next(n for n, step in enumerate(container.custody) if step.state == "INFUSION_STARTED")
            assert container.custody[started - 1].state == "BEDSIDE_VERIFIED"

    @invariant()
    def each_dose_once_and_every_container_accounted_for(self) -> None:
        """I9 and I12."""
        state: SubjectState | None = getattr(self, "bench", None) and self.bench.state
        if state is None:
            return
        given = [one.container for one in state.administrations]
        doses = [(one.product, one.planned_day) for one in state.administrations]
        assert len(set(given)) == len(given) and len(set(doses)) == len(doses)
        assert {c.id for c in state.containers.values() if c.state in GIVEN} == set(given)
        assert all(c.state in transition_table().states for c in state.containers.values())


TestCells = pytest.mark.requirement("TW-R-033", "TW-R-034", "TW-R-035", "TW-R-036", "TW-R-037")(
    Cells.TestCase
)
TestCells.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
