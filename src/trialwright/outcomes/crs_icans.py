"""Cytokine release syndrome and immune effector cell-associated neurotoxicity, graded by ASTCT consensus.

Source: Lee et al., Biol Blood Marrow Transplant 2019;25:625-638, tables 2 and 5 (adults). Organ toxicities
are graded separately by CTCAE and do not move these grades.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

FEVER_CELSIUS = 38.0


class Oxygen(StrEnum):
    """How oxygen is given. Low flow is at most 6 L/min."""

    NONE = "none"
    LOW_FLOW = "low_flow_nc"
    BLOW_BY = "blow_by"
    HIGH_FLOW = "hfnc"
    FACE_MASK = "face_mask"
    NON_REBREATHER = "non_rebreather"
    VENTURI = "venturi"
    CPAP = "cpap"
    BIPAP = "bipap"
    INTUBATION = "intubation"


_OXYGEN_GRADES = {
    Oxygen.NONE: 0,
    Oxygen.LOW_FLOW: 2,
    Oxygen.BLOW_BY: 2,
    Oxygen.HIGH_FLOW: 3,
    Oxygen.FACE_MASK: 3,
    Oxygen.NON_REBREATHER: 3,
    Oxygen.VENTURI: 3,
    Oxygen.CPAP: 4,
    Oxygen.BIPAP: 4,
    Oxygen.INTUBATION: 4,
}


@dataclass(frozen=True, slots=True)
class CrsSigns:
    """The signs at one moment; each only where no other cause explains it.

    ``vasopressors`` leaves vasopressin out. ``prior_fever`` and ``treated``: fever came before, and
    antipyretic or anticytokine treatment now hides it.
    """

    temperature_celsius: float
    hypotension: bool = False
    vasopressors: int = 0
    vasopressin: bool = False
    oxygen: Oxygen = Oxygen.NONE
    prior_fever: bool = False
    treated: bool = False
    fatal: bool = False


def compute_crs_grade(signs: CrsSigns) -> int:
    """The grade, 0 (no syndrome) to 5: the worse of hypotension and hypoxia, given fever."""
    if signs.fatal:
        return 5
    fever = signs.temperature_celsius >= FEVER_CELSIUS or (signs.prior_fever and signs.treated)
    if not fever:
        return 0
    if signs.vasopressors >= 2:
        pressure = 4
    elif signs.vasopressors == 1 or signs.vasopressin:
        pressure = 3
    else:
        pressure = 2 if signs.hypotension else 0
    return max(1, pressure, _OXYGEN_GRADES[signs.oxygen])


def compute_crs_course(course: Sequence[CrsSigns]) -> list[int]:
    """The grades of successive moments, the fever and the treatment of earlier ones being remembered.

    Once fever was there and treatment given (at that moment or since), its absence no longer ends the
    syndrome.
    """
    grades: list[int] = []
    fever = treated = False
    for signs in course:
        fever = fever or signs.prior_fever or signs.temperature_celsius >= FEVER_CELSIUS
        treated = treated or signs.treated
        grades.append(compute_crs_grade(replace(signs, prior_fever=fever, treated=treated)))
    return grades


class Consciousness(StrEnum):
    """How the subject can be woken."""

    AWAKE = "awake"
    AWAKENS_SPONTANEOUSLY = "awakens_spontaneously"
    AWAKENS_TO_VOICE = "awakens_to_voice"
    AWAKENS_TO_TOUCH = "awakens_to_touch"
    UNAROUSABLE = "unarousable"


class Seizure(StrEnum):
    """Seizures: those that resolve, and those that threaten life."""

    NONE = "none"
    RESOLVES_RAPIDLY = "resolves_rapidly"
    EEG_ONLY = "eeg_only"
    PROLONGED = "prolonged_gt5min"
    REPETITIVE = "repetitive_without_return_to_baseline"


class Pressure(StrEnum):
    """Raised intracranial pressure or cerebral oedema."""

    NONE = "none"
    FOCAL_OEDEMA = "focal_edema"
    DIFFUSE_OEDEMA = "diffuse_edema"
    POSTURING = "posturing"
    SIXTH_NERVE_PALSY = "cranial_nerve_vi_palsy"
    PAPILLOEDEMA = "papilledema"
    CUSHING_TRIAD = "cushing_triad"


_CONSCIOUSNESS_GRADES = {level: grade for grade, level in enumerate(Consciousness)}
_SEIZURE_GRADES = {
    Seizure.NONE: 0,
    Seizure.RESOLVES_RAPIDLY: 3,
    Seizure.EEG_ONLY: 3,
    Seizure.PROLONGED: 4,
    Seizure.REPETITIVE: 4,
}


@dataclass(frozen=True, slots=True)
class IcansSigns:
    """The signs at one moment; each only where no other cause explains it.

    ``ice`` is the ICE score, 0 to 10 (``None``: could not be asked). ``tremor`` and
    ``intracranial_haemorrhage`` are recorded but do not enter the grade.
    """

    ice: int | None = 10
    consciousness: Consciousness = Consciousness.AWAKE
    seizure: Seizure = Seizure.NONE
    deep_focal_weakness: bool = False
    pressure: Pressure = Pressure.NONE
    tremor: bool = False
    intracranial_haemorrhage: bool = False
    fatal: bool = False


def compute_ice_score(
    orientation: int, naming: int, command: bool, writing: bool, counting: bool
) -> int | None:
    """The ICE score: orientation 0 to 4, naming 0 to 3, one point each for the rest; ``None`` out of
    range.
    """
    if not (0 <= orientation <= 4 and 0 <= naming <= 3):
        return None
    return orientation + naming + command + writing + counting


def _grade_ice(ice: int | None) -> int:
    if ice is None or ice >= 10:
        return 0
    if ice >= 7:
        return 1
    return 2 if ice >= 3 else 3


def compute_icans_grade(signs: IcansSigns) -> int:
    """The grade, 0 to 5: the worst domain. An ICE score of 0 is grade 3, or 4 when unarousable."""
    if signs.fatal:
        return 5
    pressure = {Pressure.NONE: 0, Pressure.FOCAL_OEDEMA: 3}.get(signs.pressure, 4)
    return max(
        _grade_ice(signs.ice),
        _CONSCIOUSNESS_GRADES[signs.consciousness],
        _SEIZURE_GRADES[signs.seizure],
        4 if signs.deep_focal_weakness else 0,
        pressure,
    )
