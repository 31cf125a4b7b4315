"""Records with parts missing, moved or of another kind: the linter never fails on one, and never hangs."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.clinicaltrials_gov.samples import V2

from trialwright.standards.clinicaltrials_gov import read_records
from trialwright.standards.clinicaltrials_gov.lint import internal_finding
from trialwright.standards.clinicaltrials_gov.record_units import RecordUnit
from trialwright.standards.clinicaltrials_gov.unit_work import lint_unit

ON = date(2026, 11, 22)
RECORDS: list[dict[str, Any]] = [json.loads(path.read_text("utf-8")) for path in V2[:8]]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=40),
    st.sampled_from(
        ["", "2026-13", "0000-00-00", "1×10" + "9" * 30, "ULN " * 50, "(" * 200, "etc. 3 times of normal"]
    ),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


def paths(node: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, value in inner for place in [(*here, key), *paths(value, (*here, key))]]


def put(document: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        document = document[key]
    if value is None:
        del document[path[-1]]
    else:
        document[path[-1]] = value


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_mangled_record_is_judged_all_the_same(data: st.DataObject) -> None:
    record = copy.deepcopy(data.draw(st.sampled_from(RECORDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        places = paths(record["protocolSection"], ("protocolSection",))
        if places:
            put(record, data.draw(st.sampled_from(places)), data.draw(ODD))
    reading = read_records(json.dumps(record).encode(), "mangled.json")
    items = (*reading.records, *reading.findings)
    found = [finding.code for one in lint_unit(RecordUnit(items), ON) for finding in one.findings]
    assert internal_finding("", "").code not in found


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ABHER2 .,;:×^10eT\n*()<>=≥/-μ每etc")), max_size=400))
def test_any_words_can_be_criteria_and_descriptions(words: str) -> None:
    record = copy.deepcopy(RECORDS[0])
    section = record["protocolSection"]
    section["eligibilityModule"]["eligibilityCriteria"] = (
        f"Inclusion Criteria:\n\n* {words}\n\nExclusion Criteria:\n\n* {words}"
    )
    for row in section["armsInterventionsModule"]["interventions"]:
        row["description"] = words
    reading = read_records(json.dumps(record).encode(), "words.json")
    found = [f.code for one in lint_unit(RecordUnit(reading.records), ON) for f in one.findings]
    assert internal_finding("", "").code not in found


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("contactsLocationsModule", "locations"), [{"facility": "A", "country": {"name": "B"}}]),
        (("armsInterventionsModule", "interventions"), [{"type": ["DRUG"], "name": "A"}]),
        (("statusModule", "studyFirstPostDateStruct"), {"date": "0001-01"}),
        (("statusModule", "primaryCompletionDateStruct"), {"date": "9999-12-31", "type": "ACTUAL"}),
        (("statusModule", "statusVerifiedDate"), "9999-12"),
    ],
)
def test_what_once_failed(path: tuple[str, str], value: Any) -> None:
    record = copy.deepcopy(RECORDS[0])
    section = record["protocolSection"]
    section["statusModule"].pop("studyFirstSubmitDate", None)
    section.pop("oversightModule", None)
    section[path[0]][path[1]] = value
    reading = read_records(json.dumps(record).encode(), "odd.json")
    found = [f.code for one in lint_unit(RecordUnit(reading.records), ON) for f in one.findings]
    assert internal_finding("", "").code not in found
