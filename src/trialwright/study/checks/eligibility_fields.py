"""Criteria against what stands elsewhere in the record: age, sex, the biomarker in the title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from ..criteria import Compare, Interval, LimitKind, leaves
from ..findings import Finding
from ..sought import Sought
from ..units import convert_exact
from .protocol import ListedRule, Protocol
from .region_words import render_region_in_units
from .rule_units import units_of
from .rulebook import find

_AGE = re.compile(r"^(?P<number>\d{1,3}) (?P<unit>Year|Month|Week|Day|Hour|Minute)s?$")
_UNITS = {"Year": "a", "Month": "mo", "Week": "wk", "Day": "d", "Hour": "h", "Minute": "min"}
_POSITIVE = Sought(r"\bHER-?2(?:/neu)?(?:\s*|-)(?:positive|overexpress|amplifi|\+(?!\s*/\s*[-−]))", re.I)
_TWO = Sought(r"\bHER-?2\b[^.;\n]{0,90}?(?:2\+|\+\+(?!\+)|\b2 levels?|≥ ?2|>= ?2|\(2\)|level 2)", re.I)
_ISH = Sought(r"\bF?ISH\b|\bin[- ]situ hybridi[sz]ation|\bamplif|\bSISH\b|\bCISH\b", re.I)
_ONE_SEX = re.compile(
    r"^\W*(?P<sex>fe?male|wom[ae]n|m[ae]n)\s*(?:subjects?|patients?|participants?)?\s*(?:,|aged|between"
    r"|\d|only)",
    re.I,
)
_OTHER_SEX = Sought(
    r"\b(?:male (?:or|and|/) ?female|female (?:or|and|/) ?male|men (?:or|and) women|women (?:or"
    r"|and) men|both (?:sexes|genders))",
    re.I,
)


def check_eligibility_fields(protocol: Protocol) -> Iterator[Finding]:
    """TW-ELF-001 age against the age fields, -002 sex against its field, -003 HER2 2+ alone called positive,
    -004 a level of a score without its name."""
    yield from _age(protocol)
    yield from _sex(protocol)
    yield from _her2(protocol)


def _age(protocol: Protocol) -> Iterator[Finding]:
    stated = [one for one in protocol.rules if one.section == "inclusion" and _speaks_of_age(one)]
    fields = protocol.study.eligibility
    if len(stated) != 1:
        return
    region = protocol.region(stated[0], "age", LimitKind.ABSOLUTE)
    if region is None or len(region.certain.intervals) != 1 or region.possible != region.certain:
        return
    piece = region.certain.intervals[0]
    low, high = _years(fields.minimum_age), _years(fields.maximum_age)
    clash = _low_differs(piece, low) or _high_differs(piece, high)
    if clash:
        units = dict.fromkeys(unit for name, unit in units_of(stated[0].rule) if name == "age")
        words = render_region_in_units(region.certain, protocol.variable("age"), list(units)[:1] or ["a"])
        shown = f"say {fields.minimum_age or 'none'} to {fields.maximum_age or 'none'}"
        held = shown if fields.minimum_age or fields.maximum_age else "hold no limit"
        message = f"The criteria ask for an age of {words}; the age fields {held}."
        yield find("TW-ELF-001", stated[0].path, message, stated[0].text)


def _speaks_of_age(listed: ListedRule) -> bool:
    return any(leaf.variable == "age" for leaf in leaves(listed.rule))


def _low_differs(piece: Interval, low: Fraction | None) -> bool:
    """A field that is left empty says nothing of the limit; `older than 18` may stand for 18 or 19."""
    if low is None or piece.low is None:
        return low is not None and low > 0 and piece.low is None and piece.high is None
    return abs(piece.low - low) > (0 if piece.low_closed else 1)


def _high_differs(piece: Interval, high: Fraction | None) -> bool:
    if high is None or piece.high is None:
        return (
            (high is None) != (piece.high is None) and piece.high is not None and piece.high < Fraction(120)
        )
    return abs(piece.high - high) > (0 if piece.high_closed else 1)


def _years(words: str | None) -> Fraction | None:
    match = _AGE.match(words or "")
    if match is None:
        return None
    return convert_exact(Fraction(match["number"]), _UNITS[match["unit"]], "a")


def _sex(protocol: Protocol) -> Iterator[Finding]:
    field = protocol.study.eligibility.sex
    if field is None or _OTHER_SEX.search(protocol.eligibility_words):
        return
    for clause in protocol.clauses:
        match = _ONE_SEX.match(clause.text) if clause.section == "inclusion" else None
        if match is None:
            continue
        sex = "FEMALE" if match["sex"].lower() in ("female", "woman", "women") else "MALE"
        if field != sex and (field != "ALL" or not _names_other(protocol, sex)):
            message = f"The criteria begin with `{match['sex']}`, and the field for sex says {field.title()}."
            yield find("TW-ELF-002", clause.path, message, clause.text)
            return


def _names_other(protocol: Protocol, sex: str) -> bool:
    words = r"\b(?:males?|men|man)\b" if sex == "FEMALE" else r"\b(?:females?|women|woman)\b"
    return re.search(words, protocol.words, re.I) is not None


def _her2(protocol: Protocol) -> Iterator[Finding]:
    if not _POSITIVE.search(protocol.prose_words) or _ISH.search(protocol.eligibility_words):
        return
    accepted = next((one for one in protocol.rules if _accepts_two(one)), None)
    clause = next((c for c in protocol.clauses if c.section == "inclusion" and _TWO.search(c.text)), None)
    if accepted is None and clause is None:
        return
    path = accepted.path if accepted else clause.path if clause else ()
    text = accepted.text if accepted else clause.text if clause else ""
    message = (
        "HER2 2+ by immunohistochemistry is equivocal, and the protocol calls its subjects HER2-positive."
    )
    yield find("TW-ELF-003", path, message, text)
    if "+" not in text:
        message = "The level of HER2 is given as a number without the score it belongs to."
        yield find("TW-ELF-004", path, message, text)


def _accepts_two(listed: ListedRule) -> bool:
    """Whether a rule of the inclusion list takes an immunohistochemical score of 2."""
    return listed.section == "inclusion" and any(
        isinstance(leaf, Compare)
        and leaf.variable.casefold() == "her2_ihc"
        and leaf.op.value in (">=", "=")
        and leaf.limit.number == Decimal(2)
        for leaf in leaves(listed.rule)
    )
