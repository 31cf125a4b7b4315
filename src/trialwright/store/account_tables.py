"""The tables of accounts: who may sign in, as what, where and when."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from trialwright.store.journal import JournalEntry


def fold_username(username: str) -> str:
    """The one spelling of a user name: capital letters, full-width letters and outer spaces do not matter."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts. Making one is an act that is logged: see :mod:`trialwright.store.accounts`."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of that name, however it is spelt."""
        return self.get(username=fold_username(username or ""))


class Account(AbstractBaseUser):
    """A person. The user name is that person's for ever: no account is deleted, renamed or handed on."""

    username = models.CharField(max_length=150, unique=True)
    display_name = models.CharField(max_length=200)
    enabled = models.BooleanField(default=True)
    trained_on = models.DateField(null=True, blank=True)
    created_at = models.CharField(max_length=32)

    memberships: Any  # Django's reverse manager
    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["display_name"]

    class Meta:
        """Names that differ in capital letters only are the same name."""

        db_table = "account"
        constraints: ClassVar = [models.UniqueConstraint(Lower("username"), name="account_name_once")]

    @property
    def is_active(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whether this person may sign in: enabled, and with a dated training record (21 CFR 11.10(i))."""
        return self.enabled and self.trained_on is not None

    def get_full_name(self) -> str:
        """The name as it is printed beside a signature."""
        return self.display_name


class Membership(models.Model):
    """A role in a study, at one site or ('') at all of them, from ``since`` up to and with ``until``."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    study = models.CharField(max_length=64)
    site = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=64)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        """Ended, never removed."""

        db_table = "membership"
        indexes: ClassVar = [models.Index(fields=["study", "role"], name="membership_role")]


class AccountLog(JournalEntry):
    """What was done to accounts and roles."""

    class Meta:
        """Chained like the ledger."""

        db_table = "account_log"
