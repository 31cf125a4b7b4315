"""`trialwright screen`: a subject's results against the criteria of a study."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.study.criteria import (
    Attested,
    Catalogue,
    Eligibility,
    LeafReason,
    Missing,
    Not,
    Truth,
    Verdict,
    Why,
    decide_eligibility,
    evaluate_criteria,
    export_eligibility,
    export_verdict,
    render_prose,
    render_reason,
    render_rounded,
)
from trialwright.study.model import Study

from .output import EXIT_USAGE, Format, Stop, err, out, print_json, print_table
from .study import read_study
from .subject_file import SubjectFile, blank_subject, read_subject

_WORDS = {Truth.TRUE: "met", Truth.FALSE: "not met", Truth.UNKNOWN: "unknown"}


def add_to(app: typer.Typer) -> None:
    """Add the command that stands at the top level."""
    app.command("screen")(screen)


def screen(
    study: Annotated[Path, typer.Argument(help="The study: its folder or its study.yaml.")],
    subject: Annotated[
        Path | None, typer.Option("--subject", help="The subject's results, a JSON file.")
    ] = None,
    blank: Annotated[
        bool, typer.Option("--blank", help="Print an empty subject file with every value that is asked for.")
    ] = False,
    answer: Annotated[Format, typer.Option("--format", help="How to answer.")] = Format.TEXT,
) -> None:
    """Screen a subject: every criterion, the decision, and what is missing to decide."""
    read = read_study(study)
    if blank:
        print_json(blank_subject(read))
        return
    if subject is None:
        raise Stop(
            EXIT_USAGE, "No subject is given.", "Give --subject FILE.json; --blank prints an empty one."
        )
    held = read_subject(subject)
    _say_unknown(read, held)
    verdicts, eligibility = decide(read, held)
    catalogue = _catalogue(read)
    if answer is Format.JSON:
        print_json(_document(read, verdicts, eligibility, catalogue))
        return
    for section in ("inclusion", "exclusion"):
        listed = [c.id for c in read.eligibility.criteria if c.section == section]
        print_table(
            f"{section.capitalize()} criteria of {read.id} {read.version}",
            ("Id", "Result", "Value", "On", "Limit", "Reason"),
            [row for name in listed for row in _rows(name, verdicts[name], catalogue)],
        )
    out.print(f"Decision: {eligibility.decision.value.replace('_', ' ').lower()}", markup=False)
    if eligibility.missing:
        out.print("What is missing to decide, in the order of how much it would settle:")
    for place, missing in enumerate(eligibility.missing, start=1):
        line = f"  {place}. {_wanting(missing, verdicts, catalogue)}"
        out.print(line, markup=False, soft_wrap=True)


def _catalogue(study: Study) -> Catalogue:
    from trialwright.trial.protocol import protocol_of

    return protocol_of(study).catalogue


def _say_unknown(study: Study, subject: SubjectFile) -> None:
    """Says which values no rule asks for: a mistyped name must not pass for a missing result."""
    from difflib import get_close_matches

    asked = {name.casefold(): name for name in _catalogue(study).names()}
    for name in subject.values:
        if name.casefold() not in asked:
            near = get_close_matches(name.casefold(), asked, n=1)
            hint = f" Did you mean `{near[0]}`?" if near else ""
            err.print(f"! `{name}` is not asked for by any criterion.{hint}", markup=False, soft_wrap=True)


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


def _rows(name: str, verdict: Verdict, catalogue: Catalogue) -> list[tuple[str, ...]]:
    """One row a leaf; the first carries the criterion."""
    exported: list[dict[str, Any]] = export_verdict(verdict, catalogue)["leaves"]
    head = (name, _WORDS[verdict.truth])
    rows = [
        (
            _value(leaf),
            str((leaf["value"] or {}).get("occurred_on", "")),
            _limit(leaf),
            _reason(reason, catalogue),
        )
        for leaf, reason in zip(exported, verdict.reasons, strict=True)
    ]
    return [(*(head if place == 0 else ("", "")), *row) for place, row in enumerate(rows)]


def _reason(reason: LeafReason, catalogue: Catalogue) -> str:
    """Why a leaf is unknown; otherwise what is known now, without the value."""
    if reason.truth is Truth.UNKNOWN:
        return render_reason(reason, catalogue)
    return render_prose(reason.leaf if reason.truth is Truth.TRUE else Not(reason.leaf), catalogue)


def _wanting(missing: Missing, verdicts: Mapping[str, Verdict], catalogue: Catalogue) -> str:
    """One input that is missing: what it is, why it is missing, which criteria wait for it."""
    known = catalogue.find(missing.variable)
    label = (known.label if known else "") or missing.variable.replace("_", " ")
    told = {
        render_reason(reason, catalogue)
        for name in missing.criteria
        for reason in verdicts[name].unknown
        if reason.variable == missing.variable and reason.why is not Why.MISSING
    }
    head = f"{label} [{missing.variable}]: settles {float(missing.settles):g} ({', '.join(missing.criteria)})"
    return " ".join([f"{head}.", *sorted(told)])


def _value(leaf: Mapping[str, Any]) -> str:
    held = leaf["value"] or {}
    shown = held.get("number", held.get("code", held.get("flag", "")))
    sign = f"{held['censored']} " if held.get("censored") else ""
    return f"{sign}{shown} {held.get('unit', '')}".strip()


def _limit(leaf: Mapping[str, Any]) -> str:
    limits = [
        f"{limit['op']} {render_rounded(Decimal(limit['number']))} {limit['unit']}".strip()
        for limit in leaf["limits"]
    ]
    rule = str(leaf["leaf"])
    return " and ".join(limits) or ("attested" if rule.startswith("attested ") else rule)


def _document(
    study: Study, verdicts: Mapping[str, Verdict], eligibility: Eligibility, catalogue: Catalogue
) -> dict[str, Any]:
    criteria = []
    for criterion in study.eligibility.criteria:
        verdict = verdicts[criterion.id]
        told = export_verdict(verdict, catalogue)
        for leaf, reason in zip(told["leaves"], verdict.reasons, strict=True):
            leaf["reason"] = _reason(reason, catalogue)
        head = {"id": criterion.id, "section": criterion.section, "text": criterion.text}
        criteria.append({**head, "result": _WORDS[verdict.truth].replace(" ", "_"), **told})
    return {
        "study": study.id,
        "version": study.version,
        "criteria": criteria,
        **export_eligibility(eligibility),
    }
