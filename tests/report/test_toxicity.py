"""Dose-limiting toxicity: who counts and when, the boundary of the study's rule, and the path towards it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from scipy.stats import beta

from trialwright.report.dataset import derive_dataset
from trialwright.report.model import Figure, Number, Section
from trialwright.report.pooling import pool_states, pool_study
from trialwright.report.toxicity import build_toxicity, find_crossing, find_groups, make_rule
from trialwright.study.model import Study
from trialwright.study.model.safety import ToxicityStopping

from .safety_trial import ARMS, BEGIN, CUT, Happening, Life, write_states

DOMAIN_RULE_C = [None, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 9]
"""House safety reference, section 9: prior Beta(0.6, 1.4), 30 %, 90 %, for 1 to 20 subjects."""


def life(
    number: int, *happenings: Happening, seen: int = 100, arm: str = ARMS[0], died: bool = False
) -> Life:
    return Life(f"S01-{number:03d}", arm, BEGIN + timedelta(days=number), happenings, (), seen, died)


def crs(
    grade: int, day: int = 1, lasts: int = 2, cause: str = "definite", ongoing: bool = False
) -> Happening:
    return Happening(
        "Cytokine release syndrome",
        grade,
        day,
        lasts,
        grade > 2,
        {"dc": "no", "t_cells": cause},
        ongoing=ongoing,
    )


def build(study: Study, *lives: Life, cut: date = CUT) -> Section:
    return build_toxicity(derive_dataset(study, write_states(study, list(lives)), cut))


def numbers_of(section: Section) -> dict[str, Number]:
    tables = [block.data if isinstance(block, Figure) else block for block in section.blocks]
    return {n.id: n for table in tables if table is not None for n in table.numbers()}


@pytest.mark.parametrize(
    ("happening", "limiting"),
    [
        (crs(4), True),
        (crs(3, lasts=4), True),
        (crs(3, lasts=3), False),
        (crs(4, cause="no"), False),
        (crs(4, day=22), False),
        (crs(4, day=-1), False),
        (Happening("Fever", 3, 1, 20, False, {"dc": "no", "t_cells": "possible"}), False),
        (Happening("Nausea", 3, 1, 8, False, {"dc": "possible", "t_cells": "no"}), True),
        (Happening("Neutrophil count decreased", 4, 1, 29, False, {"dc": "no", "t_cells": "possible"}), True),
        (
            Happening("Neutrophil count decreased", 4, 1, 28, False, {"dc": "no", "t_cells": "possible"}),
            False,
        ),
    ],
)
def test_the_definition_of_the_study_decides(study: Study, happening: Happening, limiting: bool) -> None:
    found = numbers_of(build(study, life(1, happening)))
    assert found[f"toxicity.toxic.{ARMS[0]}"].value == int(limiting)
    assert found[f"toxicity.evaluable.{ARMS[0]}"].value == 1


def test_an_early_death_without_toxicity_does_not_count_and_an_open_window_may_still(study: Study) -> None:
    lives = (
        life(1, seen=25, died=True),
        life(2, seen=30),
        life(3, crs(4), seen=25, died=True),
        life(4, seen=100),
    )
    found = numbers_of(build(study, *lives))
    subjects = {
        name: found[f"toxicity.{name}.{ARMS[0]}"].subjects
        for name in ("not_evaluable", "pending", "evaluable", "toxic")
    }
    assert subjects == {
        "not_evaluable": ("S01-001",),
        "pending": ("S01-002",),
        "evaluable": ("S01-003", "S01-004"),
        "toxic": ("S01-003",),
    }


def test_an_event_that_lasts_on_may_still_become_limiting(study: Study) -> None:
    section = build(study, life(1, crs(3, ongoing=True)), cut=BEGIN + timedelta(days=1 + 20 + 3))
    assert numbers_of(section)[f"toxicity.open.{ARMS[0]}"].value == 1
    later = build(study, life(1, crs(3, ongoing=True)), cut=BEGIN + timedelta(days=1 + 20 + 6))
    assert numbers_of(later)[f"toxicity.toxic.{ARMS[0]}"].value == 1


@pytest.mark.requirement("TW-R-048")
def test_the_boundary_is_that_of_the_house_reference(study: Study) -> None:
    section = build(study, life(1))
    figure = section.blocks[0]
    assert isinstance(figure, Figure)
    assert figure.data is not None
    shown = {int(row.label): row.cells[0] for row in figure.data.rows}
    assert shown == {n: str(DOMAIN_RULE_C[n - 1]) for n in range(3, 21)}


def test_the_posterior_is_that_of_the_beta_distribution(study: Study) -> None:
    lives = [life(n, crs(4)) for n in (1, 2)] + [life(n) for n in (3, 4, 5)]
    number = numbers_of(build(study, *lives))[f"toxicity.posterior.{ARMS[0]}"]
    assert number.value == pytest.approx(beta.sf(0.3, 0.6 + 2, 1.4 + 3))
    assert number.subjects == tuple(one.subject for one in lives)


def test_the_path_goes_by_the_day_a_subject_begins_to_count_and_stops_at_the_boundary(study: Study) -> None:
    lives = [life(1), *(life(n, crs(4)) for n in (2, 3, 4))]
    data = derive_dataset(study, write_states(study, lives), CUT)
    group = find_groups(data)[0]
    # the toxicities come on days 2 to 5 after the first T cells, the window of the first subject ends on day 21
    assert [s.state.subject for s in group.evaluable] == ["S01-002", "S01-003", "S01-004", "S01-001"]
    assert group.path() == (1, 2, 3, 3)
    assert study.safety.stopping is not None
    assert find_crossing(make_rule(study.safety.stopping), group.path()) == 3
    verdicts = [row.cells for row in build_toxicity(data).blocks[1].rows if row.label == "Verdict"]  # type: ignore[union-attr]
    assert verdicts == [("Stop: reached after 3 evaluable subjects", "No subject is evaluable yet")]


def test_looks_after_every_third_subject_only() -> None:
    stated = ToxicityStopping(
        prior_events=0.6, prior_free=1.4, max_rate=0.3, cutoff=0.9, first_look=3, look_every=3, max_subjects=9
    )
    assert find_crossing(make_rule(stated), (0, 1, 2, 3, 3, 3)) is None
    assert find_crossing(make_rule(stated), (0, 1, 2, 3, 3, 4)) == 6


def test_arms_together_are_counted_but_not_held_against_the_rule_of_an_arm(study: Study) -> None:
    lives = [life(1, crs(4)), life(2, arm=ARMS[1])]
    states = write_states(study, lives)
    pooled = derive_dataset(pool_study(study), pool_states(study, states), CUT)
    section = build_toxicity(pooled)
    found = numbers_of(section)
    assert found["toxicity.toxic.all_subjects"].value == 1
    assert found["toxicity.evaluable.all_subjects"].value == 2
    assert not [name for name in found if "posterior" in name or "path" in name]
    assert "each arm by itself" in " ".join(section.words)


def test_a_rule_over_all_subjects_looks_at_them_together(study: Study) -> None:
    assert study.safety.stopping is not None
    together = study.safety.stopping.model_copy(update={"scope": "all"})
    changed = study.model_copy(update={"safety": study.safety.model_copy(update={"stopping": together})})
    found = numbers_of(build(changed, life(1, crs(4)), life(2, crs(4), arm=ARMS[1])))
    assert found["toxicity.toxic.all"].value == 2


def test_without_a_definition_nothing_is_counted(study: Study) -> None:
    bare = study.safety.model_copy(update={"dose_limiting": None})
    section = build(study.model_copy(update={"safety": bare}), life(1, crs(4)))
    assert section.blocks == ()
    assert "defines no dose-limiting toxicity" in section.words[0]
