"""Limits: a comparison with its number, a range, a list of grades, `within normal limits`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from .quantities import Quantity
from .tokens import Token

_RANGE_SIGNS = frozenset({"-", "~", "±"})
_RANGE_WORDS = frozenset({"to", "through", "till", "until", "thru"})
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_DENIED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": ""}


@dataclass(frozen=True, slots=True)
class Limits:
    """One constraint on whatever it belongs to. ``first`` and ``last`` are token places, last exclusive."""

    operator: str
    low: Quantity | None
    high: Quantity | None = None
    items: tuple[Quantity, ...] = ()
    first: int = 0
    last: int = 0
    normal: bool = False
    pair: tuple[Quantity, Quantity] | None = None
    tops: tuple[Quantity, Quantity] | None = None
    """The upper ends of a span between two pairs."""
    aged: bool = False
    bare: bool = False
    """No comparison word stood before the number."""

    @property
    def quantity(self) -> Quantity | None:
        """A quantity that tells the unit."""
        high, low = self.high, self.low
        if high is not None and (high.units or high.relative):
            return high
        if self.items and not (low is not None and (low.units or low.relative)):
            return next((item for item in self.items if item.units or item.relative), low)
        return low


def read_limits(tokens: list[Token], at: int) -> Limits | None:
    """The constraint that begins at token ``at``, or None."""
    token = tokens[at]
    denied = token.kind == "NOT" and at + 1 < len(tokens) and tokens[at + 1].kind == "C"
    if denied:
        at += 1
        token = tokens[at]
    found = None
    if token.kind == "C":
        found = _after_comparison(tokens, at)
    elif token.kind == "B":
        found = _between(tokens, at)
    elif token.kind == "N":
        found = _after_number(tokens, at)
    elif token.kind == "W":
        found = Limits("within", None, first=at, last=at + 1, normal=True)
    if found is None:
        return None
    if denied:
        found = replace(found, operator=_DENIED.get(found.operator, ""), first=at - 1)
        if not found.operator:
            return None
    return _aged(tokens, found)


def _after_comparison(tokens: list[Token], at: int) -> Limits | None:
    operator = str(tokens[at].value)
    position = at + 1
    if position < len(tokens) and tokens[position].kind == "C":
        sign = str(tokens[position].value)
        told = tokens[at].word.startswith(("min", "max", "at ", "a m")) and sign[:1] == operator[:1]
        operator = sign if told else _joined(operator, sign)
        position += 1
    if (
        operator == "=="
        and position + 1 < len(tokens)
        and tokens[position].kind == "OR"
        and tokens[position + 1].kind == "C"
    ):
        operator = _joined(operator, str(tokens[position + 1].value))
        position += 2
    if tokens[position : position + 1] and tokens[position].value == "(" and position + 2 < len(tokens):
        position += 3 * (tokens[position + 1].kind == "C" and tokens[position + 2].value == ")")
    position = past_words(
        tokens, position, {"of", "a", "an", "the", "to", "or", "is", "than", "at", "age", ":", "be"}, 2
    )
    if position >= len(tokens) or not operator:
        return None
    token = tokens[position]
    if token.kind == "U" and token.value != "baseline":
        if position + 1 < len(tokens) and tokens[position + 1].value in {"+", "-"}:
            return None
        return Limits(operator, _one(token), first=at, last=position + 1)
    if token.value == "-" and position + 1 < len(tokens) and _is_sign_of(tokens, position):
        position, token = position + 1, tokens[position + 1]
    if token.value == "+" and position + 1 < len(tokens) and tokens[position + 1].kind == "N":
        low = replace(tokens[position + 1].quantity, raw="+")
        return Limits(operator, low, first=at, last=position + 2)
    if token.value == "+" and not _is_change_sign(tokens, position):
        return _plusses(tokens, position, operator, at)
    if token.kind != "N":
        return None
    low, after = token.quantity, position + 1
    if operator == "==":
        plain = _after_number(tokens, position)
        return None if plain is None else replace(plain, first=at)
    if pair := _pair(tokens, position):
        return Limits(operator, low, first=at, last=position + 3, pair=pair)
    if operator in {">=", ">"} and (second := _range_end(tokens, after)) is not None and low.relative == "":
        high = tokens[second].quantity
        if high.number > low.number and _same_measure(low, high):
            return Limits("between", low, high, first=at, last=second + 1) if operator == ">=" else None
    if after < len(tokens) and tokens[after].kind == "A" and tokens[after].value[0] == operator[0]:
        after += 1
    return Limits(operator, low, first=at, last=after)


def _is_sign_of(tokens: list[Token], at: int) -> bool:
    """Whether a hyphen is a minus: glued to what follows, or a blank before a bare number."""
    following = tokens[at + 1]
    return tokens[at].end == following.start or (following.kind == "N" and not following.quantity.units)


def _is_change_sign(tokens: list[Token], at: int) -> bool:
    """`+/-10` is no dipstick's reading."""
    return (
        at + 1 < len(tokens) and tokens[at + 1].value in {"/", "-"} and tokens[at + 1].start == tokens[at].end
    )


