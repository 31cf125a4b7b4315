"""Release tests and the release of a batch, by somebody who did not make it.

Conditional release: the protocol allows it, and only tests that cannot be known before infusion are open.
Exceptional release of an out-of-specification batch needs the treating physician's request in words; a
failed identity test is never waived (EU GMP for ATMP, 11.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trialwright.study.catalogue import result_catalogue
from trialwright.study.criteria import Truth, Value, evaluate
from trialwright.study.findings import Finding
from trialwright.study.model.products import Product, ReleaseTest
from trialwright.study.model.study import Study
from trialwright.trial.answers import parse_number
from trialwright.trial.cells.manufacture import find_batch
from trialwright.trial.cells.records import Batch, Container, TestResult
from trialwright.trial.cells.states import GIVEN, RELEASED, find_transition, state_at
from trialwright.trial.cells.timing import check_holds, read_instant
from trialwright.trial.dates import local_date
from trialwright.trial.disposition import deviation_event
from trialwright.trial.events import Actor, Decision, Event, Kind
from trialwright.trial.protocol import parse_release_limit
from trialwright.trial.refusals import refusal, refuse
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

ReleaseKind = Literal["RELEASED", "RELEASED_CONDITIONAL", "RELEASED_EXCEPTIONAL"]
IDENTITY = "identity"
"""The id of the test that is never waived."""


@dataclass(frozen=True, slots=True)
class RecordReleaseTest:
    """A result of one release test: a number in ``unit``, or a code such as ``pass``.

    ``final`` false marks a reading that will be replaced (an interim culture).
    """

    subject: str
    batch: str
    test: str
    result: str
    unit: str = ""
    final: bool = True
    tested_at: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseBatch:
    """Release the batch. An exceptional release names the ``physician`` who asked for it, and says why."""

    subject: str
    batch: str
    kind: ReleaseKind = "RELEASED"
    at: str = ""
    physician: str = ""
    words: str = ""


def judge_result(test: ReleaseTest, result: str, unit: str) -> bool | None:
    """Whether a result meets the test's limit; None where it cannot be judged."""
    rule = parse_release_limit(test)
    if rule is None:
        return None
    parsed = parse_number(result) if test.unit else None
    value = Value(number=parsed[0], censored=parsed[1], unit=unit) if parsed else Value(code=result)
    truth = evaluate(rule, {"result": value}, variables=result_catalogue(test.unit)).truth
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE


def decide_release_test(
    study: Study, state: SubjectState, command: RecordReleaseTest, _actor: Actor, now: datetime
) -> Decision:
    """Records a result. A failing one takes every container of the batch out of use, and a given one into
    a deviation.

    Refuses a batch that was not filled, an unknown test, and a result that cannot be judged.
    """
    batch, refused = find_batch(state, command.batch, "HARVESTED")
    product = study.product(batch.product) if batch is not None else None
    if batch is None or product is None:
        return refused
    test = next((test for test in product.release_tests if test.id == command.test), None)
    if test is None:
        return refuse("CEL-050", "The product has no such release test.", "Choose one of its tests.", "test")
    at, problems = read_instant(command.tested_at, now, "tested_at", after=batch.started_at)
    passed = judge_result(test, command.result.strip(), command.unit)
    if passed is None or (test.unit and command.unit != test.unit):
        remedy = f"Enter a number in {test.unit}." if test.unit else "Enter pass or fail."
        problems.append(refusal("CEL-051", "The result cannot be judged.", remedy, "result"))
    if problems:
        return Decision(refusals=tuple(problems))
    payload = {
        "batch": batch.id,
        "test": test.id,
        "result": command.result.strip(),
        "unit": command.unit,
        "passed": passed,
        "final": command.final,
        "tested_at": at,
    }
    recorded = Event(Kind.RELEASE_TEST_RECORDED, payload, state.subject)
    follow = () if passed else _take_out_of_use(study, state, batch, test, at, now)
    return Decision((recorded, *follow))


