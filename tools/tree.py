"""The files of the project: what git tracks, and what it would track once added."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def list_files(root: Path = ROOT) -> list[Path]:
    """Every file of the project under ``root`` as paths relative to it, ignored files left out.

    Outside a git checkout (an unpacked archive) every file counts that lies in no hidden folder.
    """
    answer = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if answer.returncode == 0:
        names = [Path(name.decode()) for name in answer.stdout.split(b"\0") if name]
    else:
        names = [path.relative_to(root) for path in root.rglob("*")]
        names = [name for name in names if not any(part.startswith(".") for part in name.parts)]
    return sorted(name for name in set(names) if (root / name).is_file())


def read_lines(root: Path, names: list[Path]) -> Iterator[tuple[Path, list[str]]]:
    """The lines of each file that is text; a file with a NUL byte or another encoding is not."""
    for name in names:
        content = (root / name).read_bytes()
        if b"\0" in content:
            continue
        try:
            yield name, content.decode().splitlines()
        except UnicodeDecodeError:
            continue
