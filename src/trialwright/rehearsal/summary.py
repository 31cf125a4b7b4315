"""What a rehearsal came to: counts, or the findings that stopped it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypedDict

from trialwright.study.findings import Finding
from trialwright.trial.events import Kind, Recorded

Progress = Callable[[int, int, str], None]
"""Told (done, in all, words) whenever a subject was allocated or has left."""


class DemonstrationAccount(TypedDict):
    """One account as the sign-in page of a demonstration shows it."""

    role: str
    username: str
    password: str


class RehearsalStopped(Exception):  # noqa: N818 - it carries findings for a person, it is no defect
    """The rehearsal came to something it did not expect; ``findings`` say what."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings


@dataclass(slots=True)
class Tally:
    """Counts while the rehearsal runs."""

    kinds: Counter[str] = field(default_factory=Counter[str])
    roles: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    registered: int = 0
    failed: int = 0
    allocated: int = 0
    left: int = 0

    def note(self, recorded: tuple[Recorded, ...]) -> None:
        """Counts what was recorded."""
        for one in recorded:
            self.kinds[one.kind.value] += 1
            self.roles[one.role] += 1


@dataclass(frozen=True, slots=True)
class RehearsalSummary:
    """The rehearsal in counts. ``refused`` counts, by code, what the rules refused as it should be.

    ``first_at`` and ``last_at`` are simulated instants, ``head`` the hash of the last ledger entry.
    ``roles`` counts events by the role that recorded them. ``accounts`` holds the first person of every
    role with a password: to be shown in a demonstration, and never to be logged or exported.
    """

    seed: int
    screened: int
    failed: int
    allocated: int
    doses: int
    forms: int
    corrections: int
    queries: int
    events: int
    refused: dict[str, int]
    roles: dict[str, int]
    kinds: dict[str, int]
    first_at: str
    last_at: str
    head: str
    accounts: list[DemonstrationAccount] = field(default_factory=list[DemonstrationAccount], repr=False)

    @property
    def refusals(self) -> int:
        """How often a rule refused what it had to refuse."""
        return sum(self.refused.values())

    def line(self) -> str:
        """The rehearsal in one line for a person."""
        return (
            f"{self.screened} screened, {self.allocated} allocated, {self.doses} doses, {self.forms} forms, "
            f"{self.corrections} corrections, {self.queries} queries; {self.events} events, "
            f"{self.refusals} refused as they had to be"
        )

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping, without the accounts."""
        names = [name for name in self.__dataclass_fields__ if name != "accounts"]
        return {"simulated": True, **{name: getattr(self, name) for name in names}}


def make_summary(
    seed: int, tally: Tally, instants: tuple[str, str], head: str, accounts: list[DemonstrationAccount]
) -> RehearsalSummary:
    """The summary of a tally."""
    kinds = tally.kinds
    return RehearsalSummary(
        seed=seed,
        screened=tally.registered,
        failed=tally.failed,
        allocated=tally.allocated,
        doses=kinds[Kind.ADMINISTRATION_RECORDED.value],
        forms=kinds[Kind.FORM_SAVED.value],
        corrections=kinds[Kind.FORM_CORRECTED.value],
        queries=kinds[Kind.QUERY_OPENED.value],
        events=kinds.total(),
        refused=dict(sorted(tally.refused.items())),
        roles=dict(sorted(tally.roles.items())),
        kinds=dict(sorted(kinds.items())),
        first_at=instants[0],
        last_at=instants[1],
        head=head,
        accounts=accounts,
    )
