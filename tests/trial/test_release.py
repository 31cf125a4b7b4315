"""Release tests and release: who, on what, and what a failed test does to containers wherever they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.trial.bench import LABORATORY, NURSE, OTHER_LABORATORY, QUALITY, Bench, codes

from trialwright.study.load import load_study
from trialwright.trial.cells.dosing import is_outside_dose
from trialwright.trial.cells.release import RecordReleaseTest, decide_release_test, judge_result

ROOT = Path(__file__).parent.parent.parent
VECTORS = json.loads((ROOT / "tests/data/domain/cell_product.json").read_text(encoding="utf-8"))


@pytest.fixture
def filled(bench: Bench) -> tuple[Bench, str, str]:
    """A bench with one filled container: (bench, batch, container)."""
    bench.allocated().wait(hours=2).collect()
    batch = bench.start_batch()
    return bench, batch, bench.fill(batch)


@pytest.mark.parametrize("vector", VECTORS["dose_vectors"], ids=lambda v: f"{v['viable_cells']:g}")
def test_dose_and_viability_by_the_first_study(vector: dict) -> None:
    study = load_study(ROOT / "studies/nct02632201").study
    assert study is not None
    cells = next(product for product in study.products if product.dose.maximum > product.dose.minimum)
    tests = {test.id: test for test in cells.release_tests}
    dose = judge_result(tests["dose_cells"], str(int(vector["viable_cells"])), "{cells}")
    viability = judge_result(tests["viability"], f"{vector['viability'] * 100:.2f}", "%")
    assert dose == vector["in_protocol_range_1e9_6e9"]
    assert viability == vector["viability_ge_70pct"]
    assert (dose and viability) == vector["release"]


@pytest.mark.parametrize(
    ("product", "dose", "outside"),
    [
        ("dc", "9.8e6", False),
        ("dc", "7e6", True),
        ("pik_her2_t", "1e9", False),
        ("pik_her2_t", "999999999", True),
        ("pik_her2_t", "none", True),
    ],
)
def test_a_dose_is_judged_with_the_tolerance_of_its_release_test(
    product: str, dose: str, outside: bool
) -> None:
    study = load_study(ROOT / "studies/nct02632201").study
    found = study.product(product) if study else None
    assert found is not None and is_outside_dose(found, dose) is outside
    plain = found.model_copy(update={"release_tests": ()})
    assert is_outside_dose(plain, "1e7") is (product != "dc")


def test_all_tests_passed_and_the_batch_goes(filled: tuple[Bench, str, str]) -> None:
    bench, batch, container = filled
    assert codes(bench.release(batch)) == ["CEL-057"] * 3
    bench.pass_tests(batch, final=False)
    assert codes(bench.release(batch)) == ["CEL-057"]
    bench.test(batch, "sterility", "pass")
    bench.take(bench.release(batch), QUALITY)
    one = bench.state.containers[container]
    assert one.state == "RELEASED" and one.release is not None and one.release.by == QUALITY.user
    assert codes(bench.release(batch)) == ["CEL-053"]


@pytest.mark.requirement("TW-R-034")
def test_an_operator_never_releases(filled: tuple[Bench, str, str]) -> None:
    bench, batch, _ = filled
    bench.pass_tests(batch)
    assert LABORATORY.user in bench.state.batches[batch].operators
    assert codes(bench.release(batch, actor=LABORATORY)) == ["CEL-052"]


def test_a_conditional_release_is_completed_after_the_infusion(bench: Bench) -> None:
    bench.allocated().wait(hours=2).collect().wait(days=4)
    batch = bench.start_batch("vaccine", (5,))
    container = bench.fill(batch, dose="1e7", volume="1")
    bench.pass_tests(batch, final=False)
    bench.take(bench.release(batch, "RELEASED_CONDITIONAL"), QUALITY)
    bench.at_site(container)
    bench.take(bench.verify(container))
    bench.take(bench.start(container))
    bench.take(bench.finish(container, "1"))
    bench.wait(days=14).test(batch, "sterility", "pass")
    bench.take(bench.release(batch), QUALITY)
    one = bench.state.containers[container]
    assert one.state == "INFUSED" and one.release is not None and one.release.kind == "RELEASED"


def test_conditional_release_only_where_the_protocol_allows_it(bench: Bench) -> None:
    bench.allocated("control").wait(hours=2).collect()
    batch = bench.start_batch("plain")
    bench.fill(batch)
    bench.pass_tests(batch, final=False)
    assert codes(bench.release(batch, "RELEASED_CONDITIONAL")) == ["CEL-055"]


def test_an_interim_reading_is_not_final(filled: tuple[Bench, str, str]) -> None:
    bench, batch, _ = filled
    bench.pass_tests(batch, final=False)
    command = RecordReleaseTest(bench.state.subject, batch, "sterility", "pass", final=False)
    bench.take(decide_release_test(bench.study, bench.state, command, LABORATORY, bench.now), LABORATORY)
    assert codes(bench.release(batch)) == ["CEL-057"]
    bench.take(bench.release(batch, "RELEASED_CONDITIONAL"), QUALITY)


@pytest.mark.parametrize(
    ("test", "result", "unit", "found"),
    [
        ("taste", "pass", "", ["CEL-050"]),
        ("viability", "92", "", ["CEL-051"]),
        ("viability", "high", "%", ["CEL-051"]),
        ("viability", "<75", "%", ["CEL-051"]),
    ],
)
def test_results_that_cannot_be_judged(
    filled: tuple[Bench, str, str], test: str, result: str, unit: str, found: list[str]
) -> None:
    bench, batch, _ = filled
    command = RecordReleaseTest(bench.state.subject, batch, test, result, unit)
    decision = decide_release_test(bench.study, bench.state, command, LABORATORY, bench.now)
    assert codes(decision) == found


def test_a_failed_test_makes_the_batch_out_of_specification(filled: tuple[Bench, str, str]) -> None:
    bench, batch, container = filled
    bench.pass_tests(batch)
    bench.test(batch, "viability", "65", "%")
    assert bench.state.containers[container].state == "OOS"
    assert codes(bench.release(batch)) == ["CEL-056", "CEL-053"]
    assert codes(bench.release(batch, "RELEASED_EXCEPTIONAL")) == ["CEL-058"]
    asked = {"physician": "Dr Ines", "words": "no other treatment; risk accepted"}
    bench.take(bench.release(batch, "RELEASED_EXCEPTIONAL", **asked), QUALITY)
    assert bench.state.containers[container].state == "RELEASED_EXCEPTIONAL"


def test_a_failed_identity_is_never_waived(filled: tuple[Bench, str, str]) -> None:
    bench, batch, _ = filled
    bench.pass_tests(batch)
    bench.test(batch, "identity", "fail")
    asked = {"physician": "Dr Ines", "words": "no other treatment"}
    assert codes(bench.release(batch, "RELEASED_EXCEPTIONAL", **asked)) == ["CEL-056"]


@pytest.mark.requirement("TW-R-036")
def test_a_late_failure_quarantines_what_is_at_hand(filled: tuple[Bench, str, str]) -> None:
    bench, batch, container = filled
    bench.pass_tests(batch, final=False)
    bench.take(bench.release(batch, "RELEASED_CONDITIONAL"), QUALITY)
    bench.at_site(container)
    bench.test(batch, "sterility", "fail")
    assert bench.state.containers[container].state == "QUARANTINED"
    assert codes(bench.move(container, "STORED", QUALITY, note="cleared")) == ["CEL-061"]
    bench.take(bench.move(container, "REJECTED", QUALITY, note="not sterile"), QUALITY)
    assert codes(bench.move(container, "DESTROYED", QUALITY, second=QUALITY)) == ["CEL-018"]
    bench.take(bench.move(container, "DESTROYED", QUALITY, second=OTHER_LABORATORY), QUALITY)


def test_a_late_failure_of_what_was_given_becomes_a_deviation(bench: Bench) -> None:
    bench.allocated().wait(hours=2).collect().wait(days=4)
    batch = bench.start_batch("vaccine", (5,))
    container = bench.fill(batch, dose="1e7", volume="1")
    bench.pass_tests(batch, final=False)
    bench.take(bench.release(batch, "RELEASED_CONDITIONAL"), QUALITY)
    bench.at_site(container)
    bench.take(bench.verify(container))
    bench.take(bench.start(container))
    bench.take(bench.finish(container, "1"))
    bench.wait(days=10).test(batch, "sterility", "fail")
    assert bench.state.containers[container].state == "INFUSED"
    (deviation,) = bench.state.deviations
    assert (deviation.category, deviation.severity, deviation.about) == ("product", "major", container)


def test_steps_of_a_container_are_refused(filled: tuple[Bench, str, str]) -> None:
    bench, batch, container = filled
    assert codes(bench.move(container, "SHIPPED_TO_SITE")) == ["CEL-020"]
    assert codes(bench.move("nowhere", "STORED")) == ["CEL-060"]
    bench.pass_tests(batch)
    bench.take(bench.release(batch), QUALITY)
    assert codes(bench.move(container, "STORED", NURSE)) == ["ACT-403"]
    assert codes(bench.move(container, "QUARANTINED", QUALITY)) == ["CEL-021"]
    bench.take(bench.move(container, "SHIPPED_TO_SITE"), LABORATORY)
    assert codes(bench.move(container, "RECEIVED_AT_SITE", NURSE, scanned_coi="")) == ["CEL-010"]
    assert codes(bench.move(container, "RECEIVED_AT_SITE", NURSE, at="2026-03-01T00:00:00Z")) == ["CEL-003"]
    assert codes(bench.move(container, "RELEASED", QUALITY)) == ["CEL-020"]
