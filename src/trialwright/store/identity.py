"""The identity vault: who a pseudonym is, for those at the subject's own site.

Every writing and reading is put into the vault's journal, in the same transaction: an identity that cannot be
logged is not shown. Keyed hashes find one person behind two pseudonyms without showing either.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from trialwright.store.databases import IDENTITY
from trialwright.store.faults import StoreError, explained, refuse
from trialwright.store.journal import lock_journal, write_journal
from trialwright.store.vault_tables import IdentityAccess, IdentityRecord
from trialwright.trial.events import Actor


@dataclass(frozen=True, slots=True)
class Person:
    """Direct identifiers. ``birth_on`` is an ISO date, ``hospital_number`` is the site's own; both may be
    empty.
    """

    name: str
    birth_on: str = ""
    hospital_number: str = ""


def write_identity(
    study: str, subject: str, person: Person, *, actor: Actor, key: bytes, now: datetime, reason: str = ""
) -> list[str]:
    """Stores who ``subject`` is, at the actor's site; answers the pseudonyms of the study that look like
    the same person (same name and date of birth, or same hospital number at this site).

    ``key`` is the installation's identity key. A further writing is a correction: it needs a ``reason``,
    and the earlier identifiers stay.
    """
    with explained("identity vault"), transaction.atomic(using=IDENTITY):
        lock_journal(IdentityAccess)
        last = _last_record(study, subject)
        if last is None:
            _demand_site(actor)
        else:
            _demand_same_site(actor, last)
            if not reason.strip():
                message = "A correction of a subject's identity needs a reason."
                raise refuse("052", message, "Say why the earlier entry was wrong.", f"subject {subject}")
        record = IdentityRecord(
            study=study,
            site=last.site if last else actor.site,
            subject=subject,
            revision=last.revision + 1 if last else 1,
            name=person.name,
            birth_on=person.birth_on,
            hospital_number=person.hospital_number,
            person_hash=_keyed_hash(key, "person", study, person.name, person.birth_on),
            number_hash=_keyed_hash(key, "number", study, actor.site, person.hospital_number),
            reason=reason,
        )
        record.save(force_insert=True)
        _log("write", study, subject, actor, now, revision=record.revision)
        return _find_same(record)


def read_identity(study: str, subject: str, *, actor: Actor, purpose: str, now: datetime) -> Person | None:
    """Who ``subject`` is, or None when nothing was stored. The reading is logged with its ``purpose``.

    Refuses an actor without a name or of another site; the refusal is logged as well.
    """
    if not actor.user or not purpose.strip():
        message = "An identity is shown to a named person for a stated purpose only."
        raise refuse("050", message, "Sign in and say what the identity is needed for.", f"subject {subject}")
    refusal: StoreError | None = None
    with explained("identity vault"), transaction.atomic(using=IDENTITY):
        record = _last_record(study, subject)
        if record is None:
            return None
        try:
            _demand_same_site(actor, record)
        except StoreError as error:
            refusal = error
        _log("refuse" if refusal else "read", study, subject, actor, now, purpose=purpose)
    if refusal:
        raise refusal
    return Person(record.name, record.birth_on, record.hospital_number)


def _last_record(study: str, subject: str) -> IdentityRecord | None:
    return IdentityRecord.objects.filter(study=study, subject=subject).order_by("-revision").first()


def _find_same(record: IdentityRecord) -> list[str]:
    same = Q(pk__in=[])
    if record.name.strip() and record.birth_on:
        same |= Q(person_hash=record.person_hash)
    if record.hospital_number.strip():
        same |= Q(number_hash=record.number_hash)
    others = IdentityRecord.objects.filter(same, study=record.study).exclude(subject=record.subject)
    return sorted(set(others.values_list("subject", flat=True)))


def _keyed_hash(key: bytes, *parts: str) -> str:
    # Folded so that case, spacing, accents' encoding and full-width signs do not hide a person.
    folded = (" ".join(unicodedata.normalize("NFKC", part).casefold().split()) for part in parts)
    return hmac.new(key, "\x1f".join(folded).encode(), hashlib.sha256).hexdigest()


def _demand_site(actor: Actor) -> None:
    if not actor.user or not actor.site:
        message = "An identity is entered by a named person at a site."
        raise refuse("050", message, "Act in a role at the subject's site.")


def _demand_same_site(actor: Actor, record: IdentityRecord) -> None:
    if not actor.user or actor.site != record.site:
        message = "The identity of a subject is known to its own site only."
        raise refuse("051", message, "Ask the site.", f"subject {record.subject}")


def _log(act: str, study: str, subject: str, actor: Actor, now: datetime, **detail: str | int) -> None:
    write_journal(IdentityAccess, act, f"{study}/{subject}", actor=actor, now=now, detail=detail)
