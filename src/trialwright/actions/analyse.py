"""Analysing: the report of a study at a cut of its ledger. Reads only; the same cut gives the same
report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.actions.unit import study_of_version
from trialwright.report.build import Progress, build_report
from trialwright.report.model import Report, Stamp
from trialwright.store.faults import refuse
from trialwright.store.ledger import SOFTWARE, read, read_head
from trialwright.store.ledger_tables import LedgerEntry
from trialwright.study.model import Study
from trialwright.study.model.report_plan import Variant
from trialwright.trial.study_state import StudyState, evolve_study
from trialwright.trial.subject import SubjectState, evolve_subject


@dataclass(frozen=True, slots=True)
class Cut:
    """A study as it stood at ledger entry ``seq``: its conduct and every subject's state."""

    study: Study
    conduct: StudyState
    subjects: tuple[SubjectState, ...]
    seq: int
    hash: str
    last_recorded_on: date


def take_cut(study_id: str, until: int | None = None) -> Cut:
    """Fold the ledger up to entry ``until`` (all of it without one), independent of the projections."""
    conduct: StudyState | None = None
    subjects: dict[str, SubjectState] = {}
    seq, recorded_at = 0, ""
    last = read_head().seq if until is None else until
    for recorded in read(study_id, until=last):
        conduct = evolve_study(conduct, recorded)
        name = recorded.event.subject
        if name:
            subjects[name] = evolve_subject(subjects.get(name), recorded)
        seq, recorded_at = recorded.seq, recorded.recorded_at
    if conduct is None:
        remedy = "Name a study of this ledger; `trialwright doctor` shows where the data are."
        raise refuse("080", f"The ledger knows no study `{study_id}`.", remedy, study_id)
    study = study_of_version(study_id, conduct.version)
    states = tuple(subjects[name] for name in sorted(subjects))
    head = LedgerEntry.objects.values_list("hash", flat=True).get(seq=seq)
    return Cut(study, conduct, states, seq, head, date.fromisoformat(recorded_at[:10]))


def analyse(
    study_id: str,
    *,
    as_of: date | None = None,
    until: int | None = None,
    variant: Variant = "final",
    by_arm: bool = True,
    progress: Progress | None = None,
) -> Report:
    """One report of the study's plan at a cut, with the arms apart or, without ``by_arm``, together.

    ``until`` is the last ledger entry that counts, ``as_of`` the last date: what happened later is not
    counted, also when it is known. Without one, the date is that of the last entry.
    """
    cut = take_cut(study_id, until)
    on = as_of or cut.last_recorded_on
    stamp = Stamp(
        study=study_id,
        study_version=cut.conduct.version,
        protocol_version=cut.study.version,
        ledger_head=cut.hash,
        cut_seq=cut.seq,
        cut_on=on.isoformat(),
        software=SOFTWARE,
        simulated=cut.conduct.simulated,
    )
    return build_report(cut.study, cut.subjects, stamp, on, progress, variant=variant, by_arm=by_arm)
