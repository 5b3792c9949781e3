#!/bin/sh
# Says plainly when the Python at hand is too old or missing.
set -eu
python=$1
if ! command -v "$python" >/dev/null 2>&1; then
    echo "Нет программы $python. Нужен Python 3.11, 3.12 или 3.13."
    exit 1
fi
"$python" - <<'PY'
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(
        f"Нужен Python 3.11, 3.12 или 3.13, а здесь {sys.version.split()[0]}. "
        "Укажите другой: make PYTHON=python3.12 …"
    )
PY
