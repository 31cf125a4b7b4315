"""The ASGI application: opens the store of the environment, then serves."""

from __future__ import annotations

import warnings

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from trialwright.store.open import open_store
from trialwright.web.design_room import warm_up_aside

# WhiteNoise reads its small files from the disk in one go; Django's advice to stream them is of no use here.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
open_store()
application = get_asgi_application()
# Reads the addresses and all pages behind them now, so that the first visitor does not wait for it.
get_resolver().url_patterns  # noqa: B018
warm_up_aside()
