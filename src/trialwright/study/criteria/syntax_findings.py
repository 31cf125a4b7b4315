"""A syntax error in words: what stands there, what was expected, and what was probably meant."""

from __future__ import annotations

import difflib
import re

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from ..findings import Finding, Place, Severity
from .variables import Catalogue

_WORDS = {
    "NAME": "a variable",
    "NUMBER": "a number",
    "UNIT": "a unit",
    "RELATIVE": "`ULN`, `LLN` or `baseline`",
    "STRING": "a text in quotes",
    "BOOLEAN": "`yes` or `no`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "COMMA": "`,`",
    "DOTS": "`..`",
    "$END": "the end of the rule",
}
_COMPARISONS = {"LT", "LE", "GT", "GE", "EQ", "NE"}
_KEYWORDS = ("and", "or", "not", "in", "is", "if", "then", "known", "between", "attested")
_MEANT = {
    "=<": "Write `<=`.",
    "=>": "Write `>=`.",
    "==": "Write `=`.",
    "<>": "Write `!=`.",
    "&&": "Write `and`.",
    "||": "Write `or`.",
    "!": "Write `not` before what is denied.",
    "~": "Write `between 18 and 65 years`, or `in 0..2` for whole numbers.",
    "–": "Write `between 18 and 65 years`, or `in 0..2` for whole numbers.",
    "[": "Write a set in braces: `in {a, b}`.",
}


def find_decimal_comma(text: str) -> Finding | None:
    """A finding for ``2,5`` outside braces and quotes: the decimal sign is a point."""
    bare = re.sub(r'"[^"\n]*"|\{[^}]*\}', lambda part: " " * len(part[0]), text)
    match = re.search(r"\d+,\d+", bare)
    if match is None:
        return None
    message = f"`{match[0]}` is not a number here."
    remedy = f"Write `{match[0].replace(',', '.')}` for a decimal, without a separator for thousands."
    return Finding("TW-CRI-001", Severity.ERROR, message, remedy, _place(text, match.start()), match[0])


def find_syntax_error(text: str, error: UnexpectedInput, catalogue: Catalogue) -> Finding:
    """The finding for what the parser met at one place of ``text``."""
    at = len(text.rstrip()) if _is_end(error) else max(error.pos_in_stream or 0, 0)
    met = _word_at(text, at)
    message = f"`{met}` cannot stand here" if met else "The rule ends too early"
    remedy = _remedy(text, at, met, catalogue) or f"Expected {_expected(error)}."
    return Finding(
        "TW-CRI-001",
        Severity.ERROR,
        f"{message}; expected {_expected(error)}.",
        remedy,
        _place(text, at),
        met,
    )


def _is_end(error: UnexpectedInput) -> bool:
    return isinstance(error, UnexpectedToken) and error.token.type == "$END"


def _expected(error: UnexpectedInput) -> str:
    names: set[str] = set()
    if isinstance(error, UnexpectedToken):
        names = set(error.accepts or error.expected)
    elif isinstance(error, UnexpectedCharacters):
        names = set(error.allowed or ())
    words = ["a comparison"] if names & _COMPARISONS else []
    words += [_WORDS.get(name, f"`{name.lower()}`") for name in sorted(names - _COMPARISONS, key=_rank)]
    return (
        " or ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
        if words
        else "something else"
    )


def _rank(name: str) -> tuple[int, str]:
    order = list(_WORDS)
    return (order.index(name) if name in order else len(order) - 1, name)


def _word_at(text: str, at: int) -> str:
    match = re.compile(r'[\w.*^/%]+|[=<>!&|~–]+|"[^"\n]*"?|\S').match(text, at)
    return match[0] if match else ""


def _remedy(text: str, at: int, met: str, catalogue: Catalogue) -> str:
    """What was probably meant, where that can be told."""
    before = re.search(r"([A-Za-z]\w*)\s+$", text[:at])
    operator = _operator_at(text, at)
    if operator:
        return _MEANT[operator]
    if not met:
        opened, closed = text.count("("), text.count(")")
        return "Close every parenthesis that was opened." if opened > closed else "Complete the rule."
    if met == ")":
        return "Remove the parenthesis, or open it before."
    if re.fullmatch(r"[A-Za-z]\w*", met):
        joined = _joined(text, at, catalogue)
        if joined:
            return f"Write `{joined}`: a name is one word, with underscores."
        near = difflib.get_close_matches(met.casefold(), _KEYWORDS, n=1, cutoff=0.7)
        if near and near[0] != met.casefold():
            return f"Write `{near[0]}`, if that is meant."
        if before and before[1].casefold() not in _KEYWORDS:
            return "Join two statements with `and` or `or`; a name is one word, with underscores."
    if re.search(r"\.\.\s*-?\d+\s*$", text[:at]):
        return "`a..b` is for whole numbers without a unit; write `between 18 and 65 years`."
    return ""


def _operator_at(text: str, at: int) -> str:
    for width in (2, 1):
        for start in range(max(at - width + 1, 0), at + 1):
            piece = text[start : start + width]
            if len(piece) == width and piece in _MEANT:
                return piece
    return ""


def _joined(text: str, at: int, catalogue: Catalogue) -> str:
    """The known name that the words around ``at`` make with underscores between them, or empty."""
    words = [(m.start(), m[0]) for m in re.finditer(r"\w+", text)]
    for first in range(len(words)):
        for last in range(min(first + 5, len(words)), first + 1, -1):
            span = words[first:last]
            if span[0][0] <= at < span[-1][0] + len(span[-1][1]):
                name = "_".join(word for _, word in span)
                if catalogue.find(name) is not None:
                    return name
    return ""


def _place(text: str, at: int) -> Place:
    line = text.count("\n", 0, at) + 1
    return Place(line=line, column=at - (text.rfind("\n", 0, at) + 1) + 1)
