"""The report: its numbers against the subjects written down by hand, and its three renderings."""

from __future__ import annotations

import json
from io import StringIO

import numpy as np
import pytest
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test
from lxml import html as lxml_html

from trialwright.report.build import build_report
from trialwright.report.dataset import derive_dataset
from trialwright.report.export import export_csv, export_results, export_svg
from trialwright.report.flow import ENDS
from trialwright.report.html import render_html
from trialwright.report.model import Figure, Report, Table
from trialwright.report.pdf import render_pdf
from trialwright.study.model import Study
from trialwright.trial.records import Ending
from trialwright.trial.subject import SubjectState

from .conftest import CUT, STAMP, SUBJECTS


def value(report: Report, number: str) -> float:
    found = report.numbers()[number].value
    assert found is not None
    return found


def times(endpoint: str, arm: str) -> tuple[list[float], list[int]]:
    """Months and events as the subjects were written down: death for OS, the first of both for PFS."""
    months: list[float] = []
    events: list[int] = []
    for found, _, progression, death in SUBJECTS:
        if found != arm:
            continue
        happened = [
            day for day in ((death,) if endpoint == "os" else (progression, death)) if day is not None
        ]
        last = 729 if endpoint == "os" else 715
        months.append((min(happened) if happened else last) / 30.4375)
        events.append(int(bool(happened)))
    return months, events


def test_the_flow_counts_every_subject_once(report: Report) -> None:
    assert value(report, "flow.registered") == 12
    assert value(report, "flow.failed") == value(report, "flow.failed.i6") == 2
    assert value(report, "flow.allocated") == 10
    assert value(report, "flow.allocated.pik_her2_arm") + value(report, "flow.allocated.dc_pmat_arm") == 10
    assert report.numbers()["flow.failed"].subjects == ("S01-011", "S01-012")


def test_every_allocated_subject_stands_in_one_last_box(report: Report) -> None:
    for arm in ("pik_her2_arm", "dc_pmat_arm"):
        boxes = [report.numbers()[f"flow.{end}.{arm}"].subjects for end, _ in ENDS]
        subjects = [subject for box in boxes for subject in box]
        assert len(subjects) == len(set(subjects)) == value(report, f"flow.allocated.{arm}")


@pytest.mark.parametrize(
    ("reason", "box"),
    [("lost", "lost"), ("withdrawal", "withdrew"), ("sponsor_decision", "ended"), ("completed", "completed")],
)
def test_an_end_of_follow_up_is_counted_under_its_reason(
    study: Study, states: list[SubjectState], reason: str, box: str
) -> None:
    alive = next(state for state in states if state.subject == "S01-004")
    ended = alive.model_copy(update={"follow_up_end": Ending(ended_on="2026-01-10", reason=reason, seq=900)})
    others = [state for state in states if state is not alive]
    numbers = build_report(study, [*others, ended], STAMP, CUT).numbers()
    assert numbers[f"flow.{box}.pik_her2_arm"].subjects == ("S01-004",)


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
@pytest.mark.parametrize("arm", ["pik_her2_arm", "dc_pmat_arm"])
def test_survival_equals_lifelines_on_the_days_written_down(report: Report, endpoint: str, arm: str) -> None:
    months, events = times(endpoint, arm)
    fitted = KaplanMeierFitter().fit(months, events)
    assert value(report, f"{endpoint}.events.{arm}") == sum(events)
    assert value(report, f"{endpoint}.median.{arm}") == pytest.approx(fitted.median_survival_time_)
    assert value(report, f"{endpoint}.at_6.{arm}") == pytest.approx(float(fitted.predict(6)))


@pytest.mark.parametrize("endpoint", ["os", "pfs"])
def test_the_comparison_equals_lifelines(report: Report, endpoint: str) -> None:
    import pandas

    one, two = times(endpoint, "dc_pmat_arm"), times(endpoint, "pik_her2_arm")
    frame = pandas.DataFrame(
        {"months": one[0] + two[0], "event": one[1] + two[1], "arm": [0] * len(one[0]) + [1] * len(two[0])}
    )
    hazard_ratio = float(np.exp(CoxPHFitter().fit(frame, "months", "event").params_["arm"]))
    assert value(report, f"{endpoint}.hazard_ratio") == pytest.approx(hazard_ratio, rel=1e-4)
    p = logrank_test(one[0], two[0], one[1], two[1]).p_value
    assert value(report, f"{endpoint}.log_rank_p") == pytest.approx(p, rel=1e-6)


