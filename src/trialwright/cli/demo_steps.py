"""The steps of the demo. Each does its part for real and answers with one line about it."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from trialwright import __version__
from trialwright.study.findings import Finding, has_errors
from trialwright.study.model import Study

from .dates import parse_day
from .design import simulate_scenarios
from .output import EXIT_ERRORS, Format, Stop, count_line, err, print_findings, write_aside
from .registry import judge, make_record, read_draft
from .rehearse import keep_accounts, run_rehearsal
from .report import write_report
from .serve import open_data

STUDY = "nct02632201"
RECORD = "seed/NCT02632201.txt"
REPLICATES = 10_000


def examples() -> Path:
    """Where the record and the study of the demo are: in the package, or in the checkout it was installed from."""
    packaged = Path(__file__).parents[1] / "examples"
    return packaged if packaged.exists() else Path(__file__).parents[3]


@dataclass
class Demo:
    """One run: its folder, seed and date of judgement, and what the steps hand on."""

    folder: Path
    seed: int
    on: str = ""
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    findings: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    head: dict[str, Any] = field(default_factory=dict[str, Any])

    @cached_property
    def study(self) -> Study:
        """The curated study."""
        from trialwright.study.load import load_study

        found = load_study(examples() / "studies" / STUDY).study
        if found is None:
            raise Stop(EXIT_ERRORS, "The study of the demo cannot be read.", "See `trialwright check`.")
        return found

    def write_json(self, name: str, document: Any) -> None:
        """Write a JSON file into the folder."""
        text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
        write_aside(self.folder / name, text + "\n")

    def keep_findings(self, step: str, findings: list[Finding]) -> None:
        """Keep the findings of a step for findings.json."""
        here = f"{examples()}/"
        documents = [finding.as_json() for finding in findings]
        self.findings[step] = [{**found, "place": found["place"].removeprefix(here)} for found in documents]
        self.write_json("findings.json", self.findings)

    def write_run(self) -> None:
        """Write run.json: what ran, from which seed, to which head, how long each step took."""
        document = {
            "simulated": True,
            "study": STUDY,
            "seed": self.seed,
            "software": f"trialwright {__version__}",
            "python": platform.python_version(),
            "ledger": self.head,
            "seconds": self.seconds,
        }
        self.write_json("run.json", document)


def import_record(job: Demo) -> str:
    """Read the registry page into a draft study."""
    text, findings = read_draft(str(examples() / RECORD))
    if text is None:
        print_findings(findings, Format.TEXT, err)
        raise Stop(EXIT_ERRORS)
    write_aside(job.folder / "draft" / "study.yaml", text)
    job.keep_findings("import", findings)
    return f"{Path(RECORD).name} read into draft/study.yaml; {count_line(findings)}"


def check_study(job: Demo) -> str:
    """Check the curated study."""
    from trialwright.study.checks import check_loaded
    from trialwright.study.load import load_study

    findings = check_loaded(load_study(examples() / "studies" / STUDY))
    job.keep_findings("check", findings)
    if has_errors(findings):
        print_findings(findings, Format.TEXT, err)
        raise Stop(EXIT_ERRORS)
    return f"studies/{STUDY}: {count_line(findings)} (findings.json)"


def simulate_design(job: Demo) -> str:
    """Simulate every scenario of the study."""
    results = simulate_scenarios(job.study, "", REPLICATES, job.seed, 1)
    documents = [result.as_json() for result in results]
    job.write_json("simulation.json", {"simulated": True, "scenarios": documents})
    powers = "; ".join(_power_line(document) for document in documents)
    return f"{REPLICATES} trials a scenario. Power for overall survival: {powers}"


def _power_line(document: dict[str, Any]) -> str:
    power = document["analyses"][-1]["endpoints"]["os"]["power"]
    return f"{document['scenario'].replace('_', ' ')} {100 * power['estimate']:.0f} %"


def rehearse_trial(job: Demo) -> str:
    """Let simulated subjects go through the real actions."""
    open_data(job.folder, new=True)
    summary = run_rehearsal(job.study, job.seed)
    keep_accounts(summary, job.folder)
    return summary.line()


def verify_ledger(job: Demo) -> str:
    """Recompute the chain, and refold everything to compare it with what the pages show."""
    from trialwright.store.replay import replay_store
    from trialwright.store.verify import verify_store

    found = verify_store()
    differences = [difference.as_finding() for difference in replay_store()]
    findings = [*found.findings, *differences]
    if findings:
        print_findings(findings, Format.TEXT, err)
        raise Stop(EXIT_ERRORS, "The ledger does not hold.", "Keep the folder and report it.")
    job.head = {"entries": found.count, "head": found.head.hash}
    return f"{found.count} entries hold, replay equals the projections; head {found.head.hash[:16]}"


def analyse_trial(job: Demo) -> str:
    """Make the report in all its forms."""
    from trialwright.actions.analyse import analyse

    with err.status("Analysing") as status:
        report = analyse(STUDY, progress=lambda part: status.update(f"Analysing: {part}"))
        status.update("Writing HTML, PDF and data")
        write_report(report, job.folder / "report")
    ratio = report.numbers().get("os.hazard_ratio")
    return f"{len(report.numbers())} numbers; overall survival hazard ratio {ratio.text if ratio else 'not estimable'}"


def keep_registry(job: Demo) -> str:
    """Write the record as registered, its status and duties, and what the rehearsal would change if it were real."""
    from trialwright.actions.analyse import take_cut
    from trialwright.actions.register_facts import register_facts

    on = parse_day(job.on)
    record, findings = make_record(job.study, on)
    if has_errors(findings):
        print_findings(list(findings), Format.TEXT, err)
        raise Stop(EXIT_ERRORS)
    job.write_json("registry/record.json", record)
    registered = judge(job.study, on)
    facts = register_facts(take_cut(STUDY))
    rehearsed = judge(job.study, on, facts)
    job.write_json(
        "registry/status.json",
        {
            "as_registered": registered,
            "if_the_rehearsal_were_real": {"simulated": True, **rehearsed},
        },
    )
    shown = registered["display_status"] or "not decided"
    return f"record valid; shown as {shown} on {on}; {len(registered['overdue'])} duties overdue"


STEPS: tuple[tuple[str, Callable[[Demo], str]], ...] = (
    ("import", import_record),
    ("check", check_study),
    ("simulate", simulate_design),
    ("rehearse", rehearse_trial),
    ("verify", verify_ledger),
    ("analyse", analyse_trial),
    ("registry", keep_registry),
)
