"""The page's text cut into its sections.

The layout is that of the study page as it stood until 2023, saved as text: tables as ``cell | cell |`` lines,
most headings lost. Headings that a capture did keep are used where they say something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Lines = list[str]


@dataclass(slots=True)
class Page:
    """Lines of each section, in the page's order."""

    title: str = ""
    header: Lines = field(default_factory=list[str])
    summary: Lines = field(default_factory=list[str])
    conditions: Lines = field(default_factory=list[str])
    detail: Lines = field(default_factory=list[str])
    design: Lines = field(default_factory=list[str])
    arms: Lines = field(default_factory=list[str])
    outcomes: Lines = field(default_factory=list[str])
    eligibility: Lines = field(default_factory=list[str])
    contacts: Lines = field(default_factory=list[str])
    more: Lines = field(default_factory=list[str])
    navigation: Lines = field(default_factory=list[str])


_NAVIGATION = re.compile(
    r"\s*(?:-\s*)?(Study Details|Tabular View|No Results Posted|Study Results|How to Read a Study Record"
    r"|(?<=- )Disclaimer|(?<=- )Results Submitted|(?<=- )History of Changes)\s*\Z"
)
_NOISE = re.compile(
    r"\s*(!\[[^\]]*\]\([^)]*\)\s*\|?|Go to\b.*|Top of Page.*|Layout table for .*"
    r"|Study Description|Study Design|Arms and Interventions|Outcome Measures|Contacts and Locations"
    r"|More Information|Study Details|Brief Summary\s*:?|Detailed Description\s*:?|Eligibility Criteria"
    r"|Criteria|Sponsors and Collaborators|Investigators|Locations|Publications of Results\s*:?"
    r"|Resource links provided by the National Library of Medicine|Layout table.*|Help icon.*"
    r"|Information from the National Library of Medicine|-{3,}(\|-*)*\|?)\s*\Z"
)
_SAFETY = re.compile(r"\s*The safety and scientific validity of this study")
_IDENTIFIER = re.compile(r"\s*ClinicalTrials\.gov Identifier\s*:")
_CONDITIONS = re.compile(r"\s*Condition or disease\s*\|", re.I)
_STUDY_TYPE = re.compile(r"\s*Study Type\s*:\s*\|", re.I)
_ARMS = re.compile(r"\s*(Arm|Group/Cohort|Group|Cohort)s?\s*\|\s*Intervention/treatment", re.I)
_INTERVENTION_LIST = re.compile(r"\s*Intervention Details\s*:?", re.I)
_OUTCOME_HEADING = re.compile(
    r"\s*(Primary|Secondary|Other)( Pre-specified)? Outcome Measures?\s*:?\s*\Z", re.I
)
_CHOOSING = re.compile(r"\s*Choosing to participate in a study is an important personal decision")
_AGES = re.compile(
    r"\s*(Ages Eligible for Study|Sexes Eligible for Study|Genders? Eligible for Study)\s*:\s*\|", re.I
)
_CONTACT = re.compile(
    r"\s*(To learn more about this study, you or your doctor may contact"
    r"|Please refer to this study by its ClinicalTrials\.gov identifier)"
)
_RESPONSIBLE = re.compile(r"\s*Responsible Party\s*:\s*\|", re.I)
_BULLET = re.compile(r"\s*- ")
_ORDER = (
    "header",
    "summary",
    "conditions",
    "detail",
    "design",
    "arms",
    "outcomes",
    "eligibility",
    "contacts",
    "more",
)


def parse_layout(text: str) -> Page:
    """The page's sections. Lines before the title and the site's own words are dropped."""
    page = Page()
    state = "title"
    cell_open = False
    for line in text.replace("\u00a0", " ").replace("\u200b", "").splitlines():
        line = line.rstrip()
        state, keep = _next_state(state, line, cell_open, page)
        if not keep:
            continue
        if state == "title" and not page.title:
            page.title = line.strip().lstrip("#").strip()
            continue
        target: Lines = getattr(page, "header" if state == "title" else state)
        target.append(line)
        if line.strip():
            cell_open = not line.endswith("|")
    return page


def _next_state(state: str, line: str, cell_open: bool, page: Page) -> tuple[str, bool]:
    """The section the line belongs to, and whether it is a line of the record."""
    if _SAFETY.match(line):
        return ("header" if state == "title" else state), False
    if _NAVIGATION.match(line) and state in ("title", "header", "summary"):
        page.navigation.append(line.strip(" -"))
        return ("summary" if state != "title" else state), False
    if _NOISE.match(line) and not (state == "eligibility" and line.strip() in ("Criteria", "Investigators")):
        return state, False
    moved = _moved(state, line, cell_open)
    if moved != state:
        keep = not (
            _CHOOSING.match(line) or _CONTACT.match(line) or _CONDITIONS.match(line) or _ARMS.match(line)
        )
        return moved, keep
    if _CHOOSING.match(line) or _CONTACT.match(line):
        return state, False
    if state == "conditions" and page.conditions and not cell_open and line.strip():
        return "detail", True
    return state, bool(line.strip()) or state in ("summary", "detail", "eligibility")


def _moved(state: str, line: str, cell_open: bool) -> str:
    rank = _ORDER.index(state) if state in _ORDER else -1
    for name, pattern in _MOVES:
        if _ORDER.index(name) > rank and pattern.match(line):
            if name == "outcomes" and pattern is _BULLET and (state not in ("design", "arms") or cell_open):
                continue
            return name
    return state


_MOVES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("header", _IDENTIFIER),
    ("conditions", _CONDITIONS),
    ("design", _STUDY_TYPE),
    ("arms", _ARMS),
    ("arms", _INTERVENTION_LIST),
    ("outcomes", _OUTCOME_HEADING),
    ("outcomes", _BULLET),
    ("eligibility", _CHOOSING),
    ("eligibility", _AGES),
    ("contacts", _CONTACT),
    ("more", _RESPONSIBLE),
)
"""What begins a section. A section is never gone back to."""
