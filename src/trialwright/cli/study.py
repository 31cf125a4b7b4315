"""`trialwright check` and `trialwright schema`: the study file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .output import EXIT_ERRORS, Format, Stop, print_findings, print_json, stop_on_errors


def add_to(app: typer.Typer) -> None:
    """Add the commands of the study file."""
    app.command("check")(check)
    app.command("schema")(schema)


def check(
    study: Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")],
    answer: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
    quiet: Annotated[bool, typer.Option("--quiet", help="Leave out the notes.")] = False,
    on: Annotated[str, typer.Option("--on", help="Also judge the study's record at this date.")] = "",
    page: Annotated[
        Path | None, typer.Option("--page", help="Also write criteria, rules and findings to this HTML file.")
    ] = None,
) -> None:
    """Check a study file: every finding with its place, and what to do about it."""
    from trialwright.study.checks import check_loaded
    from trialwright.study.findings import Severity, sort_findings
    from trialwright.study.load import load_study

    loaded = load_study(study)
    findings = check_loaded(loaded)
    if loaded.study is not None:
        from trialwright.outcomes.safety_terms import check_safety_terms

        terms = (found.at(loaded.place(found.place.path)) for found in check_safety_terms(loaded.study))
        findings = sort_findings([*findings, *terms])
    if on and loaded.study is not None:
        from trialwright.standards.clinicaltrials_gov.lint import lint_study

        from .dates import parse_day

        findings += lint_study(loaded.study, parse_day(on))
    if page is not None and loaded.study is not None:
        from trialwright.report.protocol_page import render_protocol_page

        from .output import write_aside

        write_aside(page, render_protocol_page(loaded.study, findings))
    shown = [f for f in findings if not (quiet and f.severity is Severity.INFO)]
    print_findings(shown, answer)
    stop_on_errors(findings)


def schema(
    out: Annotated[Path | None, typer.Option("--out", help="Write to this file instead.")] = None,
) -> None:
    """Print the JSON Schema of the study file, for editors that check while one types."""
    import json

    from trialwright.study.schema import study_schema

    from .output import say_step, write_aside

    document = study_schema()
    if out is None:
        print_json(document)
        return
    write_aside(out, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    say_step(f"Schema written to {out}")


def read_study(path: Path):
    """The study at a path, or the end of the command with its findings."""
    from trialwright.study.load import load_study

    from .output import err

    loaded = load_study(path)
    if loaded.study is None:
        print_findings(loaded.findings, Format.TEXT, err)
        raise Stop(EXIT_ERRORS)
    return loaded.study