def _plusses(tokens: list[Token], position: int, operator: str, at: int) -> Limits:
    """A dipstick's reading in signs: `>= ++`."""
    end = position
    while end < len(tokens) and tokens[end].value == "+":
        end += 1
    token = tokens[position]
    low = Quantity(Decimal(end - position), (), "", token.start, tokens[end - 1].end, token.start, "+")
    return Limits(operator, low, first=at, last=end)


def _joined(first: str, second: str) -> str:
    if not first or not second:
        return ""
    if "==" in {first, second}:
        other = second if first == "==" else first
        return {"<": "<=", ">": ">="}.get(other, other)
    return (
        first
        if first == second
        else (
            first
            if len(first) > len(second) and first[0] == second[0]
            else ""
            if first[0] != second[0]
            else second
        )
    )


def _between(tokens: list[Token], at: int) -> Limits | None:
    position = _past_brackets(tokens, at + 1)
    position = past_words(tokens, position, {"the", "age", "ages", "of", "a", "and", ":", "-"}, 3)
    if position >= len(tokens) or tokens[position].kind != "N":
        return None
    if lower := _pair(tokens, position):
        end = _range_end(tokens, position + 3, also_and=True)
        upper = _pair(tokens, end) if end is not None else None
        if end is None or upper is None:
            return None
        return Limits("between", lower[0], upper[0], first=at, last=end + 3, pair=lower, tops=upper)
    position_end = _range_end(tokens, position + 1, also_and=True)
    if position_end is None:
        return None
    low, high = tokens[position].quantity, tokens[position_end].quantity
    if high.number < low.number and not high.relative and not low.relative and low.unit in {"", high.unit}:
        low, high = replace(high, units=low.units), replace(low, units=high.units)
    return Limits("between", low, high, first=at, last=position_end + 1)


def half_open(tokens: list[Token], at: int) -> Limits | None:
    """The first half of `12 to < 18 years` and `> 1.5 - 10 ng/mL`, whose ends are not of one kind: the lower end.

    The second half begins behind its sign and is read as a limit of its own.
    """
    number = at + 1 if tokens[at].kind == "C" else at
    if number + 2 >= len(tokens) or tokens[number].kind != "N" or not _joins_range(tokens[number + 1]):
        return None
    low, above = tokens[number].quantity, tokens[number + 2]
    if tokens[at].kind == "C":
        rising = tokens[at].value == ">" and above.kind == "N" and _rises(low, above.quantity)
        return Limits(">", _borrowed(low, above), first=at, last=number + 2) if rising else None
    if above.kind != "C" or above.value != "<" or number + 3 >= len(tokens):
        return None
    high = tokens[number + 3]
    if high.kind != "N" or not _rises(low, high.quantity):
        return None
    follows = read_limits(tokens, number + 2)
    aged = follows is not None and follows.aged
    return Limits(">=", _borrowed(low, high), first=at, last=number + 2, aged=aged)


def _joins_range(token: Token) -> bool:
    return token.value in _RANGE_SIGNS or token.value in _RANGE_WORDS or token.value == "but"


def _borrowed(low: Quantity, other: Token) -> Quantity:
    """The number with the unit of the other end where it has none."""
    if low.units or low.relative:
        return low
    return replace(low, units=other.quantity.units, relative=other.quantity.relative)


