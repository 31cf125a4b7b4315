"""Which limit belongs to which variable: a walk over the tokens of one piece."""

from __future__ import annotations

from dataclasses import replace

from .binding import bind, read_and_bind, read_extreme, read_reversed
from .constraints import Limits, by_merit
from .lexicon import Lexicon, Term
from .scales import Grade, read_grade, read_grade_before
from .scan import AGE, Draft, Scan, has_or, kind_at
from .status_words import StatusWord, read_status
from .tokens import Token

_LIMITING = frozenset({"T", "C", "B", "W", "N"})
_STEPS = frozenset({*_LIMITING, "NOT", "AGE"})


def may_limit(tokens: list[Token]) -> bool:
    """Whether any draft can come of the tokens: without a variable, a number or a comparison none does."""
    return not _LIMITING.isdisjoint([token.kind for token in tokens])


_WORDS = frozenset(("normal", "who"))


def attach(text: str, tokens: list[Token], lexicon: Lexicon, lead: Term | None) -> list[Draft]:
    """The drafts in the order of their words."""
    scan = Scan(text, tokens, lexicon, lead)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at = _step(scan, at) if token.kind in _STEPS or token.value in _WORDS else at + 1
    return scan.found


def _step(scan: Scan, at: int) -> int:
    token = scan.tokens[at]
    if token.kind == "T":
        return _term(scan, at)
    if token.kind == "C" and (past := read_extreme(scan, at)):
        return past
    if token.kind in {"C", "B", "W"} or (token.kind == "NOT" and kind_at(scan, at + 1) == "C"):
        return read_and_bind(scan, at)
    if token.kind == "N":
        flip = read_reversed(scan, at)
        return flip if flip is not None else read_and_bind(scan, at)
    if (
        token.value == "who"
        and scan.text[token.start : token.end] == "WHO"
        and kind_at(scan, at + 1) in {"N", "C"}
    ):
        return _who(scan, at)
    if token.kind == "AGE":
        if token.word == "aging" and kind_at(scan, at + 1) not in {"N", "C", "B"}:
            return at + 1
        if _is_of_other_person(scan, at):
            return at + 1
        open_group(scan, at, AGE)
        return at + 1
    if token.value == "normal" and is_normal(scan, at):
        bind(scan, Limits("within", None, first=at, last=at + 1, normal=True))
        scan.used = at + 1
    return at + 1


def _term(scan: Scan, at: int) -> int:
    term = scan.tokens[at].term
    if term.weak and term.scale == "ordinal":
        grade = _class_before(scan, at, term)
        return at + 1 if grade is None else _graded(scan, term, at, grade)
    if term.weak and term.kind == "score":
        return _weak_score(scan, at, term)
    if term.weak and term.kind == "lesion_size" and not _is_measured(scan, at):
        return at + 1
    if term.scale and term.scale not in {"percent", "number", "plus"}:
        grade = read_grade(scan.tokens, at, scan.text, term) or read_grade_before(
            scan.tokens, at, scan.text, term, scan.used
        )
        if grade is not None:
            return _graded(scan, term, at, _compared(scan, at, grade))
        if term.scale in {"levels", "grade"}:
            return at + 1
    if term.flag:
        status = read_status(scan.tokens, at, scan.text, scan.used) or _status_before(scan, at)
        if status is not None:
            return _flagged(scan, at, status.value, status.first, status.last)
    open_group(scan, at, _graded_her2(scan, at, term))
    return at + 1


def _who(scan: Scan, at: int) -> int:
    """`WHO 0-2` where performance is spoken of."""
    spoken = scan.lead is not None and scan.lead.kind == "performance"
    spoken = spoken or (at == 0 and len(scan.tokens) <= 6)
    if not spoken and not any(t.kind == "T" and t.term.kind == "performance" for t in scan.tokens[:at]):
        return at + 1
    term = scan.lexicon.terms["ecog"]
    grade = read_grade(scan.tokens, at, scan.text, term)
    return at + 1 if grade is None else _graded(scan, term, at, grade)


def _compared(scan: Scan, at: int, grade: Grade) -> Grade:
    """`>= ASA III`: the comparison stands before the scale's name."""
    before = scan.tokens[at - 1] if at and at > scan.used else None
    if before is None or before.kind != "C" or grade.operator != "==" or grade.first <= at:
        return grade
    return replace(grade, operator=str(before.value)) if before.value in {">", ">=", "<", "<="} else grade


