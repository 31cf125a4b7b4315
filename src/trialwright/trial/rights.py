"""Who may do what: the rights of a role, at the sites it acts on. Denied unless granted."""

from __future__ import annotations

from trialwright.study.model.people import Right
from trialwright.study.model.study import Study
from trialwright.trial.events import Actor


def may(study: Study, actor: Actor, right: Right, subject_site: str = "") -> bool:
    """Whether ``actor`` has ``right`` for subjects of ``subject_site`` ('' = the study as a whole).

    A role of scope site acts at the actor's own site only, and never on the study as a whole; an actor of
    such a role who is at no site may do nothing. An unknown role may do nothing.
    """
    role = study.role(actor.role)
    if role is None or right not in role.rights:
        return False
    if role.scope == "study":
        return not actor.site or not subject_site or actor.site == subject_site
    return bool(actor.site) and actor.site == subject_site


def may_see_subject(study: Study, actor: Actor, subject_site: str) -> bool:
    """Whether the actor may know that a subject of that site exists."""
    return may(study, actor, "see_subjects", subject_site)
