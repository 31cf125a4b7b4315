"""The analysis data: what the outcomes say of every subject, at one cut of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.outcomes.adverse_events import AdverseEvent, TreatmentPeriod, derive_treatment_emergent
from trialwright.outcomes.analysis_sets import (
    AnalysisSet,
    Membership,
    SubjectFacts,
    derive_memberships,
    find_members,
)
from trialwright.outcomes.ctcae import CtcaeDictionary, read_dictionary
from trialwright.outcomes.progression_free import (
    PROGRESSION_RULES,
    AssessmentSchedule,
    ProgressionHistory,
    apply_cut,
    compute_progression_free,
)
from trialwright.outcomes.qlq_c30 import QLQ_C30
from trialwright.outcomes.quality_of_life import Form as QualityForm
from trialwright.outcomes.recist.lesions import LesionHistory
from trialwright.outcomes.recist.time_points import TimePoint, derive_time_points
from trialwright.outcomes.survival_times import (
    TimeToEvent,
    compute_death_date,
    compute_overall_survival,
)
from trialwright.study.model import Study
from trialwright.study.model.forms import Form
from trialwright.study.model.report_plan import ReportPlan
from trialwright.study.model.schedule import Visit
from trialwright.trial.subject import SubjectState

from .answers import whole_date
from .cut import derive_state_at
from .limiting import LimitingFacts, derive_limiting_facts
from .safety_events import SafetyCase, derive_safety_cases
from .subjects import (
    allocated_on,
    derive_lesion_history,
    derive_progression_history,
    derive_quality_forms,
    derive_vital_history,
)

FINAL = ReportPlan(variant="final")


@dataclass(frozen=True, slots=True)
class SubjectData:
    """One subject as the analysis sees it. The derived parts are None or empty before allocation."""

    state: SubjectState
    survival: TimeToEvent | None = None
    progression: TimeToEvent | None = None
    responses: tuple[TimePoint, ...] = ()
    quality: tuple[QualityForm, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
    emergent: tuple[AdverseEvent, ...] = ()
    history: ProgressionHistory | None = None
    lesions: LesionHistory | None = None
    cases: tuple[SafetyCase, ...] = ()
    period: TreatmentPeriod | None = None
    limiting: LimitingFacts | None = None

    @property
    def arm(self) -> str:
        """The arm by allocation; '' without one."""
        return self.state.allocation.arm if self.state.allocation else ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Every subject, and who belongs to which analysis set (subject -> arm).

    ``one_plan``: each arm has one plan of doses, against which its subjects can be measured. ``plan`` is the
    report that the data are for.
    """

    study: Study
    subjects: tuple[SubjectData, ...]
    sets: Mapping[AnalysisSet, Mapping[str, str]]
    cut_on: date
    one_plan: bool = True
    plan: ReportPlan = FINAL
    memberships: tuple[Membership, ...] = ()

    def of(self, members: AnalysisSet) -> list[SubjectData]:
        """The subjects of one analysis set."""
        return [subject for subject in self.subjects if subject.state.subject in self.sets[members]]


def derive_dataset(study: Study, states: Iterable[SubjectState], cut_on: date) -> Dataset:
    """The analysis data of all subjects as captured, with nothing after ``cut_on`` counted."""
    dictionary = read_dictionary(study.safety.ctcae_version)
    known = [(full, derive_state_at(study, full, cut_on)) for full in sorted(states, key=lambda s: s.subject)]
    subjects = tuple(
        _subject(study, state, full, dictionary, cut_on) for full, state in known if state is not None
    )
    memberships = derive_memberships([_facts(study, subject) for subject in subjects])
    sets = {members: find_members(memberships, members) for members in AnalysisSet}
    return Dataset(study, subjects, sets, cut_on, memberships=tuple(memberships))


def _subject(
    study: Study, state: SubjectState, full: SubjectState, dictionary: CtcaeDictionary, cut_on: date
) -> SubjectData:
    """``state`` is the subject at the cut, ``full`` with what is known since: evidence of life counts."""
    vital = derive_vital_history(study, full)
    if vital is None or state.allocation is None:
        return SubjectData(state)
    lesions = derive_lesion_history(study, state)
    points = derive_time_points(lesions) if lesions is not None else []
    died = compute_death_date(vital)
    progression = derive_progression_history(study, state, points, died.on if died else None)
    cases = tuple(derive_safety_cases(study, state, dictionary, cut_on))
    events = [case.event for case in cases]
    period = _treatment_period(study, state, progression)
    survival = keep_possible(compute_overall_survival(vital, cut_on=cut_on))
    return SubjectData(
        state,
        survival,
        _progression_free(study, progression, cut_on),
        tuple(points),
        tuple(derive_quality_forms(study, state, QLQ_C30)),
        tuple(events),
        tuple(derive_treatment_emergent(events, [period])),
        apply_cut(progression, cut_on) if progression is not None else None,
        lesions,
        cases,
        period,
        derive_limiting_facts(study.safety.dose_limiting, state, cases, survival),
    )


