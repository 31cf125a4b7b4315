"""Identifiers for the draft, made from the record's words."""

from __future__ import annotations

import re
import unicodedata


def make_slug(words: str, used: set[str], fallback: str) -> str:
    """A new identifier of at most 40 characters; ``used`` is extended by it."""
    plain = unicodedata.normalize("NFKD", words[:200]).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    if not slug:
        slug = fallback
    if not slug[0].isalpha():
        slug = f"{fallback}_{slug}"[:40].strip("_")
    candidate, number = slug, 2
    while candidate in used:
        candidate = f"{slug}_{number}"
        number += 1
    used.add(candidate)
    return candidate
