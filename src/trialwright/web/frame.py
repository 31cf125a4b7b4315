"""The frame around every page: who may open it, what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from trialwright import __version__
from trialwright.store.ledger import read_head
from trialwright.study.model.people import Right

from .resume import ask_again
from .viewer import Viewer, find_viewer

View = Callable[Concatenate[HttpRequest, Viewer, ...], HttpResponse]


@dataclass(frozen=True, slots=True)
class Place:
    """One of the nine places of the left rail; opened with ``g`` and its letter."""

    name: str
    label: str
    key: str
    rights: tuple[Right, ...] = ()


PLACES = (
    Place("home", "Home", "h"),
    Place("subjects", "Subjects", "s", ("see_subjects",)),
    Place("cells", "Cells", "c", ("see_subjects",)),
    Place("safety", "Safety", "a", ("see_subjects",)),
    Place("queries", "Queries", "q", ("see_subjects",)),
    Place("outcomes", "Outcomes", "o", ("see_report",)),
    Place("report", "Report", "r", ("see_report",)),
    Place("protocol", "Protocol", "p"),
    Place("registry", "Registry", "y", ("see_registry", "edit_registry")),
)


def page(place: str, *rights: Right) -> Callable[[View], Callable[..., HttpResponse]]:
    """A page of a study: signed in, with a role in it, and with one of ``rights`` where any are named.

    Somebody without a role sees the same as somebody who asks for a study that does not exist.
    """

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, study: str, **rest: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                if request.method == "POST":
                    return ask_again(request)
                return redirect_to_login(request.get_full_path())
            viewer = find_viewer(request, study)
            if viewer is None:
                raise Http404
            request.place = place  # type: ignore[attr-defined]
            request.viewer = viewer  # type: ignore[attr-defined]
            if rights and not any(viewer.may(right) for right in rights):
                return refuse(request, viewer)
            return view(request, viewer, **rest)

        return guarded

    return wrap


def refuse(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page that says that this role may not open it."""
    return show(request, viewer, "web/refused.html", {}, status=403)


def show(
    request: HttpRequest, viewer: Viewer, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render a page inside the frame."""
    return render(request, template, {**frame_context(request, viewer), **context}, status=status)


def frame_context(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """What the frame itself needs: places, roles, the band of simulated data, the line under a print."""
    places = [
        {
            "label": place.label,
            "key": place.key,
            "url": reverse(place.name, args=[viewer.study.id]),
            "here": place.name == getattr(request, "place", ""),
        }
        for place in PLACES
        if not place.rights or any(viewer.may(right) for right in place.rights)
    ]
    head = read_head()
    site = viewer.study.site(viewer.site) if viewer.site else None
    return {
        "viewer": viewer,
        "study": viewer.study,
        "places": places,
        "simulated": viewer.state.simulated,
        "now": timezone.now(),
        "head_seq": head.seq,
        "head_hash": head.hash,
        "software": f"Trialwright {__version__}",
        "site": site,
        "zone": site.time_zone if site else "",
    }
