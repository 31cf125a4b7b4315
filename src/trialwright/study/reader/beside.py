"""Limits that are no criterion of their own: conditions of others, exceptions, definitions, what is only told."""

from __future__ import annotations

import re

from ..sought import Sought
from .fitting import ACUITIES
from .scan import Draft
from .tokens import Token

_MENOPAUSE = Sought(r"menopaus|amenorr?h|oophorec|hysterectomy|sterili[sz]", re.IGNORECASE)
_FERTILE = Sought(r"contracepti|child[- ]?bearing|vasectom|birth control", re.IGNORECASE)
_ADJECTIVE = re.compile(
    r"\b(?:pre|post|peri)?[\s-]?menopausal\b(?:\s?\([^)]*\))?,?\s+(?:\w+\s+)?(?:wom[ae]n|females?|subjects?|patients?)",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"amenorr?h|\bfsh\b|defined|surgical|hysterectomy|oophorec|contracep|consecutive"
    r"|menses|menstrua|need no|no test|not requir|sterili[sz]",
    re.IGNORECASE,
)
_USES = re.compile(r"\b(?:must|agree|willing|effective|using|use|abstin|negative|test)\b", re.IGNORECASE)
_NOTE = re.compile(
    r"\W*(?:note|n\.b|nb\b\.|the definition of|definition"
    r"|(?:(?:nb\.?\s)?(?:complete|partial|clinical)\s)?(?:response|remission|relapse|progressi(?:on|ve disease))"
    r"\s(?:is|are|was)\sdefined)\b",
    re.IGNORECASE,
)
_NONMEASURABLE = Sought(r"\bnon-?\s?measurable\b", re.IGNORECASE)
_LATER = Sought(r"\b(?:enrolled later|(?:may|can) be re-?screened)\b", re.IGNORECASE)
_SHARE = Sought(
    r"\d\s?%\sof\s(?:the\s|all\s|enrolled\s|randomi[sz]ed\s|study\s)*(?:subjects|patients|participants|population|enrol)",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\b(?:is|are|were|was|be) (?:generally |usually )?considered\b|\bin general\b"
    r"|\bwe have observed\b|\bhave been observed\b"
    r"|\bcorrespond|\breference (?:range|interval)\b|\bnormal range\s*[:=]",
    re.IGNORECASE,
)
_IF = re.compile(r"if|when|in case|in the event", re.IGNORECASE)
_THERAPY = frozenset(
    ("therapy", "therapies", "treatment", "treatments", "chemotherapy", "radiotherapy", "surgery", "resection",
     "regimen",
     "regimens", "immunotherapy", "treated")
)  # fmt: skip
_PERSONS = frozenset(
    ("children", "infants", "adolescents", "patients", "subjects", "participants", "those", "adults", "individuals",
     "persons",
     "child", "subject", "patient", "participant")
)  # fmt: skip


def own_drafts(drafts: list[Draft], tokens: list[Token], words: str, start: int) -> list[Draft]:
    """The drafts that are criteria; ``words`` is the piece, which begins at ``start`` of the text."""
    if not drafts or _NOTE.match(words) or _LATER.search(words):
        return []
    drafts = _without_fertility(drafts, tokens, words, start)
    drafts = [d for d in drafts if not _is_beside(d, drafts, tokens)]
    drafts = [d for d in drafts if not _is_asked_age(d, drafts, tokens)]
    drafts = [d for d in drafts if not _is_scale(d, drafts)]
    drafts = [d for d in drafts if not (d.term.kind == "stage" and _is_of_therapy(d, tokens))]
    if any(d.term.kind == "lesion_size" for d in drafts) and _NONMEASURABLE.search(words):
        drafts = [d for d in drafts if d.term.kind != "lesion_size"]
    drafts = [d for n, d in enumerate(drafts) if not _is_equivalent(d, drafts[:n], tokens)]
    drafts = _without_told(drafts, tokens, words, start)
    return [d for n, d in enumerate(drafts) if not _is_defined_next(n, drafts, tokens)]


def _without_fertility(drafts: list[Draft], tokens: list[Token], words: str, start: int) -> list[Draft]:
    """Ages and hormones of a clause on menopause or contraception are its own, unless the word only names the women."""
    menopause, fertile = _MENOPAUSE.search(words), _FERTILE.search(words)
    if menopause is None and fertile is None:
        return drafts
    kept = [d for d in drafts if d.term.variable not in {"fsh", "estradiol", "lh"}]
    named = _ADJECTIVE.search(words)
    if named is not None and not _DEFINES.search(words):
        return [
            d for d in kept if d.term.kind != "age" or tokens[d.limits_first].start - start >= named.end()
        ]
    first = min(found.start() for found in (menopause, fertile) if found is not None)
    near = -1 if menopause is not None else 4
    asked = fertile is not None and _USES.search(words) is not None
    return [
        d
        for d in kept
        if d.term.kind != "age"
        or (d.first <= near and not (asked and tokens[d.limits_first].start - start > first))
        or first > 40
    ]


def _without_told(drafts: list[Draft], tokens: list[Token], words: str, start: int) -> list[Draft]:
    """Without what a share of the subjects may have, and what brackets or the past only tell."""
    share = _SHARE.search(words)
    if share is not None:
        drafts = [d for d in drafts if tokens[d.limits_first].start - start < share.start() - 12]
    if len(drafts) < 1 or _TOLD.search(words) is None:
        return drafts
    return [d for d in drafts if not _is_told(d, tokens, words, start)]


