"""Missing data: forms expected and received, in and out of their windows, by form and by visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from trialwright.study.model.forms import Form, Records
from trialwright.study.model.products import Arm
from trialwright.study.schedule import VisitInstance, expand_visits

from .counting import NOBODY, Fact, count_share_of_things, count_things
from .dataset import Dataset
from .expected_forms import ExpectedForm, derive_expected_forms
from .model import Cell, Row, Section, Table

BY_VISIT: tuple[tuple[Records, str, str], ...] = (
    ("tumour_assessment", "assessments", "Tumour assessments by visit"),
    ("questionnaire", "questionnaires", "Questionnaires by visit"),
)
"""What is followed visit by visit, because its absence changes an endpoint."""

MEASURES: tuple[tuple[str, str, Callable[[ExpectedForm], bool]], ...] = (
    ("received", "Received", lambda form: form.received),
    (
        "off_window",
        "Received outside the window of the visit",
        lambda form: form.received and not form.in_window,
    ),
    ("missing", "Missing", lambda form: not form.received),
    ("open", "With an answer left open, with its reason", lambda form: form.open_answers > 0),
)


def build_missing(data: Dataset) -> Section:
    """All allocated subjects: every form of the schedule up to the cut."""
    title = "Missing data"
    expected = derive_expected_forms(data)
    if not expected:
        return Section("missing", title, ("No form was expected yet.",))
    words = (
        "A form is expected when the window of its visit has closed and the subject was alive, in follow-up, on "
        "treatment for visits of the treatment, and without progression where visits end with it. Nothing is "
        "imputed anywhere in this report unless a sensitivity analysis says so.",
    )
    blocks = [_by_form(data, expected)]
    for records, code, heading in BY_VISIT:
        forms = [form for form in data.study.forms if form.records == records]
        blocks += [_by_visit(data, expected, form, code, heading, len(forms) > 1) for form in forms]
    return Section("missing", title, words, tuple(block for block in blocks if block.rows))


def _fact(form: ExpectedForm) -> Fact:
    return Fact(form.subject, form.sources)


def _by_form(data: Dataset, expected: Sequence[ExpectedForm]) -> Table:
    rows: list[Row] = []
    for form in data.study.forms:
        mine = [one for one in expected if one.form == form.id]
        if not mine:
            continue
        cells = tuple(_expected(form, arm, mine) for arm in data.study.arms)
        rows.append(Row(f"{form.title}: expected", cells))
        for code, label, test in MEASURES:
            shares = tuple(_share(form, arm, code, label, test, mine) for arm in data.study.arms)
            rows.append(Row(label, shares, 1))
    columns = ("", *(arm.label for arm in data.study.arms))
    notes = ("Forms, and their share of those expected.",)
    return Table("missing_forms", "Forms expected and received", columns, tuple(rows), notes)


def _expected(form: Form, arm: Arm, mine: Sequence[ExpectedForm]) -> Cell:
    facts = [_fact(one) for one in mine if one.arm == arm.id]
    definition = f"Forms expected of subjects of {arm.label} up to the cut: {form.title}."
    return count_things(f"missing.expected.{form.id}.{arm.id}", definition, facts, "forms")


def _share(
    form: Form,
    arm: Arm,
    code: str,
    label: str,
    test: Callable[[ExpectedForm], bool],
    mine: Sequence[ExpectedForm],
) -> Cell:
    here = [one for one in mine if one.arm == arm.id]
    facts = [_fact(one) for one in here if test(one)]
    definition = (
        f"Forms of subjects of {arm.label}, {label[0].lower()}{label[1:]}, of those expected: {form.title}."
    )
    return count_share_of_things(f"missing.{code}.{form.id}.{arm.id}", definition, facts, len(here), "forms")


def _by_visit(
    data: Dataset, expected: Sequence[ExpectedForm], form: Form, code: str, heading: str, several: bool
) -> Table:
    """Received of expected at every visit that has the form."""
    visits = [visit for visit in expand_visits(data.study) if form.id in visit.forms]
    rows: list[Row] = []
    for visit in visits:
        here = [one for one in expected if one.form == form.id and one.visit.id == visit.id]
        if here:
            cells = tuple(_compliance(form, visit, arm, here) for arm in data.study.arms)
            rows.append(Row(visit.label, cells))
    columns = ("Visit", *(f"{arm.label}, received of expected" for arm in data.study.arms))
    name = f"missing_{code}_{form.id}" if several else f"missing_{code}"
    title = f"{heading}: {form.title}" if several else heading
    return Table(name, title, columns, tuple(rows))


def _compliance(form: Form, visit: VisitInstance, arm: Arm, here: Sequence[ExpectedForm]) -> Cell:
    mine = [one for one in here if one.arm == arm.id]
    if not mine:
        return NOBODY
    number = count_share_of_things(
        f"missing.at.{form.id}.{visit.id}.{arm.id}",
        f"{form.title} of subjects of {arm.label} received at {visit.label}, of those expected.",
        [_fact(one) for one in mine if one.received],
        len(mine),
        "forms",
    )
    return replace(
        number, text=f"{number.value} of {len(mine)} ({100 * (number.value or 0) / len(mine):.1f} %)"
    )
