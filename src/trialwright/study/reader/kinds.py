"""What a statement that cannot be computed is about, for the reader of a list."""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("consent", r"\b(?:informed consent|written consent|signed consent|assent|consent form|willing(?:ness)? to (?:sign|provide|consent))"),
        ("contraception", r"contracept|birth control|childbearing|child-bearing|fertile|abstinence|condom"),
        ("pregnancy", r"pregnan|lactat|breast-?\s?feed|nursing"),
        ("serology", r"\b(?:HIV|hepatitis|HBV|HCV|HBsAg|syphilis|tubercul|serolog)"),
        ("histology", r"histolog|cytolog|patholog|biopsy[- ]proven|carcinoma|adenocarcinoma|lymphoma|sarcoma|melanoma"),
        ("washout", r"\bwithin\s+(?:the\s+)?(?:last\s+|past\s+|previous\s+|prior\s+)?\d+\s*(?:days?|weeks?|months?|years?|half)|\bsince\b.{0,40}\bprior\b"),
        ("prior_therapy", r"\b(?:prior|previous|previously)\b.{0,60}\b(?:therap|treat|chemo|radio|surg|transplant)"),
        ("concomitant", r"\bconcomitant|concurrent|receiving|taking|current use|use of\b"),
        ("allergy", r"allerg|hypersensitiv|intoleran"),
        ("infection", r"infection|sepsis"),
        ("measurable_disease", r"measurable|RECIST|evaluable"),
        ("compliance", r"comply|compliance|adher|follow-?up"),
        ("judgement", r"investigator|opinion|judg"),
    )
)


def kind_of_words(words: str) -> str:
    """A kind for a statement, by the first word that tells one; ``other`` where none does."""
    for kind, pattern in _KINDS:
        if pattern.search(words):
            return kind
    return "other"
