"""R packages beside ours, where R is installed: timed inside R in processor seconds, without starting it.

The data go to R as one file of little-endian doubles; the answer comes back as JSON.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

TIMED = """
timed <- function(run, most, enough) {
  cpu <- wall <- Inf
  begun <- proc.time()[[3]]
  invisible(gc(reset = TRUE))
  before <- sum(gc()[, 2])
  for (turn in seq_len(most)) {
    at <- proc.time()
    value <- run()
    took <- proc.time() - at
    cpu <- min(cpu, took[[1]] + took[[2]])
    wall <- min(wall, took[[3]])
    if (proc.time()[[3]] - begun > enough) break
  }
  peak <- sum(gc()[, 6]) - before
  cat(sprintf('{"cpu_s": %.6f, "wall_s": %.6f, "peak_mb": %.1f, "value": %.12g}\\n', cpu, wall, peak, value))
}
"""

READ = """
given <- commandArgs(trailingOnly = TRUE)
n <- as.integer(given[2])
d <- as.data.frame(matrix(readBin(given[1], "double", 5 * n, endian = "little"), nrow = n))
names(d) <- c("t", "e", "a", "b", "c")
suppressMessages(library(survival))
"""

SURVIVAL = {
    "Kaplan-Meier, 95 % interval": """timed(function() {
        f <- survfit(Surv(t, e) ~ 1, d, conf.type = "log-log"); f$lower[length(f$lower) - 1] }, 20, 2)""",
    "log-rank": "timed(function() survdiff(Surv(t, e) ~ a, d)$chisq, 20, 2)",
    "Cox, three covariates": "timed(function() coxph(Surv(t, e) ~ a + b + c, d)$coefficients[[1]], 20, 2)",
}
"""A program of R by analysis."""

RPACT = """
given <- as.numeric(commandArgs(trailingOnly = TRUE))
suppressMessages(library(rpact))
design <- getDesignGroupSequential(kMax = 1, sided = 1, alpha = 0.025)
invisible(gc())
at <- proc.time()
found <- getSimulationSurvival(design, lambda2 = log(2) / 10, hazardRatio = 10 / 16, dropoutRate1 = 0.05,
  dropoutRate2 = 0.05, dropoutTime = 12, accrualTime = c(0, 18), plannedEvents = given[2],
  directionUpper = FALSE, maxNumberOfSubjects = given[1], maxNumberOfIterations = given[3], seed = 1)
took <- proc.time() - at
cat(sprintf('{"rate": %.6f}\\n', given[3] / (took[[1]] + took[[2]])))
"""

SURVDIFF = """
given <- as.numeric(commandArgs(trailingOnly = TRUE))
suppressMessages(library(survival))
n <- given[1]; arm <- rep(0:1, length.out = n); done <- 0
at <- proc.time()
repeat {
  death <- rexp(n, log(2) / ifelse(arm == 1, 16, 10)); out <- rexp(n, -log(0.95) / 12)
  seen <- pmin(death, out, 42 - runif(n, 0, 18))
  survdiff(Surv(seen, death <= seen) ~ arm); done <- done + 1
  took <- proc.time() - at
  if (took[[1]] + took[[2]] > 1) break
}
cat(sprintf('{"rate": %.6f}\\n', done / (took[[1]] + took[[2]])))
"""


@cache
def has_r(package: str) -> bool:
    """Whether R and one of its packages are installed."""
    if shutil.which("Rscript") is None:
        return False
    ask = f"quit(status = !requireNamespace('{package}', quietly = TRUE))"
    return subprocess.run(["Rscript", "-e", ask], capture_output=True, check=False).returncode == 0


def run_r(program: str, *given: str | float, limit_s: float | None = None) -> dict[str, Any]:
    """What the program printed. Raises TimeoutExpired beyond the limit, CalledProcessError where R fails."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "program.R"
        file.write_text(program, encoding="utf-8")
        words = ["Rscript", "--vanilla", str(file), *map(str, given)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=limit_s, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure_r_survival(analysis: str, data: dict[str, Any], limit_s: float) -> dict[str, Any]:
    """R survival at one analysis: seconds, megabytes and the value, or why there is none."""
    columns = np.column_stack([data["time"], data["event"], data["x"]]).astype("<f8")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.bin"
        columns.T.tofile(file)
        try:
            return run_r(READ + TIMED + SURVIVAL[analysis], str(file), len(columns), limit_s=limit_s)
        except subprocess.TimeoutExpired:
            return {"stopped": f"over {limit_s:g} s"}


def measure_r_trials(subjects: int) -> dict[str, float]:
    """Replicates a second and core of R's simulations: rpact (analysis at 80 % events) and a loop of survdiff."""
    found: dict[str, float] = {}
    if has_r("rpact"):
        events, times = round(0.8 * subjects), max(400_000 // subjects, 100)
        found["rpact (R), log-rank"] = run_r(RPACT, subjects, events, times)["rate"]
    if has_r("survival"):
        found["survdiff of survival (R) in a loop"] = run_r(SURVDIFF, subjects)["rate"]
    return found
