"""A ledger in memory: decisions are folded as the store would, and nothing else is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from trialwright.study.load import load_study, study_hash
from trialwright.study.model.study import Study
from trialwright.trial.administration import AdoptStudy, OpenSite, decide_adoption, decide_site_opening
from trialwright.trial.allocation import Allocate, allocation_event, decide_allocation
from trialwright.trial.cells.bedside import (
    Administer,
    StartInfusion,
    VerifyAtBedside,
    decide_administration,
    decide_bedside_check,
    decide_infusion_start,
)
from trialwright.trial.cells.collection import (
    MoveMaterial,
    RecordCollection,
    decide_collection,
    decide_material_move,
)
from trialwright.trial.cells.custody import MoveContainer, decide_container_move
from trialwright.trial.cells.manufacture import (
    FillContainers,
    NewContainer,
    StartBatch,
    decide_batch_start,
    decide_filling,
)
from trialwright.trial.cells.release import (
    RecordReleaseTest,
    ReleaseBatch,
    decide_release,
    decide_release_test,
)
from trialwright.trial.enrolment import (
    RecordConsent,
    RegisterSubject,
    decide_consent,
    decide_registration,
)
from trialwright.trial.events import Actor, Decision, Event, Kind, Recorded
from trialwright.trial.form_marks import SignForm, decide_signature
from trialwright.trial.forms import SaveForm, decide_save_form
from trialwright.trial.screening import ConfirmEligibility, decide_confirm_eligibility
from trialwright.trial.study_state import StudyState, evolve_study
from trialwright.trial.subject import SubjectState, evolve_subject

STUDY_FOLDER = Path(__file__).parent.parent / "data/studies/cells"
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

INVESTIGATOR = Actor("ines", "investigator", "east")
NURSE = Actor("nora", "nurse", "east")
OTHER_NURSE = Actor("nils", "nurse", "east")
WEST_NURSE = Actor("wanda", "nurse", "west")
STUDENT = Actor("stan", "student", "east")
LABORATORY = Actor("lena", "laboratory")
OTHER_LABORATORY = Actor("lars", "laboratory")
QUALITY = Actor("quinn", "quality")
MONITOR = Actor("mona", "monitor")
DATA_MANAGER = Actor("dan", "data_manager")
OTHER_DATA_MANAGER = Actor("dora", "data_manager")
STATISTICIAN = Actor("stella", "statistician")
SAFETY_OFFICER = Actor("saul", "safety_officer")
ADMINISTRATOR = Actor("ada", "administrator")
PEOPLE = (
    INVESTIGATOR,
    NURSE,
    OTHER_NURSE,
    WEST_NURSE,
    STUDENT,
    LABORATORY,
    OTHER_LABORATORY,
    QUALITY,
    MONITOR,
    DATA_MANAGER,
    OTHER_DATA_MANAGER,
    STATISTICIAN,
    SAFETY_OFFICER,
    ADMINISTRATOR,
)

SCREENING: dict[str, dict[str, Any]] = {
    "demographics": {
        "collected_on": {"value": "2026-03-02"},
        "birth_date": {"value": "1970-05-17"},
        "sex": {"value": "F"},
    },
    "disease": {"collected_on": {"value": "2026-03-02"}, "her2": {"value": "3"}},
    "laboratory": {
        "collected_on": {"value": "2026-03-02"},
        "creatinine": {"value": "1.0", "unit": "mg/dL", "upper": "1.2"},
        "alt": {"value": "30", "unit": "U/L", "upper": "40"},
    },
    "attestations": {
        "collected_on": {"value": "2026-03-02"},
        "judged_fit": {"value": "true"},
        "infection": {"value": "false"},
    },
}


@cache
def the_study() -> Study:
    """The study of these tests."""
    loaded = load_study(STUDY_FOLDER)
    assert loaded.study is not None, loaded.findings
    return loaded.study


def codes(decision: Any) -> list[str]:
    """The codes of the refusals, without ``TW-``."""
    return [finding.code.removeprefix("TW-") for finding in decision.refusals]


@dataclass
class Bench:
    """A study under way with at most one subject in hand."""

    study: Study = field(default_factory=the_study)
    now: datetime = BEGIN
    conduct: StudyState = None  # type: ignore[assignment]
    state: SubjectState = None  # type: ignore[assignment]
    recorded: list[Recorded] = field(default_factory=list)

    def __post_init__(self) -> None:
        version = study_hash(self.study)
        self.take(decide_adoption(None, AdoptStudy(self.study), version, ADMINISTRATOR, self.now))
        for site in self.study.sites:
            self.take(
                decide_site_opening(self.study, self.conduct, OpenSite(site.id), ADMINISTRATOR, self.now),
                ADMINISTRATOR,
            )

    def take(self, decision: Decision, actor: Actor = NURSE) -> Decision:
        """Folds what was decided; a refused decision is a failure of the test."""
        assert decision.accepted, [f"{f.code}: {f.message} {f.place}" for f in decision.refusals]
        self.fold(decision.events, actor)
        return decision

    def fold(self, events: Sequence[Event], actor: Actor = NURSE) -> None:
        """Folds events into the states."""
        for event in events:
            version = self.conduct.version if self.conduct else study_hash(self.study)
            one = Recorded(
                seq=len(self.recorded) + 1,
                event=event,
                study=self.study.id,
                study_version=version,
                recorded_at=self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                actor=actor.user,
                role=actor.role,
                site=actor.site,
            )
            self.recorded.append(one)
            self.conduct = evolve_study(self.conduct, one)
            if event.kind is Kind.SUBJECT_REGISTERED:
                self.state = evolve_subject(None, one)
            elif event.subject:
                self.state = evolve_subject(self.state, one)

    def wait(self, **span: float) -> Bench:
        """Lets time pass."""
        self.now += timedelta(**span)
        return self

    # the way in

    def register(self) -> Bench:
        """The next subject of the site east."""
        self.take(decide_registration(self.study, self.conduct, RegisterSubject("east"), NURSE, self.now))
        return self

    def consent(self) -> Bench:
        """Consent to version 1."""
        self.take(
            decide_consent(self.study, self.state, RecordConsent(self.state.subject, "1"), NURSE, self.now)
        )
        return self

    def save(
        self, visit: str, form: str, document: dict[str, Any], actor: Actor = NURSE, **more: Any
    ) -> Decision:
        """The decision about saving a form, not folded."""
        command = SaveForm(self.state.subject, visit, form, document, **more)
        return decide_save_form(self.study, self.state, command, actor, self.now)

    def screen(self, **changed: dict[str, Any]) -> Bench:
        """All screening forms, with answers changed by form."""
        for form, document in SCREENING.items():
            self.take(self.save("screening", form, {**document, **changed.get(form, {})}))
        return self

    def sign(self, visit: str = "screening", form: str = "attestations") -> Bench:
        """The investigator signs a form."""
        saved = self.state.form(visit, form)
        assert saved is not None
        command = SignForm(self.state.subject, visit, form, saved.version)
        self.take(decide_signature(self.study, self.state, command, INVESTIGATOR, self.now), INVESTIGATOR)
        return self

    def confirm(self) -> Decision:
        """The decision about confirming eligibility, not folded."""
        command = ConfirmEligibility(self.state.subject)
        return decide_confirm_eligibility(self.study, self.state, command, INVESTIGATOR, self.now)

    def commit_lists(self, slots: int = 8) -> Bench:
        """Every stratum has a list."""
        for stratum in ("her2_2", "her2_3"):
            payload = {"stratum": stratum, "commitment": "00", "slots": slots}
            self.fold([Event(Kind.ALLOCATION_COMMITTED, payload)], STATISTICIAN)
        return self

    def allocate(self, arm: str = "tested") -> Bench:
        """Allocated to ``arm``, as if the vault had revealed it."""
        command = Allocate(self.state.subject, f"request {self.state.subject}")
        found = decide_allocation(self.study, self.conduct, self.state, command, self.now)
        assert found.slot is not None, found.refusals
        event = allocation_event(self.study, self.state, command, found.slot, arm, self.now)
        self.fold([event], INVESTIGATOR)
        return self

    def allocated(self, arm: str = "tested") -> Bench:
        """The whole way to allocation."""
        self.commit_lists().register().consent().screen().sign()
        self.take(self.confirm(), INVESTIGATOR)
        return self.allocate(arm)

    # cells

    def collect(self, din: str = "A999926000001") -> Bench:
        """A collection, received and accepted for manufacture."""
        command = RecordCollection(self.state.subject, "mononuclear cells", din, second=INVESTIGATOR)
        chance = bytes(range(10))
        self.take(
            decide_collection(self.study, self.conduct, self.state, command, NURSE, self.now, chance), NURSE
        )
        name = list(self.state.collections)[-1]
        for to, who in (("RECEIVED_AT_MFG", LABORATORY), ("ACCEPTED", QUALITY)):
            self.move_material(name, to, who)
        return self

    def move_material(self, name: str, to: str, who: Actor, **more: Any) -> None:
        """One step of the material."""
        more = {"scanned_coi": self.state.coi, **more}
        command = MoveMaterial(self.state.subject, name, to, **more)
        self.take(decide_material_move(self.study, self.state, command, who, self.now), who)

    def start_batch(self, product: str = "killer", days: tuple[int, ...] = (6,)) -> str:
        """A batch under way; answers its id."""
        command = StartBatch(self.state.subject, product, tuple(self.state.collections), days)
        self.take(
            decide_batch_start(self.study, self.conduct, self.state, command, LABORATORY, self.now),
            LABORATORY,
        )
        return list(self.state.batches)[-1]

    def fill(self, batch: str, dose: str = "2e9", volume: str = "300") -> str:
        """The batch filled into one container a day; answers the id of the last."""
        days = self.state.batches[batch].days
        containers = tuple(NewContainer(day, dose, "{cells}", volume, "mL") for day in days)
        command = FillContainers(self.state.subject, batch, containers, OTHER_LABORATORY)
        self.take(decide_filling(self.study, self.state, command, LABORATORY, self.now), LABORATORY)
        return list(self.state.containers)[-1]

    def test(self, batch: str, test: str, result: str, unit: str = "") -> Decision:
        """A release test, folded."""
        command = RecordReleaseTest(self.state.subject, batch, test, result, unit)
        return self.take(
            decide_release_test(self.study, self.state, command, LABORATORY, self.now), LABORATORY
        )

    def pass_tests(self, batch: str, final: bool = True) -> Bench:
        """Every test that is known before release passed; with ``final`` the late one too."""
        self.test(batch, "identity", "pass")
        self.test(batch, "viability", "92", "%")
        if final:
            self.test(batch, "sterility", "pass")
        return self

    def release(self, batch: str, kind: str = "RELEASED", actor: Actor = QUALITY, **more: Any) -> Decision:
        """The decision about a release, not folded."""
        command = ReleaseBatch(self.state.subject, batch, kind, **more)  # type: ignore[arg-type]
        return decide_release(self.study, self.conduct, self.state, command, actor, self.now)

    def move(self, container: str, to: str, who: Actor = LABORATORY, **more: Any) -> Decision:
        """The decision about a container's step, not folded."""
        command = MoveContainer(self.state.subject, container, to, **{"scanned_coi": self.state.coi, **more})
        return decide_container_move(self.study, self.conduct, self.state, command, who, self.now)

    def released(self, product: str = "killer", days: tuple[int, ...] = (6,), **label: str) -> str:
        """A container of a fully tested and released batch; answers its id."""
        batch = self.start_batch(product, days)
        container = self.fill(batch, **label)
        self.pass_tests(batch)
        self.take(self.release(batch), QUALITY)
        return container

    def at_site(self, container: str) -> Bench:
        """Shipped, received and prepared at the site."""
        self.take(self.move(container, "SHIPPED_TO_SITE"), LABORATORY)
        self.take(self.move(container, "RECEIVED_AT_SITE", NURSE), NURSE)
        self.take(self.move(container, "PREPARED", NURSE), NURSE)
        return self

    def verify(self, container: str, second: Actor = OTHER_NURSE, **scans: str) -> Decision:
        """The decision about the bedside check, not folded."""
        scanned = {"scanned_container": container, "scanned_coi": self.state.coi, **scans}
        command = VerifyAtBedside(self.state.subject, container, second=second, **scanned)
        return decide_bedside_check(self.study, self.conduct, self.state, command, NURSE, self.now)

    def start(self, container: str, actor: Actor = NURSE, waived: str = "", **scans: str) -> Decision:
        """The decision about starting, not folded."""
        scanned = {"scanned_container": container, "scanned_coi": self.state.coi, **scans}
        command = StartInfusion(self.state.subject, container, waived=waived, **scanned)
        return decide_infusion_start(self.study, self.conduct, self.state, command, actor, self.now)

    def finish(self, container: str, volume: str = "300", **more: Any) -> Decision:
        """The decision about the administration, not folded."""
        command = Administer(self.state.subject, container, volume, **more)
        return decide_administration(self.study, self.state, command, NURSE, self.now)

    def give(self, product: str, day: int, **label: str) -> str:
        """Made, released, checked and given on its planned day; answers the container's id."""
        container = self.released(product, (day,), **label)
        self.at_site(container)
        self.take(self.verify(container))
        self.take(self.start(container))
        self.wait(hours=1)
        self.take(self.finish(container, label.get("volume", "300")))
        return container
