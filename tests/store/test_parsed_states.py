"""States kept by their text: parsed once, the last ones only."""

from __future__ import annotations

from trialwright.store.parsed_states import ParsedStates


def test_the_last_states_are_not_parsed_again() -> None:
    parsed: list[str] = []

    def parse(text: str) -> str:
        parsed.append(text)
        return text.upper()

    states = ParsedStates(parse, size=2)
    assert [states.find("a"), states.find("a"), states.find("b")] == ["A", "A", "B"]
    assert parsed == ["a", "b"]
    states.find("a")
    states.keep("c", "C")  # now "b" is the oldest, and goes
    assert [states.find("c"), states.find("a"), states.find("b")] == ["C", "A", "B"]
    assert parsed == ["a", "b", "b"]
