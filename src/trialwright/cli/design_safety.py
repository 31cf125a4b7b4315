"""`trialwright design safety`: stopping for toxicity and finding the dose, from the study file or from options."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from .output import EXIT_ERRORS, EXIT_USAGE, Stop, print_json, print_table


def safety(
    study: Annotated[
        Path | None, typer.Argument(help="The study, whose rule and dose levels are judged; or give --limit.")
    ] = None,
    limit: Annotated[
        float | None, typer.Option("--limit", help="The rate of toxicity that must not be exceeded.")
    ] = None,
    certainty: Annotated[
        float, typer.Option("--certainty", help="Stop when it is exceeded this surely.")
    ] = 0.95,
    prior: Annotated[str, typer.Option("--prior", help="Beta prior, A,B.")] = "0.5,0.5",
    subjects: Annotated[int, typer.Option("--subjects", min=1, max=500)] = 20,
    first_look: Annotated[int, typer.Option("--first-look", min=1)] = 3,
    true_rate: Annotated[
        str, typer.Option("--true", help="True rates, separated by commas.")
    ] = "0.1,0.2,0.3,0.4,0.5,0.6",
    dose_rate: Annotated[
        str, typer.Option("--doses", help="True rates of the dose levels, for 3+3 and BOIN.")
    ] = "",
    target: Annotated[float, typer.Option("--target", help="Target rate of the dose finding.")] = 0.3,
    replicates: Annotated[int, typer.Option("--replicates", min=1, max=10_000_000)] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 1,
    answer: Annotated[str, typer.Option("--format", help="table or json.")] = "table",
) -> None:
    """A stopping rule for toxicity with its exact operating characteristics; 3+3, BOIN and CRM at believed rates."""
    from .design import numbers_of

    if answer not in ("table", "json", "text"):
        raise Stop(EXIT_USAGE, f"There is no format `{answer}`.", "Use table or json.")
    rates = numbers_of(true_rate)
    if study is not None and limit is None:
        document = _of_study(study, rates, replicates, seed)
    elif study is None and limit is not None:
        rule = limit, certainty, numbers_of(prior, 2), subjects, first_look
        doses = numbers_of(dose_rate) if dose_rate else ()
        document = _of_options(rule, rates, doses, target, replicates, seed)
    else:
        remedy = "Name the study to judge its own rule, or give --limit with the other options."
        raise Stop(EXIT_USAGE, "Either a study or --limit is needed, not both.", remedy)
    if answer == "json":
        print_json(document)
    else:
        print_safety(document)
    if any(finding["severity"] == "error" for finding in document["findings"]):
        raise Stop(EXIT_ERRORS)


def _of_study(study: Path, rates: tuple[float, ...], replicates: int, seed: int) -> dict[str, Any]:
    from trialwright.design.safety_answer import answer_study_safety

    from .study import read_study

    return answer_study_safety(read_study(study), rates, replicates, seed)


def _of_options(
    given: tuple[float, float, tuple[float, ...], int, int],
    rates: tuple[float, ...],
    doses: tuple[float, ...],
    target: float,
    replicates: int,
    seed: int,
) -> dict[str, Any]:
    from trialwright.design.toxicity import ToxicityRule
    from trialwright.design.verbs import answer_safety

    limit, certainty, (a, b), subjects, first_look = given
    shares = (limit, certainty, target, *rates, *doses)
    edges = 0 < limit < 1 and 0 < target < 1 and 0 < certainty < 1
    if (
        not (0 < a < math.inf and 0 < b < math.inf)
        or any(not 0 <= share <= 1 for share in shares)
        or not edges
    ):
        remedy = (
            "Rates are from 0 to 1; limit, target and certainty between 0 and 1; the prior's numbers above 0."
        )
        raise Stop(EXIT_USAGE, "The rule cannot be used.", remedy)
    rule = ToxicityRule((a, b), limit, certainty, subjects, first_look)
    return answer_safety(rule, rates, doses, target, replicates=replicates, seed=seed)


def print_safety(document: dict[str, Any]) -> None:
    """The rule with its boundary and behaviour; then each belief about the dose levels."""
    if "rule" in document:
        limits = ", ".join(
            f"{least}/{n}" for n, least in enumerate(document["boundary"], start=1) if least is not None
        )
        rows = [
            (
                f"{100 * row['true_rate']:g} %",
                f"{100 * row['stop_probability']:.2f} %",
                f"{row['expected_subjects']:.2f}",
                f"{row['expected_events']:.2f}",
            )
            for row in document["characteristics"]
        ]
        columns = ("True rate", "Stops", "Expected subjects", "Expected events")
        print_table(f"Stops at {limits or 'nothing'}", columns, rows)
    plan: dict[str, Any] = document.get("dose_finding") or {"levels": [], "beliefs": []}
    for belief in plan["beliefs"]:
        heads = [
            "Method",
            *(f"{level['cells']:g} cells" for level in plan["levels"]),
            "None",
            "Subjects",
            "Events",
        ]
        print_table(f"{belief['title']}: {_rates(belief['rates'])}", heads, _method_rows(belief))
    if "boin" in document or "three_plus_three" in document:
        first = document.get("boin") or document["three_plus_three"]
        heads = [
            "Method",
            *(f"{100 * rate:g} %" for rate in first["true_rates"]),
            "None",
            "Subjects",
            "Events",
        ]
        print_table("Dose finding at the true rates", heads, _method_rows(document))


def _rates(rates: list[float]) -> str:
    return ", ".join(f"{100 * rate:g} %" for rate in rates)


def _method_rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, title in (("three_plus_three", "3+3 (exact)"), ("boin", "BOIN"), ("crm", "CRM")):
        if name not in found:
            continue
        one = found[name]
        errors = one.get("selected_se") or [None] * len(one["selected"])
        chosen = [_share(p, e) for p, e in zip(one["selected"], errors, strict=True)]
        subjects = one.get("expected_subjects") or sum(one["mean_subjects"])
        events = one.get("expected_events", sum(one.get("mean_events", ())))
        rows.append(
            (title, *chosen, f"{100 * one['none_selected']:.1f} %", f"{subjects:.1f}", f"{events:.1f}")
        )
    return rows


def _share(share: float, error: float | None) -> str:
    return f"{100 * share:.1f} %" + ("" if error is None else f" ± {100 * error:.1f}")
