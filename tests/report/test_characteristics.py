"""The section on what the design can show: the scenarios' own figures, with their errors, and nothing of subjects."""

from __future__ import annotations

import pytest

from trialwright.design.from_study import scenario_from_study
from trialwright.design.simulate import simulate_design
from trialwright.report.characteristics import MOST, SEED, build_characteristics
from trialwright.report.model import Figure, Number, Report, Section, Stamp, Table
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario


def tables(section: Section) -> dict[str, Table]:
    found = (block.data if isinstance(block, Figure) else block for block in section.blocks)
    return {table.id: table for table in found if table is not None}


def test_characteristics_are_those_of_the_scenarios(study: Study) -> None:
    section = build_characteristics(study)
    numbers = {n.id: n for table in tables(section).values() for n in table.numbers()}
    for scenario in study.scenarios:
        if scenario.group_sequential is not None:
            continue
        design, _ = scenario_from_study(study, scenario.id)
        shown = simulate_design(design, MOST, SEED).as_json()["analyses"][-1]["endpoints"]
        for endpoint in ("os", "pfs"):
            power = shown[endpoint]["power"]
            number = numbers[f"characteristics.{scenario.id}.{endpoint}.power"]
            assert number.value == power["estimate"]
            assert number.text == f"{100 * power['estimate']:.1f} % ± {100 * power['se']:.1f}"
    assert all(not number.subjects and not number.sources for number in numbers.values())
    assert len(numbers) == len({number.id for number in numbers.values()})


def test_every_figure_has_its_numbers(study: Study) -> None:
    figures = [block for block in build_characteristics(study).blocks if isinstance(block, Figure)]
    wanted = {"characteristics-power", "characteristics-survival", "characteristics-grid"}
    assert wanted <= {figure.id for figure in figures}
    for figure in figures:
        assert figure.svg.startswith("<svg")
        assert figure.data is not None and figure.data.rows
        assert all(len(row.cells) == len(figure.data.columns) - 1 for row in figure.data.rows)


def test_same_study_gives_the_same_section(study: Study) -> None:
    assert build_characteristics(study) == build_characteristics(study.model_copy())


def test_boundaries_of_a_scenario_with_looks(study: Study) -> None:
    base = next(one for one in study.scenarios if one.id == "planned_effect").model_dump(
        exclude_defaults=True
    )
    looks = [{"id": "interim", "at_events": 16}, {"id": "final", "at_months": 42}]
    made = Scenario.model_validate(
        base | {"id": "looked", "analyses": looks, "group_sequential": {"futility": "hwang_shih_decani"}}
    )
    section = build_characteristics(study.model_copy(update={"scenarios": (made,)}))
    table = tables(section)["characteristics-boundaries-looked-data"]
    assert [row.label for row in table.rows] == ["interim", "final"]
    stops = [cell for row in table.rows for cell in row.cells if isinstance(cell, Number)]
    assert sum(number.value for number in stops) < 1.0
    assert len(stops) == 6


def test_toxicity_rule_behaves_as_the_reference_says(study: Study) -> None:
    """Rule C of the safety reference: Beta(0.6, 1.4), 30 %, 0.9, looks from the third subject on, at most 20."""
    table = tables(build_characteristics(study))["characteristics-stopping"]
    values = [cell.value for row in table.rows for cell in row.cells if isinstance(cell, Number)]
    assert values == pytest.approx([0.0058, 0.0619, 0.2460, 0.5533, 0.8305, 0.9650], abs=5e-5)


def test_methods_of_dose_finding_are_judged_at_every_belief(study: Study) -> None:
    table = tables(build_characteristics(study))["characteristics-doses"]
    methods = [row.label for row in table.rows if row.indent == 1]
    assert methods == ["3+3", "BOIN", "CRM"] * len(study.dose_finding.beliefs)
    for row in table.rows:
        if row.indent == 1:
            shares = [float(cell.split(" %")[0]) for cell in row.cells[: len(study.dose_finding.levels) + 1]]
            assert sum(shares) == pytest.approx(100.0, abs=0.4)


def test_impossible_scenario_is_told_and_the_others_are_shown(study: Study) -> None:
    bad = next(one for one in study.scenarios if one.id == "planned_effect").model_copy(
        update={
            "id": "endless",
            "analyses": (type(study.scenarios[0].analyses[0])(id="final", at_events=99),),
        }
    )
    section = build_characteristics(study.model_copy(update={"scenarios": (study.scenarios[0], bad)}))
    assert any("TW-DES-008" in words for words in section.words)
    assert "characteristics.no_effect.os.power" in {
        number.id for table in tables(section).values() for number in table.numbers()
    }


def test_study_without_scenarios(study: Study) -> None:
    section = build_characteristics(study.model_copy(update={"scenarios": ()}))
    assert section.blocks == ()


def test_section_can_be_printed(study: Study) -> None:
    from trialwright.report.html import render_html
    from trialwright.report.pdf import render_pdf

    stamp = Stamp("made", "v", "1.0", "0" * 64, 1, "2026-01-01", "test", True)
    report = Report("Made", stamp, (build_characteristics(study),))
    assert "What the design can show" in render_html(report)
    assert render_pdf(report).startswith(b"%PDF")
