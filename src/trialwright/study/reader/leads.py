"""Lists inside a criterion: `one of the following` asks for one of its items, not for each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..criteria.ast import Rule, all_of, any_of
from .bullets import EXCLUSION, Bullet, split_bullets
from .clean import clean_text

_LIST = r"(?:following|these|below)\b"
_ONE = re.compile(
    r"\b(?:(?:at least\s|any\s|only\s)?(?:one|1)(?:\sor\smore)?|any|either)\s(?:\w+\s){0,2}?"
    rf"of\s(?:the\s)?(?:\w+\s)?{_LIST}"
    rf"|\bone\sor\smore\s(?:of\s)?(?:the\s)?{_LIST}|\beither\W*$",
    re.IGNORECASE,
)
_ALL = re.compile(rf"\b(?:all|each|both)\s(?:of\s)?(?:the\s)?(?:\w+\s)?{_LIST}", re.IGNORECASE)
_SOME = re.compile(
    rf"\b(?:two|three|four|five|[2-9])(?:\sor\smore)?\s(?:of\s)?(?:the\s)?(?:\w+\s)?{_LIST}", re.IGNORECASE
)
_DENIED = re.compile(r"\b(?:no|not|none|without|absence|never|nor|free of|exclud\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """A bullet with the name its entries bear."""

    name: str
    bullet: Bullet


@dataclass(frozen=True, slots=True)
class Choice:
    """A list whose items are not each a criterion of its own: where it begins and ends, and how it is joined.

    ``joined`` is None where the language cannot say it (`two of the following`).
    """

    head: Item
    items: tuple[tuple[str, ...], ...]
    """The names of the bullets of each item, the item itself and those below it."""
    end: int
    joined: Callable[..., Rule] | None

    @property
    def names(self) -> frozenset[str]:
        """Every bullet of the list, its head included."""
        return frozenset({self.head.name, *(name for item in self.items for name in item)})


def list_items(text: str) -> list[Item]:
    """The bullets of an eligibility text, named as `read_criteria` names their entries."""
    return name_bullets(clean_text(text))


def name_bullets(cleaned: str) -> list[Item]:
    """The bullets of a text that `clean_text` has been over."""
    counts = {"e": 0, "i": 0}
    found: list[Item] = []
    for bullet in split_bullets(cleaned):
        letter = "e" if bullet.section == EXCLUSION else "i"
        counts[letter] += 1
        found.append(Item(f"{letter}{counts[letter]}", bullet))
    return found


def find_choices(items: list[Item], text: str) -> list[Choice]:
    """The lists of alternatives, the outermost first; a list inside another belongs to that."""
    found: list[Choice] = []
    for place, head in enumerate(items):
        if not head.bullet.heads or any(head.name in choice.names for choice in found):
            continue
        words = text[head.bullet.start : head.bullet.end]
        kind = _kind(words, head.bullet.section)
        if kind is None:
            continue
        below = _below(items, place)
        if len(below) > 1:
            end = max(item.bullet.end for item in items if any(item.name in group for group in below))
            found.append(Choice(head, below, end, kind[0]))
    return found


def lead_words(item: Item, text: str) -> str:
    """The words of the bullets that an item stands under, on one line."""
    return " ".join(" ".join(text[start:end].split()) for start, end in item.bullet.lead)


def _kind(words: str, section: str) -> tuple[Callable[..., Rule] | None] | None:
    """How the items below some words are joined; None where each of them counts by itself."""
    tail = words[-160:]
    if _SOME.search(tail):
        return (None,)
    if section == EXCLUSION:
        return (all_of,) if _ALL.search(tail) and not _DENIED.search(tail) else None
    return (any_of,) if _ONE.search(tail) and not _DENIED.search(tail) else None


def _below(items: list[Item], place: int) -> tuple[tuple[str, ...], ...]:
    """The items that stand directly under a bullet, each with the names of those below itself."""
    span = (items[place].bullet.start, items[place].bullet.end)
    groups: list[list[str]] = []
    for item in items[place + 1 :]:
        if span not in item.bullet.lead:
            break
        if item.bullet.lead[-1] == span:
            groups.append([item.name])
        elif groups:
            groups[-1].append(item.name)
    return tuple(tuple(group) for group in groups)
