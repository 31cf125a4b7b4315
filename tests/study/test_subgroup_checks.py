"""Subgroups that cannot be formed are found, each at its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from trialwright.study.checks import check_study
from trialwright.study.model import Study


def found(subgroup: dict[str, Any], **item: Any) -> dict[str, str]:
    """Code -> path of the findings of the good study with one subgroup, its item changed."""
    document = YAML(typ="safe").load((Path(__file__).parent / "good.yaml").read_text(encoding="utf-8"))
    document["forms"][0]["items"][0].update(item)
    document["analysis"] = {"subgroups": [{"label": "Group", **subgroup}]}
    return {f.code: ".".join(map(str, f.place.path)) for f in check_study(Study.model_validate(document))}


CREATININE = {"form": "laboratory", "item": "creatinine"}


@pytest.mark.parametrize(
    "subgroup",
    [
        {**CREATININE, "cut_points": [1.2]},
        {"variable": "creatinine", "cut_points": [0.8, 1.2]},
    ],
)
def test_a_number_is_divided_by_its_cut_points(subgroup: dict[str, Any]) -> None:
    assert found(subgroup) == {}


@pytest.mark.parametrize(
    ("subgroup", "code", "place"),
    [
        ({}, "TW-RPT-011", "analysis.subgroups.0"),
        ({"form": "laboratory"}, "TW-RPT-011", "analysis.subgroups.0"),
        (CREATININE, "TW-RPT-012", "analysis.subgroups.0"),
        ({**CREATININE, "cut_points": [2, 1]}, "TW-RPT-013", "analysis.subgroups.0.cut_points"),
        ({**CREATININE, "cut_points": [1, 1]}, "TW-RPT-013", "analysis.subgroups.0.cut_points"),
        ({"form": "laboratori", "item": "creatinine"}, "TW-REF-002", "analysis.subgroups.0.form"),
        ({"form": "laboratory", "item": "kreatinin"}, "TW-REF-002", "analysis.subgroups.0.item"),
        ({"variable": "kreatinin"}, "TW-REF-002", "analysis.subgroups.0.variable"),
    ],
)
def test_a_subgroup_that_cannot_be_formed(subgroup: dict[str, Any], code: str, place: str) -> None:
    assert found(subgroup).get(code) == place


def test_levels_and_cut_points_exclude_each_other() -> None:
    codes = {"kind": "code", "codes": [{"value": "1", "label": "One"}]}
    assert "TW-RPT-012" not in found(CREATININE, **codes)
    assert (
        found({**CREATININE, "cut_points": [1]}, **codes)["TW-RPT-012"] == "analysis.subgroups.0.cut_points"
    )
    assert found(CREATININE, kind="text")["TW-RPT-012"] == "analysis.subgroups.0"


def test_cut_points_need_one_unit() -> None:
    several = {"units": ["mg/dL", "umol/L"]}
    assert found({**CREATININE, "cut_points": [1]}, **several)["TW-RPT-014"] == "analysis.subgroups.0"
