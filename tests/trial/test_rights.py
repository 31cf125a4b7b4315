"""Every role against every right at every site: denied unless the study file grants it."""

from __future__ import annotations

from typing import get_args

import pytest
from tests.trial.bench import the_study

from trialwright.study.model.people import Right
from trialwright.trial.events import Actor
from trialwright.trial.rights import may, may_see_subject

STUDY = the_study()
ROLES = {role.id: role for role in STUDY.roles}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("at", ["", "east", "west"])
@pytest.mark.parametrize("subject_site", ["", "east", "west"])
@pytest.mark.requirement("TW-R-011")
def test_the_matrix(role: str, at: str, subject_site: str) -> None:
    granted = ROLES[role]
    here = bool(at) and at == subject_site
    everywhere = granted.scope == "study" and (not at or not subject_site or here)
    for right in get_args(Right):
        wanted = right in granted.rights and (here if granted.scope == "site" else everywhere)
        assert may(STUDY, Actor("u", role, at), right, subject_site) is wanted


def test_an_unknown_role_may_nothing() -> None:
    assert not any(may(STUDY, Actor("u", "owner", "east"), right, "east") for right in get_args(Right))
    assert not may_see_subject(STUDY, Actor("u", "owner"), "east")
