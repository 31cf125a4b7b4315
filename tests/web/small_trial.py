"""A small trial in a store, made by the real actions: several subjects, each left in another state.

Day 1 of the subject in treatment lies 40 days back from the present, so that visits are done, due and late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.web.addresses import PASSWORD

from trialwright import actions
from trialwright.store.accounts import TERMINAL, Role, create_account, grant_role
from trialwright.store.identity import Person, write_identity
from trialwright.store.keys import IDENTITY_KEY, ensure_key
from trialwright.store.projections import load_subject
from trialwright.study.load import load_study
from trialwright.study.model import Study
from trialwright.study.model.people import Site
from trialwright.trial.administration import AdoptStudy, CommitAllocationList, OpenSite
from trialwright.trial.allocation import Allocate
from trialwright.trial.cells.bedside import Administer, StartInfusion, VerifyAtBedside
from trialwright.trial.cells.collection import MoveMaterial, RecordCollection
from trialwright.trial.cells.custody import MoveContainer
from trialwright.trial.cells.manufacture import FillContainers, NewContainer, StartBatch
from trialwright.trial.cells.release import RecordReleaseTest, ReleaseBatch
from trialwright.trial.enrolment import RecordConsent, RegisterSubject
from trialwright.trial.events import Actor
from trialwright.trial.form_marks import SignForm, VerifyForm
from trialwright.trial.forms import SaveForm
from trialwright.trial.queries import OpenQuery
from trialwright.trial.screening import ConfirmEligibility, RecordScreenFailure

STUDY_FILE = Path(__file__).parents[2] / "studies" / "nct02632201" / "study.yaml"
TREATED_SINCE_DAYS = 40
SCREENED_AFTER_DAYS = 4
SITE, OTHER_SITE = "ehbh", "second"
TEST_RESULTS = {"viability": "92", "dose_cells": "10000000", "endotoxin": "0.2", "purity": "95"}


def read_study() -> Study:
    """The study of the project with a second site, so that what is foreign can be tested."""
    study = load_study(STUDY_FILE).study
    assert study is not None
    second = Site(
        id=OTHER_SITE, name="Second hospital", city="Hangzhou", country="China", time_zone="Asia/Shanghai"
    )
    return study.model_copy(update={"sites": (*study.sites, second)})


class Clock:
    """Goes to a day and a time of the site, then on by a minute at every reading."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    def go_to(self, on: date, hour: int = 2) -> None:
        self.now = max(self.now, datetime(on.year, on.month, on.day, hour, tzinfo=UTC))


@dataclass
class SmallTrial:
    """The trial while it is made. Every act goes through the action of its name."""

    study: Study
    clock: Clock
    context: actions.Context

    def person(self, role: str, site: str | None = None) -> Actor:
        scope = next(one.scope for one in self.study.roles if one.id == role)
        at = SITE if site is None and scope == "site" else site or ""
        return Actor(f"{role}{'2' if at == OTHER_SITE else ''}", role, at)

    def do(self, verb: str, role: str | Actor, command: Any) -> Any:
        who = role if isinstance(role, Actor) else self.person(role)
        outcome = getattr(actions, verb)(self.context, who, command)
        assert outcome.accepted, (verb, outcome.refusals)
        return outcome

    def save(self, subject: str, visit: str, form: str, document: dict[str, Any], **rest: Any) -> None:
        self.do("save_form", rest.pop("by", "study_nurse"), SaveForm(subject, visit, form, document, **rest))


def value(text: str, unit: str = "", **limits: str) -> dict[str, str]:
    """An answer."""
    return {"value": text, **({"unit": unit} if unit else {}), **limits}


