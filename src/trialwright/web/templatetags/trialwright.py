"""What every template needs: marks, dates with their study day, instants with their zone, units."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from trialwright.report.wording import write_decimal
from trialwright.study.prose import render_power
from trialwright.study.units import typeset_unit
from trialwright.trial.answers import MISSING_CODES
from trialwright.trial.dates import parse_instant
from trialwright.web.words import mark_of, spell

register = template.Library()
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.simple_tag
def mark(kind: str, state: str) -> SafeString:
    """A state as glyph, word and colour."""
    found = mark_of(kind, state)
    return format_html(
        '<span class="tag {}"><span aria-hidden="true">{}</span> {}</span>',
        found.tone,
        found.glyph,
        found.word,
    )


@register.filter
def on(value: Any) -> SafeString | str:
    """A date, whole or partial, as people write it: ``22 Nov 2026``, ``Nov 2026``, ``2026``."""
    text = value.isoformat() if isinstance(value, date) else str(value or "")
    return format_html('<time datetime="{}">{}</time>', text, spell_date(text)) if text else "–"


def spell_date(text: str) -> str:
    """An ISO date, whole or partial, in words; anything else as it stands."""
    parts = text.split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return text
    words = [parts[0]]
    if len(parts) > 1 and 1 <= int(parts[1]) <= 12:
        words.insert(0, MONTHS[int(parts[1]) - 1])
    if len(parts) > 2:
        words.insert(0, str(int(parts[2])))
    return " ".join(words)


@register.filter
def at(value: Any, zone: str = "") -> SafeString | str:
    """An instant with its zone: ``22 Nov 2026 16:05 CST``. ``zone`` is an IANA name; without it UTC."""
    moment = value if isinstance(value, datetime) else parse_instant(str(value or ""))
    if moment is None:
        return str(value or "–")
    local = moment.astimezone(ZoneInfo(zone) if zone else UTC)
    day = spell_date(local.date().isoformat())
    shown = f"{day} {local:%H:%M} {local:%Z}"
    return format_html('<time datetime="{}" class="nowrap">{}</time>', moment.isoformat(), shown)


@register.filter
def unit(code: str) -> str:
    """A UCUM code as people print it."""
    return typeset_unit(str(code).strip("{}")) if code else ""


@register.filter
def words(code: Any) -> str:
    """A code as words."""
    return spell(str(code))


@register.filter
def missing(code: str) -> str:
    """A missing code in words."""
    return MISSING_CODES.get(code, code)


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` or nothing."""
    return mapping.get(key) if mapping is not None else None


@register.filter
def label_of(elements: Any, element_id: str) -> str:
    """The label (or name) of the element of a study list with that id; the id where there is none."""
    for element in elements:
        if element.id == element_id:
            return str(getattr(element, "label", "") or getattr(element, "name", "") or element_id)
    return element_id


@register.filter
def cells(amount: str) -> str:
    """A number of cells as people read it: ``1×10⁷``."""
    try:
        return render_power(Decimal(str(amount)))
    except InvalidOperation:
        return str(amount)


@register.filter
def unescaped(text: str) -> str:
    """The registry's text without the backslashes that its markup puts before signs."""
    return re.sub(r"\\([<>~*_\[\]#.-])", r"\1", str(text or ""))


@register.filter
def per_cent(share: float | None) -> str:
    """A share of one as per cent with one decimal; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


@register.filter
def signed(change: float | None) -> str:
    """A change with one decimal and its sign, a true minus; a dash where there is none."""
    if change is None:
        return "–"
    text = write_decimal(change, 1)
    return f"+{text}" if float(f"{change:.1f}") > 0 else text
