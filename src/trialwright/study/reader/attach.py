"""Which limit belongs to which variable."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ..criteria.variables import Catalogue, Variable
from .constraints import Limits, flipped, read_limits
from .lexicon import Lexicon, Term
from .quantities import Quantity
from .scales import Grade, read_grade, read_grade_before
from .status_words import read_status
from .tokens import Token

MOST_WORDS = 7
MOST_WORDS_BARE = 3
_AHEAD = 7
_AGE_UNITS = frozenset({"a", "mo", "wk", "d"})
_SPAN_AFTER = frozenset(
    ["since", "after", "prior", "before", "history", "ago", "from", "previously", "duration", "within", "post", "preceding", "earlier", "apart", "later", "of", "between", "following"]
)


@dataclass(frozen=True, slots=True)
class Draft:
    """One limit on one variable, as found: token places, not yet an entry."""

    term: Term
    first: int
    last: int
    limits_first: int
    operator: str
    low: Quantity | None = None
    high: Quantity | None = None
    items: tuple[Quantity, ...] = ()
    grade: Grade | None = None
    status: str = ""
    unsure: bool = False
    joined: bool = False
    """One limit over several variables joined by `or`."""


class Attacher:
    """Walks the tokens of one piece and binds limits to terms."""

    def __init__(self, text: str, tokens: list[Token], lexicon: Lexicon, lead: Term | None) -> None:
        self.text, self.tokens, self.lexicon = text, tokens, lexicon
        self.group: list[tuple[int, Term]] = []
        self.lead = lead
        self.used = 0
        self.found: list[Draft] = []

    def attach(self) -> list[Draft]:
        """The drafts in the order of their words."""
        at = 0
        while at < len(self.tokens):
            at = self._step(at)
        return self.found

    def _step(self, at: int) -> int:
        token = self.tokens[at]
        if token.kind == "T":
            return self._term(at)
        if token.kind in {"C", "B", "W"} or (token.kind == "NOT" and self._kind(at + 1) == "C"):
            return self._limits(at)
        if token.kind == "N":
            flip = self._reversed(at)
            return flip if flip is not None else self._limits(at)
        if token.kind == "AGE":
            self._open(at, _AGE)
            return at + 1
        if token.value == "normal" and self._is_normal(at):
            self._bind(Limits("within", None, first=at, last=at + 1, normal=True))
            self.used = at + 1
        return at + 1

    def _is_normal(self, at: int) -> bool:
        """`bilirubin normal`: the word right behind the name and at the end of its clause."""
        if not self.group or not self.group[-1][1].normal:
            return False
        gap = self.tokens[self.group[-1][0] + 1 : at]
        plain = (
            all(t.kind == "F" or t.value in {"(", ")", ":"} or t.kind == "T" for t in gap) and len(gap) <= 5
        )
        return plain and (
            at + 1 >= len(self.tokens) or self.tokens[at + 1].kind in {"P", "OR", "UNLESS", "IF"}
        )

    def _kind(self, at: int) -> str:
        return self.tokens[at].kind if 0 <= at < len(self.tokens) else ""

    # -- terms ---------------------------------------------------------------------------------------------

    def _term(self, at: int) -> int:
        term = self.tokens[at].term
        if term.weak and term.scale == "ordinal":
            grade = self._class_before(at, term)
            return at + 1 if grade is None else self._graded(term, at, grade)
        if term.weak and term.kind == "lesion_size" and not self._is_measured(at):
            return at + 1
        if term.scale and term.scale not in {"percent", "number", "plus"}:
            grade = read_grade(self.tokens, at, self.text, term) or read_grade_before(
                self.tokens, at, self.text, term, self.used
            )
            if grade is not None:
                return self._graded(term, at, grade)
            if term.scale in {"levels", "grade"}:
                return at + 1
        if term.flag:
            status = read_status(self.tokens, at, self.text, self.used)
            if status is not None:
                return self._flagged(at, status.value, status.first, status.last)
        self._open(at, self._graded_her2(at, term))
        return at + 1

    def _graded_her2(self, at: int, term: Term) -> Term:
        """HER2 where the sentence speaks of immunohistochemistry and a comparison follows: its score."""
        if term.variable != "her2_status":
            return term
        words = self.text[self.tokens[0].start : self.tokens[-1].end].casefold()
        follows = any(self._kind(place) == "C" for place in range(at + 1, min(at + 14, len(self.tokens))))
        return (
            self.lexicon.terms["her2_ihc"] if follows and ("ihc" in words or "immunohisto" in words) else term
        )

    def _is_measured(self, at: int) -> bool:
        """Whether a length follows soon, so that `tumour` or `lesion` stands for its size."""
        following = self.tokens[at + 1 : at + 8]
        return any(t.kind == "N" and t.quantity.unit in {"mm", "cm"} for t in following)

    def _class_before(self, at: int, term: Term) -> Grade | None:
        """`class III or IV heart failure`: the class says which scale is meant."""
        window = self.tokens[max(self.used, at - 8) : at]
        if not any(token.value == "class" for token in window):
            return None
        return read_grade_before(self.tokens, at, self.text, term, self.used)

    def _graded(self, term: Term, at: int, grade: Grade) -> int:
        first = min(at, grade.first)
        self.found.append(
            Draft(term, first, max(at + 1, grade.last), grade.first, grade.operator, grade=grade)
        )
        self.group = [(at, term)]
        self.used = max(at + 1, grade.last)
        return self.used

    def _flagged(self, at: int, status: str, first: int, last: int) -> int:
        members = [(at, self.tokens[at].term)]
        for place, term in reversed(self.group):
            if term.flag and place >= self.used and self._only_connectives(place + 1, members[0][0]):
                members.insert(0, (place, term))
            else:
                break
        joined = self._has_or(members[0][0], at) and len(members) > 1
        if "exon 20" in self.text[self.tokens[at].start : self.tokens[at].end].casefold():
            exon = self.lexicon.terms["egfr_exon20_insertion"]
            members = [(p, exon if t.variable == "egfr_mutation" else t) for p, t in members]
        for _, term in members:
            operator = "known" if status == "known" else "=="
            opening = min(members[0][0], first)
            draft = Draft(term, opening, last, first, operator, status=status, joined=joined)
            self.found.append(draft)
        self.group = []
        self.used = max(at + 1, last)
        return self.used

    def _open(self, at: int, term: Term) -> None:
        if self.group and term.variable in self.group[-1][1].pair:
            self.group = []
        if self.group and self._is_aside(at, term):
            return
        if self.group and self.group[-1][0] >= self.used and self._is_list(self.group[-1][0], at):
            if all(term.variable != known.variable for _, known in self.group):
                self.group.append((at, term))
            else:
                self.group = [
                    (at if known.variable == term.variable else p, known) for p, known in self.group
                ]
                self.group.sort(key=lambda member: member[0])
            return
        self.group = [(at, term)]

    def _is_aside(self, at: int, term: Term) -> bool:
        """Whether a name in brackets only says how the one before them is meant."""
        names = {known.variable for _, known in self.group}
        if term.variable == "transaminases" and names & {"ast", "alt"}:
            return True
        if term.variable in {"ast", "alt"} and "transaminases" in names:
            self.group = [m for m in self.group if m[1].variable != "transaminases"]
        before = (self.group or [(at, term)])[-1][0]
        gap = self.tokens[before + 1 : at]
        if self.tokens[at].depth <= self.tokens[before].depth:
            return False
        return any(t.value in {"corrected", "adjusted"} for t in gap) and any(t.value == "(" for t in gap)

    def _is_list(self, before: int, at: int) -> bool:
        """Whether the words between two terms let them share a limit."""
        strange = 0
        for token in self.tokens[before + 1 : at]:
            if token.kind in {"N", "C", "B", "W", "IF", "UNLESS", "OUT"} and token.value not in {
                "must",
                "fail",
            }:
                return False
            if token.kind == "P" and token.value in ";.":
                return False
            strange += token.kind in {"X", "CHG", "NOT", "K"}
        return strange == 0

    def _only_connectives(self, first: int, last: int) -> bool:
        return all(
            t.kind in {"OR", "AND", "K", "F"} or t.value in {",", "/", "(", ")", "-", "or"}
            for t in self.tokens[first:last]
        )

    def _has_or(self, first: int, last: int) -> bool:
        return any(token.kind == "OR" for token in self.tokens[first:last])

    # -- limits --------------------------------------------------------------------------------------------

    def _reversed(self, at: int) -> int | None:
        """`18 <= age <= 75`: the comparison is read from its other side."""
        if (
            self._kind(at + 1) != "C"
            or self._kind(at + 2) not in {"T", "AGE"}
            or not self.tokens[at + 1].value
        ):
            return None
        if self.tokens[at + 1].end - self.tokens[at + 1].start > 2:
            return None
        term = _AGE if self._kind(at + 2) == "AGE" else self.tokens[at + 2].term
        quantity = self.tokens[at].quantity
        if not fits(term, quantity, self.lexicon.catalogue):
            return None
        operator = flipped(str(self.tokens[at + 1].value))
        follows = read_limits(self.tokens, at + 3) if at + 3 < len(self.tokens) else None
        if follows is not None and not quantity.units and follows.low is not None:
            quantity = Quantity(
                quantity.number, follows.low.units, follows.low.relative, quantity.start, quantity.end
            )
        self.found.append(Draft(term, at, at + 3, at, operator, low=quantity))
        self.group = [(at + 2, term)]
        return at + 3

    def _limits(self, at: int) -> int:
        limits = read_limits(self.tokens, at)
        if limits is None:
            return at + 1
        bound = self._bind(self._repeated_operator(limits))
        if not bound:
            return max(limits.last if self.tokens[at].kind == "N" else at + 1, at + 1)
        self.used = max(limits.last, self.found[-1].last) if self.found else limits.last
        return limits.last

    def _bind(self, limits: Limits) -> bool:
        if limits.aged and not self._measures_age_otherwise(limits):
            return self._add([(limits.first, _AGE)], limits, limits.first)
        if limits.pair is not None and self._bind_pair(limits):
            return True
        if self._kind(limits.last) == "T" and self._bind_gestation(limits):
            return True
        if self.group and self.group[-1][1].variable == "urine_protein_24h" and self._is_plus(limits):
            self.group[-1] = (self.group[-1][0], self.lexicon.terms["urine_dipstick_protein"])
        if self.group and self.group[-1][1].pair:
            named = self._pressure_ahead(limits)
            if named is not None:
                return self._add([named], limits, limits.first)
        near = self._near_group(limits)
        ahead = self._ahead(limits)
        if ahead is not None and self._prefers_ahead(near, ahead, limits):
            return self._add([ahead], limits, limits.first)
        if near:
            return self._add(near, limits, near[0][0])
        if self.lead is not None and not self.group and limits.first <= 3:
            return self._add_lead(limits)
        return self._bare_age(limits)

    def _measures_age_otherwise(self, limits: Limits) -> bool:
        """Whether an age is that of something else: a disease, a partner, a gestation."""
        start = self.tokens[limits.first].start
        before = self.text[max(0, start - 45) : start].casefold()
        after = self.text[self.tokens[limits.last - 1].end :][:24].casefold()
        return any(word in before for word in _OTHER_AGES) or after.lstrip().startswith(
            ("gestation", "at diagnosis")
        )

    def _prefers_ahead(self, near: list[tuple[int, Term]], ahead: tuple[int, Term], limits: Limits) -> bool:
        if not near:
            return True
        if near[-1][0] < self.used and all(t.kind == "F" for t in self.tokens[limits.last : ahead[0]]):
            return True
        return bool(near[-1][1].pair) and ahead[1].variable in near[-1][1].pair and limits.pair is None

    def _bind_pair(self, limits: Limits) -> bool:
        members = [m for m in self.group if m[1].pair and self._near(m[0], limits)]
        if not members or limits.pair is None:
            terms = [t.variable for _, t in self.group]
            if not {"systolic_bp", "diastolic_bp"} <= set(terms):
                return False
        first = self.group[0][0]
        upper, lower = limits.pair or (limits.low, limits.low)
        for name, quantity in (("systolic_bp", upper), ("diastolic_bp", lower)):
            term = self.lexicon.terms[name]
            draft = Draft(
                term,
                first,
                limits.last,
                limits.first,
                limits.operator,
                low=quantity,
                joined=limits.operator in {">", ">="},
            )
            self.found.append(draft)
        return True

    def _is_plus(self, limits: Limits) -> bool:
        """Whether the number is a dipstick's: `2+`."""
        if limits.low is not None and limits.low.raw == "+":
            return True
        follows = limits.last < len(self.tokens) and self.tokens[limits.last].value == "+"
        return follows and limits.low is not None and not limits.low.units

    def _bind_gestation(self, limits: Limits) -> bool:
        """Weeks that stand before their word: `37 weeks gestation or more`, `24-34 weeks of gestation`."""
        term = self.tokens[limits.last].term
        quantity = limits.quantity
        if term.variable != "gestational_age" or quantity is None or quantity.unit not in {"wk", "d"}:
            return False
        operator, last = limits.operator, limits.last + 1
        if operator == "==":
            if self._kind(last) != "A":
                return False
            operator, last = str(self.tokens[last].value), last + 1
        return self._add(
            [(limits.last, term)], replace(limits, operator=operator, last=last, bare=False), limits.first
        )

    def _pressure_ahead(self, limits: Limits) -> tuple[int, Term] | None:
        """Which pressure is meant where its name stands behind: `blood pressure > 140 or < 90 mmHg systolic`."""
        for place in range(limits.last, min(limits.last + _AHEAD, len(self.tokens))):
            token = self.tokens[place]
            if token.kind == "T" and token.term.variable in self.group[-1][1].pair:
                return (place, token.term) if self._fits(token.term, limits) else None
            if token.kind not in {"OR", "AND", "C", "N", "F"}:
                return None
        return None

    def _near(self, place: int, limits: Limits) -> bool:
        gap = self.tokens[max(place + 1, self.used) : limits.first]
        return self._passable(gap, MOST_WORDS, False)

    def _near_group(self, limits: Limits) -> list[tuple[int, Term]]:
        """The members of the open group that the limit can belong to, if its words are near enough."""
        if not self.group:
            return []
        last = self.group[-1][0]
        if limits.first <= last:
            return []
        gap = self.tokens[max(last + 1, self.used) : limits.first]
        opening = self.group[0][0]
        if any(t.kind == "CHG" for t in self.tokens[max(0, opening - 2) : opening]):
            return []
        unit_told = _tells_unit(limits)
        most = MOST_WORDS if unit_told else MOST_WORDS_BARE
        if not self._passable(gap, most, self.group[-1][1].weak):
            return []
        members = [m for m in self.group if self._fits(m[1], limits)]
        if len(members) == len(self.group):
            return members
        kept: list[tuple[int, Term]] = []
        for member in reversed(self.group):
            if not self._fits(member[1], limits):
                break
            kept.insert(0, member)
        return kept

    def _passable(self, gap: list[Token], most: int, weak: bool) -> bool:
        strange, depth = 0, min((t.depth for t in gap), default=0)
        for token in gap:
            if (token.kind in {"CHG", "OUT"} and token.value in {"include", "exclude"}) or token.kind == "CHG":
                return False
            if token.value in {";"} and token.depth == depth:
                return False
            if token.kind in {"X", "K", "NOT"} and token.depth == depth:
                strange += 1
            if (
                token.kind == "N"
                and token.quantity.units
                and token.quantity.unit not in _AGE_UNITS | {"h", "min"}
            ):
                strange += 1
        return strange <= (1 if weak else most)

    def _fits(self, term: Term, limits: Limits) -> bool:
        if limits.normal:
            return bool(term.normal or term.kind == "lab") and not term.pair
        if limits.items or (limits.bare and limits.operator == "=="):
            return self._fits_bare(term, limits)
        quantities = [q for q in (limits.low, limits.high) if q is not None]
        told = limits.quantity
        if told is None:
            return False
        units = told.units
        return all(
            fits(term, q if q.units or q.relative else _with(q, units, told.relative), self.lexicon.catalogue)
            for q in quantities
        )

    def _fits_bare(self, term: Term, limits: Limits) -> bool:
        """A number or list without any comparison: only for scales, and only right behind the name."""
        if term.scale in {"percent"} or term.kind in {"score"}:
            gap = self.tokens[self.group[-1][0] + 1 : limits.first]
            quantities = limits.items or ((limits.low,) if limits.low else ())
            plain = all((not q.units and not q.relative) or q.unit == "%" for q in quantities)
            return (
                plain
                and not any(t.kind in {"X", "K", "CHG"} for t in gap)
                and len(gap) <= 5
                and self._told_equal(limits, gap)
            )
        return (
            limits.operator == "=="
            and not limits.bare
            and limits.low is not None
            and fits(term, limits.low, self.lexicon.catalogue)
        )

    def _told_equal(self, limits: Limits, gap: list[Token]) -> bool:
        return (
            bool(limits.items)
            or self.tokens[limits.first].kind == "C"
            or any(t.value in {":", "of"} for t in gap)
        )

    def _ahead(self, limits: Limits) -> tuple[int, Term] | None:
        """The term that stands behind the limit: `>= 60 ml/min creatinine clearance`."""
        strange = 0
        for place in range(limits.last, min(limits.last + _AHEAD, len(self.tokens))):
            token = self.tokens[place]
            if token.kind in {"T", "AGE"}:
                term = _AGE if token.kind == "AGE" else token.term
                if term.kind == "age" and not (limits.quantity and limits.quantity.unit in {"", "a", "mo"}):
                    return None
                following = self._kind(place + 1)
                if following in {"C", "B"} and token.value is not _AGE and not term.pair:
                    return None
                if term.weak or (not _tells_unit(limits) and term.kind not in {"age", "score", "vital"}):
                    return None
                return (place, term) if self._fits(term, limits) and not limits.bare else None
            if token.kind in {"C", "B", "N", "IF", "UNLESS", "SEX", "CHG"} or token.value in {
                ",",
                ";",
                ".",
                ":",
                ")",
            }:
                return None
            if token.kind in {"OR", "AND"}:
                return None
            strange += token.kind in {"X", "K"}
            if strange > 1:
                return None
        return None

    def _add(self, members: list[tuple[int, Term]], limits: Limits, first: int) -> bool:
        limits = self._repeated_times(members, limits)
        told = limits.quantity
        units = told.units if told else ()
        relative = told.relative if told else ""
        low = _with(limits.low, units, relative) if limits.low else None
        high = _with(limits.high, units, relative) if limits.high else None
        joined = len(members) > 1 and self._has_or(members[0][0], members[-1][0])
        for _, term in members:
            low, high = _signed(term, low, high, self.text)
            last = max(limits.last, members[-1][0] + 1)
            draft = Draft(
                term, min(first, limits.first), last, limits.first, limits.operator, low, high, limits.items,
                unsure=bool(term.pair) or (limits.normal and not term.normal), joined=joined,
            )  # fmt: skip
            self.found.append(draft)
        if members[0][0] >= limits.last or not self.group:
            self.group = [members[-1]]
        return True

    def _repeated_operator(self, limits: Limits) -> Limits:
        """`<= 2.5 x ULN (5 x ULN if ...)`: the multiple in brackets takes the comparison before it."""
        if (
            not limits.bare
            or limits.operator != "=="
            or limits.low is None
            or not limits.low.relative
            or not self.found
        ):
            return limits
        last = self.found[-1]
        between = self.tokens[last.last : limits.first]
        near = len(between) <= 2 and all(t.value in {"(", ",", "["} or t.kind == "OR" for t in between)
        if not near or last.low is None or not last.low.relative:
            return limits
        return replace(limits, operator=last.operator, bare=False)

    def _repeated_times(self, members: list[tuple[int, Term]], limits: Limits) -> Limits:
        """`(5 times for subjects with ...)` after a multiple of the upper limit is such a multiple too."""
        if limits.low is None or limits.low.units or limits.low.relative or self._kind(limits.last) != "M":
            return limits
        known = [d for d in self.found if d.term is members[-1][1] and d.low is not None and d.low.relative]
        if not known or known[-1].low is None:
            return limits
        return replace(limits, low=replace(limits.low, relative=known[-1].low.relative))

    def _add_lead(self, limits: Limits) -> bool:
        if self.lead is None or not self._fits(self.lead, limits):
            return False
        return self._add([(limits.first, self.lead)], limits, limits.first)

    def _bare_age(self, limits: Limits) -> bool:
        """Years at the very beginning of a criterion: `18 to 79 years inclusive`, `Male, 20-65 years`."""
        quantity = limits.quantity
        if quantity is None or quantity.unit not in {"a", "mo"} or limits.operator == "==":
            return False
        before = self.tokens[: limits.first]
        if any(t.kind not in {"SEX", "F", "OR", "AND", "P", "C", "B"} for t in before) or len(before) > 8:
            return False
        after = self.tokens[limits.last : limits.last + 2]
        if any(
            t.value in _SPAN_AFTER or (t.kind in {"IF", "CHG", "T"} and t.value != "with") for t in after[:1]
        ):
            return False
        if (
            not after
            or after[0].kind in {"P", "SEX", "AND", "A", "OR"}
            or after[0].value in {"inclusive", "inclusively", "at", "on", "in"}
        ):
            return self._add([(limits.first, _AGE)], limits, limits.first)
        return False


