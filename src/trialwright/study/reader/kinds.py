"""What a statement that cannot be computed is about, for the reader of a list."""

from __future__ import annotations

import re

_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "consent",
        ("informed consent", "written consent", "signed consent", "consent form", "assent", "to consent"),
    ),
    (
        "contraception",
        ("contracept", "birth control", "childbearing", "child-bearing", "fertil", "abstinence", "condom"),
    ),
    ("pregnancy", ("pregnan", "lactat", "breastfeed", "breast-feed", "breast feed", "nursing")),
    ("serology", ("hiv", "hepatitis", "hbv", "hcv", "hbsag", "syphilis", "tubercul", "serolog")),
    (
        "histology",
        ("histolog", "cytolog", "patholog", "biopsy-proven", "carcinoma", "lymphoma", "sarcoma", "melanoma"),
    ),
    ("measurable_disease", ("measurable", "recist", "evaluable")),
    ("allergy", ("allerg", "hypersensitiv", "intoleran")),
    ("infection", ("infection", "sepsis")),
    ("compliance", ("comply", "complian", "adher", "follow-up", "follow up")),
    ("judgement", ("investigator", "opinion", "judg")),
)
_WASHOUT = re.compile(
    r"within (?:the )?(?:last |past |previous |prior )?\d+ ?(?:days?|weeks?|months?|years?|half)"
)
_PRIOR = ("prior ", "previous", "history of")
_TREATED = ("therap", "treat", "chemo", "radio", "surg", "transplant")
_TAKEN = ("concomitant", "concurrent", "receiving", "taking", "current use", "use of")


def kind_of_words(words: str) -> str:
    """A kind for a statement, by the first word that tells one; ``other`` where none does."""
    folded = words.casefold()
    if kind := _first_of(_WORDS[:5], folded):
        return kind
    if "within" in folded and _WASHOUT.search(folded):
        return "washout"
    if _holds(_PRIOR, folded) and _holds(_TREATED, folded):
        return "prior_therapy"
    if _holds(_TAKEN, folded):
        return "concomitant"
    return _first_of(_WORDS[5:], folded) or "other"


def _first_of(kinds: tuple[tuple[str, tuple[str, ...]], ...], folded: str) -> str:
    for kind, known in kinds:
        if _holds(known, folded):
            return kind
    return ""


def _holds(words: tuple[str, ...], folded: str) -> bool:
    for word in words:  # noqa: SIM110 - every statement comes here: a generator would take twice as long
        if word in folded:
            return True
    return False
