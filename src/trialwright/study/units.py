"""Units of measurement as UCUM codes, with exact sizes.

Conversion here is exact rational arithmetic, because a criterion compares the unrounded value: 221.05 umol/L
of creatinine is 2.5 mg/dL and not a digit more. The units that clinical criteria use stand in
``study/data/units.yaml``; a small reader of UCUM expressions (products, quotients, exponents, metric
prefixes, annotations) covers what can be built from them. A registry of pint with ucumvert takes more than
half a second to build and works in floating numbers or a slow decimal, so it is used for one thing only,
lazily: to tell a unit that UCUM knows and this table does not from a unit that does not exist.

Source: the Unified Code for Units of Measure, version 2.1 (https://ucum.org). Deliberate differences: a mole
is a base unit (UCUM counts it as a number), an equivalent is not a mole, and ``{1.73_m2}`` is significant,
since an indexed clearance and a bare one are different quantities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from ruamel.yaml import YAML

_LONGEST_CODE = 60
_SYMBOL = re.compile(r"\(|\)|[./]|(?:\[[^\]]*\]|\{[^}]*\}|10[*^]-?\d+|[^./(){}\[\]])+")
_SIMPLE = re.compile(r"^(?P<body>.*?)(?P<exponent>-?\d+)?$")
_LOOKALIKES = str.maketrans({"µ": "u", "μ": "u", "²": "2", "³": "3", "⁹": "9", "·": ".", "×": "x"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its UCUM ``code``, its exact size in base units, its dimension as (base unit, exponent)."""

    code: str
    size: Fraction
    dimension: tuple[tuple[str, int], ...]

    def is_convertible_to(self, other: Unit) -> bool:
        """Whether both measure the same kind of quantity, as far as dimensions tell."""
        return self.dimension == other.dimension


@cache
def _table() -> dict[str, Any]:
    text = files("trialwright.study").joinpath("data/units.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", cast(Any, YAML(typ="safe")).load(text))


def _combine(left: Unit, right: Unit, power: int) -> Unit:
    exponents = dict(left.dimension)
    for base, exponent in right.dimension:
        exponents[base] = exponents.get(base, 0) + exponent * power
    kept = tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))
    return Unit(left.code, left.size * right.size**power, kept)


@cache
def _atom(name: str) -> Unit | None:
    """An atom of the table, without prefix."""
    entry = _table()["atoms"].get(name)
    if entry is None:
        return None
    if "base" in entry:
        return Unit(name, Fraction(1), ((entry["base"], 1),))
    size = Fraction(str(entry.get("size", "1")))
    defined = parse_unit(entry["of"]) if "of" in entry else Unit("1", Fraction(1), ())
    return None if defined is None else Unit(name, size * defined.size, defined.dimension)


def _prefixed(name: str) -> Unit | None:
    plain = _atom(name)
    if plain is not None:
        return plain
    for prefix, size in _table()["prefixes"].items():
        rest = name.removeprefix(prefix)
        if rest != name and _table()["atoms"].get(rest, {}).get("prefixes"):
            atom = _atom(rest)
            return atom and Unit(name, Fraction(size) * atom.size, atom.dimension)
    return None


def _annotation(text: str) -> Unit:
    base = _table()["significant_annotations"].get(text)
    return Unit(text, Fraction(1), ((base, 1),) if base else ())


def _component(text: str) -> Unit | None:
    """One component: an atom with prefix and exponent, a power of ten, a number or an annotation."""
    one = Unit(text, Fraction(1), ())
    body, brace, note = text.partition("{")
    if brace:
        marked = _annotation(note.rstrip("}"))
        inner = _component(body) if body else one
        return inner and _combine(inner, marked, 1)
    if re.fullmatch(r"10[*^]-?\d{1,3}", text):
        return Unit(text, Fraction(10) ** int(text[3:]), ())
    if re.fullmatch(r"[1-9]\d{0,9}", text):
        return Unit(text, Fraction(int(text)), ())
    match = _SIMPLE.match(text)
    atom = _prefixed(match["body"]) if match else None
    if match is None or atom is None or len(match["exponent"] or "") > 3:
        return None
    return _combine(one, atom, int(match["exponent"] or 1))


def _read_expression(symbols: list[str]) -> Unit | None:
    """Reads symbols from the left until the end or a closing parenthesis, consuming them."""
    total, power, expects = Unit("", Fraction(1), ()), 1, True
    if symbols and symbols[0] == "/":
        symbols.pop(0)
        power = -1
    while symbols:
        symbol = symbols.pop(0)
        if symbol == ")":
            break
        if symbol in "./":
            if expects:
                return None
            power, expects = (1 if symbol == "." else -1), True
            continue
        part = _read_expression(symbols) if symbol == "(" else _component(symbol)
        if part is None or not expects:
            return None
        total, expects = _combine(total, part, power), False
    return None if expects else total


