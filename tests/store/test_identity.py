"""The identity vault: known to the subject's own site, and every look is logged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections

from trialwright.store.faults import StoreError
from trialwright.store.identity import Person, read_identity, write_identity
from trialwright.store.journal import find_journal_break
from trialwright.store.open import Store
from trialwright.store.vault_tables import IdentityAccess, IdentityRecord
from trialwright.trial.events import Actor

from .conftest import BEGIN, NURSE

KEY = b"k" * 32
PERSON = Person("Anna Beispiel", "1960-01-02", "H-77")
ELSEWHERE = Actor("u-30", "study_nurse", "site2")


def write(subject: str, person: Person = PERSON, actor: Actor = NURSE, reason: str = "") -> list[str]:
    return write_identity("trial", subject, person, actor=actor, key=KEY, now=BEGIN, reason=reason)


def read(subject: str, actor: Actor = NURSE, purpose: str = "phone call") -> Person | None:
    return read_identity("trial", subject, actor=actor, purpose=purpose, now=BEGIN)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(StoreError) as caught:
        call()
    assert PERSON.name not in str(caught.value)
    return caught.value.finding.code.removeprefix("TW-STO-")


def acts() -> list[tuple[str, str, str]]:
    return list(IdentityAccess.objects.order_by("seq").values_list("act", "actor", "object"))


def test_the_own_site_reads_and_is_logged(any_store: Store) -> None:
    assert write("S01-001") == []
    assert read("S01-001") == PERSON
    assert read("S01-002") is None
    assert acts() == [("write", "u-17", "trial/S01-001"), ("read", "u-17", "trial/S01-001")]
    assert IdentityAccess.objects.get(seq=2).details() == {"purpose": "phone call"}
    assert find_journal_break(IdentityAccess) is None


def test_others_read_nothing_and_are_logged(any_store: Store) -> None:
    write("S01-001")
    assert code_of(lambda: read("S01-001", ELSEWHERE)) == "051"
    assert code_of(lambda: read("S01-001", Actor("u-40", "sponsor"))) == "051"
    assert [act for act, *_ in acts()] == ["write", "refuse", "refuse"]


def test_nobody_and_no_purpose_read_nothing(any_store: Store) -> None:
    write("S01-001")
    assert code_of(lambda: read("S01-001", Actor("", "study_nurse", "site1"))) == "050"
    assert code_of(lambda: read("S01-001", purpose=" ")) == "050"


def test_writing_needs_a_person_at_the_site(any_store: Store) -> None:
    assert code_of(lambda: write("S01-001", actor=Actor("u-17", "study_nurse"))) == "050"
    assert code_of(lambda: write("S01-001", actor=Actor("", "study_nurse", "site1"))) == "050"
    assert not IdentityRecord.objects.exists()


def test_a_correction_has_a_reason_and_keeps_the_earlier_entry(any_store: Store) -> None:
    write("S01-001")
    mended = Person("Anna Beispiel", "1961-01-02", "H-77")
    assert code_of(lambda: write("S01-001", mended)) == "052"
    assert code_of(lambda: write("S01-001", mended, ELSEWHERE, "typing error")) == "051"
    write("S01-001", mended, reason="typing error")
    assert read("S01-001") == mended
    births = IdentityRecord.objects.order_by("revision").values_list("birth_on", flat=True)
    assert list(births) == ["1960-01-02", "1961-01-02"]


def test_one_person_behind_two_pseudonyms_is_found(any_store: Store) -> None:
    write("S01-001")
    same = Person("  ANNA  beispiel", "1960-01-02")
    assert write("S02-001", same, ELSEWHERE) == ["S01-001"]
    assert write("S01-002", Person("Bea Muster", "1970-01-01", "h-77")) == ["S01-001"]
    assert write("S02-002", Person("Cora Muster", "1980-01-01", "H-77"), ELSEWHERE) == []
    assert write("S02-003", Person("", "", ""), ELSEWHERE) == []
    assert write("S02-004", Person("", "", ""), ELSEWHERE) == []


def test_a_hash_without_the_key_is_of_no_use(any_store: Store) -> None:
    write("S01-001")
    other_key = b"x" * 32
    assert write_identity("trial", "S01-009", PERSON, actor=NURSE, key=other_key, now=BEGIN) == []


@pytest.mark.requirement("TW-R-017")
def test_names_stand_in_the_vault_only(any_store: Store) -> None:
    write("S01-001")
    for alias in ("default", "allocation"):
        connection = connections[alias]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"SELECT * FROM {table}")
                assert "Beispiel" not in str(cursor.fetchall())
