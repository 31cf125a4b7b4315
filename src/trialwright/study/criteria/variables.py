"""What rules may speak of: variables, their synonyms, units and plausible ranges.

The built-in catalogue holds the laboratory analytes and measures of ``study/data``; a study adds its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any, cast

from ruamel.yaml import YAML

from ..units import Bridge, convert_exact, normalise_unit, parse_unit


class Kind(StrEnum):
    """What a variable's value is."""

    NUMBER = "number"
    INTEGER = "integer"
    CODE = "code"
    BOOLEAN = "boolean"
    ATTESTATION = "attestation"


@dataclass(frozen=True, slots=True)
class Variable:
    """A quantity that rules speak of.

    ``unit`` is the canonical UCUM code; "" where the number has no unit, None where any unit will do.
    ``plausible`` gives, per unit, the widest range a real result can have. ``relative`` says whether results
    come with a laboratory's normal range; None where that is not known.
    """

    name: str
    kind: Kind = Kind.NUMBER
    label: str = ""
    unit: str | None = None
    bridge: Bridge | None = None
    loinc: str = ""
    relative: bool | None = None
    plausible: tuple[tuple[str, Fraction, Fraction], ...] = ()
    codes: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether a limit can be set to it."""
        return self.kind in {Kind.NUMBER, Kind.INTEGER}

    def convert(self, number: Fraction, from_unit: str, into_unit: str) -> Fraction | None:
        """``number`` in another unit of this variable, exactly; None where that cannot be."""
        return convert_exact(number, from_unit, into_unit, self.bridge)

    def accepts_unit(self, unit: str) -> bool:
        """Whether results and limits may stand in ``unit`` (UCUM code or usual word)."""
        code = normalise_unit(unit)
        if self.unit is None:
            return code is not None
        if not self.unit:
            known = parse_unit(code) if code else None
            return known is not None and known.dimension == () and known.size == 1
        return code is not None and self.convert(Fraction(1), code, self.unit) is not None

    def usual_units(self) -> tuple[str, ...]:
        """Units to offer a person: the canonical one, both ends of the bridge, those with a range."""
        bridged = (self.bridge.from_unit, self.bridge.into_unit) if self.bridge else ()
        return tuple(
            dict.fromkeys(unit for unit in (self.unit, *bridged, *(p[0] for p in self.plausible)) if unit)
        )

    def is_plausible(self, number: Fraction, unit: str) -> bool:
        """Whether ``number`` of ``unit`` can be a real result; True where no range is known for the unit."""
        code = normalise_unit(unit) or ""
        for known, low, high in self.plausible:
            if known == code:
                return low <= number <= high
        return True


@dataclass(frozen=True)
class Catalogue:
    """Variables by name, found without regard to case, by name or synonym.

    An ``open`` catalogue lets rules speak of names that it does not hold; a closed one does not.
    """

    variables: Mapping[str, Variable]
    open: bool = False
    _names: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names: dict[str, str] = {}
        for variable in self.variables.values():
            for synonym in variable.synonyms:
                names.setdefault(synonym.casefold(), variable.name)
        names.update({name.casefold(): name for name in self.variables})
        object.__setattr__(self, "_names", names)

    def find(self, name: str) -> Variable | None:
        """The variable called ``name``, in any case or by a synonym."""
        found = self._names.get(name.casefold())
        return None if found is None else self.variables[found]

    def names(self) -> tuple[str, ...]:
        """Every name and synonym, lower case."""
        return tuple(self._names)

    def extended(self, own: Iterable[Variable], open: bool | None = None) -> Catalogue:
        """This catalogue with a study's own variables, which win over built-in ones of one name.

        An own variable takes over bridge, range, LOINC code and synonyms of the built-in one that its name,
        or else one of its synonyms, stands for.
        """
        merged = dict(self.variables)
        for variable in own:
            named = (self.find(name) for name in (variable.name, *variable.synonyms))
            known = next((found for found in named if found is not None), None)
            merged = {
                name: old for name, old in merged.items() if name.casefold() != variable.name.casefold()
            }
            if known is not None and known.name in merged:
                merged.pop(known.name)
            merged[variable.name] = inherit(variable, known)
        return Catalogue(merged, self.open if open is None else open)


def inherit(variable: Variable, known: Variable | None) -> Variable:
    """``variable`` with what it leaves unsaid taken from ``known``, an analyte of the built-in catalogue."""
    if known is None:
        return variable
    return replace(
        variable,
        label=variable.label or known.label,
        unit=known.unit if variable.unit is None else variable.unit,
        bridge=variable.bridge or known.bridge,
        loinc=variable.loinc or known.loinc,
        relative=known.relative if variable.relative is None else variable.relative,
        plausible=variable.plausible or known.plausible,
        codes=variable.codes or known.codes,
        synonyms=tuple(dict.fromkeys((*variable.synonyms, known.name, *known.synonyms))),
    )


@cache
def builtin_catalogue() -> Catalogue:
    """The analytes and measures that come with the software; open to a study's own names."""
    found: dict[str, Variable] = {}
    for name in ("analytes", "measures"):
        text = files("trialwright.study").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
        entries = cast("dict[str, dict[str, Any]]", cast(Any, YAML(typ="safe")).load(text))
        found.update({key: _from_entry(key, entry) for key, entry in entries.items()})
    return Catalogue(found, open=True)


def _from_entry(name: str, entry: dict[str, Any]) -> Variable:
    ranges = entry.get("plausible", {}).items()
    return Variable(
        name=name,
        kind=Kind(entry.get("kind", "number")),
        label=entry["label"],
        unit=entry.get("unit"),
        bridge=_bridge(entry["bridge"]) if "bridge" in entry else None,
        loinc=str(entry.get("loinc", "")),
        relative=bool(entry.get("relative", False)),
        plausible=tuple((unit, Fraction(str(low)), Fraction(str(high))) for unit, (low, high) in ranges),
        codes=tuple(entry.get("codes", ())),
        synonyms=tuple(entry.get("synonyms", ())),
    )


def _bridge(entry: dict[str, str]) -> Bridge:
    return Bridge(entry["from"], entry["into"], Fraction(entry["factor"]), Fraction(entry.get("offset", "0")))


def convert(
    number: Decimal, from_unit: str, into_unit: str, variable: Variable | None = None
) -> Decimal | None:
    """``number`` in another unit, as a decimal of at most 28 digits; None where the units do not convert.

    The exact quotient is rounded only here; comparisons use :meth:`Variable.convert`, which is exact.
    """
    exact = convert_exact(Fraction(number), from_unit, into_unit, variable.bridge if variable else None)
    return None if exact is None else to_decimal(exact)


def to_decimal(number: Fraction) -> Decimal:
    """A fraction as a decimal of at most 28 significant digits, half to even."""
    return Decimal(number.numerator) / Decimal(number.denominator)
