"""Commands that answer: what they print is what a program or a person can use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from trialwright.standards.clinicaltrials_gov import read_records
from trialwright.study.model import Study

from .conftest import Run

ROOT = Path(__file__).parents[2]
SEED = ROOT / "seed/NCT02632201.txt"
STUDY = ROOT / "studies/nct02632201"


def test_import_writes_a_draft_that_the_model_reads(run: Run, tmp_path: Path) -> None:
    result = run("import", SEED, "--out", "draft", "--format", "json")
    assert result.returncode == 0
    assert json.loads(result.stdout)
    draft = YAML(typ="safe").load((tmp_path / "draft/study.yaml").read_text(encoding="utf-8"))
    study = Study.model_validate(draft)
    assert study.registry.identification.nct_id == "NCT02632201"
    assert {product.days for product in study.products} >= {(19, 20, 40, 41, 61, 62), (21, 42, 63)}
    assert study.design.enrolment is not None
    assert study.design.enrolment.count == 40


def test_import_reads_standard_input(run: Run, tmp_path: Path) -> None:
    result = run("import", "-", "--out", "draft", stdin=SEED.read_text(encoding="utf-8"))
    assert result.returncode == 0
    assert (tmp_path / "draft/study.yaml").exists()


def test_check_answers_json_with_places(run: Run) -> None:
    result = run("check", STUDY, "--format", "json")
    assert result.returncode == 0
    findings = json.loads(result.stdout)
    assert {finding["code"] for finding in findings} >= {"TW-ASM-001"}
    assert all(".yaml:" in finding["place"] for finding in findings)


def test_schema_describes_the_study_file(run: Run) -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert {"arms", "visits", "eligibility"} <= set(schema["properties"])


def test_registry_status_follows_the_unknown_rule(run: Run) -> None:
    then = json.loads(run("registry", "status", STUDY, "--on", "2017-09-01", "--format", "json").stdout)
    now = json.loads(run("registry", "status", STUDY, "--on", "2026-11-22", "--format", "json").stdout)
    assert then["display_status"] != "UNKNOWN"
    assert now["display_status"] == "UNKNOWN"
    assert "verify" in {duty["code"] for duty in now["overdue"]}


@pytest.mark.requirement("TW-R-043")
def test_registry_record_is_valid_and_true_to_the_page(run: Run) -> None:
    """The curated study gives back the page it was made from, word for word."""
    result = run("registry", "record", STUDY)
    assert result.returncode == 0
    protocol = json.loads(result.stdout)["protocolSection"]
    page = read_records(SEED.read_bytes(), "page").records[0].study["protocolSection"]
    assert protocol == page
    assert protocol["designModule"]["enrollmentInfo"] == {"count": 40, "type": "ESTIMATED"}
    assert [arm["type"] for arm in protocol["armsInterventionsModule"]["armGroups"]] == [
        "EXPERIMENTAL",
        "ACTIVE_COMPARATOR",
    ]


def test_stats_survival_prints_the_reference_values(run: Run, tmp_path: Path) -> None:
    lines = (ROOT / "tests/data/domain/lung.csv").read_text(encoding="utf-8").splitlines()
    head = lines[0].split(",")
    status = head.index("status")
    rows = [line.split(",") for line in lines[1:]]
    for row in rows:
        row[status] = str(int(row[status]) - 1)
    text = "\n".join([",".join(head), *(",".join(row) for row in rows)])
    (tmp_path / "lung.csv").write_text(text, encoding="utf-8")
    result = run("stats", "survival", "lung.csv", "--event", "status", "--format", "json")
    assert result.returncode == 0, result.stderr
    assert "310" in result.stdout


def test_outcomes_qlq_c30_scores_a_form(run: Run, tmp_path: Path) -> None:
    items = ",".join(f"q{n}" for n in range(1, 31))
    best = ",".join(["1"] * 28 + ["7", "7"])
    (tmp_path / "items.csv").write_text(
        f"subject,visit,date,{items}\nS01,v1,2026-01-02,{best}\n", encoding="utf-8"
    )
    result = run("outcomes", "qlq-c30", "items.csv")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)[0]["QL"] == 100


def test_doctor_finds_this_machine_fit(run: Run) -> None:
    result = run("doctor", "--format", "json")
    assert result.returncode == 0
    assert {found["name"] for found in json.loads(result.stdout)} >= {"Python", "Database", "Data folder"}


def test_version_is_printed(run: Run) -> None:
    assert run("--version").stdout.startswith("trialwright ")


def test_an_account_gets_a_role(run: Run) -> None:
    made = run(
        "user",
        "add",
        "ann",
        "--display-name",
        "Ann",
        "--trained-on",
        "2026-01-05",
        "--generate",
        "--data",
        "d",
    )
    assert made.returncode == 0, made.stderr
    role = run("user", "role", "ann", "--role", "monitor", "--study", "nct02632201", "--data", "d")
    assert role.returncode == 0, role.stderr
    listed = json.loads(run("user", "list", "--data", "d", "--format", "json").stdout)
    assert listed[0]["roles"] == ["monitor in nct02632201"]


def test_a_study_is_set_going_by_people_with_the_right(run: Run, tmp_path: Path) -> None:
    passwords: dict[str, str] = {}
    for name, role in (("ann", "administrator"), ("stan", "statistician"), ("mona", "monitor")):
        made = run(
            "user",
            "add",
            name,
            "--display-name",
            name,
            "--trained-on",
            "2026-01-05",
            "--generate",
            "--data",
            "d",
        )
        passwords[name] = made.stdout.rsplit(": ", 1)[1]
        assert (
            run("user", "role", name, "--role", role, "--study", "nct02632201", "--data", "d").returncode == 0
        )

    def act(name: str, role: str, *arguments: str | Path) -> int:
        options = ("--user", name, "--role", role, "--data", "d")
        return run("conduct", *arguments, *options, stdin=passwords[name]).returncode

    assert act("mona", "monitor", "adopt", STUDY) == 1
    assert act("mona", "administrator", "adopt", STUDY) == 1
    assert act("ann", "administrator", "adopt", STUDY) == 0
    assert act("ann", "administrator", "open-site", "nct02632201", "ehbh") == 0
    assert act("ann", "administrator", "seal-list", "nct02632201") == 1
    assert act("stan", "statistician", "seal-list", "nct02632201") == 0
    wrong = run(
        "conduct", "adopt", STUDY, "--user", "ann", "--role", "administrator", "--data", "d", stdin="no"
    )
    assert wrong.returncode == 2
    assert json.loads(run("ledger", "verify", "--data", "d", "--format", "json").stdout)["entries"] == 3


def test_design_safety_gives_the_exact_characteristics(run: Run) -> None:
    """Rule A of the safety reference, section 9."""
    options = ("--limit", "0.3", "--prior", "0.3,0.7", "--true", "0.1,0.3", "--format", "json")
    found = json.loads(run("design", "safety", *options).stdout)
    stops = [round(row["stop_probability"], 4) for row in found["characteristics"]]
    assert stops == [0.0044, 0.1685]
    assert run("design", "safety", "--limit", "0.3", "--prior", "x").returncode == 2


def test_design_size_names_its_formulas(run: Run) -> None:
    options = ("--scenario", "planned_effect", "--hazard-ratio", "0.5", "--format", "json")
    found = json.loads(run("design", "size", STUDY, *options).stdout)
    assert round(found["events"]["Schoenfeld 1981"], 1) == 65.3
    assert run("design", "size", STUDY, "--scenario", "nothing", "--hazard-ratio", "0.5").returncode == 1


def test_stats_mmrm_models_every_arm_and_visit(run: Run) -> None:
    data = ROOT / "tests/data/domain/fev_mmrm.csv"
    options = ("--response", "FEV1", "--subject", "USUBJID", "--arm", "ARMCD", "--visit", "AVISIT")
    result = run("stats", "mmrm", data, *options, "--format", "json")
    assert result.returncode == 0, result.stderr
    fit = json.loads(result.stdout)["fit"]
    assert fit["estimable"] is True
    assert fit["names"][:3] == ["intercept", "arm PBO", "visit VIS2"]
    assert len(fit["coefficient"]) == 8


def test_stats_mmrm_takes_another_covariance_by_name(run: Run) -> None:
    data = ROOT / "tests/data/domain/fev_mmrm.csv"
    options = (
        "--response",
        "FEV1",
        "--subject",
        "USUBJID",
        "--arm",
        "ARMCD",
        "--visit",
        "AVISIT",
        "--structure",
    )
    fit = json.loads(run("stats", "mmrm", data, *options, "ar1", "--format", "json").stdout)["fit"]
    assert fit["estimable"] and fit["structure"] == "ar1" and "ar1" in fit["convention"]
    assert run("stats", "mmrm", data, *options, "diagonal").returncode == 2


def test_stats_order_the_arms_as_the_file_does(run: Run, tmp_path: Path) -> None:
    rows = ["time,event,arm", "5,1,z", "6,1,z", "7,0,z", "1,1,a", "2,1,a", "9,1,a"]
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = json.loads(run("stats", "survival", "t.csv", "--arm", "arm", "--format", "json").stdout)
    assert [arm["arm"] for arm in found["arms"]] == ["z", "a"]
