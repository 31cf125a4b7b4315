"""The gastric module EORTC QLQ-STO22: its scales as data, items numbered after the core as 31 to 52.

Source: Blazeby et al., Eur J Cancer 2004;40:2260-8 (five multi-item scales and four single ones). The
mapping of items is the one commonly published; EORTC sends the binding one with the licence, and it must
be confirmed there before an analysis rests on it. Hair loss: item 52 is asked only when item 51 was
affirmed.
"""

from __future__ import annotations

from trialwright.outcomes.questionnaire import Direction, Instrument, Scale

_WORSE = Direction.HIGHER_WORSE

QLQ_STO22 = Instrument(
    code="QLQ-STO22",
    version="1",
    item_codes=dict.fromkeys(range(31, 53), (1, 4)),
    scales=(
        Scale("DYSPHAGIA", "Dysphagia", (31, 32, 33), 3, _WORSE),
        Scale("PAIN", "Pain", (34, 35, 36, 37), 3, _WORSE),
        Scale("REFLUX", "Reflux", (38, 39, 40), 3, _WORSE),
        Scale("EATING", "Eating restrictions", (41, 42, 43, 46), 3, _WORSE),
        Scale("ANXIETY", "Anxiety", (47, 48, 50), 3, _WORSE),
        Scale("DRY_MOUTH", "Dry mouth", (44,), 3, _WORSE),
        Scale("TASTE", "Taste", (45,), 3, _WORSE),
        Scale("BODY_IMAGE", "Body image", (49,), 3, _WORSE),
        Scale("HAIR_LOSS", "Hair loss", (51, 52), 3, _WORSE),
    ),
    note="The mapping of items to scales must be confirmed in the manual that EORTC sends with the licence.",
)
