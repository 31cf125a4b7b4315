"""Positive, negative, mutated, known: what is said of a marker that has no number."""

from __future__ import annotations

from dataclasses import dataclass

from .tokens import Token

_NEAR = 4
_INHERENT = frozenset(
    (
        "mutation", "mutations", "mutant", "mutated", "rearrangement", "rearrangements", "rearranged",
        "fusion", "fusions", "translocation", "translocations", "insertion", "insertions",
        "amplification", "skipping", "deficiency", "deficient", "deletion", "expression", "high",
        "methylated", "codeletion", "aberrations", "g12c", "v600e", "v600", "t790m", "ex20ins",
        "stable", "proficient", "instability", "dmmr", "pmmr", "msi", "h",
    )
)  # fmt: skip
_THERAPY = frozenset(
    (
        "inhibitor", "inhibitors", "antibody", "antibodies", "therapy", "therapies", "treatment", "tki",
        "tkis", "targeted", "directed", "agonist", "agonists", "antagonist", "antagonists", "modulator",
        "modulators", "blocker", "blockers", "selective", "car", "vaccine", "drug", "drugs", "agent",
        "agents", "testing", "test", "assay", "pathway", "signaling", "immunotherapy", "targeting",
        "ligand", "monoclonal", "bispecific",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StatusWord:
    """``positive``, ``negative`` or ``known``, and the tokens it takes."""

    value: str
    first: int
    last: int


def read_status(tokens: list[Token], at: int, text: str, floor: int) -> StatusWord | None:
    """What is said of the marker at token ``at``, or None where it is only named."""
    after = _after(tokens, at)
    name = text[tokens[at].start : tokens[at].end].casefold()
    if after is not None and after.value == "therapy":
        return None
    if after is not None:
        return after
    before = _before(tokens, at, floor)
    if before is not None:
        return before
    if _INHERENT & set(name.replace("-", " ").split()):
        return StatusWord("positive", at, at + 1)
    return None


def _after(tokens: list[Token], at: int) -> StatusWord | None:
    mutation = 0
    for place in range(at + 1, min(at + 1 + _NEAR, len(tokens))):
        token = tokens[place]
        if token.kind == "K" and token.value in {"positive", "negative"}:
            either = _is_either(tokens, place)
            return StatusWord("therapy" if either else str(token.value), at, place + 1)
        if token.kind == "K" and token.value == "mutation":
            mutation = place + 1
            continue
        if token.kind == "NOT":
            return None
        if str(token.value) in _THERAPY and token.kind in {"X", "F"}:
            return StatusWord("therapy", at, place)
        if token.value == "+" or (token.value == "-" and _ends_word(tokens, place)):
            return StatusWord("positive" if token.value == "+" else "negative", at, place + 1)
        if token.kind == "K" and token.value == "known":
            return StatusWord("positive", at, mutation) if mutation else StatusWord("known", at, place + 1)
        plain = (
            token.kind == "F"
            or token.value in {"-", "(", ")", "/"}
            or (token.kind == "T" and token.term.flag)
        )
        if not plain:
            break
    return StatusWord("positive", at, mutation) if mutation else None


def _is_either(tokens: list[Token], place: int) -> bool:
    """`positive or negative` asks for nothing."""
    joint, other = tokens[place + 1 : place + 2], tokens[place + 2 : place + 3]
    if not joint or not other or (joint[0].kind != "OR" and joint[0].value != "/"):
        return False
    return other[0].kind == "K" and other[0].value in {"positive", "negative"}


def _ends_word(tokens: list[Token], place: int) -> bool:
    """Whether a hyphen is a minus: glued to the name before it and to nothing behind it."""
    if tokens[place - 1].end != tokens[place].start:
        return False
    if place + 1 >= len(tokens):
        return True
    following = tokens[place + 1]
    return following.start > tokens[place].end or following.value in {",", ")", "/", ";"}


def _before(tokens: list[Token], at: int, floor: int) -> StatusWord | None:
    for place in range(at - 1, max(floor, at - _NEAR) - 1, -1):
        token = tokens[place]
        if token.kind == "K" and token.value in {"positive", "negative", "known"}:
            if token.value == "known":
                return None
            return StatusWord(str(token.value), place, at + 1)
        if token.kind not in {"F"} and token.value not in {"-", "("}:
            return None
    return None
