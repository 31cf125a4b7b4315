"""Who looks: the account, the role it has taken, and the study it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from trialwright.actions.unit import study_of_version
from trialwright.store.account_tables import Account, Membership
from trialwright.store.projection_tables import StudyRow
from trialwright.study.model import Study
from trialwright.study.model.people import Right, Role
from trialwright.trial.events import Actor
from trialwright.trial.rights import may
from trialwright.trial.study_state import StudyState

ROLE_KEY = "membership"
"""Session key of the membership that the person has taken."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person in one role of one study. ``site`` is '' for a role that spans the study."""

    account: Account
    study: Study
    state: StudyState
    version: str
    role: Role
    site: str
    memberships: tuple[Membership, ...]

    @property
    def roles(self) -> list[tuple[int, str, bool]]:
        """The roles this person can take: key, label with its site, and whether it is the one taken."""
        found: list[tuple[int, str, bool]] = []
        for one in self.memberships:
            role, site = self.study.role(one.role), self.study.site(one.site) if one.site else None
            label = ", ".join(
                part for part in (role.label if role else one.role, site.name if site else "") if part
            )
            found.append((one.pk, label, (one.role, one.site) == (self.role.id, self.site)))
        return found

    @property
    def actor(self) -> Actor:
        """Who acts, as the rules want to know it."""
        return Actor(self.account.username, self.role.id, self.site)

    def may(self, right: Right, site: str | None = None) -> bool:
        """Whether this person has a right, at ``site`` or, without one, where the person works."""
        return may(self.study, self.actor, right, self.site if site is None else site)


def current_memberships(account: Account, study_id: str) -> tuple[Membership, ...]:
    """The memberships in force today, in the order they were given."""
    today = timezone.now().date()
    in_force = Q(since__lte=today) & (Q(until__isnull=True) | Q(until__gte=today))
    return tuple(account.memberships.filter(in_force, study=study_id).order_by("id"))


def find_viewer(request: HttpRequest, study_id: str) -> Viewer | None:
    """The viewer of a study, or None where the person has no role in it (or the study is unknown)."""
    account = cast(Account, request.user)
    memberships = current_memberships(account, study_id)
    row = StudyRow.objects.filter(study=study_id).first()
    if not memberships or row is None:
        return None
    taken = request.session.get(ROLE_KEY)
    membership = next((m for m in memberships if m.pk == taken), memberships[0])
    state = StudyState.from_json(row.state)
    study = study_of_version(study_id, state.version)
    role = study.role(membership.role)
    if role is None:
        return None
    return Viewer(account, study, state, state.version, role, membership.site, memberships)
