"""The allocation vault: lists written once, and read one slot at a time.

Which slot is next follows from the ledger, never from here; the vault does not know what was used. The
ledger holds each list's commitment (the hash of its salt and its slots), so that a list that was changed
after the first subject is found out, and nobody who reads the ledger can tell an arm in advance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from trialwright.store.chain import SALT_BYTES, canonical_json, salted_digest
from trialwright.store.databases import ALLOCATION
from trialwright.store.faults import StoreError, explained, fault, refuse
from trialwright.store.ledger import read
from trialwright.store.sources import Entropy, instant_text, system_entropy
from trialwright.store.vault_tables import AllocationList, AllocationSlot
from trialwright.study.findings import Finding
from trialwright.trial.events import Kind


def write_list(
    study: str,
    stratum: str,
    arms: Sequence[str],
    *,
    seed: str,
    algorithm: str,
    parameters: Mapping[str, Any],
    now: datetime,
    entropy: Entropy = system_entropy,
    number: int = 1,
) -> str:
    """Writes a stratum's list and answers its commitment (hex), to be recorded as ``allocation_committed``.

    ``arms`` are the slots from the first on; a dynamic method writes none, and draws from ``seed``.
    ``number`` is 1 for a stratum's first list. Refuses to write a list that is there already.
    """
    salt = entropy(SALT_BYTES)
    made = AllocationList(
        study=study,
        stratum=stratum,
        number=number,
        algorithm=algorithm,
        parameters=canonical_json(dict(parameters)),
        seed=seed,
        length=len(arms),
        salt=salt.hex(),
        written_at=instant_text(now),
    )
    made.commitment = _commitment(made, arms)
    with explained("allocation vault"), transaction.atomic(using=ALLOCATION):
        if _find_list(study, stratum, number) is not None:
            message = f"The vault already holds list {number} of this stratum."
            raise refuse("040", message, "A list is written once; use it.", f"study {study}")
        made.save(force_insert=True)
        slots = [
            AllocationSlot(allocation_list=made, slot=slot, arm=arm) for slot, arm in enumerate(arms, start=1)
        ]
        AllocationSlot.objects.bulk_create(slots, batch_size=500)
    return made.commitment


def find_written(study: str, stratum: str, number: int = 1) -> tuple[str, int] | None:
    """Commitment and length of a list that was written: to take up a setting-up that was interrupted."""
    found = _find_list(study, stratum, number)
    return (found.commitment, found.length) if found else None


def reveal(study: str, stratum: str, slot: int, *, number: int = 1) -> str:
    """The arm of one slot (from 1). Refuses where there is no list, or no such slot any more."""
    with explained("allocation vault"):
        arm = (
            AllocationSlot.objects.filter(
                allocation_list__study=study,
                allocation_list__stratum=stratum,
                allocation_list__number=number,
                slot=slot,
            )
            .values_list("arm", flat=True)
            .first()
        )
        if arm is not None:
            return arm
        if _find_list(study, stratum, number) is None:
            raise _no_list(study)
    message = "The allocation list of this stratum is used up."
    remedy = "Place a hold on allocation and ask the statistician for a further list."
    raise refuse("042", message, remedy, f"study {study}")


def reveal_seed(study: str, stratum: str, *, number: int = 1) -> str:
    """The seed of a dynamic method's draws. Refuses to give the seed of a list: its slots are revealed
    singly.
    """
    found = _find_list(study, stratum, number)
    if found is None:
        raise _no_list(study)
    if found.length:
        message = "The seed of an allocation list is opened with the whole list, after the last allocation."
        raise refuse("044", message, "Reveal the slot that is next.", f"study {study}")
    return found.seed


def open_list(
    study: str, stratum: str, *, commitment: str, number: int = 1
) -> tuple[AllocationList, list[str]]:
    """The whole list and its arms, checked against the commitment that the ledger holds.

    For the unblinded statistician, once nobody can be allocated by it any more.
    """
    found = _find_list(study, stratum, number)
    if found is None:
        raise _no_list(study)
    arms = _arms(found)
    if _commitment(found, arms) != commitment:
        raise StoreError(_mismatch(study))
    return found, arms


def check_lists() -> Iterator[Finding]:
    """Every commitment in the ledger that the vault does not keep. Tells nothing of the lists themselves."""
    for recorded in read(kinds=[Kind.ALLOCATION_COMMITTED]):
        payload = recorded.payload
        found = _find_list(recorded.study, payload["stratum"], payload.get("number", 1))
        if found is None:
            yield _no_list(recorded.study).finding
        elif _commitment(found, _arms(found)) != payload["commitment"]:
            yield _mismatch(recorded.study)


def _find_list(study: str, stratum: str, number: int) -> AllocationList | None:
    return AllocationList.objects.filter(study=study, stratum=stratum, number=number).first()


def _arms(found: AllocationList) -> list[str]:
    slots = AllocationSlot.objects.filter(allocation_list=found).order_by("slot")
    return list(slots.values_list("arm", flat=True))


def _commitment(found: AllocationList, arms: Sequence[str]) -> str:
    document = {
        "study": found.study,
        "stratum": found.stratum,
        "number": found.number,
        "algorithm": found.algorithm,
        "parameters": found.parameters,
        "seed": found.seed,
        "arms": list(arms),
    }
    return salted_digest(bytes.fromhex(found.salt), canonical_json(document))


def _no_list(study: str) -> StoreError:
    message = "The vault holds no allocation list for this stratum."
    return refuse("041", message, "Write and commit the list before the first subject.", f"study {study}")


def _mismatch(study: str) -> Finding:
    message = "An allocation list is not the one that was committed to."
    remedy = "Stop allocating. Put back the vault's backup and find out who wrote to it."
    return fault("043", message, remedy, f"study {study}")
