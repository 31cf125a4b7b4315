"""Demonstration accounts: one for each role of the study, shown on the sign-in page of a demonstration only."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings

from trialwright.rehearsal.summary import DemonstrationAccount

FILE = "demonstration.json"
"""Beside the databases of a demonstration; an installation with real subjects has no such file."""


def demonstration_accounts() -> list[DemonstrationAccount]:
    """The accounts of the demonstration, or none where this is not one."""
    file = Path(settings.DATA_DIR) / FILE
    if not file.exists():
        return []
    accounts: list[DemonstrationAccount] = json.loads(file.read_text(encoding="utf-8"))
    return accounts


def write_demonstration_accounts(folder: Path, accounts: list[DemonstrationAccount]) -> None:
    """Keep the accounts for the sign-in page; readable by the account that runs the server only."""
    file = folder / FILE
    file.write_text(json.dumps(accounts, indent=2) + "\n", encoding="utf-8")
    file.chmod(0o600)
