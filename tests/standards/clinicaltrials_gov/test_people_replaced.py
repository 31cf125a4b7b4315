"""The test records name nobody: names, telephone numbers and e-mail addresses of people are made up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.standards.clinicaltrials_gov.anonymise_samples import (
    EMAIL,
    ORGANISATION,
    People,
    learn_json,
    learn_xml,
)
from tests.standards.clinicaltrials_gov.samples import FOLDER, ROOT, TEXT, V2, XML

MADE_UP = re.compile(r"Person [A-Z]{1,3}\Z")
DIGITS = "5550100" * 5
PAGE_PERSON = re.compile(
    r"^(?:Contact(?: \w+)?|Principal Investigator|Study (?:Chair|Director)|Sub-Investigator):\s*\|?\s*(?P<name>.+)",
    re.MULTILINE,
)


def assert_made_up(people: People) -> None:
    for name in people.names:
        assert MADE_UP.match(name), name
    for address in people.emails:
        assert address.endswith("@example.org"), address
    for number in people.phones:
        digits = re.sub(r"\D", "", number)
        assert DIGITS.startswith(digits), number


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_people_of_a_record_are_made_up(path: Path) -> None:
    people = People()
    learn_json(json.loads(path.read_text(encoding="utf-8")), people)
    assert_made_up(people)


@pytest.mark.parametrize("path", XML, ids=lambda path: path.stem)
def test_people_of_an_old_file_are_made_up(path: Path) -> None:
    people = People()
    learn_xml(path.read_text(encoding="utf-8"), people)
    assert_made_up(people)


@pytest.mark.parametrize("path", TEXT, ids=lambda path: path.stem)
def test_people_of_a_page_are_made_up(path: Path) -> None:
    for match in PAGE_PERSON.finditer(path.read_text(encoding="utf-8")):
        assert re.match(r"Person [A-Z]{1,3}\b", match["name"]) or ORGANISATION.search(match["name"]), match[0]


def test_no_test_file_holds_a_real_address() -> None:
    found: list[str] = []
    for path in sorted((ROOT / "tests/data").rglob("*")):
        if path.is_file() and path.suffix in {".json", ".xml", ".txt", ".yaml", ".csv"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.name}: {m}" for m in EMAIL.findall(text) if not m.endswith("@example.org")]
    assert found == []


def test_the_folder_holds_every_form() -> None:
    assert (len(V2), len(XML), len(TEXT)) == (22, 4, 4)
    assert FOLDER.is_dir()
