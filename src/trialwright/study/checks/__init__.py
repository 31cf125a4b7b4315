"""The linter of a study file: every check, and what they find together."""

from __future__ import annotations

from ..findings import Finding, sort_findings
from ..load import LoadedStudy
from ..model import Study
from .assumptions import check_assumptions
from .base import Check
from .design import check_design
from .forms import check_forms
from .people import check_people
from .protocol_checks import check_protocol
from .references import check_references
from .reports import check_reports
from .rules import check_rules
from .safety import check_safety
from .schedule import check_schedule
from .subgroups import check_subgroups

CHECKS: tuple[Check, ...] = (
    check_references,
    check_schedule,
    check_design,
    check_forms,
    check_rules,
    check_people,
    check_reports,
    check_subgroups,
    check_safety,
    check_assumptions,
    check_protocol,
)


def check_study(study: Study) -> list[Finding]:
    """Everything that can be found in a study without its file: places carry the path only."""
    return sort_findings(finding for check in CHECKS for finding in check(study))


def check_loaded(loaded: LoadedStudy) -> list[Finding]:
    """The findings of reading a study and of checking it, each with its file, line and column."""
    found = list(loaded.findings)
    if loaded.study is not None:
        found += [finding.at(loaded.place(finding.place.path)) for finding in check_study(loaded.study)]
    return sort_findings(found)
