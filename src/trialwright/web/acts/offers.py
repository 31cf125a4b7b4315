"""Acts on a page: which are offered, where they lead back to, and their questions with what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from trialwright.study.findings import Finding
from trialwright.trial.subject import SubjectState
from trialwright.web.viewer import Viewer

from .kinds import Act, Field, Situation


def answered(fields: Sequence[Field], given: Any, problems: Sequence[Finding]) -> dict[str, Any]:
    """Fields with what stands in them and what is wrong with it; problems of no field stand apart."""
    names = {field.name for field in fields} | {"password", "second_name"}
    by_field: dict[str, list[Finding]] = {}
    for problem in problems:
        head = str(problem.place.path[0]) if problem.place.path else ""
        by_field.setdefault(head if head in names else "", []).append(problem)
    rows = [
        {
            "field": field,
            "value": given.get(field.name, ""),
            "values": given.getlist(field.name) if hasattr(given, "getlist") else (),
            "problems": by_field.get(field.name, ()),
        }
        for field in fields
    ]
    return {"rows": rows, "problems": problems, "by_field": by_field}


def back_url(found: Act, at: Situation) -> str:
    """Where an act leads back to."""
    study, state = at.viewer.study.id, at.state
    subject = [study, state.subject]
    if found.back == "form" and at.about.count("/") == 2:
        visit, form, repeat = at.about.split("/")
        return reverse("form", args=[*subject, visit, form, int(repeat) if repeat.isdigit() else 1])
    if found.back == "container" and at.about in state.containers:
        return reverse("container", args=[*subject, at.about])
    if found.back == "batch" and at.about in state.batches:
        return reverse("batch", args=[*subject, at.about])
    if found.back in ("cells", "queries", "batch", "container"):
        return reverse("subject_tab", args=[*subject, "queries" if found.back == "queries" else "cells"])
    return reverse("subject", args=subject)


def offers(viewer: Viewer, state: SubjectState, acts: Sequence[Act], about: str = "") -> list[dict[str, Any]]:
    """The acts that the role may do, open ones first: address, and the reason where the state forbids it now."""
    at = Situation(viewer, state, about, timezone.now())
    rest = [about] if about else []
    offered = [
        {
            "act": one,
            "url": reverse(
                "act_about" if about else "act", args=[viewer.study.id, state.subject, one.verb, *rest]
            ),
            "closed": one.closed(at),
        }
        for one in acts
        if one.allowed(viewer, state)
    ]
    return sorted(offered, key=lambda offer: bool(offer["closed"]))
