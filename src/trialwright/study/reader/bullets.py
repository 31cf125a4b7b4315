"""The eligibility text as sections and bullets: headings in many spellings, nested lists, wrapped lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..sought import Sought
from .headings import Heading, is_of_later, other_heading
from .running import broken

INCLUSION, EXCLUSION = "inclusion", "exclusion"

_MARK = re.compile(
    r"\s*(?:[-*•▪►●○◦‣⁃■□§¤✓➢→+](?!\d)|[oO](?=\s{2,})|\(?\d{1,2}\s?[.)](?=\s|[A-Za-z≥<>(\"'])|\d{1,2}\s?-(?=\s[A-Z])|\d\s?-(?=[A-Z][a-z])"
    r"|\(?[a-hA-H]\s?[.)](?=\s|[A-Z])|\(?[ivxIVX]{1,5}\s?[.)](?=\s)|#\s?\d{0,2}(?=\s)|\d{1,2}\.(?=\d\d\s?(?:years|yrs|to\s\d|-\s?\d\d|[≤≥<>]))|\d{1,2}(?:\.\d{1,2}){1,2}\.?\s(?=\s?[A-Z]))\s*"
)
_HEADING = Sought(
    r"[\s*#_\"'(-]*(?:(?:the|key|main|major|general|additional|specific|important|other|principal|primary|overall|patients?|subjects?"
    r"|participants?|study|cohort|part|phase|arm|group|clinical|common|basic|summary|of|for|and|all|\d|[a-e]|[ivx]+|donors?|recipients?"
    r"|healthy|controls?|volunteers?|child|children|adults?|caregivers?|selected|protocol|eligibility|trial|screening|randomi[sz]ation)[\s:,/&.-]+){0,6}?"
    r"(?P<what>non[\s-]*inclusion|inclusion|inclusive|exclusion|exclusive|exclusionary|eligibility|ineligibility|admission|(?:randomi[sz]ation|enrol?lment|entry)(?=\s+criteria))\b"
    r"(?:[\s/&-]*(?:and|or|/)\s*(?:exclusion|inclusion))?"
    r"(?:[\s-]+(?:criteria|criterion|criterias|criterium|criteri|ciriteria|critera|creteria|criteira|factors?|requirements?))?",
    re.IGNORECASE,
)
_PHRASE_HEADING = Sought(
    r"[\s*#_-]*criteria\s+(?:for|of)\s+(?P<what>non[\s-]*inclusion|inclusion|exclusion)\b", re.IGNORECASE
)
_LEGACY = re.compile(
    r"\s*(?:DISEASE|PATIENT|PRIOR|CONCURRENT)[A-Z/ ]*(?:CHARACTERISTICS|THERAPY|TREATMENT)\s*:", re.ASCII
)
_LEGACY_OPENS = frozenset("DPC")
_EXCLUDES = Sought(
    r"(?:patients?|subjects?|participants?|individuals|women|those|persons)[^.:\n]{0,60}(?:will|should|must|are|is|shall)\s(?:be\s)?"
    r"(?:excluded|not\s(?:be\s)?(?:eligible|included|enrolled)|ineligible)[^.:\n]{0,60}:\s*$",
    re.IGNORECASE,
)
_HOLDS = re.compile(r"[^\W_]")
_WIDEST_WRAPPED = 110


@dataclass(frozen=True, slots=True)
class Bullet:
    """One item of a list, without its marker; ``lead`` are the words of the items it stands under."""

    section: str
    start: int
    end: int
    lead: tuple[tuple[int, int], ...] = ()
    heads: bool = False
    """Whether other items stand under it."""
    later: bool = False
    """Whether it says when a subject leaves the study, which is no limit of entry."""


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    indent: int
    marked: bool
    after_blank: bool
    full: int
    """How many characters the line holds with its indentation."""


@dataclass(slots=True)
class _Open:
    section: str
    start: int
    end: int
    indent: int
    marked: bool
    lead: tuple[tuple[int, int], ...]
    last_full: int
    heads: bool = False
    lone: bool = False
    later: bool = False


@lru_cache(maxsize=4)
def split_bullets(text: str) -> tuple[Bullet, ...]:
    """The bullets of a cleaned eligibility text, in order; together they hold all of it but headings and markers.

    The last few texts are remembered: who reads the criteria of a record asks for its bullets as well.
    """
    lines = _lines(text)
    wrapped = bool(lines) and max(line.full for line in lines) <= _WIDEST_WRAPPED
    reader = _Reader(text, wrapped)
    for line in lines:
        reader.take(line)
    return reader.finished()


def _lines(text: str) -> list[_Line]:
    found: list[_Line] = []
    blank, position = True, 0
    for raw in broken(text).split("\n"):
        start, end = position, position + len(raw)
        position = end + 1
        if not raw.strip():
            blank = True
            continue
        indent = len(raw) - len(raw.lstrip())
        begin, marked = _unmarked(text, start, end)
        stop = start + len(raw.rstrip())
        found.append(_Line(min(begin, stop), stop, indent, marked, blank, len(raw.rstrip())))
        blank = False
    return found


def _unmarked(text: str, start: int, end: int) -> tuple[int, bool]:
    """Where the words of a line begin, past up to three markers."""
    begin, marked = start, False
    for _ in range(3):
        found = _MARK.match(text, begin, end)
        if found is None or not _HOLDS.search(text, found.end(), end):
            break
        begin, marked = found.end(), True
    while begin < end and text[begin].isspace():
        begin += 1
    return begin, marked


class _Reader:
    def __init__(self, text: str, wrapped: bool) -> None:
        self.text, self.wrapped = text, wrapped
        self.section = INCLUSION
        self.later = False
        self.items: list[_Open] = []
        self.stack: list[_Open] = []

    def take(self, line: _Line) -> None:
        """Takes the next line: a heading, a new item or the rest of the last one."""
        heading = self._heading(line)
        if heading is not None:
            self.section, rest, self.later = heading
            self.stack = []
            if rest >= line.end:
                return
            line = _Line(rest, line.end, line.indent, True, True, line.full)
        elif self._continues(line):
            last = self.items[-1]
            last.end, last.last_full = line.end, line.full
            return
        self._open(line)

    def finished(self) -> tuple[Bullet, ...]:
        """The bullets read so far."""
        return tuple(
            Bullet(i.section, i.start, i.end, i.lead, i.heads, i.later) for i in self.items if i.end > i.start
        )

    def _heading(self, line: _Line) -> tuple[str, int, bool] | None:
        """The section a heading opens, where the words after it begin, and whether they are of later."""
        words = self.text[line.start : line.end]
        found = _HEADING.match(words) or _PHRASE_HEADING.match(words)
        if found is not None:
            after = words[found.end() :]
            rest = self._after_heading(after)
            if rest is not None:
                what = found["what"].casefold()
                section = EXCLUSION if what.startswith(("non", "exclu", "inelig")) else INCLUSION
                return section, line.start + found.end() + rest, False
        if words[0] in _LEGACY_OPENS and _LEGACY.match(words):
            rest = line.end if words.rstrip().endswith(":") else line.start + words.index(":") + 1
            return INCLUSION, rest, False
        if words[-1] == ":" and _EXCLUDES.match(words):
            self.section, self.later = EXCLUSION, False
        return self._other_heading(words, line)

    def _other_heading(self, words: str, line: _Line) -> tuple[str, int, bool] | None:
        other = other_heading(words)
        if other is None or (line.marked and other[0] is Heading.LATER):
            return None
        kind, end = other
        start = line.start + end
        while start < line.end and self.text[start].isspace():
            start += 1
        if kind is Heading.LATER:
            return self.section, start, True
        return EXCLUSION if kind is Heading.OUT else INCLUSION, start, False

    @staticmethod
    def _after_heading(after: str) -> int | None:
        """How much of what follows the heading's words belongs to it; None where it is a sentence after all."""
        plain = after.strip(" *_#:.-=")
        if not plain:
            return len(after)
        colon = after.find(":")
        if 0 <= colon <= 70 and "." not in after[:colon]:
            rest = after[colon + 1 :]
            return colon + 1 + len(rest) - len(rest.lstrip(" *_"))
        if (
            len(plain) <= 45
            and after.lstrip()[:1] in {"(", "-", "f", "F", "["}
            and not after.rstrip().endswith(".")
        ):
            return len(after)
        return None

    def _continues(self, line: _Line) -> bool:
        if not self.items or line.marked or not self.stack:
            return False
        last, first = self.stack[-1], self.text[line.start]
        if line.after_blank:
            return first.islower() and self.text[last.end - 1] not in ".;:" and last.marked
        if first.islower() or first in ",;)≥≤<>=":
            return True
        if self.wrapped and last.last_full >= 60 and self.text[last.end - 1] not in ".;:":
            return True
        return last.marked and line.indent > last.indent + 1 and last.last_full >= 60

    def _open(self, line: _Line) -> None:
        while self.stack and self._closes(self.stack[-1], line):
            self.stack.pop()
        lead = tuple((item.start, item.end) for item in self.stack)
        for item in self.stack[-1:]:
            item.heads = True
        item = _Open(self.section, line.start, line.end, line.indent, line.marked, lead, line.full)
        short = line.end - line.start <= 60 and not line.marked
        item.lone = short or self.text[line.end - 1] == ":"
        item.later = self.later or any(is_of_later(self.text[start:end]) for start, end in lead)
        self.items.append(item)
        self.stack.append(item)

    @staticmethod
    def _closes(item: _Open, line: _Line) -> bool:
        """Whether the open item cannot be what the line stands under."""
        if line.indent > item.indent:
            return False
        return not (line.indent == item.indent and item.lone and (line.marked and not item.marked))
