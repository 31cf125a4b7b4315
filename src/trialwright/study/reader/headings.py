"""Headings that do not say `inclusion` or `exclusion` in English, and those of lists that limit no entry."""

from __future__ import annotations

import re
from enum import Enum

_WHO = r"(?:you|people|patients|participants|subjects|someone|volunteers|they)"
_CANNOT = (
    r"(?:can't|can\s?not|may\snot|will\snot|won't|should\snot|must\snot|(?:are|is)\snot\s(?:able|eligible|allowed)\sto"
    r"|(?:may|might|will)\snot\sbe\s(?:able|eligible|allowed)\sto)"
)
_CAN = r"(?:can|may|could|should|(?:are|is)\s(?:able|eligible|allowed)\sto|(?:may|might)\sbe\s(?:able|eligible)\sto)"
_JOIN = r"(?:join|take\spart|participate|enter|enrol[l]?|qualify|volunteer|be\s(?:included|eligible|enrolled|in\b))"
_TAIL = (
    r"(?:\s(?:in|to|for|this|the|our|a|study|trial|research|if|when|you|they|any|one|of|following|these|apply|applies"
    r"|are|have|is|true|because))*"
)
_ENDS = r"\s*(?:\.\.\.|…|\?)?\s*(?::|$)"
_PLAIN_OUT = re.compile(
    rf"[\s*#_-]*(?:(?:who|{_WHO})\s{_CANNOT}\s{_JOIN}{_TAIL}|reasons\s(?:why\s)?(?:{_WHO})\s{_CANNOT}\s{_JOIN}{_TAIL}"
    rf"|who\sis\snot\seligible{_TAIL}){_ENDS}",
    re.IGNORECASE,
)
_PLAIN_IN = re.compile(
    rf"[\s*#_-]*(?:(?:who|{_WHO})\s{_CAN}\s{_JOIN}{_TAIL}|who\sis\seligible{_TAIL}){_ENDS}", re.IGNORECASE
)
_FOREIGN = re.compile(
    r"[\s*#_-]*(?:\w+\s)?(?:crit[eéèê]ri?\w*\s(?:principa\w+\s)?(?:d'|de\s|di\s|da\s|do\s|d\s)(?:la\s|los\s)?"
    r"(?P<what>non[\s-]?inclu\w+|no[\s-]inclu\w+|inclu\w+|exclu\w+|esclu\w+)"
    r"|(?P<whole>einschlu(?:ss|ß)|ausschlu(?:ss|ß)|inclusie|exclusie)-?(?:kriterien|kriterium|gründe|criteria)"
    r")(?:\s(?:principa\w+|générau\w+|generales))?\s*(?:\.?\s*$|:)",
    re.IGNORECASE,
)
_AFTERWARDS = (
    r"(?:discontinuation|withdrawal|stopping|exit|drop[\s-]?out|(?:early\s)?termination|removal|elimination|rejection"
    r"|suspension|off[\s-](?:study|treatment))"
)
_LATER = re.compile(
    rf"[\s*#_-]*(?:(?:study|treatment|subject|patient|participant|early|premature|trial)s?\s){{0,2}}"
    rf"(?:{_AFTERWARDS}(?:\s?(?:and|or|/)\s?\w+)?\s(?:criteria|criterion|rules?|standards?)"
    rf"|(?:criteria|rules)\s(?:for|of)\s(?:\w+\s){{0,2}}?{_AFTERWARDS})(?:\s(?:of|for|from)(?:\s\w+){{1,4}})?\s*(?::|$)",
    re.IGNORECASE,
)
_EXEMPTS = re.compile(
    r"\b(?:except(?:ions?|ing)?|exempt\w*|with the exceptions? of|other than|apart from|unless)\b[^.:;]{0,60}:\s*$",
    re.IGNORECASE,
)
_EXCLUDING = re.compile(r"[,;(\s]exclud(?:ing|es)\b[^.:;]{0,60}:\s*$", re.IGNORECASE)


class Heading(Enum):
    """What the list under a heading is for."""

    IN = "inclusion"
    OUT = "exclusion"
    LATER = "later"
    """When a subject leaves the study: no limit of entry."""


def other_heading(words: str) -> tuple[Heading, int] | None:
    """The heading a line begins with and how far it reaches; None where the line is no such heading."""
    for pattern, kind in ((_PLAIN_OUT, Heading.OUT), (_PLAIN_IN, Heading.IN), (_LATER, Heading.LATER)):
        found = pattern.match(words)
        if found is not None:
            return kind, found.end()
    found = _FOREIGN.match(words)
    if found is None:
        return None
    what = (found["what"] or found["whole"]).casefold()
    return (Heading.OUT if what.startswith(("no", "ex", "es", "aus")) else Heading.IN), found.end()


def is_of_later(words: str) -> bool:
    """Whether a line introduces reasons to leave the study."""
    return _LATER.match(words) is not None


def exempts(words: str, excludes: bool) -> bool:
    """Whether the items under a line are let pass by it: `other malignancy, except:`; in a list that ``excludes``
    also `excluding:`."""
    return _EXEMPTS.search(words) is not None or (excludes and _EXCLUDING.search(words) is not None)


def excludes_below(words: str) -> bool:
    """Whether the items under a line of an inclusion list keep out: `type 2 diabetes, excluding:`."""
    return _EXCLUDING.search(words) is not None
