"""Records through the study model and out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trialwright.study.findings import Finding

from .from_study import render_record
from .read_json import Item
from .record import JsonObject, Record
from .to_study import derive_draft


def convert_records(items: Iterable[Item]) -> Iterator[tuple[JsonObject | None, tuple[Finding, ...]]]:
    """Every record as an API v2 study after its way through the study model, with its findings.

    A finding that belongs to no record comes with None in the record's place.
    """
    for item in items:
        if not isinstance(item, Record):
            yield None, (item,)
            continue
        draft = derive_draft(item, criteria=False)
        yield render_record(draft.study()), (*item.findings, *draft.findings)
