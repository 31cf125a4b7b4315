"""The sections that a report can have: one line each, under the id by which a plan names it.

A section is made from the data alone. In a pooled report the data hold one arm in the place of all (see
`pooling`), so that a section need not know for whom it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trialwright.outcomes.survival_times import TimeToEvent
from trialwright.study.model.report_plan import BY_ARM_SECTIONS

from .adverse import build_adverse
from .baseline import build_baseline
from .characteristics import TITLE as CHARACTERISTICS
from .characteristics import build_characteristics
from .dataset import Dataset, SubjectData
from .deviations import build_deviations
from .expedited_reports import build_expedited
from .exposure import build_exposure
from .flow import build_flow
from .interim import build_interim
from .laboratory import build_laboratory
from .listings import build_listings
from .missing_data import build_missing
from .model import Section
from .quality import build_quality
from .response import build_response
from .response_duration import TITLE as DURATION
from .response_duration import build_duration
from .sensitivity import build_sensitivity
from .sets import build_sets
from .subgroups import build_subgroups
from .survival import build_survival
from .toxicity import build_toxicity


@dataclass(frozen=True, slots=True)
class SectionBuilder:
    """A section's title, as progress and contents name it, and what makes it."""

    title: str
    build: Callable[[Dataset], Section]


def _overall_survival(data: Dataset) -> Section:
    return build_survival(data, "os", "Overall survival", _survival)


def _progression_free(data: Dataset) -> Section:
    return build_survival(data, "pfs", "Progression-free survival", _progression)


def _survival(subject: SubjectData) -> TimeToEvent | None:
    return subject.survival


def _progression(subject: SubjectData) -> TimeToEvent | None:
    return subject.progression


SECTIONS: Mapping[str, SectionBuilder] = MappingProxyType(
    {
        "flow": SectionBuilder("Flow of subjects", build_flow),
        "sets": SectionBuilder("Analysis sets", build_sets),
        "baseline": SectionBuilder("Baseline", build_baseline),
        "exposure": SectionBuilder("Exposure and chain of identity", build_exposure),
        "interim": SectionBuilder("Interim look", build_interim),
        "os": SectionBuilder("Overall survival", _overall_survival),
        "pfs": SectionBuilder("Progression-free survival", _progression_free),
        "subgroups": SectionBuilder("Subgroups", build_subgroups),
        "sensitivity": SectionBuilder("Sensitivity analyses", build_sensitivity),
        "response": SectionBuilder("Response", build_response),
        "duration": SectionBuilder(DURATION, build_duration),
        "quality": SectionBuilder("Quality of life", build_quality),
        "adverse": SectionBuilder("Adverse events", build_adverse),
        "toxicity": SectionBuilder("Dose-limiting toxicity and stopping", build_toxicity),
        "expedited": SectionBuilder("Expedited reports", build_expedited),
        "laboratory": SectionBuilder("Laboratory", build_laboratory),
        "deviations": SectionBuilder("Protocol deviations", build_deviations),
        "missing": SectionBuilder("Missing data", build_missing),
        "listings": SectionBuilder("Listings", build_listings),
        "characteristics": SectionBuilder(CHARACTERISTICS, lambda data: build_characteristics(data.study)),
    }
)
"""A new section is a line here and its id in `study.model.report_plan`; a test holds the two together."""


def find_sections(names: tuple[str, ...], *, by_arm: bool) -> list[SectionBuilder]:
    """The builders of the named sections, in order; in a pooled report without those that compare arms."""
    return [SECTIONS[name] for name in names if by_arm or name not in BY_ARM_SECTIONS]
