"""The rehearsal: what simulated subjects bring with them, so that the whole trial can be gone through.

The course of the disease comes from a scenario; here stand the answers people would give, what goes wrong
(missing values, late corrections, failed screening, failed batches) and the adverse events. All of it is
belief, never data: probabilities are per opportunity, times are days.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Element, Slug
from .registry import PartialDate

Probability = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3650)]


class Answer(Element):
    """How one item is answered: ``weights`` by code, or a normal (or log-normal) number.

    ``mean`` and ``spread`` are in ``unit`` (the item's first without one); ``log_normal`` reads them as median
    and as the standard deviation of the logarithm. ``digits`` are decimals. ``probability`` is that of true.
    """

    form: Slug
    item: Slug
    weights: dict[str, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    mean: float | None = None
    spread: float = 0.0
    log_normal: bool = False
    digits: int = Field(default=0, ge=0, le=6)
    unit: str = ""
    upper_limit: float | None = Field(default=None, description="The laboratory's upper limit of normal.")
    lower_limit: float | None = Field(default=None, description="The laboratory's lower limit of normal.")
    probability: Probability | None = None
    text: str = ""


class ScreeningFault(Element):
    """A reason to fail screening: with this probability, a screened subject has ``value`` in the item."""

    form: Slug
    item: Slug
    value: str
    unit: str = ""
    probability: Probability


class ExpectedEvent(Element):
    """An adverse event: with this probability after each dose of ``products`` (any time where none is named).

    ``grades`` are weights of grades 1 to 5; ``related`` gives the code of each attribution concept.
    """

    term: str = Field(description="A term of the CTCAE version that the study names.")
    words: str
    products: tuple[Slug, ...] = ()
    probability: Probability
    onset_days: tuple[Days, Days] = (0, 2)
    lasts_days: tuple[Days, Days] = (1, 4)
    grades: tuple[float, ...] = Field(min_length=1, max_length=5)
    related: dict[str, str] = Field(default_factory=dict)


class TumourCourse(Element):
    """Target lesions at baseline and how they change: log-normal diameters, growth before and after progression."""

    organ: str
    lesions: tuple[int, int] = Field(description="Fewest and most target lesions.")
    diameter_mm: float = Field(gt=0, description="Median baseline diameter.")
    spread: float = Field(ge=0, description="Standard deviation of the logarithm of the baseline diameter.")
    best_change: float = Field(description="Mean of the best relative change of the sum before progression.")
    best_change_spread: float = Field(ge=0)
    new_lesion_probability: Probability = Field(description="Share of progressions that show a new lesion.")


class QualityCourse(Element):
    """Latent quality of life from 0 to 1, turned into item answers: level, decline, loss at progression."""

    level: Probability
    spread: float = Field(ge=0)
    decline_per_month: float = 0.0
    loss_at_progression: float = 0.0
    item_missing: Probability = 0.0
    form_missing: Probability = 0.0


class Rehearsal(Element):
    """How the trial is rehearsed.

    ``start_on`` is when the first site opens; the clock of the rehearsal runs from there, so that a seed gives the
    same ledger whenever it is run. ``scenario`` gives the course of the disease.
    """

    scenario: Slug
    start_on: PartialDate
    screened_per_month: float = Field(gt=0)
    follow_up_days: int = Field(gt=0, description="Days of follow-up after allocation.")
    value_missing: Probability = Field(default=0.0, description="Share of numbers and codes left open.")
    correction: Probability = Field(default=0.0, description="Share of forms corrected later, with a reason.")
    late_entry: Probability = Field(default=0.0, description="Share of visits entered days later.")
    entry_slip: Probability = Field(
        default=0.0, description="Share of forms first sent with an impossible number, which is refused."
    )
    query: Probability = Field(default=0.0, description="Share of forms that a monitor asks about.")
    verified: Probability = Field(default=0.0, description="Share of forms verified against their source.")
    signed: Probability = Field(default=0.0, description="Share of forms signed by the investigator.")
    locked: Probability = Field(default=0.0, description="Share of signed forms locked after follow-up.")
    missed_visit: Probability = 0.0
    consent_withdrawn: Probability = 0.0
    batch_failure: Probability = 0.0
    partial_dose: Probability = Field(default=0.0, description="Share of doses that are stopped early.")
    treatment_stopped: Probability = Field(
        default=0.0,
        description="Share of serious related events after which the treatment is stopped for good.",
    )
    report_late: Probability = Field(
        default=0.0, description="Share of expedited reports that are sent after they were due."
    )
    wrong_scan: Probability = Field(
        default=0.0, description="Share of bedside checks at which another code is scanned first."
    )
    open_test_days: Days = Field(
        default=14, description="Days from filling until tests that may be open at release are final."
    )
    new_therapy_after_progression: Probability = 0.0
    faults: tuple[ScreeningFault, ...] = ()
    answers: tuple[Answer, ...] = ()
    adverse_events: tuple[ExpectedEvent, ...] = ()
    tumour: TumourCourse | None = None
    quality: QualityCourse | None = None
