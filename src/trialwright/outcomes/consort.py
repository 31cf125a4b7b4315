"""The CONSORT flow with the steps of a cell product: boxes, counts, the subjects in each, and check sums.

Source: CONSORT 2010 and 2025; house analysis reference, section 9. Every screened subject ends in one
terminal box.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialwright.outcomes.traceability import merge_sources
from trialwright.study.findings import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class SubjectFlow:
    """How far one subject came.

    ``arm`` empty: not randomised, and ``failure_reason`` says why (empty while still in screening).
    ``not_infused_reason`` and ``stopped_reason`` only where they apply. ``doses_planned`` is 0 in an arm
    without the product.
    """

    subject: str
    arm: str = ""
    failure_reason: str = ""
    doses_planned: int = 0
    doses_given: int = 0
    collected: bool = False
    manufactured: bool = False
    product_failed: bool = False
    not_infused_reason: str = ""
    stopped_reason: str = ""
    lost: bool = False
    completed: bool = False
    analysed_in: frozenset[str] = frozenset()
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowBox:
    """One box: the arm (empty for the common part), what it counts, a reason where it is split, the
    subjects.
    """

    arm: str
    box: str
    reason: str
    subjects: tuple[str, ...]
    source_ids: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many subjects."""
        return len(self.subjects)


def _box(arm: str, name: str, chosen: Sequence[SubjectFlow], reason: str = "") -> FlowBox:
    subjects = tuple(sorted(flow.subject for flow in chosen))
    return FlowBox(arm, name, reason, subjects, merge_sources(*(flow.source_ids for flow in chosen)))


def _split(arm: str, name: str, chosen: Sequence[tuple[str, SubjectFlow]]) -> list[FlowBox]:
    """One box a reason, the commonest first."""
    by_reason: dict[str, list[SubjectFlow]] = {}
    for reason, flow in chosen:
        by_reason.setdefault(reason, []).append(flow)
    ordered = sorted(by_reason, key=lambda reason: (-len(by_reason[reason]), reason))
    return [_box(arm, name, by_reason[reason], reason) for reason in ordered]


def _derive_arm(arm: str, flows: Sequence[SubjectFlow], sets: Sequence[str]) -> list[FlowBox]:
    planned = [f for f in flows if f.doses_planned]
    boxes = [_box(arm, "randomised", flows)]
    if planned:
        boxes += [
            _box(arm, "collected", [f for f in planned if f.collected]),
            _box(arm, "manufactured", [f for f in planned if f.manufactured]),
            _box(arm, "product failed", [f for f in planned if f.product_failed]),
            _box(arm, "infused at least once", [f for f in planned if f.doses_given]),
            *_split(
                arm,
                "not infused",
                [(f.not_infused_reason or "not yet", f) for f in planned if not f.doses_given],
            ),
            _box(arm, "all doses given", [f for f in planned if f.doses_given >= f.doses_planned]),
        ]
    boxes += _split(arm, "stopped", [(f.stopped_reason, f) for f in flows if f.stopped_reason])
    boxes += [
        _box(arm, "lost to follow-up", [f for f in flows if f.lost]),
        _box(arm, "completed", [f for f in flows if f.completed]),
        _box(arm, "still in the study", [f for f in flows if find_terminal(f) == "still in the study"]),
    ]
    boxes += [_box(arm, "analysed", [f for f in flows if name in f.analysed_in], name) for name in sets]
    return boxes


def find_terminal(flow: SubjectFlow) -> str:
    """The one box in which a subject ends."""
    if not flow.arm:
        return "screen failure" if flow.failure_reason else "in screening"
    if flow.completed:
        return "completed"
    if flow.lost:
        return "lost to follow-up"
    return "stopped" if flow.stopped_reason else "still in the study"


def derive_flow(flows: Sequence[SubjectFlow], sets: Sequence[str] = ()) -> list[FlowBox]:
    """All boxes: the common part, then every arm by name. ``sets``: the analysis sets to show, in order."""
    arms = sorted({flow.arm for flow in flows} - {""})
    failed = [(flow.failure_reason, flow) for flow in flows if not flow.arm and flow.failure_reason]
    boxes = [
        _box("", "screened", flows),
        *_split("", "screen failure", failed),
        _box("", "in screening", [f for f in flows if not f.arm and not f.failure_reason]),
        _box("", "randomised", [f for f in flows if f.arm]),
    ]
    for arm in arms:
        boxes += _derive_arm(arm, [f for f in flows if f.arm == arm], sets)
    return boxes


def check_flow(boxes: Sequence[FlowBox]) -> list[Finding]:
    """Check sums: screened = failures + in screening + randomised; arms = randomised; infused + not =
    planned.
    """

    def add(arm: str | None, *names: str) -> int:
        return sum(b.count for b in boxes if b.box in names and (arm is None or b.arm == arm))

    wrong: list[str] = []
    arms = sorted({box.arm for box in boxes} - {""})
    if add("", "screened") != add("", "screen failure", "in screening", "randomised"):
        wrong.append("screened subjects")
    if add("", "randomised") != sum(add(arm, "randomised") for arm in arms):
        wrong.append("randomised subjects")
    for arm in arms:
        infused = add(arm, "infused at least once", "not infused")
        if infused not in (0, add(arm, "randomised")):
            wrong.append(f"infused and not infused subjects of arm {arm}")
        ends = [b for b in boxes if b.arm == arm and b.box in _TERMINAL]
        if len({s for b in ends for s in b.subjects}) != sum(b.count for b in ends):
            wrong.append(f"ends of arm {arm}: a subject stands in two terminal boxes")
        elif sum(b.count for b in ends) != add(arm, "randomised"):
            wrong.append(f"ends of arm {arm}")
    return [
        Finding(
            "TW-END-030",
            Severity.ERROR,
            f"The flow does not add up: {what}.",
            "Check the disposition of the subjects behind these boxes.",
            Place(path=("flow",)),
        )
        for what in wrong
    ]


_TERMINAL = ("stopped", "lost to follow-up", "completed", "still in the study")
