"""The design can be carried out: arms, ratio, blocks, numbers."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from ..model import Study
from .base import error, warning


def check_design(study: Study) -> Iterator[Finding]:
    """TW-RND-001 block size, -002 no method, -003 no arms, -004 no number, -005 guessable blocks."""
    design = study.design
    randomised = design.allocation == "RANDOMIZED"
    if randomised and len(study.arms) < 2:
        yield error("TW-RND-003", ("arms",), "A randomised study needs two arms.", "Define every arm.")
    if randomised and design.randomisation is None:
        message = "The study is randomised, but no method is stated."
        yield error("TW-RND-002", ("design",), message, "Add `randomisation` with method and block sizes.")
    if design.enrolment is None:
        message = "The planned number of participants is missing."
        yield warning("TW-RND-004", ("design",), message, "Add `enrolment: {count: ...}`.")
    yield from _blocks(study)


def _blocks(study: Study) -> Iterator[Finding]:
    randomisation = study.design.randomisation
    if randomisation is None:
        return
    shares = sum(arm.ratio for arm in study.arms)
    path = ("design", "randomisation", "block_sizes")
    if not randomisation.block_sizes:
        yield error("TW-RND-001", path, "No block size is given.", "Give one block size or several.")
    for index, size in enumerate(randomisation.block_sizes):
        if shares == 0 or size <= 0 or size % shares:
            message = f"A block of {size} cannot hold the arms in their ratio ({shares} shares)."
            yield error("TW-RND-001", (*path, index), message, f"Use a multiple of {shares}.")
    if study.design.masking == "NONE" and tuple(randomisation.block_sizes) in {(2,), (4,)}:
        message = "In an open-label trial, one small block size lets the site guess the next allocation."
        yield warning("TW-RND-005", path, message, "Draw the size at random from several, such as 4 and 6.")
