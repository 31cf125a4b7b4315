"""Binding a limit to the variables it belongs to."""

from __future__ import annotations

from dataclasses import replace

from .ages import is_bare_age, measures_age_otherwise
from .constraints import Limits, flipped, half_open, read_limits
from .counting import is_no_limit, is_target, past_difference
from .drafting import add_drafts, repeated_operator
from .fitting import fits, tells_unit, with_unit
from .lexicon import Term
from .nearness import fits_limits, is_near, near_group, pressure_ahead, term_ahead
from .quantities import Quantity
from .scan import AGE, Draft, Scan, kind_at


def read_and_bind(scan: Scan, at: int) -> int:
    half = half_open(scan.tokens, at)
    limits = half or read_limits(scan.tokens, at)
    if limits is None:
        return at + 1
    if half is not None:
        return _bind_halves(scan, half)
    if past := past_difference(scan, limits):
        scan.used = past
        return past
    bound = bind(scan, repeated_operator(scan, _shared_unit(scan, limits)))
    if not bound:
        return max(limits.last if scan.tokens[at].kind == "N" else at + 1, at + 1)
    scan.used = max(limits.last, scan.found[-1].last) if scan.found else limits.last
    return limits.last


def _bind_halves(scan: Scan, half: Limits) -> int:
    """Both ends of a span of two kinds; where the first has no name, the second is not tried with it."""
    if bind(scan, half):
        scan.used = half.last
        if kind_at(scan, half.last) == "N":
            top = scan.tokens[half.last].quantity
            upper = Limits("<=", top, first=half.last, last=half.last + 1, aged=half.aged)
            bind(scan, upper)
            scan.used = upper.last
            return upper.last
        return half.last
    return half.last


def read_extreme(scan: Scan, at: int) -> int:
    """`a minimum weight of 2.5 kg`, `maximum age 70 years`: the place behind it, 0 where it is none."""
    word = scan.tokens[at].word
    if not word.startswith(("minim", "maxim", "a minim", "a maxim")):
        return 0
    place = at + 1
    while kind_at(scan, place) == "F" and place < at + 3:
        place += 1
    if kind_at(scan, place) not in {"T", "AGE"}:
        return 0
    term = AGE if kind_at(scan, place) == "AGE" else scan.tokens[place].term
    number = place + 1
    while number < place + 5 and (
        kind_at(scan, number) == "F"
        or (number < len(scan.tokens) and scan.tokens[number].value in {":", "="})
    ):
        number += 1
    if kind_at(scan, number) != "N" or kind_at(scan, number + 1) in {"C", "A"}:
        return 0
    limits = Limits(str(scan.tokens[at].value), scan.tokens[number].quantity, first=number, last=number + 1)
    if not fits_limits(scan, term, limits) or not add_drafts(scan, [(place, term)], limits, at):
        return 0
    scan.used = number + 1
    return number + 1


def read_reversed(scan: Scan, at: int) -> int | None:
    """`18 <= age <= 75`: the comparison is read from its other side."""
    number = at
    if kind_at(scan, at + 1) == "AGE" and kind_at(scan, at + 3) == "AGE":
        at += 1
    if (
        kind_at(scan, at + 1) != "C"
        or kind_at(scan, at + 2) not in {"T", "AGE"}
        or not scan.tokens[at + 1].value
    ):
        return None
    if scan.tokens[at + 1].end - scan.tokens[at + 1].start > 2:
        return None
    term = AGE if kind_at(scan, at + 2) == "AGE" else scan.tokens[at + 2].term
    quantity = scan.tokens[number].quantity
    if not fits(term, quantity, scan.lexicon.catalogue):
        return None
    operator = flipped(str(scan.tokens[at + 1].value))
    follows = read_limits(scan.tokens, at + 3) if at + 3 < len(scan.tokens) else None
    if follows is not None and not quantity.units and follows.low is not None:
        quantity = Quantity(
            quantity.number, follows.low.units, follows.low.relative, quantity.start, quantity.end
        )
    scan.found.append(Draft(term, number, at + 3, number, operator, low=quantity))
    scan.group = [(at + 2, term)]
    return at + 3


