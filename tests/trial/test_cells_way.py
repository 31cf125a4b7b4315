"""Cells from vein to vein: the good path, and what each step refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.trial.bench import (
    INVESTIGATOR,
    LABORATORY,
    NURSE,
    OTHER_LABORATORY,
    QUALITY,
    SAFETY_OFFICER,
    WEST_NURSE,
    Bench,
    codes,
)

from trialwright.trial.administration import PlaceHold, decide_hold
from trialwright.trial.cells.bedside import VERIFICATION_MINUTES
from trialwright.trial.cells.chain import is_coi, make_coi
from trialwright.trial.cells.collection import RecordCollection, decide_collection
from trialwright.trial.cells.manufacture import (
    FailBatch,
    FillContainers,
    NewContainer,
    StartBatch,
    decide_batch_failure,
    decide_batch_start,
    decide_filling,
)
from trialwright.trial.enrolment import WithdrawConsent, decide_consent_withdrawal
from trialwright.trial.events import Actor, Kind
from trialwright.trial.subject import Status


@pytest.fixture
def started(bench: Bench) -> Bench:
    """An allocated subject whose material is accepted for manufacture."""
    return bench.allocated().wait(hours=2).collect()


def kinds(decision: object) -> list[Kind]:
    return [event.kind for event in decision.events]  # type: ignore[attr-defined]


def test_from_vein_to_vein(started: Bench) -> None:
    started.wait(days=4)
    started.give("vaccine", 5, dose="1e7", volume="1")
    assert started.state.status is Status.ON_TREATMENT
    started.wait(days=1)
    container = started.give("killer", 6)
    first, second = started.state.administrations
    assert (first.product, first.cycle, first.planned_day, first.given_on) == ("vaccine", 1, 5, "2026-03-06")
    assert (second.container, second.given_on, second.dose) == (container, "2026-03-07", "2e9")
    assert {second.by, second.witness} == {NURSE.user, "nils"}
    states = [step.state for step in started.state.containers[container].custody]
    assert states == [
        "QC_PENDING",
        "RELEASED",
        "SHIPPED_TO_SITE",
        "RECEIVED_AT_SITE",
        "PREPARED",
        "BEDSIDE_VERIFIED",
        "INFUSION_STARTED",
        "INFUSED",
    ]
    assert not started.state.deviations


def test_the_chain_of_identity_is_made_once_and_kept(started: Bench) -> None:
    coi = started.state.coi
    assert is_coi(coi)
    started.collect(din="A999926000002")
    assert started.state.coi == coi
    assert started.conduct.identifiers == {
        f"coi:{coi}": started.state.subject,
        "din:A999926000001": started.state.subject,
        "din:A999926000002": started.state.subject,
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"din": "A999926000001"}, "CEL-013"),
        ({"din": "12345"}, "CEL-014"),
        ({"material": "bone"}, "CEL-015"),
        ({"second": NURSE}, "CEL-018"),
        ({"second": WEST_NURSE}, "CEL-018"),
        ({"collected_at": "2027-01-01T00:00:00Z"}, "CEL-002"),
        ({"collected_at": "2026-03-02"}, "CEL-001"),
        ({"expires_at": "2026-03-01T00:00:00Z"}, "CEL-017"),
    ],
)
def test_a_collection_is_refused(started: Bench, changed: dict, code: str) -> None:
    given = {"material": "mononuclear cells", "din": "A999926000019", "second": INVESTIGATOR, **changed}
    command = RecordCollection(started.state.subject, **given)
    decision = decide_collection(
        started.study, started.conduct, started.state, command, NURSE, started.now, bytes(10)
    )
    assert codes(decision) == [code]


@pytest.mark.requirement("TW-R-026")
def test_nothing_is_collected_before_allocation_or_after_withdrawal(bench: Bench) -> None:
    bench.register().consent()
    command = RecordCollection(bench.state.subject, "mononuclear cells", "A999926000001", INVESTIGATOR)

    def decide() -> list[str]:
        return codes(
            decide_collection(bench.study, bench.conduct, bench.state, command, NURSE, bench.now, bytes(10))
        )

    assert decide() == ["CEL-016"]
    withdrawal = WithdrawConsent(bench.state.subject, "treatment")
    bench.take(decide_consent_withdrawal(bench.study, bench.state, withdrawal, NURSE, bench.now))
    assert decide() == ["SUB-012", "CEL-016"]


@pytest.mark.requirement("TW-R-033")
def test_another_subject_never_gets_the_same_chain_of_identity(started: Bench) -> None:
    taken = started.state.coi
    started.wait(minutes=1).register().consent().screen().sign()
    started.take(started.confirm(), INVESTIGATOR)
    started.allocate()
    command = RecordCollection(started.state.subject, "mononuclear cells", "A999926000019", INVESTIGATOR)
    decision = decide_collection(
        started.study, started.conduct, started.state, command, NURSE, started.now, bytes(range(10))
    )
    assert taken and codes(decision) == ["CEL-012"]


@pytest.mark.parametrize(
    ("product", "days", "code"),
    [("plain", (6,), "CEL-032"), ("killer", (7,), "CEL-033"), ("killer", (), "CEL-033")],
)
@pytest.mark.requirement("TW-R-038")
def test_a_batch_of_another_arm_or_day_is_refused(
    started: Bench, product: str, days: tuple[int, ...], code: str
) -> None:
    command = StartBatch(started.state.subject, product, tuple(started.state.collections), days)
    decision = decide_batch_start(
        started.study, started.conduct, started.state, command, LABORATORY, started.now
    )
    assert codes(decision) == [code]


def test_a_batch_needs_accepted_material(started: Bench) -> None:
    name = next(iter(started.state.collections))
    raw = started.state.collections[name].model_copy(update={"state": "RECEIVED_AT_MFG"})
    state = started.state.model_copy(update={"collections": {name: raw}})
    for collections, code in (((name,), "CEL-035"), (("other",), "CEL-019"), ((), "CEL-019")):
        command = StartBatch(state.subject, "killer", collections, (6,))
        decision = decide_batch_start(started.study, started.conduct, state, command, LABORATORY, started.now)
        assert codes(decision) == [code]


def test_a_hold_stops_making_releasing_and_giving(started: Bench) -> None:
    batch = started.start_batch()
    started.fill(batch)
    started.pass_tests(batch)
    hold = PlaceHold("product:killer", "sterility under review")
    started.take(
        decide_hold(started.study, started.conduct, hold, SAFETY_OFFICER, started.now), SAFETY_OFFICER
    )
    assert codes(started.release(batch)) == ["CEL-004"]
    command = StartBatch(started.state.subject, "killer", tuple(started.state.collections), (13,))
    decision = decide_batch_start(
        started.study, started.conduct, started.state, command, LABORATORY, started.now
    )
    assert codes(decision) == ["CEL-004"]


def test_a_failed_batch_is_over(started: Bench) -> None:
    batch = started.start_batch()
    for failure, refused in (("bad luck", ["CEL-038"]), ("no_growth", [])):
        command = FailBatch(started.state.subject, batch, failure)
        decision = decide_batch_failure(started.study, started.state, command, LABORATORY, started.now)
        assert codes(decision) == refused
    started.take(decision, LABORATORY)
    assert started.state.batches[batch].state == "MFG_FAILED"
    filling = FillContainers(started.state.subject, batch, (), OTHER_LABORATORY)
    again = decide_filling(started.study, started.state, filling, LABORATORY, started.now)
    assert codes(again) == ["CEL-037"]


@pytest.mark.parametrize(
    ("container", "second", "found"),
    [
        (NewContainer(6, "2e9", "{cells}", "300", "mL"), LABORATORY, ["CEL-018"]),
        (NewContainer(13, "2e9", "{cells}", "300", "mL"), OTHER_LABORATORY, ["CEL-040"]),
        (NewContainer(6, "many", "{cells}", "300", "mL"), OTHER_LABORATORY, ["CEL-041"]),
        (NewContainer(6, "2e9", "10*9", "300", "mL"), OTHER_LABORATORY, ["CEL-041"]),
        (NewContainer(6, "2e9", "{cells}", "-1", "mL"), OTHER_LABORATORY, ["CEL-041"]),
        (NewContainer(6, "2e9", "{cells}", "300", "L"), OTHER_LABORATORY, ["CEL-041"]),
    ],
)
def test_filling_is_refused(started: Bench, container: NewContainer, second: Actor, found: list[str]) -> None:
    batch = started.start_batch()
    command = FillContainers(started.state.subject, batch, (container,), second)
    decision = decide_filling(started.study, started.state, command, LABORATORY, started.now)
    assert codes(decision) == found


def test_shelf_life_begins_with_filling(started: Bench) -> None:
    container = started.fill(started.start_batch())
    expiry = started.now + timedelta(hours=24)
    assert started.state.containers[container].expires_at == expiry.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.requirement("TW-R-033", "TW-R-035", "TW-R-036")
def test_the_bedside_check_refuses(started: Bench) -> None:
    container = started.released("vaccine", (5,), dose="1e7", volume="1")
    assert codes(started.verify(container)) == ["CEL-020"]
    started.at_site(container)
    assert codes(started.verify(container, second=NURSE)) == ["CEL-018"]
    assert codes(started.verify(container, second=WEST_NURSE)) == ["CEL-018"]
    assert codes(started.verify(container, scanned_coi="0000000000000000X")) == ["CEL-009"]
    assert codes(started.verify(container, scanned_coi=make_coi(bytes(10)))) == ["CEL-011"]
    assert codes(started.verify(container, scanned_coi="")) == ["CEL-010"]
    assert codes(started.verify(container, scanned_container="another")) == ["CEL-070"]
    started.wait(hours=25)
    assert codes(started.verify(container)) == ["CEL-020"]


@pytest.mark.requirement("TW-R-049")
def test_a_scan_that_did_not_fit_stays_as_a_deviation(started: Bench) -> None:
    """The step is refused; that another person's code was scanned is kept."""
    container = started.released("vaccine", (5,), dose="1e7", volume="1")
    started.at_site(container)
    for wrong in ({"scanned_coi": make_coi(bytes(10))}, {"scanned_container": "another"}):
        decision = started.verify(container, **wrong)
        assert not decision.accepted
        (kept,) = decision.kept
        assert kept.kind is Kind.DEVIATION_RECORDED
        assert (kept.payload["category"], kept.payload["severity"]) == ("identity", "minor")
        assert kept.payload["about"] == container
    assert started.verify(container, scanned_coi="").kept == ()
    received = started.move(container, "RECEIVED_AT_SITE", NURSE)
    assert received.kept == ()


