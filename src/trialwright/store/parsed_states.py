"""States parsed or written lately, by their text: a subject that is worked on need not be parsed at each
step.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

S = TypeVar("S")


class ParsedStates(Generic[S]):
    """The last ``size`` states by the very text that stands for them.

    The key is the whole text, so an entry can be old but never wrong, whatever was rolled back or written
    by another process. States are immutable and may be shared between threads.
    """

    def __init__(self, parse: Callable[[str], S], size: int = 64) -> None:
        self._parse = parse
        self._size = size
        self._states: OrderedDict[str, S] = OrderedDict()
        self._lock = Lock()

    def find(self, text: str) -> S:
        """The state of a text, parsed only if it is not among the last ones."""
        with self._lock:
            state = self._states.get(text)
            if state is not None:
                self._states.move_to_end(text)
                return state
        state = self._parse(text)
        self.keep(text, state)
        return state

    def keep(self, text: str, state: S) -> None:
        """Notes the state that was just written as ``text``."""
        with self._lock:
            self._states[text] = state
            self._states.move_to_end(text)
            if len(self._states) > self._size:
                self._states.popitem(last=False)
