"""Ids are unique and everything that is referred to exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..findings import Finding
from ..model import Study
from ..model.base import Element
from ..positions import Path
from .base import error, nearest


def check_references(study: Study) -> Iterator[Finding]:
    """TW-REF-001 an id used twice; TW-REF-002 a reference to something that is not defined."""
    yield from _unique(study)
    arms = [arm.id for arm in study.arms]
    products = [product.id for product in study.products]
    forms = [form.id for form in study.forms]
    for a, arm in enumerate(study.arms):
        interventions = [intervention.id for intervention in study.interventions]
        yield from _known(("arms", a, "interventions"), arm.interventions, interventions, "intervention")
        yield from _known(("arms", a, "products"), arm.products, products, "product")
    for v, visit in enumerate(study.visits):
        yield from _known(("visits", v, "forms"), visit.forms, forms, "form")
        yield from _one(("visits", v, "epoch"), visit.epoch, [epoch.id for epoch in study.epochs], "epoch")
    for o, outcome in enumerate(study.outcomes):
        yield from _one(("outcomes", o, "form"), outcome.form, forms, "form")
    for p, product in enumerate(study.products):
        visit = product.collection.visit if product.collection else None
        yield from _one(("products", p, "collection"), visit, [visit.id for visit in study.visits], "visit")
    yield from _one(("analysis", "reference_arm"), study.analysis.reference_arm, arms, "arm")
    for s, scenario in enumerate(study.scenarios):
        for key in ("experimental_arm", "control_arm"):
            yield from _one(("scenarios", s, key), getattr(scenario, key), arms, "arm")
    yield from _variables(study)
    yield from _baseline(study)


def _unique(study: Study) -> Iterator[Finding]:
    for key in (
        "arms",
        "interventions",
        "products",
        "visits",
        "forms",
        "outcomes",
        "sites",
        "roles",
        "epochs",
    ):
        elements: Sequence[Element] = getattr(study, key)
        yield from _twice((key,), [getattr(element, "id", "") for element in elements])
    for f, form in enumerate(study.forms):
        yield from _twice(("forms", f, "items"), [item.id for item in form.items])


def _twice(path: Path, ids: Sequence[str]) -> Iterator[Finding]:
    for found, times in Counter(ids).items():
        if times > 1:
            place = (*path, len(ids) - 1 - ids[::-1].index(found))
            yield error(
                "TW-REF-001", place, f"The id `{found}` is used {times} times.", "Give each its own id."
            )


def _known(path: Path, named: Sequence[str], known: Sequence[str], what: str) -> Iterator[Finding]:
    for index, name in enumerate(named):
        yield from _one((*path, index), name, known, what)


def _one(path: Path, name: str | None, known: Iterable[str], what: str) -> Iterator[Finding]:
    choices = list(known)
    if name is not None and name not in choices:
        yield error("TW-REF-002", path, f"There is no {what} `{name}`.", nearest(name, choices))


def _variables(study: Study) -> Iterator[Finding]:
    for index, variable in enumerate(study.eligibility.variables):
        path = ("eligibility", "variables", index)
        yield from _one((*path, "form"), variable.form, [form.id for form in study.forms], "form")
        form = study.form(variable.form) if variable.form else None
        if form is not None:
            yield from _one((*path, "item"), variable.item, [item.id for item in form.items], "item")


def _baseline(study: Study) -> Iterator[Finding]:
    planned = [
        *((("analysis", "baseline", index), row) for index, row in enumerate(study.analysis.baseline)),
        *((("analysis", "subgroups", index), row) for index, row in enumerate(study.analysis.subgroups)),
    ]
    for path, row in planned:
        yield from _one((*path, "form"), row.form, [form.id for form in study.forms], "form")
        form = study.form(row.form) if row.form else None
        if form is not None:
            yield from _one((*path, "item"), row.item, [item.id for item in form.items], "item")
        if row.variable:
            known = [variable.id for variable in study.eligibility.variables]
            yield from _one((*path, "variable"), row.variable, known, "variable")
