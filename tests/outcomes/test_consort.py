"""The CONSORT flow: boxes, check sums, terminal boxes."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.outcomes.consort import FlowBox, SubjectFlow, check_flow, derive_flow

FLOWS = [
    SubjectFlow("01", source_ids=(1,)),
    SubjectFlow("02", failure_reason="creatinine", source_ids=(2,)),
    SubjectFlow("03", failure_reason="creatinine", source_ids=(3,)),
    SubjectFlow("04", failure_reason="withdrew"),
    SubjectFlow("05", "A", "", 3, 3, True, True, completed=True, analysed_in=frozenset({"ITT", "MITT"})),
    SubjectFlow(
        "06", "A", "", 3, 1, True, True, stopped_reason="death", analysed_in=frozenset({"ITT", "MITT"})
    ),
    SubjectFlow(
        "07",
        "A",
        "",
        3,
        0,
        True,
        product_failed=True,
        not_infused_reason="product failed",
        lost=True,
        analysed_in=frozenset({"ITT"}),
    ),
    SubjectFlow("08", "B", analysed_in=frozenset({"ITT"})),
]


def counts(boxes: list[FlowBox]) -> dict[tuple[str, str, str], int]:
    return {(b.arm, b.box, b.reason): b.count for b in boxes}


def test_boxes_of_a_small_trial() -> None:
    boxes = derive_flow(FLOWS, ["ITT", "MITT"])
    found = counts(boxes)
    assert found["", "screened", ""] == 8
    assert [(b.reason, b.count) for b in boxes if b.box == "screen failure"] == [
        ("creatinine", 2),
        ("withdrew", 1),
    ]
    assert (found["", "in screening", ""], found["", "randomised", ""]) == (1, 4)
    assert (found["A", "randomised", ""], found["A", "collected", ""], found["A", "manufactured", ""]) == (
        3,
        3,
        2,
    )
    assert (found["A", "infused at least once", ""], found["A", "not infused", "product failed"]) == (2, 1)
    assert (found["A", "all doses given", ""], found["A", "stopped", "death"]) == (1, 1)
    assert (found["A", "analysed", "ITT"], found["A", "analysed", "MITT"]) == (3, 2)
    assert ("B", "collected", "") not in found and found["B", "still in the study", ""] == 1
    assert boxes[1].source_ids == (2, 3)
    assert check_flow(boxes) == []


def test_a_flow_that_does_not_add_up_is_found() -> None:
    boxes = derive_flow(FLOWS)
    broken = [
        replace(b, subjects=b.subjects[1:]) if (b.arm, b.box) == ("", "randomised") else b for b in boxes
    ]
    assert [f.code for f in check_flow(broken)] == ["TW-END-030"] * 2
    twice = derive_flow([replace(FLOWS[4], lost=True)])
    assert "two terminal boxes" in check_flow(twice)[0].message


arms = st.sampled_from(["", "A", "B"])
flows = st.lists(
    st.builds(
        SubjectFlow,
        subject=st.uuids().map(str),
        arm=arms,
        failure_reason=st.sampled_from(["", "age", "organ function"]),
        doses_given=st.integers(0, 3),
        stopped_reason=st.sampled_from(["", "death"]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(flows)
def test_the_check_sums_hold_for_any_flow(subjects: list[SubjectFlow]) -> None:
    whole = [replace(f, doses_planned=3 if f.arm == "A" else 0) for f in subjects]
    assert check_flow(derive_flow(whole)) == []
