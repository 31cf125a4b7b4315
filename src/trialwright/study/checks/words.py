"""The linter's word lists, ready to search with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from ruamel.yaml import YAML

from ..sought import Sought, SoughtTable


@dataclass(frozen=True, slots=True)
class Confusion:
    """Words that stand for others: the pattern that finds them and what is meant."""

    pattern: Sought
    meant: str


@dataclass(frozen=True, slots=True)
class System:
    """A system of organs: how lists name it, and the conditions that belong to it."""

    name: str
    words: Sought
    conditions: Sought


@cache
def spelling_table() -> SoughtTable:
    """The patterns of `spelling`."""
    return SoughtTable([confusion.pattern for confusion in spelling()])


@cache
def spelling() -> tuple[Confusion, ...]:
    """Spellings that change the meaning or hide a term."""
    return tuple(Confusion(_any_case(row["wrong"]), row["meant"]) for row in _lists()["spelling"])


@cache
def outcome_names_table() -> SoughtTable:
    """The patterns of `outcome_names`."""
    return SoughtTable([confusion.pattern for confusion in outcome_names()])


@cache
def outcome_names() -> tuple[Confusion, ...]:
    """Names of outcomes that are not the usual ones."""
    return tuple(Confusion(_any_case(row["wrong"]), row["standard"]) for row in _lists()["outcome_names"])


@dataclass(frozen=True, slots=True)
class Name:
    """One of the names of a thing: the first of its spellings, and a pattern of all of them."""

    first: str
    pattern: Sought


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


def _any_case(pattern: str) -> Sought:
    return Sought(pattern, re.IGNORECASE)


def _name(words: str) -> Name:
    """Abbreviations are matched to the letter, words whatever their case."""
    names = words.split("|")
    one = [re.escape(name) if name.isupper() else f"(?i:{re.escape(name)})" for name in names]
    pattern = Sought(rf"(?<![\w-])(?:{'|'.join(one)})(?![\w-])")
    return Name(names[0], pattern)
