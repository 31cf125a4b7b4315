"""The small forms of the registry page: rows of tables, dates, months."""

from __future__ import annotations

import re

_MONTHS = {
    "january": 1,
    "february": 2,
    "march": 3,
    "april": 4,
    "may": 5,
    "june": 6,
    "july": 7,
    "august": 8,
    "september": 9,
    "october": 10,
    "november": 11,
    "december": 12,
}
_SHORT_MONTHS = {name[:3]: number for name, number in _MONTHS.items()}
_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})\b")
_MONTH = re.compile(r"([A-Za-z]{3,9})\.?,?\s+(\d{4})\b")
_ISO = re.compile(r"(\d{4})(-\d{2})?(-\d{2})?\b")
_ROW = re.compile(r"\s*([^|]{2,80}?)\s*:\s*\|\s*(.*)\Z", re.S)

Row = tuple[str, str]


def parse_page_date(words: str) -> str | None:
    """``September 2015`` -> ``2015-09``; ``December 16, 2015`` -> ``2015-12-16``; other words give None."""
    text = words.strip()
    day = _DAY.match(text)
    if day:
        month = _month(day.group(1))
        return f"{day.group(3)}-{month:02d}-{int(day.group(2)):02d}" if month else None
    only_month = _MONTH.match(text)
    if only_month:
        month = _month(only_month.group(1))
        return f"{only_month.group(2)}-{month:02d}" if month else None
    iso = _ISO.match(text)
    return iso.group(0) if iso else None


def _month(name: str) -> int | None:
    return _MONTHS.get(name.lower()) or _SHORT_MONTHS.get(name[:3].lower())


def parse_rows(lines: list[str]) -> tuple[list[Row], list[str]]:
    """``Label: | value |`` rows, whose value may run over several lines, and the other lines."""
    rows: list[Row] = []
    others: list[str] = []
    index = 0
    while index < len(lines):
        match = _ROW.match(lines[index])
        if match is None:
            others.append(lines[index])
            index += 1
            continue
        label, value = match.group(1), match.group(2)
        index += 1
        while not value.rstrip().endswith("|") and index < len(lines) and not _ROW.match(lines[index]):
            value += "\n" + lines[index]
            index += 1
        rows.append((label.strip(), value.rstrip().rstrip("|").strip()))
    return rows, others


def label_key(label: str) -> str:
    """A row's label without spaces, colons and case."""
    return re.sub(r"[^a-z0-9]+", " ", label.lower()).strip()
