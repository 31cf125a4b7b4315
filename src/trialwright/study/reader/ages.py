"""Ages that are told by their years alone, and years that are no age of the subject."""

from __future__ import annotations

import re

from .constraints import Limits
from .scan import Scan
from .tokens import Token

_SPAN_AFTER = frozenset(
    (
        "since", "after", "prior", "before", "history", "ago", "from", "previously", "duration", "within", "post",
        "preceding", "earlier", "apart", "later", "of", "between", "following",
    )
)  # fmt: skip
_OTHER_AGES = (
    "onset",
    "partner",
    "relative",
    "menopause",
    "amenorr",
    "mother",
    "donor",
    "diagnosed",
    "diagnosis",
    "sibling",
    "father",
    "parent",
    "caregiver",
    "children under",
    "children less",
    "family",
    "breastfeeding",
    "breast-feeding",
    "breast feeding",
    "nursing",
    "assent",
)


_YOUNG = frozenset(
    {"infants", "infant", "children", "child", "newborns", "toddlers", "babies", "adolescents"}
)
_GROWN = frozenset({"adult", "adults", "elderly", "volunteers", "participants", "patients", "subjects"})


def _is_person(token: Token) -> bool:
    return token.kind == "SEX" or token.value in _GROWN


def is_bare_age(scan: Scan, limits: Limits) -> bool:
    """Years at the very beginning of a criterion: `18 to 79 years inclusive`, `Male, 20-65 years`."""
    quantity = limits.quantity
    if quantity is None or quantity.unit not in {"a", "mo"} or limits.operator == "==":
        return False
    before = scan.tokens[: limits.first]
    if (
        before
        and before[-1].value in _YOUNG
        and quantity.unit == "a"
        and limits.low
        and limits.low.number < 22
    ):
        follows = scan.tokens[limits.last].value if limits.last < len(scan.tokens) else ""
        return follows not in _SPAN_AFTER
    young = any(token.value in _YOUNG for token in before)
    if quantity.unit == "mo" and not young:
        return False
    if scan.tokens[limits.first].depth and not young and not any(_is_person(token) for token in before):
        return False
    if (
        any(
            t.kind not in {"SEX", "F", "OR", "AND", "P", "C", "B", "OUT"} and t.value not in _YOUNG
            for t in before
        )
        or len(before) > 8
    ):
        return False
    after = scan.tokens[limits.last : limits.last + 2]
    if any(t.value in _SPAN_AFTER or (t.kind in {"IF", "CHG", "T"} and t.value != "with") for t in after[:1]):
        return False
    closes = {"inclusive", "inclusively", "at", "on", "in"}
    return not after or after[0].kind in {"P", "SEX", "AND", "A", "OR"} or after[0].value in closes


_AT_EVENT = re.compile(
    r"\s*(?:gestation|(?:old\s)?(?:at|when)\s(?:the\s)?(?:time\sof\s)?(?:initial\s|first\s|\w+\s)?(?:diagnos|onset))"
)


def measures_age_otherwise(scan: Scan, limits: Limits) -> bool:
    """Whether an age is that of something else: a disease, a partner, a gestation."""
    start = scan.tokens[limits.first].start
    before = scan.text[max(0, start - 45) : start].casefold()
    after = scan.text[scan.tokens[limits.last - 1].end :][:24].casefold()
    return any(word in before for word in _OTHER_AGES) or _AT_EVENT.match(after) is not None