def _class_before(scan: Scan, at: int, term: Term) -> Grade | None:
    """`class III or IV heart failure`: the class says which scale is meant."""
    window = scan.tokens[max(scan.used, at - 8) : at]
    if not any(token.value == "class" for token in window):
        return None
    return read_grade_before(scan.tokens, at, scan.text, term, scan.used)


def _status_before(scan: Scan, at: int) -> StatusWord | None:
    """`positive RF or anti-CCP antibody`: the word stands before the first of the list."""
    last = scan.found[-1] if scan.found else None
    if last is None or last.status not in {"positive", "negative"} or last.last > at:
        return None
    told = scan.tokens[last.limits_first]
    between = scan.tokens[last.last : at]
    if told.kind != "K" or told.value != last.status or not 0 < len(between) <= 2:
        return None
    joined = all(t.kind in {"OR", "AND"} or t.value in {",", "/"} for t in between)
    return StatusWord(last.status, at, at + 1) if joined else None


def _weak_score(scan: Scan, at: int, term: Term) -> int:
    """`swollen` and `tender` before `joints`, `pain` with a scale's name behind: names only in such company."""
    following = scan.tokens[at + 1 : at + 14]
    if term.variable == "vas_pain":
        told = any(t.kind == "T" and t.term.variable == "vas_pain" for t in following)
    else:
        told = any(t.kind == "T" and t.term.variable.endswith("joint_count") for t in following[:9])
    if told:
        open_group(scan, at, Term(term.variable, term.kind, scale=term.scale, good=term.good))
    return at + 1


def _is_measured(scan: Scan, at: int) -> bool:
    """Whether a length follows soon, so that `tumour` or `lesion` stands for its size."""
    following = scan.tokens[at + 1 : at + 8]
    return any(t.kind == "N" and t.quantity.unit in {"mm", "cm"} for t in following)


def _is_percent(scan: Scan, at: int) -> bool:
    """Whether a receptor is told in per cent of cells: `ER and/or PR >= 1 %`."""
    for place in range(at + 1, min(at + 10, len(scan.tokens))):
        token = scan.tokens[place]
        if token.kind == "N":
            return token.quantity.unit == "%" and scan.tokens[place - 1].kind == "C"
        receptor = token.kind == "T" and token.term.variable in {"er_status", "pr_status"}
        if (
            not receptor
            and token.kind not in {"OR", "AND", "F", "C"}
            and token.value not in {"(", ")", "/", ","}
        ):
            return False
    return False


def _is_filtration(scan: Scan, at: int) -> bool:
    """Whether EGFR in capitals is the filtration rate: a number from 10 to 150 follows."""
    following = scan.tokens[at + 1 : at + 4]
    numbers = [t.quantity for t in following if t.kind == "N"]
    plain = all(t.kind in {"C", "N", "F", "B"} or t.value in {"(", ":", "-"} for t in following[:2])
    told = bool(numbers) and (not numbers[0].units or numbers[0].unit.startswith("mL/min"))
    return plain and told and 10 <= numbers[0].number <= 150


def _graded_her2(scan: Scan, at: int, term: Term) -> Term:
    """HER2 where the sentence speaks of immunohistochemistry and a comparison follows: its score."""
    if term.variable == "egfr_mutation" and _is_filtration(scan, at):
        return scan.lexicon.terms["egfr"]
    if term.variable in {"er_status", "pr_status"}:
        return scan.lexicon.terms[term.variable[:2] + "_percent"] if _is_percent(scan, at) else term
    if term.variable not in {"her2_status", "qt"}:
        return term
    words = scan.text[scan.tokens[0].start : scan.tokens[-1].end].casefold()
    if term.variable == "qt":
        corrected = "frideric" in words or "bazett" in words or " corrected" in words
        return scan.lexicon.terms["qtc"] if corrected else term
    follows = any(kind_at(scan, place) == "C" for place in range(at + 1, min(at + 14, len(scan.tokens))))
    return scan.lexicon.terms["her2_ihc"] if follows and ("ihc" in words or "immunohisto" in words) else term


