"""Enrolment of a scenario as stretches of one rate: even, as stated, or added up from the sites."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario, SiteAccrual

Periods = tuple[tuple[float, float], ...]
"""(months, subjects a month), one after the other."""

NEVER = 1e9
TOLERANCE = 0.02
"""Rates that bring this share fewer or more subjects than are planned are worth a word."""


def make_accrual(
    study: Study, scenario: Scenario, subjects: int, place: Place
) -> tuple[Periods, list[Finding]]:
    """The stretches of enrolment, and what is wrong with them."""
    if scenario.accrual_by_site:
        return _of_sites(study, scenario, subjects, place)
    if scenario.accrual_months is not None:
        return ((scenario.accrual_months, subjects / scenario.accrual_months),), []
    periods = tuple((period.months, period.subjects_per_month) for period in scenario.accrual)
    brought = sum(months * rate for months, rate in periods)
    if abs(brought - subjects) <= TOLERANCE * subjects:
        return periods, []
    by_chance = scenario.arrivals == "random"
    consequence = "they come when they come" if by_chance else "exactly all of them come in that time"
    message = (
        f"Scenario `{scenario.id}`: the accrual periods bring {brought:.0f} subjects on average, {subjects} are "
        f"planned; {consequence}."
    )
    remedy = "Change the rates or the months so that they bring the planned number, if that was meant."
    return periods, [Finding("TW-DES-017", Severity.INFO, message, remedy, place)]


@dataclass(slots=True)
class _OpenSite:
    """A site while it is stepped through time."""

    plan: SiteAccrual
    enrolled: float = 0.0

    def rate(self, at: float) -> float:
        """Subjects a month just after ``at``."""
        since = at - self.plan.opens_at_month
        if since < 0 or self.enrolled >= self._most - 1e-9:
            return 0.0
        if self.plan.subjects_per_month is not None:
            return self.plan.subjects_per_month
        for period in self.plan.accrual:
            if since < period.months - 1e-9:
                return period.subjects_per_month
            since -= period.months
        return 0.0

    def next_change(self, at: float) -> float:
        """The next time after ``at`` when the rate changes by the calendar or because the site is full."""
        times = [self.plan.opens_at_month]
        for period in self.plan.accrual:
            times.append(times[-1] + period.months)
        rate = self.rate(at)
        full = at + (self._most - self.enrolled) / rate if rate > 0 else NEVER
        return min([time for time in times if time > at + 1e-9] + [full])

    @property
    def _most(self) -> float:
        return NEVER if self.plan.most_subjects is None else float(self.plan.most_subjects)


def _of_sites(study: Study, scenario: Scenario, subjects: int, place: Place) -> tuple[Periods, list[Finding]]:
    """Step from change to change until the planned number is in; a cap of a site acts on its mean."""
    sites = [_OpenSite(plan) for plan in scenario.accrual_by_site]
    periods, at, enrolled = list[tuple[float, float]](), 0.0, 0.0
    while enrolled < subjects - 1e-9:
        rate = sum(site.rate(at) for site in sites)
        change = min(site.next_change(at) for site in sites)
        until = min(change, at + (subjects - enrolled) / rate) if rate > 0 else change
        if until >= NEVER:
            return (), [_never_enrolled(scenario, subjects, enrolled, place)]
        for site in sites:
            site.enrolled += site.rate(at) * (until - at)
        enrolled += rate * (until - at)
        periods.append((until - at, rate))
        at = until
    known = {site.id for site in study.sites}
    return tuple(periods), [
        _unknown_site(scenario, s.plan.site, place) for s in sites if s.plan.site not in known
    ]


def _never_enrolled(scenario: Scenario, subjects: int, enrolled: float, place: Place) -> Finding:
    message = (
        f"Scenario `{scenario.id}`: the sites bring {enrolled:.0f} of {subjects} subjects and then no more."
    )
    remedy = "Raise `most_subjects` of a site, lengthen its `accrual`, or add a site."
    return Finding("TW-DES-018", Severity.ERROR, message, remedy, place)


def _unknown_site(scenario: Scenario, site: str, place: Place) -> Finding:
    message = f"Scenario `{scenario.id}` lets site `{site}` enrol, which the study does not name."
    return Finding("TW-DES-019", Severity.WARNING, message, "Add it to `sites`, or correct its id.", place)
