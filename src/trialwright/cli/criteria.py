"""`trialwright criteria`: the eligibility text of records or of a study, read into entries."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.study.findings import Finding, has_errors

from .cluster import Address
from .output import EXIT_ERRORS, Format, Stop, err, out, print_findings, print_json
from .spread import Places, Workers, choose_places, show_progress, spread
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
    workers: Workers = 0,
    cluster: Address = "",
) -> None:
    """Read the eligibility criteria: one entry a criterion, with its rule where it can be computed."""
    found: list[dict[str, Any]] = []
    broken = False
    for item in iterate_entries(sources, choose_places(workers, cluster)):
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


def iterate_entries(sources: Sequence[str], places: Places) -> Iterator[dict[str, Any] | Finding]:
    """The entries of every source, each with its NCT number, and what is wrong with a source."""
    from trialwright.standards.clinicaltrials_gov.unit_work import list_entries

    for are_studies, some in groupby(sources, _is_study):
        if not are_studies:
            yield from _of_records(list(some), places)
            continue
        for study in map(read_study, map(Path, some)):
            nct, text = study.registry.identification.nct_id or study.id, study.eligibility.text
            yield from list_entries(nct, text)


def _of_records(sources: list[str], places: Places) -> Iterator[dict[str, Any] | Finding]:
    from trialwright.standards.clinicaltrials_gov.record_units import compute_size, iterate_units
    from trialwright.standards.clinicaltrials_gov.unit_work import read_unit_criteria

    rows = spread(read_unit_criteria, iterate_units(sources, sys.stdin.buffer), places)
    unseen = out.is_terminal
    for answer in show_progress("Reading criteria", rows, compute_size(sources), _count_records, unseen):
        yield from answer


def _count_records(answer: tuple[dict[str, Any] | Finding, ...]) -> int:
    """Records with an entry, in one unit."""
    return len({entry["nct"] for entry in answer if not isinstance(entry, Finding)})


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
