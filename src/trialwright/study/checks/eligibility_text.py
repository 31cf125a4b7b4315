"""What the words of a criterion leave open: lists without end, limits against nothing, the condition itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..findings import Finding
from ..sought import Sought
from .protocol import Clause, Protocol
from .rulebook import find
from .words import systems

_OPEN = Sought(r"\betc\b\.?|\band so on\b|\band so forth\b|\bet cetera\b|\.\.\.\s*$|…\s*$", re.I | re.M)
_NORMAL = Sought(
    r"\b(?:times?|fold|x|×)\s*(?:of\s+|than\s+)?(?:the\s+)?(?:normal|reference)(?:\s+(?:value|level"
    r"|range|limits?))?"
    r"(?!\s*(?:upper|lower|limit|range))\b|\btimes of (?:the )?normal\b",
    re.I,
)
_VAGUE = Sought(
    r"\bconforms? to the requirements?\b|\b(?:adequate|acceptable|sufficient|satisfactory|normal"
    r"|good)\s+(?:\w+\s+){0,3}?"
    r"(?:organ|marrow|hepatic|liver|renal|kidney|cardiac|heart|haematologic(?:al)?|hematologic(?:al)?"
    r"|lung|pulmonary)"
    r"(?:\s+(?:and|or|,)?\s*\w+){0,3}?\s+(?:function|reserve)s?\b|\bmeets? the requirements?\b",
    re.I,
)
_DEFINED = Sought(
    r"\d|:|\bdefined\b|\bas follows\b|\bincluding\b|\bindicated by\b|\bi\.e\.|\baccording to\b", re.I
)
_SERIOUS = Sought(
    r"\b(?:serious|severe|significant|major|other|uncontrolled)\b[^.]{0,40}\b(?:diseases?|disorders?"
    r"|illness(?:es)?)\b",
    re.I,
)
_APART = Sought(
    r"\bexcept|\bother than (?:the|those)|\bunrelated|\bnot related|\bapart from|\bbesides\b"
    r"|\bnot (?:caused|due)"
    r"|\bprior|\bprevious|\bhistory|\bsecond|\bconcurrent|\bconcomitant|\banother|\bcoexist|\bunstable"
    r"|\bother malign|\bother cancer|\bother (?:primary )?tumou?r",
    re.I,
)
_GRADED = Sought(r"\bgrade\b|\bNYHA\b|\bclass\b|\bCTCAE\b|\bdefined\b|\brequir|\bChild\b|\bstage\b", re.I)
_EITHER = Sought(
    r"\b(?:ALT|alanine aminotransferase)\b\)?\s*/\s*[^;,.<>\d]{0,40}?\b(?:AST"
    r"|aspartate aminotransferase)\b|\bAST\b\)?\s*/\s*ALT\b",
    re.I,
)
_IS_RATIO = re.compile(
    r"[\s):]*[<>≤≥=]{1,2}\s*\d+(?:\.\d+)?(?!\s*(?:[\d.x×*]|times|fold|U/|IU|ULN|upper|the))", re.I
)
_RATIO = Sought(r"\bratio\b", re.I)
_CONSENT = Sought(r"\bconsent", re.I)
_NO_CONSENT = Sought(
    r"\b(?:without|no|not|lack of|absence of|refus\w+|unable|inability|unwilling\w*|fail\w*"
    r"|decline\w*)\b[^.;]{0,50}\bconsent",
    re.I,
)
_FEW_SYSTEMS = 3


def check_eligibility_text(protocol: Protocol) -> Iterator[Finding]:
    """TW-ELT-001 open list, -002 normal of what, -003 the condition itself, -004 no limit, -005 no grade,
    -006 either or both, -007 several in one, -008 consent twice."""
    whole = protocol.eligibility_words
    wanted = [look for pattern, look in _LOOKS if pattern.may_stand_in(whole)]
    serious = _SERIOUS.may_stand_in(whole)
    for clause in protocol.clauses:
        for look in wanted:
            yield from look(clause)
        if serious and clause.section == "exclusion":
            yield from _excluded_systems(protocol, clause)
    yield from _consent_twice(protocol)


def _open(clause: Clause) -> Iterator[Finding]:
    match = next((m for m in _OPEN.finditer(clause.text) if _ends_the_list(clause.text, m.end())), None)
    if match:
        message = f"The criterion ends in an open list (`{match.group(0).strip()}`): each site adds its own."
        yield find("TW-ELT-001", clause.path, message, clause.text)


def _ends_the_list(text: str, end: int) -> bool:
    """Whether the list itself ends here: not examples in brackets, nor words in the middle of a sentence."""
    if text.count("(", 0, end) + text.count("（", 0, end) > text.count(")", 0, end) + text.count(
        "）", 0, end
    ):
        return False
    return not text[end:].strip(" .;,*\n") or text[end:].lstrip(" .")[:1] in {";", "\n", ")"}


def _normal(clause: Clause) -> Iterator[Finding]:
    match = _NORMAL.search(clause.text)
    if (
        match
        and "upper" not in clause.plain
        and "ULN" not in clause.text
        and "lower limit" not in clause.plain
    ):
        message = f"`{match.group(0).strip()}` does not say which end of the normal range is meant."
        yield find("TW-ELT-002", clause.path, message, clause.text)


def _excluded_systems(protocol: Protocol, clause: Clause) -> Iterator[Finding]:
    if not _SERIOUS.search(clause.text):
        return
    named = [system for system in systems() if system.words.search(clause.text)]
    listed = len(named) >= _FEW_SYSTEMS and not _GRADED.search(clause.text)
    if listed and not _APART.search(clause.text):
        for system in named:
            studied = [c for c in protocol.study.registry.conditions if system.conditions.search(c)]
            if studied:
                shown = ", ".join(studied[:4])
                message = f"Serious {system.name} disease is excluded, and the trial studies one: {shown}."
                yield find("TW-ELT-003", clause.path, message, clause.text)
    if listed:
        message = f"Diseases of {len(named)} systems are excluded by a word (serious, severe, other) without a grade."
        yield find("TW-ELT-005", clause.path, message, clause.text)


def _vague(clause: Clause) -> Iterator[Finding]:
    match = _VAGUE.search(clause.text)
    if match and not _DEFINED.search(clause.text):
        message = f"`{match.group(0)}` states no limit that could be checked."
        yield find("TW-ELT-004", clause.path, message, clause.text)


def _either(clause: Clause) -> Iterator[Finding]:
    match = _EITHER.search(clause.text)
    if match and not _RATIO.search(clause.text) and not _IS_RATIO.match(clause.text[match.end() :]):
        message = "A slash joins two tests: it does not say whether both or one of them must keep the limit."
        yield find("TW-ELT-006", clause.path, message, clause.text)


def _several(clause: Clause) -> Iterator[Finding]:
    """Bullets of a record; the criteria of a study file have been taken apart already."""
    if clause.path != ("eligibility", "text"):
        return
    parts = [part for part in re.split(r"[;；]", clause.text) if re.search(r"\d", part) and len(part) > 8]
    if len(parts) > 1 and len(clause.text) < 2_000:
        message = f"One bullet holds {len(parts)} limits: a reason for failure cannot name one of them."
        yield find("TW-ELT-007", clause.path, message, clause.text)


def _consent_twice(protocol: Protocol) -> Iterator[Finding]:
    given = next((c for c in protocol.clauses if c.section == "inclusion" and _CONSENT.search(c.text)), None)
    refused = next(
        (c for c in protocol.clauses if c.section == "exclusion" and _NO_CONSENT.search(c.text)), None
    )
    if given is not None and refused is not None and protocol.is_as_read:
        message = "Consent is asked for in the inclusion list and its absence excludes again."
        yield find("TW-ELT-008", refused.path, message, f"{given.text} / {refused.text}")


_LOOKS: tuple[tuple[Sought, Callable[[Clause], Iterator[Finding]]], ...] = (
    (_OPEN, _open),
    (_NORMAL, _normal),
    (_VAGUE, _vague),
    (_EITHER, _either),
    (Sought("[;；]"), _several),
)
"""A clause is looked at only where the whole text holds the pattern: most texts hold few of them."""
