"""`trialwright design`: every verb answers from the study file, and says what is wrong with a question."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run
from typer.testing import CliRunner

from trialwright.cli.design import app
from trialwright.cli.output import Stop

STUDY = str(Path(__file__).parents[2] / "studies/nct02632201")
HERE = CliRunner()


def ask(*arguments: str) -> Any:
    """The JSON answer of a verb, in this process: the kernels are loaded once for all tests."""
    answer = HERE.invoke(app, [*arguments, "--format", "json"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def refuse(*arguments: str) -> Stop:
    """How a verb ends that cannot answer."""
    found: list[Stop] = []
    try:
        answer = HERE.invoke(app, list(arguments), catch_exceptions=False)
        found += [answer.exception] if isinstance(answer.exception, Stop) else []
    except Stop as stop:
        found.append(stop)
    assert found, "the command was expected to end"
    return found[0]


def test_compare_knows_the_difference_better_than_either_power() -> None:
    options = ("--scenario", "planned_effect", "--with", "delayed_and_lost", "--replicates", "20000")
    found = ask("compare", STUDY, *options)
    assert found["difference"] == pytest.approx(-0.11, abs=0.012)
    assert found["se"] < 0.003
    assert found["difference"] == pytest.approx(found["only_second"] - found["only_first"])


def test_assurance() -> None:
    options = (
        "--scenario",
        "planned_effect",
        "--hazard-ratio",
        "0.6",
        "--log-sd",
        "0.3",
        "--replicates",
        "4000",
    )
    found = ask("assurance", STUDY, *options)
    assert found["assurance"] == pytest.approx(0.50, abs=0.03)
    assert sum(weight for _, weight, _ in found["curve"]) == pytest.approx(1.0)
    bad = ("--scenario", "planned_effect", "--hazard-ratio", "0.6", "--log-sd", "0")
    assert refuse("assurance", STUDY, *bad).code == 1


def test_detectable_hazard_ratio_of_forty_subjects() -> None:
    found = ask("detectable", STUDY, "--scenario", "planned_effect", "--replicates", "5000")
    by = {row["endpoint"]: row for row in found["detectable"]}
    assert found["subjects"] == 40
    assert by["os"]["hazard_ratio"] == pytest.approx(0.476, abs=0.012)
    assert by["os"]["se"] < 0.005
    late = ask("detectable", STUDY, "--scenario", "planned_effect", "--delay", "3", "--replicates", "2000")
    assert late["detectable"][0]["hazard_ratio"] < by["os"]["hazard_ratio"]


def test_interim() -> None:
    found = ask("interim", STUDY, "--scenario", "interim_look", "--look", "interim", "--z", "1.2")
    power = found["conditional_power"]
    assert power["no_effect"] < power["current_trend"] < power["planned_effect"] < 1
    assert refuse("interim", STUDY, "--scenario", "interim_look", "--look", "x", "--z", "1").code == 1
    assert refuse("interim", STUDY, "--scenario", "planned_effect", "--look", "x", "--z", "1").code == 1


def test_explore_writes_table_and_heat_map(tmp_path: Path) -> None:
    table, figure = tmp_path / "grid.csv", tmp_path / "grid.svg"
    axes = ("--vary", "subjects=40,60", "--vary", "hazard_ratio=0.5,0.6,0.7", "--replicates", "1000")
    files = ("--csv", str(table), "--svg", str(figure))
    found = ask("explore", STUDY, "--scenario", "planned_effect", *axes, *files)
    rows = list(csv.DictReader(table.open()))
    assert len(rows) == 6
    assert [float(row["power"]) for row in rows] == [point["power"] for point in found["points"]]
    assert all(float(row["power_se"]) > 0 for row in rows)
    root = ET.parse(figure).getroot()
    assert len(root.findall("{http://www.w3.org/2000/svg}rect")) == 6


def test_explore_draws_a_curve_over_one_axis(tmp_path: Path) -> None:
    figure = tmp_path / "curve.svg"
    axes = ("--vary", "product_failure=0,0.1,0.2", "--replicates", "1000", "--svg", str(figure))
    ask("explore", STUDY, "--scenario", "delayed_and_lost", *axes)
    assert len(ET.parse(figure).getroot().findall("{http://www.w3.org/2000/svg}circle")) == 3


def test_explore_refuses_what_cannot_be_varied() -> None:
    assert refuse("explore", STUDY, "--scenario", "planned_effect", "--vary", "luck=1,2").code == 1
    assert refuse("explore", STUDY, "--scenario", "planned_effect", "--vary", "subjects=a").code == 2
    assert refuse("explore", STUDY, "--scenario", "planned_effect", "--vary", "subjects=nan").code == 2
    assert refuse("explore", STUDY, "--scenario", "x", "--vary", "subjects=40").code == 1
    with_other = ("--vary", "subjects=40", "--endpoint", "response")
    assert refuse("explore", STUDY, "--scenario", "planned_effect", *with_other).code == 2


def test_safety_of_the_study_file() -> None:
    found = ask("safety", STUDY, "--true", "0.1,0.3")
    assert [row["stop_probability"] for row in found["characteristics"]] == pytest.approx(
        [0.0058, 0.2460], abs=5e-5
    )
    assert refuse("safety").code == 2
    assert refuse("safety", STUDY, "--limit", "0.3").code == 2
    assert refuse("safety", "--limit", "1.3").code == 2


def test_table_is_for_people() -> None:
    answer = HERE.invoke(app, ["simulate", STUDY, "--scenario", "interim_look", "--replicates", "500"])
    assert "Boundaries for OS" in answer.stdout
    assert "±" in answer.stdout


def test_boundaries_are_a_table_for_people_and_name_the_power_of_the_futility_boundary() -> None:
    """A futility boundary is made for the power that the scenario states, so that is what it costs against."""
    options = ("boundaries", STUDY, "--scenario", "interim_look")
    assert ask(*options, "--power", "0.9") == ask(*options)
    assert ask(*options)["power"] == 0.5
    answer = HERE.invoke(app, list(options))
    assert "for 50 % power" in " ".join(answer.stdout.split())
    assert "[0." not in answer.stdout
    assert "None" not in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("boundaries", STUDY, "--scenario", "interim_look", "--power", "1.5"), "TW-DES-041"),
        (("boundaries", STUDY, "--scenario", "planned_effect"), "TW-DES-040"),
        (("interim", STUDY, "--scenario", "interim_look", "--look", "interim", "--z", "nan"), "TW-DES-042"),
        (
            ("assurance", STUDY, "--scenario", "no_effect", "--hazard-ratio", "nan", "--log-sd", "1"),
            "TW-DES-042",
        ),
    ],
)
def test_numbers_out_of_range_are_findings(arguments: tuple[str, ...], code: str) -> None:
    answer = HERE.invoke(app, list(arguments))
    assert isinstance(answer.exception, Stop)
    assert answer.exception.code == 1
    assert f"error {code}" in answer.stdout


@pytest.mark.parametrize(
    "number", [("--target", "0"), ("--limit", "1.5"), ("--certainty", "1"), ("--true", "1.2")]
)
def test_rule_of_no_sense_is_refused(number: tuple[str, str]) -> None:
    limit = () if number[0] == "--limit" else ("--limit", "0.3")
    stop = refuse("safety", *limit, "--doses", "0.1,0.2", *number)
    assert stop.code == 2
    assert "between 0 and 1" in stop.remedy


def test_scenario_that_cannot_reach_its_events_is_told(tmp_path: Path, run: Run) -> None:
    text = Path(STUDY, "study.yaml").read_text("utf-8")
    folder = tmp_path / "study"
    folder.mkdir()
    for item in Path(STUDY).iterdir():
        if item.name != "study.yaml":
            (folder / item.name).symlink_to(item)
    text = text.replace(
        "{id: interim, at_events: 16, endpoint: os}", "{id: interim, at_events: 60, endpoint: os}"
    )
    (folder / "study.yaml").write_text(text, "utf-8")
    answer = run("design", "simulate", folder, "--scenario", "interim_look")
    assert answer.returncode == 1
    assert "TW-DES-008" in answer.stdout
    assert "Traceback" not in answer.stderr


def test_level_of_the_rehearsal() -> None:
    options = ("--scenario", "planned_effect", "--level", "rehearsal", "--replicates", "60")
    [found] = ask("simulate", STUDY, *options, "--allocation", "minimisation")
    assert found["allocation"] == "minimisation"
    assert found["quality"]["scale"] == "QL"
    assert {"estimate", "se"} == found["endpoints"]["os"]["power"].keys()
    table = HERE.invoke(app, ["simulate", STUDY, *options])
    assert "QL, change to day" in table.stdout
    assert refuse("simulate", STUDY, "--level", "rehearsal", "--scenario", "nothing").code == 1
