"""The response table: subjects by best overall response, responders and disease control, by arm.

Source: house analysis reference, section 6. The denominator is every subject of the set: who was not
evaluable or never assessed is not a responder. Intervals belong to the statistics room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trialwright.outcomes.recist.best_response import BestResponse, YesNo
from trialwright.outcomes.recist.responses import BEST_FIRST
from trialwright.outcomes.traceability import merge_sources


@dataclass(frozen=True, slots=True)
class ResponseCount:
    """Subjects of one arm in one row of the table; ``row`` is a response or the code of a yes-or-no
    answer.
    """

    arm: str
    row: str
    subjects: tuple[str, ...]
    at_risk: int
    source_ids: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many subjects."""
        return len(self.subjects)

    @property
    def share(self) -> float | None:
        """Their share of the arm; ``None`` for an empty arm."""
        return self.count / self.at_risk if self.at_risk else None


def derive_response_table(
    best: Sequence[BestResponse], answers: Sequence[YesNo], arms: Mapping[str, str]
) -> list[ResponseCount]:
    """One row for every response that anybody has, best first, then one for every kind of answer, by arm.

    ``answers``: objective response, clinical benefit, confirmed or not, of the same subjects.
    """
    held: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    for response in BEST_FIRST:
        members = [(b.subject, b.source_ids) for b in best if b.response is response]
        if members:
            held[response.value] = members
    for code in dict.fromkeys(answer.code for answer in answers):
        held[code] = [(a.subject, a.source_ids) for a in answers if a.code == code and a.value]
    sizes = {arm: sum(1 for other in arms.values() if other == arm) for arm in sorted(set(arms.values()))}
    rows: list[ResponseCount] = []
    for name, members in held.items():
        for arm, size in sizes.items():
            mine = sorted((subject, ids) for subject, ids in members if arms.get(subject) == arm)
            sources = merge_sources(*(ids for _, ids in mine))
            rows.append(ResponseCount(arm, name, tuple(s for s, _ in mine), size, sources))
    return rows
