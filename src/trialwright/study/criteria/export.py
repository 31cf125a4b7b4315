"""Verdicts as JSON-ready mappings, for the stored record of an evaluation and for programs.

Numbers are decimal strings, so that nothing is lost on the way; dates are ISO 8601.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .decide import Eligibility
from .evaluate import LeafReason, ShownLimit, Verdict
from .prose import render_reason
from .render import render_number, render_rule
from .values import Value
from .variables import Catalogue


def export_verdict(verdict: Verdict, variables: Catalogue | None = None) -> dict[str, Any]:
    """The rule as canonical text, its truth, and for every leaf the value, the limits and the reason."""
    return {
        "rule": render_rule(verdict.rule),
        "truth": verdict.truth.value,
        "leaves": [_leaf(reason, variables) for reason in verdict.reasons],
    }


def export_eligibility(eligibility: Eligibility) -> dict[str, Any]:
    """The decision, its halves, the criteria that stand in the way and what is missing, in order."""
    return {
        "decision": eligibility.decision.value,
        "inclusion": eligibility.inclusion.value,
        "exclusion": eligibility.exclusion.value,
        "not_true_inclusion": list(eligibility.not_true_inclusion),
        "not_false_exclusion": list(eligibility.not_false_exclusion),
        "missing": [
            {
                "variable": missing.variable,
                "why": [why.value for why in missing.why],
                "criteria": list(missing.criteria),
                "settles": float(missing.settles),
            }
            for missing in eligibility.missing
        ],
    }


def _leaf(reason: LeafReason, variables: Catalogue | None) -> dict[str, Any]:
    return {
        "leaf": render_rule(reason.leaf),
        "variable": reason.variable,
        "truth": reason.truth.value,
        "value": None if reason.value is None else _value(reason.value),
        "canonical": _number(reason.canonical),
        "limits": [_limit(limit) for limit in reason.limits],
        "why": None if reason.why is None else reason.why.value,
        "reason": render_reason(reason, variables),
    }


def _value(value: Value) -> dict[str, Any]:
    held: dict[str, Any] = {
        "number": _number(value.number),
        "unit": value.unit or None,
        "flag": value.flag,
        "code": value.code,
        "occurred_on": value.occurred_on.isoformat() if value.occurred_on else None,
        "uln": _number(value.uln),
        "lln": _number(value.lln),
        "baseline": _number(value.baseline),
        "censored": value.censored.value if value.censored else None,
        "source": value.source or None,
    }
    return {name: kept for name, kept in held.items() if kept is not None}


def _limit(limit: ShownLimit) -> dict[str, Any]:
    return {
        "op": limit.op.value,
        "number": render_number(limit.number),
        "unit": limit.unit,
        "canonical": _number(limit.canonical),
        "canonical_unit": limit.canonical_unit,
    }


def _number(number: Decimal | None) -> str | None:
    return None if number is None else render_number(number)