def test_quality_of_life_changes_as_written(report: Report) -> None:
    assert value(report, "quality.QL.assessment_1.pik_her2_arm") == pytest.approx(0.0)
    assert value(report, "quality.QL.assessment_2.pik_her2_arm") == pytest.approx(100 / 6)


def test_adverse_events_count_subjects_at_their_worst_grade(report: Report) -> None:
    severe = sum(value(report, f"adverse.severe.fever.{arm}") for arm in ("pik_her2_arm", "dc_pmat_arm"))
    total = sum(value(report, f"adverse.any.fever.{arm}") for arm in ("pik_her2_arm", "dc_pmat_arm"))
    assert (severe, total) == (2, 10)


def test_exposure_and_chain_of_identity(report: Report) -> None:
    assert value(report, "exposure.dc.doses.pik_her2_arm") == 2
    assert value(report, "chain.given") == 30
    assert value(report, "chain.mixed") == value(report, "chain.unseen") == 0
    assert report.numbers()["exposure.pik_her2_t.treated.pik_her2_arm"].text == "5 (100.0 %)"


def test_every_number_has_a_definition_and_its_sources(report: Report) -> None:
    for name, number in report.numbers().items():
        assert number.definition.endswith("."), name
        assert number.text, name
        if number.value and "missing" not in name and not name.startswith("characteristics"):
            assert number.sources, name
            assert number.subjects, name


def test_ids_of_numbers_are_unique(report: Report) -> None:
    ids = [number.id for table in report.tables() for number in table.numbers()]
    assert len(ids) == len(set(ids))


def test_ids_of_tables_and_figures_are_unique_because_they_name_files(report: Report) -> None:
    for ids in ([table.id for table in report.tables()], [figure.id for figure in report.figures()]):
        assert len(ids) == len(set(ids))


def test_the_same_input_gives_the_same_bytes(
    report: Report, study: Study, states: list[SubjectState]
) -> None:
    again = build_report(study, list(reversed(states)), STAMP, CUT)
    assert render_html(again) == render_html(report)
    assert render_pdf(again) == render_pdf(report)
    assert export_results(again) == export_results(report)


@pytest.mark.requirement("TW-R-044")
def test_html_is_whole_and_self_contained(report: Report) -> None:
    text = render_html(report)
    page = lxml_html.fromstring(text)
    assert "Simulated data" in page.text_content()
    assert not page.xpath("//script | //link | //img[starts-with(@src, 'http')]")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(page.xpath("//figure//*[local-name()='svg']")) == sum(
        isinstance(block, Figure) for section in report.sections for block in section.blocks
    )
    headings = [element.tag for element in page.xpath("//h1 | //h2 | //h3")]
    assert headings[0] == "h1"


def test_pdf_is_a_pdf_with_the_band(report: Report) -> None:
    data = render_pdf(report)
    assert data.startswith(b"%PDF-")
    assert len(data) > 20_000


def test_results_are_json_and_carry_the_stamp(report: Report) -> None:
    document = json.loads(json.dumps(export_results(report), allow_nan=False))
    assert document["stamp"]["simulated"] is True
    assert document["stamp"]["cut_seq"] == 400
    named = {
        cell["number"]
        for section in document["sections"]
        for table in section["tables"]
        for row in table["rows"]
        for cell in row["cells"]
        if isinstance(cell, dict)
    }
    assert named == set(document["numbers"])


def test_tables_as_csv_read_back(report: Report) -> None:
    import csv

    for table in report.tables():
        rows = list(csv.reader(StringIO(export_csv(table))))
        assert rows[0] == list(table.columns)
        assert len(rows) == len(table.rows) + 1


def test_files_of_simulated_data_say_so_each_by_itself(report: Report) -> None:
    for table in report.tables():
        assert "simulated data" in export_csv(table, simulated=True).splitlines()[0].lower()
        assert "simulated data" not in export_csv(table).splitlines()[0].lower()
    for figure in (block for section in report.sections for block in section.blocks):
        if isinstance(figure, Figure):
            marked = lxml_html.fragment_fromstring(export_svg(figure, simulated=True))
            plain = lxml_html.fragment_fromstring(figure.svg)
            assert "Simulated data" in marked.text_content()
            assert export_svg(figure) == figure.svg
            sizes = [float(one.get("viewbox", "").split()[3]) for one in (plain, marked)]
            assert sizes[1] == pytest.approx(sizes[0] + 16)


