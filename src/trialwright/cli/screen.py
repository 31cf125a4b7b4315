"""`trialwright screen`: a subject's results against the criteria of a study."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.study.criteria import (
    Attested,
    Eligibility,
    Truth,
    Verdict,
    decide_eligibility,
    evaluate_criteria,
    export_eligibility,
    export_verdict,
)
from trialwright.study.model import Study

from .output import Format, out, print_json, print_table
from .study import read_study
from .subject_file import SubjectFile, read_subject

_WORDS = {Truth.TRUE: "met", Truth.FALSE: "not met", Truth.UNKNOWN: "unknown"}


def add_to(app: typer.Typer) -> None:
    """Add the command that stands at the top level."""
    app.command("screen")(screen)


def screen(
    study: Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")],
    subject: Annotated[Path, typer.Option("--subject", help="The subject's results, a JSON file.")],
    answer: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
) -> None:
    """Screen a subject: every criterion, the decision, and what is missing to decide."""
    read = read_study(study)
    verdicts, eligibility = decide(read, read_subject(subject))
    if answer is Format.JSON:
        print_json(_document(read, verdicts, eligibility))
        return
    print_table(
        f"Criteria of {read.id} {read.version}",
        ("Id", "List", "Result", "Value", "On", "Limit", "Reason"),
        [row for c in read.eligibility.criteria for row in _rows(c.id, c.section, c.rule, verdicts[c.id])],
    )
    out.print(f"Decision: {eligibility.decision.value.replace('_', ' ').lower()}", markup=False)
    for missing in eligibility.missing:
        asked = ", ".join(missing.criteria)
        out.print(
            f"    Missing: {missing.variable} (settles {float(missing.settles):g}; {asked})", markup=False
        )


def decide(study: Study, subject: SubjectFile) -> tuple[dict[str, Verdict], Eligibility]:
    """The verdict of every criterion and the decision. A criterion without a rule rests on an attestation
    under its own name."""
    from trialwright.trial.protocol import protocol_of

    protocol = protocol_of(study)
    rules = {c.id: protocol.rules.get(c.id) or Attested(c.id) for c in study.eligibility.criteria}
    verdicts = evaluate_criteria(
        rules, subject.values, subject.anchor_on, protocol.windows, variables=protocol.catalogue
    )
    lists = {c.id: c.section for c in study.eligibility.criteria}
    halves = [
        {name: verdict for name, verdict in verdicts.items() if lists[name] == section}
        for section in ("inclusion", "exclusion")
    ]
    return verdicts, decide_eligibility(*halves)


def _rows(name: str, section: str, rule: str, verdict: Verdict) -> list[tuple[str, ...]]:
    """One row a leaf; the first carries the criterion."""
    exported: list[dict[str, Any]] = export_verdict(verdict)["leaves"]
    head = (name, section, _WORDS[verdict.truth])
    rows = [
        (_value(leaf), str((leaf["value"] or {}).get("occurred_on", "")), _limit(leaf, rule))
        for leaf in exported
    ]
    reasons = [str(leaf["reason"]) for leaf in exported]
    return [
        (*(head if place == 0 else ("", "", "")), *row, reason)
        for place, (row, reason) in enumerate(zip(rows, reasons, strict=True))
    ]


def _value(leaf: Mapping[str, Any]) -> str:
    held = leaf["value"] or {}
    shown = held.get("number", held.get("code", held.get("flag", "")))
    sign = f"{held['censored']} " if held.get("censored") else ""
    return f"{sign}{shown} {held.get('unit', '')}".strip()


def _limit(leaf: Mapping[str, Any], rule: str) -> str:
    limits = [f"{limit['op']} {limit['number']} {limit['unit']}".strip() for limit in leaf["limits"]]
    return " and ".join(limits) or str(leaf["leaf"] or rule)


def _document(study: Study, verdicts: Mapping[str, Verdict], eligibility: Eligibility) -> dict[str, Any]:
    criteria = [
        {
            "id": c.id,
            "section": c.section,
            "text": c.text,
            "result": _WORDS[verdicts[c.id].truth].replace(" ", "_"),
            **export_verdict(verdicts[c.id]),
        }
        for c in study.eligibility.criteria
    ]
    return {
        "study": study.id,
        "version": study.version,
        "criteria": criteria,
        **export_eligibility(eligibility),
    }
