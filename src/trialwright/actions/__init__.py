"""What people do, one verb a file; the only door that writes."""

from trialwright.actions.administer import administer
from trialwright.actions.adopt_study import adopt_study
from trialwright.actions.allocate import allocate
from trialwright.actions.answer_query import answer_query
from trialwright.actions.cancel_query import cancel_query
from trialwright.actions.close_query import close_query
from trialwright.actions.close_site import close_site
from trialwright.actions.commit_allocation_list import commit_allocation_list
from trialwright.actions.confirm_eligibility import confirm_eligibility
from trialwright.actions.context import Context, Outcome, batch
from trialwright.actions.end_follow_up import end_follow_up
from trialwright.actions.end_treatment import end_treatment
from trialwright.actions.fail_batch import fail_batch
from trialwright.actions.fill_containers import fill_containers
from trialwright.actions.lift_hold import lift_hold
from trialwright.actions.lock_form import lock_form
from trialwright.actions.move_container import move_container
from trialwright.actions.move_material import move_material
from trialwright.actions.open_query import open_query
from trialwright.actions.open_site import open_site
from trialwright.actions.place_hold import place_hold
from trialwright.actions.record_collection import record_collection
from trialwright.actions.record_consent import record_consent
from trialwright.actions.record_deviation import record_deviation
from trialwright.actions.record_identity import record_identity
from trialwright.actions.record_release_test import record_release_test
from trialwright.actions.record_screen_failure import record_screen_failure
from trialwright.actions.register_subject import register_subject
from trialwright.actions.release_batch import release_batch
from trialwright.actions.reopen_query import reopen_query
from trialwright.actions.save_form import save_form
from trialwright.actions.sign_form import sign_form
from trialwright.actions.start_batch import start_batch
from trialwright.actions.start_infusion import start_infusion
from trialwright.actions.unlock_form import unlock_form
from trialwright.actions.verify_at_bedside import verify_at_bedside
from trialwright.actions.verify_form import verify_form
from trialwright.actions.withdraw_consent import withdraw_consent

__all__ = [
    "Context",
    "Outcome",
    "administer",
    "adopt_study",
    "allocate",
    "answer_query",
    "batch",
    "cancel_query",
    "close_query",
    "close_site",
    "commit_allocation_list",
    "confirm_eligibility",
    "end_follow_up",
    "end_treatment",
    "fail_batch",
    "fill_containers",
    "lift_hold",
    "lock_form",
    "move_container",
    "move_material",
    "open_query",
    "open_site",
    "place_hold",
    "record_collection",
    "record_consent",
    "record_deviation",
    "record_identity",
    "record_release_test",
    "record_screen_failure",
    "register_subject",
    "release_batch",
    "reopen_query",
    "save_form",
    "sign_form",
    "start_batch",
    "start_infusion",
    "unlock_form",
    "verify_at_bedside",
    "verify_form",
    "withdraw_consent",
]
