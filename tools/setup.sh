#!/bin/sh
# Makes .venv with everything the project needs, from requirements.lock with hashes. Safe to run again.
#
#   tools/setup.sh             the Python environment
#   tools/setup.sh chromium    the browser that the browser tests drive
#
# PYTHON names an interpreter to use. TRIALWRIGHT_NO_INSTALL=1 forbids installing Debian packages.
# The PIP_* settings of the machine (mirrors, certificates, timeouts) are respected.
set -eu
cd "$(dirname "$0")/.."
VENV="$PWD/.venv"

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "setup: $*"
    exit 3
}

# --- packages of the system -------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    [ "${TRIALWRIGHT_NO_INSTALL:-}" != 1 ] || return 1
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

# install_packages NAME...: installs them when this user may, else says what to type and stops.
install_packages() {
    if may_install; then
        say "setup: installing $*"
        as_root apt-get update -qq >&2 || say "setup: apt-get update failed; trying with the lists at hand"
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
            </dev/null >&2 && return 0
    fi
    fail "please install: $* (on Debian or Ubuntu: sudo apt-get install $*), then run the command again."
}

# --- Python -----------------------------------------------------------------------------------------------

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Prints the interpreter to use: the one asked for, else the first of the usual names that is new enough.
find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    return 1
}

# Ubuntu 22.04 has 3.10 as python3 and 3.11 beside it; elsewhere python3 is the package to ask for.
install_python() {
    [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is missing or older than 3.11."
    for name in python3.13 python3.12 python3.11; do
        if apt-cache show "$name" >/dev/null 2>&1; then
            install_packages "$name" "$name-venv"
            return 0
        fi
    done
    fail "Python 3.11 or newer is needed and was not found: $(python3 --version 2>&1 || true)." \
        "Install python3.11 or newer, or set PYTHON to its path."
}

has_venv_module() {
    "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

# A usable .venv is one that was made here (a moved one still names its old place) by a Python that still runs.
is_usable_venv() {
    [ -x "$VENV/bin/python" ] && is_new_enough "$VENV/bin/python" &&
        grep -qF "$VENV" "$VENV/bin/pip" 2>/dev/null
}

make_venv() {
    if is_usable_venv; then return 0; fi
    python=$(find_python) || { install_python && python=$(find_python); } ||
        fail "Python 3.11 or newer is needed and was not found."
    if ! has_venv_module "$python"; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        install_packages "python$version-venv"
    fi
    say "setup: making .venv with $("$python" --version 2>&1)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" </dev/null || fail "'$python -m venv' failed; is there room on the disk?"
}

pip_install() {
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" </dev/null >&2
}

# A slow mirror is given time, and a broken download a second chance.
install_locked() {
    export PIP_DEFAULT_TIMEOUT="${PIP_DEFAULT_TIMEOUT:-60}" PIP_RETRIES="${PIP_RETRIES:-5}"
    say "setup: installing the locked packages (some minutes the first time)"
    pip_install --require-hashes -r requirements.lock && return 0
    say "setup: that failed; trying once more"
    sleep 5
    pip_install --require-hashes -r requirements.lock && return 0
    fail "pip could not install requirements.lock. Its message above says why; is the network or a mirror set up?"
}

setup_python() {
    make_venv
    install_locked
    pip_install --no-deps --no-build-isolation --editable . || fail "pip could not install the package itself."
    touch "$VENV/.ready"
    say "setup: .venv is ready"
}

# --- Chromium (for the browser tests only) ----------------------------------------------------------------

runs() {
    "$1" --version >/dev/null 2>&1 </dev/null
}

# On Ubuntu /usr/bin/chromium-browser may be an empty shell that asks for a snap: only what runs is counted.
has_chromium() {
    if [ -n "${TRIALWRIGHT_CHROMIUM:-}" ]; then
        runs "$TRIALWRIGHT_CHROMIUM" || fail "TRIALWRIGHT_CHROMIUM=$TRIALWRIGHT_CHROMIUM does not run."
        return 0
    fi
    for name in chromium chromium-browser google-chrome-stable google-chrome; do
        if command -v "$name" >/dev/null 2>&1 && runs "$name"; then return 0; fi
    done
    for path in "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome; do
        if [ -x "$path" ]; then return 0; fi
    done
    return 1
}

# Ubuntu's package 'chromium' only points to a snap, which containers cannot run: there Playwright fetches its own.
setup_chromium() {
    if has_chromium; then return 0; fi
    if ! grep -qi '^ID=ubuntu' /etc/os-release 2>/dev/null; then
        install_packages chromium
        return 0
    fi
    if may_install; then
        say "setup: installing Playwright's own Chromium (Ubuntu's package is a snap)"
        "$VENV/bin/playwright" install --with-deps chromium </dev/null >&2 && return 0
    fi
    fail "no Chromium for the browser tests. On Ubuntu: '.venv/bin/playwright install --with-deps chromium'," \
        "or 'sudo snap install chromium', or set TRIALWRIGHT_CHROMIUM to a Chrome or Chromium."
}

case "${1:-python}" in
    python) setup_python ;;
    chromium) setup_chromium ;;
    *) fail "unknown part '$1'; use 'python' or 'chromium'." ;;
esac
