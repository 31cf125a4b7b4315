"""What the record leaves open of the design: allocation, size, toxicity, masking, monitoring."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from statistics import NormalDist

from ..findings import Finding
from ..sought import Sought
from .protocol import Protocol
from .rulebook import find

_RATIO = Sought(r"\b\d{1,2}\s?:\s?\d{1,2}\b|\bratio\b|\bequal(?:ly)?\b|\bevenly\b", re.I)
_METHOD = Sought(
    r"\bblock|\bpermuted|\bminimi[sz]ation|\bcomputer[- ]generated|\brandom (?:number|allocation"
    r"|sequence)|\benvelopes?\b|\bIWRS\b|\bIVRS\b|\bIRT\b"
    r"|\binteractive (?:web|voice)|\bcoin\b|\brandomi[sz]ation (?:list|sequence|table|schedule|software"
    r"|code)|\bcentral(?:ly|i[sz]ed)? randomi|\bREDCap\b"
    r"|\bcluster|\bsimple randomi",
    re.I,
)
_STRATA = Sought(r"\bstrat(?:um|a|if)|\bminimi[sz]ation\b|\bbalanc", re.I)
_TOXICITY = Sought(
    r"\bdose[- ]limiting|\bDLTs?\b|\bMTD\b|\bmaximum tolerated|\bstopping rules?|\btoxicit|\b3 ?\+ ?3\b"
    r"|\bsafety run-?in|\bBOIN\b|\brecommended phase"
    r"|\bRP2D\b|\bsentinel",
    re.I,
)
_STEPS = Sought(
    r"\bescalat|\bdose[- ]finding|\bdose levels?|\bcohorts?\b|\brun-?in\b|\bascending|\blead-?in\b"
    r"|\bDLTs?\b|\bMTD\b|\bRP2D\b|\bphase (?:1|I)(?:a|b)?\s(?:part|portion|stage|study)|\bpart (?:1|A"
    r"|I)\b",
    re.I,
)
_SIZE = Sought(
    r"\bsample size|\bpower(?:ed)? (?:of|to|calculation|analysis)|\b\d{2} ?% power|\bstatistical power"
    r"|\bhazard ratio|\btype I error|\bsignificance level"
    r"|\bSimon|\btwo[- ]stage|\bnull hypothesis|\bnon-?inferiority margin|\bone-sided|\btwo-sided|\balpha\b",
    re.I,
)
_TIME_TO_EVENT = Sought(
    r"\bsurvival\b|\bmortality\b|\btime to (?:progression|death|event|relapse|recurrence)|\bPFS\b"
    r"|\bOS\b|\bDFS\b|\bEFS\b",
    re.I,
)
_SUBJECTIVE = Sought(
    r"\bquality of life|\bQo?L\b|\bpain\b|\bfatigue\b|\bsatisfaction|\banxiety|\bdepress"
    r"|\bpatient[- ]reported|\bsymptoms?\b|\bnausea|\bprogress(?:ion|ive)?[- ]free[- ]survival"
    r"|\bPFS\b|\bresponse rate|\bitch|\bwell-?being|\bfunction(?:al)? (?:score|status)",
    re.I,
)
_INDEPENDENT = Sought(
    r"\bindependent|\bblinded (?:to|assess|review|evaluat|outcome|radiolog|reader)|\bmasked (?:assess"
    r"|outcome)|\bcentral(?:ly)? (?:review|read|assess)|\bBICR\b|\badjudicat",
    re.I,
)
_MONITORED = Sought(
    r"\b(?:data|safety)[^.;]{0,25}monitoring|\bDSMB\b|\bDMC\b|\bIDMC\b|\bDSMC\b|\bstopping rule"
    r"|\bmonitoring (?:board|committee)",
    re.I,
)
_FIRST = Sought(
    r"\bfirst[- ]in[- ]human|\bfirst[- ]in[- ]man\b|\bescalat|\bsingle ascending|\bmultiple ascending",
    re.I,
)
_STRONG_EFFECT = 0.5
_ALPHA, _POWER = 0.05, 0.8


def check_protocol_design(protocol: Protocol) -> Iterator[Finding]:
    """TW-DSN-001 ratio, -002 method, -003 strata, -004 toxicity, -005 basis of the size, -006 too few,
    -007 open and subjective, -008 no monitoring, -009 phase 1 without steps."""
    if not protocol.is_interventional:
        return
    if protocol.study.design.allocation == "RANDOMIZED":
        yield from _allocation(protocol)
    yield from _toxicity(protocol)
    yield from _size(protocol)
    yield from _masking(protocol)
    yield from _monitoring(protocol)


def compute_detectable_hazard_ratio(events: int) -> float:
    """The hazard ratio below 1 that two equal arms detect with 80 % power, two-sided 5 %, with so many events.

    Schoenfeld (Biometrika 1981;68:316): ln HR = -2 (z(0.975) + z(0.8)) / sqrt(events).
    """
    normal = NormalDist()
    return math.exp(-2 * (normal.inv_cdf(1 - _ALPHA / 2) + normal.inv_cdf(_POWER)) / math.sqrt(events))


def _allocation(protocol: Protocol) -> Iterator[Finding]:
    plan = protocol.study.design.randomisation
    if plan is not None and not plan.assumed:
        return
    words = protocol.prose_words
    if not _RATIO.search(words):
        message = "The study is randomised, and no words give the allocation ratio."
        yield find("TW-DSN-001", ("design",), message)
    if not _METHOD.search(words):
        message = "The study is randomised, and no words give the method or who keeps the list."
        yield find("TW-DSN-002", ("design",), message)
    if not _STRATA.search(words):
        message = "The study is randomised, and no words say whether the allocation is stratified."
        yield find("TW-DSN-003", ("design",), message)


def _toxicity(protocol: Protocol) -> Iterator[Finding]:
    design = protocol.study.design
    if (
        "PHASE1" not in design.phases
        or "DRUGS" not in protocol.kinds
        or design.primary_purpose == "BASIC_SCIENCE"
    ):
        return
    first = protocol.gives_cells or protocol.is_cancer or _FIRST.search(protocol.prose_words)
    if first and not _TOXICITY.search(protocol.words):
        message = "A phase 1 study, and no words give a rule for toxicity: what limits the dose, what stops the trial."
        yield find("TW-DSN-004", ("design", "phases"), message)
    if "PHASE2" in design.phases and design.allocation == "RANDOMIZED" and not _STEPS.search(protocol.words):
        message = (
            "Phase 1 and 2 in one, randomised from the first subject: no words tell the two parts apart."
        )
        yield find("TW-DSN-009", ("design", "phases"), message)


def _size(protocol: Protocol) -> Iterator[Finding]:
    study = protocol.study
    count = study.design.enrolment.count if study.design.enrolment else 0
    if count < 2 or study.design.allocation != "RANDOMIZED":
        return
    stated = _SIZE.search(protocol.prose_words) is not None
    timed = [o for o in study.outcomes if _TIME_TO_EVENT.search(o.measure)]
    main = [o for o in timed if o.level == "primary"]
    ratio = compute_detectable_hazard_ratio(count)
    shown = (
        f" If all {count} subjects had the event, two equal arms would detect a hazard ratio of {ratio:.2f} "
        "with 80 % power (two-sided 5 %)."
        if timed and len(study.arms) == 2
        else ""
    )
    if not stated:
        message = f"No words give the basis of the sample size of {count}.{shown}"
        yield find("TW-DSN-005", ("design", "enrolment"), message)
    if main and len(study.arms) == 2 and ratio < _STRONG_EFFECT:
        message = (
            f"With {count} subjects only a hazard ratio of {ratio:.2f} or less can be shown for "
            f"`{main[0].measure}`, even if every subject had the event."
        )
        yield find("TW-DSN-006", ("design", "enrolment"), message)


def _masking(protocol: Protocol) -> Iterator[Finding]:
    design = protocol.study.design
    if (
        design.masking != "NONE"
        or design.allocation != "RANDOMIZED"
        or _INDEPENDENT.search(protocol.prose_words)
    ):
        return
    read = [
        (n, o)
        for n, o in enumerate(protocol.study.outcomes)
        if o.level != "other" and _SUBJECTIVE.search(o.measure)
    ]
    if read:
        n, _ = read[0]
        named = ", ".join(f"`{outcome.measure[:80]}`" for _, outcome in read[:3])
        message = f"Nobody is masked, and {len(read)} outcome(s) rest on judgement or on the subject's answer: {named}."
        yield find("TW-DSN-007", ("outcomes", n), message)


def _monitoring(protocol: Protocol) -> Iterator[Finding]:
    study = protocol.study
    risky = protocol.gives_cells or ("PHASE1" in study.design.phases and "DRUGS" in protocol.kinds)
    deadly = study.design.allocation == "RANDOMIZED" and any(
        "mortality" in o.measure.lower() for o in study.outcomes
    )
    if study.registry.oversight.has_dmc or not (risky or deadly) or _MONITORED.search(protocol.prose_words):
        return
    said = "says that there is no" if study.registry.oversight.has_dmc is False else "names no"
    message = f"The record {said} data monitoring committee, and no words give a stopping rule."
    yield find("TW-DSN-008", ("registry", "oversight"), message)
