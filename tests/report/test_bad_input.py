"""Odd trials: each gives a report whose numbers are estimated or say why not, and no library complains."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest

from trialwright.report.build import build_report
from trialwright.report.export import export_results
from trialwright.report.html import render_html
from trialwright.report.model import Report
from trialwright.study.model import Study
from trialwright.study.model.report_plan import REPORT_SECTIONS, VARIANTS, ReportPlan, Variant
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP, Hand

pytestmark = pytest.mark.filterwarnings("error")

Facts = tuple[str, int, int | None, int | None]
EXPERIMENTAL, REFERENCE = "pik_her2_arm", "dc_pmat_arm"


def trial(study: Study, facts: Iterable[Facts]) -> list[SubjectState]:
    hand = Hand(study)
    return [hand.subject(number, *fact) for number, fact in enumerate(facts, start=1)]


def both(*subjects: tuple[int | None, int | None]) -> list[Facts]:
    """The same courses in both arms, a day between two subjects."""
    return [
        (arm, index, *course)
        for arm in (EXPERIMENTAL, REFERENCE)
        for index, course in enumerate(subjects, start=1)
    ]


TRIALS: dict[str, Callable[[Study], list[SubjectState]]] = {
    "nobody": lambda study: [],
    "screen failures only": lambda study: [Hand(study).failed(1)],
    "one subject": lambda study: trial(study, [(EXPERIMENTAL, 0, 127, 300)]),
    "one in each arm": lambda study: trial(study, both((127, 300))),
    "one arm empty": lambda study: trial(study, [(EXPERIMENTAL, n, 127, 200 + n) for n in range(5)]),
    "all censored": lambda study: trial(study, both(*[(None, None)] * 4)),
    "a single event": lambda study: trial(study, [*both(*[(None, None)] * 4), (REFERENCE, 9, None, 120)]),
    "ties everywhere": lambda study: trial(study, both(*[(127, 300)] * 4)),
    "dead on the day of allocation": lambda study: trial(study, both((None, 1), (None, 1), (127, 300))),
    "arms separate": lambda study: trial(
        study,
        [
            *((EXPERIMENTAL, n, None, None) for n in range(5)),
            *((REFERENCE, n, 43, 60 + n) for n in range(5)),
        ],
    ),
}


def report_of(study: Study, states: list[SubjectState], *sections: str) -> Report:
    """The named sections, or all but that on the design, which no subject changes."""
    named = sections or tuple(section for section in REPORT_SECTIONS if section != "characteristics")
    plan = ReportPlan(variant="interim", sections=named, scenario="interim_look")
    analysis = study.analysis.model_copy(update={"reports": (plan,)})
    return build_report(
        study.model_copy(update={"analysis": analysis}), states, STAMP, CUT, variant="interim"
    )


def check_sane(report: Report) -> None:
    json.dumps(export_results(report), allow_nan=False)
    assert render_html(report)
    for number in report.numbers().values():
        assert number.value is None or math.isfinite(number.value), number.id
        assert "nan" not in number.text.split(), number.id


@pytest.mark.parametrize("name", TRIALS)
def test_an_odd_trial_has_every_section(study: Study, name: str) -> None:
    check_sane(report_of(study, TRIALS[name](study)))


@pytest.mark.parametrize("variant", [variant for variant in VARIANTS if variant != "final"])
def test_the_variants_hold_for_nobody(study: Study, variant: Variant) -> None:
    planned = study.model_copy(update={"scenarios": ()})
    check_sane(build_report(planned, [], STAMP, CUT, variant=variant))


@pytest.mark.parametrize(
    ("name", "why"),
    [("all censored", "no event"), ("arms separate", "separates"), ("one in each arm", "")],
)
def test_a_hazard_ratio_that_does_not_exist_says_why(study: Study, name: str, why: str) -> None:
    number = report_of(study, TRIALS[name](study), "os").numbers()["os.hazard_ratio"]
    if number.value is None:
        assert number.text == "NE"
        assert why in number.definition
    else:
        assert name == "one in each arm"


def test_ties_everywhere_give_no_difference(study: Study) -> None:
    numbers = report_of(study, TRIALS["ties everywhere"](study), "os").numbers()
    assert numbers["os.hazard_ratio"].value == pytest.approx(1.0) or numbers["os.hazard_ratio"].text == "NE"
    assert numbers["os.log_rank_p"].value in (None, pytest.approx(1.0))


def replaced(state: SubjectState, form: str, **answers: object) -> SubjectState:
    """The subject with answers of one kind of form written over."""
    forms = {
        key: found.model_copy(update={"document": found.document | answers}) if found.form == form else found
        for key, found in state.forms.items()
    }
    return state.model_copy(update={"forms": forms})


def lesion(name: str, diameter: str, organ: str = "liver", finding: str = "measured") -> dict[str, object]:
    row = {"lesion": name, "role": "target", "organ": organ, "finding": finding, "diameter": diameter}
    return {key: {"value": value} for key, value in row.items()}


ODD_LESIONS = {
    "the same lesion twice": [lesion("L1", "50"), lesion("L1", "48")],
    "more targets than allowed": [lesion(f"L{n}", "30") for n in range(8)],
    "a size that is no number": [lesion("L1", "fifty")],
    "a size below nothing": [lesion("L1", "-5")],
    "no size": [lesion("L1", "")],
    "a size of nothing at all": [lesion("L1", "0")],
    "an unknown finding": [lesion("L1", "50", finding="vanished")],
    "no lesion": [],
}


@pytest.mark.parametrize("name", ODD_LESIONS)
def test_odd_lesions_give_a_report(study: Study, states: list[SubjectState], name: str) -> None:
    odd = [replaced(state, "tumour_assessment", lesions={"rows": ODD_LESIONS[name]}) for state in states]
    for found in (odd, [odd[0], *states[1:]]):
        check_sane(report_of(study, found, "pfs", "response", "duration"))


def test_dates_that_contradict_one_another_give_no_negative_time(
    study: Study, states: list[SubjectState]
) -> None:
    """Death before the last visit, death before allocation, forms before allocation, an onset after the end."""
    early = date(2020, 1, 1).isoformat()
    before = {"value": early}
    after = {"value": (CUT + timedelta(days=400)).isoformat()}
    odd = [
        replaced(states[0], "death", died_on=before),
        replaced(states[1], "tumour_assessment", scan_on=before, collected_on=before),
        replaced(states[2], "adverse_event", started_on=before, ended_on=before),
        replaced(states[3], "adverse_event", started_on=after, ended_on=before),
        replaced(states[4], "qlq_c30", collected_on=before),
        replaced(states[5], "survival_contact", known_alive_on=after),
        *states[6:],
    ]
    report = report_of(study, odd)
    check_sane(report)
    table = next(table for table in report.tables() if table.id == "os_table")
    assert "1 subject is left out: the dates put the end before allocation." in table.notes
    for name, number in report.numbers().items():
        if ".median." in name and number.value is not None:
            assert number.value >= 0, name


def test_the_same_answer_of_every_subject_is_no_subgroup_to_compare(
    study: Study, states: list[SubjectState]
) -> None:
    same = [replaced(state, "demographics", sex={"value": "M"}) for state in states]
    report = report_of(study, same, "subgroups")
    ratios = {
        name: number.text for name, number in report.numbers().items() if name.startswith("subgroups.os.")
    }
    assert ratios
    check_sane(report)
