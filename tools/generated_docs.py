"""Pages written from data or code. `make docs` rewrites them; `make check` says when one is stale."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tools.command_pages import render_commands_page
from tools.comparison_page import render_comparison_page
from tools.console_pages import DRAFT, PAGES, render_console_page, render_seed_draft
from tools.linter_page import render_linter_page
from tools.requirements import load_requirements, render_requirements
from tools.tree import ROOT

PAGE_LIST = re.compile(r"(<!-- pages: (?P<folder>[\w\-]+) -->\n).*?(<!-- end of pages -->)", re.DOTALL)


def render_requirements_page(root: Path) -> str:
    """docs/reference/requirements.md, from the YAML file beside it."""
    return render_requirements(load_requirements(root))


def render_index(root: Path) -> str:
    """docs/index.md with its lists of pages rewritten; the words around the lists are kept as they are."""
    text = (root / "docs/index.md").read_text(encoding="utf-8")
    return PAGE_LIST.sub(lambda match: match[1] + render_page_list(root, match["folder"]) + match[3], text)


def render_page_list(root: Path, folder: str) -> str:
    """One bullet a page of a folder of docs/, named by its first heading, in the order of file names."""
    pages = sorted((root / "docs" / folder).glob("*.md"))
    return "".join(f"- [{read_title(page)}]({folder}/{page.name})\n" for page in pages)


def read_title(page: Path) -> str:
    """The text of the first heading of a page; its file name where it has none."""
    match = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return match[1].strip() if match else page.stem


# In the order in which they are made: the index reads the titles of the others.
GENERATED: dict[str, Callable[[Path], str]] = {
    "docs/reference/requirements.md": render_requirements_page,
    "docs/reference/commands.md": render_commands_page,
    "docs/reference/linter.md": render_linter_page,
    "docs/reference/comparison-with-r.md": render_comparison_page,
    DRAFT: render_seed_draft,
    **{name: render_console_page(name) for name in PAGES},
    "docs/index.md": render_index,
}


def check_generated(root: Path, names: Iterable[str] = GENERATED) -> list[str]:
    """One line a page, of those named, that differs from what its source gives today."""
    stale: list[str] = []
    for name in names:
        page = root / name
        if not page.exists() or page.read_text(encoding="utf-8") != GENERATED[name](root):
            stale.append(f"{name}: stale; run 'make docs' and commit the result")
    return stale


def write_generated(root: Path) -> None:
    """Rewrite every generated page."""
    for name, render in GENERATED.items():
        page = root / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(render(root), encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write_generated(ROOT)
    else:
        problems = check_generated(ROOT)
        print("\n".join(problems) or "generated pages are up to date")
        sys.exit(1 if problems else 0)
