"""Pages that fetch from elsewhere or carry inline script are found; plain links are fine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.check_templates import check_templates

REFUSED = [
    ("page.html", '<img src="https://cdn.example.org/a.png">'),
    ("page.html", '<script src="//cdn.example.org/a.js"></script>'),
    ("page.html", '<link rel="stylesheet" href="https://fonts.example.org/a.css">'),
    ("page.html", "<script>start()</script>"),
    ("page.html", '<button onclick="start()">Start</button>'),
    ("page.html", '<form action="http://example.org/collect">'),
    ("page.html", '<div hx-get="https://example.org/rows">'),
    ("style.css", "@import 'https://fonts.example.org/a.css';"),
    ("style.css", "body { background: url(//example.org/a.png) }"),
    ("page.js", 'fetch("https://example.org/rows")'),
    ("figure.svg", "<script>start()</script>"),
]
ALLOWED = [
    ("page.html", '<a href="https://example.org/study">the registry</a>'),
    ("page.html", "<script src=\"{% static 'app.js' %}\"></script>"),
    ("page.html", '<script type="application/json" id="rows">[1]</script>'),
    ("page.html", '<p data-on="https://example.org">once upon = a time</p>'),
    ("style.css", "body { background: url('paper.svg') }"),
    ("page.js", 'document.createElementNS("http://www.w3.org/2000/svg", "path") // see note'),
]


def complaints(folder: Path, name: str, text: str) -> list[str]:
    path = Path("web/templates") / name
    (folder / path).parent.mkdir(parents=True)
    (folder / path).write_text(text, encoding="utf-8")
    return check_templates(folder, [path])


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_foreign_or_inline_is_refused(tmp_path: Path, name: str, text: str) -> None:
    assert len(complaints(tmp_path, name, text)) == 1


@pytest.mark.parametrize(("name", "text"), ALLOWED)
def test_local_and_plain_links_are_allowed(tmp_path: Path, name: str, text: str) -> None:
    assert complaints(tmp_path, name, text) == []


def test_vendored_files_are_not_judged(tmp_path: Path) -> None:
    path = Path("web/static/vendor/library.js")
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text('"https://example.org"', encoding="utf-8")
    assert check_templates(tmp_path, [path]) == []
