"""Addresses. Everything of a study lies under its id; every page can be sent to a colleague."""

from __future__ import annotations

from django.urls import URLPattern, path

from .pages import (
    act,
    cells,
    design,
    entry,
    form,
    holds,
    home,
    identity,
    outcomes,
    people,
    protocol,
    queries,
    registry,
    report,
    safety,
    sign_in,
    subject,
    subjects,
)

ONE = "<slug:study>/subjects/<slug:subject>/"
FORM = f"{ONE}forms/<slug:visit>/<slug:form>/<int:repeat>/"

ENTRANCE: list[URLPattern] = [
    path("", sign_in.front, name="front"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("<slug:study>/role/", sign_in.take_role, name="take_role"),
]
PLACES: list[URLPattern] = [
    path("<slug:study>/", home.home, name="home"),
    path("<slug:study>/subjects/", subjects.subjects, name="subjects"),
    path("<slug:study>/matrix/", subjects.matrix, name="matrix"),
    path("<slug:study>/register/", subjects.register, name="register"),
    path("<slug:study>/cells/", cells.cells, name="cells"),
    path("<slug:study>/safety/", safety.safety, name="safety"),
    path("<slug:study>/queries/", queries.queries, name="queries"),
    path("<slug:study>/outcomes/", outcomes.outcomes, name="outcomes"),
    path("<slug:study>/holds/", holds.holds, name="holds"),
    path("<slug:study>/people/", people.people, name="people"),
    path("<slug:study>/ledger/<int:seq>/", entry.entry, name="entry"),
]
SUBJECT: list[URLPattern] = [
    path(ONE, subject.subject, name="subject"),
    path(f"{ONE}visits/<slug:visit>/", subject.visit, name="visit"),
    path(FORM, form.form, name="form"),
    path(f"{FORM}response/", form.response, name="form_response"),
    path(f"{ONE}cells/<slug:container>/", cells.container, name="container"),
    path(f"{ONE}batches/<slug:batch>/", cells.batch, name="batch"),
    path(f"{ONE}identity/", identity.identity, name="identity"),
    path(f"{ONE}act/<slug:verb>/", act.act, name="act"),
    path(f"{ONE}act/<slug:verb>/<path:about>/", act.act, name="act_about"),
    path(f"{ONE}<slug:tab>/", subject.subject, name="subject_tab"),
]
DOCUMENTS: list[URLPattern] = [
    path("<slug:study>/protocol/", protocol.protocol, name="protocol"),
    path("<slug:study>/protocol/design/", design.characteristics, name="protocol_design"),
    path("<slug:study>/protocol/<slug:tab>/", protocol.protocol, name="protocol_tab"),
    path("<slug:study>/design/", design.design, name="design"),
    path("<slug:study>/report/", report.report, name="report"),
    path("<slug:study>/report/file/<slug:form>/", report.report_file, name="report_file"),
    path("<slug:study>/report/number/<str:number>/", report.report_number, name="report_number"),
    path("<slug:study>/report/figure/<str:figure>.svg", report.report_figure, name="report_figure"),
    path("<slug:study>/report/<slug:section>/", report.report, name="report_section"),
    path("<slug:study>/registry/", registry.registry, name="registry"),
    path("<slug:study>/registry/record.json", registry.registry_file, name="registry_file"),
    path("<slug:study>/registry/<slug:tab>/", registry.registry, name="registry_tab"),
]
urlpatterns = [*ENTRANCE, *PLACES, *SUBJECT, *DOCUMENTS]

handler403 = "trialwright.web.errors.forbidden"
handler404 = "trialwright.web.errors.not_found"
handler500 = "trialwright.web.errors.broken"
