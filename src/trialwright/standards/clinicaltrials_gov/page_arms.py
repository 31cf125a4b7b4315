"""The tables of conditions and of arms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .arms_draft import intervention_name
from .page_prose import render_prose
from .page_terms import split_names
from .tables import code_for, spellings_of

Json = dict[str, Any]
_TYPES = "|".join(re.escape(one) for one in sorted(spellings_of("InterventionType"), key=len, reverse=True))
_NAMED = re.compile(rf"({_TYPES}): (\S.*)\Z", re.S)
_NAMED_INSIDE = re.compile(rf"(?:^|(?<=\s))({_TYPES}): (?=\S)")
_ARM_TYPES = "|".join(re.escape(one) for one in sorted(spellings_of("ArmGroupType"), key=len, reverse=True))
_ARM = re.compile(rf"({_ARM_TYPES}): (\S.*)\Z", re.S)
_OTHER_NAMES = re.compile(r"\s*(?:-\s*)?Other Names?\s*:\s*(.*)\Z", re.S)


@dataclass(frozen=True, slots=True)
class Conditions:
    """The cells of the first table: conditions joined as the page joins them, interventions, phases."""

    conditions: str
    interventions: tuple[tuple[str, str], ...]
    phases: str


def parse_conditions(lines: list[str]) -> Conditions:
    """The first table. Its last cell is the phase, its first the conditions."""
    cells = [cell.strip() for cell in "\n".join(lines).rstrip().removesuffix("|").split("|")]
    conditions = cells[0] if cells else ""
    phases = cells[-1] if len(cells) > 2 else ""
    middle = "|".join(cells[1:-1]) if len(cells) > 2 else (cells[1] if len(cells) > 1 else "")
    return Conditions(conditions, tuple(_split_interventions(middle)), phases)


def _split_interventions(cell: str) -> list[tuple[str, str]]:
    starts = [match.start() for match in _NAMED_INSIDE.finditer(cell)]
    pieces = [cell[a:b].strip() for a, b in pairwise([*starts, len(cell)])]
    found: list[tuple[str, str]] = []
    for piece in pieces:
        match = _NAMED.match(piece)
        code = code_for("InterventionType", match.group(1)) if match else None
        if match and code:
            found.append((code, " ".join(match.group(2).split())))
    return found


def parse_arms(lines: list[str], listed: tuple[tuple[str, str], ...]) -> tuple[Json, list[str]]:
    """The arms table with its interventions in the order of the first table, and lines that fill no row."""
    arms: list[Json] = []
    seen: list[Json] = []
    known = {intervention_name(*one) for one in listed}
    rows, rest = _rows(lines)
    for left, right in rows:
        arm = _arm(left)
        if arm is None:
            continue
        found = _interventions(right, known)
        if found:
            arm["interventionNames"] = [intervention_name(one["type"], one["name"]) for one in found]
        seen += [{**one, "armGroupLabels": [arm["label"]]} for one in found]
        arms.append(arm)
    module: Json = {}
    if arms:
        module["armGroups"] = arms
    interventions = _in_order(_merged(seen, listed), listed)
    if interventions:
        module["interventions"] = interventions
    return module, rest


def _merged(seen: list[Json], listed: tuple[tuple[str, str], ...]) -> list[Json]:
    """One row an intervention: mentions in the same words are one, unless the first table lists each of them."""
    merged: list[Json] = []
    for one in seen:
        key = (one["type"], one["name"])
        mentions = sum(1 for other in seen if (other["type"], other["name"]) == key)
        same = next((row for row in merged if _words(row) == _words(one)), None)
        if same is None or mentions == listed.count(key):
            merged.append(one)
        elif one["armGroupLabels"][0] not in same["armGroupLabels"]:
            same["armGroupLabels"] += one["armGroupLabels"]
    return merged


def _words(one: Json) -> Json:
    return {key: value for key, value in one.items() if key != "armGroupLabels"}


def _rows(lines: list[str]) -> tuple[list[tuple[list[str], list[str]]], list[str]]:
    """Rows of two cells, and a last cell without partner. A cell ends where a line ends with a bar."""
    cells: list[list[str]] = [[]]
    for line in lines:
        text = line.rstrip()
        if text.endswith("|"):
            inner = text[:-1].split(" | ") if _bars(text) else [text[:-1]]
            cells[-1].append(inner[0].rstrip())
            for more in inner[1:]:
                cells.append([more.rstrip()])
            cells.append([])
        else:
            cells[-1].append(text)
    cells = [[line for line in cell if line.strip()] for cell in cells]
    rest = cells[-1] if len(cells) % 2 else []
    return list(zip(cells[0::2], cells[1::2], strict=False)), rest


def _bars(text: str) -> bool:
    return " | " in text[:-1]


def _arm(lines: list[str]) -> Json | None:
    if not lines:
        return None
    match = _ARM.match(lines[0].strip())
    arm: Json = {"label": match.group(2).strip() if match else lines[0].strip()}
    if match:
        arm["type"] = code_for("ArmGroupType", match.group(1))
    description = render_prose(lines[1:])
    if description:
        arm["description"] = description
    return arm


def _interventions(lines: list[str], known: set[str]) -> list[Json]:
    found: list[Json] = []
    bodies: list[list[str]] = []
    for line in lines:
        match = _NAMED.match(line.strip())
        if match and (not known or line.strip() in known or not found):
            code = code_for("InterventionType", match.group(1))
            found.append({"type": code, "name": match.group(2).strip()})
            bodies.append([])
        elif bodies:
            bodies[-1].append(line)
    for one, body in zip(found, bodies, strict=True):
        _fill(one, body)
    return found


def _fill(one: Json, body: list[str]) -> None:
    others: list[str] = []
    words: list[str] = []
    for index, line in enumerate(body):
        match = _OTHER_NAMES.match(line)
        if match:
            others = split_names(match.group(1).strip()) if match.group(1).strip() else []
            others += [rest.strip(" -*") for rest in body[index + 1 :] if rest.strip(" -*")]
            break
        words.append(line)
    description = render_prose(words)
    if description:
        one["description"] = description
    if others:
        one["otherNames"] = others


def _in_order(seen: list[Json], listed: tuple[tuple[str, str], ...]) -> list[Json]:
    ordered: list[Json] = []
    rest = list(seen)
    for code, name in listed:
        match = next((row for row in rest if row["type"] == code and row["name"] == name), None)
        if match is not None:
            rest.remove(match)
            ordered.append(match)
        elif not any(row["type"] == code and row["name"] == name for row in ordered):
            ordered.append({"type": code, "name": name})
    return ordered + rest
