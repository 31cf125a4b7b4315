"""A study with what the rules ask of it again and again: visits unrolled, rules parsed, units looked up.

Worked out once a study and kept: a study is immutable, so nothing here can become untrue.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from trialwright.study.catalogue import form_catalogue, result_catalogue, study_catalogue
from trialwright.study.criteria import Catalogue, Rule, Variable, Window, builtin_catalogue, parse_rule
from trialwright.study.model.eligibility import Criterion
from trialwright.study.model.forms import Form, Item
from trialwright.study.model.products import ReleaseTest
from trialwright.study.model.study import Study
from trialwright.study.schedule import VisitInstance, expand_visits

LOG = "log"
"""The visit id of forms filled outside the schedule: events, contacts, unscheduled measurements."""

_KEPT_STUDIES = 16


class Protocol:
    """Derived views of one study. Build it with `protocol_of`, which keeps those in use."""

    def __init__(self, study: Study) -> None:
        self.study = study

    @cached_property
    def visits(self) -> Mapping[str, VisitInstance]:
        """Visit instances by id, in order of time."""
        return MappingProxyType({visit.id: visit for visit in expand_visits(self.study)})

    @cached_property
    def catalogue(self) -> Catalogue:
        """The variables that the criteria may speak of."""
        return study_catalogue(self.study)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The parsed rule of every criterion that has one, by criterion id."""
        found: dict[str, Rule] = {}
        for criterion in self.study.eligibility.criteria:
            rule = self._criterion_rule(criterion)
            if rule is not None:
                found[criterion.id] = rule
        return MappingProxyType(found)

    def _criterion_rule(self, criterion: Criterion) -> Rule | None:
        return parse_rule(criterion.rule, self.catalogue).rule if criterion.rule else None

    @cached_property
    def windows(self) -> Mapping[str, Window]:
        """How old a result may be at allocation, by variable."""
        limited = [v for v in self.study.eligibility.variables if v.window_days is not None]
        return MappingProxyType({variable.id: Window(variable.window_days) for variable in limited})

    @cached_property
    def scheduled_forms(self) -> frozenset[str]:
        """Ids of the forms that stand at a visit."""
        return frozenset(form for visit in self.study.visits for form in visit.forms)

    @cached_property
    def _shown_if(self) -> dict[str, dict[str, Rule]]:
        return {form.id: _conditions(form) for form in self.study.forms}

    def shown_if(self, form: Form) -> Mapping[str, Rule]:
        """The conditions of the form's items that are not always asked, by item id."""
        return self._shown_if[form.id]

    @cached_property
    def strata(self) -> tuple[tuple[str, tuple[tuple[str, Rule], ...]], ...]:
        """The stratification factors with their levels and rules, in the order of the file."""
        randomisation = self.study.design.randomisation
        return tuple(
            (factor.id, tuple((level.id, self._level_rule(level.rule)) for level in factor.levels))
            for factor in (randomisation.strata if randomisation else ())
        )

    def _level_rule(self, text: str) -> Rule:
        rule = parse_rule(text, self.catalogue).rule
        if rule is None:
            raise ValueError("a stratum's rule does not parse: check the study file before conducting it")
        return rule

    def measured(self, item: Item) -> Variable:
        """The quantity that an item measures: it knows how the item's units convert."""
        if item.variable:
            found = self.catalogue.find(item.variable)
            if found is not None:
                return found
        return builtin_catalogue().find(item.id) or Variable(item.id)


def _conditions(form: Form) -> dict[str, Rule]:
    catalogue = form_catalogue(form)
    parsed = {item.id: parse_rule(item.show_if, catalogue).rule for item in form.items if item.show_if}
    return {name: rule for name, rule in parsed.items() if rule is not None}


def parse_release_limit(test: ReleaseTest) -> Rule | None:
    """The rule that a release test's result must meet; None where the study file's text is no rule."""
    return parse_rule(test.limit, result_catalogue(test.unit)).rule


_protocols: dict[int, Protocol] = {}


def protocol_of(study: Study) -> Protocol:
    """The derived views of ``study``; the last few studies asked for are kept."""
    kept = _protocols.get(id(study))
    if kept is not None and kept.study is study:
        return kept
    if len(_protocols) >= _KEPT_STUDIES:
        _protocols.pop(next(iter(_protocols)), None)
    _protocols[id(study)] = made = Protocol(study)
    return made
