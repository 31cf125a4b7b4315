"""Under which condition a limit counts, and which limits are alternatives of one another."""

from __future__ import annotations

import re

from .scan import Draft
from .tokens import Token

_LONGEST = 160
_STOPS = frozenset({";"})
_EMPTY = re.compile(
    r"^\W*(?:in|for)?\s*(?:all\s)?(?:patients?|subjects?|participants?)?\s*(?:with|who|have|has)?\W*$",
    re.IGNORECASE,
)
_COHORT = re.compile(
    r"\W*((?:cohorts?|phase|arms?|part|group|stratum|strata)\s[\w ,/&-]{1,40}?)\s?[:)]", re.IGNORECASE
)


def conditions_of(drafts: list[Draft], tokens: list[Token], text: str) -> list[str]:
    """The condition of each draft, in the protocol's words; empty where it has none."""
    pre_style = _sex_stands_before(drafts, tokens)
    cohort = _COHORT.match(text, tokens[0].start, tokens[-1].end) if tokens else None
    found: list[str] = []
    for draft in drafts:
        floor = max(
            (d.last for d in drafts if d.last <= draft.limits_first and d.limits_first < draft.limits_first),
            default=0,
        )
        condition = _after(draft, drafts, tokens, text, pre_style) or _before(
            draft, floor, tokens, text, pre_style
        )
        if not condition and cohort:
            condition = cohort.group(1).strip()
        found.append(condition)
    return found


def _sex_stands_before(drafts: list[Draft], tokens: list[Token]) -> bool:
    """Whether `men` and `women` stand before their limits: the first of them is nearer to what follows."""
    firsts = [draft.limits_first for draft in drafts]
    for draft in drafts:
        for place in range(draft.limits_first - 1, max(-1, draft.limits_first - 4), -1):
            if tokens[place].kind == "SEX":
                return min(firsts) == draft.limits_first
            if tokens[place].kind in {"N", "C"}:
                break
        break
    return False


def _after(draft: Draft, drafts: list[Draft], tokens: list[Token], text: str, pre_style: bool) -> str:
    depth = tokens[draft.last - 1].depth
    place = draft.last
    opened = False
    while place < len(tokens) and place < draft.last + 14:
        token = tokens[place]
        if token.kind in {"IF", "UNLESS"} or (token.kind == "SEX" and not pre_style):
            if token.kind == "IF" and place > draft.last + 6:
                return ""
            return _clause(place, drafts, tokens, text)
        if any(d.limits_first <= place < d.last for d in drafts if d is not draft):
            return ""
        if token.value in {"(", "["}:
            opened = True
        elif (
            token.value in _STOPS
            or (token.value == "." and token.depth <= depth)
            or (token.kind in {"T", "C", "AND", "OR"} and not opened)
        ):
            return ""
        place += 1
    return ""


def _clause(place: int, drafts: list[Draft], tokens: list[Token], text: str) -> str:
    """The words of a condition from its first: up to the bracket, the next limit or the end."""
    depth, end = tokens[place].depth, place + 1
    starts = {d.limits_first for d in drafts if d.limits_first > place} | {
        d.first for d in drafts if d.first > place
    }
    while end < len(tokens):
        token = tokens[end]
        if (
            end in starts
            or token.value in _STOPS
            or (token.depth < depth)
            or (token.value == "." and token.depth == depth)
        ):
            break
        if token.value in {")", "]"} and token.depth < depth:
            break
        if (tokens[place].kind == "SEX" and token.kind in {"OR", "AND"}) or (
            tokens[place].kind == "SEX" and token.value == ","
        ):
            break
        end += 1
    return _trimmed(text[tokens[place].start : tokens[end - 1].end])


