"""Listings: a line for every record, each with its subject and the ledger entries it came from."""

from __future__ import annotations

import pytest

from trialwright.report.dataset import Dataset, derive_dataset
from trialwright.report.listings import build_listings
from trialwright.report.model import Table
from trialwright.report.sets import SETS
from trialwright.study.model import Study

from .safety_trial import ARMS, CUT, Happening, Life, draw_lives, write_states


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return draw_lives(5, 20)


@pytest.fixture(scope="module")
def data(study: Study, lives: list[Life]) -> Dataset:
    return derive_dataset(study, write_states(study, lives), CUT)


@pytest.fixture(scope="module")
def tables(data: Dataset) -> dict[str, Table]:
    return {block.id: block for block in build_listings(data).blocks if isinstance(block, Table)}


def test_every_line_names_its_subject_and_its_entries(tables: dict[str, Table]) -> None:
    for table in tables.values():
        assert table.listing
        assert table.rows or table.notes
        for row in table.rows:
            assert row.label == row.subject
            assert row.sources
            assert len(row.cells) == len(table.columns) - 1


def test_lines_are_as_many_as_records(tables: dict[str, Table], lives: list[Life]) -> None:
    counted = {
        "listing_allocations": len(lives),
        "listing_doses": sum(len(life.doses) for life in lives),
        "listing_events": sum(len(life.happenings) for life in lives),
        "listing_serious": sum(h.serious for life in lives for h in life.happenings),
        "listing_deaths": sum(life.died for life in lives),
        "listing_deviations": sum(len(life.deviations) for life in lives),
    }
    assert {name: len(tables[name].rows) for name in counted} == counted


def test_exclusions_are_those_of_the_sets(tables: dict[str, Table], data: Dataset) -> None:
    out = sorted((m.subject, dict(SETS)[m.analysis_set], m.reason) for m in data.memberships if not m.member)
    assert sorted((row.subject, *row.cells) for row in tables["listing_exclusions"].rows) == out


def test_an_event_is_told_with_day_duration_and_causes(study: Study) -> None:
    happening = Happening("Fever", 3, 2, 4, True, {"dc": "no", "t_cells": "definite"}, stopped=True)
    life = Life("S01-001", ARMS[0], CUT.replace(year=2024), (happening,), (), 100, died=False)
    section = build_listings(derive_dataset(study, write_states(study, [life]), CUT))
    table = next(block for block in section.blocks if block.id == "listing_events")
    assert isinstance(table, Table)
    (row,) = table.rows
    told = dict(zip(table.columns[1:], row.cells, strict=True))
    # the first dose is on day 19, two days before the T cells: two days after them is the fifth day
    assert (told["Day"], told["Days"], told["Emergent"], told["Serious"]) == ("5", "5", "yes", "yes")
    assert told["Related"] == "Related to the T cells: definite"
    assert (told["Treatment"], told["Outcome"]) == ("stopped", "Recovered")
