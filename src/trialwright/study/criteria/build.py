"""From the parser's tree to a rule."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from lark import Token, Tree

from .ast import (
    Attested,
    Compare,
    Flag,
    Implies,
    Known,
    Limit,
    Member,
    Not,
    Op,
    Range,
    Rule,
    all_of,
    any_of,
)
from .terms import BOOLEAN, CODED, Node, Terms, read_number
from .variables import Kind, Variable

_MOST_MEMBERS = 200
_UPWARD = {Op.LT, Op.LE}
_OPS = {"≤": Op.LE, "≥": Op.GE, "≠": Op.NE}


class Builder:
    """Builds one rule; its terms collect the findings, so that the first does not hide the next."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._leaves: dict[str, Callable[[list[Node | Token]], Rule]] = {
            "flag": self._flag,
            "boolean_is": self._boolean_is,
            "code_is": self._code_is,
            "compare": self._compare,
            "compare_from_left": self._compare_from_left,
            "chain": self._chain,
            "between": self._between,
            "whole_range": self._whole_range,
            "member": self._member,
            "known": lambda parts: Known(self.terms.name(_token(parts[0]))),
            "attested": lambda parts: Attested(self.terms.attestation(_token(parts[1]))),
        }

    def build(self, node: Node) -> Rule:
        """The rule that ``node`` stands for."""
        parts = [part for part in node.children if isinstance(part, Tree)]
        match node.data:
            case "any_of":
                return any_of(*(self.build(part) for part in parts))
            case "all_of":
                return all_of(*(self.build(part) for part in parts))
            case "negation":
                return Not(self.build(parts[0]))
            case "group":
                return self.build(parts[0])
            case "implies":
                return Implies(self.build(parts[0]), self.build(parts[1]))
            case _:
                return self._leaf(node)

    def _leaf(self, node: Node) -> Rule:
        kind = str(node.data)
        if kind.startswith("not_"):
            kept = [p for p in node.children if not (isinstance(p, Token) and p.type in {"NOT", "UNKNOWN"})]
            return Not(self._leaves[kind.removeprefix("not_")](kept))
        return self._leaves[kind](node.children)

    def _flag(self, parts: list[Node | Token]) -> Rule:
        return Flag(self.terms.name(_token(parts[0]), BOOLEAN, "a yes-or-no variable or a comparison"))

    def _boolean_is(self, parts: list[Node | Token]) -> Rule:
        flag = Flag(self.terms.name(_token(parts[0]), BOOLEAN, "a yes-or-no variable"))
        positive = _token(parts[2]).casefold() in {"true", "yes"}
        return flag if positive == (_op(parts[1]) is Op.EQ) else Not(flag)

    def _code_is(self, parts: list[Node | Token]) -> Rule:
        token = _token(parts[0])
        name = self.terms.name(token, CODED, "a coded variable")
        item = _token(_tree(parts[2]).children[0])
        member = Member(name, (self.terms.code(token, item),))
        return member if _op(parts[1]) is Op.EQ else Not(member)

    def _compare(self, parts: list[Node | Token]) -> Rule:
        name = _token(parts[0])
        (limit,) = self.terms.limits(name, _tree(parts[2]))
        return Compare(self.terms.number_name(name), _op(parts[1]), limit)

    def _compare_from_left(self, parts: list[Node | Token]) -> Rule:
        name = _token(parts[2])
        (limit,) = self.terms.limits(name, _tree(parts[0]))
        return Compare(self.terms.number_name(name), _op(parts[1]).flipped(), limit)

    def _chain(self, parts: list[Node | Token]) -> Rule:
        first, second = _op(parts[1]), _op(parts[3])
        name, left, right = _token(parts[2]), _tree(parts[0]), _tree(parts[4])
        if (first in _UPWARD) != (second in _UPWARD):
            message = "The two signs of the chain point different ways."
            self.terms.report("TW-CRI-010", name, message, f"Write `low <= {name} <= high`.")
            return Flag(str(name))
        if first in _UPWARD:
            return self._range(name, left, first, second, right)
        return self._range(name, right, second.flipped(), first.flipped(), left)

    def _between(self, parts: list[Node | Token]) -> Rule:
        return self._range(_token(parts[0]), _tree(parts[2]), Op.LE, Op.LE, _tree(parts[4]))

    def _range(self, name: Token, low: Node, low_op: Op, high_op: Op, high: Node) -> Rule:
        bottom, top = self.terms.limits(name, low, high)
        if _is_empty(bottom, top, self.terms.catalogue.find(name), low_op is Op.LE and high_op is Op.LE):
            message = f"No value of `{name}` lies between these limits."
            self.terms.report("TW-CRI-010", name, message, "Write the lower limit first.")
        return Range(self.terms.number_name(name), bottom, low_op, top, high_op)

    def _whole_range(self, parts: list[Node | Token]) -> Rule:
        name, low, high = _token(parts[0]), read_number(_token(parts[2])), read_number(_token(parts[4]))
        if low != int(low) or high != int(high) or not low <= high <= low + _MOST_MEMBERS:
            message = "`a..b` stands for the whole numbers from a to b."
            remedy = f"Write two whole numbers, the lower first, or `{name} between a and b`."
            self.terms.report("TW-CRI-010", _token(parts[2]), message, remedy)
            return Flag(str(name))
        self.terms.check_bare(name, _token(parts[2]), self.terms.catalogue.find(name))
        items = tuple(Decimal(n) for n in range(int(low), int(high) + 1))
        return Member(self.terms.number_name(name), items)

    def _member(self, parts: list[Node | Token]) -> Rule:
        name = _token(parts[0])
        tokens = [_token(part.children[0]) for part in parts if isinstance(part, Tree)]
        if all(token.type == "NUMBER" for token in tokens):
            variable = self.terms.catalogue.find(name)
            if variable is None or variable.kind is not Kind.CODE:
                self.terms.check_bare(name, tokens[0], variable)
                return Member(self.terms.number_name(name), tuple(sorted({read_number(t) for t in tokens})))
        codes = {self.terms.code(name, token) for token in tokens}
        return Member(self.terms.name(name, CODED, "a coded variable"), tuple(sorted(codes)))


def _token(part: Node | Token) -> Token:
    assert isinstance(part, Token)
    return part


def _tree(part: Node | Token) -> Node:
    assert isinstance(part, Tree)
    return part


def _op(part: Node | Token) -> Op:
    text = str(part if isinstance(part, Token) else part.children[0])
    return _OPS[text] if text in _OPS else Op(text)


def _is_empty(low: Limit, high: Limit, variable: Variable | None, closed: bool) -> bool:
    """Whether nothing lies between two limits of one kind and convertible units."""
    if low.kind is not high.kind:
        return False
    top: Fraction | None = Fraction(high.number)
    if low.unit != high.unit and variable is not None:
        top = variable.convert(Fraction(high.number), high.unit, low.unit)
    return top is not None and (Fraction(low.number) > top or (Fraction(low.number) == top and not closed))
