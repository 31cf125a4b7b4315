"""iRECIST: unconfirmed and confirmed progression, immune responses, progression date, best response.

Source: Seymour et al., Lancet Oncol 2017;18:e143-e152 (tables 2 and 3); EORTC RECIST questions and
clarifications; house RECIST reference, section 10. RECIST 1.1 is always recorded beside it and stays primary
unless the protocol says otherwise.

Conventions where the paper leaves room: growth that confirms is measured from the sum at the first iUPD of
the episode; a scan earlier than the confirmation interval cannot confirm, save for a further new lesion
found on a scan made for symptoms; new lesions that persist keep an iUPD unless the targets shrink further
into partial response.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from trialwright.outcomes.recist.lesions import LesionHistory, NewState, Role, State
from trialwright.outcomes.recist.overall import compute_non_target_response, compute_overall_response
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.recist.target import (
    PARTIAL_SHARE,
    PROGRESSION_MM,
    compute_progressed,
    compute_share,
    compute_target_result,
)
from trialwright.outcomes.recist.time_points import find_proven_new
from trialwright.outcomes.traceability import merge_sources


class ImmuneResponse(StrEnum):
    """The responses of iRECIST, best first (``NE`` last)."""

    ICR = "iCR"
    IPR = "iPR"
    ISD = "iSD"
    NON = "NON-iCR/NON-iUPD"
    ICPD = "iCPD"
    IUPD = "iUPD"
    NE = "NE"


class Category(StrEnum):
    """What shows progression."""

    TARGET = "target"
    NON_TARGET = "non-target"
    NEW = "new lesion"


class ProgressionStatus(StrEnum):
    """How the course ends: confirmed, unconfirmed with nothing informative since, or no progression."""

    CONFIRMED = "CONFIRMED"
    UNCONFIRMED_LAST = "UNCONFIRMED_LAST"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class ImmunePoint:
    """One assessment as the state machine needs it.

    ``sum_mm`` of the targets (``None``: not evaluable); ``targets_gone``: the criterion of complete response
    holds; ``non_target_growth``: any growth of non-target disease since iUPD, unequivocal or not;
    ``new_lesions``: how many new lesions are there; ``new_sum_mm``: the sum of the measured ones;
    ``new_growth``: growth of those that cannot be measured; ``for_symptoms``: an unscheduled scan made for
    new symptoms.
    """

    on: date
    sum_mm: Decimal | None
    targets_gone: bool = False
    non_target: Response = Response.NA
    non_target_growth: bool = False
    new_lesions: int = 0
    new_sum_mm: Decimal | None = None
    new_growth: bool = False
    for_symptoms: bool = False
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ImmuneRules:
    """``confirm_min_days``: a scan earlier than this after iUPD cannot confirm (planned at 4 to 8 weeks)."""

    confirm_min_days: int = 28


@dataclass(frozen=True, slots=True)
class ImmuneCourse:
    """The responses of the assessments, the date of progression if there was one, and the best response."""

    responses: tuple[ImmuneResponse, ...]
    status: ProgressionStatus
    progression_on: date | None
    best: ImmuneResponse
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Episode:
    """The state of one subject between assessments; ``since`` is the iUPD that waits for confirmation."""

    nadir_mm: Decimal | None
    known_new: int = 0
    since: ImmunePoint | None = None
    causes: frozenset[Category] = frozenset()
    confirmed: bool = False


def _find_categories(point: ImmunePoint, episode: _Episode) -> frozenset[Category]:
    found: set[Category] = set()
    now, nadir = point.sum_mm, episode.nadir_mm
    if now is not None and nadir is not None and compute_progressed(now, nadir):
        found.add(Category.TARGET)
    if point.non_target is Response.PD:
        found.add(Category.NON_TARGET)
    if point.new_lesions > episode.known_new:
        found.add(Category.NEW)
    return frozenset(found)


def _is_confirmed(point: ImmunePoint, since: ImmunePoint, episode: _Episode, rules: ImmuneRules) -> bool:
    """Whether this assessment confirms the iUPD of ``since``."""
    further_new = point.new_lesions > since.new_lesions
    if (point.on - since.on).days < rules.confirm_min_days:
        return further_new and point.for_symptoms
    grown = (
        Category.TARGET in episode.causes
        and point.sum_mm is not None
        and since.sum_mm is not None
        and point.sum_mm - since.sum_mm >= PROGRESSION_MM
    )
    non_target_grown = Category.NON_TARGET in episode.causes and point.non_target_growth
    other = bool((_find_categories(point, episode) - {Category.NEW}) - episode.causes)
    new_grown = point.new_growth or (
        point.new_sum_mm is not None
        and since.new_sum_mm is not None
        and point.new_sum_mm - since.new_sum_mm >= PROGRESSION_MM
    )
    return grown or non_target_grown or other or further_new or new_grown


def _find_plain(point: ImmunePoint, baseline_mm: Decimal | None) -> ImmuneResponse:
    """The response against baseline where nothing progresses; a new lesion that is still there precludes
    iCR.
    """
    if point.sum_mm is None and baseline_mm is not None:
        target = Response.NE
    elif baseline_mm is None or point.sum_mm is None:
        target = Response.NA
    elif point.targets_gone:
        target = Response.CR
    else:
        share = compute_share(point.sum_mm, baseline_mm)
        target = Response.PR if share is not None and share <= -PARTIAL_SHARE else Response.SD
    overall = compute_overall_response(target, point.non_target, False)
    if overall is Response.CR and point.new_lesions:
        overall = Response.PR if target is Response.CR else Response.NON_CR_NON_PD
    return {
        Response.CR: ImmuneResponse.ICR,
        Response.PR: ImmuneResponse.IPR,
        Response.SD: ImmuneResponse.ISD,
        Response.NON_CR_NON_PD: ImmuneResponse.NON,
    }.get(overall, ImmuneResponse.NE)


def _step(
    point: ImmunePoint, episode: _Episode, baseline_mm: Decimal | None, rules: ImmuneRules
) -> tuple[ImmuneResponse, _Episode]:
    """One assessment: its response and the state after it."""
    if episode.confirmed:
        return ImmuneResponse.ICPD, episode
    categories = _find_categories(point, episode)
    plain = _find_plain(point, baseline_mm)
    since = episode.since
    if since is None:
        if categories:
            return ImmuneResponse.IUPD, replace(episode, since=point, causes=categories)
        return plain, episode
    if _is_confirmed(point, since, episode, rules):
        return ImmuneResponse.ICPD, replace(episode, confirmed=True)
    if categories & {Category.TARGET, Category.NON_TARGET}:
        return ImmuneResponse.IUPD, episode
    if plain is ImmuneResponse.NE:
        return ImmuneResponse.NE, episode
    if point.new_lesions and Category.NEW in episode.causes:
        before, now = since.sum_mm, point.sum_mm
        shrunk = before is not None and now is not None and now < before
        if not (shrunk and plain is ImmuneResponse.IPR):
            return ImmuneResponse.IUPD, episode
    known = max(episode.known_new, point.new_lesions)
    return plain, replace(episode, since=None, causes=frozenset(), known_new=known)


def compute_best_immune(responses: Sequence[ImmuneResponse]) -> ImmuneResponse:
    """The best response up to the first iCPD; an iUPD or iCPD later does not undo an earlier response."""
    upto = list(responses)
    if ImmuneResponse.ICPD in upto:
        upto = upto[: upto.index(ImmuneResponse.ICPD) + 1]
    order = list(ImmuneResponse)
    return min(upto, key=order.index, default=ImmuneResponse.NE)


def compute_immune_course(
    baseline_mm: Decimal | None, points: Sequence[ImmunePoint], rules: ImmuneRules | None = None
) -> ImmuneCourse:
    """The course of one subject. ``baseline_mm`` is ``None`` where there is no target disease."""
    episode = _Episode(baseline_mm)
    responses: list[ImmuneResponse] = []
    for point in sorted(points, key=lambda p: p.on):
        response, episode = _step(point, episode, baseline_mm, rules or ImmuneRules())
        responses.append(response)
        low = point.sum_mm
        if low is not None and episode.nadir_mm is not None and low < episode.nadir_mm:
            episode = replace(episode, nadir_mm=low)
    status = ProgressionStatus.NONE
    if episode.since is not None:
        status = ProgressionStatus.CONFIRMED if episode.confirmed else ProgressionStatus.UNCONFIRMED_LAST
    return ImmuneCourse(
        tuple(responses),
        status,
        None if episode.since is None else episode.since.on,
        compute_best_immune(responses),
        merge_sources(*(point.source_ids for point in points)),
    )


def derive_immune_points(history: LesionHistory) -> tuple[Decimal | None, list[ImmunePoint]]:
    """The baseline sum and the points of the state machine, from one subject's lesions.

    Growth of non-target and of unmeasured new lesions is the reader's judgement and is not derived here: add
    it to the points where it was recorded.
    """
    targets = history.targets
    baseline = {r.lesion: r for r in history.baseline.targets}
    whole = bool(targets) and all(
        t.lesion in baseline and baseline[t.lesion].state is not State.NOT_EVALUABLE for t in targets
    )
    base = sum((baseline[t.lesion].value_mm or Decimal(0) for t in targets), Decimal(0)) if whole else None
    proven = find_proven_new(history.visits)
    points: list[ImmunePoint] = []
    for visit in sorted(history.visits, key=lambda v: v.on):
        result = compute_target_result(targets, visit.targets, base, base)
        new = [r for r in visit.new if r.is_seen and r.lesion in proven]
        measured = [r.mm for r in new if r.mm is not None and r.state is NewState.UNEQUIVOCAL]
        points.append(
            ImmunePoint(
                visit.on,
                result.sum_mm if result.complete else None,
                result.response is Response.CR,
                compute_non_target_response(history.non_targets, visit.non_targets, visit.markers_normal),
                new_lesions=len(new),
                new_sum_mm=sum(measured, Decimal(0)) if measured else None,
                source_ids=merge_sources(visit.source_ids, result.source_ids, *(r.source_ids for r in new)),
            )
        )
    return base, points


def list_new_targets(history: LesionHistory) -> list[str]:
    """The new lesions to measure: at most five, at most two an organ, in the order of the lesions."""
    chosen: list[str] = []
    per_organ: dict[str, int] = {}
    for lesion in history.lesions:
        if lesion.role is Role.NEW and len(chosen) < 5 and per_organ.get(lesion.organ, 0) < 2:
            chosen.append(lesion.lesion)
            per_organ[lesion.organ] = per_organ.get(lesion.organ, 0) + 1
    return chosen
