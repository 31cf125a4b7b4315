"""The EORTC QLQ-C30 version 3.0: its scales as data.

Source: Fayers et al., EORTC QLQ-C30 Scoring Manual, 3rd edition, 2001; summary score: Giesinger et al., J
Clin Epidemiol 2016;69:79-88. The questionnaire is copyrighted by EORTC: its wording is not part of this
package, and every use needs EORTC's permission.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from trialwright.outcomes.questionnaire import Answers, Direction, Instrument, Scale, Summary, compute_scores

_BETTER = Direction.HIGHER_BETTER
_WORSE = Direction.HIGHER_WORSE

_FUNCTIONS = (
    Scale("PF", "Physical functioning", (1, 2, 3, 4, 5), 3, _BETTER, reversed=True),
    Scale("RF", "Role functioning", (6, 7), 3, _BETTER, reversed=True),
    Scale("EF", "Emotional functioning", (21, 22, 23, 24), 3, _BETTER, reversed=True),
    Scale("CF", "Cognitive functioning", (20, 25), 3, _BETTER, reversed=True),
    Scale("SF", "Social functioning", (26, 27), 3, _BETTER, reversed=True),
)
_SYMPTOMS = (
    Scale("FA", "Fatigue", (10, 12, 18), 3, _WORSE),
    Scale("NV", "Nausea and vomiting", (14, 15), 3, _WORSE),
    Scale("PA", "Pain", (9, 19), 3, _WORSE),
    Scale("DY", "Dyspnoea", (8,), 3, _WORSE),
    Scale("SL", "Insomnia", (11,), 3, _WORSE),
    Scale("AP", "Appetite loss", (13,), 3, _WORSE),
    Scale("CO", "Constipation", (16,), 3, _WORSE),
    Scale("DI", "Diarrhoea", (17,), 3, _WORSE),
)
_GLOBAL = Scale("QL", "Global health status / quality of life", (29, 30), 6, _BETTER)
_FINANCE = Scale("FI", "Financial difficulties", (28,), 3, _WORSE)

QLQ_C30 = Instrument(
    code="QLQ-C30",
    version="3.0",
    item_codes={item: (1, 7) if item >= 29 else (1, 4) for item in range(1, 31)},
    scales=(_GLOBAL, *_FUNCTIONS, *_SYMPTOMS, _FINANCE),
    summary=Summary("SUMMARY", "Summary score", tuple(s.code for s in (*_FUNCTIONS, *_SYMPTOMS))),
)

PERCEIVED_CHANGE: Mapping[str, tuple[float, float | None]] = {
    "little": (5, 10),
    "moderate": (10, 20),
    "very much": (20, None),
}
"""Points of change that subjects called little, moderate, very much (Osoba, J Clin Oncol 1998;16:139)."""

DEFAULT_THRESHOLD_POINTS = 10.0
"""The usual responder and deterioration threshold; the analysis plan states its own."""


def compute_qlq_c30(answers: Answers) -> dict[str, Fraction | None]:
    """The 15 scales and the summary score of one form, exact, each 0..100 or missing."""
    return compute_scores(QLQ_C30, answers)