def test_a_trial_without_subjects_still_gives_a_report(study: Study) -> None:
    empty = build_report(study, [], STAMP, CUT)
    assert "nothing can be estimated" in render_html(empty)
    assert render_pdf(empty).startswith(b"%PDF-")


def test_all_doses_are_those_of_the_subject_s_own_arm(study: Study, states: list[SubjectState]) -> None:
    """An arm with fewer days of giving than the other is measured by its own plan."""
    given = {"dc_pmat_arm": {dose.planned_day for s in states for dose in s.administrations}}
    assert given["dc_pmat_arm"] == {19, 20, 21}
    short = tuple(
        product.model_copy(update={"cycles": ((19, 20),) if product.id == "dc" else ((21,),)})
        if product.id != "pik_her2_t"
        else product
        for product in study.products
    )
    numbers = build_report(study.model_copy(update={"products": short}), states, STAMP, CUT).numbers()
    assert numbers["flow.all_doses.dc_pmat_arm"].value == 5
    assert numbers["flow.all_doses.pik_her2_arm"].value == 0


def test_arms_put_together_are_not_measured_by_one_plan(study: Study, states: list[SubjectState]) -> None:
    """Where the arms' days differ the row is left out, and the drawing keeps every other line in its box."""
    shorter = tuple(
        product.model_copy(update={"cycles": product.cycles[:1]}) if product.id == "pmat_t" else product
        for product in study.products
    )
    uneven = study.model_copy(update={"products": shorter})
    report = build_report(uneven, states, STAMP, CUT, by_arm=False)
    section = next(section for section in report.sections if section.id == "flow")
    figure, table = section.blocks[0], section.blocks[-1]
    assert isinstance(figure, Figure)
    assert isinstance(table, Table)
    assert [row.label for row in table.rows].count("Received all planned doses") == 0
    assert "Received no dose: " in figure.svg
    assert "Received all planned doses" not in figure.svg
    even = build_report(study, states, STAMP, CUT, by_arm=False).numbers()
    assert "flow.all_doses.all_subjects" in set(even) - set(report.numbers())


def test_a_study_that_names_no_baseline_values_can_be_printed(
    study: Study, states: list[SubjectState]
) -> None:
    analysis = study.analysis.model_copy(update={"baseline": ()})
    report = build_report(study.model_copy(update={"analysis": analysis}), states, STAMP, CUT)
    assert render_pdf(report).startswith(b"%PDF-")


def test_the_title_of_the_pdf_is_the_title_in_plain_words(report: Report) -> None:
    title = render_pdf(report).partition(b"<dc:title>")[2].partition(b"</dc:title>")[0]
    assert report.title.encode() in title


def test_one_arm_alone_is_described_and_not_compared(study: Study, states: list[SubjectState]) -> None:
    one = [s for s in states if s.allocation and s.allocation.arm == "dc_pmat_arm"]
    report = build_report(study, one, STAMP, CUT)
    assert "os.hazard_ratio" not in report.numbers()
    assert value(report, "os.n.dc_pmat_arm") == 5


def test_every_dated_trace_of_a_subject_counts_as_contact(study: Study, states: list[SubjectState]) -> None:
    """Censored for survival at the last evidence of being alive, here the withdrawal of consent."""
    alive = next(s for s in states if s.subject == "S01-004")
    assert alive.consent is not None
    keep = {key: form for key, form in alive.forms.items() if key.startswith(("screening", "log"))}
    consent = alive.consent.model_copy(
        update={"withdrawn_on": "2024-04-01", "withdrawn_seq": 900, "scope": "follow_up"}
    )
    gone = alive.model_copy(update={"forms": keep, "consent": consent})
    survival = derive_dataset(study, [gone], CUT).subjects[0].survival
    assert survival is not None
    assert (survival.end_on.isoformat(), survival.event) == ("2024-04-01", False)
    assert 900 in survival.source_ids
