"""Tumour response by arm: best overall response, objective response, disease control, and how the arms differ.

RECIST 1.1 from the lesions as captured. The denominator is every allocated subject: who was not evaluable or
never assessed did not respond (house analysis reference, section 6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialwright.outcomes.analysis_sets import AnalysisSet
from trialwright.outcomes.recist.responses import Response
from trialwright.outcomes.traceability import merge_sources
from trialwright.stats.proportion_difference import ProportionDifference, compute_proportion_difference
from trialwright.stats.proportions import compute_proportion
from trialwright.study.model.products import Arm

from .dataset import Dataset
from .model import Cell, Number, Row, Section, Table
from .response_data import (
    CONTROLLED,
    RESPONDED,
    SubjectResponse,
    count_of,
    derive_subject_responses,
    way_in_words,
)
from .response_plots import plot_spider, plot_waterfall
from .wording import finite, write_decimal, write_interval, write_share

Arms = Sequence[tuple[Arm, Sequence[SubjectResponse]]]

ROWS: Mapping[Response, str] = {
    Response.CR: "Complete response (CR)",
    Response.PR: "Partial response (PR)",
    Response.SD: "Stable disease (SD)",
    Response.NON_CR_NON_PD: "Neither complete response nor progression (non-CR/non-PD)",
    Response.NED: "No evidence of disease (NED)",
    Response.PD: "Progressive disease (PD)",
    Response.NE: "Not evaluable (NE)",
    Response.MISSING: "Not assessed",
}
RARE = (Response.NON_CR_NON_PD, Response.NED)
"""Only for subjects without a target lesion: left out where there is nobody."""

RATES = (
    ("orr", "Objective response (CR or PR), %", RESPONDED),
    ("dcr", "Disease control (CR, PR or SD), %", CONTROLLED),
)


def build_response(data: Dataset) -> Section:
    """Best overall response and the proportions made of it, with the waterfall and the spider plot."""
    arms = [(arm, derive_subject_responses(data, arm)) for arm in data.study.arms]
    arms = [(arm, rows) for arm, rows in arms if rows]
    if not arms:
        return Section("response", "Response", ("No subject was allocated: there is no response to count.",))
    ways = _ways(data)
    columns = ("", *(f"{arm.label} (n = {len(rows)})" for arm, rows in arms))
    best = Table(
        "response_best",
        "Best overall response by arm",
        columns,
        tuple(row for way in ways for row in _best_rows(data, arms, way)),
        _notes(data),
    )
    blocks = (best, _rates(data, arms, ways), plot_waterfall(data, arms), plot_spider(data, arms))
    return Section("response", "Response", (_say(data, arms),), blocks)


def _ways(data: Dataset) -> tuple[bool, bool]:
    """Without and with confirmation, the plan's choice first."""
    planned = data.study.analysis.response.confirmed
    return planned, not planned


def _heading(data: Dataset, confirmed: bool) -> str:
    chosen = ", as planned" if confirmed == data.study.analysis.response.confirmed else ""
    return f"{way_in_words(confirmed)}{chosen}".capitalize()


def _best_rows(data: Dataset, arms: Arms, confirmed: bool) -> list[Row]:
    blank: tuple[Cell, ...] = tuple("" for _ in arms)
    rows = [Row(_heading(data, confirmed), blank)]
    for response, label in ROWS.items():
        if response in RARE and not any(count_of(found, confirmed, (response,)) for _, found in arms):
            continue
        cells = tuple(_best(arm, found, confirmed, response) for arm, found in arms)
        rows.append(Row(label, cells, 1))
    return rows


def _best(arm: Arm, rows: Sequence[SubjectResponse], confirmed: bool, response: Response) -> Number:
    found = [row for row in rows if row.best[confirmed].response is response]
    code = response.name.lower()
    definition = (
        f"Subjects of {arm.label} whose best overall response is {_short(response)}, {way_in_words(confirmed)}, "
        "by RECIST 1.1 from the lesions, of all allocated."
    )
    return Number(
        f"response.{_way_id(confirmed)}.{code}.{arm.id}",
        write_share(len(found), len(rows)),
        len(found),
        definition,
        "subjects",
        tuple(row.subject for row in found),
        _sources(found),
    )


def _short(response: Response) -> str:
    return "missing: no assessment counts" if response is Response.MISSING else response.value


def _way_id(confirmed: bool) -> str:
    return "confirmed" if confirmed else "unconfirmed"


def _sources(rows: Sequence[SubjectResponse]) -> tuple[int, ...]:
    return merge_sources(*(row.sources for row in rows))


def _rates(data: Dataset, arms: Arms, ways: Sequence[bool]) -> Table:
    reference, others = _comparisons(data, arms)
    differences = [f"{arm.label} minus {reference[0].label}" for arm, _ in others]
    columns = ("", *(arm.label for arm, _ in arms), *differences)
    blank: tuple[Cell, ...] = tuple("" for _ in columns[1:])
    rows: list[Row] = []
    for way in ways:
        rows.append(Row(_heading(data, way), blank))
        for code, label, wanted in RATES:
            name = f"response.{code}.{_way_id(way)}"
            cells: list[Cell] = [_rate(data, name, arm, found, way, wanted) for arm, found in arms]
            cells += [_difference(data, name, reference, other, way, wanted) for other in others]
            rows.append(Row(label, tuple(cells), 1))
    rows += _evaluable(data, arms, len(differences))
    plan = data.study.analysis.response
    notes = (
        f"Of all allocated subjects, with {plan.interval.title()} intervals at "
        f"{data.study.analysis.confidence_level:.0%}. Disease control counts non-CR/non-PD too.",
        *(
            (f"Differences in percentage points with {plan.difference.title()} intervals; no test.",)
            if others
            else ()
        ),
    )
    return Table("response_rates", "Objective response and disease control", columns, tuple(rows), notes)


