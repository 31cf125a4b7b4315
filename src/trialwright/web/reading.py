"""Reading subjects as one viewer may see them. A foreign subject and an unknown one look the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.db import connections
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from trialwright.actions.unit import study_of_version
from trialwright.report.subjects import derive_responses
from trialwright.store.databases import LEDGER
from trialwright.store.projection_tables import SubjectRow
from trialwright.trial.dates import local_date
from trialwright.trial.rights import may_see_subject
from trialwright.trial.schedule import PlannedDose, PlannedVisit, plan_doses, plan_visits
from trialwright.trial.subject import SubjectState

from .viewer import Viewer


def visible_rows(viewer: Viewer) -> QuerySet[SubjectRow]:
    """The rows of the subjects that the viewer may know of, in order of their codes."""
    rows = SubjectRow.objects.filter(study=viewer.study.id).order_by("subject")
    if not viewer.may("see_subjects"):
        return rows.none()
    return rows.filter(site=viewer.site) if viewer.site else rows


def visible_states(viewer: Viewer) -> list[SubjectState]:
    """The states of the subjects that the viewer may know of."""
    keys = visible_rows(viewer).values_list("subject", "last_seq")
    return [load_state(viewer.study.id, subject, seq) for subject, seq in keys]


def find_state(viewer: Viewer, subject: str) -> SubjectState:
    """One subject's state. Raises Http404 where there is none, or none that the viewer may know of."""
    row = SubjectRow.objects.filter(study=viewer.study.id, subject=subject).values("site", "last_seq").first()
    if row is None or not may_see_subject(viewer.study, viewer.actor, row["site"]):
        raise Http404
    return load_state(viewer.study.id, subject, row["last_seq"])


def load_state(study: str, subject: str, last_seq: int) -> SubjectState:
    """A subject's state at a ledger sequence, kept while nothing new is recorded about the subject."""
    return _state(str(connections[LEDGER].settings_dict["NAME"]), study, subject, last_seq)


@lru_cache(maxsize=512)
def _state(_database: str, study: str, subject: str, _last_seq: int) -> SubjectState:
    text = SubjectRow.objects.values_list("state", flat=True).get(study=study, subject=subject)
    return SubjectState.from_json(text)


def today_of(viewer: Viewer, state: SubjectState) -> date:
    """The date at the subject's site."""
    return local_date(viewer.study, state.site, timezone.now())


def visits_of(viewer: Viewer, state: SubjectState) -> tuple[PlannedVisit, ...]:
    """The subject's visits as they stand today."""
    progressed = progressed_on(viewer.version, state)
    return plan_visits(viewer.study, state, today_of(viewer, state), progressed)


def doses_of(viewer: Viewer, state: SubjectState) -> tuple[PlannedDose, ...]:
    """The subject's doses as they stand today."""
    return plan_doses(viewer.study, state, today_of(viewer, state))


def progressed_on(version: str, state: SubjectState) -> date | None:
    """The date of documented progression, from the measured lesions."""
    database = str(connections[LEDGER].settings_dict["NAME"])
    return _progressed_on(database, version, state.study, state.subject, state.last_seq)


@lru_cache(maxsize=512)
def _progressed_on(_database: str, version: str, study: str, subject: str, seq: int) -> date | None:
    points = derive_responses(study_of_version(study, version), load_state(study, subject, seq))
    return min((point.progression_on for point in points if point.progression_on), default=None)


def sees_arm(viewer: Viewer, state: SubjectState) -> bool:
    """Whether the viewer may know which arm this subject is in."""
    return viewer.may("see_arms", state.site)


def arm_label(viewer: Viewer, state: SubjectState) -> str:
    """The arm in words, ``blinded`` where the viewer may not know it, '' before allocation."""
    if state.allocation is None:
        return ""
    if not sees_arm(viewer, state):
        return "blinded"
    arm = viewer.study.arm(state.allocation.arm)
    return arm.label if arm is not None else state.allocation.arm


def product_label(viewer: Viewer, state: SubjectState, product_id: str) -> str:
    """A product's name; one that tells the arm is only ``cell product`` to those who may not know the arm."""
    telling = any(product_id not in arm.products for arm in viewer.study.arms)
    if telling and not sees_arm(viewer, state):
        return "cell product"
    product = viewer.study.product(product_id)
    return product.name if product is not None else product_id


def sites_of(viewer: Viewer, states: Iterable[SubjectState]) -> list[str]:
    """The sites among the states, in the order of the study file."""
    present = {state.site for state in states}
    return [site.id for site in viewer.study.sites if site.id in present]
