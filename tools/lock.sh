#!/bin/sh
# Rewrites requirements.lock from pyproject.toml: every package, every platform, with hashes. Needs uv (any version
# from 0.4) on the path, or UV set to it. Versions already locked stay; `tools/lock.sh --upgrade` moves them.
set -eu
cd "$(dirname "$0")/.."
"${UV:-uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra dev \
    --no-emit-index-url --no-emit-find-links --custom-compile-command tools/lock.sh \
    "$@" pyproject.toml --output-file requirements.lock
