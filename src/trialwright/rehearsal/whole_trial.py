"""Rehearsing a trial: set it up, let the agenda run to its end, say what it came to."""

from __future__ import annotations

from datetime import date

from trialwright import actions
from trialwright.design.from_study import scenario_from_study
from trialwright.rehearsal.accounts import create_people
from trialwright.rehearsal.check import check_rehearsal
from trialwright.rehearsal.hours import at_site, working_day
from trialwright.rehearsal.review import monitor
from trialwright.rehearsal.screening import invite
from trialwright.rehearsal.stage import Stage
from trialwright.rehearsal.summary import Progress, RehearsalStopped, RehearsalSummary, make_summary
from trialwright.store.account_tables import Account
from trialwright.store.ledger import read_head
from trialwright.store.projections import load_study
from trialwright.store.sources import instant_text
from trialwright.study.findings import Finding, Place, Severity, has_errors
from trialwright.study.model.study import Study
from trialwright.trial.administration import AdoptStudy, CommitAllocationList, OpenSite
from trialwright.trial.dates import earliest_date


def rehearse_trial(
    study: Study, seed: int, subjects: int | None, progress: Progress | None
) -> RehearsalSummary:
    """See :func:`trialwright.rehearsal.rehearse`."""
    stage = _prepare(study, seed, subjects, progress)
    first_at = instant_text(stage.now)
    accounts = create_people(study, stage.now)
    _set_up(stage)
    _run(stage)
    instants = first_at, instant_text(stage.now)
    return make_summary(seed, stage.tally, instants, read_head().hash, accounts)


def _prepare(study: Study, seed: int, subjects: int | None, progress: Progress | None) -> Stage:
    findings = check_rehearsal(study)
    if load_study(study.id) is not None or Account.objects.exists():
        remedy = "Choose an empty folder: a rehearsal never writes into a trial that has begun."
        message = "The data folder is in use already: by this study, or by a rehearsal that was stopped."
        findings.append(Finding("TW-REH-021", Severity.ERROR, message, remedy))
    if subjects is not None and subjects < 1:
        findings.append(Finding("TW-REH-022", Severity.ERROR, "A rehearsal needs at least one subject."))
    rehearsal, enrolment = study.rehearsal, study.design.enrolment
    if has_errors(findings) or rehearsal is None or enrolment is None:
        raise RehearsalStopped(tuple(findings))
    scenario, _ = scenario_from_study(study, rehearsal.scenario)
    if scenario is None:
        raise RehearsalStopped(tuple(findings))
    begin = at_site(study, study.sites[0].id, _first_day(rehearsal.start_on), 8.0)
    return Stage(study, rehearsal, scenario, seed, subjects or enrolment.count, begin, progress)


def _first_day(start_on: str) -> date:
    on = earliest_date(start_on)
    if on is None:
        place = Place(path=("rehearsal", "start_on"))
        message = "The start of the rehearsal is not a date."
        raise RehearsalStopped((Finding("TW-REH-023", Severity.ERROR, message, "Write 2022-01-10.", place),))
    return working_day(on)


def _set_up(stage: Stage) -> None:
    """Study, sites, allocation lists: what must stand before the first person comes."""
    manager = stage.cast.who("manage_study")
    stage.do(actions.adopt_study, manager, AdoptStudy(stage.study, simulated=True))
    for site in stage.study.sites:
        stage.do(actions.open_site, manager, OpenSite(site.id))
    holder = stage.cast.who("hold_allocation_list")
    stage.do(actions.commit_allocation_list, holder, CommitAllocationList())


def _run(stage: Stage) -> None:
    """Everything that follows, in the order of its time."""
    first_site = stage.study.sites[0].id
    stage.agenda.plan(stage.at(first_site, stage.today(first_site), 9.0), invite(stage))
    for site in stage.study.sites:
        stage.agenda.plan(stage.now, monitor(stage, site.id))
    while (following := stage.agenda.next()) is not None:
        at, process = following
        stage.advance_to(at)
        stage.agenda.go_on(process)
