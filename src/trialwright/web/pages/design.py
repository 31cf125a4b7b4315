"""What the design can show: fields with the scenario's beliefs, and power, events and time at once beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ruamel.yaml import YAML

from trialwright.actions.unit import study_of_version
from trialwright.design.from_study import make_design
from trialwright.design.picture import DesignPicture, milestone_survival
from trialwright.design.settings import GROUPS, Setting, Value, parse_settings, read_settings, render_value
from trialwright.design.what_if import Changed
from trialwright.report.characteristics import arm_names, build_characteristics
from trialwright.report.design_charts import (
    ENDPOINT_WORDS,
    draw_assumed_survival,
    draw_boundaries,
    draw_power_curves,
)
from trialwright.report.model import Figure, Section
from trialwright.study.model import Study
from trialwright.study.model.scenario import Scenario
from trialwright.web.design_room import SEED, Busy, picture_of
from trialwright.web.frame import page, show
from trialwright.web.pages.protocol import TABS
from trialwright.web.viewer import Viewer


@dataclass(frozen=True, slots=True)
class FieldView:
    """A setting with its value as text, what it was in the scenario, and what is wrong with it."""

    setting: Setting
    text: str
    initial: str
    problem: str


@page("protocol", "see_report")
def design(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page, or only its results where htmx asks for them after a change."""
    study = viewer.study
    if not study.scenarios:
        return show(request, viewer, "web/design.html", {"scenarios": ()})
    wanted = request.GET.get("scenario") or study.scenarios[0].id
    scenario = next((one for one in study.scenarios if one.id == wanted), None)
    if scenario is None:
        raise Http404
    made, findings = make_design(study, scenario)
    context: dict[str, Any] = {"scenarios": study.scenarios, "scenario": scenario, "study": study}
    if made is None:
        return show(request, viewer, "web/design.html", {**context, "findings": findings})
    initial = read_settings(scenario, made)
    texts = {name: request.GET.get(name, "") for name in request.GET}
    values, problems = parse_settings(texts, initial)
    context |= {"groups": _fields(texts, initial, problems), "problems": problems}
    context |= _results(viewer, scenario, initial, values) if not problems else {}
    if request.headers.get("HX-Request") == "true":
        return render(request, "web/_design_results.html", {**context, "partial": True})
    return show(request, viewer, "web/design.html", context)


