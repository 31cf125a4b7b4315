"""From the parser's tree to a rule, checking names, kinds and units on the way."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from lark import Token, Tree

from ..findings import Finding, Place, Severity
from ..units import advise_unit, is_ucum, normalise_unit
from .ast import (
    Attested,
    Compare,
    Flag,
    Implies,
    Known,
    Limit,
    LimitKind,
    Member,
    Not,
    Op,
    Range,
    Rule,
    all_of,
    any_of,
)
from .variables import Catalogue, Kind, Variable

Node = Tree[Token]
_MOST_MEMBERS = 200
_OPS = {"≤": Op.LE, "≥": Op.GE, "≠": Op.NE}


class Builder:
    """Builds one rule; collects findings instead of stopping at the first.

    Everything stays in the order of the text, so that the findings do too.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.findings: list[Finding] = []
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
            "known": lambda parts: Known(self._name(_token(parts[0]))),
            "attested": lambda parts: Attested(self._attestation(_token(parts[1]))),
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

    # names

    def _name(self, token: Token, kinds: frozenset[Kind] = frozenset(Kind), wanted: str = "") -> str:
        """The canonical name; reports a name that is unknown, or known as something else than ``wanted``."""
        variable = self.catalogue.find(token)
        if variable is None:
            self._unknown_name(token)
            return token.casefold()
        if variable.kind not in kinds:
            message = f"`{token}` is {_KIND_WORDS[variable.kind]}, and this needs {wanted}."
            self._report("TW-CRI-009", token, message, _KIND_REMEDIES[variable.kind].format(name=token))
        return variable.name

    def _attestation(self, token: Token) -> str:
        variable = self.catalogue.find(token)
        return token.casefold() if variable is None else variable.name

    def _unknown_name(self, token: Token) -> None:
        near = difflib.get_close_matches(token.casefold(), self.catalogue.names(), n=1, cutoff=0.75)
        hint = f"Write `{near[0]}`" if near else "Declare the variable in the study file"
        if not self.catalogue.open:
            other = " or declare the variable in the study file." if near else " or correct its name."
            self._report("TW-CRI-002", token, f"Unknown variable `{token}`.", hint + other)
        elif near and difflib.SequenceMatcher(None, token.casefold(), near[0]).ratio() >= 0.85:
            message = f"Unknown variable `{token}`; it looks like `{near[0]}`."
            self._report("TW-CRI-002", token, message, hint + " if that is meant.", Severity.WARNING)

    # leaves

    def _flag(self, parts: list[Node | Token]) -> Rule:
        return Flag(self._name(_token(parts[0]), _BOOLEAN, "a yes-or-no variable or a comparison"))

    def _boolean_is(self, parts: list[Node | Token]) -> Rule:
        flag = Flag(self._name(_token(parts[0]), _BOOLEAN, "a yes-or-no variable"))
        positive = _token(parts[2]).casefold() in {"true", "yes"}
        return flag if positive == (_op(parts[1]) is Op.EQ) else Not(flag)

    def _code_is(self, parts: list[Node | Token]) -> Rule:
        token = _token(parts[0])
        name = self._name(token, frozenset({Kind.CODE}), "a coded variable")
        item = _token(_tree(parts[2]).children[0])
        member = Member(name, (self._code(token, item),))
        return member if _op(parts[1]) is Op.EQ else Not(member)

    def _code(self, name: Token, token: Token) -> str:
        """The code as the catalogue spells it; reports one outside a closed list."""
        text = token[1:-1] if token.type == "STRING" else str(token)
        variable = self.catalogue.find(name)
        if variable is None or not variable.codes:
            return text
        spelled = {code.casefold(): code for code in variable.codes}
        if text.casefold() not in spelled:
            near = difflib.get_close_matches(text.casefold(), spelled, n=1)
            remedy = f"Write `{near[0]}`." if near else f"Write one of: {', '.join(variable.codes)}."
            self._report("TW-CRI-008", token, f"`{name}` has no value `{text}`.", remedy)
        return spelled.get(text.casefold(), text)

    def _compare(self, parts: list[Node | Token]) -> Rule:
        name = _token(parts[0])
        (limit,) = self._limits(name, _tree(parts[2]))
        return Compare(self._number_name(name), _op(parts[1]), limit)

    def _compare_from_left(self, parts: list[Node | Token]) -> Rule:
        name = _token(parts[2])
        (limit,) = self._limits(name, _tree(parts[0]))
        return Compare(self._number_name(name), _op(parts[1]).flipped(), limit)

    def _chain(self, parts: list[Node | Token]) -> Rule:
        first, second = _op(parts[1]), _op(parts[3])
        name, left, right = _token(parts[2]), _tree(parts[0]), _tree(parts[4])
        if (first in _UPWARD) != (second in _UPWARD):
            message = "The two signs of the chain point different ways."
            self._report("TW-CRI-010", name, message, f"Write `low <= {name} <= high`.")
            return Flag(str(name))
        if first in _UPWARD:
            return self._range(name, left, first, second, right)
        return self._range(name, right, second.flipped(), first.flipped(), left)

    def _between(self, parts: list[Node | Token]) -> Rule:
        return self._range(_token(parts[0]), _tree(parts[2]), Op.LE, Op.LE, _tree(parts[4]))

    def _range(self, name: Token, low: Node, low_op: Op, high_op: Op, high: Node) -> Rule:
        bottom, top = self._limits(name, low, high)
        if _is_empty(bottom, top, self.catalogue.find(name), low_op is Op.LE and high_op is Op.LE):
            message = f"No value of `{name}` lies between these limits."
            self._report("TW-CRI-010", name, message, "Write the lower limit first.")
        return Range(self._number_name(name), bottom, low_op, top, high_op)

    def _number_name(self, token: Token) -> str:
        return self._name(token, _NUMERIC, "a number")

    def _whole_range(self, parts: list[Node | Token]) -> Rule:
        name, low, high = _token(parts[0]), _number(parts[2]), _number(parts[4])
        if low != int(low) or high != int(high) or not low <= high <= low + _MOST_MEMBERS:
            message = "`a..b` stands for the whole numbers from a to b."
            remedy = f"Write two whole numbers, the lower first, or `{name} between a and b`."
            self._report("TW-CRI-010", _token(parts[2]), message, remedy)
            return Flag(str(name))
        self._check_bare(name, _token(parts[2]), self.catalogue.find(name))
        items = tuple(Decimal(n) for n in range(int(low), int(high) + 1))
        return Member(self._number_name(name), items)

    def _member(self, parts: list[Node | Token]) -> Rule:
        name = _token(parts[0])
        tokens = [_token(part.children[0]) for part in parts if isinstance(part, Tree)]
        if all(token.type == "NUMBER" for token in tokens):
            variable = self.catalogue.find(name)
            if variable is None or variable.kind is not Kind.CODE:
                self._check_bare(name, tokens[0], variable)
                return Member(self._number_name(name), tuple(sorted({_number(t) for t in tokens})))
        codes = {self._code(name, token) for token in tokens}
        return Member(self._name(name, frozenset({Kind.CODE}), "a coded variable"), tuple(sorted(codes)))

    # limits

    def _limits(self, name: Token, *nodes: Node) -> tuple[Limit, ...]:
        """The limits of one leaf; a bare number takes the unit of the other end."""
        units = [t for node in nodes for t in node.children if isinstance(t, Token) and t.type == "UNIT"]
        shared = units[-1] if units else None
        return tuple(self._limit(name, node, shared) for node in nodes)

    def _limit(self, name: Token, node: Node, shared: Token | None) -> Limit:
        tokens = {token.type: token for token in node.children if isinstance(token, Token)}
        number = _number(tokens["NUMBER"]) if "NUMBER" in tokens else Decimal(1)
        variable = self.catalogue.find(name)
        if "RELATIVE" in tokens:
            word = tokens["RELATIVE"].split()[-1].lstrip("xX×*").casefold()
            return Limit(number, "", {k.value.casefold(): k for k in LimitKind}[word])
        token = tokens.get("UNIT", shared)
        if token is None:
            self._check_bare(name, tokens["NUMBER"], variable)
            return Limit(number)
        unit = self._unit(name, token, variable)
        if unit is not None and variable and not variable.is_plausible(Fraction(number), unit):
            message = f"The limit lies outside what `{name}` can be in {unit}."
            remedy = f"Check number and unit; `{name}` is given in {_or(variable.usual_units())}."
            self._report("TW-CRI-011", tokens["NUMBER"], message, remedy, Severity.WARNING)
        return Limit(number, unit or "")

    def _check_bare(self, name: Token, number: Token, variable: Variable | None) -> None:
        if variable is not None and variable.is_numeric and variable.unit:
            units = _or(variable.usual_units())
            message = f"The limit of `{name}` has no unit."
            remedy = f"Write `<`, `>` or `between` and a unit after the number: {units}."
            self._report("TW-CRI-004", number, message, remedy)

    def _unit(self, name: Token, token: Token, variable: Variable | None) -> str | None:
        code = normalise_unit(token)
        if code is None:
            self._unknown_unit(name, token, variable)
            return None
        if variable is None or not variable.is_numeric or variable.accepts_unit(code):
            return code
        if not variable.unit:
            self._report("TW-CRI-007", token, f"`{name}` has no unit.", f"Leave `{token}` out.")
        else:
            message = f"`{token}` is not a unit of `{name}`."
            self._report("TW-CRI-005", token, message, f"Write {_or(variable.usual_units())}.")
        return None

    def _unknown_unit(self, name: Token, token: Token, variable: Variable | None) -> None:
        advice = advise_unit(token)
        usual = variable.usual_units() if variable is not None else ()
        if advice:
            remedy = f"Write {advice}."
        elif usual:
            remedy = f"`{name}` is given in {_or(usual)}."
        else:
            remedy = "Write a UCUM code such as `mg/dL`, `10*9/L` or `years`."
        if not advice and is_ucum(token):
            message = f"`{token}` is a UCUM unit, but not one that criteria can convert."
        else:
            message = f"Unknown unit `{token}`."
        self._report("TW-CRI-003", token, message, remedy)

    def _report(
        self, code: str, token: Token, message: str, remedy: str, severity: Severity = Severity.ERROR
    ) -> None:
        place = Place(line=token.line or 1, column=token.column or 1)
        self.findings.append(Finding(code, severity, message, remedy, place, str(token)))


