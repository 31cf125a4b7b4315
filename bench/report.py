"""The full report: seconds of the wall clock and of the processor, megabytes at the peak, the slowest parts.

The data are those of a rehearsal: simulated subjects who went through the real actions (`trialwright demo
--no-serve --out FOLDER` makes such a folder; without --data the rehearsal is made here first, and not counted).
For more subjects than were rehearsed the states are copied under names and ledger entries of their own, with all
dates moved by up to a year and the time since registration stretched by 0.7 to 1.4, so that curves and tables are
not made of copies. Folding the ledger is measured apart, on the rehearsed subjects.

    python bench/report.py --data FOLDER --subjects 40 2000
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from trialwright.cli.serve import open_data
from trialwright.report.build import build_report
from trialwright.report.files import export_files
from trialwright.report.model import Stamp
from trialwright.trial.subject import SubjectState

if TYPE_CHECKING:
    from trialwright.actions.analyse import Cut

DATE = re.compile(r'(?<=")\d{4}-\d{2}-\d{2}(?=["T])')
SEQUENCE = re.compile(r'(?<="seq":)\d+|(?<=_seq":)\d+')
SEQUENCES = re.compile(r'(?<="seqs":\[)[\d,]+')
PER_COPY = 1_000_000
STUDY = "nct02632201"


@dataclass
class Clock:
    """Seconds by part, as the report tells them."""

    parts: dict[str, float] = field(default_factory=dict[str, float])
    name: str = ""
    since: float = 0.0

    def __call__(self, name: str) -> None:
        """The next part begins."""
        now = time.perf_counter()
        if self.name:
            self.parts[self.name] = self.parts.get(self.name, 0.0) + now - self.since
        self.name, self.since = name, now


def copy_state(state: SubjectState, number: int, draw: Random) -> SubjectState:
    """The subject again under another name, later, faster or slower."""
    begin = date.fromisoformat(state.registered_on)
    moved, stretch = timedelta(days=draw.randrange(-180, 180)), draw.uniform(0.7, 1.4)

    def later(found: re.Match[str]) -> str:
        return (
            begin + moved + timedelta(days=round((date.fromisoformat(found[0]) - begin).days * stretch))
        ).isoformat()

    text = state.model_dump_json().replace(state.subject, f"C{number:02d}-{state.subject[-3:]}")
    text = DATE.sub(later, text)
    text = SEQUENCE.sub(lambda found: str(int(found[0]) + number * PER_COPY), text)
    text = SEQUENCES.sub(
        lambda found: ",".join(str(int(seq) + number * PER_COPY) for seq in found[0].split(",")), text
    )
    return SubjectState.model_validate_json(text)


def make_states(cut: Cut, allocated: int, seed: int = 1) -> list[SubjectState]:
    """As many allocated subjects as asked for, with the screen failures that belong to them."""
    rehearsed = sum(1 for state in cut.subjects if state.allocation is not None)
    states, draw, copy = list(cut.subjects), Random(seed), 0  # noqa: S311 - data of a benchmark
    while sum(1 for state in states if state.allocation is not None) < allocated:
        copy += 1
        states += [copy_state(state, copy, draw) for state in cut.subjects]
    surplus = max(0, (copy + 1) * rehearsed - allocated)
    kept: list[SubjectState] = []
    for state in reversed(states):
        if state.allocation is not None and surplus:
            surplus -= 1
        else:
            kept.append(state)
    return kept


def measure(cut: Cut, subjects: int, out: Path) -> None:
    """One report with all its files, and what it took."""
    states = make_states(cut, subjects)
    stamp = Stamp(
        STUDY, cut.conduct.version, cut.study.version, cut.hash, cut.seq, "2026-01-01", "bench", True
    )
    clock = Clock()
    wall, processor = time.perf_counter(), time.process_time()
    report = build_report(cut.study, states, stamp, date(2026, 1, 1), told(clock))
    built = time.perf_counter() - wall
    clock("")
    size, since = 0, time.perf_counter()
    for path, content in export_files(report):
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        size += len(content)
        kind = f"{Path(path).suffix} files" if "/" in path else path
        clock.parts[kind] = clock.parts.get(kind, 0.0) + time.perf_counter() - since
        since = time.perf_counter()
    total, busy = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{subjects} subjects: {total:.1f} s ({built:.1f} s to build), {busy:.1f} s of processor, "
        f"{len(report.numbers())} numbers, {size / 1e6:.1f} MB of files, {peak:.0f} MB at the peak"
    )
    slowest = sorted(clock.parts.items(), key=lambda part: -part[1])[:8]
    print("  slowest: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest))


def told(clock: Clock) -> Callable[[str], None]:
    """Progress on one line, with the clock listening."""

    def tell(part: str) -> None:
        print(f"  {part:<60}", end="\r", file=sys.stderr, flush=True)
        clock(part)

    return tell


def rehearsed(folder: Path) -> Cut:
    """The cut of a folder of data; rehearses first where it is empty."""
    if not any(folder.iterdir()):
        from trialwright.cli.demo_steps import run_rehearsal
        from trialwright.study.load import load_study

        loaded = load_study(Path(__file__).parents[1] / "studies" / STUDY)
        assert loaded.study is not None
        open_data(folder, new=True)
        run_rehearsal(loaded.study, 1)
    else:
        open_data(folder)
    from trialwright.actions.analyse import take_cut

    begun = time.perf_counter()
    cut = take_cut(STUDY)
    print(f"Folding {cut.seq} ledger entries: {time.perf_counter() - begun:.1f} s")
    return cut


def main() -> None:
    """Measure each size in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of a rehearsal; made anew without it")
    parser.add_argument("--subjects", type=int, nargs="+", default=[40, 2000])
    parser.add_argument("--out", type=Path, help="keep the files of the last report here")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cut = rehearsed(args.data or Path(folder))
        for subjects in args.subjects:
            measure(cut, subjects, args.out or Path(folder) / "report")


if __name__ == "__main__":
    main()
