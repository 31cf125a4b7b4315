"""The reference page lists every code with its severity."""

from __future__ import annotations

import re

from tests.standards.clinicaltrials_gov.samples import ROOT

from trialwright.standards.clinicaltrials_gov import CHECKS
from trialwright.standards.clinicaltrials_gov.codes import SEVERITIES
from trialwright.study.findings import Severity

PAGE = (ROOT / "docs" / "reference" / "registry.md").read_text("utf-8")
WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "information"}


def test_every_code_is_documented_with_its_severity() -> None:
    rows = dict(re.findall(r"\| (TW-REG-\d{3}) \| (error|warning|information) \|", PAGE))
    expected = {code: WORDS[severity] for code, severity in SEVERITIES.items()}
    expected |= {check.code: WORDS[check.severity] for check in CHECKS}
    assert {code: rows.get(code) for code in expected} == expected


def test_every_code_in_the_room_is_in_the_table() -> None:
    room = ROOT / "src" / "trialwright" / "standards" / "clinicaltrials_gov"
    used = {
        code
        for path in room.glob("*.py")
        if path.name not in ("codes.py", "checks.py")
        for code in re.findall(r"TW-REG-\d{3}", path.read_text("utf-8"))
    }
    assert used <= set(SEVERITIES) | {check.code for check in CHECKS}
    assert set(SEVERITIES) <= used
