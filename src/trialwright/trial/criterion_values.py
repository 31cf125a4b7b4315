"""From captured forms to the values that eligibility rules speak of.

Every complete form that holds the item counts as one record, with the form's date; which record a rule takes
is fixed by the criterion language (the latest in the window). Age is computed, not asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from trialwright.study.criteria import Value
from trialwright.study.model.eligibility import Variable
from trialwright.study.model.forms import Form, Item
from trialwright.study.model.study import Study
from trialwright.trial.dates import earliest_date, parse_date
from trialwright.trial.documents import find_form_date, value_of
from trialwright.trial.records import FormState
from trialwright.trial.subject import SubjectState

BIRTH = "birth_date"
"""The concept of the item that age is computed from."""


def collect_values(study: Study, state: SubjectState) -> dict[str, list[Value]]:
    """The records of every variable that a form supplies, by variable id; ``source`` is the form's key."""
    asked = set(_pending_items(state))
    found: dict[str, list[Value]] = {}
    for variable in study.eligibility.variables:
        form = study.form(variable.form) if variable.form else None
        item = form.item(variable.item) if form is not None and variable.item else None
        if form is not None and item is not None:
            found[variable.id] = list(_records(state, form, item, variable, asked))
    return found


def _records(
    state: SubjectState, form: Form, item: Item, variable: Variable, asked: set[tuple[str, str]]
) -> Iterator[Value]:
    for saved in _saved_forms(state, form):
        answer: Any = saved.document.get(item.id)
        if not isinstance(answer, Mapping):
            continue
        value = value_of(item, answer, parse_date(find_form_date(form, saved.document)), saved.key)
        value = _as_kind(value, variable)
        queried = (saved.key, item.id) in asked or (saved.key, "") in asked
        yield replace(value, query_open=queried, signed=saved.signature_holds)


def _saved_forms(state: SubjectState, form: Form) -> Iterator[FormState]:
    return (saved for saved in state.forms.values() if saved.form == form.id and saved.state != "incomplete")


def _as_kind(value: Value, variable: Variable) -> Value:
    """A code such as ``2`` becomes a number where the variable is one."""
    if variable.kind not in ("number", "integer") or value.code is None:
        return value
    try:
        return replace(value, code=None, number=Decimal(value.code))
    except InvalidOperation:
        return replace(value, code=None)


def _pending_items(state: SubjectState) -> Iterator[tuple[str, str]]:
    for query in state.queries.values():
        if query.pending:
            yield f"{query.visit}/{query.form}/{query.repeat}", query.item


def find_ages(study: Study, state: SubjectState) -> tuple[tuple[int, ...], str]:
    """Age in whole years at consent, and the key of the form it came from.

    Two possible ages where the date of birth is partial, none where it is missing or consent was not given.
    """
    form = next((f for f in study.forms if f.records == "demographics" and f.item_meaning(BIRTH)), None)
    item = form.item_meaning(BIRTH) if form is not None else None
    if form is None or item is None or state.consent is None:
        return (), ""
    consented = parse_date(state.consent.given_on)
    saved = next(iter(_saved_forms(state, form)), None)
    answer: Any = saved.document.get(item.id) if saved is not None else None
    if saved is None or consented is None or not isinstance(answer, Mapping):
        return (), ""
    text = str(answer.get("value", ""))
    first = earliest_date(text)
    if first is None:
        return (), ""
    last = first if parse_date(text) else _last_day(text)
    return tuple(dict.fromkeys((years_between(last, consented), years_between(first, consented)))), saved.key


def _last_day(text: str) -> date:
    """The last day that a partial date can mean."""
    year, _, month = text.partition("-")
    if not month:
        return date(int(year), 12, 31)
    following = date(int(year) + int(month) // 12, int(month) % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def years_between(born: date, on: date) -> int:
    """Completed years of age. A birthday on 29 February is reached on 1 March of other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
