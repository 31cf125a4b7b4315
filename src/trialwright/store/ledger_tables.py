"""The tables of the ledger. Triggers (see the migrations) refuse to change or remove their rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LedgerEntry(models.Model):
    """One event's header, as it is chained. Instants are kept as the very text that was hashed."""

    seq = models.IntegerField(primary_key=True)
    study = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    kind_version = models.IntegerField()
    study_version = models.CharField(max_length=64)
    occurred_on = models.CharField(max_length=32)
    recorded_at = models.CharField(max_length=32)
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=64)
    site = models.CharField(max_length=64)
    reason = models.TextField()
    source = models.CharField(max_length=32)
    software = models.CharField(max_length=64)
    payload_digest = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        """One walk serves a subject's history, the other a study's events of some kinds."""

        db_table = "ledger_entry"
        indexes: ClassVar = [
            models.Index(fields=["study", "subject", "seq"], name="ledger_entry_subject"),
            models.Index(fields=["study", "kind", "seq"], name="ledger_entry_kind"),
        ]


class Payload(models.Model):
    """An event's document: canonical JSON and the salt (hex) of its digest."""

    entry = models.OneToOneField(
        LedgerEntry, primary_key=True, db_column="seq", on_delete=models.DO_NOTHING, related_name="payload"
    )
    body = models.TextField()
    salt = models.CharField(max_length=64)

    class Meta:
        """Beside the chain, not in it."""

        db_table = "ledger_payload"


class LedgerHead(models.Model):
    """The end of the chain: one row, which writers lock."""

    id = models.IntegerField(primary_key=True)
    seq = models.IntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        """Exactly one row, made by the migration."""

        db_table = "ledger_head"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_single")]


class StudyVersion(models.Model):
    """A study file as it was adopted: immutable, found by the hash of its canonical JSON."""

    content_hash = models.CharField(max_length=64)
    study = models.CharField(max_length=64)
    body = models.TextField()
    adopted_at = models.CharField(max_length=32)

    class Meta:
        """The same content can be adopted once in a study."""

        db_table = "study_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "content_hash"], name="study_version_once")
        ]