def bind(scan: Scan, limits: Limits) -> bool:
    behind = scan.tokens[limits.last : limits.last + 2]
    if any(
        token.value in {"th", "sd", "sds"} or token.word.startswith(("percentile", "centile"))
        for token in behind
    ):
        return False
    if _is_item(scan, limits) or is_no_limit(scan, limits):
        return False
    if limits.aged and not measures_age_otherwise(scan, limits):
        return add_drafts(scan, [(limits.first, AGE)], limits, limits.first)
    if limits.pair is not None and bind_pair(scan, limits):
        return True
    if kind_at(scan, limits.last) == "T" and (bind_gestation(scan, limits) or _bind_ahead(scan, limits)):
        return True
    if scan.group and scan.group[-1][1].variable == "urine_protein_24h" and _is_plus(scan, limits):
        scan.group[-1] = (scan.group[-1][0], scan.lexicon.terms["urine_dipstick_protein"])
    if scan.group and scan.group[-1][1].pair:
        named = pressure_ahead(scan, limits)
        if named is not None:
            return add_drafts(scan, [named], limits, limits.first)
    near = near_group(scan, limits)
    ahead = term_ahead(scan, limits)
    if ahead is not None and _prefers_ahead(scan, near, ahead, limits):
        return add_drafts(scan, [ahead], limits, limits.first)
    if near and _is_unnamed_ratio(scan, limits):
        return False
    if near and (quotient := _quotient(scan, near[-1][1], limits)) is not None:
        return add_drafts(scan, [(near[-1][0], quotient)], replace(limits, last=limits.last + 1), near[-1][0])
    if near:
        return not is_target(scan, near[0][0]) and add_drafts(scan, near, limits, near[0][0])
    if scan.lead is not None and not scan.group and limits.first <= 3:
        return _add_lead(scan, limits)
    return (is_bare_age(scan, limits) or _opens_age(scan, limits)) and add_drafts(
        scan, [(limits.first, AGE)], limits, limits.first
    )


def _quotient(scan: Scan, term: Term, limits: Limits) -> Term | None:
    """`FEV1 < 70 % of FVC` limits the quotient of the two."""
    place = limits.last
    while kind_at(scan, place) == "F":
        place += 1
    if kind_at(scan, place) != "T" or limits.quantity is None or limits.quantity.unit != "%":
        return None
    return scan.lexicon.ratios.get((term.variable, scan.tokens[place].term.variable))


def _is_unnamed_ratio(scan: Scan, limits: Limits) -> bool:
    """`FSH/LH ratio > 3` is neither of the two."""
    place = scan.group[-1][0]
    if scan.used > place or len(scan.group) < 2 or tells_unit(limits):
        return False
    if place + 1 < len(scan.tokens) and scan.tokens[place + 1].value in {"ratio", "ratios"}:
        return True
    names = {t.variable for _, t in scan.group}
    scored = all(t.kind in {"score", "performance"} for _, t in scan.group)
    low, joint = limits.low, scan.tokens[place - 1]
    if joint.value != "/" or low is None or scored or "inr" in names or limits.bare:
        return False
    return low.number < 10 or not names <= {"ast", "alt"}


def _is_item(scan: Scan, limits: Limits) -> bool:
    """Whether the number is that of one item of a scale: `HAM-D item 3 >= 3`; the 17-item scale is no item."""
    first = scan.group[0][0] if scan.group else limits.first
    for place in range(max(0, first - 3), limits.first):
        if scan.tokens[place].value not in {"item", "question"}:
            continue
        before = scan.tokens[place - 1] if place else None
        before = (
            scan.tokens[place - 2] if before is not None and before.value == "-" and place > 1 else before
        )
        if before is None or before.kind != "N" or before.quantity.number < 5:
            return True
    return False


def _shared_unit(scan: Scan, limits: Limits) -> Limits:
    """The unit that only the second of two limits has: `> 7 and < 35 pmol/L`."""
    low = limits.low
    if low is None or low.units or low.relative or limits.high is not None or limits.bare or limits.pair:
        return limits
    joint, place = kind_at(scan, limits.last), limits.last + 1
    if joint not in {"AND", "OR"} or kind_at(scan, place) != "C" or kind_at(scan, place + 1) != "N":
        return limits
    following = scan.tokens[place + 1].quantity
    opposed = str(scan.tokens[place].value)[:1] != limits.operator[:1]
    return replace(limits, low=with_unit(low, following.units, following.relative)) if opposed else limits


def _opens_age(scan: Scan, limits: Limits) -> bool:
    """`below 18 or above 65 years of age`: the first number is an age because the second is."""
    quantity = limits.quantity
    if quantity is None or quantity.units or quantity.relative or limits.last >= len(scan.tokens):
        return False
    joint = scan.tokens[limits.last]
    if joint.kind not in {"OR", "AND"} and joint.value not in {"but", "to"}:
        return False
    follows = read_limits(scan.tokens, limits.last + 1) if kind_at(scan, limits.last + 1) == "C" else None
    return follows is not None and follows.aged


