"""Addresses of the small trial, the password of its accounts, and what its pages say."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse

PASSWORD = "violet-harbour-27"
ROOT = "/nct02632201/"
ONE = f"{ROOT}subjects/S01-001/"
FOREIGN = f"{ROOT}subjects/S02-001/"
LABORATORY = f"{ONE}forms/screening/laboratory/1/"


def text_of(response: HttpResponse) -> str:
    """The words of a page, without its markup and its spaces."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def fields_of(response: HttpResponse) -> dict[str, str]:
    """What the page's entry form would send if it were sent as it stands."""
    page = response.content.decode()
    found = re.search(r'<form class="entry.*?</form>', page, flags=re.DOTALL)
    assert found, "the page has no entry form"
    form = found.group(0)
    sent: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        attributes = dict(re.findall(r'([\w:-]+)="([^"]*)"', tag))
        if "name" not in attributes or attributes["name"] in ("csrfmiddlewaretoken", "shown"):
            continue
        if attributes.get("type") in ("radio", "checkbox") and not re.search(r"\schecked\b", tag):
            continue
        sent[attributes["name"]] = unescape(attributes.get("value", ""))
    for name, body in re.findall(
        r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)"[^>]*\sselected', body)
        sent[name] = unescape(chosen.group(1)) if chosen else ""
    for name, body in re.findall(
        r'<textarea\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>', form, flags=re.DOTALL
    ):
        sent[name] = unescape(body)
    return sent


def shown_of(response: HttpResponse) -> list[str]:
    """The items that the page asked."""
    return re.findall(r'name="shown" value="([^"]+)"', response.content.decode())
