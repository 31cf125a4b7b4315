"""Numbers and their units as protocols write them, with lost superscripts, commas and missing signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

NUMBER = re.compile(
    r"\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?: 000)+(?!\d)|\d+\.\d+|\d+,\d{1,2}(?!\d)|\d+|\.\d+"
)
_LONGEST_NUMBER = 15
_VOLUME = (
    r"(?:mm\s?\^?\s?\(?3\)?|cu\.?\s?mm\.?|cmm|mmc|cubic\s+mill?imet(?:er|re)s?|mm(?=\s|[;,.)]|$)|µ\s?[lL]|[uU][lL]|mc[lL]|mic(?:ro)?[lL]"
    r"|micro\s?-?(?:liters?|litres?)|mL|ml|ML|L|l|lit(?:er|re)s?|dL|dl|cc)(?![A-Za-z])"
)
_CELLS = r"(?:\s?(?:cells?|platelets?|neutrophils?|copies|cop(?:y|ies)|plt|wbc|leukocytes|lymphocytes|granulocytes|K|k|thou|thousand))?"
_POWER = re.compile(
    rf"\s?[×*]?\s?\(?10\s?(?:\^|\*\*|\*|[eE])?\s?\(?\+?(?:-\s?)?([23456789]|1[0-2])\)?(?!\d|\.\d){_CELLS}(?:\s?(?:/|per)\s?({_VOLUME}))?"
)
_E_NOTATION = re.compile(rf"[eE]\+?([3-9]|1[0-2])(?!\d){_CELLS}(?:\s?(?:/|per)\s?({_VOLUME}))?")
_VIRAL = re.compile(
    r"\s?[×*]?\s?10\s?(?:\^|\*\*?|e)?\s?([2-9])\s?(copies|copy|cps|IU|iu|cop|viral copies)\s?(?:/|per)\s?(?:m[lL]|ML|milliliter)"
)
_COUNT = re.compile(rf"({_CELLS})\s?(?:/|per\s)\s?({_VOLUME})")
_THOUSAND = re.compile(
    rf"\s?(?:[Kk]|thousand|thou|x\s?K)\s?(?:{_CELLS})\s?(?:/|per\s)\s?({_VOLUME})|[Kk](?![A-Za-z])"
)
_GIGA = re.compile(r"\s?(?:G|Gi|Giga|GPT|Gpt|Gpa)\s?/\s?[lL](?![A-Za-z])")

_SIMPLE: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"m[lL]s?\s?/\s?min(?:ute|utes)?\.?\s?(?:/|per|×|\*|-|\()?\s?\(?\s?(?:/\s?)?1[.,]73\s?(?:m\s?\^?\s?2?|sqm|square met(?:er|re)s?)?\)?",
        ("mL/min/{1.73_m2}",),
    ),
    (
        r"(?:m[lL]|cc|milliliters?|millilitres?)\s?(?:/|per)\s?min(?:ute|utes)?\.?(?:\s?/\s?m\s?\^?\s?2)",
        ("mL/min/m2", "mL/min/{1.73_m2}"),
    ),
    (r"(?:m[lL]s?|cc|milliliters?|millilitres?|ML)\s?(?:/|per|\.)\s?min(?:ute|utes)?\.?", ("mL/min",)),
    (r"m[lL]\s?/\s?s(?:ec)?", ("mL/s",)),
    (
        r"m(?:g|gs|illigrams?)\s?(?:/|per)\s?(?:d[lL]|100\s?m[lL]|deciliters?|decilitres?)|mg\s?%|mg\.?\s?dl",
        ("mg/dL",),
    ),
    (r"mg\s?(?:/|per)\s?(?:24\s?-?h(?:ou)?r?s?|day|d)", ("mg/d",)),
    (r"g(?:m|r|rams?)?\s?(?:/|per|in)\s?(?:24\s?-?h(?:ou)?r?s?|day|d)(?![A-Za-z])", ("g/d",)),
    (r"mg\s?/\s?24\s?h", ("mg/d",)),
    (r"mg\s?/\s?(?:m?mol)", ("mg/mmol",)),
    (r"g\s?/\s?mol", ("mg/mmol",)),
    (r"mg\s?/\s?g", ("mg/g",)),
    (r"g(?:m|rams?)?\s?/\s?g", ("g/g",)),
    (r"(?:µ|u|mc)g\s?/\s?mg", ("ug/mg",)),
    (r"(?:µ|u|mc)g\s?/\s?g", ("ug/g",)),
    (r"mg\s?/\s?(?:L|l|lit(?:er|re))", ("mg/L",)),
    (r"mg\s?/\s?m[lL]", ("mg/mL",)),
    (
        r"g(?:m|ms|r|rams?)?\s?(?:/|per)\s?(?:d[lL]|D[lL]|100\s?m[lL]|deciliters?|decilitres?)|g(?:m|ms)?\s?%|G/DL|G/dL",
        ("g/dL",),
    ),
    (r"(?:g|gm|gms|gr|grams?)\s?(?:/|per)\s?(?:L|l|lit(?:er|re))", ("g/L",)),
    (
        r"(?:µ|u|mc|micro)\s?mol(?:e|es|s)?\s?(?:/|per)?\s?(?:L|l|lit(?:er|re)s?)|µM|uM|umoI/L|micromol(?:e|es|ar)?\s?(?:/|per)\s?(?:L|l|lit(?:er|re)s?)",
        ("umol/L",),
    ),
    (r"m[mM]ol(?:e|es|s)?\s?(?:/|per)\s?mol", ("mmol/mol",)),
    (
        r"m[mM]ol(?:e|es|s)?\s?(?:/|per)\s?(?:L|l|lit(?:er|re)s?)|mM(?![A-Za-z])|millimol(?:es?)?\s?(?:/|per)\s?(?:L|l|lit(?:er|re)s?)|MMOL/L",
        ("mmol/L",),
    ),
    (r"nmol(?:e|es)?\s?(?:/|per)\s?(?:L|l|lit(?:er|re)s?)|nM(?![A-Za-z])", ("nmol/L",)),
    (r"pmol(?:e|es)?\s?(?:/|per)\s?(?:L|l|lit(?:er|re)s?)|pM(?![A-Za-z])", ("pmol/L",)),
    (r"m[Ee][qQ]\.?\s?(?:/|per)\s?(?:L|l|lit(?:er|re)s?)", ("meq/L",)),
    (r"(?:n|N)g\s?(?:/|per)\s?(?:mL|ml|ML|cc|milliliter)", ("ng/mL",)),
    (r"ng\s?(?:/|per)\s?(?:dL|dl)", ("ng/dL",)),
    (r"ng\s?(?:/|per)\s?(?:L|l)", ("ng/L",)),
    (r"pg\s?(?:/|per)\s?(?:mL|ml|ML)", ("pg/mL",)),
    (r"(?:µ|u|mc)g\s?(?:/|per)\s?(?:dL|dl)", ("ug/dL",)),
    (r"(?:µ|u|mc)g\s?(?:/|per)\s?(?:mL|ml)", ("ug/mL",)),
    (r"(?:µ|u|mc)g\s?(?:/|per)\s?(?:L|l|lit(?:er|re))", ("ug/L",)),
    (r"(?:mIU|m\[IU\]|mUI)\s?(?:/|per)\s?(?:mL|ml|ML)", ("m[IU]/mL",)),
    (r"(?:mIU|mUI)\s?(?:/|per)\s?(?:L|l)", ("m[IU]/L",)),
    (r"(?:µIU|uIU|mcIU|µU|uU|mcU)\s?(?:/|per)\s?(?:mL|ml)", ("u[IU]/mL",)),
    (r"mU\s?(?:/|per)\s?(?:L|l)", ("m[IU]/L", "mU/L")),
    (
        r"(?:IU|UI|I\.U\.|iu|U|units?|international\s+units?)\s?(?:/|per)\s?(?:mL|ml|ML|milliliter)",
        ("[IU]/mL", "U/mL"),
    ),
    (r"(?:k|K)IU\s?/\s?(?:L|l)", ("k[IU]/L",)),
    (
        r"(?:IU|UI|I\.U\.|iu|U|u|units?|international\s+units?)\s?(?:/|per)\s?(?:L|l|lit(?:er|re)s?)",
        ("U/L", "[IU]/L"),
    ),
    (r"(?:µ|u|mc)?[kK]at\s?/\s?(?:L|l)", ("ukat/L",)),
    (
        r"(?:RNA\s)?(?:copies|copy|cps|c|cp|virus copies|viral copies|vp|genomes?)\s?(?:of\s\w+\s)?(?:/|per)\s?(?:mL|ml|ML|milliliter|mm3)(?:\s?/?\s?mL)?",
        ("{copies}/mL",),
    ),
    (
        r"kg\s?(?:/|per|\.)?\s?\(?(?:m\s?\^?\s?\(?2\)?|sqm|sq\.?\s?m(?:eter)?|square\s?met(?:er|re)s?|m\s?squared|msq|m²)(?![A-Za-z0-9])|kg/m(?![A-Za-z0-9])|kgs?\s?/\s?m\^?2|kg\s?/\s?㎡|Kg\s?/\s?m\s?\^?2|KG\s?/\s?M\s?\^?2|kg/\(m2\)",
        ("kg/m2",),
    ),
    (r"(?:kg|kgs|Kg|KG|kilograms?|kilo)(?![A-Za-z/])", ("kg",)),
    (r"(?:lbs?\.?|pounds?)(?![A-Za-z])", ("[lb_av]",)),
    (
        r"m{1,2}\s?\.?\s?[hH][gG](?![A-Za-z])|mm\s?of\s?[hH]g|mm\s?[hH]\s?g(?![A-Za-z])|millimet(?:er|re)s?\s(?:of\s)?mercury|mmhg|MMHG|torr",
        ("mm[Hg]",),
    ),
    (r"cm\s?H2O", ("cm[H2O]",)),
    (r"kPa", ("kPa",)),
    (
        r"(?:bpm|BPM|b\.p\.m\.?|b/min|beats?\s?(?:/|per|a)\s?min(?:ute|utes)?|times\s?(?:/|per)\s?min(?:ute)?|per\s?minute|/\s?min(?:ute)?|breaths?\s?(?:/|per)\s?min(?:ute)?|beat/min|breaths)(?![A-Za-z])",
        ("/min",),
    ),
    (r"(?:msecs?|milli-?\s?seconds?|millisec|mseconds|mS|MS|ms|m\s?sec)(?![A-Za-z])", ("ms",)),
    (r"(?:seconds?|secs?|s)(?![A-Za-z/])", ("s",)),
    (r"mm\s?/\s?(?:h|hr|hour)(?![A-Za-z])|mm\s(?:in\sthe\s)?(?:first\s)?(?:per\s)?hour", ("mm/h",)),
    (r"cm\s?/\s?s(?:ec)?(?:ond)?(?![A-Za-z])", ("cm/s",)),
    (r"(?:cm\s?\^?2|sq\.?\s?cm|square\s?centimet(?:er|re)s?|cm\s?squared)(?![A-Za-z0-9])", ("cm2",)),
    (r"(?:cells\s?/\s?mm\s?\^?2|/\s?mm\s?\^?2)(?![A-Za-z0-9])", ("/mm2",)),
    (r"(?:cm|cms|centimet(?:er|re)s?|CM)(?![A-Za-z0-9/\^])", ("cm",)),
    (r"(?:mm|millimet(?:er|re)s?|MM)(?![A-Za-z0-9/\^])", ("mm",)),
    (r"(?:µm|um|microns?|micromet(?:er|re)s?)(?![A-Za-z])", ("um",)),
    (r"(?:met(?:er|re)s?|m)(?![A-Za-z0-9/\^.])", ("m",)),
    (r"(?:inch(?:es)?|in\.)(?![A-Za-z])", ("[in_i]",)),
    (r"(?:ml|mL|cc|cm\s?\^?3|milliliters?|millilitres?)(?![A-Za-z/])", ("mL",)),
    (
        r"(?:%|percent|per\s?cent|percentage)(?:\s?(?:of\s?(?:the\s)?)?(?:predicted|pred\.?|normal\spredicted))?",
        ("%",),
    ),
    (
        r"(?:°\s?C|º\s?C|℃|deg(?:rees)?\.?\s?C(?:elsius)?|degrees?\s?[Cc](?:elsius|entigrade)?|C(?![A-Za-z]))",
        ("Cel",),
    ),
    (r"(?:°\s?F|º\s?F|℉|deg(?:rees)?\.?\s?F(?:ahrenheit)?|degrees?\s?[Ff](?:ahrenheit)?)", ("[degF]",)),
    (r"(?:diopt(?:er|re)s?|D(?![A-Za-z]))", ("[diop]",)),
    (r"(?:etdrs\s)?letters?", ("{letters}",)),
    (r"(?:years?|yrs?|yo|y/o|y\.o\.?|y|YEARS?|Years?|Yrs?|ys|year's|YO|anos)(?![A-Za-z])", ("a",)),
    (r"(?:months?|mos?|mths?|Months?|MONTHS?|mon)(?![A-Za-z])", ("mo",)),
    (r"(?:weeks?|wks?|Weeks?|WEEKS?|w(?=\s|$|[,;)]))(?![A-Za-z])", ("wk",)),
    (r"(?:days?|Days?|DAYS?|d(?=\s|$|[,;)]))(?![A-Za-z])", ("d",)),
    (r"(?:hours?|hrs?|h(?=\s|$|[,;)]))(?![A-Za-z])", ("h",)),
    (r"(?:minutes?|mins?)(?![A-Za-z])", ("min",)),
    (r"(?:grams?|gms?|gr?|Grams?)(?![A-Za-z/])", ("g",)),
    (
        r"(?:mg|milligrams?|mcg|µg|ug|micrograms?|ng|IU|units?|U|mCi|Gy|cGy|mSv|mmol|mEq|meq|rad|MBq|cigarettes?|drinks?|packs?|pack\s?-?years?|lesions?|episodes?|times?\s(?:a|per)|lines?|cycles?|doses?|regimens?|attacks|seizures?)(?![A-Za-z])",
        ("?",),
    ),
)
_SIMPLE_RE = re.compile(
    r"\s?-?\s?(?:" + "|".join(f"(?P<u{n}>{pattern})" for n, (pattern, _) in enumerate(_SIMPLE)) + ")"
)
_FIRST = frozenset("mcgunpkKULlIiyYwWdDhstbBo%°º℃℉/µMGNEAOPCFRpeEZcvVzlj")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what stands behind it; ``units`` are the readings of the unit, the likeliest first."""

    number: Decimal
    units: tuple[str, ...] = ()
    relative: str = ""
    start: int = 0
    end: int = 0
    number_end: int = 0
    raw: str = ""

    @property
    def unit(self) -> str:
        """The likeliest unit, or empty."""
        return self.units[0] if self.units else ""


