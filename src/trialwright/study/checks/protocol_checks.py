"""Everything the linter finds in a protocol as registered, topic by topic."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from ..model import Study
from .arms import check_arms
from .eligibility_fields import check_eligibility_fields
from .eligibility_regions import check_eligibility_regions
from .eligibility_repeats import check_eligibility_repeats
from .eligibility_safety import check_eligibility_safety
from .eligibility_text import check_eligibility_text
from .outcomes import check_outcomes
from .products import check_products
from .protocol import Protocol, ProtocolCheck
from .protocol_design import check_protocol_design
from .timetable import check_timetable
from .wording import check_wording

PROTOCOL_CHECKS: tuple[ProtocolCheck, ...] = (
    check_eligibility_regions,
    check_eligibility_repeats,
    check_eligibility_text,
    check_eligibility_safety,
    check_eligibility_fields,
    check_arms,
    check_products,
    check_timetable,
    check_protocol_design,
    check_outcomes,
    check_wording,
)


def check_protocol(study: Study) -> Iterator[Finding]:
    """What is wrong with the protocol itself, whether written here or imported from a registry.

    Works on any study, also on a bare draft. The rules are those of `rulebook.rulebook`; nothing here asks
    for a date, a clock or a file.
    """
    protocol = Protocol(study)
    for check in PROTOCOL_CHECKS:
        yield from check(protocol)
