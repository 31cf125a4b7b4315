"""Put a subject's direct identifiers into the identity vault; the ledger never learns them."""

from __future__ import annotations

import os
from dataclasses import dataclass

from trialwright.actions.context import Context, Outcome
from trialwright.actions.perform import Scene, perform_on_subject
from trialwright.store.databases import find_data_dir
from trialwright.store.faults import StoreError
from trialwright.store.identity import Person, write_identity
from trialwright.store.keys import IDENTITY_KEY, ensure_key
from trialwright.trial.events import Actor, Decision
from trialwright.trial.refusals import refusal, warning
from trialwright.trial.subject import SubjectState


@dataclass(frozen=True, slots=True)
class RecordIdentity:
    """Who a subject is. ``birth_on`` is an ISO date; a further writing is a correction and needs a
    ``reason``.
    """

    subject: str
    name: str
    birth_on: str = ""
    hospital_number: str = ""
    reason: str = ""


def record_identity(context: Context, actor: Actor, command: RecordIdentity) -> Outcome:
    """Stores the identity at the actor's own site, and warns where the person may be in the study
    already.

    Refuses a role without the right to see identities, another site's subject, an empty name, and a
    correction without a reason. The warning names no pseudonym: the other one may be another site's.
    """

    def decide(scene: Scene, _state: SubjectState) -> Decision:
        if not command.name.strip():
            return Decision(refusals=(refusal("IDN-001", "The name is missing.", "Enter the name.", "name"),))
        key = ensure_key(find_data_dir(os.environ), IDENTITY_KEY)
        person = Person(command.name, command.birth_on, command.hospital_number)
        try:
            same = write_identity(
                context.study,
                command.subject,
                person,
                actor=actor,
                key=key,
                now=scene.now,
                reason=command.reason,
            )
        except StoreError as error:
            return Decision(refusals=(error.finding,))
        message = "This person may be registered in the study already."
        remedy = "Check before you go on: nobody enters a trial twice."
        return Decision(warnings=(warning("IDN-002", message, remedy),) if same else ())

    return perform_on_subject(context, actor, ("see_identity",), command.subject, decide)
