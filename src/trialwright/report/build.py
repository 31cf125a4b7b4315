"""The report of a study, from the states of its subjects at one cut of the ledger, as its plan says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from trialwright.study.model import Study
from trialwright.study.model.report_plan import Variant
from trialwright.study.prose import render_design, render_randomisation
from trialwright.trial.subject import SubjectState

from .conventions import render_conventions
from .dataset import derive_dataset
from .model import Report, Section, Stamp
from .pooling import has_one_plan, pool_states, pool_study
from .sections import find_sections

Progress = Callable[[str], None]

POOLED_WORDS = (
    "All arms together: nothing here is shown or can be computed by arm, and sections that compare arms are "
    "left out."
)


def build_report(
    study: Study,
    states: Iterable[SubjectState],
    stamp: Stamp,
    cut_on: date,
    progress: Progress | None = None,
    *,
    variant: Variant = "final",
    by_arm: bool = True,
) -> Report:
    """The sections that the plan of ``variant`` names, in its order.

    Without ``by_arm`` the arms are put together before anything is computed; the open report to a monitoring
    board is made so whoever asks. ``progress`` is told the title of each part before it is made.
    """
    tell = progress or (lambda _: None)
    tell("Deriving")
    plan = study.analysis.report_plan(variant)
    apart = by_arm and variant != "dsmb-open"
    trial = study if apart else pool_study(study)
    data = derive_dataset(trial, states if apart else pool_states(study, states), cut_on)
    data = replace(data, one_plan=apart or has_one_plan(study), plan=plan)
    sections = [_opening(study, apart)]
    for part in find_sections(plan.named_sections, by_arm=apart):
        tell(part.title)
        sections.append(part.build(data))
    marked = replace(stamp, variant=variant, by_arm=apart)
    title = study.short_title or study.title
    return Report(title, marked, tuple(sections), render_conventions(study), plan.heading)


def _opening(study: Study, by_arm: bool) -> Section:
    words = (
        f"{render_design(study)} {render_randomisation(study)}",
        "Estimates and intervals come first; tests are few and described as what they are. "
        "Every number can be opened: what it means, whose data it rests on, and which entries of the ledger.",
    )
    return Section("design", "Design", words if by_arm else (*words, POOLED_WORDS))
