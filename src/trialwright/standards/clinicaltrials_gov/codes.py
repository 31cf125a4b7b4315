"""The findings of this room: one function, so that every finding has a code of the table and a remedy."""

from __future__ import annotations

from trialwright.study.findings import Finding, Place, Severity

SEVERITIES: dict[str, Severity] = {
    # reading
    "TW-REG-001": Severity.ERROR,  # nothing there
    "TW-REG-002": Severity.ERROR,  # not text
    "TW-REG-003": Severity.ERROR,  # not a known form of record
    "TW-REG-004": Severity.ERROR,  # broken JSON
    "TW-REG-005": Severity.ERROR,  # broken XML
    "TW-REG-006": Severity.ERROR,  # entities or document type in XML
    "TW-REG-007": Severity.ERROR,  # a member of a list is no study
    "TW-REG-008": Severity.ERROR,  # no identification
    "TW-REG-009": Severity.WARNING,  # encoding guessed
    "TW-REG-010": Severity.ERROR,  # cannot be opened
    "TW-REG-011": Severity.WARNING,  # unusually large
    "TW-REG-012": Severity.WARNING,  # characters replaced
    "TW-REG-013": Severity.WARNING,  # NCT number malformed
    "TW-REG-014": Severity.ERROR,  # cut off
    "TW-REG-015": Severity.ERROR,  # too large for a page
    # mapping
    "TW-REG-020": Severity.INFO,  # elements without a place
    "TW-REG-021": Severity.WARNING,  # element of the wrong type or with an unknown code
    "TW-REG-022": Severity.INFO,  # sections that belong to no plan
    "TW-REG-023": Severity.WARNING,  # cross-references that do not resolve
    # page text
    "TW-REG-030": Severity.WARNING,  # outcome levels not stated
    "TW-REG-031": Severity.INFO,  # joined lists
    "TW-REG-032": Severity.INFO,  # page text left over
    "TW-REG-033": Severity.ERROR,  # page cut off before its end
    # repairs of readings
    "TW-REG-040": Severity.WARNING,  # lost superscript
    "TW-REG-041": Severity.INFO,  # HTML remains
    "TW-REG-042": Severity.INFO,  # full-width or other forms of signs
    "TW-REG-043": Severity.INFO,  # comparison signs
    "TW-REG-044": Severity.INFO,  # tilde as a range
    "TW-REG-045": Severity.INFO,  # decimal comma
    "TW-REG-046": Severity.INFO,  # forms of a power of ten
    "TW-REG-050": Severity.INFO,  # dose and schedule read
    "TW-REG-051": Severity.INFO,  # doses or courses that were not taken
    "TW-REG-052": Severity.INFO,  # instrument not named
    "TW-REG-053": Severity.WARNING,  # time frame without a time
    "TW-REG-054": Severity.INFO,  # criteria read
    "TW-REG-055": Severity.WARNING,  # a criterion that can be read in several ways
    "TW-REG-056": Severity.ERROR,  # an interventional record without eligibility criteria
    # schema
    "TW-REG-060": Severity.ERROR,  # schema violation
    # linter
    "TW-REG-070": Severity.ERROR,  # a rule failed on a record
}


def registry_finding(
    code: str,
    message: str,
    remedy: str = "",
    *,
    file: str = "",
    path: tuple[str | int, ...] = (),
    evidence: str = "",
    line: int = 0,
    column: int = 0,
) -> Finding:
    """A finding of the table; evidence is cut to 200 characters."""
    short = evidence if len(evidence) <= 200 else evidence[:197] + "..."
    place = Place(file=file, line=line, column=column, path=path)
    return Finding(code, SEVERITIES[code], message, remedy, place, short)
