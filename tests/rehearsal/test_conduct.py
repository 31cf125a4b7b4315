"""The whole small study, rehearsed: the ledger holds, everybody acted, the data say what the course said."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from trialwright.design.from_study import scenario_from_study
from trialwright.outcomes.recist.responses import Response
from trialwright.rehearsal import RehearsalSummary
from trialwright.rehearsal.course import draw_course
from trialwright.report.dataset import Dataset, derive_dataset, find_assessment_visit
from trialwright.store.ledger import read
from trialwright.store.projections import load_study, load_subject
from trialwright.store.replay import replay_store
from trialwright.store.verify import verify_store
from trialwright.study.model.study import Study
from trialwright.trial.dates import parse_instant
from trialwright.trial.events import Kind, Recorded

FAR = date(2100, 1, 1)


@pytest.fixture
def events(played: RehearsalSummary, study: Study) -> list[Recorded]:
    return list(read(study.id))


@pytest.fixture
def subjects(events: list[Recorded]) -> list[str]:
    """The pseudonyms in the order of registration: the place is the number that keys the course."""
    return [one.event.subject for one in events if one.kind is Kind.SUBJECT_REGISTERED]


@pytest.fixture
def dataset(study: Study, subjects: list[str]) -> Dataset:
    return derive_dataset(study, [s for code in subjects if (s := load_subject(study.id, code))], FAR)


def test_ledger_holds_and_replay_equals_the_projections(played: RehearsalSummary) -> None:
    found = verify_store()
    assert found.intact
    assert found.clock_steps_back == 0
    assert found.head.hash == played.head
    assert found.count == played.events
    assert replay_store() == []


def test_study_is_marked_as_simulated(played: RehearsalSummary, study: Study) -> None:
    conduct = load_study(study.id)
    assert conduct is not None and conduct.simulated


def test_as_many_as_planned_are_allocated_and_leave(played: RehearsalSummary, study: Study) -> None:
    assert played.allocated == study.design.enrolment.count
    assert played.screened == played.allocated + played.failed
    assert played.kinds["follow_up_ended"] == played.allocated
    conduct = load_study(study.id)
    assert conduct is not None
    assert max(conduct.allocated.values()) - min(conduct.allocated.values()) == 0


def test_everything_that_goes_wrong_in_life_goes_wrong(played: RehearsalSummary) -> None:
    assert played.failed > 0
    assert played.corrections > 0
    assert played.queries > 0
    assert played.refused["TW-DAT-036"] > 0
    assert played.refused["TW-CEL-011"] > 0
    assert played.refusals == sum(played.refused.values())


def test_every_role_acted(played: RehearsalSummary, study: Study) -> None:
    assert set(played.roles) == {role.id for role in study.roles}


def test_events_come_in_the_order_of_the_simulated_time(events: list[Recorded]) -> None:
    instants = [parse_instant(one.recorded_at) for one in events]
    assert all(earlier <= later for earlier, later in pairwise(instants))


@pytest.mark.requirement("TW-R-034")
def test_release_is_by_another_person_than_the_operator(events: list[Recorded]) -> None:
    operators: dict[str, set[str]] = {}
    for one in events:
        if one.kind in (Kind.BATCH_STARTED, Kind.CONTAINERS_FILLED):
            operators.setdefault(one.payload["batch"], set()).add(one.actor)
        elif one.kind is Kind.BATCH_RELEASED:
            assert one.actor not in operators[one.payload["batch"]]


@pytest.mark.requirement("TW-R-035")
def test_infusions_are_checked_by_two_people_within_the_window(dataset: Dataset, study: Study) -> None:
    given = 0
    for subject in dataset.subjects:
        for dose in subject.state.administrations:
            given += 1
            assert dose.by != dose.witness and dose.witness
        timing = [d for d in subject.state.deviations if d.category == "dose_timing"]
        assert timing == []
    assert given > 0


def test_death_is_never_before_progression_or_any_visit(dataset: Dataset) -> None:
    seen = 0
    for subject in dataset.subjects:
        if subject.survival is None or subject.progression is None:
            continue
        seen += 1
        assert subject.progression.days <= subject.survival.days
        if subject.survival.event:
            assert all(
                form.occurred_on <= subject.survival.end_on.isoformat()
                for form in subject.state.forms.values()
            )
    assert seen == len([s for s in dataset.subjects if s.state.allocation])


def test_derived_progression_is_the_latent_one_at_the_next_assessment(
    dataset: Dataset, study: Study, subjects: list[str], played: RehearsalSummary
) -> None:
    scenario, _ = scenario_from_study(study, study.rehearsal.scenario)
    visit = find_assessment_visit(study)
    reach = visit.repeat.every_days + visit.window.before_days + visit.window.after_days + 1
    planned = next(s for s in study.scenarios if s.id == study.rehearsal.scenario)
    progressions = 0
    for subject in dataset.subjects:
        state = subject.state
        if state.allocation is None:
            continue
        experimental = state.allocation.arm == planned.experimental_arm
        course = draw_course(scenario, experimental, played.seed, subjects.index(state.subject))
        start = date.fromisoformat(state.allocation.allocated_on)
        progressed = [point for point in subject.responses if point.overall is Response.PD]
        found = [point.progression_on for point in progressed if point.progression_on is not None]
        left = date.fromisoformat(state.follow_up_end.ended_on)
        due = (
            None if course.progresses_after_days is None else start + timedelta(course.progresses_after_days)
        )
        if due is not None and due + timedelta(days=reach) < left:
            assert found, state.subject
        if found:
            progressions += 1
            assert due is not None
            first = max(due, start + timedelta(days=visit.day - visit.window.before_days - 1))
            assert due <= found[0] <= first + timedelta(days=reach)
        if course.dies_after_days is not None and state.follow_up_end.reason == "death":
            assert left == start + timedelta(course.dies_after_days)
    assert progressions > 0


@pytest.mark.usefixtures("quick_passwords")  # as they were hashed when the small study was rehearsed
def test_accounts_can_be_shown_and_never_stand_in_the_answer(played: RehearsalSummary, study: Study) -> None:
    from trialwright.store.accounts import find_account

    assert [account["username"] for account in played.accounts] == [role.id for role in study.roles]
    for account in played.accounts:
        assert find_account(account["username"]).check_password(account["password"])
        assert account["password"] not in repr(played)
        assert account["password"] not in str(played.as_json())
