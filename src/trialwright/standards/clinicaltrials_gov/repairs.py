"""Repairs of text before it is read: lost superscripts, HTML, full-width signs, commas.

Repairs serve readings only. The stored text stays as it was written, and every repair is reported with
the words it was made from.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from trialwright.study.findings import Finding

from .codes import registry_finding

Replace = Callable[[re.Match[str]], str | None]
"""The new words for a match; None leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair: its finding's code and the words before and after."""

    code: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """Repaired text, and for every character of it (and its end) the place in the original."""

    original: str
    text: str
    origins: tuple[int, ...] | range
    repairs: tuple[Repair, ...]

    def words(self, start: int, end: int) -> str:
        """The original words behind a stretch of the repaired text."""
        return self.original[self.origins[start] : self.origins[end]]


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    replace: Replace
    code: str = ""


_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SIGNS = {
    "，": ", ",
    "；": "; ",
    "：": ": ",
    "。": ". ",
    "、": ", ",
    "（": " (",
    "）": ") ",
    "～": "~",
    "〜": "~",
    "\u3000": " ",
    "−": "-",
    "–": "-",
    "‐": "-",
    "‑": "-",
    "—": "-",
    "µ": "μ",
    "℃": "°C",
}
_NOT_A_POWER = (
    r"(?!\s*(?:mg|mcg|μg|ug|ng|g|kg|ml|cl|dl|iu|units?|gy|cgy|mm|cm|m|min|%|days?|weeks?|mins?|mmol)\b)"
)


def _full_width(match: re.Match[str]) -> str | None:
    sign = match.group(0)
    return _SIGNS.get(sign) or chr(ord(sign) - 0xFEE0)


def _plain_sign(match: re.Match[str]) -> str | None:
    return _SIGNS[match.group(0)]


def _entity(match: re.Match[str]) -> str | None:
    plain = html.unescape(match.group(0))
    return None if plain == match.group(0) else plain.replace("\u00a0", " ")


def _compared(match: re.Match[str]) -> str | None:
    return "≤" if "<" in match.group(0) or match.group(0) in "≦⩽" else "≥"


def _lost_power(match: re.Match[str]) -> str | None:
    exponent = int(match.group("power"))
    return f"{match.group('number')}×10^{exponent}" if 3 <= exponent <= 14 else None


def _decimal(match: re.Match[str]) -> str | None:
    whole, fraction = match.group(1), match.group(2)
    likely = len(fraction) == 1 or whole == "0" or fraction in ("25", "50", "75", "05")
    return f"{whole}.{fraction}" if likely else None


