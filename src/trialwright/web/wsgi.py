"""The WSGI application: opens the store of the environment, then serves."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from trialwright.store.open import open_store

open_store()
application = get_wsgi_application()
