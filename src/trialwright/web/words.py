"""The words people read for the codes of the house: a glyph, a word and a tone, never a colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from trialwright.trial.events import Kind
from trialwright.trial.schedule import PlannedVisit, Standing


class Mark(NamedTuple):
    """How a state is shown. ``tone`` is a class of the style sheet: good, bad, warn, info or nothing."""

    glyph: str
    word: str
    tone: str = ""


FORM_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "empty": Mark("○", "empty"),
        "incomplete": Mark("◐", "incomplete", "warn"),
        "complete": Mark("●", "complete", "info"),
        "verified": Mark("✓", "verified", "good"),
        "signed": Mark("✎", "signed", "good"),
        "locked": Mark("■", "locked", "good"),
    }
)
STANDING_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        Standing.UPCOMING: Mark("·", "upcoming"),
        Standing.DUE: Mark("◷", "due", "warn"),
        Standing.OVERDUE: Mark("!", "late", "bad"),
        Standing.MISSED: Mark("✗", "missed", "bad"),
        Standing.INCOMPLETE: Mark("◔", "forms missing", "warn"),
        Standing.DONE: Mark("●", "done", "good"),
        Standing.NOT_EXPECTED: Mark("–", "not expected"),
    }
)
SUBJECT_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "registered": Mark("○", "registered"),
        "consented": Mark("◐", "in screening", "info"),
        "screen_failed": Mark("✗", "screen failure"),
        "eligible": Mark("✓", "eligible", "good"),
        "allocated": Mark("▸", "allocated", "good"),
        "on_treatment": Mark("▶", "on treatment", "good"),
        "in_follow_up": Mark("◷", "in follow-up", "info"),
        "completed": Mark("■", "completed"),
        "withdrawn": Mark("–", "withdrawn", "warn"),
        "lost_to_follow_up": Mark("?", "lost to follow-up", "warn"),
        "died": Mark("†", "died"),
        "off_study": Mark("–", "off study"),
    }
)
VERDICT_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "ok": Mark("✓", "met", "good"),
        "excluded": Mark("✗", "excludes", "bad"),
        "failed": Mark("✗", "not met", "bad"),
        "clear": Mark("✓", "does not apply", "good"),
        "unknown": Mark("?", "unknown", "warn"),
    }
)
QUERY_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "open": Mark("?", "open", "warn"),
        "answered": Mark("↩", "answered", "info"),
        "reopened": Mark("?", "reopened", "warn"),
        "closed": Mark("✓", "closed", "good"),
        "cancelled": Mark("–", "cancelled"),
    }
)
SEVERITY_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "error": Mark("✗", "error", "bad"),
        "warning": Mark("!", "warning", "warn"),
        "info": Mark("i", "note", "info"),
    }
)
READING_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "computed": Mark("i", "read: computed", "info"),
        "attested": Mark("✎", "read: to attest", "info"),
        "ambiguous": Mark("?", "read: ambiguous", "warn"),
    }
)
CELL_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "COLLECTED": Mark("○", "collected", "info"),
        "SHIPPED_TO_MFG": Mark("→", "on the way to manufacture", "info"),
        "RECEIVED_AT_MFG": Mark("↓", "received for manufacture", "info"),
        "ACCEPTED": Mark("✓", "accepted for manufacture", "good"),
        "MATERIAL_QUARANTINED": Mark("‖", "quarantine (material)", "warn"),
        "IN_MANUFACTURE": Mark("◐", "in manufacture", "info"),
        "MFG_FAILED": Mark("✗", "manufacture failed", "bad"),
        "HARVESTED": Mark("●", "harvested", "info"),
        "QC_PENDING": Mark("◷", "waits for release", "warn"),
        "RELEASED": Mark("✓", "released", "good"),
        "RELEASED_CONDITIONAL": Mark("✓", "released, conditional", "good"),
        "RELEASED_EXCEPTIONAL": Mark("!", "released, exceptional", "warn"),
        "OOS": Mark("✗", "out of specification", "bad"),
        "STORED": Mark("▣", "stored", "good"),
        "SHIPPED_TO_SITE": Mark("→", "on the way to the site", "info"),
        "RECEIVED_AT_SITE": Mark("↓", "at the site", "good"),
        "PREPARED": Mark("◑", "prepared", "good"),
        "BEDSIDE_VERIFIED": Mark("✓", "checked at the bedside", "good"),
        "INFUSION_STARTED": Mark("▶", "infusion running", "warn"),
        "INFUSED": Mark("●", "given", "good"),
        "INFUSED_PARTIAL": Mark("◐", "given in part", "warn"),
        "QUARANTINED": Mark("‖", "quarantine", "warn"),
        "EXPIRED": Mark("✗", "expired", "bad"),
        "REJECTED": Mark("✗", "rejected", "bad"),
        "RETURNED": Mark("←", "returned"),
        "DESTROYED": Mark("–", "destroyed"),
        "CANCELLED": Mark("–", "cancelled"),
    }
)
DUTY_MARKS: Mapping[str, Mark] = MappingProxyType(
    {
        "met": Mark("✓", "met", "good"),
        "met_late": Mark("!", "met late", "warn"),
        "due": Mark("◷", "due", "info"),
        "overdue": Mark("✗", "overdue", "bad"),
        "undecided": Mark("?", "undecided", "warn"),
    }
)
MARKS: Mapping[str, Mapping[str, Mark]] = MappingProxyType(
    {
        "form": FORM_MARKS,
        "standing": STANDING_MARKS,
        "subject": SUBJECT_MARKS,
        "verdict": VERDICT_MARKS,
        "query": QUERY_MARKS,
        "severity": SEVERITY_MARKS,
        "reading": READING_MARKS,
        "cell": CELL_MARKS,
        "duty": DUTY_MARKS,
    }
)

EVENT_WORDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.STUDY_ACTIVATED: "Study activated",
        Kind.STUDY_VERSION_ADOPTED: "Protocol version adopted",
        Kind.SITE_OPENED: "Site opened",
        Kind.SITE_CLOSED: "Site closed",
        Kind.ALLOCATION_COMMITTED: "Allocation list sealed",
        Kind.HOLD_PLACED: "Hold placed",
        Kind.HOLD_LIFTED: "Hold lifted",
        Kind.SUBJECT_REGISTERED: "Registered",
        Kind.CONSENT_GIVEN: "Consent given",
        Kind.CONSENT_WITHDRAWN: "Consent withdrawn",
        Kind.ELIGIBILITY_CONFIRMED: "Eligibility confirmed",
        Kind.SCREEN_FAILED: "Screen failure",
        Kind.SUBJECT_ALLOCATED: "Allocated",
        Kind.FORM_SAVED: "Form saved",
        Kind.FORM_CORRECTED: "Form corrected",
        Kind.FORM_VERIFIED: "Form verified",
        Kind.FORM_SIGNED: "Form signed",
        Kind.FORM_LOCKED: "Form locked",
        Kind.FORM_UNLOCKED: "Form unlocked",
        Kind.QUERY_OPENED: "Query opened",
        Kind.QUERY_ANSWERED: "Query answered",
        Kind.QUERY_CLOSED: "Query closed",
        Kind.QUERY_REOPENED: "Query reopened",
        Kind.QUERY_CANCELLED: "Query cancelled",
        Kind.DEVIATION_RECORDED: "Deviation",
        Kind.COLLECTION_RECORDED: "Starting material collected",
        Kind.MATERIAL_MOVED: "Starting material moved",
        Kind.BATCH_STARTED: "Batch started",
        Kind.BATCH_FAILED: "Batch failed",
        Kind.CONTAINERS_FILLED: "Containers filled",
        Kind.RELEASE_TEST_RECORDED: "Release test recorded",
        Kind.BATCH_RELEASED: "Batch released",
        Kind.CONTAINER_MOVED: "Container moved",
        Kind.ADMINISTRATION_RECORDED: "Cells given",
        Kind.TREATMENT_ENDED: "Treatment ended",
        Kind.FOLLOW_UP_ENDED: "Follow-up ended",
    }
)


def mark_of(kind: str, state: str) -> Mark:
    """The mark of a state of ``kind``; an unknown state shows its own name."""
    return MARKS[kind].get(state, Mark("·", spell(state)))


def mark_of_standing(planned: PlannedVisit) -> Mark:
    """How a visit stands on the calendar; one that took place says how many forms it lacks."""
    found = STANDING_MARKS[planned.standing]
    if planned.standing is Standing.INCOMPLETE:
        return Mark(found.glyph, say_lacking(planned), found.tone)
    return found


def say_lacking(planned: PlannedVisit) -> str:
    """What is still to be entered of a visit: ``2 forms missing, 1 form incomplete``."""
    states = [form.state for form in planned.forms]
    counted = ((states.count("empty"), "missing"), (states.count("incomplete"), "incomplete"))
    return ", ".join(f"{count} form{'' if count == 1 else 's'} {word}" for count, word in counted if count)


def spell(code: str) -> str:
    """A code as words: ``dose_timing`` is ``dose timing``."""
    return code.replace("_", " ").lower()
