"""A trial for the safety part: what happened to whom stands in tables here, so that a test can count it by itself."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from trialwright.study.model import Study
from trialwright.trial.cells.records import Batch, Collection, Container, Custody
from trialwright.trial.records import Allocation, Consent, Deviation, Ending, FormState, form_key
from trialwright.trial.subject import SubjectState

from .conftest import Hand

ARMS = ("pik_her2_arm", "dc_pmat_arm")
BEGIN = date(2024, 1, 1)
CUT = date(2025, 6, 1)
TERMS = {
    "Fever": "General disorders and administration site conditions",
    "Chills": "General disorders and administration site conditions",
    "Nausea": "Gastrointestinal disorders",
    "Cytokine release syndrome": "Immune system disorders",
    "Neutrophil count decreased": "Investigations",
}
T_CELL_DAY = 21


@dataclass(frozen=True)
class Happening:
    """An adverse event as it was. Days count from the first dose of T cells (0); causes by agent."""

    term: str
    grade: int
    day: int
    lasts: int
    serious: bool
    causes: dict[str, str]
    stopped: bool = False
    ongoing: bool = False


@dataclass(frozen=True)
class Life:
    """One subject: when allocated, what happened, laboratory values by day, when followed to or dead."""

    subject: str
    arm: str
    day_one: date
    happenings: tuple[Happening, ...]
    alt: tuple[tuple[int, float], ...]
    seen_until_day: int
    died: bool
    deviations: tuple[tuple[str, str], ...] = ()
    doses: tuple[int, ...] = (19, 20, 21)
    forms: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def first_t_cells_on(self) -> date:
        return self.day_one + timedelta(days=T_CELL_DAY - 1)


def draw_lives(seed: int, number: int = 24) -> list[Life]:
    """Invented subjects, the same for the same seed."""
    rng = random.Random(seed)
    lives: list[Life] = []
    for index in range(number):
        happenings = tuple(_draw_happening(rng) for _ in range(rng.randrange(5)))
        alt = tuple((day, round(rng.lognormvariate(3.8, 1.5), 0)) for day in (-3, 20, 42, 64, 300))
        lives.append(
            Life(
                f"S01-{index + 1:03d}",
                ARMS[index % 2],
                BEGIN + timedelta(days=7 * index),
                happenings,
                alt,
                rng.choice((25, 60, 200)),
                rng.random() < 0.4,
                tuple(
                    (rng.choice(("dose", "visit_window")), rng.choice(("minor", "major")))
                    for _ in range(rng.randrange(3))
                ),
            )
        )
    return lives


def _draw_happening(rng: random.Random) -> Happening:
    grade = rng.choices((1, 2, 3, 4), weights=(4, 3, 2, 1))[0]
    term = rng.choice([term for term in TERMS if term != "Chills" or grade < 4])
    if term == "Nausea":
        grade = min(grade, 3)
    causes = {agent: rng.choice(("no", "possible", "definite")) for agent in ("dc", "t_cells")}
    serious = grade == 4 or (grade == 3 and rng.random() < 0.5)
    return Happening(
        term, grade, rng.randrange(-1, 30), rng.randrange(1, 12), serious, causes, rng.random() < 0.1
    )


def write_states(study: Study, lives: list[Life]) -> list[SubjectState]:
    """The lives as captured states."""
    hand = Hand(study)
    return [write_state(hand, life) for life in lives]


def write_state(hand: Hand, life: Life) -> SubjectState:
    number = int(life.subject[-3:])
    consent = Consent(version="1", given_on=(life.day_one - timedelta(days=9)).isoformat(), seq=hand.next())
    allocation = Allocation(
        arm=life.arm,
        stratum="ALL",
        slot=number,
        allocated_on=life.day_one.isoformat(),
        allocated_at="",
        seq=hand.next(),
    )
    doses = [hand.dose(number, life.arm, day, life.day_one + timedelta(days=day - 1)) for day in life.doses]
    forms = [_event(hand, life, happening, place) for place, happening in enumerate(life.happenings, start=1)]
    forms += [_laboratory(hand, life, day, value) for day, value in life.alt]
    last_on = life.day_one + timedelta(days=life.seen_until_day)
    if life.died:
        forms.append(hand.form("log", "death", last_on, died_on=last_on.isoformat(), cause="disease"))
    else:
        forms.append(
            hand.form("survival_1", "survival_contact", last_on, alive="true", known_alive_on=last_on)
        )
    deviations = tuple(
        Deviation(
            id=f"D{place}",
            category=category,
            severity=severity,
            text="Something.",
            occurred_on=life.first_t_cells_on.isoformat(),
            seq=hand.next(),
        )
        for place, (category, severity) in enumerate(life.deviations)
    )
    return SubjectState(
        study=hand.study.id,
        subject=life.subject,
        site="ehbh",
        registered_on=consent.given_on,
        consent=consent,
        allocation=allocation,
        forms={form_key(f.visit, f.form, f.repeat): f for f in forms},
        deviations=deviations,
        coi=f"COI-{number}",
        administrations=tuple(doses),
        last_seq=hand.seq,
    )


def _event(hand: Hand, life: Life, happening: Happening, place: int) -> FormState:
    on = life.first_t_cells_on + timedelta(days=happening.day)
    ended = {} if happening.ongoing else {"ended_on": (on + timedelta(days=happening.lasts)).isoformat()}
    graded = {"astct_grade": happening.grade} if happening.term == "Cytokine release syndrome" else {}
    return hand.form(
        "log",
        "adverse_event",
        on,
        place,
        term=happening.term,
        ctcae_term=happening.term,
        started_on=on,
        grade=happening.grade,
        serious=str(happening.serious).lower(),
        related_to_vaccine=happening.causes["dc"],
        related_to_t_cells=happening.causes["t_cells"],
        outcome="recovered",
        action="stopped" if happening.stopped else "none",
        aware_on=on + timedelta(days=1),
        **ended,
        **graded,
        **life.forms,
    )


def _laboratory(hand: Hand, life: Life, day: int, value: float) -> FormState:
    on = life.day_one + timedelta(days=day)
    cell = {"value": f"{value:g}", "unit": "U/L", "lower": "7", "upper": "40"}
    return hand.form(f"lab_{day}", "laboratory", on, alt=cell)


def ended(state: SubjectState, on: date, reason: str) -> SubjectState:
    """The same subject with the end of follow-up."""
    return state.model_copy(
        update={"follow_up_end": Ending(ended_on=on.isoformat(), reason=reason, seq=9000)}
    )


def way_of_cells(subject: str, steps: tuple[str, ...], collected_at: str, given_at: str) -> dict[str, object]:
    """A collection, a batch and one container that went through ``steps``, the last but one at ``given_at``."""
    custody = tuple(
        Custody(state=step, at=given_at, by="a", role="r", seq=100 + place, second="b")
        for place, step in enumerate(steps)
    )
    collection = Collection(
        id="C1",
        coi="COI",
        din="D",
        material="m",
        collected_at=collected_at,
        by="nurse",
        second="other",
        state="ACCEPTED",
        custody=(Custody(state="COLLECTED", at=collected_at, by="nurse", role="r", seq=90),),
        seq=90,
    )
    batch = Batch(
        id="B1",
        coi="COI",
        product="dc",
        collections=("C1",),
        state="HARVESTED",
        started_at=collected_at,
        operators=("maker",),
        days=(19,),
        filled_at=given_at,
        ended_seq=99,
        seq=91,
    )
    container = Container(
        id=f"{subject}-B1-01",
        batch="B1",
        product="dc",
        coi="COI",
        cycle=1,
        planned_day=19,
        number=1,
        of=1,
        dose="1e7",
        dose_unit="{cells}",
        volume="1",
        volume_unit="mL",
        filled_at=given_at,
        expires_at="",
        state=steps[-1],
        custody=custody,
        seq=99,
    )
    return {
        "collections": {"C1": collection},
        "batches": {"B1": batch},
        "containers": {container.id: container},
    }
