"""Subgroups of the analysis plan can be formed: each has a variable, and cut points where that is a number."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from ..model import Study
from ..model.forms import Item
from ..model.response_plan import Subgroup
from ..positions import Path
from .base import error

LEVELS = ("code", "boolean")
NUMBERS = ("number", "integer")


def check_subgroups(study: Study) -> Iterator[Finding]:
    """TW-RPT-011 a subgroup of nothing; 012 no levels to divide by; 013 cut points out of order; 014 several units."""
    for index, group in enumerate(study.analysis.subgroups):
        yield from _check(study, group, ("analysis", "subgroups", index))


def _check(study: Study, group: Subgroup, path: Path) -> Iterator[Finding]:
    kind = kind_of_subgroup(study, group)
    if not kind:
        remedy = "Name `form` and `item`, or a `variable` of the criteria that stands on a form."
        yield error("TW-RPT-011", path, "The subgroup names nothing that is captured.", remedy)
    elif kind in NUMBERS and not group.cut_points:
        message = "The subgroup divides by a number and has no cut points."
        yield error("TW-RPT-012", path, message, "Give `cut_points`, or divide by an item with codes.")
    elif kind not in (*NUMBERS, *LEVELS):
        message = "The subgroup divides by an item without levels."
        yield error("TW-RPT-012", path, message, "Divide by an item with codes, a yes or no, or a number.")
    elif kind in LEVELS and group.cut_points:
        message = "The subgroup has cut points, and its item is no number."
        yield error("TW-RPT-012", (*path, "cut_points"), message, "Remove `cut_points`.")
    item = item_of_subgroup(study, group)
    if item is not None and len(item.units) > 1 and group.cut_points:
        message = "The item can be answered in several units; the cut points hold for one."
        yield error("TW-RPT-014", path, message, "Divide by an item with one unit or none.")
    if any(high <= low for low, high in zip(group.cut_points, group.cut_points[1:], strict=False)):
        message = "The cut points do not ascend."
        yield error("TW-RPT-013", (*path, "cut_points"), message, "Write each once, the smallest first.")


def kind_of_subgroup(study: Study, group: Subgroup) -> str:
    """The kind of answer that the subgroup divides by; '' where there is none."""
    if group.variable == "age":
        return "integer"
    item = item_of_subgroup(study, group)
    return item.kind if item is not None else ""


def item_of_subgroup(study: Study, group: Subgroup) -> Item | None:
    """The item that the subgroup divides by, named itself or through a variable of the criteria."""
    form, item = place_of_subgroup(study, group)
    found = study.form(form) if form else None
    return found.item(item) if found is not None and item else None


def place_of_subgroup(study: Study, group: Subgroup) -> tuple[str, str]:
    """Form and item of a subgroup; empty where it names none."""
    if group.form and group.item:
        return group.form, group.item
    variable = next((v for v in study.eligibility.variables if v.id == group.variable), None)
    return (variable.form or "", variable.item or "") if variable is not None else ("", "")
