"""The forms can be filled, and hold what the outcomes need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..findings import Finding
from ..model import Study
from ..model.forms import Form, Item
from ..positions import Path
from ..units import normalise_unit
from .base import error, warning

NEEDED: dict[str, tuple[str, ...]] = {
    "tumour_assessment": ("scan_on", "lesions"),
    "adverse_event": ("term", "started_on", "grade", "serious"),
    "death": ("died_on",),
    "survival_contact": ("known_alive_on",),
    "concomitant_therapy": ("started_on",),
}
"""Concepts that a form must carry so that the outcomes can be derived from it."""


def check_forms(study: Study) -> Iterator[Finding]:
    """TW-FRM-001 codes missing, -002 unit unknown, -003 limits reversed, -004 concept missing, -005 rows."""
    for index, form in enumerate(study.forms):
        yield from _items(("forms", index, "items"), form.items)
        yield from _concepts(("forms", index), form)


def _items(path: Path, items: Sequence[Item]) -> Iterator[Finding]:
    for index, item in enumerate(items):
        here = (*path, index)
        if item.kind == "code" and not item.codes:
            yield error("TW-FRM-001", here, f"`{item.id}` is coded but has no codes.", "List its `codes`.")
        for position, unit in enumerate(item.units):
            if normalise_unit(unit) is None:
                message = f"`{unit}` is not a unit of UCUM."
                remedy = "Write the UCUM code, such as `mg/dL` or `10*9/L`."
                yield error("TW-FRM-002", (*here, "units", position), message, remedy)
        yield from _range(here, item)
        if item.kind == "rows" and not item.items:
            yield error("TW-FRM-005", here, f"`{item.id}` has rows but no columns.", "List its `items`.")
        yield from _items((*here, "items"), item.items)


def _range(path: Path, item: Item) -> Iterator[Finding]:
    if item.range is None:
        return
    limits = item.range
    ordered = [limits.hard_minimum, limits.expected_minimum, limits.expected_maximum, limits.hard_maximum]
    given = [limit for limit in ordered if limit is not None]
    if given != sorted(given):
        message = f"The limits of `{item.id}` are not in order."
        yield error("TW-FRM-003", (*path, "range"), message, "Order: hard, expected, expected, hard.")


def _concepts(path: Path, form: Form) -> Iterator[Finding]:
    for concept in NEEDED.get(form.records, ()):
        if form.item_meaning(concept) is None:
            message = f"The form records {form.records.replace('_', ' ')} but no item means `{concept}`."
            yield warning("TW-FRM-004", path, message, f"Give the item `concept: {concept}`.")
