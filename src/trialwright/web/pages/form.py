"""One form of one visit: entry, correction, warnings, a stale page, and the response to a tumour assessment."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from trialwright import actions
from trialwright.actions.unit import study_of_version
from trialwright.study.findings import Finding
from trialwright.study.model import Study
from trialwright.study.model.forms import Form
from trialwright.trial.answers import MISSING_CODES
from trialwright.trial.documents import find_form_date
from trialwright.trial.forms import SaveForm, decide_save_form
from trialwright.trial.protocol import LOG, Protocol, protocol_of
from trialwright.trial.records import Document, FormState
from trialwright.trial.refusals import refusal
from trialwright.trial.subject import SubjectState
from trialwright.web.acts.form_acts import FORM_ACTS
from trialwright.web.acts.offers import offers
from trialwright.web.audit import names_of_accounts, visit_label
from trialwright.web.form_entry import change_rows, drop_hidden, parse_posted, shown_items, view_items
from trialwright.web.form_history import history_of, last_values, list_changes, show_answer
from trialwright.web.frame import page, refuse, show
from trialwright.web.lesions import carry_lesions, check_stated, view_response, with_document
from trialwright.web.pages.subject import head_of
from trialwright.web.query_list import query_row
from trialwright.web.reading import find_state
from trialwright.web.resume import RESUMED
from trialwright.web.viewer import Viewer

STALE = "TW-DAT-409"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form that a page is about, under the study version it was opened with."""

    viewer: Viewer
    state: SubjectState
    visit: str
    form: Form
    repeat: int
    saved: FormState | None
    study: Study

    @property
    def protocol(self) -> Protocol:
        """The derived views of that study version."""
        return protocol_of(self.study)

    @property
    def document(self) -> Document:
        """What is saved; empty before the first save."""
        return self.saved.document if self.saved else {}

    @property
    def key(self) -> str:
        """The form's key in the subject's state."""
        return f"{self.visit}/{self.form.id}/{self.repeat}"

    @property
    def closed(self) -> str:
        """Why nothing can be entered now; '' when it can."""
        state, planned = self.state, self.protocol.visits.get(self.visit)
        if state.consent is None:
            return "No informed consent is on record. Record it first."
        if self.saved is not None and self.saved.state == "locked":
            return "The form is locked. The data manager can unlock it, together with a second person."
        if planned is not None and planned.day >= 1 and state.allocation is None:
            return "This visit comes after allocation. Allocate the subject first."
        return ""

    @property
    def writable(self) -> bool:
        """Whether this person may enter here at all."""
        may, site = self.viewer.may, self.state.site
        if self.saved is not None and self.saved.state != "incomplete":
            return may("enter_data", site) and may("correct_data", site)
        return may("enter_data", site)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the page holds beside the saved form."""

    document: Document
    problems: Sequence[Finding] = ()
    warnings: Sequence[Finding] = ()
    reason: str = ""
    note: str = ""
    expected: int | None = None
    empty_rows: dict[str, int] = field(default_factory=dict[str, int])
    theirs: Document | None = None
    status: int = 200


def find_sheet(viewer: Viewer, subject: str, visit: str, form: str, repeat: int) -> Sheet:
    """The form of an address. Raises Http404 where the study has no such form at that visit."""
    state = find_state(viewer, subject)
    saved = state.form(visit, form, repeat)
    study = study_of_version(viewer.study.id, saved.study_version) if saved else viewer.study
    found, planned = study.form(form), protocol_of(study).visits.get(visit)
    at_visit = planned is not None and form in planned.forms
    if found is None or not (at_visit or visit == LOG or saved) or repeat < 1:
        raise Http404
    return Sheet(viewer, state, visit, found, repeat, saved, study)


@page("subjects", "see_subjects")
def form(
    request: HttpRequest, viewer: Viewer, subject: str, visit: str, form: str, repeat: int = 1
) -> HttpResponse:
    """Show a form, or save it."""
    sheet = find_sheet(viewer, subject, visit, form, repeat)
    if request.method != "POST":
        return _render(request, sheet, Draft(_opening(sheet)))
    if not sheet.writable:
        return refuse(request, viewer)
    return _posted(request, sheet)


def _opening(sheet: Sheet) -> Document:
    """What a page opens with: what is saved, or the lesions of the last assessment to be read again."""
    if sheet.saved is None and sheet.form.records == "tumour_assessment":
        return carry_lesions(sheet.form, sheet.state)
    return sheet.document


def _posted(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    posted = request.POST
    document, both = parse_posted(sheet.form, posted)
    expected = int(posted.get("expected_version", "0") or 0)
    reason, intent = posted.get("reason", "").strip(), posted.get("intent", "save")
    if intent == "refresh" or "row" in posted or RESUMED in posted:
        empty = change_rows(document, posted.get("row", ""))
        return _render(request, sheet, Draft(document, reason=reason, expected=expected, empty_rows=empty))
    document = drop_hidden(sheet.protocol, sheet.form, document)
    shown = [item.id for item in shown_items(sheet.protocol, sheet.form, document)]
    if set(shown) - set(posted.getlist("shown")):
        note = "Your answers opened further questions. Nothing was saved yet."
        return _render(
            request, sheet, Draft(document, reason=reason, expected=expected, note=note, status=422)
        )
    complete = intent != "save_incomplete"
    command = SaveForm(
        sheet.state.subject, sheet.visit, sheet.form.id, document, sheet.repeat, expected, complete, reason
    )
    problems, warnings = _judge(sheet, command, both)
    if not problems and warnings and posted.get("confirmed", "") != fingerprint(warnings):
        return _render(request, sheet, Draft(document, (), warnings, reason, expected=expected, status=422))
    if not problems:
        outcome = actions.save_form(actions.Context(sheet.viewer.study.id), sheet.viewer.actor, command)
        problems = list(outcome.refusals)
    if not problems:
        word = "corrected" if sheet.saved and sheet.saved.state != "incomplete" else "saved"
        messages.success(request, f"{sheet.form.title} {word}{'' if complete else ', not complete yet'}.")
        return redirect(request.path)
    return _render(request, sheet, _refused(sheet, Draft(document, problems, (), reason, expected=expected)))


def _judge(sheet: Sheet, command: SaveForm, both: Sequence[str]) -> tuple[list[Finding], list[Finding]]:
    """What stands in the way of saving, and what must be confirmed; nothing is recorded."""
    decision = decide_save_form(sheet.study, sheet.state, command, sheet.viewer.actor, timezone.now())
    remedy = "Clear the value, or the reason."
    problems = [
        refusal("WEB-010", "There is a value and a reason why there is none.", remedy, name) for name in both
    ]
    warnings = list(decision.warnings)
    if sheet.form.records == "tumour_assessment":
        warnings += _check_response(sheet, command.document)  # type: ignore[arg-type]
    return [*problems, *decision.refusals], warnings


def _check_response(sheet: Sheet, document: Document) -> list[Finding]:
    return check_stated(sheet.form, document, _response(sheet, document))


def _response(sheet: Sheet, document: Document) -> Any:
    version = sheet.viewer.version
    as_if = with_document(sheet.state, sheet.form, sheet.visit, sheet.repeat, document, version)
    return view_response(sheet.study, as_if, sheet.visit, find_form_date(sheet.form, document))


def _refused(sheet: Sheet, draft: Draft) -> Draft:
    """The page after a refusal. Where somebody else saved meanwhile, both versions are shown."""
    if any(problem.code == STALE for problem in draft.problems) and sheet.saved is not None:
        return Draft(
            draft.document,
            draft.problems,
            (),
            draft.reason,
            expected=sheet.saved.version,
            theirs=sheet.saved.document,
            status=409,
        )
    return Draft(draft.document, draft.problems, (), draft.reason, expected=draft.expected, status=422)


def fingerprint(warnings: Sequence[Finding]) -> str:
    """Names the warnings that a person was shown, so that only these count as confirmed."""
    text = ";".join(sorted(f"{w.code}:{'.'.join(map(str, w.place.path))}" for w in warnings))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _render(request: HttpRequest, sheet: Sheet, draft: Draft) -> HttpResponse:
    viewer, state, saved = sheet.viewer, sheet.state, sheet.saved
    queries = [
        query
        for query in state.queries.values()
        if (query.visit, query.form, query.repeat) == (sheet.visit, sheet.form.id, sheet.repeat)
    ]
    pending = Counter(query.item.split(".")[0] for query in queries if query.pending)
    last = last_values(state, sheet.form, sheet.key, saved.seqs[0] if saved else 0)
    names = names_of_accounts()
    version = draft.expected if draft.expected is not None else (saved.version if saved else 0)
    context = {
        **head_of(viewer, state),
        "tab": "visits",
        "sheet": sheet,
        "form": sheet.form,
        "saved": saved,
        "visit_name": visit_label(viewer, sheet.visit),
        "editable": sheet.writable and not sheet.closed,
        "items": view_items(
            sheet.protocol,
            sheet.form,
            draft.document,
            [*draft.problems, *draft.warnings],
            last=last,
            queries=pending,
            empty_rows=draft.empty_rows,
        ),
        "read_items": [(item, show_answer(item, sheet.document.get(item.id))) for item in sheet.form.items],
        "problems": draft.problems,
        "warnings": draft.warnings,
        "confirmed": fingerprint(draft.warnings) if draft.warnings else "",
        "reason": draft.reason,
        "note": draft.note,
        "expected": version,
        "correction": saved is not None and saved.state != "incomplete",
        "differences": list_changes(sheet.form, draft.theirs, draft.document)
        if draft.theirs is not None
        else (),
        "stale": draft.theirs is not None,
        "history": history_of(viewer, state, saved, sheet.form) if saved else (),
        "queries": [query_row(viewer, state, query, names) for query in queries],
        "acts": offers(viewer, state, FORM_ACTS, sheet.key),
        "people": names,
        "missing_codes": MISSING_CODES,
        "yes_no": (("true", "Yes"), ("false", "No")),
        "response": _response(sheet, draft.document) if sheet.form.records == "tumour_assessment" else None,
        **_neighbours(sheet),
    }
    return show(request, viewer, "web/form.html", context, status=draft.status)


def _neighbours(sheet: Sheet) -> dict[str, Any]:
    """The forms of the same visit, for going on."""
    planned = protocol_of(sheet.viewer.study).visits.get(sheet.visit)
    ids = list(planned.forms) if planned else []
    place = ids.index(sheet.form.id) if sheet.form.id in ids else -1
    following = ids[place + 1] if 0 <= place < len(ids) - 1 else ""
    found = sheet.viewer.study.form(following) if following else None
    return {"next_form": found, "place_in_visit": place + 1, "forms_in_visit": len(ids)}


@page("subjects", "see_subjects")
def response(
    request: HttpRequest, viewer: Viewer, subject: str, visit: str, form: str, repeat: int = 1
) -> HttpResponse:
    """The fragment with the response to the lesions as they stand in the page; nothing is recorded."""
    sheet = find_sheet(viewer, subject, visit, form, repeat)
    document = parse_posted(sheet.form, request.POST)[0] if request.method == "POST" else sheet.document
    return show(request, viewer, "web/_response.html", {"response": _response(sheet, document)})
