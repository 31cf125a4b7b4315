"""`trialwright import` and `trialwright registry`: records of the registry, in and out."""

from __future__ import annotations

import sys
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.study.findings import Finding

from .cluster import Address
from .dates import parse_day
from .output import (
    EXIT_ERRORS,
    EXIT_USAGE,
    Format,
    Stop,
    err,
    out,
    print_findings,
    print_json,
    print_table,
    say_step,
    stop_on_errors,
    write_aside,
)
from .registry_lint import lint
from .spread import Workers, choose_places, show_progress, spread
from .study import read_study

app = typer.Typer(help="The registry: export a record, its status, what is overdue.", no_args_is_help=True)

app.command("lint")(lint)

Study = Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")]
On = Annotated[str, typer.Option("--on", help="Date of judgement; today without it.")]
Answer = Annotated[Format, typer.Option("--format", help="How to answer.")]


def add_to(app: typer.Typer) -> None:
    """Add the command that stands at the top level."""
    app.command("import")(import_record)


def import_record(
    record: Annotated[str, typer.Argument(help="A record: JSON, XML or page text; - for standard input.")],
    folder: Annotated[Path, typer.Option("--out", help="The folder of the draft study.")] = Path("draft"),
    answer: Answer = Format.TEXT,
) -> None:
    """Start a study from its registry record: list every finding, write a draft study.yaml.

    Where the record could not be read whole, no draft is written.
    """
    draft, findings = read_draft(record)
    if draft is not None:
        write_aside(folder / "study.yaml", draft)
    print_findings(findings, answer, out if answer is Format.JSON else err)
    if draft is None:
        raise Stop(EXIT_ERRORS, "No draft was written.", "Mend the errors above, then import again.")
    if answer is Format.TEXT:
        say_step(f"Draft written to {folder / 'study.yaml'}")
    stop_on_errors(findings)


def read_draft(source: str) -> tuple[str | None, list[Finding]]:
    """The text of a draft study file for the one record of a source, and what was found on the way.

    Where reading ended in an error there is no text: a draft of half a record would pass for a whole one.
    """
    from trialwright.standards.clinicaltrials_gov import (
        check_outcomes,
        derive_draft,
        read_records,
        render_study_file,
    )
    from trialwright.study.findings import has_errors

    data, origin = _read_bytes(source)
    reading = read_records(data, origin)
    findings = list(reading.findings)
    if len(reading.records) != 1:
        if reading.records:
            message = f"{origin} holds {len(reading.records)} records."
            raise Stop(EXIT_USAGE, message, "Give one record; `trialwright registry convert` reads many.")
        return None, findings
    record = reading.records[0]
    findings += record.findings
    whole = not has_errors(findings)
    draft = derive_draft(record)
    findings += [*draft.findings, *check_outcomes(draft.study())]
    return render_study_file(draft, record) if whole else None, findings


def _read_bytes(source: str) -> tuple[bytes, str]:
    if source == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        return Path(source).read_bytes(), source
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise Stop(EXIT_ERRORS, f"{source} cannot be read: {reason}.", "Name a file that exists.") from error


@app.command("convert")
def convert(
    paths: Annotated[list[str], typer.Argument(help="Records: files, folders, - for standard input.")],
    to: Annotated[str, typer.Option("--to", help="The form to write: v2 (API v2 JSON lines).")] = "v2",
    workers: Workers = 0,
    cluster: Address = "",
) -> None:
    """Write each record, after its way through the study model, as a JSON line."""
    from trialwright.standards.clinicaltrials_gov.record_units import compute_size, iterate_units
    from trialwright.standards.clinicaltrials_gov.unit_work import convert_unit
    from trialwright.study.findings import Severity, has_errors

    if to != "v2":
        raise Stop(EXIT_USAGE, f"There is no form `{to}`.", "Use --to v2.")
    broken = False
    rows = spread(convert_unit, iterate_units(paths, sys.stdin.buffer), choose_places(workers, cluster))
    units = show_progress("Converting", rows, compute_size(paths), len, out.is_terminal)
    for line, findings in chain.from_iterable(units):
        if line is not None:
            sys.stdout.write(f"{line}\n")
        told = [finding for finding in findings if finding.severity is not Severity.INFO]
        if told:
            print_findings(told, Format.TEXT, err)
        broken = broken or has_errors(findings)
    if broken:
        raise Stop(EXIT_ERRORS)


@app.command("record")
def record(study: Study, on: On = "") -> None:
    """Print the study's record as API v2 JSON, checked against the registry's schema."""
    document, findings = make_record(read_study(study), parse_day(on))
    print_json(document)
    if findings:
        print_findings(findings, Format.TEXT, err)
    stop_on_errors(findings)


@app.command("status")
def status(study: Study, on: On = "", answer: Answer = Format.TEXT) -> None:
    """Say how the registry shows the study at a date, and which duties are overdue."""
    document = judge(read_study(study), parse_day(on))
    if answer is Format.JSON:
        print_json(document)
        return
    out.print(f"Displayed status on {document['on']}: {document['display_status'] or 'not decided'}")
    for reason in document["reasons"]:
        out.print(f"    {reason}", style="dim")
    rows = [
        (d["code"], d["what"], d["due_on"] or "–", d["state"], str(d["days_late"]) if d["days_late"] else "")
        for d in document["duties"]
    ]
    print_table("Duties", ("Code", "What", "Due", "State", "Days late"), rows)


def make_record(study: Any, on: date, facts: Any = None) -> tuple[dict[str, Any], tuple[Finding, ...]]:
    """The record of a study and what the registry's schema says of it."""
    from trialwright.standards.clinicaltrials_gov import check_schema, export_record

    document = export_record(study, on, facts)
    return document, check_schema(document)


def judge(study: Any, on: date, facts: Any = None) -> dict[str, Any]:
    """Displayed status, duties and what is overdue at a date, JSON-ready."""
    from trialwright.standards.clinicaltrials_gov import compute_deadlines, compute_display_status

    document, _ = make_record(study, on, facts)
    shown = compute_display_status(document["protocolSection"].get("statusModule", {}), on)
    under_ind = study.registry.oversight.under_ind
    duties = [duty.as_json() for duty in compute_deadlines(document, on, facts, under_ind)]
    return {
        "on": on.isoformat(),
        "display_status": shown.status,
        "last_status": shown.last_status,
        "unknown": shown.unknown,
        "rule": shown.rule,
        "reasons": list(shown.reasons),
        "duties": duties,
        "overdue": [duty for duty in duties if duty["overdue"]],
    }
