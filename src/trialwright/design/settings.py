"""The few numbers of a scenario that people turn first: what they are, what they may be, and what they are in it.

A page or a program shows them as fields; :mod:`trialwright.design.what_if` makes the changed scenario.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trialwright.design.result import true_medians
from trialwright.design.scenario import DesignScenario
from trialwright.study.model.scenario import ArmCourse, Scenario

Kind = Literal["number", "whole", "choice", "ratio"]
Value = float | str | None

SPENDING = {
    "none": "no boundary",
    "obrien_fleming": "Lan-DeMets, O'Brien-Fleming",
    "pocock": "Lan-DeMets, Pocock",
    "hwang_shih_decani": "Hwang-Shih-DeCani",
    "haybittle_peto": "Haybittle-Peto",
}
FUTILITY = {
    "none": "no boundary",
    **{k: SPENDING[k] for k in ("obrien_fleming", "pocock", "hwang_shih_decani")},
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One field: its name, its label with the unit, the limits of its value or the choices that there are."""

    name: str
    label: str
    kind: Kind = "number"
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    unit: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    may_be_empty: bool = False
    slide: tuple[float, float] | None = None
    """The usual part of the range, for a slider beside the field."""

    @property
    def limits(self) -> str:
        """The limits in words."""
        return f"{self.low:g} to {self.high:g}"


