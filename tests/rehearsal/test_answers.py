"""Any form can be filled: what comes out passes the trial's own checks, and slips do not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.rehearsal.answers import (
    Filling,
    answer_item,
    expected_answer,
    fill_form,
    find_misreading,
    find_slip,
)
from trialwright.rehearsal.draws import Draws
from trialwright.study.findings import Severity
from trialwright.study.model.forms import Form, Item, Range
from trialwright.study.model.study import Study
from trialwright.trial.documents import check_document
from trialwright.trial.protocol import protocol_of

ON = date(2024, 3, 5)


def forms_to_fill(study: Study) -> list[Form]:
    """Forms that stand for themselves: events and deaths are filled with answers of their own."""
    return [form for form in study.forms if form.records not in ("adverse_event", "death")]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**40), missing=st.sampled_from([0.0, 0.2, 1.0]))
def test_documents_pass_the_checks(study: Study, first_study: Study, seed: int, missing: float) -> None:
    for one in (study, first_study):
        assert one.rehearsal is not None
        for form in forms_to_fill(one):
            document = fill_form(one, one.rehearsal, form, Filling(seed, 1, "visit", ON, missing=missing))
            found = check_document(protocol_of(one), form, document, ON)
            assert [f for f in found if f.severity is Severity.ERROR] == []


def test_given_answers_stand_and_none_leaves_out(study: Study) -> None:
    form = study.form("harm")
    assert form is not None and study.rehearsal is not None
    settled = {"words": {"value": "Hot"}, "ceased": None}
    document = fill_form(study, study.rehearsal, form, Filling(1, 1, "log", ON, settled, missing=1.0))
    assert document["words"] == {"value": "Hot"}
    assert "ceased" not in document


def test_condition_decides_what_is_asked(first_study: Study) -> None:
    form = first_study.form("disease_status")
    assert form is not None and first_study.rehearsal is not None
    without = {"liver_metastasis": {"value": "false"}}
    document = fill_form(first_study, first_study.rehearsal, form, Filling(1, 1, "v", ON, without))
    assert "liver_metastases" not in document
    asked = {"liver_metastasis": {"value": "true"}}
    document = fill_form(first_study, first_study.rehearsal, form, Filling(1, 1, "v", ON, asked))
    assert document["liver_metastases"]["value"] in ("up_to_3", "over_3")


def test_values_of_one_subject_hang_together(first_study: Study) -> None:
    form = first_study.form("laboratory")
    assert form is not None and first_study.rehearsal is not None
    item = form.item("haemoglobin")
    assert item is not None

    def value(subject: int, visit: str) -> float:
        answer = answer_item(first_study.rehearsal, form, item, Filling(3, subject, visit, ON))
        assert answer is not None
        return float(answer["value"])

    within = [abs(value(s, "a") - value(s, "b")) for s in range(150)]
    between = [abs(value(s, "a") - value(s + 1, "a")) for s in range(150)]
    assert sum(within) < 0.85 * sum(between)


@pytest.mark.parametrize(
    ("limits", "mean"),
    [
        (None, 5.0),
        (Range(expected_minimum=Decimal(10), expected_maximum=Decimal(20)), 15.0),
        (Range(hard_minimum=Decimal(0), hard_maximum=Decimal(900)), 450.0),
        (Range(hard_minimum=Decimal(4)), 7.0),
    ],
)
def test_item_without_a_distribution(limits: Range | None, mean: float) -> None:
    assert expected_answer(Item(id="x", label="X", kind="number", range=limits)).mean == mean


def test_slip_is_refused_and_misreading_is_not(first_study: Study) -> None:
    form = first_study.form("vital_signs")
    assert form is not None and first_study.rehearsal is not None
    protocol = protocol_of(first_study)
    document = fill_form(first_study, first_study.rehearsal, form, Filling(5, 2, "v", ON))
    slip = find_slip(form, document, Draws(1, "slip"))
    assert slip is not None
    wrong = check_document(protocol, form, {**document, slip[0]: slip[1]}, ON)
    assert "TW-DAT-036" in {finding.code for finding in wrong}
    misread = find_misreading(form, document, Draws(1, "misread"))
    assert misread is not None
    assert misread[1] != document[misread[0]]
    unnoticed = check_document(protocol, form, {**document, misread[0]: misread[1]}, ON)
    assert not [finding for finding in unnoticed if finding.severity is Severity.ERROR]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_misreadings_of_any_form_can_be_saved(first_study: Study, seed: int) -> None:
    assert first_study.rehearsal is not None
    protocol = protocol_of(first_study)
    for form in forms_to_fill(first_study):
        document = fill_form(first_study, first_study.rehearsal, form, Filling(seed, 1, "visit", ON))
        misread = find_misreading(form, document, Draws(seed, form.id))
        if misread is not None:
            found = check_document(protocol, form, {**document, misread[0]: misread[1]}, ON)
            assert misread[1] != document[misread[0]]
            assert [f for f in found if f.severity is Severity.ERROR] == []


def test_no_slip_without_a_number(study: Study) -> None:
    form = study.form("judgement")
    assert form is not None
    assert find_slip(form, {}, Draws(1, "slip")) is None
    assert find_misreading(form, {}, Draws(1, "misread")) is None
