"""The variables that a study's rules may speak of, as the criterion language wants them."""

from __future__ import annotations

from dataclasses import replace

from .criteria.variables import Catalogue, Kind, Variable, builtin_catalogue
from .model import Study
from .model import eligibility as model
from .model.forms import Form, Item
from .reader.lexicon import builtin_lexicon

KINDS = {
    "number": Kind.NUMBER,
    "integer": Kind.INTEGER,
    "code": Kind.CODE,
    "boolean": Kind.BOOLEAN,
    "attestation": Kind.ATTESTATION,
    "text": Kind.CODE,
    "date": Kind.CODE,
}


def study_catalogue(study: Study) -> Catalogue:
    """The study's eligibility variables over the built-in analytes; closed: unknown names are errors."""
    own = [_variable(study, variable) for variable in study.eligibility.variables]
    inherited = _source(study).extended(own)
    return Catalogue({variable.name: inherited.variables[variable.name] for variable in own})


def _source(study: Study) -> Catalogue:
    """The built-in analytes, with the reader's lexicon where a variable of the study names one of its own."""
    known = builtin_catalogue()
    named = [variable.analyte for variable in study.eligibility.variables if variable.analyte]
    if all(known.find(name) is not None for name in named):
        return known
    return replace(builtin_lexicon().catalogue, open=True)


def form_catalogue(form: Form) -> Catalogue:
    """The items of one form, for rules such as ``show_if``; closed."""
    return Catalogue({item.id: _item(item) for item in form.items if item.kind != "rows"})


def result_catalogue(unit: str) -> Catalogue:
    """The one variable ``result`` of a release test, as a number of ``unit`` or, without one, a code."""
    kind = Kind.NUMBER if unit else Kind.CODE
    return Catalogue({"result": Variable("result", kind, "Result", unit or None)})


def _variable(study: Study, variable: model.Variable) -> Variable:
    form = study.form(variable.form) if variable.form else None
    item = form.item(variable.item) if form is not None and variable.item else None
    return Variable(
        name=variable.id,
        kind=KINDS[variable.kind],
        label=variable.label,
        unit=variable.unit or ("" if variable.kind == "integer" else None),
        codes=tuple(code.value for code in item.codes) if item is not None else (),
        synonyms=(variable.analyte,) if variable.analyte else (),
    )


def _item(item: Item) -> Variable:
    unit = item.units[0] if item.units else ""
    return Variable(item.id, KINDS[item.kind], item.label, unit, codes=tuple(c.value for c in item.codes))
