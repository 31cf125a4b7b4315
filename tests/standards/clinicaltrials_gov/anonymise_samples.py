"""Makes the test records from public ones: names, phones and addresses of people are replaced.

Run as ``python tests/standards/clinicaltrials_gov/anonymise_samples.py SOURCE TARGET``. The result is
deterministic: the n-th distinct person of a trial is called ``Person n`` in every form of its record.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DEGREES = re.compile(r",\s*[A-Z][A-Za-z. ,]*\Z")
ORGANISATION = re.compile(
    r"Pharma|Inc\b|Cent(?:er|re)|Clinical|Sciences|Novartis|Pfizer|MD$|Director|Monitor|Amgen", re.I
)
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")


class People:
    """Replacements for the people of one trial."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.emails: dict[str, str] = {}
        self.phones: dict[str, str] = {}

    def name(self, full: str) -> None:
        """Learn a name; its degrees stay."""
        bare = DEGREES.sub("", full).strip()
        if ORGANISATION.search(bare):
            return
        if bare and bare not in self.names:
            self.names[bare] = f"Person {_letters(len(self.names))}"

    def email(self, address: str) -> None:
        """Learn an address."""
        self.emails.setdefault(address, f"contact{len(self.emails) + 1}@example.org")

    def phone(self, number: str) -> None:
        """Learn a number; its form (digits, signs) stays."""
        digits = iter("5550100" * 5)
        self.phones.setdefault(number, re.sub(r"\d", lambda _: next(digits), number))

    def apply(self, text: str) -> str:
        """The text with everything learnt replaced, the longest first."""
        for table in (self.emails, self.phones, self.names):
            for old in sorted(table, key=len, reverse=True):
                text = text.replace(old, table[old])
        return EMAIL.sub(lambda match: _known(match.group(0)), text)


def _known(address: str) -> str:
    return address if address.endswith("@example.org") else "contact@example.org"


def _letters(number: int) -> str:
    return chr(65 + number % 26) * (number // 26 + 1)


def _walk(node: Any, inside: str = "") -> Iterator[tuple[str, str, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str):
                yield inside, key, value
            else:
                yield from _walk(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value, inside)


def learn_json(study: Any, people: People) -> None:
    """Everybody in an API v2 study."""
    for inside, key, value in _walk(study):
        if inside in (
            "centralContacts",
            "contacts",
            "overallOfficials",
            "pointOfContact",
            "responsibleParty",
        ):
            if key in ("name", "investigatorFullName", "title") and (
                key != "title" or inside == "pointOfContact"
            ):
                people.name(value)
            elif key == "email":
                people.email(value)
            elif key in ("phone", "phoneExt"):
                people.phone(value)


def learn_xml(text: str, people: People) -> None:
    """Everybody in an old XML file."""
    for tag in ("last_name", "investigator_full_name", "name_or_title", "name_title"):
        for name in re.findall(rf"<{tag}>([^<]+)</{tag}>", text):
            people.name(name)
    for number in re.findall(r"<phone(?:_ext)?>([^<]+)</phone(?:_ext)?>", text):
        people.phone(number)
    for address in re.findall(r"<email>([^<]+)</email>", text):
        people.email(address)


def main(source: Path, target: Path) -> None:
    """All samples of a folder (v2, legacy_xml, classic_text) into another."""
    people: dict[str, People] = {}
    for folder, suffix in (("v2", "json"), ("legacy_xml", "xml"), ("classic_text", "txt")):
        (target / folder).mkdir(parents=True, exist_ok=True)
        for path in sorted((source / folder).glob(f"*.{suffix}")):
            learnt = people.setdefault(path.stem, People())
            text = path.read_bytes().decode("utf-8")
            if suffix == "json":
                study = json.loads(text)
                learn_json(study, learnt)
                cleaned = json.loads(learnt.apply(json.dumps(study, ensure_ascii=False)))
                text = json.dumps(cleaned, ensure_ascii=False, indent=1) + "\n"
            else:
                if suffix == "xml":
                    learn_xml(text, learnt)
                text = learnt.apply(text)
            (target / folder / path.name).write_bytes(text.encode("utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
