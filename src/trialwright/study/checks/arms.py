"""Whether the arms differ in what their names say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ..findings import Finding
from ..model.products import Arm
from ..sought import Sought
from .components import Component, components_of
from .protocol import Protocol
from .rulebook import find

_PLACEBO = Sought(r"\bplacebo|\bsham\b|\bdummy\b|\bvehicle\b|\bsaline\b|\binactive\b|\bsugar pill", re.I)
_USUAL = Sought(r"\bstandard|\busual|\bbest supportive|\bapproved|\bconventional|\broutine|\bguideline", re.I)


def check_arms(protocol: Protocol) -> Iterator[Finding]:
    """TW-ARM-001 a shared component unnamed, -002 arms alike, -003 open placebo, -004 no proven comparator,
    -005 a comparator that holds no placebo."""
    yield from _shared(protocol)
    yield from _alike(protocol)
    yield from _placebo(protocol)
    yield from _comparator(protocol)


def _shared(protocol: Protocol) -> Iterator[Finding]:
    study = protocol.study
    for (n, one), (_, other) in combinations(enumerate(study.arms), 2):
        mine, theirs = components_of(study, one), components_of(study, other)
        recipes = {part.recipe for part in theirs}
        shared = [part for part in mine if part.recipe in recipes]
        if not shared or len(shared) == len(mine) == len(theirs):
            continue
        for part in shared:
            silent = [arm for arm in (one, other) if not _names(arm, part)]
            if len(silent) == 1:
                message = (
                    f"`{one.label}` and `{other.label}` are both given {part.name} in the same way, "
                    f"but only one of the names says so."
                )
                yield find("TW-ARM-001", ("arms", n), message, part.words)


def _names(arm: Arm, part: Component) -> bool:
    """Whether the arm's label names the component, by its first word or its abbreviation."""
    first = part.name.split()[0] if part.name.split() else part.name
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(first)}(?![A-Za-z0-9])", arm.label, re.I) is not None


def _alike(protocol: Protocol) -> Iterator[Finding]:
    for (_, one), (n, other) in combinations(enumerate(protocol.study.arms), 2):
        if not one.interventions or set(one.interventions) != set(other.interventions):
            continue
        told = _plain(one.description)
        if told and told == _plain(other.description) and one.type == other.type:
            message = (
                f"`{one.label}` and `{other.label}` have the same interventions and the same description."
            )
            yield find("TW-ARM-002", ("arms", n), message, one.description or "")


def _plain(words: str | None) -> str:
    return " ".join((words or "").casefold().split())


def _placebo(protocol: Protocol) -> Iterator[Finding]:
    study = protocol.study
    for n, arm in enumerate(study.arms):
        if arm.type not in ("PLACEBO_COMPARATOR", "SHAM_COMPARATOR"):
            continue
        if study.design.masking == "NONE":
            message = f"`{arm.label}` is a placebo or sham arm, and nobody is masked."
            yield find("TW-ARM-003", ("arms", n), message, arm.label)
        given = [i for i in study.interventions if i.id in arm.interventions]
        words = "\n".join(
            [arm.label, arm.description or "", *(f"{i.name} {i.description or ''}" for i in given)]
        )
        if not _PLACEBO.search(words):
            message = f"`{arm.label}` is a placebo or sham arm, and no words say what the placebo is."
            yield find("TW-ARM-005", ("arms", n), message, arm.label)


def _comparator(protocol: Protocol) -> Iterator[Finding]:
    study = protocol.study
    if not protocol.gives_cells or _USUAL.search(protocol.prose_words):
        return
    parts = {arm.id: components_of(study, arm) for arm in study.arms}
    for n, arm in enumerate(study.arms):
        own = parts[arm.id] if arm.type == "ACTIVE_COMPARATOR" else ()
        if any(_twins(part, other) for part in own for other in _rest(parts, arm)):
            message = f"The comparator `{arm.label}` is itself a cell product of the sponsor; no arm has standard care."
            yield find("TW-ARM-004", ("arms", n), message, arm.label)


def _twins(one: Component, other: Component) -> bool:
    """Two products that are made and given alike under different names."""
    return one.recipe != other.recipe and one.recipe[1:] == other.recipe[1:] and one.dose is not None


def _rest(parts: dict[str, tuple[Component, ...]], arm: Arm) -> Iterator[Component]:
    for other, given in parts.items():
        if other != arm.id:
            yield from given
