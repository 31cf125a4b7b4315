"""The tables of the two vaults. They live in databases of their own; triggers make them write-once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from trialwright.store.journal import JournalEntry


class AllocationList(models.Model):
    """A randomisation list as it was generated: parameters, seed, salt and commitment; its slots stand apart.

    ``number`` counts the lists of one stratum: a second one extends the first, or replaces its algorithm.
    """

    study = models.CharField(max_length=64)
    stratum = models.CharField(max_length=200)
    number = models.IntegerField()
    algorithm = models.CharField(max_length=64)
    parameters = models.TextField()
    seed = models.TextField()
    length = models.IntegerField()
    salt = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    written_at = models.CharField(max_length=32)

    class Meta:
        """Written once."""

        db_table = "allocation_list"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "stratum", "number"], name="allocation_list_once")
        ]


class AllocationSlot(models.Model):
    """One place of a list. A row of its own, so that reading one arm never brings the next into memory."""

    allocation_list = models.ForeignKey(AllocationList, on_delete=models.DO_NOTHING, related_name="slots")
    slot = models.IntegerField()
    arm = models.CharField(max_length=64)

    class Meta:
        """Written once, with its list."""

        db_table = "allocation_slot"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["allocation_list", "slot"], name="allocation_slot_once")
        ]


class IdentityRecord(models.Model):
    """Who a subject is. A correction is a further ``revision`` with its reason."""

    study = models.CharField(max_length=64)
    site = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    revision = models.IntegerField()
    name = models.CharField(max_length=200)
    birth_on = models.CharField(max_length=10)
    hospital_number = models.CharField(max_length=64)
    person_hash = models.CharField(max_length=64)
    number_hash = models.CharField(max_length=64)
    reason = models.TextField()

    class Meta:
        """Keyed hashes serve to see that two pseudonyms are one person."""

        db_table = "identity_record"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "subject", "revision"], name="identity_record_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["study", "person_hash"], name="identity_record_person"),
            models.Index(fields=["study", "number_hash"], name="identity_record_number"),
        ]


class IdentityAccess(JournalEntry):
    """Every writing and reading of an identity: who, in which role, of whom, what for."""

    class Meta:
        """Chained like the ledger."""

        db_table = "identity_access"
