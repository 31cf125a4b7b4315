"""What a text is, by its content."""

from __future__ import annotations

import re
from typing import Literal

Form = Literal["json", "legacy_xml", "other_xml", "html", "page_text", "json_fragment", "unknown"]

_PAGE_SIGNS = (
    re.compile(r"ClinicalTrials\.gov Identifier[ \t]*:", re.I),
    re.compile(r"^[ \t]*Study Type[ \t]*:[ \t]*\|", re.I | re.M),
    re.compile(r"^[ \t]*Condition or disease[ \t]*\|", re.I | re.M),
    re.compile(r"^[ \t]*Recruitment Status[ \t]*:", re.I | re.M),
    re.compile(r"^[ \t]*Ages Eligible for Study[ \t]*:", re.I | re.M),
)
_LOOK_AT = 200_000


def detect_form(text: str) -> Form:
    """The form of a decoded text. Two of the page's fixed phrases make a page text."""
    head = text.lstrip("\ufeff \t\r\n")[:_LOOK_AT]
    if head[:1] in ("{", "["):
        return "page_text" if head.startswith(("[!", "![")) else "json"
    if head[:1] == "<":
        return _markup(head)
    if sum(1 for sign in _PAGE_SIGNS if sign.search(head)) >= 2:
        return "page_text"
    if re.search(r'"protocolSection"\s*:', head):
        return "json_fragment"
    return "unknown"


def _markup(head: str) -> Form:
    opening = re.sub(r"<!--.*?-->", "", head[:20_000], flags=re.S)
    if re.search(r"<(!DOCTYPE\s+)?html\b", opening, re.I):
        return "html"
    if re.search(r"<clinical_study\b", opening):
        return "legacy_xml"
    if re.match(r"\s*(<\?xml|<!DOCTYPE|<[A-Za-z_])", opening):
        return "other_xml"
    return "unknown"
