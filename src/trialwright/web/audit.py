"""The audit trail in words: what each ledger entry says, as far as the viewer may know it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from trialwright.store.account_tables import Account
from trialwright.store.ledger import read
from trialwright.trial.events import Kind, Recorded
from trialwright.trial.protocol import LOG, protocol_of
from trialwright.trial.subject import SubjectState

from .reading import arm_label, product_label
from .viewer import Viewer
from .words import EVENT_WORDS, mark_of, spell


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry of the ledger in words. ``form`` is (visit, form, repeat) where it concerns a form."""

    recorded: Recorded
    title: str
    detail: str
    person: str
    role: str
    form: tuple[str, str, int] | None = None


def trail_of(viewer: Viewer, state: SubjectState) -> list[TrailEntry]:
    """Everything recorded about a subject, newest first."""
    names = names_of_accounts()
    found = [
        describe(viewer, state, recorded, names) for recorded in read(viewer.study.id, subject=state.subject)
    ]
    return found[::-1]


def names_of_accounts() -> dict[str, str]:
    """Display names by user name."""
    return dict(Account.objects.values_list("username", "display_name"))


def describe(
    viewer: Viewer, state: SubjectState | None, recorded: Recorded, names: Mapping[str, str]
) -> TrailEntry:
    """One entry in words."""
    role = viewer.study.role(recorded.role)
    say = DETAILS.get(recorded.kind)
    payload = recorded.payload
    about = ("visit" in payload and "form" in payload) or None
    return TrailEntry(
        recorded,
        EVENT_WORDS.get(recorded.kind, spell(recorded.kind.value)),
        say(viewer, state, payload) if say else "",
        names.get(recorded.actor, recorded.actor),
        role.label if role else spell(recorded.role),
        (payload["visit"], payload["form"], payload["repeat"]) if about else None,
    )


def visit_label(viewer: Viewer, visit: str) -> str:
    """A visit's name as people read it."""
    if visit == LOG:
        return "Outside the schedule"
    known = protocol_of(viewer.study).visits.get(visit)
    return known.label if known else visit


def form_label(viewer: Viewer, form: str) -> str:
    """A form's title."""
    known = viewer.study.form(form)
    return known.title if known else form


Payload = Mapping[str, Any]


def _form(viewer: Viewer, _state: SubjectState | None, payload: Payload) -> str:
    repeat = f" {payload['repeat']}" if payload["repeat"] > 1 else ""
    version = f", version {payload['version']}" if "version" in payload else ""
    return f"{visit_label(viewer, payload['visit'])}: {form_label(viewer, payload['form'])}{repeat}{version}"


def _query(_viewer: Viewer, _state: SubjectState | None, payload: Payload) -> str:
    return f"{payload['query']}: {payload.get('text', '')}".rstrip(": ")


def _allocated(viewer: Viewer, state: SubjectState | None, _payload: Payload) -> str:
    return f"Arm: {arm_label(viewer, state)}" if state is not None else ""


def _batch(viewer: Viewer, state: SubjectState | None, payload: Payload) -> str:
    product = product_label(viewer, state, payload["product"]) if state and "product" in payload else ""
    return ", ".join(part for part in (payload.get("batch", ""), product) if part)


def _moved(_viewer: Viewer, _state: SubjectState | None, payload: Payload) -> str:
    things = payload.get("containers") or [payload.get("collection", "")]
    note = f" ({payload['note']})" if payload.get("note") else ""
    return f"{', '.join(things)}: {mark_of('cell', payload['to']).word}{note}"


def _tested(_viewer: Viewer, _state: SubjectState | None, payload: Payload) -> str:
    passed = "passed" if payload["passed"] else "failed"
    return f"{payload['batch']}: {spell(payload['test'])}, {passed}"


def _given(viewer: Viewer, state: SubjectState | None, payload: Payload) -> str:
    product = product_label(viewer, state, payload["product"]) if state else ""
    part = ", in part" if payload["partial"] else ""
    return f"{payload['container']}, {product}, day {payload['planned_day']}{part}"


def _screened_out(_viewer: Viewer, _state: SubjectState | None, payload: Payload) -> str:
    criteria = ", ".join(name.upper() for name in payload["criteria"])
    return " ".join(part for part in (criteria, payload["words"]) if part)


DETAILS: Mapping[Kind, Callable[[Viewer, SubjectState | None, Payload], str]] = MappingProxyType(
    {
        Kind.CONSENT_GIVEN: lambda _v, _s, p: f"Version {p['version']}",
        Kind.CONSENT_WITHDRAWN: lambda _v, _s, p: f"From {spell(p['scope'])}",
        Kind.SCREEN_FAILED: _screened_out,
        Kind.SUBJECT_ALLOCATED: _allocated,
        **dict.fromkeys(
            (
                Kind.FORM_SAVED,
                Kind.FORM_CORRECTED,
                Kind.FORM_VERIFIED,
                Kind.FORM_SIGNED,
                Kind.FORM_LOCKED,
                Kind.FORM_UNLOCKED,
            ),
            _form,
        ),
        **dict.fromkeys(
            (
                Kind.QUERY_OPENED,
                Kind.QUERY_ANSWERED,
                Kind.QUERY_CLOSED,
                Kind.QUERY_REOPENED,
                Kind.QUERY_CANCELLED,
            ),
            _query,
        ),
        Kind.DEVIATION_RECORDED: lambda _v, _s, p: f"{spell(p['category'])}, {p['severity']}: {p['text']}",
        Kind.COLLECTION_RECORDED: lambda _v, _s, p: f"{p['collection']}, donation {p['din']}",
        Kind.MATERIAL_MOVED: _moved,
        Kind.CONTAINER_MOVED: _moved,
        Kind.BATCH_STARTED: _batch,
        Kind.BATCH_FAILED: _batch,
        Kind.CONTAINERS_FILLED: _batch,
        Kind.RELEASE_TEST_RECORDED: _tested,
        Kind.BATCH_RELEASED: lambda _v, _s, p: f"{p['batch']}: {mark_of('cell', p['kind']).word}",
        Kind.ADMINISTRATION_RECORDED: _given,
        Kind.TREATMENT_ENDED: lambda _v, _s, p: spell(p["reason"]),
        Kind.FOLLOW_UP_ENDED: lambda _v, _s, p: spell(p["reason"]),
        Kind.SITE_OPENED: lambda _v, _s, p: str(p["site"]),
        Kind.SITE_CLOSED: lambda _v, _s, p: str(p["site"]),
        Kind.HOLD_PLACED: lambda _v, _s, p: f"{p['scope']}: {p['words']}",
    }
)