_NUMERIC = frozenset({Kind.NUMBER, Kind.INTEGER})
_BOOLEAN = frozenset({Kind.BOOLEAN})
_UPWARD = {Op.LT, Op.LE}
_KIND_WORDS = {
    Kind.NUMBER: "a number",
    Kind.INTEGER: "a whole number",
    Kind.CODE: "a coded variable",
    Kind.BOOLEAN: "a yes-or-no variable",
    Kind.ATTESTATION: "an attestation",
}
_KIND_REMEDIES = {
    Kind.NUMBER: "Compare it with a limit: `{name} < 3`.",
    Kind.INTEGER: "Compare it with a number: `{name} <= 2` or `{name} in 0..2`.",
    Kind.CODE: "Compare it with a value: `{name} = value` or `{name} in {{a, b}}`.",
    Kind.BOOLEAN: "Write `{name}` or `not {name}`.",
    Kind.ATTESTATION: "Write `attested {name}`.",
}


def _token(part: Node | Token) -> Token:
    assert isinstance(part, Token)
    return part


def _tree(part: Node | Token) -> Node:
    assert isinstance(part, Tree)
    return part


def _op(part: Node | Token) -> Op:
    text = str(part if isinstance(part, Token) else part.children[0])
    return _OPS[text] if text in _OPS else Op(text)


def _number(part: Node | Token) -> Decimal:
    return Decimal(_token(part).replace("−", "-"))


def _or(words: tuple[str, ...]) -> str:
    marked = [f"`{word}`" for word in words[:4]]
    return " or ".join([", ".join(marked[:-1]), marked[-1]] if len(marked) > 1 else marked)


def _is_empty(low: Limit, high: Limit, variable: Variable | None, closed: bool) -> bool:
    """Whether nothing lies between two limits of one kind and convertible units."""
    if low.kind is not high.kind:
        return False
    top: Fraction | None = Fraction(high.number)
    if low.unit != high.unit and variable is not None:
        top = variable.convert(Fraction(high.number), high.unit, low.unit)
    return top is not None and (Fraction(low.number) > top or (Fraction(low.number) == top and not closed))
