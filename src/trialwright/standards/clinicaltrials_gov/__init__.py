"""ClinicalTrials.gov: reading records in every form, drafts of studies, checks, deadlines and export."""

from .checks import CHECKS, Judgement, check_record, judge_record
from .convert import convert_records
from .deadlines import compute_deadlines
from .draft_yaml import render_study_file
from .duty import Duty, State
from .export import export_record
from .facts import RecordFacts
from .from_study import render_protocol_section, render_record
from .outcome_words import OutcomeReading, check_outcomes, derive_outcome_readings
from .read import Reading, iterate_sources, parse_records, read_records
from .record import Record
from .status import DisplayStatus, compute_display_status
from .to_study import Draft, derive_draft
from .validate import check_schema

__all__ = [
    "CHECKS",
    "DisplayStatus",
    "Draft",
    "Duty",
    "Judgement",
    "OutcomeReading",
    "Reading",
    "Record",
    "RecordFacts",
    "State",
    "check_outcomes",
    "check_record",
    "check_schema",
    "compute_deadlines",
    "compute_display_status",
    "convert_records",
    "derive_draft",
    "derive_outcome_readings",
    "export_record",
    "iterate_sources",
    "judge_record",
    "parse_records",
    "read_records",
    "render_protocol_section",
    "render_record",
    "render_study_file",
]
