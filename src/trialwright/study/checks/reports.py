"""The plan of the reports names what there is, once, and nothing that a pooled report must not show."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from ..model import Study
from ..model.report_plan import BY_ARM_SECTIONS, REPORT_SECTIONS, ReportPlan
from ..positions import Path
from .base import error, nearest


def check_reports(study: Study) -> Iterator[Finding]:
    """TW-RPT-001 to 005: unknown and repeated sections, by-arm sections in an open report, looks without a design."""
    seen: set[str] = set()
    for index, plan in enumerate(study.analysis.reports):
        path = ("analysis", "reports", index)
        if plan.variant in seen:
            message = f"The variant `{plan.variant}` is planned twice."
            yield error("TW-RPT-002", (*path, "variant"), message, "Keep one plan of it.")
        seen.add(plan.variant)
        yield from _sections(plan, path)
        yield from _look(study, plan, path)


def _sections(plan: ReportPlan, path: Path) -> Iterator[Finding]:
    for index, name in enumerate(plan.sections):
        place = (*path, "sections", index)
        if name not in REPORT_SECTIONS:
            remedy = f"The report has these sections: {', '.join(REPORT_SECTIONS)}."
            yield error("TW-RPT-001", place, f"There is no section `{name}`.", remedy)
        elif name in plan.sections[:index]:
            yield error("TW-RPT-003", place, f"The section `{name}` is named twice.", "Keep one of them.")
        elif plan.variant == "dsmb-open" and name in BY_ARM_SECTIONS:
            message = f"The section `{name}` shows arms apart; an open report must not."
            yield error("TW-RPT-004", place, message, "Move it to the variant `dsmb-closed`.")


def _look(study: Study, plan: ReportPlan, path: Path) -> Iterator[Finding]:
    if plan.scenario is None:
        if plan.look is not None:
            message = "A look is named without the scenario that plans it."
            yield error("TW-RPT-005", (*path, "look"), message, "Name the `scenario` too.")
        return
    scenario = next((s for s in study.scenarios if s.id == plan.scenario), None)
    if scenario is None:
        known = [s.id for s in study.scenarios]
        message = f"There is no scenario `{plan.scenario}`."
        yield error("TW-RPT-005", (*path, "scenario"), message, nearest(plan.scenario, known))
    elif plan.look is not None and plan.look not in [look.id for look in scenario.analyses]:
        known = [look.id for look in scenario.analyses]
        message = f"The scenario `{scenario.id}` has no analysis `{plan.look}`."
        yield error("TW-RPT-005", (*path, "look"), message, nearest(plan.look, known))
