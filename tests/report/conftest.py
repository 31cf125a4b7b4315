"""A trial of twelve subjects, written down by hand as captured states, for the report."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialwright.report.build import build_report
from trialwright.report.model import Report, Stamp
from trialwright.study.load import load_study
from trialwright.study.model import Study
from trialwright.trial.cells.records import Administration
from trialwright.trial.records import Allocation, Consent, FormState, ScreenFailure, form_key
from trialwright.trial.subject import SubjectState

ROOT = Path(__file__).parents[2]
START = date(2024, 1, 1)
CUT = date(2026, 6, 1)

SUBJECTS: tuple[tuple[str, int, int | None, int | None], ...] = (
    # arm, day of allocation after START, day of progression, day of death (study days, None = not seen)
    ("pik_her2_arm", 0, 127, 300),
    ("dc_pmat_arm", 10, 85, 200),
    ("dc_pmat_arm", 20, 43, 120),
    ("pik_her2_arm", 30, None, None),
    ("pik_her2_arm", 40, 211, 420),
    ("dc_pmat_arm", 50, 127, 260),
    ("dc_pmat_arm", 60, None, 90),
    ("pik_her2_arm", 70, 169, None),
    ("pik_her2_arm", 80, 43, 180),
    ("dc_pmat_arm", 90, 169, 380),
)


def answers(**values: Any) -> dict[str, Any]:
    """A document: every value as it would be entered."""
    return {
        name: value if isinstance(value, dict) else {"value": str(value)} for name, value in values.items()
    }


class Hand:
    """Writes states with running ledger sequences."""

    def __init__(self, study: Study) -> None:
        self.study = study
        self.seq = 0

    def next(self) -> int:
        self.seq += 1
        return self.seq

    def form(self, visit: str, form: str, on: date, repeat: int = 1, **values: Any) -> FormState:
        seq = self.next()
        document = answers(collected_on=on.isoformat(), **values)
        return FormState(
            visit=visit,
            form=form,
            repeat=repeat,
            version=1,
            state="complete",
            document=document,
            occurred_on=on.isoformat(),
            study_version="v",
            seq=seq,
            seqs=(seq,),
        )

    def scan(self, visit: str, on: date, millimetres: int, new: bool = False) -> FormState:
        lesion = {
            "lesion": "L1",
            "role": "target",
            "organ": "liver",
            "finding": "measured",
            "diameter": millimetres,
        }
        rows = [{name: {"value": str(value)} for name, value in lesion.items()}]
        if new:
            other = {"lesion": "N1", "role": "new", "organ": "lung", "finding": "present"}
            rows.append({name: {"value": value} for name, value in other.items()})
        return self.form(visit, "tumour_assessment", on, method="ct", lesions={"rows": rows})

    def failed(self, number: int) -> SubjectState:
        return SubjectState(
            study=self.study.id,
            subject=f"S01-{number:03d}",
            site="ehbh",
            registered_on=START.isoformat(),
            consent=Consent(version="1", given_on=START.isoformat(), versions=("1",), seq=self.next()),
            screen_failure=ScreenFailure(
                criteria=("i6",), words="", failed_on=START.isoformat(), seq=self.next()
            ),
            last_seq=self.seq,
        )

    def subject(
        self, number: int, arm: str, begin: int, progression: int | None, death: int | None
    ) -> SubjectState:
        day_one = START + timedelta(days=begin)
        given_on = (day_one - timedelta(days=9)).isoformat()
        consent = Consent(version="1", given_on=given_on, versions=("1",), seq=self.next())
        forms = self.screening(number, day_one - timedelta(days=5))
        on = day_one.isoformat()
        allocation = Allocation(
            arm=arm, stratum="ALL", slot=number, allocated_on=on, allocated_at="", seq=self.next()
        )
        last = min(death or 732, 732)
        forms += self.assessments(day_one, last, progression)
        forms += [self.end(day_one, death), self.event(number, day_one + timedelta(days=21))]
        days = [day for day in (19, 20, 21) if day < last]
        doses = [self.dose(number, arm, day, day_one + timedelta(days=day - 1)) for day in days]
        return SubjectState(
            study=self.study.id,
            subject=f"S01-{number:03d}",
            site="ehbh",
            registered_on=given_on,
            consent=consent,
            allocation=allocation,
            forms={form_key(f.visit, f.form, f.repeat): f for f in forms},
            coi=f"COI-{number}",
            administrations=tuple(doses),
            last_seq=self.seq,
        )

    def screening(self, number: int, on: date) -> list[FormState]:
        born = f"{1960 + number}-05-04"
        return [
            self.form("screening", "demographics", on, birth_date=born, sex="MF"[number % 2]),
            self.form("screening", "performance_status", on, ecog=str(number % 3)),
            self.form(
                "screening", "disease_status", on, primary_site="stomach", her2_ihc="3", previous_lines="1"
            ),
            self.scan("screening", on, 50),
            self.quality("screening", on, 3),
        ]

    def assessments(self, day_one: date, last: int, progression: int | None) -> list[FormState]:
        forms: list[FormState] = []
        for count, day in enumerate((43 + 42 * n for n in range(17)), start=1):
            if day >= last or (progression is not None and day > progression):
                break
            on = day_one + timedelta(days=day - 1)
            forms.append(self.scan(f"assessment_{count}", on, 70 if day == progression else 50 - count))
            forms.append(self.quality(f"assessment_{count}", on, 3 if count % 2 else 4))
        return forms

    def end(self, day_one: date, death: int | None) -> FormState:
        on = day_one + timedelta(days=(death or 729) - 1)
        if death is None:
            return self.form("survival_8", "survival_contact", on, alive="true", known_alive_on=on)
        return self.form("log", "death", on, died_on=on.isoformat(), cause="disease")

    def event(self, number: int, on: date) -> FormState:
        return self.form(
            "log",
            "adverse_event",
            on,
            term="Fever",
            ctcae_term="Fever",
            started_on=on,
            grade="3" if number % 4 == 0 else "1",
            serious="false",
            related_to_vaccine="no",
            related_to_t_cells="probable",
            outcome="recovered",
        )

    def quality(self, visit: str, on: date, level: int) -> FormState:
        items = {f"q{n}": 2 for n in range(1, 29)} | {"q29": level, "q30": level + 1}
        return self.form(visit, "qlq_c30", on, **items)

    def dose(self, number: int, arm: str, day: int, on: date) -> Administration:
        t_cells = next(p for p in self.study.products_of(arm) if 21 in p.days)
        product = t_cells.id if day == 21 else "dc"
        return Administration(
            container=f"C{number}-{day}",
            batch=f"B{number}",
            product=product,
            coi=f"COI-{number}",
            cycle=1,
            planned_day=day,
            given_on=on.isoformat(),
            given_at="",
            ended_at="",
            dose="3e9" if day == 21 else "1e7",
            dose_unit="{cells}",
            volume="1",
            volume_unit="mL",
            by="nurse",
            witness="investigator",
            seq=self.next(),
        )


@pytest.fixture(scope="session")
def study() -> Study:
    found = load_study(ROOT / "studies/nct02632201").study
    assert found is not None
    return found


@pytest.fixture(scope="session")
def states(study: Study) -> list[SubjectState]:
    hand = Hand(study)
    made = [hand.subject(number, *facts) for number, facts in enumerate(SUBJECTS, start=1)]
    return [*made, hand.failed(11), hand.failed(12)]


STAMP = Stamp(
    "nct02632201", "v" * 64, "1.0", "a" * 64, 400, CUT.isoformat(), "trialwright test", simulated=True
)


@pytest.fixture(scope="session")
def report(study: Study, states: list[SubjectState]) -> Report:
    return build_report(study, states, STAMP, CUT)
