"""Text to rule. What is wrong comes back as findings with line and column inside the rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from ..findings import Finding, Place, Severity, has_errors
from .ast import Rule
from .build import Builder
from .syntax_findings import find_decimal_comma, find_syntax_error
from .terms import Terms
from .variables import Catalogue, builtin_catalogue

LONGEST_RULE = 4000
DEEPEST_RULE = 60


@dataclass(frozen=True, slots=True)
class ParsedRule:
    """What became of a text: the rule, or None with at least one error; warnings stand beside either."""

    rule: Rule | None
    findings: tuple[Finding, ...] = ()


def parse_rule(text: str, variables: Catalogue | None = None) -> ParsedRule:
    """Parses one rule of the criterion language.

    ``variables`` is what the rule may speak of; None takes the built-in catalogue, which is open: unknown
    names are accepted, and one that looks like a misspelling is a warning. A closed catalogue makes them
    errors. Findings (codes ``TW-CRI-001`` to ``-014``) stand at line and column within ``text``, 1-based,
    without a file. A text longer than 4,000 characters or nested deeper than 60 levels is refused.
    """
    catalogue = builtin_catalogue() if variables is None else variables
    if not text.strip():
        return _refused("TW-CRI-012", "The rule is empty.", "Write a rule, or leave the key out.")
    if len(text) > LONGEST_RULE:
        remedy = "Split the criterion into several."
        return _refused("TW-CRI-013", f"The rule is longer than {LONGEST_RULE} characters.", remedy)
    comma = find_decimal_comma(text)
    if comma is not None:
        return ParsedRule(None, (comma,))
    try:
        tree = _parser().parse(text)
    except (UnexpectedToken, UnexpectedCharacters, UnexpectedInput) as error:
        return ParsedRule(None, (find_syntax_error(text, error, catalogue),))
    if _depth(tree) > DEEPEST_RULE:
        remedy = "Remove needless parentheses, or split the criterion."
        return _refused("TW-CRI-013", f"The rule is nested deeper than {DEEPEST_RULE} levels.", remedy)
    terms = Terms(catalogue)
    rule = Builder(terms).build(tree)
    found = tuple(sorted(terms.findings, key=lambda finding: (finding.place.line, finding.place.column)))
    return ParsedRule(None if has_errors(found) else rule, found)


@cache
def _parser() -> Lark:
    grammar = files("trialwright.study.criteria").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar, parser="lalr", lexer="contextual", propagate_positions=False, maybe_placeholders=False
    )


def _depth(tree: Tree[Token]) -> int:
    """The depth of the tree, measured without recursion."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((part, depth + 1) for part in node.children if isinstance(part, Tree))
    return deepest


def _refused(code: str, message: str, remedy: str) -> ParsedRule:
    return ParsedRule(None, (Finding(code, Severity.ERROR, message, remedy, Place(line=1, column=1)),))
