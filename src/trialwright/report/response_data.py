"""What the response sections rest on: each subject's best response, response and control, both ways of counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.progression_free import ProgressionHistory
from trialwright.outcomes.recist.best_response import (
    BestResponse,
    BestResponseRules,
    ResponseHistory,
    YesNo,
    compute_best_response,
    compute_objective_response,
)
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.traceability import merge_sources
from trialwright.study.model.products import Arm
from trialwright.study.model.response_plan import ResponsePlan

from .dataset import Dataset, SubjectData

CONTROLLED = (Response.CR, Response.PR, Response.SD, Response.NON_CR_NON_PD, Response.NED)
RESPONDED = (Response.CR, Response.PR)


@dataclass(frozen=True, slots=True)
class SubjectResponse:
    """One allocated subject's responses. The mappings are by whether confirmation was asked for."""

    data: SubjectData
    history: ProgressionHistory
    best: Mapping[bool, BestResponse]
    objective: Mapping[bool, YesNo]

    @property
    def subject(self) -> str:
        """The pseudonym."""
        return self.data.state.subject

    @property
    def sources(self) -> tuple[int, ...]:
        """The ledger entries behind the responses: allocation and every assessment that counted."""
        return merge_sources(*(best.source_ids for best in self.best.values()))


def response_rules(plan: ResponsePlan) -> BestResponseRules:
    """The plan as the outcomes take it. Who was never assessed is told apart from who was not evaluable."""
    return BestResponseRules(
        start_window_days=plan.stable_days,
        confirmation_days=plan.confirmation_days,
        max_not_evaluable=plan.max_not_evaluable,
        accept_stable_between=plan.accept_stable_between,
        missing_as_not_evaluable=False,
    )


def derive_subject_responses(data: Dataset, arm: Arm) -> list[SubjectResponse]:
    """The responses of every subject of an arm, assessed or not, in the order of their pseudonyms."""
    rules = response_rules(data.study.analysis.response)
    return [
        derive_subject_response(subject, subject.history, rules)
        for subject in data.of(AnalysisSet.ITT)
        if subject.arm == arm.id and subject.history is not None
    ]


def derive_subject_response(
    subject: SubjectData, history: ProgressionHistory, rules: BestResponseRules
) -> SubjectResponse:
    """The responses of one allocated subject."""
    seen = ResponseHistory(
        history.subject,
        history.start_on,
        tuple(point.as_assessment() for point in subject.responses),
        history.new_therapy_on,
        history.source_ids,
    )
    best = {way: compute_best_response(seen, rules, confirmed=way) for way in (False, True)}
    objective = {way: compute_objective_response(seen, rules, confirmed=way) for way in (False, True)}
    # A count of those who did not respond rests on every assessment of theirs, not on the best one alone.
    every = merge_sources(history.source_ids, *(point.source_ids for point in subject.responses))
    whole = {way: replace(found, source_ids=every) for way, found in best.items()}
    return SubjectResponse(subject, history, whole, objective)


def count_of(rows: Sequence[SubjectResponse], confirmed: bool, wanted: Sequence[Response]) -> int:
    """How many subjects have one of the wanted best responses."""
    return sum(row.best[confirmed].response in wanted for row in rows)


def way_in_words(confirmed: bool) -> str:
    """The way of counting, as a heading or a part of a sentence."""
    return "with confirmation" if confirmed else "without confirmation"
