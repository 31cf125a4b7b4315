"""Make signs alike without moving a character, so that every span is a span of the record."""

from __future__ import annotations

import re
from functools import lru_cache

_ALIKE = {
    "◦": "°", "º": "°", "˚": "°",
    "≧": "≥", "⩾": "≥", "≦": "≤", "⩽": "≤", "﹤": "<", "﹥": ">", "〈": "<", "〉": ">",
    "∼": "~", "〜": "~", "˜": "~", "‾": "~",
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "ー": "-",
    "✕": "×", "╳": "×", "⨯": "×", "х": "×", "Х": "×", "∙": "×", "⋅": "×",
    "μ": "µ", "㎍": "µ", "’": "'", "‘": "'", "´": "'", "`": "'", "′": "'", "“": '"', "”": '"',
    "。": ".", "、": ",", "⁄": "/", "∕": "/", "·": ".", "\t": " ", "\\": " ", "\r": " ",
    "\u200b": " ", "\u200c": " ", "\u200d": " ", "\ufeff": " ", "\u00ad": " ",
}  # fmt: skip
_TABLE = {ord(sign): plain for sign, plain in _ALIKE.items()}
_TABLE.update({0xFEE0 + code: chr(code) for code in range(0x21, 0x7F)})
_TABLE.update({ord(sign): str(n) for n, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")})
_TABLE.update({ord(sign): str(n) for n, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")})
_TABLE.update(dict.fromkeys((160, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201), " "))
_TABLE.update(dict.fromkeys((8202, 8239, 8287, 12288, 11, 12, 133, 8232, 8233), " "))

_UNLIKE = re.compile("[" + re.escape("".join(map(chr, _TABLE))) + "]")

_ENTITY = re.compile(r"&(gt|lt|ge|le|amp|nbsp|plusmn|times|quot|micro);", re.IGNORECASE)
_SIGNS = {
    "plusmn": "±", "times": "×", "quot": '"', "micro": "µ",
    "gt": ">", "lt": "<", "ge": "≥", "le": "≤", "amp": "&", "nbsp": " ",
}  # fmt: skip
_UNDERLINED = re.compile(
    r"<\s?/?\s?u>|</?(?:b|i|p|li|ul|ol|br|sup|sub|em|strong|div|span)\s?/?>", re.IGNORECASE
)
_LOST_FONT = re.compile(r"(?<![^\W\d_])[³£](?=\s?\d)")
"""Signs of the Symbol font that became other letters on the way: `³` for at least, `£` for at most."""
_RAISED = re.compile(
    r"10(?P<open>\s*<\s*(?:sup\s*>\s*)?)(?P<power>\d{1,2})(?P<close>\s*(?:<\s*/\s*sup\s*)?>)", re.IGNORECASE
)
"""A power of ten in angle brackets: `10<9>`, `10<sup>9</sup>`."""
_TIMES_AHEAD = re.compile(r"(?<=[<>≥≤=\s])[xX](?=\d(?:\.\d+)?\s(?:times|ULN|the upper|upper))")
_SPLIT_DECIMAL = re.compile(r"(?<=[<>≥≤=\s])0\. (?=\d{1,2}(?!\d))")
"""A space inside a decimal: `< 0. 85`."""
_MINUS = re.compile(r"(?<=[n<>≥≤=w] )minus (?=\d)")
"""`less than minus 2`, `below minus 2`."""
_POINT = re.compile(r"[•‧](?<=\d.)(?=\d)")
_TIMES = re.compile(
    r"[xX*](?:(?<=\d.)(?=\s?(?:\d|U|u|L|l|I|i|N|n|t|\())"
    r"|(?<=\d .)(?=\s?(?:\d|[A-Z]|the|upper|inst|normal|lower|lab|\())"
    r"|(?<=ULN .)(?=\s?\d)|(?<=ULN.)(?=\s?\d))|[xX](?:(?<=\s.)(?=\s?10\s?[\^*(]?\s?\d)|(?<=\).)(?=\s?10))"
)


_ITEM = re.compile(r"(?<![A-Za-z0-9])\(\d{1,2}\)(?=\s?[A-Za-z])")


_CAPITAL_UNIT = re.compile(
    r"(?<=\d)\s?(?:[KMCDNPUµ]?(?:G|GM|MOL|MOLE|EQ|L|IU|U|CELLS|COPIES)?\s?/\s?(?:24\s?H(?:R|RS|OURS?)?|[DMUN]?L|MCL|MM\^?3"
    r"|CU\s?MM|M2|KG|MIN(?:UTE)?(?:\s?/\s?1[.,]73\s?M\^?2)?|DAY|M?MOL|MG|G|H|HR|HOUR)|(?:KG|[CM]M|MSEC|MS)(?:/M2)?)"
    r"(?![A-Za-z0-9])"
)
_CAPITAL_WORD = re.compile(r"\b(?:MUST|CO|CR|ACT|CAT|CAPS|CAL|NE)\b")
"""Names that are English words as well."""
_UNITS = re.compile(r"(?<![a-z])[mkn]?iu(?=\s?/)|(?<=\d)\s?u(?=\s?/)")
_MOSTLY = 0.7
_FEW_LETTERS = 40
_SAMPLE = 400


def _is_in_capitals(text: str) -> bool:
    """Whether most letters of a text are capitals, so that they tell nothing."""
    if sum(map(str.islower, text[:_SAMPLE])) > _SAMPLE * (1 - _MOSTLY):
        return False
    upper, lower = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return upper > _FEW_LETTERS and upper > _MOSTLY * (upper + lower)


def _as_unit(found: re.Match[str]) -> str:
    """A unit in capitals in its usual letters; international and enzyme units keep theirs."""
    return _UNITS.sub(lambda unit: unit.group().upper(), found.group().lower()).replace("MIU", "mIU")


@lru_cache(maxsize=4)
def clean_text(text: str) -> str:
    """``text`` with one spelling for each sign; as long as before, character for character.

    The last few texts are remembered, as those of `split_bullets` are.
    """
    if "³" in text or "£" in text:
        text = _LOST_FONT.sub(lambda found: "≥" if found.group() == "³" else "≤", text)
    cleaned = _UNLIKE.sub(lambda found: _TABLE[ord(found.group())], text)
    if "&" in cleaned:
        cleaned = _ENTITY.sub(_padded, cleaned)
    if "<" in cleaned:
        cleaned = _RAISED.sub(lambda found: f"10^{found['power']}".ljust(len(found.group())), cleaned)
        cleaned = _UNDERLINED.sub(lambda found: " " * len(found.group()), cleaned)
    if _is_in_capitals(cleaned):
        cleaned = _CAPITAL_WORD.sub(lambda found: found.group().lower(), _CAPITAL_UNIT.sub(_as_unit, cleaned))
    cleaned = _POINT.sub(".", _TIMES.sub("×", _TIMES_AHEAD.sub(" ", cleaned)))
    if "0. " in cleaned:
        cleaned = _SPLIT_DECIMAL.sub(" 0.", cleaned)
    if "minus " in cleaned:
        cleaned = _MINUS.sub("     -", cleaned)
    return _ITEM.sub(_divided, cleaned) if "(1)" in cleaned and "(2)" in cleaned else cleaned


def _divided(found: re.Match[str]) -> str:
    """The number of an item in a running sentence, `(2)`, divides like a semicolon."""
    return ";".ljust(len(found.group()))


def _padded(found: re.Match[str]) -> str:
    return _SIGNS[found.group(1).casefold()].ljust(len(found.group()))
