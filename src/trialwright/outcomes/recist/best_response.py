"""Best overall response, with and without confirmation; objective response; clinical benefit.

Source: RECIST 1.1, section 4.4 and table 3; house RECIST reference, section 6. The rules and their
options are those that the R package admiralonco documents for its response parameters, so that either
convention can be reproduced; names and defaults are this house's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.outcomes.progression_free import Assessment
from trialwright.outcomes.recist.responses import BEST_FIRST, Response
from trialwright.outcomes.traceability import merge_sources

PR_AFTER_CR = "PR_AFTER_CR"
"""For review: disease after a complete response is progression, or the response was never complete."""

_RESPONDING = (Response.CR, Response.PR)
_EARLY_NOT_EVALUABLE = (Response.SD, Response.NON_CR_NON_PD, Response.NED)


@dataclass(frozen=True, slots=True)
class BestResponseRules:
    """The options of best overall response; all belong in the analysis plan.

    ``start_window_days``: stable disease (and non-CR/non-PD) needs an assessment at least so many days after
    the reference date. ``confirmation_days``: the confirming assessment lies at least so many days after the
    first. ``max_not_evaluable``: so many ``NE`` may lie between the two. ``accept_stable_between``: one
    ``SD`` may lie between a partial response and its confirmation. ``missing_as_not_evaluable``: a subject
    without assessment is ``NE``, else ``MISSING``. ``stop_at_progression``: assessments after the first
    ``PD`` do not count. ``count_before_reference``: assessments before the reference date count too (they
    never make stable disease).
    """

    start_window_days: int = 42
    confirmation_days: int = 28
    max_not_evaluable: int = 1
    accept_stable_between: bool = True
    missing_as_not_evaluable: bool = True
    stop_at_progression: bool = True
    count_before_reference: bool = False


DEFAULT_RULES = BestResponseRules()


@dataclass(frozen=True, slots=True)
class ResponseHistory:
    """One subject's time-point responses, the reference date (randomisation or first dose) and new
    therapy.
    """

    subject: str
    reference_on: date
    assessments: tuple[Assessment, ...] = ()
    new_therapy_on: date | None = None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BestResponse:
    """A best overall response: ``on`` is the assessment it rests on, ``confirmed_on`` the confirming one."""

    subject: str
    response: Response
    confirmed: bool
    on: date | None = None
    confirmed_on: date | None = None
    review: tuple[str, ...] = ()
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class YesNo:
    """A yes or no with the date of the first assessment that makes it a yes."""

    subject: str
    code: str
    value: bool
    on: date | None = None
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    response: Response
    at: Assessment
    confirming: Assessment | None = None

    @property
    def rank(self) -> tuple[int, date]:
        return BEST_FIRST.index(self.response), self.at.on


def find_usable(history: ResponseHistory, rules: BestResponseRules = DEFAULT_RULES) -> list[Assessment]:
    """The assessments that count, by date: from the reference date to the first progression, before new
    therapy.
    """
    usable: list[Assessment] = []
    for assessment in sorted(history.assessments, key=lambda a: a.on):
        if history.new_therapy_on is not None and assessment.on >= history.new_therapy_on:
            break
        if assessment.on < history.reference_on and not rules.count_before_reference:
            continue
        usable.append(assessment)
        if assessment.is_progression and rules.stop_at_progression:
            break
    return usable


def _find_confirmation(
    index: int, usable: Sequence[Assessment], rules: BestResponseRules
) -> Assessment | None:
    """The assessment that confirms the CR or PR at ``index``, or ``None``.

    It is the first good enough one at least ``confirmation_days`` later; what lies between decides.
    """
    first = usable[index]
    complete = first.response == Response.CR
    good = (Response.CR,) if complete else _RESPONDING
    earliest = first.on + timedelta(days=rules.confirmation_days)
    later = usable[index + 1 :]
    found = next((k for k, a in enumerate(later) if a.on >= earliest and a.response in good), None)
    if found is None:
        return None
    period = [a.response for a in later[: found + 1]]
    stable_limit = 1 if rules.accept_stable_between else 0
    allowed = (*good, Response.NE) if complete else (*good, Response.NE, Response.SD)
    if any(response not in allowed for response in period):
        return None
    if period.count(Response.NE) > rules.max_not_evaluable or period.count(Response.SD) > stable_limit:
        return None
    if not complete and Response.CR in period and Response.PR in period[period.index(Response.CR) :]:
        return None
    return later[found]


def _find_candidates(
    usable: Sequence[Assessment], opens_on: date, rules: BestResponseRules, confirmed: bool
) -> list[_Candidate]:
    """Every response that some assessment qualifies for."""
    found: list[_Candidate] = []
    for index, assessment in enumerate(usable):
        response = Response(assessment.response)
        in_window = assessment.on >= opens_on
        if response in _RESPONDING and confirmed:
            confirming = _find_confirmation(index, usable, rules)
            if confirming is not None:
                found.append(_Candidate(response, assessment, confirming))
            found.append(_Candidate(Response.SD if in_window else Response.NE, assessment))
        elif response in _EARLY_NOT_EVALUABLE and not in_window:
            found.append(_Candidate(Response.NE, assessment))
        elif response in BEST_FIRST:
            found.append(_Candidate(response, assessment))
    return found


def find_review_flags(usable: Sequence[Assessment]) -> tuple[str, ...]:
    """Flags for review: a partial response or stable disease after a complete response."""
    seen_complete = False
    for assessment in usable:
        if seen_complete and assessment.response in (Response.PR, Response.SD):
            return (PR_AFTER_CR,)
        seen_complete = seen_complete or assessment.response == Response.CR
    return ()


def compute_best_response(
    history: ResponseHistory, rules: BestResponseRules = DEFAULT_RULES, *, confirmed: bool = False
) -> BestResponse:
    """The best overall response of one subject; of equal responses the first by date.

    With ``confirmed``, a CR or PR counts as such only when confirmed; otherwise it counts as stable
    disease, or as not evaluable before the window of stable disease opens.
    """
    usable = find_usable(history, rules)
    opens_on = history.reference_on + timedelta(days=rules.start_window_days)
    candidates = _find_candidates(usable, opens_on, rules, confirmed)
    review = find_review_flags(usable)
    if not candidates:
        nothing = Response.NE if rules.missing_as_not_evaluable else Response.MISSING
        return BestResponse(history.subject, nothing, confirmed, source_ids=history.source_ids)
    best = min(candidates, key=lambda candidate: candidate.rank)
    extra = () if best.confirming is None else best.confirming.source_ids
    sources = merge_sources(history.source_ids, best.at.source_ids, extra)
    proof = None if best.confirming is None else best.confirming.on
    return BestResponse(history.subject, best.response, confirmed, best.at.on, proof, review, sources)


def compute_objective_response(
    history: ResponseHistory, rules: BestResponseRules = DEFAULT_RULES, *, confirmed: bool = False
) -> YesNo:
    """Whether there was a CR or PR (confirmed where asked), dated to the first that qualifies."""
    usable = find_usable(history, rules)
    code = "CONFIRMED_RESPONSE" if confirmed else "RESPONSE"
    for index, assessment in enumerate(usable):
        if assessment.response not in _RESPONDING:
            continue
        confirming = _find_confirmation(index, usable, rules) if confirmed else assessment
        if confirming is not None:
            sources = merge_sources(history.source_ids, assessment.source_ids, confirming.source_ids)
            return YesNo(history.subject, code, True, assessment.on, sources)
    return YesNo(history.subject, code, False, source_ids=history.source_ids)


def compute_clinical_benefit(
    history: ResponseHistory, rules: BestResponseRules = DEFAULT_RULES, *, confirmed: bool = False
) -> YesNo:
    """Disease control: a response, or an evaluable assessment other than PD inside the window of stable
    disease.

    Dated to the earlier of the two.
    """
    usable = find_usable(history, rules)
    opens_on = history.reference_on + timedelta(days=rules.start_window_days)
    response = compute_objective_response(history, rules, confirmed=confirmed)
    controlled = (*_RESPONDING, *_EARLY_NOT_EVALUABLE)
    steady = next((a for a in usable if a.on >= opens_on and a.response in controlled), None)
    code = "CONFIRMED_CLINICAL_BENEFIT" if confirmed else "CLINICAL_BENEFIT"
    if steady is not None and (response.on is None or steady.on < response.on):
        sources = merge_sources(history.source_ids, steady.source_ids)
        return YesNo(history.subject, code, True, steady.on, sources)
    return YesNo(history.subject, code, response.value, response.on, response.source_ids)