def test_a_check_lapses_and_is_done_again(started: Bench) -> None:
    started.wait(days=4)
    container = started.released("vaccine", (5,), dose="1e7", volume="1")
    started.at_site(container)
    assert codes(started.start(container)) == ["CEL-020"]
    started.take(started.verify(container))
    assert codes(started.start(container, INVESTIGATOR)) == ["CEL-072"]
    started.wait(minutes=VERIFICATION_MINUTES + 1)
    assert codes(started.start(container)) == ["CEL-071"]
    started.take(started.move(container, "PREPARED", NURSE))
    started.take(started.verify(container))
    started.take(started.start(container))


def test_an_earlier_dose_of_the_cycle_is_given_or_waived(started: Bench) -> None:
    started.wait(days=5)
    container = started.released()
    started.at_site(container)
    started.take(started.verify(container))
    assert codes(started.start(container)) == ["CEL-082"]
    decision = started.take(started.start(container, waived="the vaccine failed"))
    assert kinds(decision) == [Kind.CONTAINER_MOVED, Kind.DEVIATION_RECORDED]
    assert started.state.deviations[0].category == "dose"


def test_a_dose_outside_its_window_is_warned_of_and_becomes_a_deviation(started: Bench) -> None:
    started.wait(days=6)
    container = started.released("vaccine", (5,), dose="1e7", volume="1")
    started.at_site(container)
    warned = started.take(started.verify(container))
    assert [finding.code for finding in warned.warnings] == ["TW-CEL-080"]
    started.take(started.start(container))
    assert [deviation.category for deviation in started.state.deviations] == ["dose_timing"]