def _progression_free(study: Study, history: ProgressionHistory | None, cut_on: date) -> TimeToEvent | None:
    if history is None:
        return None
    rules = PROGRESSION_RULES[study.analysis.progression_rule]
    return keep_possible(compute_progression_free(history, rules, assessment_schedule(study), cut_on=cut_on))


def keep_possible(time: TimeToEvent | None) -> TimeToEvent | None:
    """The time, or None where the dates put its end before its start: no analysis counts days below nothing.

    The tables of survival say how many subjects are left out so; the dates are to be mended on the forms.
    """
    return time if time is not None and time.end_on >= time.start_on else None


def assessment_schedule(study: Study) -> AssessmentSchedule:
    """The planned tumour assessments of the study file, as days after allocation (day 0)."""
    visit = find_assessment_visit(study)
    if visit is None or visit.repeat is None:
        return AssessmentSchedule(())
    days = range(visit.day - 1, visit.repeat.until_day, visit.repeat.every_days)
    return AssessmentSchedule(tuple(days), max(visit.window.before_days, visit.window.after_days))


def find_assessment_visit(study: Study) -> Visit | None:
    """The repeated visit at which tumours are assessed."""
    forms = {form.id: form for form in study.forms}

    def assesses(visit: Visit) -> bool:
        return any(_records(forms.get(form)) == "tumour_assessment" for form in visit.forms)

    return next((visit for visit in study.visits if visit.repeat is not None and assesses(visit)), None)


def _records(form: Form | None) -> str:
    return form.records if form is not None else ""


def _treatment_period(
    study: Study, state: SubjectState, history: ProgressionHistory | None
) -> TreatmentPeriod:
    given = sorted(on for dose in state.administrations if (on := whole_date(dose.given_on)) is not None)
    return TreatmentPeriod(
        state.subject,
        given[0] if given else None,
        given[-1] if given else None,
        history.new_therapy_on if history else None,
        study.analysis.treatment_emergent_days,
    )


def _facts(study: Study, subject: SubjectData) -> SubjectFacts:
    state, start = subject.state, allocated_on(subject.state)
    forms = [form.on for form in subject.quality]
    received = {dose.product for dose in state.administrations}
    limiting = subject.limiting
    return SubjectFacts(
        state.subject,
        consented=state.consent is not None,
        allocated_arm=subject.arm,
        received_arm=find_received_arm(study, subject.arm, received),
        treated=bool(received),
        infused=bool(received),
        minimum_dose=limiting is not None and limiting.minimum_dose,
        dose_limiting=limiting is not None and limiting.toxic,
        dlt_window_completed=limiting is not None and limiting.window_completed,
        measurable_disease=subject.lesions is not None and bool(subject.lesions.targets),
        post_baseline_scan=bool(subject.responses),
        early_death_or_progression=subject.survival is not None and subject.survival.event,
        major_deviation=any(deviation.severity == "major" for deviation in state.deviations),
        baseline_questionnaire=start is not None and any(on <= start for on in forms),
        later_questionnaire=start is not None and any(on > start for on in forms),
        source_ids=(_milestone(state),),
    )


def _milestone(state: SubjectState) -> int:
    """The ledger entry that says most about who may be analysed: allocation, else what came before it."""
    for part in (state.allocation, state.screen_failure, state.consent):
        if part is not None:
            return part.seq
    return state.last_seq


def find_received_arm(study: Study, allocated: str, received: Collection[str]) -> str:
    """The arm whose products were in fact given; the allocated one where they fit it, '' where nothing was."""
    if not received:
        return ""
    own = next((arm for arm in study.arms if arm.id == allocated), None)
    if own is None or set(received) <= set(own.products):
        return allocated
    given = {arm.id: len(set(received) & set(arm.products)) for arm in study.arms}
    return max(given, key=lambda arm: (given[arm], arm == allocated))
