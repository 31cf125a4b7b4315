"""One seed, one ledger; and a rehearsal that is killed leaves a ledger that holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.rehearsal.conftest import SEED, SMALL

from trialwright.design.from_study import scenario_from_study
from trialwright.rehearsal import RehearsalStopped, RehearsalSummary, rehearse
from trialwright.store.ledger import read_head
from trialwright.store.open import Store, open_store
from trialwright.store.replay import replay_store
from trialwright.store.verify import verify_store
from trialwright.study.findings import Finding, Severity
from trialwright.study.model.study import Study
from trialwright.trial.enrolment import RegisterSubject
from trialwright.trial.events import Actor

PLAY = """
import sys
from pathlib import Path
from trialwright.store.open import open_store
from trialwright.study.load import load_study
from trialwright.rehearsal import rehearse
open_store(sys.argv[1])
study = load_study(Path(sys.argv[2])).study
subjects = int(sys.argv[4]) if len(sys.argv) > 4 else None
tell = lambda done, total, words: print(done, flush=True)
print(rehearse(study, seed=int(sys.argv[3]), subjects=subjects, progress=tell).head)
"""


def start(folder: Path, study: Path, *more: str) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRIALWRIGHT_")}
    command = [sys.executable, "-c", PLAY, str(folder), str(study), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)


@pytest.mark.requirement("TW-R-042")
def test_another_process_writes_the_same_ledger(
    tmp_path: Path, rehearsed: tuple[Path, RehearsalSummary]
) -> None:
    """A process of its own has other hash seeds, other passwords and another day on the wall."""
    with start(tmp_path / "again", SMALL, str(SEED)) as process:
        said, _ = process.communicate(timeout=300)
    assert said.split()[-1] == rehearsed[1].head


@pytest.mark.usefixtures("quick_passwords")
def test_another_seed_writes_another_ledger(
    store: Store, study: Study, rehearsed: tuple[Path, RehearsalSummary]
) -> None:
    assert rehearse(study, seed=SEED + 1, subjects=1).head != rehearsed[1].head


@pytest.mark.requirement("TW-R-006")
def test_killed_in_the_middle_leaves_a_ledger_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "killed"
    with start(folder, SMALL, str(SEED)) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(4)]
        process.send_signal(signal.SIGKILL)
    assert said == ["1", "2", "3", "4"]
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
    open_store(folder)
    found = verify_store()
    assert found.intact
    assert found.count > 50
    assert replay_store() == []


@pytest.mark.usefixtures("quick_passwords")
def test_a_trial_that_has_begun_is_left_alone(store: Store, study: Study) -> None:
    rehearse(study, seed=1, subjects=1)
    head = read_head()
    with pytest.raises(RehearsalStopped) as stopped:
        rehearse(study, seed=1, subjects=1)
    assert [finding.code for finding in stopped.value.findings] == ["TW-REH-021"]
    assert read_head() == head


@pytest.mark.usefixtures("quick_passwords")
def test_a_study_that_nobody_can_enter_is_said_so(store: Store, study: Study) -> None:
    plan = study.rehearsal
    answers = tuple(a.model_copy(update={"mean": 5.0}) if a.item == "hb" else a for a in plan.answers)
    changes = {"rehearsal": plan.model_copy(update={"answers": answers, "screened_per_month": 60.0})}
    with pytest.raises(RehearsalStopped) as stopped:
        rehearse(study.model_copy(update=changes), seed=1, subjects=1)
    assert [finding.code for finding in stopped.value.findings] == ["TW-REH-020"]
    assert verify_store().intact


def test_refusals_are_counted_when_expected_and_stop_when_not(study: Study) -> None:
    from trialwright.actions import Context, Outcome
    from trialwright.rehearsal.stage import Stage

    scenario, _ = scenario_from_study(study, study.rehearsal.scenario)
    stage = Stage(study, study.rehearsal, scenario, 1, 1, datetime(2024, 3, 1, 9, tzinfo=UTC))
    finding = Finding("TW-ACT-403", Severity.ERROR, "Your role may not do this.", "Ask somebody else.")

    def refuse(_context: Context, _actor: Actor, _command: RegisterSubject) -> Outcome:
        return Outcome(refusals=(finding,))

    nurse = stage.cast.who("register_subject", "east")
    stage.do(refuse, nurse, RegisterSubject("east"), "TW-ACT-403")
    assert stage.tally.refused == {"TW-ACT-403": 1}
    with pytest.raises(RehearsalStopped) as stopped:
        stage.do(refuse, nurse, RegisterSubject("east"), "TW-SUB-001")
    (said,) = stopped.value.findings
    assert said.code == "TW-ACT-403"
    assert "RegisterSubject by nurse on 2024-03-01" in said.message


@pytest.mark.usefixtures("quick_passwords")
def test_who_may_not_see_subjects_is_not_sent(store: Store, study: Study) -> None:
    """The rights of the study file say who acts: without the doctor, the nurse needs the doctor's rights."""
    given = {"doctor": ("administer",), "nurse": ("confirm_eligibility", "allocate", "sign")}
    roles = tuple(
        role.model_copy(
            update={"rights": (*(role.rights if role.id != "doctor" else ()), *given.get(role.id, ()))}
        )
        for role in study.roles
    )
    played = rehearse(study.model_copy(update={"roles": roles}), seed=1, subjects=1)
    assert "doctor" not in played.roles


@pytest.mark.slow
@pytest.mark.usefixtures("quick_passwords")
def test_the_first_study_with_a_few_subjects(store: Store, first_study: Study) -> None:
    played = rehearse(first_study, seed=1, subjects=3)
    assert played.allocated == 3
    silent = {"registry_officer"}  # no step of a subject's way is the registry officer's
    asked_for_serious_events_only = {"safety_officer"}
    acted = {role.id for role in first_study.roles} - silent - asked_for_serious_events_only
    assert acted <= set(played.roles)
    assert verify_store().intact
    assert replay_store() == []
