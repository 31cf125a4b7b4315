"""The safety part speaks of products, agents and rules that are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ..findings import Finding
from ..model import Study
from ..positions import Path
from .base import error, nearest, warning

RELATED = "related."


def check_safety(study: Study) -> Iterator[Finding]:
    """TW-SAF-001 unknown products, 002 agents that no form asks for, 003 a stopping rule without a definition,
    004 its looks, 005 a criterion or a route twice, 006 reportable by a reference that nobody is told by."""
    yield from _limiting(study)
    yield from _stopping(study)
    agents = [
        item.meaning.removeprefix(RELATED)
        for form in study.forms
        if form.records == "adverse_event"
        for item in form.items
        if item.meaning.startswith(RELATED)
    ]
    for index, line in enumerate(study.safety.expected):
        yield from _known(("safety", "expected", index, "agent"), [line.agent], agents)
    if study.safety.dose_limiting is not None:
        yield from _known(("safety", "dose_limiting", "agents"), study.safety.dose_limiting.agents, agents)
    yield from _twice(("safety", "routes"), [route.id for route in study.safety.routes], "route")
    analyses = [f"{plan.endpoint}/{plan.id}" for plan in study.analysis.sensitivity]
    yield from _twice(("analysis", "sensitivity"), analyses, "sensitivity analysis")
    if study.safety.expected and not study.safety.routes:
        message = "The reference safety information is stated, and nobody is named who is told of what is not in it."
        yield warning("TW-SAF-006", ("safety",), message, "Name the recipients under `safety.routes`.")


def _limiting(study: Study) -> Iterator[Finding]:
    stated = study.safety.dose_limiting
    if stated is None:
        return
    path: Path = ("safety", "dose_limiting")
    products = [product.id for product in study.products]
    for name in stated.products:
        if name not in products:
            message = f"There is no product `{name}`, so that its doses open no window."
            yield error("TW-SAF-001", (*path, "products"), message, nearest(name, products))
    yield from _twice((*path, "criteria"), [criterion.id for criterion in stated.criteria], "criterion")


def _stopping(study: Study) -> Iterator[Finding]:
    rule = study.safety.stopping
    if rule is None:
        return
    path: Path = ("safety", "stopping")
    if study.safety.dose_limiting is None:
        message = "The rule counts dose-limiting toxicities, and none is defined."
        yield error("TW-SAF-003", path, message, "State `safety.dose_limiting`.")
    if rule.first_look > rule.max_subjects:
        message = "The first look comes after the last subject, so that the rule is never looked at."
        yield error("TW-SAF-004", (*path, "first_look"), message, "Look earlier, or count more subjects.")


def _known(path: Path, named: Iterable[str], agents: list[str]) -> Iterator[Finding]:
    for name in named:
        if name not in agents:
            message = f"No item of an adverse event form asks whether an event is related to `{name}`."
            yield error("TW-SAF-002", path, message, nearest(name, agents))


def _twice(path: Path, ids: list[str], what: str) -> Iterator[Finding]:
    for name, times in Counter(ids).items():
        if times > 1:
            message = f"The {what} `{name}` stands {times} times."
            yield error("TW-SAF-005", path, message, "Give each its own id.")
