"""Pages work without the internet and under a strict content policy: nothing foreign, nothing inline."""

from __future__ import annotations

import re
from pathlib import Path

from tools.tree import read_lines

WEB_FOLDERS = {"templates", "static"}
# Attributes that make the browser fetch; a plain link (href of an anchor) only leads a person elsewhere.
FETCHED = re.compile(
    r"\b(?:src|srcset|poster|data|action|hx-[a-z]+)\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE
)
FETCHED_LINK = re.compile(r"<link\b[^>]*\bhref\s*=\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
INLINE_SCRIPT = re.compile(
    r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*\btype\s*=\s*[\"']application/json)", re.IGNORECASE
)
INLINE_HANDLER = re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)
CSS_FETCHED = re.compile(r"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)
# The names of XML vocabularies look like addresses and are never fetched.
JS_ADDRESS = re.compile(r"[\"'`](?:https?:|wss?:)?//(?!www\.w3\.org/)[\w.\-]+\.[a-z]", re.IGNORECASE)

RULES_BY_SUFFIX: dict[str, list[tuple[re.Pattern[str], str]]] = {
    ".html": [
        (FETCHED, "fetches from another host"),
        (FETCHED_LINK, "links a style or font of another host"),
        (INLINE_SCRIPT, "has an inline script, which the content policy refuses"),
        (INLINE_HANDLER, "has an inline event handler, which the content policy refuses"),
    ],
    ".svg": [(FETCHED, "fetches from another host"), (INLINE_SCRIPT, "has an inline script")],
    ".css": [(CSS_FETCHED, "fetches from another host")],
    ".js": [(JS_ADDRESS, "names another host")],
}


def check_templates(root: Path, names: list[Path]) -> list[str]:
    """One line a broken rule, for the files of every ``templates`` and ``static`` folder but vendored ones.

    A tag is judged within its line; the formatter of templates keeps opening tags on one.
    """
    web = [
        n
        for n in names
        if WEB_FOLDERS & set(n.parts) and n.suffix in RULES_BY_SUFFIX and "vendor" not in n.parts
    ]
    return [
        f"{name}:{number}: {complaint}"
        for name, lines in read_lines(root, web)
        for number, line in enumerate(lines, start=1)
        for pattern, complaint in RULES_BY_SUFFIX[name.suffix]
        if pattern.search(line)
    ]
