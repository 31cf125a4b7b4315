"""The design page: the scenario's own figures, fields that refuse, only the results for htmx, limits."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.web.addresses import ROOT, text_of
from tests.web.conftest import SignIn

from trialwright.design.from_study import make_design, scenario_from_study
from trialwright.design.lane_subjects import lane_beliefs
from trialwright.design.settings import parse_settings, read_settings
from trialwright.design.simulate import simulate_design
from trialwright.design.tables import compute_plan
from trialwright.design.what_if import change_scenario
from trialwright.study.load import load_study
from trialwright.web import design_room

STUDY = Path(__file__).parents[2] / "studies/nct02632201"
ADDRESS = f"{ROOT}design/"


def test_page_shows_the_scenario_of_the_study_file(sign_in: SignIn) -> None:
    answer = sign_in("statistician").get(f"{ADDRESS}?scenario=planned_effect")
    assert answer.status_code == 200
    design, _ = scenario_from_study(load_study(STUDY).study, "planned_effect")
    found = simulate_design(design, 20_000, 1).as_json()["analyses"][-1]["endpoints"]["os"]["power"]
    words = text_of(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert f"{100 * found['estimate']:.1f} %" in words
    assert "20000 simulated trials, seed 1" in words
    assert "style=" not in answer.content.decode()


def test_address_holds_the_state(sign_in: SignIn) -> None:
    client = sign_in("statistician")
    query = "?scenario=planned_effect&subjects=80&looks=2&spending=obrien_fleming&futility=hwang_shih_decani"
    page = client.get(ADDRESS + query)
    body = page.content.decode()
    assert 'name="subjects" value="80"' in body
    assert "Analyses and boundaries" in body
    assert "subjects: 80" in text_of(page), "the changed scenario as the study file would have it"
    partial = client.get(ADDRESS + query, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in partial
    assert "Analyses and boundaries" in partial
    assert 'id="p-subjects" role="alert" hx-swap-oob="true"' in partial


def test_bad_value_is_told_at_its_field_and_nothing_is_computed(sign_in: SignIn) -> None:
    answer = sign_in("statistician").get(f"{ADDRESS}?subjects=many")
    assert answer.status_code == 200
    body = answer.content.decode()
    assert '<p class="wrong" id="p-subjects" role="alert">Enter a number from 4 to 1000.</p>' in body
    assert 'aria-invalid="true"' in body
    assert "simulated trials" not in body


def test_findings_of_the_design_stand_on_the_page(sign_in: SignIn) -> None:
    answer = sign_in("statistician").get(f"{ADDRESS}?analysis_months=10")
    assert "TW-DES-009" in text_of(answer)


def test_unknown_scenario_is_not_there(sign_in: SignIn) -> None:
    assert sign_in("statistician").get(f"{ADDRESS}?scenario=nothing").status_code == 404


def test_one_computation_at_a_time(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design_room, "WAIT_S", 0.01)
    lock = threading.Lock()
    monkeypatch.setattr(design_room, "_one_at_a_time", lock)
    client = sign_in("statistician")
    with lock:
        busy = text_of(client.get(f"{ADDRESS}?subjects=46"))
    assert "Another design is being computed" in busy
    assert "simulated trials" in text_of(client.get(f"{ADDRESS}?subjects=46"))


def test_kept_pictures_are_few(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design_room, "KEPT", 2)
    client = sign_in("statistician")
    for subjects in ("22", "24", "26"):
        assert client.get(f"{ADDRESS}?subjects={subjects}").status_code == 200
    assert len(design_room._kept) == 2


def test_warm_up_covers_the_shapes_of_the_page() -> None:
    """Another shape of beliefs is another compilation; a visitor must not wait for it."""

    def shape(value: object) -> object:
        return tuple(shape(one) for one in value) if isinstance(value, tuple) else 0

    warm = {shape(lane_beliefs(compute_plan(design))) for design in design_room.warm_designs()}
    study = load_study(STUDY).study
    for scenario in study.scenarios:
        design, _ = make_design(study, scenario)
        initial = read_settings(scenario, design)
        for texts in (
            {},
            {"delay_months": "2"},
            {"product_failure": "10"},
            {"product_failure": "10", "waiting_months": "1"},
            {"waiting_months": "1"},
        ):
            values, _ = parse_settings(texts, initial)
            made = change_scenario(study, scenario, initial, values).design
            assert shape(lane_beliefs(compute_plan(made))) in warm, (scenario.id, texts)


def test_protocol_says_what_the_design_can_show(sign_in: SignIn) -> None:
    nurse = sign_in("study_nurse").get(f"{ROOT}protocol/design/")
    words = text_of(nurse)
    assert "Operating characteristics of the scenarios" in words
    assert "trials of each were simulated with seed 1" in words
    assert nurse.content.decode().count('<svg xmlns="http://www.w3.org/2000/svg" class="chart"') >= 3
    assert "Try other values" not in words
    assert "Try other values" in text_of(sign_in("statistician").get(f"{ROOT}protocol/design/"))
