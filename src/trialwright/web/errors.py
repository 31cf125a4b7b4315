"""The pages for what went wrong: no right, no such page, a fault of the store, a bug."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trialwright.store.faults import StoreError, explain
from trialwright.study.findings import Finding

LOG = logging.getLogger("trialwright.web")
LOCKED = "TW-STO-003"


def forbidden(request: HttpRequest, **_why: object) -> HttpResponse:
    """403: also where a form came without its token, from a page that is too old."""
    return render(request, "web/error_403.html", status=403)


def csrf_failure(request: HttpRequest, **_why: object) -> HttpResponse:
    """403 for a form without its token."""
    return render(request, "web/error_403.html", {"too_old": True}, status=403)


def not_found(request: HttpRequest, **_why: object) -> HttpResponse:
    """404: what does not exist and what is another site's look the same."""
    return render(request, "web/error_404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: a bug. The page says nothing about it beyond that."""
    return render(request, "web/error_500.html", status=500)


def store_faults(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Turns faults of the store, a locked database among them, into a page that says what to do."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    answer.process_exception = _explain  # type: ignore[attr-defined]
    return answer


def _explain(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    if isinstance(exception, StoreError):
        return fault_page(request, exception.finding)
    if isinstance(exception, DatabaseError | InterfaceError):
        return fault_page(request, explain(exception).finding)
    return None


def fault_page(request: HttpRequest, finding: Finding) -> HttpResponse:
    """503 with what the store says of it."""
    LOG.error("%s: %s", finding.code, finding.message)
    response = render(request, "web/error_503.html", {"finding": finding}, status=503)
    if finding.code == LOCKED:
        response["Retry-After"] = "5"
    return response
