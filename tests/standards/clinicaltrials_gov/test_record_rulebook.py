"""Every rule about timing, dates and registration: its bad example breaks it, its good example keeps it."""

from __future__ import annotations

from datetime import date

import pytest
from tests.study.checks.examples import study_with

from trialwright.standards.clinicaltrials_gov.lint import lint_study
from trialwright.standards.clinicaltrials_gov.lint_registration import record_rulebook
from trialwright.study.checks.rulebook import LintRule

ON = date(2026, 11, 22)


@pytest.mark.parametrize("rule", record_rulebook().values(), ids=lambda rule: rule.code)
def test_the_bad_example_breaks_the_rule_and_the_good_one_keeps_it(rule: LintRule) -> None:
    bad = [finding for finding in lint_study(study_with(rule.bad), ON) if finding.code == rule.code]
    assert bad, rule.code
    assert all(finding.severity is rule.severity and finding.message and finding.remedy for finding in bad)
    assert rule.code not in {finding.code for finding in lint_study(study_with(rule.good), ON)}
