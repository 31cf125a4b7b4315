"""The store as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Label ``store``: ledger, projections, vaults, accounts."""

    name = "trialwright.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
