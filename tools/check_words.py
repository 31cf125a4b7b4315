"""Words that may not stand in the project: paths of one machine, and addresses of package registries."""

from __future__ import annotations

import re
from pathlib import Path

from tools.tree import read_lines

# Written with a class of one letter each, so that this file does not find itself.
MACHINE_PATHS = re.compile(
    r"(?<![\w.}\-])/(?:[w]ork/|tmp/[s]cratch|[r]oot\b|[f]arm/)|(?<![\w.])\.\./[s]hared/|\.[l]ibrary/"
)
REGISTRY_HOSTS = re.compile(
    r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.(?:org|com)|[p]roxy\.golang\.org|[c]rates\.io|[a]naconda\.org"
)
LOCK_OPTIONS = re.compile(r"^\s*--(?:index-url|extra-index-url|find-links|trusted-host)\b")
# Material of other people, kept as it was published: a registry page may name any address.
QUOTED_FOLDERS = {"seed", "vendor"}


def check_words(root: Path, names: list[Path]) -> list[str]:
    """One line a forbidden word, with its place."""
    problems: list[str] = []
    own = [name for name in names if not QUOTED_FOLDERS & set(name.parts)]
    for name, lines in read_lines(root, own):
        for number, line in enumerate(lines, start=1):
            if MACHINE_PATHS.search(line):
                problems.append(f"{name}:{number}: a path of one machine; use a path relative to the project")
            if REGISTRY_HOSTS.search(line):
                problems.append(
                    f"{name}:{number}: the address of a package registry; leave it to the machine"
                )
            if name.suffix == ".lock" and LOCK_OPTIONS.search(line):
                problems.append(f"{name}:{number}: the lock names an index; leave it to the machine")
    return problems
