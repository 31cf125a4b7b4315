"""What it means when a limit holds: the subject may come in, or must stay out, whichever list says so."""

from __future__ import annotations

import re

from ..criteria.variables import Catalogue
from .bullets import EXCLUSION
from .direction import BAD, GOOD, direction_of, side_of
from .entry import Sense
from .headings import excludes_below
from .negation import is_denied, is_negated
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
_OF_STUDY = r"(?! (?:for|to) (?!(?:the|this|our|any)?\s?(?:study|trial|participat|inclusion|enrol|entry)))"
_KEEPS_OUT = _words(
    f"not (?:be )?eligible{_OF_STUDY}",
    "not (?:be )?(?:allowed|permitted|acceptable)",
    "ineligible",
    "are not",
)
_ASKS = _words(
    "must have",
    "must be",
    "should have",
    "should be",
    "needs? to be",
    "ha(?:s|ve) to be",
    "required to",
    "must meet",
    "we require",
)
_REQUIRES = _words(
    "must have", "must be", "should have", "should be", "ha(?:s|ve) to be",
    "fail(?:s|ure|ed|ing)? to (?:meet|have|achieve|reach)",
    "not meet(?:ing)?", "do(?:es)? not (?:meet|fulfil)", "lack of adequate", "not (?:fulfilling|satisfying)",
)  # fmt: skip
_DENIES_MUST = _words("(?:must|should) (?:be )?not")
_DENIES = _words("(?:must|should) (?:be )?(?:not|excluded)", "not")
_EXCLUDED_AFTER = _words(
    "(?:is|are|be) (?:excluded|ineligible|not allowed)", f"not eligible{_OF_STUDY}", "excluded"
)
_NOT_MET = _words("not (?:been )?(?:met|achieved|reached|fulfilled|satisfied)")
_EXCLUDED_BEFORE = _words("exclude[sd]?", "excluding", "exclusion")
_LEAD_DENIES = re.compile(
    r"(?:(?:must|should|may|can|shall|will|do|does)\s?not\s(?:have|be|exhibit|present|show|meet)"
    r"|\bnone of\b|\bnot?\s(?:any\s)?(?:evidence|history|of the following)"
    r"|\b(?:without|absence of|free (?:of|from)|no)\b[^:.;]{0,60}\bfollowing\b"
    r"|\bexcluded\b|\bnot (?:be )?eligible\b|\bineligible\b)"
    r"(?:[^.;]{0,90}:|[^.;]{0,60}\bfollowing\b[^.;]{0,60})\s*$",
    re.IGNORECASE,
)
_CANNOT_JOIN = re.compile(
    r"\b(?:can't|can\s?not|may not|will not|won't|should not|must not)\s(?:be able to\s)?"
    r"(?:join|take part|participate|enter|enrol|qualify|volunteer)(?![^.]*\bunless\b)",
    re.IGNORECASE,
)
_NEAR = 4
_BEHIND = 16


def sense_of(
    draft: Draft, tokens: list[Token], text: str, section: str, lead: str, catalogue: Catalogue
) -> Sense:
    """The sense of a draft; ``lead`` are the words of the items it stands under."""
    if draft.status:
        return Sense.EXCLUDED_IF if section == EXCLUSION else Sense.ELIGIBLE_IF
    before = _clause_before(draft, tokens, text)
    after = _clause_after(draft, tokens, text)
    if section == EXCLUSION:
        denied = any(t.kind == "NOT" for t in tokens[max(0, draft.limits_first - _NEAR) : draft.limits_first])
        if denied and (is_denied(draft, tokens) or direction_of(draft, catalogue) != BAD):
            return Sense.ELIGIBLE_IF
        side = direction_of(draft, catalogue)
        told = text[tokens[0].start : tokens[draft.limits_first].start]
        kept = side == GOOD and not _DENIES_MUST.search(told)
        if _NOT_MET.search(after) or (
            kept and _NOT_MET.search(text, tokens[draft.last - 1].end, tokens[-1].end)
        ):
            return Sense.ELIGIBLE_IF
        return _in_exclusion(draft, before, after, lead, side != BAD, kept)
    return _in_inclusion(draft, tokens, before, after, lead, direction_of(draft, catalogue))


