"""The linter's word lists, ready to search with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from ruamel.yaml import YAML


@dataclass(frozen=True, slots=True)
class Confusion:
    """Words that stand for others: the pattern that finds them and what is meant.

    ``has`` is a piece in lower case that every match holds: a text without it need not be searched.
    """

    pattern: re.Pattern[str]
    meant: str
    has: str = ""


@dataclass(frozen=True, slots=True)
class System:
    """A system of organs: how lists name it, and the conditions that belong to it."""

    name: str
    words: re.Pattern[str]
    conditions: re.Pattern[str]


@cache
def spelling() -> tuple[Confusion, ...]:
    """Spellings that change the meaning or hide a term."""
    return tuple(Confusion(_any_case(row["wrong"]), row["meant"], row["has"]) for row in _lists()["spelling"])


@cache
def outcome_names() -> tuple[Confusion, ...]:
    """Names of outcomes that are not the usual ones."""
    return tuple(Confusion(_any_case(row["wrong"]), row["standard"]) for row in _lists()["outcome_names"])


@dataclass(frozen=True, slots=True)
class Name:
    """One of the names of a thing: the first of its spellings, all of them in lower case, and a pattern."""

    first: str
    spellings: tuple[str, ...]
    pattern: re.Pattern[str]

    def may_stand_in(self, lower: str) -> bool:
        """Whether a text in lower case holds a spelling at all: quicker than the pattern, and most do not."""
        return any(spelling in lower for spelling in self.spellings)


@cache
def synonyms() -> tuple[tuple[Name, ...], ...]:
    """Groups of names for one thing."""
    return tuple(tuple(_name(words) for words in group) for group in _lists()["synonyms"])


@cache
def systems() -> tuple[System, ...]:
    """The systems of organs."""
    return tuple(
        System(row["name"], _any_case(rf"\b(?:{row['words']})\b"), _any_case(rf"\b(?:{row['conditions']})"))
        for row in _lists()["systems"]
    )


@cache
def _lists() -> dict[str, Any]:
    text = files("trialwright.study").joinpath("data/lint_words.yaml").read_text(encoding="utf-8")
    return cast("dict[str, Any]", cast(Any, YAML(typ="safe")).load(text))


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _name(words: str) -> Name:
    """Abbreviations are matched to the letter, words whatever their case."""
    names = words.split("|")
    one = [re.escape(name) if name.isupper() else f"(?i:{re.escape(name)})" for name in names]
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(one)})(?![\w-])")
    return Name(names[0], tuple(name.lower() for name in names), pattern)
