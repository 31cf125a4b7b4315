"""Holds: placed and lifted by the safety officer with a signature; they close the gate to allocation."""

from __future__ import annotations

from tests.web.addresses import PASSWORD, ROOT, text_of
from tests.web.conftest import SignIn

HOLDS = f"{ROOT}holds/"


def test_hold_stops_allocation_until_it_is_lifted(sign_in: SignIn) -> None:
    officer, investigator = sign_in("safety_officer"), sign_in("investigator")
    given = {"scope": "study", "words": "Two deaths after infusion", "password": PASSWORD}
    assert officer.post(HOLDS, {**given, "password": "not-it-at-all"}).status_code == 422
    assert officer.post(HOLDS, given).status_code == 302
    assert "Two deaths after infusion" in text_of(investigator.get(ROOT))
    assert "Allocation is on hold." in text_of(investigator.get(f"{ROOT}subjects/S01-002/"))
    page = officer.get(HOLDS).content.decode()
    hold = page.split('name="hold" value="')[1].split('"')[0]
    lifted = {"hold": hold, "words": "Reviewed by the committee", "password": PASSWORD}
    assert officer.post(HOLDS, lifted).status_code == 302
    assert "Every gate is open" in text_of(investigator.get(f"{ROOT}subjects/S01-002/"))


def test_hold_without_a_reason_is_refused_at_its_field(sign_in: SignIn) -> None:
    answer = sign_in("safety_officer").post(HOLDS, {"scope": "study", "words": "", "password": PASSWORD})
    assert answer.status_code == 422
    assert '<a href="#f-words">A hold needs its reason.</a>' in answer.content.decode()


def test_other_roles_do_not_place_holds(sign_in: SignIn) -> None:
    assert sign_in("monitor").get(HOLDS).status_code == 403
