"""What waits for this person: what is due, what is late, what is wrong; each with the way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from trialwright.study.model.people import Right
from trialwright.trial.cells.release import containers_of
from trialwright.trial.cells.states import state_at
from trialwright.trial.dates import parse_instant
from trialwright.trial.records import FormState
from trialwright.trial.schedule import Standing
from trialwright.trial.screening import screen_subject
from trialwright.trial.subject import SubjectState

from .audit import form_label, visit_label
from .reading import doses_of, product_label, today_of, visits_of
from .viewer import Viewer
from .words import say_lacking

EXPIRY_HOURS = 12


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. ``when`` is the last day or instant as text, '' where there is none."""

    subject: str
    what: str
    url: str
    tone: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """The lists of the home page."""

    today: tuple[Task, ...]
    late: tuple[Task, ...]
    wrong: tuple[Task, ...]


def work_of(viewer: Viewer, states: list[SubjectState], now: datetime) -> Work:
    """Everything that waits for the viewer's role."""
    gathered: dict[str, list[Task]] = {"today": [], "late": [], "wrong": []}
    for state in states:
        for rights, find in FINDERS:
            if any(viewer.may(right, state.site) for right in rights):
                for shelf, task in find(viewer, state, now):
                    gathered[shelf].append(task)
    ordered = {
        name: tuple(sorted(tasks, key=lambda t: (t.when or "9", t.subject)))
        for name, tasks in gathered.items()
    }
    return Work(ordered["today"], ordered["late"], ordered["wrong"])


Found = Iterator[tuple[str, Task]]


def _visits(viewer: Viewer, state: SubjectState, _now: datetime) -> Found:
    for planned in visits_of(viewer, state):
        if planned.standing not in (Standing.DUE, Standing.OVERDUE, Standing.INCOMPLETE):
            continue
        url = reverse("visit", args=[viewer.study.id, state.subject, planned.visit.id])
        open_forms = sum(form.state in ("empty", "incomplete") for form in planned.forms)
        wanted = f"{open_forms} form{'' if open_forms == 1 else 's'} to enter"
        if planned.standing is Standing.INCOMPLETE:
            wanted = say_lacking(planned)
        last = planned.latest_on.isoformat() if planned.latest_on else ""
        shelf = "today" if planned.standing is Standing.DUE else "late"
        tone = "bad" if planned.standing is Standing.OVERDUE else "warn"
        yield shelf, Task(state.subject, f"{planned.visit.label}: {wanted}", url, tone, last)


def _late_visits(viewer: Viewer, state: SubjectState, now: datetime) -> Found:
    """For those who watch over the data and do not enter them: only what is late."""
    if not viewer.may("enter_data", state.site):
        yield from (found for found in _visits(viewer, state, now) if found[0] == "late")


def _doses(viewer: Viewer, state: SubjectState, _now: datetime) -> Found:
    today = today_of(viewer, state)
    for dose in doses_of(viewer, state):
        url = reverse("subject_tab", args=[viewer.study.id, state.subject, "cells"])
        name = f"Give {product_label(viewer, state, dose.product.id)}, day {dose.day}"
        if dose.standing is Standing.DUE:
            yield "today", Task(state.subject, name, url, "warn", dose.latest_on.isoformat())
        elif dose.standing is Standing.UPCOMING and dose.earliest_on <= today + timedelta(days=3):
            yield "today", Task(state.subject, name, url, "", dose.planned_on.isoformat())


def _screening(viewer: Viewer, state: SubjectState, now: datetime) -> Found:
    if state.consent is None or state.allocation or state.screen_failure or state.follow_up_end:
        return
    decision = screen_subject(viewer.study, state, now.date()).eligibility.decision.value
    url = reverse("subject_tab", args=[viewer.study.id, state.subject, "eligibility"])
    if decision == "NOT_ELIGIBLE":
        yield (
            "wrong",
            Task(
                state.subject,
                "A criterion stands in the way: record a screen failure, or correct",
                url,
                "bad",
            ),
        )
    elif decision == "ELIGIBLE":
        what = (
            "Eligible and confirmed: allocate"
            if state.eligibility
            else "Every criterion is met: confirm eligibility"
        )
        yield "today", Task(state.subject, what, url, "warn")


def _signatures(viewer: Viewer, state: SubjectState, _now: datetime) -> Found:
    unsigned = [form for form in state.forms.values() if form.state in ("complete", "verified")]
    if unsigned:
        url = reverse("subject_tab", args=[viewer.study.id, state.subject, "visits"])
        yield "today", Task(state.subject, _count(unsigned, "to sign"), url, "")


