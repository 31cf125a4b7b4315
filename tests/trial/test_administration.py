"""Versions, sites and holds."""

from __future__ import annotations

import pytest
from tests.trial.bench import ADMINISTRATOR, SAFETY_OFFICER, Bench, codes, the_study

from trialwright.study.load import study_hash
from trialwright.trial.administration import (
    AdoptStudy,
    CloseSite,
    LiftHold,
    OpenSite,
    PlaceHold,
    check_list_can_be_made,
    commitment_event,
    decide_adoption,
    decide_hold,
    decide_lifting,
    decide_site_closing,
    decide_site_opening,
)
from trialwright.trial.events import Decision, Recorded
from trialwright.trial.study_state import evolve_study


def adopt(bench: Bench, version: str = "2.0", reason: str = "", **changed: object) -> Decision:
    study = bench.study.model_copy(update={"version": version, **changed})
    return decide_adoption(
        bench.conduct, AdoptStudy(study, reason), study_hash(study), ADMINISTRATOR, bench.now
    )


def test_amendments(bench: Bench) -> None:
    assert codes(adopt(bench, "1.0")) == ["ADM-002"]
    assert codes(adopt(bench)) == ["ADM-003"]
    assert codes(adopt(bench, reason="why", id="other")) == ["ADM-001"]
    before = bench.conduct.version
    bench.take(adopt(bench, reason="a further visit"), ADMINISTRATOR)
    assert bench.conduct.versions == (before, bench.conduct.version)


def test_sites_open_and_close(bench: Bench) -> None:
    def opening(site: str, on: str = "") -> Decision:
        return decide_site_opening(bench.study, bench.conduct, OpenSite(site, on), ADMINISTRATOR, bench.now)

    def closing(site: str, on: str = "") -> Decision:
        return decide_site_closing(bench.study, bench.conduct, CloseSite(site, on), ADMINISTRATOR, bench.now)

    assert codes(opening("east")) == ["ADM-005"]
    assert codes(opening("north")) == ["ADM-004"]
    assert codes(closing("north")) == ["ADM-006"]
    assert codes(closing("east", "2027-01-01")) == ["SUB-003"]
    bench.take(closing("east"), ADMINISTRATOR)
    assert codes(closing("east")) == ["ADM-006"]
    bench.take(opening("east"), ADMINISTRATOR)
    assert bench.conduct.sites["east"].number == 1


def test_a_site_that_moved_in_the_file_keeps_numbers_apart(bench: Bench) -> None:
    sites = bench.study.sites
    bench.study = bench.study.model_copy(
        update={"sites": (sites[0].model_copy(update={"id": "north"}), *sites)}
    )
    command = OpenSite("north")
    bench.take(
        decide_site_opening(bench.study, bench.conduct, command, ADMINISTRATOR, bench.now), ADMINISTRATOR
    )
    assert sorted(site.number for site in bench.conduct.sites.values()) == [1, 2, 3]


@pytest.mark.parametrize(
    ("scope", "words", "found"),
    [
        ("moon", "why", ["ADM-009"]),
        ("site:north", "why", ["ADM-009"]),
        ("study", " ", ["ADM-010"]),
        ("product:killer", "sterility", []),
    ],
)
def test_holds(bench: Bench, scope: str, words: str, found: list[str]) -> None:
    command = PlaceHold(scope, words)
    assert codes(decide_hold(bench.study, bench.conduct, command, SAFETY_OFFICER, bench.now)) == found


def test_lifting(bench: Bench) -> None:
    hold = PlaceHold("study", "why")
    bench.take(decide_hold(bench.study, bench.conduct, hold, SAFETY_OFFICER, bench.now), SAFETY_OFFICER)
    (name,) = bench.conduct.holds

    def lift(hold: str, words: str) -> list[str]:
        return codes(
            decide_lifting(bench.study, bench.conduct, LiftHold(hold, words), SAFETY_OFFICER, bench.now)
        )

    assert lift("H99", "why") == ["ADM-011"]
    assert lift(name, "") == ["ADM-010"]
    assert lift(name, "solved") == []


def test_lists_need_a_randomisation_and_are_made_once(bench: Bench) -> None:
    design = bench.study.design.model_copy(update={"randomisation": None})
    plain = bench.study.model_copy(update={"design": design})
    assert [f.code for f in check_list_can_be_made(plain, bench.conduct)] == ["TW-ADM-007"]
    assert not check_list_can_be_made(bench.study, bench.conduct)
    for stratum in ("her2_2", "her2_3"):
        bench.fold([commitment_event(stratum, "00", 8)])
    assert [f.code for f in check_list_can_be_made(bench.study, bench.conduct)] == ["TW-ADM-008"]


def test_the_study_of_these_tests_has_no_findings() -> None:
    from trialwright.study.checks import check_study

    assert not [f for f in check_study(the_study()) if f.severity.value == "error"]


def test_a_rehearsal_is_marked_at_activation_and_for_ever(bench: Bench) -> None:
    assert not bench.conduct.simulated
    study = the_study()
    command = AdoptStudy(study, simulated=True)
    decision = decide_adoption(None, command, study_hash(study), ADMINISTRATOR, bench.now)
    assert decision.events[0].payload["simulated"] is True
    conduct = evolve_study(
        None, Recorded(1, decision.events[0], "cells", "v", "", "ada", "administrator", "")
    )
    bench.conduct = conduct
    bench.take(adopt(bench, reason="a further visit"), ADMINISTRATOR)
    assert bench.conduct.simulated