@page("protocol")
def characteristics(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The part of the protocol on what the design can show, as the report has it."""
    section = characteristics_of_version(viewer.study.id, viewer.version)
    blocks = [
        {"figure": block, "table": block.data}
        if isinstance(block, Figure)
        else {"figure": None, "table": block}
        for block in section.blocks
    ]
    context = {"section": section, "blocks": blocks, "tabs": TABS}
    return show(request, viewer, "web/protocol_design.html", context)


@lru_cache(maxsize=4)
def characteristics_of_version(study: str, version: str) -> Section:
    """The section of a version; kept, since a version never changes."""
    return build_characteristics(study_of_version(study, version))


def _fields(
    texts: Mapping[str, str], initial: Mapping[str, Value], problems: Mapping[str, str]
) -> list[tuple[str, list[FieldView]]]:
    """The fields by group, with what was entered, right or wrong."""

    def view(setting: Setting) -> FieldView:
        before = render_value(initial[setting.name])
        return FieldView(setting, texts.get(setting.name, before), before, problems.get(setting.name, ""))

    return [(title, [view(setting) for setting in settings]) for title, settings in GROUPS]


def _results(
    viewer: Viewer, scenario: Scenario, initial: Mapping[str, Value], values: Mapping[str, Value]
) -> dict[str, Any]:
    study = viewer.study
    try:
        changed, picture = picture_of(study, viewer.version, scenario, initial, values)
    except Busy:
        return {"busy": True}
    if picture is None or picture.result.tally is None:
        return {"findings": changed.findings if picture is None else picture.result.findings}
    return {
        "picture": picture,
        "findings": picture.result.findings,
        "seed": SEED,
        "rows": _rows(picture),
        "stops": _stops(picture),
        "yaml": _yaml(changed.scenario) if changed.scenario != scenario else "",
        **_charts(study, changed, picture, values),
        "milestone_months": values["milestone_months"],
        "milestone": _milestone(changed, values),
        "arms": arm_names(study, scenario),
        "curve_rows": _curve_rows(picture),
    }


def _charts(
    study: Study, changed: Changed, picture: DesignPicture, values: Mapping[str, Value]
) -> dict[str, str]:
    ratio, month = values["hazard_ratio"], values["milestone_months"]
    plan = changed.scenario.group_sequential
    return {
        "power_chart": draw_power_curves(picture.curves, 0.8, ratio if isinstance(ratio, float) else None),
        "survival_chart": draw_assumed_survival(
            picture.survival,
            arm_names(study, changed.scenario),
            month if isinstance(month, float) else None,
        ),
        "boundary_chart": draw_boundaries(picture.boundaries, plan is not None and plan.futility != "none")
        if picture.boundaries
        else "",
    }


def _rows(picture: DesignPicture) -> list[dict[str, Any]]:
    """One row an endpoint: what the whole design shows for it."""
    document, last = picture.document, picture.document["analyses"][-1]
    stops: dict[str, Any] | None = document["monitoring"]
    rows: list[dict[str, Any]] = []
    for found in picture.detectable:
        name = found.endpoint
        of: dict[str, Any] = last["endpoints"][name]
        if stops is not None and stops["endpoint"] == name:
            of = stops
        duration = (stops or last)["duration_months"]
        rows.append(
            {
                "endpoint": ENDPOINT_WORDS[name].capitalize(),
                "power": of["power"],
                "rejected": of["rejected_either_way"],
                "events": of["events"],
                "duration": duration,
                "detectable": found,
                "hazard_ratio": last["endpoints"][name]["hazard_ratio"],
            }
        )
    return rows


def _stops(picture: DesignPicture) -> list[dict[str, Any]]:
    """The looks with boundaries, nominal p and the shares of trials that end there."""
    stops: dict[str, Any] | None = picture.document["monitoring"]
    boundaries = picture.boundaries
    if stops is None or boundaries is None:
        return []
    given = boundaries.as_json()
    return [
        {
            "look": look,
            "information": given["information_fractions"][k],
            "upper": given["efficacy_z"][k],
            "lower": given["lower_z"][k],
            "p": given["nominal_one_sided_p"][k],
            "spent": given["cumulative_alpha_spent"][k],
            "events": picture.result.scenario.looks[k].at_events,
            "months": picture.document["analyses"][k]["duration_months"],
        }
        for k, look in enumerate(stops["stops"])
    ]


def _curve_rows(picture: DesignPicture) -> list[tuple[str, list[tuple[float, float]]]]:
    """The power curves as rows: hazard ratio, then power and error of each endpoint."""
    ratios = picture.curves[0].hazard_ratios if picture.curves else ()
    return [
        (f"{ratio:.2f}", [(curve.powers[k], curve.errors[k]) for curve in picture.curves])
        for k, ratio in enumerate(ratios)
    ]


def _milestone(changed: Changed, values: Mapping[str, Value]) -> list[tuple[str, float, float]]:
    months = values["milestone_months"]
    if changed.design is None or not isinstance(months, float):
        return []
    found = milestone_survival(changed.design, months)
    return [(ENDPOINT_WORDS[e].capitalize(), by["control"], by["experimental"]) for e, by in found.items()]


def _yaml(scenario: Scenario) -> str:
    """The changed scenario as it would stand in the study file."""
    document = scenario.model_dump(mode="json", exclude_defaults=True, exclude={"assumed", "reason", "note"})
    writer, text = YAML(), StringIO()
    writer.default_flow_style = None
    writer.width = 100
    writer.dump([document], text)
    return text.getvalue()
