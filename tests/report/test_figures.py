"""Figures: names and numbers under the survival curves stand apart and inside the picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from trialwright.report import figures
from trialwright.report.figures import Curve, draw_survival
from trialwright.stats.kaplan_meier import compute_kaplan_meier

LONG = "Dendritic cells with precision multiple antigen T cells"


@contextmanager
def caught_figure(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The figures that are drawn meanwhile, to be measured."""
    made: list[Any] = []
    canvas = figures.make_canvas

    def keep(height_inches: float) -> tuple[Any, Any]:
        figure, axes = canvas(height_inches)
        made.append(figure)
        return figure, axes

    with monkeypatch.context() as patch:
        patch.setattr(figures, "make_canvas", keep)
        yield made


@pytest.mark.parametrize("label", ["A", "PIK-HER2 cells", LONG])
def test_arm_names_stand_clear_of_the_numbers_at_risk(monkeypatch: pytest.MonkeyPatch, label: str) -> None:
    time = np.arange(1.0, 1201.0) / 40
    estimate = compute_kaplan_meier(time, np.ones(len(time), dtype=bool))
    with caught_figure(monkeypatch) as made:
        draw_survival([Curve(label, estimate)], [0.0, 10.0, 20.0, 30.0], "Months", "km")
    texts = {one.get_text(): one.get_window_extent() for one in made[0].axes[0].texts}
    name, first = texts[label], texts["1200"]
    assert name.x1 + 2 < first.x0
    assert name.x0 >= 0
