"""From a limit and the names it belongs to, to drafts."""

from __future__ import annotations

from dataclasses import replace

from .constraints import Limits, by_merit
from .fitting import ACUITIES, acuity_of, has_lost_sign, signed_limits, tells_unit, with_unit, without_unit
from .lexicon import Term
from .scan import Draft, Scan, has_or, kind_at


def add_drafts(scan: Scan, members: list[tuple[int, Term]], limits: Limits, first: int) -> bool:
    limits = repeated_times(scan, members, limits)
    vague = False
    if members[-1][1].variable == "gleason":
        limits, vague = _summed(scan, limits)
    if limits.operator == "==" and members[-1][1].kind == "age":
        if not _is_lower_age(scan, limits):
            return False
        limits = replace(limits, operator=">=")
    told = limits.quantity
    units = told.units if told else ()
    relative = told.relative if told else ""
    if _is_mixed_age(members[-1][1], limits):
        return _add_ends(scan, members, limits, first)
    low = with_unit(limits.low, units, relative) if limits.low else None
    high = with_unit(limits.high, units, relative) if limits.high else None
    joined = len(members) > 1 and has_or(scan, members[0][0], members[-1][0])
    for _, term in members:
        low, high = signed_limits(term, low, high, scan.text)
        last = max(limits.last, members[-1][0] + 1)
        if term.variable in ACUITIES:
            term = scan.lexicon.terms[acuity_of(term, limits.quantity)]
            vague = _is_vague_acuity(scan, term, limits)
            if term.variable != "bcva_letters":
                low, high = without_unit(low), without_unit(high)
        if (
            term.variable == "fev1_percent_predicted"
            and limits.quantity
            and limits.quantity.unit in {"L", "mL"}
        ):
            term = scan.lexicon.terms["fev1"]
        good = term.good or ("low" if term.kind == "score" else "")
        operator = by_merit(limits.operator, scan.tokens, limits.first, limits.last, good)
        draft = Draft(
            term, min(first, limits.first), last, limits.first, operator, low, high, limits.items,
            unsure=vague or bool(term.pair) or (limits.normal and not term.normal)
            or has_lost_sign(term, limits.low, scan.text), joined=joined,
        )  # fmt: skip
        scan.found.append(draft)
    if members[0][0] >= limits.last or not scan.group:
        scan.group = [members[-1]]
    return True


def _is_vague_acuity(scan: Scan, term: Term, limits: Limits) -> bool:
    """A bare number is an acuity in letters only where the sentence says so; otherwise it may be a decimal."""
    if tells_unit(limits) or term.variable == "visual_acuity_logmar":
        return False
    words = scan.text[scan.tokens[0].start : scan.tokens[-1].end].casefold()
    return term.variable == "visual_acuity" or not ("letter" in words or "etdrs" in words)


def _summed(scan: Scan, limits: Limits) -> tuple[Limits, bool]:
    """`Gleason >= 4+3`: the score is the sum, and whether the sum says less than its parts: 3+4 is 7 as well."""
    place = limits.last
    if limits.low is None or place + 1 >= len(scan.tokens) or scan.tokens[place].value != "+":
        return limits, False
    second = scan.tokens[place + 1]
    if second.kind != "N" or second.quantity.units or limits.low.number > 5 or second.quantity.number > 5:
        return limits, False
    first, other = limits.low.number, second.quantity.number
    parted = limits.operator in (
        {">=", "<"} if first > other else {">", "<=", "=="} if first < other else set()
    )
    parted = parted or (limits.operator == "==" and first != other)
    return replace(limits, low=replace(limits.low, number=first + other), last=place + 2), parted


def _is_mixed_age(term: Term, limits: Limits) -> bool:
    low, high = limits.low, limits.high
    mixed = (
        low is not None and high is not None and bool(low.unit) and bool(high.unit) and low.unit != high.unit
    )
    return mixed and term.kind == "age" and limits.operator == "between"


def _add_ends(scan: Scan, members: list[tuple[int, Term]], limits: Limits, first: int) -> bool:
    """`28 days to 36 months`: each end keeps its unit."""
    for operator, end in ((">=", limits.low), ("<=", limits.high)):
        add_drafts(scan, members, replace(limits, operator=operator, low=end, high=None), first)
    return True


def _is_lower_age(scan: Scan, limits: Limits) -> bool:
    """`aged 18 years and less than 80 years`: the first age is the lower end."""
    place = limits.last
    while place < len(scan.tokens) and (
        scan.tokens[place].kind in {"AND", "AGE", "F"} or scan.tokens[place].value in {",", "-"}
    ):
        place += 1
    return place > limits.last and kind_at(scan, place) == "C" and scan.tokens[place].value in {"<", "<="}


def repeated_operator(scan: Scan, limits: Limits) -> Limits:
    """A second number takes the comparison before it: `<= 2.5 x ULN (5 x ULN if ...)`, `at least 10 g/dL for
    women and 11 g/dL for men`."""
    if not limits.bare or limits.operator != "==" or limits.low is None or not scan.found:
        return limits
    last = scan.found[-1]
    if last.low is None or last.low.relative != limits.low.relative or last.operator == "==":
        return limits
    between = scan.tokens[last.last : limits.first]
    if limits.low.relative:
        near = len(between) <= 2 and all(t.value in {"(", ",", "["} or t.kind == "OR" for t in between)
    else:
        joins = all(t.kind in {"SEX", "OR", "AND", "P", "F"} for t in between) and len(between) <= 5
        near = (
            joins
            and any(t.kind == "SEX" for t in between)
            and bool(set(last.low.units) & set(limits.low.units))
        )
    return replace(limits, operator=last.operator, bare=False) if near else limits


def repeated_times(scan: Scan, members: list[tuple[int, Term]], limits: Limits) -> Limits:
    """`(5 times for subjects with ...)` after a multiple of the upper limit is such a multiple too."""
    if limits.low is None or limits.low.units or limits.low.relative or kind_at(scan, limits.last) != "M":
        return limits
    known = [d for d in scan.found if d.term is members[-1][1] and d.low is not None and d.low.relative]
    if not known or known[-1].low is None:
        return limits
    return replace(limits, low=replace(limits.low, relative=known[-1].low.relative))
