"""A rule as canonical text: the shortest form that reads back as the same rule."""

from __future__ import annotations

import re
from decimal import Decimal

from ..units import show_unit
from .ast import (
    And,
    Attested,
    Compare,
    Flag,
    Implies,
    Known,
    Leaf,
    Limit,
    LimitKind,
    Member,
    Not,
    Op,
    Or,
    Range,
    Rule,
)

_KEYWORD = re.compile(
    r"if|then|or|and|not|in|is|known|unknown|between|attested|true|false|yes|no|uln|lln|baseline",
    re.IGNORECASE,
)
_SHOWN_DIGITS = 6
_LOOSENESS: dict[type, int] = {Implies: 3, Or: 2, And: 1}


def render_rule(rule: Rule) -> str:
    """The canonical text of ``rule``; ``parse_rule`` reads it back as the same rule."""
    match rule:
        case Not(part):
            return _render_not(part)
        case And(parts):
            return " and ".join(_inside(part, 1) for part in parts)
        case Or(parts):
            return " or ".join(_inside(part, 2) for part in parts)
        case Implies(condition, consequence):
            return f"if {_inside(condition, 3)} then {render_rule(consequence)}"
        case _:
            return _render_leaf(rule)


def render_number(number: Decimal) -> str:
    """A decimal as written, never in powers of ten."""
    return format(number, "f")


def render_rounded(number: Decimal) -> str:
    """A decimal for people: as it is up to six significant digits, else rounded to six and marked with ``≈``."""
    if len(number.normalize().as_tuple().digits) <= _SHOWN_DIGITS:
        return render_number(number)
    return f"≈ {render_number(Decimal(f'{number:.{_SHOWN_DIGITS}g}'))}"


def whole_run(items: tuple[Decimal, ...] | tuple[str, ...]) -> tuple[int, int] | None:
    """First and last where the items are two or more consecutive whole numbers, else None."""
    numbers = [item for item in items if isinstance(item, Decimal) and item == int(item)]
    if len(numbers) < 2 or len(numbers) != len(items) or numbers[-1] - numbers[0] != len(numbers) - 1:
        return None
    return int(numbers[0]), int(numbers[-1])


def _inside(rule: Rule, looseness: int) -> str:
    """A part, in parentheses where it binds no tighter than what stands around it."""
    text = render_rule(rule)
    return f"({text})" if _LOOSENESS.get(type(rule), 0) >= looseness else text


def _render_not(part: Rule) -> str:
    match part:
        case Known():
            return f"{part.variable} is unknown"
        case Member():
            return _render_member(part, denied=True)
        case Range() if _is_between(part):
            return _render_leaf(part).replace(" between ", " not between ", 1)
        case Flag() | Attested() | Not():
            return f"not {render_rule(part)}"
        case _:
            return f"not ({render_rule(part)})"


def _render_leaf(leaf: Leaf) -> str:
    match leaf:
        case Flag():
            return leaf.variable
        case Known():
            return f"{leaf.variable} is known"
        case Attested():
            return f"attested {leaf.variable}"
        case Compare():
            return f"{leaf.variable} {leaf.op} {_limit(leaf.limit)}"
        case Member():
            return _render_member(leaf)
        case Range():
            return _render_range(leaf)


def _is_between(leaf: Range) -> bool:
    return leaf.low_op is Op.LE and leaf.high_op is Op.LE


def _render_range(leaf: Range) -> str:
    shared = leaf.low.unit == leaf.high.unit and LimitKind.ABSOLUTE is leaf.low.kind is leaf.high.kind
    low = render_number(leaf.low.number) if shared else _limit(leaf.low)
    if _is_between(leaf):
        return f"{leaf.variable} between {low} and {_limit(leaf.high)}"
    return f"{low} {leaf.low_op} {leaf.variable} {leaf.high_op} {_limit(leaf.high)}"


def _render_member(leaf: Member, denied: bool = False) -> str:
    run = whole_run(leaf.items)
    if run is not None:
        return f"{leaf.variable} {'not ' if denied else ''}in {run[0]}..{run[1]}"
    items = [render_number(item) if isinstance(item, Decimal) else _code(item) for item in leaf.items]
    if len(items) == 1 and isinstance(leaf.items[0], str):
        return f"{leaf.variable} {'!=' if denied else '='} {items[0]}"
    return f"{leaf.variable} {'not ' if denied else ''}in {{{', '.join(items)}}}"


def _code(code: str) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", code) and not _KEYWORD.fullmatch(code)
    return code if plain else f'"{code}"'


def _limit(limit: Limit) -> str:
    if limit.kind is not LimitKind.ABSOLUTE:
        return limit.kind.value if limit.number == 1 else f"{render_number(limit.number)} {limit.kind}"
    unit = show_unit(limit.unit, limit.number == 1)
    return f"{render_number(limit.number)} {unit}".rstrip()
