"""Registration, consent and its withdrawal."""

from __future__ import annotations

import pytest
from tests.trial.bench import ADMINISTRATOR, NURSE, Bench, codes

from trialwright.trial.administration import CloseSite, OpenSite, decide_site_closing, decide_site_opening
from trialwright.trial.enrolment import (
    RecordConsent,
    RegisterSubject,
    WithdrawConsent,
    decide_consent,
    decide_consent_withdrawal,
    decide_registration,
)
from trialwright.trial.events import Decision
from trialwright.trial.screening import RecordScreenFailure, decide_screen_failure
from trialwright.trial.subject import Status


def register(bench: Bench, site: str = "east", on: str = "") -> Decision:
    return decide_registration(bench.study, bench.conduct, RegisterSubject(site, on), NURSE, bench.now)


def consent(bench: Bench, version: str = "1", on: str = "") -> Decision:
    command = RecordConsent(bench.state.subject, version, on, "zh")
    return decide_consent(bench.study, bench.state, command, NURSE, bench.now)


def withdraw(bench: Bench, scope: str, on: str = "") -> Decision:
    command = WithdrawConsent(bench.state.subject, scope, on, "moved away")  # type: ignore[arg-type]
    return decide_consent_withdrawal(bench.study, bench.state, command, NURSE, bench.now)


def test_subjects_are_numbered_by_site(bench: Bench) -> None:
    seen = []
    for site in ("east", "west", "east"):
        bench.take(register(bench, site))
        seen.append((bench.state.subject, bench.state.site, bench.state.status))
    assert seen == [
        ("S01-001", "east", Status.REGISTERED),
        ("S02-001", "west", Status.REGISTERED),
        ("S01-002", "east", Status.REGISTERED),
    ]
    assert bench.conduct.reached == {"registered": 3}


@pytest.mark.requirement("TW-R-023")
def test_dates_are_the_sites_own(bench: Bench) -> None:
    # 17:00 UTC on 2 March is 3 March in Shanghai and still 2 March in Paris.
    bench.wait(hours=9)
    assert register(bench, "east").events[0].occurred_on == "2026-03-03"
    assert register(bench, "west").events[0].occurred_on == "2026-03-02"
    assert register(bench, "east", "2026-03-03").accepted
    assert codes(register(bench, "west", "2026-03-03")) == ["SUB-002"]


def test_only_an_open_site_registers(bench: Bench) -> None:
    closing = decide_site_closing(bench.study, bench.conduct, CloseSite("east"), ADMINISTRATOR, bench.now)
    bench.take(closing, ADMINISTRATOR)
    assert codes(register(bench)) == ["SUB-001"]
    assert codes(register(bench, "north")) == ["SUB-001"]
    opening = decide_site_opening(bench.study, bench.conduct, OpenSite("east"), ADMINISTRATOR, bench.now)
    bench.take(opening, ADMINISTRATOR)
    assert register(bench).accepted


def test_consent_and_a_further_version(bench: Bench) -> None:
    bench.register()
    assert codes(consent(bench, " ")) == ["SUB-004"]
    assert codes(consent(bench, on="2026-03-03")) == ["SUB-003"]
    bench.take(consent(bench))
    assert bench.state.status is Status.CONSENTED
    assert codes(consent(bench, "2", "2026-03-01")) == ["SUB-005"]
    bench.wait(days=3)
    bench.take(consent(bench, "2"))
    assert bench.state.consent is not None
    assert (bench.state.consent.version, bench.state.consent.versions) == ("2", ("1", "2"))
    assert bench.conduct.reached["consented"] == 1


def test_withdrawal_widens_and_never_narrows(bench: Bench) -> None:
    bench.register()
    assert codes(withdraw(bench, "treatment")) == ["SUB-007"]
    bench.take(consent(bench))
    assert codes(withdraw(bench, "everything")) == ["SUB-009"]
    assert codes(withdraw(bench, "treatment", "2026-02-28")) == ["SUB-008"]
    bench.take(withdraw(bench, "follow_up"))
    assert bench.state.status is Status.WITHDRAWN
    for scope in ("treatment", "follow_up"):
        assert codes(withdraw(bench, scope)) == ["SUB-010"]
    assert withdraw(bench, "data").accepted


def test_consent_after_a_screen_failure_is_refused(bench: Bench) -> None:
    bench.register().consent()
    failure = RecordScreenFailure(bench.state.subject, words="changed her mind")
    bench.take(decide_screen_failure(bench.study, bench.state, failure, NURSE, bench.now))
    assert codes(consent(bench, "2")) == ["SUB-006"]


@pytest.mark.parametrize("on", ["02.03.2026", "2026-03", "2026-02-30"])
def test_what_is_no_date_is_refused(bench: Bench, on: str) -> None:
    assert codes(register(bench, on=on)) == ["SUB-002"]
