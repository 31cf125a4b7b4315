"""Checks of posted results (F1, F2, X1, R1-R3)."""

from __future__ import annotations

from typing import Any

from .act import FINAL_RULE_ON
from .check_case import Answer, Breach, Subject
from .dates import add_years
from .shape import mapping_at, rows_of, text_of, whole_of

_FLOW = ("resultsSection", "participantFlowModule")
_EVENTS = ("resultsSection", "adverseEventsModule")
Json = dict[str, Any]


def _milestones(period: Json) -> dict[str, dict[str, int]]:
    """Counts by milestone and group."""
    table: dict[str, dict[str, int]] = {}
    for row in rows_of(period.get("milestones")):
        table[str(row.get("type"))] = _counts(row.get("achievements"))
    return table


def _counts(rows: object) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in rows_of(rows):
        number = whole_of(row.get("numSubjects"))
        if number is not None:
            counted[str(row.get("groupId"))] = number
    return counted


def check_flow(subject: Subject) -> Answer:
    """F1: in each period and group, started = completed + not completed = completed + all reasons."""
    periods = rows_of(subject.results("participantFlowModule").get("periods"))
    if not periods:
        return None
    found: list[Breach] = []
    for index, period in enumerate(periods):
        table = _milestones(period)
        started, completed = table.get("STARTED", {}), table.get("COMPLETED", {})
        missing = table.get("NOT COMPLETED", {})
        reasons: dict[str, int] = {}
        for row in rows_of(period.get("dropWithdraws")):
            for group, number in _counts(row.get("reasons")).items():
                reasons[group] = reasons.get(group, 0) + number
        for group in started.keys() & completed.keys():
            found += _flow_of_group(index, group, started, completed, missing, reasons)
    return found


def _flow_of_group(
    index: int,
    group: str,
    started: dict[str, int],
    completed: dict[str, int],
    missing: dict[str, int],
    reasons: dict[str, int],
) -> list[Breach]:
    path = (*_FLOW, "periods", index)
    lost = started[group] - completed[group]
    evidence = f"group {group}: started {started[group]}, completed {completed[group]}"
    if lost < 0:
        return [Breach("More subjects completed than started.", path, evidence)]
    if missing.get(group, lost) != lost:
        return [Breach("Not completed is not the difference of started and completed.", path, evidence)]
    if reasons and reasons.get(group, 0) != lost:
        return [Breach("The reasons for not completing do not add up.", path, evidence)]
    return []


def check_flow_enrolment(subject: Subject) -> Answer:
    """F2: those who started the first period are those enrolled."""
    periods = rows_of(subject.results("participantFlowModule").get("periods"))
    info = mapping_at(subject.module("designModule"), "enrollmentInfo")
    count = whole_of(info.get("count"))
    if not periods or count is None or info.get("type") != "ACTUAL":
        return None
    started = _milestones(periods[0]).get("STARTED", {})
    total = sum(started.values())
    if not started or total == count:
        return [] if started else None
    evidence = f"started {total}, enrolled {count}"
    return [Breach("Those who started are not those enrolled.", (*_FLOW, "periods", 0), evidence)]


def check_adverse_events(subject: Subject) -> Answer:
    """X1: affected never exceed those at risk, a term never the group, events never fall below affected."""
    module = subject.results("adverseEventsModule")
    if not module:
        return None
    found: list[Breach] = []
    totals: dict[tuple[str, str], int] = {}
    for index, group in enumerate(rows_of(module.get("eventGroups"))):
        for kind in ("deaths", "serious", "other"):
            affected = whole_of(group.get(f"{kind}NumAffected"))
            at_risk = whole_of(group.get(f"{kind}NumAtRisk"))
            if affected is not None and at_risk is not None and affected > at_risk:
                path = (*_EVENTS, "eventGroups", index)
                found.append(
                    Breach(f"More subjects affected than at risk ({kind}).", path, str(group.get("id")))
                )
            if affected is not None:
                totals[(str(group.get("id")), kind)] = affected
    for kind in ("serious", "other"):
        for index, term in enumerate(rows_of(module.get(f"{kind}Events"))):
            found += _term(index, kind, term, totals)
    return found


def _term(index: int, kind: str, term: Json, totals: dict[tuple[str, str], int]) -> list[Breach]:
    found: list[Breach] = []
    path = (*_EVENTS, f"{kind}Events", index)
    name = text_of(term, "term") or ""
    for row in rows_of(term.get("stats")):
        affected, at_risk = whole_of(row.get("numAffected")), whole_of(row.get("numAtRisk"))
        events = whole_of(row.get("numEvents"))
        if affected is None:
            continue
        if at_risk is not None and affected > at_risk:
            found.append(Breach("A term affects more subjects than are at risk.", path, name))
        total = totals.get((str(row.get("groupId")), kind))
        if total is not None and affected > total:
            found.append(Breach("A term affects more subjects than the whole group total.", path, name))
        if events is not None and events < affected:
            found.append(Breach("A term has fewer events than subjects affected.", path, name))
    return found


def check_reported_primaries(subject: Subject) -> Answer:
    """R1: as many primary outcomes reported as registered."""
    measures = rows_of(subject.results("outcomeMeasuresModule").get("outcomeMeasures"))
    registered = rows_of(subject.module("outcomesModule").get("primaryOutcomes"))
    if not measures or not registered:
        return None
    reported = sum(1 for row in measures if row.get("type") == "PRIMARY")
    evidence = f"registered {len(registered)}, reported {reported}"
    path = ("resultsSection", "outcomeMeasuresModule", "outcomeMeasures")
    words = "Reported and registered primary outcomes differ in number."
    return [Breach(words, path, evidence)] * (reported != len(registered))


def check_documents(subject: Subject) -> Answer:
    """R2: results under the final rule come with protocol and analysis plan."""
    span, _ = subject.when("primaryCompletionDateStruct")
    if not mapping_at(subject.study, "resultsSection") or span is None or span.first < FINAL_RULE_ON:
        return None
    documents = rows_of(mapping_at(subject.study, "documentSection", "largeDocumentModule").get("largeDocs"))
    path = ("documentSection", "largeDocumentModule")
    return [Breach("Results are posted without protocol and statistical analysis plan.", path)] * (
        not documents
    )


def check_results_in_time(subject: Subject) -> Answer:
    """R3: results submitted within a year of primary completion."""
    span, _ = subject.when("primaryCompletionDateStruct")
    submitted = subject.day("resultsFirstSubmitDate")
    if span is None or submitted is None:
        return None
    due = add_years(span.last, 1)
    evidence = f"due {due.isoformat()}, submitted {submitted.first.isoformat()}"
    words = "Results were submitted more than a year after primary completion."
    path = ("protocolSection", "statusModule", "resultsFirstSubmitDate")
    return [Breach(words, path, evidence)] * (submitted.first > due)
