"""The rule of a statement that no computation can decide: the attestation of its words."""

from __future__ import annotations

import re

from ..criteria.ast import Attested
from ..criteria.render import render_rule

_LONGEST_NAME = 60
_NO_NAME = re.compile(r"[^a-z0-9]+")
_KEYWORDS = frozenset(
    [
        "if",
        "then",
        "or",
        "and",
        "not",
        "in",
        "is",
        "known",
        "unknown",
        "between",
        "attested",
        "true",
        "false",
        "yes",
        "no",
        "uln",
        "lln",
        "baseline",
    ]
)


def name_of(words: str) -> str:
    """A name for an attestation, made of the protocol's words."""
    plain = _plain(words[: _LONGEST_NAME + 30])
    if len(plain) <= _LONGEST_NAME < len(words) - 30:  # many signs between the words: not enough yet
        plain = _plain(words)
    plain = plain[:_LONGEST_NAME].strip("_")
    if not plain or not plain[0].isalpha() or plain in _KEYWORDS:
        plain = f"statement_{plain}".strip("_")
    return plain


def _plain(words: str) -> str:
    return _NO_NAME.sub("_", words.casefold()).strip("_")


def attested_rule(words: str) -> str:
    """The rule of a statement that a named person signs."""
    return render_rule(Attested(name_of(words)))
