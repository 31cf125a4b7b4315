"""`trialwright registry lint`: the linter over thousands of records."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .cluster import Address
from .output import EXIT_ERRORS, Stop, out, print_table
from .spread import Places, Workers, choose_places, show_progress, spread

if TYPE_CHECKING:
    from trialwright.standards.clinicaltrials_gov.lint_tally import LintTally
    from trialwright.standards.clinicaltrials_gov.unit_work import Linted


class LintFormat(StrEnum):
    """How the findings are printed."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"


def lint(
    paths: Annotated[list[str], typer.Argument(help="Records: files, folders, - for standard input.")],
    on: Annotated[str, typer.Option("--on", help="Date of judgement; today without it.")] = "",
    answer: Annotated[
        LintFormat, typer.Option("--format", help="table (counts a rule), json or sarif (every finding).")
    ] = LintFormat.TABLE,
    workers: Workers = 0,
    cluster: Address = "",
) -> None:
    """Find what is wrong with records: protocol, criteria, dates, status and registration, rule by rule."""
    from trialwright.standards.clinicaltrials_gov.lint_tally import LintTally

    from .dates import parse_day

    places = choose_places(workers, cluster)
    day, tally = parse_day(on), LintTally()
    linted = _counted(lint_paths(paths, day, places), tally)
    if answer is LintFormat.JSON:
        write_json(linted, tally, day)
    elif answer is LintFormat.SARIF:
        write_sarif(linted)
    else:
        deque(linted, maxlen=0)
        _print_tally(tally, day)
    if tally.has_errors:
        raise Stop(EXIT_ERRORS)


def lint_paths(paths: list[str], on: date, places: Places) -> Iterator[tuple[Linted, ...]]:
    """The findings of every unit of the sources in order, wherever the work is done."""
    from trialwright.standards.clinicaltrials_gov.record_units import compute_size, iterate_units
    from trialwright.standards.clinicaltrials_gov.unit_work import lint_unit

    units = iterate_units(paths, sys.stdin.buffer)
    rows = spread(partial(lint_unit, on=on), units, places)
    yield from show_progress("Linting", rows, compute_size(paths), _count_records)


def _count_records(linted: tuple[Linted, ...]) -> int:
    return sum(one.is_record for one in linted)


def _counted(units: Iterable[tuple[Linted, ...]], tally: LintTally) -> Iterator[Linted]:
    for linted in units:
        tally.add(linted)
        yield from linted


def write_json(linted: Iterable[Linted], tally: LintTally, on: date) -> None:
    """One JSON document, written record by record; the counts a rule stand at its end."""
    sys.stdout.write(f'{{"on": "{on.isoformat()}", "records": [')
    for number, one in enumerate(linted):
        row = {"nct_id": one.nct_id, "origin": one.origin, "findings": [f.as_json() for f in one.findings]}
        sys.stdout.write(("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False))
    totals = {"records": tally.records, "unread": tally.unread, "findings": tally.findings.total()}
    sys.stdout.write('\n], "totals": ' + json.dumps(totals))
    sys.stdout.write(', "rules": ' + json.dumps(tally.rows(), indent=1, ensure_ascii=False) + "}\n")


def write_sarif(linted: Iterable[Linted]) -> None:
    """A SARIF 2.1.0 log, written finding by finding."""
    from trialwright import __version__
    from trialwright.standards.clinicaltrials_gov.lint_tally import rule_title

    codes: set[str] = set()
    sys.stdout.write('{"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json",')
    sys.stdout.write(' "runs": [{"results": [')
    for one in linted:
        for finding in one.findings:
            sys.stdout.write(
                ("," if codes else "") + "\n" + json.dumps(_sarif(one, finding), ensure_ascii=False)
            )
            codes.add(finding.code)
    rules = [{"id": code, "shortDescription": {"text": rule_title(code)}} for code in sorted(codes)]
    driver = {"name": "Trialwright", "version": __version__, "rules": rules}
    sys.stdout.write('\n], "tool": {"driver": ' + json.dumps(driver, ensure_ascii=False) + "}}]}\n")


def _sarif(one: Linted, finding: Any) -> dict[str, Any]:
    file, _, line = one.origin.rpartition(":")
    in_lines = bool(file) and line.isdigit()
    place: dict[str, Any] = {"artifactLocation": {"uri": file if in_lines else one.origin or "record"}}
    if in_lines:
        place["region"] = {"startLine": int(line)}
    path = ".".join(str(step) for step in finding.place.path)
    levels = {"error": "error", "warning": "warning", "info": "note"}
    text = " ".join(part for part in (finding.message, finding.remedy) if part)
    return {
        "ruleId": finding.code,
        "level": levels[finding.severity.value],
        "message": {"text": text},
        "locations": [
            {"physicalLocation": place, "logicalLocations": [{"fullyQualifiedName": path or "record"}]}
        ],
        "properties": {"nct_id": one.nct_id, "evidence": finding.evidence},
    }


def _print_tally(tally: LintTally, on: date) -> None:
    share = max(tally.records, 1)
    rows = [
        (
            r["code"],
            r["severity"],
            r["title"],
            str(r["findings"]),
            str(r["records"]),
            f"{r['records'] / share:.0%}",
        )
        for r in tally.rows()
    ]
    print_table(
        f"Findings on {on.isoformat()}", ("Rule", "Severity", "What", "Findings", "Records", "Share"), rows
    )
    out.print(f"{tally.records} records, {tally.unread} unread, {tally.findings.total()} findings")
