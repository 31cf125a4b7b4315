"""Record -> study -> record gives the same protocol section, whatever the record holds."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.standards.clinicaltrials_gov.samples import ALL, V2, read_one, study_of

from trialwright.standards.clinicaltrials_gov import (
    Record,
    check_schema,
    derive_draft,
    render_protocol_section,
    render_study_file,
)
from trialwright.study.findings import Severity
from trialwright.study.model.study import Study


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_sample_comes_back_whole(path: Path) -> None:
    record = read_one(path)
    draft = derive_draft(record)
    assert render_protocol_section(draft.study()) == record.protocol
    assert check_schema({"protocolSection": record.protocol}) == ()
    assert not [finding for finding in draft.findings if finding.severity is Severity.ERROR]


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_study_file_is_read_back_to_the_same_study(path: Path) -> None:
    record = read_one(path)
    draft = derive_draft(record)
    written = YAML(typ="safe").load(render_study_file(draft, record))
    assert Study.model_validate(written) == draft.study()


def test_unknown_keys_and_odd_values_are_kept_and_reported() -> None:
    study = study_of("NCT04265963")
    protocol = study["protocolSection"]
    protocol["newModule"] = {"anything": [1, 2]}
    protocol["statusModule"]["newDate"] = "2030-01"
    protocol["statusModule"]["overallStatus"] = "HALTED"
    protocol["designModule"]["phases"] = ["PHASE9"]
    protocol["oversightModule"] = {}
    protocol["conditionsModule"]["conditions"] = ["Leukemia", 7]
    protocol["contactsLocationsModule"]["locations"][0]["a.b[0]"] = "x"
    record = Record(copy.deepcopy(study), "api_v2", "made.json")
    draft = derive_draft(record)
    assert render_protocol_section(draft.study()) == protocol
    unmapped = draft.mapping["registry"]["unmapped"]
    assert unmapped["protocolSection.newModule"] == {"anything": [1, 2]}
    assert unmapped["protocolSection.statusModule.overallStatus"] == "HALTED"
    odd = {finding.place.path[-1] for finding in draft.findings if finding.code == "TW-REG-021"}
    assert {"overallStatus", "phases", "conditions"} <= odd
    assert any(finding.code == "TW-REG-020" and "newDate" in finding.evidence for finding in draft.findings)


def test_cross_references_that_disagree_come_back_as_written() -> None:
    study = study_of("NCT02745808")
    module = study["protocolSection"]["armsInterventionsModule"]
    module["armGroups"][0]["interventionNames"] = ["Biological: HUC-MSCs", "Drug: not described"]
    del module["interventions"][1]["armGroupLabels"]
    record = Record(copy.deepcopy(study), "api_v2")
    draft = derive_draft(record)
    assert render_protocol_section(draft.study()) == study["protocolSection"]
    assert "TW-REG-023" in {finding.code for finding in draft.findings}


def test_interventions_of_one_name_keep_their_arms() -> None:
    record = read_one(next(path for path in ALL if path.stem == "NCT02260193"))
    draft = derive_draft(record)
    given = [arm["interventions"] for arm in draft.mapping["arms"]]
    assert given == [["akb_6548"], ["akb_6548_2"], ["akb_6548_3"]]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.text(max_size=8) | st.just("2020-02-30"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _places(node: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(items):
        found.append((node, key))
        if isinstance(value, dict | list):
            found += _places(value)
    return found


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_damage_to_a_record_survives_the_way_through_the_study(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from([path.stem for path in V2]))
    protocol = study_of(sample)["protocolSection"]
    for _ in range(data.draw(st.integers(1, 4))):
        places = _places(protocol)
        node, key = places[data.draw(st.integers(0, len(places) - 1))]
        if data.draw(st.booleans()):
            node[key] = data.draw(JSON)
        else:
            del node[key]
        if not protocol:
            return
    record = Record({"protocolSection": copy.deepcopy(protocol)}, "api_v2")
    assert render_protocol_section(derive_draft(record).study()) == protocol


@settings(max_examples=15, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text(alphabet=" \n\t#:-'\"[]{}|>&*!%@`,?~0123.yesnoull", max_size=60),
)
def test_any_text_survives_the_study_file(words: str, marks: str) -> None:
    study = study_of("NCT04265963")
    protocol = study["protocolSection"]
    protocol["descriptionModule"]["briefSummary"] = words + "\n" + marks
    protocol["eligibilityModule"]["eligibilityCriteria"] = marks + "\n\n" + words + "\n" + marks
    protocol["conditionsModule"]["conditions"] = [words, marks, "2015-09", "yes", "1e3", ""]
    protocol["armsInterventionsModule"]["interventions"][0]["description"] = marks
    protocol["oddModule"] = {words: marks, "null": None}
    record = Record(study, "api_v2")
    draft = derive_draft(record)
    written = YAML(typ="safe").load(render_study_file(draft, record))
    assert render_protocol_section(Study.model_validate(written)) == protocol
