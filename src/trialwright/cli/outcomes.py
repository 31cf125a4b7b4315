"""`trialwright outcomes`: endpoints derived from files, for those who use only this part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .dates import parse_optional_date
from .output import EXIT_USAGE, Format, Stop, err, print_findings, stop_on_errors
from .tables import read_domains, read_rows, write_rows

app = typer.Typer(
    help="Endpoints from files: RECIST, best response, survival times, QLQ-C30, events.", no_args_is_help=True
)

Out = Annotated[
    Path | None, typer.Option("--out", help="Write .csv, .parquet or .json; JSON on screen without it.")
]


@app.command("recist")
def recist(
    lesions: Annotated[
        Path, typer.Argument(help="One row a lesion and assessment; or a folder with TU and TR.")
    ],
    immune: Annotated[bool, typer.Option("--immune", help="Add the iRECIST response.")] = False,
    out: Out = None,
) -> None:
    """Lesion measurements to sums of diameters and time-point responses (RECIST 1.1)."""
    from trialwright.outcomes.files.lesions_file import derive_time_point_rows

    rows = _tidy_lesions(lesions) if lesions.is_dir() else read_rows(lesions)
    _answer(derive_time_point_rows(rows, file=str(lesions), with_immune=immune), out)


def _tidy_lesions(folder: Path) -> Any:
    from trialwright.outcomes.files.sdtm_lesions import derive_tidy_lesions

    domains = read_domains(folder)
    tidy = derive_tidy_lesions(domains.get("TU", []), domains.get("TR", []))
    _findings(tidy.findings)
    return tidy.rows


@app.command("bor")
def bor(
    responses: Annotated[Path, typer.Argument(help="One row a subject and assessment.")],
    reference: Annotated[Path, typer.Option("--reference", help="One row a subject with its start date.")],
    confirmation_days: Annotated[int, typer.Option("--confirmation-days", min=0)] = 28,
    ref_start_window_days: Annotated[int, typer.Option("--ref-start-window-days", min=0)] = 42,
    max_not_evaluable: Annotated[int, typer.Option("--max-not-evaluable", min=0)] = 1,
    stable_between: Annotated[
        bool, typer.Option("--stable-between/--no-stable-between", help="One SD may stand between two PR.")
    ] = True,
    missing_as_not_evaluable: Annotated[
        bool,
        typer.Option(
            "--missing-as-ne/--missing-as-missing", help="A subject with nothing is NE, or missing."
        ),
    ] = True,
    stop_at_progression: Annotated[
        bool, typer.Option("--stop-at-progression/--use-all", help="Count nothing after the first PD.")
    ] = True,
    count_before_reference: Annotated[
        bool,
        typer.Option(
            "--count-before-reference/--from-reference", help="Count what was before the start too."
        ),
    ] = False,
    evaluator: Annotated[
        str, typer.Option("--evaluator", help="Only the assessments of this evaluator.")
    ] = "",
    out: Out = None,
) -> None:
    """Time-point responses to best overall response, confirmed and unconfirmed; one row a subject."""
    from trialwright.outcomes.files.responses_file import derive_best_response_rows
    from trialwright.outcomes.recist.best_response import BestResponseRules

    rules = BestResponseRules(
        start_window_days=ref_start_window_days,
        confirmation_days=confirmation_days,
        max_not_evaluable=max_not_evaluable,
        accept_stable_between=stable_between,
        missing_as_not_evaluable=missing_as_not_evaluable,
        stop_at_progression=stop_at_progression,
        count_before_reference=count_before_reference,
    )
    found = derive_best_response_rows(
        read_rows(responses),
        read_rows(reference),
        rules,
        evaluator=evaluator,
        responses_file=str(responses),
        reference_file=str(reference),
    )
    _answer(found, out)


@app.command("time-to-event")
def time_to_event(
    folder: Annotated[Path, typer.Argument(help="A folder with DM, DS, RS, CM and others.")],
    rule: Annotated[
        str, typer.Option("--rule", help="STRICT_DOCUMENTED, ITT_ALL_EVENTS, CLINICAL_PD_COUNTS.")
    ] = ("STRICT_DOCUMENTED"),
    interval_days: Annotated[
        int, typer.Option("--interval-days", min=1, help="Days between assessments.")
    ] = 42,
    until_days: Annotated[int, typer.Option("--until-days", min=1, help="Last planned assessment.")] = 730,
    window_days: Annotated[int, typer.Option("--window-days", min=0)] = 7,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="Duration of confirmed responses only.")
    ] = False,
    cut: Annotated[str, typer.Option("--cut", help="Count nothing after this date.")] = "",
    evaluator: Annotated[
        str, typer.Option("--evaluator", help="Only the assessments of this evaluator.")
    ] = "",
    out: Out = None,
) -> None:
    """OS, PFS, time to progression and duration of response, with event, reason, date and days."""
    from trialwright.outcomes.files.sdtm_survival import SurvivalOptions, derive_survival_rows
    from trialwright.outcomes.progression_free import PROGRESSION_RULES, AssessmentSchedule

    if rule not in PROGRESSION_RULES:
        raise Stop(EXIT_USAGE, f"There is no rule `{rule}`.", f"Use one of {', '.join(PROGRESSION_RULES)}.")
    options = SurvivalOptions(
        schedule=AssessmentSchedule.every(interval_days, until_days, window_days),
        rules=PROGRESSION_RULES[rule],
        confirmed_response=confirmed,
        cut_on=parse_optional_date(cut),
        evaluator=evaluator,
    )
    _answer(derive_survival_rows(read_domains(folder), options), out)


@app.command("qlq-c30")
def qlq_c30(
    items: Annotated[Path, typer.Argument(help="One row a form (q1..q30), or one row an item.")],
    change: Annotated[bool, typer.Option("--change", help="Add the change from the first form.")] = False,
    out: Out = None,
) -> None:
    """QLQ-C30 items to the 15 scales and the summary score."""
    from trialwright.outcomes.files.questionnaire_file import derive_score_rows

    _answer(derive_score_rows(read_rows(items), file=str(items), with_change=change), out)


@app.command("ae")
def adverse_events(
    folder: Annotated[Path, typer.Argument(help="A folder with DM, EX and AE.")],
    window_days: Annotated[int, typer.Option("--window-days", min=0, help="Days after the last dose.")] = 30,
    table: Annotated[str, typer.Option("--table", help="overview, grades or lines.")] = "overview",
    out: Out = None,
) -> None:
    """Treatment-emergent events: overview, worst grades by term, line listing."""
    from trialwright.outcomes.files.sdtm_events import derive_safety_tables

    found = derive_safety_tables(read_domains(folder), window_days=window_days)
    tables: dict[str, Any] = {"overview": found.overview, "grades": found.worst_grades, "lines": found.lines}
    if table not in tables:
        raise Stop(EXIT_USAGE, f"There is no table `{table}`.", f"Use one of {', '.join(tables)}.")
    write_rows(tables[table], out)
    _findings(found.findings)


def _answer(derived: Any, out: Path | None) -> None:
    write_rows(derived.rows, out)
    _findings(derived.findings)


def _findings(findings: Any) -> None:
    if findings:
        print_findings(list(findings), Format.TEXT, err)
    stop_on_errors(findings)
