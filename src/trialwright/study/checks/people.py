"""Every right is held by somebody, and incompatible rights by nobody."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from ..model import Study
from .base import error, warning

APART: tuple[tuple[str, str, str], ...] = (
    ("manufacture", "release_batch", "who makes a batch must not release it (EU GMP Annex 11, 15)"),
    ("enter_data", "verify_data", "who enters data must not verify them"),
    ("manage_accounts", "sign", "an administrator must not sign for others"),
    ("manage_accounts", "enter_data", "an administrator must not write clinical data"),
)
"""Rights that one role must not hold together, and why."""

NEEDED = ("register_subject", "record_consent", "enter_data", "confirm_eligibility", "allocate")


def check_people(study: Study) -> Iterator[Finding]:
    """TW-PPL-001 rights that must stay apart, -002 a right that nobody has, -003 no site."""
    for index, role in enumerate(study.roles):
        for one, other, why in APART:
            if one in role.rights and other in role.rights:
                message = f"`{role.id}` holds both `{one}` and `{other}`: {why}."
                yield error("TW-PPL-001", ("roles", index, "rights"), message, "Take one of the two away.")
    if not study.roles:
        return
    held = {right for role in study.roles for right in role.rights}
    for right in NEEDED:
        if right not in held:
            yield warning("TW-PPL-002", ("roles",), f"No role may `{right}`.", "Give the right to a role.")
    if not study.sites:
        yield warning("TW-PPL-003", ("sites",), "The study has no site.", "Add the sites that take part.")
