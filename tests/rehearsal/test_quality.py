"""Questionnaire answers follow the latent quality, in the direction that the scoring tables give each item."""

from __future__ import annotations

from trialwright.outcomes.qlq_c30 import QLQ_C30, compute_qlq_c30
from trialwright.rehearsal.draws import Draws
from trialwright.rehearsal.quality import answer_items, compute_quality, find_instrument, is_high_code_better
from trialwright.study.model.forms import Form
from trialwright.study.model.rehearsal import QualityCourse
from trialwright.study.model.study import Study


def the_form(study: Study) -> Form:
    return next(form for form in study.forms if form.records == "questionnaire")


def scores(form: Form, quality: float, seed: int) -> dict[str, float]:
    answers = answer_items(form, quality, 0.0, Draws(seed, "answers"))
    by_number = {
        int(item.meaning.removeprefix("item_")): int(code)
        for item in form.items
        if (code := answers.get(item.id)) is not None
    }
    return {name: float(score) for name, score in compute_qlq_c30(by_number).items() if score is not None}


def test_better_quality_scores_better_on_every_scale(first_study: Study) -> None:
    form = the_form(first_study)
    assert find_instrument(form) is QLQ_C30
    good = [scores(form, 0.95, seed) for seed in range(40)]
    poor = [scores(form, 0.15, seed) for seed in range(40)]
    for scale in QLQ_C30.scales:
        better = sum(one[scale.code] for one in good) - sum(one[scale.code] for one in poor)
        assert better > 0 if scale.direction == "higher_better" else better < 0


def test_direction_of_items() -> None:
    assert is_high_code_better(QLQ_C30, 29)
    assert not is_high_code_better(QLQ_C30, 1)
    assert not is_high_code_better(QLQ_C30, 9)
    assert not is_high_code_better(None, 29)


def test_course_declines_and_falls_at_progression() -> None:
    course = QualityCourse(level=0.7, spread=0.1, decline_per_month=0.01, loss_at_progression=0.2)
    assert compute_quality(course, 0.0, 0.0, False, 0.0) == 0.7
    assert abs(compute_quality(course, 0.0, 10.0, False, 0.0) - 0.6) < 1e-12
    assert abs(compute_quality(course, 1.0, 10.0, True, 0.0) - 0.5) < 1e-12
    assert compute_quality(course, -9.0, 10.0, True, 0.0) == 0.0


def test_open_items_are_left_open(first_study: Study) -> None:
    answers = answer_items(the_form(first_study), 0.5, 1.0, Draws(1, "open"))
    assert len(answers) == 30
    assert set(answers.values()) == {None}
