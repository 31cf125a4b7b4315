"""The tables that are folded from the ledger. All of them can be emptied and rebuilt from it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class StudyRow(models.Model):
    """A study's state. ``last_seq`` is the entry that changed it last."""

    study = models.CharField(max_length=64, primary_key=True)
    state = models.TextField()
    last_seq = models.IntegerField()

    class Meta:
        """One row a study."""

        db_table = "study_row"


class SubjectRow(models.Model):
    """A subject's state, with the columns that lists are filtered by."""

    study = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    site = models.CharField(max_length=64)
    status = models.CharField(max_length=32)
    arm = models.CharField(max_length=64)
    state = models.TextField()
    last_seq = models.IntegerField()

    class Meta:
        """One row a subject."""

        db_table = "subject_row"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "subject"], name="subject_row_once")
        ]
        indexes: ClassVar = [models.Index(fields=["study", "site", "status"], name="subject_row_list")]


class ContainerRow(models.Model):
    """One container of a cell product: where it stands on its way from collection to patient."""

    study = models.CharField(max_length=64)
    container = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    product = models.CharField(max_length=64)
    batch = models.CharField(max_length=64)
    state = models.CharField(max_length=32)
    expires_at = models.CharField(max_length=32)
    last_seq = models.IntegerField()

    class Meta:
        """A container's id is used once in a study."""

        db_table = "container_row"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["study", "container"], name="container_row_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["study", "subject"], name="container_row_subject"),
            models.Index(fields=["study", "state", "expires_at"], name="container_row_stock"),
        ]


class FormRow(models.Model):
    """One form of one visit: its state and open questions, for matrices and work lists (never its values)."""

    study = models.CharField(max_length=64)
    subject = models.CharField(max_length=64)
    visit = models.CharField(max_length=64)
    form = models.CharField(max_length=64)
    repeat = models.IntegerField()
    state = models.CharField(max_length=32)
    pending_queries = models.IntegerField()
    last_seq = models.IntegerField()

    class Meta:
        """One row a (subject, visit, form, repeat)."""

        db_table = "form_row"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["study", "subject", "visit", "form", "repeat"], name="form_row_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["study", "state"], name="form_row_work")]
