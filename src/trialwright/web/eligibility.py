"""The eligibility panel: each criterion with its verdict, the value and limit it rests on, and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.study.criteria import LeafReason, Truth, Value, render_prose, render_reason, render_rounded
from trialwright.study.model.eligibility import Criterion
from trialwright.study.units import typeset_unit
from trialwright.trial.protocol import Protocol, protocol_of
from trialwright.trial.screening import Screening, screen_subject
from trialwright.trial.subject import SubjectState
from trialwright.web.templatetags.trialwright import spell_date

from .viewer import Viewer
from .words import VERDICT_MARKS, Mark

STANDS = {
    ("inclusion", Truth.TRUE): "ok",
    ("inclusion", Truth.FALSE): "failed",
    ("exclusion", Truth.TRUE): "excluded",
    ("exclusion", Truth.FALSE): "clear",
}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One variable of a criterion: the value used, its date and form, the limits, or why it is unknown."""

    label: str
    value: str
    on: str
    limit: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class JudgedCriterion:
    """One criterion as it stands."""

    criterion: Criterion
    mark: Mark
    prose: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Wanting:
    """An input that is missing to decide, and where it is entered."""

    label: str
    why: str
    criteria: str
    visit: str
    form: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The whole panel."""

    decision: str
    mark: Mark
    criteria: tuple[JudgedCriterion, ...]
    missing: tuple[Wanting, ...]
    open_count: int


DECISIONS = {
    "ELIGIBLE": ("Eligible", Mark("✓", "eligible", "good")),
    "NOT_ELIGIBLE": ("Not eligible", Mark("✗", "not eligible", "bad")),
    "INCOMPLETE": ("Not decided yet", Mark("?", "incomplete", "warn")),
}


def panel_of(viewer: Viewer, state: SubjectState, on: date) -> Panel:
    """What the criteria say of a subject on a day."""
    protocol = protocol_of(viewer.study)
    screening = screen_subject(viewer.study, state, on)
    judged = tuple(_judged(protocol, criterion, screening) for criterion in viewer.study.eligibility.criteria)
    words, found = DECISIONS[screening.eligibility.decision.value]
    return Panel(
        words,
        found,
        judged,
        _missing(protocol, screening),
        sum(one.mark is VERDICT_MARKS["unknown"] for one in judged),
    )


def _judged(protocol: Protocol, criterion: Criterion, screening: Screening) -> JudgedCriterion:
    verdict = screening.verdicts[criterion.id]
    rule = protocol.rules.get(criterion.id)
    return JudgedCriterion(
        criterion,
        VERDICT_MARKS[STANDS.get((criterion.section, verdict.truth), "unknown")],
        render_prose(rule, protocol.catalogue) if rule is not None else "",
        tuple(dict.fromkeys(_leaf(protocol, reason) for reason in verdict.reasons)),
    )


def _leaf(protocol: Protocol, reason: LeafReason) -> Leaf:
    variable = protocol.catalogue.find(reason.variable)
    value = reason.value
    limits = (
        f"{limit.op.value} {render_rounded(limit.number)} {typeset_unit(limit.unit)}".strip()
        for limit in reason.limits
    )
    return Leaf(
        (variable.label if variable else "") or reason.variable,
        show_value(protocol, reason.variable, value),
        spell_date(value.occurred_on.isoformat()) if value and value.occurred_on else "",
        ", ".join(dict.fromkeys(limits)),
        render_reason(reason, protocol.catalogue),
        value.source if value else "",
    )


def show_value(protocol: Protocol, variable: str, value: Value | None) -> str:
    """A value as people read it; '–' when nothing is on record."""
    if value is None or value.is_missing:
        return "–"
    if value.number is not None:
        unit = "years" if value.unit == "a" else typeset_unit(value.unit)
        return f"{value.censored.value if value.censored else ''}{value.number:f} {unit}".strip()
    if value.flag is not None:
        return "yes" if value.flag else "no"
    asked = protocol.study.variable(variable)
    form = protocol.study.form(asked.form) if asked and asked.form else None
    item = form.item(asked.item) if form and asked and asked.item else None
    codes = {code.value: code.label for code in item.codes} if item else {}
    return codes.get(value.code or "", value.code or "–")


def _missing(protocol: Protocol, screening: Screening) -> tuple[Wanting, ...]:
    found: list[Wanting] = []
    for one in screening.eligibility.missing:
        variable, asked = protocol.catalogue.find(one.variable), protocol.study.variable(one.variable)
        form = asked.form or "" if asked else ""
        visits = (visit.id for visit in protocol.visits.values() if form in visit.forms and visit.day < 0)
        reasons = {
            render_reason(reason, protocol.catalogue)
            for name in one.criteria
            for reason in screening.verdicts[name].unknown
            if reason.variable == one.variable
        }
        label = (variable.label if variable else "") or one.variable
        criteria = ", ".join(name.upper() for name in one.criteria)
        found.append(Wanting(label, " ".join(sorted(reasons)), criteria, next(visits, ""), form))
    return tuple(found)
