"""Whatever stands in a file, the derivations answer with rows and findings and never fall over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialwright.outcomes.files.columns import FileShape
from trialwright.outcomes.files.lesions_file import LESIONS, derive_time_point_rows
from trialwright.outcomes.files.questionnaire_file import LONG, derive_score_rows
from trialwright.outcomes.files.responses_file import REFERENCE, RESPONSES, derive_best_response_rows
from trialwright.outcomes.files.sdtm_events import derive_safety_tables
from trialwright.outcomes.files.sdtm_lesions import derive_tidy_lesions
from trialwright.outcomes.files.sdtm_survival import SurvivalOptions, derive_survival_rows
from trialwright.outcomes.progression_free import AssessmentSchedule

cells = st.one_of(
    st.sampled_from(["", "A", "B", "Y", "N", "TARGET", "NEW", "NON-TARGET", "CR", "PR", "PD", "SD", "NE"]),
    st.sampled_from(
        ["2024-01-01", "2024-02-12", "2024-02", "2024", "2024-02-30", "12", "-3", "1e999", "NaN", "cm"]
    ),
    st.sampled_from(
        ["RANDOMIZED", "DEATH", "OVRLRESP", "LDIAM", "SAXIS", "TUMSTATE", "T1", "ABSENT", "PRESENT"]
    ),
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(-5, 300),
    st.just(date(2024, 3, 1)),
    st.just(datetime(2024, 3, 1, 12)),  # noqa: DTZ001
    st.text(max_size=4),
)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


DATES = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(str)
SUBJECTS = st.sampled_from(["A", "B"])
LIKELY = {
    "subject": SUBJECTS,
    "USUBJID": SUBJECTS,
    "response": st.sampled_from(["CR", "PR", "SD", "NE", "PD", "NON-CR/NON-PD"]),
    "RSSTRESC": st.sampled_from(["CR", "PR", "SD", "NE", "PD"]),
    "RSTESTCD": st.just("OVRLRESP"),
    "RSEVAL": st.just("INVESTIGATOR"),
    "DSDECOD": st.sampled_from(["RANDOMIZED", "RANDOMIZED", "DEATH"]),
    "CMCAT": st.just("ANTI-CANCER THERAPY"),
    "DTHFL": st.sampled_from(["", "Y"]),
    "parameter": st.sampled_from(["OVR", "OVR", "OVR", "PD"]),
    "analysed": st.just("Y"),
    "role": st.sampled_from(["TARGET", "TARGET", "NON-TARGET", "NEW"]),
    "TUSTRESC": st.sampled_from(["TARGET", "NON-TARGET", "NEW"]),
    "lesion": st.sampled_from(["T1", "T2", "N1"]),
    "TULNKID": st.sampled_from(["T1", "N1"]),
    "TRLNKID": st.sampled_from(["T1", "N1"]),
    "TRTESTCD": st.sampled_from(["LDIAM", "SAXIS", "TUMSTATE"]),
    "value": st.sampled_from(["10", "30.5", "TSTM", "ABSENT", "PRESENT", "PD", "NE", "1", "4"]),
    "TRSTRESC": st.sampled_from(["10", "30.5", "ABSENT", "PRESENT"]),
    "unit": st.sampled_from(["", "mm", "cm"]),
    "AETOXGR": st.sampled_from(["1", "3", "5", ""]),
    "item": st.sampled_from(["1", "EOR0130", "q29"]),
}


def cell(name: str) -> Any:
    """Mostly what belongs in the column, sometimes anything."""
    known = LIKELY.get(name, DATES if name.endswith("DTC") or "date" in name else None)
    return cells if known is None else st.one_of(known, known, known, known, cells)


def rows_of(*names: str) -> Any:
    return st.lists(st.fixed_dictionaries({name: cell(name) for name in names}), max_size=8)


def columns(shape: FileShape) -> list[str]:
    return [column.name for column in shape.columns]


@QUIET
@given(rows_of(*columns(RESPONSES)), rows_of(*columns(REFERENCE)))
def test_any_responses(responses: Any, reference: Any) -> None:
    derived = derive_best_response_rows(responses, reference)
    assert len(derived.rows) <= len(reference)
    assert all(finding.remedy for finding in derived.findings)


@QUIET
@given(rows_of(*columns(LESIONS)))
def test_any_lesions(rows: Any) -> None:
    derived = derive_time_point_rows(rows, with_immune=True)
    assert all(finding.remedy for finding in derived.findings)


@QUIET
@given(
    rows_of("USUBJID", "TULNKID", "TUSTRESC", "TULOC"),
    rows_of("USUBJID", "TRLNKID", "TRTESTCD", "TRSTRESC", "TRSTAT", "TRDTC", "VISIT", "TREVAL"),
)
def test_any_tumour_domains(tu: Any, tr: Any) -> None:
    tidy = derive_tidy_lesions(tu, tr)
    assert len(tidy.rows) <= len(tr)
    derive_time_point_rows(tidy.rows)


@QUIET
@given(rows_of(*columns(LONG)), rows_of("subject", "visit", "date", "q1", "q2", "q30"))
def test_any_questionnaire(long: Any, wide: Any) -> None:
    for rows in (long, wide):
        derived = derive_score_rows(rows, with_change=True)
        values = [row[scale] for row in derived.rows for scale in ("QL", "PF", "RF")]
        assert all(value is None or 0 <= value <= 100 for value in values)


@QUIET
@given(
    rows_of("USUBJID", "ARM", "RFSTDTC", "DTHDTC", "DTHFL"),
    rows_of("USUBJID", "DSDECOD", "DSSTDTC"),
    rows_of("USUBJID", "RSTESTCD", "RSSTRESC", "RSDTC", "RSEVAL"),
    rows_of("USUBJID", "CMCAT", "CMSTDTC"),
    rows_of("USUBJID", "VSDTC"),
)
def test_any_domains_for_survival(dm: Any, ds: Any, rs: Any, cm: Any, vs: Any) -> None:
    domains = {"DM": dm, "DS": ds, "RS": rs, "CM": cm, "VS": vs}
    derived = derive_survival_rows(domains, SurvivalOptions(AssessmentSchedule.every(42, 420)))
    assert all(int(str(row["days"])) >= 1 for row in derived.rows)


@QUIET
@given(
    rows_of("USUBJID", "ARM"),
    rows_of("USUBJID", "EXSTDTC", "EXENDTC", "EXDOSE"),
    rows_of("USUBJID", "AEDECOD", "AEBODSYS", "AETOXGR", "AESTDTC", "AEENDTC", "AESER"),
)
def test_any_domains_for_safety(dm: Any, ex: Any, ae: Any) -> None:
    tables = derive_safety_tables({"DM": dm, "EX": ex, "AE": ae})
    assert all(0 <= int(str(row["subjects"])) <= int(str(row["at_risk"])) for row in tables.overview)