def _prefers_ahead(scan: Scan, near: list[tuple[int, Term]], ahead: tuple[int, Term], limits: Limits) -> bool:
    if not near:
        return True
    if (
        ahead[0] == limits.last
        and near[-1][0] != limits.first - 1
        and limits.quantity
        and limits.quantity.unit == "wk"
    ):
        return True
    if near[-1][0] < scan.used and _is_bracketed(scan, limits.last, ahead[0]):
        return True
    if near[-1][0] < scan.used and all(t.kind == "F" for t in scan.tokens[limits.last : ahead[0]]):
        return True
    return bool(near[-1][1].pair) and ahead[1].variable in near[-1][1].pair and limits.pair is None


def _is_bracketed(scan: Scan, last: int, place: int) -> bool:
    """`>= 90 mmHg (diastolic)`: the name alone in brackets right behind the limit."""
    behind = scan.tokens[place + 1].value if place + 1 < len(scan.tokens) else ""
    return place == last + 1 and scan.tokens[last].value == "(" and behind == ")"


def bind_pair(scan: Scan, limits: Limits) -> bool:
    members = [m for m in scan.group if m[1].pair and is_near(scan, m[0], limits)]
    if not members or limits.pair is None:
        terms = [t.variable for _, t in scan.group]
        if not {"systolic_bp", "diastolic_bp"} <= set(terms):
            return False
    first = scan.group[0][0]
    upper, lower = limits.pair or (limits.low, limits.low)
    tops = limits.tops or (None, None)
    for name, quantity, top in (("systolic_bp", upper, tops[0]), ("diastolic_bp", lower, tops[1])):
        term = scan.lexicon.terms[name]
        draft = Draft(
            term,
            first,
            limits.last,
            limits.first,
            limits.operator,
            low=quantity,
            high=top,
            joined=limits.operator in {">", ">="},
        )
        scan.found.append(draft)
    return True


def _is_plus(scan: Scan, limits: Limits) -> bool:
    """Whether the number is a dipstick's: `2+`."""
    if limits.low is not None and limits.low.raw == "+":
        return True
    follows = limits.last < len(scan.tokens) and scan.tokens[limits.last].value == "+"
    return follows and limits.low is not None and not limits.low.units


def bind_gestation(scan: Scan, limits: Limits) -> bool:
    """Weeks that stand before their word: `37 weeks gestation or more`, `24-34 weeks of gestation`."""
    term = scan.tokens[limits.last].term
    quantity = limits.quantity
    if term.variable != "gestational_age" or quantity is None or quantity.unit not in {"wk", "d"}:
        return False
    operator, last = limits.operator, limits.last + 1
    if operator == "==":
        before = str(scan.tokens[limits.first - 1].value) if limits.first else ""
        if kind_at(scan, last) == "A":
            operator, last = str(scan.tokens[last].value), last + 1
        elif before in {"before", "after"}:
            operator = "<" if before == "before" else ">"
        else:
            return False
    return add_drafts(
        scan, [(limits.last, term)], replace(limits, operator=operator, last=last, bare=False), limits.first
    )


def _bind_ahead(scan: Scan, limits: Limits) -> bool:
    """`70 % stenosis or greater`: the comparison stands behind the name; `or 85 mmHg diastolic` repeats the last."""
    term = scan.tokens[limits.last].term
    if not limits.bare or limits.operator != "==" or limits.low is None or term.weak or term.pair:
        return False
    operator, last = "", limits.last + 1
    if kind_at(scan, last) == "A":
        operator, last = str(scan.tokens[last].value), last + 1
    elif scan.found and kind_at(scan, limits.first - 1) in {"OR", "AND"} and scan.used >= limits.first - 1:
        known = scan.found[-1]
        pair = {known.term.variable, term.variable} in _PAIRS
        operator = known.operator if pair and known.low is not None else ""
    if operator not in {">", ">=", "<", "<="}:
        return False
    bound = replace(limits, operator=operator, last=last, bare=False)
    return fits_limits(scan, term, bound) and add_drafts(scan, [(limits.last, term)], bound, limits.first)


_PAIRS = ({"systolic_bp", "diastolic_bp"}, {"swollen_joint_count", "tender_joint_count"})


def _add_lead(scan: Scan, limits: Limits) -> bool:
    if scan.lead is None or not fits_limits(scan, scan.lead, limits):
        return False
    return add_drafts(scan, [(limits.first, scan.lead)], limits, limits.first)
