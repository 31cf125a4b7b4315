"""The ASGI application: opens the store of the environment, then serves."""

from __future__ import annotations

from django.core.asgi import get_asgi_application

from trialwright.store.open import open_store

open_store()
application = get_asgi_application()
