"""Every act by its verb."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .cell_acts import BATCH_ACTS, COLLECT, MOVE_MATERIAL, START_BATCH
from .container_acts import CONTAINER_ACTS
from .form_acts import FORM_ACTS, QUERY_ACTS
from .kinds import Act
from .subject_acts import SUBJECT_ACTS

CELL_ACTS = (COLLECT, MOVE_MATERIAL, START_BATCH, *BATCH_ACTS)
ACTS: Mapping[str, Act] = MappingProxyType(
    {act.verb: act for act in (*SUBJECT_ACTS, *FORM_ACTS, *QUERY_ACTS, *CELL_ACTS, *CONTAINER_ACTS)}
)


def find_act(verb: str) -> Act | None:
    """The act of that verb, or None."""
    return ACTS.get(verb)
