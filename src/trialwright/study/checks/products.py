"""Doses, routes and what must be said of a product before it can be given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from ..findings import Finding
from ..positions import Path
from ..sought import Sought
from .components import Component, components, is_range
from .protocol import Protocol
from .rulebook import find

_LOST_POWER = Sought(
    r"(?<![\d.])\d(?:[\d.,–~-]{0,8}\d)?\s?[×xX*]\s?10(?P<power>[3-9]|1[0-4])(?![\d.,]*\d)"
    r"(?!\s*(?:mg|mcg|μg|ug|ng|g|kg|ml|cl|dl|iu|units?|gy|mm|cm|m|min|%|days?|weeks?|times|reps?"
    r"|repetitions?)\b)",
)
_POWER = Sought(
    r"\b\d(?:[\d.,–~-]{0,8}\d)?\s?[×xX*]\s?10\s?\^?\s?\d{1,2}(?P<after>[^,.;)\n]{0,24})",
)
_COUNTED = Sought(
    r"\b(?:cells?|per kg|cfu|pfu|vg|vp|iu|units?|copies|particles|genomes?|spores|oocysts|TCID|EID|platelets"
    r"|lymphocytes|PBMC|MSCs?|bacteria|organisms|exosomes?)|/\s?(?:kg|m2|ml|l|μl|µl|ul|mm3|dose)\b",
    re.I,
)
_CHOICE = Sought(
    r"\b(?:escalat|de-?escalat|according|depend|based on|weight|tolera|titrat|level|cohort"
    r"|dose[- ]finding|adjust|per kg|/ ?kg|body surface"
    r"|by age|response|discretion|target|starting|increas|maximum|up to)",
    re.I,
)
_INFUSION = Sought(r"\binfusions?\b|\binfused\b", re.I)
_INJECTED = Sought(r"\bsubcutaneous\w*\b|\bintramuscular\w*\b|\bintradermal\w*\b|\bs\.?c\.? injection", re.I)
_BY_NEEDLE = Sought(r"\binject", re.I)
_SLOWLY = Sought(r"\b(?:subcutaneous|intramuscular|intradermal)(?:ly)? infus", re.I)
_INTO_VEIN = Sought(r"\bintraven|\bIV\b|\bi\.v\.|\bpump\b|\bcontinuous", re.I)
_ORIGIN = Sought(
    r"\bautologous|\ballogen|\bdonors?\b|\bown (?:cells|blood|tumou?r|T cells)|\bumbilical|\bcord blood"
    r"|\bplacent|\bleuka?pheresis|\bapheresis"
    r"|\bxenogen|\biPSC|\bthird[- ]party|\boff[- ]the[- ]shelf|\bself\b",
    re.I,
)
_MODIFIED = Sought(
    r"\bCAR[- ]?(?:T|NK)\b|\bchimeric antigen|\btransduc|\bgene[- ](?:modif|edit|engineer)|\blentivir"
    r"|\bretrovir|\bTCR-T|\bengineered"
    r"|\bcells? expressing\b|\bCRISPR",
    re.I,
)
_LONG_TERM = Sought(r"\b15[- ]years?\b|\bfifteen years|\blong[- ]term follow", re.I)
_DEPLETION = Sought(
    r"\blymphodeplet|\bfludarabine|\bcyclophosphamide|\bconditioning|\bpre-?treatment|\bpreconditioning", re.I
)


def check_products(protocol: Protocol) -> Iterator[Finding]:
    """TW-PRD-001 no unit, -002 lost exponent, -003 range without a rule, -004 route against words,
    -005 cells of whom, -006 modified cells without long follow-up, -007 no word on conditioning."""
    for path, text in _texts(protocol):
        yield from _lost(path, text)
        yield from _uncounted(path, text)
        yield from _route(path, text)
    yield from _ranges(protocol)
    if protocol.gives_cells and protocol.is_interventional:
        yield from _cells(protocol)


def _texts(protocol: Protocol) -> Iterator[tuple[Path, str]]:
    for path, text in protocol.prose.items():
        if path[0] in ("arms", "interventions") and path[-1] == "description":
            yield path, text


def _lost(path: Path, text: str) -> Iterator[Finding]:
    found = list(dict.fromkeys(match.group(0).strip() for match in _LOST_POWER.finditer(text)))
    if found:
        message = (
            f"A power of ten has lost its superscript: {', '.join(f'`{words}`' for words in found[:4])}."
        )
        yield find("TW-PRD-002", path, message, text)


def _uncounted(path: Path, text: str) -> Iterator[Finding]:
    for match in _POWER.finditer(text):
        if not _COUNTED.search(match["after"]):
            words = match.group(0)[: len(match.group(0)) - len(match["after"])].strip()
            yield find(
                "TW-PRD-001", path, f"`{words}` has no unit: what is counted is left open.", match.group(0)
            )
            return


def _route(path: Path, text: str) -> Iterator[Finding]:
    for sentence in re.split(r"(?<=[.;])\s+(?=[A-Z])|\n", text):
        under_skin = _INJECTED.search(sentence)
        both = _INFUSION.search(sentence) and _BY_NEEDLE.search(sentence)
        if under_skin and both and not (_INTO_VEIN.search(sentence) or _SLOWLY.search(sentence)):
            message = f"The words speak of an infusion and call it `{under_skin.group(0).lower()}`."
            yield find("TW-PRD-004", path, message, sentence.strip())
            return


def _ranges(protocol: Protocol) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for part in components(protocol.study):
        dose = part.dose
        if dose is None or not is_range(dose) or _chooses(protocol, part):
            continue
        shown = dose.words or f"{dose.minimum} to {dose.maximum} {dose.unit}"
        if (part.name, shown) not in seen:
            seen.add((part.name, shown))
            message = f"The dose of {part.name} is a range (`{shown}`), and nothing says how it is chosen."
            yield find("TW-PRD-003", part.path, message, part.words)


def _chooses(protocol: Protocol, part: Component) -> bool:
    study = protocol.study
    near = [i.description or "" for i in study.interventions if i.id == part.intervention]
    arms = [arm.description or "" for arm in study.arms if part.intervention in arm.interventions]
    return any(_CHOICE.search(text) for text in chain([part.words], near, arms))


def _cells(protocol: Protocol) -> Iterator[Finding]:
    path: Path = ("products",) if protocol.study.products else ("interventions",)
    if not _ORIGIN.search(protocol.words):
        message = "Nothing says whose cells are given: the subject's own, or a donor's."
        yield find("TW-PRD-005", path, message)
    modified = _MODIFIED.search(protocol.words)
    if modified and not _LONG_TERM.search(protocol.words):
        message = (
            f"The cells appear to be modified (`{modified.group(0)}`), and no long-term follow-up is stated."
        )
        yield find("TW-PRD-006", path, message)
    if modified and not _DEPLETION.search(protocol.words):
        message = "Nothing says whether subjects are conditioned (lymphodepleted) before the cells."
        yield find("TW-PRD-007", path, message)
