"""How far a `no`, `not` or `without` reaches: whether it stands over a limit of its own sentence."""

from __future__ import annotations

from .direction import BAD, GOOD
from .scan import Draft
from .tokens import Token

_NEAR, _FAR = 4, 14
_SOFT = frozenset({"not", "never", "isn't", "aren't"})
"""A `not` before an adjective or verb denies that word alone: `not well controlled (HbA1c > 8 %)`."""
_HELD = frozenset(
    (
        "controlled", "control", "adequately", "sufficiently", "respond", "responded", "responding", "responsive",
        "response", "remission", "optimal", "optimally", "well", "goal", "target", "achieve", "achieved", "achieving",
        "reach", "reached", "reaching", "healed", "improved", "stable", "suppressed", "resolved", "on", "receive",
        "received", "receiving", "taking", "treated", "using", "undergoing", "requiring", "dialysis", "candidate",
        "candidates", "treatment", "therapy", "medication", "medications", "drugs", "insulin", "pregnant", "smoking",
        "smoker", "chemotherapy", "radiotherapy", "surgery",
    )
)  # fmt: skip
_WHO = ("patient", "subject", "participant", "individual", "with", "those", "in the presence", "in presence")


def is_negated(draft: Draft, tokens: list[Token], direction: str) -> bool:
    """Whether a negation reaches the limit: `no QTc > 470 ms`, `without heart failure (LVEF < 40 %)`.

    A limit that keeps the healthy is never what a negation denies, unless it stands right before its name.
    """
    if _is_parted(draft, tokens):
        return False
    ill = direction == BAD
    reach = _FAR if ill else _NEAR
    first = _named_first(draft, tokens)
    depth, place = tokens[first].depth, first - 1
    steps, held, apart, inside = 0, False, False, False
    listed = ill and _is_listed(tokens, first)
    while place >= 0 and steps < reach:
        token = tokens[place]
        if token.depth > depth:
            place -= 1
            continue
        if token.value in {"(", "["}:
            depth, apart, inside, reach = token.depth, True, False, max(reach, 8)
        elif token.kind == "NOT" and _is_glued(tokens, place):
            pass
        elif token.kind == "NOT" or (token.kind == "IF" and "without" in token.word):
            return not inside and _reaches(token, tokens, place, draft.first, held, apart, direction)
        elif _stops(token, ill, listed) and not _abbreviates(tokens, place):
            if not (ill and depth and token.kind in {"P", "N", "C"} and token.value != ":"):
                return False
            inside = True
        held = held or token.value in _HELD
        apart = apart or token.kind in {"AND", "IF"}
        steps += 1
        place -= 1
    return False


def _named_first(draft: Draft, tokens: list[Token]) -> int:
    """The place of the name, before its abbreviation in brackets: `absolute neutrophil count (ANC)`."""
    first = draft.first
    if first > 1 and tokens[first - 1].value == "(" and tokens[first - 2].kind == "T":
        return first - 2 if tokens[first - 2].term.variable == draft.term.variable else first
    return first


def _is_glued(tokens: list[Token], place: int) -> bool:
    """`no-option`, `non-smoking`: a hyphen keeps the denial to its own word."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    return following is not None and following.value == "-" and following.start == tokens[place].end


def _is_parted(draft: Draft, tokens: list[Token]) -> bool:
    """Whether an `and` stands between the name and its limit: `absence of blasts in blood and < 5 % in marrow`."""
    for place in range(draft.first + 1, draft.limits_first - 1):
        if tokens[place].kind == "AND" and tokens[place].word == "and":
            return tokens[place + 1].kind not in {"T", "F"} and tokens[place - 1].kind != "T"
    return False


def is_denied(draft: Draft, tokens: list[Token]) -> bool:
    """Whether a `not` stands between the name and its limit: `BMI not between 18 and 30`."""
    for place in range(draft.limits_first - 1, draft.first, -1):
        if tokens[place].kind == "NOT":
            return True
        if tokens[place].kind != "F":
            return False
    return False


def _reaches(
    token: Token, tokens: list[Token], place: int, first: int, held: bool, apart: bool, direction: str
) -> bool:
    if direction == GOOD:
        return all(t.kind == "F" or t.kind == "SEX" for t in tokens[place + 1 : first])
    if apart and held:
        return False
    return not (apart and token.word in _SOFT) or direction == BAD


def _is_listed(tokens: list[Token], first: int) -> bool:
    """Whether the limit is one of a list with `or`: `no A, B > 2 or C > 3`."""
    if any(token.kind == "OR" for token in tokens[max(0, first - 2) : first]):
        return True
    if not first or tokens[first - 1].value != ",":
        return False
    for place in range(first, len(tokens)):
        if tokens[place].value in {";", "."} or tokens[place].kind in {"AND", "UNLESS"}:
            return False
        if tokens[place].kind == "OR" and tokens[place].depth == tokens[first].depth and place > first + 2:
            return True
    return False


def _abbreviates(tokens: list[Token], place: int) -> bool:
    """Whether a sign belongs to `i.e.,` or `e.g.`."""
    return tokens[place].value in {".", ","} and any(
        tokens[p].value in {"e", "g", "eg", "ie"} for p in range(max(0, place - 2), place)
    )


def _stops(token: Token, ill: bool, listed: bool) -> bool:
    """Whether a negation further back cannot reach past the token."""
    if token.value in {";", "."}:
        return True
    if token.value in {",", ":"}:
        return not listed
    if token.kind == "AND":
        return token.word != "with" or not ill
    if token.kind in {"N", "C"}:
        return not listed
    if token.kind == "IF":
        return not token.word.startswith(_WHO)
    return token.kind == "UNLESS" or (token.kind == "OUT" and token.value in {"must", "include"})
