"""From a posted page to a form's document, and back to what the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from trialwright.study.criteria import variables_of
from trialwright.study.findings import Finding
from trialwright.study.model.forms import Form, Item, Range
from trialwright.study.units import typeset_unit
from trialwright.trial.documents import find_hidden
from trialwright.trial.protocol import Protocol
from trialwright.trial.records import Document

MOST_ROWS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class CellView:
    """One question as the page shows it. ``name`` ends the names of its inputs, ``anchor`` its place."""

    item: Item
    name: str
    anchor: str
    answer: Mapping[str, Any]
    problems: tuple[Finding, ...] = ()
    limits: str = ""
    last: str = ""
    steers: bool = False
    queries: int = 0
    rows: tuple[RowView, ...] = ()

    @property
    def value(self) -> str:
        """What stands in the field."""
        return str(self.answer.get("value", ""))

    @property
    def unit(self) -> str:
        """The unit chosen; the usual one where nothing was chosen."""
        return str(self.answer.get("unit", "") or (self.item.units[0] if self.item.units else ""))


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of a table item."""

    number: int
    cells: tuple[CellView, ...] = field(default=())


def parse_posted(form: Form, posted: QueryDict) -> tuple[Document, list[str]]:
    """The document that was posted, and the ids of the items that have both a value and a reason for none."""
    document: Document = {}
    both: list[str] = []
    for item in form.items:
        reason = posted.get(f"m:{item.id}", "")
        answer = _rows(item, posted) if item.kind == "rows" else _answer(item, item.id, posted)
        if answer and reason:
            both.append(item.id)
        if answer:
            document[item.id] = answer
        elif reason:
            document[item.id] = {"missing": reason}
    return document, both


def _answer(item: Item, name: str, posted: QueryDict) -> dict[str, str]:
    value = posted.get(f"v:{name}", "").strip()
    if not value:
        return {}
    answer = {"value": value}
    if item.units:
        answer["unit"] = posted.get(f"u:{name}", "") or item.units[0]
    for part, key in (("lower", "lo"), ("upper", "up")):
        text = posted.get(f"{key}:{name}", "").strip()
        if text and item.limits_of_normal:
            answer[part] = text
    return answer


def _rows(item: Item, posted: QueryDict) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for number in range(count_rows(item, posted)):
        row = {column.id: _answer(column, f"{item.id}.{number}.{column.id}", posted) for column in item.items}
        filled = {name: answer for name, answer in row.items() if answer}
        if filled:
            rows.append(filled)
    return {"rows": rows} if rows else {}


def count_rows(item: Item, posted: QueryDict) -> int:
    """How many rows of a table the page had."""
    text = posted.get(f"n:{item.id}", "0")
    return min(int(text), MOST_ROWS_SHOWN) if text.isdigit() else 0


def change_rows(document: Document, command: str) -> dict[str, int]:
    """Carries out ``remove:item:number`` in the document; answers how many empty rows ``add:item`` wants."""
    verb, _, rest = command.partition(":")
    item, _, number = rest.partition(":")
    if verb == "add":
        return {item: 1}
    rows = document.get(item, {}).get("rows")
    if verb == "remove" and rows and number.isdigit() and int(number) < len(rows):
        del rows[int(number)]
    return {}


def drop_hidden(protocol: Protocol, form: Form, document: Document) -> Document:
    """The document without answers to questions that are not asked any more."""
    for _ in form.items:  # an answer that goes away can hide a further question
        hidden = find_hidden(protocol, form, document)
        if not hidden & document.keys():
            break
        document = {name: answer for name, answer in document.items() if name not in hidden}
    return document


def shown_items(protocol: Protocol, form: Form, document: Mapping[str, Any]) -> list[Item]:
    """The items that are asked, given the answers so far."""
    hidden = find_hidden(protocol, form, document)
    return [item for item in form.items if item.id not in hidden]


def view_items(
    protocol: Protocol,
    form: Form,
    document: Mapping[str, Any],
    problems: Sequence[Finding] = (),
    *,
    last: Mapping[str, str] | None = None,
    queries: Mapping[str, int] | None = None,
    empty_rows: Mapping[str, int] | None = None,
) -> list[CellView]:
    """Every asked item with its answer, limits, last value, problems and open queries."""
    steering = {name for rule in protocol.shown_if(form).values() for name in variables_of(rule)}
    by_path: dict[tuple[str | int, ...], list[Finding]] = {}
    for problem in problems:
        by_path.setdefault(problem.place.path, []).append(problem)
    views: list[CellView] = []
    for item in shown_items(protocol, form, document):
        answer = document.get(item.id) or {}
        own = tuple(by_path.get((item.id,), ()))
        rows = _view_rows(item, answer, by_path, (empty_rows or {}).get(item.id, 0))
        views.append(
            CellView(
                item,
                item.id,
                f"f-{item.id}",
                answer,
                own,
                spell_limits(item.range, item),
                (last or {}).get(item.id, ""),
                item.id in steering,
                (queries or {}).get(item.id, 0),
                rows,
            )
        )
    return views


def _view_rows(
    item: Item,
    answer: Mapping[str, Any],
    by_path: Mapping[tuple[str | int, ...], list[Finding]],
    empty: int,
) -> tuple[RowView, ...]:
    if item.kind != "rows":
        return ()
    filled = list(answer.get("rows") or [])
    filled += [{}] * (empty or (0 if filled else 1))
    return tuple(
        RowView(
            number,
            tuple(
                CellView(
                    column,
                    f"{item.id}.{number}.{column.id}",
                    f"f-{item.id}-{number}-{column.id}",
                    row.get(column.id) or {},
                    tuple(by_path.get((item.id, number, column.id), ())),
                )
                for column in item.items
            ),
        )
        for number, row in enumerate(filled)
    )


def spell_limits(limits: Range | None, item: Item) -> str:
    """The ranges of a number in words: ``expected 0.5 to 1.8, possible 0.1 to 20 mg/dL``."""
    if limits is None:
        return ""
    parts: list[str] = []
    for word, low, high in (
        ("expected", limits.expected_minimum, limits.expected_maximum),
        ("possible", limits.hard_minimum, limits.hard_maximum),
    ):
        if low is not None and high is not None:
            parts.append(f"{word} {low:f} to {high:f}")
        elif low is not None or high is not None:
            parts.append(f"{word} at least {low:f}" if low is not None else f"{word} at most {high:f}")
    unit = typeset_unit(item.units[0]) if item.units else ""
    return f"{', '.join(parts)} {unit}".strip() if parts else ""
