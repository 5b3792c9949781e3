"""The whole main way, as a person goes it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PERSONS = 400
EXPECTED = (
    "02-today.png",
    "03-case-dark.png",
    "12-print-1280x720.png",
    "arrival-notice.pdf",
    "cases.xlsx",
)


def test_every_step_of_the_tour_passes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "arm", "tour", "--out", str(tmp_path), "--persons", str(PERSONS)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=420,
    )
    protocol = json.loads((tmp_path / "tour.json").read_text("utf-8"))
    failed = [step for step in protocol["steps"] if not step["passed"]]
    assert not failed, f"{failed}\n{done.stderr[-4000:]}"
    assert protocol["passed"] is True
    assert done.returncode == 0
    assert set(EXPECTED) <= set(protocol["files"])
