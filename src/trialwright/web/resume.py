"""A form that was sent after the session had ended: its entries are kept until the person has signed in again.

The entries travel in the page, signed, and never stand on the server. Passwords are left out. What comes back
is marked as resumed: pages show it to whoever has signed in now, and record nothing before that person saves it.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

SALT = "trialwright.web.resume"
KEPT_SECONDS = 3600
RESUMED = "resumed"
"""The field that marks entries as brought back."""
LEFT_OUT = ("csrfmiddlewaretoken", "password", "second_name", "second_password")


def ask_again(request: HttpRequest) -> HttpResponse:
    """401: sign in, and the entries go on."""
    entries = request.POST.copy()
    for name in LEFT_OUT:
        entries.pop(name, None)
    kept = signing.dumps(
        {"path": request.get_full_path(), "body": entries.urlencode()}, salt=SALT, compress=True
    )
    return render(request, "web/resume.html", {"kept": kept}, status=401)


def offer_entries(request: HttpRequest, kept: str) -> HttpResponse | None:
    """The page that brings the kept entries back with a fresh token; None where nothing readable was kept."""
    try:
        found: dict[str, Any] = signing.loads(kept, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    entries = [(name, value) for name, values in QueryDict(found["body"]).lists() for value in values]
    entries.append((RESUMED, "yes"))
    return render(request, "web/resume_send.html", {"path": found["path"], "entries": entries})
