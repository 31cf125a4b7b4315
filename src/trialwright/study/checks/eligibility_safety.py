"""Criteria that protect subjects, and that protocols of a class of product usually have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..findings import Finding
from ..positions import Path
from ..sought import Sought
from .protocol import Protocol
from .rulebook import find

_CONTRACEPTION = Sought(r"\bcontracepti|\bbirth control\b", re.I)
_PREGNANCY = Sought(r"\bpregnan|\bgravid|\bgestation|\bhcg\b|\bβ-hcg|\bchorionic gonadotrop", re.I)
_VIRUSES = Sought(r"\bhepatitis|\bHBV\b|\bHCV\b|\bHBsAg\b|\bHIV\b|\bAIDS\b|\bimmunodeficiency virus", re.I)
_IMMUNE = Sought(
    r"\bsteroids?\b|\bcorticosteroids?|\bimmunosuppress|\bprednis|\bdexamethasone|\bglucocorticoid", re.I
)
_WASHOUT = Sought(
    r"\b(?:prior|previous|concurrent|recent|last|before|within|washout|wash-out|since)\b[^.;]{0,80}"
    r"\b(?:therap|treatment|chemotherap|radiotherap|surgery|immunotherap|anti-?(?:tumou?r|cancer))"
    r"|\b(?:therap|treatment|chemotherap|radiotherap|surgery)\w*[^.;]{0,60}\b(?:within|prior|before"
    r"|previous|ago|earlier|na[iï]ve)\b"
    r"|\bprogress\w+ (?:on|after|following)|\brefractory\b|\buntreated\b|\bna[iï]ve\b|\bfirst[- ]line\b",
    re.I,
)
_HER2 = Sought(r"\bHER-?2\b|\bERBB2\b|\btrastuzumab|\bpertuzumab", re.I)
_CARDIAC = Sought(
    r"\bLVEF\b|\bejection fraction|\bcardiac function|\bheart function|\bechocardiogra|\bNYHA\b"
    r"|\bheart failure|\bmyocardial infarct",
    re.I,
)
_MEASURED = Sought(
    r"\bprogress(?:ion|ive)?[- ]free[- ]survival|\bPFS\b|\bresponse rate|\bORR\b|\bobjective response"
    r"|\btumou?r response",
    re.I,
)
_MEASURABLE = Sought(
    r"\bmeasur(?:able|eable)|\bevaluable|\bRECIST\b|\bassessable|\btarget lesion"
    r"|\blesions?\b[^.;]{0,40}\b(?:cm|mm)\b",
    re.I,
)
_BLOOD = Sought(
    r"\bneutrophil|\bANC\b|\bplatelet|\bPLT\b|\bh(?:a)?emoglobin|\bHb\b|\bHgb\b|\bleukocyt|\bleucocyt"
    r"|\bWBC\b|\bwhite (?:blood )?cell",
    re.I,
)
_BRAIN = Sought(
    r"\bbrain\b|\bCNS\b|\bcentral nervous|\bintracranial|\bcerebral|\bleptomening|\bmeninge", re.I
)
_ALLERGY = Sought(r"\ballerg|\bhypersensitiv|\bintoleran|\banaphyla", re.I)
_PROTEIN = Sought(
    r"\b(?:human serum )?albumin\b|\bDMSO\b|\bdimethyl ?sulfoxide|\bbovine\b|\bmurine\b|\bgentamicin\b"
    r"|\bpenicillin\b",
    re.I,
)
_SPREAD = Sought(r"\badvanced\b|\bmetasta|\bstage iv\b|\bunresectable\b", re.I)
_ORGANS = Sought(
    r"\bcreatinine|\bkidney|\brenal|\bbilirubin|\bALT\b|\bAST\b|\bSGPT\b|\bSGOT\b|\btransaminase"
    r"|\baminotransferase|\bliver\b|\bhepatic|\borgan function|\bGFR\b",
    re.I,
)
_BLOOD_CANCER = Sought(r"\blymphoma|\bleuka?emia|\bmyeloma|\bmyelodysplas", re.I)
_OLD_YEARS = 55


def check_eligibility_safety(protocol: Protocol) -> Iterator[Finding]:
    """TW-ELS-001 contraception without pregnancy, -002 no viruses, -003 no immunosuppression, -004 no washout,
    -005 HER2 without the heart, -006 nothing measurable, -007 no blood counts, -008 no brain metastases,
    -009 no allergy, -010 no pregnancy, -011 no liver or kidneys."""
    if not (protocol.is_interventional and protocol.clauses and "DRUGS" in protocol.kinds):
        return
    yield from _pregnancy(protocol)
    if protocol.gives_cells:
        yield from _cells(protocol)
    if _HER2.search(protocol.product_words) and not _has(protocol, _CARDIAC):
        message = (
            "The product is aimed at HER2, and no criterion asks for the heart's function (such as LVEF)."
        )
        yield find("TW-ELS-005", _place(protocol), message)
    if protocol.is_cancer and protocol.study.design.primary_purpose in (None, "TREATMENT"):
        yield from _cancer(protocol)


def _pregnancy(protocol: Protocol) -> Iterator[Finding]:
    if protocol.study.eligibility.sex == "MALE" or _has(protocol, _PREGNANCY):
        return
    if _has(protocol, _CONTRACEPTION):
        clause = next(c for c in protocol.clauses if _CONTRACEPTION.search(c.text))
        message = "Contraception is asked for, but pregnancy neither excludes nor is tested for."
        yield find("TW-ELS-001", clause.path, message, clause.text)
    elif _youngest_years(protocol) < _OLD_YEARS:
        yield find("TW-ELS-010", _place(protocol), "No criterion speaks of pregnancy or contraception.")


def _cells(protocol: Protocol) -> Iterator[Finding]:
    if not _has(protocol, _VIRUSES):
        message = "Cells are given, and no criterion speaks of hepatitis or HIV."
        yield find("TW-ELS-002", _place(protocol), message)
    if not _has(protocol, _IMMUNE):
        message = "Cells are given, and no criterion speaks of steroids or immunosuppression."
        yield find("TW-ELS-003", _place(protocol), message)
    if not _has(protocol, _BLOOD):
        message = "Cells are given, and no criterion sets a limit for neutrophils, platelets or haemoglobin."
        yield find("TW-ELS-007", _place(protocol), message)
    held = _PROTEIN.search(protocol.product_words)
    if held and not _has(protocol, _ALLERGY):
        message = f"The product contains {held.group(0)}, and no criterion speaks of allergy."
        yield find("TW-ELS-009", _place(protocol), message)


def _cancer(protocol: Protocol) -> Iterator[Finding]:
    if not _has(protocol, _ORGANS):
        message = "A medicine against cancer is given, and no criterion speaks of the liver or the kidneys."
        yield find("TW-ELS-011", _place(protocol), message)
    if not _has(protocol, _WASHOUT):
        message = "No criterion speaks of earlier treatment or of the time since it."
        yield find("TW-ELS-004", _place(protocol), message)
    measured = next((o for o in protocol.study.outcomes if _MEASURED.search(o.measure)), None)
    solid = not _BLOOD_CANCER.search(protocol.subject_words)
    if measured and solid and not _has(protocol, _MEASURABLE):
        message = (
            f"`{measured.measure}` is measured on tumours, and no criterion asks for measurable disease."
        )
        yield find("TW-ELS-006", _place(protocol), message)
    if (
        solid
        and protocol.gives_cells
        and _SPREAD.search(protocol.subject_words)
        and not _has(protocol, _BRAIN)
    ):
        message = "Advanced cancer is treated with cells, and no criterion speaks of brain metastases."
        yield find("TW-ELS-008", _place(protocol), message)


def _has(protocol: Protocol, pattern: Sought) -> bool:
    return pattern.search(protocol.eligibility_words) is not None


def _place(protocol: Protocol) -> Path:
    return ("eligibility", "criteria" if protocol.study.eligibility.criteria else "text")


def _youngest_years(protocol: Protocol) -> float:
    number, _, unit = (protocol.study.eligibility.minimum_age or "0 Years").partition(" ")
    return float(number) if number.isdigit() and unit.lower().startswith("year") else 0.0
