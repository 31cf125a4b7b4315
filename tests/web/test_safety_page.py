"""The safety page: clocks of expedited reports with due dates, and the stopping rule with the current counts."""

from __future__ import annotations

import re

from lxml import html as lxml_html
from tests.web.addresses import ROOT, text_of
from tests.web.conftest import SignIn
from tests.web.small_trial import read_study

from trialwright.outcomes.toxicity_stopping import compute_boundary
from trialwright.report.toxicity import make_rule


def test_a_serious_reaction_outside_the_reference_has_a_clock(sign_in: SignIn) -> None:
    """Begun 21 days ago; the form does not say when the sponsor was informed, so its own date is day 0."""
    shown = text_of(sign_in("safety_officer").get(f"{ROOT}safety/"))
    assert "S01-001 Cytokine release syndrome , grade 3 Other serious Competent authority" in shown
    assert re.search(r"First report due \d+ \w+ \d{4} ! [5-7] days overdue", shown)


def test_the_rule_stands_with_boundary_counts_and_a_chart(sign_in: SignIn) -> None:
    page = sign_in("safety_officer").get(f"{ROOT}safety/")
    shown = text_of(page)
    assert "prior Beta(0.6, 1.4), from 3 evaluable subjects on; window of 21 days." in shown
    assert "PIK-HER2 cells 0 0 0 0 3 of 3 0.417 nobody is evaluable yet" in shown
    charts = lxml_html.fromstring(page.content).xpath("//*[local-name()='svg' and contains(@class, 'chart')]")
    stated = read_study().safety.stopping
    assert stated is not None
    limits = [
        limit for limit in compute_boundary(make_rule(stated), stated.max_subjects) if limit is not None
    ]
    assert len(charts[0].xpath(".//*[local-name()='circle']")) == len(limits)
    assert not charts[0].xpath(".//*[@style]")


def test_roles_that_do_not_see_arms_get_counts_without_them(sign_in: SignIn) -> None:
    shown = text_of(sign_in("data_manager").get(f"{ROOT}safety/"))
    assert "All subjects 0 0 0 0" in shown
    assert "PIK-HER2 cells 0" not in shown
    assert "shown to roles that see the arms apart" in shown


def test_a_site_does_not_see_a_rule_counted_over_itself_alone(sign_in: SignIn) -> None:
    shown = text_of(sign_in("investigator").get(f"{ROOT}safety/"))
    assert "The rule counts the subjects of every site" in shown
    assert "Posterior" not in shown
