"""Non-target response and the overall response of a time point.

Source: RECIST 1.1, sections 4.3.4 to 4.3.5 and tables 1 and 2; house RECIST reference, sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.outcomes.recist.lesions import Lesion, NonTargetReading, NonTargetState
from trialwright.outcomes.recist.responses import Response


def compute_non_target_response(
    lesions: Sequence[Lesion], readings: Sequence[NonTargetReading], markers_normal: bool | None = None
) -> Response:
    """The non-target response of one assessment.

    ``NA`` without non-targets; ``PD`` when any progresses unequivocally; ``NE`` when any was not seen;
    ``CR`` when all are gone and the markers, where followed, are normal; else ``NON-CR/NON-PD``.
    """
    if not lesions:
        return Response.NA
    by_lesion = {reading.lesion: reading.state for reading in readings}
    states = [by_lesion.get(lesion.lesion, NonTargetState.NOT_EVALUABLE) for lesion in lesions]
    if NonTargetState.UNEQUIVOCAL_PROGRESSION in states:
        return Response.PD
    if NonTargetState.NOT_EVALUABLE in states:
        return Response.NE
    gone = all(state is NonTargetState.ABSENT for state in states)
    return Response.CR if gone and markers_normal is not False else Response.NON_CR_NON_PD


def compute_overall_response(target: Response, non_target: Response, new_lesion: bool) -> Response:
    """The overall response of a time point from its three parts (``NA``: no lesion of that class at
    baseline).
    """
    if new_lesion or Response.PD in (target, non_target):
        return Response.PD
    if target is Response.NA:
        return Response.NED if non_target is Response.NA else non_target
    if target is Response.CR:
        return Response.CR if non_target in (Response.CR, Response.NA) else Response.PR
    return target
