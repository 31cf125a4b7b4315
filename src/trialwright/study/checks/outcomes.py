"""Outcomes: levels, safety, time frames, names, instruments and response criteria."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ..findings import Finding
from ..model.outcomes import Outcome
from ..sought import Sought
from .protocol import Protocol
from .rulebook import find
from .words import outcome_names, outcome_names_table

_SAFETY_AIM = Sought(r"\bsafety\b|\btolerability\b|\btoxicit", re.I)
_SAFETY_OUTCOME = Sought(
    r"\badverse|\bsafety\b|\btolerab|\btoxicit|\bside[- ]effects?|\bcomplications?\b|\bDLTs?\b"
    r"|\bmorbidity|\bSAEs?\b|\bTEAE|\bbleeding|\bh(?:a)?emorrhage"
    r"|\breactogenicity|\bevents?\b|\bdiscontinu|\bwithdrawal|\bmortality|\breactions?\b|\bCTCAE\b"
    r"|\bhypotension|\binfections?\b|\bcytokine release",
    re.I,
)
_VAGUE = Sought(
    r"^\W*(?:the )?(?:safety|efficacy|feasibility|tolerability|effectiveness|efficacy and safety"
    r"|safety and efficacy|safety and tolerability"
    r"|outcomes?|effects?|response|toxicity|adverse effects?)\W*$",
    re.I,
)
_REPORTED = Sought(r"\bquality of life\b|\bQo?L\b|\bHRQo?L\b", re.I)
_INSTRUMENT = Sought(
    r"\b(?:[A-Z]{2,}[A-Za-z]*-?[A-Z]*\d+|EQ-?5D|SF-?\d+|FACT|FACIT|QLQ|WHOQOL|PROMIS|PedsQL|KDQOL|EORTC"
    r"|DLQI|SGRQ|HAQ|MLHFQ|KCCQ|GHQ|NHP|WOMAC|KOOS|HUI|AQLQ"
    r"|MSQ|IBDQ|QOLIE|IQOLA|CAT|CRQ|LCQ|MENQOL|OHIP|PDQ|EuroQo[lL]|ADDQoL|CLDQ|GIQLI|QOLRAD|Skindex"
    r"|SCORAD|NEI|VFQ|UCLA|EPIC|IPSS|Q-?LES|LASA)\b"
    r"|\b\w+ (?:questionnaire|scale|inventory|index|survey) \([A-Z]|\bShort[- ]Form\b|\bvisual analog",
)
_NAMED = Sought(
    r"\b(?:measured|assessed|evaluated|scored|using|use of) (?:by|using|with|via|through|on)?\s?(?:the |an? )?[A-Z]"
)
_MEASURED = Sought(
    r"\bprogress(?:ion|ive)?[- ]free[- ]survival|\bPFS\b|\bobjective (?:response|remission)|\bORR\b"
    r"|\bresponse rate|\bdisease control rate|\btime to progression|\bduration of response",
    re.I,
)
_CRITERIA = Sought(
    r"\bi?m?RE[CS]IST\b|\bRECIL\b|\bLugano\b|\bCheson\b|\bIMWG\b|\bRANO\b|\bWHO criteria|\bPCWG|\bLYRIC\b"
    r"|\bIWG\b|\bELN\b|\bGCIG\b|\bmodified Response|\bResponse Evaluation Criteria"
    r"|\bimmune-related response|\birRC\b|\bPSA\b|\bChoi\b|\bMacdonald",
    re.I,
)
_ONLY_NUMBER = re.compile(r"^\W*\d+(?:\.\d+)?\W*$")
_DURATION = re.compile(
    r"^\W*(?:up to |through |about |approximately )?(?:\d+(?:\.\d+)?|one|two|three|five)[\s-]*(?:hour"
    r"|day|week|month|year)s?\W*$",
    re.I,
)


def check_outcomes(protocol: Protocol) -> Iterator[Finding]:
    """TW-OUT-001 no primary, -002 no safety, -003 no time frame, -004 name, -005 instrument, -006 criteria,
    -007 twice, -008 from when, -009 vague, -010 number only, -011 one time for a course, -012 levels assumed."""
    outcomes = protocol.study.outcomes
    if protocol.is_interventional:
        yield from _levels(outcomes)
        yield from _safety(protocol)
    for n, outcome in enumerate(outcomes):
        yield from _time_frame(n, outcome)
        yield from _name(n, outcome)
        yield from _instrument(n, outcome)
    yield from _response(protocol)
    yield from _twice(outcomes)
    yield from _origin(protocol)


def _levels(outcomes: tuple[Outcome, ...]) -> Iterator[Finding]:
    if not any(outcome.level == "primary" for outcome in outcomes):
        yield find("TW-OUT-001", ("outcomes",), "No outcome is primary.")
    elif any(outcome.level == "primary" and outcome.assumed for outcome in outcomes):
        message = "The source does not say which outcome is primary; the level was assumed."
        yield find(
            "TW-OUT-012", ("outcomes",), message, "; ".join(outcome.measure for outcome in outcomes[:6])
        )


def _safety(protocol: Protocol) -> Iterator[Finding]:
    aims = (
        protocol.study.title,
        protocol.study.short_title,
        protocol.study.registry.description.brief_summary or "",
    )
    aim = next((text for text in aims if _SAFETY_AIM.search(text)), None)
    words = (f"{o.measure} {o.description or ''}" for o in protocol.study.outcomes)
    if aim is not None and protocol.study.outcomes and not any(_SAFETY_OUTCOME.search(one) for one in words):
        match = _SAFETY_AIM.search(aim)
        start = max(0, (match.start() if match else 0) - 60)
        message = "Safety is an objective, and no outcome measures it."
        yield find("TW-OUT-002", ("outcomes",), message, " ".join(aim[start : start + 160].split()))


def _time_frame(n: int, outcome: Outcome) -> Iterator[Finding]:
    words = (outcome.time_frame or "").strip()
    if not words and outcome.level == "primary":
        yield find("TW-OUT-003", ("outcomes", n), f"`{outcome.measure[:120]}` has no time frame.")
    elif _ONLY_NUMBER.match(words):
        message = f"The time frame of `{outcome.measure[:120]}` is a number without a unit."
        yield find("TW-OUT-010", ("outcomes", n, "time_frame"), message, words)
    elif _REPORTED.search(outcome.measure) and _DURATION.match(words):
        message = f"`{outcome.measure[:120]}` changes over time, and `{words}` does not say when it is asked."
        yield find("TW-OUT-011", ("outcomes", n, "time_frame"), message, words)


def _name(n: int, outcome: Outcome) -> Iterator[Finding]:
    for place in outcome_names_table().near(outcome.measure):
        confusion = outcome_names()[place]
        match = confusion.pattern.pattern.search(outcome.measure)
        if match:
            message = f"`{match.group(0)}` is not the usual name of the outcome."
            remedy = f"Write `{confusion.meant}`."
            yield find("TW-OUT-004", ("outcomes", n, "measure"), message, outcome.measure, remedy)
            break
    if _VAGUE.match(outcome.measure):
        message = f"`{outcome.measure.strip()}` names an aim, not a measurement."
        yield find("TW-OUT-009", ("outcomes", n, "measure"), message, outcome.measure)


def _instrument(n: int, outcome: Outcome) -> Iterator[Finding]:
    words = f"{outcome.measure} {outcome.description or ''}"
    if _REPORTED.search(words) and not _INSTRUMENT.search(words) and not _NAMED.search(words):
        message = f"`{outcome.measure[:120]}` names no instrument with its version."
        yield find("TW-OUT-005", ("outcomes", n), message, outcome.description or outcome.measure)


def _response(protocol: Protocol) -> Iterator[Finding]:
    """Outcomes read on tumours, once for a study; criteria named anywhere in the record count."""
    read = [
        (n, o)
        for n, o in enumerate(protocol.study.outcomes)
        if o.level != "other" and _MEASURED.search(o.measure)
    ]
    if read and protocol.is_cancer and not _CRITERIA.search(protocol.words):
        n, first = read[0]
        more = f" (and {len(read) - 1} more)" if len(read) > 1 else ""
        message = f"`{first.measure[:120]}`{more}: no response criteria and no interval of imaging are named."
        yield find("TW-OUT-006", ("outcomes", n), message, first.description or first.measure)


def _twice(outcomes: tuple[Outcome, ...]) -> Iterator[Finding]:
    keys = [
        (
            " ".join(o.measure.casefold().split()),
            o.time_frame or "",
            " ".join((o.description or "").casefold().split()),
        )
        for o in outcomes
    ]
    for key, times in Counter(keys).items():
        if times > 1:
            last = len(keys) - 1 - keys[::-1].index(key)
            message = f"`{outcomes[last].measure[:120]}` stands {times} times with the same time frame."
            yield find("TW-OUT-007", ("outcomes", last), message)


def _origin(protocol: Protocol) -> Iterator[Finding]:
    """Durations that do not say from when, once for a study."""
    bare = [
        (n, o)
        for n, o in enumerate(protocol.study.outcomes)
        if o.time_frame and _DURATION.match(o.time_frame) and not (o.estimand and not o.estimand.assumed)
    ]
    if bare:
        n, first = bare[0]
        shown = first.time_frame or ""
        message = (
            f"{len(bare)} time frame(s) are a duration that does not say from when it counts (`{shown}`)."
        )
        yield find("TW-OUT-008", ("outcomes", n, "time_frame"), message, shown)