def _comparisons(
    data: Dataset, arms: Arms
) -> tuple[tuple[Arm, Sequence[SubjectResponse]], list[tuple[Arm, Sequence[SubjectResponse]]]]:
    """The reference arm (the plan's, else the last) and those that are compared with it."""
    wanted = data.study.analysis.reference_arm
    reference = next((pair for pair in arms if pair[0].id == wanted), arms[-1])
    return reference, [pair for pair in arms if pair is not reference]


def _rate(
    data: Dataset,
    name: str,
    arm: Arm,
    rows: Sequence[SubjectResponse],
    confirmed: bool,
    wanted: Sequence[Response],
    base: str = "all allocated subjects",
) -> Cell:
    plan, level = data.study.analysis.response, data.study.analysis.confidence_level
    count = count_of(rows, confirmed, wanted)
    found = compute_proportion(count, len(rows), method=plan.interval, level=level)
    if not found.estimable:
        return "–"
    words = ", ".join(response.value for response in wanted)
    definition = (
        f"Per cent of {base} of {arm.label} with a best overall response of {words}, "
        f"{way_in_words(confirmed)}; {found.convention}."
    )
    text = write_interval(100 * found.estimate, 100 * found.lower, 100 * found.upper, 1)
    return Number(
        f"{name}.{arm.id}",
        f"{count} of {len(rows)}; {text}",
        finite(found.estimate),
        definition,
        "proportion",
        tuple(row.subject for row in rows),
        _sources(rows),
    )


def _difference(
    data: Dataset,
    name: str,
    reference: tuple[Arm, Sequence[SubjectResponse]],
    other: tuple[Arm, Sequence[SubjectResponse]],
    confirmed: bool,
    wanted: Sequence[Response],
) -> Cell:
    found = _compare(data, reference[1], other[1], confirmed, wanted)
    against = f"{other[0].label} minus {reference[0].label}"
    rows = [*other[1], *reference[1]]
    text = write_interval(100 * found.difference, 100 * found.lower, 100 * found.upper, 1)
    return Number(
        f"{name}.difference.{other[0].id}",
        text,
        finite(found.difference),
        f"Difference of the proportions, {against}, {way_in_words(confirmed)}; {found.convention}.",
        "proportion",
        tuple(row.subject for row in rows),
        _sources(rows),
    )


def _compare(
    data: Dataset,
    reference: Sequence[SubjectResponse],
    other: Sequence[SubjectResponse],
    confirmed: bool,
    wanted: Sequence[Response],
) -> ProportionDifference:
    return compute_proportion_difference(
        count_of(other, confirmed, wanted),
        len(other),
        count_of(reference, confirmed, wanted),
        len(reference),
        method=data.study.analysis.response.difference,
        level=data.study.analysis.confidence_level,
    )


def _evaluable(data: Dataset, arms: Arms, blanks: int) -> list[Row]:
    """Objective response among those who could be evaluated: supportive, since who is in it is no chance."""
    way = data.study.analysis.response.confirmed
    members = data.sets[AnalysisSet.RESPONSE]
    cells: list[Cell] = [
        _rate(
            data,
            "response.orr.evaluable",
            arm,
            [row for row in rows if row.subject in members],
            way,
            RESPONDED,
            "response-evaluable subjects",
        )
        for arm, rows in arms
    ]
    blank: tuple[Cell, ...] = tuple("" for _ in range(len(cells) + blanks))
    return [
        Row(f"Response-evaluable subjects, {way_in_words(way)} (supportive)", blank),
        Row(RATES[0][1], (*cells, *("" for _ in range(blanks))), 1),
    ]


def _notes(data: Dataset) -> tuple[str, ...]:
    plan = data.study.analysis.response
    between = f"at most {plan.max_not_evaluable} not evaluable between the two"
    if plan.accept_stable_between:
        between += ", and one of stable disease"
    return (
        "RECIST 1.1 computed from the lesions, from allocation to the first progression and before any new "
        f"therapy. Stable disease needs an assessment at least {plan.stable_days} days after allocation. "
        f"Confirmation is an assessment at least {plan.confirmation_days} days later, with {between}. "
        "Not assessed: no assessment after baseline counts.",
    )


def _say(data: Dataset, arms: Arms) -> str:
    way = data.study.analysis.response.confirmed
    parts: list[str] = []
    for arm, rows in arms:
        count = count_of(rows, way, RESPONDED)
        parts.append(f"{count} of {len(rows)} in {arm.label}")
    told = f"An objective response {way_in_words(way)} was seen in {_listed(parts)}."
    reference, others = _comparisons(data, arms)
    if len(others) != 1:
        return told
    found = _compare(data, reference[1], others[0][1], way, RESPONDED)
    low, high = 100 * found.lower, 100 * found.upper
    reach = "includes" if low <= 0 <= high else "excludes"
    return (
        f"{told} The difference, {others[0][0].label} minus {reference[0].label}, is estimated at "
        f"{write_decimal(100 * found.difference, 1)} percentage points; values from {write_decimal(low, 1)} to "
        f"{write_decimal(high, 1)} are compatible with the data ({found.level:.0%} interval), which {reach} no "
        "difference."
    )


def _listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
