"""A subject as of the data cut: what happened later is not there, also when it is already known.

What is dated by an instant (cells, batches, releases) is cut by the date of the instant in UTC, all else by the
local date it carries. Evidence of life is read from the uncut state: a contact after the cut shows the subject
alive at the cut.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from trialwright.study.model import Study
from trialwright.study.model.forms import Form
from trialwright.trial.cells.records import Batch, Collection, Container
from trialwright.trial.records import Consent, FormState
from trialwright.trial.subject import SubjectState

from .answers import Sheet, whole_date

Part = TypeVar("Part")


def derive_state_at(study: Study, state: SubjectState, cut_on: date) -> SubjectState | None:
    """The state without what happened after ``cut_on``; None for a subject registered later."""
    if _is_after(state.registered_on, cut_on):
        return None
    forms = {form.id: form for form in study.forms}
    kept: dict[str, Any] = {
        "consent": _consent(state.consent, cut_on),
        "forms": {
            key: form
            for key, form in state.forms.items()
            if not _form_after(forms.get(form.form), form, cut_on)
        },
        "deviations": tuple(d for d in state.deviations if not _is_after(d.occurred_on, cut_on)),
        "administrations": tuple(d for d in state.administrations if not _is_after(d.given_on, cut_on)),
        "collections": _known({k: _collection(c, cut_on) for k, c in state.collections.items()}),
        "batches": _known({k: _batch(b, cut_on) for k, b in state.batches.items()}),
        "containers": _known({k: _container(c, cut_on) for k, c in state.containers.items()}),
    }
    for part, dated in (
        ("screen_failure", "failed_on"),
        ("allocation", "allocated_on"),
        ("treatment_end", "ended_on"),
        ("follow_up_end", "ended_on"),
    ):
        found = getattr(state, part)
        kept[part] = None if found is None or _is_after(getattr(found, dated), cut_on) else found
    return state.model_copy(update=kept)


def _is_after(text: str, cut_on: date) -> bool:
    """Whether a local date or an instant lies after the cut; what has no whole date does not."""
    on = whole_date(text[:10])
    return on is not None and on > cut_on


def _known(parts: dict[str, Part | None]) -> dict[str, Part]:
    return {key: part for key, part in parts.items() if part is not None}


def _consent(consent: Consent | None, cut_on: date) -> Consent | None:
    if consent is None or _is_after(consent.given_on, cut_on):
        return None
    if not _is_after(consent.withdrawn_on, cut_on):
        return consent
    return consent.model_copy(update={"withdrawn_on": "", "withdrawn_seq": 0, "scope": ""})


def _form_after(form: Form | None, state: FormState, cut_on: date) -> bool:
    """By the date the form speaks of: the start of an event or a therapy, the death, the day of a visit."""
    if form is None:
        return _is_after(state.occurred_on, cut_on)
    sheet = Sheet(form, state)
    for concept in ("started_on", "died_on"):
        begun = sheet.partial(concept)
        if begun is not None:
            return begun.earliest > cut_on
    return sheet.collected_on is not None and sheet.collected_on > cut_on


def _collection(collection: Collection, cut_on: date) -> Collection | None:
    custody = tuple(step for step in collection.custody if not _is_after(step.at, cut_on))
    if not custody:
        return None
    return collection.model_copy(update={"custody": custody, "state": custody[-1].state})


def _batch(batch: Batch, cut_on: date) -> Batch | None:
    """A failed batch bears no date of its failure and stays failed once it was started."""
    if _is_after(batch.started_at, cut_on):
        return None
    if not _is_after(batch.filled_at, cut_on):
        return batch
    return batch.model_copy(update={"state": "IN_MANUFACTURE", "filled_at": "", "ended_seq": 0})


def _container(container: Container, cut_on: date) -> Container | None:
    custody = tuple(step for step in container.custody if not _is_after(step.at, cut_on))
    if not custody:
        return None
    update: dict[str, Any] = {
        "custody": custody,
        "state": custody[-1].state,
        "tests": {name: test for name, test in container.tests.items() if not _is_after(test.at, cut_on)},
    }
    if container.release is not None and _is_after(container.release.at, cut_on):
        update["release"] = None
    if _is_after(container.verified_at, cut_on):
        update |= {"verified_by": (), "verified_at": ""}
    if _is_after(container.started_at, cut_on):
        update["started_at"] = ""
    return container.model_copy(update=update)
