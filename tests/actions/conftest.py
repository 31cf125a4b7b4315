"""A store with people in their roles and a study under way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql
from tests.trial.bench import (
    ADMINISTRATOR,
    BEGIN,
    INVESTIGATOR,
    NURSE,
    PEOPLE,
    SCREENING,
    STATISTICIAN,
    the_study,
)

from trialwright.store.open import open_store, prepare_django
from trialwright.store.sources import seeded_entropy

prepare_django()  # before the actions import tables

from django.db import connections  # noqa: E402

from trialwright import actions  # noqa: E402
from trialwright.actions import Context, Outcome  # noqa: E402
from trialwright.store.accounts import Role, create_account, grant_role  # noqa: E402
from trialwright.trial.administration import AdoptStudy, CommitAllocationList, OpenSite  # noqa: E402
from trialwright.trial.allocation import Allocate  # noqa: E402
from trialwright.trial.enrolment import RecordConsent, RegisterSubject  # noqa: E402
from trialwright.trial.events import Actor  # noqa: E402
from trialwright.trial.form_marks import SignForm  # noqa: E402
from trialwright.trial.forms import SaveForm  # noqa: E402
from trialwright.trial.screening import ConfirmEligibility  # noqa: E402

SYSTEM = Actor("system", "system")


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **span: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    """The time of the test."""
    return Clock()


@pytest.fixture(scope="session")
def peopled_store(new_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store with people in their roles, made once (passwords take long): tests copy it."""
    folder = tmp_path_factory.mktemp("peopled") / "store"
    shutil.copytree(new_store, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        patch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
        open_store(folder)
        for person in PEOPLE:
            _employ(person)
        connections.close_all()
    return folder


def _employ(person: Actor) -> None:
    since = date(2026, 1, 5)
    password = f"long-{person.user}-Passw0rd"
    account = create_account(
        person.user, person.user.title(), password, by=SYSTEM, now=BEGIN, trained_on=since
    )
    grant_role(account, Role("cells", person.site, person.role), since, by=SYSTEM, now=BEGIN)


@pytest.fixture
def context(
    request: pytest.FixtureRequest,
    peopled_store: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
) -> Iterator[Context]:
    """The test study's context, with people in their roles; nothing recorded yet.

    On SQLite, or on PostgreSQL where the test is parametrized with ``postgres`` (see `ON_BOTH`).
    """
    folder = tmp_path / "store"
    if getattr(request, "param", "sqlite") == "postgres":
        monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
        with _database(request.getfixturevalue("postgres_url")) as url:
            monkeypatch.setenv("TRIALWRIGHT_DATABASE_URL", url)
            open_store(folder)
            for person in PEOPLE:
                _employ(person)
            yield Context("cells", clock=clock, entropy=seeded_entropy("actions"))
            connections.close_all()
        return
    shutil.copytree(peopled_store, folder)
    monkeypatch.setenv("TRIALWRIGHT_DATA_DIR", str(folder))
    monkeypatch.delenv("TRIALWRIGHT_DATABASE_URL", raising=False)
    open_store(folder)
    yield Context("cells", clock=clock, entropy=seeded_entropy("actions"))
    connections.close_all()


ON_BOTH = pytest.mark.parametrize(
    "context",
    ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("postgres")])],
    indirect=True,
)
"""Runs a test on SQLite and on PostgreSQL."""


@contextmanager
def _database(server: str) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    name = f"trialwright_actions_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def done(outcome: Outcome) -> Outcome:
    """The outcome, which must be accepted."""
    assert outcome.accepted, [f"{f.code}: {f.message} {f.place}" for f in outcome.refusals]
    return outcome


def refusals(outcome: Outcome) -> list[str]:
    """The codes of the refusals, without ``TW-``."""
    return [finding.code.removeprefix("TW-") for finding in outcome.refusals]


@pytest.fixture
def active(context: Context) -> Context:
    """The study adopted, both sites open, the allocation lists committed."""
    done(actions.adopt_study(context, ADMINISTRATOR, AdoptStudy(the_study())))
    for site in ("east", "west"):
        done(actions.open_site(context, ADMINISTRATOR, OpenSite(site)))
    done(actions.commit_allocation_list(context, STATISTICIAN, CommitAllocationList("a seed")))
    return context


@pytest.fixture
def enrol(active: Context) -> Callable[..., str]:
    """Brings a subject of the site east as far as the word says."""

    def bring(until: str = "allocated", her2: str = "3") -> str:
        subject = done(actions.register_subject(active, NURSE, RegisterSubject("east"))).subject
        if until == "registered":
            return subject
        done(actions.record_consent(active, NURSE, RecordConsent(subject, "1")))
        if until == "consented":
            return subject
        for form, document in SCREENING.items():
            changed = {"her2": {"value": her2}} if form == "disease" else {}
            command = SaveForm(subject, "screening", form, {**document, **changed})
            done(actions.save_form(active, NURSE, command))
        done(actions.sign_form(active, INVESTIGATOR, SignForm(subject, "screening", "attestations", 1)))
        if until == "screened":
            return subject
        done(actions.confirm_eligibility(active, INVESTIGATOR, ConfirmEligibility(subject)))
        if until == "eligible":
            return subject
        done(actions.allocate(active, INVESTIGATOR, Allocate(subject, f"request {subject}")))
        return subject

    return bring
