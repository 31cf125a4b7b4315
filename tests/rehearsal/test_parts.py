"""Small parts: agenda, office hours, batches of days, release results, adverse events, the cast."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from trialwright.outcomes.ctcae import read_dictionary
from trialwright.rehearsal.agenda import Agenda
from trialwright.rehearsal.cast import Cast, check_cast, list_members
from trialwright.rehearsal.cells import group_days
from trialwright.rehearsal.check import check_rehearsal
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.events import draw_events_after_dose, draw_events_of_disease
from trialwright.rehearsal.hours import at_site, working_day
from trialwright.rehearsal.release_results import find_result
from trialwright.study.model.study import Study
from trialwright.trial.cells.release import judge_result

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_agenda_keeps_time_and_order_of_planning() -> None:
    said: list[str] = []

    def speak(name: str, *pauses: int) -> Iterator[datetime]:
        said.append(name)
        for number, minutes in enumerate(pauses, start=1):
            yield NOON + timedelta(minutes=minutes)
            said.append(f"{name}{number}")

    agenda = Agenda()
    agenda.plan(NOON + timedelta(minutes=5), speak("late"))
    agenda.plan(NOON, speak("first", 5, 9))
    agenda.plan(NOON, speak("second", 7))
    while (following := agenda.next()) is not None:
        agenda.go_on(following[1])
    assert said == ["first", "second", "late", "first1", "second1", "first2"]


def test_office_hours(study: Study) -> None:
    assert at_site(study, "east", date(2024, 3, 1), 8.5) == datetime(2024, 2, 29, 23, 30, tzinfo=UTC)
    assert at_site(study, "west", date(2024, 7, 1), 8.0) == datetime(2024, 7, 1, 15, tzinfo=UTC)
    assert working_day(date(2024, 3, 2)) == working_day(date(2024, 3, 3)) == date(2024, 3, 4)
    assert working_day(date(2024, 3, 5)) == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("hours", "groups"),
    [(24.0, [(8,), (9,), (11,)]), (36.0, [(8, 9), (11,)]), (math.inf, [(8, 9, 11)])],
)
def test_days_of_one_batch(hours: float, groups: list[tuple[int, ...]]) -> None:
    assert list(group_days((9, 8, 11), hours)) == groups


@pytest.mark.parametrize("wanted", [True, False])
def test_release_results_pass_or_fail_as_wanted(study: Study, first_study: Study, wanted: bool) -> None:
    for product in (*study.products, *first_study.products):
        for test in product.release_tests:
            dose = str((product.dose.minimum + product.dose.maximum) / 2)
            result = find_result(product, test, dose, wanted, Draws(1, product.id, test.id))
            assert result is not None, (product.id, test.id)
            assert judge_result(test, result, test.unit) is wanted


def test_events_exist_in_the_dictionary(study: Study, first_study: Study) -> None:
    for one in (study, first_study):
        assert one.rehearsal is not None
        dictionary = read_dictionary(one.safety.ctcae_version)
        seen = 0
        for subject in range(60):
            found = draw_events_of_disease(one.rehearsal, 1, subject)
            for product in one.products:
                found += draw_events_after_dose(one.rehearsal, product.id, 1, subject, product.days[0])
            seen += len(found)
            for event in found:
                assert dictionary.check_event(event.term, event.grade, event.words) == []
                assert event.grade < 3 or event.grade in (3, 4)
        assert seen > 20


def test_cast_takes_the_most_specialised(first_study: Study) -> None:
    cast = Cast(first_study)
    assert cast.who("enter_data", "ehbh").role == "study_nurse"
    assert cast.who("allocate", "ehbh").role == "investigator"
    assert cast.who("manufacture").role == "cell_laboratory"
    assert cast.who("release_batch").role == "quality_release"
    nurse = cast.who("administer", "ehbh")
    assert cast.second("administer", "ehbh", nurse).user != nurse.user
    operator = cast.who("manufacture")
    assert cast.second("manufacture", "", operator).user == "cell_laboratory_2"
    with pytest.raises(LookupError, match="allocate"):
        cast.who("allocate", "no_such_site")


def test_people_of_sites_have_names_of_their_own(study: Study) -> None:
    names = [member.actor.user for member in list_members(study)]
    assert len(names) == len(set(names))
    assert {"nurse", "nurse_2", "nurse_west", "nurse_west_2", "maker_2", "office"} <= set(names)


def test_a_right_that_nobody_holds_is_found(study: Study) -> None:
    roles = tuple(role for role in study.roles if role.id != "maker")
    found = check_cast(study.model_copy(update={"roles": roles}))
    assert [finding.code for finding in found] == ["TW-REH-010"]
    assert "manufacture" in found[0].message


def test_studies_can_be_rehearsed(study: Study, first_study: Study) -> None:
    assert check_rehearsal(study) == []
    assert check_rehearsal(first_study) == []


def _changed(study: Study, **changes: object) -> Study:
    assert study.rehearsal is not None
    return study.model_copy(update={"rehearsal": study.rehearsal.model_copy(update=changes)})


def test_what_stands_in_the_way_is_said(study: Study) -> None:
    assert study.rehearsal is not None
    event = study.rehearsal.adverse_events[0]
    answer = study.rehearsal.answers[0]
    tumour = study.rehearsal.tumour
    assert tumour is not None
    cases = {
        "TW-REH-001": study.model_copy(update={"rehearsal": None}),
        "TW-DES-020": _changed(study, scenario="never"),
        "TW-REH-006": _changed(study, answers=(answer.model_copy(update={"item": "nothing"}),)),
        "TW-REH-007": _changed(study, adverse_events=(event.model_copy(update={"grades": (0, 0, 0, 0, 1)}),)),
        "TW-AE-001": _changed(study, adverse_events=(event.model_copy(update={"term": "Bad luck"}),)),
        "TW-REH-008": _changed(study, adverse_events=(event.model_copy(update={"products": ("x",)}),)),
        "TW-REH-009": _changed(study, tumour=tumour.model_copy(update={"organ": "heel"})),
        "TW-REH-004": study.model_copy(update={"sites": ()}),
        "TW-REH-005": study.model_copy(update={"visits": study.visits[1:]}),
    }
    for code, broken in cases.items():
        assert code in {finding.code for finding in check_rehearsal(broken)}, code
