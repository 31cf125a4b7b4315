"""Differences in quality of life under the model: equal to a direct call; NE with the reason elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.quality_of_life import Score
from trialwright.report.build import build_report
from trialwright.report.dataset import Dataset, derive_dataset
from trialwright.report.model import Number, Report, Table
from trialwright.report.quality_model import (
    UNSTRUCTURED_VISITS,
    build_quality_differences,
    derive_quality_model,
)
from trialwright.stats.longitudinal_change import compute_longitudinal_change
from trialwright.study.model import Study
from trialwright.study.schedule import VisitInstance, expand_visits
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP

ARMS = ("pik_her2_arm", "dc_pmat_arm")


@pytest.fixture(scope="module")
def data(study: Study) -> Dataset:
    """A trial of sixty subjects of whom only the questionnaires matter."""
    empty = derive_dataset(study, [], CUT)
    return replace(empty, sets={**empty.sets, AnalysisSet.QOL: {f"P{n}": ARMS[n % 2] for n in range(60)}})


@pytest.fixture(scope="module")
def visits(study: Study) -> list[VisitInstance]:
    return [visit for visit in expand_visits(study) if visit.day > 1 and "qlq_c30" in visit.forms]


def make_changes(visits: list[VisitInstance], subjects: int = 60) -> list[Score]:
    """Changes of subjects who differ, with every seventh form missing and two sources each."""
    draw, rows = np.random.default_rng(5), list[Score]()
    for n in range(subjects):
        base, own = 100 * int(draw.integers(4, 13)) / 12, float(draw.normal(0, 10))
        for place, visit in enumerate(visits):
            change = own - 4.0 * place * (n % 2) + float(draw.normal(0, 8))
            on = date(2024, 1, 1) + timedelta(days=visit.day)
            seen = (10 * n, 10 * n + place + 1)
            if (n + place) % 7:
                rows.append(Score(f"P{n}", visit.id, on, "QL", base + change, base, change, change, seen))
    return rows


def read(table: Table, place: int) -> Number:
    cell = table.rows[place].cells[0]
    assert isinstance(cell, Number)
    return cell


def test_each_visit_equals_a_direct_call(data: Dataset, visits: list[VisitInstance]) -> None:
    rows = make_changes(visits[:4])
    model = derive_quality_model(data, rows)
    reference, other = (arm.id for arm in model.arms)
    direct = compute_longitudinal_change(
        [row.change for row in rows],
        [row.subject for row in rows],
        [data.sets[AnalysisSet.QOL][row.subject] for row in rows],
        [row.visit for row in rows],
        covariates={"baseline": [row.baseline for row in rows]},
        arms=[reference, other],
        visits=[visit.id for visit in visits[:4]],
    )
    assert reference == (data.study.analysis.reference_arm or data.study.arms[-1].id)
    table = build_quality_differences(data, "QL", "Global health", rows, visits[:4])
    for place, visit in enumerate(visits[:4]):
        wanted, cell = direct.differences[other, visit.id], read(table, place)
        assert cell.value == pytest.approx(wanted.estimate, rel=1e-12)
        assert cell.text.endswith(f"; {wanted.df:.1f}") and " to " in cell.text
        assert "unstructured" in cell.definition
        assert set(cell.subjects) == {row.subject for row in rows}
        assert set(cell.sources) == {seq for row in rows for seq in row.source_ids}
    assert "stands in" not in " ".join(table.notes)


def test_a_visit_without_subjects_of_an_arm_says_so(data: Dataset, visits: list[VisitInstance]) -> None:
    last = visits[3].id
    rows = [row for row in make_changes(visits[:4]) if row.visit != last or int(row.subject[1:]) % 2]
    cell = read(build_quality_differences(data, "QL", "Global health", rows, visits[:4]), 3)
    assert (cell.text, cell.value) == ("NE", None)
    assert "fewer than 2 subjects in an arm at this visit" in cell.definition


def test_a_simpler_covariance_that_stands_in_is_named(data: Dataset, visits: list[VisitInstance]) -> None:
    few = visits[:4]
    apart = [
        row
        for row in make_changes(few)
        if (int(row.subject[1:]) // 2 % 2 == 0) == (row.visit in (few[0].id, few[1].id))
    ]
    table = build_quality_differences(data, "QL", "Global health", apart, few)
    assert read(table, 0).value is not None
    words = " ".join(table.notes)
    assert "unstructured: two visits were seen together in fewer than two subjects" in words
    assert "compound symmetry covariance" in words or "autoregressive covariance" in words


def test_too_many_visits_for_the_unstructured_covariance(data: Dataset, visits: list[VisitInstance]) -> None:
    many = visits[: UNSTRUCTURED_VISITS + 1]
    model = derive_quality_model(data, make_changes(many))
    assert model.structure == "Toeplitz"
    assert model.passed == ("unstructured: 11 visits, tried up to 10",)


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        ("P1", "fewer than two arms"),
        ("P0 P1", "no visit has 2 subjects in each arm"),
        ("", "fewer than two arms"),
    ],
)
def test_too_few_subjects(data: Dataset, visits: list[VisitInstance], kept: str, reason: str) -> None:
    rows = [row for row in make_changes(visits[:2]) if row.subject in kept.split()]
    table = build_quality_differences(data, "QL", "Global health", rows, visits[:2])
    assert all(
        read(table, place).text == "NE" and reason in read(table, place).definition for place in (0, 1)
    )
    assert reason[3:] in table.notes[0]


def test_answers_without_any_spread_are_not_estimable(data: Dataset, visits: list[VisitInstance]) -> None:
    rows = [replace(row, baseline=50.0, change=0.0) for row in make_changes(visits[:3])]
    cell = read(build_quality_differences(data, "QL", "Global health", rows, visits[:3]), 0)
    assert cell.value is None and "no spread beyond the fixed effects" in cell.definition


def test_the_report_has_it_where_the_arms_are_apart(
    report: Report, study: Study, states: list[SubjectState]
) -> None:
    assert any(table.id == "quality_model" for table in report.tables())
    pooled = build_report(study, states, STAMP, CUT, by_arm=False)
    assert not any(table.id == "quality_model" for table in pooled.tables())