@pytest.mark.requirement("TW-R-037")
def test_a_planned_dose_is_given_once(started: Bench) -> None:
    started.wait(days=4)
    started.give("vaccine", 5, dose="1e7", volume="1")
    twin = started.released("vaccine", (5,), dose="1e7", volume="1")
    started.at_site(twin)
    started.take(started.verify(twin))
    assert codes(started.start(twin, waived="no matter")) == ["CEL-081"]


@pytest.mark.parametrize(
    ("volume", "more", "found"),
    [
        ("301", {}, ["CEL-073"]),
        ("0", {}, ["CEL-073"]),
        ("all of it", {}, ["CEL-073"]),
        ("120", {}, ["CEL-074"]),
        ("300", {"partial": True, "words": "clot"}, ["CEL-074"]),
        ("120", {"partial": True}, ["CEL-075"]),
    ],
)
def test_what_was_given_must_be_possible(started: Bench, volume: str, more: dict, found: list[str]) -> None:
    container = _connected(started)
    assert codes(started.finish(container, volume, **more)) == found


def _connected(bench: Bench) -> str:
    bench.wait(days=4)
    bench.give("vaccine", 5, dose="1e7", volume="1")
    bench.wait(days=1)
    container = bench.released()
    bench.at_site(container)
    bench.take(bench.verify(container))
    bench.take(bench.start(container))
    bench.wait(hours=1)
    return container


