"""Analysis sets: who is analysed, by rule, with the reason for every membership.

Source: house analysis reference, section 1. Sets come from facts by rules; a reviewed exception replaces a
rule's answer and says who decided and why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trialwright.outcomes.traceability import merge_sources


class AnalysisSet(StrEnum):
    """The sets of the analysis plan."""

    SCREENED = "SCREENED"
    ITT = "ITT"
    MITT = "MITT"
    SAFETY = "SAFETY"
    DLT = "DLT"
    RESPONSE = "RESPONSE"
    PP = "PP"
    QOL = "QOL"


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What set membership rests on, for one subject.

    ``allocated_arm`` is the arm by randomisation (empty when not randomised); ``received_arm`` the arm whose
    treatment was in fact given (empty when none). ``treated``: any study treatment in the sense of the
    analysis plan (whether collection of cells counts is the plan's to say). ``infused``: the cell product at
    least once.
    """

    subject: str
    consented: bool = False
    allocated_arm: str = ""
    received_arm: str = ""
    treated: bool = False
    infused: bool = False
    minimum_dose: bool = False
    dose_limiting: bool = False
    dlt_window_completed: bool = False
    measurable_disease: bool = False
    post_baseline_scan: bool = False
    early_death_or_progression: bool = False
    major_deviation: bool = False
    baseline_questionnaire: bool = False
    later_questionnaire: bool = False
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedException:
    """A decision, dated and signed elsewhere, that replaces a rule's answer."""

    subject: str
    analysis_set: AnalysisSet
    member: bool
    reason: str
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """Whether a subject belongs to a set, in which arm it is analysed, and why."""

    subject: str
    analysis_set: AnalysisSet
    member: bool
    arm: str
    reason: str
    by_exception: bool = False
    source_ids: tuple[int, ...] = ()


def _screened(facts: SubjectFacts) -> str:
    return "" if facts.consented else "no consent"


def _randomised(facts: SubjectFacts) -> str:
    return "" if facts.allocated_arm else "not randomised"


def _infused(facts: SubjectFacts) -> str:
    return _randomised(facts) or ("" if facts.infused else "never infused")


def _treated(facts: SubjectFacts) -> str:
    return "" if facts.treated else "no study treatment"


def _dlt_evaluable(facts: SubjectFacts) -> str:
    if not facts.minimum_dose:
        return "less than the minimum dose"
    if facts.dose_limiting or facts.dlt_window_completed:
        return ""
    return "window not completed and no dose-limiting toxicity"


def _response_evaluable(facts: SubjectFacts) -> str:
    if not facts.allocated_arm:
        return "not randomised"
    if not facts.measurable_disease:
        return "no measurable disease at baseline"
    if facts.post_baseline_scan or facts.early_death_or_progression:
        return ""
    return "no scan after baseline and no early death or progression"


def _per_protocol(facts: SubjectFacts) -> str:
    return _randomised(facts) or ("major deviation" if facts.major_deviation else "")


def _quality_of_life(facts: SubjectFacts) -> str:
    if not facts.allocated_arm:
        return "not randomised"
    if not facts.baseline_questionnaire:
        return "no questionnaire at baseline"
    return "" if facts.later_questionnaire else "no questionnaire after baseline"


_RULES: dict[AnalysisSet, Callable[[SubjectFacts], str]] = {
    AnalysisSet.SCREENED: _screened,
    AnalysisSet.ITT: _randomised,
    AnalysisSet.MITT: _infused,
    AnalysisSet.SAFETY: _treated,
    AnalysisSet.DLT: _dlt_evaluable,
    AnalysisSet.RESPONSE: _response_evaluable,
    AnalysisSet.PP: _per_protocol,
    AnalysisSet.QOL: _quality_of_life,
}
"""Each rule answers why a subject is out; an empty answer means in."""

_BY_TREATMENT_RECEIVED = frozenset({AnalysisSet.SAFETY, AnalysisSet.DLT})


def compute_membership(facts: SubjectFacts, analysis_set: AnalysisSet) -> Membership:
    """Whether one subject belongs to one set, by the rule.

    Safety and dose-limiting toxicity are analysed by the treatment received, all else as allocated.
    """
    out = _RULES[analysis_set](facts)
    arm = facts.received_arm if analysis_set in _BY_TREATMENT_RECEIVED else facts.allocated_arm
    return Membership(facts.subject, analysis_set, not out, arm, out or "by rule", False, facts.source_ids)


def derive_memberships(
    subjects: Sequence[SubjectFacts], exceptions: Sequence[ReviewedException] = ()
) -> list[Membership]:
    """Every subject in every set; exceptions replace the rule's answer and are marked."""
    decided = {(e.subject, e.analysis_set): e for e in exceptions}
    rows: list[Membership] = []
    for facts in subjects:
        for analysis_set in AnalysisSet:
            row = compute_membership(facts, analysis_set)
            exception = decided.get((facts.subject, analysis_set))
            if exception is not None:
                sources = merge_sources(facts.source_ids, exception.source_ids)
                row = Membership(
                    row.subject, analysis_set, exception.member, row.arm, exception.reason, True, sources
                )
            rows.append(row)
    return rows


def find_members(memberships: Sequence[Membership], analysis_set: AnalysisSet) -> dict[str, str]:
    """Subject -> arm of analysis, for the members of one set."""
    return {m.subject: m.arm for m in memberships if m.member and m.analysis_set is analysis_set}