def _verification(viewer: Viewer, state: SubjectState, _now: datetime) -> Found:
    found = [
        f for f in state.forms.values() if f.state in ("complete", "signed") and not f.verification_holds
    ]
    if found:
        url = reverse("subject_tab", args=[viewer.study.id, state.subject, "visits"])
        yield "today", Task(state.subject, _count(found, "to verify"), url, "")


def _count(forms: list[FormState], what: str) -> str:
    return f"{len(forms)} form{'' if len(forms) == 1 else 's'} {what}"


def _lapsed(viewer: Viewer, state: SubjectState, _now: datetime) -> Found:
    for form in state.forms.values():
        if form.signed is not None and not form.signature_holds:
            url = reverse("form", args=[viewer.study.id, state.subject, form.visit, form.form, form.repeat])
            what = f"{visit_label(viewer, form.visit)}, {form_label(viewer, form.form)}: changed after the signature"
            yield "wrong", Task(state.subject, what, url, "warn")


def _queries(states: tuple[str, ...], verb: str) -> Callable[[Viewer, SubjectState, datetime], Found]:
    def find(viewer: Viewer, state: SubjectState, _now: datetime) -> Found:
        for query in state.queries.values():
            if query.state in states:
                url = reverse("subject_tab", args=[viewer.study.id, state.subject, "queries"])
                what = f"{verb} {query.id} on {form_label(viewer, query.form)}"
                yield (
                    "wrong",
                    Task(
                        state.subject,
                        what,
                        f"{url}#{state.subject}-{query.id}",
                        "warn",
                        query.messages[-1].at[:10],
                    ),
                )

    return find


def _batches(viewer: Viewer, state: SubjectState, now: datetime) -> Found:
    for batch in state.batches.values():
        url = reverse("batch", args=[viewer.study.id, state.subject, batch.id])
        if any(state_at(one, now) == "QC_PENDING" for one in containers_of(state, batch)):
            yield "today", Task(state.subject, f"Batch {batch.id} waits for tests and release", url, "warn")
        elif batch.state == "IN_MANUFACTURE":
            yield "today", Task(state.subject, f"Batch {batch.id} is in manufacture", url, "")


def _material(viewer: Viewer, state: SubjectState, now: datetime) -> Found:
    for one in state.collections.values():
        standing = state_at(one, now)
        if standing in ("COLLECTED", "SHIPPED_TO_MFG", "RECEIVED_AT_MFG"):
            url = reverse("subject_tab", args=[viewer.study.id, state.subject, "cells"])
            yield "today", Task(state.subject, f"Starting material {one.id} is under way", url, "warn")


def _expiry(viewer: Viewer, state: SubjectState, now: datetime) -> Found:
    for one in state.containers.values():
        url = reverse("container", args=[viewer.study.id, state.subject, one.id])
        standing, ends = state_at(one, now), parse_instant(one.expires_at)
        if standing == "EXPIRED" and ends is not None and ends > now - timedelta(days=14):
            yield (
                "wrong",
                Task(
                    state.subject,
                    f"Container {one.id} has expired: destroy it",
                    url,
                    "bad",
                    one.expires_at[:10],
                ),
            )
        elif standing == "OOS":
            yield "wrong", Task(state.subject, f"Container {one.id} is out of specification", url, "bad")
        elif ends is not None and standing != "EXPIRED" and now < ends <= now + timedelta(hours=EXPIRY_HOURS):
            hours = (ends - now).total_seconds() / 3600
            yield (
                "wrong",
                Task(
                    state.subject,
                    f"Container {one.id} expires in {hours:.0f} h",
                    url,
                    "warn",
                    one.expires_at[:10],
                ),
            )


FINDERS: tuple[tuple[tuple[Right, ...], Callable[[Viewer, SubjectState, datetime], Found]], ...] = (
    (("enter_data",), _visits),
    (("open_query",), _late_visits),
    (("administer", "manufacture"), _doses),
    (("confirm_eligibility", "allocate"), _screening),
    (("sign",), _signatures),
    (("sign",), _lapsed),
    (("verify_data",), _verification),
    (("answer_query",), _queries(("open", "reopened"), "Answer")),
    (("close_query",), _queries(("answered",), "Close")),
    (("manufacture", "release_batch"), _batches),
    (("collect_material", "manufacture", "release_batch"), _material),
    (("administer", "manufacture", "release_batch"), _expiry),
)
