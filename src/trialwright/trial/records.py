"""The captured parts of a subject's state: consent, eligibility, allocation, forms, queries, endings."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FormStatus = Literal["incomplete", "complete", "verified", "signed", "locked"]
QueryStatus = Literal["open", "answered", "reopened", "closed", "cancelled"]
WithdrawalScope = Literal["treatment", "follow_up", "data"]
Document = dict[str, Any]
"""The answers of one form: ``{item: {"value", "unit", "upper", "lower"}}``, ``{item: {"missing": "ND"}}`` or
``{item: {"rows": [{column: {"value": ...}}]}}``. Numbers are decimal strings as entered."""


class Part(BaseModel):
    """The base of every part of a state: immutable, strict about its keys, JSON round trip."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Consent(Part):
    """Informed consent in force or withdrawn. ``scope`` is empty while nothing was withdrawn.

    ``versions`` keeps every version consented to, oldest first; ``version`` and ``given_on`` are the last.
    """

    version: str
    given_on: str
    language: str = ""
    versions: tuple[str, ...] = ()
    withdrawn_on: str = ""
    withdrawn_seq: int = 0
    scope: WithdrawalScope | Literal[""] = ""
    seq: int = 0

    @property
    def in_force(self) -> bool:
        """Whether study procedures may go on under this consent."""
        return not self.scope


class CriterionVerdict(Part):
    """What one criterion said when eligibility was confirmed: met, not_met or unknown, and why."""

    verdict: Literal["met", "not_met", "unknown"]
    reason: str = ""


class EligibilityRecord(Part):
    """The signed confirmation of eligibility and the verdicts it rests on.

    ``basis`` maps the key of each form that supplied a value to the ledger sequence of the version used.
    """

    decision: Literal["eligible", "not_eligible", "incomplete"]
    verdicts: dict[str, CriterionVerdict]
    basis: dict[str, int]
    confirmed_by: str
    confirmed_on: str
    study_version: str
    seq: int


class ScreenFailure(Part):
    """Why a consented subject did not enter: criteria not met, and other reasons in words."""

    criteria: tuple[str, ...]
    words: str
    failed_on: str
    seq: int


class Allocation(Part):
    """The arm a subject was allocated to: slot ``slot`` (from 1) of the list of ``stratum``.

    ``levels`` are the stratification levels as randomised; ``request`` is the caller's request id.
    """

    arm: str
    stratum: str
    slot: int
    levels: dict[str, str] = Field(default_factory=dict[str, str])
    allocated_on: str
    allocated_at: str
    request: str = ""
    seq: int


class Signature(Part):
    """A signature bound to one version of a form (21 CFR 11.50: who, when, meaning)."""

    by: str
    role: str
    at: str
    meaning: str
    version: int
    seq: int


class FormState(Part):
    """One form of one visit as it stands: the last document and the sequences of all its versions.

    ``version`` counts from 1. ``visit`` is the id of a visit instance (``assessment_3``). ``study_version``
    is the one the form was opened under and stays the same. ``warned`` names the items outside the expected
    range. ``verified`` and ``signed`` hold for the version they name, and only for that one.
    """

    visit: str
    form: str
    repeat: int
    version: int
    state: FormStatus
    document: Document
    occurred_on: str
    study_version: str
    seq: int
    seqs: tuple[int, ...]
    saved_by: str = ""
    saved_role: str = ""
    saved_at: str = ""
    warned: tuple[str, ...] = ()
    verified: Signature | None = None
    signed: Signature | None = None

    @property
    def verification_holds(self) -> bool:
        """Whether the last document is the one that was verified against its source."""
        return self.verified is not None and self.verified.version == self.version

    @property
    def signature_holds(self) -> bool:
        """Whether the last document is the one that was signed (21 CFR 11.70)."""
        return self.signed is not None and self.signed.version == self.version

    @property
    def key(self) -> str:
        """The form's key in the subject's state."""
        return form_key(self.visit, self.form, self.repeat)


def form_key(visit: str, form: str, repeat: int = 1) -> str:
    """The key of a form in a subject's state: ``visit/form/repeat``; ``repeat`` counts from 1."""
    return f"{visit}/{form}/{repeat}"


class Message(Part):
    """One turn of a query's conversation."""

    by: str
    role: str
    at: str
    text: str
    seq: int


class Query(Part):
    """A question about one item (or, with an empty ``item``, about the whole form)."""

    id: str
    visit: str
    form: str
    repeat: int
    item: str
    state: QueryStatus
    messages: tuple[Message, ...]
    rule: str = ""
    seq: int

    @property
    def pending(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in ("open", "answered", "reopened")


class Deviation(Part):
    """A departure from the protocol, as recorded."""

    id: str
    category: str
    severity: Literal["minor", "major"]
    text: str
    occurred_on: str
    about: str = ""
    seq: int


class Ending(Part):
    """The end of treatment or of follow-up: when, why (a code), and in words."""

    ended_on: str
    reason: str
    words: str = ""
    seq: int
