"""Paths of one machine and addresses of registries are found; look-alikes are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.check_words import check_words
from tools.tree import ROOT, list_files

# Put together here, so that the check of the project does not find this file.
FORBIDDEN = [
    "open('/" + "work/main/x')",
    "cd /" + "root",
    "see ." + "./shared/domain",
    "/tmp/" + "scratch/x",
    "https://py" + "pi.org/simple",
    "registry.npm" + "js.org",
]
ALLOWED = [
    "https://example.org/work/page",
    "/rootless",
    "framework/",
    "src/work/x.py",
    "~/work",
    "workplace/",
]


def words_in(folder: Path, text: str, name: str = "page.md") -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    return check_words(folder, [Path(name)])


@pytest.mark.parametrize("text", FORBIDDEN)
def test_forbidden_word_is_found_with_its_place(tmp_path: Path, text: str) -> None:
    problems = words_in(tmp_path, f"first line\n{text}\n")
    assert len(problems) == 1
    assert problems[0].startswith("page.md:2:")


@pytest.mark.parametrize("text", ALLOWED)
def test_look_alike_is_left_alone(tmp_path: Path, text: str) -> None:
    assert words_in(tmp_path, text) == []


def test_lock_that_names_an_index_is_refused(tmp_path: Path) -> None:
    assert len(words_in(tmp_path, "--extra-index-url somewhere\n", "requirements.lock")) == 1


def test_binary_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x00\xff" + FORBIDDEN[1].encode())
    assert check_words(tmp_path, [Path("picture.png")]) == []


def test_lock_has_a_hash_for_every_package() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    packages = [index for index, line in enumerate(lines) if line[:1].isalnum()]
    assert len(packages) > 50
    assert all(lines[index + 1].lstrip().startswith("--hash=sha256:") for index in packages)


def test_tree_lists_the_project_and_not_its_environment() -> None:
    names = list_files()
    assert Path("pyproject.toml") in names
    assert not any(".venv" in name.parts for name in names)


def test_tree_outside_git_leaves_hidden_folders_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.py").touch()
    (tmp_path / "b.py").touch()
    assert list_files(tmp_path) == [Path("b.py")]
