"""Checkpoints: the head of the chain, signed, in a file to be kept elsewhere.

A chain alone cannot show that its end was cut off: a shorter chain is a good chain. A checkpoint can. The
signature is an HMAC with a key of the data folder; it shows that the file came from this installation, and
it protects only as well as that key is kept. The hash inside needs no key: the ledger either holds that
entry or does not.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from trialwright.store.chain import canonical_json
from trialwright.store.faults import refuse
from trialwright.store.keys import CHECKPOINT_KEY, ensure_key, read_key
from trialwright.store.ledger import SOFTWARE, read_head
from trialwright.store.sources import instant_text

FORMAT = "trialwright-checkpoint-1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head as it was at ``written_at``. ``seq`` is also the number of entries. ``key`` names the signing
    key.
    """

    seq: int
    hash: str
    written_at: str
    software: str
    key: str
    format: str = FORMAT


def write_checkpoint(path: Path, data_dir: Path, *, now: datetime) -> Checkpoint:
    """Writes the present head to ``path`` (beside it first, then renamed)."""
    key = ensure_key(data_dir, CHECKPOINT_KEY)
    head = read_head()
    checkpoint = Checkpoint(head.seq, head.hash, instant_text(now), SOFTWARE, _key_name(key))
    document = {**asdict(checkpoint), "signature": _sign(key, asdict(checkpoint))}
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with aside.open("x", encoding="utf-8") as file:
            json.dump(document, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        remedy = "Name a file in a folder that this account may write."
        raise refuse("001", "The checkpoint cannot be written.", remedy, str(path)) from error
    return checkpoint


def read_checkpoint(path: Path, data_dir: Path) -> Checkpoint:
    """The checkpoint of a file, its signature checked. Refuses a file of another kind or a wrong signature.

    A checkpoint signed with another key than the one in ``data_dir`` is refused too: put the key back first.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        signature = document.pop("signature")
        checkpoint = Checkpoint(**document)
        plausible = checkpoint.format == FORMAT and type(checkpoint.seq) is int and checkpoint.seq >= 0
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        remedy = "Name a file written by `trialwright ledger checkpoint`."
        raise refuse("029", "The file is not a checkpoint, or cannot be read.", remedy, str(path)) from error
    key = read_key(data_dir, CHECKPOINT_KEY)
    if not plausible or key is None or checkpoint.key != _key_name(key):
        remedy = f"Put the {CHECKPOINT_KEY} it was signed with into the data folder."
        raise refuse("029", "The checkpoint was signed with another key.", remedy, str(path))
    if not hmac.compare_digest(_sign(key, document), str(signature)):
        remedy = "Use a copy of the checkpoint that was kept elsewhere."
        raise refuse("029", "The checkpoint's signature does not match: it was altered.", remedy, str(path))
    return checkpoint


def _sign(key: bytes, document: dict[str, Any]) -> str:
    return hmac.new(key, canonical_json(document).encode(), hashlib.sha256).hexdigest()


def _key_name(key: bytes) -> str:
    return hashlib.sha256(b"checkpoint key" + key).hexdigest()[:16]
