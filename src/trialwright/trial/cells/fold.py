"""How events about cells fold into collections, batches, containers and administrations."""

from __future__ import annotations

from typing import Any, cast

from trialwright.trial.cells.records import (
    Administration,
    Batch,
    Collection,
    Container,
    Custody,
    Release,
    TestResult,
)
from trialwright.trial.events import Kind, Recorded


def _custody(recorded: Recorded, state: str, at: str) -> Custody:
    payload = recorded.payload
    return Custody(
        state=state,
        at=at,
        by=recorded.actor,
        role=recorded.role,
        seq=recorded.seq,
        second=payload.get("second", ""),
        note=payload.get("note", ""),
    )


def evolve_collections(collections: dict[str, Collection], recorded: Recorded) -> dict[str, Collection]:
    """The collections after COLLECTION_RECORDED or MATERIAL_MOVED."""
    payload = recorded.payload
    if recorded.kind is Kind.MATERIAL_MOVED:
        before = collections[payload["collection"]]
        step = _custody(recorded, payload["to"], payload["at"])
        moved = before.model_copy(update={"state": payload["to"], "custody": (*before.custody, step)})
        return {**collections, before.id: moved}
    collection = Collection(
        id=payload["collection"],
        coi=payload["coi"],
        din=payload["din"],
        material=payload["material"],
        collected_at=payload["collected_at"],
        by=recorded.actor,
        second=payload["second"],
        volume=payload.get("volume", ""),
        volume_unit=payload.get("volume_unit", ""),
        expires_at=payload.get("expires_at", ""),
        state="COLLECTED",
        custody=(_custody(recorded, "COLLECTED", payload["collected_at"]),),
        seq=recorded.seq,
    )
    return {**collections, collection.id: collection}


def evolve_batches(batches: dict[str, Batch], recorded: Recorded) -> dict[str, Batch]:
    """The batches after BATCH_STARTED, BATCH_FAILED or CONTAINERS_FILLED."""
    payload = recorded.payload
    if recorded.kind is Kind.BATCH_STARTED:
        batch = Batch(
            id=payload["batch"],
            coi=payload["coi"],
            product=payload["product"],
            collections=tuple(payload["collections"]),
            state="IN_MANUFACTURE",
            started_at=payload["started_at"],
            operators=(recorded.actor,),
            days=tuple(payload["days"]),
            seq=recorded.seq,
        )
        return {**batches, batch.id: batch}
    before = batches[payload["batch"]]
    operators = (
        before.operators if recorded.actor in before.operators else (*before.operators, recorded.actor)
    )
    if recorded.kind is Kind.BATCH_FAILED:
        update: dict[str, object] = {"state": "MFG_FAILED", "failure": payload["failure"]}
    else:
        update = {"state": "HARVESTED", "filled_at": payload["filled_at"], "operators": operators}
    return {**batches, before.id: before.model_copy(update={**update, "ended_seq": recorded.seq})}


def evolve_containers(containers: dict[str, Container], recorded: Recorded) -> dict[str, Container]:
    """The containers after they were filled, tested, released, moved or given."""
    payload = recorded.payload
    if recorded.kind is Kind.CONTAINERS_FILLED:
        filled = [_filled(recorded, cast("dict[str, Any]", one)) for one in payload["containers"]]
        return {**containers, **{container.id: container for container in filled}}
    if recorded.kind is Kind.RELEASE_TEST_RECORDED:
        result = _test_result(recorded)
        tested = [c for c in containers.values() if c.batch == payload["batch"]]
        update = {c.id: c.model_copy(update={"tests": {**c.tests, result.test: result}}) for c in tested}
        return {**containers, **update}
    if recorded.kind is Kind.ADMINISTRATION_RECORDED:
        return {**containers, payload["container"]: _given(containers[payload["container"]], recorded)}
    if recorded.kind is Kind.BATCH_RELEASED:
        batch = [c for c in containers.values() if c.batch == payload["batch"]]
        return {**containers, **{c.id: _released(c, recorded) for c in batch}}
    return {**containers, **{name: _moved(containers[name], recorded) for name in payload["containers"]}}


def _filled(recorded: Recorded, one: dict[str, Any]) -> Container:
    payload = recorded.payload
    return Container(
        id=one["container"],
        batch=payload["batch"],
        product=payload["product"],
        coi=payload["coi"],
        cycle=one["cycle"],
        planned_day=one["planned_day"],
        number=one["number"],
        of=one["of"],
        dose=one["dose"],
        dose_unit=one["dose_unit"],
        volume=one["volume"],
        volume_unit=one["volume_unit"],
        filled_at=payload["filled_at"],
        expires_at=payload["expires_at"],
        state="QC_PENDING",
        custody=(_custody(recorded, "QC_PENDING", payload["filled_at"]),),
        seq=recorded.seq,
    )


def _test_result(recorded: Recorded) -> TestResult:
    payload = recorded.payload
    return TestResult(
        test=payload["test"],
        result=payload["result"],
        unit=payload["unit"],
        passed=payload["passed"],
        final=payload["final"],
        by=recorded.actor,
        at=payload["tested_at"],
        seq=recorded.seq,
    )


def _moved(before: Container, recorded: Recorded) -> Container:
    payload = recorded.payload
    to = payload["to"]
    update: dict[str, object] = {
        "state": to,
        "custody": (*before.custody, _custody(recorded, to, payload["at"])),
    }
    if to == "BEDSIDE_VERIFIED":
        update |= {"verified_by": tuple(payload["verifiers"]), "verified_at": payload["at"]}
    if to == "INFUSION_STARTED":
        update["started_at"] = payload["at"]
    if payload.get("expires_at"):
        update["expires_at"] = payload["expires_at"]
    return before.model_copy(update=update)


def _released(before: Container, recorded: Recorded) -> Container:
    """Every container of the batch gets the release record; only those named still change their state by
    it.
    """
    payload = recorded.payload
    kind, at = payload["kind"], payload["at"]
    update: dict[str, object] = {"release": Release(kind=kind, by=recorded.actor, at=at, seq=recorded.seq)}
    if before.id in payload["containers"]:
        update |= {"state": kind, "custody": (*before.custody, _custody(recorded, kind, at))}
    return before.model_copy(update=update)


def _given(before: Container, recorded: Recorded) -> Container:
    payload = recorded.payload
    to = "INFUSED_PARTIAL" if payload["partial"] else "INFUSED"
    return before.model_copy(
        update={"state": to, "custody": (*before.custody, _custody(recorded, to, payload["ended_at"]))}
    )


def evolve_administrations(
    administrations: tuple[Administration, ...], recorded: Recorded
) -> tuple[Administration, ...]:
    """The administrations after ADMINISTRATION_RECORDED; its payload has the fields of `Administration`."""
    payload = recorded.payload
    given = Administration(
        container=payload["container"],
        batch=payload["batch"],
        product=payload["product"],
        coi=payload["coi"],
        cycle=payload["cycle"],
        planned_day=payload["planned_day"],
        given_on=recorded.event.occurred_on,
        given_at=payload["given_at"],
        ended_at=payload["ended_at"],
        dose=payload["dose"],
        dose_unit=payload["dose_unit"],
        volume=payload["volume"],
        volume_unit=payload["volume_unit"],
        by=recorded.actor,
        witness=payload["witness"],
        partial=payload["partial"],
        words=payload.get("words", ""),
        seq=recorded.seq,
    )
    return (*administrations, given)
