"""The way of the cells, exposure, and forms expected and received: small cases worked out by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from trialwright.report.cell_chain import tabulate_chain
from trialwright.report.dataset import Dataset, derive_dataset
from trialwright.report.expected_forms import derive_expected_forms
from trialwright.report.exposure import build_exposure
from trialwright.report.missing_data import build_missing
from trialwright.report.model import Number, Table
from trialwright.report.pooling import has_one_plan, pool_states, pool_study
from trialwright.study.model import Study
from trialwright.trial.records import Deviation
from trialwright.trial.subject import SubjectState

from .conftest import CUT as HAND_CUT
from .conftest import SUBJECTS, Hand
from .safety_trial import ARMS, BEGIN, CUT, Life, draw_lives, way_of_cells, write_states

WHOLE_WAY = (
    "QC_PENDING",
    "RELEASED_CONDITIONAL",
    "RECEIVED_AT_SITE",
    "BEDSIDE_VERIFIED",
    "INFUSION_STARTED",
    "INFUSED",
)
FATES = {
    "S01-001": WHOLE_WAY,
    "S01-002": (*WHOLE_WAY[:-1], "INFUSED_PARTIAL"),
    "S01-003": ("QC_PENDING", "OOS", "REJECTED", "DESTROYED"),
    "S01-004": ("QC_PENDING", "RELEASED", "RECEIVED_AT_SITE"),
    "S01-005": ("QC_PENDING",),
}


def numbers_of(tables: tuple[Table, ...] | list[Table]) -> dict[str, Number]:
    return {number.id: number for table in tables for number in table.numbers()}


@pytest.fixture
def lives() -> list[Life]:
    return [Life(s, ARMS[i % 2], BEGIN, (), (), 100, died=False, doses=()) for i, s in enumerate(FATES)]


@pytest.fixture
def states(study: Study, lives: list[Life]) -> list[SubjectState]:
    made: list[SubjectState] = []
    for state in write_states(study, lives):
        way = way_of_cells(
            state.subject, FATES[state.subject], "2024-01-01T06:00:00.000Z", "2024-01-19T18:00:00.000Z"
        )
        made.append(state.model_copy(update=way))
    return made


def test_every_container_has_one_fate(study: Study, states: list[SubjectState]) -> None:
    found = numbers_of(tabulate_chain(derive_dataset(study, states, CUT)))
    fates = {
        name: n.value for name, n in found.items() if name.startswith("chain.fate.") and name.count(".") == 2
    }
    assert {name.removeprefix("chain.fate."): v for name, v in fates.items() if v} == {
        "infused": 1,
        "infused_partial": 1,
        "destroyed": 1,
        "qc_pending": 1,
        "on_the_way": 1,
    }
    assert sum(value or 0 for value in fates.values()) == found["chain.containers"].value == len(FATES)
    by_arm = [found[f"chain.containers.{arm}"].value for arm in ARMS]
    assert by_arm == [3, 2]


def test_making_release_and_checks(study: Study, states: list[SubjectState]) -> None:
    found = numbers_of(tabulate_chain(derive_dataset(study, states, CUT)))
    counted = {
        name: found[f"chain.{name}"].value for name in ("batches", "filled", "released", "conditional")
    }
    assert counted == {"batches": 5, "filled": 5, "released": 3, "conditional": 2}
    assert found["chain.out_of_specification"].subjects == ("S01-003",)
    assert found["chain.at_collection"].value == 5
    assert found["chain.at_bedside"].value == 2
    assert found["chain.at_site"].value == 3


def test_days_from_vein_to_vein(study: Study, states: list[SubjectState]) -> None:
    found = numbers_of(tabulate_chain(derive_dataset(study, states, CUT)))
    number = found[f"chain.vein_to_vein_1.dc.{ARMS[0]}"]
    assert number.value == pytest.approx(18.5)
    assert number.subjects == ("S01-001",)
    assert f"chain.vein_to_vein_2.dc.{ARMS[0]}" not in found
    assert found[f"chain.to_release_1.dc.{ARMS[1]}"].subjects == ("S01-002", "S01-004")


def test_a_scan_that_was_refused_is_counted(study: Study, states: list[SubjectState]) -> None:
    noted = Deviation(
        id="D1", category="identity", severity="minor", text="", occurred_on=BEGIN.isoformat(), seq=77
    )
    states[0] = states[0].model_copy(update={"deviations": (noted,)})
    found = numbers_of(tabulate_chain(derive_dataset(study, states, CUT)))
    assert (found["chain.refused"].value, found["chain.refused"].sources) == (1, (77,))


def test_the_way_of_the_cells_as_of_an_earlier_date(study: Study, states: list[SubjectState]) -> None:
    found = numbers_of(tabulate_chain(derive_dataset(study, states, date(2024, 1, 10))))
    assert found["chain.making"].value == 5
    assert found["chain.containers"].value == 0


def exposure_of(data: Dataset) -> dict[str, Number]:
    return numbers_of([block for block in build_exposure(data).blocks if isinstance(block, Table)])


def test_dose_intensity_is_received_over_planned(study: Study) -> None:
    life = Life("S01-001", ARMS[0], BEGIN, (), (), 100, died=False)
    found = exposure_of(derive_dataset(study, write_states(study, [life]), CUT))
    # two of six injections of 1e7 (planned in full: 1e7), one of three infusions of 3e9 (within 1e9 to 6e9;
    # those not given count with the lower limit, 1e9 each)
    assert found[f"exposure.dc.intensity.{ARMS[0]}"].value == pytest.approx(100 * 2 / 6)
    assert found[f"exposure.pik_her2_t.intensity.{ARMS[0]}"].value == pytest.approx(100 * 3 / 5)
    assert found[f"exposure.pik_her2_t.all.{ARMS[0]}"].value == 0
    assert found[f"exposure.pik_her2_t.cells.{ARMS[0]}"].text == "3.0 × 10⁹ (3.0 × 10⁹ to 3.0 × 10⁹)"


def test_arms_with_other_plans_together_are_not_held_against_one(study: Study) -> None:
    """Subjects of an arm that never gets the product must not count as if they lacked its doses."""
    arms = tuple(
        arm.model_copy(update={"products": ("dc",)}) if arm.id == ARMS[1] else arm for arm in study.arms
    )
    other = study.model_copy(update={"arms": arms})
    assert not has_one_plan(other)
    lives = [life if life.arm == ARMS[0] else replace(life, doses=(19, 20)) for life in draw_lives(3, 6)]
    pooled = derive_dataset(pool_study(other), pool_states(other, write_states(study, lives)), CUT)
    found = exposure_of(replace(pooled, one_plan=False))
    assert not [name for name in found if ".all." in name or ".intensity." in name]
    assert [name for name in found if ".treated." in name]


def test_forms_are_expected_as_the_hand_written_trial_went(
    study: Study, states_by_hand: list[SubjectState]
) -> None:
    data = derive_dataset(study, states_by_hand, HAND_CUT)
    expected = derive_expected_forms(data)
    scans = [form for form in expected if form.form == "tumour_assessment" and form.visit.id != "screening"]
    received = Counter(form.subject for form in scans if form.received)
    for number, (_, _, progression, death) in enumerate(SUBJECTS, start=1):
        subject = f"S01-{number:03d}"
        last = min(day for day in (progression, death, 731) if day is not None)
        days = [day for day in range(43, 732, 42) if day <= last]
        assert received[subject] == len(days)
        assert not [form for form in scans if form.subject == subject and not form.received]
    contacts = [form for form in expected if form.form == "survival_contact"]
    assert {form.subject for form in contacts if not form.received} >= {"S01-004"}


@pytest.fixture
def states_by_hand(study: Study) -> list[SubjectState]:
    hand = Hand(study)
    return [hand.subject(number, *facts) for number, facts in enumerate(SUBJECTS, start=1)]


def test_received_and_missing_add_up_to_expected(study: Study, states_by_hand: list[SubjectState]) -> None:
    section = build_missing(derive_dataset(study, states_by_hand, HAND_CUT))
    found = numbers_of([block for block in section.blocks if isinstance(block, Table)])
    for form in study.forms:
        for arm in ARMS:
            if f"missing.expected.{form.id}.{arm}" in found:
                parts = [
                    found[f"missing.{part}.{form.id}.{arm}"].value or 0 for part in ("received", "missing")
                ]
                assert sum(parts) == found[f"missing.expected.{form.id}.{arm}"].value


def test_a_form_out_of_its_window_is_received_and_said_to_be_late(study: Study) -> None:
    hand = Hand(study)
    state = hand.subject(1, ARMS[0], 0, None, None)
    late = hand.quality("assessment_1", date(2024, 1, 1) + timedelta(days=42 + 30), 3)
    state = state.model_copy(update={"forms": {**state.forms, late.key: late}})
    found = [
        f for f in derive_expected_forms(derive_dataset(study, [state], HAND_CUT)) if f.form == late.form
    ]
    assert [(f.received, f.in_window) for f in found if f.visit.id == "assessment_1"] == [(True, False)]
    assert all(f.in_window for f in found if f.received and f.visit.id == "assessment_2")