_RULES: tuple[_Rule, ...] = (
    _Rule(re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~^|&\"=$])"), lambda match: match.group(1)),
    _Rule(re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|[A-Za-z]{2,10});"), _entity, "TW-REG-041"),
    _Rule(re.compile(r"<sup>\s*(\d{1,2})\s*</sup>", re.I), lambda match: f"^{match.group(1)}", "TW-REG-041"),
    _Rule(re.compile(r"<br\s*/?>|</?p>|</li>", re.I), lambda _: "\n", "TW-REG-041"),
    _Rule(
        re.compile(r"</?(?:b|i|u|em|strong|sub|sup|li|ul|ol|span|div|font)(?:\s[^<>]{0,80})?>", re.I),
        lambda _: "",
        "TW-REG-041",
    ),
    _Rule(re.compile("[\uff01-\uff5e，；：。、（）～〜\u3000]"), _full_width, "TW-REG-042"),
    _Rule(re.compile("[−–‐‑—µ℃]"), _plain_sign),
    _Rule(re.compile(r"[≦≧⩽⩾]|[<>]\s?/\s?=|=[<>]|[<>]\s?="), _compared, "TW-REG-043"),
    _Rule(re.compile(r"[<>] ?or ?(?:=|equal to)"), _compared, "TW-REG-043"),
    _Rule(re.compile(r"(?<=\d)\s*[xX*✕∗]\s*(?=10\s*(?:\^|\*\*|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]|[eE]\d))"), lambda _: "×"),
    _Rule(
        re.compile(
            r"(?<![\d.])10\s?(?:\^|\*\*|[eE])\s?(\(?-?\d{1,2}\)?)(?!\d)|(?<![\d.])10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]{1,3})"
        ),
        lambda match: _canonical_power(match),
        "TW-REG-046",
    ),
    _Rule(
        re.compile(
            r"(?P<number>\d(?:[\d.,]{0,12}\d)?)\s*[×xX*✕∗]\s*10(?P<power>\d{1,2})(?![\d.,]*\d)"
            + _NOT_A_POWER,
            re.I,
        ),
        _lost_power,
        "TW-REG-040",
    ),
    _Rule(re.compile(r"(?P<number>\d)\s+10(?P<power>9|12)(?=\s*/\s*[lL]\b)"), _lost_power, "TW-REG-040"),
    _Rule(re.compile(r"(?<=\d)\s*~\s*(?=\d)"), lambda _: "-", "TW-REG-044"),
    _Rule(
        re.compile(
            r"(?<![\d,.;/])(?<!day )(?<!days )\b(\d{1,3}),(\d{1,2})"
            r"(?=\s?(?:mg|mcg|μg|ml|mL|g|kg|L|mmol|μmol|IU|%|×|x\s|cm|mm|Gy)(?![A-Za-z]))"
        ),
        _decimal,
        "TW-REG-045",
    ),
)
_SUSPICIOUS = re.compile(r"[^\x00-\x7f]|[\\&<>~]|10\d|10\s?[\^*eE]|\d,\d")
_WORDS = {
    "TW-REG-040": ("A power of ten has lost its superscript", "Confirm the amount with the protocol."),
    "TW-REG-041": ("HTML stands in the text", "Nothing to do: the reading took it as meant."),
    "TW-REG-042": ("Full-width signs stand in the text", "Nothing to do: the reading took them as meant."),
    "TW-REG-043": ("A comparison sign is written in another form", "Nothing to do."),
    "TW-REG-044": ("A tilde stands for a range", "Nothing to do."),
    "TW-REG-045": ("A decimal comma", "Confirm the number with the protocol."),
    "TW-REG-046": ("A power of ten is written in another form", "Nothing to do."),
}


def _canonical_power(match: re.Match[str]) -> str | None:
    exponent = (match.group(1) or match.group(2) or "").translate(_SUPERSCRIPTS).strip("()")
    written = f"10^{exponent}"
    return None if written == match.group(0) else written


def repair_text(text: str) -> Repaired:
    """The text made readable, every change kept. Plain text comes back as it is, at no cost."""
    if not _SUSPICIOUS.search(text):
        return Repaired(text, text, range(len(text) + 1), ())
    current, origins = text, list(range(len(text) + 1))
    repairs: list[Repair] = []
    for rule in _RULES:
        current, origins = _apply(rule, current, origins, repairs)
    return Repaired(text, current, tuple(origins), tuple(repairs))


def _apply(rule: _Rule, text: str, origins: list[int], repairs: list[Repair]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    places: list[int] = []
    last = 0
    for match in rule.pattern.finditer(text):
        new = rule.replace(match)
        if new is None or new == match.group(0):
            continue
        start, end = match.span()
        pieces += [text[last:start], new]
        places += origins[last:start]
        places += [origins[start]] * len(new)
        last = end
        if rule.code:
            repairs.append(Repair(rule.code, match.group(0), new))
    if not pieces:
        return text, origins
    return "".join([*pieces, text[last:]]), [*places, *origins[last:]]


def check_repairs(repairs: Iterable[Repair], file: str, path: tuple[str | int, ...]) -> list[Finding]:
    """One finding a kind of repair, with the words before and after each (the first six)."""
    kinds: dict[str, list[Repair]] = {}
    for repair in repairs:
        kinds.setdefault(repair.code, []).append(repair)
    found: list[Finding] = []
    for code, members in kinds.items():
        message, remedy = _WORDS[code]
        pairs = dict.fromkeys(f"{one.before} -> {one.after}" for one in members)
        evidence = "; ".join(list(pairs)[:6])
        found.append(registry_finding(code, f"{message}.", remedy, file=file, path=path, evidence=evidence))
    return found
