"""Keeps every table in its own database, so that no query can reach from the ledger into a vault."""

from __future__ import annotations

from typing import Any

from trialwright.store.databases import ALLOCATION, IDENTITY, LEDGER

HOMES = {
    "allocationlist": ALLOCATION,
    "allocationslot": ALLOCATION,
    "identityrecord": IDENTITY,
    "identityaccess": IDENTITY,
}
"""Models of the store that do not live with the ledger, by their lower-case names."""


class VaultRouter:
    """Django's database router: a model has one home, and relations do not cross between homes."""

    def db_for_read(self, model: type, **_hints: Any) -> str:
        """The home of a model."""
        return self._home(model)

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **_hints: Any) -> bool:
        """Whether two objects may refer to one another: only within one home."""
        return self._home(type(first)) == self._home(type(second))

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool | None:
        """Whether a table is made in database ``db``."""
        home = hints.get("home")
        if home is None and model_name is not None and app_label == "store":
            home = HOMES.get(model_name, LEDGER)
        if home is None and app_label == "store":
            return None
        return db == (home or LEDGER)

    def _home(self, model: type) -> str:
        meta: Any = getattr(model, "_meta", None)
        if meta is None or meta.app_label != "store":
            return LEDGER
        return HOMES.get(meta.model_name, LEDGER)
