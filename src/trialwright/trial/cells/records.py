"""The parts of a subject's state that concern their cells: collections, batches, containers,
administrations.

Instants are ISO 8601 in UTC. States are those of the transition table (see `states.py`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trialwright.trial.records import Part


class Custody(Part):
    """One step of a custody record: the state entered, when, by whom, and what was noted."""

    state: str
    at: str
    by: str
    role: str
    seq: int
    second: str = ""
    note: str = ""


class Collection(Part):
    """Starting material taken from the subject (one donation). ``din`` is the donation's own number.

    ``coi`` is the chain-of-identity id: one a subject, assigned at the first collection, for ever.
    """

    id: str
    coi: str
    din: str
    material: str
    collected_at: str
    by: str
    second: str
    volume: str = ""
    volume_unit: str = ""
    expires_at: str = ""
    state: str
    custody: tuple[Custody, ...]
    seq: int


class Batch(Part):
    """One manufacturing run of one product from collections of one chain of identity.

    ``days`` are the study days it is meant for; ``operators`` are all who worked on it: none of them may
    release it. ``seq`` is the entry that started it, ``ended_seq`` the one that filled or failed it.
    """

    id: str
    coi: str
    product: str
    collections: tuple[str, ...]
    state: Literal["IN_MANUFACTURE", "MFG_FAILED", "HARVESTED"]
    started_at: str
    operators: tuple[str, ...]
    days: tuple[int, ...]
    filled_at: str = ""
    failure: str = ""
    ended_seq: int = 0
    seq: int


class TestResult(Part):
    """The last result of one release test of a batch. ``passed`` is None while the result is pending."""

    __test__ = False

    test: str
    result: str
    unit: str
    passed: bool | None
    final: bool
    by: str
    at: str
    seq: int


class Release(Part):
    """The record that lets a container go: who signed it, when, and on which kind of release."""

    kind: Literal["RELEASED", "RELEASED_CONDITIONAL", "RELEASED_EXCEPTIONAL"]
    by: str
    at: str
    seq: int


class Container(Part):
    """One bag, vial or syringe: what is scanned, moved and given.

    ``tests`` are the batch's results by test id, ``cycle`` counts from 1, ``planned_day`` is the study day
    the container is meant for. ``dose`` and ``volume`` are what the label says (decimal strings).
    """

    id: str
    batch: str
    product: str
    coi: str
    cycle: int
    planned_day: int
    number: int
    of: int
    dose: str
    dose_unit: str
    volume: str
    volume_unit: str
    filled_at: str
    expires_at: str
    state: str
    release: Release | None = None
    tests: dict[str, TestResult] = Field(default_factory=dict[str, TestResult])
    verified_by: tuple[str, ...] = ()
    verified_at: str = ""
    started_at: str = ""
    custody: tuple[Custody, ...] = ()
    seq: int


class Administration(Part):
    """A container given to the subject. ``partial`` when less than the whole was given."""

    container: str
    batch: str
    product: str
    coi: str
    cycle: int
    planned_day: int
    given_on: str
    given_at: str
    ended_at: str
    dose: str
    dose_unit: str
    volume: str
    volume_unit: str
    by: str
    witness: str
    partial: bool = False
    words: str = ""
    seq: int
