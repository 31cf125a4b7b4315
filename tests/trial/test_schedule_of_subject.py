"""A subject's calendar: the published dose dates, and how visits and doses stand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from tests.trial.bench import NURSE, SCREENING, Bench

from trialwright.study.load import load_study
from trialwright.study.schedule import date_of_day, day_of_date
from trialwright.trial.disposition import (
    EndFollowUp,
    EndTreatment,
    decide_follow_up_end,
    decide_treatment_end,
)
from trialwright.trial.records import Allocation
from trialwright.trial.schedule import Standing, plan_doses, plan_visits, study_day
from trialwright.trial.subject import SubjectState

ROOT = Path(__file__).parent.parent.parent
SEED = json.loads((ROOT / "tests/data/domain/cell_product.json").read_text(encoding="utf-8"))["seed_schedule"]


def test_the_first_studys_doses_fall_on_the_published_dates() -> None:
    study = load_study(ROOT / "studies/nct02632201").study
    assert study is not None
    allocation = Allocation(
        arm=study.arms[0].id, stratum="ALL", slot=1, allocated_on=SEED["example_day1"], allocated_at="", seq=1
    )
    state = SubjectState(
        study=study.id, subject="S01-001", site=study.sites[0].id, registered_on="", allocation=allocation
    )
    doses = plan_doses(study, state, date(2026, 3, 2))
    assert [(d.day, d.planned_on.isoformat()) for d in doses] == [
        (one["day"], one["date"]) for one in sorted(SEED["planned"], key=lambda one: one["day"])
    ]
    assert {dose.standing for dose in doses} == {Standing.UPCOMING}


def test_day_one_is_the_day_of_allocation_and_there_is_no_day_zero(bench: Bench) -> None:
    bench.register().consent()
    assert study_day(bench.state, date(2026, 3, 2)) is None
    fresh = Bench().allocated()
    days = [study_day(fresh.state, date(2026, 3, day)) for day in (1, 2, 3)]
    assert days == [-1, 1, 2]
    day_one = date(2026, 3, 2)
    assert all(day_of_date(day_one, date_of_day(day_one, day)) == day for day in (-30, -1, 1, 63))


def standings(bench: Bench, on: date, progressed_on: date | None = None) -> dict[str, str]:
    visits = plan_visits(bench.study, bench.state, on, progressed_on)
    return {planned.visit.id: planned.standing.value for planned in visits}


def test_before_allocation_only_screening_is_due(bench: Bench) -> None:
    bench.register()
    assert standings(bench, date(2026, 3, 2)) == {"screening": "upcoming"}
    bench.consent()
    assert standings(bench, date(2026, 3, 2)) == {"screening": "due"}
    bench.screen()
    assert standings(bench, date(2026, 3, 2)) == {"screening": "done"}


def test_visits_come_due_are_missed_and_end(bench: Bench) -> None:
    bench.allocated()
    found = standings(bench, date(2026, 3, 6))
    assert (found["screening"], found["dose_5"], found["assessment_1"]) == ("done", "due", "upcoming")
    # Day 43 is 13 April; its window is 6 to 20 April, the next one opens on 18 May.
    assert standings(bench, date(2026, 4, 6))["assessment_1"] == "due"
    assert standings(bench, date(2026, 4, 20))["assessment_1"] == "due"
    assert standings(bench, date(2026, 4, 21))["assessment_1"] == "overdue"
    assert standings(bench, date(2026, 5, 18))["assessment_1"] == "missed"
    after = standings(bench, date(2026, 5, 18), progressed_on=date(2026, 4, 13))
    assert (after["assessment_1"], after["assessment_2"]) == ("missed", "not_expected")


def test_a_visit_is_done_when_all_its_forms_are(bench: Bench) -> None:
    bench.allocated().wait(days=4)
    document = {**SCREENING["laboratory"], "collected_on": {"value": "2026-03-06"}}
    partly = {"collected_on": {"value": "2026-03-06"}}
    bench.take(bench.save("dose_5", "laboratory", partly, complete=False))
    (planned,) = [
        p for p in plan_visits(bench.study, bench.state, bench.now.date()) if p.visit.id == "dose_5"
    ]
    assert (planned.standing, planned.forms[0].state) == (Standing.DUE, "incomplete")
    bench.take(bench.save("dose_5", "laboratory", document, expected_version=1))
    assert standings(bench, bench.now.date())["dose_5"] == "done"


def test_a_visit_that_took_place_and_lacks_a_form_is_not_missed(bench: Bench) -> None:
    bench.allocated().wait(days=4)
    partly = {"collected_on": {"value": "2026-03-06"}}
    bench.take(bench.save("dose_5", "laboratory", partly, complete=False))
    found = [standings(bench, on)["dose_5"] for on in (date(2026, 3, 6), date(2026, 3, 7), date(2026, 6, 1))]
    assert found == ["due", "incomplete", "incomplete"]


def test_a_form_without_a_date_does_not_say_that_the_visit_took_place(bench: Bench) -> None:
    bench.allocated().wait(days=4)
    undated = {"creatinine": {"value": "1.0", "unit": "mg/dL", "upper": "1.2"}}
    bench.take(bench.save("dose_5", "laboratory", undated, complete=False))
    assert standings(bench, date(2026, 6, 1))["dose_5"] == "missed"


def test_nothing_is_expected_after_the_end(bench: Bench) -> None:
    bench.allocated().wait(days=20)
    end = EndFollowUp(bench.state.subject, "death", "2026-03-20")
    bench.take(decide_follow_up_end(bench.study, bench.state, end, NURSE, bench.now))
    found = standings(bench, date(2026, 6, 1))
    assert found["dose_5"] == "missed"
    assert found["assessment_1"] == found["assessment_3"] == "not_expected"


def test_doses_stand(bench: Bench) -> None:
    bench.allocated().wait(hours=2).collect().wait(days=4)
    bench.give("vaccine", 5, dose="1e7", volume="1")

    def doses(on: date) -> list[str]:
        return [dose.standing.value for dose in plan_doses(bench.study, bench.state, on)]

    assert doses(date(2026, 3, 7)) == ["done", "due", "upcoming", "upcoming"]
    assert doses(date(2026, 3, 10)) == ["done", "missed", "upcoming", "upcoming"]
    end = EndTreatment(bench.state.subject, "progression")
    bench.take(decide_treatment_end(bench.study, bench.state, end, NURSE, bench.now))
    assert doses(date(2026, 3, 30)) == ["done", "not_expected", "not_expected", "not_expected"]
