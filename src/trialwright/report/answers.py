"""Reading captured forms by what their items mean, never by what a study calls them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast

from trialwright.outcomes.dates import PartialDate, parse_partial_date
from trialwright.study.model import Study
from trialwright.study.model.forms import Form, Item, Records
from trialwright.trial.records import FormState
from trialwright.trial.subject import SubjectState

Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One captured form with its definition. ``seq`` is the ledger entry of the version read."""

    form: Form
    state: FormState

    @property
    def seq(self) -> int:
        """The ledger sequence of the document that stands."""
        return self.state.seq

    def text(self, concept: str) -> str:
        """The answer that means ``concept`` as entered, or '' when there is none."""
        item = self.form.item_meaning(concept)
        return cell_text(self.state.document.get(item.id)) if item is not None else ""

    def on(self, concept: str) -> date | None:
        """The answer as a whole date; None when missing or partial."""
        return whole_date(self.text(concept))

    def partial(self, concept: str) -> PartialDate | None:
        """The answer as a date that may be partial; None when missing."""
        return parse_partial_date(self.text(concept))

    @cached_property
    def collected_on(self) -> date | None:
        """When the form's facts were collected: its dated item, else the date it was recorded under."""
        for concept in ("collected_on", "scan_on"):
            found = self.on(concept)
            if found is not None:
                return found
        return whole_date(self.state.occurred_on)

    def rows(self, concept: str) -> Iterator[dict[str, str]]:
        """The rows of an item of kind rows, each as texts by the meaning of its columns."""
        item = self.form.item_meaning(concept)
        if item is None:
            return
        cell = cast(Cell, self.state.document.get(item.id) or {})
        for row in cast(list[Mapping[str, Any]], cell.get("rows") or []):
            yield {column.meaning: cell_text(row.get(column.id)) for column in item.items}


def sheets(study: Study, state: SubjectState, records: Records) -> list[Sheet]:
    """A subject's captured forms of one kind, in the order of their dates and then of the ledger."""
    forms = {form.id: form for form in study.forms if form.records == records}
    found = [Sheet(forms[form.form], form) for form in state.forms.values() if form.form in forms]
    return sorted(found, key=lambda sheet: (sheet.collected_on or date.max, sheet.seq))


def cell_text(cell: Any) -> str:
    """What stands in an answered cell; '' where it is empty or has a missing code."""
    if not isinstance(cell, Mapping):
        return ""
    value = cast(Cell, cell).get("value")
    return "" if value is None else str(value)


def is_true(text: str) -> bool:
    """Whether a boolean answer says yes."""
    return text == "true"


def whole_date(text: str) -> date | None:
    """An ISO date; None for anything partial or absent."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def code_label(item: Item, value: str) -> str:
    """The words of a code, or the value itself."""
    return next((code.label for code in item.codes if code.value == value), value)
