"""Subjects with random courses of disease, as plain numbers and as captured states, for slow twins to recount."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from trialwright.study.model import Study
from trialwright.trial.records import Allocation, Consent, FormState, form_key
from trialwright.trial.subject import SubjectState

from .conftest import START, Hand

ARMS = ("pik_her2_arm", "dc_pmat_arm")


@dataclass(frozen=True)
class Scan:
    """A scan on a day after allocation (day 0 is that of allocation); ``mm`` None: not evaluable."""

    day: int
    mm: int | None
    new: bool = False


@dataclass(frozen=True)
class Course:
    """One subject, written down as numbers."""

    number: int
    arm: str
    base_mm: int
    scans: tuple[Scan, ...]
    therapy_day: int | None = None
    death_day: int | None = None
    contact_day: int = 728
    baseline: dict[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        return f"S01-{self.number:03d}"

    @property
    def start_on(self) -> date:
        return START + timedelta(days=self.number)

    def on(self, day: int) -> date:
        return self.start_on + timedelta(days=day)


def random_courses(count: int, seed: int) -> list[Course]:
    """Courses of every kind: early scans, missing readings, new lesions, therapies, deaths, nobody assessed."""
    rng = random.Random(seed)
    return [_random_course(number, rng) for number in range(1, count + 1)]


def _random_course(number: int, rng: random.Random) -> Course:
    base = rng.randint(15, 90)
    scans: list[Scan] = []
    size, day = float(base), 0
    death = rng.choice([None, rng.randint(20, 700)])
    for _ in range(rng.choice([0, 1, 2, 3, 5, 8, 12])):
        day += rng.choice([14, 28, 35, 42, 42, 42, 49])
        if death is not None and day >= death:
            break
        size = max(0.0, size * rng.choice([0.0, 0.5, 0.7, 0.8, 0.95, 1.0, 1.0, 1.1, 1.3]))
        mm = None if rng.random() < 0.12 else round(size)
        scans.append(Scan(day, mm, rng.random() < 0.06))
    last = 728 if death is None else death
    therapy = rng.randint(10, last) if rng.random() < 0.25 and last > 10 else None
    facts = {
        "sex": rng.choice("MF"),
        "ecog": rng.choice("0012"),
        "born": f"{rng.randint(1950, 1990)}-05-04",
        "lines": str(rng.randint(0, 4)),
    }
    if rng.random() < 0.1:
        facts.pop("sex")
    return Course(number, rng.choice(ARMS), base, tuple(scans), therapy, death, baseline=facts)


class Writer(Hand):
    """Writes courses as states."""

    def course(self, course: Course) -> SubjectState:
        before = course.on(-5)
        facts = course.baseline
        sex = {"sex": facts["sex"]} if "sex" in facts else {}
        forms = [
            self.form("screening", "demographics", before, birth_date=facts.get("born", "1965-05-04"), **sex),
            self.form("screening", "performance_status", before, ecog=facts.get("ecog", "1")),
            self.form("screening", "disease_status", before, previous_lines=facts.get("lines", "1")),
            self.reading("screening", before, Scan(-5, course.base_mm)),
        ]
        for count, scan in enumerate(course.scans, start=1):
            forms.append(self.reading(f"assessment_{count}", course.on(scan.day), scan))
        forms += self.later(course)
        consent = Consent(version="1", given_on=before.isoformat(), versions=("1",), seq=self.next())
        allocation = Allocation(
            arm=course.arm,
            stratum="ALL",
            slot=course.number,
            allocated_on=course.start_on.isoformat(),
            allocated_at="",
            seq=self.next(),
        )
        return SubjectState(
            study=self.study.id,
            subject=course.subject,
            site="ehbh",
            registered_on=before.isoformat(),
            consent=consent,
            allocation=allocation,
            forms={form_key(f.visit, f.form, f.repeat): f for f in forms},
            last_seq=self.seq,
        )

    def later(self, course: Course) -> list[FormState]:
        forms: list[FormState] = []
        if course.therapy_day is not None:
            on = course.on(course.therapy_day)
            forms.append(self.form("log", "anticancer_therapy", on, name="Other", started_on=on))
        if course.death_day is not None:
            on = course.on(course.death_day)
            return [*forms, self.form("log", "death", on, died_on=on.isoformat(), cause="disease")]
        on = course.on(course.contact_day)
        return [*forms, self.form("survival_8", "survival_contact", on, alive="true", known_alive_on=on)]

    def reading(self, visit: str, on: date, scan: Scan) -> FormState:
        finding = "not_evaluable" if scan.mm is None else "absent" if scan.mm == 0 else "measured"
        lesion = {"lesion": "L1", "role": "target", "organ": "liver", "finding": finding}
        if finding == "measured":
            lesion["diameter"] = str(scan.mm)
        rows = [{name: {"value": value} for name, value in lesion.items()}]
        if scan.new:
            other = {"lesion": "N1", "role": "new", "organ": "lung", "finding": "present"}
            rows.append({name: {"value": value} for name, value in other.items()})
        return self.form(visit, "tumour_assessment", on, method="ct", lesions={"rows": rows})


def write_states(study: Study, courses: list[Course]) -> list[SubjectState]:
    """The states of all courses, with running ledger sequences."""
    writer = Writer(study)
    return [writer.course(course) for course in courses]
