"""The gates of allocation in their order, the strata, and slots taken strictly in order."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trial.bench import (
    INVESTIGATOR,
    NURSE,
    SAFETY_OFFICER,
    STATISTICIAN,
    Bench,
    codes,
    the_study,
)

from trialwright.study.load import study_hash
from trialwright.trial.administration import (
    AdoptStudy,
    LiftHold,
    PlaceHold,
    decide_adoption,
    decide_hold,
    decide_lifting,
    make_sealed_list,
    missing_strata,
)
from trialwright.trial.allocation import (
    Allocate,
    AllocationDecision,
    allocation_event,
    decide_allocation,
    find_levels,
    list_strata,
    stratum_name,
)
from trialwright.trial.dates import local_date
from trialwright.trial.enrolment import WithdrawConsent, decide_consent_withdrawal


@pytest.fixture
def ready(bench: Bench) -> Bench:
    """A subject with confirmed eligibility, and lists."""
    bench.commit_lists().register().consent().screen().sign()
    bench.take(bench.confirm(), INVESTIGATOR)
    return bench


def allocate(bench: Bench, request: str = "r1") -> AllocationDecision:
    return decide_allocation(
        bench.study, bench.conduct, bench.state, Allocate(bench.state.subject, request), bench.now
    )


def test_the_next_slot_of_the_stratum(ready: Bench) -> None:
    decision = allocate(ready)
    assert decision.slot is not None
    assert (decision.slot.stratum, decision.slot.number) == ("her2_3", 1)
    assert decision.slot.levels == {"her2": "her2_3"}


@pytest.mark.requirement("TW-R-028")
def test_each_gate_is_closed_in_turn(bench: Bench) -> None:
    bench.register()
    assert codes(allocate(bench, " ")) == ["ALC-002"]
    assert codes(allocate(bench)) == ["SUB-011"]
    bench.consent().screen().sign()
    assert codes(allocate(bench)) == ["ALC-003"]
    bench.take(bench.confirm(), INVESTIGATOR)
    assert codes(allocate(bench)) == ["ALC-007"]
    bench.commit_lists()
    assert allocate(bench).slot is not None


def test_an_allocation_is_final(ready: Bench) -> None:
    ready.allocate()
    assert codes(allocate(ready, "another")) == ["ALC-001"]
    assert allocate(ready, f"request {ready.state.subject}").repeated


def test_a_changed_form_needs_a_new_confirmation(ready: Bench) -> None:
    form = ready.state.form("screening", "laboratory")
    assert form is not None
    changed = {**form.document, "pulse": {"value": "60", "unit": "/min"}}
    ready.take(ready.save("screening", "laboratory", changed, expected_version=1, reason="added"))
    assert codes(allocate(ready)) == ["ALC-004"]
    ready.take(ready.confirm(), INVESTIGATOR)
    assert allocate(ready).slot is not None


def test_an_amendment_needs_a_new_confirmation(ready: Bench) -> None:
    amended = ready.study.model_copy(update={"version": "2.0"})
    decision = decide_adoption(
        ready.conduct, AdoptStudy(amended, "typing error"), study_hash(amended), STATISTICIAN, ready.now
    )
    ready.take(decision, STATISTICIAN)
    assert codes(allocate(ready)) == ["ALC-004"]


def test_results_may_go_out_of_date_after_confirmation(ready: Bench) -> None:
    ready.wait(days=15)
    assert set(codes(allocate(ready))) == {"SCR-001"}


@pytest.mark.requirement("TW-R-028")
def test_withdrawal_closes_the_gate(ready: Bench) -> None:
    withdrawal = WithdrawConsent(ready.state.subject, "treatment")
    ready.take(decide_consent_withdrawal(ready.study, ready.state, withdrawal, NURSE, ready.now))
    assert codes(allocate(ready)) == ["SUB-012"]


@pytest.mark.parametrize(
    ("scope", "found"),
    [("study", ["ALC-006"]), ("site:east", ["ALC-006"]), ("arm:control", ["ALC-006"]), ("site:west", [])],
)
def test_holds(ready: Bench, scope: str, found: list[str]) -> None:
    hold = PlaceHold(scope, "a death is under review")
    ready.take(decide_hold(ready.study, ready.conduct, hold, SAFETY_OFFICER, ready.now), SAFETY_OFFICER)
    assert codes(allocate(ready)) == found
    (name,) = ready.conduct.holds
    lift = LiftHold(name, "review closed")
    ready.take(decide_lifting(ready.study, ready.conduct, lift, SAFETY_OFFICER, ready.now), SAFETY_OFFICER)
    assert allocate(ready).slot is not None


def test_an_unknown_level_is_no_stratum(ready: Bench) -> None:
    state = ready.state.model_copy(update={"forms": {}})
    assert find_levels(ready.study, state, local_date(ready.study, "east", ready.now)) == {}


def test_a_list_that_is_used_up_and_one_that_is_missing_look_the_same(ready: Bench) -> None:
    used = ready.conduct.model_copy(update={"slots_used": {"her2_3": 8}})
    missing = ready.conduct.model_copy(update={"lists": {}})
    found = [
        decide_allocation(
            ready.study, conduct, ready.state, Allocate(ready.state.subject, "r"), ready.now
        ).refusals
        for conduct in (used, missing)
    ]
    assert found[0] == found[1] and found[0][0].code == "TW-ALC-007"


def test_more_than_planned_is_warned_of(ready: Bench) -> None:
    ready.conduct = ready.conduct.model_copy(update={"reached": {"allocated": 8}})
    assert [finding.code for finding in allocate(ready).warnings] == ["TW-ALC-008"]


@pytest.mark.requirement("TW-R-032")
def test_a_later_correction_never_moves_the_allocation(ready: Bench) -> None:
    ready.allocate("control")
    form = ready.state.form("screening", "disease")
    assert form is not None
    changed = {**form.document, "her2": {"value": "2"}}
    ready.take(ready.save("screening", "disease", changed, expected_version=1, reason="second reading"))
    assert ready.state.allocation is not None
    assert (ready.state.allocation.arm, ready.state.allocation.stratum) == ("control", "her2_3")


def test_strata_are_every_combination() -> None:
    study = the_study()
    assert list_strata(study) == ("her2_2", "her2_3")
    randomisation = study.design.randomisation
    assert randomisation is not None
    twice = randomisation.model_copy(update={"strata": (*randomisation.strata, *randomisation.strata)})
    design = study.design.model_copy(update={"randomisation": twice})
    crossed = study.model_copy(update={"design": design})
    assert list_strata(crossed) == ("her2_2|her2_2", "her2_2|her2_3", "her2_3|her2_2", "her2_3|her2_3")
    plain = study.model_copy(
        update={
            "design": design.model_copy(
                update={"randomisation": randomisation.model_copy(update={"strata": ()})}
            )
        }
    )
    assert list_strata(plain) == ("ALL",)
    assert stratum_name({}) == "ALL"


@pytest.mark.requirement("TW-R-029")
def test_lists_hold_the_ratio_in_every_block(bench: Bench) -> None:
    assert missing_strata(bench.study, bench.conduct) == ("her2_2", "her2_3")
    made = make_sealed_list(bench.study, "her2_2", "seed")
    assert len(made.allocations) == 16
    blocks = [made.allocations[i : i + 4] for i in range(0, 16, 4)]
    assert all(Counter(block) == {"tested": 2, "control": 2} for block in blocks)
    assert made.allocations == make_sealed_list(bench.study, "her2_2", "seed").allocations
    assert made.allocations != make_sealed_list(bench.study, "her2_3", "seed").allocations


@settings(max_examples=25, deadline=None)
@given(levels=st.lists(st.sampled_from(["2", "3"]), min_size=1, max_size=6))
@pytest.mark.requirement("TW-R-031")
def test_slots_are_taken_in_order_and_once(levels: list[str]) -> None:
    bench = Bench().commit_lists()
    taken: list[tuple[str, int]] = []
    for level in levels:
        bench.register().consent().screen(disease={"her2": {"value": level}}).sign()
        bench.take(bench.confirm(), INVESTIGATOR)
        decision = allocate(bench)
        assert decision.slot is not None
        taken.append((decision.slot.stratum, decision.slot.number))
        command = Allocate(bench.state.subject, "r1")
        bench.fold([allocation_event(bench.study, bench.state, command, decision.slot, "tested", bench.now)])
    for stratum in ("her2_2", "her2_3"):
        numbers = [number for name, number in taken if name == stratum]
        assert numbers == list(range(1, len(numbers) + 1))
    assert bench.conduct.allocated == {"tested": len(levels)}
