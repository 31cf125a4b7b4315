"""`trialwright criteria`: the eligibility text of records or of a study, read into entries."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.study.findings import Finding, Severity, has_errors

from .output import EXIT_ERRORS, Format, Stop, err, out, print_findings, print_json
from .study import read_study


class Shape(StrEnum):
    """How the entries are printed."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


def add_to(app: typer.Typer) -> None:
    """Add the command that stands at the top level."""
    app.command("criteria")(criteria)


def criteria(
    sources: Annotated[
        list[str], typer.Argument(help="Records or studies: files, folders, - for standard input.")
    ],
    answer: Annotated[Shape, typer.Option("--format", help="text, json (one list) or jsonl.")] = Shape.TEXT,
) -> None:
    """Read the eligibility criteria: one entry a criterion, with its rule where it can be computed."""
    found: list[dict[str, Any]] = []
    broken = False
    for item in iterate_entries(sources):
        if isinstance(item, Finding):
            print_findings([item], Format.TEXT, err)
            broken = broken or has_errors([item])
        elif answer is Shape.JSON:
            found.append(item)
        elif answer is Shape.JSONL:
            sys.stdout.write(json.dumps(item, ensure_ascii=False) + "\n")
        else:
            _print_entry(item)
    if answer is Shape.JSON:
        print_json(found)
    if broken:
        raise Stop(EXIT_ERRORS)


def iterate_entries(sources: Sequence[str]) -> Iterator[dict[str, Any] | Finding]:
    """The entries of every source, each with its NCT number, and what is wrong with a source."""
    from trialwright.standards.clinicaltrials_gov import iterate_sources
    from trialwright.standards.clinicaltrials_gov.criteria_draft import check_eligibility
    from trialwright.standards.clinicaltrials_gov.record import Record
    from trialwright.study.reader import read_criteria

    for source in sources:
        if _is_study(source):
            study = read_study(Path(source))
            nct, text = study.registry.identification.nct_id or study.id, study.eligibility.text
            yield from ({"nct": nct, **entry.as_json()} for entry in read_criteria(text))
            continue
        for item in iterate_sources([source], sys.stdin.buffer):
            if not isinstance(item, Record):
                yield item
                continue
            yield from (finding for finding in item.findings if finding.severity is Severity.ERROR)
            yield from check_eligibility(item)
            text = item.module("eligibilityModule").get("eligibilityCriteria")
            words = text if isinstance(text, str) else ""
            yield from ({"nct": item.nct_id, **entry.as_json()} for entry in read_criteria(words))


def _is_study(source: str) -> bool:
    """Whether a source is a study file or its folder; everything else is a record."""
    path = Path(source)
    return path.suffix in {".yaml", ".yml"} or (path / "study.yaml").is_file()


def _print_entry(entry: dict[str, Any]) -> None:
    place = f"{entry['nct']} {entry['id']}".strip()
    sense = "eligible if" if entry["sense"] == "eligible_if" else "excluded if"
    words = " ".join(str(entry["text"]).split())
    out.print(f"{place}  {entry['status']}  {sense}  {entry['rule']}", markup=False, soft_wrap=True)
    out.print(f"    {words}", style="dim", markup=False, soft_wrap=True)
