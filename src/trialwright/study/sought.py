"""Regular expressions over many texts: run only where a piece that every match must hold stands in the text.

Most of the linter's patterns match in few records. Whether `contracepti` or `birth control` stands in a text is
found a hundred times faster than that a pattern of these words does not match. The pieces are read out of the
pattern itself, so that they cannot disagree with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

_PARSER: Any = re._parser  # type: ignore[attr-defined] # pyright: ignore
_LONGEST_KEPT = 100_000
_ENOUGH = 6
"""Longer pieces tell no more."""

_FEW = 8
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


class Piece(NamedTuple):
    """Some characters that must stand in the text: as they are, or (``folded``) whatever their case."""

    text: str
    folded: bool


class Sought:
    """A compiled pattern with the methods of one, and with its pieces: one of them stands in every match."""

    __slots__ = ("exact", "folded", "pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = re.compile(pattern, flags)
        pieces = pieces_of(pattern, flags)
        self.exact = tuple(piece.text for piece in pieces if not piece.folded)
        self.folded = tuple(piece.text for piece in pieces if piece.folded)

    def may_stand_in(self, text: str) -> bool:
        """False only where the pattern cannot match anywhere in the text."""
        for piece in self.exact:
            if piece in text:
                return True
        if not self.folded:
            return not self.exact
        folded = _folded(text)
        for piece in self.folded:  # noqa: SIM110 - a generator would take as long as the search
            if piece in folded:
                return True
        return False

    def search(self, text: str) -> re.Match[str] | None:
        """As of a compiled pattern."""
        return self.pattern.search(text) if self.may_stand_in(text) else None

    def match(self, text: str) -> re.Match[str] | None:
        """As of a compiled pattern."""
        return self.pattern.match(text) if self.may_stand_in(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As of a compiled pattern."""
        return self.pattern.finditer(text) if self.may_stand_in(text) else iter(())


def fold_case(text: str) -> str:
    """The text in lower case, and with a plain letter for each sign that a pattern without regard to case takes
    for one."""
    if not text.isascii():
        text = text.replace("ſ", "s").replace("ı", "i").replace("İ", "i")
    return text.lower()


_kept_fold = lru_cache(maxsize=256)(fold_case)


def _folded(text: str) -> str:
    return fold_case(text) if len(text) > _LONGEST_KEPT else _kept_fold(text)


class SoughtTable:
    """Many patterns that are looked for in the same texts."""

    __slots__ = ("_always", "_exact", "_folded")

    def __init__(self, patterns: Sequence[Sought]) -> None:
        rows = list(enumerate(patterns))
        self._exact = tuple((piece, row) for row, one in rows for piece in one.exact)
        self._folded = tuple((piece, row) for row, one in rows for piece in one.folded)
        self._always = frozenset(row for row, one in rows if not (one.exact or one.folded))

    def near(self, text: str) -> list[int]:
        """The places in the table of the patterns that may stand in the text, in the order of the table."""
        found = {row for piece, row in self._exact if piece in text}
        folded = _folded(text)
        found.update([row for piece, row in self._folded if piece in folded])
        return sorted(found | self._always)


def pieces_of(pattern: str, flags: int = 0) -> tuple[Piece, ...]:
    """Pieces of which at least one stands in every match; none where nothing can be told."""
    parsed = _PARSER.parse(pattern, flags)
    found = _of_sequence(list(parsed), bool(parsed.state.flags & re.IGNORECASE))
    return tuple(sorted(one for one in found if not any(_is_part(other, one) for other in found)))


def _is_part(one: Piece, other: Piece) -> bool:
    """Whether a text that holds the other piece holds this one anyway."""
    return one != other and one.folded == other.folded and one.text in other.text


_Item = tuple[Any, Any]


def _of_sequence(items: list[_Item], folds: bool) -> frozenset[Piece]:
    """The best of what the items of a sequence ask for, since each of them must match.

    Neighbours that match only a few texts are joined: `HER-?2` asks for `her2` or `her-2`.
    """
    found: list[frozenset[Piece]] = []
    run = frozenset({""})
    for item in items:
        few = _few_texts(item, folds)
        joined = frozenset(one + other for one in run for other in few)
        if few and len(joined) <= _FEW:
            run = joined
            continue
        found.append(_of_run(run, folds))
        run = few or frozenset({""})
        if not few:
            found.append(_of_item(item, folds))
    found.append(_of_run(run, folds))
    return max(found, key=_worth)


def _few_texts(item: _Item, folds: bool) -> frozenset[str]:
    """Every text that an item can match, where these are few; empty where they are many."""
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        letter = _letter(value, folds)
        return frozenset({letter}) if letter else frozenset()
    if name in {"AT", "ASSERT", "ASSERT_NOT"}:
        return frozenset({""})
    if name == "IN":
        letters = [_letter(code, folds) if str(kind) == "LITERAL" else "" for kind, code in value]
        return frozenset(letters) if all(letters) and len(letters) <= _FEW else frozenset()
    if name == "SUBPATTERN" and _folds_inside(value, folds) == folds:
        return _few_of_sequence(list(value[3]), folds)
    if name == "BRANCH":
        branches = [_few_of_sequence(list(branch), folds) for branch in value[1]]
        texts: frozenset[str] = frozenset().union(*branches)
        return texts if all(branches) and len(texts) <= _FEW else frozenset()
    if name in _REPEATS and tuple(value[:2]) == (0, 1):
        once = _few_of_sequence(list(value[2]), folds)
        return once | {""} if once and len(once) < _FEW else frozenset()
    return frozenset()


def _few_of_sequence(items: list[_Item], folds: bool) -> frozenset[str]:
    texts = frozenset({""})
    for item in items:
        few = _few_texts(item, folds)
        texts = frozenset(one + other for one in texts for other in few)
        if not texts or len(texts) > _FEW:
            return frozenset()
    return texts


def _of_item(item: _Item, folds: bool) -> frozenset[Piece]:
    name, value = str(item[0]), item[1]
    if name == "SUBPATTERN":
        return _of_sequence(list(value[3]), _folds_inside(value, folds))
    if name == "BRANCH":
        branches = [_of_sequence(list(branch), folds) for branch in value[1]]
        return frozenset().union(*branches) if all(branches) else frozenset()
    if name in _REPEATS and value[0] > 0:
        return _of_sequence(list(value[2]), folds)
    return frozenset()


def _folds_inside(value: Any, folds: bool) -> bool:
    """Whether a group is read without regard to case."""
    _, added, removed, _ = value
    return (folds or bool(added & re.IGNORECASE)) and not removed & re.IGNORECASE


def _letter(code: int, folds: bool) -> str:
    """A literal as it stands in the text looked at; empty where its other cases are too many to say."""
    sign = chr(code)
    if not folds or sign.lower() == sign.upper():
        return sign
    return sign.lower() if sign.isascii() else ""


def _of_run(run: frozenset[str], folds: bool) -> frozenset[Piece]:
    telling = all(len(text) > 1 or (text and not text.isalnum() and not text.isspace()) for text in run)
    return frozenset(Piece(text, folds) for text in run) if telling else frozenset()


def _worth(pieces: frozenset[Piece]) -> tuple[int, int]:
    """Long pieces first, then few of them; nothing is worth least."""
    return (min(min((len(piece.text) for piece in pieces), default=0), _ENOUGH), -len(pieces))