_AGE = Term("age", "age", assume="a")
_OTHER_AGES = (
    "onset",
    "partner",
    "relative",
    "menopaus",
    "amenorr",
    "mother",
    "donor",
    "diagnosed",
    "diagnosis",
    "sibling",
    "father",
    "parent",
    "caregiver",
    "children under",
    "children less",
    "family",
)


def _with(quantity: Quantity, units: tuple[str, ...], relative: str) -> Quantity:
    if quantity.units or quantity.relative:
        return quantity
    return Quantity(
        quantity.number, units, relative, quantity.start, quantity.end, quantity.number_end, quantity.raw
    )


_BELOW_ZERO = frozenset({"bone_mineral_density_t", "spherical_equivalent", "rass", "cylinder"})


def _signed(
    term: Term, low: Quantity | None, high: Quantity | None, text: str
) -> tuple[Quantity | None, Quantity | None]:
    """The limits with a minus where the variable can lie below zero and a hyphen is glued to the number."""
    if term.variable not in _BELOW_ZERO:
        return low, high
    signed = [
        q if q is None or text[q.start - 1] != "-" else replace(q, number=-q.number) for q in (low, high)
    ]
    first, second = signed
    return (second, first) if first and second and first.number > second.number else (first, second)


def _tells_unit(limits: Limits) -> bool:
    quantity = limits.quantity
    return limits.normal or (quantity is not None and (bool(quantity.relative) or bool(quantity.units)))


