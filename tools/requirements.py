"""The list of requirements: what the product must do, where that comes from, and how far it is.

The list is docs/reference/requirements.yaml; the page beside it is rendered from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

SOURCE = Path("docs/reference/requirements.yaml")
IDENTIFIER = re.compile(r"TW-R-\d{3}")
STATUSES = ("planned", "implemented")
KEYS = {"id", "topic", "text", "source", "status"}


@dataclass(frozen=True)
class Requirement:
    """One requirement. ``source`` cites the clause; ``status`` is planned or implemented."""

    id: str
    topic: str
    text: str
    source: str
    status: str


def load_requirements(root: Path) -> list[Requirement]:
    """The requirements in file order. ``ValueError`` names every entry that is malformed or doubled."""
    entries = YAML(typ="safe").load((root / SOURCE).read_text(encoding="utf-8"))
    problems: list[str] = []
    seen: set[str] = set()
    requirements: list[Requirement] = []
    for entry in entries:
        problems += check_entry(entry, seen)
        seen.add(entry.get("id", ""))
        if not problems:
            requirements.append(Requirement(**{key: " ".join(str(entry[key]).split()) for key in KEYS}))
    if problems:
        raise ValueError(f"{SOURCE}: " + "; ".join(problems))
    return requirements


def check_entry(entry: dict[str, str], seen: set[str]) -> list[str]:
    """What is wrong with one entry."""
    name = entry.get("id", "an entry without id")
    problems: list[str] = []
    if set(entry) != KEYS:
        problems.append(f"{name}: has {sorted(entry)}, needs {sorted(KEYS)}")
    if not IDENTIFIER.fullmatch(name):
        problems.append(f"{name}: not of the form TW-R-000")
    if name in seen:
        problems.append(f"{name}: stands twice")
    if entry.get("status") not in STATUSES:
        problems.append(f"{name}: status is none of {STATUSES}")
    return problems


def render_requirements(requirements: list[Requirement]) -> str:
    """The reference page: one table a topic."""
    done = sum(requirement.status == "implemented" for requirement in requirements)
    lines = [
        "# Requirements",
        "",
        "Generated from [requirements.yaml](requirements.yaml) by `make docs`. A test names those that it is",
        'evidence for, `@pytest.mark.requirement("TW-R-001")`; `make validate` prints requirement, tests and',
        f"result. Of {len(requirements)} requirements, {done} are implemented; the others are planned, and",
        "not claimed.",
    ]
    topics = dict.fromkeys(requirement.topic for requirement in requirements)
    for topic in topics:
        lines += ["", f"## {topic}", "", "| Id | Requirement | Source | Status |", "|---|---|---|---|"]
        lines += [
            f"| {r.id} | {r.text} | {r.source} | {r.status} |" for r in requirements if r.topic == topic
        ]
    return "\n".join(lines) + "\n"
