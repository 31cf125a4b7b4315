"""CTCAE as a versioned dictionary: terms by system organ class, the grades that exist for each, look-up.

The two versions differ in thresholds, not only in words: every event carries its version, and nothing here
takes a grade from one to the other. MedDRA codes are not part of it.
"""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from trialwright.study.findings import Finding, Place, Severity

VERSIONS = ("5.0", "6.0")
_FILES = {"5.0": "ctcae_v5.csv", "6.0": "ctcae_v6.csv"}


@dataclass(frozen=True, slots=True)
class CtcaeTerm:
    """One term; ``grades`` holds only the grades that exist, each with its definition."""

    term: str
    organ_class: str
    grades: Mapping[int, str]
    definition: str = ""
    note: str = ""

    @property
    def needs_specifying(self) -> bool:
        """Whether it is an "Other, specify" term, which needs the words of the reporter."""
        return self.term.endswith("Other, specify")


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class CtcaeDictionary:
    """One version of CTCAE: its terms by folded name."""

    version: str
    by_name: Mapping[str, CtcaeTerm]

    @property
    def terms(self) -> tuple[CtcaeTerm, ...]:
        """All terms, in the order of the dictionary."""
        return tuple(self.by_name.values())

    @property
    def organ_classes(self) -> tuple[str, ...]:
        """The system organ classes, in the order of the dictionary."""
        return tuple(dict.fromkeys(term.organ_class for term in self.terms))

    def find(self, name: str) -> CtcaeTerm | None:
        """The term of that name; case and white space do not matter."""
        return self.by_name.get(_fold(name))

    def suggest(self, words: str, limit: int = 8) -> list[CtcaeTerm]:
        """Terms for what somebody typed: whole beginnings first, then terms that hold every word, then near
        ones.
        """
        typed = _fold(words)
        if not typed:
            return []
        starts = [term for name, term in self.by_name.items() if name.startswith(typed)]
        holds = [term for name, term in self.by_name.items() if all(word in name for word in typed.split())]
        near = [self.by_name[name] for name in difflib.get_close_matches(typed, self.by_name, n=limit)]
        unique = {term.term: term for term in (*starts, *holds, *near)}
        return list(unique.values())[:limit]

    def check_event(
        self, name: str, grade: int | None, verbatim: str = "", place: Place | None = None
    ) -> list[Finding]:
        """What is wrong with a term and grade as entered: unknown term, absent grade, words missing."""
        stand = place or Place()
        term = self.find(name)
        if term is None:
            nearest = self.suggest(name, 1)
            hint = f"Did you mean “{nearest[0].term}”?" if nearest else "Choose a term from the list."
            message = f"CTCAE version {self.version} has no such term."
            return [Finding("TW-AE-001", Severity.ERROR, message, hint, stand)]
        found: list[Finding] = []
        if grade is not None and grade not in term.grades:
            exist = ", ".join(str(level) for level in sorted(term.grades))
            message = f"“{term.term}” has no such grade in CTCAE version {self.version}."
            found.append(
                Finding("TW-AE-002", Severity.ERROR, message, f"Choose one of the grades {exist}.", stand)
            )
        if term.needs_specifying and not verbatim.strip():
            message = f"“{term.term}” needs the event in the reporter's words."
            found.append(Finding("TW-AE-003", Severity.ERROR, message, "Enter what was reported.", stand))
        return found


@cache
def read_dictionary(version: str) -> CtcaeDictionary:
    """The dictionary of a version that this package carries (``5.0`` or ``6.0``); ``KeyError`` for others."""
    text = (files("trialwright.outcomes") / "data" / _FILES[version]).read_text(encoding="utf-8")
    by_name: dict[str, CtcaeTerm] = {}
    for row in csv.DictReader(io.StringIO(text)):
        grades = {grade: row[f"grade{grade}"] for grade in range(1, 6) if row[f"grade{grade}"]}
        definition = "" if row["definition"] == "-" else row["definition"]
        term = CtcaeTerm(row["term"], row["soc"], grades, definition, row["navigational_note"])
        by_name[_fold(term.term)] = term
    return CtcaeDictionary(version, by_name)
