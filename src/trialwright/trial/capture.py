"""How captured data fold: forms with their versions and signatures, queries, deviations."""

from __future__ import annotations

from trialwright.trial.events import Kind, Recorded
from trialwright.trial.records import (
    Deviation,
    FormState,
    FormStatus,
    Message,
    Query,
    QueryStatus,
    Signature,
    form_key,
)

QUERY_AFTER: dict[Kind, QueryStatus] = {
    Kind.QUERY_ANSWERED: "answered",
    Kind.QUERY_CLOSED: "closed",
    Kind.QUERY_REOPENED: "reopened",
    Kind.QUERY_CANCELLED: "cancelled",
}


def evolve_forms(forms: dict[str, FormState], recorded: Recorded) -> dict[str, FormState]:
    """The forms after a form event. Payload: ``visit, form, repeat`` and, by kind:

    saved and corrected ``version, complete, document, warned``; verified and signed ``version, meaning``.
    """
    payload = recorded.payload
    key = form_key(payload["visit"], payload["form"], payload["repeat"])
    before = forms.get(key)
    if recorded.kind in (Kind.FORM_SAVED, Kind.FORM_CORRECTED):
        return {**forms, key: _saved(before, recorded)}
    if before is None:
        raise ValueError(f"ledger sequence {recorded.seq}: {recorded.kind} of a form that was never saved")
    return {**forms, key: before.model_copy(update=_marked(before, recorded))}


def _saved(before: FormState | None, recorded: Recorded) -> FormState:
    payload = recorded.payload
    state: FormStatus = "complete" if payload["complete"] else "incomplete"
    return FormState(
        visit=payload["visit"],
        form=payload["form"],
        repeat=payload["repeat"],
        version=payload["version"],
        state=state,
        document=dict(payload["document"]),
        occurred_on=recorded.event.occurred_on,
        study_version=before.study_version if before else recorded.study_version,
        seq=recorded.seq,
        seqs=(*(before.seqs if before else ()), recorded.seq),
        saved_by=recorded.actor,
        saved_role=recorded.role,
        saved_at=recorded.recorded_at,
        warned=tuple(payload.get("warned", ())),
        # A change voids verification and signature: both are bound to the version they were given on.
        verified=before.verified if before else None,
        signed=before.signed if before else None,
    )


def _marked(before: FormState, recorded: Recorded) -> dict[str, object]:
    if recorded.kind is Kind.FORM_LOCKED:
        return {"state": "locked"}
    if recorded.kind is Kind.FORM_UNLOCKED:
        return {"state": "complete"}
    mark = Signature(
        by=recorded.actor,
        role=recorded.role,
        at=recorded.recorded_at,
        meaning=recorded.payload["meaning"],
        version=recorded.payload["version"],
        seq=recorded.seq,
    )
    if recorded.kind is Kind.FORM_VERIFIED:
        return {"state": "signed" if before.state == "signed" else "verified", "verified": mark}
    return {"state": "signed", "signed": mark}


def evolve_queries(queries: dict[str, Query], recorded: Recorded) -> dict[str, Query]:
    """The queries after a query event.

    Payload: ``query, text``; when opened also ``visit, form, repeat, item, rule``.
    """
    payload = recorded.payload
    message = Message(
        by=recorded.actor,
        role=recorded.role,
        at=recorded.recorded_at,
        text=payload["text"],
        seq=recorded.seq,
    )
    if recorded.kind is Kind.QUERY_OPENED:
        query = Query(
            id=payload["query"],
            visit=payload["visit"],
            form=payload["form"],
            repeat=payload["repeat"],
            item=payload["item"],
            state="open",
            messages=(message,),
            rule=payload.get("rule", ""),
            seq=recorded.seq,
        )
    else:
        before = queries[payload["query"]]
        state = QUERY_AFTER[recorded.kind]
        query = before.model_copy(update={"state": state, "messages": (*before.messages, message)})
    return {**queries, query.id: query}


def evolve_deviations(deviations: tuple[Deviation, ...], recorded: Recorded) -> tuple[Deviation, ...]:
    """The deviations after one more. Payload: ``deviation, category, severity, text, about``."""
    payload = recorded.payload
    deviation = Deviation(
        id=payload["deviation"],
        category=payload["category"],
        severity=payload["severity"],
        text=payload["text"],
        about=payload.get("about", ""),
        occurred_on=recorded.event.occurred_on,
        seq=recorded.seq,
    )
    return (*deviations, deviation)
