"""SDTM's tumour domains TU and TR to the tidy lesion rows.

TU names and places every lesion; TR holds what was read of it. Longest diameters (LDIAM, DIAMETER) and short
axes (SAXIS, which make the lesion nodal) are sizes; TUMSTATE and LNSTATE are states. A size beats a state of
the same lesion and visit.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.outcomes.files.columns import (
    Column,
    FileShape,
    Row,
    Sheet,
    choose_evaluator,
    lacks_columns,
    open_sheet,
)
from trialwright.outcomes.traceability import Derived
from trialwright.study.findings import Severity

TU = FileShape(
    "SDTM TU",
    (
        Column("subject", "Identifier of the subject.", ("USUBJID",), True),
        Column("lesion", "Link between TU and TR.", ("TULNKID",), True),
        Column("role", "TARGET, NON-TARGET or NEW.", ("TUSTRESC", "TUORRES"), True),
        Column("organ", "Location.", ("TULOC",)),
    ),
)
TR = FileShape(
    "SDTM TR",
    (
        Column("subject", "Identifier of the subject.", ("USUBJID",), True),
        Column("lesion", "Link between TU and TR.", ("TRLNKID",), True),
        Column("test", "Test code.", ("TRTESTCD",), True),
        Column("number", "Numeric result in the standard unit.", ("TRSTRESN",)),
        Column("text", "Result as text.", ("TRSTRESC", "TRORRES"), True),
        Column("unit", "Unit of the result.", ("TRSTRESU", "TRORRESU")),
        Column("status", "NOT DONE where it was not read.", ("TRSTAT",)),
        Column("visit", "Visit.", ("VISIT",)),
        Column("date", "Date of the scan.", ("TRDTC",), True),
        Column("baseline", "Baseline flag.", ("TRLOBXFL", "TRBLFL")),
        Column("method", "Method.", ("TRMETHOD",)),
        Column("evaluator", "Who read the scan.", ("TREVAL",)),
    ),
)

_SIZES = frozenset({"LDIAM", "DIAMETER", "SAXIS"})
_STATES = frozenset({"TUMSTATE", "LNSTATE"})


def _text_of(sheet: Sheet, row: int) -> str:
    if sheet.text(row, "status").upper() == "NOT DONE":
        return "NE"
    number = sheet.text(row, "number")
    return number if number else sheet.text(row, "text")


def derive_tidy_lesions(
    tu: Sequence[Row], tr: Sequence[Row], *, evaluator: str = ""
) -> Derived[dict[str, object]]:
    """Rows for the lesion derivation from TU and TR; other tests of TR (sums, counts) are left out.

    ``evaluator``: use only the readings of that evaluator; needed where several read the same scans.
    """
    places = open_sheet("TU", TU, tu)
    readings = open_sheet("TR", TR, tr)
    if lacks_columns(places) or lacks_columns(readings):
        return Derived((), (*places.findings, *readings.findings))
    known = {
        (places.text(i, "subject"), places.text(i, "lesion")): (
            places.text(i, "role"),
            places.text(i, "organ"),
        )
        for i in range(len(tu))
        if places.text(i, "lesion")
    }
    evaluator = choose_evaluator(readings, evaluator)
    chosen: dict[tuple[str, str, str, str], tuple[bool, dict[str, object]]] = {}
    nodal: set[tuple[str, str]] = set()
    for row in range(len(tr)):
        test = readings.text(row, "test").upper()
        if test not in _SIZES | _STATES or (evaluator and readings.text(row, "evaluator") != evaluator):
            continue
        key = (readings.text(row, "subject"), readings.text(row, "lesion"))
        if key not in known:
            message, remedy = "TU does not hold this lesion.", "Add it to TU, or correct the link."
            readings.report("TW-TAB-050", Severity.ERROR, row, "lesion", message, remedy)
            continue
        if test == "SAXIS":
            nodal.add(key)
        role, organ = known[key]
        tidy: dict[str, object] = {
            "subject": key[0],
            "lesion": key[1],
            "role": role,
            "organ": organ,
            "value": _text_of(readings, row),
            "unit": readings.text(row, "unit"),
            "visit": readings.text(row, "visit"),
            "date": readings.value(row, "date"),
            "baseline": readings.text(row, "baseline"),
            "method": readings.text(row, "method"),
        }
        place = (*key, str(tidy["visit"]), str(tidy["date"]))
        is_size = test in _SIZES
        if place not in chosen or (is_size and not chosen[place][0]):
            chosen[place] = (is_size, tidy)
        elif chosen[place][0] == is_size:
            message, remedy = "The lesion was read twice at this visit.", "Choose one evaluator."
            readings.report("TW-TAB-051", Severity.ERROR, row, "lesion", message, remedy)
    rows = tuple(
        tidy | {"nodal": "Y" if (key[0], key[1]) in nodal else "N"} for key, (_, tidy) in chosen.items()
    )
    return Derived(rows, (*places.findings, *readings.findings))
