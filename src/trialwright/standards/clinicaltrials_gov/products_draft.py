"""Products and a schedule for the draft, where the record's words state enough for them."""

from __future__ import annotations

from typing import Any

from .slugs import make_slug

Row = dict[str, Any]
_NO_WINDOW = "the record states the day but no window around it"
_NO_EPOCHS = "the record names no epochs; the days of treatment were put into one"


def draft_products(administrations: list[Row], arms: list[Row]) -> list[Row]:
    """A product for every administration with dose, route and days of the study; arms are given their ids.

    The same component in the words of several interventions is one product. Days within a cycle become days of
    the study only where the number and the length of the cycles are stated.
    """
    products: list[Row] = []
    keys: dict[str, str] = {}
    of_intervention: dict[str, list[str]] = {}
    used: dict[str, int] = {}
    for row in administrations:
        cycles = study_days(row)
        if cycles is None or "dose" not in row or "route" not in row:
            continue
        key = repr([row.get(part) for part in _SAME])
        if key not in keys:
            keys[key] = make_slug(row["name"], used, "product")
            products.append(_product(keys[key], row, cycles))
        of_intervention.setdefault(row["intervention"], []).append(keys[key])
    for arm in arms:
        given = [one for name in arm["interventions"] for one in of_intervention.get(name, [])]
        if given:
            arm["products"] = list(dict.fromkeys(given))
    return products


_SAME = ("name", "dose", "volume", "route", "formulation", "days", "cycles")


def study_days(row: Row) -> list[list[int]] | None:
    """The days of an administration counted over the whole study, or None where the text leaves them open."""
    groups: list[list[int]] = row.get("days", [])
    if not groups or min(day for group in groups for day in group) < 1:
        return None
    if not row.get("days_within_cycle"):
        return groups
    count, length = row.get("cycles"), row.get("cycle_days")
    days = [day for group in groups for day in group]
    if not count or not length or max(days) > length:
        return None
    return [[day + length * number for day in days] for number in range(count)]


def _product(identifier: str, row: Row, cycles: list[list[int]]) -> Row:
    product: Row = {"id": identifier, "name": row["name"], "kind": row["name"], "dose": row["dose"]}
    for key in ("volume", "route", "formulation"):
        if key in row:
            product[key] = row[key]
    return {**product, "cycles": cycles, "words": row["words"]}


def draft_schedule(products: list[Row]) -> tuple[list[Row], list[Row]]:
    """One epoch and a visit for every day on which a product is given. Windows are assumed to be none."""
    days = sorted({day for product in products for cycle in product["cycles"] for day in cycle})
    if not days:
        return [], []
    epochs = [{"id": "treatment", "label": "Treatment", "assumed": True, "reason": _NO_EPOCHS}]
    visits = [
        {
            "id": f"day_{day}",
            "label": f"Day {day}",
            "epoch": "treatment",
            "track": "treatment",
            "day": day,
            "window": {"before_days": 0, "after_days": 0, "assumed": True, "reason": _NO_WINDOW},
        }
        for day in days
    ]
    return epochs, visits
