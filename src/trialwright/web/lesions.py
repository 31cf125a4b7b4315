"""The response to a tumour assessment as it is entered: sum, changes, response and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trialwright.outcomes.recist.lesions import LesionHistory
from trialwright.outcomes.recist.target import compute_sum
from trialwright.outcomes.recist.time_points import TimePoint, derive_time_points
from trialwright.report.subject_spider import draw_subject_spider
from trialwright.report.subjects import allocated_on, derive_lesion_history
from trialwright.study.findings import Finding
from trialwright.study.model import Study
from trialwright.study.model.forms import Form
from trialwright.trial.documents import find_form_date
from trialwright.trial.records import Document, FormState, form_key
from trialwright.trial.refusals import warning
from trialwright.trial.subject import SubjectState
from trialwright.web.lesion_course import NARROW, WIDE

CARRIED = ("lesion", "lesion_class", "organ")
"""What stays the same about a lesion from one assessment to the next."""


@dataclass(frozen=True, slots=True)
class ResponseView:
    """What the lesions entered say. ``point`` is None at baseline, and before anything can be said.

    ``wide`` and ``narrow`` draw the course up to this assessment, at two widths.
    """

    point: TimePoint | None
    baseline: bool
    sum_mm: Decimal | None
    earlier: tuple[TimePoint, ...]
    words: str = ""
    wide: str = ""
    narrow: str = ""


def with_document(
    state: SubjectState, form: Form, visit: str, repeat: int, document: Document, version: str
) -> SubjectState:
    """The subject as if the document were saved; nothing is recorded."""
    seq = state.last_seq + 1
    trial = FormState(
        visit=visit,
        form=form.id,
        repeat=repeat,
        version=1,
        state="complete",
        document=document,
        occurred_on=find_form_date(form, document),
        study_version=version,
        seq=seq,
        seqs=(seq,),
    )
    return state.model_copy(update={"forms": {**state.forms, form_key(visit, form.id, repeat): trial}})


def carry_lesions(form: Form, state: SubjectState) -> Document:
    """The lesions of the last assessment, to be read again: which, of what kind, where; never their sizes."""
    table = form.item_meaning("lesions")
    earlier = [one for one in state.forms.values() if one.form == form.id]
    if table is None or not earlier:
        return {}
    last = max(earlier, key=lambda one: one.occurred_on)
    kept = {column.id for column in table.items if column.meaning in CARRIED}
    rows = (last.document.get(table.id) or {}).get("rows") or []
    return (
        {table.id: {"rows": [{name: row[name] for name in row if name in kept} for row in rows]}}
        if rows
        else {}
    )


def view_response(study: Study, state: SubjectState, visit: str, on: str) -> ResponseView:
    """The response at the visit, over all assessments that the state holds."""
    history = derive_lesion_history(study, state)
    if history is None:
        words = (
            "The response is computed once the subject is allocated and a baseline assessment is on record."
        )
        return ResponseView(None, False, None, (), words)
    if _is_baseline(history, visit, on):
        total, whole = compute_sum(history.baseline.targets)
        words = "" if whole else "A target lesion has no measurement at baseline."
        return ResponseView(None, True, total, (), words)
    points = derive_time_points(history)
    here = next((p for p in points if p.visit == visit and p.on.isoformat() == on), None)
    earlier = tuple(p for p in points if here is None or p.on < here.on)
    words = "" if here else "Enter the date of the scan and the lesions to see the response."
    start = allocated_on(state)
    shown = [*earlier, here] if here is not None else []
    wide, narrow = (draw_subject_spider(shown, start, width) if start else "" for width in (WIDE, NARROW))
    return ResponseView(here, False, here.target.sum_mm if here else None, earlier, words, wide, narrow)


def _is_baseline(history: LesionHistory, visit: str, on: str) -> bool:
    return history.baseline.visit == visit and history.baseline.on.isoformat() == on


def check_stated(form: Form, document: Document, view: ResponseView) -> list[Finding]:
    """A warning where the investigator's response differs from what the lesions say."""
    item = form.item_meaning("stated_response")
    if item is None or view.point is None:
        return []
    stated = str((document.get(item.id) or {}).get("value", "")).replace("_", "-")
    computed = view.point.overall.value.replace("/", "-")
    if not stated or stated == computed:
        return []
    message = (
        f"The response stated differs from the one computed from the lesions ({view.point.overall.value})."
    )
    return [
        warning(
            "WEB-020", message, "Check the lesions and the response; keep both if they are right.", item.id
        )
    ]