def _after_number(tokens: list[Token], at: int) -> Limits | None:
    low = tokens[at].quantity
    after = at + 1
    if after < len(tokens) and tokens[after].kind == "A":
        return Limits(str(tokens[after].value), low, first=at, last=after + 1)
    if low.relative and at and tokens[at - 1].value == "within":
        return Limits("<=", low, first=at, last=after)
    second = _range_end(tokens, after)
    if second is not None and _rises(low, tokens[second].quantity):
        return Limits("between", low, tokens[second].quantity, first=at, last=second + 1, bare=True)
    letters = any(t.kind == "T" and t.term.variable == "bcva_letters" for t in tokens[max(0, at - 3) : at])
    if (
        second is not None
        and (low.unit in _FALLING or letters)
        and tokens[second].quantity.number < low.number
    ):
        return Limits("between", tokens[second].quantity, low, first=at, last=second + 1, bare=True)
    if after < len(tokens) and tokens[after].value == "+" and not low.units and _is_age_plus(tokens, at):
        years = after + 1 < len(tokens) and tokens[after + 1].value in {"years", "year", "yrs", "y"}
        return Limits(">=", low, first=at, last=after + 1 + years, aged=years)
    items, last = _items(tokens, at)
    if len(items) > 1:
        return Limits("in", None, items=items, first=at, last=last, bare=True)
    return Limits("==", low, first=at, last=after, bare=True)


def _is_age_plus(tokens: list[Token], at: int) -> bool:
    """Whether a number with a plus is an age: `18+`, `aged 12+ years`."""
    if tokens[at].quantity.number >= 18:
        return True
    told = at + 2 < len(tokens) and tokens[at + 2].value in {"years", "year", "yrs", "y"}
    return tokens[at].quantity.number >= 5 and (told or (at > 0 and tokens[at - 1].kind == "AGE"))


_FALLING = frozenset({"{snellen}", "{letters}"})


def _items(tokens: list[Token], at: int) -> tuple[tuple[Quantity, ...], int]:
    """A list of bare whole numbers: `0, 1 or 2`; the place after it."""
    found: list[Quantity] = []
    position = at
    while position < len(tokens) and tokens[position].kind == "N" and _is_grade(tokens[position].quantity):
        found.append(tokens[position].quantity)
        nearest = position + 1
        position = nearest
        while position < len(tokens) and (
            tokens[position].kind in {"OR", "AND"} or tokens[position].value in {",", "/"}
        ):
            position += 1
        if position == nearest or position - nearest > 2:
            return tuple(found), nearest
    return tuple(found), at + 1 if len(found) < 2 else position - (
        0 if tokens[position - 1].kind == "N" else 1
    )


def _is_grade(quantity: Quantity) -> bool:
    return (
        not quantity.units
        and not quantity.relative
        and quantity.number * 2 == int(quantity.number * 2)
        and quantity.number <= 100
    )


def _pair(tokens: list[Token], at: int) -> tuple[Quantity, Quantity] | None:
    """Two pressures with a stroke: `140/90`."""
    if (
        at + 2 < len(tokens)
        and tokens[at + 1].value == "/"
        and tokens[at + 2].kind == "N"
        and not tokens[at].quantity.units
    ):
        return tokens[at].quantity, tokens[at + 2].quantity
    return None


def _range_end(tokens: list[Token], at: int, also_and: bool = False) -> int | None:
    """The place of the number that ends a range whose sign stands at ``at``."""
    if at + 1 >= len(tokens):
        return None
    if tokens[at].kind == "M" and at + 2 < len(tokens):
        at += 1
    token, position = tokens[at], at + 1
    joined = token.value in _RANGE_SIGNS or token.value in _RANGE_WORDS or (also_and and token.kind == "AND")
    if token.kind == "C" and token.value == "<=" and token.end - token.start == 5:
        joined = True
    if not joined:
        return None
    position = past_words(tokens, position, {"the", "age", "of", "<=", "-", "less", "up", "to"}, 2)
    return position if position < len(tokens) and tokens[position].kind == "N" else None


_TIMES = {"d": 1, "wk": 7, "mo": 30, "a": 365}


