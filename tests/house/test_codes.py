"""Codes of findings: each family belongs to one room, so that a code has one meaning."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/trialwright"
REFERRING = {"web", "cli", "rehearsal"}
"""Rooms that show or expect the findings of others."""
FAMILY = re.compile(r'"TW-([A-Z]{3})-\d{3}"')


def test_a_family_of_codes_is_given_out_by_one_room() -> None:
    rooms: dict[str, set[str]] = defaultdict(set)
    for file in SOURCE.rglob("*.py"):
        room = file.relative_to(SOURCE).parts[0]
        if room in REFERRING:
            continue
        for family in FAMILY.findall(file.read_text(encoding="utf-8")):
            rooms[family].add(room)
    shared = {family: sorted(found) for family, found in rooms.items() if len(found) > 1}
    assert not shared
