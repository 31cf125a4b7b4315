"""Every rule of the linter: its bad example breaks it, its good example keeps it, its words are complete."""

from __future__ import annotations

import pytest
from tests.study.checks.examples import study_with

from trialwright.study.checks import check_study
from trialwright.study.checks.protocol_checks import check_protocol
from trialwright.study.checks.rulebook import LintRule, rulebook

RULES = list(rulebook().values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_bad_example_breaks_the_rule_and_the_good_one_keeps_it(rule: LintRule) -> None:
    bad = [finding for finding in check_protocol(study_with(rule.bad)) if finding.code == rule.code]
    assert bad, rule.code
    assert all(finding.severity is rule.severity and finding.message and finding.remedy for finding in bad)
    assert rule.code not in {finding.code for finding in check_protocol(study_with(rule.good))}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_finding_stands_at_a_place_of_the_study(rule: LintRule) -> None:
    study = study_with(rule.bad)
    for finding in check_protocol(study):
        value: object = study
        for step in finding.place.path:
            value = value[step] if isinstance(step, int) else getattr(value, step)  # type: ignore[index]


def test_a_bare_study_has_no_finding_about_what_it_does_not_state() -> None:
    assert {finding.code for finding in check_protocol(study_with({}))} == {"TW-OUT-001"}


def test_the_protocol_is_part_of_the_check_of_a_study() -> None:
    study = study_with(rulebook()["TW-PRD-002"].bad)
    assert "TW-PRD-002" in {finding.code for finding in check_study(study)}
