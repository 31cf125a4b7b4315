"""What the arms are given, part by part, whichever way the study holds it: products or read administrations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..model import Study
from ..model.products import Amount, Arm
from ..positions import Path


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that is given: its name, how, how much and when, and the words it was read from."""

    key: str
    name: str
    intervention: str
    words: str
    route: str
    dose: Amount | None
    cycles: tuple[tuple[int, ...], ...]
    path: Path
    over_study: bool = True
    """Whether the days count over the whole study; days within a cycle come again in every cycle."""

    @property
    def days(self) -> tuple[int, ...]:
        """All days, in order."""
        return tuple(sorted(day for cycle in self.cycles for day in cycle))

    @property
    def recipe(self) -> tuple[object, ...]:
        """What makes two components the same treatment."""
        dose = (self.dose.minimum, self.dose.maximum, self.dose.unit) if self.dose else None
        return (" ".join(self.name.casefold().split()), self.route, dose, self.cycles)


def components(study: Study) -> tuple[Component, ...]:
    """Every component of the study: its products, or else what was read from the interventions' words."""
    if study.products:
        return tuple(_products(study))
    return tuple(
        Component(
            a.id,
            a.name,
            a.intervention,
            a.words,
            a.route or "",
            a.dose,
            a.days,
            ("administrations", n),
            a.days_within_cycle is False,
        )
        for n, a in enumerate(study.administrations)
    )


def components_of(study: Study, arm: Arm) -> tuple[Component, ...]:
    """The components of one arm."""
    if study.products:
        return tuple(part for part in components(study) if part.key in arm.products)
    return tuple(part for part in components(study) if part.intervention in arm.interventions)


def _products(study: Study) -> Iterator[Component]:
    for index, product in enumerate(study.products):
        path: Path = ("products", index)
        words = " ".join((product.dose.words, product.volume.words if product.volume else "", product.words))
        yield Component(
            product.id, product.name, "", words, product.route, product.dose, product.cycles, path
        )


def is_range(amount: Amount | None) -> bool:
    """Whether an amount leaves a choice."""
    return amount is not None and amount.minimum < amount.maximum and amount.maximum > Decimal(0)
