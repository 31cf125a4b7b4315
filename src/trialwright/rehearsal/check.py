"""What a study file must say before it can be rehearsed."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.design.from_study import scenario_from_study
from trialwright.outcomes.ctcae import read_dictionary
from trialwright.rehearsal.cast import check_cast
from trialwright.rehearsal.events import SERIOUS_SHARE
from trialwright.study.findings import Finding, Place, Severity
from trialwright.study.model.rehearsal import Rehearsal
from trialwright.study.model.study import Study

AT = ("rehearsal",)


def check_rehearsal(study: Study) -> list[Finding]:
    """Every reason why the study cannot be rehearsed; none when it can."""
    rehearsal = study.rehearsal
    if rehearsal is None:
        remedy = "Add a `rehearsal` section: scenario, start, rates and answers."
        return [_finding("001", "The study file has no `rehearsal` section.", remedy)]
    _, findings = scenario_from_study(study, rehearsal.scenario)
    return [
        *findings,
        *check_cast(study),
        *_check_design(study),
        *_check_answers(study, rehearsal),
        *_check_events(study, rehearsal),
        *_check_tumour(study, rehearsal),
    ]


def _finding(code: str, message: str, remedy: str, *path: str | int) -> Finding:
    return Finding(f"TW-REH-{code}", Severity.ERROR, message, remedy, Place(path=(*AT, *path)))


def _check_design(study: Study) -> Iterator[Finding]:
    if study.design.enrolment is None or study.design.enrolment.count < 1:
        yield _finding("002", "The design plans no subjects.", "State `design.enrolment.count`.")
    if study.design.randomisation is None:
        yield _finding("003", "The design states no randomisation.", "State `design.randomisation`.")
    if not study.sites:
        yield _finding("004", "The study has no site.", "Add one under `sites`.")
    if not any(visit.track == "screening" for visit in study.visits):
        yield _finding("005", "No visit is a screening visit.", "Give one visit the track `screening`.")


def _check_answers(study: Study, rehearsal: Rehearsal) -> Iterator[Finding]:
    for key, asked in (("answers", rehearsal.answers), ("faults", rehearsal.faults)):
        for number, one in enumerate(asked):
            form = study.form(one.form)
            if form is None or form.item(one.item) is None:
                message = f"The study has no item `{one.item}` in a form `{one.form}`."
                yield _finding("006", message, "Name a form and one of its items.", key, number)


def _check_events(study: Study, rehearsal: Rehearsal) -> Iterator[Finding]:
    dictionary = read_dictionary(study.safety.ctcae_version)
    for number, event in enumerate(rehearsal.adverse_events):
        path = ("adverse_events", number)
        for grade, weight in enumerate(event.grades, start=1):
            if weight > 0 and grade not in SERIOUS_SHARE:
                message = (
                    f"A death cannot be an adverse event of the rehearsal (`{event.term}`, grade {grade})."
                )
                yield _finding("007", message, "Deaths come from the scenario; leave the grade out.", *path)
            elif weight > 0:
                place = Place(path=(*AT, *path))
                yield from dictionary.check_event(event.term, grade, event.words, place)
        for product in event.products:
            if study.product(product) is None:
                message = f"The study has no product `{product}`."
                yield _finding("008", message, "Name a product of the study.", *path, "products")


def _check_tumour(study: Study, rehearsal: Rehearsal) -> Iterator[Finding]:
    form = next((form for form in study.forms if form.records == "tumour_assessment"), None)
    table = form.item_meaning("lesions") if form is not None else None
    organ = next((item for item in table.items if item.meaning == "organ"), None) if table else None
    if rehearsal.tumour is None or organ is None:
        return
    if rehearsal.tumour.organ not in {code.value for code in organ.codes}:
        message = f"`{rehearsal.tumour.organ}` is not an organ of the form `{form.id if form else ''}`."
        yield _finding("009", message, "Choose one of the codes of the item.", "tumour", "organ")
