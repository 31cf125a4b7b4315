"""Who acts in a rehearsal: for each right the most specialised role that holds it, and its people.

Every role has one person (at every site, where the role acts at sites); roles whose work needs two people
have a colleague each. User names are the roles' own, so that the ledger of a seed is always the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model.people import Right, Role
from trialwright.study.model.study import Study
from trialwright.trial.events import Actor

NEEDED: tuple[Right, ...] = (
    "manage_study",
    "hold_allocation_list",
    "register_subject",
    "record_consent",
    "enter_data",
    "correct_data",
    "confirm_eligibility",
    "allocate",
    "open_query",
    "answer_query",
    "close_query",
    "verify_data",
    "sign",
    "lock_data",
)
"""Rights without which a trial cannot be gone through."""

NEEDED_FOR_CELLS: tuple[Right, ...] = ("collect_material", "manufacture", "release_batch", "administer")
IN_PAIRS: frozenset[Right] = frozenset({"collect_material", "manufacture", "administer"})
"""Work that two people do together."""

ON_STUDY: frozenset[Right] = frozenset({"manage_study", "hold_allocation_list", "place_hold"})
"""Rights on the study as a whole: no subject is looked at."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the rehearsal. ``first`` is false for the colleague."""

    actor: Actor
    label: str
    first: bool


def list_members(study: Study) -> tuple[Member, ...]:
    """All people, in the order of the study's roles and sites."""
    return tuple(member for role in study.roles for member in _members_of(study, role))


def _members_of(study: Study, role: Role) -> Iterator[Member]:
    sites = [site.id for site in study.sites] if role.scope == "site" else [""]
    for number, site in enumerate(sites):
        name = role.id if number == 0 else f"{role.id}_{site}"
        yield Member(Actor(name, role.id, site), role.label, True)
        if IN_PAIRS & set(role.rights):
            yield Member(Actor(f"{name}_2", role.id, site), f"{role.label}, second person", False)


def check_cast(study: Study) -> list[Finding]:
    """A finding for every right that the rehearsal needs and that no role holds."""
    needed: list[Right] = [*NEEDED, *(NEEDED_FOR_CELLS if study.products else ())]
    return [
        Finding(
            "TW-REH-010",
            Severity.ERROR,
            f"No role of the study holds the right `{right}`, so nobody can rehearse that step.",
            "Give the right to a role that also sees subjects.",
            Place(path=("roles",)),
        )
        for right in needed
        if not _candidates(study, right)
    ]


def _candidates(study: Study, *rights: Right) -> list[Role]:
    """The roles that hold all the rights, the most specialised (with the fewest rights) first."""
    wanted = set(rights) if set(rights) <= ON_STUDY else {*rights, "see_subjects"}
    holders = [role for role in study.roles if wanted <= set(role.rights)]
    return sorted(holders, key=lambda role: len(role.rights))


class Cast:
    """Finds the person for a step."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._members = list_members(study)

    def who(self, right: Right, site: str = "", *also: Right) -> Actor:
        """The person at ``site`` with ``right``, and with the rights ``also`` where somebody has them all.

        Refuses (LookupError) a right that nobody holds.
        """
        for role in (*_candidates(self._study, right, *also), *_candidates(self._study, right)):
            found = self._people(role, site)
            if found:
                return found[0]
        raise LookupError(f"no role of the study holds the right {right}")

    def has(self, *rights: Right) -> bool:
        """Whether a role holds all the rights."""
        return bool(_candidates(self._study, *rights))

    def second(self, right: Right, site: str, first: Actor) -> Actor:
        """Another person who may do the same: of another role where there is one, else the colleague."""
        people = [a for role in _candidates(self._study, right) for a in self._people(role, site)]
        others = [actor for actor in people if actor.user != first.user]
        other_role = [actor for actor in others if actor.role != first.role]
        return (other_role or others)[0]

    def _people(self, role: Role, site: str) -> list[Actor]:
        wanted = site if role.scope == "site" else ""
        return [m.actor for m in self._members if m.actor.role == role.id and m.actor.site == wanted]
