"""Renews the pictures of the report in the documentation from the folder of a demonstration.

    trialwright demo --no-serve --out demo
    python -m tools.pictures demo

They are the report's own figures, marked as simulated data, so that a page never shows what the program does not make.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools.tree import ROOT

PICTURES = {
    "flow_diagram": "report-flow",
    "os_curve": "report-os",
    "forest_os": "report-forest",
    "response_waterfall": "report-waterfall",
    "response_spider": "report-spider",
    "swimmer": "report-swimmer",
    "quality_figure": "report-quality",
    "adverse_figure": "report-adverse",
    "stopping_figure": "report-stopping",
}
"""A figure of the report, and the name of its picture."""


def renew_pictures(demo: Path, images: Path) -> list[Path]:
    """Copy every picture; a figure that the report does not have is an error, not a picture left stale."""
    made: list[Path] = []
    for figure, name in PICTURES.items():
        target = images / f"{name}.png"
        shutil.copyfile(demo / "report" / "figures" / f"{figure}.png", target)
        made.append(target)
    return made


if __name__ == "__main__":
    for path in renew_pictures(Path(sys.argv[1]), ROOT / "docs" / "images"):
        print(path.relative_to(ROOT))
