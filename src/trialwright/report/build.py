"""The report of a study, from the states of its subjects at one cut of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from trialwright.study.model import Study
from trialwright.study.prose import render_design, render_randomisation
from trialwright.trial.subject import SubjectState

from .adverse import build_adverse
from .baseline import build_baseline
from .dataset import Dataset, derive_dataset
from .exposure import build_exposure
from .flow import build_flow
from .model import Report, Section, Stamp
from .quality import build_quality
from .survival import build_survival

Progress = Callable[[str], None]


def build_report(
    study: Study,
    states: Iterable[SubjectState],
    stamp: Stamp,
    cut_on: date,
    progress: Progress | None = None,
    *,
    one_plan: bool = True,
) -> Report:
    """Every section in reading order. ``progress`` is told the title of each part before it is made.

    ``one_plan`` is false where arms with different days of dosing were put together into one.
    """
    tell = progress or (lambda _: None)
    tell("Deriving")
    data = replace(derive_dataset(study, states, cut_on), one_plan=one_plan)
    sections: list[Section] = [_opening(data)]
    for title, build in _parts():
        tell(title)
        sections.append(build(data))
    return Report(study.short_title or study.title, stamp, tuple(sections), conventions(study))


def _parts() -> tuple[tuple[str, Callable[[Dataset], Section]], ...]:
    return (
        ("Flow of subjects", build_flow),
        ("Baseline", build_baseline),
        ("Exposure and chain of identity", build_exposure),
        (
            "Overall survival",
            lambda data: build_survival(data, "os", "Overall survival", lambda s: s.survival),
        ),
        (
            "Progression-free survival",
            lambda data: build_survival(data, "pfs", "Progression-free survival", lambda s: s.progression),
        ),
        ("Quality of life", build_quality),
        ("Adverse events", build_adverse),
    )


def _opening(data: Dataset) -> Section:
    study = data.study
    words = (
        f"{render_design(study)} {render_randomisation(study)}",
        "Estimates and intervals come first; tests are few and described as what they are. "
        "Every number can be opened: what it means, whose data it rests on, and which entries of the ledger.",
    )
    return Section("design", "Design", words)


def conventions(study: Study) -> tuple[str, ...]:
    """The choices that change numbers, stated once for the whole report."""
    analysis = study.analysis
    return (
        f"Kaplan-Meier intervals at {analysis.confidence_level:.0%}, type {analysis.survival_interval}; a median "
        "where the curve is exactly one half is the midpoint of the flat stretch.",
        f"Cox model with {analysis.ties} ties; Wald intervals; the log-rank test is two-sided.",
        f"Progression-free survival by the rule {analysis.progression_rule}; responses are computed from the "
        "lesions by RECIST 1.1, not taken as stated.",
        f"Days are counted inclusively from allocation; a month is {1 / analysis.months_per_day:.4f} days.",
        f"Adverse events are treatment-emergent to {analysis.treatment_emergent_days} days after the last dose, "
        f"terms and grades of CTCAE {study.safety.ctcae_version}.",
    )
