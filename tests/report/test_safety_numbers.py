"""Adverse events, deviations and sets: every number against a count over what happened, written apart."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trialwright.report.adverse import build_adverse
from trialwright.report.dataset import Dataset, derive_dataset
from trialwright.report.deviations import build_deviations
from trialwright.report.model import Number, Section, Table
from trialwright.report.sets import build_sets
from trialwright.study.model import Study

from .safety_trial import ARMS, CUT, TERMS, Happening, Life, draw_lives, write_states

EMERGENT_DAYS = 30


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    return draw_lives(7, 40)


@pytest.fixture(scope="module")
def data(study: Study, lives: list[Life]) -> Dataset:
    return derive_dataset(study, write_states(study, lives), CUT)


def numbers_of(section: Section) -> dict[str, Number]:
    tables = [block if isinstance(block, Table) else block.data for block in section.blocks]
    found = [number for table in tables if table is not None for number in table.numbers()]
    assert len({number.id for number in found}) == len(found)
    return {number.id: number for number in found}


@pytest.fixture(scope="module")
def adverse(data: Dataset) -> dict[str, Number]:
    return numbers_of(build_adverse(data))


def emergent(life: Life) -> list[Happening]:
    """Begun from the first dose (day 19) to 30 days after the last one (day 21); days here count from day 21."""
    return [h for h in life.happenings if -2 <= h.day <= EMERGENT_DAYS]


KINDS = {
    "any": lambda h: True,
    "grade_3_or_higher": lambda h: h.grade >= 3,
    "serious": lambda h: h.serious,
    "related": lambda h: "no" not in h.causes.values() or set(h.causes.values()) != {"no"},
    "related_to_dc": lambda h: h.causes["dc"] != "no",
    "related_to_t_cells": lambda h: h.causes["t_cells"] != "no",
    "related_serious": lambda h: h.serious and set(h.causes.values()) != {"no"},
    "led_to_stop": lambda h: h.stopped,
    "interest_crs": lambda h: h.term == "Cytokine release syndrome",
    "attributed.dc.possible": lambda h: h.causes["dc"] == "possible",
    "attributed.t_cells.definite": lambda h: h.causes["t_cells"] == "definite",
    "astct.crs.any": lambda h: h.term == "Cytokine release syndrome",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("arm", ARMS)
def test_the_overview_counts_subjects_and_events(
    adverse: dict[str, Number], lives: list[Life], kind: str, arm: str
) -> None:
    test = KINDS[kind]
    found = {life.subject: [h for h in emergent(life) if test(h)] for life in lives if life.arm == arm}
    number = adverse[f"adverse.{kind}.{arm}"]
    who = sorted(subject for subject, events in found.items() if events)
    assert list(number.subjects) == who
    assert number.value == len(who)
    if who:
        events = sum(len(events) for events in found.values())
        assert number.text == f"{len(who)} ({100 * len(who) / len(found):.1f} %); {events}"
        assert len(number.sources) == events


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("term", [*TERMS, *dict.fromkeys(TERMS.values()), "any"])
def test_terms_and_classes_count_a_subject_once_at_the_worst_grade(
    adverse: dict[str, Number], lives: list[Life], term: str, arm: str
) -> None:
    name = term.replace(" ", "_").lower()
    worst: dict[str, int] = {}
    for life in lives:
        for h in emergent(life):
            if life.arm == arm and term in (h.term, TERMS[h.term], "any"):
                worst[life.subject] = max(worst.get(life.subject, 0), h.grade)
    assert adverse[f"adverse.any.{name}.{arm}"].value == len(worst)
    assert adverse[f"adverse.severe.{name}.{arm}"].subjects == tuple(
        s for s, g in sorted(worst.items()) if g >= 3
    )
    for grade in (1, 2, 3, 4, 5):
        who = tuple(subject for subject, found in sorted(worst.items()) if found == grade)
        assert adverse[f"adverse.worst_{grade}.{name}.{arm}"].subjects == who


@pytest.mark.parametrize("arm", ARMS)
def test_cytokine_release_is_counted_by_its_worst_astct_grade(
    adverse: dict[str, Number], lives: list[Life], arm: str
) -> None:
    for grade in (1, 2, 3, 4, 5):
        who = [
            life.subject
            for life in lives
            if life.arm == arm
            and max((h.grade for h in emergent(life) if h.term == "Cytokine release syndrome"), default=0)
            == grade
        ]
        assert list(adverse[f"adverse.astct.crs.{grade}.{arm}"].subjects) == who


@pytest.mark.parametrize("arm", ARMS)
def test_deviations_by_kind_and_gravity(data: Dataset, lives: list[Life], arm: str) -> None:
    found = numbers_of(build_deviations(data))
    mine = [life for life in lives if life.arm == arm]
    for name, test in {
        "any": lambda d: True,
        "major": lambda d: d[1] == "major",
        "dose.any": lambda d: d[0] == "dose",
        "visit_window.minor": lambda d: d == ("visit_window", "minor"),
    }.items():
        who = [life.subject for life in mine if any(test(d) for d in life.deviations)]
        assert list(found[f"deviations.{name}.{arm}"].subjects) == who
        events = sum(test(d) for life in mine for d in life.deviations)
        assert found[f"deviations.{name}.{arm}"].text.endswith(f"; {events}" if events else "0")


def test_sets_and_reasons_add_up(data: Dataset, lives: list[Life]) -> None:
    found = numbers_of(build_sets(data))
    assert found["sets.itt"].value == len(lives)
    clean = [life.subject for life in lives if "major" not in [severity for _, severity in life.deviations]]
    assert list(found["sets.pp"].subjects) == clean
    for name in ("itt", "mitt", "pp", "safety", "dlt", "response", "qol"):
        out = [number for key, number in found.items() if key.startswith(f"sets.{name}.out_")]
        whole = [number for number in out if number.id.count(".") == 2]
        assert (found[f"sets.{name}"].value or 0) + sum(n.value or 0 for n in whole) == len(lives)
        for arm in ARMS:
            assert found[f"sets.{name}.{arm}"].value == sum(
                1 for s in found[f"sets.{name}"].subjects if {x.subject: x.arm for x in lives}[s] == arm
            )


def test_evaluable_for_toxicity_needs_the_whole_window_or_a_toxicity(
    data: Dataset, lives: list[Life]
) -> None:
    members = set(numbers_of(build_sets(data))["sets.dlt"].subjects)
    toxic = {s.state.subject for s in data.subjects if any(case.is_limiting for case in s.cases)}
    for life in lives:
        # seen_until_day counts from day 1; the window is days 20 to 41 from day 1
        seen = max(life.seen_until_day, _last_trace(life))
        completed = seen >= 20 + 21
        assert (life.subject in members) == (completed or life.subject in toxic), life.subject


def _last_trace(life: Life) -> int:
    """Days after day 1 of the last dated form or event of somebody not known to be dead."""
    if life.died:
        return 0
    days = [20 + h.day for h in life.happenings] + [day for day, _ in life.alt]
    return max(day for day in days if life.day_one + timedelta(days=day) <= CUT)


def test_what_comes_after_the_cut_is_not_counted(study: Study, lives: list[Life]) -> None:
    cut = date(2024, 4, 1)
    early = derive_dataset(study, write_states(study, lives), cut)
    assert {s.state.subject for s in early.subjects} == {
        life.subject for life in lives if life.day_one - timedelta(days=9) <= cut
    }
    for subject in early.subjects:
        life = next(one for one in lives if one.subject == subject.state.subject)
        given = [day for day in life.doses if life.day_one + timedelta(days=day - 1) <= cut]
        assert [dose.planned_day for dose in subject.state.administrations] == given
        begun = [h for h in life.happenings if life.first_t_cells_on + timedelta(days=h.day) <= cut]
        assert len(subject.cases) == (len(begun) if life.day_one <= cut else 0)
        for case in subject.cases:
            assert case.event.ended_on is None or case.event.ended_on <= cut
        assert bool(subject.arm) == (life.day_one <= cut)
