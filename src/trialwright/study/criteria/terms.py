"""The words of a rule against the catalogue: names, codes, limits and units."""

from __future__ import annotations

import difflib
from decimal import Decimal
from fractions import Fraction

from lark import Token, Tree

from ..findings import Finding, Place, Severity
from ..units import advise_unit, is_ucum, normalise_unit
from .ast import Limit, LimitKind
from .variables import Catalogue, Kind, Variable

Node = Tree[Token]
NUMERIC = frozenset({Kind.NUMBER, Kind.INTEGER})
BOOLEAN = frozenset({Kind.BOOLEAN})
CODED = frozenset({Kind.CODE})
_RELATIVE = (LimitKind.ULN, LimitKind.LLN, LimitKind.BASELINE)
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


class Terms:
    """Reads the words of one rule; what is wrong is collected in ``findings``."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.findings: list[Finding] = []

    def name(self, token: Token, kinds: frozenset[Kind] = frozenset(Kind), wanted: str = "") -> str:
        """The canonical name; reports a name that is unknown, or known as something else than ``wanted``."""
        variable = self.catalogue.find(token)
        if variable is None:
            self._unknown_name(token)
            return token.casefold()
        if variable.kind not in kinds:
            message = f"`{token}` is {_KIND_WORDS[variable.kind]}, and this needs {wanted}."
            self.report("TW-CRI-009", token, message, _KIND_REMEDIES[variable.kind].format(name=token))
        return variable.name

    def attestation(self, token: Token) -> str:
        """The canonical name of what is attested; a rule may name a new one, since attesting declares it."""
        variable = self.catalogue.find(token)
        return token.casefold() if variable is None else variable.name

    def _unknown_name(self, token: Token) -> None:
        near = difflib.get_close_matches(token.casefold(), self.catalogue.names(), n=1, cutoff=0.75)
        hint = f"Write `{near[0]}`" if near else "Declare the variable in the study file"
        if not self.catalogue.open:
            other = " or declare the variable in the study file." if near else " or correct its name."
            self.report("TW-CRI-002", token, f"Unknown variable `{token}`.", hint + other)
        elif near and difflib.SequenceMatcher(None, token.casefold(), near[0]).ratio() >= 0.85:
            message = f"Unknown variable `{token}`; it looks like `{near[0]}`."
            self.report("TW-CRI-002", token, message, hint + " if that is meant.", Severity.WARNING)

    def number_name(self, token: Token) -> str:
        """The canonical name of a variable that must be a number."""
        return self.name(token, NUMERIC, "a number")

    def code(self, name: Token, token: Token) -> str:
        """The code as the catalogue spells it; reports one outside a closed list."""
        text = token[1:-1] if token.type == "STRING" else str(token)
        variable = self.catalogue.find(name)
        if variable is None or not variable.codes:
            return text
        spelled = {code.casefold(): code for code in variable.codes}
        if text.casefold() not in spelled:
            near = difflib.get_close_matches(text.casefold(), spelled, n=1)
            remedy = f"Write `{near[0]}`." if near else f"Write one of: {', '.join(variable.codes)}."
            self.report("TW-CRI-008", token, f"`{name}` has no value `{text}`.", remedy)
        return spelled.get(text.casefold(), text)

    def limits(self, name: Token, *nodes: Node) -> tuple[Limit, ...]:
        """The limits of one leaf; a bare number takes the unit of the other end."""
        units = [t for node in nodes for t in node.children if isinstance(t, Token) and t.type == "UNIT"]
        shared = units[-1] if units else None
        return tuple(self._limit(name, node, shared) for node in nodes)

    def _limit(self, name: Token, node: Node, shared: Token | None) -> Limit:
        tokens = {token.type: token for token in node.children if isinstance(token, Token)}
        number = read_number(tokens["NUMBER"]) if "NUMBER" in tokens else Decimal(1)
        variable = self.catalogue.find(name)
        if "RELATIVE" in tokens:
            return Limit(number, "", self._relative(name, tokens["RELATIVE"], variable))
        token = tokens.get("UNIT", shared)
        if token is None:
            self.check_bare(name, tokens["NUMBER"], variable)
            return Limit(number)
        unit = self._unit(name, token, variable)
        if unit is not None and variable and not variable.is_plausible(Fraction(number), unit):
            message = f"The limit lies outside what `{name}` can be in {unit}."
            remedy = f"Check number and unit; `{name}` is given in {_or(variable.usual_units())}."
            self.report("TW-CRI-011", tokens["NUMBER"], message, remedy, Severity.WARNING)
        return Limit(number, unit or "")

    def _relative(self, name: Token, token: Token, variable: Variable | None) -> LimitKind:
        """What the limit is a multiple of; warns where the variable has no normal range."""
        kind = next(kind for kind in _RELATIVE if token.casefold().endswith(kind.value.casefold()))
        if kind is not LimitKind.BASELINE and variable is not None and variable.relative is False:
            message = f"`{name}` has no normal range, so no {kind}."
            self.report("TW-CRI-014", token, message, "Write a limit of its own.", Severity.WARNING)
        return kind

    def check_bare(self, name: Token, number: Token, variable: Variable | None) -> None:
        """Reports a number without a unit where the variable has one."""
        if variable is not None and variable.is_numeric and variable.unit:
            units = _or(variable.usual_units())
            message = f"The limit of `{name}` has no unit."
            remedy = f"Write `<`, `>` or `between` and a unit after the number: {units}."
            self.report("TW-CRI-004", number, message, remedy)

    def _unit(self, name: Token, token: Token, variable: Variable | None) -> str | None:
        code = normalise_unit(token)
        if code is None:
            self._unknown_unit(name, token, variable)
            return None
        if variable is None or not variable.is_numeric or variable.accepts_unit(code):
            return code
        if not variable.unit:
            self.report("TW-CRI-007", token, f"`{name}` has no unit.", f"Leave `{token}` out.")
        else:
            message = f"`{token}` is not a unit of `{name}`."
            self.report("TW-CRI-005", token, message, f"Write {_or(variable.usual_units())}.")
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
        self.report("TW-CRI-003", token, message, remedy)

    def report(
        self, code: str, token: Token, message: str, remedy: str, severity: Severity = Severity.ERROR
    ) -> None:
        """Adds a finding that stands at ``token``."""
        place = Place(line=token.line or 1, column=token.column or 1)
        self.findings.append(Finding(code, severity, message, remedy, place, str(token)))


def read_number(token: Token) -> Decimal:
    """The decimal a NUMBER token stands for, with either sign for minus."""
    return Decimal(token.replace("−", "-"))


def _or(words: tuple[str, ...]) -> str:
    marked = [f"`{word}`" for word in words[:4]]
    return " or ".join([", ".join(marked[:-1]), marked[-1]] if len(marked) > 1 else marked)
