"""Every rule of the study can be read, and speaks of variables that exist."""

from __future__ import annotations

from collections.abc import Iterator

from ..catalogue import form_catalogue, result_catalogue, study_catalogue
from ..criteria.parse import parse_rule
from ..criteria.variables import Catalogue
from ..findings import Finding, Place
from ..model import Study
from ..positions import Path
from .base import warning


def check_rules(study: Study) -> Iterator[Finding]:
    """Findings of the criterion language (TW-CRI-...), and TW-RUL-001 a criterion without a rule."""
    catalogue = study_catalogue(study)
    for index, criterion in enumerate(study.eligibility.criteria):
        path = ("eligibility", "criteria", index)
        if criterion.rule:
            yield from _rule((*path, "rule"), criterion.rule, catalogue)
        else:
            message = f"Criterion `{criterion.id}` has no rule: it cannot be decided."
            yield warning("TW-RUL-001", path, message, "Write a rule, or `attested <what>`.", criterion.text)
    yield from _release_tests(study)
    yield from _shown_items(study)
    randomisation = study.design.randomisation
    for s, stratum in enumerate(randomisation.strata if randomisation else ()):
        for n, level in enumerate(stratum.levels):
            path = ("design", "randomisation", "strata", s, "levels", n, "rule")
            yield from _rule(path, level.rule, catalogue)


def _release_tests(study: Study) -> Iterator[Finding]:
    for p, product in enumerate(study.products):
        for t, test in enumerate(product.release_tests):
            path = ("products", p, "release_tests", t, "limit")
            yield from _rule(path, test.limit, result_catalogue(test.unit))


def _shown_items(study: Study) -> Iterator[Finding]:
    for f, form in enumerate(study.forms):
        for i, item in enumerate(form.items):
            if item.show_if:
                yield from _rule(("forms", f, "items", i, "show_if"), item.show_if, form_catalogue(form))


def _rule(path: Path, text: str, catalogue: Catalogue) -> Iterator[Finding]:
    for finding in parse_rule(text, catalogue).findings:
        yield Finding(
            finding.code,
            finding.severity,
            f"In `{text}`, character {finding.place.column}: {finding.message}",
            finding.remedy,
            Place(path=path),
            text,
        )
