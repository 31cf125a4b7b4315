"""Identifiers for the draft, made from the record's words."""

from __future__ import annotations

import re
import unicodedata


def make_slug(words: str, used: dict[str, int], fallback: str) -> str:
    """A new identifier of at most 40 characters and a number; ``used`` is extended by it."""
    plain = unicodedata.normalize("NFKD", words[:200]).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    if not slug:
        slug = fallback
    if not slug[0].isalpha():
        slug = f"{fallback}_{slug}"[:40].strip("_")
    number = used.get(slug, 0) + 1
    while (candidate := slug if number == 1 else f"{slug}_{number}") in used:
        number += 1
    used[slug] = number
    used.setdefault(candidate, 1)
    return candidate
