"""ClinicalTrials.gov: reading records in every form, drafts of studies, checks, deadlines and export."""

from .checks import CHECKS, Judgement, check_record, judge_record
from .deadlines import compute_deadlines
from .draft_yaml import render_study_file
from .duty import Duty, State
from .export import export_record
from .facts import RecordFacts
from .from_study import render_protocol_section, render_record
from .read import Reading, iterate_sources, read_records
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
    "Reading",
    "Record",
    "RecordFacts",
    "State",
    "check_record",
    "check_schema",
    "compute_deadlines",
    "compute_display_status",
    "derive_draft",
    "export_record",
    "iterate_sources",
    "judge_record",
    "read_records",
    "render_protocol_section",
    "render_record",
    "render_study_file",
]
