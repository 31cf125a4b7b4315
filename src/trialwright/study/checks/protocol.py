"""A protocol as the linter reads it: criteria in words and rules, and all prose with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..catalogue import study_catalogue
from ..criteria import (
    Catalogue,
    Kind,
    LimitKind,
    Region,
    Rule,
    Variable,
    parse_rule,
    regions,
)
from ..findings import Finding
from ..model import Study
from ..positions import Path
from ..reader import builtin_lexicon
from ..reader.clean import clean_text
from ..reader.leads import name_bullets
from ..sought import Sought
from .read_rules import compute_read_rules, keep_plain

LONGEST_TEXT = 40_000
"""More of one text than this is not looked at: twice what the registry allows for its longest element."""


@dataclass(frozen=True)
class Clause:
    """One criterion in words: a bullet of the record or a criterion of the study file."""

    section: str
    text: str
    path: Path

    @cached_property
    def plain(self) -> str:
        """The words in lower case with single spaces."""
        return " ".join(self.text.casefold().split())


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule of one list. ``written`` tells a rule of the study file from one the reader computed."""

    id: str
    section: str
    text: str
    rule: Rule
    path: Path
    written: bool


@dataclass(frozen=True)
class Protocol:
    """A study and what several rules of the linter ask of it, computed once."""

    study: Study

    @cached_property
    def is_as_read(self) -> bool:
        """Whether no person has written a criterion yet: there are none, or all are as the software read them."""
        return all(criterion.status for criterion in self.study.eligibility.criteria)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Every criterion in words: of the study file, or else the bullets of the record's text."""
        eligibility = self.study.eligibility
        if not self.is_as_read:
            return tuple(
                Clause(c.section, c.text, ("eligibility", "criteria", index))
                for index, c in enumerate(eligibility.criteria)
            )
        places: dict[str, Path] = {}
        for index, criterion in enumerate(eligibility.criteria):
            places.setdefault(criterion.id.split("_")[0], ("eligibility", "criteria", index))
        cleaned = clean_text(eligibility.text[:LONGEST_TEXT])
        return tuple(
            Clause(b.section, cleaned[b.start : b.end], places.get(item.name, ("eligibility", "text")))
            for item in name_bullets(cleaned)
            for b in (item.bullet,)
        )

    @cached_property
    def rules(self) -> tuple[ListedRule, ...]:
        """Every rule that can be read: those written in the study file, or else those of the reader."""
        eligibility = self.study.eligibility
        if not eligibility.criteria:
            read = compute_read_rules(eligibility.text[:LONGEST_TEXT])
            return tuple(ListedRule(*entry, ("eligibility", "text"), False) for entry in read)
        found: list[ListedRule] = []
        for index, criterion in enumerate(eligibility.criteria):
            rule = parse_rule(criterion.rule, self.catalogue).rule if criterion.rule else None
            if rule is not None:
                path = ("eligibility", "criteria", index)
                written = not criterion.status
                found.append(ListedRule(criterion.id, criterion.section, criterion.text, rule, path, written))
        sure = keep_plain([(one.id, one.section, one.rule) for one in found if not one.written])
        return tuple(one for one in found if one.written or one.id in sure)

    def rules_of(self, section: str) -> dict[str, Rule]:
        """The rules of one list, by id."""
        return {listed.id: listed.rule for listed in self.rules if listed.section == section}

    def listed(self, rule_id: str) -> ListedRule:
        """The rule of that id."""
        return next(one for one in self.rules if one.id == rule_id)

    def evidence(self, rule_ids: tuple[str, ...]) -> str:
        """The words of several rules."""
        return " / ".join(dict.fromkeys(self.listed(rule_id).text for rule_id in rule_ids))

    def variable(self, name: str) -> Variable:
        """The variable of that name, or one of which nothing is known."""
        return self.catalogue.find(name) or Variable(name, Kind.NUMBER)

    def region(self, listed: ListedRule, name: str, axis: LimitKind) -> Region | None:
        """Which numbers of a variable a rule allows on one axis; None where it does not speak of them."""
        return regions(listed.rule, name, self.catalogue).get(axis)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the rules speak of."""
        return study_catalogue(self.study) if self.study.eligibility.criteria else builtin_lexicon().catalogue

    @cached_property
    def prose(self) -> Mapping[Path, str]:
        """Every text of the protocol by its path: titles, descriptions, arms, interventions, outcomes."""
        return {path: text[:LONGEST_TEXT] for path, text in _prose(self.study) if text}

    @cached_property
    def prose_words(self) -> str:
        """All prose, one text a line."""
        return "\n".join(self.prose.values())

    @cached_property
    def eligibility_words(self) -> str:
        """The criteria in words, one a line."""
        return "\n".join(clause.text for clause in self.clauses)

    @cached_property
    def words(self) -> str:
        """All prose and all criteria."""
        return f"{self.prose_words}\n{self.eligibility_words}"

    @cached_property
    def subject_words(self) -> str:
        """What the trial is about: titles, conditions, keywords and the registry's terms for them."""
        record = self.study.registry
        titles = (self.study.title, self.study.short_title)
        return "\n".join((*titles, *record.conditions, *record.keywords, *record.condition_terms))

    @property
    def is_interventional(self) -> bool:
        """Whether subjects are given something by plan."""
        return self.study.design.study_type == "INTERVENTIONAL"

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The types of the interventions, and ``DRUGS`` where one of them is a medicine."""
        types: set[str] = {intervention.type for intervention in self.study.interventions}
        medicines = {"DRUG", "BIOLOGICAL", "GENETIC", "COMBINATION_PRODUCT"}
        return frozenset(types | ({"DRUGS"} if types & medicines or self.study.products else set()))

    @cached_property
    def product_words(self) -> str:
        """What is given, in words: names and descriptions of interventions and products."""
        given = [f"{i.name}\n{i.description or ''}" for i in self.study.interventions]
        made = [f"{p.name}\n{p.kind}\n{p.words}" for p in self.study.products]
        return "\n".join((*given, *made))

    @cached_property
    def gives_cells(self) -> bool:
        """Whether living cells are given as a medicine."""
        return bool(self.study.products) or (
            bool(self.kinds & {"BIOLOGICAL", "GENETIC", "DRUG", "COMBINATION_PRODUCT"})
            and _CELLS.search(self.product_words) is not None
        )

    @cached_property
    def is_cancer(self) -> bool:
        """Whether the trial is about a malignant disease."""
        return _CANCER.search(self.subject_words) is not None


ProtocolCheck = Callable[[Protocol], Iterator[Finding]]

_CELLS = Sought(
    r"\bCAR[- ]?(?:T|NK)\b|\b(?:T|NK|CIK|killer|dendritic|stem|stromal|progenitor|Treg|TIL|DC)[- ]cells?\b"
    r"|\bDC cell|\btumou?r[- ]infiltrating lymphocytes?\b|\bcell suspension\b|\blymphocyte infusion",
    re.IGNORECASE,
)
_CANCER = Sought(
    r"\b(?:cancers?|carcinomas?|neoplasms?|tumou?rs?|malignan\w*|lymphomas?|leuka?emias?|melanomas?|sarcomas?"
    r"|myelomas?|glioblastomas?|gliomas?|metasta\w+|mesotheliomas?)\b",
    re.IGNORECASE,
)


def _prose(study: Study) -> Iterator[tuple[Path, str]]:
    yield ("title",), study.title
    yield ("short_title",), study.short_title if study.short_title != study.title else ""
    description = study.registry.description
    yield ("registry", "description", "brief_summary"), description.brief_summary or ""
    yield ("registry", "description", "detailed_description"), description.detailed_description or ""
    for key in ("intervention_model_description", "masking_description"):
        yield ("design", key), getattr(study.design, key) or ""
    for index, arm in enumerate(study.arms):
        yield ("arms", index, "label"), arm.label
        yield ("arms", index, "description"), arm.description or ""
    for index, intervention in enumerate(study.interventions):
        yield ("interventions", index, "name"), intervention.name
        yield ("interventions", index, "description"), intervention.description or ""
    for index, outcome in enumerate(study.outcomes):
        for key in ("measure", "time_frame", "description"):
            yield ("outcomes", index, key), getattr(outcome, key) or ""