def _is_told(draft: Draft, tokens: list[Token], words: str, start: int) -> bool:
    """Whether the brackets, or the sentence, around a limit say what is thought or was seen."""
    place = tokens[draft.limits_first].start - start
    if tokens[draft.limits_first].depth:
        opening, closing = words.rfind("(", 0, place), words.find(")", place)
        return (
            opening >= 0 and _TOLD.search(words, opening, closing if closing > 0 else len(words)) is not None
        )
    return "observed" in words


def _is_scale(draft: Draft, drafts: list[Draft]) -> bool:
    """`0-10` beside another limit of the same score is the scale itself."""
    low = draft.low
    if draft.term.kind != "score" or draft.operator != "between" or low is None or low.number not in {0, 1}:
        return False
    return any(
        d is not draft and d.term.variable == draft.term.variable and d.operator != "between" for d in drafts
    )


def _is_equivalent(draft: Draft, before: list[Draft], tokens: list[Token]) -> bool:
    """`(Snellen equivalent 20/40)` says an acuity again."""
    again = any(d.term.variable in ACUITIES for d in before) and draft.term.variable in ACUITIES
    return again and tokens[draft.limits_first].depth > 0


def _is_defined_next(number: int, drafts: list[Draft], tokens: list[Token]) -> bool:
    """`within the normal range (> 50 %)`: the brackets say what normal is."""
    if drafts[number].operator != "within" or number + 1 >= len(drafts):
        return False
    following = drafts[number + 1]
    between = tokens[drafts[number].last : following.limits_first]
    same = following.term.variable == drafts[number].term.variable
    return same and len(between) <= 2 and any(t.value in {"(", "["} for t in between)


def _is_of_therapy(draft: Draft, tokens: list[Token]) -> bool:
    """`prior therapy for stage III melanoma` speaks of the therapy."""
    before = tokens[max(0, draft.first - 4) : draft.first]
    if not any(t.value == "for" for t in before):
        return False
    return any(str(t.value) in _THERAPY for t in tokens[max(0, draft.first - 10) : draft.first])


def _is_beside(draft: Draft, drafts: list[Draft], tokens: list[Token]) -> bool:
    """Whether a limit is no criterion of its own: what an exception lets pass, or what an if-clause asks first."""
    before = tokens[: draft.limits_first]
    depth = tokens[draft.limits_first].depth
    excepted = before[tokens[0].word.startswith("excluding") :]
    if (
        any(t.kind == "UNLESS" and t.depth <= depth for t in excepted)
        and min(d.limits_first for d in drafts) == draft.limits_first
    ):
        return True
    if draft.term.kind == "age" and any(t.kind == "IF" and _IF.match(t.word) for t in before[-3:]):
        return True
    if _is_asked(draft, drafts, tokens):
        return True
    again = any(d is not draft and d.term.variable == draft.term.variable for d in drafts)
    for place in range(max(1, draft.first - 3), draft.first):
        asks = tokens[place].kind == "IF" and tokens[place].word == "if" and tokens[place - 1].kind != "OUT"
        asks = asks and not any(t.kind == "OR" for t in tokens[place : draft.first])
        if again and asks:
            return True
    opening = [t for t in before[:5] if t.kind == "IF" and t.value == "when"]
    if not opening or not _IF.match(opening[0].word):
        return False
    after = tokens[draft.last : draft.last + 3]
    return any(t.value in {",", "then"} for t in after) and len(before) <= 10


def _is_asked(draft: Draft, drafts: list[Draft], tokens: list[Token]) -> bool:
    """Whether a limit only says for whom the one before it counts: `CrCl >= 30 mL/min for patients with
    creatinine > 1.5 x ULN`."""
    place = draft.first - 1
    while place > 0 and tokens[place].kind == "F":
        place -= 1
    if place <= 0 or tokens[place].kind != "IF" or tokens[place - 1].kind in {"OUT", "AND", "OR"}:
        return False
    if not tokens[place].word.startswith(("for ", "in ", "if", "when", "where")):
        return False
    return any(d.last <= place and _joins_on(tokens[d.last : place]) for d in drafts if d is not draft)


def _joins_on(between: list[Token]) -> bool:
    return len(between) <= 8 and not any(t.value in {";", "."} for t in between)


def _is_asked_age(draft: Draft, drafts: list[Draft], tokens: list[Token]) -> bool:
    """Whether an age is the condition of another limit: `Lansky >= 60 for patients <= 16 years of age`."""
    if draft.term.kind != "age" or draft.limits_first == 0:
        return False
    if _is_whose(draft, drafts, tokens):
        return True
    if all(d.term.kind == "age" for d in drafts):
        return False
    before = tokens[draft.limits_first - 1]
    return before.kind == "IF" and before.word.startswith(("for ", "if", "in those"))


def _is_whose(draft: Draft, drafts: list[Draft], tokens: list[Token]) -> bool:
    """Whether an age says for whom an earlier limit counts: `< 11.5 g/dL in children younger than 5 years`."""
    place = draft.limits_first - 1
    if draft.first < place:
        return False
    token = tokens[place]
    if not any(d.limits_first < draft.limits_first for d in drafts if d is not draft):
        return token.kind == "SEX" and token.word.startswith(("for ", "in ")) and place > 6
    if token.kind == "SEX":
        return token.word.startswith(("for ", "in "))
    told = tokens[place - 1] if place else token
    prepositions = {"in", "for", "among", "of", "only"}
    return str(token.value) in _PERSONS and (
        told.value in prepositions or tokens[place - 2].value in prepositions
    )
