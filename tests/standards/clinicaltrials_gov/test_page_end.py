"""A copy of a page that stops before the page's end is an error, wherever it stops."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.standards.clinicaltrials_gov.page_renderer import render_page
from tests.standards.clinicaltrials_gov.samples import SEED, TEXT, V2, read_one, study_of

from trialwright.standards.clinicaltrials_gov import Record, read_records
from trialwright.study.findings import Finding, Severity

CUT_OFF, NO_FORM = "TW-REG-033", "TW-REG-003"


def cut_findings(data: bytes) -> list[Finding]:
    """The findings of a page that say it is cut off, or is no page at all."""
    reading = read_records(data, "page.txt")
    found = [*reading.findings, *(one for record in reading.records for one in record.findings)]
    return [finding for finding in found if finding.code in (CUT_OFF, NO_FORM)]


def tail_of(data: bytes) -> int:
    """Where the value of the last table's row `Last Verified` begins."""
    return [match.end() for match in re.finditer(rb"(?m)^Last Verified: \| ", data)][-1]


@pytest.mark.parametrize("path", [SEED, *TEXT], ids=lambda path: path.stem)
def test_a_page_cut_anywhere_before_its_tail_is_an_error(path: Path) -> None:
    data = path.read_bytes()
    tail = tail_of(data)
    for length in [*range(300, tail, 97), *range(tail - 160, tail + 6, 3)]:
        found = cut_findings(data[:length])
        assert [finding.severity for finding in found] == [Severity.ERROR], length
        page = b"\nRecruitment Status :" in data[:length]
        assert found[0].code == (CUT_OFF if page else NO_FORM), length


@pytest.mark.parametrize("path", [SEED, *TEXT], ids=lambda path: path.stem)
def test_a_whole_page_is_not_cut_off(path: Path) -> None:
    assert cut_findings(path.read_bytes()) == []


@pytest.mark.parametrize("path", V2, ids=lambda path: path.stem)
def test_a_whole_page_made_from_a_record_is_not_cut_off(path: Path) -> None:
    assert cut_findings(render_page(study_of(path.stem)).encode()) == []


@pytest.mark.parametrize(
    ("stop", "section", "missing", "there"),
    [
        ("Objectives:", "the head", "the brief summary, the table of conditions", "the head,"),
        ("Ages Eligible for Study", "the outcome measures", "the eligibility criteria", "measures,"),
        ("Responsible Party:", "the contacts and locations", "(the last table)", "criteria"),
        ("Last Update Posted: |", "the last table", "(Last Update Posted, Last Verified)", "First Posted"),
    ],
)
def test_the_message_says_where_and_what_is_missing(
    stop: str, section: str, missing: str, there: str
) -> None:
    text = SEED.read_text("utf-8")
    before = text[: text.rindex(stop)]
    (finding,) = cut_findings(before.encode())
    where, _, what = finding.message.partition(": what follows ")
    assert where == f"The page is cut off in or right after {section}"
    assert missing in what and there not in what
    assert finding.place.line == len(before.rstrip().splitlines())


def test_a_page_without_keywords_and_terms_is_whole() -> None:
    lines = SEED.read_text("utf-8").splitlines()
    last = max(index for index, line in enumerate(lines) if line.startswith("Last Verified"))
    assert cut_findings("\n".join(lines[: last + 1]).encode()) == []


def test_a_page_without_the_last_row_is_whole_where_its_terms_follow() -> None:
    lines = SEED.read_text("utf-8").splitlines()
    without = [line for line in lines if not line.startswith("Last Verified")]
    assert cut_findings("\n".join(without).encode()) == []
    before = next(i for i, line in enumerate(without) if line.startswith("Last Update Posted: |"))
    assert [finding.code for finding in cut_findings("\n".join(without[: before + 1]).encode())] == [CUT_OFF]


def test_other_forms_have_no_such_end() -> None:
    record: Record = read_one(V2[0])
    assert CUT_OFF not in {finding.code for finding in record.findings}
