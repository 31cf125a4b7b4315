"""Django looks for the app's tables here; each stands in the file that explains it."""

from __future__ import annotations

from trialwright.store.account_tables import Account, AccountLog, Membership
from trialwright.store.ledger_tables import LedgerEntry, LedgerHead, Payload, StudyVersion
from trialwright.store.projection_tables import ContainerRow, FormRow, StudyRow, SubjectRow
from trialwright.store.vault_tables import AllocationList, AllocationSlot, IdentityAccess, IdentityRecord

__all__ = [
    "Account",
    "AccountLog",
    "AllocationList",
    "AllocationSlot",
    "ContainerRow",
    "FormRow",
    "IdentityAccess",
    "IdentityRecord",
    "LedgerEntry",
    "LedgerHead",
    "Membership",
    "Payload",
    "StudyRow",
    "StudyVersion",
    "SubjectRow",
]