_GRADED = frozenset({"levels", "child_pugh", "grade", "ordinal"})


def fits(term: Term, quantity: Quantity, catalogue: Catalogue) -> bool:
    """Whether a number with this unit can be a limit of the term."""
    if quantity.relative:
        return term.kind in {"lab", "cardiac", "physiology", "biomarker"}
    if term.pair or term.flag or term.scale in _GRADED:
        return False
    variable = catalogue.find(term.variable)
    if not quantity.units:
        return _fits_unitless(term, quantity, variable)
    return unit_of(term, quantity, variable) is not None


def _fits_unitless(term: Term, quantity: Quantity, variable: Variable | None) -> bool:
    if variable is None or not variable.unit:
        return variable is None or variable.is_plausible(Fraction(quantity.number), "")
    if term.assume:
        return variable.is_plausible(Fraction(quantity.number), term.assume)
    return term.kind in {"lab", "vital", "cardiac", "physiology", "biomarker", "lesion_size"}


_TAKEN = {
    "egfr": {"mL/min", "mL/min/m2"},
    "creatinine_clearance": {"mL/min/{1.73_m2}", "mL/min/m2"},
    "fev1_fvc_ratio": {"%"},
    "fev1_percent_predicted": {"L", "mL"},
    "urine_protein_24h": {"g", "mg", "g/L", "mg/dL", "mg/L"},
    "urine_protein_creatinine_ratio": {"g/g", "mg/g", "mg/mmol", "mg/mg", "g/L"},
    "urine_albumin_creatinine_ratio": {"mg/mmol", "ug/mg"},
    "blast_percentage": {"10*9/L"},
    "haemoglobin": {"mmol/L"},
    "viral_load_hbv": {"{copies}/mL", "[IU]/L", "10*3/mL", "10*4/mL", "10*5/mL", "10*3{copies}/mL"},
    "viral_load_hcv": {"{copies}/mL"},
    "viral_load_hiv": {"[IU]/mL"},
    "lipoprotein_a": {"mg/dL"},
    "free_light_chain": {"mg/dL"},
    "m_protein_urine": {"mg/d"},
    "psa": {"ng/dL"},
    "transferrin_saturation": {"%"},
    "c_peptide": {"ng/mL", "nmol/L", "pmol/mL", "pmol/L"},
    "vitamin_b12": {"pg/mL", "pmol/L"},
    "homocysteine": {"umol/L"},
    "prothrombin_time": {"%", "s"},
    "aptt": {"s"},
    "weight": {"g"},
    "gestational_age": {"d", "mo"},
    "troponin": {"ng/mL", "ng/L", "pg/mL", "ug/L"},
    "mean_gradient": {"mm[Hg]"},
    "bcva_letters": {"{letters}"},
    "stenosis_percent": {"%"},
    "fibrinogen": {"mg/dL", "umol/L"},
    "psa_doubling_time": {"mo", "wk", "d"},
    "reticulocytes": {"%"},
    "neutrophils": {"%"},
    "eosinophils": {"%"},
    "lymphocytes": {"%"},
}


def unit_of(term: Term, quantity: Quantity, variable: Variable | None) -> str | None:
    """The reading of the quantity's unit that the term can have; None where none fits."""
    if "?" in quantity.units:
        return None
    if term.scale == "percent" and quantity.units == ("%",):
        return ""
    for unit in quantity.units:
        if variable is not None and variable.unit is not None and variable.accepts_unit(unit):
            return unit
        if unit in _TAKEN.get(term.variable, ()):
            return unit
    if term.kind == "score" and quantity.units in {("%",), ("mm",), ("cm",)}:
        return quantity.units[0] if term.variable == "vas_pain" else None
    return None