def _before(draft: Draft, floor: int, tokens: list[Token], text: str, pre_style: bool) -> str:
    first = draft.first if draft.first >= floor else draft.limits_first
    for start, stop in (
        (first, max(floor, first - 4)),
        (draft.limits_first, max(floor, draft.limits_first - 4)),
    ):
        for place in range(start - 1, stop - 1, -1):
            if tokens[place].kind == "SEX" and (pre_style or place < draft.first):
                return _trimmed(text[tokens[place].start : tokens[place].end])
            if tokens[place].kind in {"N", "C"}:
                break
    return _introduced(first, floor, tokens, text)


def _introduced(first: int, floor: int, tokens: list[Token], text: str) -> str:
    """A condition that a comma or colon closes before the limit: `in patients with liver metastases, ALT ...`."""
    for place in range(first - 1, floor - 1, -1):
        if tokens[place].kind not in {"IF", "UNLESS"} or tokens[place].depth > tokens[first].depth:
            continue
        closers = [
            p
            for p in range(place + 1, first)
            if tokens[p].value in {",", ":"} and tokens[p].depth == tokens[place].depth
        ]
        close = (
            closers[0] if closers else (first if tokens[place].kind == "UNLESS" or place > floor else None)
        )
        if close is None or (close <= place + 1 and tokens[place].kind != "UNLESS"):
            continue
        if any(t.kind in {"OUT", "NOT", "T", "K", "N"} for t in tokens[place + 1 : close]):
            continue
        start = place
        while tokens[start].kind in {"UNLESS", "F"} and start < close - 1:
            start += 1
        words = _trimmed(text[tokens[start].start : tokens[close - 1].end])
        if not _EMPTY.match(words):
            return words
    return ""


def _trimmed(words: str) -> str:
    plain = re.split(r",\s(?:who|whom|which|where|in which|in whom|then)\b", words.strip(" \n,:;.(["))[0]
    plain = plain[:-1].rstrip() if plain.endswith(")") and plain.count("(") < plain.count(")") else plain
    plain = re.sub(r"\s(?:and|or|but|is|are|to|then|of|with|have|has|must be|should be|,)$", "", plain)
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST].rsplit(" ", 1)[0]


def alternatives_of(
    drafts: list[Draft], conditions: list[str], tokens: list[Token], exclusion: bool
) -> list[int]:
    """A group number for each draft; drafts of one number are alternatives; 0 where it stands alone."""
    parent = list(range(len(drafts)))

    def root(n: int) -> int:
        while parent[n] != n:
            n = parent[n]
        return n

    for number in range(1, len(drafts)):
        first, second = drafts[number - 1], drafts[number]
        same_limit = first.limits_first == second.limits_first
        linked = same_limit and second.joined
        if not same_limit:
            linked = _are_alternatives(first, second, bool(conditions[number]), tokens)
        if linked:
            for other in range(number):
                if drafts[other].limits_first == first.limits_first and (exclusion or other == number - 1):
                    parent[root(other)] = root(number)
    sizes = [sum(root(other) == root(n) for other in range(len(drafts))) for n in range(len(drafts))]
    return [root(n) + 1 if sizes[n] > 1 else 0 for n in range(len(drafts))]


def _joins_sexes(tokens: list[Token], place: int) -> bool:
    """Whether an or stands in `male or female`."""
    return (
        place > 0
        and tokens[place - 1].kind == "SEX"
        and place + 1 < len(tokens)
        and tokens[place + 1].kind == "SEX"
    )


def _are_alternatives(first: Draft, second: Draft, conditional: bool, tokens: list[Token]) -> bool:
    begin, end = min(first.last, second.limits_first), second.limits_first
    between = tokens[begin:end]
    if any(t.value == ";" for t in between):
        return False
    joints = [p for p, t in enumerate(between) if t.kind in {"OR", "UNLESS"} and not _joins_sexes(between, p)]
    if joints and not any(t.kind == "N" for t in between[joints[-1] :]):
        return not any(t.kind == "P" and t.value == "." for t in between)
    return conditional and first.term.variable == second.term.variable
