"""Which of the terms around a limit it can belong to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from .constraints import Limits
from .fitting import fits, tells_unit, with_unit
from .lexicon import Term
from .scan import AGE, Scan, kind_at
from .tokens import Token

MOST_WORDS = 7
MOST_WORDS_BARE = 3
LOOK_AHEAD = 7
_AGE_UNITS = frozenset({"a", "mo", "wk", "d"})


def is_near(scan: Scan, place: int, limits: Limits) -> bool:
    gap = scan.tokens[max(place + 1, scan.used) : limits.first]
    return is_passable(gap, MOST_WORDS, False)


def near_group(scan: Scan, limits: Limits) -> list[tuple[int, Term]]:
    """The members of the open group that the limit can belong to, if its words are near enough."""
    if not scan.group:
        return []
    last = scan.group[-1][0]
    if limits.first <= last:
        return []
    gap = scan.tokens[max(last + 1, scan.used) : limits.first]
    opening = scan.group[0][0]
    if any(
        t.kind == "CHG" and not t.word.startswith(("percentile", "centile"))
        for t in scan.tokens[max(0, opening - 2) : opening]
    ):
        return []
    if any(
        t.word.startswith(("reversib", "improvement")) for t in scan.tokens[max(0, opening - 9) : opening]
    ):
        return []
    relative = limits.quantity is not None and bool(limits.quantity.relative)
    if gap and (gap[0].value in _OTHERS or (not relative and gap[0].value in _MOVES)):
        return []
    if any(t.word == "difference" for t in scan.tokens[max(0, opening - 6) : opening]):
        return []
    if scan.group[-1][1].kind == "age" and not _is_age_gap(gap, scan, limits):
        return []
    sized = scan.group[-1][1].kind == "lesion_size" and tells_unit(limits)
    if scan.used > last and not sized and _names_another(gap, scan, limits):
        return []
    unit_told = tells_unit(limits)
    if not unit_told and scan.group[-1][1].weak and scan.group[-1][1].kind == "lab":
        return []
    if (
        not unit_told
        and scan.group[-1][1].kind == "lab"
        and {"X"} < {t.kind for t in gap} & {"X", "AND", "OR"}
    ):
        return []
    most = MOST_WORDS if unit_told else MOST_WORDS_BARE
    if not is_passable(gap, most, scan.group[-1][1].weak):
        return []
    members = [m for m in scan.group if fits_limits(scan, m[1], limits)]
    if len(members) == len(scan.group):
        return members
    kept: list[tuple[int, Term]] = []
    for member in reversed(scan.group):
        if fits_limits(scan, member[1], limits):
            kept.insert(0, member)
        elif kept or not scan.tokens[member[0]].depth:
            break
    return kept


_OTHERS = frozenset(
    (
        "change", "changes", "slope", "velocity", "density", "particle", "variability", "reserve", "trajectory",
        "delta",
        "intake", "supplement", "supplementation", "infusion", "index", "gradient", "polymorphism", "kinetics",
    )
)  # fmt: skip
"""Words that make another quantity of the name before them: `PSA velocity`, `weight change`."""
_MOVES = frozenset(("rise", "rises", "rising", "increase", "decrease", "decline", "drop", "fall", "doubling"))


def _names_another(gap: list[Token], scan: Scan, limits: Limits) -> bool:
    """Whether words that stand behind one limit and before the next name something unknown: `EASI >= 16 and ABC
    score >= 20`; `or at least 10 mm by CT` goes on with the same."""
    if gap and gap[-1].kind == "OR" and scan.found and tells_unit(limits):
        known, told = scan.found[-1].low, limits.quantity
        if known is not None and told is not None and known.units == told.units:
            return False
    if gap and all(t.kind == "F" for t in gap):
        return not tells_unit(limits) and scan.group[-1][1].kind not in {"score", "performance"}
    depth = scan.tokens[limits.first].depth
    for token in reversed(gap):
        if token.kind in {"IF", "UNLESS", "SEX", "OUT"} and token.depth <= depth:
            return False
        if token.kind == "X" and token.depth <= depth:
            return True
    return False


def _is_age_gap(gap: list[Token], scan: Scan, limits: Limits) -> bool:
    """Whether a number after the word age is still one: few words between, no span of something else behind."""
    strange = sum(token.kind in {"X", "K", "NOT", "T"} for token in gap)
    after = scan.tokens[limits.last].value if limits.last < len(scan.tokens) else ""
    spans = after in {"since", "after", "prior", "before", "ago", "from", "history", "of", "following"}
    return strange <= (0 if scan.used > scan.group[-1][0] else 2) and not spans


def is_passable(gap: list[Token], most: int, weak: bool) -> bool:
    """Whether the words between a name and a limit leave them together."""
    strange, depth = 0, min((t.depth for t in gap), default=0)
    for token in gap:
        if token.kind == "CHG" or (token.kind == "OUT" and token.value in {"include", "exclude"}):
            return False
        if token.value in {";"} and token.depth == depth:
            return False
        if token.kind in {"X", "K", "NOT"} and token.depth == depth:
            strange += 1
        if (
            token.kind == "N"
            and token.quantity.units
            and token.quantity.unit not in _AGE_UNITS | {"h", "min"}
        ):
            strange += 1
    return strange <= (1 if weak else most)


def fits_limits(scan: Scan, term: Term, limits: Limits) -> bool:
    if limits.normal:
        return bool(term.normal or term.kind == "lab") and not term.pair
    if limits.items or (limits.bare and limits.operator == "=="):
        return _fits_bare(scan, term, limits)
    quantities = [q for q in (limits.low, limits.high) if q is not None]
    told = limits.quantity
    if told is None:
        return False
    units = told.units
    return all(
        fits(term, q if q.units or q.relative else with_unit(q, units, told.relative), scan.lexicon.catalogue)
        for q in quantities
    )


def _fits_bare(scan: Scan, term: Term, limits: Limits) -> bool:
    """A number or list without any comparison: only for scales, and only right behind the name."""
    if term.scale in {"percent"} or term.kind in {"score"}:
        gap = scan.tokens[(scan.group[-1][0] + 1 if scan.group else 0) : limits.first]
        quantities = limits.items or ((limits.low,) if limits.low else ())
        plain = all((not q.units and not q.relative) or q.unit == "%" for q in quantities)
        return (
            plain
            and not any(t.kind in {"X", "K", "CHG"} for t in gap)
            and len(gap) <= 5
            and _told_equal(scan, limits, gap)
        )
    return (
        limits.operator == "=="
        and not limits.bare
        and limits.low is not None
        and fits(term, limits.low, scan.lexicon.catalogue)
    )


def _told_equal(scan: Scan, limits: Limits, gap: list[Token]) -> bool:
    if len(gap) >= 2 and gap[-1].value == "of" and gap[-2].value == "out":
        return False
    if (
        limits.first > 1
        and scan.tokens[limits.first - 1].value == "of"
        and kind_at(scan, limits.first - 2) == "N"
    ):
        return False
    told = scan.tokens[limits.first].kind == "C" or any(t.value in {":", "of", "is"} for t in gap)
    return bool(limits.items) or told


def term_ahead(scan: Scan, limits: Limits) -> tuple[int, Term] | None:
    """The term that stands behind the limit: `>= 60 ml/min creatinine clearance`."""
    strange = 0
    first = _past_second(scan, limits)
    for place in range(first, min(first + LOOK_AHEAD, len(scan.tokens))):
        token = scan.tokens[place]
        if token.kind in {"T", "AGE"}:
            term = AGE if token.kind == "AGE" else token.term
            if term.kind == "age" and not (limits.quantity and limits.quantity.unit in {"", "a", "mo"}):
                return None
            if _is_per_field(scan, place):
                return None
            following = kind_at(scan, place + 1)
            if following in {"C", "B"} and token.value is not AGE and not term.pair:
                return None
            if term.weak:
                joints = _joints(scan, place)
                if joints is None:
                    return None
                term = joints
            if not tells_unit(limits) and term.kind not in {"age", "score", "vital", "performance"}:
                return None
            counted = limits.operator == "between" and place == limits.last and term.kind == "score"
            fitting = fits_limits(scan, term, limits) and (counted or not limits.bare)
            return (place, term) if fitting else None
        if (
            token.kind == "N"
            and token.quantity.number in _JOINTS
            and scan.tokens[place - 1].value in {"of", "/"}
        ):
            continue
        if token.kind in {"C", "B", "N", "IF", "UNLESS", "SEX", "CHG"} or token.value in {
            ",",
            ";",
            ".",
            ":",
            ")",
        }:
            return None
        if token.kind in {"OR", "AND"}:
            return None
        strange += token.kind in {"X", "K"}
        if strange > 1:
            return None
    return None


def _past_second(scan: Scan, limits: Limits) -> int:
    """Past the second of two limits that share the name behind them: `> 32 and < 37 weeks gestational age`."""
    place = limits.last
    if (
        kind_at(scan, place) not in {"AND", "OR"}
        or kind_at(scan, place + 1) != "C"
        or kind_at(scan, place + 2) != "N"
    ):
        return place
    known, other = limits.quantity, scan.tokens[place + 2].quantity
    shared = known is not None and known.unit == other.unit == "wk"
    return place + 3 if shared else place


_JOINTS = frozenset(Decimal(n) for n in (28, 44, 66, 68))
"""How many joints a count looks at: `6 of 66 swollen joints`."""


def _joints(scan: Scan, place: int) -> Term | None:
    """`swollen` in `6 swollen and 6 tender joints`, as a name of its own."""
    term = scan.tokens[place].term
    if not term.variable.endswith("joint_count"):
        return None
    following = scan.tokens[place + 1 : place + 10]
    told = any(t.kind == "T" and t.term.variable.endswith("joint_count") for t in following)
    return replace(term, weak=False) if told else None


def _is_per_field(scan: Scan, place: int) -> bool:
    """`5 WBC/high power field` counts the urine's cells."""
    behind = [t.value for t in scan.tokens[place + 1 : place + 3]]
    return behind[:1] in (["/"], ["per"]) and behind[1:] in (
        ["high"],
        ["hpf"],
        ["hp"],
        ["field"],
        ["lpf"],
        ["low"],
    )


def pressure_ahead(scan: Scan, limits: Limits) -> tuple[int, Term] | None:
    """Which pressure is meant where its name stands behind: `blood pressure > 140 or < 90 mmHg systolic`."""
    for place in range(limits.last, min(limits.last + LOOK_AHEAD, len(scan.tokens))):
        token = scan.tokens[place]
        if token.kind == "T" and token.term.variable in scan.group[-1][1].pair:
            return (place, token.term) if fits_limits(scan, token.term, limits) else None
        if token.kind not in {"OR", "AND", "C", "N", "F"}:
            return None
    return None
