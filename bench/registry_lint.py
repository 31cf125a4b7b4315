"""Import, criteria and lint of records: records and megabytes a second, memory at its peak, the profile's top five.

The records are copies of the test samples in API v2 JSON, each under a number of its own, written as JSON lines
into a temporary folder. One worker is measured in this process, in processor seconds, since other work on the
machine must not count; with more workers the wall clock counts. Memory is this process's peak, read at a tenth
of the records and at the end: they agree where memory is flat.

    python bench/registry_lint.py --records 2000 --workers 1 2
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from trialwright.cli.registry_lint import lint_paths
from trialwright.cli.spread import Places
from trialwright.standards.clinicaltrials_gov.lint_tally import LintTally

ON = date(2026, 11, 22)
SAMPLES = Path(__file__).parents[1] / "tests" / "data" / "registry" / "v2"
TOP = 5


def write_records(path: Path, count: int) -> list[int]:
    """JSON lines with copies of the samples; the size of each in bytes."""
    samples = [json.loads(file.read_text("utf-8")) for file in sorted(SAMPLES.glob("*.json"))]
    sizes: list[int] = []
    with path.open("wb") as stream:
        for number in range(count):
            record = samples[number % len(samples)]
            record["protocolSection"]["identificationModule"]["nctId"] = f"NCT{90000000 + number}"
            line = json.dumps(record).encode() + b"\n"
            sizes.append(len(line))
            stream.write(line)
    return sizes


def peak_mb() -> float:
    """The most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(path: Path, workers: int, count: int) -> tuple[LintTally, float]:
    """The tally of a run and the peak after a tenth of its records."""
    tally, early = LintTally(), 0.0
    for linted in lint_paths([str(path)], ON, Places(workers)):
        tally.add(linted)
        if not early and tally.records >= count // 10:
            early = peak_mb()
    return tally, early


def measure(path: Path, sizes: list[int], workers: int) -> None:
    """One run, printed."""
    started, processor = time.perf_counter(), time.process_time()
    tally, early = run(path, workers, len(sizes))
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - processor
    spent = cpu_s if workers == 1 else wall_s
    clock = "processor" if workers == 1 else "wall"
    print(
        f"{workers} worker(s): {len(sizes) / spent:.0f} records/s, {sum(sizes) / spent / 1e6:.2f} MB/s "
        f"({clock} clock, {spent:.1f} s); {tally.findings.total()} findings; "
        f"peak {early:.0f} MB after a tenth, {peak_mb():.0f} MB at the end"
    )


def profile(path: Path, count: int) -> Iterator[str]:
    """The functions that take the most time of their own, of one worker."""
    watch = cProfile.Profile()
    watch.runcall(run, path, 1, count)
    stats = pstats.Stats(watch)
    total = stats.total_tt  # type: ignore[attr-defined]
    rows = sorted(stats.stats.items(), key=lambda item: -item[1][2])[:TOP]  # type: ignore[attr-defined]
    for (file, _, name), (_, calls, own_s, _, _) in rows:
        yield f"{own_s / total:6.1%} {calls:>9} calls  {Path(file).name}:{name}"


def main() -> None:
    """Measure every number of workers, then profile one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.jsonl"
        warm = Path(folder) / "warm.jsonl"
        write_records(warm, 44)
        sizes = write_records(path, arguments.records)
        print(
            f"{len(sizes)} records, median {statistics.median(sizes) / 1000:.0f} kB, {sum(sizes) / 1e6:.0f} MB"
        )
        run(warm, 1, 44)
        for workers in arguments.workers:
            measure(path, sizes, workers)
        small = Path(folder) / "profiled.jsonl"
        write_records(small, min(arguments.records, 440))
        print("own time, one worker:")
        for row in profile(small, min(arguments.records, 440)):
            print(f"  {row}")


if __name__ == "__main__":
    main()
