"""Chain of identity: numbers that bind cells to the one person they came from.

DIN: ISBT 128 donation identification number of 13 characters (5 facility, 2 year, 6 serial) with the
check character of ISO 7064 mod 37,2 (UK Red Book, annex 2). The chain-of-identity id is our own number
with the same check, made from random bytes: it says nothing about the person, and is never used again.
"""

from __future__ import annotations

import re

from trialwright.study.findings import Finding
from trialwright.trial.refusals import refusal
from trialwright.trial.study_state import StudyState
from trialwright.trial.subject import SubjectState

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_DIN = re.compile(r"[A-NP-Z1-9][A-Z0-9]{4}\d{2}\d{6}")
_COI_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
COI_BYTES = 10


def compute_check_value(text: str) -> int:
    """ISO 7064 mod 37,2 check value, 0 to 36, of a text of digits and capital letters."""
    total = sum(ALPHABET.index(letter) * 2**power for power, letter in enumerate(reversed(text), start=1))
    return (38 - total % 37) % 37


def compute_check_character(text: str) -> str:
    """The check character printed in the box beside the number."""
    return ALPHABET[compute_check_value(text)]


def is_din(text: str) -> bool:
    """Whether ``text`` has the structure of a donation number, without flags and check character."""
    return _DIN.fullmatch(text) is not None


def make_coi(random_bytes: bytes) -> str:
    """A chain-of-identity id from 10 random bytes: 16 letters of base 32 and a check character."""
    if len(random_bytes) != COI_BYTES:
        raise ValueError(f"a chain-of-identity id is made from {COI_BYTES} random bytes")
    number = int.from_bytes(random_bytes, "big")
    letters = "".join(_COI_LETTERS[number >> shift & 31] for shift in range(75, -1, -5))
    return letters + compute_check_character(letters)


def is_coi(text: str) -> bool:
    """Whether ``text`` is a chain-of-identity id whose check character fits."""
    body = text[:-1]
    return (
        len(text) == 17 and all(c in _COI_LETTERS for c in body) and compute_check_character(body) == text[-1]
    )


def check_scan(state: SubjectState, scanned_coi: str) -> list[Finding]:
    """Findings unless the scanned chain-of-identity id is this subject's (invariant I1)."""
    if not scanned_coi:
        remedy = "Scan the chain-of-identity code of the label."
        return [refusal("CEL-010", "The label was not scanned.", remedy, "scanned_coi")]
    if not is_coi(scanned_coi):
        remedy = "Scan it again; if the label cannot be read, put the product aside."
        return [
            refusal("CEL-009", "The scanned code is not a chain-of-identity code.", remedy, "scanned_coi")
        ]
    if scanned_coi != state.coi:
        remedy = "Stop. Put the product aside and call quality: it may be another person's."
        return [refusal("CEL-011", "The scanned code is not this subject's.", remedy, "scanned_coi")]
    return []


def check_new_identifiers(conduct: StudyState, state: SubjectState, coi: str, din: str) -> list[Finding]:
    """Findings where a number belongs to somebody else, or a donation number was used before (I2)."""
    found: list[Finding] = []
    if conduct.identifiers.get(f"coi:{coi}", state.subject) != state.subject:
        remedy = "Make a new one."
        found.append(refusal("CEL-012", "The chain-of-identity id belongs to another subject.", remedy))
    if f"din:{din}" in conduct.identifiers:
        remedy = "Check the number on the bag: every donation has its own."
        found.append(refusal("CEL-013", "The donation number was recorded before.", remedy, "din"))
    return found
