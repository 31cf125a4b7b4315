"""The allocation vault: written once, read one slot at a time, checked against the ledger's commitment."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from trialwright.store import ledger
from trialwright.store.allocation import find_written, open_list, reveal, reveal_seed, write_list
from trialwright.store.faults import StoreError
from trialwright.store.open import Store
from trialwright.store.sources import seeded_entropy
from trialwright.store.verify import verify_store
from trialwright.trial.events import Event, Kind, Recorded

from .conftest import BEGIN

Write = Callable[..., list[Recorded]]
ARMS = ["cells", "control", "control", "cells"]


def write(stratum: str = "all", arms: list[str] = ARMS, seed: str = "seed", number: int = 1) -> str:
    return write_list(
        "trial",
        stratum,
        arms,
        seed=seed,
        algorithm="blocks",
        parameters={"sizes": [4]},
        now=BEGIN,
        number=number,
    )


def commit(begun: Write, commitment: str, stratum: str = "all") -> None:
    begun(
        Event(Kind.ALLOCATION_COMMITTED, {"stratum": stratum, "commitment": commitment, "slots": len(ARMS)})
    )


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        call()
    return caught.value.finding.code.removeprefix("TW-STO-")


def test_slots_are_revealed_one_at_a_time(any_store: Store) -> None:
    write()
    assert [reveal("trial", "all", slot) for slot in (1, 2, 3, 4)] == ARMS
    assert reveal("trial", "all", 1) == ARMS[0]


def test_revealing_reads_no_other_slot(store: Store) -> None:
    write()
    with CaptureQueriesContext(connections["allocation"]) as queries:
        reveal("trial", "all", 2)
    (query,) = queries.captured_queries
    assert '"slot" = 2' in query["sql"]
    assert query["sql"].endswith("LIMIT 1")


def test_a_list_is_written_once(any_store: Store) -> None:
    assert find_written("trial", "all") is None
    commitment = write()
    assert find_written("trial", "all") == (commitment, len(ARMS))
    assert code_of(write) == "040"
    further = write(arms=["control", "cells"], number=2)
    assert further != commitment
    assert reveal("trial", "all", 1, number=2) == "control"


def test_there_is_no_slot_beyond_the_end(any_store: Store) -> None:
    write()
    assert code_of(lambda: reveal("trial", "all", 5)) == "042"
    assert code_of(lambda: reveal("trial", "all", 0)) == "042"
    assert code_of(lambda: reveal("trial", "other", 1)) == "041"
    assert code_of(lambda: reveal_seed("trial", "other")) == "041"
    assert code_of(lambda: open_list("trial", "other", commitment="")) == "041"


def test_a_lists_seed_stays_shut_and_a_dynamic_methods_opens(any_store: Store) -> None:
    write()
    assert code_of(lambda: reveal_seed("trial", "all")) == "044"
    write("minimised", [], seed="0123abcd")
    assert reveal_seed("trial", "minimised") == "0123abcd"


def test_the_commitment_tells_nothing_and_binds_everything(store: Store) -> None:
    """Equal lists have unlike commitments (salt); with one salt, any change makes another commitment."""
    assert write("a") != write("b")
    lists = [("all", ARMS, "seed"), ("all", ARMS[::-1], "seed"), ("all", ARMS, "another")]
    commitments = {
        write_list(
            "trial",
            stratum,
            arms,
            seed=seed,
            algorithm="blocks",
            parameters={},
            now=BEGIN,
            entropy=seeded_entropy("same salt"),
            number=number,
        )
        for number, (stratum, arms, seed) in enumerate(lists, start=1)
    }
    assert len(commitments) == 3


def test_opening_checks_the_commitment(any_store: Store, begun: Write, tamper: Callable[..., None]) -> None:
    commitment = write()
    commit(begun, commitment)
    found, arms = open_list("trial", "all", commitment=commitment)
    assert (found.seed, arms) == ("seed", ARMS)
    assert verify_store().intact
    tamper("allocation_slot", "UPDATE allocation_slot SET arm = 'cells' WHERE slot = 3", alias="allocation")
    assert code_of(lambda: open_list("trial", "all", commitment=commitment)) == "043"
    (finding,) = verify_store().findings
    assert finding.code == "TW-STO-043"
    assert "cells" not in finding.message


def test_a_lost_list_is_found(any_store: Store, begun: Write, tamper: Callable[..., None]) -> None:
    commit(begun, write(), stratum="never written")
    (finding,) = verify_store().findings
    assert finding.code == "TW-STO-041"


def test_the_ledger_holds_no_arm_before_its_time(any_store: Store, begun: Write) -> None:
    commit(begun, write())
    connection = connections["default"]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {table}")
            assert "control" not in str(cursor.fetchall())
    assert ledger.read_head().seq == 4
