"""What it means when a limit holds: the subject may come in, or must stay out, whichever list says so."""

from __future__ import annotations

import re

from .bullets import EXCLUSION
from .entry import Sense
from .scan import Draft
from .tokens import Token


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


_ALLOWED = (
    r"may be (?:included|enrolled)",
    r"can be (?:included|enrolled)",
    "allowed",
    "permitted",
    "acceptable",
)
_MUST_HAVE = _words(
    "adequate", "must have", "must be", "should have", "required", "requirement", "sufficient", "eligible if",
    "are eligible", "is eligible", "inclusion", "normal organ", "provided", *_ALLOWED,
)  # fmt: skip
_FAILS = _words(
    "inadequate", "insufficient", "not adequate", "without", "lack of", "lacks?", "fail(?:s|ure|ed|ing)? (?:to|of)",
    "do(?:es)? not (?:have|meet|fulfil)", "not (?:having|meeting|met|fulfilling)", "unable", "inability", "absence of",
    "no adequate", "not meet", "cannot meet", "not satisfy", "unless", "impaired", "abnormal", "dysfunction",
    "insufficiency", "impairment", "poor", "except", "exceptions?",
)  # fmt: skip
_LETS_IN = _words("eligible", "not (?:be )?excluded", "will be included", *_ALLOWED)
_KEEPS_OUT = _words("not (?:be )?(?:eligible|allowed|permitted|acceptable)", "ineligible", "are not")
_ASKS = _words("must have", "must be", "should have", "should be", "required to", "must meet")
_DENIES = _words("(?:must|should) (?:be )?(?:not|excluded)", "not")
_EXCLUDED_AFTER = _words("(?:is|are|be) (?:excluded|ineligible|not allowed)", "not eligible", "excluded")
_EXCLUDED_BEFORE = _words("exclude[sd]?", "excluding", "exclusion", "ineligible")
_FAR, _NEAR = 8, 4
_BEHIND = 16


def sense_of(draft: Draft, tokens: list[Token], text: str, section: str, lead: str) -> Sense:
    """The sense of a draft."""
    if draft.status:
        return Sense.EXCLUDED_IF if section == EXCLUSION else Sense.ELIGIBLE_IF
    before = _clause_before(draft, tokens, text)
    after = _clause_after(draft, tokens, text)
    if section == EXCLUSION:
        denied = any(t.kind == "NOT" for t in tokens[max(0, draft.limits_first - _NEAR) : draft.limits_first])
        if denied and _direction(draft) != "bad":
            return Sense.ELIGIBLE_IF
        return _in_exclusion(draft, before, after, lead)
    return _in_inclusion(draft, tokens, before, after)


def _in_inclusion(draft: Draft, tokens: list[Token], before: str, after: str) -> Sense:
    if _EXCLUDED_AFTER.search(after) or _EXCLUDED_BEFORE.search(before):
        return Sense.EXCLUDED_IF
    # A limit on the healthy side is never what a `no` denies: `no growth factors and ANC >= 1.5`.
    if _direction(draft) != "good" and is_negated(draft, tokens):
        return Sense.EXCLUDED_IF
    return Sense.ELIGIBLE_IF


def _in_exclusion(draft: Draft, before: str, after: str, lead: str) -> Sense:
    direction = _direction(draft)
    if _LETS_IN.search(after) and not _KEEPS_OUT.search(after):
        return Sense.ELIGIBLE_IF
    context = f"{lead} {before}"
    if direction == "good" and (_FAILS.search(context) or _MUST_HAVE.search(context)):
        return Sense.ELIGIBLE_IF
    if direction != "bad" and _ASKS.search(before) and not _DENIES.search(before):
        return Sense.ELIGIBLE_IF
    return Sense.EXCLUDED_IF


def _direction(draft: Draft) -> str:
    """Whether the limit keeps the healthy (`good`) or the ill (`bad`) side of its variable; empty where neither."""
    operator, good = draft.operator, draft.term.good
    if operator == "within":
        return "good"
    if draft.status or not good:
        return ""
    if operator in {">=", ">"}:
        return "good" if good == "high" else "bad"
    if operator in {"<=", "<"}:
        return "good" if good == "low" else "bad"
    return ""


def _clause_before(draft: Draft, tokens: list[Token], text: str) -> str:
    start = tokens[0].start
    return text[start : tokens[max(draft.first, draft.limits_first)].start][-160:]


def _clause_after(draft: Draft, tokens: list[Token], text: str) -> str:
    """The words behind a limit, up to a bracket, another limit, an exception or the end of the clause."""
    end = draft.last
    while end < len(tokens) and end < draft.last + _BEHIND:
        token = tokens[end]
        if token.value in {"(", ")", "[", "]", ";"} or token.kind in {"N", "C", "UNLESS", "T"}:
            break
        end += 1
    return text[tokens[draft.last - 1].end : tokens[end - 1].end]


def is_negated(draft: Draft, tokens: list[Token]) -> bool:
    """Whether a no stands before the variable in its own clause: `no QTc > 470 ms`, `without LVEF < 50 %`."""
    ill = _direction(draft) == "bad"
    for place in range(draft.first - 1, max(-1, draft.first - 1 - (_FAR if ill else _NEAR)), -1):
        token = tokens[place]
        if token.kind == "NOT":
            return True
        if token.value in {",", ";", ":", "."} or (token.kind == "AND" and not ill):
            return False
        if token.kind in {"N", "UNLESS", "IF", "C"} or (token.kind == "OUT" and token.value == "must"):
            return False
    return False
