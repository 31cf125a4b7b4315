"""A whole form's document against the form: which items are asked, which are required, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from trialwright.study.criteria import Truth, Value, evaluate
from trialwright.study.findings import Finding
from trialwright.study.model.forms import Form, Item
from trialwright.trial.answers import Answer, check_answer, is_missing, parse_number
from trialwright.trial.protocol import Protocol
from trialwright.trial.refusals import refusal

MOST_ROWS = 200


def value_of(item: Item, answer: Answer, occurred_on: date | None = None, source: str = "") -> Value:
    """An answer as a rule sees it; a missing or unreadable one is a value recorded as missing."""
    text = "" if is_missing(answer) else str(answer.get("value", "")).strip()
    if item.kind in ("number", "integer"):
        parsed = parse_number(text)
        if parsed is None:
            return Value(occurred_on=occurred_on, source=source)
        upper, lower = (parse_number(str(answer.get(name, ""))) for name in ("upper", "lower"))
        return Value(
            number=parsed[0],
            censored=parsed[1],
            unit=str(answer.get("unit", "")),
            uln=upper[0] if upper else None,
            lln=lower[0] if lower else None,
            occurred_on=occurred_on,
            source=source,
        )
    if item.kind == "boolean":
        flag = {"true": True, "false": False}.get(text)
        return Value(flag=flag, occurred_on=occurred_on, source=source)
    return Value(code=text or None, occurred_on=occurred_on, source=source)


def find_hidden(protocol: Protocol, form: Form, document: Mapping[str, Any]) -> frozenset[str]:
    """Ids of the items that are not asked, because their condition does not hold (or is not known to
    hold).
    """
    conditions = protocol.shown_if(form)
    if not conditions:
        return frozenset()
    values = {
        item.id: value_of(item, document[item.id])
        for item in form.items
        if item.kind != "rows" and isinstance(document.get(item.id), Mapping)
    }
    judged = {name: evaluate(rule, values).truth for name, rule in conditions.items()}
    return frozenset(name for name, truth in judged.items() if truth is not Truth.TRUE)


def find_form_date(form: Form, document: Mapping[str, Any]) -> str:
    """When it happened: the answer to the form's first date item, or nothing."""
    first = next((item for item in form.items if item.kind == "date"), None)
    answer = document.get(first.id) if first is not None else None
    return str(answer.get("value", "")) if isinstance(answer, Mapping) else ""


def check_document(
    protocol: Protocol, form: Form, document: Mapping[str, Any], today: date, *, complete: bool = True
) -> list[Finding]:
    """Findings of every item; ``place.path`` is (item) or (item, row, column).

    With ``complete`` false a required item may still be open. Hidden items must have no answer.
    """
    unknown = [name for name in document if form.item(name) is None]
    found = [
        refusal("DAT-040", "The form has no such item.", "Leave it out.", name) for name in sorted(unknown)
    ]
    hidden = find_hidden(protocol, form, document)
    for item in form.items:
        answer = document.get(item.id)
        if item.id in hidden:
            found += _check_hidden(item, answer)
        elif answer is None:
            found += _check_absent(item, (item.id,)) if complete else []
        else:
            found += _check_present(protocol, item, answer, today, complete)
    return found


def _check_hidden(item: Item, answer: Any) -> list[Finding]:
    if answer is None:
        return []
    remedy = "Clear it, or change the answer that it depends on."
    return [refusal("DAT-041", "This item is not asked here.", remedy, item.id)]


def _check_absent(item: Item, path: tuple[str | int, ...]) -> list[Finding]:
    if not item.required:
        return []
    remedy = "Enter it, or say why it is missing."
    return [refusal("DAT-042", "This item is required.", remedy, *path)]


def _check_present(protocol: Protocol, item: Item, answer: Any, today: date, complete: bool) -> list[Finding]:
    if not isinstance(answer, Mapping):
        return [refusal("DAT-022", "The answer is not in the form of an answer.", "Enter it again.", item.id)]
    given = cast("Mapping[str, Any]", answer)
    if item.kind != "rows" or is_missing(given):
        return check_answer(protocol, item, given, today, (item.id,))
    rows = given.get("rows")
    if set(given) != {"rows"} or not isinstance(rows, Sequence) or isinstance(rows, str):
        return [refusal("DAT-043", "This item is a table.", "Enter its rows.", item.id)]
    listed = cast("Sequence[Any]", rows)
    if len(listed) > MOST_ROWS:
        return [refusal("DAT-044", f"The table has more than {MOST_ROWS} rows.", "Split it.", item.id)]
    return [f for n, row in enumerate(listed) for f in _check_row(protocol, item, n, row, today, complete)]


def _check_row(
    protocol: Protocol, table: Item, number: int, row: Any, today: date, complete: bool
) -> list[Finding]:
    columns = {column.id: column for column in table.items}
    if not isinstance(row, Mapping) or not cast("Mapping[str, Any]", row).keys() <= columns.keys():
        return [
            refusal("DAT-045", "The row has a column that is not asked.", "Leave it out.", table.id, number)
        ]
    cells = cast("Mapping[str, Any]", row)
    found: list[Finding] = []
    for name, column in columns.items():
        path = (table.id, number, name)
        if name not in cells:
            found += _check_absent(column, path) if complete else []
        elif isinstance(cells[name], Mapping):
            found += check_answer(protocol, column, cells[name], today, path)
        else:
            found.append(
                refusal("DAT-022", "The answer is not in the form of an answer.", "Enter it again.", *path)
            )
    return found
