"""What a rehearsal came to, in counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from trialwright.trial.events import Kind, Recorded


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
    ``roles`` counts events by the role that recorded them.
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

    @property
    def refusals(self) -> int:
        """How often a rule refused what it had to refuse."""
        return sum(self.refused.values())

    def as_json(self) -> dict[str, Any]:
        """A JSON-ready mapping."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def make_summary(seed: int, tally: Tally, first_at: str, last_at: str, head: str) -> RehearsalSummary:
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
        first_at=first_at,
        last_at=last_at,
        head=head,
    )
