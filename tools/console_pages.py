"""Pages that show commands with their real output: the output is written by running the commands.

A block of kind ``console`` holds lines ``$ command``; what follows each is its output. Where a comment
``<!-- shows: PATTERN | PATTERN -->`` stands before the block, only lines that match are shown, and what is left
out between them as ``…``. Commands run in an empty folder that holds ``seed/``, ``studies/`` and, from the page
itself, every block that a comment ``<!-- file: NAME -->`` precedes.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tools.tree import ROOT

PAGES = ("docs/tutorial/first-trial.md", "docs/how-to/start-from-a-record.md")
DRAFT = "seed/draft/study.yaml"
_BLOCK = re.compile(
    r"(?P<head>(?:<!-- shows: (?P<shows>.+?) -->\n)?```console\n)(?P<body>.*?)(?P<end>\n```)", re.DOTALL
)
_FILE = re.compile(r"<!-- file: (?P<name>[\w./-]+) -->\n```\w*\n(?P<text>.*?\n)```", re.DOTALL)
_PROGRAM = "from trialwright.cli.main import run; run()"


def render_console_page(name: str) -> Callable[[Path], str]:
    """What makes one page: its own text with the outputs of its commands put in anew."""

    def render(root: Path) -> str:
        text = (root / name).read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            here = Path(folder)
            for known in ("seed", "studies"):
                (here / known).symlink_to(ROOT / known, target_is_directory=True)
            for match in _FILE.finditer(text):
                (here / match["name"]).write_text(match["text"], encoding="utf-8")
            return _BLOCK.sub(lambda match: _filled(match, here), text)

    return render


def render_seed_draft(_root: Path) -> str:
    """The draft study that `trialwright import` makes of the seed page."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "seed").symlink_to(ROOT / "seed", target_is_directory=True)
        run_command("trialwright import seed/NCT02632201.txt --out made", here)
        return (here / "made/study.yaml").read_text(encoding="utf-8")


def run_command(line: str, folder: Path) -> list[str]:
    """The lines that a command of ours prints, its errors after its answer."""
    words = shlex.split(line)
    if words[0] != "trialwright":
        raise ValueError(f"a page shows a command that is not ours: {line}")
    keep = {
        key: value for key, value in os.environ.items() if not key.startswith(("TRIALWRIGHT_", "DJANGO_"))
    }
    answer = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *words[1:]],
        cwd=folder,
        env={**keep, "COLUMNS": "110", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return (answer.stdout + answer.stderr).splitlines()


def _filled(match: re.Match[str], folder: Path) -> str:
    patterns = [re.compile(part.strip()) for part in (match["shows"] or "").split(" | ") if part.strip()]
    lines: list[str] = []
    for line in match["body"].splitlines():
        if line.startswith("$ "):
            lines += [line, *_chosen(run_command(line[2:], folder), patterns)]
    return f"{match['head']}{chr(10).join(lines)}{match['end']}"


def _chosen(output: list[str], patterns: list[re.Pattern[str]]) -> list[str]:
    """The lines that a pattern matches, and ``…`` for those between."""
    shown: list[str] = []
    for line in output:
        if not patterns or any(pattern.search(line) for pattern in patterns):
            shown.append(line.rstrip())
        elif not shown or shown[-1] != "…":
            shown.append("…")
    return shown
