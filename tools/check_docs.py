"""The documentation holds together: every relative link leads somewhere, every page is reachable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*)?\)")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*(\S+)")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
FENCE = re.compile(r"^\s*(```|~~~)")
CODE_SPAN = re.compile(r"(`+)(?:(?!\1).)+?\1")
FOREIGN = re.compile(r"^(?:[a-z][a-z0-9+.\-]*:|//)", re.IGNORECASE)
FIRST_PAGE = Path("docs/index.md")


def check_docs(root: Path, names: list[Path]) -> list[str]:
    """One line a broken link, lost anchor or page that the first page does not lead to."""
    pages = [n for n in names if n.suffix == ".md" and (n.parts[0] == "docs" or len(n.parts) == 1)]
    problems: list[str] = []
    leads_to: dict[Path, set[Path]] = {}
    for page in pages:
        for number, target in list_links(root / page):
            complaint, reached = check_link(root, page, target)
            if complaint:
                problems.append(f"{page}:{number}: {complaint}")
            if reached:
                leads_to.setdefault(page, set()).add(reached)
    return problems + check_reachable(pages, leads_to)


def list_links(path: Path) -> Iterator[tuple[int, str]]:
    """Line number and target of every link of a page, code left out."""
    for number, line in read_prose(path):
        bare = CODE_SPAN.sub("", line)
        for match in LINK.finditer(bare):
            yield number, match.group(1)
        if match := REFERENCE.match(bare):
            yield number, match.group(1)


def read_prose(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a page that stand in no fenced block."""
    fenced = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def check_link(root: Path, page: Path, target: str) -> tuple[str, Path | None]:
    """The complaint about one link ("" when it holds) and the page that it reaches inside the project."""
    if FOREIGN.match(target):
        return "", None
    place, _, anchor = unquote(target).partition("#")
    path = (root / page.parent / place).resolve() if place else (root / page).resolve()
    if not path.is_relative_to(root.resolve()):
        return f"{target} leads out of the project", None
    if not path.exists():
        return f"{target} does not exist", None
    if anchor and path.suffix == ".md" and anchor not in list_anchors(path):
        return f"{target}: no heading gives the anchor #{anchor}", None
    return "", path.relative_to(root.resolve())


def list_anchors(path: Path) -> set[str]:
    """The anchors that the headings of a page give, by the rule that code hosts use."""
    seen: dict[str, int] = {}
    anchors: set[str] = set()
    for _, line in read_prose(path):
        if match := HEADING.match(line):
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", match.group(1)).lower()
            slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            anchors.add(f"{slug}-{count}" if count else slug)
    return anchors


def check_reachable(pages: list[Path], leads_to: dict[Path, set[Path]]) -> list[str]:
    """One line for each page under docs/ that no way of links from the first page leads to."""
    reached: set[Path] = set()
    waiting = [FIRST_PAGE]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            waiting.extend(leads_to.get(page, set()))
    lost = [page for page in pages if page.parts[0] == "docs" and page not in reached]
    return [f"{page}: no page leads here; link it from {FIRST_PAGE} or a page below it" for page in lost]
