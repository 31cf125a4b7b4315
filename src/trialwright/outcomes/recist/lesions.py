"""Lesions and what was read of them at one assessment.

Source: house RECIST reference, sections 1 and 2. A measured value always beats the 5 mm that stands for a
lesion present but too small to measure; a node keeps its short axis even when that is normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

TOO_SMALL_MM = Decimal(5)
"""What stands for a target lesion that is present but too small to measure."""

LARGEST_MM = Decimal(1000)
"""No lesion is larger; a number beyond it is a slip of the unit or of the pen."""

NORMAL_NODE_MM = Decimal(10)
"""A node with a short axis below this is normal."""


class Role(StrEnum):
    """How a lesion is followed."""

    TARGET = "target"
    NON_TARGET = "non_target"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion, named once at baseline (or when it appears). ``nodal`` is fixed for its life."""

    lesion: str
    role: Role
    organ: str = ""
    nodal: bool = False
    source_ids: tuple[int, ...] = ()


class State(StrEnum):
    """What was seen of a target lesion."""

    MEASURED = "measured"
    TOO_SMALL = "too_small"
    ABSENT = "absent"
    MERGED = "merged"
    """Merged with another target, which carries the diameter of the whole mass."""
    NOT_EVALUABLE = "not_evaluable"


@dataclass(frozen=True, slots=True)
class Reading:
    """One target lesion at one assessment.

    ``mm``: longest diameter, or short axis of a node, in millimetres. ``fragments_mm``: the diameters of
    the pieces of a lesion that split; their sum is its value. ``merged_into``: the target that carries a
    merged mass.
    """

    lesion: str
    state: State
    mm: Decimal | None = None
    fragments_mm: tuple[Decimal, ...] = ()
    merged_into: str = ""
    on: date | None = None
    method: str = ""
    source_ids: tuple[int, ...] = ()

    @property
    def value_mm(self) -> Decimal | None:
        """What enters the sum, in millimetres; ``None`` when not evaluable."""
        if self.state is State.MEASURED:
            return sum(self.fragments_mm, Decimal(0)) if self.fragments_mm else self.mm
        if self.state is State.TOO_SMALL:
            return TOO_SMALL_MM
        return None if self.state is State.NOT_EVALUABLE else Decimal(0)


class NonTargetState(StrEnum):
    """What was seen of a non-target lesion or group of lesions."""

    ABSENT = "absent"
    """Gone, or a node back to a short axis below 10 mm."""
    PRESENT = "present"
    UNEQUIVOCAL_PROGRESSION = "unequivocal_progression"
    NOT_EVALUABLE = "not_evaluable"


@dataclass(frozen=True, slots=True)
class NonTargetReading:
    """One non-target lesion at one assessment."""

    lesion: str
    state: NonTargetState
    on: date | None = None
    source_ids: tuple[int, ...] = ()


class NewState(StrEnum):
    """How sure the reader is of a lesion that was not there at baseline."""

    UNEQUIVOCAL = "unequivocal"
    EQUIVOCAL = "equivocal"
    ABSENT = "absent"
    NOT_EVALUABLE = "not_evaluable"


@dataclass(frozen=True, slots=True)
class NewReading:
    """One new lesion at one assessment. A node counts as new only from a short axis of 10 mm."""

    lesion: str
    state: NewState
    nodal: bool = False
    mm: Decimal | None = None
    on: date | None = None
    source_ids: tuple[int, ...] = ()

    @property
    def is_seen(self) -> bool:
        """Whether it is there at all, surely or not."""
        small_node = self.nodal and self.mm is not None and self.mm < NORMAL_NODE_MM
        return self.state in (NewState.UNEQUIVOCAL, NewState.EQUIVOCAL) and not small_node


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything read at one assessment. ``on`` stands in for readings without a date of their own."""

    visit: str
    on: date
    targets: tuple[Reading, ...] = ()
    non_targets: tuple[NonTargetReading, ...] = ()
    new: tuple[NewReading, ...] = ()
    markers_normal: bool | None = None
    """Tumour markers, where they are followed: ``None`` when they are not."""
    source_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LesionHistory:
    """One subject's lesions, the baseline assessment and the assessments since."""

    subject: str
    lesions: tuple[Lesion, ...]
    baseline: Visit
    visits: tuple[Visit, ...] = ()
    source_ids: tuple[int, ...] = ()

    @property
    def targets(self) -> tuple[Lesion, ...]:
        """The target lesions."""
        return tuple(lesion for lesion in self.lesions if lesion.role is Role.TARGET)

    @property
    def non_targets(self) -> tuple[Lesion, ...]:
        """The non-target lesions."""
        return tuple(lesion for lesion in self.lesions if lesion.role is Role.NON_TARGET)


_CODES = {
    "TSTM": State.TOO_SMALL,
    "TOO SMALL TO MEASURE": State.TOO_SMALL,
    "ABSENT": State.ABSENT,
    "NE": State.NOT_EVALUABLE,
    "NOT EVALUABLE": State.NOT_EVALUABLE,
    "MERGED": State.MERGED,
}


def compute_decimals(mm: Decimal) -> int:
    """How many decimal places a number has, trailing zeros apart; 0 for a whole one."""
    exponent = mm.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def parse_reading(lesion: str, text: str, *, on: date | None = None, method: str = "") -> Reading | None:
    """A reading from what a form or file holds: a number of millimetres or a code.

    Codes: ``TSTM`` (too small to measure), ``ABSENT``, ``NE`` (not evaluable), ``MERGED``. ``None`` for
    anything else, for a negative number and for one beyond a metre.
    """
    cleaned = text.strip().upper()
    state = _CODES.get(cleaned)
    if state is not None:
        return Reading(lesion, state, on=on, method=method)
    try:
        mm = Decimal(cleaned)
    except InvalidOperation:
        return None
    if not mm.is_finite() or not 0 <= mm <= LARGEST_MM:
        return None
    return Reading(lesion, State.MEASURED, mm, on=on, method=method)
