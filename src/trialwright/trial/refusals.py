"""How a decision says no: findings with a stable code, a message, a remedy and the place in the command."""

from __future__ import annotations

from trialwright.study.findings import Finding, Place, Severity
from trialwright.trial.events import Decision


def refusal(code: str, message: str, remedy: str = "", *path: str | int) -> Finding:
    """A finding that refuses a command. ``code`` is given without its ``TW-``; ``path`` leads to the
    item.
    """
    return Finding(f"TW-{code}", Severity.ERROR, message, remedy, Place(path=path))


def warning(code: str, message: str, remedy: str = "", *path: str | int) -> Finding:
    """A finding that does not refuse, but that the person must see."""
    return Finding(f"TW-{code}", Severity.WARNING, message, remedy, Place(path=path))


def refuse(code: str, message: str, remedy: str = "", *path: str | int) -> Decision:
    """A decision that refuses for one reason."""
    return Decision(refusals=(refusal(code, message, remedy, *path),))
