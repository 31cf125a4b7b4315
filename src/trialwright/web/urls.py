"""Addresses. Everything of a study lies under its id; every page can be sent to a colleague."""

from __future__ import annotations

from django.urls import path

from .pages import sign_in

urlpatterns = [
    path("", sign_in.front, name="front"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("<slug:study>/role/", sign_in.take_role, name="take_role"),
]
