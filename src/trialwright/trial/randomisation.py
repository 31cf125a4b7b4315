"""Making allocation lists that any language can make again: a portable generator and permuted blocks.

The list is made once, sealed in the vault and committed to by its hash; nothing here looks at subjects.
Method: permuted blocks as in ICH E9 section 2.3.2; the size of a block is drawn when several are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

GENERATOR = "sha256-counter/1"
"""Name of the generator, recorded with every list."""

WHOLE = "ALL"
"""Stream and stratum of a trial without stratification."""

_RANGE = 2**64


@dataclass(slots=True)
class PortableGenerator:
    """Uniform integers from SHA-256 in counter mode, the same in every language.

    ``key = SHA256(utf8(seed | stream))``; draw ``i`` is the first 8 bytes, big endian, of
    ``SHA256(key || uint64_be(i))`` for i = 0, 1, 2, ...
    """

    seed: str
    stream: str = WHOLE
    drawn: int = field(default=0, init=False)
    _key: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._key = hashlib.sha256(f"{self.seed}|{self.stream}".encode()).digest()

    @property
    def key_hex(self) -> str:
        """The key in hexadecimal."""
        return self._key.hex()

    def draw(self) -> int:
        """The next integer, 0 <= x < 2**64."""
        block = hashlib.sha256(self._key + self.drawn.to_bytes(8, "big")).digest()
        self.drawn += 1
        return int.from_bytes(block[:8], "big")

    def below(self, bound: int) -> int:
        """The next integer, 0 <= x < ``bound``; draws beyond the last whole multiple are dropped (no
        bias).
        """
        if bound < 1:
            raise ValueError("the bound must be at least 1")
        limit = _RANGE - _RANGE % bound
        drawn = self.draw()
        while drawn >= limit:
            drawn = self.draw()
        return drawn % bound


def make_block(
    generator: PortableGenerator, arms: Sequence[str], ratio: Sequence[int], size: int
) -> list[str]:
    """One permuted block: each arm repeated to the ratio, then Fisher-Yates from the last place down.

    Refuses (ValueError) a size that is no multiple of the sum of the ratio.
    """
    share = sum(ratio)
    if size < 1 or size % share:
        raise ValueError(f"a block of {size} cannot hold the ratio {':'.join(map(str, ratio))}")
    block = [arm for arm, weight in zip(arms, ratio, strict=True) for _ in range(weight * size // share)]
    for last in range(size - 1, 0, -1):
        other = generator.below(last + 1)
        block[last], block[other] = block[other], block[last]
    return block


def make_block_list(
    seed: str, stream: str, arms: Sequence[str], ratio: Sequence[int], sizes: Sequence[int], slots: int
) -> tuple[str, ...]:
    """At least ``slots`` allocations of one stratum, in whole blocks."""
    generator = PortableGenerator(seed, stream)
    made: list[str] = []
    while len(made) < slots:
        size = sizes[generator.below(len(sizes))] if len(sizes) > 1 else sizes[0]
        made += make_block(generator, arms, ratio, size)
    return tuple(made)