def _take_out_of_use(
    study: Study, state: SubjectState, batch: Batch, test: ReleaseTest, at: str, now: datetime
) -> tuple[Event, ...]:
    """What follows from a failed test: OOS or quarantine for what is at hand, a deviation for what was
    given.
    """
    events: list[Event] = []
    note = f"release test {test.id} failed"
    for container in containers_of(state, batch):
        current = state_at(container, now)
        target = next((to for to in ("OOS", "QUARANTINED") if find_transition(current, to)), None)
        if target is not None:
            moved = {"containers": [container.id], "from": current, "to": target, "at": at, "note": note}
            events.append(Event(Kind.CONTAINER_MOVED, moved, state.subject))
        elif current in GIVEN:
            text = f"Container {container.id} was given; {note} afterwards."
            on = local_date(study, state.site, now).isoformat()
            events.append(
                deviation_event(state, "product", "major", text, on, about=container.id, after=_made(events))
            )
    return tuple(events)


def _made(events: list[Event]) -> int:
    return sum(event.kind is Kind.DEVIATION_RECORDED for event in events)


def containers_of(state: SubjectState, batch: Batch) -> list[Container]:
    """The containers of a batch, in order."""
    return [container for container in state.containers.values() if container.batch == batch.id]


def decide_release(
    study: Study, conduct: StudyState, state: SubjectState, command: ReleaseBatch, actor: Actor, now: datetime
) -> Decision:
    """Releases every container of the batch that waits for it.

    Refuses an operator of the batch (I4), missing or failed tests as the kind of release demands, a hold,
    and a batch of which nothing waits. A final release after a conditional one also completes the record
    of containers that have moved on or were given.
    """
    batch, refused = find_batch(state, command.batch, "HARVESTED")
    product = study.product(batch.product) if batch is not None else None
    if batch is None or product is None:
        return refused
    at, problems = read_instant(command.at, now, "at", after=batch.filled_at)
    problems += check_holds(conduct, state, product.id)
    if actor.user in batch.operators:
        remedy = "Somebody who had no part in making it must release it."
        problems.append(refusal("CEL-052", "An operator of the batch must not release it.", remedy))
    containers = containers_of(state, batch)
    problems += _check_tests(product, containers[0].tests, command)
    problems += _check_exceptional(command) if command.kind == "RELEASED_EXCEPTIONAL" else []
    waiting = [c.id for c in containers if find_transition(state_at(c, now), command.kind) is not None]
    completes = command.kind == "RELEASED" and any(_is_conditional(container) for container in containers)
    if not waiting and not completes:
        remedy = "Check the states of its containers and their expiry."
        problems.append(
            refusal("CEL-053", "No container of the batch waits for this release.", remedy, "kind")
        )
    if problems:
        return Decision(refusals=tuple(problems))
    payload = {
        "batch": batch.id,
        "kind": command.kind,
        "at": at,
        "containers": waiting,
        "physician": command.physician,
        "note": command.words,
    }
    return Decision((Event(Kind.BATCH_RELEASED, payload, state.subject, reason=command.words),))


def _is_conditional(container: Container) -> bool:
    return container.release is not None and container.release.kind == "RELEASED_CONDITIONAL"


def _check_tests(product: Product, tests: dict[str, TestResult], command: ReleaseBatch) -> list[Finding]:
    if command.kind not in RELEASED:
        remedy = f"Choose one of: {', '.join(RELEASED)}."
        return [refusal("CEL-054", "The kind of release is not known.", remedy, "kind")]
    if command.kind == "RELEASED_CONDITIONAL" and not product.conditional_release:
        remedy = "Wait for the final results."
        return [refusal("CEL-055", "The protocol does not allow conditional release.", remedy, "kind")]
    found: list[Finding] = []
    for test in product.release_tests:
        result = tests.get(test.id)
        needed = test.before_release or command.kind == "RELEASED"
        if result is not None and result.passed is False:
            waived = command.kind == "RELEASED_EXCEPTIONAL" and test.id != IDENTITY
            found += [] if waived else [_failed(test)]
        elif needed and (result is None or not result.final):
            message = f"The release test {test.id} has no final result."
            found.append(refusal("CEL-057", message, "Record it first.", "tests", test.id))
    return found


def _failed(test: ReleaseTest) -> Finding:
    remedy = "The batch is out of specification: reject it, or ask for an exceptional release."
    return refusal("CEL-056", f"The release test {test.id} failed.", remedy, "tests", test.id)


def _check_exceptional(command: ReleaseBatch) -> list[Finding]:
    if command.physician.strip() and command.words.strip():
        return []
    message = "An exceptional release needs the treating physician and the reason."
    return [refusal("CEL-058", message, "Name the physician who asked for it, and say why.", "words")]