def _graded(scan: Scan, term: Term, at: int, grade: Grade) -> int:
    first = min(at, grade.first)
    term = scan.lexicon.terms[grade.of] if grade.of else term
    good = "" if term.scale == "child_pugh" and grade.items[0].isalpha() else term.good or "low"
    operator = by_merit(grade.operator, scan.tokens, grade.first, grade.last, good)
    grade = replace(grade, operator=operator)
    scan.found.append(Draft(term, first, max(at + 1, grade.last), grade.first, operator, grade=grade))
    scan.group = [(at, term)]
    scan.used = max(at + 1, grade.last)
    return scan.used


def _flagged(scan: Scan, at: int, status: str, first: int, last: int) -> int:
    members = [(at, scan.tokens[at].term)]
    for place, term in reversed(scan.group):
        if term.flag and place >= scan.used and only_connectives(scan, place + 1, members[0][0]):
            members.insert(0, (place, term))
        else:
            break
    joined = has_or(scan, members[0][0], at) and len(members) > 1
    if "exon 20" in scan.text[scan.tokens[at].start : scan.tokens[at].end].casefold():
        exon = scan.lexicon.terms["egfr_exon20_insertion"]
        members = [(p, exon if t.variable == "egfr_mutation" else t) for p, t in members]
    for _, term in members:
        operator = "known" if status == "known" else "=="
        opening = min(members[0][0], first)
        draft = Draft(term, opening, last, first, operator, status=status, joined=joined)
        scan.found.append(draft)
    scan.group = []
    scan.used = max(at + 1, last)
    return scan.used


def open_group(scan: Scan, at: int, term: Term) -> None:
    if scan.group and term.variable in scan.group[-1][1].pair:
        scan.group = []
    if scan.group and _is_aside(scan, at, term):
        return
    if term.kind == "lab" and _is_of_other_fluid(scan, at, term):
        scan.group = []
        return
    if scan.group:
        term = _ratio_of(scan, at, term)
    if scan.group and (scan.group[-1][1].weak or term.weak) and term.kind == "lab":
        scan.group = [m for m in scan.group if not m[1].weak and not term.weak]
    if scan.group and _is_refined(scan, at, term):
        scan.group.pop()
    if scan.group and scan.group[-1][0] >= scan.used and _is_list(scan, scan.group[-1][0], at):
        if all(term.variable != known.variable for _, known in scan.group):
            scan.group.append((at, term))
        else:
            scan.group = [(at if known.variable == term.variable else p, known) for p, known in scan.group]
            scan.group.sort(key=lambda member: member[0])
        return
    scan.group = [(at, term)]


_OTHERS_AGE = frozenset(
    ("donor", "caregiver", "mental", "vascular", "biological", "maternal", "partner", "parental", "skeletal",
     "developmental",
     "verbal", "paternal", "heart", "brain", "reading", "ovarian")
)  # fmt: skip
"""Whose age it is, where it is not the subject's."""


def _is_of_other_person(scan: Scan, at: int) -> bool:
    """`donor age`, `age of the caregiver`."""
    if at and scan.tokens[at - 1].value in _OTHERS_AGE:
        return True
    behind = [str(token.value).removesuffix("'s") for token in scan.tokens[at + 1 : at + 4]]
    return behind[:1] == ["of"] and any(word in _OTHERS_AGE or word in _OTHERS for word in behind[1:])


_OTHERS = frozenset(
    ("mother", "father", "graft", "parent", "parents", "donors", "caregivers", "spouse", "sibling")
)
_FLUIDS = frozenset(
    ("sweat", "urine", "urinary", "csf", "saliva", "salivary", "stool", "synovial", "pleural", "ascitic", "ascites",
     "sputum",
     "semen", "vitreous", "drain", "bronchoalveolar", "peritoneal", "cerebrospinal")
)  # fmt: skip


def _is_of_other_fluid(scan: Scan, at: int, term: Term) -> bool:
    """Whether an analyte is not the one in blood: `sweat sodium`, `ascitic neutrophils`."""
    if term.variable.startswith(("urine", "m_protein", "free_light", "faecal")):
        return False
    before = scan.tokens[max(0, at - 2) : at]
    return bool(before) and before[-1].kind != "P" and any(t.value in _FLUIDS for t in before)


