"""Keys in the data folder: made once, readable by their owner only, never in a database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from trialwright.store.faults import refuse

SESSION_KEY, IDENTITY_KEY, CHECKPOINT_KEY = "session.key", "identity.key", "checkpoint.key"
_KEY_BYTES = 32


def read_key(folder: Path, name: str) -> bytes | None:
    """The key of that name, or None where none was made yet."""
    try:
        text = (folder / name).read_text(encoding="ascii")
        return bytes.fromhex(text)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        remedy = "Put the key back from its backup; a new key cannot stand in for it."
        raise refuse("011", f"The key file {name} cannot be read.", remedy, str(folder / name)) from error


def ensure_key(folder: Path, name: str) -> bytes:
    """The key of that name, made now if there is none; two processes that make it at once get the same."""
    key = read_key(folder, name)
    if key is not None:
        return key
    aside = folder / f".{name}.{secrets.token_hex(8)}"
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, folder / name)  # fails if the other process was first: its key is the one
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    except OSError as error:
        remedy = "Check that the folder exists and that this account may write it."
        raise refuse("001", f"The key file {name} cannot be made.", remedy, str(folder)) from error
    made = read_key(folder, name)
    if made is None:
        raise refuse("011", f"The key file {name} has gone while it was made.", "Try again.", str(folder))
    return made
