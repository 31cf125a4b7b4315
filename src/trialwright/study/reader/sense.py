"""What it means when a limit holds: the subject may come in, or must stay out, whichever list says so."""

from __future__ import annotations

import re

from .bullets import EXCLUSION
from .entry import Sense
from .scan import Draft
from .tokens import Token

_MUST_HAVE = re.compile(
    r"\b(?:adequate|must have|must be|should have|required|requirement|sufficient|acceptable|eligible if|are eligible|is eligible|allowed"
    r"|permitted|may be (?:included|enrolled)|can be (?:included|enrolled)|inclusion|normal organ|provided|acceptable)\b",
    re.IGNORECASE,
)
_FAILS = re.compile(
    r"\b(?:inadequate|insufficient|not adequate|without adequate|lack of|lacks?|fail(?:s|ure|ed|ing)? (?:to|of)|do(?:es)? not (?:have|meet|fulfil)|not (?:having|meeting|met|fulfilling)"
    r"|unable|inability|absence of|no adequate|not meet|cannot meet|not satisfy|not eligible unless|unless|without)\b",
    re.IGNORECASE,
)
_BAD_HEAD = re.compile(
    r"\b(?:inadequate|insufficient|impaired|abnormal|dysfunction|insufficiency|impairment|poor)\b",
    re.IGNORECASE,
)
_NEGATED = frozenset({"not", "no"})
_HARMLESS = re.compile(r"^\W*(?:no more|no less|no greater|not more|not less)", re.IGNORECASE)


def sense_of(draft: Draft, tokens: list[Token], text: str, section: str, lead: str) -> tuple[Sense, bool]:
    """The sense of a draft and whether it could be read either way."""
    before = _clause_before(draft, tokens, text)
    after = _clause_after(draft, tokens, text)
    if draft.status:
        return (Sense.EXCLUDED_IF if section == EXCLUSION else Sense.ELIGIBLE_IF), False
    if section == EXCLUSION:
        return _in_exclusion(draft, before, after, lead)
    return _in_inclusion(draft, tokens, before, after)


def _in_inclusion(draft: Draft, tokens: list[Token], before: str, after: str) -> tuple[Sense, bool]:
    if re.search(
        r"\b(?:are|is|be|will be|must be|should be)\s+(?:excluded|ineligible|not eligible|not allowed)|not eligible|excluded\b",
        after,
        re.IGNORECASE,
    ):
        return Sense.EXCLUDED_IF, False
    if re.search(r"\b(?:exclu(?:de|des|ded|ding|sion)|ineligible)\b", before, re.IGNORECASE):
        return Sense.EXCLUDED_IF, False
    if is_negated(draft, tokens):
        return Sense.EXCLUDED_IF, _direction(draft) == "good"
    return Sense.ELIGIBLE_IF, False


def _in_exclusion(draft: Draft, before: str, after: str, lead: str) -> tuple[Sense, bool]:
    good = _direction(draft) == "good"
    if re.search(
        r"\b(?:eligible|allowed|permitted|may be (?:included|enrolled)|can be (?:included|enrolled)|acceptable|not (?:be )?excluded|will be included)\b",
        after,
        re.IGNORECASE,
    ):
        if not re.search(
            r"\bnot (?:be )?(?:eligible|allowed|permitted|acceptable)|ineligible|are not\b",
            after,
            re.IGNORECASE,
        ):
            return Sense.ELIGIBLE_IF, False
    context = f"{lead} {before}"
    if good and (_FAILS.search(context) or _BAD_HEAD.search(context)):
        return Sense.ELIGIBLE_IF, False
    if good and _MUST_HAVE.search(context):
        return Sense.ELIGIBLE_IF, False
    if re.search(
        r"\bmust (?:have|be)\b|\bshould (?:have|be)\b|\brequired to\b|\bmust meet\b", before, re.IGNORECASE
    ):
        if (
            not re.search(r"\b(?:must|should) (?:be )?(?:not|excluded)|\bnot\b", before, re.IGNORECASE)
            and _direction(draft) != "bad"
        ):
            return Sense.ELIGIBLE_IF, False
    if good and re.search(r"\b(?:unless|except|exception)\b", before, re.IGNORECASE):
        return Sense.ELIGIBLE_IF, False
    return Sense.EXCLUDED_IF, False


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
    return text[start : tokens[draft.first].start][-160:]


def _clause_after(draft: Draft, tokens: list[Token], text: str) -> str:
    end = tokens[-1].end
    after = text[tokens[draft.last - 1].end : end][:120]
    return re.split(r"[;]|\bexcept\b|\bunless\b", after)[0]


def is_negated(draft: Draft, tokens: list[Token]) -> bool:
    """Whether a no stands before the variable in its own clause: `no QTc > 470 ms`, `without LVEF < 50 %`."""
    for place in range(draft.first - 1, max(-1, draft.first - 9), -1):
        token = tokens[place]
        if token.kind == "NOT":
            return True
        if token.value in {",", ";", ":", "."} or (
            token.kind in {"N", "UNLESS", "IF", "C"} and token.value != "with"
        ):
            return False
        if token.kind == "OUT" and token.value == "must":
            return False
    return False
