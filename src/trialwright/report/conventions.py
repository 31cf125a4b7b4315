"""The conventions of a report: every choice that changes a number, with what this study chose.

The page docs/reference/conventions.md lists the same topics with the other possible choices; a test holds the two
together.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.study.model import Study

from .quality_model import UNSTRUCTURED_VISITS

Convention = tuple[str, str]
"""A topic, and what holds in the report."""


def list_conventions(study: Study) -> tuple[Convention, ...]:
    """The choices that change numbers, by topic, in the order of the report."""
    parts = (_times(study), _survival(study), _response(study), _quality(), _safety(study), _tables())
    return tuple(convention for part in parts for convention in part)


def render_conventions(study: Study) -> tuple[str, ...]:
    """The same as sentences, for the end of every document."""
    return tuple(f"{topic}: {words}" for topic, words in list_conventions(study))


def _times(study: Study) -> Iterator[Convention]:
    analysis = study.analysis
    yield (
        "Days and months",
        (f"the day of allocation is day 1; a month is {1 / analysis.months_per_day:.4f} days."),
    )
    yield (
        "Data cut",
        (
            "what is dated after the cut is not counted; a subject known to be alive after it is censored at it."
        ),
    )
    yield (
        "Partial dates",
        (
            "a missing day becomes the 15th, a missing month the 1st of July, never before the last proof of life."
        ),
    )
    yield (
        "Overall survival",
        (
            "from allocation to death of any cause; else censored on the last date known alive, of all dated traces."
        ),
    )
    yield (
        "Progression-free survival",
        (
            f"by the rule {analysis.progression_rule}; progression is computed from the lesions by RECIST 1.1, not "
            "taken as stated."
        ),
    )


def _survival(study: Study) -> Iterator[Convention]:
    analysis = study.analysis
    level = f"{analysis.confidence_level:.0%}"
    yield (
        "Survival curve",
        (
            f"Kaplan-Meier, Greenwood's variance, {level} intervals of the type {analysis.survival_interval}, by point."
        ),
    )
    yield (
        "Median survival",
        (
            "where the curve is one half over a stretch, the middle of the stretch; interval of Brookmeyer and Crowley "
            "from the same band; NE where it is not reached."
        ),
    )
    yield "Near ties of times", "times that differ by rounding only, 1.5e-8 or less, are one time."
    yield "Log-rank test", "two-sided, hypergeometric variance, no continuity correction."
    yield (
        "Hazard ratio",
        (
            f"Cox model, {analysis.ties.capitalize()} ties, Wald {level} interval, model-based variance; not estimable "
            "where the arms separate."
        ),
    )
    yield "Restricted mean", "area under the curve to the horizon that the plan names; Wald interval."
    yield (
        "Subgroups",
        "one Cox model a level; ratios of hazard ratios with Wald intervals, no interaction test; not adjusted.",
    )
    yield "Multiplicity", "p-values are not adjusted unless a table says so."


def _response(study: Study) -> Iterator[Convention]:
    plan = study.analysis.response
    which = "confirmed" if plan.confirmed else "unconfirmed, the confirmed beside it"
    yield (
        "Response by RECIST 1.1",
        (
            "-30 % from baseline, +20 % and 5 mm from the nadir (baseline counts), limits included; exact decimals."
        ),
    )
    yield (
        "Best overall response",
        (
            f"{which}; confirmation after at least {plan.confirmation_days} days with at most "
            f"{plan.max_not_evaluable} not evaluable between, stable disease between "
            f"{'accepted' if plan.accept_stable_between else 'not accepted'}; stable disease from day "
            f"{plan.stable_days} on; to progression or new therapy."
        ),
    )
    yield (
        "Response rates",
        (
            f"of all allocated subjects, not evaluable is no response; interval {plan.interval}, difference "
            f"{plan.difference}, no continuity correction."
        ),
    )
    yield (
        "Duration of response",
        (
            "of responders, from the first response to progression or death; censored at the last adequate assessment."
        ),
    )


def _quality() -> Iterator[Convention]:
    yield "Questionnaire scores", "at least half of a scale's items answered; nothing else is imputed."
    yield (
        "Quality of life over time",
        (
            "observed change from the last form on or before allocation, t interval of those who answered; differences "
            f"by MMRM: unstructured to {UNSTRUCTURED_VISITS} visits, else or where not estimable Toeplitz, AR(1), "
            "compound symmetry; REML, Satterthwaite."
        ),
    )


def _safety(study: Study) -> Iterator[Convention]:
    days = study.analysis.treatment_emergent_days
    yield (
        "Adverse events",
        (
            f"treatment-emergent to {days} days after the last dose or to new therapy; by treatment received; a "
            f"subject once a row at the worst grade; CTCAE {study.safety.ctcae_version}."
        ),
    )
    yield (
        "Laboratory grades",
        (
            "a value on a limit has the milder grade; only what a number decides is graded; worst against baseline."
        ),
    )
    yield (
        "Stopping for toxicity",
        "posterior probability above the cut-off, not at it; beta prior of the study file.",
    )


def _tables() -> Iterator[Convention]:
    yield (
        "Analysis sets",
        "efficacy as allocated in all allocated (ITT), safety as treated; rules, no hand choice.",
    )
    yield (
        "Descriptive statistics",
        (
            "standard deviation with n - 1; median of an even number is the mean of the middle two; percentages of "
            "subjects with a value."
        ),
    )
    yield (
        "Rounding",
        "values are kept unrounded in results.json; text is rounded only when it is printed.",
    )
    yield (
        "Not estimable",
        "NE, with the reason in the number's definition; a dash where nobody can be counted.",
    )