def _choices(words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(words.items())


GROUPS: tuple[tuple[str, tuple[Setting, ...]], ...] = (
    (
        "Subjects and time",
        (
            Setting("subjects", "Subjects", "whole", 4, 1000, 2, slide=(10, 200)),
            Setting(
                "ratio", "Allocation, experimental to control", "ratio", 1, 20, help="Two whole numbers: 2:1"
            ),
            Setting(
                "accrual_months", "Even enrolment over", "number", 0.5, 240, 0.5, "months", slide=(1, 60)
            ),
            Setting(
                "analysis_months",
                "Final analysis",
                "number",
                1,
                400,
                0.5,
                "months",
                "Since enrolment opened",
                slide=(6, 120),
            ),
            Setting("drop_out", "Drop-out", "number", 0, 20, 0.1, "% a month", slide=(0, 5)),
        ),
    ),
    (
        "Disease and effect",
        (
            Setting(
                "control_pfs_months", "Control, median PFS", "number", 0.1, 240, 0.1, "months", slide=(1, 24)
            ),
            Setting(
                "control_os_months", "Control, median OS", "number", 0.1, 240, 0.1, "months", slide=(2, 48)
            ),
            Setting(
                "hazard_ratio",
                "Hazard ratio",
                "number",
                0.05,
                3,
                0.01,
                "",
                "On progression and death, once the effect has begun",
                may_be_empty=True,
                slide=(0.2, 1.2),
            ),
            Setting(
                "death_hazard_ratio",
                "Hazard ratio of death, if another",
                "number",
                0.05,
                3,
                0.01,
                "",
                may_be_empty=True,
            ),
            Setting("delay_months", "Effect begins after", "number", 0, 60, 0.1, "months", slide=(0, 12)),
            Setting(
                "product_failure",
                "Products that fail",
                "number",
                0,
                90,
                1,
                "%",
                "Experimental arm",
                slide=(0, 50),
            ),
            Setting(
                "waiting_months",
                "Allocation to first infusion",
                "number",
                0,
                24,
                0.1,
                "months",
                "Experimental arm",
                slide=(0, 6),
            ),
        ),
    ),
    (
        "Analyses",
        (
            Setting(
                "endpoint",
                "First endpoint",
                "choice",
                help="Boundaries belong to it",
                choices=(("os", "overall survival"), ("pfs", "progression-free survival")),
            ),
            Setting(
                "looks",
                "Analyses in all",
                "whole",
                1,
                5,
                1,
                "",
                "Interim ones at equal steps of events",
                slide=(1, 5),
            ),
            Setting("spending", "Efficacy boundary", "choice", choices=_choices(SPENDING)),
            Setting("futility", "Futility boundary", "choice", choices=_choices(FUTILITY)),
            Setting(
                "binding",
                "Futility is",
                "choice",
                choices=(("no", "not binding"), ("yes", "binding")),
            ),
            Setting("alpha", "Type I error", "number", 0.1, 30, 0.1, "%", slide=(0.5, 20)),
            Setting("sides", "Sides", "choice", choices=(("2", "two-sided"), ("1", "one-sided"))),
            Setting(
                "milestone_months", "Survival shown at", "number", 0.5, 240, 0.5, "months", slide=(3, 60)
            ),
        ),
    ),
)
SETTINGS = {setting.name: setting for _, settings in GROUPS for setting in settings}


def read_settings(scenario: Scenario, design: DesignScenario) -> dict[str, Value]:
    """The values of all settings in a scenario of a study and the design made of it.

    A hazard ratio is None where the experimental arm is described by itself.
    """
    experimental = _arm(scenario, scenario.experimental_arm)
    effect = experimental.relative
    control = true_medians(design)["control"]
    plan, last = scenario.group_sequential, scenario.analyses[-1]
    return {
        "subjects": float(design.subjects),
        "ratio": f"{design.ratio[0]}:{design.ratio[1]}",
        "accrual_months": round(design.enrolment_months, 3),
        "analysis_months": last.at_months or round(design.enrolment_months * 2, 1),
        "drop_out": round(100 * scenario.drop_out_per_month, 6),
        "control_pfs_months": _rounded(control["pfs"]),
        "control_os_months": _rounded(control["os"]),
        "hazard_ratio": effect.hazard_ratio if effect else None,
        "death_hazard_ratio": effect.death_hazard_ratio if effect else None,
        "delay_months": effect.from_months if effect else 0.0,
        "product_failure": round(100 * design.experimental.product_failure, 6),
        "waiting_months": design.experimental.vein_to_vein_months,
        "endpoint": design.tests[0].endpoint,
        "looks": float(len(scenario.analyses)),
        "spending": plan.efficacy if plan else "none",
        "futility": plan.futility if plan else "none",
        "binding": "yes" if plan and plan.futility_binding else "no",
        "alpha": round(100 * scenario.alpha, 6),
        "sides": str(scenario.sides),
        "milestone_months": 12.0,
    }


def _arm(scenario: Scenario, arm_id: str) -> ArmCourse:
    return next(course for course in scenario.arms if course.arm == arm_id)


def _rounded(median: float | None) -> float:
    """A median as a field shows it; one that is never reached is shown as the longest that can be entered."""
    return SETTINGS["control_os_months"].high if median is None else round(median, 2)


def render_value(value: Value) -> str:
    """A value as its field holds it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:g}"


def parse_settings(
    texts: Mapping[str, str], initial: Mapping[str, Value]
) -> tuple[dict[str, Value], dict[str, str]]:
    """(values, problems by field) of what was entered; a field that is not there, or was not
    touched, keeps its initial value."""
    values, problems = dict(initial), dict[str, str]()
    for name, setting in SETTINGS.items():
        text = texts.get(name)
        if text is None or text.strip() == render_value(initial[name]):
            continue
        value, problem = _parse(setting, text.strip())
        if problem:
            problems[name] = problem
        else:
            values[name] = value
    return values, problems | _check_together(values, problems)


def _parse(setting: Setting, text: str) -> tuple[Value, str]:
    if setting.kind == "choice":
        known = [key for key, _ in setting.choices]
        return (text, "") if text in known else (None, "Choose one of the list.")
    if not text:
        return (None, "") if setting.may_be_empty else (None, f"Enter a number from {setting.limits}.")
    if setting.kind == "ratio":
        return _parse_ratio(setting, text)
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = math.nan
    if not setting.low <= number <= setting.high:
        return None, f"Enter a number from {setting.limits}."
    if setting.kind == "whole" and number != int(number):
        return None, f"Enter a whole number from {setting.limits}."
    return number, ""


def _parse_ratio(setting: Setting, text: str) -> tuple[Value, str]:
    parts = text.replace(" ", "").split(":")
    allowed = [str(number) for number in range(int(setting.low), int(setting.high) + 1)]
    if len(parts) != 2 or any(part not in allowed for part in parts):
        return None, f"Enter two whole numbers from {setting.limits} with a colon between them: 2:1."
    return ":".join(parts), ""


def _check_together(values: Mapping[str, Value], problems: Mapping[str, str]) -> dict[str, str]:
    """Problems of values that do not go together, at the field that is easiest to change."""
    found: dict[str, str] = {}
    pfs, os = values["control_pfs_months"], values["control_os_months"]
    if isinstance(pfs, float) and isinstance(os, float) and os <= pfs and "control_os_months" not in problems:
        found["control_os_months"] = "Median OS must be longer than median PFS."
    if values["futility"] != "none" and values["spending"] == "none":
        found["futility"] = "Choose an efficacy boundary too; futility is counted against it."
    if values["death_hazard_ratio"] is not None and values["hazard_ratio"] is None:
        found["death_hazard_ratio"] = "Enter the hazard ratio too."
    return found
