"""Eligibility text of a registry record, read into entries with rules."""

from .entry import Entry, Sense, Status
from .lexicon import builtin_lexicon
from .read import read_criteria

__all__ = ["Entry", "Sense", "Status", "builtin_lexicon", "read_criteria"]
