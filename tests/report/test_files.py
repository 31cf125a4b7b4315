"""Every file of a report: RTF, PNG and the rest, the same bytes for the same cut, nothing by arm in the open one."""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Iterator
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from trialwright.report.build import build_report
from trialwright.report.extent import LISTED_ROWS, shorten
from trialwright.report.files import count_files, export_files
from trialwright.report.html import render_html
from trialwright.report.model import Number, Report, Row, Table
from trialwright.report.rtf import export_rtf, write_stamp
from trialwright.study.model import Study
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP


@pytest.fixture(scope="module")
def files(report: Report) -> dict[str, bytes]:
    return dict(export_files(report))


def chunks(png: bytes) -> Iterator[str]:
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8].decode()
        at += 12 + length


def test_every_table_and_figure_is_a_file_of_its_own(report: Report, files: dict[str, bytes]) -> None:
    assert len(files) == count_files(report)
    for table in report.tables():
        assert {f"tables/{table.id}.csv", f"tables/{table.id}.rtf"} <= set(files)
    for figure in report.figures():
        assert {f"figures/{figure.id}.svg", f"figures/{figure.id}.png"} <= set(files)


def test_the_same_cut_gives_the_same_bytes(
    study: Study, states: list[SubjectState], files: dict[str, bytes]
) -> None:
    again = dict(export_files(build_report(study, list(reversed(states)), STAMP, CUT)))
    assert {name for name in files if files[name] != again[name]} == set()


def test_png_holds_a_picture_and_nothing_else(files: dict[str, bytes]) -> None:
    pictures = [content for name, content in files.items() if name.endswith(".png")]
    assert pictures
    for picture in pictures:
        assert set(chunks(picture)) == {"IHDR", "IDAT", "IEND"}
        width, _ = struct.unpack(">II", picture[16:24])
        assert width > 1000


def test_rtf_is_landscape_with_title_notes_and_stamp(report: Report) -> None:
    table = next(table for table in report.tables() if table.id == "os_table")
    text = export_rtf(table, report.stamp)
    assert text.startswith("{\\rtf1")
    assert "\\landscape" in text
    assert "Overall survival by arm" in text
    assert "Simulated data" in text
    assert "NCT02632201, protocol 1.0, final report, data to 2026-06-01, ledger entry 400" in text
    assert "Median, months" in text


def test_rtf_escapes_what_would_be_markup() -> None:
    hostile = Table("t", "A {title} \\b", ("", "x\\y"), (Row("{\\rtf}", ("≤ 3 中",)),), ("note {",))
    text = export_rtf(hostile, STAMP)
    assert "\\'7b\\'5crtf\\'7d" in text
    assert "x\\'5cy" in text
    assert "\\u8804*" in text
    assert text.count("{") == text.count("}")


def test_an_empty_table_is_still_a_file() -> None:
    assert "No rows." in export_rtf(Table("t", "Empty", ("", "n"), ()), STAMP)


def test_a_long_listing_is_whole_in_csv_and_cut_in_documents(report: Report) -> None:
    rows = tuple(Row(f"S01-{n:04d}", (str(n),)) for n in range(LISTED_ROWS + 50))
    listing = Table("listing", "Listing", ("Subject", "n"), rows, listing=True)
    cut = shorten(listing)
    assert len(cut.rows) == LISTED_ROWS
    assert "tables/listing.csv" in cut.notes[-1]
    assert shorten(Table("plain", "Plain", ("", "n"), rows)).rows == rows
    with_listing = Report(
        report.title, report.stamp, (report.sections[0].__class__("x", "X", (), (listing,)),)
    )
    made = dict(export_files(with_listing))
    assert made["tables/listing.csv"].count(b"\n") == len(rows) + 1
    assert f"S01-{LISTED_ROWS:04d}" not in made["index.html"].decode()


def test_html_has_landmarks_and_headers_for_those_who_do_not_see_it(report: Report) -> None:
    page = lxml_html.fromstring(render_html(report))
    for landmark in ("header", "main", "nav", "footer"):
        assert len(page.xpath(f"//{landmark}")) == 1
    target = page.xpath("//a[@class='skip']/@href")[0].lstrip("#")
    assert page.get_element_by_id(target).tag == "main"
    assert not page.xpath("//th[not(@scope)]")
    assert not page.xpath("//table[not(caption)]")
    assert not page.xpath("//table//tr[not(th)]")
    assert all(text.strip() for text in page.xpath("//figure//div[@role='img']/@aria-label"))
    assert len(page.xpath("//figure")) == len(page.xpath("//figure//div[@role='img']"))
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.requirement("TW-R-051")
def test_no_file_of_the_open_report_tells_an_arm(study: Study, states: list[SubjectState]) -> None:
    """Neither a name of an arm or of its product, nor any number that was computed in one arm alone."""
    made = build_report(study, states, STAMP, CUT, variant="dsmb-open")
    words = [name for arm in study.arms for name in (arm.id, arm.label)]
    words += [word for product in study.products for word in (product.id, product.name) if product.id != "dc"]
    title = (study.short_title or study.title).encode()
    for path, content in export_files(made):
        if path.endswith((".html", ".json", ".csv", ".svg", ".rtf")):
            text = content.replace(title, b"").replace(title.lower(), b"").decode()
            assert [word for word in words if word != "DC" and word in text] == [], path
    subjects = {
        arm.id: {s.subject for s in states if s.allocation and s.allocation.arm == arm.id}
        for arm in study.arms
    }
    split = [
        number.id
        for number in made.numbers().values()
        if set(number.subjects) in subjects.values() and "failed" not in number.id
    ]
    assert split == []


@pytest.mark.requirement("TW-R-051")
def test_the_open_report_does_not_change_when_the_arms_are_dealt_anew(
    study: Study, states: list[SubjectState]
) -> None:
    """What does not depend on the allocation cannot tell it: swap every subject's arm, nothing may change."""
    other = {"pik_her2_arm": "dc_pmat_arm", "dc_pmat_arm": "pik_her2_arm"}
    product = {"pik_her2_t": "pmat_t", "pmat_t": "pik_her2_t", "dc": "dc"}

    def swap(state: SubjectState) -> SubjectState:
        if state.allocation is None:
            return state
        doses = tuple(
            dose.model_copy(update={"product": product[dose.product]}) for dose in state.administrations
        )
        arm = state.allocation.model_copy(update={"arm": other[state.allocation.arm]})
        return state.model_copy(update={"allocation": arm, "administrations": doses})

    some = [swap(state) if index % 3 else state for index, state in enumerate(states)]
    first = build_report(study, states, STAMP, CUT, variant="dsmb-open")
    second = build_report(study, some, STAMP, CUT, variant="dsmb-open")
    assert first == second
    assert render_html(first) == render_html(second)
    by_arm = build_report(study, some, STAMP, CUT).numbers()
    assert (
        by_arm["os.median.pik_her2_arm"]
        != build_report(study, states, STAMP, CUT).numbers()["os.median.pik_her2_arm"]
    )


def test_the_stamp_says_for_whom(report: Report) -> None:
    assert "final report, data to" in write_stamp(report.stamp)
    assert "arms pooled" in write_stamp(replace(report.stamp, by_arm=False))


def test_results_name_every_figure_and_its_data(files: dict[str, bytes], report: Report) -> None:
    results = json.loads(files["results.json"])
    figures = [figure["id"] for section in results["sections"] for figure in section["figures"]]
    assert figures == [figure.id for figure in report.figures()]
    assert all(isinstance(number, Number) for number in report.numbers().values())
