"""The words of RECIST responses, and their order."""

from __future__ import annotations

from enum import StrEnum


class Response(StrEnum):
    """A target, non-target, overall or best response; values are CDISC's."""

    CR = "CR"
    PR = "PR"
    SD = "SD"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    PD = "PD"
    NE = "NE"
    """Not evaluable: not everything needed was seen."""
    ND = "ND"
    """Not done: the assessment did not take place."""
    MISSING = "MISSING"
    """No assessment at all (best response only)."""
    NA = "NA"
    """Not applicable: no lesion of that class at baseline (target and non-target only)."""
    NED = "NED"
    """No evidence of disease: no lesion at baseline and none since (overall only)."""


BEST_FIRST = (
    Response.CR,
    Response.PR,
    Response.SD,
    Response.NON_CR_NON_PD,
    Response.NED,
    Response.PD,
    Response.NE,
    Response.ND,
    Response.MISSING,
)
"""Best overall response takes the first of these that an assessment qualifies for."""

RESPONSE_CODES = {
    Response.CR: 1,
    Response.PR: 2,
    Response.SD: 3,
    Response.NON_CR_NON_PD: 4,
    Response.PD: 5,
    Response.NE: 6,
    Response.MISSING: 7,
}
"""The usual numeric codes of best response (ADaM's AVAL); NED and ND have none."""

OVERALL_RESPONSES = frozenset(BEST_FIRST) - {Response.MISSING}
"""What a time-point response in a file may be."""