def _ratio_of(scan: Scan, at: int, term: Term) -> Term:
    """The quotient of the term named last and this one, where a stroke stands between; its parts leave the group."""
    before, known = scan.group[-1]
    gap = scan.tokens[before + 1 : at]
    if any(t.kind in {"N", "C", "B"} for t in gap) or scan.used > before:
        return term
    quotient = scan.lexicon.ratios.get((known.variable, term.variable))
    if quotient is not None and any(t.value in {"/", ":", "over"} for t in gap):
        term = quotient
    if term.ratio:
        scan.group = [m for m in scan.group if m[1].variable not in term.ratio]
    return term


def _is_refined(scan: Scan, at: int, term: Term) -> bool:
    """Whether a name only goes on with the one before it: `PD-L1 (TPS)`, two names side by side."""
    before, known = scan.group[-1]
    gap = scan.tokens[before + 1 : at]
    if before < scan.used or known.variable == term.variable or any(t.kind in {"OR", "AND"} for t in gap):
        return False
    if (known.variable, term.variable) == ("prothrombin_time", "inr"):
        return not any(t.value in {",", "/"} for t in gap)
    if known.variable == "pd_l1" and term.variable.startswith("pd_l1_"):
        return not any(t.value in {",", "/"} for t in gap)
    return bool(gap) and all(t.kind == "F" for t in gap) and known.kind == term.kind and known.kind != "lab"


def _is_aside(scan: Scan, at: int, term: Term) -> bool:
    """Whether a name in brackets only says how the one before them is meant."""
    names = {known.variable for _, known in scan.group}
    if (
        term.variable in scan.group[-1][1].ratio
        and scan.tokens[at].depth > scan.tokens[scan.group[-1][0]].depth
    ):
        return True
    if term.variable == "ipss" and "ipss_r" in names:
        return True
    if term.variable == "transaminases" and names & {"ast", "alt"}:
        return True
    if term.variable in {"ast", "alt"} and "transaminases" in names:
        scan.group = [m for m in scan.group if m[1].variable != "transaminases"]
    before = (scan.group or [(at, term)])[-1][0]
    gap = scan.tokens[before + 1 : at]
    if scan.tokens[at].depth <= scan.tokens[before].depth:
        return False
    gap = [*gap, *scan.tokens[at + 1 : at + 3]]
    return any(t.value in {"corrected", "adjusted"} for t in gap) and any(t.value == "(" for t in gap)


def _is_list(scan: Scan, before: int, at: int) -> bool:
    """Whether the words between two terms let them share a limit."""
    strange = 0
    gap = scan.tokens[before + 1 : at]
    if any(t.value == "(" for t in gap[:-1]) and gap[-1].kind != "P" and any(t.word == "with" for t in gap):
        return False
    for token in gap:
        if token.kind in {"N", "C", "B", "W", "IF", "UNLESS", "OUT"} and token.value not in {
            "must",
            "fail",
        }:
            return False
        if token.kind == "P" and token.value in ";.":
            return False
        strange += token.kind in {"X", "CHG", "NOT", "K"} and not _is_abbreviation(scan, token)
    return strange == 0


def _is_abbreviation(scan: Scan, token: Token) -> bool:
    """`(PD)`: a short word in capitals that stands alone in brackets."""
    word = scan.text[token.start : token.end]
    alone = scan.text[token.start - 1 : token.start] == "(" and scan.text[token.end : token.end + 1] == ")"
    return alone and len(word) <= 6 and word[:1].isupper()


def only_connectives(scan: Scan, first: int, last: int) -> bool:
    return all(
        t.kind in {"OR", "AND", "F"}
        or (t.kind == "K" and t.value not in {"positive", "negative"})
        or t.value in {",", "/", "(", ")", "-", "or"}
        for t in scan.tokens[first:last]
    )


def is_normal(scan: Scan, at: int) -> bool:
    """`bilirubin normal`: the word right behind the name and at the end of its clause."""
    if not scan.group or not scan.group[-1][1].normal:
        return False
    gap = scan.tokens[scan.group[-1][0] + 1 : at]
    plain = all(t.kind == "F" or t.value in {"(", ")", ":"} or t.kind == "T" for t in gap) and len(gap) <= 5
    return plain and (
        at + 1 >= len(scan.tokens) or scan.tokens[at + 1].kind in {"P", "OR", "AND", "UNLESS", "IF"}
    )
