"""Texts whose line breaks were lost: where a heading or an item begins in the middle of a line."""

from __future__ import annotations

import re

_FOLLOWS = (
    r"(?:\s(?:are|were|was|is|include|included|includes|will be|as follows|the following|for this study"
    r"|consist of|comprise)){0,3}"
)
_AHEAD = r"(?:(?:the|key|main|major)\s+)?(?:non[\s-]?inclusion|inclusion|exclusion)\s+criteria"
_INLINE = re.compile(
    rf"(?<=[.;:,)\n\s]){_AHEAD}{_FOLLOWS}\s*(?::|\s-\s)",
    re.IGNORECASE,
)
_CAPITAL = re.compile(
    r"(?<!\S)(?:(?:(?:The|Key|Main|Major|KEY|MAIN|MAJOR)\s+)?"
    r"(?:(?:Non|NON)[\s-]?(?i:inclusion)|Inclusion|Exclusion|INCLUSION|EXCLUSION)\s+(?:[Cc]riteria|CRITERIA))"
    r"(?=\s*(?::|-\s|[*•]|\(?\d{1,2}\s?[.)]|[A-Z≥≤<>][\w\s]|for\s[^.:;]{1,50}:))"
)
"""A heading that its capital letter shows, wherever it stands."""
_SPOKEN_OF = re.compile(
    r"\b(?:the|any|of|see|meets?|meeting|met|all|to|with|from|per|in|under|these|by|and|or|no|not|satisfy|fulfil)\s$",
    re.IGNORECASE,
)
"""What stands before the name of a list that is only spoken of."""
_ALONE = re.compile(r"\s(?=[*•(\dA-Z≥≤<>])")
_BARE = re.compile(
    r"(?<=\s)(?:(?:Non|NON)-?(?i:inclusion)|Inclusion|Exclusion|INCLUSION|EXCLUSION)s?(?=\s?:)",
)
_BARE_LOWER = re.compile(r"(?<=[.;)]\s)(?:non-?inclusion|inclusion|exclusion)(?=\s?:)")
_PLAIN = re.compile(
    r"(?<=[.;)?]\s)(?:Who|You|WHO|YOU)\s(?i:can't|can\s?not|can|may not|may|should not)\s"
    r"(?i:take part|join|participate|be included)(?i:[\w ]{0,30})(?=\s?:)"
)
_OPENS = re.compile(r"[\s*#_-]*(?:(?:key|main|major)\s+)?inclusion\b", re.IGNORECASE)
_SHUTS = re.compile(
    r"^[\s*#_-]*(?:(?:key|main|major)\s+)?(?:non-?inclusion|exclusion)\b", re.IGNORECASE | re.MULTILINE
)
_LEGACY_PART = re.compile(
    r"(?<=\S) (?=(?:Age|Sex|Menopausal status|Performance status|Life expectancy|Hematopoietic|Hepatic|Renal"
    r"|Cardiovascular"
    r"|Pulmonary|Neurologic|Immunologic|Other|Hormone receptor status|Biologic therapy|Chemotherapy|Endocrine therapy"
    r"|Radiotherapy|Surgery):)"
)
"""The headings of the old records where they stand in one running line."""
_BULLET = re.compile(r"(?<=\s)[*•▪●○◦](?=\s?[A-Za-z≥≤<>(\d\"'])|(?<=\s)-(?=\s[A-Z≥≤<>])")
DENIES_A_LIST = re.compile(
    r"\b(?:none of|not have|not meet|without|absence of|except\w*|exclud\w*|unless)\b[^:.;*]{0,60}:"
    r"\s(?:[*•-]\s|\(?[1a][.)])",
    re.IGNORECASE,
)
"""A list that is denied in running text: where it ends cannot be told."""
_NUMBER = re.compile(r"(?<=\s)\(?(?P<number>\d{1,2})\s?(?P<sign>[.)])(?=\s?[A-Za-z≥≤<>(\"'])")


def broken(text: str) -> str:
    """The text with a line break before a heading or item that stands in the middle of a line (same length)."""
    places = {found.start() - 1 for found in _INLINE.finditer(text) if _ends_a_sentence(text, found.start())}
    headed = _headed(text)
    pieces = list(text)
    runs_on = bool(headed) or "\n" not in text.strip()
    if runs_on:
        places.update(_after_headings(text))
    for place in places | headed:
        if place >= 0 and pieces[place] == " ":
            pieces[place] = "\n"
    if runs_on:
        for place in _items("".join(pieces)):
            pieces[place] = "\n"
    if "CHARACTERISTICS" in text:
        for found in _LEGACY_PART.finditer(text):
            pieces[found.start()] = "\n"
    return "".join(pieces)


def _ends_a_sentence(text: str, start: int) -> bool:
    return text[: start - 1].rstrip()[-1:] in {".", ";", ":", ")", ","}


def _headed(text: str) -> set[int]:
    """The blanks before headings in the middle of lines; a heading of one word counts where no line begins with
    one, or where its own line begins with the other."""
    found = {
        match.start() - 1
        for pattern in (_CAPITAL, _PLAIN)
        for match in pattern.finditer(text)
        if not _SPOKEN_OF.search(text[: match.start()][-16:])
    }
    shuts = _SHUTS.search(text) is not None
    for pattern in (_BARE, _BARE_LOWER):
        for match in pattern.finditer(text):
            line = text.rfind("\n", 0, match.start()) + 1
            if text[line : match.start()].strip(" *#_-") and (not shuts or _OPENS.match(text, line)):
                found.add(match.start() - 1)
    return {place for place in found if place >= 0 and _holds_words(text, place)}


def _after_headings(text: str) -> list[int]:
    """The blanks behind headings without a colon."""
    ends = [_ALONE.match(text, found.end()) for found in _CAPITAL.finditer(text)]
    return [found.start() for found in ends if found is not None]


def _holds_words(text: str, place: int) -> bool:
    """Whether words stand before the place on its line."""
    return any(sign.isalpha() for sign in text[text.rfind("\n", 0, place) + 1 : place])


def _items(text: str) -> list[int]:
    """The blanks before the items of a list that runs on in one line: bullets, or numbers that count up from one."""
    found: list[int] = []
    start = 0
    for whole in text.split("\n"):
        doubtful = DENIES_A_LIST.search(whole)
        end = start + (len(whole) if doubtful is None else doubtful.start())
        marks = [start + match.start() - 1 for match in _BULLET.finditer(whole)]
        if len(marks) < 2:
            marks = _counted(whole, start)
        found.extend(place for place in marks if place < end)
        start += len(whole) + 1
    return [place for place in found if text[place] == " "]


def _counted(line: str, start: int) -> list[int]:
    """The places of `1. ... 2. ... 3. ...`."""
    found: list[int] = []
    expected = 1
    for match in _NUMBER.finditer(line):
        if int(match["number"]) == expected:
            found.append(start + match.start() - 1)
            expected += 1
    return found if len(found) > 1 else []
