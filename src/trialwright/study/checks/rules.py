"""Every rule of the study can be read, and speaks of variables that exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..catalogue import form_catalogue, result_catalogue, study_catalogue
from ..criteria.parse import parse_rule
from ..criteria.variables import Catalogue
from ..findings import Finding, Place
from ..model import Study
from ..positions import Path
from .base import info, warning


def check_rules(study: Study) -> Iterator[Finding]:
    """Findings of the criterion language (TW-CRI-...); TW-RUL-001 a criterion without a rule, -002 one that can
    be read in several ways, -003 readings that nobody has confirmed."""
    catalogue = study_catalogue(study)
    yield from _readings(study)
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


def _readings(study: Study) -> Iterator[Finding]:
    """What the software read out of the record's words and nobody has compared with them yet."""
    criteria = study.eligibility.criteria
    for index, criterion in enumerate(criteria):
        if criterion.status == "ambiguous":
            message = f"Criterion `{criterion.id}` can be read in more than one way: nothing is computed."
            remedy = "Write the rule that is meant and remove `status`."
            yield warning("TW-RUL-002", ("eligibility", "criteria", index), message, remedy, criterion.text)
    counts = Counter(criterion.status for criterion in criteria if criterion.status)
    if counts:
        told = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
        message = f"The rules of {counts.total()} criteria are as the software read them ({told})."
        remedy = "Compare each with its words and remove its `status`."
        yield info("TW-RUL-003", ("eligibility", "criteria"), message, remedy)


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
