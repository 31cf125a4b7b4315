"""Import, criteria and lint of records: records and megabytes a second, memory at its peak, the profile's top five.

The records are copies of the test samples in API v2 JSON (or of those in ``--samples``), each under a number of its
own, written as JSON lines into a temporary folder. Nothing is remembered from one record to the next that would make
the second copy quicker than the first. Speed is told per core, in processor seconds of all processes, since other work
on the machine must not count, and by the clock. Memory is the peak of this process, read at a tenth of the records and
at the end (they agree where memory is flat), and the peak of the largest worker.

    python bench/registry_lint.py --records 2000 --workers 1 2
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
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


def write_records(path: Path, count: int, folder: Path = SAMPLES) -> list[int]:
    """JSON lines with copies of the samples; the size of each in bytes."""
    samples = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
    sizes: list[int] = []
    with path.open("wb") as stream:
        for number in range(count):
            record = samples[number % len(samples)]
            record["protocolSection"]["identificationModule"]["nctId"] = f"NCT{90000000 + number}"
            line = json.dumps(record).encode() + b"\n"
            sizes.append(len(line))
            stream.write(line)
    return sizes


def peak_mb(whose: int = resource.RUSAGE_SELF) -> float:
    """The most memory that this process, or the largest of its ended children, has held, in megabytes."""
    return resource.getrusage(whose).ru_maxrss / 1024


def processor_s() -> float:
    """Processor seconds of this process and of its children that have ended."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


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
    started, processor = time.perf_counter(), processor_s()
    tally, early = run(path, workers, len(sizes))
    wall_s, cpu_s = time.perf_counter() - started, processor_s() - processor
    apart = f", workers at most {peak_mb(resource.RUSAGE_CHILDREN):.0f} MB" if workers > 1 else ""
    print(
        f"{workers} worker(s): {len(sizes) / cpu_s:.0f} records/s and {sum(sizes) / cpu_s / 1e6:.2f} MB/s per core "
        f"({cpu_s:.1f} processor seconds); {len(sizes) / wall_s:.0f} records/s by the clock ({wall_s:.1f} s); "
        f"{tally.records} records, {tally.findings.total()} findings; "
        f"peak {early:.0f} MB after a tenth, {peak_mb():.0f} MB at the end{apart}",
        flush=True,
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
    parser.add_argument(
        "--samples", type=Path, default=SAMPLES, help="A folder of API v2 JSON, one study a file."
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.jsonl"
        warm = Path(folder) / "warm.jsonl"
        write_records(warm, 44, arguments.samples)
        sizes = write_records(path, arguments.records, arguments.samples)
        print(
            f"{len(sizes)} records, median {statistics.median(sizes) / 1000:.0f} kB, {sum(sizes) / 1e6:.0f} MB; "
            f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
            flush=True,
        )
        run(warm, 1, 44)
        for workers in arguments.workers:
            measure(path, sizes, workers)
        small = Path(folder) / "profiled.jsonl"
        write_records(small, min(arguments.records, 440), arguments.samples)
        print("own time, one worker:")
        for row in profile(small, min(arguments.records, 440)):
            print(f"  {row}")


if __name__ == "__main__":
    main()