def read_quantity(text: str, at: int, end: int) -> Quantity | None:
    """The number that begins at ``at`` with its unit; None where none does or it is beyond all measure."""
    found = NUMBER.match(text, at, end)
    if found is None or len(found.group()) > _LONGEST_NUMBER:
        return None
    raw, stop = found.group(), found.end()
    units, after, factor = _read_unit(text, stop, end)
    number = _decimal(raw, units)
    return Quantity(number * factor, units, "", at, after, stop, raw)


def _decimal(raw: str, units: tuple[str, ...]) -> Decimal:
    plain = raw.replace(" ", "")
    if "," in plain:
        thousands = len(plain.rsplit(",", 1)[1].split(".")[0]) == 3
        plain = plain.replace(",", "" if thousands else ".")
    elif "." in plain and len(plain.split(".")[1]) == 3 and units and units[0] in {"/uL", "/mm3"}:
        plain = plain.replace(".", "")
    return Decimal(plain)


def _read_unit(text: str, at: int, end: int) -> tuple[tuple[str, ...], int, int]:
    """The unit at ``at``: its readings, where it ends, and a factor for the number."""
    ahead = text[at : at + 2]
    if not ahead.strip():
        return (), at, 1
    if found := _VIRAL.match(text, at, end):
        return (
            ("[IU]/mL" if found.group(2)[0] in "Ii" else "{copies}/mL",),
            found.end(),
            10 ** int(found.group(1)),
        )
    found = _POWER.match(text, at, end) or _E_NOTATION.match(text, at, end)
    if found is not None and (found.group(2) or _has_sign(found.group())):
        return (_power_unit(int(found.group(1)), found.group(2)),), found.end(), 1
    if found := _GIGA.match(text, at, end):
        return ("10*9/L", "g/L"), found.end(), 1
    if found := _THOUSAND.match(text, at, end):
        return ("10*3/uL",), found.end(), 1
    simple = _SIMPLE_RE.match(text, at, end)
    if simple is not None and simple.lastgroup is not None:
        return _SIMPLE[int(simple.lastgroup[1:])][1], simple.end(), 1
    if found := _COUNT.match(text, at, end):
        return (_per(found.group(2)),), found.end(), 1
    return (), at, 1


def _has_sign(words: str) -> bool:
    """Whether a power of ten without a volume shows itself as one: by a sign before or inside it."""
    return any(sign in words for sign in "×*^eE")


def _per(volume: str) -> str:
    folded = volume.casefold().replace(" ", "")
    if folded.startswith(("mm", "cu", "cmm")):
        return "/mm3"
    if folded in {"l", "liter", "litre", "liters", "litres"}:
        return "/L"
    if folded in {"ml", "cc"}:
        return "/mL"
    return "/dL" if folded == "dl" else "/uL"


def _power_unit(power: int, volume: str | None) -> str:
    per = _per(volume) if volume else ("/L" if power >= 6 else "/uL")
    return f"10*{power}{per}"