def _rises(low: Quantity, high: Quantity) -> bool:
    """Whether two numbers can be the ends of one range: of one measure, the second the larger."""
    if low.unit in _TIMES and high.unit in _TIMES:
        return low.number * _TIMES[low.unit] < high.number * _TIMES[high.unit]
    return high.number > low.number and _same_measure(low, high)


def _same_measure(low: Quantity, high: Quantity) -> bool:
    if low.relative != high.relative:
        return not low.relative and not low.units
    return not low.units or not high.units or bool(set(low.units) & set(high.units)) or len(low.units[0]) <= 2


def past_words(tokens: list[Token], at: int, words: set[str], most: int) -> int:
    end = at + most
    while at < len(tokens) and at < end and tokens[at].value in words:
        at += 1
    return at


def _aged(tokens: list[Token], found: Limits) -> Limits:
    """Marks a limit that says itself that it is an age: `18 years or older`, `>= 18 years of age`."""
    quantity = found.quantity
    if (
        quantity is None
        or quantity.relative
        or (quantity.unit and quantity.unit not in {"a", "mo", "wk", "d"})
    ):
        return found
    position = found.last
    while position < len(tokens) and tokens[position].value == "-":
        position += 1
    if (behind := _past_brackets(tokens, position)) > position:
        after = tokens[behind].word if behind < len(tokens) and tokens[behind].kind == "AGE" else ""
        if after == "years of age" or (quantity.unit and after in {"of age", "old"}):
            return replace(found, aged=True)
        if not quantity.unit:
            return found
    if position < len(tokens) and tokens[position].kind == "AGE" and quantity.unit:
        after = position + 1
        tail = after < len(tokens) and tokens[after].kind == "A" and found.operator == "=="
        operator = str(tokens[after].value) if tail else found.operator
        return replace(found, operator=operator, last=after + 1 if tail else after, aged=True)
    if any(token.kind == "AGE" for token in tokens[found.first : found.last]):
        return replace(found, aged=True)
    if (
        tokens[found.last - 1].kind == "A"
        and tokens[found.last - 1].word.endswith(("older", "younger", "elder"))
        and not quantity.unit
        and 10 <= quantity.number <= 90
    ):
        return replace(found, aged=True)
    opening = tokens[found.first].word
    if (
        "age of" in opening
        or "aged" in opening
        or opening.startswith(("older", "younger", "no older", "not older", "no younger"))
    ):
        return replace(found, aged=True)
    last = tokens[found.last - 1]
    if last.kind == "A" and quantity.unit in {"a", "mo"}:
        told = any(word in last.word for word in ("old", "young", "elder", "age"))
        follows = str(tokens[found.last].value) if found.last < len(tokens) else ""
        if told or (quantity.unit == "a" and follows not in _SPAN_BEHIND):
            return replace(found, aged=True)
    return found


_SPAN_BEHIND = frozenset(
    (
        "before",
        "prior",
        "after",
        "since",
        "ago",
        "from",
        "of",
        "previously",
        "following",
        "earlier",
        "history",
        "duration",
    )
)


def _past_brackets(tokens: list[Token], at: int) -> int:
    """The place after words in brackets that begin at ``at``."""
    if at >= len(tokens) or tokens[at].value != "(":
        return at
    depth = tokens[at].depth
    return next(
        (p + 1 for p in range(at + 1, len(tokens)) if tokens[p].value == ")" and tokens[p].depth == depth), at
    )


def _one(token: Token) -> Quantity:
    return Quantity(Decimal(1), (), str(token.value).upper(), token.start, token.end, token.end, "")


def by_merit(operator: str, tokens: list[Token], first: int, last: int, good: str) -> str:
    """The comparison where its words are `better` or `worse`, which mean more or less as the variable has it."""
    if good not in {"high", "low"}:
        return operator
    for token in tokens[first:last]:
        better = "better" in token.word
        if token.kind in {"A", "C"} and (better or "worse" in token.word):
            denied = token.word.startswith(("no ", "not "))
            strict = "than" in token.word and "equal" not in token.word and not denied
            more = (better != denied) == (good == "high")
            return (">" if more else "<") + ("" if strict else "=")
    return operator


def flipped(operator: str) -> str:
    """The comparison read from its other side."""
    return _FLIPPED.get(operator, operator)
