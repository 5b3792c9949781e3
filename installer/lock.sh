#!/bin/sh
# Writes the two lock files from pyproject.toml. Needs uv (pip install uv).
# --universal: one lock serves Linux, Windows and macOS and every supported Python.
set -eu
cd "$(dirname "$0")/.."
uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --quiet \
    --custom-compile-command "sh installer/lock.sh" \
    pyproject.toml --group build -o installer/requirements.txt
uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --quiet \
    --custom-compile-command "sh installer/lock.sh" \
    pyproject.toml --group build --group dev -o installer/requirements-dev.txt
