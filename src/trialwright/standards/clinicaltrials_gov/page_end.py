"""Whether a page's text goes on to its end.

Every page ends with one table: responsible party, numbers, dates, and as its last row of dates the month in
which the record was verified. Keywords and the registry's own terms may follow, or may not. A copy that stops
before that row has lost something, wherever it stops: the layout alone does not show it, since every section
may be short.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.study.findings import Finding

from .codes import registry_finding
from .page_layout import Page
from .page_more import More

_SECTIONS = {
    "header": "the head",
    "summary": "the brief summary",
    "conditions": "the table of conditions",
    "detail": "the detailed description",
    "design": "the table of the design",
    "arms": "the arms and interventions",
    "outcomes": "the outcome measures",
    "eligibility": "the eligibility criteria",
    "contacts": "the contacts and locations",
    "more": "the last table",
}
"""The page's sections in its order, as a reader calls them."""
_OPTIONAL = frozenset({"detail"})
_LAST_DATES = {
    "studyFirstPostDateStruct": "First Posted",
    "lastUpdatePostDateStruct": "Last Update Posted",
    "statusVerifiedDate": "Last Verified",
}
_LAST_ROW = "Last Verified:"


def check_page_end(page: Page, more: More, text: str, origin: str) -> Iterator[Finding]:
    """An error where the copy stops before the end that every page has."""
    if _is_whole(more):
        return
    lines = text.rstrip().splitlines()
    last = next((name for name in reversed(_SECTIONS) if any(map(str.strip, getattr(page, name)))), "")
    yield registry_finding(
        "TW-REG-033",
        f"The page is cut off in or right after {_SECTIONS.get(last, 'the title')}: "
        f"what follows ({', '.join(_missing(last, more))}) is not there.",
        "Copy the whole page again, down to the lists of terms.",
        file=origin,
        line=len(lines),
        column=len(lines[-1]) + 1 if lines else 0,
        evidence=lines[-1].strip() if lines else "",
    )


def _is_whole(more: More) -> bool:
    """The last table states when the record was verified; or, without that row, words follow its last date."""
    if "statusVerifiedDate" in more.status:
        return True
    followed = bool(more.tail) and not _LAST_ROW.startswith(more.tail[0].strip())
    return "lastUpdatePostDateStruct" in more.status and followed


def _missing(last: str, more: More) -> list[str]:
    if last == "more":
        return [words for key, words in _LAST_DATES.items() if key not in more.status]
    names = list(_SECTIONS)
    after = names[names.index(last) + 1 :] if last else names
    return [_SECTIONS[name] for name in after if name not in _OPTIONAL]