def screening_documents(on: str, **changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The forms of the screening visit of an eligible subject; ``changes`` replace single answers."""
    lesions = [
        {
            "lesion": value("L1"),
            "role": value("target"),
            "organ": value("liver"),
            "finding": value("measured"),
            "diameter": value("42", "mm"),
        }
    ]
    documents: dict[str, dict[str, Any]] = {
        "demographics": {"birth_date": value("1971-05"), "sex": value("M"), "weight": value("64.5", "kg")},
        "disease_status": {
            "primary_site": value("stomach"),
            "histology": value("adenocarcinoma"),
            "liver_metastasis": value("true"),
            "liver_metastases": value("up_to_3"),
            "her2_ihc": value("3"),
        },
        "performance_status": {"ecog": value("1")},
        "vital_signs": {"systolic": value("124", "mm[Hg]"), "pulse": value("76", "/min")},
        "laboratory": {
            "creatinine": value("0.9", "mg/dL", upper="1.2", lower="0.5"),
            "alt": value("31", "U/L", upper="40"),
            "ast": value("28", "U/L", upper="40"),
            "bilirubin": value("0.8", "mg/dL", upper="1.2"),
        },
        "attestations": {
            "informed_consent": value("true"),
            "life_expectancy": value("12", "mo"),
            "blood_count_suits_collection": value("true"),
            "fertile": value("false"),
            "other_serious_disease": value("false"),
        },
        "tumour_assessment": {"method": value("ct"), "lesions": {"rows": lesions}},
        "qlq_c30": {"q29": value("5"), "q30": value("5"), "q1": {"missing": "REF"}},
    }
    for document in documents.values():
        document["collected_on"] = value(on)
    for form, answers in changes.items():
        documents[form] |= answers
    return documents


def make_accounts(study: Study, now: datetime) -> None:
    """One account a role; of the roles at a site also one at the second site; a second nurse."""
    since = (now - timedelta(days=400)).date()
    people = [(role.id, role.id, SITE if role.scope == "site" else "") for role in study.roles]
    people += [(f"{role.id}2", role.id, OTHER_SITE) for role in study.roles if role.scope == "site"]
    people += [("second_nurse", "study_nurse", SITE), ("second_quality", "quality_release", "")]
    people += [("second_laboratory", "cell_laboratory", "")]
    for name, role, site in people:
        label = name.replace("_", " ").capitalize()
        account = create_account(name, label, PASSWORD, by=TERMINAL, now=now, trained_on=since)
        grant_role(account, Role(study.id, site, role), since, by=TERMINAL, now=now)


def build_small_trial(data_dir: Path) -> SmallTrial:
    """The whole trial. Subjects: S01-001 treated, -002 eligible, -003 screening, -004 failed, -005 registered;
    S02-001 at the second site.
    """
    today = datetime.now(UTC).date()
    start = today - timedelta(days=TREATED_SINCE_DAYS + 14)
    study = read_study()
    clock = Clock(datetime(start.year, start.month, start.day, 1, tzinfo=UTC))
    make_accounts(study, clock())
    trial = SmallTrial(study, clock, actions.Context(study.id, clock, source="rehearsal"))
    trial.do("adopt_study", "administrator", AdoptStudy(study))
    for site in (SITE, OTHER_SITE):
        trial.do("open_site", "administrator", OpenSite(site))
    trial.do("commit_allocation_list", "statistician", CommitAllocationList("small-trial"))
    _screen(trial, start + timedelta(days=SCREENED_AFTER_DAYS))
    _identify(trial, data_dir)
    _treat(trial, today - timedelta(days=TREATED_SINCE_DAYS))
    _screen_others(trial, today - timedelta(days=6))
    return trial


def _register(trial: SmallTrial, site: str = SITE, consent: bool = True) -> str:
    nurse = trial.person("study_nurse", site)
    code = trial.do("register_subject", nurse, RegisterSubject(site)).subject
    if consent:
        trial.do("record_consent", nurse, RecordConsent(code, "1.0"))
    return code


def _screen(trial: SmallTrial, on: date) -> None:
    trial.clock.go_to(on)
    code = _register(trial)
    for form, document in screening_documents(on.isoformat()).items():
        trial.save(code, "screening", form, document)
    trial.do("sign_form", "investigator", SignForm(code, "screening", "attestations", 1))


def _identify(trial: SmallTrial, data_dir: Path) -> None:
    key = ensure_key(data_dir, IDENTITY_KEY)
    person = Person("Wang Fang", "1971-05-02", "H-4471")
    nurse = trial.person("study_nurse")
    write_identity(trial.study.id, "S01-001", person, actor=nurse, key=key, now=trial.clock())


def _screen_others(trial: SmallTrial, on: date) -> None:
    trial.clock.go_to(on)
    eligible = _register(trial)
    for form, document in screening_documents(on.isoformat()).items():
        trial.save(eligible, "screening", form, document)
    trial.do("sign_form", "investigator", SignForm(eligible, "screening", "attestations", 1))
    trial.do("confirm_eligibility", "investigator", ConfirmEligibility(eligible))
    screening = _register(trial)
    creatinine = {"creatinine": value("2.5", "mg/dL", upper="1.2", lower="0.5")}
    for form, document in list(screening_documents(on.isoformat(), laboratory=creatinine).items())[:5]:
        trial.save(screening, "screening", form, document)
    failed = _register(trial)
    her2 = {"her2_ihc": value("1")}
    trial.save(
        failed,
        "screening",
        "disease_status",
        screening_documents(on.isoformat(), disease_status=her2)["disease_status"],
    )
    trial.do("record_screen_failure", "investigator", RecordScreenFailure(failed))
    _register(trial, consent=False)
    _register(trial, OTHER_SITE)


def _treat(trial: SmallTrial, day_one: date) -> None:
    """S01-001: allocated, material taken, DC given on day 19, T cells waiting for release; data, a query, events."""
    code = "S01-001"
    trial.clock.go_to(day_one)
    trial.do("confirm_eligibility", "investigator", ConfirmEligibility(code))
    trial.do("allocate", "investigator", Allocate(code, "request-1"))
    _collect(trial, code)
    trial.save(code, "collection", "vital_signs", _vital_signs(day_one))
    day_19 = day_one + timedelta(days=18)
    trial.clock.go_to(day_one + timedelta(days=10))
    trial.do("start_batch", "cell_laboratory", StartBatch(code, "dc", _material(trial, code), (19, 20)))
    _fill(trial, code, f"{code}-B01", day_19 - timedelta(days=0), (19, 20), "10000000", "1")
    _release(trial, code, f"{code}-B01", "dc")
    _give(trial, code, f"{code}-B01-01")
    trial.save(code, "dose_19", "vital_signs", _vital_signs(day_19))
    _forms_of_treated(trial, code, day_one)
    _second_batch(trial, code, day_one)


def _collect(trial: SmallTrial, code: str) -> None:
    nurse2 = Actor("second_nurse", "study_nurse", SITE)
    material = trial.study.products[0].collection.material
    trial.do("record_collection", "study_nurse", RecordCollection(code, material, "G123426000001", nurse2))
    state = load_subject(trial.study.id, code)
    name = next(iter(state.collections))
    for role, to in (
        ("study_nurse", "SHIPPED_TO_MFG"),
        ("cell_laboratory", "RECEIVED_AT_MFG"),
        ("quality_release", "ACCEPTED"),
    ):
        trial.do("move_material", role, MoveMaterial(code, name, to, scanned_coi=state.coi))


def _material(trial: SmallTrial, code: str) -> tuple[str, ...]:
    return tuple(load_subject(trial.study.id, code).collections)


def _fill(
    trial: SmallTrial, code: str, batch: str, on: date, days: tuple[int, ...], dose: str, volume: str
) -> None:
    trial.clock.go_to(on, hour=0)
    new = tuple(NewContainer(day, dose, "{cells}", volume, "mL") for day in days)
    second = Actor("second_laboratory", "cell_laboratory", "")
    trial.do("fill_containers", "cell_laboratory", FillContainers(code, batch, new, second))


def _release(trial: SmallTrial, code: str, batch: str, product: str) -> None:
    for test in trial.study.product(product).release_tests:
        if test.before_release:
            result = TEST_RESULTS.get(test.id, "pass")
            command = RecordReleaseTest(code, batch, test.id, result, test.unit)
            trial.do("record_release_test", "cell_laboratory", command)
    command = ReleaseBatch(code, batch, "RELEASED_CONDITIONAL")
    trial.do("release_batch", "quality_release", command)


def _give(trial: SmallTrial, code: str, container: str) -> None:
    state = load_subject(trial.study.id, code)
    for role, to in (
        ("cell_laboratory", "SHIPPED_TO_SITE"),
        ("study_nurse", "RECEIVED_AT_SITE"),
        ("study_nurse", "PREPARED"),
    ):
        trial.do("move_container", role, MoveContainer(code, container, to, scanned_coi=state.coi))
    second = trial.person("investigator")
    trial.do(
        "verify_at_bedside", "study_nurse", VerifyAtBedside(code, container, container, state.coi, second)
    )
    trial.do("start_infusion", "study_nurse", StartInfusion(code, container, container, state.coi))
    trial.do("administer", "study_nurse", Administer(code, container, "1"))


def _vital_signs(on: date) -> dict[str, Any]:
    return {
        "collected_on": value(on.isoformat()),
        "systolic": value("118", "mm[Hg]"),
        "temperature": value("36.8", "Cel"),
    }


def _forms_of_treated(trial: SmallTrial, code: str, day_one: date) -> None:
    on = day_one + timedelta(days=20)
    trial.clock.go_to(on + timedelta(days=1))
    event = {
        "term": value("Redness at the injection site"),
        "ctcae_term": value("Injection site reaction"),
        "started_on": value((on - timedelta(days=1)).isoformat()),
        "grade": value("2"),
        "serious": value("false"),
        "related_to_vaccine": value("definite"),
        "related_to_t_cells": value("no"),
        "outcome": value("recovered"),
    }
    trial.save(code, "log", "adverse_event", event)
    serious = {**event, "term": value("Fever, admitted"), "ctcae_term": value("Cytokine release syndrome")}
    serious |= {"grade": value("3"), "serious": value("true"), "outcome": value("ongoing")}
    trial.save(code, "log", "adverse_event", serious, repeat=2)
    trial.do("verify_form", "monitor", VerifyForm(code, "screening", "demographics", 1))
    trial.do("sign_form", "investigator", SignForm(code, "screening", "demographics", 1))
    corrected = screening_documents((day_one - timedelta(days=10)).isoformat())["laboratory"]
    corrected["bilirubin"] = value("0.7", "mg/dL", upper="1.2")
    trial.save(
        code,
        "screening",
        "laboratory",
        corrected,
        expected_version=1,
        reason="Transcribed from the wrong column",
    )
    query = OpenQuery(
        code, "screening", "laboratory", "Please check the unit of creatinine.", item="creatinine"
    )
    trial.do("open_query", "monitor", query)
    trial.save(code, "dose_21", "vital_signs", {"collected_on": value(on.isoformat())}, complete=False)


def _second_batch(trial: SmallTrial, code: str, day_one: date) -> None:
    arm = load_subject(trial.study.id, code).allocation.arm
    product = next(p for p in trial.study.products_of(arm) if p.id != "dc")
    trial.do("start_batch", "cell_laboratory", StartBatch(code, product.id, _material(trial, code), (42,)))
    trial.clock.now = datetime.now(UTC) - timedelta(hours=1)  # still within its shelf life at the present
    _fill(trial, code, f"{code}-B02", day_one, (42,), "3000000000", "300")
    command = RecordReleaseTest(code, f"{code}-B02", "viability", "88", "%")
    trial.do("record_release_test", "cell_laboratory", command)