def _in_inclusion(
    draft: Draft, tokens: list[Token], before: str, after: str, lead: str, direction: str
) -> Sense:
    if _EXCLUDED_AFTER.search(after) or (direction != GOOD and _is_kept_out(draft, tokens)):
        lacking = direction == GOOD and _FAILS.search(before)
        return Sense.ELIGIBLE_IF if lacking else Sense.EXCLUDED_IF
    if is_denied(draft, tokens) or is_negated(draft, tokens, direction):
        return Sense.EXCLUDED_IF
    if (
        excludes_below(lead)
        or _CANNOT_JOIN.search(before)
        or (direction != GOOD and _LEAD_DENIES.search(lead))
    ):
        return Sense.EXCLUDED_IF
    return Sense.ELIGIBLE_IF


def _is_kept_out(draft: Draft, tokens: list[Token]) -> bool:
    """Whether the sentence as a whole says who is excluded: `patients with A > 2, B < 3 or C > 4 are excluded`."""
    shallow = tokens[draft.limits_first].depth
    for place in range(draft.first - 1, -1, -1):
        token = tokens[place]
        if token.depth > shallow:
            continue
        if _keeps_out(token) and not _is_for_other(tokens, place):
            return True
        if token.value == "," and place > 4:
            break
    for place in range(draft.last, len(tokens)):
        token = tokens[place]
        if token.value == "." or token.kind == "UNLESS":
            return False
        if token.kind == "OUT" and not _is_for_other(tokens, place):
            return token.value == "exclude" and token.depth <= tokens[draft.limits_first].depth
    return False


_STUDY = frozenset(
    (
        "study",
        "trial",
        "participation",
        "inclusion",
        "enrollment",
        "enrolment",
        "entry",
        "this",
        "randomization",
    )
)


def _is_for_other(tokens: list[Token], place: int) -> bool:
    """`ineligible for cisplatin` says nothing of the study."""
    behind = tokens[place + 1 : place + 6]
    if "eligible" not in tokens[place].word or not behind or behind[0].value not in {"for", "to"}:
        return False
    return not any(str(t.value) in _STUDY for t in behind)


def _keeps_out(token: Token) -> bool:
    if token.kind == "OUT" and token.value == "exclude":
        return True
    return token.kind != "T" and _EXCLUDED_BEFORE.search(token.word or str(token.value)) is not None


def _in_exclusion(draft: Draft, before: str, after: str, lead: str, healthy: bool, kept: bool) -> Sense:
    direction = side_of(draft.operator, draft.term.good) if draft.operator != "within" else GOOD
    direction = BAD if direction == GOOD and not healthy else direction
    if kept and _REQUIRES.search(f"{lead} {before}"):
        return Sense.ELIGIBLE_IF
    if _LETS_IN.search(after) and not _KEEPS_OUT.search(after):
        return Sense.ELIGIBLE_IF
    context = f"{lead} {before}"
    if direction == GOOD and (_FAILS.search(context) or _MUST_HAVE.search(context)):
        return Sense.ELIGIBLE_IF
    if direction != BAD and _ASKS.search(before) and not _DENIES.search(before):
        return Sense.ELIGIBLE_IF
    return Sense.EXCLUDED_IF


def _clause_before(draft: Draft, tokens: list[Token], text: str) -> str:
    start = tokens[0].start
    return text[start : tokens[max(draft.first, draft.limits_first)].end][-170:]


def _clause_after(draft: Draft, tokens: list[Token], text: str) -> str:
    """The words behind a limit, up to a bracket, another limit, an exception or the end of the clause."""
    end = draft.last
    while end < len(tokens) and end < draft.last + _BEHIND:
        token = tokens[end]
        if token.value in {"(", ")", "[", "]", ";"} or token.kind in {"N", "C", "UNLESS", "T"}:
            break
        end += 1
    return text[tokens[draft.last - 1].end : tokens[end - 1].end]
