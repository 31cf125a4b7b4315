"""The projections: states folded from the ledger, kept beside it to answer quickly.

Appending and replaying fold by the same functions of this file; only where the state before comes from
differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connections

from trialwright.store.databases import LEDGER
from trialwright.store.parsed_states import ParsedStates
from trialwright.store.projection_tables import ContainerRow, FormRow, StudyRow, SubjectRow
from trialwright.trial.cells.records import Container
from trialwright.trial.events import Recorded
from trialwright.trial.records import FormState, form_key
from trialwright.trial.study_state import StudyState, evolve_study
from trialwright.trial.subject import SubjectState, evolve_subject


@dataclass(frozen=True)
class Projection:
    """A projection's table: its model, and the columns of its key."""

    model: Any
    key: tuple[str, ...]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.model._meta.db_table

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, without Django's own id."""
        return tuple(field.name for field in self.model._meta.concrete_fields if field.name != "id")

    @cached_property
    def upsert(self) -> str:
        """Puts a row in the place of the one with the same key. Names come from the model."""
        names = ", ".join(self.columns)
        marks = ", ".join(["%s"] * len(self.columns))
        sets = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        conflict = f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {sets}"
        return f"INSERT INTO {self.name} ({names}) VALUES ({marks}) {conflict}"  # noqa: S608


STUDY_TABLE = Projection(StudyRow, ("study",))
SUBJECT_TABLE = Projection(SubjectRow, ("study", "subject"))
CONTAINER_TABLE = Projection(ContainerRow, ("study", "container"))
FORM_TABLE = Projection(FormRow, ("study", "subject", "visit", "form", "repeat"))
PROJECTIONS = (STUDY_TABLE, SUBJECT_TABLE, CONTAINER_TABLE, FORM_TABLE)

_STUDIES = ParsedStates(StudyState.from_json)
_SUBJECTS = ParsedStates(SubjectState.from_json)
_MOVE_STUDY = "UPDATE study_row SET last_seq = %s WHERE study = %s"


def load_study(study: str) -> StudyState | None:
    """The study's state, or None before it was activated."""
    row = StudyRow.objects.filter(study=study).values_list("state", "last_seq").first()
    if row is None:
        return None
    return _STUDIES.find(row[0]).model_copy(update={"last_seq": row[1]})


def load_subject(study: str, subject: str) -> SubjectState | None:
    """A subject's state, or None for a code that was never registered."""
    state = SubjectRow.objects.filter(study=study, subject=subject).values_list("state", flat=True).first()
    return None if state is None else _SUBJECTS.find(state)


def project(recorded: Sequence[Recorded]) -> None:
    """Folds newly recorded events of one study into its projections, in the same transaction."""
    study = recorded[0].study
    before = load_study(study)
    state = before
    for event in recorded:
        state = evolve_study(state, event)
    if state is not None:
        _save_study(before, state)
    by_subject: dict[str, list[Recorded]] = {}
    for event in recorded:
        if event.event.subject:
            by_subject.setdefault(event.event.subject, []).append(event)
    for subject, events in by_subject.items():
        _project_subject(load_subject(study, subject), events)


def _save_study(before: StudyState | None, after: StudyState) -> None:
    if before is not None and before == after.model_copy(update={"last_seq": before.last_seq}):
        with connections[LEDGER].cursor() as cursor:
            cursor.execute(_MOVE_STUDY, (after.last_seq, after.study))
    else:
        save_rows(STUDY_TABLE, [{"study": after.study, **study_columns(after)}])


def _project_subject(before: SubjectState | None, events: Sequence[Recorded]) -> None:
    changed = SubjectRows()
    state = before
    for event in events:
        after = evolve_subject(state, event)
        changed.note(state, after)
        state = after
    if state is not None:
        columns = subject_columns(state)
        save_rows(SUBJECT_TABLE, [{"study": state.study, "subject": state.subject, **columns}])
        _SUBJECTS.keep(columns["state"], state)
        save_rows(CONTAINER_TABLE, list(changed.containers.values()))
        save_rows(FORM_TABLE, list(changed.forms.values()))


def save_rows(table: Projection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Puts whole rows into a projection, in the place of those with the same key."""
    if rows:
        with connections[LEDGER].cursor() as cursor:
            cursor.executemany(table.upsert, [tuple(row[name] for name in table.columns) for row in rows])


def study_columns(state: StudyState) -> dict[str, Any]:
    """The columns of a study's row besides its key.

    The sequence moves with every event and the rest seldom: it stands beside the text, so that most events
    need not write the text again.
    """
    return {"state": state.model_copy(update={"last_seq": 0}).to_json(), "last_seq": state.last_seq}


def subject_columns(state: SubjectState) -> dict[str, Any]:
    """The columns of a subject's row besides its key."""
    return {
        "site": state.site,
        "status": state.status.value,
        "arm": state.allocation.arm if state.allocation else "",
        "state": state.to_json(),
        "last_seq": state.last_seq,
    }


@dataclass(slots=True)
class SubjectRows:
    """The rows of a subject's containers and forms that events changed, by container id and by form key."""

    containers: dict[str, dict[str, Any]]
    forms: dict[str, dict[str, Any]]

    def __init__(self) -> None:
        self.containers = {}
        self.forms = {}

    def note(self, before: SubjectState | None, after: SubjectState) -> None:
        """Takes in what differs between two successive states."""
        seq = after.last_seq
        old_containers = before.containers if before else {}
        for name, container in after.containers.items():
            if old_containers.get(name) is not container:
                self.containers[name] = container_columns(after, container, seq)
        self._note_forms(before, after, seq)

    def _note_forms(self, before: SubjectState | None, after: SubjectState, seq: int) -> None:
        old_forms = before.forms if before else {}
        old_queries = before.queries if before else {}
        keys = {key for key, form in after.forms.items() if old_forms.get(key) is not form}
        for name, query in after.queries.items():
            if old_queries.get(name) is not query:
                keys.add(form_key(query.visit, query.form, query.repeat))
        if not keys:
            return
        pending = Counter(form_key(q.visit, q.form, q.repeat) for q in after.queries.values() if q.pending)
        for key in keys & after.forms.keys():
            self.forms[key] = form_columns(after, after.forms[key], pending[key], seq)


def container_columns(state: SubjectState, container: Container, seq: int) -> dict[str, Any]:
    """A container's row."""
    return {
        "study": state.study,
        "container": container.id,
        "subject": state.subject,
        "product": container.product,
        "batch": container.batch,
        "state": container.state,
        "expires_at": container.expires_at,
        "last_seq": seq,
    }


def form_columns(state: SubjectState, form: FormState, pending_queries: int, seq: int) -> dict[str, Any]:
    """A form's row."""
    return {
        "study": state.study,
        "subject": state.subject,
        "visit": form.visit,
        "form": form.form,
        "repeat": form.repeat,
        "state": form.state,
        "pending_queries": pending_queries,
        "last_seq": seq,
    }