def test_a_partial_dose_is_computed_and_judged(started: Bench) -> None:
    container = _connected(started)
    decision = started.take(started.finish(container, "120", partial=True, words="fever"))
    given = started.state.administrations[-1]
    assert (given.dose, given.volume, given.partial) == ("800000000", "120", True)
    assert kinds(decision) == [Kind.ADMINISTRATION_RECORDED, Kind.DEVIATION_RECORDED]
    assert started.state.containers[container].state == "INFUSED_PARTIAL"


def test_nothing_is_given_after_the_subject_withdrew(started: Bench) -> None:
    container = started.released()
    started.at_site(container)
    withdrawal = WithdrawConsent(started.state.subject, "treatment")
    started.take(decide_consent_withdrawal(started.study, started.state, withdrawal, NURSE, started.now))
    assert codes(started.verify(container)) == ["SUB-012"]


@pytest.mark.requirement("TW-R-036", "TW-R-037")
def test_expired_containers_are_only_destroyed_by_two_people(started: Bench) -> None:
    container = started.released()
    started.at_site(container)
    started.wait(hours=30)
    assert codes(started.move(container, "RETURNED", NURSE, note="too late")) == ["CEL-020"]
    assert codes(started.move(container, "DESTROYED", QUALITY)) == ["CEL-018"]
    decision = started.take(started.move(container, "DESTROYED", QUALITY, second=LABORATORY), QUALITY)
    assert [event.payload["to"] for event in decision.events] == ["EXPIRED", "DESTROYED"]


def test_two_containers_of_one_dose_are_never_given_at_once(started: Bench) -> None:
    started.wait(days=4)
    twins = [started.released("vaccine", (5,), dose="1e7", volume="1") for _ in range(2)]
    for twin in twins:
        started.at_site(twin)
        started.take(started.verify(twin))
    started.take(started.start(twins[0]))
    assert codes(started.start(twins[1])) == ["CEL-081"]
