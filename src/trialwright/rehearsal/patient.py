"""One simulated subject on the way through the trial: the latent course laid on the calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from trialwright.rehearsal.course import LatentCourse
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.tumour import TumourHistory
from trialwright.study.model.rehearsal import Rehearsal

EndReason = Literal["death", "lost", "withdrawal", "completed"]
EARLIEST_WITHDRAWAL_DAYS = 20
LATEST_WITHDRAWAL_SHARE = 0.6


@dataclass(slots=True)
class Patient:
    """A simulated subject. ``index`` keys the random numbers; ``subject`` is the pseudonym once registered.

    ``failed`` is set by a screen failure. ``day_one`` is the day of allocation, ``ends_on`` the first day
    on which nobody sees the subject any more. ``progressed_on`` is when progression was seen,
    ``treatment_over`` whether cells are no longer given.
    """

    index: int
    site: str
    subject: str = ""
    arm: str = ""
    failed: bool = False
    day_one: date = date.max
    progresses_on: date | None = None
    ends_on: date = date.max
    end_reason: EndReason = "completed"
    product_fails: bool = False
    progressed_on: date | None = None
    treatment_over: bool = False
    tumour: TumourHistory = field(default_factory=TumourHistory)

    def is_seen_on(self, on: date) -> bool:
        """Whether the subject still comes on that day."""
        return on < self.ends_on

    def is_treated_on(self, on: date) -> bool:
        """Whether cells are still given on that day."""
        return not self.treatment_over and self.is_seen_on(on)

    def has_progressed(self, on: date) -> bool:
        """Whether the disease has progressed by that day, seen or not."""
        return self.progresses_on is not None and on >= self.progresses_on

    def lay_out(self, course: LatentCourse, rehearsal: Rehearsal, seed: int) -> None:
        """Puts the course on the calendar, from day 1 on: what comes first ends the observation."""
        draws = Draws(seed, "withdrawal", self.index)
        withdraws = draws.chance(rehearsal.consent_withdrawn)
        latest = max(round(rehearsal.follow_up_days * LATEST_WITHDRAWAL_SHARE), EARLIEST_WITHDRAWAL_DAYS)
        withdrawn_after = draws.whole(EARLIEST_WITHDRAWAL_DAYS, latest)
        ends: dict[EndReason, int | None] = {
            "completed": rehearsal.follow_up_days,
            "death": course.dies_after_days,
            "lost": course.lost_after_days,
            "withdrawal": withdrawn_after if withdraws else None,
        }
        days = rehearsal.follow_up_days
        for reason, after in ends.items():
            if after is not None and after < days:
                days, self.end_reason = after, reason
        self.ends_on = self.day_one + timedelta(days=days)
        if course.progresses_after_days is not None:
            self.progresses_on = self.day_one + timedelta(days=course.progresses_after_days)
        self.product_fails = course.product_fails
