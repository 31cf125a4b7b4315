"""How the answers of `trialwright design` are shown on a terminal and written to files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape

from .output import EXIT_USAGE, Stop, out, print_table, write_aside

NONE = "–"


def share_text(found: Mapping[str, float] | None) -> str:
    """A share in per cent with its Monte Carlo standard error."""
    return NONE if found is None else f"{100 * found['estimate']:.1f} % ± {100 * found['se']:.1f}"


def mean_text(found: Mapping[str, float] | None) -> str:
    """A mean with its Monte Carlo standard error."""
    return NONE if found is None else f"{found['estimate']:.1f} ± {found['se']:.2f}"


def number_text(value: float | None, digits: int = 2) -> str:
    """A number, or a dash."""
    return NONE if value is None else f"{value:.{digits}f}"


def print_result(document: Mapping[str, Any]) -> None:
    """One scenario: a row for each test at each analysis, the other tests, and where trials stop."""
    rows: list[tuple[str, ...]] = []
    for look in document["analyses"]:
        for name, found in look["endpoints"].items():
            rows.append(
                (
                    look["id"],
                    name.upper(),
                    share_text(found["power"]),
                    mean_text(found["events"]),
                    mean_text(look["duration_months"]),
                    number_text(found["hazard_ratio"]["median"]),
                    number_text(found["detectable_hazard_ratio"]["estimate"]),
                )
            )
        rows += [
            (look["id"], _test_name(other), share_text(other["power"]), NONE, NONE, NONE, NONE)
            for other in look["other_tests"]
        ]
    title = f"{document['title']} ({document['subjects']} subjects, {document['replicates']} trials)"
    columns = ("Analysis", "Test", "Power", "Events", "Months", "HR, median", "HR for 80 %")
    print_table(title, columns, rows)
    if document["monitoring"] is not None:
        _print_stops(document)
    if document.get("response") is not None:
        _print_response(document["response"])
    if document.get("losses") is not None:
        _print_losses(document["losses"])


def _test_name(test: Mapping[str, Any]) -> str:
    at = "" if test["tau_months"] is None else f" at month {test['tau_months']:g}"
    return f"{test['endpoint'].upper()} {test['kind'].replace('_', ' ')}{at}"


def _print_stops(document: Mapping[str, Any]) -> None:
    stops = document["monitoring"]
    given = stops["boundaries"]
    rows = [
        (
            look["id"],
            f"{100 * given['information_fractions'][k]:.0f} %",
            number_text(given["efficacy_z"][k], 4),
            number_text(given["lower_z"][k], 4),
            *(share_text(look[why]) for why in ("efficacy", "futility", "harm", "no_result")),
        )
        for k, look in enumerate(stops["stops"])
    ]
    title = (
        f"Boundaries for {stops['endpoint'].upper()}: power {share_text(stops['power'])}, "
        f"{mean_text(stops['events'])} events, {mean_text(stops['duration_months'])} months"
    )
    columns = (
        "Analysis",
        "Information",
        "Efficacy Z",
        "Lower Z",
        "Efficacy",
        "Futility",
        "Harm",
        "No result",
    )
    print_table(title, columns, rows)


def print_boundaries(document: Mapping[str, Any]) -> None:
    """A row for each look: its information and boundaries, what is spent; then what the looks cost."""
    rows = [
        (
            look["id"],
            f"{100 * document['information_fractions'][k]:.1f} %",
            number_text(document["efficacy_z"][k], 4),
            number_text(document["lower_z"][k], 4),
            number_text(document["nominal_one_sided_p"][k], 5),
            number_text(document["cumulative_alpha_spent"][k], 5),
        )
        for k, look in enumerate(document["looks"])
    ]
    sided = "one-sided" if document["sides"] == 1 else "two-sided"
    title = (
        f"Boundaries for {document['endpoint'].upper()}, alpha {document['alpha']:g} {sided}: "
        f"{document['information_inflation']:.4f} times the information of a single look "
        f"for {100 * document['power']:g} % power"
    )
    columns = ("Analysis", "Information", "Efficacy Z", "Lower Z", "One-sided p", "Alpha spent, one-sided")
    print_table(title, columns, rows)


def print_answer_findings(document: Mapping[str, Any]) -> None:
    """The findings of an answer, each with its remedy."""
    for found in document["findings"]:
        out.print(escape(f"{found['severity']} {found['code']} {found['message']}"), soft_wrap=True)
        out.print(f"    {escape(found['remedy'])}", style="dim", soft_wrap=True)


def _print_response(found: Mapping[str, Any]) -> None:
    rates = " and ".join(f"{100 * rate:g} %" for rate in found["rates"])
    rows = [
        (found["test"], rates, f"{100 * found['power']:.1f} %", f"{100 * found['rejected_either_way']:.1f} %")
    ]
    print_table("Response rates (exact)", ("Test", "Rates", "Power", "Rejected either way"), rows)


def _print_losses(losses: Mapping[str, Mapping[str, float]]) -> None:
    rows = [(arm, *(f"{100 * share:.1f} %" for share in shares.values())) for arm, shares in losses.items()]
    names = [name.replace("_", " ").capitalize() for name in next(iter(losses.values()))]
    print_table("Between allocation and infusion", ("Arm", *names), rows)


def print_grid(document: Mapping[str, Any]) -> None:
    """The points of a grid, a row each."""
    axes = list(document["axes"])
    rows = [
        (
            *(f"{point['values'][name]:g}" for name in axes),
            NONE
            if point["power"] is None
            else f"{100 * point['power']:.1f} % ± {100 * point['power_se']:.1f}",
            number_text(point["events"], 1),
            number_text(point["duration_months"], 1),
            number_text(point["hazard_ratio_median"]),
            ", ".join(point["finding_codes"]) or NONE,
        )
        for point in document.get("points", ())
    ]
    title = f"Power for {document['endpoint'].upper()}, {document['replicates']} trials a point"
    print_table(title, (*axes, "Power", "Events", "Months", "HR, median", "Findings"), rows)


def write_grid(document: Mapping[str, Any], csv_file: Path | None, svg_file: Path | None) -> None:
    """The grid as a table of values, and as a heat map where it has two axes (a curve where it has one)."""
    if csv_file is not None:
        write_aside(csv_file, grid_csv(document))
    if svg_file is not None:
        write_aside(svg_file, grid_svg(document))


def grid_csv(document: Mapping[str, Any]) -> str:
    """A row a point: the values of the axes, then what was found; an empty cell where there is nothing."""
    names = ["power", "power_se", "events", "duration_months", "hazard_ratio_median"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*document["axes"], *names, "findings"])
    for point in document["points"]:
        found = ["" if point[name] is None else point[name] for name in names]
        writer.writerow([*point["values"].values(), *found, " ".join(point["finding_codes"])])
    return text.getvalue()


def grid_svg(document: Mapping[str, Any]) -> str:
    """A heat map of two axes, or a curve over one."""
    from trialwright.report.design_charts import draw_grid, draw_power_over

    axes = {name: tuple(values) for name, values in document["axes"].items()}
    if len(axes) == 2:
        return draw_grid(axes, document["heat_map"], document["endpoint"])
    if len(axes) == 1:
        points = document["points"]
        [(name, values)] = axes.items()
        powers = [point["power"] for point in points]
        errors = [point["power_se"] for point in points]
        return draw_power_over(name, values, powers, errors, document["endpoint"])
    raise Stop(EXIT_USAGE, "A figure can be drawn of one or two axes.", "Leave --svg out, or vary fewer.")
