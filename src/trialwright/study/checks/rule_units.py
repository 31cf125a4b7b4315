"""The units in which a rule limits its variables."""

from __future__ import annotations

from collections.abc import Iterator

from ..criteria import Compare, LimitKind, Range, Rule, leaves


def units_of(rule: Rule) -> Iterator[tuple[str, str]]:
    """Variable and unit of every absolute limit that has one."""
    for leaf in leaves(rule):
        limits = (
            (leaf.limit,)
            if isinstance(leaf, Compare)
            else (leaf.low, leaf.high)
            if isinstance(leaf, Range)
            else ()
        )
        for limit in limits:
            if limit.kind is LimitKind.ABSOLUTE and limit.unit:
                yield leaf.variable, limit.unit
