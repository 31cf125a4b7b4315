"""In which study, by which clock and from which entropy an action is done; and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from trialwright.actions.unit import Unit
from trialwright.store import ledger
from trialwright.store.sources import Clock, Entropy, system_clock, system_entropy
from trialwright.study.findings import Finding
from trialwright.trial.events import Recorded


@dataclass(frozen=True, slots=True)
class Context:
    """Where actions are done: the study's id, the clock, the entropy, and by which way they came.

    ``source`` is ``app``, ``api``, ``import`` or ``rehearsal``. ``unit`` is the open transaction of a batch.
    """

    study: str
    clock: Clock = system_clock
    entropy: Entropy = system_entropy
    source: str = "app"
    unit: Unit | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action: the events recorded, or the findings that refused it.

    Of a refused attempt the rule may have something kept (a scan that did not fit, as a deviation): it then
    stands in ``recorded`` beside the findings.

    ``subject`` is the pseudonym concerned. Accepted without events means it had been done before.
    """

    recorded: tuple[Recorded, ...] = ()
    refusals: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    subject: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the action was carried out."""
        return not self.refusals


@contextmanager
def batch(context: Context) -> Iterator[Context]:
    """Several actions in one transaction: all are kept, or none when an exception leaves the block.

    Each action still passes through the same code. A refused one does not end the batch.
    """
    with _unit(context) as unit:
        yield replace(context, unit=unit)


@contextmanager
def _unit(context: Context) -> Iterator[Unit]:
    """The batch's unit, or a transaction of this action's own with the ledger's head locked."""
    if context.unit is not None:
        yield context.unit
        return
    with ledger.writing():
        yield Unit(context.study)


@contextmanager
def working(context: Context) -> Iterator[tuple[Unit, datetime]]:
    """The unit in which one action works, and the instant it takes for now."""
    with _unit(context) as unit:
        yield unit, context.clock()


def refused(
    findings: Sequence[Finding],
    warnings: Sequence[Finding] = (),
    subject: str = "",
    kept: tuple[Recorded, ...] = (),
) -> Outcome:
    """The outcome of a refused action, with what was recorded of the attempt."""
    return Outcome(kept, tuple(findings), tuple(warnings), subject)
