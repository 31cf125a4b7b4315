"""Broken links, lost anchors, unreachable and stale pages are found."""

from __future__ import annotations

from pathlib import Path

from tools.check_docs import check_docs, list_anchors
from tools.generated_docs import GENERATED, check_generated, render_index
from tools.tree import ROOT


def problems_of(folder: Path, pages: dict[str, str]) -> list[str]:
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return check_docs(folder, [Path(name) for name in pages])


def test_whole_documentation_passes(tmp_path: Path) -> None:
    pages = {
        "README.md": "[docs](docs/index.md#one-thing)",
        "docs/index.md": "# Start\n## One `thing`\n[next](how-to/do.md) [out](https://example.org/x)",
        "docs/how-to/do.md": "![picture](../../README.md)\n[back](../index.md) [here](#do)\n# Do",
    }
    assert problems_of(tmp_path, pages) == []


def test_missing_target_is_named_with_its_line(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, {"docs/index.md": "# Start\n\n[lost](nowhere.md)\n[r]: gone.md\n"})
    assert problems == [
        "docs/index.md:3: nowhere.md does not exist",
        "docs/index.md:4: gone.md does not exist",
    ]


def test_lost_anchor_is_found(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, {"docs/index.md": "# Start\n[here](#end)"})
    assert problems == ["docs/index.md:2: #end: no heading gives the anchor #end"]


def test_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    assert "leads out" in problems_of(tmp_path, {"docs/index.md": "[up](../../elsewhere.md)"})[0]


def test_code_is_not_read_for_links(tmp_path: Path) -> None:
    text = "```\n[lost](nowhere.md)\n```\nand `[lost](nowhere.md)` and [`good`](index.md)"
    assert problems_of(tmp_path, {"docs/index.md": text}) == []


def test_unreachable_page_is_found(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, {"docs/index.md": "# Start", "docs/lost.md": "[up](index.md)"})
    assert problems == ["docs/lost.md: no page leads here; link it from docs/index.md or a page below it"]


def test_doubled_headings_get_numbered_anchors(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# Bad input\n## Bad input\n### What 40 patients can show: 1,000 runs\n", encoding="utf-8"
    )
    assert list_anchors(page) == {"bad-input", "bad-input-1", "what-40-patients-can-show-1000-runs"}


def test_page_lists_are_made_from_the_titles(tmp_path: Path) -> None:
    (tmp_path / "docs/how-to").mkdir(parents=True)
    (tmp_path / "docs/how-to/b.md").write_text("# Second\n", encoding="utf-8")
    (tmp_path / "docs/how-to/a.md").write_text("# First\n", encoding="utf-8")
    index = "# Start\n<!-- pages: how-to -->\n- old\n<!-- end of pages -->\nkept\n"
    (tmp_path / "docs/index.md").write_text(index, encoding="utf-8")
    assert render_index(tmp_path) == (
        "# Start\n<!-- pages: how-to -->\n- [First](how-to/a.md)\n- [Second](how-to/b.md)\n"
        "<!-- end of pages -->\nkept\n"
    )


def test_stale_page_is_found(tmp_path: Path) -> None:
    table = "docs/reference/requirements.md"
    assert table in GENERATED
    for name in [table, "docs/reference/requirements.yaml"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert check_generated(tmp_path, [table]) == []
    with (tmp_path / table).open("a", encoding="utf-8") as page:
        page.write("edited by hand\n")
    assert check_generated(tmp_path, [table]) == [f"{table}: stale; run 'make docs' and commit the result"]
