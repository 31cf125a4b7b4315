"""Queries follow the domain's table of states, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.trial.bench import MONITOR, NURSE, Bench, codes

from trialwright.trial.capture import QUERY_AFTER
from trialwright.trial.events import Decision, Kind
from trialwright.trial.queries import (
    TRANSITIONS,
    AnswerQuery,
    CancelQuery,
    CloseQuery,
    OpenQuery,
    ReopenQuery,
    decide_query_answer,
    decide_query_cancelling,
    decide_query_closing,
    decide_query_opening,
    decide_query_reopening,
)

DOMAIN = json.loads(
    (Path(__file__).parent.parent / "data/domain/data_integrity.json").read_text(encoding="utf-8")
)
STEPS = {
    Kind.QUERY_ANSWERED: (AnswerQuery, decide_query_answer),
    Kind.QUERY_CLOSED: (CloseQuery, decide_query_closing),
    Kind.QUERY_REOPENED: (ReopenQuery, decide_query_reopening),
    Kind.QUERY_CANCELLED: (CancelQuery, decide_query_cancelling),
}
REACHED_BY = {
    "open": [],
    "answered": [Kind.QUERY_ANSWERED],
    "closed": [Kind.QUERY_ANSWERED, Kind.QUERY_CLOSED],
    "reopened": [Kind.QUERY_ANSWERED, Kind.QUERY_REOPENED],
    "cancelled": [Kind.QUERY_CANCELLED],
}


@pytest.fixture
def asked(bench: Bench) -> Bench:
    """An open query about a laboratory value."""
    bench.register().consent().screen()
    bench.take(ask(bench, item="creatinine"), MONITOR)
    return bench


def ask(bench: Bench, form: str = "laboratory", item: str = "", text: str = "Which unit?") -> Decision:
    command = OpenQuery(bench.state.subject, "screening", form, text, item)
    return decide_query_opening(bench.study, bench.state, command, MONITOR, bench.now)


def step(bench: Bench, kind: Kind, query: str = "Q0001", text: str = "words") -> Decision:
    command, decide = STEPS[kind]
    return decide(bench.study, bench.state, command(bench.state.subject, query, text), NURSE, bench.now)


def test_the_states_are_the_domains() -> None:
    assert {name.upper(): sorted(to.upper() for to in after) for name, after in TRANSITIONS.items()} == {
        name: sorted(after) for name, after in DOMAIN["query_states"].items()
    }


@pytest.mark.parametrize("state", TRANSITIONS)
@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.requirement("TW-R-022")
def test_every_step_from_every_state(asked: Bench, state: str, kind: Kind) -> None:
    for before in REACHED_BY[state]:
        asked.take(step(asked, before))
    assert asked.state.queries["Q0001"].state == state
    allowed = QUERY_AFTER[kind] in TRANSITIONS[state]  # type: ignore[index]
    assert codes(step(asked, kind)) == ([] if allowed else ["QRY-007"])


def test_the_conversation_is_kept(asked: Bench) -> None:
    asked.take(step(asked, Kind.QUERY_ANSWERED, text="mg/dL, see report"))
    query = asked.state.queries["Q0001"]
    assert [(message.by, message.text) for message in query.messages] == [
        ("mona", "Which unit?"),
        ("nora", "mg/dL, see report"),
    ]
    assert query.pending


def test_questions_that_are_refused(asked: Bench) -> None:
    assert codes(ask(asked, form="tumour")) == ["QRY-001"]
    assert codes(ask(asked, item="taste")) == ["QRY-002"]
    assert codes(ask(asked, text=" ")) == ["QRY-003"]
    assert codes(step(asked, Kind.QUERY_ANSWERED, text="")) == ["QRY-004"]
    assert codes(step(asked, Kind.QUERY_CANCELLED, text="")) == ["QRY-005"]
    assert codes(step(asked, Kind.QUERY_REOPENED, text="")) == ["QRY-005"]
    assert codes(step(asked, Kind.QUERY_ANSWERED, query="Q0002")) == ["QRY-006"]
