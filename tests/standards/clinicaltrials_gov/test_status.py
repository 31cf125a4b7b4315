"""The display status by the Unknown rule."""

from __future__ import annotations

from datetime import date

import pytest
from tests.standards.clinicaltrials_gov.samples import SEED, V2, read_one

from trialwright.standards.clinicaltrials_gov import compute_display_status


def module(status: str, verified: str | None, completion: str | None = None) -> dict:
    made: dict = {"overallStatus": status}
    if verified:
        made["statusVerifiedDate"] = verified
    if completion:
        made["completionDateStruct"] = {"date": completion}
    return made


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_the_samples_at_their_data_date(path) -> None:
    record = read_one(path)
    on = date.fromisoformat(record.study["derivedSection"]["miscInfoModule"]["versionHolder"])
    status = record.module("statusModule")
    assert compute_display_status(status, on).status == status["overallStatus"]


def test_the_seed_is_unknown_today_and_was_recruiting_before() -> None:
    status = read_one(SEED).module("statusModule")
    today = compute_display_status(status, date(2026, 11, 22))
    assert (today.status, today.last_status, today.unknown) == ("UNKNOWN", "RECRUITING", True)
    assert compute_display_status(status, date(2016, 1, 1)).status == "RECRUITING"


@pytest.mark.parametrize(
    ("status", "verified", "completion", "on", "unknown"),
    [
        ("RECRUITING", "2020-01", "2020-06", date(2021, 12, 31), False),  # 23 months
        ("RECRUITING", "2020-01", "2020-06", date(2022, 1, 1), None),  # 24 months: undecidable
        ("RECRUITING", "2020-01", "2020-06", date(2022, 1, 31), None),
        ("RECRUITING", "2020-01", "2020-06", date(2022, 2, 1), True),
        ("RECRUITING", "2020-01-15", "2020-06", date(2022, 1, 15), False),  # a day decides
        ("RECRUITING", "2020-01-15", "2020-06", date(2022, 1, 16), True),
        ("RECRUITING", "2020-01", None, date(2022, 2, 1), True),  # no completion date
        ("RECRUITING", "2020-01", "2022-03", date(2022, 2, 1), False),  # completion ahead
        ("RECRUITING", "2020-01", "2022-02", date(2022, 2, 10), None),  # completion in this month
        ("RECRUITING", "2020-01", "2022-02-10", date(2022, 2, 10), False),  # today has not passed
        ("RECRUITING", "2020-01", "2022-03", date(2022, 1, 10), False),  # false beats undecidable
        ("ENROLLING_BY_INVITATION", "2019-01", None, date(2022, 2, 1), True),
        ("SUSPENDED", "2010-01", "2012-01", date(2022, 2, 1), False),
        ("COMPLETED", "2010-01", "2012-01", date(2022, 2, 1), False),
        ("RECRUITING", None, "2012-01", date(2022, 2, 1), None),
        ("COMPLETED", None, None, date(2022, 2, 1), False),
        ("RECRUITING", "2020-13", None, date(2030, 2, 1), None),  # no date at all
        ("RECRUITING", "2020-02-29", None, date(2022, 2, 28), False),
    ],
)
def test_the_rule(status, verified, completion, on, unknown) -> None:
    found = compute_display_status(module(status, verified, completion), on)
    assert found.unknown is unknown
    assert found.status == (None if unknown is None else "UNKNOWN" if unknown else status)
    assert len(found.reasons) == 3


def test_the_older_rule_asks_no_completion_and_spares_invitation() -> None:
    ahead = module("RECRUITING", "2013-01", "2020-01")
    assert compute_display_status(ahead, date(2016, 1, 1)).unknown is False
    assert compute_display_status(ahead, date(2016, 1, 1), "2012").unknown is True
    invited = module("ENROLLING_BY_INVITATION", "2013-01")
    assert compute_display_status(invited, date(2016, 1, 1), "2012").unknown is False


def test_no_status_at_all() -> None:
    assert compute_display_status({}, date(2020, 1, 1)).status is None
    assert compute_display_status({"overallStatus": "UNKNOWN"}, date(2020, 1, 1)).status is None
