"""The reader against labels: precision, recall, F1 and polarity over the sample records."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML

from trialwright.study.reader import Entry, Status, read_criteria

DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Score:
    """How labels and entries agree; ``turned`` counts right limits with the wrong sense."""

    right: int
    wrong: int
    missed: int
    turned: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed)


@cache
def gold() -> list[dict[str, Any]]:
    return YAML(typ="safe").load(DATA / "eligibility_gold.yaml")["records"]


def text_of(record: dict[str, Any]) -> str:
    folder, nct = DATA / "registry" / record["source"], record["nct"]
    if record["source"] == "v2":
        document = json.loads((folder / f"{nct}.json").read_text(encoding="utf-8"))
        return document["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    found = ElementTree.parse(folder / f"{nct}.xml").getroot().find(".//eligibility/criteria/textblock")
    assert found is not None
    return found.text or ""


def as_label(entry: Entry) -> str:
    """Variable, operator, values, unit and sense as one comparable text."""
    plain = entry.as_json()
    values = [plain["value"]] + ([plain["value2"]] if plain["value2"] is not None else [])
    return json.dumps([entry.variable, entry.operator, *values, entry.unit, entry.sense.value])


def score(records: list[dict[str, Any]]) -> Score:
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for record in records:
        labels = (label for criterion in record["criteria"] for label in criterion["expect"])
        wanted.update(f"{record['nct']} {json.dumps(label)}" for label in labels)
        entries = (e for e in read_criteria(text_of(record)) if e.status is not Status.ATTESTED)
        found.update(f"{record['nct']} {as_label(entry)}" for entry in entries)
    right, extra, missed = wanted & found, found - wanted, wanted - found
    other = {"eligible_if": "excluded_if", "excluded_if": "eligible_if"}
    turned = sum(label.replace(s, o) in missed for label in extra for s, o in other.items() if s in label)
    return Score(right.total(), extra.total(), missed.total(), turned)


def test_the_gold_set_is_large_enough() -> None:
    labelled = [c for record in gold() for c in record["criteria"] if c["expect"]]
    assert len(labelled) >= 150
    assert sum(len(criterion["expect"]) for criterion in labelled) >= 230


@pytest.mark.parametrize("held_out", [False, True])
def test_the_reader_agrees_with_the_labels(held_out: bool) -> None:
    reached = score([record for record in gold() if record["held_out"] is held_out])
    assert reached.turned == 0, "a limit was read with the wrong sense"
    assert reached.precision >= 0.95
    assert reached.recall >= 0.90
    assert reached.f1 >= 0.93


def test_a_wrong_label_lowers_the_score() -> None:
    record = next(r for r in gold() if r["nct"] == "NCT02260193")
    spoiled = {**record, "criteria": [{"text": "", "expect": [["bmi", ">", 44, "kg/m2", "eligible_if"]]}]}
    reached = score([spoiled])
    assert reached.right == 0
    assert reached.turned == 1


def test_every_labelled_text_stands_in_its_record() -> None:
    for record in gold():
        text = text_of(record)
        assert all(criterion["text"] in text for criterion in record["criteria"])
