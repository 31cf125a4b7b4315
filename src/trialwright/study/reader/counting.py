"""Numbers that look like limits and are none: counts of something else, changes, times, the ends of a scale."""

from __future__ import annotations

from .constraints import Limits
from .scan import Scan, kind_at
from .tokens import Token

_TIMES = frozenset(
    (
        "day", "days", "week", "weeks", "visit", "visits", "month", "months", "cycle", "cycles", "phase", "part",
        "item",
        "items", "question", "table", "arm", "cohort", "figure", "section", "appendix", "version", "type", "hour",
        "v", "ctcae", "exon", "chromosome", "criterion", "group", "step", "line", "question", "number", "protocol",
    )
)  # fmt: skip
_TARGETS = frozenset(
    (
        "maintain",
        "maintaining",
        "achieve",
        "achieving",
        "keep",
        "keeping",
        "obtain",
        "sustain",
        "reach",
        "raise",
        "target",
    )
)
_CLOCK = ("am", "pm", "o'clock", "a", "p")
_ABLE = frozenset(("able", "unable", "ability", "inability", "capable", "fail", "fails", "failure", "failed"))


def is_no_limit(scan: Scan, limits: Limits) -> bool:
    """Whether the number limits nothing that has a name."""
    before = scan.tokens[limits.first - 1] if limits.first else None
    if before is not None and before.value == "+" and kind_at(scan, limits.first - 2) == "N":
        return True
    summed = limits.operator == "==" and limits.first > 1 and scan.tokens[limits.first - 2].value == "+"
    if summed and scan.found and scan.found[-1].last == limits.first:
        return True
    if _is_clock(scan, limits) or (before is not None and before.value in {"intermediate", "int"}):
        return True
    if (
        limits.first > 1
        and before is not None
        and before.value == "-"
        and _is_risk(scan.tokens[limits.first - 2])
    ):
        return True
    if limits.bare and before is not None and before.value in _TIMES and limits.quantity is not None:
        return True
    return _is_counted(scan, limits) or _is_change(scan, limits) or _ends_scale(scan, limits)


def _is_risk(token: Token) -> bool:
    return token.value in {"intermediate", "int"}


def _is_clock(scan: Scan, limits: Limits) -> bool:
    """`7.00-11.00 a.m.`, `8 to 10 am`."""
    following = scan.tokens[limits.last : limits.last + 3]
    if not any(t.kind != "N" and t.value in _CLOCK for t in following):
        return False
    behind = [str(t.value) for t in following if t.kind != "N"]
    return behind[:1] in (["am"], ["pm"], ["o'clock"]) or behind in (["a", ".", "m"], ["p", ".", "m"])


def past_difference(scan: Scan, limits: Limits) -> int:
    """The place behind `0.25 mmol/L (1 mg/dL) above the upper limit of normal`, which is a difference; else 0."""
    if limits.quantity is None or limits.quantity.relative:
        return 0
    place = limits.last
    if place < len(scan.tokens) and scan.tokens[place].value == "(":
        depth = scan.tokens[place].depth
        place = next(
            (
                p + 1
                for p in range(place + 1, min(place + 9, len(scan.tokens)))
                if scan.tokens[p].value == ")" and scan.tokens[p].depth == depth
            ),
            place,
        )
    if kind_at(scan, place) != "C" or str(scan.tokens[place].value) not in {"<", ">"}:
        return 0
    for end in range(place + 1, min(place + 4, len(scan.tokens))):
        if scan.tokens[end].kind == "U" or scan.tokens[end].value == "normal":
            return end + 1
        if scan.tokens[end].kind != "F":
            return 0
    return 0


def is_target(scan: Scan, first: int) -> bool:
    """Whether the name is a goal of treatment: `vasopressors to maintain MAP >= 65 mmHg`."""
    for place in range(first - 1, max(0, first - 6), -1):
        if scan.tokens[place].value in _TARGETS and scan.tokens[place - 1].value == "to":
            return not any(t.value in _ABLE for t in scan.tokens[max(0, place - 5) : place])
        if scan.tokens[place].kind in {"N", "C"}:
            return False
    return False


def _is_counted(scan: Scan, limits: Limits) -> bool:
    """`at least one of`, `at least two sites`: a number in words without a unit counts the noun behind it."""
    low = limits.low
    if low is None or low.raw != "w" or low.units or low.relative or limits.high is not None:
        return False
    if not scan.group or scan.used > scan.group[-1][0]:
        return True
    gap = scan.tokens[scan.group[-1][0] + 1 : limits.first]
    follows = scan.tokens[limits.last] if limits.last < len(scan.tokens) else None
    counts = follows is not None and (follows.kind == "X" or follows.value == "of")
    return counts or any(t.kind in {"X", "AND"} for t in gap)


def _is_change(scan: Scan, limits: Limits) -> bool:
    """`a decrease of 20 mmHg in systolic blood pressure`; a multiple of normal is a level all the same."""
    quantity = limits.quantity
    if quantity is None or quantity.relative:
        return False
    for place in range(limits.first - 1, max(-1, limits.first - 4), -1):
        token = scan.tokens[place]
        if token.kind == "CHG":
            return True
        if token.kind != "F":
            break
    return any(t.word == "difference" for t in scan.tokens[max(0, limits.first - 4) : limits.first])


def _ends_scale(scan: Scan, limits: Limits) -> bool:
    """`on a scale of 0 to 10`, `(range 0-30)`, `0-10 NRS`: a span from nothing to a round top names the scale."""
    low, high = limits.low, limits.high
    if limits.operator != "between" or low is None or high is None or low.number > 1 or limits.aged:
        return False
    if low.units not in {(), ("mm",), ("cm",)} or high.units not in {(), ("mm",), ("cm",)} or high.number < 3:
        return False
    before = scan.tokens[max(0, limits.first - 3) : limits.first]
    after = scan.tokens[limits.last : limits.last + 3]
    if any(t.value in {"scale", "range", "ranges", "ranging", "rated"} for t in before):
        return not _is_named(before)
    named = any(t.kind == "T" and t.term.kind == "score" for t in after[:2]) or any(
        t.value in {"scale", "nrs", "vas"} for t in after
    )
    opens = bool(before) and before[-1].value == "(" and bool(after) and after[0].value == ")"
    follows = any(kind_at(scan, p) in {"C", "A"} for p in range(limits.last + 1, limits.last + 4))
    return (named and low.number in {0, 1}) or (opens and follows)


def _is_named(before: list[Token]) -> bool:
    """Whether `scale` belongs to the variable's own name and no word of range stands there."""
    return any(t.kind == "T" for t in before) and not any(
        t.value in {"range", "ranges", "ranging", "rated"} for t in before
    )
