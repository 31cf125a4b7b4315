"""The quick way to hash the passwords of these tests ends with them."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from tests.rehearsal.conftest import hash_quickly


def test_the_slow_way_is_back_after_the_quick_one() -> None:
    before = make_password("a long enough password")
    with hash_quickly():
        assert make_password("a long enough password").startswith("md5$")
    after = make_password("a long enough password")
    assert before.startswith("argon2$")
    assert after.startswith("argon2$")
