"""Study versions: immutable documents, found by the hash of their content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from trialwright.store.chain import canonical_json, content_hash
from trialwright.store.faults import fault, refuse
from trialwright.store.ledger_tables import StudyVersion
from trialwright.store.sources import instant_text
from trialwright.study.findings import Finding


def keep_version(study: str, body: Mapping[str, Any], *, now: datetime) -> str:
    """Stores a study file's content and answers its hash; the same content again changes nothing.

    Keeping a version does not put it in force: that is an event of the ledger.
    """
    text = canonical_json(dict(body))
    address = content_hash(text)
    StudyVersion.objects.get_or_create(
        study=study, content_hash=address, defaults={"body": text, "adopted_at": instant_text(now)}
    )
    return address


def load_version(study: str, address: str) -> dict[str, Any]:
    """The content of a version. Refuses an unknown address, and content that is not what its address says."""
    text = (
        StudyVersion.objects.filter(study=study, content_hash=address).values_list("body", flat=True).first()
    )
    if text is None:
        remedy = "Adopt the study file that has this hash, or put back a backup that verifies."
        raise refuse("070", f"The study has no version {address[:12]}.", remedy, f"study {study}")
    if content_hash(text) != address:
        raise refuse("071", _ALTERED.format(address[:12]), _PUT_BACK, f"study {study}")
    return json.loads(text)


def check_versions() -> Iterator[Finding]:
    """Every stored version whose content is not what its hash says."""
    for version in StudyVersion.objects.order_by("id").iterator():
        if content_hash(version.body) != version.content_hash:
            yield fault(
                "071", _ALTERED.format(version.content_hash[:12]), _PUT_BACK, f"study {version.study}"
            )


_ALTERED = "The stored content of version {} was altered."
_PUT_BACK = "Put back a backup that verifies and find out who wrote to the database."
