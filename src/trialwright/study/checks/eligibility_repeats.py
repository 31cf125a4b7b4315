"""What repeats: exclusions that mirror an inclusion, limits set twice, pairs of tests limited once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ..criteria import LimitKind, Not, Region, Rule, regions, variables_of
from ..findings import Finding
from .protocol import ListedRule, Protocol
from .region_words import label_of
from .rulebook import find

_OF_SOME = re.compile(
    r"\W*(?:(?:for|in|if) )?(?:parts?|cohorts?|groups?|arms?|phase|stratum|strata|males?|females?|men|women|boys|girls"
    r"|infants?|children|adults?|healthy|controls?|cases?|patients? with|caregivers?|donors?|recipients?)\b",
    re.IGNORECASE,
)
"""Words that begin a criterion of some of the subjects: what the others must keep is no second limit."""
PAIRS = (("ALT", "AST"), ("systolic_bp", "diastolic_bp"))
"""Variables that protocols limit together."""


def check_eligibility_repeats(protocol: Protocol) -> Iterator[Finding]:
    """TW-ELI-003 mirror of an inclusion, -006 a limit set twice, -008 one of a pair."""
    yield from _mirrors(protocol)
    yield from _repeated(protocol)
    yield from _pairs(protocol)


def _mirrors(protocol: Protocol) -> Iterator[Finding]:
    """Exclusions that only repeat what the inclusion list already demands."""
    inclusion = [one for one in protocol.rules if one.section == "inclusion"]
    for listed in (one for one in protocol.rules if one.section == "exclusion"):
        twin = next((one for one in inclusion if _implied(protocol, listed, one)), None)
        if twin is not None:
            message = f"`{listed.id}` excludes only subjects whom `{twin.id}` does not include anyway."
            yield find("TW-ELI-003", listed.path, message, f"{twin.text} / {listed.text}")


def _implied(protocol: Protocol, exclusion: ListedRule, inclusion: ListedRule) -> bool:
    if exclusion.rule == Not(inclusion.rule) or inclusion.rule == Not(exclusion.rule):
        return True
    named = variables_of(exclusion.rule)
    if len(named) != 1 or named[0] not in variables_of(inclusion.rule):
        return False
    for axis, out in regions(exclusion.rule, named[0], protocol.catalogue).items():
        into = protocol.region(inclusion, named[0], axis)
        if into is not None and not out.possible.is_everything and not out.possible.is_empty:
            return out.possible.intersection(into.possible).is_empty
    return False


def _repeated(protocol: Protocol) -> Iterator[Finding]:
    """Two rules of one list on one variable alone, of which one makes the other needless."""
    for section in ("inclusion", "exclusion"):
        plain = [r for r in protocol.rules if r.section == section and len(variables_of(r.rule)) == 1]
        for one, other in combinations(plain, 2):
            name = variables_of(one.rule)[0]
            if variables_of(other.rule)[0] != name or one.text == other.text:
                continue
            if not one.written and (_OF_SOME.match(one.text) or _OF_SOME.match(other.text)):
                continue
            if not one.written and sum(name in variables_of(rule.rule) for rule in plain) > 2:
                continue
            for axis in (LimitKind.ABSOLUTE, LimitKind.ULN):
                here, there = (protocol.region(listed, name, axis) for listed in (one, other))
                if here and there and _settles(here, there):
                    message = (
                        f"`{one.id}` and `{other.id}` limit {label_of(protocol.variable(name), False)} twice."
                    )
                    yield find("TW-ELI-006", other.path, message, f"{one.text} / {other.text}")


def _settles(here: Region, there: Region) -> bool:
    if here.possible != here.certain or there.possible != there.certain or here.possible.is_everything:
        return False
    return here.possible.is_within(there.possible) or there.possible.is_within(here.possible)


def _pairs(protocol: Protocol) -> Iterator[Finding]:
    for names in PAIRS:
        lists = {
            name: {one.section for one in protocol.rules if name.casefold() in _folded(one.rule)}
            for name in names
        }
        for one, other in (names, names[::-1]):
            if lists[one] and lists[other] > lists[one]:
                missing = next(iter(lists[other] - lists[one]))
                ids = [
                    r.id
                    for r in protocol.rules
                    if r.section == missing and other.casefold() in _folded(r.rule)
                ]
                shown = [label_of(protocol.variable(name), False) for name in (other, one)]
                message = f"The {missing} list limits {shown[0]} but not {shown[1]}."
                yield find("TW-ELI-008", protocol.listed(ids[0]).path, message, protocol.evidence(tuple(ids)))


def _folded(rule: Rule) -> set[str]:
    return {name.casefold() for name in variables_of(rule)}
