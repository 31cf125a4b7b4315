"""Whether the safety part of a study speaks of terms that its dictionary has: a misspelt term is never met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trialwright.outcomes.ctcae import CtcaeDictionary, read_dictionary
from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model import Study
from trialwright.study.positions import Path


def check_safety_terms(study: Study) -> list[Finding]:
    """TW-AE-010 a term and TW-AE-011 an organ class that the study's version of CTCAE does not have."""
    safety = study.safety
    dictionary = read_dictionary(safety.ctcae_version)
    found: list[Finding] = []
    for index, watched in enumerate(safety.special_interest):
        found += _terms(dictionary, ("safety", "special_interest", index, "terms"), watched.terms)
    for index, line in enumerate(safety.expected):
        found += _terms(dictionary, ("safety", "expected", index, "term"), (line.term,))
    criteria = safety.dose_limiting.criteria if safety.dose_limiting is not None else ()
    for index, criterion in enumerate(criteria):
        path: Path = ("safety", "dose_limiting", "criteria", index)
        found += _terms(dictionary, (*path, "terms"), criterion.terms)
        found += _terms(dictionary, (*path, "not_terms"), criterion.not_terms)
        found += _classes(dictionary, (*path, "organ_classes"), criterion.organ_classes)
        found += _classes(dictionary, (*path, "not_organ_classes"), criterion.not_organ_classes)
    return found


def _terms(dictionary: CtcaeDictionary, path: Path, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        term = dictionary.find(name)
        if term is None or term.term != name:
            near = [term] if term is not None else dictionary.suggest(name, 1)
            hint = f"Did you mean “{near[0].term}”?" if near else "Choose a term of the dictionary."
            message = f"CTCAE version {dictionary.version} has no term `{name}`, so that no event can be meant by it."
            yield Finding("TW-AE-010", Severity.ERROR, message, hint, Place(path=path))


def _classes(dictionary: CtcaeDictionary, path: Path, names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if name not in dictionary.organ_classes:
            message = f"CTCAE version {dictionary.version} has no system organ class `{name}`."
            hint = "Write the class as the dictionary does."
            yield Finding("TW-AE-011", Severity.ERROR, message, hint, Place(path=path))
