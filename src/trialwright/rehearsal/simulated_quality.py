"""QLQ-C30 scores of the subjects of a simulated trial, with what stays open: the rehearsal's model, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialwright.outcomes.qlq_c30 import QLQ_C30
from trialwright.outcomes.questionnaire import Direction, Scale
from trialwright.rehearsal.quality import ITEM_NOISE, VISIT_NOISE
from trialwright.study.model import Study
from trialwright.study.model.rehearsal import QualityCourse
from trialwright.study.schedule import expand_visits

Reals = NDArray[np.float64]
DAYS_PER_MONTH = 30.4375
USUAL_DAY = 183
"""Half a year: the visit nearest to it is analysed where no other is asked for."""


@dataclass(frozen=True, slots=True)
class QualityPlan:
    """The scale, the course of the latent quality, and the day whose change from baseline is analysed."""

    scale: Scale
    course: QualityCourse
    day: int


def make_quality_plan(study: Study, day: int | None = None, scale: str = "QL") -> QualityPlan | None:
    """The plan of a study that asks the QLQ-C30 and says how its rehearsed quality goes; None of any other."""
    forms = {f.id for f in study.forms if f.instrument is not None and QLQ_C30.code in f.instrument.name}
    days = sorted({v.day for v in expand_visits(study) if forms & set(v.forms) and v.day > 1})
    if not days or study.rehearsal is None or study.rehearsal.quality is None:
        return None
    wanted = USUAL_DAY if day is None else day
    return QualityPlan(
        next(one for one in QLQ_C30.scales if one.code == scale),
        study.rehearsal.quality,
        min(days, key=lambda planned: (abs(planned - wanted), planned)),
    )


def simulate_changes(
    plan: QualityPlan,
    os_months: Reals,
    pfs_months: Reals,
    progressed: NDArray[np.bool_],
    random: np.random.Generator,
) -> Reals:
    """The change from baseline of each subject at the day of the plan; not a number where there is none.

    Nobody answers after death or drop-out (``os_months``); progression (``pfs_months``, where ``progressed``) costs
    quality. Whole forms and single items stay open by chance; the scale needs half of its items.
    """
    n = os_months.size
    months = (plan.day - 1) / DAYS_PER_MONTH
    own = random.standard_normal(n)
    before = _scores(plan, own, 0.0, np.zeros(n, bool), random)
    after = _scores(plan, own, months, progressed & (pfs_months <= months), random)
    return np.where(os_months > months, after - before, np.nan)


def _scores(
    plan: QualityPlan, own: Reals, months: float, progressed: NDArray[np.bool_], random: np.random.Generator
) -> Reals:
    course, scale, n = plan.course, plan.scale, own.size
    level = course.level + course.spread * own + VISIT_NOISE * random.standard_normal(n)
    latent = np.clip(
        level - course.decline_per_month * months - course.loss_at_progression * progressed, 0.0, 1.0
    )
    items = latent[:, None] + ITEM_NOISE * random.standard_normal((n, len(scale.items)))
    better = np.clip(items, 0.0, 1.0)
    high_is_better = (scale.direction is Direction.HIGHER_BETTER) != scale.reversed
    codes = 1 + np.round((better if high_is_better else 1 - better) * scale.item_range)
    codes[random.random(codes.shape) < course.item_missing] = np.nan
    codes[random.random(n) < course.form_missing] = np.nan
    return score_items(scale, codes)


def score_items(scale: Scale, codes: Reals) -> Reals:
    """Scores from 0 to 100 of rows of item codes; not a number where fewer than half of the items were answered."""
    given = (~np.isnan(codes)).sum(axis=1)
    total = np.nansum(codes, axis=1)
    mean = np.divide(
        total, given, out=np.full(len(codes), np.nan), where=2 * given >= max(len(scale.items), 1)
    )
    share = (mean - 1) / scale.item_range
    return 100 * (1 - share) if scale.reversed else 100 * share
