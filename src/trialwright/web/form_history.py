"""The versions of a form: what changed at each, by whom, when and why; and answers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from trialwright.store.ledger import read
from trialwright.study.model.forms import Form, Item
from trialwright.study.units import typeset_unit
from trialwright.trial.answers import MISSING_CODES
from trialwright.trial.events import Kind, Recorded
from trialwright.trial.records import FormState
from trialwright.trial.subject import SubjectState
from trialwright.web.templatetags.trialwright import spell_date

from .audit import names_of_accounts
from .viewer import Viewer

SAVES = (Kind.FORM_SAVED, Kind.FORM_CORRECTED)


@dataclass(frozen=True, slots=True)
class Change:
    """One item at one version: the answer before ('' where there was none) and after."""

    label: str
    before: str
    after: str
    added: bool


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a form."""

    number: int
    recorded: Recorded
    person: str
    role: str
    changes: tuple[Change, ...]
    complete: bool


def history_of(viewer: Viewer, state: SubjectState, saved: FormState, form: Form) -> list[VersionView]:
    """The versions of a form, newest first. The first one lists no single answers."""
    wanted = set(saved.seqs)
    events = [
        one
        for one in read(viewer.study.id, subject=state.subject, after=saved.seqs[0] - 1, kinds=SAVES)
        if one.seq in wanted
    ]
    names = names_of_accounts()
    versions: list[VersionView] = []
    before: Mapping[str, Any] = {}
    for number, recorded in enumerate(events, start=1):
        after = recorded.payload["document"]
        role = viewer.study.role(recorded.role)
        versions.append(
            VersionView(
                number,
                recorded,
                names.get(recorded.actor, recorded.actor),
                role.label if role else recorded.role,
                tuple(list_changes(form, before, after)) if number > 1 else (),
                bool(recorded.payload["complete"]),
            )
        )
        before = after
    return versions[::-1]


def list_changes(form: Form, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The items whose answers differ, in the order of the form."""
    return [
        Change(
            item.label,
            show_answer(item, before.get(item.id)),
            show_answer(item, after.get(item.id)),
            item.id not in before,
        )
        for item in form.items
        if before.get(item.id) != after.get(item.id)
    ]


def show_answer(item: Item, answer: Any) -> str:
    """An answer in words; a missing one by its reason, none at all as a dash."""
    if not isinstance(answer, Mapping) or not answer:
        return "–"
    if "missing" in answer:
        return f"– ({MISSING_CODES.get(str(answer['missing']), str(answer['missing']))})"
    if item.kind == "rows":
        return "; ".join(_show_row(item, row) for row in answer.get("rows", ()))
    return _show_value(item, answer)


def _show_row(item: Item, row: Mapping[str, Any]) -> str:
    shown = (show_answer(column, row[column.id]) for column in item.items if column.id in row)
    return ", ".join(shown)


def _show_value(item: Item, answer: Mapping[str, Any]) -> str:
    value = str(answer.get("value", ""))
    if item.kind == "code":
        return next((code.label for code in item.codes if code.value == value), value)
    if item.kind == "boolean":
        return {"true": "Yes", "false": "No"}.get(value, value)
    if item.kind == "date":
        return spell_date(value)
    text = f"{value} {typeset_unit(str(answer.get('unit', '')))}".strip() if answer.get("unit") else value
    lower, upper = str(answer.get("lower", "")), str(answer.get("upper", ""))
    if lower and upper:
        return f"{text} (normal {lower} to {upper})"
    bound = f"up to {upper}" if upper else f"from {lower}"
    return f"{text} (normal {bound})" if lower or upper else text


def last_values(state: SubjectState, form: Form, saved_key: str, before_seq: int) -> dict[str, str]:
    """The latest earlier answers to the same questions, with their dates, by item id."""
    earlier = [
        one
        for one in state.forms.values()
        if one.form == form.id and one.key != saved_key and (not before_seq or one.seqs[0] < before_seq)
    ]
    found: dict[str, str] = {}
    for one in sorted(earlier, key=lambda one: one.occurred_on):
        for item in form.items:
            answer = one.document.get(item.id)
            if (
                item.kind in ("number", "integer", "code")
                and isinstance(answer, Mapping)
                and "value" in answer
            ):
                found[item.id] = f"{show_answer(item, answer)}, {spell_date(one.occurred_on)}"
    return found
