"""The WSGI application: opens the store of the environment, then serves."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from trialwright.store.open import open_store

open_store()
application = get_wsgi_application()
# Reads the addresses and all pages behind them now, so that the first visitor does not wait for it.
get_resolver().url_patterns  # noqa: B018
