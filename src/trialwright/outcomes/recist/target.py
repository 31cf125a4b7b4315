"""Target response at a time point: sum of diameters, nadir, change, response and why.

Source: RECIST 1.1, section 4.3; house RECIST reference, section 3. In this order: progression when the
sum is at least 5 mm and at least 20 % above the nadir (nadir 0: the 5 mm alone), also when the measured
lesions alone show it; not evaluable when a target is; complete when every non-nodal target is gone and
every node below 10 mm; partial when the sum is at least 30 % below baseline; else stable. The nadir is
the smallest complete sum so far, baseline included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from trialwright.outcomes.recist.lesions import NORMAL_NODE_MM, Lesion, Reading, State
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.traceability import merge_sources

PROGRESSION_MM = Decimal(5)
PROGRESSION_SHARE = Fraction(20, 100)
PARTIAL_SHARE = Fraction(30, 100)

AFTER_CR_NOT_CR = "AFTER_CR_NOT_CR"
"""For review: disease again after a complete response, without the sum showing progression."""


@dataclass(frozen=True, slots=True)
class TargetResult:
    """The target lesions at one time point.

    ``sum_mm`` adds what could be measured (``None`` when nothing could); ``complete`` says whether that
    was every target. Shares are exact fractions of baseline and nadir (-3/10 is a fall of 30 %); they are
    missing where the sum is incomplete or the nadir is 0. ``progression_on`` is the earliest scan that by
    itself, or with the scans before it, shows progression. ``why`` is for people who may see the
    subject's values.
    """

    response: Response
    sum_mm: Decimal | None
    complete: bool
    baseline_mm: Decimal | None
    nadir_before_mm: Decimal | None
    change_from_nadir_mm: Decimal | None = None
    share_from_baseline: Fraction | None = None
    share_from_nadir: Fraction | None = None
    progression_on: date | None = None
    review: tuple[str, ...] = ()
    why: str = ""
    source_ids: tuple[int, ...] = ()

    @property
    def percent_from_baseline(self) -> float | None:
        """Change from baseline in percent."""
        return None if self.share_from_baseline is None else float(100 * self.share_from_baseline)

    @property
    def percent_from_nadir(self) -> float | None:
        """Change from the nadir in percent."""
        return None if self.share_from_nadir is None else float(100 * self.share_from_nadir)


def compute_sum(readings: Sequence[Reading]) -> tuple[Decimal | None, bool]:
    """The sum in millimetres of what could be measured, and whether that was every reading."""
    values = [reading.value_mm for reading in readings]
    known = [value for value in values if value is not None]
    return (sum(known, Decimal(0)) if known else None), len(known) == len(values)


def compute_share(now_mm: Decimal, then_mm: Decimal) -> Fraction | None:
    """The exact relative change; ``None`` when the reference is 0."""
    return None if then_mm == 0 else Fraction(now_mm) / Fraction(then_mm) - 1


def compute_progressed(sum_mm: Decimal, nadir_mm: Decimal) -> bool:
    """Whether a sum is progression against a nadir: at least +5 mm and at least +20 % (nadir 0: +5 mm
    alone).
    """
    share = compute_share(sum_mm, nadir_mm)
    return sum_mm - nadir_mm >= PROGRESSION_MM and (share is None or share >= PROGRESSION_SHARE)


def _is_gone(lesion: Lesion, reading: Reading) -> bool:
    value = reading.value_mm
    if value is None:
        return False
    return value < NORMAL_NODE_MM if lesion.nodal else value == 0


def _find_progression_date(readings: Sequence[Reading], nadir_mm: Decimal) -> date | None:
    """The first scan date by which the lesions seen so far show progression."""
    dated = sorted((r for r in readings if r.on is not None), key=lambda r: r.on or date.max)
    for reading in dated:
        seen, _ = compute_sum([r for r in dated if r.on is not None and reading.on and r.on <= reading.on])
        if seen is not None and compute_progressed(seen, nadir_mm):
            return reading.on
    return None


def _say_percent(share: Fraction) -> str:
    return f"{abs(float(100 * share)):.1f} %"


def _explain(response: Response, sum_mm: Decimal, base_mm: Decimal, nadir_mm: Decimal) -> str:
    """One sentence on why the response is what it is."""
    if response is Response.PD:
        share = compute_share(sum_mm, nadir_mm)
        relative = "" if share is None else f" ({_say_percent(share)})"
        return f"The sum of {sum_mm} mm is {sum_mm - nadir_mm} mm{relative} above the nadir of {nadir_mm} mm."
    if response is Response.CR:
        return "Every target lesion is gone, and every target node is below 10 mm."
    share = compute_share(sum_mm, base_mm) or Fraction(0)
    side = "below" if share < 0 else "above"
    against = f"The sum of {sum_mm} mm is {_say_percent(share)} {side} the baseline of {base_mm} mm"
    if response is Response.PR:
        return f"{against}: at least 30 % less."
    rise = sum_mm - nadir_mm
    away = "at" if rise == 0 else f"{abs(rise)} mm {'above' if rise > 0 else 'below'}"
    return f"{against} and {away} the nadir: neither partial response nor progression."


def compute_target_result(
    lesions: Sequence[Lesion],
    readings: Sequence[Reading],
    baseline_mm: Decimal | None,
    nadir_mm: Decimal | None,
    was_complete: bool = False,
) -> TargetResult:
    """The target response of one assessment.

    ``readings`` holds one reading a target; a target without one is not evaluable. Without targets the
    response is ``NA``; without a complete baseline (``baseline_mm`` ``None``) it is ``NE``.
    ``was_complete``: whether the response was complete before, for the review flag.
    """
    if not lesions:
        return TargetResult(Response.NA, None, True, None, None, why="There is no target lesion.")
    by_lesion = {reading.lesion: reading for reading in readings}
    missing = State.NOT_EVALUABLE
    own = [by_lesion.get(lesion.lesion, Reading(lesion.lesion, missing)) for lesion in lesions]
    sum_mm, complete = compute_sum(own)
    sources = merge_sources(*(reading.source_ids for reading in own))
    if baseline_mm is None or nadir_mm is None or sum_mm is None:
        why = "No target was evaluable." if sum_mm is None else "The baseline sum is not complete."
        return TargetResult(Response.NE, sum_mm, complete, baseline_mm, nadir_mm, why=why, source_ids=sources)
    progressed = compute_progressed(sum_mm, nadir_mm)
    if progressed:
        response = Response.PD
    elif not complete:
        response = Response.NE
    elif all(_is_gone(lesion, reading) for lesion, reading in zip(lesions, own, strict=True)):
        response = Response.CR
    elif (compute_share(sum_mm, baseline_mm) or Fraction(0)) <= -PARTIAL_SHARE:
        response = Response.PR
    else:
        response = Response.SD
    unseen = response is Response.NE
    flagged = was_complete and response in (Response.PR, Response.SD)
    return TargetResult(
        response,
        sum_mm,
        complete,
        baseline_mm,
        nadir_mm,
        sum_mm - nadir_mm,
        compute_share(sum_mm, baseline_mm) if complete else None,
        compute_share(sum_mm, nadir_mm) if complete or progressed else None,
        _find_progression_date(own, nadir_mm) if progressed else None,
        (AFTER_CR_NOT_CR,) if flagged else (),
        "A target lesion was not evaluable." if unseen else _explain(response, sum_mm, baseline_mm, nadir_mm),
        sources,
    )


def compute_target_responses(
    lesions: Sequence[Lesion], baseline: Sequence[Reading], visits: Sequence[Sequence[Reading]]
) -> list[TargetResult]:
    """The target responses of successive assessments, with the nadir carried along."""
    known = {reading.lesion for reading in baseline}
    base_mm, whole = compute_sum(baseline)
    whole = whole and all(lesion.lesion in known for lesion in lesions)
    base_mm = base_mm if whole else None
    base_sources = merge_sources(*(reading.source_ids for reading in baseline))
    nadir_mm, nadir_sources, was_complete = base_mm, base_sources, False
    results: list[TargetResult] = []
    for readings in visits:
        result = compute_target_result(lesions, readings, base_mm, nadir_mm, was_complete)
        used = merge_sources(result.source_ids, base_sources, nadir_sources)
        results.append(replace(result, source_ids=used))
        was_complete = was_complete or result.response is Response.CR
        sum_mm = result.sum_mm if result.complete else None
        if sum_mm is not None and nadir_mm is not None and sum_mm < nadir_mm:
            nadir_mm, nadir_sources = sum_mm, result.source_ids
    return results


def compute_carried_responses(
    responses: Sequence[Response], dates: Sequence[date] | None = None, confirm_min_days: int | None = None
) -> list[Response]:
    """The EORTC convention: once partial, a stable sum is reported as partial until progression.

    With ``confirm_min_days`` the partial response must first have been confirmed: a later ``PR`` or ``CR`` at
    least so many days after it (``dates`` are then needed). Other responses are left as they are.
    """
    carried: list[Response] = []
    first: int | None = None
    holding = False
    for index, response in enumerate(responses):
        if response is Response.PD:
            first, holding = None, False
        elif response in (Response.PR, Response.CR):
            first = index if first is None else first
            gap = None if dates is None else (dates[index] - dates[first]).days
            holding = holding or confirm_min_days is None or (gap is not None and gap >= confirm_min_days)
        elif response is Response.SD and not holding:
            first = None
        carried.append(Response.PR if holding and response is Response.SD else response)
    return carried