@lru_cache(maxsize=4096)
def parse_unit(code: str) -> Unit | None:
    """The unit of a UCUM ``code``, or None where the code is not UCUM or not in the table."""
    if not 0 < len(code) <= _LONGEST_CODE or code.count("(") != code.count(")"):
        return None
    symbols = _SYMBOL.findall(code)
    if "".join(symbols) != code:
        return None
    found = _read_expression(symbols)
    return None if found is None or symbols else Unit(code, found.size, found.dimension)


@lru_cache(maxsize=4096)
def normalise_unit(text: str) -> str | None:
    """The UCUM code that ``text`` stands for: the code itself, or a usual word for it (``years``).

    None where the text is not understood; a free-text unit that has more than one meaning (``IU/L``) is never
    guessed. ``10^9/L`` and ``x10^9/L`` are read as ``10*9/L``, and a litre is written ``L``.
    """
    plain = " ".join(text.translate(_LOOKALIKES).split())
    plain = re.sub(r"^(?:x\s*)?10[\^*](?=-?\d)", "10*", plain)
    code = _table()["synonyms"].get(plain.casefold()) if parse_unit(plain) is None else plain
    if code is None or parse_unit(code) is None:
        return None
    return re.sub(r"(?<![A-Za-z\[{_])([munpfdch]?)l(?![A-Za-z\]}'_])", r"\1L", code)


def advise_unit(text: str) -> str:
    """What to write instead of the unknown unit ``text``, in code marks; empty where nothing is near."""
    folded = " ".join(text.translate(_LOOKALIKES).split()).casefold()
    rejected = _table()["rejected"].get(folded)
    if rejected:
        return str(rejected)
    known = [
        *_table()["typeset"],
        "mg/dL",
        "g/dL",
        "g/L",
        "mmol/L",
        "mL/min",
        "U/L",
        "ng/mL",
        "pg/mL",
        "mg/L",
        "kg",
    ]
    near = [code for code in known if code.casefold() == folded]
    return f"`{near[0]}`" if near else ""


def is_ucum(code: str) -> bool:
    """Whether ``code`` is valid UCUM at all, known to this table or not (ucumvert loads at first use)."""
    if parse_unit(code) is not None:
        return True
    if len(code) > _LONGEST_CODE:
        return False
    from lark.exceptions import LarkError
    from ucumvert.parser import InvalidUcumError, get_ucum_parser  # pyright: ignore[reportMissingTypeStubs]

    try:
        get_ucum_parser().parse(code)
    except (LarkError, InvalidUcumError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Bridge:
    """Links two units of one analyte that dimensions do not: ``into = from * factor + offset``, exact."""

    from_unit: str
    into_unit: str
    factor: Fraction
    offset: Fraction = Fraction(0)

    def _side(self, unit: Unit) -> str | None:
        """Which end ``unit`` belongs to; ends of one dimension (% and mmol/mol) are told apart by code."""
        ends = {"from": parse_unit(self.from_unit), "into": parse_unit(self.into_unit)}
        near = [name for name, end in ends.items() if end and end.is_convertible_to(unit)]
        exact = [name for name in near if unit.code == getattr(self, f"{name}_unit")]
        return (exact or [None])[0] if len(near) > 1 else (near or [None])[0]

    def cross(self, number: Fraction, source: Unit, target: Unit) -> Fraction | None:
        """``number`` of ``source`` in ``target``; None where either unit is at neither end."""
        start, end = self._side(source), self._side(target)
        if start is None or end is None:
            return None
        if start == end:
            return number * source.size / target.size
        here, there = (
            (self.from_unit, self.into_unit) if start == "from" else (self.into_unit, self.from_unit)
        )
        first, last = parse_unit(here), parse_unit(there)
        if first is None or last is None:
            return None
        at_end = number * source.size / first.size
        crossed = (
            at_end * self.factor + self.offset if start == "from" else (at_end - self.offset) / self.factor
        )
        return crossed * last.size / target.size


def convert_exact(
    number: Fraction, from_unit: str, into_unit: str, bridge: Bridge | None = None
) -> Fraction | None:
    """``number`` in another unit, exactly; None where the units measure different things.

    Units are UCUM codes or their usual words. ``bridge`` carries the analyte's molar (or affine) factor;
    without one, mass and mole are not convertible.
    """
    codes = normalise_unit(from_unit), normalise_unit(into_unit)
    if codes[0] is None or codes[1] is None:
        return None
    source, target = parse_unit(codes[0]), parse_unit(codes[1])
    if source is None or target is None:
        return None
    if codes[0] == codes[1]:
        return number
    if bridge is not None:
        return bridge.cross(number, source, target)
    return number * source.size / target.size if source.is_convertible_to(target) else None


def show_unit(code: str, count_is_one: bool = False) -> str:
    """The unit as the criterion language writes it: a word for time (``years``), the UCUM code otherwise."""
    shown = _table()["shown_as"].get(code)
    return code if shown is None else str(shown[0 if count_is_one else 1])


def typeset_unit(code: str, count_is_one: bool = False) -> str:
    """The unit for a reader: ``µmol/L``, ``× 10⁹/L``, ``years``."""
    return str(_table()["typeset"].get(code, show_unit(code, count_is_one)))
