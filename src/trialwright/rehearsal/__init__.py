"""The rehearsal: simulated subjects go through the whole trial by the actions that people use."""

from __future__ import annotations

from trialwright.rehearsal.summary import Progress, RehearsalStopped, RehearsalSummary
from trialwright.study.model.study import Study

__all__ = ["Progress", "RehearsalStopped", "RehearsalSummary", "rehearse"]


def rehearse(
    study: Study, *, seed: int, subjects: int | None = None, progress: Progress | None = None
) -> RehearsalSummary:
    """Lets ``subjects`` simulated people (the planned number without it) go through the whole trial.

    Works on the opened store, which must not know the study yet: the study is adopted as simulated, for
    ever. The same study, seed and number give the same ledger, hash for hash. Raises RehearsalStopped with
    findings when the study cannot be rehearsed or an action refuses what the script did not expect.
    """
    # The actions can be imported only once a store was opened; the pure part of this room needs none.
    from trialwright.rehearsal.whole_trial import rehearse_trial

    return rehearse_trial(study, seed, subjects, progress)
