"""Contacts, locations and officials of the page."""

from __future__ import annotations

import re
from typing import Any

from .tables import code_for, spellings_of

Json = dict[str, Any]
_EMAIL = re.compile(r"\s*([^\s|]+@[^\s|]+)\s*\Z")
_PHONE = re.compile(r"\s+(\+?[\d(][\d().,+/ \-–]{3,}\d[\d)]*)(?:\s*(?:ext\.?|x)\s*(\w+))?\s*\Z", re.I)
_EXT = re.compile(r"(.*?)\s*(?:ext\.?|x)\s*(\w+)\s*\Z", re.I)
_ROLES = "|".join(re.escape(one) for one in spellings_of("ContactRole"))
_ROLE = re.compile(rf"\s*({_ROLES})(?: Backup)?\s*:\s*(.*)\Z", re.S)
_STATUSES = {one.lower() for one in spellings_of("RecruitmentStatus")} | {
    "no longer available",
    "temporarily not available",
    "approved for marketing",
}


def parse_contacts(lines: list[str]) -> Json:
    """The contacts and locations module, from the three tables that follow one another."""
    rows = [[cell.strip() for cell in line.rstrip().rstrip("|").split("|")] for line in lines if line.strip()]
    module: Json = {}
    index = 0
    central: list[Json] = []
    while index < len(rows) and _ROLE.match(rows[index][0]) and rows[index][0].startswith("Contact"):
        central.append(_central(rows[index]))
        index += 1
    end = len(rows)
    officials: list[Json] = []
    while end > index and (official := _official(rows[end - 1])) is not None:
        officials.insert(0, official)
        end -= 1
    locations = _locations(rows[index:end])
    for key, value in (
        ("centralContacts", central),
        ("overallOfficials", officials),
        ("locations", locations),
    ):
        if value:
            module[key] = value
    return module


def _central(cells: list[str]) -> Json:
    match = _ROLE.match(cells[0])
    contact: Json = {"name": match.group(2).strip() if match else cells[0], "role": "CONTACT"}
    for cell in cells[1:]:
        if "@" in cell:
            contact["email"] = cell
        elif cell:
            contact.update(_phone(cell))
    return contact


def _phone(words: str) -> Json:
    extension = _EXT.match(words)
    if extension and re.search(r"\d", extension.group(1)):
        return {"phone": extension.group(1), "phoneExt": extension.group(2)}
    return {"phone": words}


def _official(cells: list[str]) -> Json | None:
    role = code_for("OfficialRole", cells[0].rstrip(": "))
    if role is None or len(cells) < 2 or not cells[0].rstrip().endswith(":"):
        return None
    official: Json = {"name": cells[1], "role": role}
    if len(cells) > 2 and cells[2]:
        official["affiliation"] = cells[2]
    return official


def _locations(rows: list[list[str]]) -> list[Json]:
    """Country lines, then for each place: facility and status, address, people."""
    locations: list[Json] = []
    country = ""
    pending: Json | None = None
    for index, cells in enumerate(rows):
        text = cells[0]
        role = _ROLE.match(text)
        if not text:
            continue
        if role and locations and pending is None:
            locations[-1].setdefault("contacts", []).append(_site_contact(role))
            continue
        address = _address(text, country) if country else None
        if text == country and pending is not None:
            address = {"country": country}
        if address is not None and not _has_status(cells):
            locations.append({**(pending or {}), **address})
            pending = None
        elif not _has_status(cells) and _is_country(index, rows):
            country = _country_of(text, rows, index)
        else:
            if pending is not None:
                locations.append(pending)
            pending = {"facility": text}
            if _has_status(cells):
                pending["status"] = code_for("RecruitmentStatus", cells[1]) or cells[1]
    if pending is not None:
        locations.append(pending)
    return locations


def _has_status(cells: list[str]) -> bool:
    return len(cells) > 1 and cells[1].lower() in _STATUSES


def _is_country(index: int, rows: list[list[str]]) -> bool:
    """A line is a country where one of the next two lines is an address in it."""
    country = rows[index][0].split(",")[0].strip()
    return any(
        not _ROLE.match(row[0]) and _address(row[0], country) is not None and not _has_status(row)
        for row in rows[index + 1 : index + 3]
    )


def _country_of(text: str, rows: list[list[str]], index: int) -> str:
    """``United States, Texas`` heads the places of a state; the country is what their addresses end with."""
    for row in rows[index + 1 : index + 3]:
        if _address(row[0], text) is not None:
            return text
    return text.split(",")[0].strip()


def _address(text: str, country: str) -> Json | None:
    """``City, State, Country, Zip`` with state and zip optional; None if the country is not in its place."""
    parts = text.split(", ")
    place = next((index for index in (-1, -2) if len(parts) >= -index and parts[index] == country), None)
    if place is None or len(parts) == 1:
        return None
    zip_code = parts[-1] if place == -2 else None
    parts = parts[:place]
    address: Json = {}
    if parts:
        address["city"] = parts[0]
    if len(parts) > 1:
        address["state"] = ", ".join(parts[1:])
    if zip_code:
        address["zip"] = zip_code
    address["country"] = country
    return address


def _site_contact(match: re.Match[str]) -> Json:
    words = match.group(2).rstrip()
    contact: Json = {"role": code_for("ContactRole", match.group(1))}
    email = _EMAIL.search(" " + words)
    if email:
        contact["email"] = email.group(1)
        words = words[: words.rfind(email.group(1))].rstrip()
    phone = _PHONE.search(" " + words)
    if phone:
        contact["phone"] = phone.group(1).strip()
        if phone.group(2):
            contact["phoneExt"] = phone.group(2)
        words = words[: phone.start() - 1 if phone.start() else 0].rstrip()
    if words:
        contact["name"] = words
    return contact
